package theorems

import (
	"slices"

	"sounding/exact/field"
	"sounding/model"
	"sounding/verify"
)

// Section 7: what the gradient bounds say where harm information is small, and where they
// are tight.

var boundsRemarksStatements = []*Statement{remark4, remark5, xRemark4}

var remark4 = &Statement{
	ID: "rem-4", Title: "Gradients shrink with the root of harm information", Section: "7",
	Sentence: verify.Sentence{
		Says:    "Positions with little harm information receive a negligible gradient, regardless of the Fisher information.",
		Verdict: verify.HoldsIf,
		But:     "the Fisher information stays bounded. Scores that grow as harm information shrinks keep the gradient as large as it was",
	},
	Formula:    "tr F_t ≤ κ along a sequence of models with I_t → 0 ⇒ ‖G_t‖ ≤ √(κ·I_t) → 0",
	Hypotheses: []string{"the Fisher information stays bounded by κ along the sequence"},
	Reading: "I_t goes to 0 in three ways. Harm is divided by n; or every row concentrates on its likeliest " +
		"token, whose weight is multiplied by n; or only the rows of position t do. In the last two the " +
		"policy, its scores and its Fisher information change along the sequence. κ = max_x Σ_i osc(s_i)²/4 " +
		"bounds tr F_t whatever the probabilities are.",
	Claims: []Claim{
		{
			Formula: "tr F_t ≤ κ = max_x Σ_i osc(s_i)²/4; ‖G_t‖² ≤ κ·I_t, at every n with one κ",
			Kernel:  []string{"Bounds.fisher_trace_range", "Bounds.gradient_bound_uniform", "Limits.gradient_root", "Limits.gradient_vanishes"},
			Check:   verify.Rational(rem4),
		},
		{
			Formula: "I_t → 0: that of c·Harm is c²·I_t; where rows concentrate n·I_t ≤ V−1, since 1 − P(b) − " +
				"Var(h_t|y_<t) = Σ_{a≠b} P(a)·(1 − (h_t(a) − h_t(b))²) + (Σ_{a≠b} P(a)·(h_t(a) − h_t(b)))² for every " +
				"token b, and (V−1)(1−P(b) + n·P(b)) − n(1−P(b)) = (V−1)(1−P(b)) + n(V·P(b) − 1) for the likeliest, " +
				"whose probability becomes n·P(b)/(1−P(b) + n·P(b))",
			Hypotheses: []string{"0 ≤ Harm ≤ 1"},
			Check:      verify.Identity(rem4Free[rat], rem4Free[mod]).Within(verify.Limits{Leaves: symbolLeaves}),
			Also:       []Check{verify.Rational(rem4Vanishes)},
		},
	},
	NearMisses: []NearMiss{
		{Name: "‖G_t‖ ≤ κ·I_t", Check: verify.Rational(rem4Linear)},
		{Name: "κ read off the mean: ‖G_t‖ ≤ √(I_t·tr F̄_t/2)", Check: verify.Rational(rem4Half)},
		{Name: "κ of the last of the sequence", Drops: "the Fisher information stays bounded by κ along the sequence", Check: verify.Rational(rem4Last)},
		{Name: "I_t falls like 1/n² where rows concentrate", Check: verify.Rational(rem4Square)},
	},
	Looks: needsHarmSharedZeros,
}

// vanishingSteps are the n at which a sequence of models with I_t → 0 is looked at.
var vanishingSteps = []int64{1, 10, 1000}

// A vanishingModel is one of a sequence along which I_t → 0, at position t.
type vanishingModel struct {
	Place
	n            int64
	t            int
	concentrated bool // its rows have moved, not its harm
	world        *World[rat]
	information  rat // I_t
	slope        rat // ‖G_t‖²
}

