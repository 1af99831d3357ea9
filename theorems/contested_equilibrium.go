package theorems

import (
	"fmt"
	"iter"
	"math/big"
	"math/bits"
	"math/rand/v2"
	"slices"

	"sounding/exact"
	"sounding/exact/definition"
	"sounding/exact/field"
	"sounding/generators"
	"sounding/model"
	"sounding/verify"
)

// Claims about the optimum of the standard objective, tabular or decoupled.

func contestedEquilibrium() []*Statement {
	bare := generators.Needs{Harm: true}
	decoupled := familySource(model.Decoupled, generators.Needs{Harm: true, Kind: model.Decoupled})
	silent := silentSource()
	return []*Statement{
		{
			ID: "x-cor-15", Title: "No harm information does not mean no KL", Section: "8",
			Formula:    "tabular, I_t = 0 ⇒ KL_t = (λ⁴/8)·E[Var(Var_0(Harm|y_≤t)|y_<t)] + O(λ⁵); for λ > 0: KL_t = 0 for all t > k ⇔ the horizon is at most k",
			Hypotheses: []string{"tabular: the optimum over all policies", "the variances are conditional on y_<t", "λ > 0"},
			Reading:    "The paper's equality is taken at the optimum itself. To leading order, KL_t = o(λ²), it holds (cor-15). KL_t = 0 is decided in ℚ: it means P* = P_0 at every prefix that is reached. The coefficients are those of KL_t by enumeration.",
			Claim: &Claim{
				Wording: "Positions with I_t = 0 have KL_t = 0 at the optimum.",
				Check:   verify.Rational(cor15AtBase),
			},
			Repair: "The soft value log E_0[e^{−λHarm}|y_≤t] may tell tokens apart whose h_t agree, from the fourth order of λ on. KL_t vanishes at all positions beyond k together exactly where the horizon is at most k.",
			Checks: []Check{verify.Series(cor15Quartic, nil), verify.Rational(cor15Horizon)},
			NearMisses: []NearMiss{
				{Name: "λ⁴/4: missing ½", Check: verify.Series(cor15QuarticTwice, nil)},
				{Name: "the variance over all prefixes: Var(Var_0(Harm|y_≤t))", Drops: "the variances are conditional on y_<t", Check: verify.Series(cor15QuarticTotal, nil), Source: &Source{Smallest: uniformTrees(3)}},
				{Name: "KL_t = 0 at one position t suffices", Check: verify.Rational(cor15OnePosition)},
				{Name: "at λ = 0 too", Drops: "λ > 0", Check: verify.Rational(cor15NoWeight), Source: &Source{Smallest: smallestWhere(bare, varied)}},
			},
			Source: silent,
		},
		{
			ID: "x-thm-14-order", Title: "The remainder does not carry the harm information", Section: "8",
			Formula:    "decoupled: KL_t ≤ (λ²/2)·I_t + O(λ³), with equality of the λ² coefficient when tabular; ½I_t − KL_t/λ² = ½E[(Δ_t − s_tᵀF̄_t⁺G_t)²] at λ = 0",
			Hypotheses: []string{"decoupled parameters", "equality: tabular"},
			Reading:    "KL_t = O(λ²·I_t) says KL_t ≤ C·λ²·I_t for all small λ, so that I_t = 0 leaves no order of λ. The constant 1 needs no bound on the Fisher information.",
			Claim: &Claim{
				Wording: "KL_t = O(λ²·I_t).",
				Check:   verify.Series(thm14Silent, nil),
				Source:  silentFamilySource(),
			},
			Repair: "The term of order λ² is at most (λ²/2)·I_t; the terms of higher order do not carry the factor I_t.",
			Checks: []Check{verify.Series(thm14Gap[rat], thm14Gap[mod]), verify.Series(thm14Bound, nil), verify.Series(thm14Tabular, nil)},
			NearMisses: []NearMiss{
				{Name: "shared parameters", Drops: "decoupled parameters", Check: verify.Series(thm14SharedBound, nil), Source: movingShared()},
				{Name: "(λ²/4)·I_t", Check: verify.Series(thm14Quarter, nil)},
				{Name: "equality for every decoupled family", Drops: "tabular", Check: verify.Series(thm14Equality, nil)},
				{Name: "the gap without the pseudo-inverse: ½E[(Δ_t − s_tᵀG_t)²]", Check: verify.Series(thm14GapForward[rat], thm14GapForward[mod])},
			},
			Source: decoupled,
		},
		{
			ID: "x-mirror", Title: "At finite λ the KL profile need not mirror the harm information", Section: "8",
			Formula:    "KL_t = (λ²/2)·I_t + O(λ³) tabular, ≤ (λ²/2)·I_t + O(λ³) decoupled",
			Hypotheses: []string{"equality: tabular", "bound: decoupled parameters"},
			Reading:    "That one profile mirrors the other is read as: of two positions the one with less harm information has no more KL, at the λ of the case. As λ → 0 that is true of the tabular optimum, by its λ² coefficients.",
			Claim: &Claim{
				Wording: "The KL divergence profile mirrors the harm information profile: I_s < I_t implies KL_s ≤ KL_t at the optimum.",
				Check:   verify.Interval(mirror),
				Source:  mirrorSource(),
			},
			Repair: "Only the coefficients of λ² mirror the harm information: they are ½I_t when tabular, and at most ½I_t when decoupled.",
			Checks: []Check{verify.Series(mirrorTabular, nil), verify.Series(thm14Bound, nil)},
			NearMisses: []NearMiss{
				{Name: "the coefficient of λ² is I_t: missing ½", Check: verify.Series(mirrorNoHalf, nil)},
				{Name: "the coefficient of λ³ is proportional to I_t too", Check: verify.Series(mirrorCubic, nil), Source: &Source{Smallest: smallestWhere(bare, varied)}},
				{Name: "½I_t for every decoupled family", Drops: "tabular", Check: verify.Series(thm14Equality, nil)},
				{Name: "at most ½I_t for shared parameters", Drops: "decoupled parameters", Check: verify.Series(thm14SharedBound, nil), Source: movingShared()},
			},
			Source: decoupled,
		},
		{
			ID: "x-tradeoff", Title: "Depth by itself costs no KL", Section: "10",
			Formula:    "Σ_t KL_t = ∫_0^λ a·Var_{P*_a}(Harm) da = −λ·E*[Harm] − log E_0[e^{−λHarm}]",
			Hypotheses: []string{"tabular: the optimum of eq. 2 over all policies"},
			Reading:    "Deeper is read as: the same law of harm, decided at later positions. A token without meaning in front delays every decision by one position. The wording is decided in ℚ, where E*[Harm] and E_0[e^{−λHarm}], of which the total is a function, agree. The integral is compared coefficient by coefficient, the closed form in enclosures at the λ of the case. What the recovery penalty of eq. 43 costs is another matter.",
			Claim: &Claim{
				Wording: "Deeper alignment requires more total KL divergence: the same harm, decided one position later, costs more.",
				Check:   verify.Rational(tradeoffDeeper),
			},
			Repair: "The total KL of the optimum depends on the law of harm alone, not on where harm is decided.",
			Checks: []Check{verify.Series(tradeoff, nil), verify.Interval(tradeoffClosed), verify.Rational(tradeoffLaw)},
			NearMisses: []NearMiss{
				{Name: "∫_0^λ Var_{P*_a}(Harm) da: missing factor a", Check: verify.Series(tradeoffUnweighted, nil)},
				{Name: "the variance under P_0: (λ²/2)·Var_0(Harm) exactly", Check: verify.Series(tradeoffBase, nil)},
				{Name: "sign of the harm: +λ·E*[Harm] − log E_0[e^{−λHarm}]", Check: verify.Interval(tradeoffSign)},
			},
			Looks: generators.Needs{Harm: true},
		},
		{
			ID: "x-cliff", Title: "Harm information can vanish and come back", Section: "10",
			Formula:    "E[Var(Harm|y_<t)] = Σ_{s≥t} I_s; it is 0 ⇔ Var(Harm|y_<t) = 0 at every prefix of positive probability",
			Hypotheses: []string{"prefixes of positive probability"},
			Reading:    "The cliff edge is read as a position t with I_t > 0 = I_{t+1}, after which an attacker need supply no more: harm is then decided.",
			Claim: &Claim{
				Wording: "Where I_t drops to zero, I_t > 0 = I_{t+1}, the first t tokens decide harm.",
				Check:   verify.Rational(cliff),
				Source:  returningSource(),
			},
			Repair: "What the first t−1 tokens leave open is the sum of all I_s that follow, not the next of them, and an average over the policy's own prefixes.",
			Checks: []Check{verify.Identity(cliffResidual[rat], cliffResidual[mod]), verify.Rational(cliffDecided)},
			NearMisses: []NearMiss{
				{Name: "the next information alone: E[Var(Harm|y_<t)] = I_t", Check: verify.Identity(cliffNext[rat], cliffNext[mod])},
				{Name: "Σ_{s>t} I_s", Check: verify.Identity(cliffLate[rat], cliffLate[mod])},
				{Name: "an attacker's prefix of probability zero", Drops: "prefixes of positive probability", Check: verify.Rational(cliffEverywhere), Looks: &generators.Needs{Harm: true, ZeroWeights: true}, Source: impossibleSource()},
			},
			Looks: bare,
		},
	}
}

