package theorems

import (
	"iter"
	"math/big"

	"sounding/exact"
	"sounding/exact/definition"
	"sounding/exact/field"
	"sounding/generators"
	"sounding/model"
	"sounding/verify"
)

// Theorem 22 as a claim about eq. 43: its minimiser need not recover as much.

var deepRecoverableStatements = []*Statement{xTheorem22}

var xTheorem22 = &Statement{
	ID: "x-thm-22", Title: "The minimiser of eq. 43 need not be recoverable", Section: "9.2", Kind: verify.RefutedReading, Twin: "thm-22",
	Formula: "ρ_0 ≥ δ at every prefix up to d ⇏ ρ* ≥ ε = σ(logit δ + βγ^d) at the minimiser of eq. 43",
	Reading: "Recoverable at ε up to d means ρ_t(y_<t) ≥ ε for t ≤ d and every prefix that Q reaches. The " +
		"counterexample refutes the reading for every minimiser: L_deep over all policies that are " +
		"recoverable at ε has a lower bound, by branch and bound, that lies above L_deep of another policy. " +
		"Constant harm is not essential: a near-miss shows that the reading also fails where the first token " +
		"decides harm. The smallest counterexample has d = T, and asks for ε only beyond the horizon and " +
		"where Q goes. There, with constant harm and T = 2, logit ρ*(x) = logit ρ_0(x) + w(x)·η_T, and w(x) " +
		"= Q(x)/P*(x) < 1 somewhere. The inequalities of the repair hold for every global minimiser P* by an " +
		"argument: L_deep(P*) ≤ L_deep(C) for each policy C, and so for these two. They are also enclosed: " +
		"what minimisers pay beyond k lies between bounds from the minima of L_deep with other weights at " +
		"these positions. At T, beyond the horizon, logit ρ* = logit ρ_0 + w·η_T with w = Q(x)/P*(x) > Q(x). " +
		"This is enclosed at the prefix to which Q gives most. By the steps of eq. 83 recovery at x is then " +
		"below ε only for T > log(Q(x)·β/Δ)/log(1/γ), Δ = logit ε − logit ρ_0(x) > 0, γ < 1. For minimisers " +
		"this is what remains of Corollary 23. The inequalities between the KL, the gain in recovery and " +
		"(1−δ)Σ η_t are also proved in Coq.",
	Refuted: &Falsehood{
		Wording: "If ρ_0 ≥ δ for all t ≤ d, the minimiser of eq. 43 is recoverable at ε = σ(logit δ + βγ^d) up to d.",
		Check:   verify.Interval(recoverableAtDepth),
		Source: &Source{
			Draw:     pairTrees.draw,
			Smallest: smallestWhere(generators.Needs{Recovery: true, Penalty: true}, penalisedPair),
		},
	},
	Story:  xTheorem22Story,
	Saving: "It is true of eq. 72, the problem at each prefix (thm-22).",
	Repair: "Q without recovery tokens ⇒ logit ρ*(x) ≥ logit ρ_0(x) + w(x)·η_t beyond the horizon, with equality " +
		"at t = T, at every positive stationary point. For every P, with C the policy that keeps P up to k " +
		"and P_0 after: L_deep(P) − L_deep(C) = Σ_{t>k} KL_t − Σ_{t>k} η_tE_Q[ρ − ρ_0]. So a minimiser has " +
		"Σ_{t>k} KL_t ≤ Σ_{t>k} η_tE_Q[ρ* − ρ_0] ≤ (1−δ)Σ_{t>k} η_t where ρ_0 ≥ δ on Q's prefixes. Compared " +
		"with the policy that raises ρ to max(ρ_0, σ(logit δ + η_t)) there after k, it has Σ_{t>k} KL_t + " +
		"Σ_{t>k} η_tE_Q[1−ρ*] ≤ Σ_{t>k} −log(δ + (1−δ)e^{−η_t}).",
	Claims: []Claim{
		{
			Formula:    "L_deep(P) − L_deep(C) = Σ_{t>k} KL_t − Σ_{t>k} η_tE_Q[ρ − ρ_0]",
			Hypotheses: []string{"C is P up to k and P_0 after", "Harm = g(y_≤k)", "P ≪ P_0"},
			Kernel:     []string{"Deep.comparison_gap"},
			Check:      verify.Identity(keepThenBaseFree[rat], keepThenBaseFree[mod]).Within(verify.Limits{Leaves: symbolLeaves}),
			Also:       []Check{verify.Agreement(keepThenBase)},
		},
		{
			Formula:    "Σ_{t>k} KL_t + Σ_{t>k} η_tE_Q[1−ρ] ≤ Σ_{t>k} −log(δ + (1−δ)e^{−η_t})",
			Hypotheses: []string{"the policy that keeps P up to k and then raises ρ to max(ρ_0, σ(logit δ + η_t)) where Q goes", "δ < ρ_0 where Q goes, t > k", "β > 0"},
			Check:      verify.Interval(keepThenRaise),
		},
		{
			Formula:    "Σ_{t>k} KL_t + Σ_{t>k} η_tE_Q[1−ρ*] ≤ Σ_{t>k} η_tE_Q[1−ρ_0] ≤ (1−δ)Σ_{t>k} η_t, and ≤ Σ_{t>k} −log(δ + (1−δ)e^{−η_t})",
			Hypotheses: []string{"at every global minimiser", "δ < ρ_0 where Q goes, t > k", "β > 0"},
			Check:      verify.Interval(everyMinimiserPays),
		},
		{
			Formula:    "logit ρ*(x) = logit ρ_0(x) + w(x)·η_t where J(xa) is the same for all a, as at t = T and where Q(x) = 0",
			Hypotheses: []string{"at a positive stationary point", "t > k"},
			Check:      verify.Identity(levelBoost[rat], levelBoost[mod]).Within(verify.Limits{Leaves: prefixLeaves}),
			Also:       []Check{verify.Agreement(unpromptedLevel)},
		},
		{
			Formula:    "logit ρ*(x) ≥ logit ρ_0(x) + w(x)·η_t",
			Hypotheses: []string{"at a positive stationary point", "Q without recovery tokens", "t > k", "β > 0"},
			Check:      verify.Interval(unpromptedRecovery),
		},
		{
			Formula:    "ρ*_T(x) > σ(logit ρ_0(x) + Q(x)·η_T)",
			Hypotheses: []string{"at every global minimiser", "T > 1 lies beyond the horizon", "Q reaches x", "β > 0", "Q(x)·η_T ≤ 8"},
			Check:      verify.Interval(recoveryAtEnd),
		},
	},
	NearMisses: []NearMiss{
		{Name: "recoverable beyond a horizon that is not 0: the first token decides harm", Check: verify.Interval(recoverableAtDepth), Source: decidedPairs()},
		{Name: "recovery never falls below the base model's", Check: verify.Interval(neverBelowBase), Source: &Source{Draw: drawAvoided, Smallest: smallestAvoided}},
		{Name: "Q may hold recovery tokens: logit ρ* ≥ logit ρ_0 + w·η_t", Drops: "Q without recovery tokens", Check: verify.Interval(promptedRecovery), Source: recoveryTrees.near(generators.Needs{Recovery: true, Adversary: true})},
		{Name: "the comparison with the base model averages ρ − ρ_0 over P", Check: verify.Interval(keepThenBaseUnderP), Source: recoveryTrees.near(generators.Needs{Recovery: true, Adversary: true})},
		{Name: "the comparison averages ρ − ρ_0 over P, in symbols", Check: verify.Identity(keepThenBaseFreeUnderP[rat], keepThenBaseFreeUnderP[mod]), Source: recoveryTrees.near(underAttack(needsRecoveryAdversary))},
		{Name: "the comparison weighs the prefixes of a position alike in KL_t", Check: verify.Interval(keepThenBaseAlike), Source: recoveryTrees.near(needsRecovery)},
		{Name: "the comparison from position k on, not k+1", Check: verify.Interval(keepThenBaseEarly), Source: recoveryTrees.near(generators.Needs{Harm: true, Recovery: true})},
		{Name: "half the bound: Σ KL_t + Σ η_tE_Q[1−ρ*] ≤ ½Σ −log(δ + (1−δ)e^{−η_t})", Check: verify.Interval(raiseHalf), Source: recoveryTrees.near(generators.Needs{Recovery: true})},
		{Name: "half of it: twice what a minimiser pays beyond k is at most what the two policies pay", Check: verify.Interval(minimiserPaysHalf), Source: recoveryTrees.near(generators.Needs{Harm: true, Recovery: true})},
		{Name: "ρ*_T(x) ≥ σ(logit ρ_0(x) + 2·Q(x)·η_T)", Check: verify.Interval(recoveryAtEndTwice), Source: decidedPairs()},
		{Name: "Corollary 23 of minimisers: beyond the threshold length recovery falls below ε somewhere", Check: verify.Interval(fallsBeyondThreshold), Source: &Source{Draw: pairTrees.draw, Smallest: smallestWhere(generators.Needs{Recovery: true, Penalty: true}, penalisedPair)}},
	},
	Source: &Source{Draw: drawRecoverable, Smallest: smallestDeep(generators.Needs{Harm: true, Recovery: true, Adversary: true})},
}

