package theorems

import (
	"sounding/exact"
	"sounding/exact/field"
	"sounding/generators"
	"sounding/model"
	"sounding/verify"
)

// Section 7: Fisher information and the Cauchy–Schwarz bounds.

var boundsStatements = []*Statement{definition11, lemma12, theorem13}

var definition11 = &Statement{
	ID: "def-11", Title: "Conditional Fisher information", Section: "7",
	Sentence: verify.Sentence{Says: "The Fisher information of a position is the second moment of its score, given the prefix."},
	Formula:  "F_t(y_<t) = E[s_t s_tᵀ | y_<t] = Cov(s_t | y_<t), E[s_t | y_<t] = 0, F̄_t = E_{y_<t}[F_t]",
	Claims: []Claim{
		{
			Formula: "F_t(y_<t) = E[s_t s_tᵀ|y_<t], E[s_t|y_<t] = 0, tr F_t = E[‖s_t‖²|y_<t]; F̄_t = E_{y_<t}[F_t]",
			Kernel:  []string{"Bounds.fisher_covariance", "Bounds.fisher_marginal", "Bounds.fisher_trace_norm", "Gradient.score_mean"},
			Check:   verify.Identity(def11[rat], def11[mod]),
			Also:    []Check{verify.Rational(def11Scores)},
		},
	},
	NearMisses: []NearMiss{
		{Name: "the second moment of the features, not centred", Check: verify.Identity(def11Uncentred[rat], def11Uncentred[mod])},
		{Name: "tokens are not weighted by their probability", Check: verify.Identity(def11Unweighted[rat], def11Unweighted[mod])},
	},
	Looks: needsHarmSharedZeros,
}

func def11[E any](w *World[E]) {
	n := 0 // of a tabular family F̄_t is large, and zero off its blocks
	if !w.Family.Param.Tabular() {
		n = w.Family.Param.Total(w.Family.Process)
	}
	for t := 1; t <= w.T(); t++ {
		mean := make([]E, n*n)
		for k := range mean {
			mean[k] = w.FromInt(0)
		}
		for x := range w.States(t) {
			p, s := w.Row(t, x), scores(w, t, x)
			f := exact.Fisher(w.Ring, w.Family, t, x)
			for i := range s {
				w.Equal(verify.At(t, x), "E[s_t|y_<t] = 0", w.Dot(p, s[i]), w.FromInt(0))
				for j := range s {
					second := triple(w, p, s[i], s[j])
					w.Equal(verify.At(t, x), "F_ij = E[s_i·s_j|y_<t]", f[i][j], second)
					if n > 0 {
						k := w.Family.Param.Index(w.Family.Process, t, x, i)*n + w.Family.Param.Index(w.Family.Process, t, x, j)
						mean[k] = w.Add(mean[k], w.Mul(w.Solution().Occupancy[t-1][x], second))
					}
				}
			}
			w.Equal(verify.At(t, x), "tr F_t by formula = Σ_i E[s_i²|y_<t]", exact.FisherTrace(w.Ring, w.Family, t, x), trace(w, t, x))
		}
		if n == 0 {
			continue
		}
		for i, row := range w.MeanFisher(w.Solution().Occupancy[t-1], t) {
			for j, v := range row {
				w.Equal(verify.At(t, 0), "F̄_t = E[F_t], entry by entry", v, mean[i*n+j])
			}
		}
	}
}

func def11Scores(w *World[rat]) {
	score := w.Oracle().Score(*w.Family.Param)
	for t := 1; t <= w.T(); t++ {
		mean := w.FromInt(0)
		for x := range w.States(t) {
			f := exact.Fisher(w.Ring, w.Family, t, x)
			for k, v := range score.Fisher(t, x) {
				w.Equal(verify.At(t, x), "F_t by formula = by definition", f[k/len(f)][k%len(f)], v)
			}
			mean = w.Add(mean, w.Mul(w.Solution().Occupancy[t-1][x], trace(w, t, x)))
		}
		w.Equal(verify.At(t, 0), "E[tr F_t] = Σ_y P(y)·‖s_t(y)‖²", mean, score.MeanFisherTrace(t))
	}
}

func def11Uncentred[E any](w *World[E]) {
	for t := 1; t <= w.T(); t++ {
		for x := range w.States(t) {
			p, s := w.Row(t, x), scores(w, t, x)
			for i := range s {
				raw := make([]E, len(p))
				for k := range raw { // s_i + 1 has the same covariance, not the same second moment
					raw[k] = w.Add(s[i][k], w.FromInt(1))
				}
				w.Equal(verify.At(t, x), "F_ii = E[(s_i + 1)²|y_<t]", exact.Fisher(w.Ring, w.Family, t, x)[i][i], triple(w, p, raw, raw))
			}
		}
	}
}

