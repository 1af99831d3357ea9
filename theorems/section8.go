package theorems

import (
	"fmt"
	"iter"
	"slices"

	"sounding/exact"
	"sounding/exact/field"
	"sounding/generators"
	"sounding/model"
	"sounding/verify"
)

// Section 8: the equilibrium of the standard objective, as a power series in λ.

func section8() []*Statement {
	looks := generators.Needs{Harm: true, Kind: model.Decoupled}
	decoupled := familySource(model.Decoupled, looks)
	everywhere := &Source{Smallest: smallestWhere(looks, movesEverywhere)}
	long := &Source{Smallest: smallestWhere(looks, func(c *model.Case) bool { return c.Length() > 1 && moves(c) })}
	shared := familySource(model.Shared, generators.Needs{Harm: true, Kind: model.Shared})
	shared.Smallest = smallestWhere(generators.Needs{Harm: true, Kind: model.Shared}, movesEverywhere)
	return []*Statement{
		{
			ID: "eq-40", Title: "First-order condition", Section: "8",
			Formula:    "λG_t + ∇_{θ_t} KL = 0 at the equilibrium; to first order in λ: G_t + F̄_t·θ_t' = 0",
			Hypotheses: []string{"decoupled parameters"},
			Reading:    "∇_{θ_t}KL is that of the whole KL: KL_s for s > t depends on θ_t too, at higher order. The condition is checked by differentiating L itself, with dual numbers over power series.",
			Checks:     []Check{verify.Series(stationary[rat], stationary[mod]), verify.Series(eq40[rat], eq40[mod])},
			NearMisses: []NearMiss{
				{Name: "sign: G_t = F̄_t·θ_t'", Check: verify.Series(eq40Sign[rat], eq40Sign[mod])},
				{Name: "KL_t alone: λG_t + ∇_{θ_t} KL_t = 0 to second order", Drops: "KL_s for s > t", Check: verify.Series(eq40Alone[rat], eq40Alone[mod]), Source: everywhere},
			},
			Source: decoupled,
		},
		{
			ID: "eq-41", Title: "Parameter shift at equilibrium", Section: "8",
			Formula:    "δθ_t = −λ·F̄_t⁻¹G_t + O(λ²)",
			Hypotheses: []string{"decoupled parameters", "F̄_t ≻ 0"},
			Checks:     []Check{verify.Series(eq41[rat], eq41[mod])},
			NearMisses: []NearMiss{
				{Name: "sign: +λ·F̄_t⁻¹G_t", Check: verify.Series(eq41Sign[rat], eq41Sign[mod])},
				{Name: "F̄_t in place of its inverse", Check: verify.Series(eq41Forward[rat], eq41Forward[mod])},
				{Name: "exact: no O(λ²)", Drops: "O(λ²)", Check: verify.Series(eq41Exact[rat], eq41Exact[mod])},
			},
			Source: decoupled,
		},
		{
			ID: "thm-14", Title: "Equilibrium characterisation", Section: "8",
			Formula:    "KL_t = (λ²/2)·G_tᵀF̄_t⁻¹G_t + O(λ³) ≤ (λ²/2)·I_t + O(λ³), with equality for tabular policies",
			Hypotheses: []string{"decoupled parameters", "F̄_t ≻ 0, or its pseudo-inverse"},
			Checks:     []Check{verify.Series(thm14[rat], thm14[mod]), verify.Series(thm14Bound, nil), verify.Series(thm14Tabular, nil)},
			NearMisses: []NearMiss{
				{Name: "λ in place of λ²: a term of first order", Check: verify.Series(thm14FirstOrder[rat], thm14FirstOrder[mod])},
				{Name: "missing ½", Check: verify.Series(thm14NoHalf[rat], thm14NoHalf[mod])},
				{Name: "F̄_t in place of its inverse", Check: verify.Series(thm14Forward[rat], thm14Forward[mod])},
				{Name: "no O(λ³): the coefficient of λ³ is zero", Check: verify.Series(thm14Cubic[rat], thm14Cubic[mod])},
				{Name: "equality with I_t for every decoupled family", Drops: "tabular", Check: verify.Series(thm14Equality, nil)},
			},
			Source: decoupled,
		},
		{
			ID: "thm-14-bound", Title: "Equilibrium bound under bounded Fisher information", Section: "8",
			Formula:    "tr F_t ≤ κ, F̄_t ⪰ μ·Id ⇒ KL_t ≤ (λ²/2)(κ/μ)·I_t + O(λ³)",
			Hypotheses: []string{"decoupled parameters", "F̄_t ⪰ μ·Id with μ > 0"},
			Reading:    "μ is taken as 1/tr F̄_t⁻¹, a rational lower bound of the least eigenvalue; κ as the largest trace over the prefixes of positive probability.",
			Checks:     []Check{verify.Series(thm14Kappa, nil)},
			NearMisses: []NearMiss{
				{Name: "without κ and μ and half the information: KL_t ≤ (λ²/4)·I_t", Check: verify.Series(thm14Quarter, nil)},
				{Name: "the least trace for κ and the largest eigenvalue's bound tr F̄_t for μ", Drops: "tr F_t ≤ κ, F̄_t ⪰ μ·Id", Check: verify.Series(thm14Swapped, nil), Source: long},
			},
			Source: decoupled,
		},
		{
			ID: "cor-15", Title: "KL tracks harm information", Section: "8",
			Formula:    "I_t = 0 ⇒ KL_t has no term of order λ²",
			Hypotheses: []string{"decoupled parameters"},
			Reading:    "To leading order. That KL_t itself need not vanish is another entry.",
			Checks:     []Check{verify.Series(cor15, nil)},
			NearMisses: []NearMiss{
				{Name: "no term of order λ⁴ either", Check: verify.Series(cor15Fourth, nil), Source: silentSource()},
				{Name: "shared parameters", Drops: "decoupled parameters", Check: verify.Series(cor15Second, nil), Source: shared},
			},
			Source: decoupled,
		},
	}
}

