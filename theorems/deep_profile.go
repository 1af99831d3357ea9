package theorems

import (
	"iter"
	"math/big"
	"slices"

	"sounding/exact"
	"sounding/exact/field"
	"sounding/generators"
	"sounding/model"
	"sounding/verify"
)

// Section 9.1: how the recovery KL of thm-19 is spread over positions, and how small β has
// to be.

var deepProfileStatements = []*Statement{xUniformProfile, xRadius}

// deepTrees draws tabular cases without harm, so that recovery alone moves the optimum.
var deepTrees = deepDraw{shapes: []Shape{shape(2, 2), shape(3, 2), shape(2, 3)}}

var xUniformProfile = &Statement{
	ID: "x-uniform-profile", Title: "Without discount the recovery KL need not be uniform", Section: "9.1", Kind: verify.RefutedReading,
	Sentence: verify.Sentence{
		Place:   "Section 9.1",
		Says:    "γ = 1 produces uniform recovery KL across positions, γ < 1 geometric decay.",
		Verdict: verify.Refuted,
		But: "γ^{2t} is multiplied by Σ_x Q(x)²ρ_0(x)(1−ρ_0(x))/P_0(x), which differs between positions. Where " +
			"recovery is equally likely at all prefixes the factor grows with t, unless Q is the law of P_0's own prefixes",
	},
	Formula:    "tabular, t > k: KL_t = ½β²γ^{2t}·Σ_x Q(x)²ρ_0(x)(1−ρ_0(x))/P_0(x) + O(β³), x the prefixes y_<t; Σ_{y_≤t} Q²/P_0 − Σ_{y_<t} Q²/P_0 = Σ_x Q(x)²/P_0(x)·Σ_a (Q(a|x) − P_0(a|x))²/P_0(a|x) ≥ 0",
	Hypotheses: []string{branchReading, "P_0 positive"},
	Reading: "The sentence is read of the leading order of thm-19 beyond the horizon, with parameters for " +
		"each prefix: at γ = 1 all positions have the same KL. It is refuted with recovery equally likely at " +
		"all prefixes, so that no position makes recovery harder than another. In eq. 72 the KL of a prefix " +
		"depends only on ρ_0 and the tilt, by thm-20.",
	Refuted: &Falsehood{
		Wording: "γ = 1 produces uniform recovery KL across positions: KL_s = KL_t to leading order for all s, t > k.",
		Check:   verify.Series(uniformProfile, nil),
		Source:  &Source{Draw: undiscounted, Smallest: evenTrees},
	},
	Story: xUniformProfileStory,
	Saving: "If recovery is equally likely at all prefixes, it is true of the pointwise problem of eq. 72 " +
		"for every Q (thm-20), and of eq. 43 if Q draws its prefixes from P_0.",
	Repair: "The KL of a position carries the factor Σ_x Q(x)²ρ_0(x)(1−ρ_0(x))/P_0(x). The longer the " +
		"adversary's prefixes are, the rarer they are under P_0, and a rarer prefix pays more for its " +
		"penalty.",
	Claims: []Claim{
		{
			Formula: "KL_t = ½β²γ^{2t}·Σ_x Q(x)²ρ_0(x)(1−ρ_0(x))/P_0(x) at order β²",
			Check:   verify.Series(profileFactor, nil),
		},
		{
			Formula: "Σ_{y_≤t} Q²/P_0 − Σ_{y_<t} Q²/P_0 = Σ_x Q(x)²/P_0(x)·Σ_a (Q(a|x) − P_0(a|x))²/P_0(a|x), t < T",
			Check:   verify.Rational(profileGrowth),
		},
	},
	NearMisses: []NearMiss{
		{Name: "I_t^rec in place of the factor: Q in place of Q²/P_0", Check: verify.Series(profileInformation, nil), Source: &Source{Smallest: smallestDeep(underAttack(needsRecoveryAdversary))}},
		{Name: "the factor with γ^t in place of γ^{2t}", Check: verify.Series(profilePower, nil), Source: &Source{Smallest: smallestDeep(generators.Needs{Recovery: true, Penalty: true})}},
		{Name: "Σ Q²/P_0 stays as it is", Check: verify.Rational(profileConstant), Source: &Source{Smallest: smallestDeep(underAttack(needsRecoveryAdversary))}},
	},
	Looks:  needsRecoveryAdversary,
	Source: deepTrees.near(needsRecoveryAdversary),
}

