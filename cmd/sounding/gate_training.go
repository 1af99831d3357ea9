package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"sounding/gate"
	"sounding/gate/training"
	"sounding/internal/layout"
	"sounding/internal/report"
)

// trainingWanted returns the quantities of the protocol of training code that --only
// leaves.
func (g *gateCommand) trainingWanted() []training.Quantity {
	if len(g.Only) == 0 {
		return g.claim().Quantities()
	}
	var list []training.Quantity
	for _, q := range g.Only {
		if isTraining(q) {
			list = append(list, training.Quantity(q))
		}
	}
	return list
}

func isTraining(q gate.Quantity) bool {
	for _, known := range training.Quantities() {
		if string(known) == string(q) {
			return true
		}
	}
	return false
}

// checkTraining asks what training code computes, level by level as check does, if the
// solver speaks the protocol; if it does not, the reason is kept.
func (g *gateCommand) checkTraining(ctx context.Context, c *console, solver *gate.Process, p *gateReport) (err error) {
	want := g.trainingWanted()
	if len(want) == 0 {
		return nil
	}
	on := g.question
	if on == nil && g.on != nil {
		if on, p.silent = training.About(g.on, uint64(g.Seed), training.Objective(g.Objective)); p.silent != nil {
			return nil
		}
	}
	if p.silent = solver.Speaks(ctx); p.silent != nil {
		return ctx.Err()
	}
	o := gate.TrainingOptions{
		Seed: uint64(g.Seed), Only: want, Claim: g.claim(), Losses: g.Restarts, Tries: g.tries(), On: on,
	}
	if on != nil {
		on.TokenLevel = on.TokenLevel || o.TokenLevel
		on.OnPolicy = o.OnPolicy
		o.Claim = on.Claim
	}
	if g.Tolerance != "" {
		o.Tolerance, _ = gate.ParseDecimal(g.Tolerance) // checked before
	}
	for _, level := range g.levels() {
		o.Level, o.Instances = level, g.instances(level)
		progress := c.progress(fmt.Sprintf("asking about training (%s)", level))
		o.Progress = progress.set
		var r *gate.TrainingReport
		r, err = gate.CheckTraining(ctx, solver, o)
		progress.end()
		if r != nil {
			p.training = append(p.training, r)
		}
		if err != nil || len(r.Failures) > 0 || r.Checked() == 0 {
			return err
		}
	}
	if g.Relations && on == nil {
		o.Level, o.Instances = gate.Full, min(g.instances(gate.Plain), plainChecks)
		progress := c.progress("relating answers")
		o.Progress = progress.set
		p.relations, err = gate.CheckRelations(ctx, solver, o)
		progress.end()
	}
	return err
}

// claim returns what is claimed of a loss on samples.
func (g *gateCommand) claim() training.Claim {
	return training.Claim{Objective: training.Objective(g.Objective), TokenLevel: g.Claim == tokenLevel, OnPolicy: g.OnPolicy}
}

// tokenLevel is the value of --claim for a KL at frozen prefixes.
const tokenLevel = "token-level"

// trainingFailure returns what is shown of a failure, as [gateReport.failure] does.
func (p *gateReport) trainingFailure(r *gate.TrainingReport, f *gate.TrainingFailure) string {
	var b strings.Builder
	fmt.Fprintf(&b, "FAILS: %v\n", f)
	if f.Unusable == nil {
		fmt.Fprintf(&b, "%s is %s\n%s%s", f.Quantity, f.Quantity.Meaning(), explanationOfTraining(r, f), onPolicyHint(r, f))
	}
	if p.file != "" {
		fmt.Fprintf(&b, "on %s", p.file)
	} else {
		fmt.Fprintf(&b, "first on instance %d of seed %d, level %s", f.Drawn+1, r.Seed, r.Level)
	}
	where := "that instance"
	switch {
	case f.Transient:
		where = "not again on a fresh solver, which was asked this alone"
	case f.Smallest:
		where = "the smallest instance on which it fails"
		if f.Found != f.Shown && f.Unusable == nil {
			fmt.Fprintf(&b, ", where it is %s", f.Found)
		}
	}
	fmt.Fprintf(&b, "\n%s:\n\n%s\n%s%s", where, f.Question.Instance, sparse(f.Question.Instance), ofNoAccount(f.Free))
	if line, err := gate.TrainingRequest(f.Question, r.Save(f).Want); err == nil && len(line) <= longestRequest {
		fmt.Fprintf(&b, "\nthe request: %s\n", line)
	}
	return b.String() + "\n" + saving(p.savedTraining[f])
}

// onPolicyHint says where a loss on samples is wrong on those of another policy alone.
func onPolicyHint(r *gate.TrainingReport, f *gate.TrainingFailure) string {
	for _, q := range r.Quantities {
		if q.Quantity == training.LossGradient && q.Failure == f && q.Own > 0 && q.OwnWrong == 0 {
			return fmt.Sprintf("right on all %d instances where the policy samples for itself: if no more is claimed, add --on-policy\n", q.Own)
		}
	}
	return ""
}

// mostTogether is how many sets of mistakes are named.
const mostTogether = 3

