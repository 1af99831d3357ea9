package theorems

import (
	"iter"
	"math/big"
	"math/bits"
	"slices"

	"sounding/exact"
	"sounding/exact/field"
	"sounding/generators"
	"sounding/model"
	"sounding/verify"
)

// Appendix B: what recovery costs over all positions, and where its gradient vanishes.

var recoveryRemarksStatements = []*Statement{remark6, remark7, xRemark7}

var remark6 = &Statement{
	ID: "rem-6", Title: "Aggregate recovery KL", Section: "B.2",
	Sentence: verify.Sentence{
		Says:    "The total recovery KL beyond the horizon is at most of order β²γ^{2(k+1)}/(1−γ²), and diverges as γ → 1.",
		Verdict: verify.HoldsOf,
		But:     "the leading order of Theorem 19, not the KL of an optimum",
	},
	Formula:    "γ < 1: Σ_{t>k} ½β²γ^{2t}g_t ≤ C·β²γ^{2(k+1)}/(2(1−γ²)), g_t = G_t^recᵀF̄_t⁻¹G_t^rec ≤ C; g_t ≥ c ⇒ ≥ ½cβ²·Σ_{t>k}γ^{2t}; T = n, γ = 1 − 1/2n: Σ_t ½β²γ^{2t}g_t ≥ β²c·n/8, unbounded",
	Hypotheses: []string{"unbounded: g_t ≥ c > 0"},
	Reading: "Eq. 71 is a reconstruction. It is about the leading order of thm-19 beyond the horizon, not " +
		"about the KL of an optimum: it sums the terms of order β² in the KL_t of the branch of stationary " +
		"points. The sum diverges if γ → 1 and T → ∞ together. This is checked at γ = 1 − 1/2n, in processes " +
		"of n positions that all have the rows and features of the first position of the case.",
	Claims: []Claim{
		{
			Formula:    "½cβ²·Σ_{t>k} γ^{2t} ≤ Σ_{t>k} ½β²γ^{2t}g_t ≤ C·β²γ^{2(k+1)}/(2(1−γ²)); Σ_{t>k} γ^{2t} = (γ^{2(k+1)} − γ^{2(T+1)})/(1−γ²)",
			Hypotheses: []string{"γ < 1", "c ≤ g_t ≤ C for t > k"},
			Kernel:     []string{"Attack.aggregate_least", "Attack.squares_sum", "Attack.aggregate_cost"},
			Check:      verify.Rational(rem6),
		},
		{
			Formula:    "½cβ²·Σ_{t>k} γ^{2t} ≤ Σ_{t>k} KL_t ≤ C·β²γ^{2(k+1)}/(2(1−γ²)) at order β² of the branch",
			Hypotheses: []string{branchReading, "γ < 1", "k at or beyond the horizon", "c ≤ g_t ≤ C for t > k"},
			Check:      verify.Series(rem6Branch, nil),
		},
		{
			Formula:    "β²g·n/8 ≤ Σ_t ½β²γ^{2t}g_t",
			Hypotheses: []string{"a process of n positions that are all alike, g > 0 the factor of the first", "γ = 1 − 1/2n"},
			Kernel:     []string{"Attack.aggregate_grows"},
			Check:      verify.Rational(rem6Unbounded),
		},
	},
	NearMisses: []NearMiss{
		{Name: "C the least factor", Drops: "g_t ≤ C", Check: verify.Rational(rem6Least)},
		{Name: "without 1 − γ²: the first term alone", Check: verify.Rational(rem6First)},
		{Name: "γ^{2k} for γ^{2(k+1)} in the sum", Check: verify.Rational(rem6Index)},
		{Name: "bounded along γ = 1 − 1/2n by β²g", Drops: "γ fixed", Check: verify.Rational(rem6Bounded)},
	},
	Source: &Source{Draw: deepSource().Draw, Smallest: plainFamilies},
}

