package topk

import (
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"slices"
	"strings"

	"sounding/model"
)

// bits is log2 of the sum of every row of weights.
const bits = 40

// imprecision is what the model may round: how far above 1 the listed probabilities of a
// prefix may add up, which are then divided by their sum, and how far those that are given
// for one token in two batches may be apart, of which the first counts.
const imprecision = 1.0 / 128

// Build reads lines of log-probabilities and scores and returns the instance that they make.
// end names the token that ends a sequence.
//
// A prefix without lines of its own is a leaf, and its harm is its score. A leaf without
// one has harm 0, as has what follows [Rest]; [Summary.Unknown] is the probability of both.
// Leaves before the longest are followed by end tokens alone.
func Build(r io.Reader, end string) (*model.Instance, *Summary, error) {
	root, err := read(r)
	if err != nil {
		return nil, nil, err
	}
	if len(root.tokens) == 0 {
		return nil, nil, errors.New("no log-probability after the empty prefix: want a line with \"prefix\": []")
	}
	b := &builder{end: end, index: make(map[string]int), denominator: big.NewInt(1)}
	b.token(end)
	if err := b.survey(root, nil); err != nil {
		return nil, nil, err
	}
	if b.scored == 0 {
		return nil, nil, errors.New("no score: want lines with sequence and score, from 0 to 1")
	}
	return b.build(root)
}

// builder makes the layers of a process.
type builder struct {
	end         string
	tokens      []string
	index       map[string]int // of tokens
	depth       int            // of the deepest leaf
	scored      int
	denominator *big.Int // of all scores
	summary     Summary
}

func (b *builder) token(t string) {
	if _, ok := b.index[t]; !ok {
		b.index[t] = len(b.tokens)
		b.tokens = append(b.tokens, t)
	}
}

// survey checks the tree below a node and notes what all of it has in common.
func (b *builder) survey(n *node, prefix []string) error {
	where := func() string { return strings.Join(prefix, " ") }
	if len(n.children) > len(n.tokens) {
		first, token := math.MaxInt, ""
		for t, c := range n.children {
			if c.number < first && !slices.Contains(n.tokens, t) {
				first, token = c.number, t
			}
		}
		return fmt.Errorf("line %d: the token %q has no log-probability after the prefix %q", first, token, where())
	}
	if n.score != nil {
		b.scored++
		b.summary.roundedScores = b.summary.roundedScores || n.score.rounded
		if len(n.tokens) > 0 {
			return fmt.Errorf("line %d: %q has a score and continuations: want one of them", n.number, where())
		}
		common := new(big.Int).GCD(nil, nil, b.denominator, n.score.Denom())
		b.denominator.Mul(b.denominator, new(big.Int).Quo(n.score.Denom(), common))
	}
	if len(n.tokens) == 0 {
		b.summary.Leaves++
		if n.score == nil {
			b.summary.Unscored++
		}
		b.depth = max(b.depth, len(prefix))
		return nil
	}
	if sum := total(n.logProbs); sum > 1+imprecision {
		return fmt.Errorf("the probabilities after the prefix %q add up to %.4g: want natural logarithms of probabilities", where(), sum)
	}
	b.summary.Prefixes++
	b.summary.Listed = max(b.summary.Listed, len(n.tokens))
	for _, t := range n.tokens {
		b.token(t)
		if t == b.end && len(n.children[t].tokens) > 0 {
			return fmt.Errorf("the prefix %q goes on after the end token %q", where(), t)
		}
		if err := b.survey(n.children[t], append(prefix, t)); err != nil {
			return err
		}
	}
	return nil
}

// state is a state of a layer: a prefix that goes on, or one that is over, of which only its
// harm is left.
type state struct {
	node    *node // nil where it is over
	harm    string
	unknown bool // the harm is not known, and taken as 0
}

