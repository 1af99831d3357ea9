package theorems

import (
	"iter"
	"math/big"
	"slices"

	"sounding/exact"
	"sounding/exact/definition"
	"sounding/exact/field"
	"sounding/generators"
	"sounding/model"
	"sounding/verify"
)

// Baselines and reward models: what estimators of the gradient see.

var estimatorsStatements = []*Statement{ownBaseline, ownRewardError}

var ownBaseline = &Statement{
	ID: "own-baseline", Title: "Baselines", Section: "5", Kind: verify.Own,
	Formula: "E[(Harm − b(y_<t))·s_t] = G_t for every b; tr Cov((Harm − b)·s_t) = its least value + E[(b − b*)²·E[‖s_t‖²|y_<t]], b* = E[Harm·‖s_t‖²|y_<t]/E[‖s_t‖²|y_<t]",
	Reading: ownReading + " Where E[‖s_t‖²|y_<t] = 0 the baseline does not matter, and b* is taken as 0. The baselines compared are 0, h_{t−1} and an arbitrary function of the prefix.",
	Claims: []Claim{
		{
			Formula: "E[(Harm − b(y_<t))·s_t] = G_t for arbitrary b",
			Kernel:  []string{"Gradient.baseline"},
			Check:   verify.Identity(baselineMean[rat], baselineMean[mod]),
		},
		{
			Formula:    "tr Cov((Harm − b)·s_t) − tr Cov((Harm − b*)·s_t) = E[(b − b*)²·E[‖s_t‖²|y_<t]], b* = E[Harm·‖s_t‖²|y_<t]/E[‖s_t‖²|y_<t]",
			Hypotheses: []string{"the estimator of one position", "b*, not the mean h_{t−1}"},
			Kernel:     []string{"Gradient.baseline_trace"},
			Check:      verify.Rational(baselineSpread),
			Also:       []Check{verify.Identity(baselineSpreadFree[rat], baselineSpreadFree[mod]).Within(verify.Limits{Leaves: symbolLeaves})},
		},
	},
	NearMisses: []NearMiss{
		{Name: "least for the total estimator Σ_t (Harm − b_t)·s_t as well", Drops: "the estimator of one position", Check: verify.Rational(baselineTotal), Source: movingShared()},
		{Name: "h_{t−1} is never worse than no baseline", Drops: "b*, not the mean h_{t−1}", Check: verify.Rational(baselineValue)},
		{Name: "b* without the score: the mean of Harm", Check: verify.Rational(baselineNaive)},
		{Name: "a baseline that depends on y_t leaves the mean unchanged", Check: verify.Identity(baselineToken[rat], baselineToken[mod])},
	},
	Looks: needsHarmShared,
}

// baselineMean compares E[(Harm − b(y_<t))·s_t], by enumeration, with G_t, by
// recursion, for an arbitrary b.
func baselineMean[E any](w *World[E]) {
	baselineAlong(w, "E[(Harm − b(y_<t))·s_t] = G_t", func(t, i int) E { return w.Test()[t-1][w.Oracle().State(i, t-1)] })
}

func baselineToken[E any](w *World[E]) {
	baselineAlong(w, "E[(Harm − b(y_≤t))·s_t] = G_t", func(t, i int) E { return w.Test()[t][w.Oracle().State(i, t)] })
}

func baselineAlong[E any](w *World[E], claim string, b func(t, i int) E) {
	for _, tangent := range w.Tangents() {
		for t := 1; t <= w.T(); t++ {
			f := w.Oracle().Harm()
			for i := range f {
				f[i] = w.Sub(f[i], b(t, i))
			}
			w.Equal(verify.At(t, 0), claim, w.Oracle().Derivative(f, tangent)[t-1], along(w, t, tangent))
		}
	}
}

// definedScore returns the scores by definition, from the features of a case or from free ones.
func definedScore[E any](w *World[E]) *definition.Score[E] {
	if w.Case == nil {
		return w.Oracle().ScoreOf(*w.Family.Param, w.Family.Features)
	}
	return w.Oracle().Score(*w.Family.Param)
}

