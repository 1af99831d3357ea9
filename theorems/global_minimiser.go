package theorems

import (
	"math/big"

	"sounding/exact"
	"sounding/exact/field"
	"sounding/model"
	"sounding/verify"
)

// Section 8: Assumption 1 and the minimiser. A family may return to the base model elsewhere, in a better direction.

var globalMinimiserStatements = []*Statement{xAssumption1Global}

var xAssumption1Global = &Statement{
	ID: "x-assumption-1-global", Title: "Under Assumption 1 the minimiser need not lie near the base model's parameters", Section: "A.2", Kind: verify.RefutedReading, Twin: "prop-25",
	Formula: "F̄ ≻ 0 ⇏ θ* − θ_0 = −λF̄⁻¹Ḡ + O(λ²) for the minimiser over all θ",
	Reading: "Families with one parameter whose logits are polynomials that vanish at θ_0 = 0 and again at θ_1, " +
		"with a positive Fisher information at both. Any curve θ_0 − λF̄⁻¹Ḡ + O(λ²) has L = λE_0[Harm] − " +
		"½λ²ḠᵀF̄⁻¹Ḡ + O(λ³): where the same coefficient at θ_1 is lower, no such curve is a minimiser for " +
		"small λ > 0. At a λ that is not small the repair shows it too: a policy of the family near θ_1 costs " +
		"less than all with |θ| ≤ ½.",
	Refuted: &Falsehood{
		Wording: "Under Assumption 1 the minimiser of eq. 2 has θ* − θ_0 = −λF̄⁻¹Ḡ + O(λ²), and KL_t = (λ²/2)ḠᵀF̄⁻¹F̄_tF̄⁻¹Ḡ + O(λ³).",
		Check:   verify.Series(branchIsLowest, nil),
	},
	Story: xAssumption1GlobalStory,
	Saving: "It is true of the stationary point near θ_0 (prop-25), and for small λ of the minimiser in an " +
		"identifiable family (the repair).",
	Repair: "Where F̄ has constant rank nearby, it is true of the stationary point near θ_0, and of that near θ_1 " +
		"with the Ḡ and F̄ of θ_1. A log-linear family with F̄ ≻ 0 is identifiable, because θᵀF̄θ = 0 ⇔ P_θ = " +
		"P_0, and for small λ its minimiser is that branch. For every family L(P) − L(P_0) = KL − λ(E_0 − " +
		"E_P)[Harm] and 2(E_0 − E_P)[Harm]² ≤ KL, so every minimiser has KL ≤ λ²/2.",
	Claims: []Claim{
		{
			Formula:    "δθ = −λF̄⁻¹Ḡ, order 1; L = −½λ²ḠF̄⁻¹Ḡ and KL_t = ½λ²ḠF̄⁻¹F̄_tF̄⁻¹Ḡ, order 2; at θ_0 and at θ_1",
			Hypotheses: []string{"F̄ ≻ 0 there, so that its rank is constant nearby"},
			Check:      verify.Series(bothBranches, nil),
		},
		{
			Formula: "L(θ) < L(τ) for all |τ| ≤ ½, at the θ > ½ and the λ of the case",
			Check:   verify.Interval(lowerElsewhere),
		},
		{
			Formula:    "2(E_0 − E_P)[Harm]² ≤ KL; L(P) ≤ L(P_0) ⇒ KL ≤ λ(E_0 − E_P)[Harm], KL ≤ λ²/2",
			Hypotheses: []string{"0 ≤ Harm ≤ 1", "P ≪ P_0"},
			Kernel:     []string{"Information.moved_harm_squared", "Information.worse_by_harm", "Minimiser.minimiser_near_base"},
			Check:      verify.Interval(pinsker),
		},
		{
			Formula:    "θᵀF̄θ > 0 ⇔ P_θ ≠ P_0",
			Hypotheses: []string{"log-linear"},
			Check:      verify.Rational(fisherIdentifies),
		},
	},
	NearMisses: []NearMiss{
		{Name: "the KL_t of the minimiser are those of the branch through θ_0", Check: verify.Series(sameProfile, nil)},
		{Name: "a score that vanishes at θ_0: the branch with the pseudo-inverse is the minimiser", Drops: "F̄ of constant rank near θ_0", Check: verify.Series(vanishingScore, nil), Source: &Source{Draw: drawVanishing, Smallest: smallestVanishing}},
		{Name: "KL ≤ λ²/4: 4(E_0 − E_P)[Harm]² ≤ KL", Check: verify.Interval(pinskerTwice)},
	},
	Source: &Source{Draw: drawReturning, Smallest: smallestReturning},
}

