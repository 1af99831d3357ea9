package theorems

import (
	"math/big"

	"sounding/exact"
	"sounding/exact/definition"
	"sounding/exact/field"
	"sounding/verify"
)

// Section 10.2, beyond the paper: what of alignment is left behind a given prefix.

var prefillStatements = []*Statement{ownPrefill}

var ownPrefill = &Statement{
	ID: "own-prefill", Title: "What alignment can still do after a prefix", Section: "10.2", Kind: verify.Own,
	Formula: "E_{P*_λ}[Harm|y_≤j] = h_j(y_≤j) − ∫_0^λ Var_{P*_a}(Harm|y_≤j) da, P*_a ∝ P_0·e^{−aHarm}; " +
		"E_{y_≤j∼P_0}[h_j − E_{P*_λ}[Harm|y_≤j]] = λ·Σ_{s>j} I_s + O(λ²); 0 ≤ h_j − E_{P*_λ}[Harm|y_≤j] ≤ tanh(λ/4)",
	Hypotheses: []string{"tabular: P*_λ is the optimum of eq. 2 over all policies"},
	Reading: ownReading + " Section 10.2 says it in words: whoever supplies the tokens that decide harm " +
		"bypasses alignment. Here j tokens are supplied from any law, even tokens that P_0 never says, and " +
		"the optimum continues. What it can still take off expected harm is the variance that the prefix " +
		"leaves open, integrated over the strengths up to λ. That is nothing where the prefix decides harm, " +
		"and at most tanh(λ/4) after any prefix.",
	Claims: []Claim{
		{
			Formula: "E_{P*_λ}[Harm|y_≤j] = h_j(y_≤j) − ∫_0^λ Var_{P*_a}(Harm|y_≤j) da, order by order in λ",
			Kernel:  []string{"Tilted.prefill_integral", "Tilted.conditional_mean_form"},
			Check:   verify.Identity(prefill[rat], prefill[mod]).Within(verify.Limits{Leaves: taylorLeaves}),
		},
		{
			Formula: "E_{y_≤j∼P_0}[h_j − E_{P*_λ}[Harm|y_≤j]] = λ·Σ_{s>j} I_s at order λ",
			Kernel:  []string{"Tilted.prefill_first_order"},
			Check:   verify.Identity(prefillMean[rat], prefillMean[mod]).Within(verify.Limits{Leaves: taylorLeaves}),
		},
		{
			Formula:    "Z·(h_j − E_{P*_λ}[Harm|y_≤j]) = Σ_{y,y'} ½P_0(y|y_≤j)·P_0(y'|y_≤j)·(Harm(y) − Harm(y'))·(u(y') − u(y)), no term of which is negative",
			Hypotheses: []string{"u = e^{−λHarm}, which falls as Harm grows; Z = E_0[u|y_≤j]"},
			Kernel:     []string{"Tilted.tilted_pairs"},
			Check:      verify.Identity(prefillPairs[rat], prefillPairs[mod]).Within(verify.Limits{Leaves: prefillLeaves}),
			Also:       []Check{verify.Rational(prefillSign)},
		},
		{
			Formula:    "h_j − E_{P*_λ}[Harm|y_≤j] ≤ tanh(λ/4): e^{−λ}·(1+g)² ≤ (1−g)² for g = h_j − E_{P*_λ}[Harm|y_≤j]",
			Hypotheses: []string{"0 ≤ Harm ≤ 1"},
			Kernel:     []string{"Tilted.tilted_bound", "Tilted.tilted_bound_square"},
			Check:      verify.Rational(prefillBound),
		},
	},
	NearMisses: []NearMiss{
		{Name: "∫_0^λ a·Var_{P*_a} da, as for the KL", Check: verify.Identity(prefillWeighted[rat], prefillWeighted[mod])},
		{Name: "the variance under P_0: h_j − λ·Var_0(Harm|y_≤j) exactly", Check: verify.Identity(prefillLinear[rat], prefillLinear[mod])},
		{Name: "the next information alone in place of Σ_{s>j} I_s", Check: verify.Identity(prefillNext[rat], prefillNext[mod])},
		{Name: "Σ_{s≥j} I_s", Check: verify.Identity(prefillEarly[rat], prefillEarly[mod])},
		{Name: "every pair counted twice, without ½", Check: verify.Identity(prefillPairsTwice[rat], prefillPairsTwice[mod])},
		{Name: "something is left behind every prefix", Check: verify.Rational(prefillAlways)},
		{Name: "at most tanh(λ/8)", Check: verify.Rational(prefillHalf)},
	},
	Looks: needsHarm,
}

// prefillLeaves bounds the continuations of a state whose pairs are summed.
const prefillLeaves = 32

