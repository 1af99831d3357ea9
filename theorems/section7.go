package theorems

import (
	"fmt"

	"sounding/exact"
	"sounding/exact/field"
	"sounding/generators"
	"sounding/model"
	"sounding/verify"
)

// Section 7: Fisher information and the Cauchy–Schwarz bounds.

func section7() []*Statement {
	family := generators.Needs{Harm: true, Kind: model.Shared, ZeroWeights: true}
	tabular := generators.Needs{Harm: true}
	return []*Statement{
		{
			ID: "def-11", Title: "Conditional Fisher information", Section: "7",
			Formula: "F_t(y_<t) = E[s_t s_tᵀ | y_<t] = Cov(s_t | y_<t), E[s_t | y_<t] = 0, F̄_t = E_{y_<t}[F_t]",
			Checks:  []Check{verify.Identity(def11[rat], def11[mod]), verify.Rational(def11Scores)},
			NearMisses: []NearMiss{
				{Name: "the second moment of the features, not centred", Check: verify.Identity(def11Uncentred[rat], def11Uncentred[mod])},
				{Name: "tokens are not weighted by their probability", Check: verify.Identity(def11Unweighted[rat], def11Unweighted[mod])},
			},
			Looks: family,
		},
		{
			ID: "lem-12", Title: "Pointwise Cauchy–Schwarz bound", Section: "7",
			Formula: "‖C_t‖² ≤ Var(h_t|y_<t)·tr F_t, coordinate by coordinate; gap = ½ Σ_{a,b} p_a p_b ‖Δ(a)s(b) − Δ(b)s(a)‖², zero ⇔ each of its squares is",
			Checks: []Check{
				verify.Identity(lem12[rat], lem12[mod]), verify.Rational(lem12Bound),
				verify.Identity(lem12Proportional[rat], lem12Proportional[mod]).Within(verify.Limits{CertificateOnly: true}),
				verify.Rational(lem12Tight),
			},
			NearMisses: []NearMiss{
				{Name: "the variance squared: ‖C_t‖² ≤ Var(h_t|y_<t)²·tr F_t", Check: verify.Rational(lem12Squared)},
				{Name: "half the bound: 2‖C_t‖² ≤ Var·tr F_t", Check: verify.Rational(lem12Half)},
				{Name: "the gap without its factor ½", Check: verify.Identity(lem12GapTwice[rat], lem12GapTwice[mod]), When: threeTokens},
				{Name: "Var(Harm) in place of Var(h_t): too weak to be an identity", Check: verify.Identity(lem12GapHarm[rat], lem12GapHarm[mod])},
				{Name: "equality where s_t = c·Δ_t and c reads y_t", Check: verify.Identity(lem12ReadsToken[rat], lem12ReadsToken[mod]), Source: generalPosition(), Looks: &tabular},
				{Name: "equality only where s_t = c·Δ_t on tokens of probability zero too", Check: verify.Rational(lem12TightOffSupport), Looks: &generators.Needs{Harm: true, ZeroWeights: true}},
			},
			Looks: family,
		},
		{
			ID: "thm-13", Title: "Gradient bound", Section: "7",
			Formula:    "‖G_t‖² ≤ E[Var(h_t|y_<t)·tr F_t(y_<t)]; tr F_t ≤ κ everywhere ⇒ ‖G_t‖² ≤ κ·I_t; gap = Σ_x P(x)(Var·tr F − ‖C‖²) + ½ Σ_{x,x'} P(x)P(x')‖C(x) − C(x')‖², the last term also Σ_x P(x)‖C(x) − G_t‖²; zero ⇔ each of its squares is",
			Hypotheses: []string{"second form: tr F_t ≤ κ at every prefix of positive probability"},
			Checks: []Check{
				verify.Identity(thm13[rat], thm13[mod]).Within(verify.Limits{Leaves: pairLeaves}), verify.Rational(thm13Bound),
				verify.Identity(thm13Linear[rat], thm13Linear[mod]).Within(verify.Limits{CertificateOnly: true}),
				verify.Identity(thm13BothForms[rat], thm13BothForms[mod]).Within(verify.Limits{Leaves: pairLeaves, CertificateOnly: true}),
				verify.Identity(thm13Proportional[rat], thm13Proportional[mod]).Within(verify.Limits{CertificateOnly: true}),
				verify.Rational(thm13Tight),
			},
			NearMisses: []NearMiss{
				{Name: "the information squared: ‖G_t‖² ≤ κ·I_t²", Check: verify.Rational(thm13Square)},
				{Name: "κ the least trace of the Fisher information", Drops: "tr F_t ≤ κ everywhere", Check: verify.Rational(thm13LeastTrace)},
				{Name: "I_{t+1} in place of I_t", Check: verify.Rational(thm13Index), Looks: &tabular},
				{Name: "the gap without the spread of C across prefixes", Check: verify.Identity(thm13GapNoSpread[rat], thm13GapNoSpread[mod]), When: twoPositions},
				{Name: "the second moment of C across prefixes in place of its spread", Check: verify.Identity(thm13SecondMoment[rat], thm13SecondMoment[mod])},
				{Name: "equality where s_t = c(y_<t)·Δ_t", Check: verify.Identity(thm13ReadsPrefix[rat], thm13ReadsPrefix[mod]), Looks: &tabular},
				{Name: "equality wherever lem-12 is one at every prefix", Check: verify.Rational(thm13TightVarying), Looks: &tabular},
			},
			Looks: family,
		},
		{
			ID: "thm-13-sharp", Title: "Gradient bound without a uniform constant", Section: "7",
			Formula:    "‖G_t‖² ≤ I_t·tr F̄_t, I_t·(I_t·tr F̄_t − ‖G_t‖²) = E‖I_t·s_t − Δ_t·G_t‖²; G_tᵀ F̄_t⁺ G_t ≤ I_t, I_t − 2zᵀG_t + zᵀF̄_tz = E[(Δ_t − s_tᵀz)²] for every z, with equality for tabular policies",
			Hypotheses: []string{"equality: tabular"},
			Reading:    "The suite's own sharpening. The pseudo-inverse form is the squared length of the projection of Δ_t onto the span of the scores: z = F̄_t⁺G_t, or, for two parameters and free of divisions, z = adj(F̄_t)G_t/det F̄_t. Tabular: Δ_t itself solves F̄_t·z = G_t. The gap of the first bound is a sum of squares over pairs of prefixes; multiplied by I_t it needs one square for each.",
			Checks: []Check{
				verify.Identity(thm13Sharp[rat], thm13Sharp[mod]).Within(verify.Limits{Leaves: pairLeaves}), verify.Rational(thm13SharpBound), verify.Rational(thm13Tabular),
				verify.Identity(thm13SharpLinear[rat], thm13SharpLinear[mod]).Within(verify.Limits{CertificateOnly: true}),
				verify.Identity(thm13SharpBothForms[rat], thm13SharpBothForms[mod]).Within(verify.Limits{Leaves: pairLeaves, CertificateOnly: true}),
				verify.Identity(thm13SharpResidual[rat], thm13SharpResidual[mod]),
				verify.Identity(thm13SharpBest[rat], thm13SharpBest[mod]).Within(verify.Limits{CertificateOnly: true}),
				verify.Identity(thm13SharpTabular[rat], thm13SharpTabular[mod]),
				verify.Identity(thm13SharpProportional[rat], thm13SharpProportional[mod]).Within(verify.Limits{CertificateOnly: true}),
				verify.Rational(thm13SharpTight),
			},
			NearMisses: []NearMiss{
				{Name: "equality for every parameterisation", Drops: "tabular", Check: verify.Rational(thm13SharpEquality)},
				{Name: "I_t/2", Check: verify.Rational(thm13SharpHalf)},
				{Name: "F̄_t in place of its inverse", Check: verify.Rational(thm13SharpForward)},
				{Name: "the squares without their factor I_t", Check: verify.Identity(thm13SharpUnscaled[rat], thm13SharpUnscaled[mod])},
				{Name: "the squares within prefixes alone", Check: verify.Identity(thm13SharpWithin[rat], thm13SharpWithin[mod]), Source: generalPosition(), Looks: &tabular},
				{Name: "what a combination of scores leaves of Δ_t, with zᵀG_t in place of 2zᵀG_t − zᵀF̄_tz", Check: verify.Identity(thm13SharpOnce[rat], thm13SharpOnce[mod]), Source: generalPosition()},
				{Name: "the adjugate of F̄_t without its signs", Check: verify.Identity(thm13SharpSign[rat], thm13SharpSign[mod]).Within(verify.Limits{CertificateOnly: true}), Source: generalPosition()},
				{Name: "equality where s_t = c(y_<t)·Δ_t", Check: verify.Identity(thm13SharpReadsPrefix[rat], thm13SharpReadsPrefix[mod]), Source: generalPosition(), Looks: &tabular},
				{Name: "equality wherever lem-12 is one at every prefix", Check: verify.Rational(thm13SharpTightVarying), Looks: &tabular},
			},
			Looks: family,
		},
		{
			ID: "rem-4", Title: "Gradients shrink with the root of harm information", Section: "7",
			Formula:    "‖G_t‖ ≤ √(κ·I_t) along Harm_n = Harm/n, where I_t → 0",
			Hypotheses: []string{"the Fisher information stays bounded by κ along the sequence"},
			Checks:     []Check{verify.Interval(rem4)},
			NearMisses: []NearMiss{
				{Name: "‖G_t‖ ≤ κ·I_t", Check: verify.Interval(rem4Linear)},
				{Name: "κ read off the mean: ‖G_t‖ ≤ √(I_t·tr F̄_t/2)", Check: verify.Interval(rem4Half)},
			},
			Looks: family,
		},
		{
			ID: "rem-5", Title: "Tightness", Section: "7",
			Formula:    "lem-12 is an equality ⇔ s_t = c(y_<t)·Δ_t on the support, where Var(h_t|y_<t) > 0; thm-13 is strict whenever C_t varies across prefixes of positive probability",
			Hypotheses: []string{"Var(h_t|y_<t) > 0"},
			Checks:     []Check{verify.Rational(rem5)},
			NearMisses: []NearMiss{
				{Name: "always tight", Drops: "s_t = c·Δ_t", Check: verify.Rational(rem5Always)},
				{Name: "equality only where proportional, Var(h_t|y_<t) = 0 included", Drops: "Var(h_t|y_<t) > 0", Check: verify.Rational(rem5NoVariance)},
				{Name: "thm-13 always strict", Check: verify.Rational(rem5AlwaysStrict)},
			},
			Looks: family,
		},
	}
}

