package theorems

import (
	"errors"
	"fmt"
	"iter"
	"math/big"
	"math/rand/v2"

	"sounding/exact"
	"sounding/exact/field"
	"sounding/generators"
	"sounding/model"
	"sounding/verify"
)

// Claims about information, gradients and Fisher matrices.

func contestedGradient() []*Statement {
	family := generators.Needs{Harm: true, Kind: model.Shared}
	open := generators.Needs{Harm: true, ZeroWeights: true}
	return []*Statement{
		{
			ID: "x-rem-1", Title: "Variance and entropy order Gaussian positions differently", Section: "4",
			Formula:    "jointly Gaussian (X; Y_1…Y_n): I_V(X; Y_t|Y_<t) = Var(X|Y_<t)·(1 − e^{−2·MI_t}); at one remaining variance Var(X|Y_<t) the two orders agree",
			Hypotheses: []string{"Var(X|Y_≤n) > 0", "the same Var(X|Y_<t)"},
			Reading:    "That two measures are monotonically related is read as: they order the positions alike. Both orders are decided in ℚ, because e^{2·MI_t} = Var(X|Y_<t)/Var(X|Y_≤t) is rational; for the repair it is a quotient of determinants.",
			Claim: &Claim{
				Wording: "For jointly Gaussian variables variance-based and entropy-based information are monotonically related: I_V at s is less than at t only if MI_s ≤ MI_t.",
				Check:   verify.Rational(gaussianOrder),
			},
			Repair: "I_V is a monotone function of MI_t only at a fixed remaining variance, by which it is multiplied.",
			Checks: []Check{verify.Rational(gaussianRelation), verify.Rational(gaussianNext)},
			NearMisses: []NearMiss{
				{Name: "one e-folding: I_V = Var(X|Y_<t)·(1 − e^{−MI_t})", Check: verify.Rational(gaussianRoot)},
				{Name: "the variance that remains after: I_V = Var(X|Y_≤t)·(1 − e^{−2·MI_t})", Check: verify.Rational(gaussianAfter)},
				{Name: "the orders agree across positions", Drops: "the same Var(X|Y_<t)", Check: verify.Rational(gaussianOrder)},
			},
			Source: gaussianSource(),
		},
		{
			ID: "x-thm-8-boundary", Title: "The gradient formula at the boundary of a parameter domain", Section: "5",
			Formula:    "∇E[Harm] = Σ_t E_{y_<t}[Σ_{a: P(a)>0} P(a)·s_t(a)·Δ_t(a)] + Σ_t E_{y_<t}[Σ_{a: P(a)=0} dP(a)·Δ_t(a)]; the last sum is 0 where dP = 0 wherever P = 0",
			Hypotheses: []string{"dP = 0 where P = 0, which an open domain of parameters forces"},
			Reading:    "The family is the segment P_θ = (1−θ)·P_0 + θ·P_1 between the conditionals of the case and those of its second policy, 0 ≤ θ ≤ 1, at its end θ = 0. The derivative is one-sided, by dual numbers; s_t = dP/P where P > 0, and 0·s counts as 0.",
			Claim: &Claim{
				Wording: "∇E[Harm] = Σ_t E[Cov(h_t, s_t | y_<t)] for every differentiable parameterisation.",
				Check:   verify.Rational(boundaryWording),
			},
			Repair: "On an open domain P ≥ 0 forces dP = 0 where P = 0, and the formula holds; at a boundary the tokens that come into being add a term of their own.",
			Checks: []Check{verify.Rational(boundaryTerm), verify.Rational(boundaryOpen)},
			NearMisses: []NearMiss{
				{Name: "without the boundary term", Drops: "dP = 0 where P = 0", Check: verify.Rational(boundaryWording)},
				{Name: "h_t in place of Δ_t in the boundary term", Check: verify.Rational(boundaryMean)},
				{Name: "sign of the boundary term", Check: verify.Rational(boundarySign)},
			},
			Source: boundarySource(),
		},
		{
			ID: "x-thm-10-support", Title: "Off the support harm may still be open", Section: "6",
			Formula:    "t > k ⇒ Cov(h_t, s_t|y_<t) = 0 at every prefix of positive probability; at every prefix where k is the horizon on all sequences",
			Hypotheses: []string{"the prefix has positive probability, or Harm = g(y_≤k) on every sequence", "t > k"},
			Reading:    "The horizon of thm-9 is almost sure. Were harm a function of the first k tokens on every sequence, every prefix would do.",
			Claim: &Claim{
				Wording: "t > k implies Cov(h_t, s_t | y_<t) = 0 for every prefix y_<t.",
				Check:   verify.Rational(thm10Everywhere),
				Source:  impossibleSource(),
			},
			Repair: "It holds at almost every prefix; at every prefix where the horizon counts sequences of probability zero too.",
			Checks: []Check{verify.Rational(thm10), verify.Rational(supportSure)},
			NearMisses: []NearMiss{
				{Name: "every prefix, with the almost sure horizon", Drops: "the prefix has positive probability, or Harm = g(y_≤k) on every sequence", Check: verify.Rational(thm10Everywhere), Source: impossibleSource()},
				{Name: "t ≥ k, with the sure horizon", Drops: "t > k", Check: verify.Rational(supportSureAt)},
			},
			Looks: open,
		},
		{
			ID: "x-rem-4", Title: "Little harm information does not mean a small gradient", Section: "7",
			Formula:    "‖G_t‖² ≤ κ·I_t with one κ ≥ tr F_t along the whole sequence of families; with Harm/n and n·features G_t stays the same while I_t falls like 1/n²",
			Hypotheses: []string{"κ bounds the Fisher information along the whole sequence"},
			Reading:    "Regardless of the Fisher information is read as: along families with I_t → 0, G_t → 0. The sequence is Harm/n with features m·f, n up to a million; a gradient that does not fall at all refutes any rate.",
			Claim: &Claim{
				Wording: "Positions with I_t → 0 receive a negligible gradient, regardless of the Fisher information: where I_t falls by a factor of n², n ≥ 10, ‖G_t‖² falls by half at least.",
				Check:   verify.Rational(growingScore),
			},
			Repair: "With tr F_t ≤ κ all along, ‖G_t‖ ≤ √(κ·I_t) → 0. Scores that grow like 1/√I_t keep the gradient as it is.",
			Checks: []Check{verify.Rational(growingConstant), verify.Rational(growingBounded)},
			NearMisses: []NearMiss{
				{Name: "κ of the first family", Drops: "κ bounds the Fisher information along the whole sequence", Check: verify.Rational(growingFirst)},
				{Name: "‖G_t‖² ≤ κ·I_t²", Check: verify.Rational(growingSquare)},
				{Name: "the gradient grows with the features", Check: verify.Rational(growingWith)},
			},
			Looks: family,
		},
		{
			ID: "x-assumption-1", Title: "A softmax layer does not make the Fisher matrix definite", Section: "A",
			Formula:    "one logit per token: rank F̄_t = Σ_{x: P(x)>0} (|supp P(·|x)| − 1) < number of logits; Ḡ lies in the range of F̄",
			Hypotheses: []string{"positive definite once one logit per prefix is fixed: P > 0 throughout"},
			Reading:    "Positive semidefinite matrices: definite means of full rank. The matrix of one position is that of its prefixes, block by block.",
			Claim: &Claim{
				Wording: "F̄_t is positive definite for a softmax output layer.",
				Check:   verify.Rational(softmaxDefinite),
			},
			Repair: "Logits are defined up to a constant per prefix, and tied weights may lose more: fix one logit per prefix, or use the pseudo-inverse, which is enough because the gradient lies in the range.",
			Checks: []Check{verify.Rational(softmaxRank), verify.Rational(softmaxGauge), verify.Rational(softmaxRange)},
			NearMisses: []NearMiss{
				{Name: "one logit fixed, tokens of probability zero and all", Drops: "positive definite once one logit per prefix is fixed: P > 0 throughout", Check: verify.Rational(softmaxGaugeAlways), Looks: &open},
				{Name: "tied weights: F̄ is definite for every log-linear family", Check: verify.Rational(softmaxTied), Looks: &family},
				{Name: "G_t lies in the range of F̄_{t+1}", Check: verify.Rational(softmaxNext), Looks: &family},
			},
			Looks: generators.Needs{},
		},
	}
}

