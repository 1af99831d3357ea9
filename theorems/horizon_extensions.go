package theorems

import (
	"math/big"

	"sounding/exact"
	"sounding/exact/field"
	"sounding/generators"
	"sounding/model"
	"sounding/verify"
)

// Section 6, beyond the paper: horizons that hold approximately, and horizons that depend
// on the prefix.

var horizonExtensionsStatements = []*Statement{ownApproximateHorizon, ownStoppingHorizon}

var ownApproximateHorizon = &Statement{
	ID: "own-approximate-horizon", Title: "What the information beyond a position amounts to", Section: "6", Kind: verify.Own,
	Formula: "Σ_{t>k} I_t = E[(Harm − h_k(y_≤k))²] for every k; E[(Harm − g(y_≤k))²] = Σ_{t>k} I_t + E[(h_k − g)²] for every g; ‖G_t‖² ≤ κ·E[(Harm − g(y_≤k))²] for t > k",
	Reading: ownReading + " κ bounds the trace of F_t, as in thm-13. By the second identity h_k is the best " +
		"predictor of Harm from the first k tokens in mean square, and any other is worse by E[(h_k − g)²]. " +
		"thm-9 is the case in which the error is zero.",
	Claims: []Claim{
		{
			Formula: "Σ_{t>k} I_t = E[(Harm − h_k(y_≤k))²], 0 ≤ k < T",
			Kernel:  []string{"Horizon.distance_to_decided"},
			Check:   verify.Identity(remainingInformation[rat], remainingInformation[mod]),
		},
		{
			Formula:    "E[(Harm − g)²] = Σ_{t>k} I_t + E[(h_k − g)²] for arbitrary g, 0 ≤ k ≤ T",
			Hypotheses: []string{"g is a function of the prefix y_≤k alone"},
			Kernel:     []string{"Horizon.distance_to_known"},
			Check:      verify.Identity(bestPredictor[rat], bestPredictor[mod]),
		},
		{
			Formula:    "‖G_t‖² ≤ κ·E[(Harm − g(y_≤k))²] for t > k",
			Hypotheses: []string{"t > k", "κ ≥ tr F_t(y_<t) at every prefix of positive probability"},
			Kernel:     []string{"Bounds.approximate_horizon"},
			Check:      verify.Rational(approximateGradient),
		},
		{
			Formula:    "‖G_t‖² ≤ κ·P(Harm ≠ g(y_≤k)) for t > k",
			Hypotheses: []string{"t > k", "κ ≥ tr F_t(y_<t) at every prefix of positive probability", "0 ≤ Harm ≤ 1", "0 ≤ g ≤ 1"},
			Kernel:     []string{"Bounds.approximate_horizon_probability"},
			Check:      verify.Rational(typicalGradient),
		},
	},
	NearMisses: []NearMiss{
		{Name: "the information from position k on", Check: verify.Identity(remainingEarly[rat], remainingEarly[mod])},
		{Name: "the information beyond position k+1", Check: verify.Identity(remainingLate[rat], remainingLate[mod])},
		{Name: "the information of all positions", Check: verify.Identity(remainingAll[rat], remainingAll[mod])},
		{Name: "the excess without the square", Check: verify.Identity(predictorLinear[rat], predictorLinear[mod])},
		{Name: "the excess with prefixes weighted alike", Check: verify.Identity(predictorUnweighted[rat], predictorUnweighted[mod])},
		{Name: "the gradient at position k too", Drops: "t > k", Check: verify.Rational(approximateGradientAt)},
		{Name: "κ the least of the traces", Drops: "κ ≥ tr F_t(y_<t) at every prefix of positive probability", Check: verify.Rational(approximateGradientLeast), Looks: new(longer(needsHarm))},
		{Name: "the probability that Harm ≠ g, at position k too", Drops: "t > k", Check: verify.Rational(typicalGradientAt)},
		{Name: "the squared probability that Harm ≠ g", Check: verify.Rational(typicalGradientSquared)},
		{Name: "g reads y_{k+1} too", Drops: "g is a function of the prefix y_≤k alone", Check: verify.Identity(predictorFuture[rat], predictorFuture[mod])},
	},
	Looks: needsHarm,
}

