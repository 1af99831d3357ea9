package theorems

import (
	"iter"
	"math/big"
	"math/rand/v2"

	"sounding/exact/field"
	"sounding/model"
	"sounding/verify"
)

// Section 4: groups of positions, Gaussian variables.

var informationRemarksStatements = []*Statement{remark1, xRemark1}

var remark1 = &Statement{
	ID: "rem-1", Title: "Variance-based information", Section: "4",
	Sentence: verify.Sentence{
		Says:    "Variance-based information obeys a chain rule; for Gaussian variables it is monotonically related to entropy-based information.",
		Verdict: verify.HoldsIf,
		But: "positions with the same remaining variance are compared. Others may come in another order. " +
			"The chain rule holds as it stands",
	},
	Formula: "Σ over blocks of I_V(Harm; block | before) = I_V(Harm; y_1…y_T) for every grouping of positions; jointly Gaussian: I_V = Var(X|Y_<t)·(1 − e^{−2·MI_t})",
	Reading: "In the Gaussian case only the exact relation is claimed here. The mutual information is " +
		"computed from determinants, not from the variances that it is compared with. Whether positions come " +
		"in the same order is the subject of x-rem-1.",
	Claims: []Claim{
		{
			Formula: "I_V(Harm; y_{s+1}…y_t|y_≤s) = Σ_{s<u≤t} I_u for all s < t; I_V(Harm; y_1…y_T) = Var(Harm)",
			Kernel:  []string{"Martingale.block_information", "Martingale.chain_total"},
			Check:   verify.Identity(rem1[rat], rem1[mod]),
		},
		{
			Formula:    "I_V(X; Y_t|Y_<t) = Var(X|Y_<t)·(1 − e^{−2·MI_t})",
			Hypotheses: []string{"jointly Gaussian, so that MI_t = ½·log(Var(X|Y_<t)/Var(X|Y_≤t))", "Var(X|Y_≤t) > 0"},
			Kernel:     []string{"Divergence.gaussian_information"},
			Check:      verify.Rational(gaussianRelation),
		},
	},
	NearMisses: []NearMiss{
		{Name: "information about the block without what came before", Check: verify.Identity(rem1Unconditional[rat], rem1Unconditional[mod])},
		{Name: "Gaussian: e^{−MI} in place of e^{−2·MI}", Check: verify.Rational(gaussianRoot)},
	},
	Looks: needsHarm,
}

// maxObserved bounds the variables that are read off a case: the expansion of a
// determinant takes time n!.
const maxObserved = 6

// covarianceMatrix returns a positive definite matrix of order n+1, the covariance of
// (X; Y_1…Y_n), n = min(T, maxObserved): B·Bᵀ + 1 for a matrix B of small integers read
// off the weights and harm values of the case.
func covarianceMatrix(w *World[rat]) [][]*big.Rat {
	p := w.Family.Process
	n := min(w.T(), maxObserved) + 1
	var digits []int64
	for t := 1; t <= w.T(); t++ {
		weights := p.Layer(t).Weights()
		for e := range weights.Len() {
			digits = append(digits, new(big.Int).Mod(weights.At(e), big.NewInt(5)).Int64()-2)
		}
	}
	for x := range p.Harm().Len() {
		digits = append(digits, new(big.Int).Mod(p.Harm().At(x), big.NewInt(3)).Int64()-1)
	}
	b := func(i, j int) *big.Rat { return big.NewRat(digits[(i*n+j)%len(digits)]+int64((i*j)%2), 1) }
	m := make([][]*big.Rat, n)
	for i := range m {
		m[i] = make([]*big.Rat, n)
		for j := range m[i] {
			m[i][j] = new(big.Rat)
			if i == j {
				m[i][j].SetInt64(1)
			}
			for k := range n {
				m[i][j].Add(m[i][j], new(big.Rat).Mul(b(i, k), b(j, k)))
			}
		}
	}
	return m
}

// conditionalVariances returns Var(X|Y_≤t) for t = 0…T of a Gaussian vector with
// the given covariance, by eliminating Y_1, Y_2, … one after the other:
// Σ ← Σ − Σ_{·k}Σ_{k·}/Σ_kk. It works on a copy.
func conditionalVariances(covariance [][]*big.Rat) []*big.Rat {
	n := len(covariance)
	s := make([][]*big.Rat, n)
	for i := range s {
		for _, v := range covariance[i] {
			s[i] = append(s[i], new(big.Rat).Set(v))
		}
	}
	variances := []*big.Rat{new(big.Rat).Set(s[0][0])}
	for k := 1; k < n; k++ {
		next := make([][]*big.Rat, n)
		for i := range next {
			next[i] = make([]*big.Rat, n)
			for j := range next[i] {
				c := new(big.Rat).Mul(s[i][k], s[k][j])
				next[i][j] = new(big.Rat).Sub(s[i][j], c.Quo(c, s[k][k]))
			}
			// Y_k is known: nothing of it is left to eliminate later.
		}
		for i := range next {
			next[i][k], next[k][i] = new(big.Rat), new(big.Rat)
		}
		next[k][k].SetInt64(1)
		s = next
		variances = append(variances, new(big.Rat).Set(s[0][0]))
	}
	return variances
}