// undiscounted draws the cases of deepTrees with γ = 1.
func undiscounted(seed uint64, i int) *model.Case {
	c := deepTrees.draw(seed, i)
	c.Gamma = big.NewRat(1, 1)
	return c
}

// evenTrees runs through the small cases whose tokens are equally likely everywhere.
func evenTrees() iter.Seq[*model.Case] {
	return mapped(smallestDeep(needsRecoveryAdversary), func(c *model.Case) *model.Case {
		for t := 1; t <= c.Length(); t++ {
			weights := c.Layer(t).Weights()
			for e := range weights.Len() {
				if weights.Cmp(0, e) != 0 {
					return nil
				}
			}
		}
		return c
	})()
}

// steady returns the branch of the deep objective where P_0 is positive and harm does not
// vary, nil elsewhere.
func steady(w *World[rat]) *exact.Branch[rat] {
	if !positiveBase(w) || varied(w.Case) {
		w.Vacuous()
		return nil
	}
	return w.Deep()
}

func uniformProfile(w *World[rat]) {
	b := steady(w)
	if b == nil || w.Case.Gamma.Cmp(big.NewRat(1, 1)) != 0 {
		w.Vacuous()
		return
	}
	for t := 2; t <= w.T(); t++ {
		w.Equal(verify.At(t, 0), "γ = 1: KL_t = KL_1, order 2", b.KL[t-1][2], b.KL[0][2])
	}
}

// profileIs compares the coefficient of β² in KL_t with ½·scale(t)·Σ_x share(t, x)·ρ_0(1−ρ_0).
func profileIs(w *World[rat], claim string, scale func(t int) rat, share func(t, x int) rat) {
	b := steady(w)
	if b == nil {
		return
	}
	for t := 1; t <= w.T(); t++ {
		sum := w.FromInt(0)
		for x, rho := range recoveries(w, t) {
			sum = w.Add(sum, w.Mul(share(t, x), w.Mul(rho, w.Sub(w.FromInt(1), rho))))
		}
		w.Equal(verify.At(t, 0), claim, b.KL[t-1][2], w.Mul(fraction(w, 1, 2), w.Mul(scale(t), sum)))
	}
}

// squaredTilt returns η_t².
func squaredTilt(w *World[rat]) func(t int) rat {
	return func(t int) rat { return field.Square(w.Ring, eta(w, t)) }
}

// attacked returns Q(x)/P_0(x), 0 where Q(x) is 0.
func attacked(w *World[rat], t, x int) rat {
	q := w.Objective().Adversary[t-1][x]
	if w.IsZero(q) {
		return q
	}
	return defined(rationals(w).Quo(q, w.Solution().Occupancy[t-1][x]))
}

// overBase returns Q(x)²/P_0(x).
func overBase(w *World[rat]) func(t, x int) rat {
	return func(t, x int) rat { return w.Mul(w.Objective().Adversary[t-1][x], attacked(w, t, x)) }
}

func profileFactor(w *World[rat]) {
	profileIs(w, "KL_t = ½η_t²·Σ_x Q(x)²ρ_0(1−ρ_0)/P_0(x), order 2", squaredTilt(w), overBase(w))
}

func profileInformation(w *World[rat]) {
	profileIs(w, "KL_t = ½η_t²·I_t^rec, order 2", squaredTilt(w), func(t, x int) rat { return w.Objective().Adversary[t-1][x] })
}

func profilePower(w *World[rat]) {
	profileIs(w, "KL_t = ½βη_t·Σ_x Q(x)²ρ_0(1−ρ_0)/P_0(x), order 2", func(t int) rat { return w.Mul(w.Objective().Beta, eta(w, t)) }, overBase(w))
}

// profileChange compares the change of Σ Q²/P_0 from y_<t to y_≤t, over sequences, with
// right.
func profileChange(w *World[rat], claim string, right func(t int) rat) {
	if !positiveBase(w) {
		w.Vacuous()
		return
	}
	q, o := rationals(w), w.Oracle()
	total := func(t int) rat {
		sum, last := w.FromInt(0), -1
		mass := o.Marginals(o.Joint(), t)
		for i := range mass {
			if t > 0 && !o.Opens(i, t) {
				continue
			}
			if x := o.State(i, t); x != last {
				adversary := w.Objective().Adversary[t][x]
				sum, last = w.Add(sum, defined(q.Quo(w.Mul(adversary, adversary), mass[i]))), x
			}
		}
		return sum
	}
	for t := 1; t < w.T(); t++ {
		w.Equal(verify.At(t, 0), claim, w.Sub(total(t), total(t-1)), right(t))
	}
}

