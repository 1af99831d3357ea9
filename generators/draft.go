package generators

import (
	"fmt"
	"math/big"

	"sounding/model"
)

// A draft is a case under construction: every row lists every token, and layers
// may still be changed. Edge x·V + a of a layer is token a of state x.
type draft struct {
	v      int
	layers []*draftLayer // layers[t−1] governs position t; one layer may govern several
	sparse bool          // rows of the finished case leave out edges that nothing gives weight
	harm   []int64       // per state of layer T
	den    int64         // of harm

	kind     model.Kind
	n        int       // parameters
	features [][]int64 // per position, n per edge; unused when tabular

	adversary model.AdversaryKind
	rows      [][]int64 // per position 1…T−1 (or T), one weight per edge

	recovery            []int
	lambda, beta, gamma *big.Rat
}

type draftLayer struct {
	weight []*big.Int // shared between edges: never written through
	next   []int      // nil in a prefix tree
}

var one = big.NewInt(1)

// newTree returns the prefix tree over v tokens of length t with uniform
// conditionals and no harm.
func newTree(v, t int) *draft {
	d := &draft{v: v, den: 1}
	states := 1
	for range t {
		d.layers = append(d.layers, newLayer(v, states))
		states *= v
	}
	d.harm = make([]int64, states)
	return d
}

// newLayered returns the process with width states in every layer but the first
// in which a state is the last token mod width. When repeated, one layer governs
// all positions from the second on.
func newLayered(v, t, width int, repeated bool) *draft {
	d := &draft{v: v, den: 1, harm: make([]int64, width)}
	for i := range t {
		if repeated && i > 1 {
			d.layers = append(d.layers, d.layers[1])
			continue
		}
		states := width
		if i == 0 {
			states = 1
		}
		l := newLayer(v, states)
		l.next = make([]int, v*states)
		for e := range l.next {
			l.next[e] = e % v % width
		}
		d.layers = append(d.layers, l)
	}
	return d
}

func newLayer(v, states int) *draftLayer {
	l := &draftLayer{weight: make([]*big.Int, v*states)}
	for e := range l.weight {
		l.weight[e] = one
	}
	return l
}

func (d *draft) length() int { return len(d.layers) }

func (d *draft) tree() bool { return d.layers[0].next == nil }

// states returns the number of states of layer t, 0 ≤ t ≤ T.
func (d *draft) states(t int) int {
	if t == d.length() {
		return len(d.harm)
	}
	return d.edges(t+1) / d.v
}

// edges returns the number of edges of the layer that governs position t.
func (d *draft) edges(t int) int { return len(d.layers[t-1].weight) }

func (d *draft) positive(t, e int) bool { return d.layers[t-1].weight[e].Sign() > 0 }

func (d *draft) next(t, e int) int {
	if l := d.layers[t-1]; l.next != nil {
		return l.next[e]
	}
	return e
}

// repair gives token 0 the weight 1 in every row that the edits left without any.
func (d *draft) repair() {
	for _, l := range d.layers {
		for _, e := range d.emptyRows(len(l.weight), func(e int) bool { return l.weight[e].Sign() > 0 }) {
			l.weight[e] = one
		}
	}
	for _, row := range d.rows {
		for _, e := range d.emptyRows(len(row), func(e int) bool { return row[e] > 0 }) {
			row[e] = 1
		}
	}
}

// emptyRows returns the first edges of the rows that have no positive one.
func (d *draft) emptyRows(edges int, positive func(e int) bool) []int {
	var list []int
	empty := true
	for e := range edges {
		empty = empty && !positive(e)
		if e%d.v == d.v-1 {
			if empty {
				list = append(list, e-d.v+1)
			}
			empty = true
		}
	}
	return list
}

// first returns the first edge of positive weight at state x of layer t−1.
func (d *draft) first(t, x int) int {
	for e := x * d.v; ; e++ {
		if d.positive(t, e) {
			return e
		}
	}
}

// walk follows first edges from state x of layer s to layer t.
func (d *draft) walk(s, x, t int) int {
	for s < t {
		s++
		x = d.next(s, d.first(s, x))
	}
	return x
}