// estimatorTrace returns tr Cov(Σ_t (Harm − b_t)·s_t) over the positions from first to last,
// by enumeration, for the baselines b[t−1][x].
func estimatorTrace[E any](w *World[E], first, last int, b [][]E) E {
	o := w.Oracle()
	score := definedScore(w)
	mean := zeros(w, w.Family.Param.Total(w.Family.Process))
	second := w.FromInt(0)
	for y, p := range o.Joint() {
		sum := make(map[int]E)
		for t := first; t <= last; t++ {
			x := o.State(y, t-1)
			d := w.Sub(w.Family.Harm[o.State(y, w.T())], b[t-1][x])
			for i, s := range score.At(t, o.Edge(y, t)) {
				j := w.Family.Param.Index(w.Family.Process, t, x, i)
				v := w.Mul(d, s)
				if old, ok := sum[j]; ok {
					v = w.Add(old, v)
				}
				sum[j] = v
			}
		}
		for j, v := range sum {
			mean[j] = w.Add(mean[j], w.Mul(p, v))
			second = w.Add(second, w.Mul(p, w.Mul(v, v)))
		}
	}
	return w.Sub(second, norm2(w, mean))
}

// lengths returns E[‖s_t‖²|x] and E[v(y_t)·‖s_t‖²|x].
func lengths[E any](w *World[E], t, x int, v []E) (plain, weighted E) {
	plain, weighted = w.FromInt(0), w.FromInt(0)
	p := w.Row(t, x)
	for _, s := range scores(w, t, x) {
		plain = w.Add(plain, triple(w, p, s, s))
		for a := range p {
			weighted = w.Add(weighted, w.Mul(w.Mul(p[a], v[a]), w.Mul(s[a], s[a])))
		}
	}
	return plain, weighted
}

// best returns b* for every position and state.
func best(w *World[rat]) [][]rat {
	b := make([][]rat, w.T())
	for t := range b {
		b[t] = make([]rat, w.Layer(t+1).States())
		for x := range b[t] {
			b[t][x] = w.FromInt(0)
			plain, weighted := lengths(w, t+1, x, w.After(t+1, x, w.Solution().H[t+1]))
			if !w.IsZero(plain) {
				q := defined(rationals(w).Quo(weighted, plain))
				b[t][x] = q
			}
		}
	}
	return b
}

// without returns the baselines that are 0 everywhere.
func without(w *World[rat]) [][]rat {
	b := make([][]rat, w.T())
	for t := range b {
		for range w.Layer(t + 1).States() {
			b[t] = append(b[t], w.FromInt(0))
		}
	}
	return b
}

// baselineExcess compares E[(b − least)²·E[‖s_t‖²|y_<t]] with what tr Cov for a few
// baselines b exceeds that for the least by.
func baselineExcess(w *World[rat], claim string, least [][]rat) {
	for _, b := range [][][]rat{without(w), w.Solution().H, w.Test()} {
		for t := 1; t <= w.T(); t++ {
			right := w.FromInt(0)
			for x, p := range w.Solution().Occupancy[t-1] {
				plain, _ := lengths(w, t, x, w.Row(t, x))
				right = w.Add(right, w.Mul(w.Mul(p, plain), field.Square(w.Ring, w.Sub(b[t-1][x], least[t-1][x]))))
			}
			w.Equal(verify.At(t, 0), claim, w.Sub(estimatorTrace(w, t, t, b), estimatorTrace(w, t, t, least)), right)
		}
	}
}

// baselineSpreadFree compares tr Cov for two arbitrary baselines.
func baselineSpreadFree[E any](w *World[E]) {
	b, c := w.Test(), anyStates(w)
	for t := 1; t <= w.T(); t++ {
		right := w.FromInt(0)
		for x, p := range w.Solution().Occupancy[t-1] {
			plain, weighted := lengths(w, t, x, w.After(t, x, w.Solution().H[t]))
			apart := w.Sub(b[t-1][x], c[t-1][x])
			rest := w.Sub(weighted, w.Mul(c[t-1][x], plain))
			right = w.Add(right, w.Mul(p, w.Sub(w.Mul(w.Mul(apart, apart), plain), w.Mul(w.Add(apart, apart), rest))))
		}
		w.Equal(verify.At(t, 0), "tr Cov for b − tr Cov for c = E[(b − c)²·E[‖s_t‖²|y_<t]] + 2·E[(c − b)·(E[Harm·‖s_t‖²|y_<t] − c·E[‖s_t‖²|y_<t])]",
			w.Sub(estimatorTrace(w, t, t, b), estimatorTrace(w, t, t, c)), right)
	}
}

func baselineSpread(w *World[rat]) {
	baselineExcess(w, "tr Cov for b − tr Cov for b* = E[(b − b*)²·E[‖s_t‖²|y_<t]]", best(w))
}

func baselineNaive(w *World[rat]) {
	baselineExcess(w, "tr Cov for b − tr Cov for h_{t−1} = E[(b − h_{t−1})²·E[‖s_t‖²|y_<t]]", w.Solution().H)
}

