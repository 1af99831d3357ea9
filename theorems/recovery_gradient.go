package theorems

import (
	"strings"

	"sounding/exact"
	"sounding/exact/field"
	"sounding/generators"
	"sounding/verify"
)

// Section 9: the recovery gradient and its bounds.

var recoveryGradientStatements = []*Statement{recGradientStatement, lemma28}

var recGradientStatement = &Statement{
	ID: "rec-gradient", Title: "Recovery gradient", Section: "9",
	Sentence:   verify.Sentence{Place: "Section 9", Says: "The gradient of the recovery penalty is a covariance with the score."},
	Formula:    "∇_θ Σ_t βγ^t·E_Q[P_θ(y_t∉R|y_<t)] = Σ_t βγ^t·G_t^rec, G_t^rec = E_{y_<t∼Q}[Cov(1[y_t∉R], s_t | y_<t)]",
	Hypotheses: []string{"Q does not depend on θ"},
	Claims: []Claim{{
		Kernel: []string{"Recovery.penalty_gradient"},
		Check:  verify.Identity(recGradient[rat], recGradient[mod]),
		Also:   []Check{verify.Rational(recGradientScores)},
	}},
	NearMisses: []NearMiss{
		{Name: "γ^{t−1} in place of γ^t", Check: verify.Identity(recGradientPower[rat], recGradientPower[mod]), Looks: &needsRecoveryPenalty},
		{Name: "P in place of Q", Check: verify.Identity(recGradientPolicy[rat], recGradientPolicy[mod]), When: otherPrefixes, Looks: new(underAttack(generators.Needs{Recovery: true, Penalty: true, Adversary: true}))},
		{Name: "sign: the covariance with 1[y_t∈R]", Check: verify.Identity(recGradientSign[rat], recGradientSign[mod]), Looks: &needsRecoveryPenalty},
		{Name: "Q follows the policy", Drops: "Q does not depend on θ", Check: verify.Identity(recGradientMoving[rat], recGradientMoving[mod]), Looks: &needsRecovery, When: unequalRecovery},
	},
	Looks: needsRecoveryShared,
}

// failureAlong returns Σ_x weight(x)·Cov(v, d log P|x) along a tangent dP, with v the
// indicator of a recovery failure.
func failureAlong[E any](w *World[E], t int, tangent [][]E, weight []E) E {
	sum := w.FromInt(0)
	for x, q := range weight {
		lo, hi := w.Layer(t).Row(x)
		v := failures(w, t, x)
		mean := w.Dot(w.Row(t, x), v)
		for k := range v {
			v[k] = w.Sub(v[k], mean)
		}
		sum = w.Add(sum, w.Mul(q, w.Dot(tangent[t-1][lo:hi], v)))
	}
	return sum
}

// penaltySlope compares the derivative of the penalty by dual numbers with a sum
// over positions, along every tangent of the world.
func penaltySlope[E any](w *World[E], claim string, part func(t int, tangent [][]E) E) {
	for _, tangent := range w.Tangents() {
		sum := w.FromInt(0)
		for t := 1; t <= w.T(); t++ {
			sum = w.Add(sum, part(t, tangent))
		}
		w.Equal(Place{}, claim, exact.PenaltyDerivative(w.Ring, w.Family.Numbers, w.Objective(), tangent), sum)
	}
}

func recGradient[E any](w *World[E]) {
	o := w.Objective()
	penaltySlope(w, "d Σ_t βγ^t·E_Q[P(y_t∉R|y_<t)] = Σ_t βγ^t·E_Q[Cov(1[y_t∉R], s_t|y_<t)]", func(t int, tangent [][]E) E {
		return w.Mul(eta(w, t), failureAlong(w, t, tangent, o.Adversary[t-1]))
	})
	sum := make([]E, w.Family.Param.Total(w.Family.Process))
	for i := range sum {
		sum[i] = w.FromInt(0)
	}
	for t := 1; t <= w.T(); t++ {
		for i, g := range recoveryGradient(w, t, o.Adversary[t-1]) {
			sum[i] = w.Add(sum[i], w.Mul(eta(w, t), g))
		}
	}
	for _, i := range verify.Parameters(w.Family) {
		w.Equal(Place{}, "∂_i Σ_t βγ^t·E_Q[P(y_t∉R|y_<t)] = Σ_t βγ^t·(G_t^rec)_i",
			exact.PenaltyDerivative(w.Ring, w.Family.Numbers, o, exact.Tangent(w.Ring, w.Family, i)), sum[i])
	}
}

