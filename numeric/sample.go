package numeric

import (
	"fmt"
	"math/rand/v2"

	"sounding/model"
)

// MaxPaths bounds the number of complete sequences that sampling counts.
const MaxPaths = 1 << 20

// Counts holds how often each complete sequence was drawn.
type Counts struct {
	process *model.Process
	drawn   int64
	// count[i] belongs to the i-th sequence in lexicographic order of edges;
	// offset[t−1][e] is the number of sequences that share the state edge e of
	// position t leaves and take an earlier edge there.
	count  []int64
	offset [][]int
}

// Sample draws n sequences from the base model, with integer arithmetic only:
// the law of the counts is exactly multinomial. The same seed gives the same
// counts. It returns an error if the process has more than MaxPaths sequences or
// weights beyond a machine word.
func Sample(p *model.Process, n int, seed uint64) (*Counts, error) {
	return sampleFrom(p, p, n, seed)
}

// sampleFrom counts, as sequences of p, draws from law, a process that differs
// from p in its weights only. A law other than p is a biased sampler.
func sampleFrom(p, law *model.Process, n int, seed uint64) (*Counts, error) {
	c := &Counts{process: p, drawn: int64(n)}
	if err := c.number(); err != nil {
		return nil, err
	}
	weights := make([][]int64, law.Length())
	totals := make([][]uint64, law.Length())
	for i := range weights {
		l := law.Layer(i + 1)
		w, ok := l.Weights().Int64s()
		if !ok {
			return nil, fmt.Errorf("sampling: layer %d: weights must be at most 2^63 − 1", i)
		}
		weights[i], totals[i] = w, make([]uint64, l.States())
		for x := range totals[i] {
			lo, hi := l.Row(x)
			sum := l.Weights().Sum(lo, hi)
			if !sum.IsUint64() {
				return nil, fmt.Errorf("sampling: layer %d, row %d: sum of weights %v: want less than 2^64", i, x, sum)
			}
			totals[i][x] = sum.Uint64()
		}
	}
	rng := rand.New(rand.NewPCG(seed, 0))
	for range n {
		x, id := 0, 0
		for i := range weights {
			l := law.Layer(i + 1)
			e, _ := l.Row(x)
			for r := rng.Uint64N(totals[i][x]); r >= uint64(weights[i][e]); e++ {
				r -= uint64(weights[i][e])
			}
			id += c.offset[i][e]
			x = l.Next(e)
		}
		c.count[id]++
	}
	return c, nil
}

// number fills offset and allocates count.
func (c *Counts) number() error {
	p := c.process
	below := make([]int, p.States(p.Length()))
	for y := range below {
		below[y] = 1
	}
	c.offset = make([][]int, p.Length())
	for t := p.Length(); t >= 1; t-- {
		l := p.Layer(t)
		c.offset[t-1] = make([]int, l.Edges())
		from := make([]int, l.States())
		for x := range from {
			for e, hi := l.Row(x); e < hi; e++ {
				c.offset[t-1][e] = from[x]
				if from[x] += below[l.Next(e)]; from[x] > MaxPaths {
					return fmt.Errorf("sampling: more than %d sequences", MaxPaths)
				}
			}
		}
		below = from
	}
	c.count = make([]int64, below[0])
	return nil
}

// each calls visit for every sequence with its number, its edges, one per
// position, and its end, a state of layer T.
func (c *Counts) each(visit func(id int, edges []int, end int)) {
	edges := make([]int, c.process.Length())
	var walk func(t, x, id int)
	walk = func(t, x, id int) {
		if t == len(edges) {
			visit(id, edges, x)
			return
		}
		l := c.process.Layer(t + 1)
		for e, hi := l.Row(x); e < hi; e++ {
			edges[t] = e
			walk(t+1, l.Next(e), id+c.offset[t][e])
		}
	}
	walk(0, 0, 0)
}
