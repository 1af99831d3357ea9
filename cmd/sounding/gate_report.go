package main

import (
	"fmt"
	"io"
	"strings"

	"sounding/gate"
	"sounding/internal/layout"
	"sounding/internal/report"
	"sounding/model"
)

// gateReport is what was found of a solver, level by level.
type gateReport struct {
	reports   []*gate.Report
	tolerance string                   // that was given in place of the default; "" for none
	file      string                   // of the instance that was asked about; "" for random ones
	width     int                      // of the terminal; 0 for any
	saved     map[*gate.Failure]string // the file of each failure; nil where none is written
	training  []*gate.TrainingReport
	silent    error // why the solver is taken for one that does not speak gate.TrainingFormat

	savedTraining map[*gate.TrainingFailure]string // likewise
	relations     []gate.RelationReport
}

// conclude returns the error that the check ends in, nil where everything that was asked
// is right.
func (p *gateReport) conclude() error {
	checked := 0
	for _, r := range p.reports {
		if len(r.Failures) > 0 {
			return errFalsified
		}
		checked += r.Checked()
	}
	for _, r := range p.training {
		checked += r.Checked()
	}
	if err := p.concludeTraining(); err != nil {
		return err
	}
	for _, r := range p.reports {
		if n := r.Undecided(); n > 0 {
			return fmt.Errorf("%d numbers too close to the edge of the tolerance to tell", n)
		}
	}
	if checked == 0 {
		return errNothing
	}
	return nil
}

// progress says how far the check has come.
func (p *gateReport) progress() string {
	done, wanted := 0, 0
	if n := len(p.training); n > 0 {
		done, wanted = p.training[n-1].Instances, p.training[n-1].Wanted
	} else if n := len(p.reports); n > 0 {
		done, wanted = p.reports[n-1].Instances, p.reports[n-1].Wanted
	}
	return fmt.Sprintf("%d of %d instances", done, wanted)
}

// print prints what fails first, then what was checked.
func (p *gateReport) print(out io.Writer) error {
	var b strings.Builder
	for _, r := range p.reports {
		for _, f := range r.Failures {
			b.WriteString(p.failure(r, f))
		}
	}
	for _, r := range p.training {
		for _, f := range r.Failures {
			b.WriteString(p.trainingFailure(r, f))
		}
	}
	p.tables(&b)
	p.printRelations(&b)
	_, err := io.WriteString(out, b.String())
	return err
}

// tables prints what was checked level by level, and in a line which protocol was not.
func (p *gateReport) tables(b *strings.Builder) {
	var tables, none []string
	add := func(format, verdict string, print func(b *strings.Builder)) {
		if verdict == nothingChecked {
			none = append(none, fmt.Sprintf("%s was not checked: the solver offers none of the quantities that were asked for\n", format))
			return
		}
		var table strings.Builder
		print(&table)
		tables = append(tables, table.String())
	}
	for _, r := range p.reports {
		add(gate.Format, verdict(r), func(b *strings.Builder) { p.table(b, r) })
	}
	for _, r := range p.training {
		add(gate.TrainingFormat, trainingVerdict(r), func(b *strings.Builder) { p.trainingTable(b, r) })
	}
	if p.silent != nil {
		none = append(none, fmt.Sprintf("%s was not asked: %v\n", gate.TrainingFormat, p.silent))
	}
	if none != nil {
		tables = append(tables, strings.Join(none, ""))
	}
	b.WriteString(strings.Join(tables, "\n"))
}

// longestRequest is the length in bytes up to which a request is shown.
const longestRequest = 4000

// failure returns what is shown of a failure: where it showed, the instance, the request.
func (p *gateReport) failure(r *gate.Report, f *gate.Failure) string {
	var b strings.Builder
	fmt.Fprintf(&b, "FAILS: %v\n", f)
	if f.Unusable() == nil {
		b.WriteString(explanation(f.Mistakes))
	}
	if p.file != "" {
		fmt.Fprintf(&b, "on %s:\n\n", p.file)
	} else {
		fmt.Fprintf(&b, "first on instance %d of seed %d, level %s", f.Drawn+1, r.Seed, r.Level)
		if f.Found != f.Error() {
			fmt.Fprintf(&b, ", where it is: %s", f.Found)
		}
		fmt.Fprintf(&b, "\n%s:\n\n", where(f))
	}
	fmt.Fprintf(&b, "%s\n%s%s", f.Counterexample.Case, sparse(f.Counterexample.Case.Instance), ofNoAccount(f.Free))
	if line, err := r.Save(f).Line(); err == nil && len(line) <= longestRequest {
		fmt.Fprintf(&b, "\nthe request: %s\n", line)
	}
	return b.String() + "\n" + saving(p.saved[f])
}

// ofNoAccount lists the parts of an instance that do not matter.
func ofNoAccount(free []string) string {
	if len(free) == 0 {
		return ""
	}
	return fmt.Sprintf("\nof no account: %s\n", strings.Join(free, "; "))
}