var recoveryTrees = deepDraw{shapes: []Shape{shape(2, 2), shape(2, 3), shape(3, 2), shape(2, 2)}, horizon: 1}

// drawRecoverable draws trees up to three tokens and four positions, with every horizon that
// leaves a position beyond it.
func drawRecoverable(seed uint64, i int) *model.Case {
	d := deepDraw{shapes: []Shape{shape(2, 2), shape(2, 3), shape(3, 2), shape(2, 4), shape(2, 2), shape(3, 3), shape(2, 3), shape(3, 2)}}
	if i%40 == 17 {
		d.shapes = []Shape{shape(3, 4)}
	}
	d.horizon = 1 + i/len(d.shapes)%(d.shapes[i%len(d.shapes)].Length-1)
	return d.draw(seed, i)
}

// penalisedPair picks trees of two tokens and two positions with one recovery token and a penalty.
func penalisedPair(c *model.Case) bool {
	return c.Vocabulary() == 2 && c.Length() == 2 && len(c.Recovery) == 1 && c.Beta.Sign() > 0
}

// boosted encloses σ(logit δ + η) = δe^η/(1 − δ + δe^η) and its distance from 1, which may
// be too small to be told from 0 by a difference.
func boosted(f field.Interval, delta, eta enc) (sigma, rest enc, err error) {
	u, err := f.Exp(eta)
	if err != nil {
		return u, u, err
	}
	top, below := f.Mul(delta, u), f.Sub(f.FromInt(1), delta)
	if sigma, err = f.Quo(top, f.Add(below, top)); err != nil {
		return sigma, rest, err
	}
	rest, err = f.Quo(below, f.Add(below, top))
	return sigma, rest, err
}