// familyLimits keep the families whose equilibria are solved for small.
var familyLimits = generators.Limits{Vocabulary: 3, Length: 3, Leaves: 9}

// familySource draws cases of all classes with the log-linear family of the given
// kind. Its small cases are those in which harm and features vary.
func familySource(kind model.Kind, needs generators.Needs) *Source {
	return &Source{
		Draw: func(seed uint64, i int) *model.Case {
			return asLogLinear(generators.Example(familyLimits, seed, i), kind, i)
		},
		Smallest: smallestWhere(needs, moves),
	}
}

// asLogLinear returns the case with its log-linear family as one of the given kind;
// a tabular case gets features that depend on their places and on i.
func asLogLinear(c *model.Case, kind model.Kind, i int) *model.Case {
	d := *c
	q := d.Parameterisation
	if q.Tabular() {
		q = model.Parameterisation{Parameters: 1 + i%2}
		for t := 1; t <= c.Length(); t++ {
			f := make([]int64, c.Layer(t).Edges()*q.Parameters)
			for k := range f {
				f[k] = int64((k*k*(t+i)+3*k+i)%5) - 2
			}
			q.Features = append(q.Features, f)
		}
	}
	q.Kind = kind
	d.Parameterisation = q
	return &d
}

// smallestWhere runs through the cases of generators.Smallest for which a property
// holds that every counterexample has, and that is cheaper to see than a check.
func smallestWhere(needs generators.Needs, property func(*model.Case) bool) func() iter.Seq[*model.Case] {
	return func() iter.Seq[*model.Case] {
		return func(yield func(*model.Case) bool) {
			for _, c := range generators.Smallest(needs) {
				if property(c) && !yield(c) {
					return
				}
			}
		}
	}
}

// movesEverywhere reports whether there are two positions or more, and features at
// each of them.
func movesEverywhere(c *model.Case) bool {
	if c.Length() < 2 || !varied(c) {
		return false
	}
	for _, f := range c.Parameterisation.Features {
		if !slices.ContainsFunc(f, func(v int64) bool { return v != 0 }) {
			return false
		}
	}
	return true
}

// moves reports whether some feature and some harm value of a case differ from
// zero, so that its equilibrium may differ from the base model.
func moves(c *model.Case) bool {
	for _, f := range c.Parameterisation.Features {
		for _, v := range f {
			if v != 0 {
				return varied(c)
			}
		}
	}
	return false
}

