package exact

import (
	"sounding/exact/field"
	"sounding/model"
)

// Tables holds the tables of one process, whose numbers change: BenchmarkIdentities fills them
// at every point, as the program in C does that it is compared with.
type Tables[E any] struct {
	Occupancy  [][]E // [t][x]
	H          [][]E // [t][x]
	Innovation [][]E // [t−1][e]

	ring    field.Ring[E]
	numbers *model.Numbers[E]
	law     *law[E]
}

// NewTables returns tables for pt, whose numbers are read when they are filled.
func NewTables[E any](r field.Ring[E], pt *model.Numbers[E]) *Tables[E] {
	p := pt.Process
	s := &Tables[E]{
		Occupancy: newTables[E](p, p.Length()),
		H:         append(newTables[E](p, p.Length()-1), pt.Harm),
		ring:      r,
		numbers:   pt,
		law:       lawOf(r, pt.Prob),
	}
	for t := 1; t <= p.Length(); t++ {
		s.Innovation = append(s.Innovation, make([]E, p.Layer(t).Edges()))
	}
	return s
}

func (s *Tables[E]) Fill() {
	p := s.numbers.Process
	occupancyInto(s.ring, p, s.law, s.Occupancy)
	backwardInto(s.ring, p, s.law, s.H)
	for i, d := range s.Innovation {
		innovationInto(s.ring, s.law.rows, p.Layer(i+1), d, s.H[i+1], s.H[i])
	}
}

// Derivative is that of Fill's expectation of harm.
func (s *Tables[E]) Derivative(tangent [][]E) E {
	return derivative(s.ring, s.numbers.Process, s.law, s.H, tangent)
}
