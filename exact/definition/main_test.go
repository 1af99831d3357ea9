package definition

import (
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"sounding/exact/field"
	"sounding/generators"
	"sounding/internal/testenv"
	"sounding/model"
)

func TestMain(m *testing.M) { testenv.Run(m, 1000) }

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// tree returns the prefix tree with the given rows, one list of weights per
// position, and harm over a denominator.
func tree(v int, rows [][]int64, denominator int64, harm ...int64) *model.Process {
	return generators.Tree(v, rows, harm, denominator).Process
}

// example is the instance of the documentation of the file format: after token 0
// (1/4) the tokens are even and decide between no harm and full harm; after
// token 1 (3/4) they are 2:5 and the harm is 1/2 in any case.
func example() *model.Instance {
	in := model.NewInstance(tree(2, [][]int64{{1, 3}, {1, 1, 2, 5}}, 100, 0, 100, 50, 50))
	in.Recovery = []int{0}
	in.Adversary.Kind = model.AdversaryUniform
	in.Beta, in.Gamma = big.NewRat(2, 1), big.NewRat(1, 2)
	return in
}

// ngram is a process of length n whose state is the last token (0 before the
// first), with some tokens impossible or not listed.
func ngram(n int) *model.Process {
	first := must(model.DenseLayer(2, model.NaturalsOf(2, 3), []int32{0, 1}))
	// State 0 lists both tokens, one of them of weight 0; state 1 lists both.
	dense := must(model.DenseLayer(2, model.NaturalsOf(4, 0, 1, 2), []int32{0, 1, 0, 1}))
	// State 0 lists token 1 only.
	sparse := must(model.SparseLayer(2, []int32{0, 1, 3}, []int32{1, 0, 1}, model.NaturalsOf(1, 5, 2), []int32{1, 0, 1}))
	layers := []*model.Layer{first}
	for len(layers) < n {
		if len(layers)%2 == 1 {
			layers = append(layers, dense)
		} else {
			layers = append(layers, sparse)
		}
	}
	return must(model.NewProcess(2, layers, model.NaturalsOf(1, 3), big.NewInt(4)))
}

// rationals is the oracle of a process over ℚ.
func rationals(p *model.Process) (*field.Rational, *Oracle[field.Rat]) {
	q := field.NewRational()
	return q, must(ofProcess(q, p))
}

// text writes rationals in lowest terms.
func text(v ...field.Rat) []string {
	s := make([]string, len(v))
	for i, r := range v {
		s[i] = r.Rat().RatString()
	}
	return s
}

// texts writes rows of rationals in lowest terms.
func texts(v [][]field.Rat) [][]string {
	s := make([][]string, len(v))
	for i, r := range v {
		s[i] = text(r...)
	}
	return s
}

// drawProcess draws a process of up to 3 tokens and 3 positions: layers of up to
// 3 states with arbitrary transitions, unreachable states, tokens of weight 0
// and rows that do not list every token. It samples from lists because ranges
// favour small numbers so much that most processes would be trivial.
func drawProcess(t *rapid.T) *model.Process {
	draw := func(name string, from ...int) int { return rapid.SampledFrom(from).Draw(t, name) }
	v := draw("V", 2, 3, 2, 3, 2, 1)
	layers := make([]*model.Layer, draw("T", 2, 3, 1))
	settled := draw("settled", len(layers), len(layers), 1) // from here on the state decides the next
	states := 1
	for i := range layers {
		targets := draw("states", 2, 3, 2, 3, 2, 1)
		start, token, weight, next := []int32{0}, []int32{}, []int64{}, []int32{}
		for x := range states {
			from, omitted := len(weight), draw("omitted", v, v, v, v, 0, v-1)
			for a := range v {
				if a == omitted && v > 1 {
					continue
				}
				token = append(token, int32(a))
				weight = append(weight, int64(draw("weight", 1, 2, 3, 1, 2, 0)))
				if i >= settled {
					next = append(next, int32(x%targets))
				} else {
					next = append(next, int32(draw("next", 0, 1, 2)%targets))
				}
			}
			if row := weight[from:]; !slices.ContainsFunc(row, func(w int64) bool { return w > 0 }) {
				row[0] = 1
			}
			start = append(start, int32(len(weight)))
		}
		layers[i] = must(model.SparseLayer(v, start, token, model.NaturalsOf(weight...), next))
		states = targets
	}
	var harm model.Naturals
	for x := range states { // unlike its neighbour where nothing else is drawn
		harm.AppendInt64(int64((x + draw("harm", 0, 1, 2, 3)) % 4))
	}
	return must(model.NewProcess(v, layers, harm, big.NewInt(3)))
}
