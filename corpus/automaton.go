package corpus

import (
	"fmt"
	"math/bits"
)

// automaton is a deterministic finite automaton over the tokens. State 0 is the
// one before the first token.
type automaton struct {
	class []int32 // class of each token: the automaton treats a class as one
	width int     // number of classes
	next  []int32 // next[q·width + class]
	harm  []bool  // whether a sequence that ends in q is harmful
}

func (m *automaton) states() int { return len(m.harm) }

// step returns the state that token a leads to from q.
func (m *automaton) step(q, a int32) int32 { return m.next[int(q)*m.width+int(m.class[a])] }

// compile returns the automaton that decides whether a pattern matches anywhere
// in a sequence of at least one token.
func compile(source string, v *vocabulary) (*automaton, error) {
	tree, err := parse(source, v)
	if err != nil {
		return nil, err
	}
	n, err := newNFA(tree)
	if err != nil {
		return nil, err
	}
	return n.determinise(len(v.names))
}

// nfa is a nondeterministic automaton. Position 0, matched, is the match.
// Positions of kind opToken, opAny, opBegin and opEnd go on to out once they have
// seen what they stand for, those of kind opChoice go on to out and to other at
// once.
type nfa struct {
	positions []position
	start     int32
}

type position struct {
	op         operation
	token      int32
	out, other int32
}

const matched = 0

// newNFA builds the automaton from the match backwards.
func newNFA(tree node) (*nfa, error) {
	n := &nfa{positions: []position{{op: opMatch}}}
	// Before the match any number of tokens: a loop through one of any kind.
	loop, _ := n.add(position{op: opChoice})
	skip, _ := n.add(position{op: opAny, out: loop})
	first, err := n.build(&tree, matched)
	n.positions[loop].out, n.positions[loop].other = first, skip
	n.start = loop
	return n, err
}

func (n *nfa) add(p position) (int32, error) {
	if len(n.positions) == MaxPositions {
		return 0, fmt.Errorf("more than %d positions with repetitions written out", MaxPositions)
	}
	n.positions = append(n.positions, p)
	return int32(len(n.positions) - 1), nil
}

// build adds what matches t and then goes on at position then, and returns where
// it begins. Every node adds a position at least, so that the limit on them
// bounds the time, too.
func (n *nfa) build(t *node, then int32) (first int32, err error) {
	switch t.op {
	case opSequence:
		for i := len(t.sub) - 1; i >= 0 && err == nil; i-- {
			then, err = n.build(&t.sub[i], then)
		}
		return then, err
	case opChoice:
		first, err = n.build(&t.sub[0], then)
		for i := 1; i < len(t.sub) && err == nil; i++ {
			var other int32
			if other, err = n.build(&t.sub[i], then); err == nil {
				first, err = n.add(position{op: opChoice, out: first, other: other})
			}
		}
		return first, err
	case opRepeat:
		return n.repeat(t, then)
	}
	return n.add(position{op: t.op, token: int32(t.token), out: then})
}

func (n *nfa) repeat(t *node, then int32) (first int32, err error) {
	first = then
	if t.max < 0 {
		if first, err = n.add(position{op: opChoice, other: then}); err != nil {
			return 0, err
		}
		body, err := n.build(&t.sub[0], first)
		if err != nil {
			return 0, err
		}
		n.positions[first].out = body
	}
	for i := t.max; i > t.min; i-- { // the optional ones, each may leave for then
		if first, err = n.build(&t.sub[0], first); err != nil {
			return 0, err
		}
		if first, err = n.add(position{op: opChoice, out: first, other: then}); err != nil {
			return 0, err
		}
	}
	for range t.min {
		if first, err = n.build(&t.sub[0], first); err != nil {
			return 0, err
		}
	}
	return first, nil
}

// determinise makes sets of positions the states. Every set that holds the match
// is one and the same state, which nothing leaves. Positions that another one of
// the set simulates are left out: they change nothing, and without that a gap
// "_{0,n}" would cost 2ⁿ states instead of n.
func (n *nfa) determinise(v int) (*automaton, error) {
	m := &automaton{class: make([]int32, v), width: 1}
	for _, p := range n.positions {
		if p.op == opToken && m.class[p.token] == 0 {
			m.class[p.token] = int32(m.width)
			m.width++
		}
	}
	follow, final := n.follow()
	beside := n.redundant(follow, final)

	index := map[set]int32{}
	var states []set
	intern := func(all set) int32 {
		s := all
		for j := range all.members {
			if beside[j].meets(&all) {
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
	intern(n.closure(n.start, true, false))
	byClass := make([]set, m.width)
	for q := 0; q < len(states); q++ {
		if len(states) > MaxAutomaton {
			return nil, fmt.Errorf("its deterministic automaton has more than %d states", MaxAutomaton)
		}
		s := states[q]
		var wild set // what any token leads to
		clear(byClass)
		for i := range s.members {
			switch p := n.positions[i]; p.op {
			case opToken:
				byClass[m.class[p.token]].union(&follow[i])
			case opAny, opMatch:
				wild.union(&follow[i])
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
	for i, p := range n.positions {
		switch p.op {
		case opToken, opAny:
			follow[i] = n.closure(p.out, false, false)
		case opMatch:
			follow[i].add(matched)
			final.add(matched)
		case opEnd:
			if s := n.closure(int32(i), false, true); s.has(matched) {
				final.add(int32(i))
			}
		}
	}
	return follow, final
}

// closure returns the positions other than choices and beginnings that i leads
// to without a token, itself included, passing the anchors given as true.
func (n *nfa) closure(i int32, begin, end bool) (s set) {
	var seen set
	seen.add(i)
	for todo := []int32{i}; len(todo) > 0; {
		i, todo = todo[len(todo)-1], todo[:len(todo)-1]
		p := n.positions[i]
		var to []int32
		switch {
		case p.op == opChoice:
			to = []int32{p.out, p.other}
		case p.op == opBegin && begin, p.op == opEnd && end:
			to = []int32{p.out}
		}
		if p.op != opChoice && p.op != opBegin {
			s.add(i)
		}
		for _, j := range to {
			if !seen.has(j) {
				seen.add(j)
				todo = append(todo, j)
			}
		}
	}
	return s
}

// redundant returns, for each position j, the positions beside which j may be
// left out of a set: those that simulate it, and of several that simulate each
// other the first.
//
// Position i simulates j if it stands for all that j stands for, is final where j
// is, and each position that follows j is simulated by one that follows i; what
// is harmful from j on is then harmful from i on. The largest such relation is
// what remains of the relation of all pairs once nothing in it contradicts the
// definition. Positions mostly follow in falling order, so going through them in
// rising order takes few rounds.
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
	for j, p := range n.positions {
		for i, r := range n.positions {
			if r.covers(p) && (final.has(int32(i)) || !final.has(int32(j))) {
				simulate[j].add(int32(i))
			}
		}
		enable(j)
	}
	for changed := true; changed; {
		changed = false
		for j := range simulate {
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
	beside := make([]set, len(n.positions))
	for j := range simulate {
		for i := range simulate[j].members {
			if int(i) < j || !simulate[i].has(int32(j)) {
				beside[j].add(i)
			}
		}
	}
	return beside
}

// covers reports whether p goes on with every token that r goes on with.
func (p position) covers(r position) bool {
	switch r.op {
	case opToken:
		return p.op == opMatch || p.op == opAny || p.op == opToken && p.token == r.token
	case opAny, opMatch:
		return p.op == opMatch || p.op == opAny
	}
	return true // r goes on with none
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
