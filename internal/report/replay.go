package report

import (
	"io"

	"sounding/theorems"
	"sounding/verify"
)

// Replay writes what a stored counterexample falsifies, and what the two sides are now: now
// is nil if they agree.
func Replay(w io.Writer, s *verify.Stored, now *verify.Violation) error {
	p := &printer{w: w}
	p.text("%s", s.Statement)
	if st, ok := theorems.Find(s.Statement); ok {
		p.text(": %s", st.Title)
		switch {
		case s.NearMiss != "":
			p.text("\nnear-miss: %s", s.NearMiss)
		case st.Refuted != nil:
			p.text("\nread as: %s", st.Refuted.Wording)
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
