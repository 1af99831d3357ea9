package definition

import (
	"flag"
	"math"
	"math/big"
	"os"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"sounding/exact/field"
	"sounding/model"
)

// TestMain fixes the seed and the number of checks of rapid where the user does
// not: runs are alike, and SOUNDING_EFFORT multiplies their length.
func TestMain(m *testing.M) {
	flag.Parse()
	effort := 1
	if s := os.Getenv("SOUNDING_EFFORT"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 {
			panic("SOUNDING_EFFORT: " + s + ", accepted are positive integers")
		}
		effort = n
	}
	given := make(map[string]bool)
	flag.Visit(func(f *flag.Flag) { given[f.Name] = true })
	for _, f := range []struct{ name, variable, value string }{
		{"rapid.seed", "RAPID_SEED", "1"},
		{"rapid.checks", "RAPID_CHECKS", strconv.Itoa(100 * effort)},
	} {
		if given[f.name] || os.Getenv(f.variable) != "" {
			continue
		}
		if err := flag.Set(f.name, f.value); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// tree returns the prefix tree with the given rows, one list of weights per
// position, and harm over a denominator.
func tree(v int, rows [][]int64, denominator int64, harm ...int64) *model.Process {
	var layers []*model.Layer
	for _, r := range rows {
		layers = append(layers, must(model.TreeLayer(v, model.NaturalsOf(r...))))
	}
	return must(model.NewProcess(v, layers, model.NaturalsOf(harm...), big.NewInt(denominator)))
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
// and rows that do not list every token.
func drawProcess(t *rapid.T) *model.Process {
	v := rapid.IntRange(1, 3).Draw(t, "V")
	n := rapid.IntRange(1, 3).Draw(t, "T")
	layers := make([]*model.Layer, n)
	states := 1
	for i := range layers {
		targets := rapid.IntRange(1, 3).Draw(t, "states")
		start, token, weight, next := []int32{0}, []int32{}, []int64{}, []int32{}
		for range states {
			listed := rapid.IntRange(1, 1<<v-1).Draw(t, "listed")
			from := len(weight)
			for a := range v {
				if listed>>a&1 == 1 {
					token = append(token, int32(a))
					weight = append(weight, int64(rapid.IntRange(0, 4).Draw(t, "weight")))
					next = append(next, int32(rapid.IntRange(0, targets-1).Draw(t, "next")))
				}
			}
			weight[from+rapid.IntRange(0, len(weight)-from-1).Draw(t, "possible")]++
			start = append(start, int32(len(weight)))
		}
		layers[i] = must(model.SparseLayer(v, start, token, model.NaturalsOf(weight...), next))
		states = targets
	}
	var harm model.Naturals
	for range states {
		harm.AppendInt64(int64(rapid.IntRange(0, 3).Draw(t, "harm")))
	}
	return must(model.NewProcess(v, layers, harm, big.NewInt(3)))
}

// float is ℝ in binary64, for checks of values whose error bound is stated.
type float struct{}

func (float) FromInt(n int64) float64        { return float64(n) }
func (float) Add(a, b float64) float64       { return a + b }
func (float) Sub(a, b float64) float64       { return a - b }
func (float) Mul(a, b float64) float64       { return a * b }
func (float) Neg(a float64) float64          { return -a }
func (float) Exp(a float64) (float64, error) { return math.Exp(a), nil }
func (float) Log(a float64) (float64, error) { return math.Log(a), nil }

func (float) Dot(a, b []float64) float64 {
	s := 0.0
	for i := range a {
		s += a[i] * b[i]
	}
	return s
}

// Equal is never decided: roundings are unknown.
func (float) Equal(_, _ float64) field.Trilean { return field.Unknown }

func (float) Quo(a, b float64) (float64, error) {
	if b == 0 {
		return 0, field.ErrDivision
	}
	return a / b, nil
}

func (float) FromRat(q *big.Rat) (float64, error) {
	f, _ := q.Float64()
	return f, nil
}
