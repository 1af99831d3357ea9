package field

import (
	"fmt"
	"math/big"
	"testing"
)

// third returns an enclosure of n/3, which is never a point.
func third(c Interval, n int64) Enclosure {
	a, err := c.FromRat(big.NewRat(n, 3))
	if err != nil {
		panic(err)
	}
	return a
}

// BenchmarkInterval times one operation on enclosures an ulp wide; dot is of 64 products.
func BenchmarkInterval(b *testing.B) {
	const terms = 64
	for _, op := range []struct {
		name string
		run  func(c Interval, x, y Enclosure) error
	}{
		{"add", func(c Interval, x, y Enclosure) error { c.Add(x, y); return nil }},
		{"mul", func(c Interval, x, y Enclosure) error { c.Mul(x, y); return nil }},
		{"quo", func(c Interval, x, y Enclosure) error { _, err := c.Quo(x, y); return err }},
		{"dot", nil},
		{"exp", func(c Interval, x, _ Enclosure) error { _, err := c.Exp(x); return err }},
		{"log", func(c Interval, _, y Enclosure) error { _, err := c.Log(y); return err }},
		{"expm1", func(c Interval, x, _ Enclosure) error { _, err := c.Expm1(x); return err }},
		{"log1p", func(c Interval, x, _ Enclosure) error { _, err := c.Log1p(x); return err }},
		{"sqrt", func(c Interval, _, y Enclosure) error { _, err := c.Sqrt(y); return err }},
	} {
		for _, prec := range []uint{64, 128, 256, 512, 1024, 4096, 16384} {
			b.Run(fmt.Sprintf("%s/prec=%d", op.name, prec), func(b *testing.B) {
				b.ReportAllocs()
				c := NewInterval(prec)
				x, y := third(c, 1), third(c, 10)
				run := op.run
				if run == nil {
					u, v := make([]Enclosure, terms), make([]Enclosure, terms)
					for i := range u {
						u[i], v[i] = third(c, int64(3*i+1)), third(c, int64(6*i+2))
					}
					run = func(c Interval, _, _ Enclosure) error { c.Dot(u, v); return nil }
				}
				for b.Loop() {
					if err := run(c, x, y); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