// everyVanishing runs a claim at every position of the models of three sequences.
func everyVanishing(w *World[rat], claim func(m *vanishingModel)) {
	at := func(name string, t int, n int64, numbers *model.Numbers[rat], concentrated bool) {
		family := w.Family
		family.Numbers = numbers
		world := verify.NewWorld(w.Ring, family)
		claim(&vanishingModel{
			Place: verify.At(t, 0).Where("%s, n = %d", name, n), n: n, t: t, concentrated: concentrated, world: world,
			information: world.Solution().Information[t-1], slope: norm2(w, gradient(world, t)),
		})
	}
	for _, n := range vanishingSteps {
		for t := 1; t <= w.T(); t++ {
			at("Harm/n", t, n, w.Family.WithHarm(scaled(w, fraction(w, 1, n), w.Family.Harm)), false)
			at("rows concentrate", t, n, w.Family.WithProb(concentrated(w, n, func(int) bool { return true })), true)
			at("rows of t concentrate", t, n, w.Family.WithProb(concentrated(w, n, func(s int) bool { return s == t })), true)
		}
	}
}

// concentrated returns the rows with the weight of the likeliest token multiplied by n, at the
// positions that of picks.
func concentrated(w *World[rat], n int64, of func(t int) bool) [][]rat {
	table := make([][]rat, w.T())
	for t := range table {
		if !of(t + 1) {
			table[t] = w.Family.Prob[t]
			continue
		}
		for x := range w.Layer(t + 1).States() {
			row := slices.Clone(w.Row(t+1, x))
			likeliest := 0
			for a, p := range row {
				if rationals(w).Cmp(p, row[likeliest]) > 0 {
					likeliest = a
				}
			}
			row[likeliest] = w.Mul(w.FromInt(n), row[likeliest])
			total := field.Sum(w.Ring, row)
			for _, v := range row {
				table[t] = append(table[t], defined(rationals(w).Quo(v, total)))
			}
		}
	}
	return table
}

// scoreRange returns max_x Σ_i osc(s_i)²/4 over the states of position t, which bounds tr F_t for
// all probabilities: a variance is at most a quarter of the squared range, and the range of a score
// is that of its features.
func scoreRange(w *World[rat], t int) rat {
	most := w.FromInt(0)
	for x := range w.States(t) {
		sum := w.FromInt(0)
		for _, s := range scores(w, t, x) {
			sum = w.Add(sum, field.Square(w.Ring, w.Sub(extreme(w, s, true), extreme(w, s, false))))
		}
		most = extreme(w, []rat{most, w.Mul(fraction(w, 1, 4), sum)}, true)
	}
	return most
}

func rem4(w *World[rat]) {
	everyVanishing(w, func(m *vanishingModel) {
		kappa := scoreRange(w, m.t)
		w.AtMost(m.Place, "tr F_t ≤ κ", extremeTrace(m.world, m.t, true), kappa)
		w.AtMost(m.Place, "‖G_t‖² ≤ κ·I_t", m.slope, w.Mul(kappa, m.information))
	})
}

func rem4Vanishes(w *World[rat]) {
	everyVanishing(w, func(m *vanishingModel) {
		if m.concentrated {
			w.AtMost(m.Place, "n·I_t ≤ V−1", w.Mul(w.FromInt(m.n), m.information), w.FromInt(int64(w.V()-1)))
			return
		}
		w.Equal(m.Place, "n²·I_t of Harm/n = I_t of Harm", w.Mul(w.FromInt(m.n*m.n), m.information), w.Solution().Information[m.t-1])
	})
}

// rem4Free proves that I_t → 0 along the sequences: where harm is multiplied by c, and where the
// likeliest token of a row has its weight multiplied by n.
func rem4Free[E any](w *World[E]) {
	c := w.Arbitrary(1)[0]
	for t, i := range withHarm(w, scaled(w, c, w.Family.Harm)).Solution().Information {
		w.Equal(verify.At(t+1, 0), "I_t of c·Harm = c²·I_t", i, w.Mul(w.Mul(c, c), w.Oracle().Information(t+1)))
	}
	one := w.FromInt(1)
	everyPrefix(w, func(t, x int) {
		p, h := w.Row(t, x), w.After(t, x, w.Solution().H[t])
		for b := range p {
			kept, drift := w.FromInt(0), w.FromInt(0)
			for a := range p {
				step := w.Sub(h[a], h[b])
				if a != b {
					kept = w.Add(kept, w.Mul(p[a], w.Sub(one, w.Mul(step, step))))
					drift = w.Add(drift, w.Mul(p[a], step))
				}
			}
			w.Equal(verify.At(t, x), "1 − P(b) − Var(h_t|x) = Σ_{a≠b} P(a)·(1 − (h_t(a) − h_t(b))²) + (Σ_{a≠b} P(a)·(h_t(a) − h_t(b)))²",
				w.Sub(w.Sub(one, p[b]), w.Oracle().StepVariance(t)[x]), w.Add(kept, w.Mul(drift, drift)))
		}
	})
	symbols := w.Arbitrary(3)
	n, v, p := symbols[0], symbols[1], symbols[2]
	rest, others := w.Sub(one, p), w.Sub(v, one)
	w.Equal(Place{}, "(V−1)(1−P + nP) − n(1−P) = (V−1)(1−P) + n(VP − 1)",
		w.Sub(w.Mul(others, w.Add(rest, w.Mul(n, p))), w.Mul(n, rest)), w.Add(w.Mul(others, rest), w.Mul(n, w.Sub(w.Mul(v, p), one))))
}

