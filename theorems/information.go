package theorems

import (
	"sounding/exact/field"
	"sounding/verify"
)

// Section 4: harm information, and the variance that it decomposes.

var informationStatements = []*Statement{definition5, proposition6, corollary7}

var definition5 = &Statement{
	ID: "def-5", Title: "Harm information", Section: "4",
	Sentence: verify.Sentence{Says: "The harm information I_t is the variance of the innovation at position t."},
	Formula:  "I_t = E[Δ_t²] = E[Var(h_t | y_<t)]",
	Claims:   []Claim{{Kernel: []string{"Martingale.information_variance"}, Check: verify.Identity(def5[rat], def5[mod])}},
	NearMisses: []NearMiss{
		{Name: "the variance of h_t without the conditioning", Check: verify.Identity(def5Unconditional[rat], def5Unconditional[mod])},
		{Name: "prefixes are not weighted by their probability", Check: verify.Identity(def5Unweighted[rat], def5Unweighted[mod])},
	},
	Looks: needsHarm,
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

var proposition6 = &Statement{
	ID: "prop-6", Title: "Harm information is the reduction of variance", Section: "4",
	Sentence: verify.Sentence{Says: "I_t is the expected reduction of the variance of harm at position t."},
	Formula:  "I_t = E[Var(Harm|y_<t)] − E[Var(Harm|y_≤t)]; Var(Harm|y_<t) = E[Var(Harm|y_≤t)|y_<t] + Var(h_t|y_<t); Var(Harm) = E[Var(Harm|y_≤t)] + Var(h_t)",
	Claims:   []Claim{{Kernel: []string{"Martingale.variance_reduction", "Martingale.total_variance_at", "Martingale.total_variance"}, Check: verify.Identity(prop6[rat], prop6[mod])}},
	NearMisses: []NearMiss{
		{Name: "index: y_≤t and y_≤t+1", Check: verify.Identity(prop6Index[rat], prop6Index[mod])},
		{Name: "the expected variance alone, without the variance of the mean", Check: verify.Identity(prop6Half[rat], prop6Half[mod])},
	},
	Looks: needsHarm,
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

var corollary7 = &Statement{
	ID: "cor-7", Title: "Variance decomposition", Section: "4",
	Sentence: verify.Sentence{Says: "The variance of harm is the sum of the harm information of all positions."},
	Formula:  "Var(Harm) = Σ_{t=1}^T I_t",
	Claims:   []Claim{{Kernel: []string{"Martingale.variance_decomposition"}, Check: verify.Identity(cor7[rat], cor7[mod])}},
	NearMisses: []NearMiss{
		{Name: "I_T dropped", Check: verify.Identity(cor7NoLast[rat], cor7NoLast[mod])},
		{Name: "I_1 alone", Check: verify.Identity(cor7First[rat], cor7First[mod])},
		{Name: "the second moment in place of the variance", Check: verify.Identity(cor7Moment[rat], cor7Moment[mod])},
	},
	Looks: needsHarm,
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
