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

	treeScratch
	word, square, first, second big.Int
	powers                      [maxDegree + 1]big.Int // c_a^k
}

// maxDegree bounds the degrees of moments.
const maxDegree = 4

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
		r.raise(&r.cofactor[a])
		for i, m := range s.moments {
			r.setFactor(&r.factor[i][a], m, w)
		}
	}
}

// raise sets the powers of c.
func (r *treeRow) raise(c *big.Int) {
	r.powers[1].Set(c)
	for k := 2; k <= maxDegree; k++ {
		r.powers[k].Mul(&r.powers[k-1], c)
	}
}

// setFactor sets f to W^(k−power)·w^power·c^k, of the c that is raised.
func (r *treeRow) setFactor(f *big.Int, m moment, w int64) {
	words, rest := int64(1), &r.powers[m.degree] // f is their product
	for k := range m.degree {
		next := r.sum
		if k < m.power {
			next = w
		}
		if bits.Len64(uint64(words))+bits.Len64(uint64(next)) > 63 {
			rest, words = f.Mul(rest, r.word.SetInt64(words)), 1
		}
		words *= next
	}
	f.Mul(rest, r.word.SetInt64(words))
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
		if r.lcm.IsInt64() && d[a+1].IsInt64() {
			r.term.SetInt64(gcd(r.lcm.Int64(), d[a+1].Int64()))
		} else {
			r.term.GCD(nil, nil, &r.lcm, &d[a+1])
		}
		r.lcm.Mul(&r.lcm, r.square.Quo(&d[a+1], &r.term))
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
	r.reserve(harm, len(r.mean.Bits()))
	harm.Set(&r.mean)
	r.product(denominator, &r.lcm, r.word.SetInt64(r.sum))
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
	square := r.square.Mul(&r.lcm, &r.lcm)
	r.product(same, square, r.word.SetInt64(squares))
	r.product(rho, &r.lcm, r.word.SetInt64(recovering))
	r.product(recovery, square, r.word.SetInt64(recovering*(r.sum-recovering)))
	r.deviations()
	r.product(variance, &r.first, &r.lcm)
	r.product(norm, &r.second, square)
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

// treeScratch is what one goroutine works with. The digits of short numbers that stay share
// slabs: that saves most allocations.
type treeScratch struct {
	term big.Int
	slab []big.Word
}

// Words of a slab, and of the numbers that it takes.
const (
	slabWords = 1024
	slabbed   = slabWords / 16
)

// reserve gives z, which has no digits, room for as many words.
func (s *treeScratch) reserve(z *big.Int, words int) {
	if words > slabbed {
		return
	}
	if words > len(s.slab) {
		s.slab = make([]big.Word, slabWords)
	}
	z.SetBits(s.slab[:0:words])
	s.slab = s.slab[words:]
}

// product sets z, which has no digits, to x·y.
func (s *treeScratch) product(z, x, y *big.Int) {
	s.reserve(z, len(x.Bits())+len(y.Bits()))
	z.Mul(x, y)
}

// fold sets z, which has no digits, to Σ_a factor_a·numerators_a: the numerator of a mean at x,
// given those at xa.
func (s *treeScratch) fold(z *big.Int, factor, numerators []big.Int) {
	words := 0
	for a := range numerators {
		words = max(words, len(factor[a].Bits())+len(numerators[a].Bits()))
	}
	s.reserve(z, words+1)
	z.Mul(&factor[0], &numerators[0])
	for a := 1; a < len(numerators); a++ {
		z.Add(z, s.term.Mul(&factor[a], &numerators[a]))
	}
}
