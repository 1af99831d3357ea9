// Package model defines the objects of the suite: finite autoregressive models
// as layered processes, harm functions on complete sequences, recovery sets,
// adversarial prefix distributions, the scalars of the objectives, and the
// parameterisations under which gradients are taken.
//
// Everything is stored exactly, as integers: a probability is an integer weight
// over the sum of its row, harm an integer over one common denominator. Nothing
// is rounded on the way in.
package model

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"unicode/utf8"

	"sounding/internal/strict"
)

// MaxStates bounds the number of states of a process, summed over its distinct layers,
// and the size of its vocabulary.
const MaxStates = 1 << 26

// Layer holds the transitions that govern one position: one row of edges per
// state. Edge e of state x carries a token, an integer weight (its probability
// is the weight over the sum of the row) and the state of the following layer
// it leads to.
//
// Edges are numbered row by row: those of state x are lo ≤ e < hi with
// (lo, hi) = Row(x). Three shapes share this type, and each stores only what it
// needs: a dense row lists every token in order, a sparse row some of them in
// increasing order, and a tree layer leads state x under token a to x·V + a.
//
// A Layer in a Process does not change, and may govern any number of its positions.
type Layer struct {
	vocabulary int
	states     int
	targets    int     // number of states that the edges lead to
	next       []int32 // target of each edge; nil in a tree layer
	start      []int32 // row boundaries, states+1 of them; nil when rows are dense
	token      []int32 // token of each edge; nil when rows are dense
	weight     Naturals
}

// States returns the number of states that the layer leads away from.
func (l *Layer) States() int { return l.states }

// Edges returns the number of edges.
func (l *Layer) Edges() int { return l.weight.Len() }

// Row returns the range lo ≤ e < hi of the edges of state x.
func (l *Layer) Row(x int) (lo, hi int) {
	if l.start == nil {
		return x * l.vocabulary, (x + 1) * l.vocabulary
	}
	return int(l.start[x]), int(l.start[x+1])
}

// Token returns the token a of edge e, 0 ≤ a < V.
func (l *Layer) Token(e int) int {
	if l.token == nil {
		return e % l.vocabulary
	}
	return int(l.token[e])
}

// Next returns the state of the following layer that edge e leads to.
func (l *Layer) Next(e int) int {
	if l.next == nil {
		return e
	}
	return int(l.next[e])
}

// Tree reports whether the layer leads state x under token a to x·V + a, so
// that edge e leads to state e.
func (l *Layer) Tree() bool { return l.next == nil }

// Dense reports whether every row lists every token.
func (l *Layer) Dense() bool { return l.start == nil }

// Weights returns the edge weights.
func (l *Layer) Weights() *Naturals { return &l.weight }

// Edge returns the edge of state x that carries token a, 0 ≤ a < V, and false
// where the row of x does not list it.
func (l *Layer) Edge(x, a int) (int, bool) {
	lo, hi := l.Row(x)
	if l.start == nil {
		return lo + a, true
	}
	i, ok := slices.BinarySearch(l.token[lo:hi], int32(a))
	return lo + i, ok
}

// Targets returns the number of states of the following layer: 1 + the largest
// state that an edge leads to.
func (l *Layer) Targets() int { return l.targets }

// WithWeights returns the layer with other weights on the same edges.
func (l *Layer) WithWeights(weights Naturals) (*Layer, error) {
	if weights.Len() != l.Edges() {
		return nil, fmt.Errorf("%d weights for %d edges", weights.Len(), l.Edges())
	}
	m := *l
	m.weight = weights
	return &m, m.check()
}

// TreeLayer returns a dense layer of a prefix tree over a vocabulary of size v:
// weights lists the rows of its states one after the other.
func TreeLayer(v int, weights Naturals) (*Layer, error) {
	return DenseLayer(v, weights, nil)
}

