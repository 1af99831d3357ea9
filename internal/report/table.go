package report

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"sounding/verify"
)

// Table writes the verdicts as a table for a terminal, a line that counts them, and in full
// whatever failed. again returns the command line that reproduces the failure of an entry.
func Table(w io.Writer, r *verify.Report, again func(*verify.Entry) string) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "ID\tVERDICT\tGRADE\tCASES\tTIME\tSTATEMENT")
	for _, e := range r.Entries {
		fmt.Fprintf(t, "%s\t%s\t%v\t%d\t%v\t%s\n", e.Statement.ID, verdict(e), e.Grade, tried(e), e.Time.Round(time.Millisecond), e.Statement.Title)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	p := &printer{w: w}
	p.line("")
	p.count(r)
	for _, e := range r.Entries {
		p.failure(e, again(e))
	}
	return p.err
}

// tried returns the number of instances that the claim which was tried most was tried on.
func tried(e *verify.Entry) int {
	n := e.Tried
	for i := range e.Claims {
		n = max(n, e.Claims[i].Tried)
	}
	return n
}

// verdict returns the verdict of an entry, or that something failed.
func verdict(e *verify.Entry) string {
	switch {
	case e.Falsified():
		return "FALSIFIED"
	case e.Verdict == verify.Panicked:
		return "PANICKED"
	}
	if e.Comparisons == 0 && e.Verdict == verify.Holds {
		return "says nothing"
	}
	return string(e.Verdict)
}

// count writes the number of entries with each verdict, and what the report was made with.
func (p *printer) count(r *verify.Report) {
	count := make(map[string]int)
	misses, unrefuted := 0, 0
	for _, e := range r.Entries {
		count[verdict(e)]++
		misses += len(e.NearMisses)
		unrefuted += len(e.NearMisses) - refutedMisses(e)
	}
	var parts []string
	for _, k := range []struct {
		verify.Kind
		verdict   verify.Verdict
		one, many string
	}{
		{verify.Paper, verify.Holds, "statement of the paper holds", "statements of the paper hold"},
		{verify.RefutedReading, verify.Refuted, "reading of its words is refuted, with the repair verified", "readings of its words are refuted, with the repair verified"},
		{verify.Needed, verify.Refuted, "witness shows that a hypothesis is needed", "witnesses show that a hypothesis is needed"},
		{verify.Own, verify.Holds, "statement of our own holds", "statements of our own hold"},
	} {
		n := 0
		for _, e := range r.Entries {
			if e.Statement.Relation() == k.Kind && verdict(e) == string(k.verdict) {
				n++
			}
		}
		switch n {
		case 0:
		case 1:
			parts = append(parts, "1 "+k.one)
		default:
			parts = append(parts, fmt.Sprintf("%d %s", n, k.many))
		}
	}
	for _, v := range []struct{ verdict, text string }{
		{string(verify.Undecided), "undecided"},
		{"PANICKED", "PANICKED"},
		{"says nothing", "say nothing about this instance"},
		{"FALSIFIED", "FALSIFIED"},
	} {
		if n := count[v.verdict]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, v.text))
		}
	}
	p.text("%s: %s", plural(len(r.Entries), "entry"), strings.Join(parts, ", "))
	if misses > 0 {
		p.text("; %s, ", plural(misses, "near-miss"))
		if unrefuted == 0 {
			p.text("all refuted")
		} else {
			p.text("%d NOT REFUTED", unrefuted)
		}
	}
	p.line(".")
	p.made(r)
}

// made writes the version, the seed and the effort of a report.
func (p *printer) made(r *verify.Report) {
	p.line("sounding %s, seed %d, effort %d", Version, r.Seed, r.Effort)
}

func refutedMisses(e *verify.Entry) int {
	n := 0
	for _, m := range e.NearMisses {
		if m.Refuted() {
			n++
		}
	}
	return n
}

// failure writes what failed in an entry or was not decided, if anything.
func (p *printer) failure(e *verify.Entry, again string) {
	s := e.Statement
	if !e.Falsified() && e.Verdict != verify.Undecided && e.Panic == nil {
		return
	}
	if e.Panic != nil {
		p.panicked(e.Panic, s, again)
	}
	switch v, c := e.Violation, e.Counterexample; {
	case v != nil:
		p.line("\nFALSIFIED  %s: %s", s.ID, s.Title)
		p.line("           %s\n", s.Formula)
		if c != nil {
			v = c.Violation // the smallest, if the search found one
		}
		p.violation(v)
		p.line("  again    %s", again)
		if c != nil {
			p.line("  on       %s:\n", size(c))
			p.drawing(c.Case)
		}
	case e.Undecided != "":
		p.line("\nUNDECIDED  %s: %s", s.ID, e.Undecided)
		p.line("  again    %s", again)
	case e.Verdict == verify.Undecided:
		p.line("\nUNDECIDED  %s: no case, random or small, refuted the wording", s.ID)
		p.line("  wording  %s", s.Refuted.Wording)
		p.line("  again    %s", again)
	}
	for _, m := range e.NearMisses {
		if !m.Refuted() {
			p.line("\nNOT REFUTED  %s, near-miss “%s”", s.ID, m.Falsehood.Name)
			p.line("  It passed on every case, random or small: the checks cannot tell it from the statement.")
		}
	}
}

// panicked writes where and how a check panicked.
func (p *printer) panicked(v *verify.Panic, s *verify.Statement, again string) {
	p.line("\nPANICKED  %s: %s", s.ID, s.Title)
	p.line("  A check panicked. This is a mistake in sounding, whatever the instance is.")
	if v.Claim != "" {
		p.line("  after    %s", v.Claim)
	}
	p.line("  panic    %v", v.Value)
	p.line("  again    %s", again)
	if v.Case != nil {
		p.line("  on       this instance:\n")
		p.drawing(v.Case)
	}
	p.line("")
	for line := range strings.Lines(v.Stack) {
		p.line("    %s", strings.TrimRight(line, "\n"))
	}
}

// violation writes what was claimed, what was found, and where.
func (p *printer) violation(v *verify.Violation) {
	p.line("  claim    %s", v.Claim)
	if where := place(v); where != "" {
		p.line("  where    %s", where)
	}
	p.line("  left     %s", v.Left)
	p.line("  right    %s", v.Right)
}

// place says where two sides were compared, or "" if it was not in one place.
func place(v *verify.Violation) string {
	var parts []string
	if v.Position > 0 {
		parts = append(parts, fmt.Sprintf("position %d, state %d", v.Position, v.State))
	}
	if v.Detail != "" {
		parts = append(parts, v.Detail)
	}
	return strings.Join(parts, ", ")
}

// denied maps a claimed relation to the one that was found.
var denied = map[string]string{"=": "≠", "⇔": "⇎", "⇒": "⇏", "≤": ">", "<": "≥"}

// sides returns the two sides of a violation with the relation found between them.
func sides(v *verify.Violation) string {
	return fmt.Sprintf("%s %s %s", v.Left, denied[v.Relation], v.Right)
}

// plural returns a number of things, with the plural of their name.
func plural(n int, name string) string {
	switch {
	case n == 1:
		return "1 " + name
	case strings.HasSuffix(name, "s"):
		return fmt.Sprintf("%d %ses", n, name)
	case strings.HasSuffix(name, "y"):
		return fmt.Sprintf("%d %sies", n, strings.TrimSuffix(name, "y"))
	}
	return fmt.Sprintf("%d %ss", n, name)
}
