package corpus

import (
	"encoding/binary"
	"fmt"
	"slices"

	"sounding/model"
)

// product is the n-gram model read by the automaton, explored as far as asked.
// Contexts and pairs are numbered in the order in which they are found.
type product struct {
	grams *ngrams
	dfa   *automaton

	contexts  []context
	contextOf map[context]int32
	rows      []row     // per context, empty until a pair with it is expanded
	after     [][]int32 // per context, the context after each token of its row

	pairs   []pair
	pairOf  map[pair]int32
	targets [][]int32 // per pair, the pair after each token; nil until expanded
	number  []int32   // per pair, scratch of layer
}

// pair is a context and a state of the automaton.
type pair struct{ context, automaton int32 }

func newProduct(g *ngrams, m *automaton) *product {
	p := &product{grams: g, dfa: m, contextOf: map[context]int32{}, pairOf: map[pair]int32{}}
	p.pair(p.context(context{}), 0)
	return p
}

func (p *product) context(c context) int32 {
	i, ok := p.contextOf[c]
	if !ok {
		i = int32(len(p.contexts))
		p.contextOf[c] = i
		p.contexts = append(p.contexts, c)
		p.rows = append(p.rows, row{})
		p.after = append(p.after, nil)
	}
	return i
}

func (p *product) pair(c, q int32) int32 {
	key := pair{c, q}
	i, ok := p.pairOf[key]
	if !ok {
		i = int32(len(p.pairs))
		p.pairOf[key] = i
		p.pairs = append(p.pairs, key)
		p.targets = append(p.targets, nil)
		p.number = append(p.number, 0)
	}
	return i
}

// expand finds the pairs that pair x leads to.
func (p *product) expand(x int32) {
	if p.targets[x] != nil {
		return
	}
	s := p.pairs[x]
	if p.after[s.context] == nil {
		c := p.contexts[s.context]
		r := p.grams.row(c)
		after := make([]int32, len(r.tokens))
		for i, a := range r.tokens {
			after[i] = p.context(c.push(a, p.grams.order))
		}
		p.rows[s.context], p.after[s.context] = r, after
	}
	targets := make([]int32, len(p.after[s.context]))
	for i, a := range p.rows[s.context].tokens {
		targets[i] = p.pair(p.after[s.context][i], p.dfa.step(s.automaton, a))
	}
	p.targets[x] = targets
}

// chain holds the layers of a process, each stored once however many positions it
// governs, and the pairs that layer T consists of.
type chain struct {
	layers   []*model.Layer // of positions 1…T
	distinct []*model.Layer
	last     []int32
}

// stage is a set of pairs that a layer consists of, in increasing order.
type stage struct {
	pairs  []int32
	closed bool // nothing leads out of it, and it stands for all layers from there on
}

// leading is a layer and the stage that it leads to.
type leading struct {
	layer *model.Layer
	to    int
}

// unfold finds the layers of a process of the given length. A layer consists of the
// pairs that exactly t tokens lead to. From one step to the next these sets may grow
// for long before they repeat; once the layers have more than ramp edges, the next one
// consists of all pairs that can still be reached, some of them with probability 0 so
// early, and repeats from there on.
func (p *product) unfold(length, ramp int) (*chain, error) {
	c := &chain{layers: make([]*model.Layer, length)}
	stages := []stage{{pairs: []int32{0}}}
	seen := map[string]int{fingerprint(stages[0].pairs): 0}
	type key struct {
		from    int
		closing bool
	}
	known := make(map[key]leading)
	edges, from := 0, 0
	for t := range length {
		k := key{from, p.dfa.within == t+1}
		l, ok := known[k]
		if !ok {
			for _, x := range stages[from].pairs {
				edges += p.grams.size(p.contexts[p.pairs[x].context])
			}
			if edges > MaxEdges {
				return nil, fmt.Errorf("more than %d edges in the first %d layers: choose a smaller order or vocabulary, no smoothing, or a simpler pattern", MaxEdges, t+1)
			}
			targets := p.targetsOf(stages[from].pairs, k.closing)
			to := stage{pairs: union(targets)}
			switch {
			case stages[from].closed && !k.closing:
				to = stages[from]
			case edges > ramp:
				to = stage{p.closure(to.pairs), true}
			}
			var err error
			if l.layer, err = p.layer(stages[from].pairs, targets, to.pairs); err != nil {
				return nil, err
			}
			name := fingerprint(to.pairs)
			if l.to, ok = seen[name]; !ok {
				l.to = len(stages)
				seen[name] = l.to
				stages = append(stages, to)
			}
			stages[l.to].closed = to.closed
			known[k] = l
			c.distinct = append(c.distinct, l.layer)
		}
		c.layers[t], from = l.layer, l.to
	}
	c.last = stages[from].pairs
	return c, nil
}