// scores returns s_t at state x of layer t−1 for the family of the world: one row
// per local coordinate.
func scores[E any](w *World[E], t, x int) [][]E { return exact.Score(w.Ring, w.Family, t, x) }

// innovation returns h_t(xa) − h_{t−1}(x) over the edges of state x of layer t−1.
func innovation[E any](w *World[E], t, x int) []E {
	m := w.Solution()
	d := w.After(t, x, m.H[t])
	for k := range d {
		d[k] = w.Sub(d[k], m.H[t-1][x])
	}
	return d
}

// covariance returns Cov(h_t, s_t|x) as E[(h_t − h_{t−1})·s_t|x], from the scores.
func covariance[E any](w *World[E], t, x int) []E {
	p, d := w.Row(t, x), innovation(w, t, x)
	c := make([]E, 0, len(d))
	for _, s := range scores(w, t, x) {
		c = append(c, triple(w, p, d, s))
	}
	return c
}

// triple returns Σ_a p_a·u_a·v_a.
func triple[E any](w *World[E], p, u, v []E) E {
	sum := w.FromInt(0)
	for k := range p {
		sum = w.Add(sum, w.Mul(w.Mul(p[k], u[k]), v[k]))
	}
	return sum
}

// trace returns tr F_t(x) = Σ_i E[s_i²|x], from the scores.
func trace[E any](w *World[E], t, x int) E {
	sum := w.FromInt(0)
	for _, s := range scores(w, t, x) {
		sum = w.Add(sum, triple(w, w.Row(t, x), s, s))
	}
	return sum
}

