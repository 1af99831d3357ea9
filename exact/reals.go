package exact

import (
	"fmt"
	"math/big"

	"sounding/exact/field"
	"sounding/model"
)

// solveReals sets the quantities of p that need an exponential or a logarithm, of the
// parts Pointwise and Equilibrium.
func solveReals[Q any](f field.Interval, in *model.Instance, p *model.Profile[Q, field.Enclosure], parts Part) error {
	pt, err := NumbersOf(f, in.Process)
	if err != nil {
		return err
	}
	occ := Occupancy(f, in.Process, pt.Prob)
	if parts&Equilibrium != 0 {
		logs, tilt, err := harmTilt(f, in)
		if err != nil {
			return err
		}
		kl, err := EquilibriumKL(f, occ, Backward(f, pt, tilt), logs)
		if err != nil {
			return fmt.Errorf("equilibrium: %w", err)
		}
		for t := range kl {
			p.Positions[t].EquilibriumKL = kl[t]
		}
	}
	if parts&Pointwise == 0 {
		return nil
	}
	tilts, err := recoveryTilts(f, in)
	if err != nil {
		return err
	}
	for t := 1; t <= in.Length(); t++ {
		at := &p.Positions[t-1]
		if at.GibbsRecovery, at.GibbsKL, err = gibbsMeans(f, in, occ[t-1], tilts[t-1], t); err != nil {
			return fmt.Errorf("recovery at position %d: %w", t, err)
		}
	}
	return nil
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

// harmTilt returns −λHarm and e^{−λHarm} for the states of layer T, with one
// exponential per value that harm takes.
func harmTilt(f field.Interval, in *model.Instance) (logs, tilt []field.Enclosure, err error) {
	c := field.NewCalc(f)
	type pair struct{ log, exp field.Enclosure }
	known := make(map[string]pair)
	n := in.States(in.Length())
	logs, tilt = make([]field.Enclosure, n), make([]field.Enclosure, n)
	for x := range n {
		key := string(in.Harm().At(x).Bytes())
		v, ok := known[key]
		if !ok {
			exponent := in.HarmAt(x)
			v.log = c.FromRat(exponent.Neg(exponent.Mul(exponent, in.Lambda)))
			v.exp = c.Exp(v.log)
			known[key] = v
		}
		logs[x], tilt[x] = v.log, v.exp
	}
	return logs, tilt, c.Err()
}

// gibbsMeans returns E_{y_<t∼P}[ρ*] and E_{y_<t∼P}[KL(p*‖p_0)] at position t, with one
// logarithm per value that ρ_0 takes.
func gibbsMeans(f field.Interval, in *model.Instance, occ []field.Enclosure, eta field.Enclosure, t int) (recovery, kl field.Enclosure, err error) {
	u, err := f.Exp(eta)
	if err != nil {
		return recovery, kl, err
	}
	values, of := recoveryValues(in, t)
	known := make([]struct{ recovery, kl field.Enclosure }, len(values))
	err = split(len(values), func(lo, hi int) error {
		for i := lo; i < hi; i++ {
			rho, err := f.FromRat(values[i])
			if err != nil {
				return err
			}
			if known[i].recovery, known[i].kl, err = Gibbs(f, rho, eta, u); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return recovery, kl, err
	}
	recoveries, kls := make([]field.Enclosure, len(of)), make([]field.Enclosure, len(of))
	for x, i := range of {
		recoveries[x], kls[x] = known[i].recovery, known[i].kl
	}
	return f.Dot(occ, recoveries), f.Dot(occ, kls), nil
}

// recoveryValues returns the values that ρ_0 takes at position t, and which of them
// it takes at each state of layer t−1.
func recoveryValues(in *model.Instance, t int) (values []*big.Rat, of []int) {
	of = make([]int, in.States(t-1))
	index := make(map[string]int)
	for x := range of {
		rho := in.BaseRecovery(t, x)
		key := string(rho.Num().Bytes()) + "/" + string(rho.Denom().Bytes())
		i, ok := index[key]
		if !ok {
			i = len(values)
			values, index[key] = append(values, rho), i
		}
		of[x] = i
	}
	return values, of
}