// cubicCase has the logit jθ³ on the harmful one of two tokens.
func cubicCase(weights []int64, j int64, lambda *big.Rat) *model.Case {
	zero := new(big.Rat)
	return polynomialCase(shape(2, 1), weights, nil, []*big.Rat{zero, zero, zero, big.NewRat(j, 1)}, lambda)
}

// familyAt returns the family whose logits are the given polynomials, and its branch of
// stationary points through θ = 0; nil if there is none.
func familyAt(w *World[rat], logits [][][]*big.Rat) (exact.Family[rat], *exact.Branch[rat]) {
	f := rationals(w)
	param := &model.Parameterisation{Kind: model.Polynomial, Parameters: 1, Logits: logits}
	family := defined(exact.NewPolynomialFamily(f, w.Family.Numbers, param)) // ℚ holds every coefficient
	o := w.Objective()
	o.Beta = w.FromInt(0)
	b, err := exact.SolveBranch(f, family, o, 2)
	if err != nil {
		w.Vacuous()
		return family, nil
	}
	return family, b
}

// mapLogits returns the logits of every edge through a function of their
// coefficients.
func mapLogits(logits [][][]*big.Rat, f func([]*big.Rat) []*big.Rat) [][][]*big.Rat {
	image := make([][][]*big.Rat, len(logits))
	for t := range logits {
		for _, c := range logits[t] {
			image[t] = append(image[t], f(c))
		}
	}
	return image
}

// around returns the coefficients of a polynomial in τ = θ − θ_1, by Horner's
// scheme: p = c_0 + (θ_1 + τ)·(…).
func around(coefficients []*big.Rat, theta *big.Rat) []*big.Rat {
	var p []*big.Rat
	for k := len(coefficients) - 1; k >= 0; k-- {
		next := make([]*big.Rat, len(p)+1)
		for i := range next {
			next[i] = new(big.Rat)
		}
		for i, c := range p {
			next[i].Add(next[i], new(big.Rat).Mul(theta, c))
			next[i+1].Add(next[i+1], c)
		}
		next[0].Add(next[0], coefficients[k])
		p = next
	}
	return p
}

// returned returns the family around θ_1, in which θ_1 is the origin, and its
// branch; nil where the logits do not vanish there.
func returned(w *World[rat]) (exact.Family[rat], *exact.Branch[rat]) {
	param := &w.Case.Parameterisation
	if param.Kind != model.Polynomial || w.Case.Scalar("return").Sign() == 0 {
		w.Vacuous()
		return w.Family, nil
	}
	vanish := true
	logits := mapLogits(param.Logits, func(c []*big.Rat) []*big.Rat {
		p := around(c, w.Case.Scalar("return"))
		vanish = vanish && (len(p) == 0 || p[0].Sign() == 0)
		return p
	})
	if !vanish {
		w.Vacuous()
		return w.Family, nil
	}
	return familyAt(w, logits)
}

// secondOrder returns the coefficient of s² of L = sλE[Harm] + KL along a branch.
func secondOrder(w *World[rat], b *exact.Branch[rat]) rat {
	sum := w.FromInt(0)
	for x, harm := range w.Family.Harm {
		sum = w.Add(sum, w.Mul(harm, b.Occupancy[w.T()][x][1]))
	}
	sum = w.Mul(w.Objective().Lambda, sum)
	for _, kl := range b.KL {
		sum = w.Add(sum, kl[2])
	}
	return sum
}

