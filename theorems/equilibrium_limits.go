package theorems

import (
	"iter"
	"math/big"
	"math/rand/v2"
	"slices"

	"sounding/exact"
	"sounding/exact/field"
	"sounding/generators"
	"sounding/model"
	"sounding/verify"
)

// Section 8: what the equilibrium does not say.

var equilibriumLimitsStatements = []*Statement{xCorollary15, xTheorem14Order, xMirror}

var xCorollary15 = &Statement{
	ID: "x-cor-15", Title: "A position without harm information may have KL", Section: "8", Kind: verify.RefutedReading, Twin: "cor-15",
	Formula:    "tabular, I_t = 0 ⇒ KL_t = (λ⁴/8)·E[Var(Var_0(Harm|y_≤t)|y_<t)] + O(λ⁵); for λ > 0: KL_t = 0 for all t > k ⇔ the horizon is at most k",
	Hypotheses: []string{"tabular: the optimum over all policies"},
	Reading: "The corollary is read as an equality, KL_t = 0 at the optimum itself where I_t = 0 at the base " +
		"model. KL_t = 0 is decided in ℚ: it means P* = P_0 at every prefix of positive probability. The " +
		"coefficients of KL_t come from an enumeration.",
	Refuted: &Falsehood{
		Wording: "Positions with I_t = 0 have KL_t = 0 at the optimum.",
		Check:   verify.Rational(cor15AtBase),
	},
	Story: xCorollary15Story,
	Saving: "It is true to leading order in λ: KL_t = o(λ²) (cor-15). It stays false if I_t is taken at the " +
		"optimum in place of the base model (a near-miss).",
	Repair: "The soft value log E_0[e^{−λHarm}|y_≤t] may tell tokens apart whose h_t agree. KL_t may then have " +
		"terms of order λ⁴ and higher. KL_t vanishes for all t > k together exactly if the horizon is at most k.",
	Claims: []Claim{
		{
			Formula:    "I_t = 0 ⇒ KL_t = (λ⁴/8)·E[Var(Var_0(Harm|y_≤t)|y_<t)], orders 2 to 4",
			Hypotheses: []string{"the variances are conditional on y_<t"},
			// At T = 1, where alone it could be proved, both sides are zero.
			Check: verify.Identity(quarticFree[rat], quarticFree[mod]).Within(verify.Limits{Leaves: taylorLeaves, CertificateOnly: true}),
			Also:  []Check{verify.Series(cor15Quartic, nil)},
		},
		{
			Formula:    "KL_t = 0 for all t > k ⇔ the horizon is at most k",
			Hypotheses: []string{"λ > 0"},
			Kernel:     []string{"Optimum.base_exactly_beyond_horizon"},
			Check:      verify.Rational(cor15Horizon),
		},
	},
	NearMisses: []NearMiss{
		{Name: "λ⁴/4, where Harm − Δ_t stands for harm with I_t = 0", Check: verify.Identity(quarticFreeTwice[rat], quarticFreeTwice[mod]).Within(verify.Limits{CertificateOnly: true}), Source: generalPosition()},
		{Name: "λ⁴/4: missing ½", Check: verify.Series(cor15QuarticTwice, nil)},
		{Name: "the variance over all prefixes: Var(Var_0(Harm|y_≤t))", Drops: "the variances are conditional on y_<t", Check: verify.Series(cor15QuarticTotal, nil), Source: &Source{Smallest: uniformTrees(3)}},
		{Name: "I_t taken at the optimum: I_t = 0 under P* ⇒ KL_t = 0", Check: verify.Rational(cor15AtOptimum), Source: levelOptima()},
		{Name: "KL_t = 0 at one position t suffices", Check: verify.Rational(cor15OnePosition)},
		{Name: "at λ = 0 too", Drops: "λ > 0", Check: verify.Rational(cor15NoWeight), Source: &Source{Smallest: smallestVaried(needsHarm)}},
	},
	Source: silentTrees,
}

func cor15AtBase(w *World[rat]) {
	for i, u := range tilts(w) {
		s := solveTilted(w, u)
		everyPrefix(w, func(t, x int) {
			if !w.IsZero(w.Oracle().Information(t)) || w.IsZero(w.Solution().Occupancy[t-1][x]) {
				w.Vacuous()
				return
			}
			lo, _ := w.Layer(t).Row(x)
			for j, p := range w.Row(t, x) {
				w.Equal(verify.At(t, x).Where("e^{−λ/m} = %s", tiltBases[i].RatString()), "I_t = 0 ⇒ KL_t = 0: P*(a|y_<t) = P_0(a|y_<t)", s.Policy[t-1][lo+j], p)
			}
		})
	}
}

