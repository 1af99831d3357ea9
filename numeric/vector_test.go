package numeric

import (
	"math"
	"math/rand/v2"
	"testing"
)

// The kernels in assembly against the Go code beside them, which the same
// functions run on fewer than four states or numbers.

func draw(r *rand.Rand, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = 0.01 + r.Float64()
	}
	return x
}

func TestVectorRows(t *testing.T) {
	t.Parallel()
	if !vector {
		t.Skip("no vector kernels here")
	}
	r := rand.New(rand.NewPCG(14, 0))
	for _, v := range []int{2, 4, 8} {
		for _, n := range []int{4, 5, 12, 127} {
			in := rows{p: draw(r, n*v), h: draw(r, n*v), z: draw(r, n*v), c: draw(r, n*v), prob: draw(r, n)}
			for i := range n { // rows of probabilities
				var sum float64
				row := in.p[i*v : (i+1)*v]
				for _, w := range row {
					sum += w
				}
				for a := range row {
					row[a] /= sum
				}
			}
			outputs := func(q *rows) []*[]float64 {
				return []*[]float64{&q.d, &q.g, &q.mean, &q.sumZ, &q.carry, &q.trace, &q.local, &q.norm}
			}
			a, b := in, in
			for _, q := range []*rows{&a, &b} {
				for i, o := range outputs(q) {
					*o = make([]float64, n)
					if i < 2 {
						*o = make([]float64, n*v)
					}
				}
			}
			a.run(v)
			for i := range n {
				b.row(i, i*v, (i+1)*v)
			}
			for k, got := range outputs(&a) {
				want := *outputs(&b)[k]
				for i, x := range *got {
					// Both are sums of v products of numbers of size ≤ 1.01 with
					// at most six roundings each; 2 is their size twice over.
					if !(math.Abs(x-want[i]) <= 2*2*gamma(float64(v)+6)) {
						t.Fatalf("V=%d, %d rows, output %d: entry %d is %g, in Go %g", v, n, k, i, x, want[i])
					}
				}
			}
		}
	}
}

func TestVectorLogs(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(15, 0))
	src := logArguments(r)
	dst, one := make([]float64, len(src)), make([]float64, 1)
	logs(dst, src)
	for i, x := range src {
		if logs(one, []float64{x}); dst[i] != one[0] {
			t.Fatalf("log %g: %.17g in a block, %.17g alone", x, dst[i], one[0])
		}
	}
}

func TestVectorLeaves(t *testing.T) {
	t.Parallel()
	in := workload(t, 3, 4, 9)
	l := newLeaves(in.Process)
	l.tilt(0.7)
	n := len(l.code)
	h, z, c := make([]float64, n), make([]float64, n), make([]float64, n)
	l.expand(h, z, c, l.code)
	for x := range n {
		if a, b, d := l.at(x); h[x] != a || z[x] != b || c[x] != d {
			t.Fatalf("leaf %d: %g %g %g, want %g %g %g", x, h[x], z[x], c[x], a, b, d)
		}
	}
}

func TestVectorSums(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(16, 0))
	const n = 103
	q := rows{
		prob: draw(r, n), local: draw(r, n), carry: draw(r, n), norm: draw(r, n), trace: draw(r, n), sumZ: draw(r, n),
	}
	logZ, variance := draw(r, n), make([]float64, n)
	series := gibbsSeries{expm1: r.Float64(), even: [5]float64(draw(r, 5)), odd: [4]float64(draw(r, 4))} // every coefficient counts
	l := &level{layer: workload(t, 2, 7, 1).Layer(7), uniform: 2}
	l.Probability, l.Adversary, l.Recovery = draw(r, n), draw(r, n), make([]float64, n)
	l.Conditional = draw(r, 2*n)
	l.gibbs = gibbs{eta: seriesEta / 2, series: series}
	in := workload(t, 2, 1, 1)
	w := &newWorkers(1)[0]

	whole := w.recovery(in, l, 0, n)
	whole.carry++ // moments adds to what is there
	whole.moments(&q, logZ, variance, 1)
	parts := sums{carry: 1}
	for i := range n {
		part := w.recovery(in, l, i, i+1)
		one := rows{
			prob: q.prob[i : i+1], local: q.local[i : i+1], carry: q.carry[i : i+1],
			norm: q.norm[i : i+1], trace: q.trace[i : i+1], sumZ: q.sumZ[i : i+1],
		}
		v := make([]float64, 1)
		if part.moments(&one, logZ[i:i+1], v, 1); v[0] != variance[i] {
			t.Fatalf("variance %d: %g in a block, %g alone", i, variance[i], v[0])
		}
		parts.add(&part)
	}
	for k, got := range whole.fields() {
		// n terms of size at most 1.01⁴ < 2, with at most 32 roundings each.
		if want := *parts.fields()[k]; !(math.Abs(*got-want) <= 2*2*n*gamma(n+32)) {
			t.Errorf("sum %d: %g in a block, %g one by one", k, *got, want)
		}
	}
}
