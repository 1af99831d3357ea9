package verify

import (
	"bytes"
	"testing"

	"sounding/model"
)

// Bounds on what FuzzReadStored replays: files within them take milliseconds.
const (
	replayedSequences  = 64
	replayedLength     = 6
	replayedParameters = 4
	replayedBits       = 256
)

// replayable reports whether a case lies within the bounds.
func replayable(c *model.Case) bool {
	s, err := definitionFits(c)
	if err != nil || s.Len() > replayedSequences || c.Length() > replayedLength || c.Parameterisation.Parameters > replayedParameters {
		return false
	}
	for t := 1; t <= c.Length(); t++ {
		w := c.Layer(t).Weights()
		for e := range w.Len() {
			if w.At(e).BitLen() > replayedBits {
				return false
			}
		}
	}
	return len(c.Covariance) <= replayedLength
}

// FuzzReadStored reads arbitrary bytes as a counterexample. One that is read is
// written and read back as the same case; and where it is small it replays, with a
// violation, without one or with an error, but without a panic.
func FuzzReadStored(f *testing.F) {
	for i, s := range counterexamples() {
		if i%5 == 0 {
			f.Add(written(f, s))
		}
	}
	f.Add(loglinear(f))
	f.Add(loglinear(f)[:200])
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := ReadStored(bytes.NewReader(text))
		if err != nil {
			return
		}
		first := written(t, s)
		again, err := ReadStored(bytes.NewReader(first))
		if err != nil {
			t.Fatalf("what was written is refused: %v\n%s", err, first)
		}
		if a, b := print(t, s.Case), print(t, again.Case); len(a) != len(b) || s.Case.GoString() != again.Case.GoString() {
			t.Fatalf("the case changes:\n%#v\n%#v", s.Case, again.Case)
		}
		if replayable(s.Case) {
			_, _ = replay(s)
		}
	})
}
