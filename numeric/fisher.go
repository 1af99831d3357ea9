package numeric

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"sounding/model"
)

// MaxFisher bounds the number of parameters of a position for which a Fisher
// matrix is formed: the matrix has its square as many entries.
const MaxFisher = 2048

// Fisher returns F̄_t = E_{y_<t}[E[s_t s_tᵀ|y_<t]] of every position at the base
// model (def-11), F̄_t of order q.Block(p, t). It is an error for that to exceed
// MaxFisher.
func Fisher(p *model.Process, q *model.Parameterisation) ([]*mat.SymDense, error) {
	pi := Base(p)
	return pi.fisher(q, pi.Probabilities())
}

// AdversaryFisher returns F_t^Q = E_{y_<t∼Q}[E[s_t s_tᵀ|y_<t]] (lem-28), as
// Fisher does under P.
func AdversaryFisher(in *model.Instance, q *model.Parameterisation) ([]*mat.SymDense, error) {
	return Base(in.Process).fisher(q, adversary(in))
}

func (pi *Policy) fisher(q *model.Parameterisation, mass [][]float64) ([]*mat.SymDense, error) {
	p := pi.process
	out := make([]*mat.SymDense, p.Length())
	for i := range out {
		t := i + 1
		n := q.Block(p, t)
		if n > MaxFisher {
			return nil, fmt.Errorf("position %d has %d parameters: want at most %d for a Fisher matrix", t, n, MaxFisher)
		}
		f := mat.NewSymDense(n, nil)
		l := p.Layer(t)
		if q.Tabular() {
			for x := range l.States() {
				tabularFisher(f, l, x, mass[i][x], pi.p[i])
			}
			out[i] = f
			continue
		}
		// s_a = f_a − Σ_b p_b·f_b, one rank-one update per edge.
		score := mat.NewVecDense(n, nil)
		mean := make([]float64, n)
		for x := range l.States() {
			lo, hi := l.Row(x)
			clear(mean)
			for e := lo; e < hi; e++ {
				for j := range mean {
					mean[j] += pi.p[i][e] * float64(q.Features[i][e*n+j])
				}
			}
			for e := lo; e < hi; e++ {
				for j := range mean {
					score.SetVec(j, float64(q.Features[i][e*n+j])-mean[j])
				}
				f.SymRankOne(f, mass[i][x]*pi.p[i][e], score)
			}
		}
		out[i] = f
	}
	return out, nil
}

// tabularFisher sets the block mass·(diag p − p pᵀ) of state x.
func tabularFisher(f *mat.SymDense, l *model.Layer, x int, mass float64, p []float64) {
	lo, hi := l.Row(x)
	for a := lo; a < hi; a++ {
		rest := 0.0 // 1 − p_a, without cancellation
		for b := lo; b < hi; b++ {
			if b != a {
				rest += p[b]
				f.SetSym(a, b, -mass*p[a]*p[b])
			}
		}
		f.SetSym(a, a, mass*p[a]*rest)
	}
}

// PseudoSolve returns F⁺g, the least-norm solution of F·x = g in the least-squares
// sense, for a positive semidefinite F, and the quadratic form gᵀF⁺g.
//
// An eigenvalue counts as zero at or below n·u·8·λ_max: a symmetric eigensolver
// is backward stable, so eigenvalues of a matrix of order n are off by at most a
// small multiple of n·u·‖F‖, and a zero one cannot be told from those.
func PseudoSolve(f mat.Symmetric, g []float64) (x []float64, form float64, err error) {
	n := f.SymmetricDim()
	if len(g) != n {
		panic("numeric: gradient and Fisher matrix differ in order")
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(f, true) {
		return nil, 0, fmt.Errorf("the eigenvalues of a Fisher matrix of order %d did not converge", n)
	}
	values := eigen.Values(nil)
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	const safety = 8
	least := safety * unit * float64(n) * values[n-1]
	x = make([]float64, n)
	for j, value := range values {
		if value <= least {
			continue
		}
		var c float64
		for i, v := range g {
			c += vectors.At(i, j) * v
		}
		form += c * c / value
		for i := range x {
			x[i] += c / value * vectors.At(i, j)
		}
	}
	return x, form, nil
}

// LeadingKL returns the coefficients c_t of KL_t = c_t·s² + O(s³) at the
// minimiser of L_deep with λ and β scaled by s: with v_t = λG_t + η_tG_t^rec,
//
//	c_t = ½·v_tᵀF̄_t⁺v_t                              parameters per position (thm-14, thm-19)
//	c_t = ½·v̄ᵀF̄⁺F̄_tF̄⁺v̄,  v̄ = Σ v_t, F̄ = Σ F̄_t     shared parameters (prop-25)
//
// β = 0 gives the minimiser of L.
func LeadingKL(in *model.Instance, q *model.Parameterisation) ([]float64, error) {
	f, err := Fisher(in.Process, q)
	if err != nil {
		return nil, err
	}
	lambda := toFloat(in.Lambda)
	v := Gradient(in.Process, q)
	for t, rec := range RecoveryGradient(in, q) {
		eta := toFloat(in.Eta(t + 1))
		for i := range rec {
			v[t][i] = lambda*v[t][i] + eta*rec[i]
		}
	}
	c := make([]float64, len(v))
	if q.Kind != model.Shared {
		for t := range v {
			_, form, err := PseudoSolve(f[t], v[t])
			if err != nil {
				return nil, err
			}
			c[t] = form / 2
		}
		return c, nil
	}
	total := mat.NewSymDense(q.Parameters, nil)
	sum := make([]float64, q.Parameters)
	for t := range v {
		total.AddSym(total, f[t])
		for i, g := range v[t] {
			sum[i] += g
		}
	}
	x, _, err := PseudoSolve(total, sum)
	if err != nil {
		return nil, err
	}
	step := mat.NewVecDense(len(x), x)
	for t := range c {
		c[t] = mat.Inner(step, f[t], step) / 2
	}
	return c, nil
}