// recGradientScores compares G_t^rec with E_Q[E[1[y_t∉R]·s_t|y_<t]] over all
// prefixes, coordinate by coordinate.
func recGradientScores(w *World[rat]) {
	score := w.Oracle().Score(*w.Family.Param)
	for t := 1; t <= w.T(); t++ {
		g := block(w, t, recoveryGradient(w, t, w.Objective().Adversary[t-1]))
		for i, v := range score.RecoveryGradient(recoverySet(w), w.Prefixes(), t) {
			w.Equal(verify.At(t, 0), "E_Q[E[1[y_t∉R]·s_t|y_<t]] = G_t^rec", v, g[i])
		}
	}
}

func recGradientPower[E any](w *World[E]) {
	penaltySlope(w, "d penalty = Σ_t βγ^{t−1}·G_t^rec", func(t int, tangent [][]E) E {
		return w.Mul(eta(w, t-1), failureAlong(w, t, tangent, w.Objective().Adversary[t-1]))
	})
}

func recGradientPolicy[E any](w *World[E]) {
	penaltySlope(w, "d penalty = Σ_t βγ^t·E_P[Cov(1[y_t∉R], s_t|y_<t)]", func(t int, tangent [][]E) E {
		return w.Mul(eta(w, t), failureAlong(w, t, tangent, w.Solution().Occupancy[t-1]))
	})
}

func recGradientSign[E any](w *World[E]) {
	penaltySlope(w, "d penalty = Σ_t βγ^t·E_Q[Cov(1[y_t∈R], s_t|y_<t)]", func(t int, tangent [][]E) E {
		return w.Neg(w.Mul(eta(w, t), failureAlong(w, t, tangent, w.Objective().Adversary[t-1])))
	})
}

// recGradientMoving lets Q be the policy itself: the derivative of
// Σ_y P(y)·1[y_t∉R] along a tangent moves the prefixes too.
func recGradientMoving[E any](w *World[E]) {
	o := w.Oracle()
	for _, tangent := range w.Tangents() {
		for t := 1; t <= w.T(); t++ {
			f := make([]E, o.Len())
			for i := range f {
				f[i] = w.FromInt(1)
				if w.Objective().Recovers(w.Layer(t).Token(o.Edge(i, t))) {
					f[i] = w.FromInt(0)
				}
			}
			w.Equal(verify.At(t, 0), "d E_P[P(y_t∉R|y_<t)] = E_P[Cov(1[y_t∉R], s_t|y_<t)]",
				field.Sum(w.Ring, o.Derivative(f, tangent)), failureAlong(w, t, tangent, w.Solution().Occupancy[t-1]))
		}
	}
}