func def11Unweighted[E any](w *World[E]) {
	for t := 1; t <= w.T(); t++ {
		for x := range w.States(t) {
			for i, s := range scores(w, t, x) {
				w.Equal(verify.At(t, x), "F_ii = Σ_a s_i²", exact.Fisher(w.Ring, w.Family, t, x)[i][i], w.Dot(s, s))
			}
		}
	}
}

var lemma12 = &Statement{
	ID: "lem-12", Title: "Pointwise Cauchy–Schwarz bound", Section: "7",
	Sentence: verify.Sentence{Says: "At a prefix, the squared covariance is at most the variance of h_t times the trace of the Fisher information."},
	Formula:  "‖C_t‖² ≤ Var(h_t|y_<t)·tr F_t, coordinate by coordinate; gap = ½ Σ_{a,b} p_a p_b ‖Δ(a)s(b) − Δ(b)s(a)‖², zero ⇔ each of its squares is",
	Claims: []Claim{
		{
			Formula: "Var(h_t|y_<t)·tr F_t − ‖C_t‖² = Σ_{a<b} p_a p_b ‖Δ(a)s(b) − Δ(b)s(a)‖²; Var(h_t|y_<t)·E[s_i²|y_<t] − C_i² = Σ_{a<b} p_a p_b (Δ(a)s_i(b) − Δ(b)s_i(a))²",
			Kernel:  []string{"Pairing.gap_at", "Pairing.innovation_pairing"},
			Check:   verify.Identity(lem12[rat], lem12[mod]),
		},
		{
			Formula: "‖C_t‖² ≤ Var(h_t|y_<t)·tr F_t; C_i² ≤ Var(h_t|y_<t)·E[s_i²|y_<t]",
			Kernel:  []string{"Bounds.pointwise_bound", "Bounds.pointwise_coordinate"},
			Check:   verify.Rational(lem12Bound),
		},
		{
			Formula: "s_t = c(y_<t)·Δ_t ⇒ Var(h_t|y_<t)·tr F_t − ‖C_t‖² = 0",
			Kernel:  []string{"Pairing.proportional_at", "Pairing.innovation_pairing"},
			Check:   verify.Identity(lem12Proportional[rat], lem12Proportional[mod]).Within(verify.Limits{CertificateOnly: true}),
		},
		{
			Formula: "‖C_t‖² = Var(h_t|y_<t)·tr F_t ⇔ every Δ(a)s(b) = Δ(b)s(a) where p_a p_b > 0",
			Kernel:  []string{"Bounds.pointwise_equality"},
			Check:   verify.Rational(lem12Tight),
		},
	},
	NearMisses: []NearMiss{
		{Name: "the variance squared: ‖C_t‖² ≤ Var(h_t|y_<t)²·tr F_t", Check: verify.Rational(lem12Squared)},
		{Name: "half the bound: 2‖C_t‖² ≤ Var·tr F_t", Check: verify.Rational(lem12Half)},
		{Name: "the gap without its factor ½", Check: verify.Identity(lem12GapTwice[rat], lem12GapTwice[mod]), When: threeTokens},
		{Name: "Var(Harm) in place of Var(h_t): too weak to be an identity", Check: verify.Identity(lem12GapHarm[rat], lem12GapHarm[mod]), Looks: new(longer(moving(needsHarmSharedZeros)))},
		{Name: "equality where s_t = c·Δ_t and c reads y_t", Check: verify.Identity(lem12ReadsToken[rat], lem12ReadsToken[mod]), Source: generalPosition(), Looks: &needsHarm},
		{Name: "equality only where s_t = c·Δ_t on tokens of probability zero too", Check: verify.Rational(lem12TightOffSupport), Looks: &generators.Needs{Harm: true, ZeroWeights: true}},
	},
	Looks: needsHarmSharedZeros,
}

// pointwiseGap returns Var(h_t|x)·tr F_t(x) − ‖C_t(x)‖².
func pointwiseGap[E any](w *World[E], t, x int) E {
	v := w.Mul(w.Solution().Step[t-1][x], trace(w, t, x))
	return w.Sub(v, norm2(w, covariance(w, t, x)))
}

