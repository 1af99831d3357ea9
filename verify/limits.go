package verify

import (
	"errors"
	"fmt"
	"math"
	"time"
	"unsafe"

	"sounding/exact"
	"sounding/exact/definition"
	"sounding/exact/field"
	"sounding/model"
)

// A case from outside may be one that a check would need all memory for, or days. What
// grows fastest are the matrices over the parameters of its family, which has one per
// edge: they are held against the limit before they are made. For the rest a check is
// watched, and its next operation on a number ends it.

// Budget is what the checks of a given case may take. The zero Budget has no bounds.
type Budget struct {
	Memory int64         // in bytes, of the matrices of a check
	Time   time.Duration // of all checks together
	// Exceeded, if set, is asked time and again while checks run. It returns why the
	// running check has to end, such as for want of memory, and "" if it has not.
	Exceeded func() string
}

// memoryForFiles is the limit for what comes from files.
const memoryForFiles = 1 << 30

// limits are those of one check.
type limits struct {
	halt   field.Halt
	memory int64 // in bytes, 0 for none
}

// tooLarge ends a check that would need more than its limits.
type tooLarge struct{ reason string }

// skip returns why a check was skipped that panicked with v, if that is what v says.
func skip(v any) (reason string, ok bool) {
	switch v := v.(type) {
	case tooLarge:
		return v.reason, true
	case field.Halted:
		return v.Reason, true
	case error:
		return v.Error(), errors.Is(v, definition.ErrTooLarge)
	}
	return "", false
}

// world returns the world of a case in ℚ.
func (l *limits) world(c *model.Case) *World[field.Rat] {
	q := field.NewRational()
	q.Watch(&l.halt)
	return limited(l, NewCaseWorld(q, c))
}

// limited returns w with limits.
func limited[E any](l *limits, w *World[E]) *World[E] {
	w.limits = l
	return w
}

// Rationals returns a field ℚ for numbers of a check that runs in another ring. It ends
// with the check.
func (w *World[E]) Rationals() *field.Rational {
	q := field.NewRational()
	if w.limits != nil {
		q.Watch(&w.limits.halt)
	}
	return q
}

// reserve ends the check, undecided, where matrices over all parameters, so many
// at a time, need more memory than there may be for them.
func (w *World[E]) reserve(matrices int64) {
	if w.limits == nil || w.limits.memory == 0 {
		return
	}
	var number E
	n := w.Family.Param.Total(w.Family.Process)
	need := float64(matrices) * float64(n) * float64(n) * float64(unsafe.Sizeof(number)) // 10¹³ parameters squared are no int64
	if need > float64(w.limits.memory) {
		panic(tooLarge{fmt.Sprintf("matrices over %d parameters need %.0f MiB, more than the limit of %d MiB", n, math.Ceil(need/(1<<20)), w.limits.memory>>20)})
	}
}

// MeanFisher returns Σ_x weight(x)·F_t(x) over all parameters; see [exact.MeanFisher].
func (w *World[E]) MeanFisher(weight []E, t int) [][]E {
	w.reserve(2) // with what the check makes of it
	return exact.MeanFisher(w.Ring, w.Family, weight, t)
}
