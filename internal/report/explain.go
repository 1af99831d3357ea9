package report

import (
	"fmt"
	"io"

	"sounding/theorems"
	"sounding/verify"
)

// Explain writes all that is known of the entries, for a terminal.
func Explain(w io.Writer, r *verify.Report) error {
	p := &printer{w: w}
	for _, e := range r.Entries {
		p.explain(e)
		p.line("")
	}
	p.made(r)
	return p.err
}

func (p *printer) explain(e *verify.Entry) {
	s := e.Statement
	p.line("%s: %s (Section %s)", s.ID, s.Title, s.Section)
	p.line("")
	for _, f := range clauses(s.Formula) {
		p.line("    %s", f)
	}
	p.line("")
	for _, h := range s.Hypotheses {
		p.field("Hypothesis", h)
	}
	if s.Reading != "" {
		p.field("Reading", s.Reading)
	}
	if s.Claim != nil {
		p.field("As worded", s.Claim.Wording)
		p.field("Repair", s.Repair)
	}
	p.field("Verdict", verdict(e))
	if e.Undecided != "" {
		p.field("Undecided", e.Undecided)
	}
	p.field("Evidence", Phrase(e))
	if v := vacuity(e); v != "" {
		p.field("", v)
	}
	for i, q := range e.Inequalities {
		name := ""
		if i == 0 {
			name = "Slack"
		}
		p.field(name, fmt.Sprintf("%s: compared %s, %d of them equalities%s", q.Claim, plural(q.Comparisons, "time"), q.Equal, leastSlack(q)))
	}
	for i, q := range proved(e) {
		name := ""
		if i == 0 {
			name = "Proved"
		}
		p.field(name, q.String())
	}
	for i, g := range certified(e) {
		name := ""
		if i == 0 {
			name = "Certified"
		}
		p.field(name, g.String())
	}
	if c := e.Counterexample; c != nil {
		p.line("")
		p.line("Counterexample, %s:", size(c))
		p.line("")
		p.drawing(c.Case)
		p.line("")
		p.line("    %s", found(c.Violation))
	} else if e.Violation != nil {
		p.line("")
		p.line("    %s", found(e.Violation))
	}
	if len(e.NearMisses) == 0 {
		return
	}
	p.line("")
	p.line("Near-misses, wrong versions that the checks must refute:")
	for i, m := range e.NearMisses {
		p.line("")
		p.line("%3d. %s", i+1, m.Miss.Name)
		if m.Miss.Drops != "" {
			p.line("     without the hypothesis: %s", m.Miss.Drops)
		}
		c := m.Counterexample
		if c == nil {
			p.line("     NOT REFUTED")
			continue
		}
		p.line("     %s", found(c.Violation))
		p.line("     on %s%s", brief(c.Case), smallness(c))
	}
}

// found says what was claimed, what was found, and where.
func found(v *verify.Violation) string {
	s := v.Claim + "  fails: " + sides(v)
	if where := place(v); where != "" {
		s += " at " + where
	}
	return s
}

// Replay writes what a stored counterexample is to, and what the two sides are
// now: now is nil where they agree.
func Replay(w io.Writer, s *verify.Stored, now *verify.Violation) error {
	p := &printer{w: w}
	p.text("%s", s.Statement)
	if st, ok := theorems.Find(s.Statement); ok {
		p.text(": %s", st.Title)
		switch {
		case s.NearMiss != "":
			p.text("\nnear-miss: %s", s.NearMiss)
		case st.Claim != nil:
			p.text("\nas worded: %s", st.Claim.Wording)
		}
	}
	p.line("")
	p.line("")
	p.drawing(s.Case)
	p.line("")
	if now == nil {
		p.line("Not falsified: it holds on this case.")
		return p.err
	}
	p.line("Falsified:")
	p.violation(now)
	return p.err
}