// leadingFactors returns g_t = G_t^recᵀF̄_t⁻¹G_t^rec for t = 1…T, and nil where one
// of them is infinite because Q reaches what the base model does not.
func leadingFactors(w *World[rat]) []rat {
	var factors []rat
	for t := 1; t <= w.T(); t++ {
		g := recoveryGradient(w, t, w.Objective().Adversary[t-1])
		z, err := exact.Solve(rationals(w), meanFisher(w, t), g)
		if err != nil {
			w.Vacuous()
			return nil
		}
		factors = append(factors, w.Dot(g, z))
	}
	return factors
}

// extreme returns the largest (or least) of a list.
func extreme(w *World[rat], v []rat, largest bool) rat {
	r := v[0]
	for _, e := range v {
		if (rationals(w).Cmp(e, r) > 0) == largest {
			r = e
		}
	}
	return r
}

// geometric returns Σ_{t=k+1…T} γ^{2t} term by term.
func geometric(w *World[rat], k int) rat {
	sum := w.FromInt(0)
	for t := k + 1; t <= w.T(); t++ {
		sum = w.Add(sum, power(w, 2*t))
	}
	return sum
}

// aggregate compares the leading recovery KL beyond each k with a bound; c stands
// for the sum's common factor β²/2.
func aggregate(w *World[rat], compare func(k int, factors []rat, sum, c rat)) {
	factors := leadingFactors(w)
	if factors == nil || w.IsZero(w.Sub(w.FromInt(1), w.Objective().Gamma)) {
		return
	}
	c := w.Mul(fraction(w, 1, 2), w.Mul(w.Objective().Beta, w.Objective().Beta))
	for k := range w.T() {
		sum := w.FromInt(0)
		for t := k + 1; t <= w.T(); t++ {
			sum = w.Add(sum, w.Mul(power(w, 2*t), factors[t-1]))
		}
		compare(k, factors[k:], w.Mul(c, sum), c)
	}
}

// over returns a/(1−γ²).
func over(w *World[rat], a rat) rat {
	return defined(rationals(w).Quo(a, w.Sub(w.FromInt(1), power(w, 2)))) // γ < 1
}

func rem6(w *World[rat]) {
	aggregate(w, func(k int, factors []rat, sum, c rat) {
		w.Equal(verify.At(k+1, 0), "Σ_{t>k} γ^{2t} = (γ^{2(k+1)} − γ^{2(T+1)})/(1−γ²)", geometric(w, k),
			over(w, w.Sub(power(w, 2*(k+1)), power(w, 2*(w.T()+1)))))
		w.AtMost(verify.At(k+1, 0), "Σ_{t>k} ½β²γ^{2t}g_t ≤ C·β²γ^{2(k+1)}/(2(1−γ²))", sum,
			w.Mul(extreme(w, factors, true), w.Mul(c, over(w, power(w, 2*(k+1))))))
		w.AtMost(verify.At(k+1, 0), "½cβ²·Σ_{t>k} γ^{2t} ≤ Σ_{t>k} ½β²γ^{2t}g_t", w.Mul(extreme(w, factors, false), w.Mul(c, geometric(w, k))), sum)
	})
}

// rem6Branch bounds the coefficients of the branch itself, beyond the horizon, as rem6 bounds
// the leading order by formula.
func rem6Branch(w *World[rat]) {
	b := deep(w)
	if b == nil {
		return
	}
	horizon := w.Oracle().Horizon()
	aggregate(w, func(k int, factors []rat, _, c rat) {
		if k < horizon {
			w.Vacuous()
			return
		}
		sum := w.FromInt(0)
		for _, kl := range b.KL[k:] {
			sum = w.Add(sum, kl[2])
		}
		w.AtMost(verify.At(k+1, 0), "Σ_{t>k} KL_t ≤ C·β²γ^{2(k+1)}/(2(1−γ²)), order 2", sum,
			w.Mul(extreme(w, factors, true), w.Mul(c, over(w, power(w, 2*(k+1))))))
		w.AtMost(verify.At(k+1, 0), "½cβ²·Σ_{t>k} γ^{2t} ≤ Σ_{t>k} KL_t, order 2", w.Mul(extreme(w, factors, false), w.Mul(c, geometric(w, k))), sum)
	})
}

// alikeLengths are the lengths n of the processes whose positions are alike.
var alikeLengths = []int{1, 2, 4, 8}