// slopeAndFisher returns Ḡ and F̄ of a family with one parameter, and F̄_t.
func slopeAndFisher(w *World[rat], family exact.Family[rat]) (slope, fisher rat, at []rat) {
	slope, fisher = w.FromInt(0), w.FromInt(0)
	for t := 1; t <= w.T(); t++ {
		slope = w.Add(slope, exact.Gradient(w.Ring, family, w.Solution(), t)[0])
		f := exact.MeanFisher(w.Ring, family, w.Solution().Occupancy[t-1], t)[0][0]
		fisher = w.Add(fisher, f)
		at = append(at, f)
	}
	return slope, fisher, at
}

func branchIsLowest(w *World[rat]) {
	family, there := returned(w)
	here := w.Standard()
	if there == nil || here == nil {
		w.Vacuous()
		return
	}
	for _, f := range []exact.Family[rat]{w.Family, family} {
		if _, fisher, _ := slopeAndFisher(w, f); w.IsZero(fisher) {
			w.Vacuous()
			return
		}
	}
	w.AtMost(Place{}, "L near θ_0 ≤ L elsewhere in the family, order 2 in λ", secondOrder(w, here), secondOrder(w, there))
}

// bothBranches checks the local statement at θ_0 and at θ_1.
func bothBranches(w *World[rat]) {
	f := rationals(w)
	family, there := returned(w)
	if there == nil {
		return
	}
	lambda := w.Objective().Lambda
	for _, side := range []struct {
		name   string
		family exact.Family[rat]
		branch *exact.Branch[rat]
	}{{"θ_0", w.Family, w.Standard()}, {"θ_1", family, there}} {
		slope, fisher, at := slopeAndFisher(w, side.family)
		if side.branch == nil || w.IsZero(fisher) {
			w.Vacuous()
			continue
		}
		step := defined(f.Quo(f.Mul(lambda, slope), fisher)) // F̄ ≠ 0
		w.Equal(Place{}, "δθ = −λF̄⁻¹Ḡ at "+side.name+", order 1", side.branch.Theta[0][1], f.Neg(step))
		half := fraction(w, 1, 2)
		w.Equal(Place{}, "L = −½λ²ḠF̄⁻¹Ḡ at "+side.name+", order 2", secondOrder(w, side.branch), f.Neg(f.Mul(half, f.Mul(lambda, f.Mul(slope, step)))))
		for t := 1; t <= w.T(); t++ {
			w.Equal(verify.At(t, 0), "KL_t = ½λ²ḠF̄⁻¹F̄_tF̄⁻¹Ḡ at "+side.name+", order 2", side.branch.KL[t-1][2], f.Mul(half, f.Mul(at[t-1], f.Mul(step, step))))
		}
	}
}

func sameProfile(w *World[rat]) {
	_, there := returned(w)
	here := w.Standard()
	if there == nil || here == nil {
		w.Vacuous()
		return
	}
	for t := 1; t <= w.T(); t++ {
		w.Equal(verify.At(t, 0), "KL_t near θ_1 = KL_t near θ_0, order 2", there.KL[t-1][2], here.KL[t-1][2])
	}
}

// vanishingScore compares a family in θ³ with the same policies under θ. Cubing is onto, so
// both have the same minimum, but only the second has a branch that leads to it.
func vanishingScore(w *World[rat]) {
	param := &w.Case.Parameterisation
	cubic := param.Kind == model.Polynomial
	logits := mapLogits(param.Logits, func(c []*big.Rat) []*big.Rat {
		for k, v := range c {
			cubic = cubic && (k == 3 || v.Sign() == 0)
		}
		if len(c) < 4 {
			return nil
		}
		return []*big.Rat{new(big.Rat), c[3]}
	})
	here := w.Standard()
	if !cubic || here == nil {
		w.Vacuous()
		return
	}
	if _, there := familyAt(w, logits); there != nil {
		w.AtMost(Place{}, "L on the branch of θ³ ≤ L elsewhere in the family, order 2 in λ", secondOrder(w, here), secondOrder(w, there))
	}
}

