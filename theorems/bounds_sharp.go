package theorems

import (
	"fmt"

	"sounding/exact"
	"sounding/verify"
)

// Section 7: the bound without a uniform constant, and when it is tight.

var boundsSharpStatements = []*Statement{theorem13Sharp}

var theorem13Sharp = &Statement{
	ID: "thm-13-sharp", Title: "Gradient bound without a uniform constant", Section: "7", Kind: verify.Own,
	Formula: "‖G_t‖² ≤ I_t·tr F̄_t, I_t·(I_t·tr F̄_t − ‖G_t‖²) = E‖I_t·s_t − Δ_t·G_t‖²; G_tᵀ F̄_t⁺ G_t ≤ I_t, I_t − 2zᵀG_t + zᵀF̄_tz = E[(Δ_t − s_tᵀz)²] for every z, with equality for tabular policies",
	Reading: "Our own sharpening. The pseudo-inverse form is the squared length of the projection of Δ_t " +
		"onto the span of the scores: z = F̄_t⁺G_t, or, for two parameters and free of divisions, z = " +
		"adj(F̄_t)G_t/det F̄_t. Tabular: Δ_t itself solves F̄_t·z = G_t. The gap of the first bound is a sum " +
		"of squares over pairs of tokens of all prefixes; multiplied by I_t it needs one square for each " +
		"token. Prefix by prefix: V, C, F and D are the weighted sums of Δ_t², Δ_t·s_i and s_i² over the " +
		"prefixes so far and their gap V·F − C²; v, c, f and g are those of the next prefix.",
	Claims: []Claim{
		{
			Formula:    "I_t·tr F̄_t − ‖G_t‖² = Σ_{e<e'} P(e)P(e')·‖Δ_t(e)s_t(e') − Δ_t(e')s_t(e)‖² over the tokens e = (y_<t, y_t) of all prefixes",
			Hypotheses: []string{"log-linear"},
			Kernel:     []string{"Pairing.two_draws", "Pairing.innovation_pairing"},
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
			Kernel:     []string{"Tabular.logit_tangent", "Tabular.tabular_innovation", "Pairing.spanned", "Pairing.innovation_pairing"},
			Check:      verify.Rational(thm13Tabular),
		},
		{
			Formula: "I_t·(I_t·tr F̄_t − ‖G_t‖²) = E‖I_t·s_t − Δ_t·G_t‖²; log-linear: I_t·tr F̄_t − ‖G_t‖² = Σ of squares, prefix by prefix, V·v·(V·f + v·F − 2·C·c) = (V·c − v·C)² + v²·D + V²·g",
			Kernel:  []string{"Pairing.sharp_gap", "Pairing.gap_merged", "Pairing.innovation_pairing"},
			Check:   verify.Identity(thm13SharpLinear[rat], thm13SharpLinear[mod]).Within(verify.Limits{CertificateOnly: true}),
		},
		{
			Formula:    "Σ of squares over pairs = Σ of squares, prefix by prefix, V·v·(V·f + v·F − 2·C·c) = (V·c − v·C)² + v²·D + V²·g; I_t·(Σ of squares over pairs) = E‖I_t·s_t − Δ_t·G_t‖²",
			Hypotheses: []string{"log-linear"},
			Kernel:     []string{"Pairing.two_draws", "Pairing.gap_merged", "Pairing.sharp_gap", "Pairing.innovation_pairing"},
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
			Kernel:     []string{"Pairing.projection_scaled", "Pairing.innovation_pairing"},
			Check:      verify.Identity(thm13SharpBest[rat], thm13SharpBest[mod]).Within(verify.Limits{CertificateOnly: true}),
		},
		{
			Formula:    "F_t·Δ_t = C_t; C_tᵀΔ_t = Var(h_t|y_<t); E[C_tᵀΔ_t] = I_t",
			Hypotheses: []string{"tabular"},
			Kernel:     []string{"Tabular.logit_tangent", "Tabular.tabular_innovation", "Pairing.spanned", "Pairing.innovation_pairing", "Pairing.prefix_pairing", "Martingale.information_variance"},
			Check:      verify.Identity(thm13SharpTabular[rat], thm13SharpTabular[mod]),
		},
		{
			Formula: "s_t = c·Δ_t ⇒ I_t·tr F̄_t − ‖G_t‖² = 0",
			Kernel:  []string{"Pairing.proportional", "Pairing.innovation_pairing"},
			Check:   verify.Identity(thm13SharpProportional[rat], thm13SharpProportional[mod]).Within(verify.Limits{CertificateOnly: true}),
		},
		{
			Formula: "‖G_t‖² = I_t·tr F̄_t ⇔ I_t·s_t = Δ_t·G_t almost surely; log-linear: G_tᵀF̄_t⁺G_t = I_t ⇔ Δ_t = s_tᵀF̄_t⁺G_t almost surely",
			Kernel:  []string{"Pairing.sharp_equality", "Pairing.best_equality", "Pairing.innovation_pairing"},
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
		{Name: "the adjugate of F̄_t without its signs", Check: verify.Identity(thm13SharpSign[rat], thm13SharpSign[mod]).Within(verify.Limits{CertificateOnly: true}), Source: generalPosition(), Looks: new(moving(needsHarmSharedZeros))},
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