// gaussianSource supplies positive definite covariance matrices of (X; Y_1…Y_n),
// on a case that is looked at for nothing else: B·Bᵀ + 1 for small integers B, and
// by increasing size all of order 3 whose entries are small integers.
func gaussianSource() *Source {
	blank := func(m [][]*big.Rat) *model.Case {
		return &model.Case{Instance: model.NewInstance(shape(2, 1).Tree()), Covariance: m}
	}
	return &Source{
		Draw: func(seed uint64, i int) *model.Case {
			r := rand.New(rand.NewPCG(seed, uint64(i)))
			n := 3 + i%3
			b := integers(n*n, -3, 3, r)
			m := make([][]*big.Rat, n)
			for j := range m {
				m[j] = make([]*big.Rat, n)
				for k := range m[j] {
					v := int64(0)
					if j == k {
						v = 1
					}
					for l := range n {
						v += b[j*n+l] * b[k*n+l]
					}
					m[j][k] = big.NewRat(v, 1)
				}
			}
			return blank(m)
		},
		Smallest: func() iter.Seq[*model.Case] {
			return func(yield func(*model.Case) bool) {
				// The sum of the absolute entries on and above the diagonal is the size.
				for size := int64(3); ; size++ {
					for entries := range absolute(6, size) {
						d, e := entries[:3], entries[3:]
						m := symmetric(d, e)
						if positiveDefinite(m) && !yield(blank(m)) {
							return
						}
					}
				}
			}
		},
	}
}

