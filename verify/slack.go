package verify

import (
	"math"
	"math/big"

	"sounding/exact/field"
)

// holds notes an inequality that holds, with difference = right − left.
func (w *World[E]) holds(q *Tally, left, right, difference E) {
	q.Inequality = true
	if zeros(left, right) {
		q.Trivial++
	}
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
		f := field.NewInterval(field.DefaultPrecision)
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

// relativeBound bounds d/max(|a|, |b|) from above, up to rounding, for d > 0. It is +Inf if
// a and b may both be zero.
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