// gradient returns G_t = Σ_x P(x)·C_t(x) over all of θ.
func gradient[E any](w *World[E], t int) []E {
	g := make([]E, w.Family.Param.Total(w.Family.Process))
	for i := range g {
		g[i] = w.FromInt(0)
	}
	for x, p := range w.Solution().Occupancy[t-1] {
		for i, c := range covariance(w, t, x) {
			j := w.Family.Param.Index(w.Family.Process, t, x, i)
			g[j] = w.Add(g[j], w.Mul(p, c))
		}
	}
	return g
}

func norm2[E any](w *World[E], v []E) E { return w.Dot(v, v) }

func def11[E any](w *World[E]) {
	for t := 1; t <= w.T(); t++ {
		marginal := w.FromInt(0)
		for x := range w.States(t) {
			p, s := w.Row(t, x), scores(w, t, x)
			f := exact.Fisher(w.Ring, w.Family, t, x)
			for i := range s {
				w.Equal(verify.At(t, x), "E[s_t|y_<t] = 0", w.Dot(p, s[i]), w.FromInt(0))
				for j := range s {
					w.Equal(verify.At(t, x), "F_ij = E[s_i·s_j|y_<t]", f[i][j], triple(w, p, s[i], s[j]))
				}
			}
			w.Equal(verify.At(t, x), "tr F_t by formula = Σ_i E[s_i²|y_<t]", exact.FisherTrace(w.Ring, w.Family, t, x), trace(w, t, x))
			marginal = w.Add(marginal, w.Mul(w.Solution().Occupancy[t-1][x], trace(w, t, x)))
		}
		mean := w.FromInt(0)
		if w.Family.Param.Tabular() {
			continue // F̄_t is large and zero off its blocks
		}
		for i, row := range exact.MeanFisher(w.Ring, w.Family, w.Solution().Occupancy[t-1], t) {
			mean = w.Add(mean, row[i])
		}
		w.Equal(verify.At(t, 0), "tr F̄_t = E[tr F_t]", mean, marginal)
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

// squares returns Σ_{a<b} p_a p_b Σ_i (d_a·s_i(b) − d_b·s_i(a))², the sum of
// squares that Lagrange's identity leaves of Cauchy–Schwarz.
func squares[E any](w *World[E], p, d []E, s [][]E) E {
	sum := w.FromInt(0)
	for a := range p {
		for b := a + 1; b < len(p); b++ {
			pair := w.FromInt(0)
			for i := range s {
				minor := w.Sub(w.Mul(d[a], s[i][b]), w.Mul(d[b], s[i][a]))
				pair = w.Add(pair, w.Mul(minor, minor))
			}
			sum = w.Add(sum, w.Mul(w.Mul(p[a], p[b]), pair))
		}
	}
	return sum
}

// pointwiseGap returns Var(h_t|x)·tr F_t(x) − ‖C_t(x)‖².
func pointwiseGap[E any](w *World[E], t, x int) E {
	v := w.Mul(w.Solution().Step[t-1][x], trace(w, t, x))
	return w.Sub(v, norm2(w, covariance(w, t, x)))
}

// everyPrefix runs f at every prefix: at each position, in each state that one ends in.
func everyPrefix[E any](w *World[E], f func(t, x int)) {
	for t := 1; t <= w.T(); t++ {
		for x := range w.States(t) {
			f(t, x)
		}
	}
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

// extremeTrace returns the largest (or least) tr F_t over the prefixes of
// positive probability.
func extremeTrace(w *World[rat], t int, largest bool) rat {
	f := rationals(w)
	var k rat
	first := true
	for x, p := range w.Solution().Occupancy[t-1] {
		if w.IsZero(p) {
			continue
		}
		if v := trace(w, t, x); first || (f.Cmp(v, k) > 0) == largest {
			k, first = v, false
		}
	}
	return k
}

func thm13Bound(w *World[rat]) {
	score := w.Oracle().Score(*w.Family.Param)
	for t := 1; t <= w.T(); t++ {
		g := norm2(w, score.Position(t, w.Oracle().Harm()))
		w.AtMost(verify.At(t, 0), "‖G_t‖² ≤ E[Var(h_t|y_<t)·tr F_t]", g, bound(w, t))
		w.AtMost(verify.At(t, 0), "‖G_t‖² ≤ κ·I_t", g, w.Mul(extremeTrace(w, t, true), w.Oracle().Information(t)))
	}
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

// meanTrace returns tr F̄_t.
func meanTrace[E any](w *World[E], t int) E {
	sum := w.FromInt(0)
	for x, p := range w.Solution().Occupancy[t-1] {
		sum = w.Add(sum, w.Mul(p, trace(w, t, x)))
	}
	return sum
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
	z, err := exact.Solve(rationals(w), exact.MeanFisher(w.Ring, w.Family, w.Solution().Occupancy[t-1], t), g)
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
		for i, row := range exact.MeanFisher(w.Ring, w.Family, w.Solution().Occupancy[t-1], t) {
			sum = w.Add(sum, w.Mul(g[i], w.Dot(row, g)))
		}
		w.AtMost(verify.At(t, 0), "G_tᵀ F̄_t G_t ≤ I_t", sum, w.Solution().Information[t-1])
	}
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
		tight, same := 0, 0
		if w.IsZero(pointwiseGap(w, t, x)) {
			tight = 1
		}
		// s_t = c·Δ_t with a finite c: where Δ_t = 0 the score must vanish.
		if proportional(w, t, x) && (!w.IsZero(w.Solution().Step[t-1][x]) || w.IsZero(trace(w, t, x))) {
			same = 1
		}
		w.Same(verify.At(t, x), "tight ⇔ s_t = c·Δ_t (1: yes, 0: no)", tight, same)
	})
}

func rem5AlwaysStrict(w *World[rat]) {
	for t := 1; t <= w.T(); t++ {
		if !w.IsZero(bound(w, t)) {
			w.Less(verify.At(t, 0), "‖G_t‖² < E[Var(h_t|y_<t)·tr F_t]", norm2(w, gradient(w, t)), bound(w, t))
		}
	}
}