// DenseLayer returns a layer whose rows list every token in order. next holds
// the target of each edge; nil makes a tree layer.
func DenseLayer(v int, weights Naturals, next []int32) (*Layer, error) {
	if v < 1 || weights.Len() == 0 || weights.Len()%v != 0 {
		return nil, fmt.Errorf("%d weights do not make rows of %d", weights.Len(), v)
	}
	l := &Layer{vocabulary: v, states: weights.Len() / v, weight: weights, next: next}
	if err := l.check(); err != nil {
		return nil, err
	}
	return l, nil
}

// SparseLayer returns a layer whose row x lists the edges start[x] ≤ e <
// start[x+1] with their tokens in increasing order.
func SparseLayer(v int, start, token []int32, weights Naturals, next []int32) (*Layer, error) {
	if v < 1 || len(start) < 2 || start[0] != 0 || !slices.IsSorted(start) || int(start[len(start)-1]) != weights.Len() || len(token) != weights.Len() {
		return nil, errors.New("row boundaries, tokens and weights do not fit together")
	}
	if next == nil {
		return nil, errors.New("sparse rows need the state that each token leads to")
	}
	l := &Layer{vocabulary: v, states: len(start) - 1, weight: weights, next: next, start: start, token: token}
	if err := l.check(); err != nil {
		return nil, err
	}
	return l, nil
}

// check verifies what the constructors can be given wrong, and counts the
// states that the layer leads to.
func (l *Layer) check() error {
	if l.next != nil && len(l.next) != l.weight.Len() {
		return fmt.Errorf("%d next states for %d weights", len(l.next), l.weight.Len())
	}
	for _, y := range l.next {
		if y < 0 || y >= MaxStates {
			return fmt.Errorf("next state %d: want 0 to %d", y, MaxStates-1)
		}
		l.targets = max(l.targets, int(y)+1)
	}
	if l.next == nil {
		l.targets = l.states * l.vocabulary
	}
	for x := range l.states {
		lo, hi := l.Row(x)
		for e := lo; l.token != nil && e < hi; e++ {
			if a := l.Token(e); a < 0 || a >= l.vocabulary || e > lo && a <= l.Token(e-1) {
				return strict.Errorf(fmt.Sprintf("/weights/%d", x), "token %d: want distinct tokens from 0 to %d in increasing order", a, l.vocabulary-1)
			}
		}
		if !l.weight.Positive(lo, hi) {
			return strict.Errorf(fmt.Sprintf("/weights/%d", x), "no positive weight: want at least one in every row")
		}
	}
	return nil
}

// leadsTo checks that the layer may be followed by n states: as many as its
// edges lead to, and beyond those, unless it is a layer of a prefix tree, any
// number that nothing leads to.
func (l *Layer) leadsTo(n int) error {
	switch {
	case n == l.targets || n > l.targets && !l.Tree():
		return nil
	case l.Tree():
		return fmt.Errorf("length %d: want %d, one per state of the prefix tree", n, l.targets)
	}
	return fmt.Errorf("length %d: want one per state, and the layer before leads to states 0 to %d", n, l.targets-1)
}

// Process is a layered process: layers 0…T of finitely many states, one state in
// layer 0; from state x of layer t−1 token a leads with probability p(a|x) to a
// state of layer t. Harm is a number per state of layer T.
//
// A prefix tree is the process with V^t states in layer t; an n-gram model read
// by a finite automaton has one state per (context, automaton state). All that
// the paper conditions on y_≤t depends on it only through the state.
type Process struct {
	vocabulary int
	tokens     []string // names, or nil
	layers     []*Layer // layers[t−1] governs position t
	harm       Naturals // numerator per state of layer T
	harmDen    *big.Int
}