var lemma28 = &Statement{
	ID: "lem-28", Title: "Recovery gradient bound", Section: "B.1",
	Sentence: verify.Sentence{Says: "The squared recovery gradient is at most κ times the recovery information."},
	Formula:  "‖G_t^rec‖² ≤ E_Q[ρ_t(1−ρ_t)·tr F_t] ≤ κ·I_t^rec; ‖G_t^rec‖² ≤ I_t^rec·tr F_t^Q and G_t^recᵀ(F_t^Q)⁺G_t^rec ≤ I_t^rec, F_t^Q = E_Q[F_t], with equality when tabular; each gap a sum of squares",
	Reading: "Eq. 61 to 65. The bounds without κ are a sharpening of our own. With d_t = 1[y_t∉R] − (1−ρ_t) " +
		"and C_t^rec = Cov(1[y_t∉R], s_t|y_<t), the gaps are those of lem-12, thm-13 and its sharpening, " +
		"under Q.",
	Claims: []Claim{
		{
			Formula: "ρ_t(1−ρ_t)·tr F_t − ‖C_t^rec‖² = Σ_{a<b} p_a p_b ‖d_t(a)s(b) − d_t(b)s(a)‖²; E_Q[ρ_t(1−ρ_t)·tr F_t] " +
				"− ‖G_t^rec‖² = Σ_x Q(x)·(these squares at x) + Σ_{x<x'} Q(x)Q(x')·‖C_t^rec(x) − C_t^rec(x')‖²; " +
				"log-linear: I_t^rec·tr F_t^Q − ‖G_t^rec‖² = Σ of squares over pairs of tokens of all prefixes",
			Kernel: []string{"Pairing.gap_at", "Pairing.mean_gap", "Pairing.spread", "Pairing.two_draws", "Pairing.recovery_pairing"},
			Check:  verify.Identity(lem28[rat], lem28[mod]).Within(verify.Limits{Leaves: pairLeaves}),
		},
		{
			Formula:    "‖G_t^rec‖² ≤ E_Q[ρ_t(1−ρ_t)·tr F_t] ≤ κ·I_t^rec; ‖G_t^rec‖² ≤ I_t^rec·tr F_t^Q; log-linear: G_t^recᵀ(F_t^Q)⁺G_t^rec ≤ I_t^rec",
			Hypotheses: []string{"for κ: tr F_t ≤ κ at every prefix that Q reaches"},
			Kernel:     []string{"Recovery.recovery_bound", "Recovery.recovery_bound_uniform", "Pairing.sharp_bound", "Pairing.best_bound", "Pairing.recovery_pairing"},
			Check:      verify.Rational(lem28Bound),
		},
		{
			Formula: "E_Q[ρ_t(1−ρ_t)·tr F_t] − ‖G_t^rec‖² = E_Q[Σ_{a<b} p_a p_b ‖d_t(a)s(b) − d_t(b)s(a)‖²] + E_Q‖C_t^rec " +
				"− G_t^rec‖²; I_t^rec·(I_t^rec·tr F_t^Q − ‖G_t^rec‖²) = E_Q‖I_t^rec·s_t − d_t·G_t^rec‖²; log-linear: " +
				"I_t^rec·tr F_t^Q − ‖G_t^rec‖² = Σ of squares, prefix by prefix",
			Kernel: []string{"Pairing.mean_gap", "Pairing.gap_at", "Pairing.sharp_gap", "Pairing.gap_merged", "Pairing.recovery_pairing"},
			Check:  verify.Identity(lem28Linear[rat], lem28Linear[mod]).Within(verify.Limits{CertificateOnly: true}),
		},
		{
			Formula: "½ Σ_{x,x'} Q(x)Q(x')·‖C_t^rec(x) − C_t^rec(x')‖² = E_Q‖C_t^rec − G_t^rec‖²; log-linear: Σ of squares " +
				"over pairs = Σ of squares, prefix by prefix, and I_t^rec·(Σ of squares over pairs) = E_Q‖I_t^rec·s_t " +
				"− d_t·G_t^rec‖²",
			Kernel: []string{"Pairing.spread", "Pairing.two_draws", "Pairing.gap_merged", "Pairing.sharp_gap", "Pairing.recovery_pairing"},
			Check:  verify.Identity(lem28BothForms[rat], lem28BothForms[mod]).Within(verify.Limits{Leaves: pairLeaves, CertificateOnly: true}),
		},
		{
			Formula:    "I_t^rec − 2zᵀG_t^rec + zᵀF_t^Qz = E_Q[(d_t − s_tᵀz)²] for every z",
			Hypotheses: []string{"log-linear"},
			Kernel:     []string{"Recovery.recovery_projection_gap"},
			Check:      verify.Identity(lem28Residual[rat], lem28Residual[mod]),
		},
		{
			Formula:    "det F_t^Q·(I_t^rec·det F_t^Q − G_t^recᵀ adj(F_t^Q) G_t^rec) = E_Q[(det F_t^Q·d_t − s_tᵀ adj(F_t^Q) G_t^rec)²]",
			Hypotheses: []string{"log-linear, in the first one or two parameters"},
			Kernel:     []string{"Pairing.projection_scaled", "Pairing.recovery_pairing"},
			Check:      verify.Identity(lem28Best[rat], lem28Best[mod]).Within(verify.Limits{CertificateOnly: true}),
		},
		{
			Formula:    "G_t^recᵀ(F_t^Q)⁺G_t^rec = I_t^rec",
			Hypotheses: []string{"tabular"},
			Kernel:     []string{"Tabular.logit_tangent", "Tabular.tabular_failure", "Pairing.spanned", "Pairing.recovery_pairing"},
			Check:      verify.Rational(lem28Tabular),
		},
		{
			Formula:    "F_t·d_t = C_t^rec; C_t^recᵀd_t = ρ_t(1−ρ_t); E_Q[C_t^recᵀd_t] = I_t^rec",
			Hypotheses: []string{"tabular"},
			Kernel:     []string{"Tabular.logit_tangent", "Tabular.tabular_failure", "Pairing.spanned", "Pairing.recovery_pairing", "Pairing.prefix_pairing"},
			Check:      verify.Identity(lem28TabularForm[rat], lem28TabularForm[mod]),
		},
		{
			Formula: "s_t = c(y_<t)·d_t ⇒ ρ_t(1−ρ_t)·tr F_t = ‖C_t^rec‖² and E_Q[ρ_t(1−ρ_t)·tr F_t] − ‖G_t^rec‖² = E_Q‖C_t^rec − G_t^rec‖²; s_t = c·d_t ⇒ I_t^rec·tr F_t^Q = ‖G_t^rec‖²",
			Kernel:  []string{"Pairing.proportional_at", "Pairing.mean_gap", "Pairing.proportional", "Pairing.recovery_pairing"},
			Check:   verify.Identity(lem28Proportional[rat], lem28Proportional[mod]).Within(verify.Limits{CertificateOnly: true}),
		},
		{
			Formula: "‖C_t^rec‖² = ρ_t(1−ρ_t)·tr F_t ⇔ every d_t(a)s(b) = d_t(b)s(a) where p_a p_b > 0; ‖G_t^rec‖² = " +
				"E_Q[ρ_t(1−ρ_t)·tr F_t] ⇔ that at every prefix that Q reaches, and C_t^rec = G_t^rec there; " +
				"‖G_t^rec‖² = I_t^rec·tr F_t^Q ⇔ I_t^rec·s_t = d_t·G_t^rec almost surely; log-linear: " +
				"G_t^recᵀ(F_t^Q)⁺G_t^rec = I_t^rec ⇔ d_t = s_tᵀ(F_t^Q)⁺G_t^rec almost surely",
			Kernel: []string{"Pairing.at_equality", "Pairing.mean_equality", "Pairing.sharp_equality", "Pairing.best_equality", "Pairing.recovery_pairing"},
			Check:  verify.Rational(lem28Tight),
		},
	},
	NearMisses: []NearMiss{
		{Name: "half the information", Check: verify.Rational(lem28Half), Source: &Source{Smallest: penalised(needsRecoveryShared, 1)}},
		{Name: "tabular: equality with the information under P", Check: verify.Rational(lem28Policy), Looks: new(underAttack(needsRecoveryAdversary))},
		{Name: "the information squared: ‖G_t^rec‖² ≤ κ·(I_t^rec)²", Check: verify.Rational(lem28Square), Source: &Source{Smallest: penalised(needsRecoveryShared, 1)}},
		{Name: "equality for every parameterisation", Drops: "tabular", Check: verify.Rational(lem28Equality), Source: &Source{Smallest: penalised(needsRecoveryShared, 1)}},
		{Name: "the squares without their factor I_t^rec", Check: verify.Identity(lem28Unscaled[rat], lem28Unscaled[mod]), Source: &Source{Smallest: penalised(needsRecoveryShared, 1)}},
		{Name: "the squares over prefixes under P", Check: verify.Identity(lem28UnderPolicy[rat], lem28UnderPolicy[mod]), Source: generalPosition(), Looks: new(underAttack(needsRecoveryAdversary))},
		{Name: "det F_t^Q·I_t^rec less the form, without the second factor det F_t^Q", Check: verify.Identity(lem28Undetermined[rat], lem28Undetermined[mod]).Within(verify.Limits{CertificateOnly: true}), Source: generalPosition()},
		{Name: "equality in ‖G_t^rec‖² ≤ I_t^rec·tr F_t^Q where s_t = c(y_<t)·(1[y_t∉R] − (1−ρ_t))", Check: verify.Identity(lem28ReadsPrefix[rat], lem28ReadsPrefix[mod]), Looks: &needsRecovery},
		{Name: "equality in it wherever the pointwise bound is one at every prefix", Check: verify.Rational(lem28TightVarying), Looks: &needsRecovery},
	},
	Looks: needsRecoveryShared,
}

