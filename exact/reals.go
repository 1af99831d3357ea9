package exact

import (
	"fmt"
	"math/big"

	"sounding/exact/field"
	"sounding/model"
)

// solveReals sets the quantities of p that need an exponential or a logarithm, of the
// parts Pointwise and Equilibrium. The pointwise problems of the prefixes need no law, only
// the means of what they give do: so they are solved beside it, and short passes over a few
// rows do not leave a core idle.
func solveReals[Q any](f field.Interval, in *model.Instance, p *model.Profile[Q, field.Enclosure], parts Part) error {
	var occ [][]field.Enclosure // the law of prefixes that leave a token to come
	var gibbs []gibbsValues
	if err := both(
		func() error {
			w, err := enclosedLaw(f, in.Process)
			if err != nil {
				return err
			}
			before := *w
			before.weight = w.weight[:in.Length()-1]
			occ = occupancy(f, in.Process, &before)
			if parts&Equilibrium == 0 {
				return nil
			}
			if err := solveEquilibrium(f, in, w, occ, p); err != nil {
				return fmt.Errorf("equilibrium: %w", err)
			}
			return nil
		},
		func() (err error) {
			if parts&Pointwise != 0 {
				gibbs, err = solveGibbs(f, in)
			}
			return err
		},
	); err != nil || parts&Pointwise == 0 {
		return err
	}
	return split(2*in.Length(), 1, func(k, _ int) error {
		at, g := &p.Positions[k/2], &gibbs[k/2]
		if k%2 == 0 {
			at.GibbsRecovery = g.mean(f, occ[k/2], g.recovery)
		} else {
			at.GibbsKL = g.mean(f, occ[k/2], g.kl)
		}
		return nil
	})
}

// Ranges of split: grainLogs logarithms take some ten microseconds, as rowGrain rows of sums do.
const grainLogs = 16

// enclosedLaw returns the law of p in enclosures, for all cores to use.
func enclosedLaw(f field.Interval, p *model.Process) (*law[field.Enclosure], error) {
	prob, err := eachLayer(p, p.Length(), true, func(t int) ([]field.Enclosure, error) {
		l := p.Layer(t)
		v := make([]field.Enclosure, l.Edges())
		return v, split(l.States(), rowGrain, func(lo, hi int) error { return quotients(f, l, l.Weights(), v, lo, hi) })
	})
	w := lawOf(f, prob)
	w.concurrent = true
	return w, err
}