// recoverableAtDepth claims that a policy that is recoverable up to T, wherever nothing can be said
// of harm any more, may be a minimiser.
func recoverableAtDepth(w *World[enc]) {
	k := exact.Horizon(w.Family.Process)
	if !properRecovery(w, k) {
		return
	}
	f := interval(w)
	eps, _, err := boosted(f, defined(f.FromRat(w.Case.LeastRecovery(1, w.T()))), eta(w, w.T()))
	if err != nil {
		undecided(w, err)
		return
	}
	least, _ := ends(w, eps)
	floor := exact.Range{Lo: least}
	costsMore(w, "a lower bound on L_deep over policies with ρ ≥ σ(logit δ + βγ^T) beyond k where Q goes ≤ L_deep of every policy",
		attackedBeyond(w.Case, k, func(int, int) exact.Range { return floor }))
}

// avoidedCase returns the instance whose first token is 0 with weight r and 1 with
// weight 1, whose rows hold recovery token 1 once against n, and whose adversary
// begins with token 1: what follows it is costly, so that it is avoided.
func avoidedCase(r, n, beta int64) *model.Case {
	in := generators.Tree(2, [][]int64{{r, 1}, {n, 1, n, 1}}, []int64{0, 0, 0, 0}, 1)
	in.Recovery, in.Beta = []int{1}, big.NewRat(beta, 1)
	in.Adversary = model.Adversary{Kind: model.AdversaryRows, Rows: []model.Naturals{model.NaturalsOf(0, 1)}}
	return &model.Case{Instance: in}
}