// alike returns the case of n positions that all have the rows and features of the first
// position of c, with γ = 1 − 1/2n and without harm.
func alike(c *model.Case, n int) *model.Case {
	first := c.Layer(1)
	var weights model.Naturals
	start, token := []int32{0, int32(first.Edges())}, make([]int32, first.Edges())
	for e := range token {
		token[e] = int32(first.Token(e))
		weights.AppendFrom(first.Weights(), e)
	}
	layer := defined(model.SparseLayer(c.Vocabulary(), start, token, weights, make([]int32, first.Edges())))
	p := defined(model.NewProcess(c.Vocabulary(), slices.Repeat([]*model.Layer{layer}, n), model.NaturalsOf(0), big.NewInt(1)))
	in := model.NewInstance(p)
	in.Recovery, in.Beta, in.Gamma = c.Recovery, c.Beta, big.NewRat(int64(2*n-1), int64(2*n))
	param := model.Parameterisation{Kind: c.Parameterisation.Kind, Parameters: c.Parameterisation.Parameters}
	if !param.Tabular() {
		param.Features = slices.Repeat(c.Parameterisation.Features[:1], n)
	}
	return &model.Case{Instance: in, Parameterisation: param}
}

// longSums calls compare with Σ_t ½β²γ^{2t}g_t and ½β²g of processes of n positions that are
// alike, g > 0 the factor of the first.
func longSums(w *World[rat], compare func(n int, sum, first rat)) {
	for _, n := range alikeLengths {
		long := verify.NewCaseWorld(rationals(w), alike(w.Case, n))
		factors := leadingFactors(long)
		if factors == nil || w.IsZero(factors[0]) {
			w.Vacuous()
			return
		}
		c := w.Mul(fraction(w, 1, 2), field.Square(w.Ring, w.Objective().Beta))
		sum := w.FromInt(0)
		for t, g := range factors {
			sum = w.Add(sum, w.Mul(c, w.Mul(power(long, 2*(t+1)), g)))
		}
		compare(n, sum, w.Mul(c, factors[0]))
	}
}

func rem6Unbounded(w *World[rat]) {
	longSums(w, func(n int, sum, first rat) {
		w.AtMost(Place{}.Where("n = %d", n), "β²g·n/8 ≤ Σ_t ½β²γ^{2t}g_t, T = n, γ = 1 − 1/2n", w.Mul(fraction(w, int64(n), 4), first), sum)
	})
}

func rem6Bounded(w *World[rat]) {
	longSums(w, func(n int, sum, first rat) {
		w.AtMost(Place{}.Where("n = %d", n), "Σ_t ½β²γ^{2t}g_t ≤ β²g, T = n, γ = 1 − 1/2n", sum, w.Add(first, first))
	})
}

func rem6Least(w *World[rat]) {
	factors := leadingFactors(w)
	for t := 1; t <= len(factors); t++ {
		w.AtMost(verify.At(t, 0), "g_t ≤ min_s g_s", factors[t-1], extreme(w, factors, false))
	}
}

func rem6First(w *World[rat]) {
	aggregate(w, func(k int, factors []rat, sum, c rat) {
		w.AtMost(verify.At(k+1, 0), "Σ_{t>k} ½β²γ^{2t}g_t ≤ C·β²γ^{2(k+1)}/2", sum, w.Mul(extreme(w, factors, true), w.Mul(c, power(w, 2*(k+1)))))
	})
}

func rem6Index(w *World[rat]) {
	aggregate(w, func(k int, _ []rat, _, _ rat) {
		w.Equal(verify.At(k+1, 0), "Σ_{t>k} γ^{2t} = (γ^{2k} − γ^{2T})/(1−γ²)", geometric(w, k), over(w, w.Sub(power(w, 2*k), power(w, 2*w.T()))))
	})
}

// plainFamilies runs through the families with one parameter per position and
// features 0 and 1 on the uniform trees over two tokens of length 1 and 2, with
// β = 1 and γ = ½, by the number of features that are 1.
func plainFamilies() iter.Seq[*model.Case] {
	return func(yield func(*model.Case) bool) {
		for T := 1; T <= 2; T++ {
			edges := 1<<(T+1) - 2
			for ones := range edges + 1 {
				for mask := range 1 << edges {
					if bits.OnesCount(uint(mask)) == ones && !yield(plainFamily(T, mask)) {
						return
					}
				}
			}
		}
	}
}

