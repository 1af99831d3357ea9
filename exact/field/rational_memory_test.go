package field

import (
	"math/big"
	"math/rand/v2"
	"runtime"
	"testing"
)

// heap returns the bytes that are reachable.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestRationalMemoryIsBounded: what a Rational remembers of denominators does not grow
// with the number of sums, products and comparisons it has made, whether of
// numbers at hand or with one that it has held from the start.
func TestRationalMemoryIsBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("takes many numbers")
	}
	const n = 60_000
	r := rand.New(rand.NewPCG(1, 2026))
	q := NewRational()
	draw := func() Rat {
		return must(q.FromRat(big.NewRat(r.Int64N(1<<62), 1+r.Int64N(1<<62))))
	}
	held := []Rat{draw(), draw()}
	before := heap()
	for range n {
		a, b := draw(), draw()
		q.Add(a, b)
		q.Add(held[0], a)
		q.Mul(held[1], a)
		q.Cmp(a, b)
	}
	// Far below what n sums would leave behind: 3·n joins or products, of 200 bytes or more each.
	const most = 24 << 20
	if grown := int64(heap()) - int64(before); grown > most {
		t.Errorf("%d rounds leave %d MiB behind, want at most %d", n, grown>>20, most>>20)
	}
	if q.forget(); len(q.table) != 1 || len(q.linked) != 0 {
		t.Errorf("%d denominators and %d with caches are left after all is forgotten", len(q.table), len(q.linked))
	}
	runtime.KeepAlive(held)
}

// TestRationalComparesWithoutInterning: a comparison leaves nothing behind.
func TestRationalComparesWithoutInterning(t *testing.T) {
	t.Parallel()
	q := NewRational()
	var values []Rat
	for d := int64(2); d < 200; d++ {
		values = append(values, must(q.FromRat(big.NewRat(d/2, d*d+1))))
	}
	before := len(q.table)
	for i, a := range values {
		for j, b := range values {
			if got, want := q.Cmp(a, b), a.Rat().Cmp(b.Rat()); got != want {
				t.Fatalf("Cmp(%v, %v) = %d, want %d", a, b, got, want)
			}
			if (q.Equal(a, b) == True) != (i == j) {
				t.Fatalf("%v = %v: %v", a, b, q.Equal(a, b))
			}
		}
	}
	if len(q.table) != before {
		t.Errorf("comparisons made %d denominators", len(q.table)-before)
	}
}
