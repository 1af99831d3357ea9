package exact

import (
	"errors"
	"runtime"
	"sync"
)

// both runs f and g at the same time.
func both(f, g func() error) error {
	var wait sync.WaitGroup
	var errG error
	wait.Go(func() { errG = g() })
	errF := f()
	wait.Wait()
	return errors.Join(errF, errG)
}

// split divides 0 ≤ i < n into ranges and runs f on them at the same time, one per
// core.
func split(n int, f func(lo, hi int) error) error {
	parts := min(n, runtime.GOMAXPROCS(0))
	errs := make([]error, parts)
	var wait sync.WaitGroup
	for k := range parts {
		wait.Go(func() { errs[k] = f(k*n/parts, (k+1)*n/parts) })
	}
	wait.Wait()
	return errors.Join(errs...)
}