// uniformTrees runs through the binary trees of a length whose tokens are all
// equally likely, by the number of their sequences with harm, which is 1 there and
// 0 elsewhere; those with as many come in lexicographic order.
func uniformTrees(length int) func() iter.Seq[*model.Case] {
	return func() iter.Seq[*model.Case] {
		return func(yield func(*model.Case) bool) {
			leaves := shape(2, length).Leaves()
			for count := range leaves + 1 {
				for set := range 1 << leaves {
					if bits.OnesCount(uint(set)) != count {
						continue
					}
					harm := make([]int64, leaves)
					for x := range harm {
						harm[x] = int64(set >> (leaves - 1 - x) & 1)
					}
					p := mustModel(shape(2, length).Tree().WithHarm(model.NaturalsOf(harm...), big.NewInt(1)))
					if !yield(&model.Case{Instance: model.NewInstance(p)}) {
						return
					}
				}
			}
		}
	}
}

// silentFamilySource draws decoupled log-linear cases with a position that carries
// no information before the horizon.
func silentFamilySource() *Source {
	g := generators.WithSilence(familyLimits)
	return &Source{
		Draw: func(seed uint64, i int) *model.Case {
			return asLogLinear(g.Example(int(seed)*1_000_003+i), model.Decoupled, i)
		},
		Smallest: smallestWhere(generators.Needs{Harm: true, Kind: model.Decoupled}, func(c *model.Case) bool {
			return movesEverywhere(c) && slices.Contains(generators.Classify(c), generators.Silent)
		}),
	}
}