// plainFamily returns the family whose features are the bits of a mask.
func plainFamily(T, mask int) *model.Case {
	in := model.NewInstance(shape(2, T).Tree())
	in.Recovery, in.Beta, in.Gamma = []int{0}, big.NewRat(1, 1), big.NewRat(1, 2)
	q := model.Parameterisation{Kind: model.Decoupled, Parameters: 1}
	for t := 1; t <= T; t++ {
		f := make([]int64, in.Layer(t).Edges())
		for e := range f {
			f[e] = int64(mask & 1)
			mask >>= 1
		}
		q.Features = append(q.Features, f)
	}
	return &model.Case{Instance: in, Parameterisation: q}
}

var remark7 = &Statement{
	ID: "rem-7", Title: "Non-degeneracy of the recovery gradient", Section: "B.2",
	Sentence: verify.Sentence{
		Says:    "Recovery information is necessary for a recovery gradient, and generically sufficient.",
		Verdict: verify.HoldsIf,
		But: "the family is tabular, or its mean recovery probability is not constant. Some families " +
			"have no recovery gradient anywhere",
	},
	Formula:    "I_t^rec > 0 ⇔ 0 < ρ_t < 1 at some prefix that Q reaches; G_t^rec ≠ 0 ⇒ I_t^rec > 0; tabular: G_t^rec ≠ 0 ⇔ I_t^rec > 0",
	Hypotheses: []string{"sufficient: tabular"},
	Claims:     []Claim{{Kernel: []string{"Recovery.recovery_information_positive", "Recovery.recovery_necessary", "Pairing.spanned", "Tabular.logit_tangent", "Tabular.tabular_failure", "Pairing.recovery_pairing"}, Check: verify.Rational(rem7)}},
	NearMisses: []NearMiss{
		{Name: "some prefix that P reaches", Check: verify.Rational(rem7Policy), Source: certainSource(0, 1)},
		{Name: "0 < ρ_t ≤ 1", Check: verify.Rational(rem7Closed), Looks: &needsRecovery},
		{Name: "sufficient for log-linear policies with F_t^Q ≻ 0", Drops: "tabular", Check: verify.Rational(rem7Sufficient), Source: halvesSource()},
		{Name: "G_t^rec = 0 only where every prefix contributes nothing", Check: verify.Rational(rem7EveryPrefix), Source: &Source{
			Draw:     func(seed uint64, i int) *model.Case { return plainFamily(2, int(generators.Hash(seed, i, 0)%64)) },
			Smallest: plainFamilies,
		}},
	},
	Looks: needsRecoveryAdversary,
}

// openPrefix reports whether prefixes of t−1 tokens with 0 < ρ_t < 1, or ρ_t ≤ 1
// where closed, have positive probability under the law.
func openPrefix(w *World[rat], law [][]rat, t int, closed bool) bool {
	rho := w.Oracle().Recovery(recoverySet(w), t)
	open := make([]rat, len(rho))
	for x := range rho {
		certain := w.IsZero(w.Sub(w.FromInt(1), rho[x]))
		open[x] = w.FromInt(int64(truth(!w.IsZero(rho[x]) && (closed || !certain))))
	}
	return !w.IsZero(w.Oracle().OverPrefixes(law, t, open))
}

// informed reports whether I_t^rec > 0, by recursion.
func informed(w *World[rat], t int) bool {
	return !w.IsZero(exact.RecoveryInformation(w.Ring, w.Family.Numbers, w.Objective(), t))
}

func rem7(w *World[rat]) {
	score := w.Oracle().Score(*w.Family.Param)
	for t := 1; t <= w.T(); t++ {
		w.Iff(verify.At(t, 0), "I_t^rec > 0 ⇔ 0 < ρ_t < 1 at some prefix that Q reaches", informed(w, t), openPrefix(w, w.Prefixes(), t, false))
		if !allZero(w, score.RecoveryGradient(recoverySet(w), w.Prefixes(), t)) {
			w.Implies(verify.At(t, 0), "G_t^rec ≠ 0 ⇒ I_t^rec > 0", true, informed(w, t))
		}
	}
	rem7Tabular(w)
}

