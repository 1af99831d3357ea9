package numeric

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"sounding/model"
)

// matrix is the transition matrix of a layer without its zeros, by rows and by
// columns, and what its rows say whatever position they govern.
type matrix struct {
	rows    compressed // p(a|x) by state x
	columns compressed // by target; made when first asked for
	longest int        // row

	trace    []float64 // tr F(x) = 1 − Σ_a p(a|x)² per state
	recovery []int32   // which of the values ρ_0 has at the state; nil where that is 0
	rho      []share   // the values
}

// compressed holds the entries lo ≤ e < hi of row i, (lo, hi) = start[i], start[i+1].
type compressed struct {
	start  []int
	index  []int32 // of the column
	p      []float64
	blocks []int // bounds of the blocks of rows that a goroutine takes at a time
}

// share is a value of ρ_0 with 1 − ρ_0, each of three roundings.
type share struct{ rho, rest float64 }

// blockWork is the number of entries, and rows, of a block: enough to pay for its
// scheduling, and few enough for all cores to have some.
const blockWork = 1 << 13

// maxBits bounds the bits of a row sum and of the denominator of harm, so that no
// probability underflows.
const maxBits = 1000

func newMatrix(l *model.Layer, w *model.Naturals) (*matrix, error) {
	m := new(matrix)
	small, fits := w.Int64s()
	m.rows.start = make([]int, 1, l.States()+1)
	m.trace = make([]float64, l.States())
	for x := range l.States() {
		lo, hi := l.Row(x)
		sum := w.Sum(lo, hi)
		if sum.BitLen() > maxBits {
			return nil, fmt.Errorf("%w: a row sum of %d bits, want at most %d", ErrRange, sum.BitLen(), maxBits)
		}
		total, _ := sum.Float64()
		for e := lo; e < hi; e++ {
			if w.IsZero(e) {
				continue
			}
			var n, rest float64 // the weight, and those of the other tokens
			if fits && sum.IsInt64() {
				n, rest = float64(small[e]), float64(sum.Int64()-small[e])
			} else {
				big := w.At(e)
				n, _ = big.Float64()
				rest, _ = big.Sub(sum, big).Float64()
			}
			p := n / total
			m.rows.p = append(m.rows.p, p)
			m.rows.index = append(m.rows.index, int32(l.Next(e)))
			m.trace[x] += float64(p * (rest / total))
		}
		m.rows.start = append(m.rows.start, len(m.rows.p))
		m.longest = max(m.longest, len(m.rows.p)-m.rows.start[x])
	}
	m.rows.divide()
	return m, nil
}

// classify sets which values ρ_0 has at the states of a layer.
func (m *matrix) classify(in *model.Instance, l *model.Layer) {
	if len(in.Recovery) == 0 {
		return
	}
	type key struct{ recovering, total string }
	index := make(map[key]int32)
	of := make([]int32, l.States())
	for x := range of {
		recovering, total := in.RecoveryWeights(l, x)
		k := key{string(recovering.Bytes()), string(total.Bytes())}
		i, ok := index[k]
		if !ok {
			i = int32(len(m.rho))
			index[k] = i
			r, _ := recovering.Float64()
			all, _ := total.Float64()
			rest, _ := total.Sub(total, recovering).Float64()
			m.rho = append(m.rho, share{r / all, rest / all})
		}
		of[x] = i
	}
	if len(m.rho) > 1 || m.rho[0].rho > 0 {
		m.recovery = of
	}
}

// divide cuts the rows into blocks.
func (c *compressed) divide() {
	c.blocks = []int{0}
	from := 0
	for i := range len(c.start) - 1 {
		if c.start[i+1]-from+i-c.blocks[len(c.blocks)-1] >= blockWork {
			c.blocks = append(c.blocks, i+1)
			from = c.start[i+1]
		}
	}
	if last := len(c.start) - 1; c.blocks[len(c.blocks)-1] != last {
		c.blocks = append(c.blocks, last)
	}
}