func drawAvoided(_ uint64, i int) *model.Case {
	return avoidedCase(3+int64(i)%3, 20+int64(i)%7, 2)
}

func smallestAvoided() iter.Seq[*model.Case] {
	return func(yield func(*model.Case) bool) {
		for size := int64(3); ; size++ {
			for r := int64(1); r < size-1; r++ {
				for n := int64(1); n < size-r; n++ {
					if !yield(avoidedCase(r, n, size-r-n)) {
						return
					}
				}
			}
		}
	}
}

func neverBelowBase(w *World[enc]) {
	k := exact.Horizon(w.Family.Process)
	if !properRecovery(w, k) {
		return
	}
	costsMore(w, "a lower bound on L_deep over policies with ρ ≥ ρ_0 beyond k ≤ L_deep of every policy", func(t, x int) exact.Range {
		if t <= k {
			return exact.Range{}
		}
		return exact.Range{Lo: w.Case.BaseRecovery(t, x)}
	})
}

// fallsBeyondThreshold claims that a minimiser may have ρ_T < ε at a prefix that Q reaches, for the ε
// whose threshold length is T − 1, σ(logit δ + βγ^{T−1}), δ the least ρ_0.
func fallsBeyondThreshold(w *World[enc]) {
	T := w.T()
	if T == 1 || w.Case.Gamma.Cmp(big.NewRat(1, 1)) == 0 || !properRecovery(w, T-1) {
		w.Vacuous()
		return
	}
	f := interval(w)
	eps, _, err := boosted(f, defined(f.FromRat(w.Case.LeastRecovery(1, T))), eta(w, T-1))
	free := minimum(w, exact.DeepOptions{})
	if err != nil || free == nil {
		w.Vacuous()
		return
	}
	_, most := ends(w, eps)
	ceiling := exact.Range{Hi: most}
	var least *big.Float
	for x, attacked := range w.Case.Attacked()[T-1] {
		if !attacked {
			continue
		}
		m := minimum(w, exact.DeepOptions{Within: lastRow(w, x, ceiling)})
		if m == nil {
			return
		}
		if least == nil || m.Lower.Cmp(least) < 0 {
			least = m.Lower
		}
	}
	w.AtMost(Place{}, "a lower bound on L_deep over policies with ρ_T ≤ σ(logit δ + βγ^{T−1}) at a prefix that Q reaches ≤ L_deep of every policy", number(w, least), number(w, free.Upper))
}

// largestToldTilt is the largest Q(x)·η_T at which minima are compared: they differ by about
// e^{−Q(x)·η_T}, which has to be well above the narrowest enclosure of a minimum.
const largestToldTilt = 8

// atEnd returns the prefix x of T−1 tokens that Q gives most to, with σ(logit ρ_0(x) + times·Q(x)·η_T); ok
// is false where T = 1 or not beyond the horizon, where Q(x)·η_T is too large, and where the world was told
// that there is no enclosure.
func atEnd(w *World[enc], times int64) (x int, recovery enc, ok bool) {
	T := w.T()
	if T == 1 || !properRecovery(w, exact.Horizon(w.Family.Process)) {
		w.Vacuous()
		return 0, recovery, false
	}
	f, q := interval(w), w.Objective().Adversary[T-1]
	for y := range q {
		if f.Sign(f.Sub(q[y], q[x])) == field.Positive {
			x = y
		}
	}
	tilt := f.Mul(q[x], eta(w, T))
	if f.Sign(f.Sub(tilt, w.FromInt(largestToldTilt))) == field.Positive {
		w.Vacuous()
		return 0, recovery, false
	}
	tilt = f.Mul(w.FromInt(times), tilt)
	recovery, _, err := boosted(f, defined(f.FromRat(w.Case.BaseRecovery(T, x))), tilt)
	if err != nil {
		undecided(w, err)
	}
	return x, recovery, err == nil
}

