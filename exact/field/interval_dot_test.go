package field

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"sounding/internal/testenv"
)

// TestDotWords: dot products in fixed point are the exact range, rounded outward once where
// exponents are close, and within a unit of that where they are far apart; where that cannot
// be, they are refused.
func TestDotWords(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	point := func(words, spread int) *big.Float {
		n := new(big.Int)
		for range words {
			w := []uint64{0, 1, 1 << 63, ^uint64(0), r.Uint64(), r.Uint64()}[r.IntN(6)]
			n.Lsh(n, 64).Or(n, new(big.Int).SetUint64(w))
		}
		x := new(big.Float).SetPrec(placeBits).SetInt(n)
		x.SetMantExp(x, -r.IntN(spread+1))
		if r.IntN(2) == 0 {
			x.Neg(x)
		}
		return x
	}
	enclosure := func(words, spread int) Enclosure {
		x, y := point(words, spread), point(words, spread)
		switch {
		case r.IntN(3) == 0:
			y = x
		case x.Cmp(y) > 0:
			x, y = y, x
		}
		a, err := NewInterval(placeBits).FromBounds(x, y)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	refused := 0
	for range testenv.Scale(5000) {
		c := NewInterval(24 + uint(r.IntN(placeBits-23)))
		v, w := 1+r.IntN(placeWords), 1+r.IntN(placeWords)
		spread := []int{0, 20, 80, 150, 400}[r.IntN(5)]
		n := r.IntN(6)
		var a, b []Enclosure
		for i := range n {
			x, y := enclosure(v, spread), enclosure(w, spread)
			if i > 0 && r.IntN(4) == 0 { // cancels
				x, y = c.Neg(a[i-1]), b[i-1]
			}
			a, b = append(a, x), append(b, y)
		}
		lo, hi := new(big.Rat), new(big.Rat)
		for i := range a {
			p, q := products(a[i], b[i])
			lo.Add(lo, p)
			hi.Add(hi, q)
		}
		got, ok := c.dotWords(a, b)
		// Products are multiples of 2^(−2·spread), below 2^(64·(v+w)).
		exact := 64*(v+w)+2*spread <= sumBits
		if !ok {
			if refused++; exact {
				t.Fatalf("%v · %v is refused", a, b)
			}
			got = c.Dot(a, b)
		}
		below, above := rats(got)
		tight := func(bound, want *big.Rat, d direction) bool {
			if bound.Cmp(want)*int(d) < 0 {
				return false
			}
			off := new(big.Rat).Sub(bound, want)
			off.Mul(off.Abs(off), new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), c.Prec()-2)))
			return !ok || off.Cmp(new(big.Rat).Abs(want)) <= 0
		}
		if !tight(below, lo, downward) || !tight(above, hi, upward) {
			t.Fatalf("%d bits: %v · %v = %v, want [%v, %v]", c.Prec(), a, b, got, lo.FloatString(20), hi.FloatString(20))
		}
		if exact {
			mustBeTightest(t, c, got, lo, hi)
		}
	}
	if refused == 0 {
		t.Error("none is refused")
	}
	// A product that is lost as a whole still has its sign.
	c := NewInterval(53)
	for _, large := range []int64{-1, 1} {
		for _, small := range []int64{-1, 1} {
			tiny := new(big.Rat).SetFrac(big.NewInt(small), new(big.Int).Lsh(big.NewInt(1), 400))
			got, ok := c.dotWords([]Enclosure{c.FromInt(large), mustRat(c, tiny)}, []Enclosure{c.FromInt(1), c.FromInt(1)})
			if !ok {
				t.Fatalf("%d + %d·2^−400 is refused", large, small)
			}
			mustBeTightest(t, c, got, tiny.Add(tiny, big.NewRat(large, 1)))
		}
	}
}

// TestDotWordsLosses: a bit that is lost below a sum of few digits still counts; and a sum of
// which so much cancels that lost bits matter is refused.
func TestDotWordsLosses(t *testing.T) {
	t.Parallel()
	c := NewInterval(placeBits)
	power := func(e int) *big.Rat {
		q := big.NewRat(1, 1)
		if e < 0 {
			return q.SetFrac(q.Num(), new(big.Int).Lsh(big.NewInt(1), uint(-e)))
		}
		return q.SetInt(new(big.Int).Lsh(big.NewInt(1), uint(e)))
	}
	sum := func(p, q *big.Rat) *big.Rat { return new(big.Rat).Add(p, q) }
	one := power(0)
	var a, b []Enclosure
	for _, k := range []int{63, 127, 191, 255} {
		// 2²ⁿ + (2²⁵⁵ + 1)·(2ᵏ + 1) − (2²⁵⁵⁻ᵏ + 1)·2ᵏ = 2²ⁿ + 2²⁵⁵⁺ᵏ + 1
		n := 132 + (k+1)/2
		a = []Enclosure{mustRat(c, power(n)), mustRat(c, sum(power(255), one)), c.Neg(mustRat(c, sum(power(255-k), one)))}
		b = []Enclosure{mustRat(c, power(n)), mustRat(c, sum(power(k), one)), mustRat(c, power(k))}
		got, ok := c.dotWords(a, b)
		if !ok {
			t.Fatalf("%v · %v is refused", a, b)
		}
		mustBeTightest(t, c, got, sum(sum(power(2*n), power(255+k)), one))
	}

	// 1 − (1 − 2⁻⁶²) + 12·2⁻³³⁰
	a, b = []Enclosure{c.FromInt(1), c.Sub(mustRat(c, power(-62)), c.FromInt(1))}, []Enclosure{c.FromInt(1), c.FromInt(1)}
	for range 12 {
		a, b = append(a, mustRat(c, power(-330))), append(b, c.FromInt(1))
	}
	if got, ok := c.dotWords(a, b); ok {
		t.Errorf("%v · %v = %v, want it refused", a, b, got)
	}
}

// products returns the least and the greatest product of numbers in a and b.
func products(a, b Enclosure) (least, greatest *big.Rat) {
	aLo, aHi := rats(a)
	bLo, bHi := rats(b)
	for _, x := range []*big.Rat{aLo, aHi} {
		for _, y := range []*big.Rat{bLo, bHi} {
			p := new(big.Rat).Mul(x, y)
			if least == nil || p.Cmp(least) < 0 {
				least = p
			}
			if greatest == nil || p.Cmp(greatest) > 0 {
				greatest = p
			}
		}
	}
	return least, greatest
}