// tabularSilent reports whether G_t^rec = 0 for one logit per edge.
func tabularSilent(w *World[rat], t int) bool {
	g := w.Oracle().Score(model.Parameterisation{}).RecoveryGradient(recoverySet(w), w.Prefixes(), t)
	return allZero(w, g)
}

func rem7Tabular(w *World[rat]) {
	for t := 1; t <= w.T(); t++ {
		w.Iff(verify.At(t, 0), "tabular: G_t^rec = 0 ⇔ I_t^rec = 0", tabularSilent(w, t), !informed(w, t))
	}
}

func rem7Policy(w *World[rat]) {
	for t := 1; t <= w.T(); t++ {
		w.Iff(verify.At(t, 0), "I_t^rec > 0 ⇔ 0 < ρ_t < 1 at some prefix that P reaches", informed(w, t), openPrefix(w, w.Family.Prob, t, false))
	}
}

func rem7Closed(w *World[rat]) {
	for t := 1; t <= w.T(); t++ {
		w.Iff(verify.At(t, 0), "I_t^rec > 0 ⇔ 0 < ρ_t ≤ 1 at some prefix that Q reaches", informed(w, t), openPrefix(w, w.Prefixes(), t, true))
	}
}

// identifiable reports whether F_t^Q is positive definite in the parameters that
// position t reads, for a log-linear family.
func identifiable(w *World[rat], t int) bool {
	if w.Family.Param.Tabular() {
		return false
	}
	return rankOf(w, adversarialFisher(w, t)) == w.Family.Param.Block(w.Family.Process, t)
}

func rem7Sufficient(w *World[rat]) {
	for t := 1; t <= w.T(); t++ {
		if !identifiable(w, t) || !informed(w, t) {
			w.Vacuous()
			continue
		}
		silent := allZero(w, recoveryGradient(w, t, w.Objective().Adversary[t-1]))
		w.Implies(verify.At(t, 0), "F_t^Q ≻ 0 and I_t^rec > 0 ⇒ G_t^rec ≠ 0", true, !silent)
	}
}

func rem7EveryPrefix(w *World[rat]) {
	for t := 1; t <= w.T(); t++ {
		q := w.Objective().Adversary[t-1]
		if !allZero(w, recoveryGradient(w, t, q)) {
			w.Vacuous()
			continue
		}
		for x := range q {
			if !w.IsZero(q[x]) {
				w.Implies(verify.At(t, x), "G_t^rec = 0 ⇒ Cov(1[y_t∉R], s_t|y_<t) = 0", true, allZero(w, failureCovariance(w, t, x)))
			}
		}
	}
}

// halvesSource draws random cases and, every other time, one position over
// four tokens whose halves R and its complement are alike, so that a parameter
// moves probability within each half alone.
func halvesSource() *Source {
	return &Source{
		Draw: func(seed uint64, i int) *model.Case {
			if i%2 == 0 {
				return generators.Example(generators.Limits{}, seed, i)
			}
			n := int64(generators.Hash(seed, i, 0) % 1000)
			a, b, m, f := 1+n%7, 1+n/7%5, 1+n/35%3, 1+n%4
			in := generators.Tree(4, [][]int64{{a, b, m * a, m * b}}, make([]int64, 4), 1)
			in.Recovery = []int{0, 1}
			return &model.Case{Instance: in, Parameterisation: model.Parameterisation{
				Kind: model.Decoupled, Parameters: 1, Features: [][]int64{{f, -1, f, -1}},
			}}
		},
		Smallest: penalised(generators.Needs{Recovery: true, Kind: model.Decoupled}, 1),
	}
}

