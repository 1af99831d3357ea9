package verify

import (
	"context"
	"fmt"
	"slices"
	"time"

	"sounding/exact/field"
	"sounding/model"
)

// Given is what was found of an entry on a given case, beside what its claims give there,
// which is the entry's own Result.
type Given struct {
	// Wording is what the wording of a refuted statement gives there; nil if the entry has
	// none.
	Wording *Result
	// Lacks names what the entry is about and the case has not, as the file format of a
	// counterexample does.
	Lacks []string

	stopped time.Duration // how long the checks were given, if that was too short; else 0
}

// Finding is what a check found on one case.
type Finding string

// The findings.
const (
	True     Finding = "true"
	False    Finding = "false"
	Vacuous  Finding = "vacuous"   // nothing on the case is what the claim is about
	Open     Finding = "undecided" // at every precision
	Skipped  Finding = "skipped"   // it takes more time or memory than it may
	Mistaken Finding = "panicked"  // a mistake in the suite
)

// Finding returns what was found.
func (r *Result) Finding() Finding {
	switch {
	case r.Violation != nil:
		return False
	case r.Panic != nil:
		return Mistaken
	case r.Skipped:
		return Skipped
	case r.Undecided != "":
		return Open
	case r.Comparisons == 0:
		return Vacuous
	}
	return True
}

// AsWorded returns what was found on a given case of what the paper says: of the wording
// of a refuted statement, else of the claims.
func (e *Entry) AsWorded() *Result {
	if e.Given != nil && e.Given.Wording != nil {
		return e.Given.Wording
	}
	return &e.Result
}

// trial runs statements on a given case within a budget.
type trial struct {
	on     *model.Case
	budget Budget
	end    time.Time         // of the budget; zero if it has no bound
	world  *World[field.Rat] // which statements share; nil until one needs it
	stuck  string            // the statement whose check does not end, if there is one
}

// outcome is what the checks of a statement gave on the case.
type outcome struct {
	claims  []Result
	wording *Result
	lacks   []string
	time    time.Duration
	// interrupted says that the run ended before the checks did.
	interrupted bool
}

// runGiven runs the checks and wordings of all entries on the given case. Each has its
// share of the time that is left. Those that it was too short for have another, if that is
// at least twice as long.
func (r *Report) runGiven(ctx context.Context, o Options) error {
	steps := (&progress{report: o.Progress, total: len(r.Entries)}).start()
	t := &trial{on: o.Case, budget: o.Budget}
	if o.Budget.Time > 0 {
		t.end = time.Now().Add(o.Budget.Time)
	}
	for _, e := range r.Entries {
		e.Given = new(Given)
	}
	pending := r.Entries
	for first := true; len(pending) > 0; first = false {
		var short []*Entry
		for i, e := range pending {
			var share time.Duration
			if !t.end.IsZero() {
				share = max(time.Until(t.end), 1) / time.Duration(len(pending)-i)
			}
			if first || share >= 2*e.Given.stopped {
				e.take(t.run(ctx, e.Statement, share), share, o.Case)
				if e.Given.stopped > 0 {
					short = append(short, e)
				}
			}
			if first && ctx.Err() == nil {
				steps.step()
			}
		}
		pending = short
		if t.stuck == "" { // else its check may still use the world
			t.world = nil
		}
	}
	return ctx.Err()
}

// take replaces what was found of the entry by the outcome of its checks, which had the
// given time.
func (e *Entry) take(out outcome, share time.Duration, on *model.Case) {
	spent := e.Time
	*e = *newEntry(e.Statement)
	e.Given = &Given{Wording: out.wording, Lacks: out.lacks}
	e.Tried, e.Time, e.open = 1, spent+out.time, out.interrupted
	for k, result := range out.claims {
		e.Claims[k].note(result)
		e.Merge(result)
	}
	for _, result := range []*Result{&e.Result, out.wording} {
		if result == nil {
			continue
		}
		if e.Counterexample == nil && result.Violation != nil {
			e.Counterexample = &Counterexample{Case: on, Violation: result.Violation}
		}
		if result.Skipped && result.Undecided == outOfTime {
			e.Given.stopped = share
		}
	}
}

