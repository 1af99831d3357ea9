package exact_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"sounding/exact"
	"sounding/exact/field"
	"sounding/model"
)

// identities checks the identities of Sections 3 to 5 at random points of 𝔽_p on
// one prefix tree. Its tables are used again from point to point.
type identities struct {
	field.Modular
	*model.Numbers[uint64]
	tables  *exact.Tables[uint64]
	source  splitmix64
	tangent [][]uint64
	scratch []uint64
}

func newIdentities(v, length int) *identities {
	rows := make([][]int64, length)
	for t := range rows {
		rows[t] = make([]int64, pow(v, t+1))
		for e := range rows[t] {
			rows[t][e] = 1
		}
	}
	p := tree(v, rows, 1, make([]int64, pow(v, length))...)
	c := &identities{
		Modular: field.NewModular(prime),
		Numbers: &model.Numbers[uint64]{Process: p, Harm: make([]uint64, p.States(length))},
		source:  1,
		scratch: make([]uint64, p.States(length)),
	}
	for t := range rows {
		c.Prob = append(c.Prob, make([]uint64, len(rows[t])))
		c.tangent = append(c.tangent, make([]uint64, len(rows[t])))
	}
	c.tables = exact.NewTables[uint64](c.Modular, c.Numbers)
	return c
}

// draw fills the rows of a table with elements of sum total, all but the last of
// them free.
func (c *identities) draw(table []uint64, v int, total uint64) {
	for lo := 0; lo < len(table); lo += v {
		row := table[lo : lo+v]
		rest := total
		for a := range row[:v-1] {
			row[a] = c.source.next() % prime
			rest = c.Sub(rest, row[a])
		}
		row[v-1] = rest
	}
}

// gather returns the sums of w over the tokens that follow each prefix, in place of w.
func (c *identities) gather(w []uint64) []uint64 {
	v := c.Process.Vocabulary()
	sums := w[:len(w)/v]
	for x := range sums {
		var sum uint64
		for _, u := range w[x*v : (x+1)*v] {
			sum = c.Add(sum, u)
		}
		sums[x] = sum
	}
	return sums
}

// check draws a point and returns an identity that fails there, or "". Conditional
// expectations by recursion are held to sums over complete sequences, and the
// gradient to a derivative by dual numbers.
func (c *identities) check() string {
	v, T := c.Process.Vocabulary(), c.Process.Length()
	for t := range c.Prob {
		c.draw(c.Prob[t], v, 1)
		c.draw(c.tangent[t], v, 0)
	}
	for y := range c.Harm {
		c.Harm[y] = c.source.next() % prime
	}
	m := c.tables
	m.Fill()

	// P(y_≤t)·h_t(y_≤t) is the sum of P(y)·Harm(y) over the sequences that y_≤t begins.
	sum := c.scratch[:len(c.Harm)]
	for y, p := range m.Occupancy[T] {
		sum[y] = c.Mul(p, c.Harm[y])
	}
	second := c.Dot(sum, c.Harm)
	for t := T - 1; t >= 0; t-- {
		sum = c.gather(sum)
		for x, h := range m.H[t] {
			if c.Mul(m.Occupancy[t][x], h) != sum[x] {
				return "martingale"
			}
		}
	}
	mean := sum[0]

	// E[Δ_s·Δ_t] = 0: the sum over y_≤t of P(y_≤t)·Δ_t(y_≤t)·Δ_s(y_≤s).
	variance, gradient := uint64(0), uint64(0)
	for t := 1; t <= T; t++ {
		step := m.Innovation[t-1]
		w := c.scratch[:len(step)]
		for y, d := range step {
			w[y] = c.Mul(m.Occupancy[t][y], d)
		}
		variance = c.Add(variance, c.Dot(w, step))
		for s := t - 1; s >= 1; s-- {
			if w = c.gather(w); c.Dot(w, m.Innovation[s-1]) != 0 {
				return "orthogonality"
			}
		}
		for x, p := range m.Occupancy[t-1] {
			row := c.Dot(c.tangent[t-1][x*v:(x+1)*v], step[x*v:(x+1)*v])
			gradient = c.Add(gradient, c.Mul(p, row))
		}
	}
	if variance != c.Sub(second, c.Mul(mean, mean)) {
		return "variance"
	}
	if gradient != m.Derivative(c.tangent) {
		return "gradient"
	}
	return ""
}

// BenchmarkIdentities reports how many random points are checked in a second, on all
// cores.
func BenchmarkIdentities(b *testing.B) {
	for _, shape := range [][2]int{{2, 3}, {3, 4}, {4, 6}} {
		b.Run(fmt.Sprintf("V=%d/T=%d", shape[0], shape[1]), func(b *testing.B) {
			b.ReportAllocs()
			var seed atomic.Uint64
			b.RunParallel(func(pb *testing.PB) {
				c := newIdentities(shape[0], shape[1])
				c.source = splitmix64(seed.Add(1))
				for pb.Next() {
					if failed := c.check(); failed != "" {
						b.Errorf("%s fails", failed)
						return
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "points/s")
		})
	}
}
