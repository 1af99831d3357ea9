package main

import "slices"

// outcome says what the checks of one statement did on a small sample: what
// TestOutcomes of proofs_test writes.
type outcome struct {
	Statement    string   `json:"statement"`
	Comparisons  int      `json:"comparisons"`
	Vacuous      int      `json:"vacuous"`
	Inequalities []string `json:"inequalities"`
	Refuted      []string `json:"refuted"`
	Fails        string   `json:"fails"`
	Panic        string   `json:"panic"`
}

// sign is how a mutant shows.
type sign string

const (
	fails    sign = "fails"    // a check of a true statement fails or stays undecided
	unseen   sign = "unseen"   // a falsehood is no longer refuted
	panics   sign = "panics"   // the program panics
	reports  sign = "reports"  // other comparisons are made or counted: VERIFY.md differs
	tests    sign = "test"     // a test of a package fails
	timesOut sign = "time-out" // a process does not end in time
)

// order lists the signs of a statement's outcome, the plainest first.
var order = []sign{fails, unseen, panics, reports}

// differs returns the sign by which an outcome differs from that of the sound program,
// or "" if it does not.
func (o *outcome) differs(sound *outcome) sign {
	for i, n := range o.Refuted {
		if i < len(sound.Refuted) && n == "" && sound.Refuted[i] != "" {
			return unseen
		}
	}
	switch {
	case o.Fails != sound.Fails:
		return fails
	case o.Panic != "":
		return panics
	case o.Comparisons != sound.Comparisons || o.Vacuous != sound.Vacuous ||
		!slices.Equal(o.Inequalities, sound.Inequalities) || !slices.Equal(o.Refuted, sound.Refuted):
		return reports
	}
	return ""
}