func profileGrowth(w *World[rat]) {
	q := rationals(w)
	profileChange(w, "Σ_{y_≤t} Q²/P_0 − Σ_{y_<t} Q²/P_0 = Σ_x Q(x)²/P_0(x)·Σ_a (Q(a|x) − P_0(a|x))²/P_0(a|x)", func(t int) rat {
		sum := w.FromInt(0)
		for x := range w.States(t) {
			share := overBase(w)(t, x)
			lo, hi := w.Layer(t).Row(x)
			for e := lo; e < hi; e++ {
				apart := w.Sub(w.Prefixes()[t-1][e], w.Family.Prob[t-1][e])
				sum = w.Add(sum, w.Mul(share, defined(q.Quo(w.Mul(apart, apart), w.Family.Prob[t-1][e]))))
			}
		}
		return sum
	})
}

func profileConstant(w *World[rat]) {
	profileChange(w, "Σ_{y_≤t} Q²/P_0 = Σ_{y_<t} Q²/P_0", func(int) rat { return w.FromInt(0) })
}

var xRadius = &Statement{
	ID: "x-radius", Title: "β has to be small compared with the base probability of a prefix", Section: "9.1", Kind: verify.Needed, Twin: "thm-19",
	Formula: "tabular, harm constant, w_t(x) = η_tQ(x)/P_0(x): KL_t = E_0[½w_t²ρ_0(1−ρ_0)] + E_0[⅓w_t³κ_3 − ½w_t²ρ_0(1−ρ_0)·D − w_t·Cov(1[y_t∈R], J|y_<t)] + O(β⁴), κ_3 = ρ_0(1−ρ_0)(1−2ρ_0), " +
		"D = Σ_{s<t} w_s·(1[y_s∈R] − ρ_0), J = E_0[Σ_{s>t} ½w_s²ρ_0(1−ρ_0) | y_≤t]; at one prefix |KL(p*‖p_0) − ½η²ρ_0(1−ρ_0)| ≤ η³/31",
	Hypotheses: []string{branchReading, "P_0 positive"},
	Reading: "Theorem 19 speaks of small λ and β and does not say compared with what. It is compared with " +
		"P_0(x)/Q(x): the remainder is a cubic form in w_t(x) = η_tQ(x)/P_0(x), and if the adversary's " +
		"prefix is rare under P_0 the leading order is useless even at β = 1/100. A minimiser pays for the " +
		"rows of such a prefix in proportion to its own probability of reaching it, and so no more than " +
		"log(1/ρ_0) times that. The minimiser is bounded as in x-thm-22: Σ_t KL_t ≤ Σ_t η_tE_Q[1−ρ_0] for " +
		"every global minimiser, where harm does not vary.",
	Refuted: &Falsehood{
		Wording: "At β ≤ 1/100 the leading order of KL_t is no more than ten times the KL_t of the minimiser.",
		Check:   verify.Rational(smallPenalty),
		Source:  &Source{Draw: rarePrefix, Smallest: rarePrefixes},
	},
	Story: xRadiusStory,
	Repair: "The leading order is accurate where η_tQ(x)/P_0(x) is small at every prefix, because the " +
		"remainder is a cubic form in these numbers. At one prefix its error is at most η³/31.",
	Claims: []Claim{
		{
			Formula: "KL_t = E_0[⅓w_t³κ_3 − ½w_t²ρ_0(1−ρ_0)·D − w_t·Cov(1[y_t∈R], J|y_<t)] at order β³",
			Check:   verify.Series(thirdOrder, nil),
		},
		{
			Formula: "31·|KL(p*‖p_0) − ½η²ρ_0(1−ρ_0)| ≤ η³ for p* ∝ p_0·e^{η1[a∈R]}",
			Check:   verify.Interval(pointRemainder),
		},
	},
	NearMisses: []NearMiss{
		{Name: "order β³ without D, the first shift of the prefixes", Check: verify.Series(thirdWithoutShift, nil), Source: &Source{Smallest: smallestDeep(longer(needsRecoveryAdversary))}},
		{Name: "order β³ without J, the KL that is still to come", Check: verify.Series(thirdWithoutCost, nil), Source: &Source{Smallest: smallestDeep(longer(needsRecoveryAdversary))}},
		{Name: "η_t in place of w_t", Check: verify.Series(thirdUnweighted, nil), Source: &Source{Smallest: smallestDeep(underAttack(needsRecoveryAdversary))}},
		{Name: "at one prefix η³/62", Check: verify.Interval(pointRemainderHalf), Source: &Source{Smallest: smallestDeep(needsRecovery)}},
	},
	Looks:  needsRecoveryAdversary,
	Source: deepTrees.near(needsRecoveryAdversary),
}

