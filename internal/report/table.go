package report

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"sounding/theorems"
)

// Table writes the verdicts as a table for a terminal, and a line that counts
// them.
func Table(w io.Writer, r *theorems.Report) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "ID\tVERDICT\tGRADE\tCASES\tTIME\tSTATEMENT")
	count := make(map[theorems.Verdict]int)
	misses, unrefuted := 0, 0
	for _, e := range r.Entries {
		count[e.Verdict]++
		misses += len(e.NearMisses)
		for _, m := range e.NearMisses {
			if !m.Refuted {
				unrefuted++
			}
		}
		cases := 0
		for _, n := range e.Cases {
			cases += n
		}
		fmt.Fprintf(t, "%s\t%s\t%v\t%d\t%v\t%s\n", e.Statement.ID, e.Verdict, e.Grade, cases, e.Time.Round(time.Millisecond), e.Statement.Title)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(w, "\n%d statements: %d hold, %d refuted as worded with their repair verified, %d undecided; %d near-misses, %d of them refuted.\n",
		len(r.Entries), count[theorems.Holds], count[theorems.Refuted], count[theorems.Undecided], misses, misses-unrefuted)
	if len(theorems.Pending) > 0 {
		fmt.Fprintf(w, "%d numbered statements of the paper have no entry yet.\n", len(theorems.Pending))
	}
	fmt.Fprintf(w, "sounding %s, seed %d, effort %d\n", Version, r.Seed, r.Effort)
	for _, e := range r.Entries {
		if !e.Falsified() {
			continue
		}
		if e.Violation != nil {
			fmt.Fprintf(w, "\nFALSIFIED %v.\n", e.Violation)
			if c := e.Counterexample; c != nil {
				fmt.Fprintf(w, "On %#v\n", c.Case)
			}
		}
		for _, m := range e.NearMisses {
			if !m.Refuted {
				fmt.Fprintf(w, "\nNOT REFUTED %s: near-miss “%s” passed every check, so the checks of this statement cannot see the difference.\n", e.Statement.ID, m.Miss.Name)
			}
		}
	}
	return nil
}

// Explain writes all that is known of one entry, for a terminal.
func Explain(w io.Writer, e *theorems.Entry) error {
	s := e.Statement
	p := &printer{w: w}
	p.line("%s: %s (Section %s)", s.ID, s.Title, s.Section)
	p.line("")
	p.line("    %s", s.Formula)
	p.line("")
	for _, h := range s.Hypotheses {
		p.line("Hypothesis  %s", h)
	}
	if s.Reading != "" {
		p.line("Reading     %s", s.Reading)
	}
	if s.Claim != nil {
		p.line("As worded   %s", s.Claim.Wording)
		p.line("Repair      %s", s.Repair)
	}
	p.line("Verdict     %s", e.Verdict)
	p.line("Evidence    %s", Phrase(e))
	if e.Vacuous > 0 {
		p.line("            on %d instances a hypothesis did not hold somewhere", e.Vacuous)
	}
	if len(e.Certificates) > 0 {
		p.line("Points      p = 2^61 − 1 (shape: degree, points): %s", certificates(e.Certificates))
	}
	if c := e.Counterexample; c != nil {
		p.line("")
		p.counterexample(c)
	}
	if len(e.NearMisses) > 0 {
		p.line("")
		p.line("Near-misses, which the checks must refute:")
	}
	for _, m := range e.NearMisses {
		p.line("")
		p.line("  %s", m.Miss.Name)
		if m.Miss.Drops != "" {
			p.line("    drops: %s", m.Miss.Drops)
		}
		if c := m.Counterexample; c != nil {
			p.line("    refuted by %s: %#v", size(c), c.Case)
			p.line("    %v", c.Violation)
		} else {
			p.line("    NOT REFUTED")
		}
	}
	return p.err
}
