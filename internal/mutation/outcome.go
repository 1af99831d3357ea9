package mutation

import (
	"slices"
)

// Outcome is what became of one statement.
type Outcome struct {
	Statement   string `json:"statement"`
	Comparisons int    `json:"comparisons"`
	Vacuous     int    `json:"vacuous,omitempty"` // cases on which a hypothesis did not hold somewhere
	// Inequalities says how often each was compared, and how near to equality it came.
	Inequalities []string `json:"inequalities,omitempty"`
	// Refuted says of each falsehood how the first random case refutes it, and where
	// that is; "" where none does.
	Refuted []string `json:"refuted,omitempty"`
	Fails   string   `json:"fails,omitempty"` // how a check fails, or that it stays undecided
	Panic   string   `json:"panic,omitempty"`
}

// Sign is how a mutant shows.
type Sign string

// The signs, the plainest first.
const (
	Fails    Sign = "fails"    // a check of a true statement fails, or is not decided
	Unseen   Sign = "unseen"   // a falsehood is not refuted any more
	Panics   Sign = "panics"   // the program ends in a panic
	Reports  Sign = "reports"  // other comparisons are made or counted: VERIFY.md is another
	Test     Sign = "test"     // no statement shows it; a package's own test fails
	TimesOut Sign = "time-out" // nothing else shows it within the time
)

// differs returns the sign by which an outcome differs from that of the sound
// program, and "" where it does not.
func (o *Outcome) differs(sound *Outcome) Sign {
	for i, n := range o.Refuted {
		if i < len(sound.Refuted) && n == "" && sound.Refuted[i] != "" {
			return Unseen
		}
	}
	switch {
	case o.Fails != sound.Fails:
		return Fails
	case o.Panic != "":
		return Panics
	case o.Comparisons != sound.Comparisons || o.Vacuous != sound.Vacuous || !slices.Equal(o.Inequalities, sound.Inequalities) || !slices.Equal(o.Refuted, sound.Refuted):
		return Reports
	}
	return ""
}