// build makes the process, layer by layer.
func (b *builder) build(root *node) (*model.Instance, *Summary, error) {
	b.token(Rest)
	states := []state{{node: root}}
	mass := []*big.Rat{big.NewRat(1, 1)}
	var layers []*model.Layer
	for range b.depth {
		var l layer
		after := &index{of: make(map[state]int)}
		for x, s := range states {
			b.row(&l, s, mass[x], after)
		}
		made, err := model.SparseLayer(len(b.tokens), append(l.start, int32(len(l.token))), l.token, l.weights, l.next)
		if err != nil {
			return nil, nil, err
		}
		layers = append(layers, made)
		states, mass = after.states, after.mass
	}
	var harm model.Naturals
	unknown, expected := new(big.Rat), new(big.Rat)
	for x, s := range states {
		h, _ := new(big.Rat).SetString(s.harm)
		expected.Add(expected, new(big.Rat).Mul(mass[x], h))
		h.Mul(h, new(big.Rat).SetInt(b.denominator))
		harm.Append(h.Num())
		if s.unknown {
			unknown.Add(unknown, mass[x])
		}
	}
	p, err := model.NewProcess(len(b.tokens), layers, harm, b.denominator)
	if err != nil {
		return nil, nil, err
	}
	if p, err = p.Named(b.tokens); err != nil {
		return nil, nil, err
	}
	b.summary.Length, b.summary.Tokens = b.depth, len(b.tokens)
	b.summary.Unknown, _ = unknown.Float64()
	b.summary.expected, _ = expected.Float64()
	b.summary.Drift = float64(b.depth) * (float64(b.summary.Listed)*(2*math.Exp2(-bits)+math.Exp2(-51)) + b.summary.excess + 2*b.summary.spread)
	in := model.NewInstance(p)
	return in, &b.summary, in.Validate()
}

// layer is a layer in the making.
type layer struct {
	start, token, next []int32
	weights            model.Naturals
}

// index numbers the states of a layer, with their probabilities.
type index struct {
	of     map[state]int
	states []state
	mass   []*big.Rat
}

// add returns the number of a state, and adds to its probability.
func (i *index) add(s state, p *big.Rat) int32 {
	x, ok := i.of[s]
	if !ok {
		x = len(i.states)
		i.of[s] = x
		i.states, i.mass = append(i.states, s), append(i.mass, new(big.Rat))
	}
	i.mass[x].Add(i.mass[x], p)
	return int32(x)
}

// row appends the row of a state of the given probability.
func (b *builder) row(l *layer, s state, mass *big.Rat, after *index) {
	l.start = append(l.start, int32(len(l.token)))
	if s.node == nil {
		l.token, l.next = append(l.token, int32(b.index[b.end])), append(l.next, after.add(s, mass))
		l.weights.AppendInt64(1)
		return
	}
	type edge struct {
		token  int
		weight int64
		to     state
	}
	b.summary.spread = max(b.summary.spread, sum(s.node.spread))
	weights, rest := b.weights(s.node.logProbs)
	var row []edge
	for i, t := range s.node.tokens {
		row = append(row, edge{b.index[t], weights[i], over(s.node.children[t])})
	}
	if rest > 0 {
		row = append(row, edge{b.index[Rest], rest, state{harm: "0", unknown: true}})
	}
	slices.SortFunc(row, func(e, f edge) int { return e.token - f.token })
	for _, e := range row {
		p := new(big.Rat).Mul(mass, big.NewRat(e.weight, 1<<bits))
		l.token, l.next = append(l.token, int32(e.token)), append(l.next, after.add(e.to, p))
		l.weights.AppendInt64(e.weight)
	}
}

// over returns the state that a node is.
func over(n *node) state {
	switch {
	case len(n.tokens) > 0:
		return state{node: n}
	case n.score == nil:
		return state{harm: "0", unknown: true}
	}
	return state{harm: n.score.RatString()}
}

func sum(list []float64) (s float64) {
	for _, x := range list {
		s += x
	}
	return s
}

// total returns the sum of the probabilities.
func total(logProbs []float64) float64 {
	sum := 0.0
	for _, l := range logProbs {
		sum += math.Exp(l)
	}
	return sum
}

// weights returns positive integers, which add up to 2^bits with the rest, for
// log-probabilities. Each is p·2^bits to the nearest integer, or 1; what they exceed 2^bits
// by is taken from the largest. So all together differ from p·2^bits by at most twice
// their number.
func (b *builder) weights(logProbs []float64) (list []int64, rest int64) {
	sum := max(1, total(logProbs))
	b.summary.excess = max(b.summary.excess, sum-1)
	rest = 1 << bits
	largest := 0
	for i, l := range logProbs {
		w := max(1, int64(math.Round(math.Ldexp(math.Exp(l)/sum, bits))))
		list = append(list, w)
		rest -= w
		if w > list[largest] {
			largest = i
		}
	}
	if rest < 0 {
		list[largest] += rest
		rest = 0
	}
	return list, rest
}