// explanationOfTraining names the mistakes that explain a failure, alone or together.
func explanationOfTraining(r *gate.TrainingReport, f *gate.TrainingFailure) string {
	switch {
	case len(f.Mistakes) > 0 || f.Quantity != training.LossGradient:
		return explanation(f.Mistakes)
	case len(f.Together) > mostTogether:
		return fmt.Sprintf("no known mistake explains every answer alone, and %d sets of them do together, too many to tell apart\n", len(f.Together))
	case len(f.Together) > 1:
		s := "explained by any of these, each together:\n"
		for _, set := range f.Together {
			s += fmt.Sprintf("  %s\n", joined(set))
		}
		return s
	case len(f.Together) == 1:
		s := "explained by, together:\n"
		for _, m := range f.Together[0] {
			s += fmt.Sprintf("  %s\n", diagnosis(m))
		}
		return s
	case r.Objective == training.ObjectiveHarm || r.Objective == training.ObjectiveKL:
		return "no known mistake explains every answer, nor do several of a loss together\n"
	}
	return "no known mistake explains every answer, nor do several of a loss together: try --objective harm, then --objective kl, which look at one term each\n"
}

// joined returns the names of mistakes that are made together.
func joined(set []training.Mistake) string {
	var names []string
	for _, m := range set {
		names = append(names, m.Name)
	}
	return strings.Join(names, " + ")
}

// explanation names the mistakes that explain a failure.
func explanation(mistakes []training.Mistake) string {
	switch len(mistakes) {
	case 0:
		return "no known mistake explains every answer\n"
	case 1:
		return fmt.Sprintf("explained by: %s\n", diagnosis(mistakes[0]))
	}
	s := "explained by any of:\n"
	for _, m := range mistakes {
		s += fmt.Sprintf("  %s\n", diagnosis(m))
	}
	return s
}

// failsBy returns the result of a quantity that fails, with the mistake where there is one.
func failsBy(mistakes []training.Mistake) string {
	if len(mistakes) == 1 {
		return "FAILS: " + mistakes[0].Name
	}
	return "FAILS"
}

// diagnosis returns a mistake as a person reads it.
func diagnosis(m training.Mistake) string {
	s := fmt.Sprintf("%s. %s", m.Name, m.Explanation)
	if len(m.Seen) > 0 {
		s += " Seen in " + strings.Join(m.Seen, ", ") + "."
	}
	return s
}

// trainingTable prints what was checked at one level.
func (p *gateReport) trainingTable(b *strings.Builder, r *gate.TrainingReport) {
	fmt.Fprintf(b, "sounding %s, %s, ", report.Version, gate.TrainingFormat)
	if p.file != "" {
		fmt.Fprintf(b, "%s: %s", p.file, trainingVerdict(r))
	} else {
		fmt.Fprintf(b, "level %s: %s, seed %d, %d of %d instances", r.Level, trainingVerdict(r), r.Seed, r.Instances, r.Wanted)
	}
	if r.Unanswered > 0 {
		fmt.Fprintf(b, ", %d of them without a usable answer", r.Unanswered)
	}
	fmt.Fprintf(b, "\nobjective %s", r.Objective)
	if r.TokenLevel {
		fmt.Fprint(b, ", its KL at frozen prefixes: what a token does to the KL of later positions is not checked")
	}
	if r.OnPolicy {
		fmt.Fprint(b, ", on samples of the policy itself: those of another are not checked")
	}
	fmt.Fprint(b, "\n\n")
	w := layout.Table{Head: []string{"quantity", "instances", "not 0", "mistakes excluded", "worst error", "result"}}
	var absent []string
	for _, q := range r.Quantities {
		if trainingResult(r, q) == notOffered {
			absent = append(absent, string(q.Quantity))
			continue
		}
		if q.Instances == 0 {
			w.Rows = append(w.Rows, []string{string(q.Quantity), "0", "", "", "", trainingResult(r, q)})
			continue
		}
		w.Rows = append(w.Rows, []string{
			string(q.Quantity), fmt.Sprint(q.Instances), fmt.Sprint(q.Nonzero), fmt.Sprintf("%d of %d", q.Excluded, q.Mistakes),
			fmt.Sprintf("%.2g", q.Worst), trainingResult(r, q),
		})
	}
	w.Write(b, p.width) // into a string, which takes everything
	fmt.Fprintln(b, "\nerrors in units of the tolerance; a known mistake is excluded where it would have given another number")
	notChecked(b, absent)
}

// trainingVerdict returns what was found at a level in a word.
func trainingVerdict(r *gate.TrainingReport) string {
	return verdictOf(len(r.Failures), r.Complete(), r.Checked(), r.Undecided())
}

// trainingResult returns what was found of a quantity in a word.
func trainingResult(r *gate.TrainingReport, q gate.TrainingQuantity) string {
	switch f := q.Failure; {
	case f != nil && len(f.Together) == 1:
		return "FAILS: " + joined(f.Together[0])
	case f != nil:
		return failsBy(f.Mistakes)
	}
	return resultOf(q.Instances, q.Undecided, r.Unanswered == r.Instances)
}

// concludeTraining returns the error that the reports on training end in, nil where
// everything that was asked is right.
func (p *gateReport) concludeTraining() error {
	for _, r := range p.training {
		switch {
		case len(r.Failures) > 0:
			return errFalsified
		case r.Undecided() > 0:
			return fmt.Errorf("%d numbers too close to the edge of the tolerance to tell", r.Undecided())
		}
	}
	for _, r := range p.relations {
		if r.Failure != "" {
			return errFalsified
		}
	}
	return nil
}

// errNothing reports a solver that has offered nothing that was asked for.
var errNothing = errors.New("the solver offers no quantity: nothing was checked")
