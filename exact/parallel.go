package exact

import (
	"errors"
	"runtime"
	"sync"
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

// split divides 0 ≤ i < n into one range per core and runs f on them concurrently.
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