// maxRamp is the number of edges from which on layers are no longer told apart by the
// pairs that exactly t tokens lead to, a second's work.
const maxRamp = 1 << 20

// targetsOf returns, for each of the pairs, the pairs that its tokens lead to. If closing
// is set, these are the last tokens that the automaton reads.
func (p *product) targetsOf(from []int32, closing bool) [][]int32 {
	targets := make([][]int32, len(from))
	for i, x := range from {
		p.expand(x)
		targets[i] = p.targets[x]
		if !closing {
			continue
		}
		targets[i] = make([]int32, len(p.targets[x]))
		for j, y := range p.targets[x] {
			targets[i][j] = p.pair(p.pairs[y].context, p.dfa.close(p.pairs[y].automaton))
		}
	}
	return targets
}

// closure returns all pairs that the given ones lead to, themselves included.
func (p *product) closure(from []int32) []int32 {
	all := slices.Clone(from)
	found := make(map[int32]bool, len(from))
	for _, x := range from {
		found[x] = true
	}
	for i := 0; i < len(all); i++ {
		p.expand(all[i])
		for _, y := range p.targets[all[i]] {
			if !found[y] {
				found[y] = true
				all = append(all, y)
			}
		}
	}
	slices.Sort(all)
	return all
}

// union returns the members of the lists in increasing order.
func union(lists [][]int32) []int32 {
	all := slices.Concat(lists...)
	slices.Sort(all)
	return slices.Compact(all)
}

// layer returns the layer that leads from some pairs to their targets, which are
// numbered by their place in to.
func (p *product) layer(from []int32, targets [][]int32, to []int32) (*model.Layer, error) {
	for i, y := range to {
		p.number[y] = int32(i)
	}
	var token, next []int32
	var weights model.Naturals
	start := []int32{0}
	for i, x := range from {
		r := &p.rows[p.pairs[x].context]
		token = append(token, r.tokens...)
		for _, y := range targets[i] {
			next = append(next, p.number[y])
		}
		for i := range r.weights.Len() {
			weights.AppendFrom(&r.weights, i)
		}
		start = append(start, int32(len(next)))
	}
	if v := p.grams.vocabulary; len(next) == len(from)*v {
		return model.DenseLayer(v, weights, next)
	}
	return model.SparseLayer(p.grams.vocabulary, start, token, weights, next)
}

// harm returns Harm, 0 or 1, at each pair of a set.
func (p *product) harm(at []int32) model.Naturals {
	var h model.Naturals
	for _, x := range at {
		var n int64
		if p.dfa.harm[p.pairs[x].automaton] {
			n = 1
		}
		h.AppendInt64(n)
	}
	return h
}

// fingerprint writes a set as a string, to look it up by.
func fingerprint(s []int32) string {
	b := make([]byte, 0, 4*len(s))
	for _, x := range s {
		b = binary.LittleEndian.AppendUint32(b, uint32(x))
	}
	return string(b)
}
