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
	number  []int32   // per pair, scratch of layer: all 0 between calls
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

// chain holds the distinct sets of pairs that layers 0, 1, … consist of, and the
// layers that lead away from them. Where repeats is set, the last layer leads
// back to set number back.
type chain struct {
	sets    [][]int32 // increasing
	layers  []*model.Layer
	repeats bool
	back    int
}

// index returns which of the sets layer t consists of.
func (c *chain) index(t int) int {
	if !c.repeats || t < c.back {
		return t
	}
	return c.back + (t-c.back)%(len(c.sets)-c.back)
}

// set returns the pairs that layer t consists of.
func (c *chain) set(t int) []int32 { return c.sets[c.index(t)] }

// sequence returns the layers that govern positions 1…length.
func (c *chain) sequence(length int) []*model.Layer {
	layers := make([]*model.Layer, length)
	for t := range layers {
		layers[t] = c.layers[c.index(t)]
	}
	return layers
}

// unfold finds the layers of a process of the given length.
func (p *product) unfold(length int) (*chain, error) {
	c := &chain{sets: [][]int32{{0}}}
	seen := map[string]int{fingerprint(c.sets[0]): 0}
	edges := 0
	states := 1
	for t := range length {
		if !c.repeats {
			for _, x := range c.sets[t] {
				edges += p.grams.size(p.contexts[p.pairs[x].context])
			}
			if edges > MaxEdges {
				return nil, fmt.Errorf("more than %d edges in the first %d layers: choose a smaller order or vocabulary, no smoothing, or a simpler pattern", MaxEdges, t+1)
			}
			next, layer, err := p.layer(c.sets[t])
			if err != nil {
				return nil, err
			}
			c.layers = append(c.layers, layer)
			key := fingerprint(next)
			if c.back, c.repeats = seen[key]; !c.repeats {
				seen[key] = t + 1
				c.sets = append(c.sets, next)
			}
		}
		if states += len(c.set(t + 1)); states > model.MaxStates {
			return nil, fmt.Errorf("more than %d states in layers 0 to %d: choose a smaller length, order or vocabulary", model.MaxStates, t+1)
		}
	}
	return c, nil
}

// layer returns the layer that leads away from a set of pairs, and the set it
// leads to.
func (p *product) layer(from []int32) (to []int32, l *model.Layer, err error) {
	for _, x := range from {
		p.expand(x)
	}
	for _, x := range from {
		for _, y := range p.targets[x] {
			if p.number[y] == 0 {
				p.number[y] = 1
				to = append(to, y)
			}
		}
	}
	slices.Sort(to)
	for i, y := range to {
		p.number[y] = int32(i)
	}
	var token, next []int32
	var weights model.Naturals
	start := []int32{0}
	for _, x := range from {
		r := &p.rows[p.pairs[x].context]
		token = append(token, r.tokens...)
		for _, y := range p.targets[x] {
			next = append(next, p.number[y])
		}
		if w, ok := r.weights.Int64s(); ok {
			for _, n := range w {
				weights.AppendInt64(n)
			}
		} else {
			for i := range r.weights.Len() {
				weights.Append(r.weights.At(i))
			}
		}
		start = append(start, int32(len(next)))
	}
	for _, y := range to {
		p.number[y] = 0
	}
	if v := p.grams.vocabulary; len(next) == len(from)*v {
		l, err = model.DenseLayer(v, weights, next)
	} else {
		l, err = model.SparseLayer(v, start, token, weights, next)
	}
	return to, l, err
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
