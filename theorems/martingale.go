package theorems

import (
	"sounding/exact/field"
	"sounding/verify"
)

// Section 4: conditional expected harm is a martingale.

var martingaleStatements = []*Statement{definition1, proposition2, definition3, proposition4}

var definition1 = &Statement{
	ID: "def-1", Title: "Conditional expected harm", Section: "4",
	Sentence: verify.Sentence{Says: "h_t is the expected harm given the first t tokens."},
	Formula:  "h_t(y_≤t) = E[Harm | y_≤t], h_0 = E[Harm], h_T = Harm",
	Claims:   []Claim{{Kernel: []string{"Martingale.recursion", "Martingale.h_first", "Martingale.h_last", "Martingale.h_conditional"}, Check: verify.Identity(def1[rat], def1[mod])}},
	NearMisses: []NearMiss{
		{Name: "completions are weighted equally", Check: verify.Identity(def1Unweighted[rat], def1Unweighted[mod])},
		{Name: "h_0 is the harm of the first sequence", Check: verify.Identity(def1First[rat], def1First[mod])},
	},
	Looks: needsHarm,
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

var proposition2 = &Statement{
	ID: "prop-2", Title: "Martingale property", Section: "4",
	Sentence: verify.Sentence{Says: "The expected harm h_t is a martingale."},
	Formula:  "E[h_t | y_<t] = h_{t−1}(y_<t) at every prefix",
	Claims:   []Claim{{Kernel: []string{"Martingale.martingale"}, Check: verify.Identity(prop2[rat], prop2[mod])}},
	NearMisses: []NearMiss{
		{Name: "tokens are weighted equally", Check: verify.Identity(prop2Uniform[rat], prop2Uniform[mod])},
		{Name: "the mean of h_t is h_t of the first token", Check: verify.Identity(prop2First[rat], prop2First[mod])},
	},
	Looks: needsHarm,
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

var definition3 = &Statement{
	ID: "def-3", Title: "Harm innovation", Section: "4",
	Sentence: verify.Sentence{Says: "The innovation Δ_t is the change of expected harm at token t."},
	Formula:  "Δ_t = h_t(y_≤t) − h_{t−1}(y_<t)",
	Claims:   []Claim{{Kernel: []string{"Martingale.innovation_definition"}, Check: verify.Identity(def3[rat], def3[mod])}},
	NearMisses: []NearMiss{
		{Name: "sign: h_{t−1} − h_t", Check: verify.Identity(def3Sign[rat], def3Sign[mod])},
		{Name: "baseline h_0 at every position", Check: verify.Identity(def3Baseline[rat], def3Baseline[mod])},
	},
	Looks: needsHarm,
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

var proposition4 = &Statement{
	ID: "prop-4", Title: "Doob decomposition", Section: "4",
	Sentence: verify.Sentence{Says: "Harm is its mean plus the innovations, which are orthogonal."},
	Formula:  "Harm = E[Harm] + Σ_t Δ_t; E[Δ_s Δ_t] = 0 for s ≠ t, all pairs at once: E[(Σ_t r_t·Δ_t)²] = Σ_t r_t²·I_t for arbitrary r; E[Δ_t·f(y_<t)] = 0 for every f",
	Claims: []Claim{
		{
			Formula:    "Harm = E[Harm] + Σ_t Δ_t; E[Δ_s·Δ_t] = 0 for s < t; E[Δ_t|y_<t] = 0; E[Δ_t·f(y_<t)] = 0 for arbitrary f",
			Hypotheses: []string{"f is a function of the prefix y_<t alone"},
			Kernel:     []string{"Martingale.doob", "Martingale.orthogonal", "Martingale.innovation_mean", "Martingale.orthogonal_to_known"},
			Check:      verify.Identity(prop4[rat], prop4[mod]),
		},
		{
			Formula: "E[(Σ_t r_t·Δ_t)²] = Σ_t r_t²·I_t for arbitrary r",
			Kernel:  []string{"Martingale.weighted_innovations"},
			Check:   verify.Identity(prop4AllPairs[rat], prop4AllPairs[mod]),
		},
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
	Looks: needsHarm,
}

// combination returns Σ_t r_t·part(t) per complete sequence, over the positions
// from the first to the last.
func combination[E any](w *World[E], r []E, part func(t int) []E, first, last int) []E {
	sum := make([]E, w.Oracle().Len())
	for i := range sum {
		sum[i] = w.FromInt(0)
	}
	for t := first; t <= last; t++ {
		for i, v := range part(t) {
			sum[i] = w.Add(sum[i], w.Mul(r[t-1], v))
		}
	}
	return sum
}

// prop4Combination compares E[(Σ_t r_t·part_t)²], by enumeration, with the given
// number.
func prop4Combination[E any](w *World[E], claim string, part func(t int) []E, right func(r []E) E) {
	r := w.Arbitrary(w.T())
	sum := combination(w, r, part, 1, w.T())
	for i, v := range sum {
		sum[i] = field.Square(w.Ring, v)
	}
	w.Equal(Place{}, claim, w.Oracle().Expectation(sum), right(r))
}

// weightedInformation returns Σ_t weight(r_t)·I_{t+shift}, by recursion, over the
// positions t for which there is one.
func weightedInformation[E any](w *World[E], shift int, weight func(v E) E) func(r []E) E {
	return func(r []E) E {
		sum := w.FromInt(0)
		for k, i := range w.Solution().Information[shift:] {
			sum = w.Add(sum, w.Mul(weight(r[k]), i))
		}
		return sum
	}
}

func prop4AllPairs[E any](w *World[E]) {
	prop4Combination(w, "E[(Σ_t r_t·Δ_t)²] = Σ_t r_t²·I_t for arbitrary r", w.Oracle().Increment,
		weightedInformation(w, 0, func(v E) E { return w.Mul(v, v) }))
}

func prop4OffDiagonal[E any](w *World[E]) {
	prop4Combination(w, "E[(Σ_t r_t·Δ_t)²] = 0 for arbitrary r", w.Oracle().Increment, func([]E) E { return w.FromInt(0) })
}

func prop4Linear[E any](w *World[E]) {
	prop4Combination(w, "E[(Σ_t r_t·Δ_t)²] = Σ_t r_t·I_t for arbitrary r", w.Oracle().Increment, weightedInformation(w, 0, itself[E]))
}

func prop4NextPosition[E any](w *World[E]) {
	prop4Combination(w, "E[(Σ_t r_t·Δ_t)²] = Σ_t r_t²·I_{t+1} for arbitrary r", w.Oracle().Increment,
		weightedInformation(w, 1, func(v E) E { return w.Mul(v, v) }))
}

// prop4OneUncentred puts h_T in the place of Δ_T, in the combination and on its
// diagonal. Only the cross terms are then wrong: E[Δ_s·h_T] = E[Δ_s²] for s < T.
func prop4OneUncentred[E any](w *World[E]) {
	o := w.Oracle()
	prop4Combination(w, "E[(Σ_{t<T} r_t·Δ_t + r_T·h_T)²] = Σ_{t<T} r_t²·I_t + r_T²·E[h_T²] for arbitrary r",
		func(t int) []E {
			if t == w.T() {
				return o.Harm()
			}
			return o.Increment(t)
		},
		func(r []E) E {
			sum := w.Mul(field.Square(w.Ring, r[w.T()-1]), o.SecondMoment()[0][0])
			for k, i := range w.Solution().Information[:w.T()-1] {
				sum = w.Add(sum, w.Mul(field.Square(w.Ring, r[k]), i))
			}
			return sum
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
			w.Equal(verify.At(t, 0).Where("s = %d", s), "E[Δ_s·Δ_t] = 0, s < t", o.IncrementProduct(s, t), zero)
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
