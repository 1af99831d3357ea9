package gate

import "math"

// Summary says of a check how much was asked.
type Summary struct {
	Seed       uint64
	Level      Level // "" where the instance was given
	Instances  int   // that were asked, the one that ended the check included
	Wanted     int   // instances to be asked
	Unanswered int   // those without a usable answer
}

// Complete reports whether every instance was asked.
func (s *Summary) Complete() bool { return s.Instances == s.Wanted }

// Tally is what was counted of one quantity.
type Tally struct {
	Instances int     // those on which it was offered and compared
	Nonzero   int     // those of them on which the truth is not 0
	Undecided int     // numbers too close to the edge of the tolerance to tell
	Worst     float64 // the largest error, in units of the tolerance; 0 of the horizon
}

// note adds an instance.
func (t *Tally) note(nonzero bool, undecided int, worst float64) {
	t.Instances++
	if nonzero {
		t.Nonzero++
	}
	t.Undecided += undecided
	t.Worst = math.Max(t.Worst, worst)
}

// compared returns 1 where the quantity was compared, else 0.
func (t Tally) compared() int { return min(t.Instances, 1) }

// total returns the sum of a count over the quantities of a report.
func total[Q any](list []Q, of func(Q) int) int {
	n := 0
	for _, q := range list {
		n += of(q)
	}
	return n
}

// maxUnusable is how many kinds of unusable answers are reported.
const maxUnusable = 5

// firstOfKind reports whether an unusable answer is to be reported: the first of its kind among
// failures that are unusable answers by the given function, which returns nil for others.
func firstOfKind[F any](problem error, failures []F, unusable func(F) error) bool {
	kinds := 0
	for _, f := range failures {
		if known := unusable(f); known != nil {
			if sameKind(known, problem) {
				return false
			}
			kinds++
		}
	}
	return kinds < maxUnusable
}
