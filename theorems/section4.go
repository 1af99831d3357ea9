package theorems

import (
	"fmt"

	"sounding/exact/field"
	"sounding/generators"
	"sounding/verify"
)

// Sections 3 and 4: the autoregressive factorisation and the martingale
// decomposition of harm.

func section4() []*Statement {
	harm := generators.Needs{Harm: true}
	return []*Statement{
		{
			ID: "eq-1", Title: "Autoregressive factorisation", Section: "3",
			Formula: "Σ_y P(y) = 1, P(y) = Π_t P(y_t|y_<t)",
			Checks:  []Check{verify.Identity(eq1[rat], eq1[mod])},
			NearMisses: []NearMiss{
				{Name: "the total probability of the sequences that begin with token 0", Check: verify.Identity(eq1FirstToken[rat], eq1FirstToken[mod])},
				{Name: "the last conditional is left out of the product", Check: verify.Identity(eq1LastMissing[rat], eq1LastMissing[mod])},
			},
			Looks: harm,
		},
		{
			ID: "def-1", Title: "Conditional expected harm", Section: "4",
			Formula: "h_t(y_≤t) = E[Harm | y_≤t], h_0 = E[Harm], h_T = Harm",
			Checks:  []Check{verify.Identity(def1[rat], def1[mod])},
			NearMisses: []NearMiss{
				{Name: "completions are weighted equally", Check: verify.Identity(def1Unweighted[rat], def1Unweighted[mod])},
				{Name: "h_0 is the harm of the first sequence", Check: verify.Identity(def1First[rat], def1First[mod])},
			},
			Looks: harm,
		},
		{
			ID: "prop-2", Title: "Martingale property", Section: "4",
			Formula: "E[h_t | y_<t] = h_{t−1}(y_<t) at every prefix",
			Checks:  []Check{verify.Identity(prop2[rat], prop2[mod])},
			NearMisses: []NearMiss{
				{Name: "tokens are weighted equally", Check: verify.Identity(prop2Uniform[rat], prop2Uniform[mod])},
				{Name: "the mean of h_t is h_t of the first token", Check: verify.Identity(prop2First[rat], prop2First[mod])},
			},
			Looks: harm,
		},
		{
			ID: "def-3", Title: "Harm innovation", Section: "4",
			Formula: "Δ_t = h_t(y_≤t) − h_{t−1}(y_<t)",
			Checks:  []Check{verify.Identity(def3[rat], def3[mod])},
			NearMisses: []NearMiss{
				{Name: "sign: h_{t−1} − h_t", Check: verify.Identity(def3Sign[rat], def3Sign[mod])},
				{Name: "baseline h_0 at every position", Check: verify.Identity(def3Baseline[rat], def3Baseline[mod])},
			},
			Looks: harm,
		},
		{
			ID: "prop-4", Title: "Doob decomposition", Section: "4",
			Formula:    "Harm = E[Harm] + Σ_t Δ_t; E[Δ_s Δ_t] = 0 for s ≠ t, all pairs at once: E[(Σ_t r_t·Δ_t)²] = Σ_t r_t²·I_t for arbitrary r; E[Δ_t·f(y_<t)] = 0 for every f",
			Hypotheses: []string{"f is a function of the prefix y_<t alone"},
			Checks: []Check{
				verify.Identity(prop4[rat], prop4[mod]),
				verify.Identity(prop4AllPairs[rat], prop4AllPairs[mod]).Within(verify.Limits{ProofFactor: 4}), // (4,2)
			},
			NearMisses: []NearMiss{
				{Name: "the sum stops before T", Check: verify.Identity(prop4Truncated[rat], prop4Truncated[mod])},
				{Name: "E[Δ_t²] = 0 too", Check: verify.Identity(prop4Diagonal[rat], prop4Diagonal[mod])},
				{Name: "f reads y_t", Drops: "f is a function of the prefix y_<t alone", Check: verify.Identity(prop4Future[rat], prop4Future[mod])},
				{Name: "all pairs at once, without the diagonal", Check: verify.Identity(prop4OffDiagonal[rat], prop4OffDiagonal[mod])},
				{Name: "all pairs at once, r_t in place of r_t²", Check: verify.Identity(prop4Linear[rat], prop4Linear[mod])},
				{Name: "all pairs at once, I_{t+1} in place of I_t", Check: verify.Identity(prop4NextPosition[rat], prop4NextPosition[mod])},
				{Name: "all pairs at once, with h_T in place of Δ_T", Check: verify.Identity(prop4OneUncentred[rat], prop4OneUncentred[mod])},
			},
			Looks: harm,
		},
		{
			ID: "def-5", Title: "Harm information", Section: "4",
			Formula: "I_t = E[Δ_t²] = E[Var(h_t | y_<t)]",
			Checks:  []Check{verify.Identity(def5[rat], def5[mod])},
			NearMisses: []NearMiss{
				{Name: "the variance of h_t without the conditioning", Check: verify.Identity(def5Unconditional[rat], def5Unconditional[mod])},
				{Name: "prefixes are not weighted by their probability", Check: verify.Identity(def5Unweighted[rat], def5Unweighted[mod])},
			},
			Looks: harm,
		},
		{
			ID: "prop-6", Title: "Harm information is the reduction of variance", Section: "4",
			Formula: "I_t = E[Var(Harm|y_<t)] − E[Var(Harm|y_≤t)]; Var(Harm|y_<t) = E[Var(Harm|y_≤t)|y_<t] + Var(h_t|y_<t); Var(Harm) = E[Var(Harm|y_≤t)] + Var(h_t)",
			Checks:  []Check{verify.Identity(prop6[rat], prop6[mod]).Within(verify.Limits{ProofFactor: 8})}, // (4,2)
			NearMisses: []NearMiss{
				{Name: "index: y_≤t and y_≤t+1", Check: verify.Identity(prop6Index[rat], prop6Index[mod])},
				{Name: "the expected variance alone, without the variance of the mean", Check: verify.Identity(prop6Half[rat], prop6Half[mod])},
			},
			Looks: harm,
		},
		{
			ID: "cor-7", Title: "Variance decomposition", Section: "4",
			Formula: "Var(Harm) = Σ_{t=1}^T I_t",
			Checks:  []Check{verify.Identity(cor7[rat], cor7[mod])},
			NearMisses: []NearMiss{
				{Name: "I_T dropped", Check: verify.Identity(cor7NoLast[rat], cor7NoLast[mod])},
				{Name: "I_1 alone", Check: verify.Identity(cor7First[rat], cor7First[mod])},
				{Name: "the second moment in place of the variance", Check: verify.Identity(cor7Moment[rat], cor7Moment[mod])},
			},
			Looks: harm,
		},
		{
			ID: "rem-1", Title: "Variance-based information", Section: "4",
			Formula:    "Σ over blocks of I_V(Harm; block | before) = I_V(Harm; y_1…y_T) for every grouping of positions; jointly Gaussian: I_V = Var(X|Y_<t)·(1 − e^{−2·MI_t})",
			Hypotheses: []string{"Gaussian part: Var(X|Y_≤t) > 0"},
			Reading:    "Of the Gaussian case only the exact relation is claimed here: the order of positions is another matter.",
			Checks: []Check{
				verify.Identity(rem1[rat], rem1[mod]),
				verify.Interval(rem1Gaussian),
			},
			NearMisses: []NearMiss{
				{Name: "information about the block without what came before", Check: verify.Identity(rem1Unconditional[rat], rem1Unconditional[mod])},
				{Name: "Gaussian: e^{−MI} in place of e^{−2·MI}", Check: verify.Interval(rem1GaussianHalf)},
			},
			Looks: harm,
		},
	}
}