// baselineTotal compares b* with itself moved by a little at one position.
func baselineTotal(w *World[rat]) {
	b := best(w)
	least := estimatorTrace(w, 1, w.T(), b)
	for t := range b {
		for _, n := range []int64{8, -8} {
			row := make([]rat, len(b[t]))
			for x := range row {
				row[x] = w.Add(b[t][x], fraction(w, 1, n))
			}
			moved := slices.Clone(b)
			moved[t] = row
			w.AtMost(verify.At(t+1, 0).Where("n = %d", n), "tr Cov of the total estimator for b* ≤ that for b*, b_t moved by 1/n", least, estimatorTrace(w, 1, w.T(), moved))
		}
	}
}

func baselineValue(w *World[rat]) {
	for t := 1; t <= w.T(); t++ {
		w.AtMost(verify.At(t, 0), "tr Cov for h_{t−1} ≤ tr Cov without a baseline", estimatorTrace(w, t, t, w.Solution().H), estimatorTrace(w, t, t, without(w)))
	}
}

var ownRewardError = &Statement{
	ID: "own-reward-error", Title: "The gradient of a wrong reward model", Section: "7", Kind: verify.Own,
	Formula: "G_t(Ĥ) − G_t(Harm) = G_t(Ĥ − Harm), ‖G_t(Ĥ) − G_t(Harm)‖² ≤ I_t(Ĥ − Harm)·tr F̄_t; beyond the horizon of Harm ‖G_t(Ĥ)‖² ≤ I_t(Ĥ)·tr F̄_t",
	Reading: ownReading + " Ĥ is the second harm function of the case. In the identity it is an arbitrary " +
		"function of the final state.",
	Claims: []Claim{
		{
			Formula: "G_t(Ĥ) − G_t(Harm) = G_t(Ĥ − Harm)",
			Kernel:  []string{"Gradient.gradient_linear"},
			Check:   verify.Identity(rewardLinear[rat], rewardLinear[mod]),
		},
		{
			Formula:    "‖G_t(Ĥ) − G_t(Harm)‖² ≤ I_t(Ĥ − Harm)·tr F̄_t; t > k ⇒ I_t(Ĥ − Harm) = I_t(Ĥ), ‖G_t(Ĥ)‖² ≤ I_t(Ĥ)·tr F̄_t",
			Hypotheses: []string{"the second bound: t > k, the horizon of Harm"},
			Kernel:     []string{"Bounds.reward_error", "Bounds.information_of_error", "Bounds.gradient_bound_sharp"},
			Check:      verify.Rational(rewardBound),
		},
	},
	NearMisses: []NearMiss{
		{Name: "the difference of the informations: I_t(Ĥ) − I_t(Harm)", Check: verify.Rational(rewardDifference)},
		{Name: "half the bound", Check: verify.Rational(rewardHalf)},
		{Name: "‖G_t(Ĥ)‖² ≤ I_t(Ĥ − Harm)·tr F̄_t within the horizon too", Drops: "the second bound: t > k, the horizon of Harm", Check: verify.Rational(rewardWithin)},
	},
	Source: rewardSource(),
}

// rewardSource supplies cases with a second harm function: harm in reverse order, or
// multiples of ⅓ that depend on the state.
func rewardSource() *Source {
	reversed := func(c *model.Case) *model.Case {
		d := *c
		n := c.Process.Harm().Len()
		var values model.Naturals
		for x := range n {
			values.AppendFrom(c.Process.Harm(), n-1-x)
		}
		d.Harm2 = &model.Harm{Values: values, Denominator: c.HarmDenominator()}
		return &d
	}
	return &Source{
		Draw: func(seed uint64, i int) *model.Case {
			c := generators.Example(generators.Limits{}, seed, i)
			if i%2 == 0 {
				return reversed(c)
			}
			d := *c
			values := make([]int64, c.Process.Harm().Len())
			for x := range values {
				values[x] = int64((x*x + i*x + i) % 4)
			}
			d.Harm2 = &model.Harm{Values: model.NaturalsOf(values...), Denominator: big.NewInt(3)}
			return &d
		},
		Smallest: func() iter.Seq[*model.Case] {
			return func(yield func(*model.Case) bool) {
				for _, c := range generators.Smallest(generators.Needs{Harm: true, Kind: model.Shared}) {
					if !yield(reversed(c)) {
						return
					}
				}
			}
		},
	}
}