// levelOptima supplies trees of two positions at whose optimum, for e^{−λ/2} = 1/2, both first
// tokens have expected harm 1/2: behind token 0 it is certain, behind token 1 the optimum tosses a
// fair coin, though the base model does not.
func levelOptima() *Source {
	level := func(a, b int64) *model.Case {
		in := generators.Tree(2, [][]int64{{a, b}, {1, 1, 1, 4}}, []int64{1, 1, 0, 2}, 2)
		return &model.Case{Instance: in}
	}
	return &Source{
		Draw: func(seed uint64, i int) *model.Case {
			r := rand.New(rand.NewPCG(seed, uint64(i)))
			return level(1+r.Int64N(5), 1+r.Int64N(5))
		},
		Smallest: func() iter.Seq[*model.Case] {
			return func(yield func(*model.Case) bool) {
				for size := int64(2); ; size++ {
					for a := int64(1); a < size; a++ {
						if !yield(level(a, size-a)) {
							return
						}
					}
				}
			}
		},
	}
}

// cor15AtOptimum is cor15AtBase with the harm information of the optimum.
func cor15AtOptimum(w *World[rat]) {
	for i, u := range tilts(w) {
		s := solveTilted(w, u)
		information := under(w, s.Policy).Information
		for t := 1; t <= w.T(); t++ {
			if !w.IsZero(information(t)) {
				w.Vacuous()
				continue
			}
			for x := range w.States(t) {
				lo, _ := w.Layer(t).Row(x)
				for j, p := range w.Row(t, x) {
					w.Equal(verify.At(t, x).Where("e^{−λ/m} = %s", tiltBases[i].RatString()), "I_t = 0 under P* ⇒ KL_t = 0: P*(a|y_<t) = P_0(a|y_<t)", s.Policy[t-1][lo+j], p)
				}
			}
		}
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
		w.Same(Place{}.Where("e^{−λ/m} = %s", tiltBases[i].RatString()), "least k with KL_t = 0 for all t > k = horizon",
			movedBeyond(w, u), w.Oracle().Horizon())
	}
}