func eq1[E any](w *World[E]) {
	o := w.Oracle()
	w.Equal(Place{}, "Σ_y P(y) = 1", o.Total(), w.FromInt(1))
	for t := 1; t <= w.T(); t++ {
		for x := range w.States(t) {
			w.Equal(verify.At(t, x), "Σ_a P(a|y_<t) = 1", field.Sum(w.Ring, w.Row(t, x)), w.FromInt(1))
		}
	}
	last := w.Solution().Occupancy[w.T()]
	byState := make([]E, len(last))
	for x := range byState {
		byState[x] = w.FromInt(0)
	}
	for i, p := range o.Joint() {
		x := o.State(i, w.T())
		byState[x] = w.Add(byState[x], p)
	}
	for x := range last {
		w.Equal(verify.At(w.T()+1, x), "P(y) = Π_t P(y_t|y_<t)", last[x], byState[x])
	}
}

func eq1FirstToken[E any](w *World[E]) {
	o, sum := w.Oracle(), w.FromInt(0)
	first := o.Edge(0, 1)
	for i, p := range o.Joint() {
		if o.Edge(i, 1) == first {
			sum = w.Add(sum, p)
		}
	}
	w.Equal(Place{}, "Σ_y P(y) = 1 over y_1 = 0", sum, w.FromInt(1))
}