// varied reports whether harm takes two values.
func varied(c *model.Case) bool {
	for x := range c.Process.Harm().Len() {
		if c.Process.Harm().Cmp(0, x) != 0 {
			return true
		}
	}
	return false
}

// tabularSource draws small cases with one logit per edge.
func tabularSource(needs generators.Needs) *Source {
	return &Source{
		Draw: func(seed uint64, i int) *model.Case {
			c := *generators.Example(familyLimits, seed, i)
			c.Parameterisation = model.Parameterisation{}
			return &c
		},
		Smallest: smallestWhere(needs, varied),
	}
}

// silentSource draws small tabular cases with a position that carries no
// information before the horizon.
func silentSource() *Source {
	s := tabularSource(generators.Needs{Harm: true})
	s.Smallest = smallestWhere(generators.Needs{Harm: true}, func(c *model.Case) bool {
		return slices.Contains(generators.Classify(c), generators.Silent)
	})
	g := generators.WithSilence(familyLimits)
	s.Draw = func(seed uint64, i int) *model.Case {
		c := *g.Example(int(seed)*1_000_003 + i)
		c.Parameterisation = model.Parameterisation{}
		return &c
	}
	return s
}

// fieldOf returns the ring of a world as the field it is.
func fieldOf[E any](w *World[E]) field.Field[E] { return w.Ring.(field.Field[E]) }

// fraction returns n/d in the field of the world.
func fraction[E any](w *World[E], n, d int64) E {
	q, err := fieldOf(w).Quo(w.FromInt(n), w.FromInt(d))
	if err != nil {
		panic(err) // small integers are invertible
	}
	return q
}

// standard returns the branch of equilibria, or nil where the base model's Fisher
// information admits none, which is noted as vacuous.
func standard[E any](w *World[E]) *exact.Branch[E] {
	b := w.Standard()
	if b == nil {
		w.Vacuous()
	}
	return b
}

// decoupledFamily reports whether each position has parameters of its own; other
// families are noted as vacuous.
func decoupledFamily[E any](w *World[E]) bool {
	if w.Family.Param.Kind == model.Decoupled || w.Family.Param.Tabular() {
		return true
	}
	w.Vacuous()
	return false
}

// solveFisher returns F⁻¹·v, or a solution on the range of a singular F.
func solveFisher[E any](w *World[E], fisher [][]E, v []E) []E {
	z, err := exact.Solve(fieldOf(w), fisher, v)
	if err != nil {
		panic(fmt.Sprintf("theorems: a gradient outside the range of its Fisher information: %v", err))
	}
	return z
}

// meanFisher returns F̄_t over all of θ.
func meanFisher[E any](w *World[E], t int) [][]E {
	return exact.MeanFisher(w.Ring, w.Family, w.Solution().Occupancy[t-1], t)
}

func times[E any](w *World[E], m [][]E, v []E) []E {
	r := make([]E, len(m))
	for i, row := range m {
		r[i] = w.Dot(row, v)
	}
	return r
}

// block returns the coordinates of v that position t reads.
func block[E any](w *World[E], t int, v []E) []E {
	o := w.Family.Param.Offset(w.Family.Process, t)
	return v[o : o+w.Family.Param.Block(w.Family.Process, t)]
}

// coefficients returns those of s^k of every coordinate of θ(s).
func coefficients[E any](b *exact.Branch[E], k int) []E {
	v := make([]E, len(b.Theta))
	for i, theta := range b.Theta {
		v[i] = theta[k]
	}
	return v
}