// rareAdversary returns a case of two positions, whose first token is 1 with probability 1/n
// and always so under Q, and which recovers with token 0 as often as not behind it. β is 1/100.
func rareAdversary(n int64) *model.Case {
	in := generators.Tree(2, [][]int64{{n - 1, 1}, {1, 1, 1, 1}}, make([]int64, 4), 1)
	in.Recovery, in.Beta = []int{0}, big.NewRat(1, 100)
	in.Adversary = model.Adversary{Kind: model.AdversaryRows, Rows: []model.Naturals{model.NaturalsOf(0, 1)}}
	return &model.Case{Instance: in}
}

// rarePrefixes runs through these cases for n = 10, 100, ….
func rarePrefixes() iter.Seq[*model.Case] {
	return func(yield func(*model.Case) bool) {
		for n := int64(10); n < 1e15; n *= 10 {
			if !yield(rareAdversary(n)) {
				return
			}
		}
	}
}

func rarePrefix(seed uint64, i int) *model.Case {
	return rareAdversary(2 + int64(generators.Hash(seed, i, 0)%1_000_000))
}

// smallPenalty compares a tenth of the leading order of each KL_t with what bounds the total
// KL of every minimiser.
func smallPenalty(w *World[rat]) {
	if !positiveBase(w) || varied(w.Case) || w.Case.Beta.Cmp(big.NewRat(1, 100)) > 0 {
		w.Vacuous()
		return
	}
	bound := w.FromInt(0)
	for t := 1; t <= w.T(); t++ {
		bound = w.Add(bound, w.Mul(eta(w, t), w.Dot(w.Objective().Adversary[t-1], complement(w, recoveries(w, t)))))
	}
	for t := 1; t <= w.T(); t++ {
		sum := w.FromInt(0)
		for x, rho := range recoveries(w, t) {
			sum = w.Add(sum, w.Mul(overBase(w)(t, x), w.Mul(rho, w.Sub(w.FromInt(1), rho))))
		}
		leading := w.Mul(fraction(w, 1, 2), w.Mul(squaredTilt(w)(t), sum))
		w.AtMost(verify.At(t, 0), "½η_t²·Σ_x Q(x)²ρ_0(1−ρ_0)/P_0(x)/10 ≤ Σ_s η_sE_Q[1−ρ_0]", w.Mul(fraction(w, 1, 10), leading), bound)
	}
}