// saving says how to ask about a failure again that is written to a file; name is "" where none is.
func saving(name string) string {
	if name == "" {
		return ""
	}
	return fmt.Sprintf("saved: sounding gate --instance %s -- COMMAND asks about it again\n\n", name)
}

// where says what the instance is that a failure is shown on.
func where(f *gate.Failure) string {
	switch {
	case f.Transient:
		return "not again on a fresh solver, which was asked this alone"
	case f.Counterexample.Smallest:
		return "the smallest instance on which it fails"
	case f.Counterexample.Case.Instance == f.Instance:
		return "that instance"
	}
	return "a small instance, on which it fails too"
}

// table prints what was checked at one level.
func (p *gateReport) table(b *strings.Builder, r *gate.Report) {
	if p.file != "" {
		fmt.Fprintf(b, "sounding %s, %s\n\n", report.Version, p.file)
	} else {
		fmt.Fprintf(b, "sounding %s, level %s: %s, seed %d, %d of %d instances", report.Version, r.Level, verdict(r), r.Seed, r.Instances, r.Wanted)
		if r.Unanswered > 0 {
			fmt.Fprintf(b, ", %d of them without a usable answer", r.Unanswered)
		}
		fmt.Fprint(b, "\n\n")
	}
	w := layout.Table{Head: []string{"quantity", "statement", "tolerance", "instances", "not 0", "worst error", "result"}}
	var absent []string
	for _, q := range r.Quantities {
		found := result(r, q)
		switch {
		case found == notOffered:
			absent = append(absent, string(q.Quantity))
			continue
		case q.Failure != nil:
			found = failsBy(q.Failure.Mistakes)
		}
		w.Rows = append(w.Rows, []string{
			string(q.Quantity), q.Quantity.Statement(), p.allowed(q.Quantity),
			fmt.Sprint(q.Instances), fmt.Sprint(q.Nonzero), fmt.Sprintf("%.2g", q.Worst), found,
		})
	}
	w.Write(b, p.width) // into a string, which takes everything
	fmt.Fprintln(b, "\nerrors in units of the tolerance")
	notChecked(b, absent)
}

// verdict returns what was found at a level in a word.
func verdict(r *gate.Report) string {
	return verdictOf(len(r.Failures), r.Complete(), r.Checked(), r.Undecided())
}

func verdictOf(failures int, complete bool, checked, undecided int) string {
	switch {
	case failures > 0:
		return "failed"
	case !complete:
		return "interrupted"
	case checked == 0:
		return nothingChecked
	case undecided > 0:
		return "undecided"
	}
	return "passed"
}

// nothingChecked is the verdict where the solver offers nothing that was asked for.
const nothingChecked = "nothing checked"

// result returns what was found of a quantity in a word.
func result(r *gate.Report, q gate.QuantityReport) string {
	if q.Failure != nil {
		return "FAILS"
	}
	return resultOf(q.Instances, q.Undecided, r.Unanswered == r.Instances)
}

// resultOf returns what was found of a quantity that does not fail.
func resultOf(instances, undecided int, unanswered bool) string {
	switch {
	case undecided > 0:
		return "undecided"
	case instances > 0:
		return "ok"
	case unanswered:
		return "no usable answer"
	}
	return notOffered
}

// notOffered is the result of a quantity that the solver does not compute.
const notOffered = "not offered, not checked"

// fewAbsent is how many quantities that were not offered are named.
const fewAbsent = 5

// notChecked names the quantities that were not offered, or says how many they are.
func notChecked(b *strings.Builder, absent []string) {
	switch n := len(absent); {
	case n > fewAbsent:
		fmt.Fprintf(b, "%s: %d quantities, from %s to %s\n", notOffered, n, absent[0], absent[n-1])
	case n > 0:
		fmt.Fprintf(b, "%s: %s\n", notOffered, strings.Join(absent, ", "))
	}
}

// allowed returns the tolerance of a quantity in symbols.
func (p *gateReport) allowed(q gate.Quantity) string {
	if p.tolerance != "" {
		return p.tolerance
	}
	return q.Allowed()
}

// sparse says which rows of an instance do not list every token, which its tree does not
// show; "" where there are none.
func sparse(in *model.Instance) string {
	var rows []string
	for t := 1; t <= in.Length(); t++ {
		l := in.Layer(t)
		for x := range l.States() {
			lo, hi := l.Row(x)
			if hi-lo == in.Vocabulary() {
				continue
			}
			if len(rows) == mostSparse {
				return fmt.Sprintf("sparse rows: %s; and others\n", strings.Join(rows, "; "))
			}
			var tokens []string
			for e := lo; e < hi; e++ {
				tokens = append(tokens, fmt.Sprint(l.Token(e)))
			}
			rows = append(rows, fmt.Sprintf("t = %d, state %d lists token %s alone", t, x, strings.Join(tokens, ", ")))
		}
	}
	if rows == nil {
		return ""
	}
	return fmt.Sprintf("sparse rows: %s\n", strings.Join(rows, "; "))
}

// mostSparse is how many sparse rows are named.
const mostSparse = 4