func rem4Square(w *World[rat]) {
	everyVanishing(w, func(m *vanishingModel) {
		if m.concentrated {
			w.AtMost(m.Place, "n²·I_t ≤ V−1", w.Mul(w.FromInt(m.n*m.n), m.information), w.FromInt(int64(w.V()-1)))
		}
	})
}

func rem4Linear(w *World[rat]) {
	everyVanishing(w, func(m *vanishingModel) {
		w.AtMost(m.Place, "‖G_t‖² ≤ (κ·I_t)²", m.slope, field.Square(w.Ring, w.Mul(scoreRange(w, m.t), m.information)))
	})
}

func rem4Half(w *World[rat]) {
	everyVanishing(w, func(m *vanishingModel) {
		w.AtMost(m.Place, "2·‖G_t‖² ≤ I_t·tr F̄_t", w.Add(m.slope, m.slope), w.Mul(meanTrace(m.world, m.t), m.information))
	})
}

// rem4Last takes for κ the largest trace where rows have concentrated.
func rem4Last(w *World[rat]) {
	last := vanishingSteps[len(vanishingSteps)-1]
	for t := 1; t <= w.T(); t++ {
		family := w.Family
		family.Numbers = w.Family.WithProb(concentrated(w, last, func(int) bool { return true }))
		kappa := extremeTrace(verify.NewWorld(w.Ring, family), t, true)
		w.AtMost(verify.At(t, 0), "‖G_t‖² ≤ κ·I_t, κ of the model at n = 1000", norm2(w, gradient(w, t)), w.Mul(kappa, w.Solution().Information[t-1]))
	}
}

var remark5 = &Statement{
	ID: "rem-5", Title: "Tightness", Section: "7",
	Sentence: verify.Sentence{
		Says: "The bound at a prefix is an equality where the score is proportional to the innovation; that of Theorem 13 may be loose.",
	},
	Formula:    "lem-12 is an equality ⇔ s_t = c(y_<t)·Δ_t on the support, where Var(h_t|y_<t) > 0; thm-13 is strict whenever C_t varies across prefixes of positive probability",
	Hypotheses: []string{"Var(h_t|y_<t) > 0"},
	Claims:     []Claim{{Kernel: []string{"Pairing.at_proportional", "Pairing.innovation_pairing", "Bounds.gradient_bound_strict"}, Check: verify.Rational(rem5)}},
	NearMisses: []NearMiss{
		{Name: "always tight", Drops: "s_t = c·Δ_t", Check: verify.Rational(rem5Always)},
		{Name: "equality only where proportional, Var(h_t|y_<t) = 0 included", Drops: "Var(h_t|y_<t) > 0", Check: verify.Rational(rem5NoVariance)},
		{Name: "thm-13 always strict", Check: verify.Rational(rem5AlwaysStrict)},
	},
	Looks: needsHarmSharedZeros,
}

// proportional reports whether every coordinate of the score at state x is a
// multiple of Δ_t on the support, for Var(h_t|x) > 0.
func proportional(w *World[rat], t, x int) bool {
	return aligned(w, w.Row(t, x), innovation(w, t, x), scores(w, t, x))
}