func lem12[E any](w *World[E]) {
	everyPrefix(w, func(t, x int) {
		p, d, s := w.Row(t, x), innovation(w, t, x), scores(w, t, x)
		w.Equal(verify.At(t, x), "Var·tr F − ‖C‖² = Σ_{a<b} p_a p_b ‖Δ(a)s(b) − Δ(b)s(a)‖²", pointwiseGap(w, t, x), squares(w, p, d, s))
		for i := range s {
			gap := w.Sub(w.Mul(w.Solution().Step[t-1][x], triple(w, p, s[i], s[i])), field.Square(w.Ring, triple(w, p, d, s[i])))
			w.Equal(verify.At(t, x), "Var·E[s_i²] − C_i² = Σ_{a<b} p_a p_b (Δ(a)s_i(b) − Δ(b)s_i(a))²", gap, squares(w, p, d, s[i:i+1]))
		}
	})
}

// lem12Bound checks the inequality with every quantity by enumeration.
func lem12Bound(w *World[rat]) {
	score := w.Oracle().Score(*w.Family.Param)
	for t := 1; t <= w.T(); t++ {
		step := w.Oracle().StepVariance(t)
		for x := range w.States(t) {
			c, f := score.Local(t, x), score.Fisher(t, x)
			w.AtMost(verify.At(t, x), "‖C_t‖² ≤ Var(h_t|y_<t)·tr F_t", norm2(w, c), w.Mul(step[x], score.FisherTrace(t, x)))
			for i := range c {
				w.AtMost(verify.At(t, x), "C_i² ≤ Var(h_t|y_<t)·E[s_i²]", w.Mul(c[i], c[i]), w.Mul(step[x], f[i*len(c)+i]))
			}
		}
	}
}

func lem12Squared(w *World[rat]) {
	everyPrefix(w, func(t, x int) {
		v := w.Solution().Step[t-1][x]
		w.AtMost(verify.At(t, x), "‖C_t‖² ≤ Var(h_t|y_<t)²·tr F_t", norm2(w, covariance(w, t, x)), w.Mul(w.Mul(v, v), trace(w, t, x)))
	})
}

func lem12Half(w *World[rat]) {
	everyPrefix(w, func(t, x int) {
		w.AtMost(verify.At(t, x), "2‖C_t‖² ≤ Var(h_t|y_<t)·tr F_t", w.Mul(w.FromInt(2), norm2(w, covariance(w, t, x))),
			w.Mul(w.Solution().Step[t-1][x], trace(w, t, x)))
	})
}

func lem12GapTwice[E any](w *World[E]) {
	everyPrefix(w, func(t, x int) {
		s := squares(w, w.Row(t, x), innovation(w, t, x), scores(w, t, x))
		w.Equal(verify.At(t, x), "Var·tr F − ‖C‖² = Σ_{a,b} p_a p_b ‖Δ(a)s(b) − Δ(b)s(a)‖²", pointwiseGap(w, t, x), w.Add(s, s))
	})
}

func lem12GapHarm[E any](w *World[E]) {
	everyPrefix(w, func(t, x int) {
		gap := w.Sub(w.Mul(w.Solution().CondVar[t-1][x], trace(w, t, x)), norm2(w, covariance(w, t, x)))
		w.Equal(verify.At(t, x), "Var(Harm|y_<t)·tr F − ‖C‖² = Σ_{a<b} p_a p_b ‖Δ(a)s(b) − Δ(b)s(a)‖²",
			gap, squares(w, w.Row(t, x), innovation(w, t, x), scores(w, t, x)))
	})
}

func lem12Proportional[E any](w *World[E]) { rowEquality(w, harmPairing, false) }

func lem12ReadsToken[E any](w *World[E]) {
	f := exact.Family[E]{Numbers: w.Family.Numbers, Param: &model.Parameterisation{Kind: model.Shared, Parameters: 1}}
	for t := 1; t <= w.T(); t++ {
		var features []E
		for x, d := range harmPairing(w, t).d {
			for k, c := range w.After(t, x, w.Test()[t]) {
				features = append(features, w.Mul(c, d[k]))
			}
		}
		f.Features = append(f.Features, features)
	}
	everyRow(inFamily(w, f), func(c *pairing[E], at Place, x int) {
		w.Equal(at, "s_t = c(y_≤t)·Δ_t, centred ⇒ Var(h_t|y_<t)·tr F_t − ‖C_t‖² = 0", c.rowGap(x), w.FromInt(0))
	})
}

func lem12Tight(w *World[rat]) { tight(w, harmPairing, tightRows) }