var xRemark7 = &Statement{
	ID: "x-rem-7", Title: "A family whose recovery gradient is zero at every parameter", Section: "B.2", Kind: verify.RefutedReading, Twin: "rem-7",
	Formula: "G_t^rec(θ) = 0 for every θ, with I_t^rec > 0 and F_t^Q ≻ 0",
	Refuted: &Falsehood{
		Wording: "G_t^rec = 0 despite I_t^rec > 0 is a condition of measure zero in parameter space.",
		Check:   verify.Rational(rem7Generic),
	},
	Reading: "For a parameterisation with F_t^Q ≻ 0. G_t^rec is −∇E_Q[ρ_t]. In a log-linear family with one " +
		"parameter E_Q[ρ_t] is a rational function of e^θ. It is constant if it takes one value at more " +
		"points than its degree allows.",
	Story: xRemark7Story,
	Saving: "It is true of families whose E_Q[ρ_t] is not constant, because G_t^rec is analytic. That is " +
		"argued, not computed.",
	Repair: "Tabular: G_t^rec = 0 ⇔ I_t^rec = 0, at every parameter.",
	Claims: []Claim{{
		Formula:    "G_t^rec = 0 ⇔ I_t^rec = 0",
		Hypotheses: []string{"tabular"},
		Check:      verify.Rational(rem7Tabular),
	}},
	NearMisses: []NearMiss{
		{Name: "the repair for log-linear policies", Drops: "tabular", Check: verify.Rational(rem7Sufficient)},
		{Name: "tabular: G_t^rec = 0 ⇔ E_Q[ρ_t] ∈ {0, 1/2, 1}", Check: verify.Rational(rem7Half)},
	},
	Source: halvesSource(),
}

func rem7Half(w *World[rat]) {
	for t := 1; t <= w.T(); t++ {
		mean := w.Dot(w.Objective().Adversary[t-1], recoveries(w, t))
		settled := false
		for j := range int64(3) {
			settled = settled || w.IsZero(w.Sub(mean, fraction(w, j, 2)))
		}
		w.Iff(verify.At(t, 0), "tabular: G_t^rec = 0 ⇔ E_Q[ρ_t] ∈ {0, 1/2, 1}", tabularSilent(w, t), settled)
	}
}

// rem7Generic claims that E_Q[ρ_t] is not constant along a log-linear family with
// one parameter, F_t^Q ≻ 0 and I_t^rec > 0, whose support does not change.
func rem7Generic(w *World[rat]) {
	for t := 1; t <= w.T(); t++ {
		if !identifiable(w, t) || w.Family.Param.Parameters != 1 || !informed(w, t) {
			w.Vacuous()
			continue
		}
		w.True(verify.At(t, 0), "G_t^rec(θ) ≠ 0 for some θ", !constantRecovery(w, t))
	}
}

// constantRecovery reports whether E_Q[ρ_t] is the same for all θ, for a log-linear
// family with one parameter. With z = e^θ,
//
//	ρ_t(x) = Σ_{a∈R} P_0(a|x)·z^{f(a)} / Σ_a P_0(a|x)·z^{f(a)}
//
// where f may be counted from its least value at x, so that numerator and
// denominator are polynomials of degree at most the range of f at x. Over the
// common denominator E_Q[ρ_t] − c is then a polynomial of degree at most the sum of
// the ranges, and zero if it vanishes at one point more.
func constantRecovery(w *World[rat], t int) bool {
	l, f := w.Layer(t), rationals(w)
	features := w.Family.Param.Features[t-1]
	degree := int64(0)
	for x := range l.States() {
		lo, hi := l.Row(x)
		degree += slices.Max(features[lo:hi]) - slices.Min(features[lo:hi])
	}
	var first rat
	for z := int64(1); z <= degree+1; z++ {
		mean := w.FromInt(0)
		for x, q := range w.Objective().Adversary[t-1] {
			lo, hi := l.Row(x)
			least := slices.Min(features[lo:hi])
			in, total := w.FromInt(0), w.FromInt(0)
			for e := lo; e < hi; e++ {
				p := w.Family.Prob[t-1][e]
				for range features[e] - least {
					p = w.Mul(p, w.FromInt(z))
				}
				total = w.Add(total, p)
				if w.Objective().Recovers(l.Token(e)) {
					in = w.Add(in, p)
				}
			}
			rho := defined(f.Quo(in, total)) // a row has a token of positive probability
			mean = w.Add(mean, w.Mul(q, rho))
		}
		if z == 1 {
			first = mean
		}
		if f.Cmp(mean, first) != 0 {
			return false
		}
	}
	return true
}