// movingShared supplies shared families that move at two positions at least.
func movingShared() *Source {
	looks := generators.Needs{Harm: true, Kind: model.Shared}
	s := familySource(model.Shared, looks)
	s.Smallest = smallestWhere(looks, movesEverywhere)
	return s
}

// mirrorSource draws tabular cases with λ > 0 and two positions or more.
func mirrorSource() *Source {
	return &Source{
		Draw: func(seed uint64, i int) *model.Case {
			r := rand.New(rand.NewPCG(seed, uint64(i)))
			c := smallTree(2, 2, r)
			c.Lambda = big.NewRat(r.Int64N(8)+1, 1)
			return c
		},
		Smallest: smallestWhere(generators.Needs{Harm: true, Lambda: true}, func(c *model.Case) bool {
			return c.Length() > 1 && c.Lambda.Sign() > 0 && varied(c)
		}),
	}
}

// smallTree draws a tabular case on a prefix tree, with weights 1…4 and harm on
// the grid of quarters.
func smallTree(v, length int, r *rand.Rand) *model.Case {
	var layers []*model.Layer
	edges := 1
	for range length {
		edges *= v
		layers = append(layers, mustModel(model.TreeLayer(v, model.NaturalsOf(integers(edges, 1, 4, r)...))))
	}
	p := mustModel(model.NewProcess(v, layers, model.NaturalsOf(integers(edges, 0, 4, r)...), big.NewInt(4)))
	return &model.Case{Instance: model.NewInstance(p)}
}