// NewProcess joins the layers, layers[t−1] governing position t, to a process
// with the given harm numerators over one denominator.
func NewProcess(v int, layers []*Layer, harm Naturals, denominator *big.Int) (*Process, error) {
	if v < 1 || v > MaxStates {
		return nil, strict.Errorf("/vocabulary", "%d tokens: want 1 to %d", v, MaxStates)
	}
	if len(layers) == 0 {
		return nil, strict.Errorf("/layers", "no layers: want at least one")
	}
	total := harm.Len()
	seen := make(map[*Layer]bool)
	for i, l := range layers {
		if l.vocabulary != v {
			return nil, strict.Errorf(fmt.Sprintf("/layers/%d", i), "rows over %d tokens: want %d, the vocabulary of the process", l.vocabulary, v)
		}
		if i == 0 && l.states != 1 {
			return nil, strict.Errorf("/layers/0/weights", "length %d: want 1, as layer 0 has one state", l.states)
		}
		if i > 0 {
			if err := layers[i-1].leadsTo(l.states); err != nil {
				return nil, strict.Within(fmt.Sprintf("/layers/%d/weights", i), err)
			}
		}
		if seen[l] {
			continue
		}
		seen[l] = true
		if total += l.states; total > MaxStates {
			return nil, strict.Errorf(fmt.Sprintf("/layers/%d", i), "more than %d states in all", MaxStates)
		}
	}
	if denominator.Sign() <= 0 {
		return nil, strict.Errorf("/harm/denominator", "%v: want a positive integer", denominator)
	}
	if err := layers[len(layers)-1].leadsTo(harm.Len()); err != nil {
		return nil, strict.Within("/harm/values", err)
	}
	var limit Naturals
	limit.Append(denominator)
	for i := range harm.Len() {
		if harm.cmp(i, &limit, 0) > 0 {
			return nil, strict.Errorf(fmt.Sprintf("/harm/values/%d", i), "%v: want an integer from 0 to the denominator %v", harm.At(i), denominator)
		}
	}
	return &Process{vocabulary: v, layers: layers, harm: harm, harmDen: new(big.Int).Set(denominator)}, nil
}

// Named returns the process with names for its V tokens: distinct, not empty,
// valid UTF-8.
func (p *Process) Named(tokens []string) (*Process, error) {
	if len(tokens) != p.vocabulary {
		return nil, strict.Errorf("/vocabulary", "length %d: want %d, one per token", len(tokens), p.vocabulary)
	}
	token := make(map[string]int, len(tokens))
	for a, name := range tokens {
		b, twice := token[name]
		switch {
		case name == "" || !utf8.ValidString(name):
			return nil, strict.Errorf(fmt.Sprintf("/vocabulary/%d", a), "%s: want a name that is not empty, in valid UTF-8", strict.Quote(name))
		case twice:
			return nil, strict.Errorf(fmt.Sprintf("/vocabulary/%d", a), "%s is the name of token %d too: want distinct names", strict.Quote(name), b)
		}
		token[name] = a
	}
	q := *p
	q.tokens = slices.Clone(tokens)
	return &q, nil
}

// Vocabulary returns V, the number of tokens.
func (p *Process) Vocabulary() int { return p.vocabulary }

// Length returns T, the number of positions.
func (p *Process) Length() int { return len(p.layers) }

// Tokens returns the names of the tokens, or nil where they have none.
func (p *Process) Tokens() []string { return p.tokens }

// Token returns the name of token a: its number where tokens have no names.
func (p *Process) Token(a int) string {
	if p.tokens == nil {
		return fmt.Sprint(a)
	}
	return p.tokens[a]
}

// Layer returns the layer that governs position t, 1 ≤ t ≤ T.
func (p *Process) Layer(t int) *Layer { return p.layers[t-1] }

// States returns the number of states of layer t, 0 ≤ t ≤ T.
func (p *Process) States(t int) int {
	if t < len(p.layers) {
		return p.layers[t].states
	}
	return p.harm.Len()
}

// Harm returns the harm numerators of the states of layer T.
func (p *Process) Harm() *Naturals { return &p.harm }

