package corpus

import (
	"fmt"
	"math/bits"
	"regexp/syntax"
	"slices"
)

// automaton is a deterministic finite automaton over the tokens. State 0 is the
// one before the first token.
type automaton struct {
	class []int32 // class of each token: the automaton treats a class as one
	width int     // number of classes
	next  []int32 // next[q·width + class]
	harm  []bool  // whether a sequence that ends in q is harmful

	within  int      // where positive, the automaton reads so many tokens,
	verdict [2]int32 // and then goes to one of these, by whether it was harmful, for good
}

// close returns the state that q goes to when nothing more is read.
func (m *automaton) close(q int32) int32 {
	if m.harm[q] {
		return m.verdict[1]
	}
	return m.verdict[0]
}

func (m *automaton) states() int { return len(m.harm) }

// step returns the state that token a leads to from q.
func (m *automaton) step(q, a int32) int32 { return m.next[int(q)*m.width+int(m.class[a])] }

var errPositions = fmt.Errorf("more than %d positions with repetitions written out", MaxPositions)

// compile returns the minimal automaton that decides whether a pattern matches anywhere
// in a sequence of at least one token.
func compile(source string, v *vocabulary) (*automaton, error) {
	r, err := parse(source, v)
	if err != nil {
		return nil, err
	}
	prog, err := syntax.Compile(r.Simplify())
	if err != nil {
		return nil, err
	}
	if len(prog.Inst) > MaxPositions {
		return nil, errPositions
	}
	n := &nfa{start: uint32(prog.Start)}
	for _, inst := range prog.Inst {
		n.positions = append(n.positions, newPosition(inst))
	}
	m, err := n.determinise(len(v.names))
	if err != nil {
		return nil, err
	}
	return m.minimal(), nil
}

// nfa is a nondeterministic automaton.
type nfa struct {
	positions []position
	start     uint32
}

// position is an instruction of the program of a regular expression.
type position struct {
	syntax.Inst
	tokens []int // that it goes on with, where these are not all or none
	every  bool  // whether it goes on with every token
}

func newPosition(inst syntax.Inst) position {
	p := position{Inst: inst}
	switch inst.Op {
	case syntax.InstMatch, syntax.InstRuneAny:
		p.every = true
	case syntax.InstRune, syntax.InstRune1:
		for k := 0; k < len(inst.Rune); k += 2 { // pairs that bound a range, or a single rune
			for r := inst.Rune[k]; r <= inst.Rune[min(k+1, len(inst.Rune)-1)]; r++ {
				p.tokens = append(p.tokens, int(r-firstToken))
			}
		}
	}
	return p
}

// covers reports whether p goes on with every token that r goes on with.
func (p *position) covers(r *position) bool {
	return p.every || !r.every && !slices.ContainsFunc(r.tokens, func(a int) bool { return !slices.Contains(p.tokens, a) })
}

// determinise makes sets of positions the states. Every set that holds the match
// is one and the same state, which nothing leaves. Positions that another one of
// the set simulates are left out: they change nothing, and without that a gap
// "_{0,n}" would cost 2ⁿ states instead of n.
func (n *nfa) determinise(v int) (*automaton, error) {
	m := &automaton{class: make([]int32, v), width: 1}
	for i := range n.positions {
		for _, a := range n.positions[i].tokens {
			if m.class[a] == 0 {
				m.class[a] = int32(m.width)
				m.width++
			}
		}
	}
	follow, final := n.follow()
	better := n.redundant(follow, final)

	index := map[set]int32{}
	var states []set
	intern := func(all set) int32 {
		s := all
		for j := range all.members {
			if better[j].meets(&all) {
				s.remove(j)
			}
		}
		q, ok := index[s]
		if !ok {
			q = int32(len(states))
			index[s] = q
			states = append(states, s)
		}
		return q
	}
	intern(n.closure(n.start, syntax.EmptyBeginText))
	byClass := make([]set, m.width)
	for q := 0; q < len(states); q++ {
		if len(states) > MaxAutomaton {
			return nil, fmt.Errorf("its deterministic automaton has more than %d states", MaxAutomaton)
		}
		s := states[q]
		var wild set // what any token leads to
		clear(byClass)
		for i := range s.members {
			if n.positions[i].every {
				wild.union(&follow[i])
			}
			for _, a := range n.positions[i].tokens {
				byClass[m.class[a]].union(&follow[i])
			}
		}
		m.harm = append(m.harm, s.meets(&final))
		for c := range byClass {
			byClass[c].union(&wild)
			m.next = append(m.next, intern(byClass[c]))
		}
	}
	return m, nil
}