func lem12TightOffSupport(w *World[rat]) {
	everyRow(w, func(c *pairing[rat], at Place, x int) {
		everywhere := make([]rat, len(c.d[x]))
		for a := range everywhere {
			everywhere[a] = w.FromInt(1)
		}
		vanishes(w, at, "‖C_t‖² = Var(h_t|y_<t)·tr F_t ⇔ every Δ(a)s(b) = Δ(b)s(a)", c.rowGap(x), aligned(w, everywhere, c.d[x], c.s[x]))
	})
}

var theorem13 = &Statement{
	ID: "thm-13", Title: "Gradient bound", Section: "7",
	Sentence: verify.Sentence{Says: "The squared gradient contribution of a position is at most κ·I_t, where κ bounds the Fisher information."},
	Formula: "‖G_t‖² ≤ E[Var(h_t|y_<t)·tr F_t(y_<t)]; tr F_t ≤ κ everywhere ⇒ ‖G_t‖² ≤ κ·I_t; gap = Σ_x " +
		"P(x)(Var·tr F − ‖C‖²) + ½ Σ_{x,x'} P(x)P(x')‖C(x) − C(x')‖², the last term also Σ_x P(x)‖C(x) − " +
		"G_t‖²; zero ⇔ each of its squares is",
	Claims: []Claim{
		{
			Formula: "E[Var(h_t|y_<t)·tr F_t] − ‖G_t‖² = Σ_x P(x)·Σ_{a<b} p_a p_b ‖Δ(a)s(b) − Δ(b)s(a)‖² + Σ_{x<x'} P(x)P(x')·‖C(x) − C(x')‖²",
			Kernel:  []string{"Pairing.mean_gap", "Pairing.gap_at", "Pairing.spread", "Pairing.innovation_pairing"},
			Check:   verify.Identity(thm13[rat], thm13[mod]).Within(verify.Limits{Leaves: pairLeaves}),
		},
		{
			Formula:    "‖G_t‖² ≤ E[Var(h_t|y_<t)·tr F_t]; ‖G_t‖² ≤ κ·I_t",
			Hypotheses: []string{"second bound: tr F_t ≤ κ at every prefix of positive probability"},
			Kernel:     []string{"Bounds.gradient_bound", "Bounds.gradient_bound_uniform", "Pairing.uniform_gap", "Pairing.innovation_pairing"},
			Check:      verify.Rational(thm13Bound),
			Also:       []Check{verify.Identity(thm13Uniform[rat], thm13Uniform[mod]).Within(verify.Limits{Leaves: symbolLeaves})},
		},
		{
			Formula: "E[Var(h_t|y_<t)·tr F_t] − ‖G_t‖² = Σ_x P(x)·Σ_{a<b} p_a p_b ‖Δ(a)s(b) − Δ(b)s(a)‖² + Σ_x P(x)·‖C(x) − G_t‖²",
			Kernel:  []string{"Pairing.mean_gap", "Pairing.gap_at", "Pairing.innovation_pairing"},
			Check:   verify.Identity(thm13Linear[rat], thm13Linear[mod]).Within(verify.Limits{CertificateOnly: true}),
		},
		{
			Formula: "½ Σ_{x,x'} P(x)P(x')·‖C(x) − C(x')‖² = Σ_x P(x)·‖C(x) − G_t‖²",
			Kernel:  []string{"Pairing.spread", "Pairing.innovation_pairing"},
			Check:   verify.Identity(thm13BothForms[rat], thm13BothForms[mod]).Within(verify.Limits{Leaves: pairLeaves, CertificateOnly: true}),
		},
		{
			Formula: "s_t = c(y_<t)·Δ_t ⇒ Var(h_t|y_<t)·tr F_t − ‖C_t‖² = 0, E[Var(h_t|y_<t)·tr F_t] − ‖G_t‖² = Σ_x P(x)·‖C(x) − G_t‖²",
			Kernel:  []string{"Pairing.proportional_at", "Pairing.mean_gap", "Pairing.innovation_pairing"},
			Check:   verify.Identity(thm13Proportional[rat], thm13Proportional[mod]).Within(verify.Limits{CertificateOnly: true}),
		},
		{
			Formula: "‖G_t‖² = E[Var(h_t|y_<t)·tr F_t] ⇔ equality in lem-12 at every prefix of positive probability, and " +
				"C(x) = G_t there; s_t = Δ_t/Var(h_t|y_<t), every Var(h_t|y_<t) > 0 ⇒ E[Var(h_t|y_<t)·tr F_t] − ‖G_t‖² = 0",
			Kernel: []string{"Pairing.mean_equality", "Pairing.mean_equality_attained", "Pairing.innovation_pairing"},
			Check:  verify.Rational(thm13Tight),
		},
	},
	NearMisses: []NearMiss{
		{Name: "the information squared: ‖G_t‖² ≤ κ·I_t²", Check: verify.Rational(thm13Square)},
		{Name: "κ the least trace of the Fisher information", Drops: "tr F_t ≤ κ everywhere", Check: verify.Rational(thm13LeastTrace), Looks: new(longer(moving(needsHarmSharedZeros)))},
		{Name: "I_{t+1} in place of I_t", Check: verify.Rational(thm13Index), Looks: &needsHarm},
		{Name: "the gap without the spread of C across prefixes", Check: verify.Identity(thm13GapNoSpread[rat], thm13GapNoSpread[mod]), When: twoPositions, Looks: new(longer(moving(needsHarmSharedZeros)))},
		{Name: "the second moment of C across prefixes in place of its spread", Check: verify.Identity(thm13SecondMoment[rat], thm13SecondMoment[mod])},
		{Name: "equality where s_t = c(y_<t)·Δ_t", Check: verify.Identity(thm13ReadsPrefix[rat], thm13ReadsPrefix[mod]), Looks: &needsHarm},
		{Name: "equality wherever lem-12 is one at every prefix", Check: verify.Rational(thm13TightVarying), Looks: &needsHarm},
	},
	Looks: needsHarmSharedZeros,
}