// dualObjective returns dL/dθ_i along the branch, as a series in s, by evaluating
// L at θ(s) + ε·e_i with dual numbers over power series. L is computed by the
// backward recursion of its definition: it knows no score and no Fisher
// information. With only t > 0, the KL of position t alone is kept.
func dualObjective[E any](w *World[E], b *exact.Branch[E], i, only int) []E {
	f := fieldOf(w)
	series := field.NewSeriesField(f, verify.SeriesOrder)
	dual := field.NewSeriesField(series, 1)
	p := w.Family.Process
	constant := func(v E) [][]E { return dual.Constant(series.Constant(v)) }
	lambda := dual.Constant(series.Dual(f.FromInt(0), w.Objective().Lambda))
	value := make([][][]E, p.States(w.T()))
	for x := range value {
		value[x] = dual.Mul(lambda, constant(w.Family.Harm[x]))
	}
	for t := w.T(); t >= 1; t-- {
		l := p.Layer(t)
		before := make([][][]E, l.States())
		for x := range before {
			lo, hi := l.Row(x)
			z := dual.FromInt(0)
			logit, tilted := make([][][]E, hi-lo), make([][][]E, hi-lo)
			for e := lo; e < hi; e++ {
				logit[e-lo] = dual.FromInt(0)
				for j := range w.Family.Param.Width(p, t, x) {
					k := w.Family.Param.Index(p, t, x, j)
					theta := dual.Constant(b.Theta[k])
					if k == i {
						theta = dual.Dual(b.Theta[k], series.FromInt(1))
					}
					feature := w.Family.Features[t-1][e*w.Family.Param.Parameters+j]
					logit[e-lo] = dual.Add(logit[e-lo], dual.Mul(constant(feature), theta))
					if w.Family.Powers != nil {
						power := theta
						for _, c := range w.Family.Powers[t-1][e] {
							power = dual.Mul(power, theta)
							logit[e-lo] = dual.Add(logit[e-lo], dual.Mul(constant(c), power))
						}
					}
				}
				tilted[e-lo] = dual.Mul(constant(w.Family.Prob[t-1][e]), expDual(f, series, logit[e-lo]))
				z = dual.Add(z, tilted[e-lo])
			}
			logZ := logDual(series, z)
			before[x] = dual.FromInt(0)
			for e := lo; e < hi; e++ {
				q, err := dual.Quo(tilted[e-lo], z)
				if err != nil {
					panic(err) // z(0) = 1
				}
				v := value[l.Next(e)]
				if only == 0 || only == t {
					v = dual.Add(v, dual.Sub(logit[e-lo], logZ))
				}
				before[x] = dual.Add(before[x], dual.Mul(q, v))
			}
		}
		value = before
	}
	return value[0][1]
}

// expDual returns e^{a + bε} = e^a + e^a·b·ε over power series with a(0) = 0.
func expDual[E any](f field.Field[E], s field.SeriesField[E], a [][]E) [][]E {
	e, err := s.Exp(a[0])
	if err != nil {
		panic(err) // the order is far below the characteristic
	}
	return [][]E{e, s.Mul(e, a[1])}
}

// logDual returns log(a + bε) = log a + (b/a)·ε over power series with a(0) = 1.
func logDual[E any](s field.SeriesField[E], a [][]E) [][]E {
	l, err := s.Log(a[0])
	if err != nil {
		panic(err)
	}
	q, err := s.Quo(a[1], a[0])
	if err != nil {
		panic(err)
	}
	return [][]E{l, q}
}

// stationary claims that every derivative of L vanishes along the branch, in all
// orders that were solved for. It runs for log-linear families of every kind.
func stationary[E any](w *World[E]) {
	b := standard(w)
	if b == nil || w.Family.Features == nil {
		return
	}
	for i := range b.Theta {
		for k, c := range dualObjective(w, b, i, 0) {
			w.Equal(Place{}, fmt.Sprintf("∂L/∂θ_%d = 0 along the equilibrium, order %d", i, k), c, w.FromInt(0))
		}
	}
}

func eq40[E any](w *World[E]) {
	condition(w, "λG_t + F̄_t·δθ_t = 0, order 1", func(g, shift E) (left, right E) { return w.Add(g, shift), w.FromInt(0) })
}

func eq40Sign[E any](w *World[E]) {
	condition(w, "λG_t = F̄_t·δθ_t, order 1", func(g, shift E) (left, right E) { return g, shift })
}

