package verify

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"sounding/exact/field"
	"sounding/generators"
	"sounding/model"
)

// Options say what a verification runs.
type Options struct {
	Statements []*Statement
	Seed       uint64 // of the random cases and points
	Effort     int    // multiplies the number of cases; 1 is the ordinary run
	// Case, if set, is the only case that the checks run on, instead of random ones, and
	// Budget what they may take of time and memory. Near-misses, certificates and proofs
	// are then left out.
	Case   *model.Case
	Budget Budget
	// Progress, if set, is told how many of the steps are done. It is called by one
	// goroutine at a time.
	Progress func(done, total int)
	// Finished, if set, is told the entries in their order, each as soon as it, its twins and
	// those before it are concluded, so that [Report.Standing] is final. Those of an
	// interrupted run, and of a given case, are told at the end. It is called by one goroutine
	// at a time.
	Finished func(*Report, *Entry)
}

// ordinaryCases is the number of random cases per statement at effort 1.
const ordinaryCases = 200

// Report is what a verification found.
type Report struct {
	Seed    uint64
	Effort  int
	Entries []*Entry
	Classes Classes // of the random cases that entries without a source of their own share
	Partial bool    // interrupted: entries may be unfinished
	told    int     // entries that Options.Finished was told
}

// Entry is what was found of one statement.
type Entry struct {
	Statement *Statement
	Verdict   Verdict // as found
	Grade     Grade   // that of its weakest claim

	Result            // of its checks on all instances and families
	Claims []Evidence // one per check, in the order of the statement
	Tried  int        // random instances, by any check

	VacuousCases   int     // of those tried, on which a hypothesis failed somewhere
	EmptyCases     int     // of those tried, on which nothing was compared
	UndecidedCases int     // of those tried
	Classes        Classes // of the cases, if the entry has a source of its own

	// Counterexample falsifies the wording of a refuted statement, or the statement
	// itself if a check failed.
	Counterexample *Counterexample
	Given          *Given // of a run on a given case; else nil
	failed         Check  // the check that Violation is of, if a case is behind it
	NearMisses     []Refutation
	Time           time.Duration
	open           bool // part of what belongs to a run was not done
}

func newEntry(s *Statement) *Entry {
	e := &Entry{Statement: s, open: true}
	for i := range s.Claims {
		c := &s.Claims[i]
		e.Claims = append(e.Claims, Evidence{Claim: c, Check: c.Check, Formula: s.ClaimFormula(i)})
		for _, also := range c.Also {
			e.Claims = append(e.Claims, Evidence{Claim: c, Check: also, Also: true, Formula: s.ClaimFormula(i)})
		}
	}
	return e
}

// Falsified reports whether something failed that should hold: a check of the statement,
// or the refutation of a near-miss. A wording that no case refutes leaves the entry
// undecided.
func (e *Entry) Falsified() bool {
	if e.Violation != nil {
		return true
	}
	return slices.ContainsFunc(e.NearMisses, func(m Refutation) bool { return !m.Refuted() })
}

// Repair returns the grade of the weakest claim of the entry, which a refutation hides.
func (e *Entry) Repair() Grade {
	g := Disproved
	for i := range e.Claims {
		if c := &e.Claims[i]; !c.Also {
			g = min(g, c.Grade)
		}
	}
	return g
}

// Run runs the checks of the statements. Except for times, its report depends on the
// options alone. If the context ends first, the error is the context's, and the report
// holds what was found until then.
func Run(ctx context.Context, o Options) (*Report, error) {
	r := &Report{Seed: o.Seed, Effort: max(1, o.Effort)}
	for _, s := range o.Statements {
		r.Entries = append(r.Entries, newEntry(s))
	}
	err := r.run(ctx, o)
	if err != nil && ctx.Err() == nil {
		return nil, err
	}
	r.Partial = err != nil
	for _, e := range r.Entries {
		e.conclude()
	}
	if o.Finished != nil {
		for _, e := range r.Entries[r.told:] {
			o.Finished(r, e)
		}
	}
	return r, err
}

// run runs all checks: those of random cases, certificates and series, or those of the
// given case alone.
func (r *Report) run(ctx context.Context, o Options) error {
	if o.Case != nil {
		return r.runGiven(ctx, o)
	}
	cases := ordinaryCases * r.Effort
	steps := (&progress{report: o.Progress, total: cases + len(o.Statements)}).start()
	if err := r.runCases(ctx, cases, steps); err != nil {
		return err
	}
	if err := r.runFormal(ctx, cases); err != nil {
		return err
	}
	return r.runSeparately(ctx, cases, steps, o.Finished)
}

// formalKinds are the kinds of families over 𝔽_p that series are solved for: as many
// random families of each as there are cases.
var formalKinds = []model.Kind{model.Decoupled, model.Shared}

// formalShapes are the shapes of their trees.
var formalShapes = []Shape{{2, 1}, {2, 2}, {3, 1}, {2, 3}, {3, 2}, {3, 3}}