func rem5(w *World[rat]) {
	everyPrefix(w, func(t, x int) {
		switch {
		case w.IsZero(w.Solution().Step[t-1][x]):
			w.Vacuous()
		case proportional(w, t, x):
			w.Equal(verify.At(t, x), "s_t = c·Δ_t ⇒ ‖C_t‖² = Var(h_t|y_<t)·tr F_t", pointwiseGap(w, t, x), w.FromInt(0))
		default:
			w.Less(verify.At(t, x), "not proportional ⇒ 0 < Var(h_t|y_<t)·tr F_t − ‖C_t‖²", w.FromInt(0), pointwiseGap(w, t, x))
		}
	})
	for t := 1; t <= w.T(); t++ {
		if varies(w, t) {
			w.Less(verify.At(t, 0), "C_t varies ⇒ ‖G_t‖² < E[Var(h_t|y_<t)·tr F_t]", norm2(w, gradient(w, t)), bound(w, t))
		}
	}
}

// varies reports whether C_t differs between two prefixes of positive
// probability, as vectors over all of θ.
func varies(w *World[rat], t int) bool { return !w.IsZero(harmPairing(w, t).spread()) }

func rem5Always(w *World[rat]) {
	everyPrefix(w, func(t, x int) {
		w.Equal(verify.At(t, x), "‖C_t‖² = Var(h_t|y_<t)·tr F_t", pointwiseGap(w, t, x), w.FromInt(0))
	})
}

func rem5NoVariance(w *World[rat]) {
	everyPrefix(w, func(t, x int) {
		// s_t = c·Δ_t with a finite c: where Δ_t = 0 the score must vanish.
		same := proportional(w, t, x) && (!w.IsZero(w.Solution().Step[t-1][x]) || w.IsZero(trace(w, t, x)))
		w.Iff(verify.At(t, x), "tight ⇔ s_t = c·Δ_t", w.IsZero(pointwiseGap(w, t, x)), same)
	})
}

func rem5AlwaysStrict(w *World[rat]) {
	for t := 1; t <= w.T(); t++ {
		if !w.IsZero(bound(w, t)) {
			w.Less(verify.At(t, 0), "‖G_t‖² < E[Var(h_t|y_<t)·tr F_t]", norm2(w, gradient(w, t)), bound(w, t))
		}
	}
}

var xRemark4 = &Statement{
	ID: "x-rem-4", Title: "Little harm information does not mean a small gradient", Section: "7", Kind: verify.RefutedReading, Twin: "rem-4",
	Formula: "‖G_t‖² ≤ κ·I_t with one κ ≥ tr F_t along the whole sequence of families; with Harm/n and n·features G_t stays the same while I_t falls like 1/n²",
	Reading: "Regardless of the Fisher information is read as: G_t → 0 along every sequence of families with " +
		"I_t → 0. The sequence here is Harm/n with features m·f, n up to a million. A gradient that does not " +
		"fall at all refutes every rate.",
	Refuted: &Falsehood{
		Wording: "Positions with I_t → 0 receive a negligible gradient, regardless of the Fisher " +
			"information. That is: where I_t falls by a factor of n², n ≥ 10, ‖G_t‖² falls at least by half.",
		Check: verify.Rational(growingScore),
	},
	Story:  xRemark4Story,
	Saving: "It is true with the bound κ of Theorem 13 on the Fisher information (rem-4).",
	Repair: "With tr F_t ≤ κ along the whole sequence, ‖G_t‖ ≤ √(κ·I_t) → 0. Scores that grow like 1/√I_t leave the gradient as it is.",
	Claims: []Claim{
		{
			Formula: "with Harm/n and n·features: G_t stays the same, n²·I_t of Harm/n = I_t of Harm",
			Kernel:  []string{"Limits.gradient_scaled", "Limits.information_scaled"},
			Check:   verify.Rational(growingConstant),
		},
		{
			Formula:    "with Harm/n and m·features, m ≤ 3: ‖G_t‖² ≤ κ·I_t",
			Hypotheses: []string{"κ bounds the Fisher information along the whole sequence"},
			Kernel:     []string{"Bounds.gradient_bound_uniform"},
			Check:      verify.Rational(growingBounded),
		},
	},
	NearMisses: []NearMiss{
		{Name: "κ of the first family", Drops: "κ bounds the Fisher information along the whole sequence", Check: verify.Rational(growingFirst)},
		{Name: "‖G_t‖² ≤ κ·I_t²", Check: verify.Rational(growingSquare)},
		{Name: "the gradient grows with the features", Check: verify.Rational(growingWith)},
	},
	Looks: needsHarmShared,
}

