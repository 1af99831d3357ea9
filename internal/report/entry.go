package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"sounding/formal"
	"sounding/verify"
)

// Explain writes the entries for a terminal of so many columns, 0 for any number.
func Explain(w io.Writer, width int, r *verify.Report) error {
	p := onTerminal(w, width, r)
	for _, e := range r.Entries {
		p.entry(e)
		p.glossary(symbolsIn([]*verify.Entry{e}))
		p.line("")
	}
	p.made(r)
	return p.err
}

// entry writes all that is known of a statement.
func (p *printer) entry(e *verify.Entry) {
	s := e.Statement
	p.heading(s)
	p.line("")
	for _, f := range clauses(s.Formula) {
		p.line("    %s", f)
	}
	p.line("")
	p.line("%s", p.headline(e))
	p.line("")
	p.sentence(s)
	if s.Refuted != nil {
		p.item("%s: %s", readAs(s), p.prose(s.Refuted.Wording))
		if s.Saving != "" {
			p.item("What would save it: %s", p.prose(s.Saving))
		}
		p.item("Repair: %s", p.prose(s.Repair))
	}
	for _, h := range s.Hypotheses {
		p.item("Hypothesis: %s.", p.prose(strings.TrimSuffix(h, ".")))
	}
	if s.Reading != "" {
		p.item("Reading: %s", p.prose(s.Reading))
	}
	p.unfinished(e)
	tried := plural(e.Comparisons, "comparison") + p.ownInstances(e)
	if v := vacuity(e); v != "" {
		tried += "; " + v
	}
	if len(e.Precisions) > 1 {
		tried += "; decided at " + e.Precisions.String()
	}
	p.item("%s.", tried)
	p.claims(e)
	p.kernel(e)
	switch c := e.Counterexample; {
	case c != nil && e.Violation == nil:
		p.line("")
		p.line("Counterexample, %s:", size(c))
		p.story(e)
	case c != nil:
		p.line("")
		p.line("Counterexample, %s:", size(c))
		p.line("")
		p.drawing(c.Case)
		p.line("")
		p.line("%s.", p.failed(c.Violation))
	case e.Violation != nil:
		p.line("")
		p.line("%s.", p.failed(e.Violation))
	}
	p.nearMisses(e)
}

// unfinished says what kept an entry from being decided, if anything.
func (p *printer) unfinished(e *verify.Entry) {
	if e.Undecided != "" {
		p.item("Undecided: %s.", e.Undecided)
	}
	if e.Panic != nil {
		p.item("%s. This is a mistake in sounding.", p.prose(e.Panic.Error()))
	}
}

// nearMisses writes the near-misses of an entry, and how they are refuted.
func (p *printer) nearMisses(e *verify.Entry) {
	if len(e.NearMisses) == 0 {
		return
	}
	p.line("")
	p.line("Near-misses:")
	p.line("")
	for i, m := range e.NearMisses {
		p.nearMiss(i+1, m)
	}
}

// claims writes a row for each claim of an entry that has several, and then how each was
// compared, proved and certified.
func (p *printer) claims(e *verify.Entry) {
	if e.Violation != nil {
		return
	}
	if len(e.Claims) > 1 {
		var rows [][]string
		for i := range e.Claims {
			c := &e.Claims[i]
			rows = append(rows, []string{number(e, i), p.prose(formulaOf(c)), gradeOf(c), strength(c)})
		}
		p.line("")
		p.table([]string{"claim", "formula", "grade", "evidence"}, rows)
	}
	p.checks(e)
}

// gradeOf returns the grade of a claim. A further check of one has none.
func gradeOf(c *verify.Evidence) string {
	if c.Also {
		return "besides"
	}
	return c.Grade.String()
}

// checks writes how the claims of an entry were compared, proved and certified.
func (p *printer) checks(e *verify.Entry) {
	p.comparisons(e)
	p.proofs(e)
	p.certificates(e)
}

// number numbers the claims of an entry from 1. A further check of a claim has its number
// and a prime.
func number(e *verify.Entry, i int) string {
	n, primes := 0, ""
	for _, c := range e.Claims[:i+1] {
		if c.Also {
			primes += "′"
		} else {
			n, primes = n+1, ""
		}
	}
	return fmt.Sprint(n) + primes
}