// rewardLinear compares the gradients of Ĥ and of Harm, position by position, by
// recursion, with that of their difference, by enumeration.
func rewardLinear[E any](w *World[E]) {
	numbers := w.Family.WithHarm(w.Test()[w.T()])
	reward := verify.NewWorld(w.Ring, exact.Family[E]{Numbers: numbers, Param: w.Family.Param, Features: w.Family.Features})
	difference := testAlong(w)
	for i, h := range w.Oracle().Harm() {
		difference[i] = w.Sub(difference[i], h)
	}
	for _, tangent := range w.Tangents() {
		right := w.Oracle().Derivative(difference, tangent)
		for t := 1; t <= w.T(); t++ {
			w.Equal(verify.At(t, 0), "G_t(Ĥ) − G_t(Harm) = G_t(Ĥ − Harm)", w.Sub(along(reward, t, tangent), along(w, t, tangent)), right[t-1])
		}
	}
}

// rewards holds what a reward model does at one position.
type rewards struct {
	error, spurious rat // ‖G_t(Ĥ) − G_t(Harm)‖², ‖G_t(Ĥ)‖²
	apart           rat // I_t(Ĥ − Harm)
	own, harm       rat // I_t(Ĥ), I_t(Harm)
	trace           rat // tr F̄_t
}

// eachReward runs f on the second harm function of the case: informations and
// gradients by enumeration.
func eachReward(w *World[rat], f func(t int, r rewards)) {
	q := rationals(w)
	reward, difference := make([]rat, len(w.Family.Harm)), make([]rat, len(w.Family.Harm))
	for x := range reward {
		reward[x], _ = q.FromRat(new(big.Rat).SetFrac(w.Case.Harm2.Values.At(x), w.Case.Harm2.Denominator))
		difference[x] = q.Sub(reward[x], w.Family.Harm[x])
	}
	under := func(harm []rat) *definition.Oracle[rat] {
		return defined(definition.New(w.Ring, w.Family.WithHarm(harm))) // worlds are made below the oracle's limit
	}
	o, apart := under(reward), under(difference)
	score := w.Oracle().Score(*w.Family.Param)
	for t := 1; t <= w.T(); t++ {
		g := score.Position(t, o.Harm())
		e := make([]rat, len(g))
		for i, h := range score.Position(t, w.Oracle().Harm()) {
			e[i] = w.Sub(g[i], h)
		}
		f(t, rewards{norm2(w, e), norm2(w, g), apart.Information(t), o.Information(t), w.Oracle().Information(t), meanTrace(w, t)})
	}
}

func rewardBound(w *World[rat]) {
	if w.Oracle().Horizon() == w.T() {
		w.Vacuous()
	}
	eachReward(w, func(t int, r rewards) {
		w.AtMost(verify.At(t, 0), "‖G_t(Ĥ) − G_t(Harm)‖² ≤ I_t(Ĥ − Harm)·tr F̄_t", r.error, w.Mul(r.apart, r.trace))
		if t > w.Oracle().Horizon() {
			w.Equal(verify.At(t, 0), "t > k ⇒ I_t(Ĥ − Harm) = I_t(Ĥ)", r.apart, r.own)
			w.AtMost(verify.At(t, 0), "t > k ⇒ ‖G_t(Ĥ)‖² ≤ I_t(Ĥ)·tr F̄_t", r.spurious, w.Mul(r.own, r.trace))
		}
	})
}

func rewardDifference(w *World[rat]) {
	eachReward(w, func(t int, r rewards) {
		gap := w.Mul(w.Sub(r.own, r.harm), r.trace)
		if w.SignOf(gap) == field.Negative {
			gap = w.Neg(gap)
		}
		w.AtMost(verify.At(t, 0), "‖G_t(Ĥ) − G_t(Harm)‖² ≤ |I_t(Ĥ) − I_t(Harm)|·tr F̄_t", r.error, gap)
	})
}

func rewardHalf(w *World[rat]) {
	eachReward(w, func(t int, r rewards) {
		w.AtMost(verify.At(t, 0), "2·‖G_t(Ĥ) − G_t(Harm)‖² ≤ I_t(Ĥ − Harm)·tr F̄_t", w.Add(r.error, r.error), w.Mul(r.apart, r.trace))
	})
}

func rewardWithin(w *World[rat]) {
	eachReward(w, func(t int, r rewards) {
		w.AtMost(verify.At(t, 0), "‖G_t(Ĥ)‖² ≤ I_t(Ĥ − Harm)·tr F̄_t", r.spurious, w.Mul(r.apart, r.trace))
	})
}
