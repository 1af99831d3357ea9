package field

import (
	"fmt"
	"math/big"
	"testing"

	"github.com/ALTree/bigfloat"
)

// benchmarks runs a benchmark at each of the precisions that matter.
func benchmarks(b *testing.B, run func(b *testing.B, c Interval)) {
	for _, prec := range []uint{128, 256, 512} {
		b.Run(fmt.Sprintf("prec=%d", prec), func(b *testing.B) {
			b.ReportAllocs()
			run(b, NewInterval(prec))
		})
	}
}

// third returns an enclosure of n/3, which is never a point.
func third(c Interval, n int64) Enclosure {
	a, err := c.FromRat(big.NewRat(n, 3))
	if err != nil {
		panic(err)
	}
	return a
}

func BenchmarkIntervalExp(b *testing.B) {
	benchmarks(b, func(b *testing.B, c Interval) {
		a := third(c, -4)
		a.hi = a.lo
		for b.Loop() {
			if _, err := c.Exp(a); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkIntervalExpNarrow(b *testing.B) {
	benchmarks(b, func(b *testing.B, c Interval) {
		a := third(c, -4)
		for b.Loop() {
			if _, err := c.Exp(a); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkBigfloatExp(b *testing.B) {
	benchmarks(b, func(b *testing.B, c Interval) {
		x, _ := c.Bounds(third(c, -4))
		for b.Loop() {
			bigfloat.Exp(x)
		}
	})
}

func BenchmarkIntervalLog(b *testing.B) {
	benchmarks(b, func(b *testing.B, c Interval) {
		a := third(c, 10)
		a.hi = a.lo
		for b.Loop() {
			if _, err := c.Log(a); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkIntervalLogNarrow(b *testing.B) {
	benchmarks(b, func(b *testing.B, c Interval) {
		a := third(c, 10)
		for b.Loop() {
			if _, err := c.Log(a); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkBigfloatLog(b *testing.B) {
	benchmarks(b, func(b *testing.B, c Interval) {
		x, _ := c.Bounds(third(c, 10))
		for b.Loop() {
			bigfloat.Log(x)
		}
	})
}

func BenchmarkIntervalAdd(b *testing.B) {
	benchmarks(b, func(b *testing.B, c Interval) {
		x, y := third(c, 1), third(c, 5)
		for b.Loop() {
			c.Add(x, y)
		}
	})
}

func BenchmarkIntervalMul(b *testing.B) {
	benchmarks(b, func(b *testing.B, c Interval) {
		x, y := third(c, 1), third(c, 5)
		for b.Loop() {
			c.Mul(x, y)
		}
	})
}

// BenchmarkIntervalDot reports the time for 100 products.
func BenchmarkIntervalDot(b *testing.B) {
	benchmarks(b, func(b *testing.B, c Interval) {
		x, y := make([]Enclosure, 100), make([]Enclosure, 100)
		for i := range x {
			x[i], y[i] = third(c, int64(3*i+1)), third(c, int64(6*i+2))
		}
		for b.Loop() {
			c.Dot(x, y)
		}
	})
}