func eq1LastMissing[E any](w *World[E]) {
	o, sum := w.Oracle(), w.FromInt(0)
	for i := range o.Joint() {
		p := w.FromInt(1)
		for t := 1; t < w.T(); t++ {
			p = w.Mul(p, w.Family.Prob[t-1][o.Edge(i, t)])
		}
		sum = w.Add(sum, p)
	}
	w.Equal(Place{}, "Σ_y Π_{t<T} P(y_t|y_<t) = 1", sum, w.FromInt(1))
}

func def1[E any](w *World[E]) {
	h, byDefinition := w.Solution().H, w.Oracle().Mean()
	for t := range h {
		for x := range w.States(t + 1) {
			w.Equal(verify.At(t+1, x), "h_t by recursion = Σ over completions", h[t][x], byDefinition[t][x])
		}
	}
	w.Equal(Place{}, "h_0 = E[Harm]", w.Solution().Expected, w.Oracle().Expectation(w.Oracle().Harm()))
	for x, v := range w.Family.Harm {
		w.Equal(verify.At(w.T()+1, x), "h_T = Harm", h[w.T()][x], v)
	}
}

func def1Unweighted[E any](w *World[E]) {
	o := w.Oracle()
	sum := field.Sum(w.Ring, o.Harm())
	w.Equal(Place{}, "h_0·(number of sequences) = Σ_y Harm(y)", w.Mul(w.Solution().Expected, w.FromInt(int64(o.Len()))), sum)
}

func def1First[E any](w *World[E]) {
	w.Equal(Place{}, "h_0 = Harm(first sequence)", w.Solution().Expected, w.Oracle().Harm()[0])
}

func prop2[E any](w *World[E]) {
	h := w.Oracle().Mean()
	for t := 1; t <= w.T(); t++ {
		for x := range w.States(t) {
			w.Equal(verify.At(t, x), "E[h_t|y_<t] = h_{t−1}", w.Dot(w.Row(t, x), w.After(t, x, h[t])), h[t-1][x])
		}
	}
}

func prop2Uniform[E any](w *World[E]) {
	h := w.Oracle().Mean()
	for t := 1; t <= w.T(); t++ {
		for x := range w.States(t) {
			after := w.After(t, x, h[t])
			w.Equal(verify.At(t, x), "Σ_a h_t = V·h_{t−1}", field.Sum(w.Ring, after), w.Mul(w.FromInt(int64(len(after))), h[t-1][x]))
		}
	}
}

func prop2First[E any](w *World[E]) {
	h := w.Oracle().Mean()
	for t := 1; t <= w.T(); t++ {
		for x := range w.States(t) {
			w.Equal(verify.At(t, x), "h_t(first token) = h_{t−1}", w.After(t, x, h[t])[0], h[t-1][x])
		}
	}
}

// innovations compares two readings of Δ_t at every edge that a sequence takes.
func innovations[E any](w *World[E], claim string, right func(t, i int, byDefinition E) E) {
	o := w.Oracle()
	for t := 1; t <= w.T(); t++ {
		d := w.Solution().Innovation(w.Ring, t)
		for i, v := range o.Increment(t) {
			w.Equal(verify.At(t, o.State(i, t-1)), claim, d[o.Edge(i, t)], right(t, i, v))
		}
	}
}

func def3[E any](w *World[E]) {
	innovations(w, "Δ_t by recursion = h_t − h_{t−1} by definition", func(_, _ int, v E) E { return v })
}

func def3Sign[E any](w *World[E]) {
	innovations(w, "Δ_t = h_{t−1} − h_t", func(_, _ int, v E) E { return w.Neg(v) })
}

func def3Baseline[E any](w *World[E]) {
	o := w.Oracle()
	innovations(w, "Δ_t = h_t − h_0", func(t, i int, _ E) E {
		return w.Sub(o.Mean()[t][o.State(i, t)], o.Mean()[0][0])
	})
}

// telescope returns E[Harm] + Σ_{t≤last} Δ_t along sequence i, by recursion.
func telescope[E any](w *World[E], innovation [][]E, i, last int) E {
	sum := w.Solution().Expected
	for t := 1; t <= last; t++ {
		sum = w.Add(sum, innovation[t-1][w.Oracle().Edge(i, t)])
	}
	return sum
}