// centredFailures returns 1[a∉R] − (1−ρ_t(x)) over the edges of state x.
func centredFailures[E any](w *World[E], t, x int) []E {
	v := failures(w, t, x)
	mean := w.Dot(w.Row(t, x), v)
	for k := range v {
		v[k] = w.Sub(v[k], mean)
	}
	return v
}

// recoveryVariance returns ρ_t(x)·(1−ρ_t(x)) per state of layer t−1.
func recoveryVariance[E any](w *World[E], t int) []E {
	v := recoveries(w, t)
	for x, rho := range v {
		v[x] = w.Mul(rho, w.Sub(w.FromInt(1), rho))
	}
	return v
}

func lem28[E any](w *World[E]) {
	for t := 1; t <= w.T(); t++ {
		c := failurePairing(w, t)
		rowGaps(c)
		c.equal("E[Var(h_t|y_<t)·tr F_t] − ‖G_t‖² = Σ of squares", c.meanGap(), w.Add(c.expected(c.within), c.spread()))
		if !w.Family.Param.Tabular() {
			c.equal("I_t·tr F̄_t − ‖G_t‖² = Σ of squares over pairs of prefixes", c.sharpGap(), c.pairs())
		}
	}
}

// recoveryForm returns G_t^recᵀ(F_t^Q)⁺G_t^rec of a log-linear family.
func recoveryForm(w *World[rat], t int) rat {
	g := recoveryGradient(w, t, w.Objective().Adversary[t-1])
	return w.Dot(g, solveFisher(w, adversarialFisher(w, t), g)) // moments of one vector under Q
}