// lastRow returns a range for prefix x of T−1 tokens alone.
func lastRow(w *World[enc], x int, r exact.Range) func(t, y int) exact.Range {
	return func(t, y int) exact.Range {
		if t == w.T() && y == x {
			return r
		}
		return exact.Range{}
	}
}

// recoveryAtEnd claims of every minimiser ρ*_T(x) > σ(logit ρ_0(x) + Q(x)·η_T): the least of L_deep over the
// policies that recover no more than that is above the least over all.
func recoveryAtEnd(w *World[enc]) {
	x, recovery, ok := atEnd(w, 1)
	if !ok {
		return
	}
	_, high := ends(w, recovery)
	free, kept := minimum(w, exact.DeepOptions{}), minimum(w, exact.DeepOptions{Within: lastRow(w, x, exact.Range{Hi: high})})
	if free != nil && kept != nil {
		f := interval(w)
		w.Less(verify.At(w.T(), x), "the least of L_deep < the least over policies with ρ_T(x) ≤ σ(logit ρ_0(x) + Q(x)·η_T)",
			defined(f.FromBounds(free.Lower, free.Upper)), defined(f.FromBounds(kept.Lower, kept.Upper)))
	}
}

// recoveryAtEndTwice claims that a policy with ρ_T(x) ≥ σ(logit ρ_0(x) + 2·Q(x)·η_T) may be a minimiser.
func recoveryAtEndTwice(w *World[enc]) {
	x, recovery, ok := atEnd(w, 2)
	if !ok {
		return
	}
	low, _ := ends(w, recovery)
	costsMore(w, "a lower bound on L_deep over policies with ρ_T(x) ≥ σ(logit ρ_0(x) + 2·Q(x)·η_T) ≤ L_deep of every policy", lastRow(w, x, exact.Range{Lo: low}))
}

// keptUntil returns the policy that is P, drawn, up to position k and the base
// model after.
func keptUntil(w *World[enc], k int) [][]enc {
	c := drawnRows(w)
	copy(c[k:], w.Family.Prob[k:])
	return c
}

// keptDifference returns P, drawn, and L_deep(P) − L_deep(P up to k, P_0 after), term by term
// from the recursion; a nil P where the case says nothing of it.
func keptDifference(w *World[enc], k int) (p [][]enc, difference enc) {
	if k == w.T() || !positiveBase(w) {
		w.Vacuous()
		return nil, difference
	}
	f, o, p := interval(w), w.Objective(), drawnRows(w)
	here, there := deepAt(w, w.Family.Numbers, o, p), deepAt(w, w.Family.Numbers, o, keptUntil(w, k))
	if here == nil || there == nil {
		return nil, difference
	}
	return p, f.Sub(here.Total(f), there.Total(f))
}

// comparison compares L_deep(P) − L_deep(C), term by term from the recursion, with
// Σ_{t>k} KL_t − Σ_{t>k} η_tE[ρ − ρ_0] by enumeration, for C the policy that keeps
// P up to k + shift.
func comparison(w *World[enc], claim string, shift int, underPolicy bool) {
	f, k := interval(w), max(0, w.Oracle().Horizon()+shift)
	p, difference := keptDifference(w, k)
	if p == nil {
		return
	}
	moved := defined(definition.New(f, w.Family.WithProb(p)))
	kl := defined(definition.PositionKL(f, w.Oracle(), moved.Joint())) // P and P_0 are positive
	law := defined(definition.Adversary(f, w.Case.Instance))           // no row sum is zero
	if underPolicy {
		law = p
	}
	recovery := w.Case.Recovery
	sum := w.FromInt(0)
	for t := k + 1; t <= w.T(); t++ {
		gain := f.Sub(w.Oracle().RecoveryFailure(recovery, law, t), moved.RecoveryFailure(recovery, law, t))
		sum = f.Add(sum, f.Sub(kl[t-1], f.Mul(eta(w, t), gain)))
	}
	w.Meet(Place{}, claim, difference, sum)
}

