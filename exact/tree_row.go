package exact

import (
	"math/big"
	"math/bits"
)

// treeRow holds the work at one prefix x of a treePass: its row of tokens a.
type treeRow struct {
	weight   []int64     // w_a
	sum      int64       // W
	lcm      big.Int     // L
	cofactor []big.Int   // c_a
	factor   [][]big.Int // W^(k−power)·w_a^power·c_a^k, per moment and token
	harm     []big.Int   // h(xa)·L
	mean     big.Int     // h(x)·D = Σ_a w_a·h(xa)·L

	word, term, power, first, second big.Int // scratch
}

func newTreeRow(s *treePass) *treeRow {
	r := &treeRow{cofactor: make([]big.Int, s.v), harm: make([]big.Int, s.v), factor: make([][]big.Int, len(s.moments))}
	for i := range r.factor {
		r.factor[i] = make([]big.Int, s.v)
	}
	return r
}

// set prepares the row of prefix x.
func (r *treeRow) set(s *treePass, x int, weight []int64) {
	r.weight, r.sum = weight, 0
	for _, w := range weight {
		r.sum += w
	}
	first := x * s.v
	r.common(s.denominators[first : first+s.v])
	r.mean.SetInt64(0)
	for a, w := range weight {
		r.harm[a].Mul(&r.cofactor[a], &s.harm[first+a])
		r.mean.Add(&r.mean, r.times(&r.harm[a], w))
		for i, m := range s.moments {
			r.setFactor(&r.factor[i][a], m, &r.cofactor[a], w)
		}
	}
}

// setFactor sets f to W^(k−power)·w^power·c^k.
func (r *treeRow) setFactor(f *big.Int, m moment, c *big.Int, w int64) {
	words := int64(1) // factors that are not in f yet
	f.SetInt64(1)
	for k := range m.degree {
		next := r.sum
		if k < m.power {
			next = w
		}
		if bits.Len64(uint64(words))+bits.Len64(uint64(next)) > 63 {
			f.Mul(f, r.word.SetInt64(words))
			words = 1
		}
		words *= next
	}
	f.Mul(f, r.word.SetInt64(words))
	if c.IsInt64() && c.Int64() == 1 {
		return
	}
	for range m.degree {
		f.Mul(f, c)
	}
}

// common sets L and the cofactors.
func (r *treeRow) common(d []big.Int) {
	same := true
	r.lcm.Set(&d[0])
	for a := range d[1:] {
		if d[a+1].Cmp(&d[0]) == 0 {
			continue
		}
		same = false
		r.term.GCD(nil, nil, &r.lcm, &d[a+1])
		r.lcm.Mul(&r.lcm, r.power.Quo(&d[a+1], &r.term))
	}
	for a := range d {
		if same {
			r.cofactor[a].SetInt64(1)
		} else {
			r.cofactor[a].Quo(&r.lcm, &d[a])
		}
	}
}

// times returns v·w, which stays until the next call.
func (r *treeRow) times(v *big.Int, w int64) *big.Int {
	return r.term.Mul(v, r.word.SetInt64(w))
}

// value sets harm and denominator to h(x)·D and D.
func (r *treeRow) value(harm, denominator *big.Int) {
	harm.Set(&r.mean)
	denominator.Mul(&r.lcm, r.word.SetInt64(r.sum))
}

// fold sets z to the numerator of a mean at x, given those at xa.
func (r *treeRow) fold(z *big.Int, kind int, numerators []big.Int) {
	for a := range numerators {
		if a == 0 {
			z.Mul(&r.factor[kind][0], &numerators[0])
		} else {
			z.Add(z, r.term.Mul(&r.factor[kind][a], &numerators[a]))
		}
	}
}

// enter sets the numerators, over D³, D⁴, D², D and D², of the numbers that enter at x:
//
//	Var(h_t|x) = Σ_a w_a·N_a²/(W·D²),  N_a = Δ_t(xa)·D = W·h(xa)·L − h(x)·D
//	‖(diag p − p pᵀ)h‖² = Σ_a (w_a·N_a)²/(W·D)²
//
// and Σ_a p_a², ρ = w_R/W and ρ(1−ρ).
func (r *treeRow) enter(recovers []bool, variance, norm, same, rho, recovery *big.Int) {
	var recovering, squares int64
	for a, w := range r.weight {
		if recovers[a] {
			recovering += w
		}
		squares += w * w
	}
	square := r.power.Mul(&r.lcm, &r.lcm)
	same.Mul(square, r.word.SetInt64(squares))
	rho.Mul(&r.lcm, r.word.SetInt64(recovering))
	recovery.Mul(square, r.word.SetInt64(recovering*(r.sum-recovering)))
	r.deviations()
	variance.Mul(&r.first, &r.lcm)
	norm.Mul(&r.second, square)
}

// deviations sets first and second to Σ_a w_a·N_a² and Σ_a (w_a·N_a)².
func (r *treeRow) deviations() {
	if bound := float64(r.sum) * float64(r.sum); r.lcm.IsInt64() && bound*bound*float64(r.lcm.Int64())*float64(r.lcm.Int64()) < 1<<62 {
		// Both are at most W⁴·L². Most prefixes are before the last token, and come here:
		// on the larger trees of BenchmarkSolve that saves a tenth of the time.
		mean := r.mean.Int64()
		var first, second int64
		for a, w := range r.weight {
			n := r.sum*r.harm[a].Int64() - mean
			first += w * n * n
			second += w * n * (w * n)
		}
		r.first.SetInt64(first)
		r.second.SetInt64(second)
		return
	}
	r.first.SetInt64(0)
	r.second.SetInt64(0)
	var n, weighted big.Int
	for a, w := range r.weight {
		n.Sub(r.times(&r.harm[a], r.sum), &r.mean)
		weighted.Mul(&n, r.word.SetInt64(w))
		r.first.Add(&r.first, r.term.Mul(&n, &weighted))
		r.second.Add(&r.second, r.term.Mul(&weighted, &weighted))
	}
}
