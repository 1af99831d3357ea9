package mutation

import (
	"slices"
)

// Outcome is what became of one statement.
type Outcome struct {
	Statement   string `json:"statement"`
	Comparisons int    `json:"comparisons"`
	Refuted     []int  `json:"refuted,omitempty"` // of each falsehood: random cases until the first that refutes it; 0 for none
	Fails       string `json:"fails,omitempty"`   // how a check fails, or that it stays undecided
	Panic       string `json:"panic,omitempty"`
}

// Sign is how a mutant shows.
type Sign string

// The signs, the plainest first.
const (
	Fails    Sign = "fails"    // a check of a true statement fails, or is not decided
	Unseen   Sign = "unseen"   // a falsehood is not refuted any more
	Panics   Sign = "panics"   // the program ends in a panic
	Counts   Sign = "counts"   // not as many comparisons, or refutations at other cases
	Test     Sign = "test"     // no statement shows it; a package's own test fails
	TimesOut Sign = "time-out" // nothing else shows it within the time
)

// differs returns the sign by which an outcome differs from that of the sound
// program, and "" where it does not.
func (o *Outcome) differs(sound *Outcome) Sign {
	for i, n := range o.Refuted {
		if i < len(sound.Refuted) && n == 0 && sound.Refuted[i] != 0 {
			return Unseen
		}
	}
	switch {
	case o.Fails != sound.Fails:
		return Fails
	case o.Panic != "":
		return Panics
	case o.Comparisons != sound.Comparisons || !slices.Equal(o.Refuted, sound.Refuted):
		return Counts
	}
	return ""
}