// rem1 checks the chain rule for every block s < u ≤ t, which is the chain rule
// for every grouping.
func rem1[E any](w *World[E]) {
	o, m := w.Oracle(), w.Solution()
	for s := 0; s < w.T(); s++ {
		for t := s + 1; t <= w.T(); t++ {
			w.Equal(verify.At(t, 0).Where("s = %d", s), "I_V(Harm; y_{s+1}…y_t|y_≤s) = Σ I_u",
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

var xRemark1 = &Statement{
	ID: "x-rem-1", Title: "Variance and entropy order Gaussian positions differently", Section: "4", Kind: verify.RefutedReading, Twin: "rem-1",
	Formula:    "jointly Gaussian (X; Y_1…Y_n): I_V(X; Y_t|Y_<t) = Var(X|Y_<t)·(1 − e^{−2·MI_t}); at one remaining variance Var(X|Y_<t) the two orders agree",
	Hypotheses: []string{"Var(X|Y_≤n) > 0"},
	Reading: "Monotonically related is read as: the two measures put the positions in the same order. Both " +
		"orders are decided in ℚ, because e^{2·MI_t} = Var(X|Y_<t)/Var(X|Y_≤t) is rational. It is computed " +
		"as a quotient of determinants.",
	Refuted: &Falsehood{
		Wording: "For jointly Gaussian variables variance-based and entropy-based information are " +
			"monotonically related. That is: I_V at s is less than at t only if MI_s ≤ MI_t.",
		Check: verify.Rational(gaussianOrder),
	},
	Story: xRemark1Story,
	Saving: "It is true of one position, whose remaining variance is fixed (the repair). It follows that I_V " +
		"= 0 ⇔ MI_t = 0.",
	Repair: "I_V is the remaining variance times a monotone function of MI_t. It is monotone in MI_t only while that variance stays the same.",
	Claims: []Claim{
		{
			Formula: "I_V·e^{2·MI_t} = Var(X|Y_<t)·(e^{2·MI_t} − 1)",
			Kernel:  []string{"Information.gaussian_scaled"},
			Check:   verify.Rational(gaussianRelation),
		},
		{
			Formula:    "I_V(X; Y_j|Y_<t) < I_V(X; Y_k|Y_<t) ⇔ MI(X; Y_j|Y_<t) < MI(X; Y_k|Y_<t) for j, k ≥ t",
			Hypotheses: []string{"the same Var(X|Y_<t)"},
			Kernel:     []string{"Information.gaussian_order"},
			Check:      verify.Rational(gaussianNext),
		},
	},
	NearMisses: []NearMiss{
		{Name: "one e-folding: I_V = Var(X|Y_<t)·(1 − e^{−MI_t})", Check: verify.Rational(gaussianRoot)},
		{Name: "the variance that remains after: I_V = Var(X|Y_≤t)·(1 − e^{−2·MI_t})", Check: verify.Rational(gaussianAfter)},
		{Name: "the orders agree across positions", Drops: "the same Var(X|Y_<t)", Check: verify.Rational(gaussianOrder)},
	},
	Source: gaussianSource(),
}

// gaussianSource supplies positive definite covariance matrices of (X; Y_1…Y_n): B·Bᵀ + 1
// for small integers B, and by increasing size all of order 3 whose entries are small
// integers. Nothing else of their cases is used.
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

// gaussianInformation holds what one more variable tells of X, given others.
type gaussianInformation struct {
	before, after rat // Var(X|given), Var(X|given, next)
	ratio         rat // e^{2·MI(X; next|given)}, by determinants
}

// observe returns what variable next tells of X, variable 0, given others. The
// variances are found by elimination, and
//
//	e^{2·MI} = det Σ_{X,given}·det Σ_{given,next} / (det Σ_{given}·det Σ_{X,given,next})
//
// by the differential entropies.
func observe(w *World[rat], given []int, next int) gaussianInformation {
	m := covariances(w)
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

// covariances returns the covariance matrix of the case, or else one made of its weights
// and harm.
func covariances(w *World[rat]) [][]*big.Rat {
	if m := w.Case.Covariance; m != nil {
		return m
	}
	return covarianceMatrix(w)
}

// variables returns the number n of observed variables.
func variables(w *World[rat]) int { return len(covariances(w)) - 1 }

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
				w.AtMost(verify.At(s+1, 0).Where("s = %d", t+1), "I_V at t < I_V at s ⇒ e^{2·MI_t} ≤ e^{2·MI_s}", g[s].ratio, g[t].ratio)
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