// integers draws n integers from lo to hi.
func integers(n int, lo, hi int64, r *rand.Rand) []int64 {
	list := make([]int64, n)
	for i := range list {
		list[i] = lo + r.Int64N(hi-lo+1)
	}
	return list
}

// mustModel returns what a constructor of package model makes of parts that fit.
func mustModel[E any](v E, err error) E {
	if err != nil {
		panic("theorems: built something invalid: " + err.Error())
	}
	return v
}

// solveTilted returns the optimum over all policies for a positive tilt.
func solveTilted(w *World[rat], u []rat) *exact.Tilted[rat] {
	s, err := exact.SolveTilted(rationals(w), w.Family.Point, u)
	if err != nil {
		panic(err) // positive tilts make positive soft values
	}
	return s
}

func cor15AtBase(w *World[rat]) {
	for i, u := range tilts(w) {
		s := solveTilted(w, u)
		claim := fmt.Sprintf("I_t = 0 ⇒ KL_t = 0: P*(a|y_<t) = P_0(a|y_<t), e^{−λ/m} = %s", tiltBases[i].RatString())
		everyPrefix(w, func(t, x int) {
			if !w.IsZero(w.Oracle().Information(t)) || w.IsZero(w.Solution().Occupancy[t-1][x]) {
				w.Vacuous()
				return
			}
			lo, _ := w.Layer(t).Row(x)
			for j, p := range w.Row(t, x) {
				w.Equal(verify.At(t, x), claim, s.Policy[t-1][lo+j], p)
			}
		})
	}
}

// spreadOfRisk returns E[Var(Var_0(Harm|y_≤t)|y_<t)].
func spreadOfRisk(w *World[rat], t int) rat {
	sum := w.FromInt(0)
	for x, p := range w.Solution().Occupancy[t-1] {
		sum = w.Add(sum, w.Mul(p, rowVariance(w, w.Row(t, x), w.After(t, x, w.Solution().CondVar[t]))))
	}
	return sum
}

// rowVariance returns Σ_a p_a·v_a² − (Σ_a p_a·v_a)².
func rowVariance[E any](w *World[E], p, v []E) E {
	return w.Sub(triple(w, p, v, v), field.Square(w.Ring, w.Dot(p, v)))
}

// quartic compares the coefficient of λ⁴ of KL_t, where I_t = 0, with n/d of a
// spread.
func quartic(w *World[rat], claim string, n, d int64, spread func(t int) rat) {
	for i, kl := range definedKL(w) {
		t := i + 1
		if !w.IsZero(w.Solution().Information[i]) {
			w.Vacuous()
			continue
		}
		w.Equal(verify.At(t, 0), "I_t = 0 ⇒ KL_t, order 2", kl[2], w.FromInt(0))
		w.Equal(verify.At(t, 0), "I_t = 0 ⇒ KL_t, order 3", kl[3], w.FromInt(0))
		w.Equal(verify.At(t, 0), claim, kl[4], w.Mul(fraction(w, n, d), spread(t)))
	}
}

func cor15Quartic(w *World[rat]) {
	quartic(w, "I_t = 0 ⇒ KL_t = (λ⁴/8)·E[Var(Var_0(Harm|y_≤t)|y_<t)], order 4", 1, 8, func(t int) rat { return spreadOfRisk(w, t) })
}

func cor15QuarticTwice(w *World[rat]) {
	quartic(w, "I_t = 0 ⇒ KL_t = (λ⁴/4)·E[Var(Var_0(Harm|y_≤t)|y_<t)], order 4", 1, 4, func(t int) rat { return spreadOfRisk(w, t) })
}

