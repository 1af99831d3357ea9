package report

import (
	"fmt"
	"math/big"
	"strings"

	"sounding/verify"
)

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
		p.command("  again    %s", again)
		if c != nil {
			p.line("  on       %s:\n", size(c))
			p.drawing(c.Case)
		}
	case e.Undecided != "":
		p.line("\nUNDECIDED  %s: %s", s.ID, e.Undecided)
		p.command("  again    %s", again)
	case e.Verdict == verify.Undecided:
		p.line("\nUNDECIDED  %s: no case, random or small, refuted the wording", s.ID)
		p.line("  wording  %s", s.Refuted.Wording)
		p.command("  again    %s", again)
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
	p.command("  again    %s", again)
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
	left, right := rounded(v.Left), rounded(v.Right)
	if left == right {
		left, right = v.Left.String(), v.Right.String()
	}
	p.line("  left     %s", left)
	p.line("  right    %s", right)
}

const (
	longestSide   = 80 // characters of a number that are written as they are
	roundedDigits = 15 // of a longer one
)

// rounded writes a side, a number that takes long by its first digits.
func rounded(s verify.Side) string {
	text := s.String()
	q, ok := new(big.Rat).SetString(text)
	if len(text) <= longestSide || !ok {
		return text
	}
	return "≈ " + new(big.Float).SetRat(q).Text('g', roundedDigits)
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