// policyAt encloses the policies of the family for θ in an interval.
func policyAt(w *World[enc], theta enc) ([][]enc, error) {
	policy := make([][]enc, w.T())
	for t := 1; t <= w.T(); t++ {
		for x := range w.Layer(t).States() {
			row, err := tilted(w, t, x, func(e int) enc {
				sum := w.FromInt(0)
				c := w.Case.Parameterisation.Logits[t-1][e]
				for k := len(c) - 1; k >= 0; k-- {
					v, _ := interval(w).FromRat(c[k])
					sum = w.Add(w.Mul(sum, theta), v)
				}
				return sum
			})
			if err != nil {
				return nil, err
			}
			policy[t-1] = append(policy[t-1], row...)
		}
	}
	return policy, nil
}

// standardAt encloses the terms of eq. 2 at the policies of the family for θ in an
// interval. If they cannot be enclosed, it tells the world so and returns nil.
func standardAt(w *World[enc], theta enc) *exact.DeepTerms[enc] {
	policy, err := policyAt(w, theta)
	if err != nil {
		undecided(w, err)
		return nil
	}
	o := w.Objective()
	o.Beta = w.FromInt(0)
	return deepAt(w, w.Family.Numbers, o, policy)
}

// nearby is the distance from θ_0 within which every policy of the family is
// compared.
var nearby = big.NewRat(1, 2)

// maxHalvings bounds how often an interval of parameters is halved until the
// comparison on it is decided: to pieces of length 2^−12.
const maxHalvings = 12

// lowerElsewhere claims that the policy at the scalar θ costs less than every policy
// of the family with |θ| ≤ ½.
func lowerElsewhere(w *World[enc]) {
	f := interval(w)
	scalar := w.Case.Scalars["theta"]
	if w.Case.Parameterisation.Kind != model.Polynomial || scalar == nil || scalar.Cmp(nearby) <= 0 || !positiveBase(w) {
		w.Vacuous()
		return
	}
	theta, _ := f.FromRat(scalar)
	d := standardAt(w, theta)
	if d == nil {
		return
	}
	best := d.Total(f)
	var above func(lo, hi *big.Rat, depth int)
	above = func(lo, hi *big.Rat, depth int) {
		a, _ := f.FromRat(lo)
		b, _ := f.FromRat(hi)
		d := standardAt(w, f.Hull(a, b))
		if d == nil {
			return
		}
		if depth == maxHalvings || f.Sign(f.Sub(d.Total(f), best)) != field.Undecided {
			w.Less(Place{}, "L(θ) < L at every |θ| ≤ ½", best, d.Total(f))
			return
		}
		mid := new(big.Rat).Add(lo, hi)
		mid.Quo(mid, big.NewRat(2, 1))
		above(lo, mid, depth+1)
		above(mid, hi, depth+1)
	}
	above(new(big.Rat).Neg(nearby), nearby, 0)
}

// elsewhere returns a parameter of a case at which its policy is not the base model's.
func elsewhere(c *model.Case) *big.Rat {
	if theta := c.Scalars["theta"]; theta != nil {
		return theta
	}
	return new(big.Rat).Add(c.Scalar("return"), nearby)
}

// expectedDrop claims factor·(E_0 − E_P)[Harm]² ≤ KL for the policy at the scalar θ.
func expectedDrop(w *World[enc], claim string, factor int64) {
	f := interval(w)
	if w.Case.Parameterisation.Kind != model.Polynomial || !positiveBase(w) {
		w.Vacuous()
		return
	}
	theta, _ := f.FromRat(elsewhere(w.Case))
	policy, err := policyAt(w, theta)
	if err != nil {
		undecided(w, err)
		return
	}
	o := w.Objective()
	o.Beta, o.Lambda = w.FromInt(0), w.FromInt(1)
	here, base := deepAt(w, w.Family.Numbers, o, policy), deepAt(w, w.Family.Numbers, o, w.Family.Prob)
	if here == nil || base == nil {
		return
	}
	drop := f.Sub(base.Harm, here.Harm)
	kl := f.Sub(here.Total(f), here.Harm)
	w.AtMost(Place{}, claim, f.Mul(w.FromInt(factor), f.Mul(drop, drop)), kl)
}

