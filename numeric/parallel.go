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

// each calls work for every block of l with its number b and its states lo ≤ x <
// hi, on several goroutines where l is large, and returns the number of blocks.
func (s *Solver) each(l *level, work func(w *worker, b, lo, hi int)) int {
	size, n, blocks := l.blockStates(), l.layer.States(), l.blocks()
	run := func(w *worker, from, to int) {
		for b := from; b < to; b++ {
			work(w, b, b*size, min(n, (b+1)*size))
		}
	}
	k := len(s.workers)
	if l.layer.Edges() < parallelEdges || k == 1 || blocks < k {
		run(&s.workers[0], 0, blocks)
		return blocks
	}
	var wg sync.WaitGroup
	for j := 1; j < k; j++ {
		wg.Go(func() { run(&s.workers[j], j*blocks/k, (j+1)*blocks/k) })
	}
	run(&s.workers[0], 0, blocks/k)
	wg.Wait()
	return blocks
}
