package numeric

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"sounding/model"
)

func ratio(s string) *big.Rat {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		panic("not a number: " + s)
	}
	return r
}

// tree returns the prefix tree with the given weights per layer and harm
// numerators.
func tree(tb testing.TB, v int, den int64, harm []int64, layers ...[]int64) *model.Process {
	tb.Helper()
	ls := make([]*model.Layer, len(layers))
	for i, w := range layers {
		l, err := model.TreeLayer(v, model.NaturalsOf(w...))
		if err != nil {
			tb.Fatal(err)
		}
		ls[i] = l
	}
	p, err := model.NewProcess(v, ls, model.NaturalsOf(harm...), big.NewInt(den))
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// pick returns one of the choices.
func pick[T any](r *rand.Rand, choices ...T) T { return choices[r.IntN(len(choices))] }

// randomInstance draws small instances of every shape that the solver treats
// apart: trees, dense and sparse layers whose edges meet, zero weights, weights
// of 40 digits, harm on a grid and off it, every kind of adversary, λ and η in
// every regime.
func randomInstance(tb testing.TB, r *rand.Rand) *model.Instance {
	tb.Helper()
	v, length := 1+r.IntN(4), 1+r.IntN(4)
	shape := pick(r, "tree", "tree", "dense", "sparse")
	layers := make([]*model.Layer, length)
	states := 1
	for i := range layers {
		after := 1 + r.IntN(4)
		var w model.Naturals
		var start, token, next []int32
		start = append(start, 0)
		for range states {
			positive := r.IntN(v)
			for a := range v {
				if shape == "sparse" && a != positive && r.IntN(2) == 0 {
					continue
				}
				w.Append(randomWeight(r, a == positive))
				token = append(token, int32(a))
				next = append(next, int32(r.IntN(after)))
			}
			start = append(start, int32(len(token)))
		}
		// Every state of the next layer has to exist.
		next[len(next)-1] = int32(after - 1)
		var l *model.Layer
		var err error
		switch shape {
		case "tree":
			l, err = model.TreeLayer(v, w)
			after = states * v
		case "dense":
			l, err = model.DenseLayer(v, w, next)
		case "sparse":
			l, err = model.SparseLayer(v, start, token, w, next)
		}
		if err != nil {
			tb.Fatal(err)
		}
		layers[i], states = l, after
	}
	den := pick(r, big.NewInt(1), big.NewInt(7), big.NewInt(255), big.NewInt(256), big.NewInt(1_000_003),
		new(big.Int).Exp(big.NewInt(10), big.NewInt(39), nil))
	var harm model.Naturals
	for range states {
		switch r.IntN(4) {
		case 0:
			harm.AppendInt64(0)
		case 1:
			harm.Append(den)
		default:
			k := big.NewInt(r.Int64N(1 << 60))
			harm.Append(k.Rsh(k.Mul(k, den), 60))
		}
	}
	p, err := model.NewProcess(v, layers, harm, den)
	if err != nil {
		tb.Fatal(err)
	}
	in := model.NewInstance(p)
	for a := range v {
		if r.IntN(2) == 0 {
			in.Recovery = append(in.Recovery, a)
		}
	}
	switch r.IntN(3) {
	case 1:
		if shape != "sparse" {
			in.Adversary.Kind = model.AdversaryUniform
		}
	case 2:
		in.Adversary.Kind = model.AdversaryRows
		for t := 1; t < length; t++ {
			l := in.Layer(t)
			var w model.Naturals
			for x := range l.States() {
				lo, hi := l.Row(x)
				positive := r.IntN(hi - lo)
				for e := lo; e < hi; e++ {
					w.Append(randomWeight(r, e-lo == positive))
				}
			}
			in.Adversary.Rows = append(in.Adversary.Rows, w)
		}
	}
	in.Lambda = ratio(pick(r, "0", "1/1000000000", "1/1000", "1/4", "1", "1", "7", "32", "33", "5000", "1000000"))
	in.Beta = ratio(pick(r, "0", "1/100000000", "1/64", "1/2", "2", "2", "40", "1000000"))
	in.Gamma = ratio(pick(r, "1", "1/2", "9/10", "1/1000"))
	if err := in.Validate(); err != nil {
		tb.Fatal(err)
	}
	return in
}

func randomWeight(r *rand.Rand, positive bool) *big.Int {
	switch r.IntN(8) {
	case 0:
		if !positive {
			return new(big.Int)
		}
	case 1:
		return big.NewInt(1 + r.Int64N(1<<40))
	case 2:
		if r.IntN(4) == 0 {
			return new(big.Int).Exp(big.NewInt(10), big.NewInt(r.Int64N(40)), nil)
		}
	}
	return big.NewInt(1 + r.Int64N(9))
}