func cor15OnePosition(w *World[rat]) {
	for i, u := range tilts(w) {
		s := solveTilted(w, u)
		for t := 1; t <= w.T(); t++ {
			still := true
			for x, p := range w.Solution().Occupancy[t-1] {
				if !w.IsZero(p) && moved(w, s, t, x) {
					still = false
				}
			}
			w.Iff(verify.At(t, 0).Where("e^{−λ/m} = %s", tiltBases[i].RatString()), "KL_t = 0 ⇔ t beyond the horizon", still, t > w.Oracle().Horizon())
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

var xTheorem14Order = &Statement{
	ID: "x-thm-14-order", Title: "The remainder does not carry the harm information", Section: "8", Kind: verify.RefutedReading, Twin: "thm-14",
	Formula:    "(λ²/2)·I_t − KL_t = (λ²/2)·E[(Δ_t − s_tᵀF̄_t⁺G_t)²] + O(λ³)",
	Hypotheses: []string{"decoupled parameters"},
	Reading: "KL_t = O(λ²·I_t) is read as: KL_t ≤ C·λ²·I_t for all small λ. Then I_t = 0 would make KL_t " +
		"vanish to every order in λ. The bound (λ²/2)·I_t on the term of order λ² needs no bound on the " +
		"Fisher information.",
	Refuted: &Falsehood{
		Wording: "KL_t = O(λ²·I_t).",
		Check:   verify.Series(thm14Silent, nil),
		Source:  silentFamilySource(),
	},
	Story:  xTheorem14OrderStory,
	Saving: "It is true of the term of order λ² alone (thm-14).",
	Repair: "The term of order λ² is at most (λ²/2)·I_t (thm-14). It falls short of it by λ²/2 times the " +
		"mean square of what the scores cannot explain of Δ_t. The terms of higher order do not carry the " +
		"factor I_t.",
	Claims: []Claim{{Check: verify.Series(thm14Gap[rat], thm14Gap[mod])}},
	NearMisses: []NearMiss{
		{Name: "shared parameters: KL_t ≤ (λ²/2)·I_t", Drops: "decoupled parameters", Check: verify.Series(thm14SharedBound, nil), Source: movingShared()},
		{Name: "the gap without the pseudo-inverse: ½E[(Δ_t − s_tᵀG_t)²]", Check: verify.Series(thm14GapForward[rat], thm14GapForward[mod])},
	},
	Source: decoupledFamilies,
}

// silentFamilySource draws decoupled log-linear cases with a position that carries
// no information before the horizon.
func silentFamilySource() *Source {
	g := generators.WithSilence(familyLimits)
	return &Source{
		Draw: func(seed uint64, i int) *model.Case {
			return asLogLinear(g.Example(int(seed)*1_000_003+i), model.Decoupled, i)
		},
		Smallest: where(movesEverywhere(needsHarmDecoupled), generators.HasSilence),
	}
}

func thm14Silent(w *World[rat]) {
	everyKL(w, func(t int, kl []rat) {
		for k := range kl {
			silentKL(w, t, kl, k)
		}
	})
}

// gap compares (λ²/2)·I_t less the λ² term of KL_t with (λ²/2)·E[(Δ_t − s_tᵀz)²] for a
// combination z of the scores.
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

var xMirror = &Statement{
	ID: "x-mirror", Title: "At finite λ the KL profile need not mirror the harm information", Section: "8", Kind: verify.RefutedReading,
	Sentence: verify.Sentence{
		Place:   "Section 8",
		Says:    "The KL profile mirrors the harm information profile.",
		Verdict: verify.Refuted,
		But: "only the coefficients of λ² do: for a tabular policy they are ½I_t. At a finite λ two " +
			"positions may change places",
	},
	Formula: "tabular: KL_s·I_t = KL_t·I_s to order λ²",
	Reading: "Mirrors is read as: of two positions, the one with less harm information has no more KL, at the λ of the case.",
	Refuted: &Falsehood{
		Wording: "The KL divergence profile mirrors the harm information profile. That is: I_s < I_t implies " +
			"KL_s ≤ KL_t at the optimum.",
		Check:  verify.Interval(mirror),
		Source: mirrorSource(),
	},
	Story: xMirrorStory,
	Saving: "It is true of tabular policies to leading order in λ (the repair). The paper reports it as an " +
		"observation, and gives Corollary 15 as the reason.",
	Repair: "Only the coefficients of λ² mirror the harm information: they are ½I_t when tabular, and at most ½I_t when decoupled (thm-14).",
	Claims: []Claim{
		{
			Formula:    "KL_s·I_t = KL_t·I_s, order 2",
			Hypotheses: []string{"tabular"},
			Check:      verify.Identity(profileFree[rat], profileFree[mod]).Within(verify.Limits{Leaves: taylorLeaves}),
			Also:       []Check{verify.Series(mirrorTabular, nil)},
		},
	},
	NearMisses: []NearMiss{
		{Name: "the coefficients of λ³ are proportional to I_t too", Check: verify.Series(mirrorCubic, nil), Source: &Source{Smallest: smallestVaried(needsHarm)}},
		{Name: "for every decoupled family", Drops: "tabular", Check: verify.Series(mirrorDecoupled, nil), Source: everywhereDecoupled},
	},
	Source: decoupledFamilies,
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

func mirror(w *World[enc]) {
	if w.Case.Lambda.Sign() == 0 {
		w.Vacuous()
		return
	}
	q := w.Rationals()
	information := verify.NewCaseWorld(q, w.Case).Solution().Information
	var kl []enc
	for s := range information {
		for t := range information {
			if q.Cmp(information[s], information[t]) < 0 {
				if kl == nil {
					kl = newOptimum(w).kl
				}
				w.AtMost(verify.At(s+1, 0).Where("s = %d, λ = %s", t+1, w.Case.Lambda.RatString()), "I_t < I_s ⇒ KL_t ≤ KL_s", kl[s], kl[t])
			}
		}
	}
}

// mirrors compares the ratios of the coefficients of λ² in KL, at [t−1], with those of the
// harm information, at every two positions.
func mirrors[E any](w *World[E], claim string, kl [][]E) {
	information := w.Solution().Information
	for t := range kl {
		for s := range t {
			w.Equal(verify.At(t+1, 0).Where("s = %d", s+1), claim, w.Mul(kl[s][2], information[t]), w.Mul(kl[t][2], information[s]))
		}
	}
}

func profileFree[E any](w *World[E]) {
	mirrors(w, "tabular: KL_s·I_t = KL_t·I_s, order 2", newExpansion(w).kl())
}

func mirrorTabular(w *World[rat]) {
	mirrors(w, "tabular: KL_s·I_t = KL_t·I_s, order 2, by definition", definedKL(w))
}

func mirrorDecoupled(w *World[rat]) {
	if b := standard(w); b != nil && decoupledFamily(w) {
		mirrors(w, "decoupled: KL_s·I_t = KL_t·I_s, order 2", b.KL)
	}
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