func allInnovations[E any](w *World[E]) [][]E {
	d := make([][]E, w.T())
	for t := range d {
		d[t] = w.Solution().Innovation(w.Ring, t+1)
	}
	return d
}

func prop4[E any](w *World[E]) {
	o, d := w.Oracle(), allInnovations(w)
	for i, harm := range o.Harm() {
		w.Equal(verify.At(w.T()+1, o.State(i, w.T())), "Harm = E[Harm] + Σ_t Δ_t", harm, telescope(w, d, i, w.T()))
	}
	zero, test := w.FromInt(0), w.Test()
	for t := 1; t <= w.T(); t++ {
		for s := 1; s < t; s++ {
			w.Equal(verify.At(t, 0), fmt.Sprintf("E[Δ_%d·Δ_%d] = 0", s, t), o.IncrementProduct(s, t), zero)
		}
		product := o.Increment(t)
		for i := range product {
			product[i] = w.Mul(product[i], test[t-1][o.State(i, t-1)])
		}
		w.Equal(verify.At(t, 0), "E[Δ_t·f(y_<t)] = 0", o.Expectation(product), zero)
		for x := range w.States(t) {
			lo, hi := w.Layer(t).Row(x)
			w.Equal(verify.At(t, x), "E[Δ_t|y_<t] = 0", w.Dot(w.Row(t, x), d[t-1][lo:hi]), zero)
		}
	}
}

func prop4Truncated[E any](w *World[E]) {
	o, d := w.Oracle(), allInnovations(w)
	for i, harm := range o.Harm() {
		w.Equal(verify.At(w.T()+1, o.State(i, w.T())), "Harm = E[Harm] + Σ_{t<T} Δ_t", harm, telescope(w, d, i, w.T()-1))
	}
}

func prop4Diagonal[E any](w *World[E]) {
	for t := 1; t <= w.T(); t++ {
		w.Equal(verify.At(t, 0), "E[Δ_t²] = 0", w.Oracle().IncrementProduct(t, t), w.FromInt(0))
	}
}

func prop4Future[E any](w *World[E]) {
	o, test := w.Oracle(), w.Test()
	for t := 1; t <= w.T(); t++ {
		product := o.Increment(t)
		for i := range product {
			product[i] = w.Mul(product[i], test[t][o.State(i, t)])
		}
		w.Equal(verify.At(t, 0), "E[Δ_t·f(y_≤t)] = 0", o.Expectation(product), w.FromInt(0))
	}
}

func def5[E any](w *World[E]) {
	o, m := w.Oracle(), w.Solution()
	for t := 1; t <= w.T(); t++ {
		w.Equal(verify.At(t, 0), "I_t = E[Δ_t²]", m.Information[t-1], o.Information(t))
		step := o.StepVariance(t)
		w.Equal(verify.At(t, 0), "I_t = E[Var(h_t|y_<t)]", w.Dot(m.Occupancy[t-1], step), o.Information(t))
		for x := range w.States(t) {
			w.Equal(verify.At(t, x), "Var(h_t|y_<t) by recursion = by definition", m.Step[t-1][x], step[x])
		}
	}
}

// unconditionalVariance returns Var(h_t) = E[(h_t − h_0)²] by enumeration.
func unconditionalVariance[E any](w *World[E], t int) E {
	o := w.Oracle()
	h := o.Mean()
	square := make([]E, o.Len())
	for i := range square {
		square[i] = field.Square(w.Ring, w.Sub(h[t][o.State(i, t)], h[0][0]))
	}
	return o.Expectation(square)
}

func def5Unconditional[E any](w *World[E]) {
	for t := 1; t <= w.T(); t++ {
		w.Equal(verify.At(t, 0), "I_t = Var(h_t)", w.Solution().Information[t-1], unconditionalVariance(w, t))
	}
}

func def5Unweighted[E any](w *World[E]) {
	for t := 1; t <= w.T(); t++ {
		w.Equal(verify.At(t, 0), "I_t = Σ_x Var(h_t|x)", w.Solution().Information[t-1], overStates(w, t, w.Oracle().StepVariance(t)))
	}
}