// condition compares λG_t with F̄_t·δθ_t, coordinate by coordinate.
func condition[E any](w *World[E], claim string, sides func(g, shift E) (left, right E)) {
	b := standard(w)
	if b == nil || !decoupledFamily(w) {
		return
	}
	theta := coefficients(b, 1)
	for t := 1; t <= w.T(); t++ {
		g, shift := block(w, t, exact.Gradient(w.Ring, w.Family, w.Solution(), t)), block(w, t, times(w, meanFisher(w, t), theta))
		for i := range g {
			left, right := sides(w.Mul(w.Objective().Lambda, g[i]), shift[i])
			w.Equal(verify.At(t, 0), claim, left, right)
		}
	}
}

// eq40Alone leaves the KL of later positions out of the condition.
func eq40Alone[E any](w *World[E]) {
	b := standard(w)
	if b == nil || !decoupledFamily(w) || w.Family.Features == nil {
		return
	}
	for t := 1; t <= w.T(); t++ {
		o := w.Family.Param.Offset(w.Family.Process, t)
		for i := range w.Family.Param.Block(w.Family.Process, t) {
			for k, c := range dualObjective(w, b, o+i, t)[:3] {
				w.Equal(verify.At(t, 0), fmt.Sprintf("λG_t + ∇_{θ_t} KL_t = 0, order %d", k), c, w.FromInt(0))
			}
		}
	}
}

// shift compares F̄_t·δθ_t, order 1, with what a formula makes of G_t. Multiplied
// by F̄_t, a formula for δθ_t says the same whether or not F̄_t is singular.
func shiftClaim[E any](w *World[E], claim string, right func(t int, g []E) []E) {
	b := standard(w)
	if b == nil || !decoupledFamily(w) {
		return
	}
	for t := 1; t <= w.T(); t++ {
		f := meanFisher(w, t)
		left := times(w, f, coefficients(b, 1))
		g := exact.Gradient(w.Ring, w.Family, w.Solution(), t)
		for i, v := range block(w, t, times(w, f, right(t, g))) {
			w.Equal(verify.At(t, 0), claim, block(w, t, left)[i], v)
		}
	}
}

func scaled[E any](w *World[E], c E, v []E) []E {
	r := make([]E, len(v))
	for i := range v {
		r[i] = w.Mul(c, v[i])
	}
	return r
}

func eq41[E any](w *World[E]) {
	shiftClaim(w, "δθ_t = −λF̄_t⁻¹G_t, order 1", func(t int, g []E) []E {
		return scaled(w, w.Neg(w.Objective().Lambda), solveFisher(w, meanFisher(w, t), g))
	})
}

func eq41Sign[E any](w *World[E]) {
	shiftClaim(w, "δθ_t = +λF̄_t⁻¹G_t, order 1", func(t int, g []E) []E {
		return scaled(w, w.Objective().Lambda, solveFisher(w, meanFisher(w, t), g))
	})
}

func eq41Forward[E any](w *World[E]) {
	shiftClaim(w, "δθ_t = −λF̄_t·G_t, order 1", func(t int, g []E) []E {
		return scaled(w, w.Neg(w.Objective().Lambda), times(w, meanFisher(w, t), g))
	})
}

func eq41Exact[E any](w *World[E]) {
	if b := standard(w); b != nil {
		for _, v := range coefficients(b, 2) {
			w.Equal(Place{}, "δθ has no term of order λ²", v, w.FromInt(0))
		}
	}
}

// quadraticForm returns G_tᵀF̄_t⁺G_t.
func quadraticForm[E any](w *World[E], t int) E {
	g := exact.Gradient(w.Ring, w.Family, w.Solution(), t)
	return w.Dot(g, solveFisher(w, meanFisher(w, t), g))
}

// halfSquare returns (λ²/2)·v, for the λ of the case.
func halfSquare[E any](w *World[E], v E) E {
	l := w.Objective().Lambda
	return w.Mul(fraction(w, 1, 2), w.Mul(w.Mul(l, l), v))
}

// everyKL runs a claim about the coefficients of KL_t at every position of a
// decoupled family.
func everyKL[E any](w *World[E], f func(t int, kl []E)) {
	b := standard(w)
	if b == nil || !decoupledFamily(w) {
		return
	}
	for t := 1; t <= w.T(); t++ {
		f(t, b.KL[t-1])
	}
}