// alikeKL returns the mean of the KL divergences of the rows of policy from base at
// position t, with all prefixes weighted alike.
func alikeKL(w *World[enc], base, policy [][]enc, t int) enc {
	f := interval(w)
	kl, _ := rowDivergences(w, base, policy, t)
	return defined(f.Quo(field.Sum(w.Ring, kl), w.FromInt(int64(len(kl)))))
}

// keepThenBaseAlike is keepThenBase with prefixes weighted alike in KL_t.
func keepThenBaseAlike(w *World[enc]) {
	f, o, k := interval(w), w.Objective(), w.Oracle().Horizon()
	p, difference := keptDifference(w, k)
	if p == nil {
		return
	}
	sum := w.FromInt(0)
	for t := k + 1; t <= w.T(); t++ {
		_, base := rowDivergences(w, w.Family.Prob, w.Family.Prob, t)
		_, failing := rowDivergences(w, w.Family.Prob, p, t)
		gain := w.FromInt(0)
		for x, q := range o.Adversary[t-1] {
			gain = f.Add(gain, f.Mul(q, f.Sub(base[x], failing[x])))
		}
		sum = f.Add(sum, f.Sub(alikeKL(w, w.Family.Prob, p, t), f.Mul(eta(w, t), gain)))
	}
	w.Meet(Place{}, "L_deep(P) − L_deep(P up to k, P_0 after) = Σ_{t>k} mean over prefixes of KL − Σ_{t>k} η_tE_Q[ρ − ρ_0]", difference, sum)
}

func keepThenBase(w *World[enc]) {
	comparison(w, "L_deep(P) − L_deep(P up to k, P_0 after) = Σ_{t>k} KL_t − Σ_{t>k} η_tE_Q[ρ − ρ_0]", 0, false)
}

func keepThenBaseUnderP(w *World[enc]) {
	comparison(w, "L_deep(P) − L_deep(P up to k, P_0 after) = Σ_{t>k} KL_t − Σ_{t>k} η_tE_P[ρ − ρ_0]", 0, true)
}

func keepThenBaseEarly(w *World[enc]) {
	comparison(w, "L_deep(P) − L_deep(P up to k−1, P_0 after) = Σ_{t≥k} KL_t − Σ_{t≥k} η_tE_Q[ρ − ρ_0]", -1, false)
}

// deltaFactor puts δ a little below the least ρ_0, so that every inequality that
// follows from ρ_0 ≥ δ is strict and enclosures can decide it.
var deltaFactor = big.NewRat(99, 100)

// raisedBound encloses δ, a little below the least ρ_0 beyond k, and Σ_{t>k} −log(δ + (1−δ)e^{−η_t}).
func raisedBound(w *World[enc], k int) (delta, bound enc, err error) {
	f := interval(w)
	c := field.NewCalc(f)
	delta = c.FromRat(new(big.Rat).Mul(deltaFactor, w.Case.LeastRecovery(k+1, w.T())))
	bound = w.FromInt(0)
	for t := k + 1; t <= w.T(); t++ {
		rest := c.Mul(c.Sub(w.FromInt(1), delta), c.Exp(c.Neg(eta(w, t))))
		bound = c.Sub(bound, c.Log(c.Add(delta, rest)))
	}
	return delta, bound, c.Err()
}

