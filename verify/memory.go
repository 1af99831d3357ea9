package verify

import (
	"fmt"
	"unsafe"

	"sounding/exact"
)

// A case from outside may be one that a check would need all memory for. What
// grows fastest are the matrices over the parameters of its family, which has one
// per edge: they are what the limit of Options.Memory is held against, before
// they are made.

// DefaultMemory is the limit for what comes from files.
const DefaultMemory = 1 << 30

// tooLarge ends a check that would need more memory than the limit.
type tooLarge struct{ reason string }

// reserve ends the check, undecided, where matrices over all parameters, so many
// at a time, need more memory than there may be for them.
func (w *World[E]) reserve(matrices int64) {
	var number E
	n := int64(w.Family.Param.Total(w.Family.Process)) // at most model.MaxStates
	if need := matrices * n * n * int64(unsafe.Sizeof(number)); w.memory > 0 && need > w.memory {
		panic(tooLarge{fmt.Sprintf("skipped: matrices over %d parameters need %d MiB, more than the limit of %d MiB", n, (need+1<<20-1)>>20, w.memory>>20)})
	}
}

// MeanFisher returns Σ_x weight(x)·F_t(x) over all parameters; see [exact.MeanFisher].
func (w *World[E]) MeanFisher(weight []E, t int) [][]E {
	w.reserve(2) // with what the check makes of it
	return exact.MeanFisher(w.Ring, w.Family, weight, t)
}
