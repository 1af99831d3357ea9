package field

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// DefaultPrecision is the precision, in bits, that computations start with.
const DefaultPrecision = 128

// ErrUndecided reports a question that the largest precision does not decide.
var ErrUndecided = errors.New("undecided")

// Refine climbs the ladder of precisions bits, 2·bits, 4·bits, …: it calls try with
// one Interval after the other until try reports that it has decided, and returns
// the precision that did. It returns the first error of try, or ErrUndecided where
// the next rung would be above most; at least one rung is tried.
func Refine(bits, most uint, try func(f Interval) (decided bool, err error)) (uint, error) {
	for {
		decided, err := try(NewInterval(bits))
		if decided || err != nil {
			return bits, err
		}
		if 2*bits > most {
			return bits, fmt.Errorf("%w at %d bits", ErrUndecided, bits)
		}
		bits *= 2
	}
}

// Rungs counts decisions by the precision, in bits, that each was made at.
type Rungs map[uint]int

// Add counts n decisions at the given precision.
func (r *Rungs) Add(bits uint, n int) {
	if n == 0 {
		return
	}
	if *r == nil {
		*r = make(Rungs)
	}
	(*r)[bits] += n
}

// Merge adds the counts of s.
func (r *Rungs) Merge(s Rungs) {
	for bits, n := range s {
		r.Add(bits, n)
	}
}

// String returns the shares per precision, in whole percents: "128 bits: 98 %, 256
// bits: 2 %"; "" where nothing was counted. A share is 100 % only where it is all.
func (r Rungs) String() string {
	total := 0
	for _, n := range r {
		total += n
	}
	var s []string
	for _, bits := range slices.Sorted(maps.Keys(r)) {
		share := fmt.Sprint((200*r[bits] + total) / (2 * total))
		switch {
		case share == "0":
			share = "<1"
		case share == "100" && r[bits] < total:
			share = ">99"
		}
		s = append(s, fmt.Sprintf("%d bits: %s %%", bits, share))
	}
	return strings.Join(s, ", ")
}
