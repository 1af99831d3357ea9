package theorems

import (
	"errors"
	"math"
	"math/big"

	"sounding/exact"
	"sounding/model"
)

// The minimum of the deep objective over all policies, enclosed: what is true of every
// minimiser, whichever they are.

// minimumRows bounds the work on one minimum. Few need a tenth of it.
const minimumRows = 20_000

// minimumWidth returns the width that minima are enclosed to at the precision of a world,
// 2⁻¹² at first.
func minimumWidth(w *World[enc]) float64 {
	return math.Ldexp(1, -int(min(interval(w).Prec()*3/32, 32)))
}

// minimum encloses the least of L_deep over the policies that the options leave; nil where
// there are none, or where the world was told that it cannot be enclosed.
func minimum(w *World[enc], o exact.DeepOptions) *exact.DeepMinimum {
	b, err := exact.NewDeepBound(w.Case.Instance, o)
	if errors.Is(err, exact.ErrInfeasible) || errors.Is(err, exact.ErrShape) {
		w.Vacuous()
		return nil
	}
	var m *exact.DeepMinimum
	if err == nil {
		m, err = b.Minimise(minimumWidth(w), minimumRows)
	}
	if err != nil {
		undecided(w, err)
		return nil
	}
	return m
}

// number returns an endpoint as a number.
func number(w *World[enc], x *big.Float) enc { return defined(interval(w).FromBounds(x, x)) }

// costsMore claims that a lower bound on L_deep, over the policies whose recovery
// probabilities keep to the ranges, is at most L_deep of the cheapest policy found.
// Where it fails, no minimiser keeps to them.
func costsMore(w *World[enc], claim string, within func(t, x int) exact.Range) {
	kept, free := minimum(w, exact.DeepOptions{Within: within}), minimum(w, exact.DeepOptions{})
	if kept != nil && free != nil {
		w.AtMost(Place{}, claim, number(w, kept.Lower), number(w, free.Upper))
	}
}

// tailCost encloses T(P*) = Σ_{t>k} (KL_t + η_tE_Q[1−ρ*]) for every minimiser P* of L_deep: with
// m_c a bound on the minimum of L + cT and U ≥ L(P*), every s > 0 gives
//
//	s·T(P*) = L(P*) − (L − sT)(P*) ≤ U − m_{−s},  s·T(P*) = (L + sT)(P*) − L(P*) ≥ m_s − U,
//
// and L ± sT is L_deep with the weight 1 ± s at the positions beyond k. It reports false where
// the world was told that there is no enclosure.
func tailCost(w *World[enc], k int) (enc, bool) {
	f := interval(w)
	s := math.Ldexp(1, -int(min(f.Prec()/64, 16)))
	bound := func(c float64) *exact.DeepMinimum {
		scale := make([]float64, w.T())
		for t := range scale {
			scale[t] = 1
			if t >= k {
				scale[t] += c
			}
		}
		return minimum(w, exact.DeepOptions{Scale: scale})
	}
	less, m, more := bound(-s), bound(0), bound(s)
	if less == nil || m == nil || more == nil {
		return enc{}, false
	}
	upper := number(w, m.Upper)
	above, below := f.Sub(upper, number(w, less.Lower)), f.Sub(number(w, more.Lower), upper)
	_, high := f.Bounds(above)
	low, _ := f.Bounds(below)
	between := defined(f.FromBounds(low, high))
	return f.Mul(number(w, big.NewFloat(1/s)), between), true
}

// properRecovery reports whether a world is that of a positive tree with a penalty and a
// recovery set that is neither empty nor everything, and whether some position lies beyond k.
func properRecovery(w *World[enc], k int) bool {
	ok := k < w.T() && w.Case.Tree() && positiveBase(w) && w.Case.Beta.Sign() > 0 &&
		len(w.Case.Recovery) > 0 && len(w.Case.Recovery) < w.V()
	if !ok {
		w.Vacuous()
	}
	return ok
}

// attackedBeyond returns a range for the prefixes beyond k that Q reaches.
func attackedBeyond(c *model.Case, k int, r func(t, x int) exact.Range) func(t, x int) exact.Range {
	attacked := c.Attacked()
	return func(t, x int) exact.Range {
		if t <= k || !attacked[t-1][x] {
			return exact.Range{}
		}
		return r(t, x)
	}
}

// ends returns the ends of an enclosure as rational numbers.
func ends(w *World[enc], v enc) (lo, hi *big.Rat) {
	low, high := interval(w).Bounds(v)
	lo, _ = low.Rat(nil)
	hi, _ = high.Rat(nil)
	return lo, hi
}