// bound returns E[Var(h_t|y_<t)·tr F_t].
func bound[E any](w *World[E], t int) E {
	sum := w.FromInt(0)
	for x, p := range w.Solution().Occupancy[t-1] {
		sum = w.Add(sum, w.Mul(p, w.Mul(w.Solution().Step[t-1][x], trace(w, t, x))))
	}
	return sum
}

// pointwiseGaps returns Σ_x P(x)·Σ_{a<b} p_a p_b ‖Δ(a)s(b) − Δ(b)s(a)‖².
func pointwiseGaps[E any](w *World[E], t int) E {
	sum := w.FromInt(0)
	for x, p := range w.Solution().Occupancy[t-1] {
		sum = w.Add(sum, w.Mul(p, squares(w, w.Row(t, x), innovation(w, t, x), scores(w, t, x))))
	}
	return sum
}

func thm13[E any](w *World[E]) {
	for t := 1; t <= w.T(); t++ {
		spread := harmPairing(w, t).spread()
		w.Equal(verify.At(t, 0), "E[Var·tr F] − ‖G_t‖² = Σ of squares", w.Sub(bound(w, t), norm2(w, gradient(w, t))),
			w.Add(pointwiseGaps(w, t), spread))
	}
}

func thm13GapNoSpread[E any](w *World[E]) {
	for t := 1; t <= w.T(); t++ {
		w.Equal(verify.At(t, 0), "E[Var·tr F] − ‖G_t‖² = Σ_x P(x)·(pointwise gap)", w.Sub(bound(w, t), norm2(w, gradient(w, t))), pointwiseGaps(w, t))
	}
}

func thm13Bound(w *World[rat]) {
	score := w.Oracle().Score(*w.Family.Param)
	for t := 1; t <= w.T(); t++ {
		g := norm2(w, score.Position(t, w.Oracle().Harm()))
		w.AtMost(verify.At(t, 0), "‖G_t‖² ≤ E[Var(h_t|y_<t)·tr F_t]", g, bound(w, t))
		w.AtMost(verify.At(t, 0), "‖G_t‖² ≤ κ·I_t", g, w.Mul(extremeTrace(w, t, true), w.Oracle().Information(t)))
	}
}