// fork makes position k ≥ 1 matter as far as transitions go: at the state that
// the first edges lead to, two tokens have positive weight and lead to two
// different states. It returns their edges.
func (d *draft) fork(k int) (e, f int) {
	l := d.layers[k-1]
	x := d.walk(0, 0, k-1)
	e = d.first(k, x)
	f = x*d.v + (e+1)%d.v
	if l.weight[f].Sign() == 0 {
		l.weight[f] = one
	}
	if l.next != nil && l.next[e] == l.next[f] {
		l.next[f] = (l.next[e] + 1) % d.states(k)
	}
	return e, f
}

// reached returns the states of layer t that state x of layer s leads to with
// positive probability, in increasing order of first arrival.
func (d *draft) reached(s, x, t int) []int {
	front := []int{x}
	for s < t {
		s++
		seen := make([]bool, d.states(s))
		var after []int
		for _, x := range front {
			for e := x * d.v; e < (x+1)*d.v; e++ {
				if y := d.next(s, e); d.positive(s, e) && !seen[y] {
					seen[y] = true
					after = append(after, y)
				}
			}
		}
		front = after
	}
	return front
}

// settle makes harm a function of the state of layer k on all sequences of
// positive probability, and leaves it alone on the others. In a layered process
// the state of layer k is carried along to the end.
func (d *draft) settle(k int) {
	if !d.tree() {
		for t := k + 1; t <= d.length(); t++ {
			for e := range d.edges(t) {
				if d.positive(t, e) {
					d.layers[t-1].next[e] = e / d.v
				}
			}
		}
		return
	}
	for _, x := range d.reached(0, 0, k) {
		d.setHarm(k, x, d.harm[d.walk(k, x, d.length())])
	}
}

// setHarm sets harm on what state x of layer t leads to with positive probability.
func (d *draft) setHarm(t, x int, j int64) {
	for _, y := range d.reached(t, x, d.length()) {
		d.harm[y] = j
	}
}

// other returns a harm numerator that is not j.
func (d *draft) other(j int64) int64 {
	if j == 0 {
		return d.den
	}
	return 0
}

// open makes sure that harm is not constant with probability one.
func (d *draft) open() {
	leaves := d.reached(0, 0, d.length())
	for _, y := range leaves {
		if d.harm[y] != d.harm[leaves[0]] {
			return
		}
	}
	if len(leaves) == 1 {
		e, f := d.fork(d.length())
		leaves = []int{d.next(d.length(), e), d.next(d.length(), f)}
	}
	y := leaves[len(leaves)-1]
	d.harm[y] = d.other(d.harm[leaves[0]])
}

// plantHorizon makes k the horizon: harm is decided by the first k tokens with
// probability one, and not by the first k−1. A horizon k ≥ 1 needs two tokens,
// and in a layered process two states.
func (d *draft) plantHorizon(k int) {
	if k == 0 {
		d.settle(0)
		return
	}
	e, f := d.fork(k)
	d.settle(k)
	y, z := d.next(k, e), d.next(k, f)
	if j := d.harm[d.walk(k, y, d.length())]; j == d.harm[d.walk(k, z, d.length())] {
		d.setHarm(k, z, d.other(j))
	}
}

// openBranch puts a zero-probability branch after position t−1 on which harm
// differs from the sequences beside it, for a prefix tree with two tokens or
// more whose horizon, planted already, lies before t.
func (d *draft) openBranch(t int) {
	x := d.walk(0, 0, t-1)
	e := d.first(t, x)
	f := x*d.v + (e+1)%d.v
	d.layers[t-1].weight[f] = new(big.Int)
	d.harm[d.walk(t, f, d.length())] = d.other(d.harm[d.walk(t, e, d.length())])
}

// plantSilence makes position t carry no information although harm is still open
// after it, 1 ≤ t < k ≤ T: whatever the token at t, the same happens afterwards.
// In a layered process, whose states may merge after k, k has to be T.
func (d *draft) plantSilence(t, k int) {
	e, f := d.fork(k)
	y, z := d.walk(k, d.next(k, e), d.length()), d.walk(k, d.next(k, f), d.length())
	if d.harm[y] == d.harm[z] {
		d.harm[z] = d.other(d.harm[y])
	}
	d.silence(t)
}

