package theorems

import (
	"fmt"
	"math/big"

	"sounding/exact"
	"sounding/exact/field"
	"sounding/verify"
)

// Section 7: the bound without a uniform constant, and when it is tight.

var boundsSharpStatements = []*Statement{theorem13Sharp, remark4, remark5, xRemark4}

var theorem13Sharp = &Statement{
	ID: "thm-13-sharp", Title: "Gradient bound without a uniform constant", Section: "7", Kind: verify.Own,
	Formula: "‖G_t‖² ≤ I_t·tr F̄_t, I_t·(I_t·tr F̄_t − ‖G_t‖²) = E‖I_t·s_t − Δ_t·G_t‖²; G_tᵀ F̄_t⁺ G_t ≤ I_t, I_t − 2zᵀG_t + zᵀF̄_tz = E[(Δ_t − s_tᵀz)²] for every z, with equality for tabular policies",
	Reading: "The suite's own sharpening. The pseudo-inverse form is the squared length of the projection of Δ_t onto the span of the scores: z = F̄_t⁺G_t, or, for two parameters and free of divisions, z = adj(F̄_t)G_t/det F̄_t. Tabular: Δ_t itself solves F̄_t·z = G_t. The gap of the first bound is a sum of squares over pairs of tokens of all prefixes; multiplied by I_t it needs one square for each token. Prefix by prefix: V, C, F and D are the weighted sums of Δ_t², Δ_t·s_i and s_i² over the prefixes so far and their gap V·F − C²; v, c, f and g are those of the next prefix.",
	Claims: []Claim{
		{
			Formula:    "I_t·tr F̄_t − ‖G_t‖² = Σ_{e<e'} P(e)P(e')·‖Δ_t(e)s_t(e') − Δ_t(e')s_t(e)‖² over the tokens e = (y_<t, y_t) of all prefixes",
			Hypotheses: []string{"log-linear"},
			Check:      verify.Identity(thm13Sharp[rat], thm13Sharp[mod]).Within(verify.Limits{Leaves: pairLeaves}),
		},
		{
			Formula:    "‖G_t‖² ≤ I_t·tr F̄_t; G_tᵀF̄_t⁺G_t ≤ I_t",
			Hypotheses: []string{"second bound: log-linear"},
			Kernel:     []string{"Bounds.gradient_bound_sharp", "Bounds.projection_bound"},
			Check:      verify.Rational(thm13SharpBound),
		},
		{
			Formula:    "G_tᵀF̄_t⁺G_t = I_t",
			Hypotheses: []string{"tabular"},
			Check:      verify.Rational(thm13Tabular),
		},
		{
			Formula: "I_t·(I_t·tr F̄_t − ‖G_t‖²) = E‖I_t·s_t − Δ_t·G_t‖²; log-linear: I_t·tr F̄_t − ‖G_t‖² = Σ of squares, prefix by prefix, V·v·(V·f + v·F − 2·C·c) = (V·c − v·C)² + v²·D + V²·g",
			Check:   verify.Identity(thm13SharpLinear[rat], thm13SharpLinear[mod]).Within(verify.Limits{CertificateOnly: true}),
		},
		{
			Formula:    "Σ of squares over pairs = Σ of squares, prefix by prefix, V·v·(V·f + v·F − 2·C·c) = (V·c − v·C)² + v²·D + V²·g; I_t·(Σ of squares over pairs) = E‖I_t·s_t − Δ_t·G_t‖²",
			Hypotheses: []string{"log-linear"},
			Check:      verify.Identity(thm13SharpBothForms[rat], thm13SharpBothForms[mod]).Within(verify.Limits{Leaves: pairLeaves, CertificateOnly: true}),
		},
		{
			Formula:    "I_t − 2zᵀG_t + zᵀF̄_tz = E[(Δ_t − s_tᵀz)²] for arbitrary z",
			Hypotheses: []string{"log-linear"},
			Kernel:     []string{"Bounds.projection_gap"},
			Check:      verify.Identity(thm13SharpResidual[rat], thm13SharpResidual[mod]),
		},
		{
			Formula:    "det F̄_t·(I_t·det F̄_t − G_tᵀ adj(F̄_t) G_t) = E[(det F̄_t·Δ_t − s_tᵀ adj(F̄_t) G_t)²]",
			Hypotheses: []string{"log-linear; det and adj of the first one or two parameters"},
			Check:      verify.Identity(thm13SharpBest[rat], thm13SharpBest[mod]).Within(verify.Limits{CertificateOnly: true}),
		},
		{
			Formula:    "F_t·Δ_t = C_t; C_tᵀΔ_t = Var(h_t|y_<t); E[C_tᵀΔ_t] = I_t",
			Hypotheses: []string{"tabular"},
			Check:      verify.Identity(thm13SharpTabular[rat], thm13SharpTabular[mod]),
		},
		{
			Formula: "s_t = c·Δ_t ⇒ I_t·tr F̄_t − ‖G_t‖² = 0",
			Check:   verify.Identity(thm13SharpProportional[rat], thm13SharpProportional[mod]).Within(verify.Limits{CertificateOnly: true}),
		},
		{
			Formula: "‖G_t‖² = I_t·tr F̄_t ⇔ I_t·s_t = Δ_t·G_t almost surely; log-linear: G_tᵀF̄_t⁺G_t = I_t ⇔ Δ_t = s_tᵀF̄_t⁺G_t almost surely",
			Check:   verify.Rational(thm13SharpTight),
		},
	},
	NearMisses: []NearMiss{
		{Name: "equality for every parameterisation", Drops: "tabular", Check: verify.Rational(thm13SharpEquality)},
		{Name: "I_t/2", Check: verify.Rational(thm13SharpHalf)},
		{Name: "F̄_t in place of its inverse", Check: verify.Rational(thm13SharpForward)},
		{Name: "the squares without their factor I_t", Check: verify.Identity(thm13SharpUnscaled[rat], thm13SharpUnscaled[mod])},
		{Name: "the squares within prefixes alone", Check: verify.Identity(thm13SharpWithin[rat], thm13SharpWithin[mod]), Source: generalPosition(), Looks: &needsHarm},
		{Name: "what a combination of scores leaves of Δ_t, with zᵀG_t in place of 2zᵀG_t − zᵀF̄_tz", Check: verify.Identity(thm13SharpOnce[rat], thm13SharpOnce[mod]), Source: generalPosition()},
		{Name: "the adjugate of F̄_t without its signs", Check: verify.Identity(thm13SharpSign[rat], thm13SharpSign[mod]).Within(verify.Limits{CertificateOnly: true}), Source: generalPosition()},
		{Name: "equality where s_t = c(y_<t)·Δ_t", Check: verify.Identity(thm13SharpReadsPrefix[rat], thm13SharpReadsPrefix[mod]), Source: generalPosition(), Looks: &needsHarm},
		{Name: "equality wherever lem-12 is one at every prefix", Check: verify.Rational(thm13SharpTightVarying), Looks: &needsHarm},
	},
	Looks: needsHarmSharedZeros,
}