// thm13Uniform proves the second bound with κ free: κ·I_t − ‖G_t‖² is a sum of what is not negative where
// tr F_t ≤ κ. Of Var(h_t|x), tr F_t(x), C(x) and P(x) at the prefixes of T−1 tokens it uses nothing
// but Σ_x P(x) = 1: they are arbitrary, with two coordinates of C.
func thm13Uniform[E any](w *World[E]) {
	n := w.Layer(w.T()).States()
	symbols := w.Arbitrary(5 * n)
	take := func(n int) []E {
		list := symbols[:n]
		symbols = symbols[n:]
		return list
	}
	kappa, mass, variance, traces := take(1)[0], take(n-1), take(n), take(n)
	mass = append(mass[:n-1:n-1], w.Sub(w.FromInt(1), field.Sum(w.Ring, mass)))
	covariance := [][]E{take(n), take(n)}
	slack, gaps, gradient, spread := w.FromInt(0), w.FromInt(0), w.FromInt(0), w.FromInt(0)
	for x, p := range mass {
		slack = w.Add(slack, w.Mul(w.Mul(p, variance[x]), w.Sub(kappa, traces[x])))
		gaps = w.Add(gaps, w.Mul(p, w.Mul(variance[x], traces[x])))
	}
	for _, c := range covariance {
		gradient = w.Add(gradient, field.Square(w.Ring, w.Dot(mass, c)))
		gaps = w.Sub(gaps, triple(w, mass, c, c))
		for x := range c {
			for y := range x {
				spread = w.Add(spread, w.Mul(w.Mul(mass[x], mass[y]), field.Square(w.Ring, w.Sub(c[x], c[y]))))
			}
		}
	}
	w.Equal(Place{}, "κ·I_t − ‖G_t‖² = Σ_x P(x)·Var(x)·(κ − tr F(x)) + Σ_x P(x)·(Var(x)·tr F(x) − ‖C(x)‖²) + Σ_{x<x'} P(x)P(x')·‖C(x) − C(x')‖²",
		w.Sub(w.Mul(kappa, w.Dot(mass, variance)), gradient), w.Add(slack, w.Add(gaps, spread)))
}

func thm13Square(w *World[rat]) {
	for t := 1; t <= w.T(); t++ {
		i := w.Solution().Information[t-1]
		w.AtMost(verify.At(t, 0), "‖G_t‖² ≤ κ·I_t²", norm2(w, gradient(w, t)), w.Mul(extremeTrace(w, t, true), w.Mul(i, i)))
	}
}

func thm13LeastTrace(w *World[rat]) {
	for t := 1; t <= w.T(); t++ {
		w.AtMost(verify.At(t, 0), "‖G_t‖² ≤ min tr F_t·I_t", norm2(w, gradient(w, t)), w.Mul(extremeTrace(w, t, false), w.Solution().Information[t-1]))
	}
}

func thm13Index(w *World[rat]) {
	for t := 1; t < w.T(); t++ {
		w.AtMost(verify.At(t, 0), "‖G_t‖² ≤ κ·I_{t+1}", norm2(w, gradient(w, t)), w.Mul(extremeTrace(w, t, true), w.Solution().Information[t]))
	}
}

func thm13Linear[E any](w *World[E]) { everyPairing(w, harmPairing, meanGap) }

func thm13BothForms[E any](w *World[E]) { everyPairing(w, harmPairing, pairsOfPrefixes) }

func thm13SecondMoment[E any](w *World[E]) {
	everyPairing(w, harmPairing, func(c *pairing[E]) {
		c.equal("E[Var(h_t|y_<t)·tr F_t] − ‖G_t‖² = E[pointwise gap] + E‖C_t‖²",
			c.meanGap(), w.Add(c.expected(c.within), c.expected(func(x int) E { return norm2(w, c.covariance(x)) })))
	})
}

func thm13Proportional[E any](w *World[E]) { rowEquality(w, harmPairing, true) }

func thm13ReadsPrefix[E any](w *World[E]) {
	everyPairing(inProportion(w, harmPairing, byPrefix(w)), harmPairing, func(c *pairing[E]) {
		c.equal("s_t = c(y_<t)·Δ_t ⇒ E[Var(h_t|y_<t)·tr F_t] − ‖G_t‖² = 0", c.meanGap(), w.FromInt(0))
	})
}

func thm13Tight(w *World[rat]) {
	tight(w, harmPairing, tightMean)
	everyPairing(inProportion(w, harmPairing, perVariance(w, harmPairing)), harmPairing, func(c *pairing[rat]) {
		if !everyReached(c, func(x int) bool { return !w.IsZero(c.variance[x]) }) {
			w.Vacuous()
			return
		}
		c.equal("s_t = Δ_t/Var(h_t|y_<t) ⇒ E[Var(h_t|y_<t)·tr F_t] − ‖G_t‖² = 0", c.meanGap(), w.FromInt(0))
	})
}

func thm13TightVarying(w *World[rat]) {
	tight(w, harmPairing, func(c *pairing[rat]) {
		vanishes(w, c.at, "‖G_t‖² = E[Var(h_t|y_<t)·tr F_t] ⇔ equality at every prefix", c.meanGap(), alignedRows(c))
	})
}
