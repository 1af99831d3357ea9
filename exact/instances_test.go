package exact_test

import (
	"math/big"
	"math/rand/v2"
	"slices"

	"sounding/generators"
	"sounding/model"
)

// tree returns the prefix tree with the given rows, one list of weights per
// position, and harm over a denominator.
func tree(v int, rows [][]int64, denominator int64, harm ...int64) *model.Process {
	return generators.Tree(v, rows, harm, denominator).Process
}

// example is the worked example of the file format: V = T = 2, every component
// in use.
func example() *model.Instance {
	in := model.NewInstance(tree(2, [][]int64{{1, 3}, {1, 1, 2, 5}}, 100, 0, 100, 50, 50))
	in.Recovery = []int{0}
	in.Adversary.Kind = model.AdversaryUniform
	in.Beta, in.Gamma = big.NewRat(2, 1), big.NewRat(1, 2)
	return in
}

// randomTree returns an instance on the prefix tree of exactly this shape, for
// V ≥ 2, whose horizon is k. Weights are up to 9, some of them 0 and some 10⁶; R
// and Q are anything, λ, β and γ small fractions.
func randomTree(r *rand.Rand, v, length, k int) *model.Instance {
	rows := make([][]int64, length)
	for t := range rows {
		rows[t] = randomWeights(r, v, pow(v, t))
	}
	const denominator = 12
	harm := make([]int64, pow(v, length))
	below := len(harm) / pow(v, k)
	for y := range harm {
		if harm[y] = r.Int64N(denominator + 1); y%below > 0 {
			harm[y] = harm[y-1]
		}
	}
	if k > 0 { // two possible prefixes of k tokens that differ in the last, and in harm
		x := 0
		for t := range k - 1 {
			x = x*v + slices.IndexFunc(rows[t][x*v:], func(w int64) bool { return w > 0 })
		}
		row := rows[k-1][x*v : (x+1)*v]
		row[0], row[1] = 1+r.Int64N(9), 1+r.Int64N(9)
		some, other := int64(3), 4+r.Int64N(denominator-3)
		for i := range below {
			harm[x*v*below+i], harm[(x*v+1)*below+i] = some, other
		}
	}
	in := model.NewInstance(tree(v, rows, denominator, harm...))
	randomObjective(r, in)
	return in
}

// randomNGram returns an instance of the given length whose state is the last
// token and a bit that harm reads, on one layer repeated: the bit turns once the
// token follows itself. Some transitions have probability 0.
func randomNGram(r *rand.Rand, v, length int) *model.Instance {
	next := func(token, bit, a int) int32 {
		if a == token {
			bit = 1
		}
		return int32(a*2 + bit)
	}
	var first, again []int32
	for a := range v {
		first = append(first, next(-1, 0, a))
	}
	for token := range v {
		for bit := range 2 {
			for a := range v {
				again = append(again, next(token, bit, a))
			}
		}
	}
	layers := []*model.Layer{must(model.DenseLayer(v, model.NaturalsOf(randomWeights(r, v, 1)...), first))}
	// Layer 0 never sets the bit, so layer 1 has a state less than the others.
	second := must(model.DenseLayer(v, model.NaturalsOf(randomWeights(r, v, 2*v-1)...), again[:(2*v-1)*v]))
	middle := must(model.DenseLayer(v, model.NaturalsOf(randomWeights(r, v, 2*v)...), again))
	for len(layers) < length {
		if len(layers) == 1 {
			layers = append(layers, second)
		} else {
			layers = append(layers, middle)
		}
	}
	harm := make([]int64, layers[length-1].Targets())
	for x := range harm {
		harm[x] = 6*int64(x%2) + r.Int64N(3)
	}
	in := model.NewInstance(must(model.NewProcess(v, layers, model.NaturalsOf(harm...), big.NewInt(9))))
	randomObjective(r, in)
	return in
}

// randomWeights returns rows of v weights, each with a positive one.
func randomWeights(r *rand.Rand, v, rows int) []int64 {
	w := make([]int64, v*rows)
	for e := range w {
		switch r.IntN(8) {
		case 0: // 0
		case 1:
			w[e] = 1_000_000
		default:
			w[e] = 1 + r.Int64N(9)
		}
	}
	for x := range rows {
		if row := w[x*v : (x+1)*v]; slices.Max(row) == 0 {
			row[r.IntN(v)] = 1
		}
	}
	return w
}

// randomObjective draws R, Q, λ, β and γ.
func randomObjective(r *rand.Rand, in *model.Instance) {
	for a := range in.Vocabulary() {
		if r.IntN(2) == 0 {
			in.Recovery = append(in.Recovery, a)
		}
	}
	in.Adversary.Kind = model.AdversaryKind(r.IntN(3))
	if in.Adversary.Kind == model.AdversaryRows {
		for t := 1; t < in.Length(); t++ {
			w := randomWeights(r, in.Vocabulary(), in.States(t-1))
			in.Adversary.Rows = append(in.Adversary.Rows, model.NaturalsOf(w...))
		}
	}
	in.Lambda = big.NewRat(r.Int64N(60), 1+r.Int64N(9))
	in.Beta = big.NewRat(r.Int64N(60), 1+r.Int64N(9))
	in.Gamma = big.NewRat(1+r.Int64N(5), 5)
}

func pow(v, n int) int {
	p := 1
	for range n {
		p *= v
	}
	return p
}

// randomMixed returns an instance with layers of every shape in random order:
// layers of a prefix tree between dense and sparse ones that lead to few states.
func randomMixed(r *rand.Rand, v, length int) *model.Instance {
	states := 1
	layers := make([]*model.Layer, length)
	sparse := false
	for t := range layers {
		weights := randomWeights(r, v, states)
		targets := 1 + r.IntN(4)
		var start, token, next []int32
		for e := range weights {
			if e%v == 0 {
				start = append(start, int32(e))
			}
			token, next = append(token, int32(e%v)), append(next, int32(r.IntN(targets)))
		}
		next[0] = int32(targets - 1)
		switch kind := r.IntN(3); {
		case kind == 0 && states <= 9:
			layers[t] = must(model.TreeLayer(v, model.NaturalsOf(weights...)))
		case kind == 1:
			layers[t] = must(model.DenseLayer(v, model.NaturalsOf(weights...), next))
		default:
			// The first row lists a single token.
			one := append(token[:1:1], token[v:]...)
			to := append(next[:1:1], next[v:]...)
			w := append([]int64{1}, weights[v:]...)
			for x := range start[1:] {
				start[x+1] -= int32(v - 1)
			}
			layers[t] = must(model.SparseLayer(v, append(start, int32(len(w))), one, model.NaturalsOf(w...), to))
			sparse = true
		}
		states = layers[t].Targets()
	}
	harm := make([]int64, states)
	for x := range harm {
		harm[x] = r.Int64N(7)
	}
	in := model.NewInstance(must(model.NewProcess(v, layers, model.NaturalsOf(harm...), big.NewInt(6))))
	randomObjective(r, in)
	if sparse { // Q has weights for the edges of the model only
		in.Adversary = model.Adversary{}
	}
	return in
}
