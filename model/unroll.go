package model

import "fmt"

// Unroll returns the prefix tree of a process: the same law of token sequences
// and the same harm, with one state per prefix. state[t][y] is the state of
// layer t of p that prefix y (numbered in lexicographic order among the listed
// ones) ends in.
//
// Edges keep their tokens and weights, so the rows of the tree are the rows of
// the process, repeated. Where every row of p lists every token, the tree's
// layers are of the implied form x·V + a. It is an error for the tree to have
// more than limit states.
func Unroll(p *Process, limit int) (tree *Process, state [][]int, err error) {
	state = [][]int{{0}}
	total := 1
	layers := make([]*Layer, p.Length())
	for t := 1; t <= p.Length(); t++ {
		l := p.Layer(t)
		count := 0
		for _, x := range state[t-1] {
			lo, hi := l.Row(x)
			count += hi - lo
		}
		if total += count; total > min(limit, MaxStates) {
			return nil, nil, fmt.Errorf("the prefix tree has more than %d states at position %d", min(limit, MaxStates), t)
		}
		var weight Naturals
		start := []int32{0}
		var token, next []int32
		ends := make([]int, 0, count)
		for _, x := range state[t-1] {
			for e, hi := l.Row(x); e < hi; e++ {
				weight.AppendFrom(&l.weight, e)
				if !l.Dense() {
					token = append(token, l.token[e])
					next = append(next, int32(len(ends)))
				}
				ends = append(ends, l.Next(e))
			}
			start = append(start, int32(len(ends)))
		}
		if l.Dense() {
			layers[t-1], err = TreeLayer(l.vocabulary, weight)
		} else {
			layers[t-1], err = SparseLayer(l.vocabulary, start, token, weight, next)
		}
		if err != nil {
			return nil, nil, err
		}
		state = append(state, ends)
	}
	var harm Naturals
	for _, x := range state[p.Length()] {
		harm.AppendFrom(&p.harm, x)
	}
	tree, err = NewProcess(p.vocabulary, layers, harm, p.harmDen)
	if err != nil {
		return nil, nil, err
	}
	tree.tokens = p.tokens
	return tree, state, nil
}

// Unroll returns the instance on the prefix tree of its process, and the state that each
// prefix ends in, as [Unroll] does. The weights of Q, and those of the reference and the
// behaviour policy, are repeated like those of the process.
func (in *Instance) Unroll(limit int) (tree *Instance, state [][]int, err error) {
	p, state, err := Unroll(in.Process, limit)
	if err != nil {
		return nil, nil, err
	}
	repeated := func(weights []Naturals) []Naturals {
		var list []Naturals
		for i := range weights {
			var w Naturals
			for _, x := range state[i] {
				for e, hi := in.Layer(i + 1).Row(x); e < hi; e++ {
					w.AppendFrom(&weights[i], e)
				}
			}
			list = append(list, w)
		}
		return list
	}
	unrolled := *in
	unrolled.Process, unrolled.Adversary.Rows = p, repeated(in.Adversary.Rows)
	if in.Training != nil {
		training := *in.Training
		training.Reference, training.Behaviour = repeated(training.Reference), repeated(training.Behaviour)
		unrolled.Training = &training
	}
	return &unrolled, state, nil
}