// thm13Sharp is Lagrange's identity over all pairs of prefixes of length t, each
// weighted by its probability: I_t·tr F̄_t − ‖G_t‖² as a sum of squares. The scores
// of different prefixes belong to the same coordinates, so the family is
// log-linear; thm13SharpLinear covers the tabular one, whose blocks are disjoint.
func thm13Sharp[E any](w *World[E]) {
	if w.Family.Param.Tabular() {
		w.Vacuous()
		return
	}
	for t := 1; t <= w.T(); t++ {
		pairs := harmPairing(w, t).pairs()
		w.Equal(verify.At(t, 0), "I_t·tr F̄_t − ‖G_t‖² = Σ of squares over pairs of prefixes",
			w.Sub(w.Mul(w.Solution().Information[t-1], meanTrace(w, t)), norm2(w, gradient(w, t))), pairs)
	}
}

// quadratic returns G_tᵀ F̄_t⁺ G_t for a log-linear family.
func quadratic(w *World[rat], t int) rat {
	g := gradient(w, t)
	z, err := exact.Solve(rationals(w), w.MeanFisher(w.Solution().Occupancy[t-1], t), g)
	if err != nil {
		panic(fmt.Sprintf("theorems: G_t outside the range of F̄_t: %v", err)) // they are moments of one vector
	}
	return w.Dot(g, z)
}

// projection claims a relation between G_tᵀF̄_t⁺G_t and I_t at every position of a
// log-linear family.
func projection(w *World[rat], compare func(at Place, quadratic, information rat)) {
	if w.Family.Param.Tabular() {
		w.Vacuous()
		return
	}
	for t := 1; t <= w.T(); t++ {
		compare(verify.At(t, 0), quadratic(w, t), w.Oracle().Information(t))
	}
}

func thm13SharpBound(w *World[rat]) {
	score := w.Oracle().Score(*w.Family.Param)
	for t := 1; t <= w.T(); t++ {
		w.AtMost(verify.At(t, 0), "‖G_t‖² ≤ I_t·tr F̄_t", norm2(w, score.Position(t, w.Oracle().Harm())),
			w.Mul(w.Oracle().Information(t), score.MeanFisherTrace(t)))
	}
	projection(w, func(at Place, q, i rat) { w.AtMost(at, "G_tᵀ F̄_t⁺ G_t ≤ I_t", q, i) })
}