// squaredError returns E[(Harm − g(y_≤k))²] by enumeration, for g given per state of
// layer k.
func squaredError[E any](w *World[E], k int, g []E) E {
	o := w.Oracle()
	square := o.Harm()
	for i, h := range square {
		square[i] = field.Square(w.Ring, w.Sub(h, g[o.State(i, k)]))
	}
	return o.Expectation(square)
}

// remaining compares Σ I_t over the positions after from(k), by recursion, with the error
// of h_k.
func remaining[E any](w *World[E], claim string, from func(k int) int) {
	for k := range w.T() {
		left := field.Sum(w.Ring, w.Solution().Information[from(k):])
		w.Equal(verify.At(k+1, 0), claim, left, squaredError(w, k, w.Oracle().Mean()[k]))
	}
}

func remainingInformation[E any](w *World[E]) {
	remaining(w, "Σ_{t>k} I_t = E[(Harm − h_k)²]", itself[int])
}

func remainingEarly[E any](w *World[E]) {
	remaining(w, "Σ_{t≥k} I_t = E[(Harm − h_k)²]", func(k int) int { return max(0, k-1) })
}

func remainingLate[E any](w *World[E]) {
	remaining(w, "Σ_{t>k+1} I_t = E[(Harm − h_k)²]", func(k int) int { return k + 1 })
}

func remainingAll[E any](w *World[E]) {
	remaining(w, "Σ_t I_t = E[(Harm − h_k)²]", func(int) int { return 0 })
}

// predictor compares the error of an arbitrary g(y_≤k), by enumeration, with the
// information beyond k and an excess Σ_x weight(k, x)·of(h_k(x) − g(x)), by recursion.
func predictor[E any](w *World[E], claim string, weight func(k, x int) E, of func(d E) E) {
	for k := range w.T() + 1 {
		g := w.Test()[k]
		right := field.Sum(w.Ring, w.Solution().Information[k:])
		for x := range w.States(k + 1) {
			d := w.Sub(w.Solution().H[k][x], g[x])
			right = w.Add(right, w.Mul(weight(k, x), of(d)))
		}
		w.Equal(verify.At(k+1, 0), claim, squaredError(w, k, g), right)
	}
}

// arriving returns the probability of the prefixes of k tokens that end in state x of
// layer k.
func arriving[E any](w *World[E]) func(k, x int) E {
	return func(k, x int) E { return w.Solution().Occupancy[k][x] }
}

func bestPredictor[E any](w *World[E]) {
	predictor(w, "E[(Harm − g)²] = Σ_{t>k} I_t + E[(h_k − g)²]", arriving(w), func(d E) E { return field.Square(w.Ring, d) })
}

func predictorLinear[E any](w *World[E]) {
	predictor(w, "E[(Harm − g)²] = Σ_{t>k} I_t + E[h_k − g]", arriving(w), itself[E])
}

func predictorUnweighted[E any](w *World[E]) {
	one := func(int, int) E { return w.FromInt(1) }
	predictor(w, "E[(Harm − g)²] = Σ_{t>k} I_t + Σ_{y_≤k} (h_k − g)²", one, func(d E) E { return field.Square(w.Ring, d) })
}

// predictorFuture takes Σ_{t>k} I_t + E[(h_k − g)²] for the error of a g that reads
// one token more.
func predictorFuture[E any](w *World[E]) {
	o := w.Oracle()
	for k := range w.T() {
		g := w.Test()[k+1]
		square := make([]E, o.Len())
		for i := range square {
			square[i] = field.Square(w.Ring, w.Sub(o.Mean()[k][o.State(i, k)], g[o.State(i, k+1)]))
		}
		right := w.Add(field.Sum(w.Ring, w.Solution().Information[k:]), o.Expectation(square))
		w.Equal(verify.At(k+1, 0), "E[(Harm − g)²] = Σ_{t>k} I_t + E[(h_k − g)²], g(y_≤k+1)", squaredError(w, k+1, g), right)
	}
}

