package field

import (
	"fmt"
	"math/big"
	"math/bits"
)

// Mersenne61 is the prime 2^61 − 1, the first choice for certificates: a product
// is reduced by one shift and one addition.
const Mersenne61 = 1<<61 - 1

// Modular is the prime field 𝔽_p. Its elements are words 0 ≤ a < p.
type Modular struct{ p uint64 }

// NewModular returns 𝔽_p for a prime p < 2^62. It panics on any other p:
// the primes of a certificate are part of the program, not data.
func NewModular(p uint64) Modular {
	if p >= 1<<62 || !new(big.Int).SetUint64(p).ProbablyPrime(0) {
		panic(fmt.Sprintf("field: %d is not a prime below 2^62", p))
	}
	return Modular{p}
}

// Prime returns p.
func (m Modular) Prime() uint64 { return m.p }

// FromInt returns n mod p.
func (m Modular) FromInt(n int64) uint64 {
	if n >= 0 {
		return uint64(n) % m.p
	}
	return m.Neg(uint64(-n) % m.p) // −MinInt64 wraps to 2^63, which is right as a uint64
}

// FromBig returns n mod p.
func (m Modular) FromBig(n *big.Int) uint64 {
	return new(big.Int).Mod(n, new(big.Int).SetUint64(m.p)).Uint64()
}

// FromRat returns q mod p, or ErrDivision if p divides the denominator.
func (m Modular) FromRat(q *big.Rat) (uint64, error) {
	return m.Quo(m.FromBig(q.Num()), m.FromBig(q.Denom()))
}

// Add returns a + b.
func (m Modular) Add(a, b uint64) uint64 {
	return m.lift(a + b - m.p)
}

// lift returns a + p if a, less than 2^62 in magnitude, is negative, otherwise a. A branch
// would be mispredicted every other time.
func (m Modular) lift(a uint64) uint64 { return a + m.p&uint64(int64(a)>>63) }

// Sub returns a − b.
func (m Modular) Sub(a, b uint64) uint64 {
	return m.lift(a - b)
}

// Neg returns −a.
func (m Modular) Neg(a uint64) uint64 {
	if a == 0 {
		return 0
	}
	return m.p - a
}

// Mul returns a·b.
func (m Modular) Mul(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	if m.p != Mersenne61 {
		return bits.Rem64(hi, lo, m.p)
	}
	return mersenne(hi, lo)
}

// mersenne returns hi·2^64 + lo mod 2^61 − 1 for a product of two elements. It is at most
// (2^61 − 2)², so that the bits from 61 up and those below add up to less than 2·(2^61 − 1).
func mersenne(hi, lo uint64) uint64 {
	s := lo&Mersenne61 + (hi<<3 | lo>>61) - Mersenne61
	return s + Mersenne61&uint64(int64(s)>>63)
}

// reduce returns hi·2^64 + lo mod p, a sum of products, for hi < 2^61 where p is Mersenne61.
func (m Modular) reduce(hi, lo uint64) uint64 {
	if m.p != Mersenne61 {
		return bits.Rem64(hi, lo, m.p)
	}
	// 2^61 = 1: the bits from 61 up are added to those below. hi < 2^61, so
	// hi·2^64 = 8·hi·2^61 and 8·hi + (lo>>61) < 2^64 is folded once more.
	up := hi<<3 | lo>>61
	s := lo&Mersenne61 + up&Mersenne61 + up>>61
	if s = m.lift(s - Mersenne61); s >= Mersenne61 { // it was 2·p or more: rare
		s -= Mersenne61
	}
	return s
}

// Dot returns Σ_i a_i·b_i. Products, below p² < 2^124, are summed in 128 bits, eight at
// a time, and reduced together.
func (m Modular) Dot(a, b []uint64) uint64 {
	if len(a) != len(b) {
		panic("field: Dot of slices of different length")
	}
	var sum uint64
	for len(a) > 0 {
		n := min(len(a), 8) // 8·2^124 < 2^128, and 8·2^122 = 2^61·2^64
		var hi, lo uint64
		for i, x := range a[:n] {
			hi, lo = addProduct(hi, lo, x, b[i])
		}
		sum = m.Add(sum, m.reduce(hi, lo))
		a, b = a[n:], b[n:]
	}
	return sum
}

// Equal decides whether a = b; it is never Unknown.
func (m Modular) Equal(a, b uint64) Trilean { return Truth(a == b) }

// Quo returns a/b, or ErrDivision where b = 0.
func (m Modular) Quo(a, b uint64) (uint64, error) {
	if b == 0 {
		return 0, ErrDivision
	}
	// b^(p−2) = 1/b by Fermat.
	r := a
	for e := m.p - 2; e > 0; e >>= 1 {
		if e&1 == 1 {
			r = m.Mul(r, b)
		}
		b = m.Mul(b, b)
	}
	return r, nil
}