// thm13Tabular checks G_tᵀF̄_t⁺G_t = I_t for one logit per edge, block by block:
// the block of state x holds P(x)·C_t(x) and P(x)·F_t(x).
func thm13Tabular(w *World[rat]) {
	f, o := tabular(w), w.Oracle()
	score := o.Score(*f.Param)
	for t := 1; t <= w.T(); t++ {
		sum := w.FromInt(0)
		for x, p := range w.Solution().Occupancy[t-1] {
			c := score.Local(t, x)
			z, err := exact.Solve(rationals(w), exact.Fisher(w.Ring, f, t, x), c)
			if err != nil {
				panic(fmt.Sprintf("theorems: C_t outside the range of F_t: %v", err))
			}
			sum = w.Add(sum, w.Mul(p, w.Dot(c, z)))
		}
		w.Equal(verify.At(t, 0), "tabular: G_tᵀ F̄_t⁺ G_t = I_t", sum, o.Information(t))
	}
}

func thm13SharpEquality(w *World[rat]) {
	projection(w, func(at Place, q, i rat) { w.Equal(at, "G_tᵀ F̄_t⁺ G_t = I_t", q, i) })
}

func thm13SharpHalf(w *World[rat]) {
	projection(w, func(at Place, q, i rat) { w.AtMost(at, "2·G_tᵀ F̄_t⁺ G_t ≤ I_t", w.Mul(w.FromInt(2), q), i) })
}

func thm13SharpForward(w *World[rat]) {
	if w.Family.Param.Tabular() {
		w.Vacuous()
		return
	}
	for t := 1; t <= w.T(); t++ {
		g := gradient(w, t)
		sum := w.FromInt(0)
		for i, row := range w.MeanFisher(w.Solution().Occupancy[t-1], t) {
			sum = w.Add(sum, w.Mul(g[i], w.Dot(row, g)))
		}
		w.AtMost(verify.At(t, 0), "G_tᵀ F̄_t G_t ≤ I_t", sum, w.Solution().Information[t-1])
	}
}

func thm13SharpLinear[E any](w *World[E]) { everyPairing(w, harmPairing, sharpGap) }

func thm13SharpBothForms[E any](w *World[E]) { everyPairing(w, harmPairing, pairsOfEdges) }

func thm13SharpResidual[E any](w *World[E]) { fits(w, harmPairing, anyCombination) }

func thm13SharpBest[E any](w *World[E]) { fits(w, harmPairing, bestCombination) }

func thm13SharpTabular[E any](w *World[E]) { tabularForms(w, harmPairing) }

func thm13SharpUnscaled[E any](w *World[E]) { unscaled(w, harmPairing) }

func thm13SharpWithin[E any](w *World[E]) {
	everyPairing(w, harmPairing, func(c *pairing[E]) {
		sum := w.FromInt(0)
		for x, q := range c.weight {
			sum = w.Add(sum, w.Mul(w.Mul(q, q), c.within(x)))
		}
		c.equal("I_t·tr F̄_t − ‖G_t‖² = Σ_x P(x)²·(pointwise gap)", c.sharpGap(), sum)
	})
}

func thm13SharpOnce[E any](w *World[E]) {
	fits(w, harmPairing, func(f *fit[E], c *pairing[E]) {
		z := w.Arbitrary(len(f.s))
		c.equal("I_t − zᵀG_t = E[(Δ_t − s_tᵀz)²] for arbitrary z", w.Sub(c.information, w.Dot(z, f.gradient)), f.left(w.FromInt(1), z))
	})
}

func thm13SharpSign[E any](w *World[E]) {
	fits(w, harmPairing, func(f *fit[E], c *pairing[E]) {
		det, z := f.cramer(1)
		c.equal("the adjugate of F̄_t without its signs", w.Mul(det, f.cleared(det, z)), f.left(det, z))
	})
}

func thm13SharpProportional[E any](w *World[E]) { sharpEquality(w, harmPairing) }

func thm13SharpReadsPrefix[E any](w *World[E]) { sharpReadsPrefix(w, harmPairing) }

func thm13SharpTight(w *World[rat]) { tight(w, harmPairing, tightSharp, tightForm) }

func thm13SharpTightVarying(w *World[rat]) {
	tight(w, harmPairing, func(c *pairing[rat]) {
		vanishes(w, c.at, "‖G_t‖² = I_t·tr F̄_t ⇔ equality in lem-12 at every prefix", c.sharpGap(), alignedRows(c))
	})
}