// gradientBeyond compares ‖G_t‖², by enumeration, with κ·E[(Harm − g)²] for every
// t ≥ k + after, where g is h_k, or arbitrary, and κ is the largest of the traces of F_t, or
// the least.
func gradientBeyond(w *World[rat], claim string, after int, largest bool) {
	score := w.Oracle().Score(*w.Family.Param)
	for k := range w.T() + 1 {
		for name, g := range [][]rat{w.Oracle().Mean()[k], w.Test()[k]} {
			distance := squaredError(w, k, g)
			for t := max(1, k+after); t <= w.T(); t++ {
				bound := w.Mul(extremeTrace(w, t, largest), distance)
				place := verify.At(t, 0).Where("k = %d, %s", k, [...]string{"g = h_k", "g arbitrary"}[name])
				w.AtMost(place, claim, norm2(w, score.Position(t, w.Oracle().Harm())), bound)
			}
		}
	}
}

func approximateGradient(w *World[rat]) {
	gradientBeyond(w, "‖G_t‖² ≤ κ·E[(Harm − g)²], t > k", 1, true)
}

func approximateGradientAt(w *World[rat]) {
	gradientBeyond(w, "‖G_t‖² ≤ κ·E[(Harm − g)²], t ≥ k", 0, true)
}

func approximateGradientLeast(w *World[rat]) {
	gradientBeyond(w, "‖G_t‖² ≤ (least tr F_t)·E[(Harm − g)²], t > k", 1, false)
}

// typical compares ‖G_t‖², by enumeration, with κ·of(P(Harm ≠ g)) for every t ≥ k + after,
// where g(y_≤k) is the harm of the first continuation of y_≤k in the order of the sequences.
func typical(w *World[rat], claim string, after int, of func(p rat) rat) {
	o := w.Oracle()
	score, harm := o.Score(*w.Family.Param), o.Harm()
	for k := range w.T() + 1 {
		first := make(map[int]rat)
		differs := w.FromInt(0)
		for i, p := range o.Joint() {
			x := o.State(i, k)
			if g, ok := first[x]; !ok {
				first[x] = harm[i]
			} else if !w.IsZero(w.Sub(harm[i], g)) {
				differs = w.Add(differs, p)
			}
		}
		for t := max(1, k+after); t <= w.T(); t++ {
			w.AtMost(verify.At(t, 0).Where("k = %d", k), claim, norm2(w, score.Position(t, harm)), w.Mul(extremeTrace(w, t, true), of(differs)))
		}
	}
}

func typicalGradient(w *World[rat]) {
	typical(w, "‖G_t‖² ≤ κ·P(Harm ≠ g), t > k", 1, itself[rat])
}

func typicalGradientAt(w *World[rat]) {
	typical(w, "‖G_t‖² ≤ κ·P(Harm ≠ g), t ≥ k", 0, itself[rat])
}

func typicalGradientSquared(w *World[rat]) {
	typical(w, "‖G_t‖² ≤ κ·P(Harm ≠ g)², t > k", 1, func(p rat) rat { return w.Mul(p, p) })
}