// solveEquilibrium sets KL_t = E_{y_<t∼P*}[KL(P*(·|y_<t) ‖ P_0(·|y_<t))] of the tilted
// optimum. With A_t = Σ_x P_0(x)·Z_t(x)·log Z_t(x),
//
//	KL_t = E_{P*}[log Z_t − log Z_{t−1}] = (A_t − A_{t−1}) / Z_0
//
// because P*(x) = P_0(x)·Z_t(x)/Z_0. So one logarithm per inner state suffices; at layer T
// it is −λHarm, and the sum is taken over the states before and their tokens.
func solveEquilibrium[Q any](f field.Interval, in *model.Instance, w *law[field.Enclosure], occ [][]field.Enclosure, p *model.Profile[Q, field.Enclosure]) error {
	T := in.Length()
	tilt, last, err := harmTilt(f, in)
	if err != nil {
		return err
	}
	soft := append(newTables[field.Enclosure](in.Process, T-1), tilt)
	backwardInto(f, in.Process, w, soft)
	terms := append(newTables[field.Enclosure](in.Process, T-1), make([]field.Enclosure, in.States(T-1))) // Z·log Z, and the means of the last
	sizes := make([]int, T+1)
	for t, row := range terms {
		sizes[t] = len(row)
	}
	if err := splitLists(sizes, grainLogs, func(t, lo, hi int) error {
		if t == T {
			w.means(f, in.Layer(T), T, terms[T], last, lo, hi)
			return nil
		}
		for x := lo; x < hi; x++ {
			var err error
			if terms[t][x], err = timesLog(f, soft[t][x]); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return err
	}
	a := make([]field.Enclosure, T+1)
	_ = split(T+1, 1, func(t, _ int) error { // no error in it
		a[t] = f.Dot(occ[min(t, T-1)], terms[t])
		return nil
	})
	return setEquilibriumKL(f, a, soft[0][0], p)
}

// timesLog returns z·log z.
func timesLog(f field.Interval, z field.Enclosure) (field.Enclosure, error) {
	l, err := f.Log(z)
	return f.Mul(z, l), err
}

// setEquilibriumKL sets KL_t, given A_0…A_T and Z_0.
func setEquilibriumKL[Q any](f field.Interval, a []field.Enclosure, z field.Enclosure, p *model.Profile[Q, field.Enclosure]) error {
	for t := range p.Positions {
		var err error
		if p.Positions[t].EquilibriumKL, err = f.Quo(f.Sub(a[t+1], a[t]), z); err != nil {
			return err
		}
	}
	return nil
}

// harmTilt returns u = e^{−λHarm} and u·log u for the states of layer T, with one
// exponential per value that harm takes.
func harmTilt(f field.Interval, in *model.Instance) (tilt, terms []field.Enclosure, err error) {
	c := field.NewCalc(f)
	first, of := harmKinds(in.Process)
	values := make([]struct{ tilt, term field.Enclosure }, len(first))
	for k, x := range first {
		exponent := in.HarmAt(x)
		log := c.FromRat(exponent.Neg(exponent.Mul(exponent, in.Lambda)))
		values[k].tilt = c.Exp(log)
		values[k].term = c.Mul(values[k].tilt, log)
	}
	tilt, terms = make([]field.Enclosure, len(of)), make([]field.Enclosure, len(of))
	for x, k := range of {
		tilt[x], terms[x] = values[k].tilt, values[k].term
	}
	return tilt, terms, c.Err()
}

// recoveryTilts returns η_t = βγ^t for t = 1…T, from position to position: the
// exact γ^t of a long process would have millions of digits.
func recoveryTilts(f field.Interval, in *model.Instance) ([]field.Enclosure, error) {
	c := field.NewCalc(f)
	eta, gamma := c.FromRat(in.Beta), c.FromRat(in.Gamma)
	tilts := make([]field.Enclosure, in.Length())
	for t := range tilts {
		eta = c.Mul(eta, gamma)
		tilts[t] = eta
	}
	return tilts, c.Err()
}

// gibbsValues holds ρ* and KL(p*‖p_0) at a position, one of each per value that ρ_0 takes.
type gibbsValues struct {
	recovery, kl []field.Enclosure
	of           []int // per state, the number of its value
}

// solveGibbs solves the pointwise problems of all prefixes, with one logarithm per value that
// ρ_0 takes at a position.
func solveGibbs(f field.Interval, in *model.Instance) ([]gibbsValues, error) {
	T := in.Length()
	eta, err := recoveryTilts(f, in)
	if err != nil {
		return nil, err
	}
	u := make([]field.Enclosure, T)
	for t := range u {
		if u[t], err = f.Exp(eta[t]); err != nil {
			return nil, fmt.Errorf("recovery at position %d: %w", t+1, err)
		}
	}
	first, values := make([][]int, T), make([]gibbsValues, T)
	_ = split(T, 1, func(t, _ int) error { // no error in it
		first[t], values[t].of = recoveryKinds(in, t+1)
		n := len(first[t])
		values[t].recovery, values[t].kl = make([]field.Enclosure, n), make([]field.Enclosure, n)
		return nil
	})
	sizes := make([]int, T)
	for t := range sizes {
		sizes[t] = len(first[t])
	}
	return values, splitLists(sizes, grainLogs, func(t, lo, hi int) error {
		v := &values[t]
		for i := lo; i < hi; i++ {
			rho, err := f.FromRat(in.BaseRecovery(t+1, first[t][i]))
			if err == nil {
				v.recovery[i], v.kl[i], err = Gibbs(f, rho, eta[t], u[t])
			}
			if err != nil {
				return fmt.Errorf("recovery at position %d: %w", t+1, err)
			}
		}
		return nil
	})
}

// mean returns the mean of a number under the law of the states.
func (g *gibbsValues) mean(f field.Interval, law, number []field.Enclosure) field.Enclosure {
	each := make([]field.Enclosure, len(law))
	for x, i := range g.of {
		each[x] = number[i]
	}
	return f.Dot(law, each)
}

// recoveryKinds numbers the values that ρ_0 takes at position t: it returns the first state
// of layer t−1 with each, and of each state the number of its value.
func recoveryKinds(in *model.Instance, t int) (first, of []int) {
	of = make([]int, in.States(t-1))
	l := in.Layer(t)
	if weights, words := l.Weights().Int64s(); words && !beyondWord(l, weights) {
		return kinds(of, func(x int) [2]int64 {
			lo, hi := l.Row(x)
			var recovering, total int64
			for e := lo; e < hi; e++ {
				total += weights[e]
			}
			for _, a := range in.Recovery {
				if e, ok := l.Edge(x, a); ok {
					recovering += weights[e]
				}
			}
			d := gcd(recovering, total)
			return [2]int64{recovering / d, total / d}
		})
	}
	return kinds(of, func(x int) [2]string {
		recovering, total := in.RecoveryWeights(l, x)
		r := new(big.Rat).SetFrac(recovering, total)
		return [2]string{string(r.Num().Bytes()), string(r.Denom().Bytes())}
	})
}

// beyondWord reports whether the sum of a row of l may not fit a word.
func beyondWord(l *model.Layer, weights []int64) bool {
	for x := range l.States() {
		var sum int64
		for e, hi := l.Row(x); e < hi; e++ {
			if sum += weights[e]; sum < 0 {
				return true
			}
		}
	}
	return false
}

func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