// outOfTime says that checks did not end in the time that they had.
const outOfTime = "takes more than its share of the time"

// How often a running check is looked at, and how long one may take to end that was
// stopped: the second where memory runs out meanwhile.
const (
	lookEvery = 10 * time.Millisecond
	obedience = 5 * time.Second
	patience  = time.Second
)

// run runs the checks of a statement, for the given time at most; 0 means no bound.
func (t *trial) run(ctx context.Context, s *Statement, share time.Duration) outcome {
	start := time.Now()
	l := &limits{memory: t.budget.Memory}
	switch {
	case ctx.Err() != nil:
		out := none(s, "interrupted")
		out.interrupted = true
		return out
	case t.stuck != "":
		return none(s, fmt.Sprintf("not run: a check of %s does not end", t.stuck))
	}
	done := make(chan outcome, 1)
	go func() { done <- t.checks(l, s) }()
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	var stopped time.Time
	for {
		select {
		case out := <-done:
			out.time = time.Since(start)
			out.interrupted = !stopped.IsZero() && ctx.Err() != nil
			return out
		case <-look.C:
		}
		if !stopped.IsZero() {
			waited := time.Since(stopped)
			if waited > obedience || waited > patience && t.budget.Exceeded != nil && t.budget.Exceeded() != "" {
				t.stuck = s.ID
				return none(s, fmt.Sprintf("does not end %v after it was stopped", waited.Round(time.Second)))
			}
			continue
		}
		reason := t.reason(ctx, time.Since(start), share)
		if reason != "" {
			l.halt.Set(reason)
			stopped = time.Now()
		}
	}
}

// reason returns why a check has to end that runs for some time already; "" if it has not.
func (t *trial) reason(ctx context.Context, spent, share time.Duration) string {
	switch {
	case ctx.Err() != nil:
		return "interrupted"
	case share > 0 && spent > share:
		return outOfTime
	case t.budget.Exceeded != nil:
		return t.budget.Exceeded()
	}
	return ""
}

// none is the outcome of a statement whose checks were not run to an end.
func none(s *Statement, reason string) outcome {
	skipped := Result{Undecided: reason, Skipped: true}
	var out outcome
	for range s.Checks() {
		out.claims = append(out.claims, skipped)
	}
	if s.Refuted != nil {
		out.wording = &skipped
	}
	return out
}

// checks runs the checks of a statement, and that of its wording.
func (t *trial) checks(l *limits, s *Statement) (out outcome) {
	out.lacks = s.Cases().lacks(t.on)
	for _, check := range s.Checks() {
		out.claims = append(out.claims, t.check(l, s.ID, check, out.lacks))
	}
	if f := s.Refuted; f != nil {
		lacks := s.CasesOf(f).lacks(t.on)
		for _, name := range lacks {
			if !slices.Contains(out.lacks, name) {
				out.lacks = append(out.lacks, name)
			}
		}
		w := t.check(l, s.ID, f.Check, lacks)
		out.wording = &w
	}
	return out
}

// check runs one check, if the case lacks nothing for it.
func (t *trial) check(l *limits, id string, check Check, lacks []string) Result {
	if len(lacks) > 0 {
		return Result{Vacuous: true}
	}
	return guarded(id, func() (r Result) {
		defer func() {
			if v := recover(); v != nil {
				reason, ok := skip(v) // while a world was made
				if !ok {
					panic(v)
				}
				r = Result{Undecided: reason, Skipped: true}
			}
		}()
		if check.Rational == nil {
			return l.judge(id, check, t.on, nil)
		}
		if t.world == nil {
			t.world = l.world(t.on)
		}
		t.world.limits = l
		t.world.Ring.(*field.Rational).Watch(&l.halt)
		return l.judge(id, check, t.on, t.world)
	})
}