var ownStoppingHorizon = &Statement{
	ID: "own-stopping-horizon", Title: "A horizon for each prefix", Section: "6", Kind: verify.Own,
	Formula: "Var(Harm|y_<t) = 0 ⇒ Cov(h_s, s_s|y_<s) = 0 at y_<t and at all its continuations y_<s of positive probability given y_<t; " +
		"∇E[Harm] = Σ_t Σ_{y_<t: Var(Harm|y_<t)>0} P(y_<t)·Cov(h_t, s_t|y_<t)",
	Reading: ownReading + " The harm horizon is one position for all prefixes, but after some of them harm " +
		"may be decided much earlier. After a prefix that decides harm there is no gradient, wherever the " +
		"horizon lies. A sequence that ends early is one of length T whose tokens after the end are certain. " +
		"Its positions after the end add nothing to harm information or to Fisher information.",
	Claims: []Claim{
		{
			Formula:    "Var(Harm|y_<t) = 0 ⇒ Cov(h_s, s_s|y_<s) = 0 at y_<t and its continuations",
			Hypotheses: []string{"continuations of positive probability given y_<t"},
			Kernel:     []string{"Horizon.stopping_horizon"},
			Check:      verify.Rational(stopping),
		},
		{
			Formula: "∇E[Harm] = Σ_t Σ_{y_<t: Var(Harm|y_<t)>0} P(y_<t)·Cov(h_t, s_t|y_<t)",
			Kernel:  []string{"Horizon.gradient_where_uncertain"},
			Check:   verify.Rational(undecidedGradient),
		},
		{
			Formula:    "Var(h_t|y_<t) = 0, tr F_t(y_<t) = 0 and Cov(h_t, s_t|y_<t) = 0; I_t is the sum of P(y_<t)·Var(h_t|y_<t) over the other prefixes",
			Hypotheses: []string{"the sequence has ended: after y_<t one token is certain at every position"},
			Kernel:     []string{"Horizon.certain_token", "Horizon.information_where_uncertain"},
			Check:      verify.Rational(ended),
		},
	},
	NearMisses: []NearMiss{
		{Name: "Var(h_t|y_<t) = 0 in place of Var(Harm|y_<t) = 0", Check: verify.Rational(stoppingStep), Source: silentSource()},
		{Name: "every continuation, those of probability zero too", Drops: "continuations of positive probability given y_<t", Check: verify.Rational(stoppingEverywhere), Looks: &needsHarmZeros, Source: impossibleFutures()},
		{Name: "the converse: Cov(h_t, s_t|y_<t) = 0 ⇒ Var(Harm|y_<t) = 0", Check: verify.Rational(stoppingConverse)},
		{Name: "no gradient from a position with a decided prefix", Check: verify.Rational(undecidedPositions)},
		{Name: "no Fisher information where the next token may end the sequence", Drops: "the sequence has ended: after y_<t one token is certain at every position", Check: verify.Rational(ending), Looks: &needsHarmZeros},
	},
	Looks:  needsHarm,
	Source: &Source{Draw: endedCase},
}

// decidedCase returns random case i with the same harm on every sequence of positive
// probability after one state, behind the first token or later. With one position there
// is no such state, and the case is as it was drawn. In a layered process it is a state
// of layer T−1, because earlier ones tend to lead everywhere.
func decidedCase(seed uint64, i int) *model.Case {
	c := *generators.Example(generators.Limits{}, seed, i)
	t := c.Length() // the state is one of layer t−1
	if t == 1 {
		return &c
	}
	if c.Tree() {
		t = 2 + int(generators.Hash(seed, i, 1)%uint64(t-1))
	}
	x := int(generators.Hash(seed, i, 0) % uint64(c.States(t-1)))
	after := continuations(c.Process, t, x, true)[c.Length()]
	var harm model.Naturals
	last := -1
	for y := range after {
		switch {
		case !after[y]:
			harm.AppendFrom(c.Harm(), y)
		case last < 0:
			last = y
			harm.AppendFrom(c.Harm(), y)
		default:
			harm.AppendFrom(c.Harm(), last)
		}
	}
	instance := *c.Instance
	instance.Process = mustModel(c.Process.WithHarm(harm, c.HarmDenominator()))
	c.Instance = &instance
	return &c
}

// endedCase returns every other decidedCase on a tree with an end token, the last: behind it
// it is certain.
func endedCase(seed uint64, i int) *model.Case {
	c := decidedCase(seed, i)
	if i%2 == 0 || !c.Tree() || c.Length() == 1 {
		return c
	}
	end := c.Vocabulary() - 1
	over := []bool{false} // per state of layer t−1
	policy := make([]model.Naturals, c.Length())
	for t := 1; t <= c.Length(); t++ {
		l := c.Layer(t)
		weights, next := &policy[t-1], make([]bool, c.States(t))
		for x, o := range over {
			for e, hi := l.Row(x); e < hi; e++ {
				if o {
					weights.AppendInt64(int64(truth(l.Token(e) == end)))
				} else {
					weights.AppendFrom(l.Weights(), e)
				}
				next[l.Next(e)] = o || l.Token(e) == end
			}
		}
		over = next
	}
	d, in := *c, *c.Instance
	in.Process = mustModel(c.Under(policy))
	d.Instance = &in
	return &d
}