// each calls work for every block with its number and its rows lo ≤ i < hi, on all
// cores where there are several blocks.
func (c *compressed) each(work func(b, lo, hi int)) {
	n := len(c.blocks) - 1
	workers := min(n, runtime.GOMAXPROCS(0))
	if workers <= 1 {
		for b := range n {
			work(b, c.blocks[b], c.blocks[b+1])
		}
		return
	}
	var next atomic.Int64
	var wait sync.WaitGroup
	for range workers {
		wait.Go(func() {
			for b := int(next.Add(1)) - 1; b < n; b = int(next.Add(1)) - 1 {
				work(b, c.blocks[b], c.blocks[b+1])
			}
		})
	}
	wait.Wait()
}

// transpose sets columns, for n targets.
func (m *matrix) transpose(n int) {
	if m.columns.start != nil {
		return
	}
	c := compressed{start: make([]int, n+1), index: make([]int32, len(m.rows.p)), p: make([]float64, len(m.rows.p))}
	for _, y := range m.rows.index {
		c.start[y+1]++
	}
	for y := range n {
		c.start[y+1] += c.start[y]
	}
	at := make([]int, n)
	copy(at, c.start)
	for x := range len(m.rows.start) - 1 {
		for e := m.rows.start[x]; e < m.rows.start[x+1]; e++ {
			y := m.rows.index[e]
			c.index[at[y]], c.p[at[y]] = int32(x), m.rows.p[e]
			at[y]++
		}
	}
	c.divide()
	m.columns = c
}

// forward returns the mass of the n states of the following layer: P(y) = Σ P(x)·p(a|x)
// over the edges into y.
func (m *matrix) forward(mass []float64, n int) []float64 {
	m.transpose(n)
	c := &m.columns
	out := make([]float64, n)
	c.each(func(_, lo, hi int) {
		for y := lo; y < hi; y++ {
			var s compensated
			for e, end := c.start[y], c.start[y+1]; e < end; {
				var part float64
				for stop := min(end, e+chunk); e < stop; e++ {
					part += float64(c.p[e] * mass[c.index[e]])
				}
				s.add(part)
			}
			out[y] = s.value()
		}
	})
	return out
}

// chunk is the number of terms that a sum adds up plainly before it adds them to a
// compensated sum.
const chunk = 8

// stepRoundings: a mean over a row, and the mass of a target, take each term through
// the roundings of p, a product, chunk − 1 additions and those of the compensated
// sum, which are two: the sum of n numbers that are not negative is off by u + γ_n²
// relatively, and γ_n² < u for the fewer than 2²⁶ chunks of a row.
const stepRoundings = weightRoundings + 1 + (chunk - 1) + 2

// backward returns the means of the values of the following layer, per state. It
// reuses out where that is large enough.
func (m *matrix) backward(next, out []value) []value {
	r := &m.rows
	n := len(r.start) - 1
	if cap(out) < n {
		out = make([]value, n)
	}
	out = out[:n]
	r.each(func(_, lo, hi int) {
		for x := lo; x < hi; x++ {
			out[x] = r.mean(x, next)
		}
	})
	return out
}

// mean returns Σ_a p(a|x)·v(xa).
func (c *compressed) mean(x int, v []value) value {
	e, end := c.start[x], c.start[x+1]
	if end-e <= chunk {
		return c.part(e, end, v)
	}
	var h, w, z compensated
	for ; e < end; e += chunk {
		s := c.part(e, min(end, e+chunk), v)
		h.add(s.h)
		w.add(s.w)
		z.add(s.z)
	}
	return value{h.value(), w.value(), z.value()}
}

func (c *compressed) part(lo, hi int, v []value) (s value) {
	p := c.p[lo:hi]
	index := c.index[lo:hi][:len(p)]
	for i, q := range p {
		y := &v[index[i]]
		s.h += float64(q * y.h)
		s.w += float64(q * y.w)
		s.z += float64(q * y.z)
	}
	return s
}
