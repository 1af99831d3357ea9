// Package report turns the evidence of a verification into text: the table on
// the terminal, VERIFY.md, and JSON.
package report

import (
	"fmt"
	"io"
	"math"
	"strings"

	"sounding/theorems"
)

// Version is the version of the suite, named by every report.
const Version = "0.1.0"

// Phrase says in one line what stands behind an entry's verdict, strongest first.
func Phrase(e *theorems.Entry) string {
	var parts []string
	if n := len(e.Certificates); n > 0 {
		worst := math.Inf(-1)
		for _, c := range e.Certificates {
			worst = max(worst, c.Log10)
		}
		parts = append(parts, fmt.Sprintf("certified for %d shapes, error < 10^%d", n, int(math.Ceil(worst))))
	}
	if n := e.Cases[theorems.Exact]; n > 0 {
		parts = append(parts, fmt.Sprintf("exact on %d instances", n))
	}
	if n := e.Cases[theorems.Enclosed]; n > 0 {
		parts = append(parts, fmt.Sprintf("enclosed on %d instances", n))
	}
	if e.Statement.Claim != nil {
		what := "no counterexample found"
		if c := e.Counterexample; c != nil {
			what = "refuted as worded by " + size(c)
		}
		parts = append([]string{what, "repair:"}, parts...)
		return parts[0] + "; " + parts[1] + " " + strings.Join(parts[2:], ", ")
	}
	return strings.Join(parts, ", ")
}

func size(c *theorems.Counterexample) string {
	which := "the smallest instance"
	if !c.Smallest {
		which = "an instance (smallest found)"
	}
	return fmt.Sprintf("%s, V = %d, T = %d", which, c.Case.Vocabulary(), c.Case.Length())
}

// Markdown writes the report as VERIFY.md. The text depends on the evidence
// alone: no dates, no times.
func Markdown(w io.Writer, r *theorems.Report) error {
	p := &printer{w: w}
	p.line("# What was verified")
	p.line("")
	p.line("This file is written by `go run ./cmd/sounding verify --report VERIFY.md`: version %s, seed %d, effort %d.", Version, r.Seed, r.Effort)
	p.line("It verifies the numbered statements of *Why Is RLHF Alignment Shallow? A Gradient Analysis* (arXiv 2603.04851) by computation on finite models. Formulas are a reading of the paper; where words had to be read one way or another, the entry says how.")
	p.line("")
	p.line("**Grades.** *certified*: a polynomial identity of degree at most d held at k random points of 𝔽_p, so that a false one passes with probability at most (d/p)^k over the seed. *exact*: decided in ℚ, without tolerance, on random instances. *enclosed*: decided by outward-rounded interval arithmetic. *refuted*: a counterexample to the wording, re-checkable with `sounding replay`, and a repair that is verified like any other statement.")
	p.line("")
	p.line("**Near-misses** are wrong versions of a statement that the suite must refute; the number is how many random instances it took, and the instance is the smallest one that refutes it, in the order described in package generators.")
	p.line("")
	p.summary(r)
	section := ""
	for _, e := range r.Entries {
		if s := e.Statement.Section; s != section {
			section = s
			p.line("## Section %s", s)
			p.line("")
		}
		p.entry(e)
	}
	if len(theorems.Pending) > 0 {
		p.line("## Still to come")
		p.line("")
		p.line("Numbered statements of the paper that have no entry yet: %s.", strings.Join(theorems.Pending, ", "))
	}
	return p.err
}

type printer struct {
	w   io.Writer
	err error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}

func (p *printer) summary(r *theorems.Report) {
	p.line("| id | statement | verdict | evidence |")
	p.line("|---|---|---|---|")
	for _, e := range r.Entries {
		p.line("| [%s](#%s) | %s | %s | %s |", e.Statement.ID, e.Statement.ID, e.Statement.Title, e.Verdict, cell(Phrase(e)))
	}
	p.line("")
}

// cell makes s fit for a table.
func cell(s string) string { return strings.ReplaceAll(s, "|", "\\|") }

func (p *printer) entry(e *theorems.Entry) {
	s := e.Statement
	p.line(`### <a id="%s"></a>%s: %s`, s.ID, s.ID, s.Title)
	p.line("")
	p.line("    %s", s.Formula)
	p.line("")
	p.line("**%s**: %s.", e.Verdict, Phrase(e))
	p.line("")
	for _, h := range s.Hypotheses {
		p.line("- Hypothesis: %s.", h)
	}
	if s.Reading != "" {
		p.line("- Reading: %s", s.Reading)
	}
	if e.Undecided != "" {
		p.line("- Undecided: %s.", e.Undecided)
	}
	if len(e.Certificates) > 0 {
		p.line("- Certificates, p = 2^61 − 1 (shape: degree, points): %s.", certificates(e.Certificates))
	}
	p.line("- %d comparisons%s.", e.Claims, vacuity(e))
	if s.Claim != nil {
		p.line("- As worded: “%s”", s.Claim.Wording)
		p.line("- Repair: %s", s.Repair)
	}
	p.line("")
	if c := e.Counterexample; c != nil {
		p.counterexample(c)
	}
	if len(e.NearMisses) > 0 {
		p.line("| near-miss | refuted after | smallest counterexample | there |")
		p.line("|---|---|---|---|")
		for _, m := range e.NearMisses {
			p.nearMiss(m)
		}
		p.line("")
	}
}

func vacuity(e *theorems.Entry) string {
	if e.Vacuous == 0 {
		return ""
	}
	return fmt.Sprintf("; on %d instances a hypothesis did not hold somewhere, and nothing is claimed there", e.Vacuous)
}

func certificates(list []theorems.Certificate) string {
	parts := make([]string, len(list))
	for i, c := range list {
		parts[i] = fmt.Sprintf("%v: %d, %d", c.Shape, c.Degree, c.Trials)
	}
	return strings.Join(parts, "; ")
}

func (p *printer) counterexample(c *theorems.Counterexample) {
	p.line("Counterexample (%s):", size(c))
	p.line("")
	for line := range strings.Lines(c.Case.String()) {
		p.line("    %s", strings.TrimRight(line, "\n"))
	}
	p.line("")
	p.line("%s.", c.Violation.Error())
	p.line("")
}

func (p *printer) nearMiss(m theorems.MissReport) {
	name := m.Miss.Name
	if m.Miss.Drops != "" {
		name += " (drops: " + m.Miss.Drops + ")"
	}
	if m.Counterexample == nil {
		p.line("| %s | **not refuted** | | |", cell(name))
		return
	}
	after := "found by the enumeration alone"
	if m.Checks > 0 {
		after = fmt.Sprint(m.Checks)
	}
	mark := ""
	if !m.Counterexample.Smallest {
		mark = " (smallest found)"
	}
	v := m.Counterexample.Violation
	p.line("| %s | %s | `%#v`%s | %s |", cell(name), after, m.Counterexample.Case, mark,
		cell(fmt.Sprintf("%s: %s against %s", v.Claim, v.Left, v.Right)))
}
