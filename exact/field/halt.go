package field

import "sync/atomic"

// Halt stops computations from another goroutine. A [Rational] or [Interval] that watches
// it panics with [Halted] at the first operation after Set.
type Halt struct{ set atomic.Pointer[Halted] }

// Halted is what an operation panics with after the Halt that it watches was set.
type Halted struct{ Reason string }

// Set halts the computations; the first reason is kept.
func (h *Halt) Set(reason string) { h.set.CompareAndSwap(nil, &Halted{reason}) }

// check panics if h was set. A nil Halt never is.
func (h *Halt) check() {
	if h != nil {
		if r := h.set.Load(); r != nil {
			panic(*r)
		}
	}
}

// Watch makes the operations of q end when h is set.
func (q *Rational) Watch(h *Halt) { q.halt = h }

// Watch returns c with operations that end when h is set.
func (c Interval) Watch(h *Halt) Interval {
	c.halt = h
	return c
}
