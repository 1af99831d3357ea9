package field

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"sounding/internal/testenv"
)

// TestSqrtWords: roots on words are those of math/big, at the ends of the range, at squares
// and beside them, and where a digit of the root is all ones or zero.
func TestSqrtWords(t *testing.T) {
	t.Parallel()
	number := func(words ...uint64) *big.Int { // most significant word first
		n := new(big.Int)
		for _, w := range words {
			n.Lsh(n, 64).Or(n, new(big.Int).SetUint64(w))
		}
		return n
	}
	check := func(n *big.Int) {
		var w [placeWords]uint64
		toWords(w[:], n)
		root, exact := squareRoot(n)
		if hi, lo, ok := sqrt4(&w); number(hi, lo).Cmp(root) != 0 || ok != exact {
			t.Errorf("⌊√%x⌋ = %x %x (exact: %v), want %x (%v)", n, hi, lo, ok, root, exact)
		}
		half, _ := squareRoot(number(w[3], w[2]))
		s, high, low := sqrt2(w[3], w[2])
		rest := new(big.Int).Mul(half, half)
		if rest.Sub(number(w[3], w[2]), rest); number(s).Cmp(half) != 0 || number(high, low).Cmp(rest) != 0 {
			t.Errorf("√ of %x %x is %x, and %x %x more, want %x and %x", w[3], w[2], s, high, low, half, rest)
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	const ones = math.MaxUint64
	for range testenv.Scale(20000) {
		digit := func() uint64 {
			return []uint64{0, 1, 1 << 63, ones, ones - 1, r.Uint64(), r.Uint64() >> r.IntN(64)}[r.IntN(7)]
		}
		check(number(digit()|1<<62, digit(), digit(), digit()))
		root := number(digit()|1<<63, digit())
		square := new(big.Int).Mul(root, root)
		for _, d := range []int64{-1, 0, 1} {
			if n := new(big.Int).Add(square, big.NewInt(d)); n.BitLen() > 254 {
				check(n)
			}
		}
		square.Add(square, root).Add(square, root) // the last number with this root
		if square.BitLen() <= 256 {
			check(square)
		}
	}
}

// TestSqrtOfLongPoint: of an argument of 256 bits, the last of which is beyond what its root is
// taken of, the enclosure is no point, though the rest is a square.
func TestSqrtOfLongPoint(t *testing.T) {
	t.Parallel()
	root := new(big.Int).Lsh(big.NewInt(5), 125)
	n := new(big.Int).Mul(root, root)
	n.Lsh(n, 1).Add(n, big.NewInt(1))
	x := new(big.Float).SetPrec(256).SetInt(n)
	x.SetMantExp(x, -255)
	a, err := NewInterval(256).FromBounds(x, x)
	if err != nil {
		t.Fatal(err)
	}
	c := NewInterval(128)
	b, err := c.Sqrt(a)
	if err != nil {
		t.Fatal(err)
	}
	lo, hi := rats(b)
	want, _ := x.Rat(nil)
	if lo.Mul(lo, lo).Cmp(want) >= 0 || hi.Mul(hi, hi).Cmp(want) <= 0 {
		t.Errorf("√%v is %v", x, b)
	}
}