// maxFormalParameters is the largest number of their parameters: of all positions, or of
// each if they are decoupled.
const maxFormalParameters = 4

// runFormal runs the checks on power series over random families in 𝔽_p. Each
// family is solved once for all of them.
func (r *Report) runFormal(ctx context.Context, n int) error {
	type task struct {
		entry *Entry
		claim *Evidence
	}
	var tasks []task
	for _, e := range r.Entries {
		for i := range e.Claims {
			if c := e.Claims[i].Check; c.Series && c.Modular != nil {
				tasks = append(tasks, task{e, &e.Claims[i]})
			}
		}
	}
	if tasks == nil {
		return nil
	}
	total := n * len(formalKinds)
	results := make([][]Result, total)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(workers())
	for i := range total {
		group.Go(func() error {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			kind, k := formalKinds[i%len(formalKinds)], i/len(formalKinds)
			shape := formalShapes[k%len(formalShapes)]
			w := newSeriesWorld(field.Mersenne61, r.Seed, shape, kind, 1+k%maxFormalParameters, k)
			for _, t := range tasks {
				id := t.entry.Statement.ID
				result := guarded(id, func() Result { return run(t.claim.Check.Modular, w.again()).of(id) })
				if v := result.Violation; v != nil {
					v.Claim += fmt.Sprintf(" (mod %d, %s family %d)", uint64(field.Mersenne61), kind, k)
				}
				results[i] = append(results[i], result)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for _, row := range results {
		for k, result := range row {
			tasks[k].entry.Merge(result)
			tasks[k].claim.noteFamily(result)
		}
	}
	return nil
}

// progress counts finished steps.
type progress struct {
	sync.Mutex
	report      func(done, total int)
	done, total int
}

// start reports that there are so many steps to do.
func (p *progress) start() *progress {
	if p.report != nil {
		p.report(0, p.total)
	}
	return p
}

func (p *progress) step() {
	if p.report == nil {
		return
	}
	p.Lock()
	defer p.Unlock()
	p.done++
	p.report(p.done, p.total)
}

// workers returns the number of goroutines that share the work.
func workers() int { return runtime.GOMAXPROCS(0) }

// runCases runs the checks of all entries on n random cases. Entries without a source of
// their own share the world of a case. What is kept of each statement depends on the order
// of the cases, not on that of the goroutines.
func (r *Report) runCases(ctx context.Context, n int, steps *progress) error {
	results := make([][]caseResult, n)       // [case][entry]; nil where it was interrupted
	classes := make([][]generators.Class, n) // of the shared cases
	whole := ctx                             // the group's own context ends with the group
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(workers())
	for i := range n {
		if ctx.Err() != nil {
			break
		}
		group.Go(func() error {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			shared := r.draw(nil, i)
			world := NewCaseWorld(field.NewRational(), shared)
			found := make([]caseResult, len(r.Entries))
			for j, e := range r.Entries {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				found[j] = r.runCase(e, i, shared, world)
			}
			results[i], classes[i] = found, generators.Classify(shared)
			steps.step()
			return nil
		})
	}
	if err := group.Wait(); err != nil && whole.Err() == nil {
		return err
	}
	for i := range n {
		if results[i] == nil {
			continue
		}
		r.Classes.add(classes[i])
		for j, e := range r.Entries {
			o := &results[i][j]
			e.Time += o.spent
			e.absorb(i, o.results, func() *model.Case { return r.draw(e.Statement, i) })
			if o.classes != nil {
				e.Classes.add(o.classes)
			}
		}
	}
	return whole.Err()
}

// caseResult is what was found of an entry on one case.
type caseResult struct {
	results []Result           // per claim
	classes []generators.Class // of a case of the entry's own; nil where none of its checks ran
	spent   time.Duration
}

// runCase runs the checks of an entry on case i: the shared one, or that of its own source.
func (r *Report) runCase(e *Entry, i int, shared *model.Case, world *World[field.Rat]) caseResult {
	start := time.Now()
	c, w := shared, world
	o := caseResult{results: make([]Result, len(e.Claims))}
	if !e.looksAt(i) {
		return o
	}
	if e.Statement.Source != nil {
		c, w = r.draw(e.Statement, i), nil
	}
	for k := range e.Claims {
		if check := e.Claims[k].Check; check.runs(i) {
			o.results[k] = guarded(e.Statement.ID, func() Result { return judge(e.Statement.ID, check, c, w) })
		}
	}
	if e.Statement.Source != nil {
		o.classes = generators.Classify(c)
	}
	o.spent = time.Since(start)
	return o
}

// looksAt reports whether any of the entry's checks runs on case i.
func (e *Entry) looksAt(i int) bool {
	return slices.ContainsFunc(e.Claims, func(c Evidence) bool { return c.Check.runs(i) })
}

// absorb takes in the results of the entry's checks on case i, which is drawn anew if it
// is to be kept.
func (e *Entry) absorb(i int, results []Result, draw func() *model.Case) {
	var all Result
	tried := false
	for k, result := range results {
		check := e.Claims[k].Check
		if !check.runs(i) {
			continue
		}
		tried = true
		if v := result.Violation; v != nil && e.Violation == nil && all.Violation == nil {
			e.failed = check
			e.Counterexample = &Counterexample{Case: draw(), Violation: v}
		}
		e.Claims[k].note(result)
		all.Merge(result)
	}
	if !tried {
		return
	}
	e.Tried++
	if all.Vacuous {
		e.VacuousCases++
	}
	if all.Comparisons == 0 {
		e.EmptyCases++
	}
	if all.Undecided != "" {
		e.UndecidedCases++
	}
	e.Merge(all)
}

// draw returns case i of the statement's source. A nil s means the source that entries
// share.
func (r *Report) draw(s *Statement, i int) *model.Case {
	if s == nil {
		s = &Statement{}
	}
	return s.source(nil, nil).Draw(r.Seed, i)
}

// runs reports whether the check runs on case i. Enclosures and series cost more and run
// on a part of the cases, spread irregularly so that it has its share of whatever the cases
// alternate between.
func (c Check) runs(i int) bool {
	switch {
	case c.Series:
		return generators.Hash(0, i, 4)%10 == 0
	case c.Rational == nil:
		return generators.Hash(0, i, 4)%4 == 0
	}
	return true
}

// runSeparately does, statement by statement, what is not shared between them:
// certificates, proofs, wordings and near-misses. It concludes the entries.
func (r *Report) runSeparately(ctx context.Context, cases int, steps *progress, finished func(*Report, *Entry)) error {
	var (
		telling sync.Mutex
		done    = make(map[*Entry]bool)
	)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(workers())
	for _, e := range r.Entries {
		group.Go(func() error {
			start := time.Now()
			var err error
			e.Merge(guarded(e.Statement.ID, func() Result {
				err = r.separately(ctx, e, cases)
				return Result{}
			}))
			e.Time += time.Since(start)
			steps.step()
			if err != nil || finished == nil {
				return err
			}
			telling.Lock()
			defer telling.Unlock()
			e.conclude()
			done[e] = true
			for r.told < len(r.Entries) && r.settled(r.Entries[r.told], done) {
				finished(r, r.Entries[r.told])
				r.told++
			}
			return nil
		})
	}
	return group.Wait()
}

// settled reports whether an entry is done, and so are those that refute its sentence, if any.
func (r *Report) settled(e *Entry, done map[*Entry]bool) bool {
	return done[e] && !slices.ContainsFunc(r.Entries, func(o *Entry) bool { return o.Statement.Twin == e.Statement.ID && !done[o] })
}

// separately certifies, proves and refutes what one entry claims.
func (r *Report) separately(ctx context.Context, e *Entry, cases int) error {
	s := e.Statement
	if err := e.topUp(ctx, r.Seed, cases); err != nil {
		return err
	}
	if err := e.certify(ctx, r.Seed, min(certificateLeaves*r.Effort, maxCertificateLeaves)); err != nil {
		return fmt.Errorf("%s: %w", s.ID, err)
	}
	if err := e.prove(ctx, r.Effort); err != nil {
		return fmt.Errorf("%s: %w", s.ID, err)
	}
	if e.Violation != nil && e.Counterexample != nil {
		if c, _ := smallest(ctx, s.ID, e.failed, s.Cases().Smallest()); c != nil {
			e.Counterexample = c
		}
	}
	if claim := s.Refuted; claim != nil && e.Violation == nil {
		e.Counterexample = r.refute(ctx, s, claim, cases).Counterexample
	}
	for i := range s.NearMisses {
		m := r.refute(ctx, s, &s.NearMisses[i], cases)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		e.NearMisses = append(e.NearMisses, m)
	}
	e.open = ctx.Err() != nil
	return ctx.Err()
}

// conclude sets the verdict and the grade that were reached. On a given case the verdict
// is about the claims alone: a wording need not fail there.
func (e *Entry) conclude() {
	for i := range e.Claims {
		c := &e.Claims[i]
		c.conclude()
		if e.Given == nil {
			c.byTheorem()
		}
		if i == 0 || !c.Also && c.Grade < e.Grade {
			e.Grade = c.Grade
		}
	}
	switch {
	case e.Violation != nil:
		e.Verdict, e.Grade = Refuted, Disproved
	case e.Panic != nil:
		e.Verdict, e.Grade = Panicked, Ungraded
	case e.open:
		e.Verdict, e.Grade = Unfinished, Ungraded
	case e.Undecided != "":
		e.Verdict = Undecided
	case e.Statement.Refuted != nil && e.Given == nil:
		e.Verdict = Undecided
		if e.Counterexample != nil {
			e.Verdict, e.Grade = Refuted, Disproved
		}
	default:
		e.Verdict = Holds
	}
}