// everyPrefill runs f at every state x of layer j < T with E_{P*_λ}[Harm|x] as a function
// of λ, from moments by enumeration.
func everyPrefill[E any](w *World[E], b *expansion[E], f func(j, x int, mean []E)) {
	power := constants(w, len(w.Family.Harm), 1)
	var moments [][][]E // E_0[Harm^n|x] at [n][j][x]
	for range taylorOrder + 2 {
		o := defined(definition.New(w.Ring, w.Family.Numbers.WithHarm(power)))
		moments = append(moments, o.Mean())
		next := make([]E, len(power))
		for y, h := range w.Family.Harm {
			next[y] = w.Mul(power[y], h)
		}
		power = next
	}
	for j := range w.T() {
		for x := range w.States(j + 1) {
			top, bottom := b.zero(), b.zero()
			for n := range top {
				top[n], bottom[n] = moments[n+1][j][x], moments[n][j][x]
				if n%2 == 1 {
					top[n], bottom[n] = w.Neg(top[n]), w.Neg(bottom[n])
				}
			}
			f(j, x, b.over(top, bottom))
		}
	}
}

// prefillIs compares E_{P*_λ}[Harm|x] with h_j(x) − loss, loss made of Var_{P*_λ}(Harm|x).
func prefillIs[E any](w *World[E], claim string, loss func(b *expansion[E], variance []E) []E) {
	b := newExpansion(w)
	variances := make([][][]E, w.T())
	for j := range variances {
		variances[j] = b.variance(j)
	}
	everyPrefill(w, b, func(j, x int, mean []E) {
		right := b.sub(b.constant(w.Solution().H[j][x]), loss(b, variances[j][x]))
		for n := range mean {
			w.Equal(verify.At(j+1, x).Where("order %d", n), claim, mean[n], right[n])
		}
	})
}

func prefill[E any](w *World[E]) {
	prefillIs(w, "n!·(E_{P*_λ}[Harm|x] = h_j(x) − ∫_0^λ Var_{P*_a}(Harm|x) da, order n)", func(b *expansion[E], variance []E) []E {
		return append([]E{w.FromInt(0)}, variance[:taylorOrder]...)
	})
}

func prefillWeighted[E any](w *World[E]) {
	prefillIs(w, "n!·(E_{P*_λ}[Harm|x] = h_j(x) − ∫_0^λ a·Var_{P*_a}(Harm|x) da, order n)", func(b *expansion[E], variance []E) []E {
		return b.scaledIntegral(variance)
	})
}

func prefillLinear[E any](w *World[E]) {
	prefillIs(w, "n!·(E_{P*_λ}[Harm|x] = h_j(x) − λ·Var_0(Harm|x), order n)", func(b *expansion[E], variance []E) []E {
		loss := b.zero()
		loss[1] = variance[0]
		return loss
	})
}

// prefillMeanIs compares the first order of E_{y_≤j∼P_0}[h_j − E_{P*_λ}[Harm|y_≤j]] with a
// sum of informations.
func prefillMeanIs[E any](w *World[E], claim string, information func(j int) E) {
	sums := constants(w, w.T(), 0)
	everyPrefill(w, newExpansion(w), func(j, x int, mean []E) {
		sums[j] = w.Sub(sums[j], w.Mul(w.Solution().Occupancy[j][x], mean[1]))
	})
	for j, sum := range sums {
		w.Equal(verify.At(j+1, 0), claim, sum, information(j))
	}
}

func prefillMean[E any](w *World[E]) {
	prefillMeanIs(w, "E_{y_≤j}[h_j − E*[Harm|y_≤j]] = λ·Σ_{s>j} I_s, order 1", func(j int) E {
		return field.Sum(w.Ring, w.Solution().Information[j:])
	})
}

func prefillNext[E any](w *World[E]) {
	prefillMeanIs(w, "E_{y_≤j}[h_j − E*[Harm|y_≤j]] = λ·I_{j+1}, order 1", func(j int) E { return w.Solution().Information[j] })
}

func prefillEarly[E any](w *World[E]) {
	prefillMeanIs(w, "E_{y_≤j}[h_j − E*[Harm|y_≤j]] = λ·Σ_{s≥j} I_s, order 1", func(j int) E {
		return field.Sum(w.Ring, w.Solution().Information[max(j-1, 0):])
	})
}