// lem28Bound checks the inequalities with every quantity by enumeration.
func lem28Bound(w *World[rat]) {
	o, law := w.Oracle(), w.Prefixes()
	score := o.Score(*w.Family.Param)
	f := rationals(w)
	for t := 1; t <= w.T(); t++ {
		rho, q := o.Recovery(recoverySet(w), t), w.Objective().Adversary[t-1]
		bound, fisher := make([]rat, len(rho)), make([]rat, len(rho))
		kappa := w.FromInt(0)
		for x := range rho {
			fisher[x] = score.FisherTrace(t, x)
			bound[x] = w.Mul(w.Mul(rho[x], w.Sub(w.FromInt(1), rho[x])), fisher[x])
			if !w.IsZero(q[x]) && f.Cmp(fisher[x], kappa) > 0 {
				kappa = fisher[x]
			}
		}
		g := norm2(w, score.RecoveryGradient(recoverySet(w), law, t))
		middle, information := o.OverPrefixes(law, t, bound), o.RecoveryInformation(recoverySet(w), law, t)
		w.AtMost(verify.At(t, 0), "‖G_t^rec‖² ≤ E_Q[ρ(1−ρ)·tr F_t]", g, middle)
		w.AtMost(verify.At(t, 0), "E_Q[ρ(1−ρ)·tr F_t] ≤ κ·I_t^rec", middle, w.Mul(kappa, information))
		w.AtMost(verify.At(t, 0), "‖G_t^rec‖² ≤ I_t^rec·tr F_t^Q", g, w.Mul(information, o.OverPrefixes(law, t, fisher)))
		if !w.Family.Param.Tabular() {
			w.AtMost(verify.At(t, 0), "G_t^recᵀ (F_t^Q)⁺ G_t^rec ≤ I_t^rec", recoveryForm(w, t), information)
		}
	}
}

