package verify

import (
	"math"
	"math/big"
	"slices"

	"sounding/exact/field"
)

// Inequality is what the comparisons of one inequality came to: how near the cases
// brought its sides. An inequality that they never bring near to equality could have
// a wrong constant and pass.
type Inequality struct {
	Claim       string
	Comparisons int
	Equal       int // of equal sides
	// Least is the least of (right − left)/max(|left|, |right|) over the comparisons
	// of sides that differ, neither of them zero; of enclosures, an upper bound of it.
	// It is rounded to a few units of the last place, and +Inf where there is none.
	Least float64
}

// tally counts inequalities, by claim in the order in which they came.
type tally []Inequality

// at returns the count of a claim.
func (t *tally) at(claim string) *Inequality {
	i := slices.IndexFunc(*t, func(q Inequality) bool { return q.Claim == claim })
	if i < 0 {
		i = len(*t)
		*t = append(*t, Inequality{Claim: claim, Least: math.Inf(1)})
	}
	return &(*t)[i]
}

// merge adds the counts of another tally.
func (t *tally) merge(other tally) {
	for _, o := range other {
		q := t.at(o.Claim)
		q.Comparisons += o.Comparisons
		q.Equal += o.Equal
		q.Least = min(q.Least, o.Least)
	}
}

// holds notes an inequality that holds, with difference = right − left.
func (w *World[E]) holds(claim string, left, right, difference E) {
	q := w.ledger.inequalities.at(claim)
	q.Comparisons++
	switch d := any(difference).(type) {
	case field.Rat:
		if w.IsZero(difference) {
			q.Equal++
			return
		}
		if !w.IsZero(left) && !w.IsZero(right) {
			q.Least = min(q.Least, relative(d.Rat(), any(left).(field.Rat).Rat(), any(right).(field.Rat).Rat()))
		}
	case field.Enclosure:
		if w.SignOf(left) == field.Zero || w.SignOf(right) == field.Zero {
			return
		}
		f := field.NewInterval(precisions[0])
		_, most := f.Bounds(d)
		q.Least = min(q.Least, relativeBound(f, most, any(left).(field.Enclosure), any(right).(field.Enclosure)))
	}
}

// relative returns d/max(|a|, |b|) for d > 0.
func relative(d, a, b *big.Rat) float64 {
	scale := new(big.Rat).Abs(a)
	if other := new(big.Rat).Abs(b); other.Cmp(scale) > 0 {
		scale = other
	}
	v, _ := new(big.Rat).Quo(d, scale).Float64()
	return v
}

// relativeBound bounds d/max(|a|, |b|) from above, up to rounding, for d > 0; it is
// +Inf where a and b may both be zero.
func relativeBound(f field.Interval, d *big.Float, a, b field.Enclosure) float64 {
	scale := new(big.Float)
	for _, e := range []field.Enclosure{a, b} {
		lo, hi := f.Bounds(e)
		if lo.Sign() > 0 && lo.Cmp(scale) > 0 {
			scale.Set(lo)
		}
		if minus := new(big.Float).Neg(hi); hi.Sign() < 0 && minus.Cmp(scale) > 0 {
			scale.Set(minus)
		}
	}
	if scale.Sign() == 0 || d.IsInf() || scale.IsInf() {
		return math.Inf(1)
	}
	v, _ := new(big.Float).Quo(d, scale).Float64()
	return v
}
