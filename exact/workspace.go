package exact

import (
	"sounding/exact/field"
	"sounding/model"
)

// Workspace holds tables of one process, whose numbers may change, for a campaign that solves
// at many points of a prime field. To solve again allocates no tables: the next call of Solve
// overwrites them. It is for one goroutine at a time.
type Workspace[E any] struct {
	Occupancy  [][]E // P(y_≤t), summed per state: [t][x]
	H          [][]E // h_t = E[Harm | y_≤t], Definition 1: [t][x]
	Innovation [][]E // Δ_t = h_t − h_{t−1}, Definition 3: [t−1][e]

	ring    field.Ring[E]
	numbers *model.Numbers[E]
	law     law[E]
	memory  []E // of derivative
}

// NewWorkspace returns a workspace for pt. It reads the numbers there when it solves.
func NewWorkspace[E any](r field.Ring[E], pt *model.Numbers[E]) *Workspace[E] {
	p := pt.Process
	w := &Workspace[E]{
		Occupancy: newTables[E](p, p.Length()),
		H:         append(newTables[E](p, p.Length()-1), pt.Harm),
		ring:      r,
		numbers:   pt,
		law:       *lawOf(r, pt.Prob),
		memory:    make([]E, 2*p.States(p.Length())),
	}
	for t := 1; t <= p.Length(); t++ {
		w.Innovation = append(w.Innovation, make([]E, p.Layer(t).Edges()))
	}
	return w
}

// Solve fills the tables.
func (w *Workspace[E]) Solve() {
	r, p := w.ring, w.numbers.Process
	occupancyInto(r, p, &w.law, w.Occupancy)
	backwardInto(r, p, &w.law, w.H)
	for i, d := range w.Innovation {
		innovationInto(r, w.law.rows, p.Layer(i+1), d, w.H[i+1], w.H[i])
	}
}

// Derivative returns what the function Derivative does, of what was solved last.
func (w *Workspace[E]) Derivative(tangent [][]E) E {
	return derivative(w.ring, w.numbers.Process, &w.law, w.H, tangent, w.memory)
}