// pairsOf compares Z·(h_j − E*[Harm|x]), by recursion, for u per final state, with the sum
// over the pairs of continuations of x, each counted the given number of times.
func pairsOf[E any](w *World[E], claim string, times int64) {
	u := w.Test()[w.T()]
	tilted := make([]E, len(u))
	for y, h := range w.Family.Harm {
		tilted[y] = w.Mul(h, u[y])
	}
	soft, harm := exact.Backward(w.Ring, w.Family.Numbers, u), exact.Backward(w.Ring, w.Family.Numbers, tilted)
	everyPrefix(w, func(t, x int) {
		var ends []int
		var p []E
		for path := range definition.Paths(w.Family.Process, t-1, x, w.T()) {
			weight := w.FromInt(1)
			for k, e := range path.Edges {
				weight = w.Mul(weight, w.Family.Prob[t-1+k][e])
			}
			ends, p = append(ends, path.States[len(path.States)-1]), append(p, weight)
			if len(ends) > prefillLeaves {
				w.Vacuous()
				return
			}
		}
		sum := w.FromInt(0)
		for i, y := range ends {
			for k, z := range ends[:i] {
				apart := w.Mul(w.Sub(w.Family.Harm[y], w.Family.Harm[z]), w.Sub(u[z], u[y]))
				sum = w.Add(sum, w.Mul(w.Mul(p[i], p[k]), apart))
			}
		}
		left := w.Sub(w.Mul(soft[t-1][x], w.Solution().H[t-1][x]), harm[t-1][x])
		w.Equal(verify.At(t, x), claim, left, w.Mul(w.FromInt(times), sum))
	})
}

func prefillPairs[E any](w *World[E]) {
	pairsOf(w, "Z·h_j − E_0[Harm·u|x] = Σ_{y<y'} P_0(y|x)·P_0(y'|x)·(Harm(y) − Harm(y'))·(u(y') − u(y))", 1)
}

func prefillPairsTwice[E any](w *World[E]) {
	pairsOf(w, "Z·h_j − E_0[Harm·u|x] = Σ_{y,y'} P_0(y|x)·P_0(y'|x)·(Harm(y) − Harm(y'))·(u(y') − u(y))", 2)
}

// everyGain runs f at every state of layer j < T with h_j − E*[Harm|x], by enumeration, and
// e^{−λ}, for each tilt of the grid of harm.
func everyGain(w *World[rat], f func(at Place, gain, least rat)) {
	q := rationals(w)
	for i, u := range tilts(w) {
		tilted := make([]rat, len(u))
		for y, h := range w.Family.Harm {
			tilted[y] = w.Mul(h, u[y])
		}
		soft := defined(definition.New(q, w.Family.Numbers.WithHarm(u))).Mean()
		harm := defined(definition.New(q, w.Family.Numbers.WithHarm(tilted))).Mean()
		least := tiltOfOne(w, tiltBases[i])
		everyPrefix(w, func(t, x int) {
			gain := w.Sub(w.Oracle().Mean()[t-1][x], defined(q.Quo(harm[t-1][x], soft[t-1][x])))
			f(verify.At(t, x).Where("e^{−λ/m} = %s", tiltBases[i].RatString()), gain, least)
		})
	}
}

// tiltOfOne returns e^{−λ} for e^{−λ/m} = base, m the steps of [harmStep] in 1.
func tiltOfOne(w *World[rat], base *big.Rat) rat {
	p := w.Family.Process
	b, u := defined(rationals(w).FromRat(base)), w.FromInt(1)
	for range new(big.Int).Quo(p.HarmDenominator(), harmStep(p)).Int64() {
		u = w.Mul(u, b)
	}
	return u
}

func prefillSign(w *World[rat]) {
	variance := w.Oracle().Variance()
	everyGain(w, func(at Place, gain, _ rat) {
		open := !w.IsZero(variance[at.Position-1][at.State])
		w.Iff(at, "h_j − E*[Harm|x] > 0 ⇔ Var(Harm|x) > 0", w.SignOf(gain) == field.Positive, open)
		w.AtMost(at, "0 ≤ h_j − E*[Harm|x]", w.FromInt(0), gain)
	})
}

func prefillAlways(w *World[rat]) {
	everyGain(w, func(at Place, gain, _ rat) {
		w.Less(at, "0 < h_j − E*[Harm|x]", w.FromInt(0), gain)
	})
}

// gainAtMost claims that g = h_j − E*[Harm|x] is at most tanh(λ/4) where power is 2, and
// at most tanh(λ/8) where it is 4: e^{−λ}·(1+g)^power ≤ (1−g)^power.
func gainAtMost(w *World[rat], claim string, power int) {
	everyGain(w, func(at Place, gain, least rat) {
		left, right := least, w.FromInt(1)
		for range power {
			left, right = w.Mul(left, w.Add(w.FromInt(1), gain)), w.Mul(right, w.Sub(w.FromInt(1), gain))
		}
		w.AtMost(at, claim, left, right)
	})
}

func prefillBound(w *World[rat]) {
	gainAtMost(w, "e^{−λ}·(1+g)² ≤ (1−g)², g = h_j − E*[Harm|x]", 2)
}

func prefillHalf(w *World[rat]) {
	gainAtMost(w, "e^{−λ}·(1+g)⁴ ≤ (1−g)⁴, g = h_j − E*[Harm|x]", 4)
}