// absolute runs through the lists of n integers whose absolute values add up to
// size, in lexicographic order, a positive entry before its negative. The list is
// overwritten by the next.
func absolute(n int, size int64) iter.Seq[[]int64] {
	return func(yield func([]int64) bool) {
		list := make([]int64, n)
		var extend func(i int, rest int64) bool
		extend = func(i int, rest int64) bool {
			if i == n {
				return rest > 0 || yield(list)
			}
			for v := range rest + 1 {
				for _, list[i] = range []int64{v, -v} {
					if !extend(i+1, rest-v) {
						return false
					}
					if v == 0 {
						break
					}
				}
			}
			return true
		}
		extend(0, size)
	}
}

// symmetric returns the matrix of order 3 with the given diagonal d and entries e
// above it, row by row.
func symmetric(d, e []int64) [][]*big.Rat {
	at := [3][3]int64{{d[0], e[0], e[1]}, {e[0], d[1], e[2]}, {e[1], e[2], d[2]}}
	m := make([][]*big.Rat, 3)
	for i, row := range at {
		for _, v := range row {
			m[i] = append(m[i], big.NewRat(v, 1))
		}
	}
	return m
}

// positiveDefinite decides it by the leading principal minors.
func positiveDefinite(m [][]*big.Rat) bool {
	for n := 1; n <= len(m); n++ {
		if determinant(m, prefix(n)).Sign() <= 0 {
			return false
		}
	}
	return true
}

