package theorems

import "sounding/exact/field"

// Orthogonality of all pairs of positions at once. With D the matrix of the
// innovations Δ_t, a row per sequence, and W the diagonal of their probabilities,
//
//	rᵀDᵀWD r = E[(Σ_t r_t·Δ_t)²] = Σ_t r_t²·I_t
//
// as polynomials in r says E[Δ_s·Δ_t] = 0 for every s ≠ t: 2·r_s·r_t has that
// coefficient. It costs as much as one pair, and names none.

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

// prop4OneUncentred puts h_T in the place of Δ_T, in the combination and in its
// diagonal: what is then wrong is E[Δ_s·h_T] = E[Δ_s²] alone, for s < T.
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

// allCrossTerms claims Σ_t Σ_s r_s·q_t·E[part_s·s_t] = 0 for arbitrary r and q, over
// the positions s of the range that belongs to t.
func allCrossTerms[E any](w *World[E], claim string, positions func(t int) (first, last int), tangents [][][]E, part func(s int) []E) {
	r, q := w.Arbitrary(w.T()), w.Arbitrary(w.T())
	f := make([][]E, w.T())
	for t := 1; t <= w.T(); t++ {
		first, last := positions(t)
		f[t-1] = combination(w, r, part, first, last)
		for i, v := range f[t-1] {
			f[t-1][i] = w.Mul(q[t-1], v)
		}
	}
	for _, tangent := range tangents {
		w.Equal(Place{}, claim, field.Sum(w.Ring, w.Oracle().PositionDerivatives(f, tangent)), w.FromInt(0))
	}
}

func eq22AllPairs[E any](w *World[E]) {
	allCrossTerms(w, "Σ_{s<t} r_s·q_t·E[Δ_s·s_t] = 0 for arbitrary r and q",
		func(t int) (int, int) { return 1, t - 1 }, w.Tangents(), w.Oracle().Increment)
}

func eq22OneDiagonal[E any](w *World[E]) {
	allCrossTerms(w, "Σ_{s<t} r_s·q_t·E[Δ_s·s_t] + r_T·q_T·E[Δ_T·s_T] = 0 for arbitrary r and q",
		func(t int) (int, int) {
			if t == w.T() {
				return 1, t
			}
			return 1, t - 1
		}, w.Tangents(), w.Oracle().Increment)
}

func eq22AllTangent[E any](w *World[E]) {
	allCrossTerms(w, "Σ_{s<t} r_s·q_t·E[Δ_s²·s_t] = 0 for arbitrary r and q",
		func(t int) (int, int) { return 1, t - 1 }, skewed(w), func(s int) []E { return squaredIncrement(w, s) })
}

func eq23AllPairs[E any](w *World[E]) {
	allCrossTerms(w, "Σ_{s>t} r_s·q_t·E[Δ_s·s_t] = 0 for arbitrary r and q",
		func(t int) (int, int) { return t + 1, w.T() }, w.Tangents(), w.Oracle().Increment)
}

func eq23OneDiagonal[E any](w *World[E]) {
	allCrossTerms(w, "Σ_{s>t} r_s·q_t·E[Δ_s·s_t] + r_1·q_1·E[Δ_1·s_1] = 0 for arbitrary r and q",
		func(t int) (int, int) {
			if t == 1 {
				return 1, w.T()
			}
			return t + 1, w.T()
		}, w.Tangents(), w.Oracle().Increment)
}

func eq23OneUncentred[E any](w *World[E]) {
	o := w.Oracle()
	allCrossTerms(w, "Σ_{s>t} r_s·q_t·E[Δ_s·s_t] = 0 for arbitrary r and q, with h_T in place of Δ_T",
		func(t int) (int, int) { return t + 1, w.T() }, w.Tangents(), func(s int) []E {
			if s == w.T() {
				return o.Harm()
			}
			return o.Increment(s)
		})
}