// raisedCost claims that the policy that keeps P up to k and then raises the recovery
// probability on Q's prefixes to max(ρ_0, σ(logit δ + η_t)) pays, beyond k, at most
// a part 1/divisor of the bound.
func raisedCost(w *World[enc], claim string, divisor int64) {
	k := w.Oracle().Horizon()
	if !properRecovery(w, k) {
		return
	}
	f, o := interval(w), w.Objective()
	delta, bound, err := raisedBound(w, k)
	if err != nil {
		undecided(w, err)
		return
	}
	one := w.FromInt(1)
	policy := keptUntil(w, k)
	for t := k + 1; t <= w.T(); t++ {
		policy[t-1] = nil
		goal, rest, err := boosted(f, delta, eta(w, t))
		if err != nil {
			undecided(w, err)
			return
		}
		for x := range w.Layer(t).States() {
			rho, _ := f.FromRat(w.Case.BaseRecovery(t, x))
			up, down := one, one
			switch f.Sign(f.Sub(goal, rho)) {
			case field.Undecided:
				w.Undecided(verify.At(t, x), claim)
				return
			case field.Positive:
				if f.Sign(o.Adversary[t-1][x]) != field.Positive {
					break
				}
				up = defined(f.Quo(goal, rho))               // ρ_0 > 0
				down = defined(f.Quo(rest, f.Sub(one, rho))) // ρ_0 < 1
			}
			for e, hi := w.Layer(t).Row(x); e < hi; e++ {
				factor := down
				if o.Recovers(w.Layer(t).Token(e)) {
					factor = up
				}
				policy[t-1] = append(policy[t-1], f.Mul(factor, w.Family.Prob[t-1][e]))
			}
		}
	}
	d := deepAt(w, w.Family.Numbers, o, policy)
	if d == nil {
		return
	}
	paid := w.FromInt(0)
	for t := k + 1; t <= w.T(); t++ {
		paid = f.Add(paid, f.Add(d.KL[t-1], d.Failure[t-1]))
	}
	w.AtMost(Place{}, claim, w.Mul(w.FromInt(divisor), paid), bound)
}

func keepThenRaise(w *World[enc]) {
	raisedCost(w, "P up to k, recovery raised after: Σ_{t>k} KL_t + Σ_{t>k} η_tE_Q[1−ρ] ≤ Σ_{t>k} −log(δ + (1−δ)e^{−η_t})", 1)
}

func raiseHalf(w *World[enc]) {
	raisedCost(w, "P up to k, recovery raised after: Σ_{t>k} KL_t + Σ_{t>k} η_tE_Q[1−ρ] ≤ ½Σ_{t>k} −log(δ + (1−δ)e^{−η_t})", 2)
}

// minimiserPays claims of every minimiser that what it pays beyond k is at most what the two
// policies pay that the repair compares it with.
func minimiserPays(w *World[enc], claim string, divisor int64) {
	k := w.Oracle().Horizon()
	if !properRecovery(w, k) {
		return
	}
	paid, ok := tailCost(w, k)
	base := deepAt(w, w.Family.Numbers, w.Objective(), w.Family.Prob)
	delta, raised, err := raisedBound(w, k)
	if err != nil {
		undecided(w, err)
	}
	if !ok || base == nil || err != nil {
		return
	}
	f := interval(w)
	kept, room := w.FromInt(0), w.FromInt(0)
	for t := k + 1; t <= w.T(); t++ {
		kept = f.Add(kept, base.Failure[t-1])
		room = f.Add(room, f.Mul(f.Sub(w.FromInt(1), delta), eta(w, t)))
	}
	paid = f.Mul(w.FromInt(divisor), paid)
	w.AtMost(Place{}, claim+" ≤ Σ_{t>k} η_tE_Q[1−ρ_0]", paid, kept)
	w.AtMost(Place{}, claim+" ≤ Σ_{t>k} −log(δ + (1−δ)e^{−η_t})", paid, raised)
	w.AtMost(Place{}, "Σ_{t>k} η_tE_Q[1−ρ_0] ≤ (1−δ)Σ_{t>k} η_t", kept, room)
}

func everyMinimiserPays(w *World[enc]) {
	minimiserPays(w, "every minimiser: Σ_{t>k} KL_t + Σ_{t>k} η_tE_Q[1−ρ*]", 1)
}

func minimiserPaysHalf(w *World[enc]) {
	minimiserPays(w, "every minimiser: 2·(Σ_{t>k} KL_t + Σ_{t>k} η_tE_Q[1−ρ*])", 2)
}