// pinsker checks both steps of KL ≤ λ²/2: Pinsker's inequality for the policy near θ_1,
// and what follows from it where that policy costs less than the base model.
func pinsker(w *World[enc]) {
	expectedDrop(w, "2(E_0 − E_P)[Harm]² ≤ KL", 2)
	f := interval(w)
	if w.Case.Parameterisation.Kind != model.Polynomial || !positiveBase(w) {
		return
	}
	theta, _ := f.FromRat(elsewhere(w.Case))
	d := standardAt(w, theta)
	base := deepAt(w, w.Family.Numbers, w.Objective(), w.Family.Prob)
	if d == nil || base == nil {
		return
	}
	if f.Sign(f.Sub(base.Harm, d.Total(f))) != field.Positive {
		w.Vacuous() // it costs no less than the base model, and no minimiser is near
		return
	}
	lambda := w.Objective().Lambda
	kl := f.Sub(d.Total(f), d.Harm)
	w.AtMost(Place{}, "L(P) ≤ L(P_0) ⇒ KL ≤ λ(E_0 − E_P)[Harm]", kl, f.Sub(base.Harm, d.Harm))
	w.AtMost(Place{}, "L(P) ≤ L(P_0) ⇒ KL ≤ λ²/2", f.Mul(w.FromInt(2), kl), f.Mul(lambda, lambda))
}

func pinskerTwice(w *World[enc]) { expectedDrop(w, "4(E_0 − E_P)[Harm]² ≤ KL", 4) }

// fisherIdentifies claims, for a few θ, that P_θ = P_0 in a log-linear family exactly where
// θᵀF̄θ = 0. If F̄ ≻ 0, that is θ = 0 alone.
func fisherIdentifies(w *World[rat]) {
	param := w.Family.Param
	if param.Kind != model.Decoupled && param.Kind != model.Shared {
		w.Vacuous()
		return
	}
	n := param.Total(w.Family.Process)
	for k := range n + 2 {
		theta := make([]int64, n)
		for i := range theta {
			switch {
			case k == i, k == n:
				theta[i] = 1
			case k > n:
				theta[i] = int64(i%3 - 1)
			}
		}
		form, moves := w.FromInt(0), false
		for t := 1; t <= w.T(); t++ {
			for i, row := range w.MeanFisher(w.Solution().Occupancy[t-1], t) {
				for j, v := range row {
					form = w.Add(form, w.Mul(w.FromInt(theta[i]*theta[j]), v))
				}
			}
			for x := range w.States(t) {
				if !w.IsZero(w.Solution().Occupancy[t-1][x]) && leans(w, t, x, theta) {
					moves = true
				}
			}
		}
		w.Iff(Place{}, "log-linear: θᵀF̄θ > 0 ⇔ P_θ ≠ P_0", !w.IsZero(form), moves)
	}
}

// leans reports whether θ·f differs between two tokens of positive probability at
// state x of layer t−1.
func leans(w *World[rat], t, x int, theta []int64) bool {
	param, p := w.Family.Param, w.Family.Process
	var first *int64
	lo, hi := w.Layer(t).Row(x)
	for e := lo; e < hi; e++ {
		if w.Layer(t).Weights().IsZero(e) {
			continue
		}
		logit := int64(0)
		for i := range param.Width(p, t, x) {
			logit += theta[param.Index(p, t, x, i)] * param.Feature(p, t, x, e, i)
		}
		if first == nil {
			first = &logit
		}
		if *first != logit {
			return true
		}
	}
	return false
}