// overStates returns Σ_x v(x) over the states of layer t−1 in which prefixes end.
func overStates[E any](w *World[E], t int, v []E) E {
	sum := w.FromInt(0)
	for x := range w.States(t) {
		sum = w.Add(sum, v[x])
	}
	return sum
}

func prop6[E any](w *World[E]) {
	o, m := w.Oracle(), w.Solution()
	v := o.Variance()
	for t := 1; t <= w.T(); t++ {
		w.Equal(verify.At(t, 0), "I_t = E[Var(Harm|y_<t)] − E[Var(Harm|y_≤t)]", m.Information[t-1], w.Sub(o.ExpectedVariance(t-1), o.ExpectedVariance(t)))
		w.Equal(verify.At(t, 0), "E[Var(Harm|y_≤t)] by recursion = by definition", m.Residual[t], o.ExpectedVariance(t))
		w.Equal(verify.At(t, 0), "Var(Harm) = E[Var(Harm|y_≤t)] + Var(h_t)", v[0][0], w.Add(m.Residual[t], unconditionalVariance(w, t)))
		for x := range w.States(t) {
			w.Equal(verify.At(t, x), "Var(Harm|y_<t) = E[Var(Harm|y_≤t)|y_<t] + Var(h_t|y_<t)",
				v[t-1][x], w.Add(w.Dot(w.Row(t, x), w.After(t, x, v[t])), m.Step[t-1][x]))
		}
	}
}

func prop6Index[E any](w *World[E]) {
	o := w.Oracle()
	for t := 1; t <= w.T(); t++ {
		w.Equal(verify.At(t, 0), "I_t = E[Var(Harm|y_≤t)] − E[Var(Harm|y_≤t+1)]", w.Solution().Information[t-1],
			w.Sub(o.ExpectedVariance(t), o.ExpectedVariance(min(t+1, w.T()))))
	}
}

func prop6Half[E any](w *World[E]) {
	v := w.Oracle().Variance()
	for t := 1; t <= w.T(); t++ {
		for x := range w.States(t) {
			w.Equal(verify.At(t, x), "Var(Harm|y_<t) = E[Var(Harm|y_≤t)|y_<t]", v[t-1][x], w.Dot(w.Row(t, x), w.After(t, x, v[t])))
		}
	}
}

func cor7[E any](w *World[E]) {
	o, m := w.Oracle(), w.Solution()
	w.Equal(Place{}, "Var(Harm) = Σ_t I_t", o.Variance()[0][0], field.Sum(w.Ring, m.Information))
	w.Equal(Place{}, "Var(Harm) by recursion = by definition", m.Variance, o.Variance()[0][0])
}

func cor7NoLast[E any](w *World[E]) {
	w.Equal(Place{}, "Var(Harm) = Σ_{t<T} I_t", w.Oracle().Variance()[0][0], field.Sum(w.Ring, w.Solution().Information[:w.T()-1]))
}

func cor7First[E any](w *World[E]) {
	w.Equal(Place{}, "Var(Harm) = I_1", w.Oracle().Variance()[0][0], w.Solution().Information[0])
}

func cor7Moment[E any](w *World[E]) {
	w.Equal(Place{}, "E[Harm²] = Σ_t I_t", w.Oracle().SecondMoment()[0][0], field.Sum(w.Ring, w.Solution().Information))
}

// rem1 checks the chain rule for every block s < u ≤ t, which is the chain rule
// for every grouping.
func rem1[E any](w *World[E]) {
	o, m := w.Oracle(), w.Solution()
	for s := 0; s < w.T(); s++ {
		for t := s + 1; t <= w.T(); t++ {
			w.Equal(verify.At(t, 0), fmt.Sprintf("I_V(Harm; y_%d…y_%d|y_≤%d) = Σ I_u", s+1, t, s),
				w.Sub(o.ExpectedVariance(s), o.ExpectedVariance(t)), field.Sum(w.Ring, m.Information[s:t]))
		}
	}
	w.Equal(Place{}, "I_V(Harm; y_1…y_T) = Var(Harm)", o.Variance()[0][0], m.Variance)
}

func rem1Unconditional[E any](w *World[E]) {
	for t := 1; t <= w.T(); t++ {
		w.Equal(verify.At(t, 0), "I_V(Harm; y_t|y_<t) = Var(Harm) − E[Var(Harm|y_≤t)]", w.Solution().Information[t-1],
			w.Sub(w.Oracle().Variance()[0][0], w.Oracle().ExpectedVariance(t)))
	}
}