func cor15QuarticTotal(w *World[rat]) {
	quartic(w, "I_t = 0 ⇒ KL_t = (λ⁴/8)·Var(Var_0(Harm|y_≤t)), order 4", 1, 8, func(t int) rat {
		return rowVariance(w, w.Solution().Occupancy[t], w.Solution().CondVar[t])
	})
}

// movedBeyond returns the least k such that P* = P_0 for all t > k at every prefix
// that is reached, which is to say KL_t = 0 for all t > k.
func movedBeyond(w *World[rat], u []rat) int {
	s := solveTilted(w, u)
	k := 0
	everyPrefix(w, func(t, x int) {
		if !w.IsZero(w.Solution().Occupancy[t-1][x]) && moved(w, s, t, x) {
			k = t
		}
	})
	return k
}

// moved reports whether P* differs from P_0 at state x of layer t−1.
func moved(w *World[rat], s *exact.Tilted[rat], t, x int) bool {
	lo, _ := w.Layer(t).Row(x)
	for j, p := range w.Row(t, x) {
		if w.Ring.Equal(s.Policy[t-1][lo+j], p) != field.True {
			return true
		}
	}
	return false
}

func cor15Horizon(w *World[rat]) {
	for i, u := range tilts(w) {
		w.Same(Place{}, fmt.Sprintf("least k with KL_t = 0 for all t > k = horizon, e^{−λ/m} = %s", tiltBases[i].RatString()),
			movedBeyond(w, u), w.Oracle().Horizon())
	}
}

func cor15OnePosition(w *World[rat]) {
	for i, u := range tilts(w) {
		s := solveTilted(w, u)
		for t := 1; t <= w.T(); t++ {
			still, beyond := 1, 0
			for x, p := range w.Solution().Occupancy[t-1] {
				if !w.IsZero(p) && moved(w, s, t, x) {
					still = 0
				}
			}
			if t > w.Oracle().Horizon() {
				beyond = 1
			}
			w.Same(verify.At(t, 0), fmt.Sprintf("KL_t = 0 ⇔ t beyond the horizon, e^{−λ/m} = %s (1: yes, 0: no)", tiltBases[i].RatString()), still, beyond)
		}
	}
}

func cor15NoWeight(w *World[rat]) {
	u := make([]rat, len(w.Family.Harm))
	for x := range u {
		u[x] = w.FromInt(1)
	}
	w.Same(Place{}, "least k with KL_t = 0 for all t > k = horizon, λ = 0", movedBeyond(w, u), w.Oracle().Horizon())
}

func thm14Silent(w *World[rat]) {
	everyKL(w, func(t int, kl []rat) {
		for k := range kl {
			silentKL(w, t, kl, k)
		}
	})
}

// gap compares (λ²/2)·I_t less the λ² term of KL_t with half the mean square of
// what is left of Δ_t after a combination z of the scores.
func gap[E any](w *World[E], claim string, combination func(t int) []E) {
	everyKL(w, func(t int, kl []E) {
		z, rest := combination(t), w.FromInt(0)
		for x, p := range w.Solution().Occupancy[t-1] {
			d := innovation(w, t, x)
			for i, s := range scores(w, t, x) {
				c := z[w.Family.Param.Index(w.Family.Process, t, x, i)]
				for a := range d {
					d[a] = w.Sub(d[a], w.Mul(c, s[a]))
				}
			}
			rest = w.Add(rest, w.Mul(p, triple(w, w.Row(t, x), d, d)))
		}
		w.Equal(verify.At(t, 0), claim, w.Sub(halfSquare(w, w.Solution().Information[t-1]), kl[2]), halfSquare(w, rest))
	})
}

func thm14Gap[E any](w *World[E]) {
	gap(w, "(λ²/2)·I_t − KL_t = (λ²/2)·E[(Δ_t − s_tᵀF̄_t⁺G_t)²], order 2", func(t int) []E {
		return solveFisher(w, meanFisher(w, t), exact.Gradient(w.Ring, w.Family, w.Solution(), t))
	})
}

