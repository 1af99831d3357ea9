package field

import (
	"math/big"
	"testing"
)

// The errors that the fixed-point functions state are what enclosures rest on. Here they
// are held against the same functions at a scale finer by this much, whose own errors
// are far below a unit of the coarse scale.
const finer = 192

// TestFloorFixed: rounding is downward for negative numbers, too.
func TestFloorFixed(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		x    float64
		w    uint
		want int64
	}{{0.75, 1, 1}, {-0.75, 1, -2}, {-0.5, 1, -1}, {0.5, 1, 1}, {-1e-30, 3, -1}, {1e-30, 3, 0}, {-3, 0, -3}, {0, 5, 0}} {
		if got := floorFixed(big.NewFloat(test.x), test.w); got.Cmp(big.NewInt(test.want)) != 0 {
			t.Errorf("⌊%g·2^%d⌋ = %v, want %d", test.x, test.w, got, test.want)
		}
	}
}

// TestLn2Fixed: v ≤ 2^w·ln 2 ≤ v + 2.
func TestLn2Fixed(t *testing.T) {
	t.Parallel()
	two := big.NewInt(2)
	for w := uint(64); w <= 4096; w += 64 {
		v, fine := ln2Fixed(w), ln2Fixed(w+finer)
		low := new(big.Int).Lsh(v, finer)
		high := new(big.Int).Lsh(new(big.Int).Add(v, two), finer)
		if low.Cmp(new(big.Int).Add(fine, two)) > 0 || fine.Cmp(high) > 0 {
			t.Errorf("scale %d: ln 2 is not within 2 units above %v", w, v)
		}
	}
}

// TestExpReduced: v ≤ 2^w·e^x/2^k ≤ v + err, with the argument in one piece and, from
// splitScale on, in parts.
func TestExpReduced(t *testing.T) {
	t.Parallel()
	for _, x := range []float64{0.1, 0.69, 0.7, 1, 3, 20.5, 400, 1e6, -0.1, -0.7, -1, -20.5, -400, -1e6} {
		for w := uint(64); w <= 8*splitScale; w *= 2 {
			arg := big.NewFloat(x)
			k, v, err := expReduced(arg, w)
			fineK, fine, fineErr := expReduced(arg, w+finer)
			if k != fineK {
				t.Errorf("e^%g: exponents %d and %d", x, k, fineK)
				continue
			}
			low, high := new(big.Int).Lsh(v, finer), new(big.Int).Lsh(plus(v, err), finer)
			if low.Cmp(plus(fine, fineErr)) > 0 || fine.Cmp(high) > 0 {
				t.Errorf("e^%g at scale %d: not between %v and %d above", x, w, v, err)
			}
		}
	}
}

// TestReduceAtTheEdge: what is folded may exceed p twice.
func TestReduceAtTheEdge(t *testing.T) {
	t.Parallel()
	m := NewModular(Mersenne61)
	p := new(big.Int).SetUint64(Mersenne61)
	for _, hi := range []uint64{0, 1, Mersenne61 >> 1, Mersenne61 - 1, Mersenne61} {
		for _, lo := range []uint64{0, 1, Mersenne61 - 1, Mersenne61, Mersenne61 + 1, 2*Mersenne61 - 1, 1<<63 - 1, 1 << 63, 1<<64 - 1} {
			want := new(big.Int).SetUint64(hi)
			want.Lsh(want, 64).Add(want, new(big.Int).SetUint64(lo)).Mod(want, p)
			if got := m.reduce(hi, lo); got != want.Uint64() {
				t.Errorf("%d·2^64 + %d mod p = %d, want %v", hi, lo, got, want)
			}
		}
	}
}

// TestIntersect: the ends that are further in bound what both enclose.
func TestIntersect(t *testing.T) {
	t.Parallel()
	f := NewInterval(64)
	between := func(lo, hi int64) Enclosure { return f.Hull(f.FromInt(lo), f.FromInt(hi)) }
	for _, test := range []struct{ a, b, c, d, lo, hi int64 }{{1, 3, 2, 4, 2, 3}, {2, 4, 1, 3, 2, 3}, {1, 4, 2, 3, 2, 3}, {2, 3, 1, 4, 2, 3}, {1, 2, 2, 4, 2, 2}} {
		got, ok := f.Intersect(between(test.a, test.b), between(test.c, test.d))
		lo, hi := f.Bounds(got)
		if !ok || lo.Cmp(big.NewFloat(float64(test.lo))) != 0 || hi.Cmp(big.NewFloat(float64(test.hi))) != 0 {
			t.Errorf("%+v: [%v, %v], %v", test, lo, hi, ok)
		}
	}
	if _, ok := f.Intersect(between(1, 2), between(3, 4)); ok {
		t.Error("disjoint enclosures meet")
	}
}
