package exact

import (
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
)

// both runs f and g concurrently.
func both(f, g func() error) error {
	var wait sync.WaitGroup
	var errG error
	wait.Go(func() { errG = g() })
	errF := f()
	wait.Wait()
	return errors.Join(errF, errG)
}

// split divides 0 ≤ i < n into ranges of at most grain and runs f on them, on all cores,
// each of which takes the next range when it is done with one. It returns the error of the
// first range that has one. Where a single range is left there is no other goroutine: so
// grain should be the work of some ten microseconds or more.
func split(n, grain int, f func(lo, hi int) error) error {
	ranges := (n + grain - 1) / grain
	errs := make([]error, ranges)
	var next atomic.Int64
	var failed atomic.Bool
	work := func() {
		for !failed.Load() {
			k := int(next.Add(1)) - 1
			if k >= ranges {
				return
			}
			if errs[k] = f(k*grain, min(n, (k+1)*grain)); errs[k] != nil {
				failed.Store(true)
			}
		}
	}
	var wait sync.WaitGroup
	for range min(ranges, runtime.GOMAXPROCS(0)) - 1 {
		wait.Go(work)
	}
	work()
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// splitLists is split over 0 ≤ i < sizes[t] for every t, the last t first.
func splitLists(sizes []int, grain int, f func(t, lo, hi int) error) error {
	type part struct{ t, lo, hi int }
	var parts []part
	for t := len(sizes) - 1; t >= 0; t-- {
		for lo := 0; lo < sizes[t]; lo += grain {
			parts = append(parts, part{t, lo, min(sizes[t], lo+grain)})
		}
	}
	return split(len(parts), 1, func(k, _ int) error { return f(parts[k].t, parts[k].lo, parts[k].hi) })
}