// continuations returns, per layer, the states that can follow state x of layer t−1, x
// among them: on edges of positive weight, or on all.
func continuations(p *model.Process, t, x int, possible bool) [][]bool {
	follows := make([][]bool, p.Length()+1)
	for s := range follows {
		follows[s] = make([]bool, p.States(s))
	}
	follows[t-1][x] = true
	for s := t; s <= p.Length(); s++ {
		l := p.Layer(s)
		for z, ok := range follows[s-1] {
			if !ok {
				continue
			}
			for e, hi := l.Row(z); e < hi; e++ {
				if !possible || !l.Weights().IsZero(e) {
					follows[s][l.Next(e)] = true
				}
			}
		}
	}
	return follows
}

// stops claims that the contribution of every prefix vanishes that continues one for which
// the premise holds.
func stops(w *World[rat], claim string, possible bool, premise func(t, x int) bool) {
	stopped := make([][]bool, w.T()+1)
	for t := range stopped {
		stopped[t] = make([]bool, w.Family.Process.States(t))
	}
	everyPrefix(w, func(t, x int) {
		if !premise(t, x) {
			return
		}
		for s, layer := range continuations(w.Family.Process, t, x, possible) {
			for z, ok := range layer {
				stopped[s][z] = stopped[s][z] || ok
			}
		}
	})
	contributionVanishes(w, claim, func(t, x int) bool { return stopped[t-1][x] })
}

// settled reports whether Var(Harm|y_<t) = 0 at the prefixes that end in state x of
// layer t−1.
func settled(w *World[rat]) func(t, x int) bool {
	return func(t, x int) bool { return w.IsZero(w.Oracle().Variance()[t-1][x]) }
}

func stopping(w *World[rat]) {
	stops(w, "Var(Harm|y_<t) = 0 ⇒ Cov(h_s, s_s|y_<s) = 0, s ≥ t", true, settled(w))
}

func stoppingStep(w *World[rat]) {
	stops(w, "Var(h_t|y_<t) = 0 ⇒ Cov(h_s, s_s|y_<s) = 0, s ≥ t", true, func(t, x int) bool {
		return w.IsZero(w.Oracle().StepVariance(t)[x])
	})
}

// impossibleFutures draws cases whose harm is certain, but for a first token of probability
// zero, after which the last token makes a difference.
func impossibleFutures() *Source {
	draw := impossibleSource().Draw
	return &Source{Draw: func(seed uint64, i int) *model.Case {
		c := draw(seed, i)
		first := c.Layer(1).Weights()
		leaves, v := c.States(c.Length()), c.Vocabulary()
		harm := make([]int64, leaves)
		for y := range harm {
			if first.IsZero(y / (leaves / v)) {
				harm[y] = int64(y % v)
			}
		}
		p := mustModel(c.Process.WithHarm(model.NaturalsOf(harm...), big.NewInt(4)))
		return &model.Case{Instance: model.NewInstance(p)}
	}}
}

func stoppingEverywhere(w *World[rat]) {
	stops(w, "Var(Harm|y_<t) = 0 ⇒ Cov(h_s, s_s|y_<s) = 0, every s ≥ t", false, settled(w))
}

func stoppingConverse(w *World[rat]) {
	everyPrefix(w, func(t, x int) {
		zero := allZero(w, exact.HarmCovariance(w.Ring, w.Family, w.Solution(), t, x))
		w.Implies(verify.At(t, x), "Cov(h_t, s_t|y_<t) = 0 ⇒ Var(Harm|y_<t) = 0", zero, settled(w)(t, x))
	})
}