// prefix returns 0…n−1.
func prefix(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

// determinant returns the minor of m on the given rows and columns, by expansion
// along the first of them.
func determinant(m [][]*big.Rat, on []int) *big.Rat { return minor(m, on, on) }

func minor(m [][]*big.Rat, rows, columns []int) *big.Rat {
	if len(rows) == 0 {
		return big.NewRat(1, 1)
	}
	sum := new(big.Rat)
	for k, c := range columns {
		rest := make([]int, 0, len(columns)-1)
		rest = append(append(rest, columns[:k]...), columns[k+1:]...)
		term := new(big.Rat).Mul(m[rows[0]][c], minor(m, rows[1:], rest))
		if k%2 == 1 {
			term.Neg(term)
		}
		sum.Add(sum, term)
	}
	return sum
}

// gaussianInformation holds what observing one more variable does to X, given
// others.
type gaussianInformation struct {
	before, after rat // Var(X|given), Var(X|given, next)
	ratio         rat // e^{2·MI(X; next|given)}, by determinants
}

// observe returns what variable next tells of X, variable 0, given others: the
// variances by elimination, and
//
//	e^{2·MI} = det Σ_{X,given}·det Σ_{given,next} / (det Σ_{given}·det Σ_{X,given,next})
//
// which is what differential entropies make of it.
func observe(w *World[rat], given []int, next int) gaussianInformation {
	m := w.Case.Covariance
	order := append(append([]int{0}, given...), next)
	sub := make([][]*big.Rat, len(order))
	for i, a := range order {
		for _, b := range order {
			sub[i] = append(sub[i], m[a][b])
		}
	}
	v := conditionalVariances(sub)
	all := prefix(len(order))
	last := len(order) - 1
	up := new(big.Rat).Mul(determinant(sub, all[:last]), determinant(sub, all[1:]))
	up.Quo(up, new(big.Rat).Mul(determinant(sub, all[1:last]), determinant(sub, all)))
	f := rationals(w)
	var g gaussianInformation
	g.before, _ = f.FromRat(v[last-1])
	g.after, _ = f.FromRat(v[last])
	g.ratio, _ = f.FromRat(up)
	return g
}

// variables returns the number n of observed variables.
func variables(w *World[rat]) int { return len(w.Case.Covariance) - 1 }

// chain returns what each Y_t tells, given those before it.
func chain(w *World[rat]) []gaussianInformation {
	var list []gaussianInformation
	for t := 1; t <= variables(w); t++ {
		list = append(list, observe(w, prefix(t)[1:], t))
	}
	return list
}

func gaussianOrder(w *World[rat]) {
	f, g := rationals(w), chain(w)
	for s := range g {
		for t := range g {
			if f.Cmp(f.Sub(g[s].before, g[s].after), f.Sub(g[t].before, g[t].after)) < 0 {
				w.AtMost(verify.At(s+1, 0), fmt.Sprintf("I_V at t < I_V at %d ⇒ e^{2·MI_t} ≤ e^{2·MI_%d}", t+1, t+1), g[s].ratio, g[t].ratio)
			}
		}
	}
}

func gaussianRelation(w *World[rat]) {
	for t, g := range chain(w) {
		w.Equal(verify.At(t+1, 0), "I_V·e^{2·MI_t} = Var(X|Y_<t)·(e^{2·MI_t} − 1)", w.Mul(w.Sub(g.before, g.after), g.ratio),
			w.Mul(g.before, w.Sub(g.ratio, w.FromInt(1))))
	}
}

// gaussianNext compares the variables that may be observed next, all of which
// start from the same remaining variance.
func gaussianNext(w *World[rat]) {
	f := rationals(w)
	for t := 1; t <= variables(w); t++ {
		var next []gaussianInformation
		for k := t; k <= variables(w); k++ {
			next = append(next, observe(w, prefix(t)[1:], k))
		}
		for _, a := range next {
			for _, b := range next {
				w.Same(verify.At(t, 0), "order of I_V = order of MI at one remaining variance", f.Cmp(f.Sub(a.before, a.after), f.Sub(b.before, b.after)), f.Cmp(a.ratio, b.ratio))
			}
		}
	}
}

func gaussianRoot(w *World[rat]) {
	for t, g := range chain(w) {
		// (1 − I_V/Var)² = e^{−2·MI}, cleared of denominators.
		w.Equal(verify.At(t+1, 0), "(1 − I_V/Var(X|Y_<t))² = e^{−2·MI_t}", w.Mul(w.Mul(g.after, g.after), g.ratio), w.Mul(g.before, g.before))
	}
}

func gaussianAfter(w *World[rat]) {
	for t, g := range chain(w) {
		w.Equal(verify.At(t+1, 0), "I_V·e^{2·MI_t} = Var(X|Y_≤t)·(e^{2·MI_t} − 1)", w.Mul(w.Sub(g.before, g.after), g.ratio),
			w.Mul(g.after, w.Sub(g.ratio, w.FromInt(1))))
	}
}

// boundarySource supplies cases with a second policy of positive weights, towards
// which the segment leads; its small cases lead to the uniform policy.
func boundarySource() *Source {
	towards := func(c *model.Case, weight func(t, e int) int64) *model.Case {
		d := *c
		for t := 1; t <= c.Length(); t++ {
			list := make([]int64, c.Layer(t).Edges())
			for e := range list {
				list[e] = weight(t, e)
			}
			d.Policy = append(d.Policy, model.NaturalsOf(list...))
		}
		return &d
	}
	return &Source{
		Draw: func(seed uint64, i int) *model.Case {
			return towards(generators.Example(generators.Limits{}, seed, i), func(t, e int) int64 { return 1 + int64((e*e+3*t+e*i+i)%4) })
		},
		Smallest: func() iter.Seq[*model.Case] {
			return func(yield func(*model.Case) bool) {
				for _, c := range generators.Smallest(generators.Needs{Harm: true, ZeroWeights: true}) {
					if !yield(towards(c, func(int, int) int64 { return 1 })) {
						return
					}
				}
			}
		},
	}
}

// segment returns dP = P_1 − P_0 along the segment to the second policy of the
// case, whose weights are left out where P_0 = 0 if open is set.
func segment(w *World[rat], open bool) [][]rat {
	f := rationals(w)
	d := make([][]rat, w.T())
	for t := 1; t <= w.T(); t++ {
		l := w.Layer(t)
		weights := &w.Case.Policy[t-1]
		d[t-1] = make([]rat, l.Edges())
		for x := range l.States() {
			lo, hi := l.Row(x)
			sum := f.FromInt(0)
			row := make([]rat, hi-lo)
			for e := lo; e < hi; e++ {
				if !open || !l.Weights().IsZero(e) {
					row[e-lo], _ = f.FromRat(new(big.Rat).SetInt(weights.At(e)))
					sum = f.Add(sum, row[e-lo])
				}
			}
			for k, v := range row {
				q, err := f.Quo(v, sum)
				if err != nil {
					panic(err) // the second policy is positive
				}
				d[t-1][lo+k] = f.Sub(q, w.Family.Prob[t-1][lo+k])
			}
		}
	}
	return d
}

// scoreForm returns Σ_t E[Σ_a dP(a|y_<t)·Δ_t(a)] over the tokens of positive
// probability, which is Σ_t E[Cov(h_t, s_t|y_<t)] there, and over the others, the
// latter with h_t in place of Δ_t where mean is set.
func scoreForm(w *World[rat], d [][]rat, mean bool) (inside, boundary rat) {
	inside, boundary = w.FromInt(0), w.FromInt(0)
	everyPrefix(w, func(t, x int) {
		lo, _ := w.Layer(t).Row(x)
		after := w.After(t, x, w.Solution().H[t])
		for a, step := range innovation(w, t, x) {
			at := w.Solution().Occupancy[t-1][x]
			switch {
			case !w.IsZero(w.Row(t, x)[a]):
				inside = w.Add(inside, w.Mul(at, w.Mul(d[t-1][lo+a], step)))
			case mean:
				boundary = w.Add(boundary, w.Mul(at, w.Mul(d[t-1][lo+a], after[a])))
			default:
				boundary = w.Add(boundary, w.Mul(at, w.Mul(d[t-1][lo+a], step)))
			}
		}
	})
	return inside, boundary
}

// oneSided claims that the derivative of E[Harm] along the segment is what right
// makes of the two parts.
func oneSided(w *World[rat], claim string, open, mean bool, right func(inside, boundary rat) rat) {
	d := segment(w, open)
	w.Equal(Place{}, claim, exact.Derivative(w.Ring, w.Family.Point, d), right(scoreForm(w, d, mean)))
}

func boundaryTerm(w *World[rat]) {
	oneSided(w, "d E[Harm] = Σ_t E[Cov(h_t, s_t|y_<t)] + boundary term", false, false, func(i, b rat) rat { return w.Add(i, b) })
	// By definition: the product rule on each sequence needs no score.
	w.Equal(Place{}, "d E[Harm] by the product rule = Σ_t E[Cov(h_t, s_t|y_<t)] + boundary term",
		field.Sum(w.Ring, w.Oracle().Derivative(w.Oracle().Harm(), segment(w, false))), w.Add(scoreForm(w, segment(w, false), false)))
}

func boundaryOpen(w *World[rat]) {
	oneSided(w, "dP = 0 where P = 0 ⇒ d E[Harm] = Σ_t E[Cov(h_t, s_t|y_<t)]", true, false, func(i, _ rat) rat { return i })
}

func boundaryWording(w *World[rat]) {
	oneSided(w, "d E[Harm] = Σ_t E[Cov(h_t, s_t|y_<t)]", false, false, func(i, _ rat) rat { return i })
}

func boundaryMean(w *World[rat]) {
	oneSided(w, "d E[Harm] = Σ_t E[Cov(h_t, s_t|y_<t)] + boundary term with h_t", false, true, func(i, b rat) rat { return w.Add(i, b) })
}

func boundarySign(w *World[rat]) {
	oneSided(w, "d E[Harm] = Σ_t E[Cov(h_t, s_t|y_<t)] − boundary term", false, false, func(i, b rat) rat { return w.Sub(i, b) })
}

// sureZero claims C_t(x) = 0 at every prefix for t > k + shift, k the horizon on
// every sequence.
func sureZero(w *World[rat], claim string, shift int) {
	score := w.Oracle().Score(*w.Family.Param)
	k := sureHorizon(w)
	if k == w.T() {
		w.Vacuous()
	}
	for t := max(1, k+1+shift); t <= w.T(); t++ {
		for x := range w.States(t) {
			for _, c := range score.Local(t, x) {
				w.Equal(verify.At(t, x), claim, c, w.FromInt(0))
			}
		}
	}
}

func supportSure(w *World[rat]) {
	sureZero(w, "Cov(h_t, s_t|y_<t) = 0, t > k on every sequence", 0)
}

func supportSureAt(w *World[rat]) {
	sureZero(w, "Cov(h_t, s_t|y_<t) = 0, t ≥ k on every sequence", -1)
}

// rescaled returns the world with harm divided by n and features multiplied by m.
func rescaled(w *World[rat], n, m int64) *World[rat] {
	f := rationals(w)
	family, pt := w.Family, *w.Family.Point
	pt.Harm = scaled(w, fraction(w, 1, n), pt.Harm)
	family.Point = &pt
	family.Features = make([][]rat, len(w.Family.Features))
	for t, features := range w.Family.Features {
		family.Features[t] = scaled(w, f.FromInt(m), features)
	}
	return verify.NewWorld[rat](f, family)
}

// growing runs a claim at every position of the families with harm divided by n
// and features multiplied by m, beside the family itself.
func growing(w *World[rat], pairs [][2]int64, claim func(r *World[rat], n, m int64, t int)) {
	if w.Family.Features == nil {
		w.Vacuous()
		return
	}
	for _, p := range pairs {
		r := rescaled(w, p[0], p[1])
		for t := 1; t <= w.T(); t++ {
			claim(r, p[0], p[1], t)
		}
	}
}

// The pairs (n, m): the features grow as harm falls, and by a bounded factor.
var (
	growingPairs = [][2]int64{{10, 10}, {1000, 1000}, {1000000, 1000000}}
	boundedPairs = [][2]int64{{1, 3}, {10, 1}, {1000, 2}, {1000000, 3}}
)

func growingScore(w *World[rat]) {
	growing(w, growingPairs, func(r *World[rat], n, _ int64, t int) {
		g := norm2(w, gradient(r, t))
		w.AtMost(verify.At(t, 0), fmt.Sprintf("I_t down by %d² ⇒ 2·‖G_t‖² at most what it was", n), w.Add(g, g), norm2(w, gradient(w, t)))
	})
}

func growingConstant(w *World[rat]) {
	growing(w, growingPairs, func(r *World[rat], n, _ int64, t int) {
		for i, g := range gradient(r, t) {
			w.Equal(verify.At(t, 0), fmt.Sprintf("G_t of Harm/n and n·features = G_t, n = %d", n), g, gradient(w, t)[i])
		}
		w.Equal(verify.At(t, 0), fmt.Sprintf("I_t of Harm/n = I_t/n², n = %d", n), w.Mul(w.FromInt(n*n), r.Solution().Information[t-1]), w.Solution().Information[t-1])
	})
}

func growingWith(w *World[rat]) {
	growing(w, growingPairs[:1], func(r *World[rat], n, _ int64, t int) {
		w.Equal(verify.At(t, 0), fmt.Sprintf("‖G_t‖² of Harm/n and n·features = n²·‖G_t‖², n = %d", n), norm2(w, gradient(r, t)), w.Mul(w.FromInt(n*n), norm2(w, gradient(w, t))))
	})
}

// largestFactor is the largest m of boundedPairs.
const largestFactor = 3

func growingBounded(w *World[rat]) {
	growing(w, boundedPairs, func(r *World[rat], n, m int64, t int) {
		kappa := w.Mul(w.FromInt(largestFactor*largestFactor), extremeTrace(w, t, true))
		w.AtMost(verify.At(t, 0), fmt.Sprintf("tr F_t of %d·features ≤ κ", m), extremeTrace(r, t, true), kappa)
		w.AtMost(verify.At(t, 0), fmt.Sprintf("‖G_t‖² ≤ κ·I_t of Harm/%d", n), norm2(w, gradient(r, t)), w.Mul(kappa, r.Solution().Information[t-1]))
	})
}

func growingFirst(w *World[rat]) {
	growing(w, boundedPairs, func(r *World[rat], n, m int64, t int) {
		w.AtMost(verify.At(t, 0), fmt.Sprintf("‖G_t‖² of Harm/%d and %d·features ≤ κ·I_t, κ of the features themselves", n, m), norm2(w, gradient(r, t)),
			w.Mul(extremeTrace(w, t, true), r.Solution().Information[t-1]))
	})
}

func growingSquare(w *World[rat]) {
	growing(w, boundedPairs, func(r *World[rat], n, m int64, t int) {
		i := r.Solution().Information[t-1]
		w.AtMost(verify.At(t, 0), fmt.Sprintf("‖G_t‖² of Harm/%d and %d·features ≤ κ·I_t²", n, m), norm2(w, gradient(r, t)), w.Mul(extremeTrace(r, t, true), w.Mul(i, i)))
	})
}

// rankOf returns the rank of a matrix over ℚ.
func rankOf(w *World[rat], m [][]rat) int {
	n, err := exact.Rank(rationals(w), m)
	if err != nil {
		panic(err) // ℚ divides by every pivot
	}
	return n
}

// softmaxRanks returns the rank of the tabular F̄_t, block by block, without the
// last logit of each row where fixed is set.
func softmaxRanks(w *World[rat], t int, fixed bool) int {
	sum := 0
	for x, p := range w.Solution().Occupancy[t-1] {
		if w.IsZero(p) {
			continue
		}
		f := exact.Fisher(w.Ring, tabular(w), t, x)
		if fixed {
			f = f[:len(f)-1]
			for i := range f {
				f[i] = f[i][:len(f)]
			}
		}
		sum += rankOf(w, f)
	}
	return sum
}

func softmaxDefinite(w *World[rat]) {
	for t := 1; t <= w.T(); t++ {
		w.Same(verify.At(t, 0), "rank F̄_t = number of logits", softmaxRanks(w, t, false), w.Layer(t).Edges())
	}
}

func softmaxRank(w *World[rat]) {
	for t := 1; t <= w.T(); t++ {
		n := 0
		for x, p := range w.Solution().Occupancy[t-1] {
			if w.IsZero(p) {
				continue
			}
			n--
			for _, q := range w.Row(t, x) {
				if !w.IsZero(q) {
					n++
				}
			}
		}
		w.Same(verify.At(t, 0), "rank F̄_t = Σ_x (|supp P(·|x)| − 1)", softmaxRanks(w, t, false), n)
	}
}

// gauged compares the rank of F̄_t with one logit fixed per prefix with the number
// of logits left.
func gauged(w *World[rat], always bool) {
	for t := 1; t <= w.T(); t++ {
		positive, left := true, 0
		for x := range w.States(t) {
			positive = positive && !w.IsZero(w.Solution().Occupancy[t-1][x])
			for _, q := range w.Row(t, x) {
				positive = positive && !w.IsZero(q)
			}
			left += len(w.Row(t, x)) - 1
		}
		if !positive && !always {
			w.Vacuous()
			continue
		}
		w.Same(verify.At(t, 0), "one logit fixed per prefix: rank F̄_t = number of logits left", softmaxRanks(w, t, true), left)
	}
}

func softmaxGauge(w *World[rat])       { gauged(w, false) }
func softmaxGaugeAlways(w *World[rat]) { gauged(w, true) }

// inRange reports whether v lies in the range of m: 1, or 0.
func inRange(w *World[rat], m [][]rat, v []rat) int {
	_, err := exact.Solve(rationals(w), m, v)
	if errors.Is(err, exact.ErrInconsistent) {
		return 0
	}
	return 1
}

// softmaxRange checks it for one logit per token, block by block, and for the
// log-linear family of the case.
func softmaxRange(w *World[rat]) {
	everyPrefix(w, func(t, x int) {
		c := exact.HarmCovariance(w.Ring, tabular(w), w.Solution(), t, x)
		w.Same(verify.At(t, x), "tabular: C_t lies in the range of F_t (1: yes, 0: no)", inRange(w, exact.Fisher(w.Ring, tabular(w), t, x), c), 1)
	})
	if w.Family.Param.Tabular() {
		return
	}
	g, f := total(w)
	w.Same(Place{}, "Ḡ lies in the range of F̄ (1: yes, 0: no)", inRange(w, f, g), 1)
	for t := 1; t <= w.T(); t++ {
		w.Same(verify.At(t, 0), "G_t lies in the range of F̄_t (1: yes, 0: no)", inRange(w, meanFisher(w, t), exact.Gradient(w.Ring, w.Family, w.Solution(), t)), 1)
	}
}

func softmaxTied(w *World[rat]) {
	if w.Family.Param.Tabular() {
		w.Vacuous()
		return
	}
	_, f := total(w)
	w.Same(Place{}, "rank F̄ = number of parameters", rankOf(w, f), len(f))
}

func softmaxNext(w *World[rat]) {
	if w.Family.Param.Tabular() {
		w.Vacuous()
		return
	}
	for t := 1; t < w.T(); t++ {
		w.Same(verify.At(t, 0), "G_t lies in the range of F̄_{t+1} (1: yes, 0: no)", inRange(w, meanFisher(w, t+1), exact.Gradient(w.Ring, w.Family, w.Solution(), t)), 1)
	}
}