func thm14GapForward[E any](w *World[E]) {
	gap(w, "(λ²/2)·I_t − KL_t = (λ²/2)·E[(Δ_t − s_tᵀG_t)²], order 2", func(t int) []E {
		return exact.Gradient(w.Ring, w.Family, w.Solution(), t)
	})
}

func thm14SharedBound(w *World[rat]) {
	if b := standard(w); b != nil {
		for t, kl := range b.KL {
			w.AtMost(verify.At(t+1, 0), "KL_t ≤ (λ²/2)·I_t, order 2", kl[2], halfSquare(w, w.Oracle().Information(t+1)))
		}
	}
}

func mirror(w *World[enc]) {
	if w.Case.Lambda.Sign() == 0 {
		w.Vacuous()
		return
	}
	q := field.NewRational()
	information := verify.NewCaseWorld(q, w.Case).Solution().Information
	var kl []enc
	for s := range information {
		for t := range information {
			if q.Cmp(information[s], information[t]) < 0 {
				if kl == nil {
					kl = newOptimum(w).kl
				}
				w.AtMost(verify.At(s+1, 0), fmt.Sprintf("I_t < I_%d ⇒ KL_t ≤ KL_%d, λ = %s", t+1, t+1, w.Case.Lambda.RatString()), kl[s], kl[t])
			}
		}
	}
}

// orderOf compares coefficients of KL_t, by enumeration, with right.
func orderOf(w *World[rat], claim string, order int, right func(t int) rat) {
	for i, kl := range definedKL(w) {
		w.Equal(verify.At(i+1, 0), "KL_t, order 1", kl[1], w.FromInt(0))
		w.Equal(verify.At(i+1, 0), claim, kl[order], right(i+1))
	}
}

func mirrorTabular(w *World[rat]) {
	orderOf(w, "KL_t = (λ²/2)·I_t, order 2", 2, func(t int) rat { return w.Mul(fraction(w, 1, 2), w.Solution().Information[t-1]) })
}

func mirrorNoHalf(w *World[rat]) {
	orderOf(w, "KL_t = λ²·I_t, order 2", 2, func(t int) rat { return w.Solution().Information[t-1] })
}

// mirrorCubic claims that the ratio of the λ³ coefficients to I_t is that of the
// first position with I_t > 0.
func mirrorCubic(w *World[rat]) {
	kl := definedKL(w)
	first := slices.IndexFunc(w.Solution().Information, func(v rat) bool { return !w.IsZero(v) })
	if first < 0 {
		w.Vacuous()
		return
	}
	for t, i := range w.Solution().Information {
		w.Equal(verify.At(t+1, 0), "KL_t·I_s = KL_s·I_t, order 3, s the first position with I_s > 0",
			w.Mul(kl[t][3], w.Solution().Information[first]), w.Mul(kl[first][3], i))
	}
}

// delayed returns the case with one more position in front whose token means
// nothing: every one of the same weight, and all lead to the first state.
func delayed(c *model.Case) *model.Case {
	v := c.Vocabulary()
	ones := make([]int64, v)
	for a := range ones {
		ones[a] = 1
	}
	layers := []*model.Layer{mustModel(model.DenseLayer(v, model.NaturalsOf(ones...), make([]int32, v)))}
	for t := 1; t <= c.Length(); t++ {
		layers = append(layers, c.Layer(t))
	}
	p := mustModel(model.NewProcess(v, layers, *c.Process.Harm(), c.HarmDenominator()))
	return &model.Case{Instance: model.NewInstance(p)}
}

// tiltedTotals returns E*[Harm] and Z = E_0[e^{−λHarm}] for a tilt, by recursion: of them
// the total KL, −λ·E*[Harm] − log Z, is a function.
func tiltedTotals(w *World[rat], u []rat) (mean, z rat) {
	s := solveTilted(w, u)
	starred := *w.Family.Point
	starred.Prob = s.Policy
	return exact.Backward(w.Ring, &starred, starred.Harm)[0][0], s.Soft[0][0]
}

