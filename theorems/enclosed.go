package theorems

import (
	"math/big"

	"sounding/exact/field"
	"sounding/verify"
)

// The checks that need a root or an exponential, decided by enclosures.

// interval returns the ring of a world of enclosures as the number system it is.
func interval(w *World[enc]) field.Interval { return w.Ring.(field.Interval) }

// rem4Steps are the divisors n of Harm_n = Harm/n: along them I_t → 0 like 1/n².
var rem4Steps = []int64{1, 10, 1000, 1000000}

// shrinking claims ‖G_t‖/n ≤ right(κ, tr F̄_t, I_t/n²) for harm divided by n.
// G_t and I_t are computed in ℚ: where both sides of the squared bound agree
// exactly, no enclosure could decide their roots, and the exact check of thm-13
// has decided them already.
func shrinking(w *World[enc], claim string, squared func(q *field.Rational, kappa, mean, information rat) rat) {
	q := field.NewRational()
	r := verify.NewCaseWorld(q, w.Case)
	f := interval(w)
	for t := 1; t <= w.T(); t++ {
		g := norm2(r, gradient(r, t))
		for _, n := range rem4Steps {
			n2, _ := q.FromRat(big.NewRat(1, n*n))
			left := q.Mul(g, n2)
			right := squared(q, extremeTrace(r, t, true), meanTrace(r, t), q.Mul(r.Solution().Information[t-1], n2))
			if q.Equal(left, right) == field.True {
				w.Decided()
				continue
			}
			w.AtMost(verify.At(t, 0), claim, root(f, left), root(f, right))
		}
	}
}

// root encloses √v for v ≥ 0.
func root(f field.Interval, v rat) enc {
	e, _ := f.FromRat(v.Rat())
	r, err := f.Sqrt(e)
	if err != nil {
		panic(err)
	}
	return r
}

func rem4(w *World[enc]) {
	shrinking(w, "‖G_t‖ ≤ √(κ·I_t)", func(q *field.Rational, kappa, _, information rat) rat { return q.Mul(kappa, information) })
}

func rem4Linear(w *World[enc]) {
	shrinking(w, "‖G_t‖ ≤ κ·I_t", func(q *field.Rational, kappa, _, information rat) rat {
		v := q.Mul(kappa, information)
		return q.Mul(v, v)
	})
}

func rem4Half(w *World[enc]) {
	shrinking(w, "‖G_t‖ ≤ √(I_t·tr F̄_t/2)", func(q *field.Rational, _, mean, information rat) rat {
		half, _ := q.FromRat(big.NewRat(1, 2))
		return q.Mul(half, q.Mul(mean, information))
	})
}

// covarianceMatrix returns a positive definite matrix of order T+1, the
// covariance of (X; Y_1…Y_T): B·Bᵀ + 1 for a matrix B of small integers read off
// the weights and harm values of the case.
func covarianceMatrix(w *World[enc]) [][]*big.Rat {
	p := w.Family.Process
	n := w.T() + 1
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

// gaussian claims that I_V(X; Y_t|Y_<t) = Var(X|Y_<t)·(1 − e^{−factor·MI_t}).
func gaussian(w *World[enc], claim string, factor int64) {
	f := interval(w)
	v := conditionalVariances(covarianceMatrix(w))
	half, _ := f.FromRat(big.NewRat(1, 2))
	for t := 1; t < len(v); t++ {
		before, _ := f.FromRat(v[t-1])
		ratio, _ := f.FromRat(new(big.Rat).Quo(v[t-1], v[t]))
		log, err := f.Log(ratio)
		if err != nil {
			panic(err) // the matrix is positive definite, so 0 < v[t] ≤ v[t−1]
		}
		information := f.Mul(half, log)
		e, err := f.Exp(f.Mul(f.FromInt(-factor), information))
		if err != nil {
			panic(err)
		}
		left, _ := f.FromRat(new(big.Rat).Sub(v[t-1], v[t]))
		w.Meet(verify.At(t, 0), claim, left, f.Mul(before, f.Sub(f.FromInt(1), e)))
	}
}

func rem1Gaussian(w *World[enc]) {
	gaussian(w, "I_V = Var(X|Y_<t)·(1 − e^{−2·MI_t})", 2)
}

func rem1GaussianHalf(w *World[enc]) {
	gaussian(w, "I_V = Var(X|Y_<t)·(1 − e^{−MI_t})", 1)
}