// kernel writes the table of the theorems in Coq that stand for claims of an entry.
func (p *printer) kernel(e *verify.Entry) {
	var rows [][]string
	named := make(map[string]bool)
	row := func(claim, hypotheses string, t formal.Theorem) {
		axioms := "none"
		if t.Reals {
			axioms = "of the reals"
		}
		rows = append(rows, []string{claim, p.prose(hypotheses), p.code(t.Title()), p.prose(t.Claim), p.prose(t.Hypotheses), axioms})
		named[t.Title()] = true
	}
	for i := range e.Claims {
		c := &e.Claims[i]
		if c.Also {
			continue
		}
		for _, name := range c.Claim.Kernel {
			if t, ok := formal.Named(name); ok {
				row(number(e, i), strings.Join(slices.Concat(e.Statement.Hypotheses, c.Claim.Hypotheses), "; "), t)
			}
		}
	}
	proofs := len(named)
	for _, t := range formal.Of(e.Statement.ID) {
		if !named[t.Title()] {
			row("", "", t)
		}
	}
	p.folded(fmt.Sprintf("%s in Coq, for every vocabulary and length (%d named by claims)", plural(len(named), "theorem"), proofs),
		[]string{"claim", "its hypotheses", "theorem", "says", "under", "axioms"}, rows)
}

// comparisons writes the table of what was compared on instances and families.
func (p *printer) comparisons(e *verify.Entry) {
	var rows [][]string
	total := 0
	for i := range e.Claims {
		c := &e.Claims[i]
		add := func(q verify.Tally, on string) {
			total += q.Comparisons
			note := ""
			switch {
			case q.Inequality:
				note = fmt.Sprintf("%d equal", q.Equal)
				if s := slack(q.Least); s != "" {
					note += ", least slack " + s
				}
			case q.Agreed > 0:
				note = "to 10⁻²⁰"
			}
			rows = append(rows, []string{
				number(e, i), p.code(q.Formula), fmt.Sprintf("%d %s", q.Cases, on),
				fmt.Sprint(q.Comparisons), fmt.Sprint(q.Trivial), note,
			})
		}
		for _, q := range c.Tallies {
			add(q, "instances")
		}
		for _, q := range c.FamilyTallies {
			add(q, "families mod p")
		}
	}
	p.folded(fmt.Sprintf("What was compared, %s", plural(total, "time")), []string{"claim", "formula", "on", "comparisons", "of 0 with 0", ""}, rows)
}

// proofs writes the table of the proofs of an entry, if it has any.
func (p *printer) proofs(e *verify.Entry) {
	var rows [][]string
	n := 0
	for i := range e.Claims {
		n += len(e.Claims[i].Proofs)
		for _, q := range proved(&e.Claims[i]) {
			rows = append(rows, []string{number(e, i), fmt.Sprint(q.length), ranges(q.vocabularies), p.prose(q.degrees), strings.Join(q.points, ", ")})
		}
	}
	p.folded(plural(n, "proof"), []string{"claim", "length T", "vocabulary V", "degrees", "points"}, rows)
}

// certificates writes the table of the certificates of an entry, if it has any.
func (p *printer) certificates(e *verify.Entry) {
	var rows [][]string
	n := 0
	for i := range e.Claims {
		n += len(e.Claims[i].Certificates)
		for _, c := range certified(&e.Claims[i]) {
			rows = append(rows, []string{
				number(e, i), fmt.Sprint(c.length), ranges(c.vocabularies), fmt.Sprint(c.degree), fmt.Sprintf("< 2^%d", c.height),
				fmt.Sprint(c.primes), fmt.Sprint(c.trials), "< " + powerOfTen(c.error),
			})
		}
	}
	p.folded(plural(n, "certificate"), []string{"claim", "length T", "vocabulary V", "degree d", "height", "primes", "points k", "error"}, rows)
}

// failed says what was claimed, what was found, and where.
func (p *printer) failed(v *verify.Violation) string {
	s := p.code(v.Claim) + " fails: " + p.code(sides(v))
	if where := place(v); where != "" {
		s += " at " + where
	}
	return s
}

func (p *printer) nearMiss(n int, m verify.Refutation) {
	name := fmt.Sprintf("%d. “%s”", n, p.prose(m.Falsehood.Name))
	if m.Falsehood.Drops != "" {
		name += fmt.Sprintf(" (without: %s)", p.prose(m.Falsehood.Drops))
	}
	c := m.Counterexample
	if c == nil {
		p.line("%s: %s.", name, p.bold("not refuted"))
		return
	}
	after := "by the search for the smallest alone"
	if m.Cases > 0 {
		after = "after " + plural(m.Cases, "random instance")
	}
	p.line("%s: refuted %s.", name, after)
	p.line("   %s", p.failed(c.Violation))
	p.line("   on %s%s.", p.code(c.Case.GoString()), smallness(c))
}