// HarmDenominator returns the common denominator of the harm values.
func (p *Process) HarmDenominator() *big.Int { return new(big.Int).Set(p.harmDen) }

// HarmAt returns Harm at state x of layer T.
func (p *Process) HarmAt(x int) *big.Rat { return new(big.Rat).SetFrac(p.harm.At(x), p.harmDen) }

// Tree reports whether the process is a prefix tree: every state has one prefix.
func (p *Process) Tree() bool {
	for _, l := range p.layers {
		if !l.Tree() {
			return false
		}
	}
	return true
}

// WithHarm returns the process with another harm function.
func (p *Process) WithHarm(harm Naturals, denominator *big.Int) (*Process, error) {
	q, err := NewProcess(p.vocabulary, p.layers, harm, denominator)
	if err != nil {
		return nil, err
	}
	q.tokens = p.tokens
	return q, nil
}

// Reachable returns, per layer 0…T, which states have positive probability.
func (p *Process) Reachable() [][]bool {
	return p.visited(p.Length(), p.again, func(t, e int) bool { return !p.Layer(t).weight.IsZero(e) })
}

// Accessible returns, per layer 0…T, the states in which a sequence of tokens
// ends, of probability zero or not. A layer may have others, which no edge leads
// to; no prefix y_<t ends in those.
func (p *Process) Accessible() [][]bool {
	return p.visited(p.Length(), p.again, func(int, int) bool { return true })
}

// again reports whether the layer of position t−1 governs position t too.
func (p *Process) again(t int) bool { return t > 1 && p.Layer(t) == p.Layer(t-1) }

// visited returns, per layer 0…last, the states that the edges e of position t with
// follow(t, e) lead to, one after the other, from layer 0. again(t) says that position
// t follows what position t−1 does; layers that turn out alike may share a slice.
func (p *Process) visited(last int, again func(t int) bool, follow func(t, e int) bool) [][]bool {
	visited := make([][]bool, last+1)
	visited[0] = []bool{true}
	for t := 1; t <= last; t++ {
		l := p.Layer(t)
		if again(t) && p.States(t) == p.States(t-1) && slices.Equal(visited[t-1], visited[t-2]) {
			visited[t-1] = visited[t-2] // so that a long process has few
			visited[t] = visited[t-1]
			continue
		}
		visited[t] = make([]bool, p.States(t))
		for x, ok := range visited[t-1] {
			if !ok {
				continue
			}
			for e, hi := l.Row(x); e < hi; e++ {
				if follow(t, e) {
					visited[t][l.Next(e)] = true
				}
			}
		}
	}
	return visited
}

// Equal reports whether two processes have the same layers, harm and token
// names, written the same way. go-cmp uses it.
func (p *Process) Equal(q *Process) bool {
	if p == nil || q == nil {
		return p == q
	}
	if p.vocabulary != q.vocabulary || len(p.layers) != len(q.layers) || !slices.Equal(p.tokens, q.tokens) ||
		p.harmDen.Cmp(q.harmDen) != 0 || !p.harm.Equal(q.harm) {
		return false
	}
	for i, l := range p.layers {
		again := i > 0 && l == p.layers[i-1] && q.layers[i] == q.layers[i-1]
		if !again && !l.equal(q.layers[i]) {
			return false
		}
	}
	return true
}

func (l *Layer) equal(m *Layer) bool {
	if l == m {
		return true
	}
	if l.states != m.states || l.Edges() != m.Edges() || l.Tree() != m.Tree() || !l.weight.Equal(m.weight) {
		return false
	}
	for x := range l.states {
		lo, hi := l.Row(x)
		if a, b := m.Row(x); a != lo || b != hi {
			return false
		}
	}
	for e := range l.Edges() {
		if l.Token(e) != m.Token(e) || l.Next(e) != m.Next(e) {
			return false
		}
	}
	return true
}