// silence gives all tokens of positive weight at position t the same future, that
// of the first of them.
func (d *draft) silence(t int) {
	for x := range d.states(t - 1) {
		e := d.first(t, x)
		for f := e + 1; f < (x+1)*d.v; f++ {
			switch {
			case !d.positive(t, f):
			case d.tree():
				d.copyFuture(t, f, e)
			default:
				d.layers[t-1].next[f] = d.layers[t-1].next[e]
			}
		}
	}
}

// copyFuture overwrites the weights and the harm below state x of layer t of a
// prefix tree with those below state y.
func (d *draft) copyFuture(t, x, y int) {
	d.copyWeights(t, x, y)
	leaves := len(d.harm) / d.states(t)
	copy(d.harm[x*leaves:(x+1)*leaves], d.harm[y*leaves:(y+1)*leaves])
}

// copyWeights is copyFuture without the harm.
func (d *draft) copyWeights(t, x, y int) {
	width := 1
	for s := t + 1; s <= d.length(); s++ {
		width *= d.v
		w := d.layers[s-1].weight
		copy(w[x*width:(x+1)*width], w[y*width:(y+1)*width])
	}
}

// build finishes the draft. It panics where the model refuses it: a draft is
// valid by construction.
func (d *draft) build() *model.Case {
	keep := make(map[*draftLayer][]bool)
	if d.sparse {
		for _, l := range d.layers {
			keep[l] = make([]bool, len(l.weight))
		}
		for t := 1; t <= d.length(); t++ {
			k := keep[d.layers[t-1]]
			for e := range k {
				k[e] = k[e] || d.positive(t, e) || t < d.length() && d.adversary == model.AdversaryUniform ||
					t <= len(d.rows) && d.rows[t-1][e] > 0
			}
		}
	}
	built := make(map[*draftLayer]*model.Layer)
	layers := make([]*model.Layer, d.length())
	for i, l := range d.layers {
		if built[l] == nil {
			built[l] = must(l.build(d.v, keep[l]))
		}
		layers[i] = built[l]
	}
	in := model.NewInstance(must(model.NewProcess(d.v, layers, model.NaturalsOf(d.harm...), big.NewInt(d.den))))
	in.Recovery = d.recovery
	in.Lambda.Set(d.lambda)
	in.Beta.Set(d.beta)
	in.Gamma.Set(d.gamma)
	in.Adversary.Kind = d.adversary
	for i, row := range d.rows {
		in.Adversary.Rows = append(in.Adversary.Rows, model.NaturalsOf(kept(row, 1, keep[d.layers[i]])...))
	}
	c := &model.Case{Instance: in, Parameterisation: model.Parameterisation{Kind: d.kind}}
	if d.kind != model.Tabular {
		c.Parameterisation.Parameters = d.n
		for i, f := range d.features {
			c.Parameterisation.Features = append(c.Parameterisation.Features, kept(f, d.n, keep[d.layers[i]]))
		}
	}
	return c
}

// build returns the finished layer with the edges that keep names, all if nil.
func (l *draftLayer) build(v int, keep []bool) (*model.Layer, error) {
	var weights model.Naturals
	var next, token []int32
	start := []int32{0}
	for e, w := range l.weight {
		if keep == nil || keep[e] {
			weights.Append(w)
			token = append(token, int32(e%v))
			if l.next != nil {
				next = append(next, int32(l.next[e]))
			}
		}
		if e%v == v-1 {
			start = append(start, int32(len(token)))
		}
	}
	if keep == nil {
		return model.DenseLayer(v, weights, next)
	}
	return model.SparseLayer(v, start, token, weights, next)
}

// kept returns the entries, n per edge, of the edges that keep names, all if nil.
func kept(entries []int64, n int, keep []bool) []int64 {
	if keep == nil {
		return entries
	}
	var list []int64
	for e, k := range keep {
		if k {
			list = append(list, entries[e*n:(e+1)*n]...)
		}
	}
	return list
}

func must[E any](value E, err error) E {
	if err != nil {
		panic(fmt.Sprintf("generators: built something invalid: %v", err))
	}
	return value
}