// rescaled returns the world with harm divided by n and features multiplied by m.
func rescaled(w *World[rat], n, m int64) *World[rat] {
	f := rationals(w)
	family := w.Family
	family.Numbers = w.Family.WithHarm(scaled(w, fraction(w, 1, n), w.Family.Harm))
	family.Features = make([][]rat, len(w.Family.Features))
	for t, features := range w.Family.Features {
		family.Features[t] = scaled(w, f.FromInt(m), features)
	}
	return verify.NewWorld[rat](f, family)
}

// growing runs a claim at every position of the families with harm divided by n
// and features multiplied by m, beside the family itself.
func growing(w *World[rat], pairs [][2]int64, claim func(r *World[rat], n, m int64, t int)) {
	if w.Family.Features == nil {
		w.Vacuous()
		return
	}
	for _, p := range pairs {
		r := rescaled(w, p[0], p[1])
		for t := 1; t <= w.T(); t++ {
			claim(r, p[0], p[1], t)
		}
	}
}

// The pairs (n, m): the features grow as harm falls, and by a bounded factor.
var (
	growingPairs = [][2]int64{{10, 10}, {1000, 1000}, {1000000, 1000000}}
	boundedPairs = [][2]int64{{1, 3}, {10, 1}, {1000, 2}, {1000000, 3}}
)

func growingScore(w *World[rat]) {
	growing(w, growingPairs, func(r *World[rat], n, _ int64, t int) {
		g := norm2(w, gradient(r, t))
		w.AtMost(verify.At(t, 0).Where("n = %d", n), "I_t down by n² ⇒ 2·‖G_t‖² at most what it was", w.Add(g, g), norm2(w, gradient(w, t)))
	})
}

func growingConstant(w *World[rat]) {
	growing(w, growingPairs, func(r *World[rat], n, _ int64, t int) {
		for i, g := range gradient(r, t) {
			w.Equal(verify.At(t, 0).Where("n = %d", n), "G_t of Harm/n and n·features = G_t", g, gradient(w, t)[i])
		}
		w.Equal(verify.At(t, 0).Where("n = %d", n), "I_t of Harm/n = I_t/n²", w.Mul(w.FromInt(n*n), r.Solution().Information[t-1]), w.Solution().Information[t-1])
	})
}

func growingWith(w *World[rat]) {
	growing(w, growingPairs[:1], func(r *World[rat], n, _ int64, t int) {
		w.Equal(verify.At(t, 0).Where("n = %d", n), "‖G_t‖² of Harm/n and n·features = n²·‖G_t‖²", norm2(w, gradient(r, t)), w.Mul(w.FromInt(n*n), norm2(w, gradient(w, t))))
	})
}

// largestFactor is the largest m of boundedPairs.
const largestFactor = 3

func growingBounded(w *World[rat]) {
	growing(w, boundedPairs, func(r *World[rat], n, m int64, t int) {
		kappa := w.Mul(w.FromInt(largestFactor*largestFactor), extremeTrace(w, t, true))
		w.AtMost(verify.At(t, 0).Where("m = %d", m), "tr F_t of m·features ≤ κ", extremeTrace(r, t, true), kappa)
		w.AtMost(verify.At(t, 0).Where("n = %d", n), "‖G_t‖² ≤ κ·I_t of Harm/n", norm2(w, gradient(r, t)), w.Mul(kappa, r.Solution().Information[t-1]))
	})
}

func growingFirst(w *World[rat]) {
	growing(w, boundedPairs, func(r *World[rat], n, m int64, t int) {
		w.AtMost(verify.At(t, 0).Where("n = %d, m = %d", n, m), "‖G_t‖² of Harm/n and m·features ≤ κ·I_t, κ of the features themselves", norm2(w, gradient(r, t)),
			w.Mul(extremeTrace(w, t, true), r.Solution().Information[t-1]))
	})
}

func growingSquare(w *World[rat]) {
	growing(w, boundedPairs, func(r *World[rat], n, m int64, t int) {
		i := r.Solution().Information[t-1]
		w.AtMost(verify.At(t, 0).Where("n = %d, m = %d", n, m), "‖G_t‖² of Harm/n and m·features ≤ κ·I_t²", norm2(w, gradient(r, t)), w.Mul(extremeTrace(r, t, true), w.Mul(i, i)))
	})
}
