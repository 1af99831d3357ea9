package definition

import (
	"errors"
	"fmt"
	"iter"

	"sounding/model"
)

// MaxSteps bounds the time and memory of an Oracle: the edges in all continuations of
// all states, plus the entries of the tabular scores (the squares of the lengths of
// the rows). A binary tree of 15 positions fits.
const MaxSteps = 1 << 22

// ErrTooLarge reports a process with more sequences than MaxSteps allows.
var ErrTooLarge = errors.New("too many sequences to enumerate")

// Path is a sequence of tokens, held as the edges that carry them.
type Path struct {
	Edges  []int // Edges[k] is an edge of the layer that governs position from+k+1
	States []int // States[k] is the state of layer from+k; one more than Edges
	Shared int   // the number of leading edges in common with the previous path
}

// Paths enumerates every path from state x of layer from to layer to, where
// 0 ≤ from ≤ to ≤ T, in lexicographic order of the edges, including those of
// probability zero. Paths that begin with the same edges are adjacent. The empty path
// is the only one from a layer to itself.
//
// The slices of a Path are overwritten by the next one.
func Paths(p *model.Process, from, x, to int) iter.Seq[Path] {
	return func(yield func(Path) bool) {
		n := to - from
		y := Path{Edges: make([]int, n), States: make([]int, n+1)}
		y.States[0] = x
		depth := 0
		for {
			for ; depth < n; depth++ {
				l := p.Layer(from + depth + 1)
				e, _ := l.Row(y.States[depth])
				y.Edges[depth], y.States[depth+1] = e, l.Next(e)
			}
			if !yield(y) {
				return
			}
			for ; depth > 0; depth-- {
				l, e := p.Layer(from+depth), y.Edges[depth-1]+1
				if _, hi := l.Row(y.States[depth-1]); e < hi {
					y.Edges[depth-1], y.States[depth] = e, l.Next(e)
					break
				}
			}
			if depth == 0 {
				return
			}
			y.Shared = depth - 1
		}
	}
}

// Sequences lists the complete sequences y = y_1…y_T of a process, in the order
// of Paths, including those of probability zero.
type Sequences struct {
	process *model.Process
	count   int
	edges   []int // edges[i·T + t−1]
	states  []int // states[i·(T+1) + t]
	shared  []int // shared[i] is the number of leading edges that i has in common with i−1
	reached []int // reached[i] is the number of edges of i before the first of weight zero
}

// List enumerates the complete sequences of p. The error wraps ErrTooLarge.
func List(p *model.Process) (*Sequences, error) {
	if n := steps(p); n > MaxSteps {
		return nil, fmt.Errorf("%w: more than %d steps", ErrTooLarge, MaxSteps)
	}
	s := &Sequences{process: p}
	for y := range Paths(p, 0, 0, p.Length()) {
		s.edges = append(s.edges, y.Edges...)
		s.states = append(s.states, y.States...)
		s.shared = append(s.shared, y.Shared)
		reached := 0
		for reached < len(y.Edges) && !p.Layer(reached+1).Weights().IsZero(y.Edges[reached]) {
			reached++
		}
		s.reached = append(s.reached, reached)
		s.count++
	}
	return s, nil
}

// steps returns what MaxSteps bounds, or a number above it.
func steps(p *model.Process) int {
	total := 0
	after := make([]int, p.States(p.Length())) // the continuations of each state
	for x := range after {
		after[x] = 1
	}
	for t := p.Length(); t >= 1; t-- {
		l := p.Layer(t)
		at := make([]int, l.States())
		for x := range at {
			lo, hi := l.Row(x)
			for e := lo; e < hi; e++ {
				at[x] = min(at[x]+after[l.Next(e)], MaxSteps+1)
			}
			total = min(total+at[x]*(p.Length()-t+1)+(hi-lo)*(hi-lo), MaxSteps+1)
		}
		after = at
	}
	return total
}

// Len returns the number of complete sequences.
func (s *Sequences) Len() int { return s.count }

// Edge returns the edge that sequence i takes at position t, 1 ≤ t ≤ T.
func (s *Sequences) Edge(i, t int) int { return s.edges[i*s.process.Length()+t-1] }

// State returns the state of layer t, 0 ≤ t ≤ T, that sequence i passes.
func (s *Sequences) State(i, t int) int { return s.states[i*(s.process.Length()+1)+t] }

// Reached reports whether the prefix of t tokens of sequence i has positive
// probability under the weights of the process.
func (s *Sequences) Reached(i, t int) bool { return s.reached[i] >= t }

// Opens reports whether the prefix of t tokens of sequence i is another than
// that of sequence i−1. The sequences with one prefix are an interval that
// begins where Opens is true.
func (s *Sequences) Opens(i, t int) bool { return i == 0 || s.shared[i] < t }

// Horizon returns the smallest k such that Harm is a function of y_≤k almost
// surely (theorem 9, ii): any two complete sequences of positive probability
// whose first k tokens agree have the same harm. It is decided on the integers
// of the process.
func (s *Sequences) Horizon() int {
	k := 0
	for !s.determined(k) {
		k++
	}
	return k
}

// determined reports whether all sequences of positive probability that share
// their first k tokens have one harm. It holds for k = T, where no two do.
func (s *Sequences) determined(k int) bool {
	const none = -1
	length := s.process.Length()
	first := none // the end of the first possible sequence with the present prefix
	for i := range s.count {
		if s.Opens(i, k) {
			first = none
		}
		if !s.Reached(i, length) {
			continue
		}
		end := s.State(i, length)
		if first == none {
			first = end
		} else if s.process.Harm().Cmp(first, end) != 0 {
			return false
		}
	}
	return true
}
