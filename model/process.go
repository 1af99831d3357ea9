// Package model holds what the suite speaks about: finite autoregressive models
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
)

// MaxStates bounds the number of states of a process, summed over its layers.
const MaxStates = 1 << 26

// Layer holds the transitions that govern one position: one row of edges per
// state. Edge e of state x carries a token, an integer weight (its probability
// is the weight over the sum of the row) and the state of the following layer
// it leads to.
//
// Edges are numbered row by row: those of state x are lo ≤ e < hi with
// (lo, hi) = Row(x). Three shapes share this type and none stores more than it
// has to: a dense row lists every token in order, a sparse row some of them in
// increasing order, and a tree layer leads state x under token a to x·V + a.
//
// A Layer does not change once it is in a Process, and may stand at any number
// of positions of it.
type Layer struct {
	vocabulary int
	states     int
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

// Edge returns the edge of state x that carries token a, and false where the
// row of x does not list it.
func (l *Layer) Edge(x, a int) (int, bool) {
	lo, hi := l.Row(x)
	if l.start == nil {
		return lo + a, true
	}
	for e := lo; e < hi; e++ {
		if int(l.token[e]) == a {
			return e, true
		}
	}
	return 0, false
}

// Targets returns the number of states of the following layer: 1 + the largest
// state that an edge leads to.
func (l *Layer) Targets() int {
	if l.next == nil {
		return l.states * l.vocabulary
	}
	n := int32(-1)
	for _, y := range l.next {
		n = max(n, y)
	}
	return int(n) + 1
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
	return l, l.check()
}

// SparseLayer returns a layer whose row x lists the edges start[x] ≤ e <
// start[x+1] with their tokens in increasing order.
func SparseLayer(v int, start, token []int32, weights Naturals, next []int32) (*Layer, error) {
	if v < 1 || len(start) < 2 || start[0] != 0 || int(start[len(start)-1]) != weights.Len() || len(token) != weights.Len() {
		return nil, errors.New("row boundaries, tokens and weights do not fit together")
	}
	if next == nil {
		return nil, errors.New("sparse rows need the state that each token leads to")
	}
	l := &Layer{vocabulary: v, states: len(start) - 1, weight: weights, next: next, start: start, token: token}
	return l, l.check()
}

// check verifies what the constructors can be given wrong.
func (l *Layer) check() error {
	if l.next != nil && len(l.next) != l.weight.Len() {
		return fmt.Errorf("%d next states for %d weights", len(l.next), l.weight.Len())
	}
	for _, y := range l.next {
		if y < 0 || y >= MaxStates {
			return fmt.Errorf("next state %d, accepted are 0 to %d", y, MaxStates-1)
		}
	}
	for x := range l.states {
		lo, hi := l.Row(x)
		if hi < lo {
			return fmt.Errorf("row %d ends before it starts", x)
		}
		positive := false
		for e := lo; e < hi; e++ {
			if a := l.Token(e); a < 0 || a >= l.vocabulary || e > lo && a <= l.Token(e-1) {
				return fmt.Errorf("row %d: token %d out of order or out of range 0 to %d", x, a, l.vocabulary-1)
			}
			positive = positive || !l.weight.IsZero(e)
		}
		if !positive {
			return fmt.Errorf("row %d has no positive weight", x)
		}
	}
	return nil
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
	if len(layers) == 0 {
		return nil, errors.New("no layers: the length T must be at least 1")
	}
	states, total := 1, 1
	for i, l := range layers {
		if l.vocabulary != v {
			return nil, fmt.Errorf("layer %d is over %d tokens, the process over %d", i, l.vocabulary, v)
		}
		if l.states < states {
			return nil, fmt.Errorf("layer %d has %d rows, but the layer before leads to states 0 to %d", i, l.states, states-1)
		}
		if l.states > states && (i == 0 || layers[i-1].Tree()) {
			return nil, fmt.Errorf("layer %d has %d rows, accepted is one per state: %d", i, l.states, states)
		}
		total += l.states - states // states that nothing leads to
		states = l.Targets()
		if total += states; total > MaxStates {
			return nil, fmt.Errorf("more than %d states in layers 0 to %d", MaxStates, i+1)
		}
	}
	if denominator.Sign() <= 0 {
		return nil, fmt.Errorf("harm denominator %v, accepted are positive integers", denominator)
	}
	if harm.Len() < states || harm.Len() > states && layers[len(layers)-1].Tree() {
		return nil, fmt.Errorf("%d harm values, accepted is one per state of layer %d: %d", harm.Len(), len(layers), states)
	}
	for i := range harm.Len() {
		if harm.At(i).Cmp(denominator) > 0 {
			return nil, fmt.Errorf("harm value %d is %v, accepted are 0 to the denominator %v", i, harm.At(i), denominator)
		}
	}
	return &Process{vocabulary: v, layers: layers, harm: harm, harmDen: new(big.Int).Set(denominator)}, nil
}

// Named returns the process with names for its V tokens.
func (p *Process) Named(tokens []string) (*Process, error) {
	if len(tokens) != p.vocabulary {
		return nil, fmt.Errorf("%d names for %d tokens", len(tokens), p.vocabulary)
	}
	q := *p
	q.tokens = append([]string(nil), tokens...)
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
	reach := make([][]bool, p.Length()+1)
	reach[0] = []bool{true}
	for t := 1; t <= p.Length(); t++ {
		l := p.Layer(t)
		reach[t] = make([]bool, p.States(t))
		for x, ok := range reach[t-1] {
			if !ok {
				continue
			}
			for e, hi := l.Row(x); e < hi; e++ {
				if !l.weight.IsZero(e) {
					reach[t][l.Next(e)] = true
				}
			}
		}
	}
	return reach
}

// Equal reports whether two processes have the same layers, harm and token
// names, written the same way. go-cmp uses it.
func (p *Process) Equal(q *Process) bool {
	if p == nil || q == nil {
		return p == q
	}
	if p.vocabulary != q.vocabulary || len(p.layers) != len(q.layers) || len(p.tokens) != len(q.tokens) ||
		p.harmDen.Cmp(q.harmDen) != 0 || !p.harm.Equal(q.harm) {
		return false
	}
	for i, name := range p.tokens {
		if q.tokens[i] != name {
			return false
		}
	}
	for i, l := range p.layers {
		if !l.equal(q.layers[i]) {
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
