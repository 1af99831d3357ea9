package field

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"sounding/internal/testenv"
)

// ones is a digit that makes every carry.
const ones = math.MaxUint64

// number returns the number with the given words, the most significant one first.
func number(words ...uint64) *big.Int {
	n := new(big.Int)
	for _, w := range words {
		n.Lsh(n, 64).Or(n, new(big.Int).SetUint64(w))
	}
	return n
}

// aroundSquares calls check with numbers of 2k words at the ends of the range, at squares and beside
// them, and where a digit of the root is all ones or zero.
func aroundSquares(k, times int, check func(n *big.Int)) {
	r := rand.New(rand.NewPCG(1, uint64(k)))
	drawn := func(n int, top uint64) *big.Int {
		words := make([]uint64, n)
		for i := range words {
			words[i] = []uint64{0, 1, 1 << 63, ones, ones - 1, r.Uint64(), r.Uint64() >> r.IntN(64)}[r.IntN(7)]
		}
		words[0] |= top
		return number(words...)
	}
	for range times {
		check(drawn(2*k, 1<<62))
		root := drawn(k, 1<<63)
		square := new(big.Int).Mul(root, root)
		for _, d := range []int64{-1, 0, 1} {
			if n := new(big.Int).Add(square, big.NewInt(d)); n.BitLen() > 128*k-2 {
				check(n)
			}
		}
		square.Add(square, root).Add(square, root) // the last number with this root
		if square.BitLen() <= 128*k {
			check(square)
		}
	}
}

// TestSqrtWords: roots on words are those of math/big.
func TestSqrtWords(t *testing.T) {
	t.Parallel()
	aroundSquares(2, testenv.Scale(5000), func(n *big.Int) {
		var w [placeWords]uint64
		toWords(w[:], n)
		want, left := rootAndRest(n)
		hi, lo, r := sqrt4(&w)
		if number(hi, lo).Cmp(want) != 0 || number(r[2], r[1], r[0]).Cmp(left) != 0 {
			t.Fatalf("√%x is %x %x, and %x more, want %x and %x", n, hi, lo, r, want, left)
		}
		want, left = rootAndRest(number(w[3], w[2]))
		if s, high, low := sqrt2(w[3], w[2]); number(s).Cmp(want) != 0 || number(high, low).Cmp(left) != 0 {
			t.Fatalf("√ of %x %x is %x, and %x %x more, want %x and %x", w[3], w[2], s, high, low, want, left)
		}
		for odd := range uint64(2) {
			root := [placeWords]uint64{2: lo, 3: hi}
			sqrt8(&root, &w, &r, odd)
			full := number(w[3], w[2], w[1], w[0], odd<<63, 0, 0, 0)
			if want, _ := rootAndRest(full); number(root[3], root[2], root[1], root[0]).Cmp(want) != 0 {
				t.Fatalf("√%x is %x, want %x", full, root, want)
			}
		}
	})
}

// TestSquareRoot: roots of numbers of any length are those of math/big.
func TestSquareRoot(t *testing.T) {
	t.Parallel()
	check := func(n *big.Int) {
		want, left := rootAndRest(n)
		if s, rest := squareRoot(n); s.Cmp(want) != 0 || rest.Cmp(left) != 0 {
			t.Fatalf("√%x is %x, and %x more, want %x and %x", n, s, rest, want, left)
		}
	}
	for n := range int64(1000) {
		check(big.NewInt(n + 1))
	}
	for k := 1; k <= 40; k++ {
		aroundSquares(k, testenv.Scale(20), func(n *big.Int) {
			check(n)
			check(new(big.Int).Rsh(n, 3))
		})
	}
}

// rootAndRest returns ⌊√n⌋ and what its square leaves.
func rootAndRest(n *big.Int) (root, rest *big.Int) {
	root = new(big.Int).Sqrt(n)
	rest = new(big.Int).Mul(root, root)
	return root, rest.Sub(n, rest)
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
		t.Fatalf("√%v is %v", x, b)
	}
}
