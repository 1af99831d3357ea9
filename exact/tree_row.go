package exact

import (
	"math/big"
	"math/bits"
)

// treeRow holds the work at one prefix x of a treePass: its row of tokens a.
type treeRow struct {
	weight     []int64     // w_a
	sum        int64       // W
	recovering int64       // w_R = Σ_{a∈R} w_a
	squares    int64       // Σ_a w_a²
	lcm        big.Int     // L
	lcmSquared big.Int     // L²
	cofactor   []big.Int   // c_a
	factor     [][]big.Int // W^(k−power)·w_a^power·c_a^k, per moment and token
	harm       []big.Int   // h(xa)·L
	mean       big.Int     // h(x)·D = Σ_a w_a·h(xa)·L

	// With N_a = Δ_t(xa)·D = W·h(xa)·L − h(x)·D:
	spread   big.Int // Σ_a w_a·N_a²
	gradient big.Int // Σ_a (w_a·N_a)²

	treeScratch
	word, quotient big.Int
	powers         [maxDegree + 1]big.Int // c_a^k
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
	r.weight, r.sum, r.recovering, r.squares = weight, 0, 0, 0
	for a, w := range weight {
		r.sum += w
		r.squares += w * w
		if s.recovers[a] {
			r.recovering += w
		}
	}
	first := x * s.v
	r.common(s.denominators[first : first+s.v])
	r.lcmSquared.Mul(&r.lcm, &r.lcm)
	r.mean.SetInt64(0)
	for a, w := range weight {
		r.harm[a].Mul(&r.cofactor[a], &s.harm[first+a])
		r.mean.Add(&r.mean, r.times(&r.harm[a], w))
		r.raise(&r.cofactor[a])
		for i, m := range s.moments {
			r.setFactor(&r.factor[i][a], m, w)
		}
	}
	r.deviations()
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
		r.lcm.Mul(&r.lcm, r.quotient.Quo(&d[a+1], &r.term))
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

// variance sets the numerator of Var(h_t|x) = Σ_a w_a·N_a²/(W·D²), over D³.
func (r *treeRow) variance(numerator *big.Int) { r.product(numerator, &r.spread, &r.lcm) }

// norm sets that of ‖(diag p − p pᵀ)h‖² = Σ_a (w_a·N_a)²/(W·D)², over D⁴.
func (r *treeRow) norm(numerator *big.Int) { r.product(numerator, &r.gradient, &r.lcmSquared) }

// same sets that of Σ_a p_a², over D².
func (r *treeRow) same(numerator *big.Int) {
	r.product(numerator, &r.lcmSquared, r.word.SetInt64(r.squares))
}

// recovery sets that of ρ = w_R/W, over D.
func (r *treeRow) recovery(numerator *big.Int) {
	r.product(numerator, &r.lcm, r.word.SetInt64(r.recovering))
}

// recoveryVariance sets that of ρ(1−ρ), over D².
func (r *treeRow) recoveryVariance(numerator *big.Int) {
	r.product(numerator, &r.lcmSquared, r.word.SetInt64(r.recovering*(r.sum-r.recovering)))
}

// deviations sets spread and gradient.
func (r *treeRow) deviations() {
	if bound := float64(r.sum) * float64(r.sum); r.lcm.IsInt64() && bound*bound*float64(r.lcm.Int64())*float64(r.lcm.Int64()) < 1<<62 {
		// Both are at most W⁴·L². Most prefixes are before the last token, and come here:
		// on the larger trees of BenchmarkSolve that saves a tenth of the time.
		mean := r.mean.Int64()
		var spread, gradient int64
		for a, w := range r.weight {
			n := r.sum*r.harm[a].Int64() - mean
			spread += w * n * n
			gradient += w * n * (w * n)
		}
		r.spread.SetInt64(spread)
		r.gradient.SetInt64(gradient)
		return
	}
	r.spread.SetInt64(0)
	r.gradient.SetInt64(0)
	var n, weighted big.Int
	for a, w := range r.weight {
		n.Sub(r.times(&r.harm[a], r.sum), &r.mean)
		weighted.Mul(&n, r.word.SetInt64(w))
		r.spread.Add(&r.spread, r.term.Mul(&n, &weighted))
		r.gradient.Add(&r.gradient, r.term.Mul(&weighted, &weighted))
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
