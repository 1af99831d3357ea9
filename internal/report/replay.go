package report

import (
	"io"
	"strings"

	"sounding/theorems"
	"sounding/verify"
)

// Replay writes what a stored counterexample falsifies, and what the two sides are now: now
// is nil if they agree. The smallest counterexample to a wording comes with its story, as long
// as its sides are the stored ones. The terminal has so many columns, 0 for any number.
func Replay(w io.Writer, width int, s *verify.Stored, now *verify.Violation) error {
	p := onTerminal(w, width, nil)
	p.text("%s", s.Statement)
	st, ok := theorems.Find(s.Statement)
	if ok {
		p.text(": %s", st.Title)
		switch {
		case s.NearMiss != "":
			p.text("\nnear-miss: %s", s.NearMiss)
		case st.Refuted != nil:
			p.text("\n%s: %s", strings.ToLower(readAs(st)), st.Refuted.Wording)
		}
	}
	p.line("")
	told := ok && toldOf(st, s, now)
	if told {
		p.line("")
		p.paragraph(p.prose(st.Story.Told))
	}
	p.line("")
	p.drawing(s.Case)
	p.line("")
	if now == nil {
		p.line("Not falsified: it holds on this case.")
		return p.err
	}
	p.line("Falsified:")
	p.violation(now)
	if !sameSides(s, now) {
		p.line("\nThe file has other sides: %s and %s.", rounded(s.Violation.Left), rounded(s.Violation.Right))
	}
	if told {
		p.line("")
		p.item("Left is %s, right %s.", p.prose(st.Story.Left), p.prose(st.Story.Right))
		p.item("In practice: %s", p.prose(st.Story.Practice))
	}
	return p.err
}

// toldOf reports whether the story of a statement is about a stored counterexample, whose
// sides are now those of the violation.
func toldOf(st *verify.Statement, s *verify.Stored, now *verify.Violation) bool {
	return st.Refuted != nil && s.NearMiss == "" && !s.Repair && s.Smallest && now != nil && sameSides(s, now)
}

// sameSides reports whether a stored counterexample has the sides of the violation.
func sameSides(s *verify.Stored, now *verify.Violation) bool {
	return now.Left.Equal(s.Violation.Left) && now.Right.Equal(s.Violation.Right)
}
