package gate

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"sounding/gate/training"
	"sounding/model"
	"sounding/verify"
)

// Failure is one way in which a solver fails, on the smallest instance that
// was found to show it.
type Failure struct {
	Drawn    int             // the random instance that showed it first
	Instance *model.Instance // that one
	Found    string          // how it fails there
	// Transient says that a fresh solver did not fail there again: what goes wrong
	// depends on what the solver was asked before, and cannot be shown on less.
	Transient bool
	// Counterexample is the instance, with the claim that fails there.
	Counterexample *verify.Counterexample
	// Mistakes are the known mistakes that explain every answer that was given. More than
	// one could not be told apart.
	Mistakes []training.Mistake
	// Free are the parts of the smallest instance that can be changed without curing the
	// failure.
	Free []string

	finding
}

// Quantity returns the quantity that fails, and "" where there is no usable answer at
// all.
func (f *Failure) Quantity() Quantity {
	if f.quantity == nil {
		return ""
	}
	return f.quantity.name
}

// Unusable returns why there is no usable answer, to anything or to the quantity, and nil
// where there is one.
func (f *Failure) Unusable() error { return f.unusable }

// Error says what differs, and which statement fails with it.
func (f *Failure) Error() string { return f.String() }

// Unwrap returns the error that the solver ended in, if it did.
func (f *Failure) Unwrap() error { return f.unusable }

func (f *finding) String() string {
	switch {
	case f.unusable != nil && f.quantity != nil:
		return fmt.Sprintf("%s: no usable answer: %v", f.quantity.name, f.unusable)
	case f.unusable != nil:
		return fmt.Sprintf("no usable answer: %v", f.unusable)
	}
	at := ""
	if f.position > 0 {
		at = fmt.Sprintf(" at t = %d", f.position)
	}
	s := fmt.Sprintf("%s%s: %s, exact %s", f.quantity.name, at, f.claimed, f.exact)
	if f.tolerance != nil {
		s += fmt.Sprintf(" (±%s)", decimal(f.tolerance, 2))
	}
	return fmt.Sprintf("%s; %s fails (%s)", s, f.law.formula, f.law.id)
}

// isLoss reports whether a solver that gives no usable answer is lost with it.
func isLoss(unusable error) bool {
	for _, loss := range []error{ErrTimeout, ErrExited, ErrFlood, ErrReply, ErrID} {
		if errors.Is(unusable, loss) {
			return true
		}
	}
	return false
}

// sameKind reports whether two unusable answers are unusable in the same way: what
// is said of them agrees in its first line, but for numbers and what is quoted.
func sameKind(a, b error) bool { return kind(a) == kind(b) }

func kind(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return varying.ReplaceAllString(line, "…")
}

// varying finds what differs between errors of one kind: quotations and numbers.
var varying = regexp.MustCompile(`"(\\.|[^"\\])*"(… \(\d+ bytes\))?|\d+(\.\d+)?([eE][-+]?\d+)?`)