func thm14[E any](w *World[E]) {
	everyKL(w, func(t int, kl []E) {
		w.Equal(verify.At(t, 0), "KL_t, order 0", kl[0], w.FromInt(0))
		w.Equal(verify.At(t, 0), "KL_t, order 1", kl[1], w.FromInt(0))
		w.Equal(verify.At(t, 0), "KL_t = (λ²/2)·G_tᵀF̄_t⁻¹G_t, order 2", kl[2], halfSquare(w, quadraticForm(w, t)))
	})
}

func thm14Bound(w *World[rat]) {
	everyKL(w, func(t int, kl []rat) {
		w.AtMost(verify.At(t, 0), "KL_t ≤ (λ²/2)·I_t, order 2", kl[2], halfSquare(w, w.Oracle().Information(t)))
	})
}

// thm14Tabular expands the tabular optimum P* ∝ P_0·e^{−λHarm} itself in λ, with no
// use of Newton's iteration: its coefficient of λ² is I_t/2.
func thm14Tabular(w *World[rat]) {
	for t, kl := range tabularKL(w) {
		w.Equal(verify.At(t+1, 0), "tabular: KL_t = (λ²/2)·I_t, order 2", kl[2], w.Mul(fraction(w, 1, 2), w.Oracle().Information(t+1)))
		w.Equal(verify.At(t+1, 0), "tabular: KL_t, order 1", kl[1], w.FromInt(0))
	}
}

// formalTilt returns the point of the world over power series in λ, and the tilt
// e^{−λHarm} of each state of layer T.
func formalTilt(w *World[rat]) (field.SeriesField[rat], *exact.Point[[]rat], [][]rat) {
	s := field.NewSeriesField(rationals(w), verify.SeriesOrder)
	pt := &exact.Point[[]rat]{Process: w.Family.Process, Prob: make([][][]rat, w.T())}
	for t, prob := range w.Family.Prob {
		for _, v := range prob {
			pt.Prob[t] = append(pt.Prob[t], s.Constant(v))
		}
	}
	var tilt [][]rat
	for _, h := range w.Family.Harm {
		pt.Harm = append(pt.Harm, s.Constant(h))
		u, err := s.Exp(s.Dual(w.FromInt(0), w.Neg(h)))
		if err != nil {
			panic(err) // ℚ divides by integers
		}
		tilt = append(tilt, u)
	}
	return s, pt, tilt
}

// tabularKL returns KL_t of the tabular optimum as a series in λ, for t = 1…T at
// [t−1], from the series of the soft values Z_t(x) = E_0[e^{−λHarm}|x]:
// KL_t·Z_0 = Σ_x P_0(x)·(Z_t·log Z_t) − Σ_x P_0(x)·(Z_{t−1}·log Z_{t−1}).
func tabularKL(w *World[rat]) [][]rat {
	s, pt, tilt := formalTilt(w)
	soft := exact.Backward(s, pt, tilt)
	level := make([][]rat, len(soft))
	for t, z := range soft {
		level[t] = s.FromInt(0)
		for x, v := range z {
			l, err := s.Log(v)
			if err != nil {
				panic(err)
			}
			level[t] = s.Add(level[t], s.Mul(s.Constant(w.Solution().Occupancy[t][x]), s.Mul(v, l)))
		}
	}
	kl := make([][]rat, w.T())
	for t := range kl {
		var err error
		if kl[t], err = s.Quo(s.Sub(level[t+1], level[t]), soft[0][0]); err != nil {
			panic(err)
		}
	}
	return kl
}

func thm14FirstOrder[E any](w *World[E]) {
	everyKL(w, func(t int, kl []E) {
		w.Equal(verify.At(t, 0), "KL_t = (λ/2)·G_tᵀF̄_t⁻¹G_t, order 1", kl[1], w.Mul(w.Mul(fraction(w, 1, 2), w.Objective().Lambda), quadraticForm(w, t)))
	})
}

func thm14NoHalf[E any](w *World[E]) {
	everyKL(w, func(t int, kl []E) {
		v := halfSquare(w, quadraticForm(w, t))
		w.Equal(verify.At(t, 0), "KL_t = λ²·G_tᵀF̄_t⁻¹G_t, order 2", kl[2], w.Add(v, v))
	})
}