// tradeoffDeeper claims that the delayed case costs more. Where the harm varies,
// the sign of the difference is decided: equal E*[Harm] and Z make equal totals.
func tradeoffDeeper(w *World[rat]) {
	if w.IsZero(w.Solution().Variance) {
		w.Vacuous()
		return
	}
	late := verify.NewCaseWorld(rationals(w), delayed(w.Case))
	for i, u := range tilts(w) {
		mean, z := tiltedTotals(w, u)
		lateMean, lateZ := tiltedTotals(late, u)
		if w.Ring.Equal(mean, lateMean) == field.True && w.Ring.Equal(z, lateZ) == field.True {
			w.Same(Place{}, fmt.Sprintf("sign of Σ_t KL_t one position deeper − Σ_t KL_t, e^{−λ/m} = %s", tiltBases[i].RatString()), 0, 1)
		}
	}
}

// tradeoffLaw compares E*[Harm] and Z of the delayed case, by recursion, with those
// of the case, by enumeration: they belong to the law of harm.
func tradeoffLaw(w *World[rat]) {
	o := w.Oracle()
	late := verify.NewCaseWorld(rationals(w), delayed(w.Case))
	for i, u := range tilts(w) {
		mean, z := tiltedTotals(late, u)
		at := fmt.Sprintf(", e^{−λ/m} = %s", tiltBases[i].RatString())
		sum, harm := w.FromInt(0), w.FromInt(0)
		law, err := definition.Tilted(rationals(w), o, u)
		if err != nil {
			panic(err)
		}
		for y, p := range o.Joint() {
			sum = w.Add(sum, w.Mul(p, u[o.State(y, w.T())]))
			harm = w.Add(harm, w.Mul(law[y], w.Family.Harm[o.State(y, w.T())]))
		}
		w.Equal(Place{}, "E_0[e^{−λHarm}] one position deeper = the same at once"+at, z, sum)
		w.Equal(Place{}, "E*[Harm] one position deeper = the same at once"+at, mean, harm)
	}
}

// tailClaim compares Σ_{s>t} KL_s, by enumeration, with a series, for every t from
// 0 to last.
func tailClaim(w *World[rat], claim string, last int, right func(b *tails, t int) []rat) {
	b := newTails(w)
	for t := range last + 1 {
		left, r := b.after(t), right(b, t)
		for k := range left {
			w.Equal(verify.At(t, 0), fmt.Sprintf("%s, order %d", claim, k), left[k], r[k])
		}
	}
}

func tradeoff(w *World[rat]) {
	tailClaim(w, "Σ_t KL_t = ∫_0^λ a·Var_{P*_a}(Harm) da", 0, func(b *tails, t int) []rat { return b.over(t, b.starred, b.weighted) })
}

func tradeoffUnweighted(w *World[rat]) {
	tailClaim(w, "Σ_t KL_t = ∫_0^λ Var_{P*_a}(Harm) da", 0, func(b *tails, t int) []rat {
		return b.over(t, b.starred, func(v []rat) []rat { return v })
	})
}

func tradeoffBase(w *World[rat]) {
	tailClaim(w, "Σ_t KL_t = (λ²/2)·Var_0(Harm)", 0, func(b *tails, t int) []rat {
		return b.over(t, b.starred, func(v []rat) []rat { return b.weighted(b.Constant(v[0])) })
	})
}

func tradeoffClosed(w *World[enc]) {
	o := newOptimum(w)
	w.Meet(Place{}, "Σ_t KL_t = −λ·E*[Harm] − log E_0[e^{−λHarm}]", field.Sum(w.Ring, o.kl), o.ahead[0][0])
}