// selectedGradient compares ∇E[Harm], by enumeration, with the sum of the contributions of
// the prefixes that are chosen, by recursion.
func selectedGradient(w *World[rat], claim string, chosen func(t, x int) bool) {
	q, p := w.Family.Param, w.Family.Process
	sum := make([]rat, q.Total(p))
	for i := range sum {
		sum[i] = w.FromInt(0)
	}
	everyPrefix(w, func(t, x int) {
		if !chosen(t, x) {
			return
		}
		for i, c := range exact.HarmCovariance(w.Ring, w.Family, w.Solution(), t, x) {
			k := q.Index(p, t, x, i)
			sum[k] = w.Add(sum[k], w.Mul(w.Solution().Occupancy[t-1][x], c))
		}
	})
	for i, g := range w.Oracle().Score(*q).Gradient(w.Oracle().Harm()) {
		w.Equal(Place{}.Where("parameter %d", i), claim, g, sum[i])
	}
}

func undecidedGradient(w *World[rat]) {
	d := settled(w)
	selectedGradient(w, "∇E[Harm] = Σ_t Σ_{y_<t undecided} P(y_<t)·Cov(h_t, s_t|y_<t)", func(t, x int) bool { return !d(t, x) })
}

func undecidedPositions(w *World[rat]) {
	d := settled(w)
	selectedGradient(w, "∇E[Harm] = Σ_{t: every y_<t undecided} G_t", func(t, _ int) bool {
		for x := range w.States(t) {
			if d(t, x) {
				return false
			}
		}
		return true
	})
}

// endedStates reports per state of layer t, at [t][x], whether one token is certain at every
// position behind it. It says so of no state of layer T.
func endedStates(w *World[rat]) [][]bool {
	over := make([][]bool, w.T()+1)
	over[w.T()] = make([]bool, w.Family.Process.States(w.T()))
	for t := w.T(); t >= 1; t-- {
		over[t-1] = make([]bool, w.Layer(t).States())
		for x := range over[t-1] {
			for e, hi := w.Layer(t).Row(x); e < hi; e++ {
				certain := w.IsZero(w.Sub(w.FromInt(1), w.Family.Prob[t-1][e]))
				over[t-1][x] = over[t-1][x] || certain && (t == w.T() || over[t][w.Layer(t).Next(e)])
			}
		}
	}
	return over
}

func ended(w *World[rat]) {
	over, zero := endedStates(w), w.FromInt(0)
	contributionVanishes(w, "the sequence has ended ⇒ Cov(h_t, s_t|y_<t) = 0", func(t, x int) bool { return over[t-1][x] })
	for t := 1; t <= w.T(); t++ {
		open := zero
		for x := range w.States(t) {
			if !over[t-1][x] {
				open = w.Add(open, w.Mul(w.Solution().Occupancy[t-1][x], w.Solution().Step[t-1][x]))
				continue
			}
			w.Equal(verify.At(t, x), "the sequence has ended ⇒ Var(h_t|y_<t) = 0", w.Oracle().StepVariance(t)[x], zero)
			w.Equal(verify.At(t, x), "the sequence has ended ⇒ tr F_t(y_<t) = 0", exact.FisherTrace(w.Ring, w.Family, t, x), zero)
		}
		w.Equal(verify.At(t, 0), "I_t = Σ_{y_<t not ended} P(y_<t)·Var(h_t|y_<t)", w.Oracle().Information(t), open)
	}
}

// ending claims what ended does of the Fisher information where some token of positive
// probability ends the sequence.
func ending(w *World[rat]) {
	over := endedStates(w)
	everyPrefix(w, func(t, x int) {
		if t == w.T() {
			return
		}
		for e, hi := w.Layer(t).Row(x); e < hi; e++ {
			if over[t][w.Layer(t).Next(e)] && !w.IsZero(w.Family.Prob[t-1][e]) {
				w.Equal(verify.At(t, x), "y_t may end the sequence ⇒ tr F_t(y_<t) = 0", exact.FisherTrace(w.Ring, w.Family, t, x), w.FromInt(0))
				return
			}
		}
	})
}