func lem28Tabular(w *World[rat]) {
	tabularForm(w, "tabular: G_t^recᵀ (F_t^Q)⁺ G_t^rec = I_t^rec", func(t int) rat {
		return w.Oracle().RecoveryInformation(recoverySet(w), w.Prefixes(), t)
	})
}

// tabularForm claims that G_t^recᵀ(F_t^Q)⁺G_t^rec for one logit per edge, block by
// block, is the given number.
func tabularForm(w *World[rat], claim string, right func(t int) rat) {
	f := tabular(w)
	for t := 1; t <= w.T(); t++ {
		sum := w.FromInt(0)
		for x, q := range w.Objective().Adversary[t-1] {
			c := exact.Covariance(w.Ring, f, t, x, failures(w, t, x))
			sum = w.Add(sum, w.Mul(q, w.Dot(c, solveFisher(w, exact.Fisher(w.Ring, f, t, x), c))))
		}
		w.Equal(verify.At(t, 0), claim, sum, right(t))
	}
}

// recoveryFormBound compares the form with the information, at every position of a
// log-linear family.
func recoveryFormBound(w *World[rat], compare func(at Place, form, information rat)) {
	if w.Family.Param.Tabular() {
		w.Vacuous()
		return
	}
	for t := 1; t <= w.T(); t++ {
		compare(verify.At(t, 0), recoveryForm(w, t), exact.RecoveryInformation(w.Ring, w.Family.Numbers, w.Objective(), t))
	}
}

func lem28Half(w *World[rat]) {
	recoveryFormBound(w, func(at Place, form, information rat) {
		w.AtMost(at, "2·G_t^recᵀ (F_t^Q)⁺ G_t^rec ≤ I_t^rec", w.Mul(w.FromInt(2), form), information)
	})
}

func lem28Equality(w *World[rat]) {
	recoveryFormBound(w, func(at Place, form, information rat) {
		w.Equal(at, "G_t^recᵀ (F_t^Q)⁺ G_t^rec = I_t^rec", form, information)
	})
}

func lem28Policy(w *World[rat]) {
	o := w.Objective()
	o.Adversary = w.Solution().Occupancy
	tabularForm(w, "tabular: G_t^recᵀ (F_t^Q)⁺ G_t^rec = E_P[ρ(1−ρ)]", func(t int) rat {
		return exact.RecoveryInformation(w.Ring, w.Family.Numbers, o, t)
	})
}

func lem28Square(w *World[rat]) {
	f := rationals(w)
	for t := 1; t <= w.T(); t++ {
		kappa := w.FromInt(0)
		for _, v := range traces(w, t) {
			if f.Cmp(v, kappa) > 0 {
				kappa = v
			}
		}
		i := exact.RecoveryInformation(w.Ring, w.Family.Numbers, w.Objective(), t)
		w.AtMost(verify.At(t, 0), "‖G_t^rec‖² ≤ κ·(I_t^rec)²", norm2(w, recoveryGradient(w, t, w.Objective().Adversary[t-1])), w.Mul(kappa, w.Mul(i, i)))
	}
}

