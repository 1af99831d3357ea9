package field

import (
	"math/big"
	"math/rand/v2"
	"testing"
)

// fromFixedWords returns the fixed number z in units, as an integer.
func fromFixedWords(z []uint64) *big.Int {
	v := new(big.Int)
	for i := len(z) - 1; i >= 0; i-- {
		v.Lsh(v, 64).Or(v, new(big.Int).SetUint64(z[i]))
	}
	if z[len(z)-1]>>63 != 0 {
		v.Sub(v, new(big.Int).Lsh(big.NewInt(1), uint(64*len(z))))
	}
	return v
}

// randomWords fills z with words, some of which are 0 or all ones.
func randomWords(r *rand.Rand, z []uint64) {
	for i := range z {
		switch r.IntN(4) {
		case 0:
			z[i] = 0
		case 1:
			z[i] = ^uint64(0)
		default:
			z[i] = r.Uint64()
		}
	}
}

// off returns a − b in units of scale w, where a is at scale w and b, w + 128 bits, is
// rounded up or down by less than a unit.
func off(a, b *big.Int) int64 {
	d := new(big.Int).Lsh(a, 128)
	return d.Sub(d, b).Rsh(d, 128).Int64()
}

// TestWords holds the arithmetic of words to that of big.Int: fixed numbers are rounded
// down, and a product of fractions falls short by less than its number of words.
func TestWords(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		n := 1 + r.IntN(maxSeriesWords)
		var a, b, c words
		x, y, z := a[:n], b[:n], c[:n]
		randomWords(r, x)
		randomWords(r, y)
		multiply(z, x, y)
		unsigned := func(v []uint64) *big.Int { return fromFixedWords(append(append([]uint64(nil), v...), 0)) }
		exact := new(big.Int).Mul(unsigned(x), unsigned(y))
		short := exact.Sub(exact.Rsh(exact, uint(64*n)), unsigned(z))
		if short.Sign() < 0 || short.Cmp(big.NewInt(int64(n))) >= 0 {
			t.Fatalf("%x·%x gives %x, short by %v of %d words", x, y, z, short, n)
		}

		e := endpoint{exp: int32(r.IntN(40) - r.IntN(700)), sign: int8(1 - 2*r.IntN(2))}
		randomWords(r, e.m[:])
		e.m[placeWords-1] |= 1 << 63
		fixed := c[:n+1]
		e.fixed(fixed)
		if got, want := fromFixedWords(fixed), floorFixed(e.big(), uint(64*n)); got.Cmp(want) != 0 {
			t.Fatalf("%v at %d words is %v, want %v", e.big(), n, got, want)
		}

		long := append(append([]uint64(nil), x...), r.Uint64())
		k := r.Uint64N(1 << 30)
		times(fixed, long, k)
		product := new(big.Int).Mul(unsigned(long), new(big.Int).SetUint64(k))
		if got := unsigned(fixed); got.Cmp(product.Rsh(product, 64)) != 0 {
			t.Fatalf("%x·%d gives %v, want %v", long, k, got, product)
		}
	}
}

// TestSeriesErrors: exp falls short, and log is off, by no more than it says, at every
// number of words. The reference has 128 bits more.
func TestSeriesErrors(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for n := 2; n <= maxSeriesWords; n++ {
		s, w := seriesOf[n](), uint(64*n)
		if s.expError() >= 1<<9 || s.logError() >= 1<<11 {
			t.Errorf("%d words: errors of %d and %d units, more than seriesWords takes them for", n, s.expError(), s.logError())
		}
		for range 500 {
			var b, c words
			x, v := b[:n], c[:n]
			randomWords(r, x)
			s.exp(v, x)
			low, _ := expFixed(new(big.Int).Lsh(fromFixedWords(b[:n+1]), 128), w+128)
			short := -off(fromFixedWords(c[:n+1]), low.Rsh(low, 2))
			if short < 0 || uint64(short)+4 > s.expError() {
				t.Fatalf("exp of %x falls short by %d units, want 0 to %d", x, short, s.expError()-4)
			}

			a, l := b[:n+1], c[:n+1] // m of ¾ to 3/2
			if a[n] = uint64(r.IntN(2)); a[n] == 1 {
				a[n-1] >>= 1
			} else {
				a[n-1] |= 3 << 62
			}
			if !s.log(l, a, 0) {
				t.Fatalf("log of %x is refused", a)
			}
			m := new(big.Int).Lsh(fromFixedWords(a), 128)
			f := new(big.Float).SetPrec(w + 200).SetInt(m)
			want, _ := logFixed(f.SetMantExp(f, -int(w)-128), new(big.Float), w+128)
			if d := off(fromFixedWords(l), want); max(d, -d)+4 > int64(s.logError()) {
				t.Fatalf("log of %x is off by %d units, want at most %d", a, d, s.logError()-4)
			}
		}
	}
}