// thirdIs compares the coefficient of β³ in KL_t with its closed form, for the weights w_t(x),
// of which shift and cost say whether D and J take part.
func thirdIs(w *World[rat], claim string, weight func(t, x int) rat, shift, cost bool) {
	b := steady(w)
	if b == nil {
		return
	}
	one := w.FromInt(1)
	v := func(rho rat) rat { return w.Mul(rho, w.Sub(one, rho)) }
	moved, ahead := make([][]rat, w.T()+1), make([][]rat, w.T()+1) // D and J
	for t := range moved {
		moved[t] = constants(w, w.Family.Process.States(t), 0)
		ahead[t] = slices.Clone(moved[t])
	}
	for t := w.T(); t >= 1; t-- {
		for x, rho := range recoveries(w, t) {
			u := weight(t, x)
			ahead[t-1][x] = w.Add(w.Mul(fraction(w, 1, 2), w.Mul(w.Mul(u, u), v(rho))), w.Dot(w.Row(t, x), w.After(t, x, ahead[t])))
		}
	}
	for t := 1; t <= w.T(); t++ {
		sum := w.FromInt(0)
		for x, rho := range recoveries(w, t) {
			if w.IsZero(w.Solution().Occupancy[t-1][x]) {
				continue // no prefix ends in x
			}
			u, recovers := weight(t, x), complement(w, failures(w, t, x))
			lo, _ := w.Layer(t).Row(x)
			for a, r := range recovers {
				moved[t][w.Layer(t).Next(lo+a)] = w.Add(moved[t-1][x], w.Mul(u, w.Sub(r, rho)))
			}
			square := w.Mul(u, u)
			term := w.Mul(fraction(w, 1, 3), w.Mul(w.Mul(square, u), w.Mul(v(rho), w.Sub(one, w.Add(rho, rho)))))
			if shift {
				term = w.Sub(term, w.Mul(fraction(w, 1, 2), w.Mul(w.Mul(square, v(rho)), moved[t-1][x])))
			}
			if cost {
				row, after := w.Row(t, x), w.After(t, x, ahead[t])
				covariance := w.Sub(triple(w, row, recovers, after), w.Mul(rho, w.Dot(row, after)))
				term = w.Sub(term, w.Mul(u, covariance))
			}
			sum = w.Add(sum, w.Mul(w.Solution().Occupancy[t-1][x], term))
		}
		w.Equal(verify.At(t, 0), claim, b.KL[t-1][3], sum)
	}
}

// tiltAt returns w_t(x) = η_tQ(x)/P_0(x).
func tiltAt(w *World[rat]) func(t, x int) rat {
	return func(t, x int) rat { return w.Mul(eta(w, t), attacked(w, t, x)) }
}

func thirdOrder(w *World[rat]) {
	thirdIs(w, "KL_t = E_0[⅓w_t³κ_3 − ½w_t²ρ_0(1−ρ_0)·D − w_t·Cov(1[y_t∈R], J|y_<t)], order 3", tiltAt(w), true, true)
}

func thirdWithoutShift(w *World[rat]) {
	thirdIs(w, "KL_t = E_0[⅓w_t³κ_3 − w_t·Cov(1[y_t∈R], J|y_<t)], order 3", tiltAt(w), false, true)
}

func thirdWithoutCost(w *World[rat]) {
	thirdIs(w, "KL_t = E_0[⅓w_t³κ_3 − ½w_t²ρ_0(1−ρ_0)·D], order 3", tiltAt(w), true, false)
}

func thirdUnweighted(w *World[rat]) {
	thirdIs(w, "w_t = η_t: KL_t = E_0[⅓w_t³κ_3 − ½w_t²ρ_0(1−ρ_0)·D − w_t·Cov(1[y_t∈R], J|y_<t)], order 3", func(t, _ int) rat { return eta(w, t) }, true, true)
}

// remainderAtMost compares n·|KL(p*‖p_0) − ½η²ρ_0(1−ρ_0)| with η³ at every prefix.
func remainderAtMost(w *World[enc], claim string, n int64) {
	f := interval(w)
	if w.Case.Beta.Sign() == 0 {
		w.Vacuous()
		return
	}
	for t := 1; t <= w.T(); t++ {
		tilt := eta(w, t)
		u, err := f.Exp(tilt)
		if err != nil {
			undecided(w, err)
			return
		}
		for x, rho := range recoveries(w, t) {
			_, kl, err := exact.Gibbs(f, rho, tilt, u)
			if err != nil {
				undecided(w, err)
				return
			}
			square := w.Mul(tilt, tilt)
			apart := w.Mul(w.FromInt(n), w.Sub(kl, w.Mul(fraction(w, 1, 2), w.Mul(square, w.Mul(rho, w.Sub(w.FromInt(1), rho))))))
			w.AtMost(verify.At(t, x), claim, apart, w.Mul(square, tilt))
			w.AtMost(verify.At(t, x), claim, w.Neg(apart), w.Mul(square, tilt))
		}
	}
}

func pointRemainder(w *World[enc]) {
	remainderAtMost(w, "31·|KL(p*‖p_0) − ½η²ρ_0(1−ρ_0)| ≤ η³", 31)
}

func pointRemainderHalf(w *World[enc]) {
	remainderAtMost(w, "62·|KL(p*‖p_0) − ½η²ρ_0(1−ρ_0)| ≤ η³", 62)
}