// follow returns, for each position, the positions that a token it stands for
// leads to (the match leads to itself), and those positions at which a sequence
// that ends there is harmful.
func (n *nfa) follow() (follow []set, final set) {
	follow = make([]set, len(n.positions))
	isMatch := func(i int32) bool { return n.positions[i].Op == syntax.InstMatch }
	for i := range n.positions {
		switch p := &n.positions[i]; {
		case isMatch(int32(i)):
			follow[i].add(int32(i))
			final.add(int32(i))
		case p.Op == syntax.InstEmptyWidth:
			s := n.closure(uint32(i), syntax.EmptyEndText)
			for j := range s.members {
				if isMatch(j) {
					final.add(int32(i))
				}
			}
		case p.every || p.tokens != nil:
			follow[i] = n.closure(p.Out, 0)
		}
	}
	return follow, final
}

// closure returns the positions that i leads to without a token, itself included,
// passing the given anchors: those that stand for a token, the match and ends that
// are not passed.
func (n *nfa) closure(i uint32, anchors syntax.EmptyOp) (s set) {
	var seen set
	seen.add(int32(i))
	for todo := []uint32{i}; len(todo) > 0; {
		i, todo = todo[len(todo)-1], todo[:len(todo)-1]
		p := n.positions[i]
		var to []uint32
		switch p.Op {
		case syntax.InstAlt, syntax.InstAltMatch:
			to = []uint32{p.Out, p.Arg}
		case syntax.InstCapture, syntax.InstNop:
			to = []uint32{p.Out}
		case syntax.InstEmptyWidth:
			if anchor := syntax.EmptyOp(p.Arg); anchor&^anchors == 0 {
				to = []uint32{p.Out}
			} else if anchor&syntax.EmptyEndText != 0 {
				s.add(int32(i))
			}
		case syntax.InstFail:
		default:
			s.add(int32(i))
		}
		for _, j := range to {
			if !seen.has(int32(j)) {
				seen.add(int32(j))
				todo = append(todo, j)
			}
		}
	}
	return s
}

// redundant returns, for each position j, the positions that make j redundant in
// a set: those that simulate it; of several that simulate each other, the first.
//
// Position i simulates j if it stands for all that j stands for, is final where j
// is, and each position that follows j is simulated by one that follows i; what
// is harmful from j on is then harmful from i on. The largest such relation is
// what remains of the relation of all pairs once nothing in it contradicts the
// definition. Positions mostly follow in rising order, so going through them in
// falling order takes few rounds.
func (n *nfa) redundant(follow []set, final set) []set {
	before := make([]set, len(n.positions)) // the converse of follow
	for j := range follow {
		for f := range follow[j].members {
			before[f].add(int32(j))
		}
	}
	simulate := make([]set, len(n.positions)) // simulate[j]: what simulates j
	able := make([]set, len(n.positions))     // able[f]: what leads to a simulator of f
	enable := func(f int) {
		able[f] = set{}
		for i := range simulate[f].members {
			able[f].union(&before[i])
		}
	}
	for j := range n.positions {
		for i := range n.positions {
			if n.positions[i].covers(&n.positions[j]) && (final.has(int32(i)) || !final.has(int32(j))) {
				simulate[j].add(int32(i))
			}
		}
		enable(j)
	}
	for changed := true; changed; {
		changed = false
		for j := len(simulate) - 1; j >= 0; j-- {
			old := simulate[j]
			for f := range follow[j].members {
				simulate[j].intersect(&able[f])
			}
			if simulate[j] != old {
				enable(j)
				changed = true
			}
		}
	}
	better := make([]set, len(n.positions))
	for j := range simulate {
		for i := range simulate[j].members {
			if int(i) < j || !simulate[i].has(int32(j)) {
				better[j].add(i)
			}
		}
	}
	return better
}

// set is a set of positions.
type set [MaxPositions / 64]uint64

func (s *set) has(i int32) bool { return s[i/64]>>(i%64)&1 == 1 }
func (s *set) add(i int32)      { s[i/64] |= 1 << (i % 64) }
func (s *set) remove(i int32)   { s[i/64] &^= 1 << (i % 64) }

func (s *set) union(t *set) {
	for w := range s {
		s[w] |= t[w]
	}
}

func (s *set) intersect(t *set) {
	for w := range s {
		s[w] &= t[w]
	}
}

// meets reports whether s and t have a member in common.
func (s *set) meets(t *set) bool {
	for w := range s {
		if s[w]&t[w] != 0 {
			return true
		}
	}
	return false
}

// members yields the members of s in increasing order.
func (s *set) members(yield func(i int32) bool) {
	for w, word := range s {
		for ; word != 0; word &= word - 1 {
			if !yield(int32(w*64 + bits.TrailingZeros64(word))) {
				return
			}
		}
	}
}