func tradeoffSign(w *World[enc]) {
	f, o := interval(w), newOptimum(w)
	// +λ·E*[Harm] − log Z is −log Z less what −λ·E*[Harm] − log Z exceeds it by.
	tilt, err := definition.HarmTilt(f, w.Oracle(), w.Case.Lambda)
	if err != nil {
		panic(err)
	}
	log, err := f.Log(exact.Backward(f, w.Family.Point, tilt)[0][0])
	if err != nil {
		panic(err)
	}
	log = f.Neg(log)
	w.Meet(Place{}, "Σ_t KL_t = +λ·E*[Harm] − log E_0[e^{−λHarm}]", field.Sum(w.Ring, o.kl), f.Sub(f.Add(log, log), o.ahead[0][0]))
}

// returningSource supplies cases in which harm information vanishes and comes
// back: the second token of three means nothing, and behind the second first
// token the third decides.
func returningSource() *Source {
	return &Source{
		Draw: func(seed uint64, i int) *model.Case {
			r := rand.New(rand.NewPCG(seed, uint64(i)))
			v := 2 + int(r.Int64N(2))
			c := smallTree(v, 3, r)
			last := make([]int64, v*v*v) // weights of the third token, that depend on the first
			harm := make([]int64, v*v*v)
			for first := range v {
				row := integers(v, 1, 4, r)
				for second := range v {
					copy(last[(first*v+second)*v:], row)
					if first == 1 {
						harm[(first*v+second)*v] = 1
					}
				}
			}
			layers := []*model.Layer{c.Layer(1), c.Layer(2), mustModel(model.TreeLayer(v, model.NaturalsOf(last...)))}
			c.Instance = model.NewInstance(mustModel(model.NewProcess(v, layers, model.NaturalsOf(harm...), big.NewInt(1))))
			return c
		},
		Smallest: uniformTrees(3),
	}
}

func cliff(w *World[rat]) {
	for t := 1; t < w.T(); t++ {
		if w.IsZero(w.Solution().Information[t-1]) || !w.IsZero(w.Solution().Information[t]) {
			w.Vacuous()
			continue
		}
		w.Equal(verify.At(t, 0), "I_t > 0 = I_{t+1} ⇒ E[Var(Harm|y_≤t)] = 0", w.Oracle().ExpectedVariance(t), w.FromInt(0))
	}
}

// residual compares E[Var(Harm|y_<t)], by enumeration, with the informations from
// position t+from to position t+to.
func residual[E any](w *World[E], claim string, from int, only bool) {
	for t := 1; t <= w.T(); t++ {
		i := w.Solution().Information[min(t-1+from, w.T()):]
		if only {
			i = i[:1]
		}
		w.Equal(verify.At(t, 0), claim, w.Oracle().ExpectedVariance(t-1), field.Sum(w.Ring, i))
	}
}

func cliffResidual[E any](w *World[E]) {
	residual(w, "E[Var(Harm|y_<t)] = Σ_{s≥t} I_s", 0, false)
}
func cliffNext[E any](w *World[E]) { residual(w, "E[Var(Harm|y_<t)] = I_t", 0, true) }
func cliffLate[E any](w *World[E]) { residual(w, "E[Var(Harm|y_<t)] = Σ_{s>t} I_s", 1, false) }

// decided claims that Var(Harm|x) = 0 at the states of layer t where no
// information follows.
func decided(w *World[rat], claim string, everywhere bool) {
	for t := 0; t <= w.T(); t++ {
		if !w.IsZero(field.Sum(w.Ring, w.Solution().Information[t:])) {
			w.Vacuous()
			continue
		}
		for x := range w.States(t + 1) {
			if everywhere || !w.IsZero(w.Solution().Occupancy[t][x]) {
				w.Equal(verify.At(t+1, x), claim, w.Oracle().Variance()[t][x], w.FromInt(0))
			}
		}
	}
}

func cliffDecided(w *World[rat]) { decided(w, "Σ_{s≥t} I_s = 0 ⇒ Var(Harm|y_<t) = 0", false) }
func cliffEverywhere(w *World[rat]) {
	decided(w, "Σ_{s≥t} I_s = 0 ⇒ Var(Harm|y_<t) = 0 everywhere", true)
}