var remark4 = &Statement{
	ID: "rem-4", Title: "Gradients shrink with the root of harm information", Section: "7",
	Sentence: verify.Sentence{
		Says:    "Positions with little harm information receive a negligible gradient, regardless of the Fisher information.",
		Verdict: verify.HoldsIf,
		But:     "the Fisher information stays bounded. Scores that grow as harm information shrinks keep the gradient as large as it was",
	},
	Formula:    "‖G_t‖ ≤ √(κ·I_t) along Harm_n = Harm/n, where I_t → 0",
	Hypotheses: []string{"the Fisher information stays bounded by κ along the sequence"},
	Claims:     []Claim{{Check: verify.Interval(rem4)}},
	NearMisses: []NearMiss{
		{Name: "‖G_t‖ ≤ κ·I_t", Check: verify.Interval(rem4Linear)},
		{Name: "κ read off the mean: ‖G_t‖ ≤ √(I_t·tr F̄_t/2)", Check: verify.Interval(rem4Half)},
	},
	Looks: needsHarmSharedZeros,
}

// rem4Steps are the divisors n of Harm_n = Harm/n: along them I_t → 0 like 1/n².
var rem4Steps = []int64{1, 10, 1000, 1000000}

// shrinking claims ‖G_t‖/n ≤ right(κ, tr F̄_t, I_t/n²) for harm divided by n.
// G_t and I_t are computed in ℚ: where both sides of the squared bound agree
// exactly, no enclosure could decide their roots, and the exact check of thm-13
// has decided them already.
func shrinking(w *World[enc], claim string, squared func(q *field.Rational, kappa, mean, information rat) rat) {
	q := w.Rationals()
	r := verify.NewCaseWorld(q, w.Case)
	f := interval(w)
	for t := 1; t <= w.T(); t++ {
		g := norm2(r, gradient(r, t))
		for _, n := range rem4Steps {
			n2, _ := q.FromRat(big.NewRat(1, n*n))
			left := q.Mul(g, n2)
			right := squared(q, extremeTrace(r, t, true), meanTrace(r, t), q.Mul(r.Solution().Information[t-1], n2))
			if q.Equal(left, right) == field.True {
				w.Decided(claim)
				continue
			}
			w.AtMost(verify.At(t, 0), claim, root(f, left), root(f, right))
		}
	}
}

// root encloses √v for v ≥ 0.
func root(f field.Interval, v rat) enc {
	e, _ := f.FromRat(v.Rat())
	r, err := f.Sqrt(e)
	if err != nil {
		panic(err)
	}
	return r
}

func rem4(w *World[enc]) {
	shrinking(w, "‖G_t‖ ≤ √(κ·I_t)", func(q *field.Rational, kappa, _, information rat) rat { return q.Mul(kappa, information) })
}

func rem4Linear(w *World[enc]) {
	shrinking(w, "‖G_t‖ ≤ κ·I_t", func(q *field.Rational, kappa, _, information rat) rat {
		v := q.Mul(kappa, information)
		return q.Mul(v, v)
	})
}

func rem4Half(w *World[enc]) {
	shrinking(w, "‖G_t‖ ≤ √(I_t·tr F̄_t/2)", func(q *field.Rational, _, mean, information rat) rat {
		half, _ := q.FromRat(big.NewRat(1, 2))
		return q.Mul(half, q.Mul(mean, information))
	})
}

var remark5 = &Statement{
	ID: "rem-5", Title: "Tightness", Section: "7",
	Sentence: verify.Sentence{
		Says: "The bound at a prefix is an equality where the score is proportional to the innovation; that of Theorem 13 may be loose.",
	},
	Formula:    "lem-12 is an equality ⇔ s_t = c(y_<t)·Δ_t on the support, where Var(h_t|y_<t) > 0; thm-13 is strict whenever C_t varies across prefixes of positive probability",
	Hypotheses: []string{"Var(h_t|y_<t) > 0"},
	Claims:     []Claim{{Kernel: []string{"Bounds.pointwise_equality", "Bounds.gradient_bound_strict"}, Check: verify.Rational(rem5)}},
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
	Reading: "Regardless of the Fisher information is read as: along families with I_t → 0, G_t → 0. The sequence is Harm/n with features m·f, n up to a million. A gradient that does not fall at all refutes every rate.",
	Refuted: &Falsehood{
		Wording: "Positions with I_t → 0 receive a negligible gradient, regardless of the Fisher information, read as: where I_t falls by a factor of n², n ≥ 10, ‖G_t‖² falls at least by half.",
		Check:   verify.Rational(growingScore),
	},
	Story:  xRemark4Story,
	Repair: "With tr F_t ≤ κ along the whole sequence, ‖G_t‖ ≤ √(κ·I_t) → 0. Scores that grow like 1/√I_t leave the gradient as it is.",
	Claims: []Claim{
		{
			Formula: "with Harm/n and n·features: G_t stays the same, n²·I_t of Harm/n = I_t of Harm",
			Check:   verify.Rational(growingConstant),
		},
		{
			Formula:    "with Harm/n and m·features, m ≤ 3: tr F_t ≤ κ, ‖G_t‖² ≤ κ·I_t",
			Hypotheses: []string{"κ bounds the Fisher information along the whole sequence"},
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