// recoverySymbols replaces the symbols of harm by those of a recovery failure under Q.
var recoverySymbols = strings.NewReplacer("Var(h_t|y_<t)", "ρ_t(1−ρ_t)", "Δ_t", "d_t", "I_t", "I_t^rec", "G_t", "G_t^rec", "F̄_t", "F_t^Q",
	"C_t", "C_t^rec", "E[", "E_Q[", "E‖", "E_Q‖")

// failurePairing pairs d_t = 1[y_t∉R] − (1 − ρ_t) with the scores, under Q.
func failurePairing[E any](w *World[E], t int) *pairing[E] {
	q := w.Objective().Adversary[t-1]
	c := newPairing(w, t, q, func(x int) []E { return centredFailures(w, t, x) })
	c.variance = recoveryVariance(w, t)
	c.information, c.gradient = w.Dot(q, c.variance), recoveryGradient(w, t, q)
	c.names = recoverySymbols
	return c
}

// rowGaps claims the pointwise gap at every prefix.
func rowGaps[E any](c *pairing[E]) {
	for x := range c.w.States(c.at.Position) {
		c.equalAt(x, "Var(h_t|y_<t)·tr F_t − ‖C_t‖² = Σ_{a<b} p_a p_b ‖Δ_t(a)s(b) − Δ_t(b)s(a)‖²", c.rowGap(x), c.within(x))
	}
}

func lem28Linear[E any](w *World[E]) {
	everyPairing(w, failurePairing, func(c *pairing[E]) {
		rowGaps(c)
		meanGap(c)
		sharpGap(c)
	})
}

func lem28BothForms[E any](w *World[E]) {
	everyPairing(w, failurePairing, func(c *pairing[E]) {
		pairsOfPrefixes(c)
		pairsOfEdges(c)
	})
}

func lem28Residual[E any](w *World[E]) { fits(w, failurePairing, anyCombination) }

func lem28Best[E any](w *World[E]) { fits(w, failurePairing, bestCombination) }

func lem28TabularForm[E any](w *World[E]) { tabularForms(w, failurePairing) }

func lem28Unscaled[E any](w *World[E]) { unscaled(w, failurePairing) }

func lem28Undetermined[E any](w *World[E]) {
	fits(w, failurePairing, func(f *fit[E], c *pairing[E]) {
		det, z := f.cramer(-1)
		c.equal("I_t·det F̄_t − G_tᵀ adj(F̄_t) G_t = E[(det F̄_t·Δ_t − s_tᵀ adj(F̄_t) G_t)²]", f.cleared(det, z), f.left(det, z))
	})
}

func lem28UnderPolicy[E any](w *World[E]) {
	everyPairing(w, failurePairing, func(c *pairing[E]) {
		under := *c
		under.weight = w.Solution().Occupancy[c.at.Position-1]
		c.equal("E[Var(h_t|y_<t)·tr F_t] − ‖G_t‖² = Σ of squares over prefixes under P", c.meanGap(), w.Add(under.expected(under.within), under.deviation()))
	})
}

func lem28Proportional[E any](w *World[E]) {
	rowEquality(w, failurePairing, true)
	sharpEquality(w, failurePairing)
}

func lem28ReadsPrefix[E any](w *World[E]) { sharpReadsPrefix(w, failurePairing) }

func lem28Tight(w *World[rat]) {
	tight(w, failurePairing, tightRows, tightMean, tightSharp, tightForm)
}

func lem28TightVarying(w *World[rat]) {
	tight(w, failurePairing, func(c *pairing[rat]) {
		vanishes(w, c.at, "‖G_t^rec‖² = I_t^rec·tr F_t^Q ⇔ equality in the pointwise bound at every prefix", c.sharpGap(), alignedRows(c))
	})
}
