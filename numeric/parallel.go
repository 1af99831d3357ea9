package numeric

import (
	"runtime"
	"sync"
)

// parallelEdges is the number of edges from which on a position is divided among
// the cores: below, waking a goroutine costs more than it saves.
const parallelEdges = 1 << 14

func newWorkers(edges int) []worker {
	w := make([]worker, runtime.GOMAXPROCS(0))
	for i := range w {
		flat := make([]float64, 3*edges)
		w[i].h, w[i].z, w[i].c = flat[:edges], flat[edges:2*edges], flat[2*edges:]
	}
	return w
}

// blockStates returns the number of states per block of l.
func (l *level) blockStates() int {
	return min(blockStates, max(1, blockEdges/l.longest))
}

// blocks returns the number of blocks of l.
func (l *level) blocks() int {
	b := l.blockStates()
	return (l.layer.States() + b - 1) / b
}

// A pass is work on every block of a level.
type pass interface {
	// block does block b, the states lo ≤ x < hi.
	block(w *worker, b, lo, hi int)
}

// each runs the pass on the blocks of l, on several goroutines where l is large, and
// returns the number of blocks.
func (s *Solver) each(l *level, p pass) int {
	blocks := l.blocks()
	k := len(s.workers)
	if l.layer.Edges() < parallelEdges || k == 1 || blocks < k {
		l.run(p, &s.workers[0], 0, blocks)
		return blocks
	}
	var wg sync.WaitGroup
	for j := 1; j < k; j++ {
		wg.Go(func() { l.run(p, &s.workers[j], j*blocks/k, (j+1)*blocks/k) })
	}
	l.run(p, &s.workers[0], 0, blocks/k)
	wg.Wait()
	return blocks
}

// run runs the pass on the blocks from ≤ b < to.
func (l *level) run(p pass, w *worker, from, to int) {
	size, n := l.blockStates(), l.layer.States()
	for b := from; b < to; b++ {
		p.block(w, b, b*size, min(n, (b+1)*size))
	}
}