func thm14Forward[E any](w *World[E]) {
	everyKL(w, func(t int, kl []E) {
		g := exact.Gradient(w.Ring, w.Family, w.Solution(), t)
		w.Equal(verify.At(t, 0), "KL_t = (λ²/2)·G_tᵀF̄_tG_t, order 2", kl[2], halfSquare(w, w.Dot(g, times(w, meanFisher(w, t), g))))
	})
}

func thm14Cubic[E any](w *World[E]) {
	everyKL(w, func(t int, kl []E) { w.Equal(verify.At(t, 0), "KL_t, order 3", kl[3], w.FromInt(0)) })
}

func thm14Equality(w *World[rat]) {
	everyKL(w, func(t int, kl []rat) {
		w.Equal(verify.At(t, 0), "KL_t = (λ²/2)·I_t, order 2", kl[2], halfSquare(w, w.Oracle().Information(t)))
	})
}

// leastEigenvalue returns 1/tr F̄_t⁻¹, which is at most the least eigenvalue of F̄_t
// in the parameters of position t, and whether F̄_t is positive definite there.
func leastEigenvalue(w *World[rat], t int) (rat, bool) {
	if w.Family.Param.Tabular() || !definite(w, t) {
		return rat{}, false
	}
	n, o := w.Family.Param.Block(w.Family.Process, t), w.Family.Param.Offset(w.Family.Process, t)
	sum := w.FromInt(0)
	f := meanFisher(w, t)
	for i := range n {
		unit := make([]rat, len(f))
		for j := range unit {
			unit[j] = w.FromInt(0)
		}
		unit[o+i] = w.FromInt(1)
		sum = w.Add(sum, solveFisher(w, f, unit)[o+i])
	}
	mu, err := rationals(w).Quo(w.FromInt(1), sum)
	if err != nil {
		panic(err) // a positive definite matrix has a positive inverse trace
	}
	return mu, true
}

func thm14Kappa(w *World[rat]) {
	everyKL(w, func(t int, kl []rat) {
		mu, ok := leastEigenvalue(w, t)
		if !ok {
			w.Vacuous()
			return
		}
		w.AtMost(verify.At(t, 0), "μ·KL_t ≤ (λ²/2)·κ·I_t, order 2", w.Mul(mu, kl[2]),
			halfSquare(w, w.Mul(extremeTrace(w, t, true), w.Oracle().Information(t))))
	})
}

func thm14Quarter(w *World[rat]) {
	everyKL(w, func(t int, kl []rat) {
		w.AtMost(verify.At(t, 0), "2·KL_t ≤ (λ²/2)·I_t, order 2", w.Add(kl[2], kl[2]), halfSquare(w, w.Oracle().Information(t)))
	})
}

func thm14Swapped(w *World[rat]) {
	everyKL(w, func(t int, kl []rat) {
		if _, ok := leastEigenvalue(w, t); ok {
			w.AtMost(verify.At(t, 0), "tr F̄_t·KL_t ≤ (λ²/2)·min tr F_t·I_t, order 2", w.Mul(meanTrace(w, t), kl[2]),
				halfSquare(w, w.Mul(extremeTrace(w, t, false), w.Oracle().Information(t))))
		}
	})
}

// silentKL claims that the coefficient of order k of KL_t vanishes where I_t = 0.
func silentKL(w *World[rat], t int, kl []rat, k int) {
	if !w.IsZero(w.Oracle().Information(t)) {
		w.Vacuous()
		return
	}
	w.Equal(verify.At(t, 0), fmt.Sprintf("I_t = 0 ⇒ KL_t, order %d", k), kl[k], w.FromInt(0))
}

func cor15(w *World[rat]) {
	everyKL(w, func(t int, kl []rat) { silentKL(w, t, kl, 2) })
	for t, kl := range tabularKL(w) {
		silentKL(w, t+1, kl, 2)
		silentKL(w, t+1, kl, 3)
	}
}

func cor15Fourth(w *World[rat]) {
	for t, kl := range tabularKL(w) {
		silentKL(w, t+1, kl, 4)
	}
}

func cor15Second(w *World[rat]) {
	if b := standard(w); b != nil {
		for t, kl := range b.KL {
			silentKL(w, t+1, kl, 2)
		}
	}
}
