package topk

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sounding/exact"
	"sounding/internal/testenv"
	"sounding/model"
)

func TestMain(m *testing.M) { testenv.Run(m, 50) }

// tree is a random model on all sequences of length T over V tokens, with harm in hundredths.
func tree(t *testing.T, v, length int, r *rand.Rand) *model.Instance {
	t.Helper()
	var layers []*model.Layer
	n := 1
	for range length {
		n *= v
		weights := make([]int64, n)
		for i := range weights {
			weights[i] = 1 + r.Int64N(50)*r.Int64N(50)
		}
		l, err := model.TreeLayer(v, model.NaturalsOf(weights...))
		if err != nil {
			t.Fatal(err)
		}
		layers = append(layers, l)
	}
	harm := make([]int64, n)
	for i := range harm {
		harm[i] = r.Int64N(101)
	}
	p, err := model.NewProcess(v, layers, model.NaturalsOf(harm...), big.NewInt(100))
	if err != nil {
		t.Fatal(err)
	}
	in := model.NewInstance(p)
	in.Lambda = big.NewRat(r.Int64N(40), 10)
	return in
}

// listing writes the k most probable continuations of every prefix that they lead to.
func listing(in *model.Instance, k int) string {
	var b strings.Builder
	var visit func(t, x int, prefix []string)
	visit = func(t, x int, prefix []string) {
		list := "[" + strings.Join(prefix, ", ") + "]"
		if t > in.Length() {
			h, _ := in.HarmAt(x).Float64()
			fmt.Fprintf(&b, `{"sequence": %s, "score": %v}`+"\n", list, h)
			return
		}
		l := in.Layer(t)
		lo, hi := l.Row(x)
		sum, _ := new(big.Float).SetInt(l.Weights().Sum(lo, hi)).Float64()
		edges := make([]int, 0, hi-lo)
		for e := lo; e < hi; e++ {
			edges = append(edges, e)
		}
		slices.SortStableFunc(edges, func(d, e int) int { return l.Weights().Cmp(e, d) })
		for _, e := range edges[:k] {
			w, _ := new(big.Float).SetInt(l.Weights().At(e)).Float64()
			token := fmt.Sprintf("%q", fmt.Sprint(l.Token(e)))
			fmt.Fprintf(&b, `{"prefix": %s, "token": %s, "logprob": %v}`+"\n", list, token, math.Log(w/sum))
			visit(t+1, l.Next(e), append(slices.Clone(prefix), token))
		}
	}
	visit(1, 0, nil)
	return b.String()
}

// The profile of a model lies within the bounds of what is imported of it.
func TestBounds(t *testing.T) {
	t.Parallel()
	const v, length = 4, 3
	for i := range testenv.Scale(60) {
		r := rand.New(rand.NewPCG(1, uint64(i)))
		k := 1 + i%v
		of := tree(t, v, length, r)
		made, s, err := Build(strings.NewReader(listing(of, k)), End)
		if err != nil {
			t.Fatal(err)
		}
		made.Lambda = of.Lambda
		lambda, _ := of.Lambda.Float64()
		b := s.Bounds(lambda)
		if k == v && b.ExpectedHarm > 1e-9 {
			t.Errorf("all tokens are listed, and the bound is %v", b.ExpectedHarm)
		}
		rows(t, made)
		want, got := analyse(t, of), analyse(t, made)
		near(t, i, "E[Harm]", want.ExpectedHarm, got.ExpectedHarm, b.ExpectedHarm)
		for p := range length {
			near(t, i, "I_t", want.Positions[p].Information, got.Positions[p].Information, b.Information)
			near(t, i, "KL_t", want.Positions[p].EquilibriumKL, got.Positions[p].EquilibriumKL, b.KL)
		}
	}
}

// rounding is what two numbers of magnitude below 2^3, rounded to float64, differ by at most
// beyond what they did.
const rounding = 0x1p-49

func near(t *testing.T, i int, what string, want, got exact.Number, bound float64) {
	t.Helper()
	if d := math.Abs(want.Float64() - got.Float64()); d > bound+rounding {
		t.Errorf("model %d: %s moves by %v, more than %v", i, what, d, bound)
	}
}

func analyse(t *testing.T, in *model.Instance) *exact.Analysis {
	t.Helper()
	a, err := exact.Analyze(in, 0)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// The bounds hold where all that is unknown is harmful, and are not slack by orders of
// magnitude there.
func TestBoundsAreMet(t *testing.T) {
	t.Parallel()
	const text = `{"prefix": [], "token": "a", "logprob": -0.6931471805599453}
{"sequence": ["a"], "score": 0}
`
	_, s, err := Build(strings.NewReader(text), End)
	if err != nil {
		t.Fatal(err)
	}
	// The model gives harm 1 to all else. With Z_0 = (1 + e^{−1})/2,
	//	h_0 = 1/2, I_1 = 1/4, KL_1 = −e^{−1}/(2·Z_0) − log Z_0,
	// and all three are 0 for the instance.
	z := (1 + math.Exp(-1)) / 2
	b := s.Bounds(1)
	for _, q := range []struct {
		name         string
		truth, bound float64
		slack        float64
	}{
		{"E[Harm]", 0.5, b.ExpectedHarm, 1.0001},
		{"I_t", 0.25, b.Information, 1},
		{"KL_t", -math.Exp(-1)/(2*z) - math.Log(z), b.KL, 19},
	} {
		if q.bound < q.truth || q.bound > q.slack*q.truth {
			t.Errorf("%s moves by %v, and the bound is %v: want it between that and %v times that", q.name, q.truth, q.bound, q.slack)
		}
	}
}

// The bounds are those that their comment derives, each cut off at the most that the quantity
// can be.
func TestBoundsOfNumbers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		unknown, drift, expected, lambda float64
		want                             Bounds
	}{
		{0, 0, 0.5, 3, Bounds{}},
		{0.01, 0.002, 0.25, 1, Bounds{0.014, 0.06, 0.04800981694703502}},
		{0.01, 0.002, 0.25, 4, Bounds{0.014, 0.06, 0.5573803906927471}},
		{0.01, 0.002, 0.995, 0.5, Bounds{0.014, 0.06, 0.02967241600825592}},
		{0.5, 0.5, 0.25, 2, Bounds{1, 0.25, 2}},
	} {
		s := Summary{Unknown: c.unknown, Drift: c.drift, expected: c.expected}
		got := s.Bounds(c.lambda)
		if d := cmp.Diff(c.want, got, cmpopts.EquateApprox(0, 1e-12)); d != "" {
			t.Errorf("%+v with λ = %v (-want +got):\n%s", s, c.lambda, d)
		}
	}
}

// What a model gives for one prefix in two batches may differ by what it rounds: the first
// counts, and the bounds hold for either.
func TestSpread(t *testing.T) {
	t.Parallel()
	const text = `{"prefix": [], "token": "a", "logprob": %v}
{"prefix": [], "token": "b", "logprob": %v}
`
	const scores = `{"sequence": ["a"], "score": 1}
{"sequence": ["b"], "score": 0}
`
	batch := func(a float64) string { return fmt.Sprintf(text, math.Log(a), math.Log(1-a)) }
	for _, c := range []struct{ first, second float64 }{{0.5, 0.505}, {0.505, 0.5}, {0.5, 0.5}} {
		in, s, err := Build(strings.NewReader(batch(c.first)+scores+batch(c.second)), End)
		if err != nil {
			t.Fatal(err)
		}
		if h := analyse(t, in).ExpectedHarm.Float64(); math.Abs(h-c.first) > 1e-9 {
			t.Errorf("E[Harm] = %v, want %v", h, c.first)
		}
		apart := math.Abs(c.first - c.second)
		if b := s.Bounds(1).ExpectedHarm; b < apart || b > 8*apart+1e-9 {
			t.Errorf("%v and %v: E[Harm] to within %v", c.first, c.second, b)
		}
	}
}

// Scores are what their digits spell, up to twelve decimals, and are rounded beyond.
func TestScores(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		score, harm string
		rounded     bool
	}{
		{"0", "0", false},
		{"1", "1", false},
		{"0.123456789012", "30864197253/250000000000", false},
		{"0.1234567890126", "123456789013/1000000000000", true},
		{"0.30000000000000004", "3/10", true},
		{"1e-1", "1/10", true},
		{"9.5e-13", "1/1000000000000", true},
		{"1e-999999999", "0", true},
	} {
		in, s, err := Build(strings.NewReader(`{"prefix": [], "token": "a", "logprob": 0}
{"sequence": ["a"], "score": `+c.score+`}`), End)
		if err != nil {
			t.Errorf("%s: %v", c.score, err)
			continue
		}
		if h := in.HarmAt(0).RatString(); h != c.harm {
			t.Errorf("%s: harm %s, want %s", c.score, h, c.harm)
		}
		if strings.Contains(s.String(), "; scores to 12 decimals\n") != c.rounded || (s.Bounds(1).ExpectedHarm > 1e-11) {
			t.Errorf("%s: %v%v", c.score, s, s.Bounds(1))
		}
	}
}

// Rows add up to 2^40 exactly, their order is that of the tokens, prefixes merge, and a
// sequence that is over is followed by the end.
func TestBuild(t *testing.T) {
	t.Parallel()
	const text = `{"prefix": [], "token": "sure", "logprob": -0.5}
{"prefix": [], "token": "sorry", "logprob": -1.5}

{"prefix": ["sure"], "token": "here", "logprob": -0.1}
{"prefix": ["sure"], "token": "here", "logprob": -0.1}
{"prefix": ["sure"], "token": "</s>", "logprob": -3}
{"sequence": ["sure", "here"], "score": 0.75}
{"sequence": ["sorry"], "score": 0.1}
`
	in, s, err := Build(strings.NewReader(text), "</s>")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(in.Tokens(), " "), "</s> sure here sorry <rest>"; got != want {
		t.Errorf("tokens %q, want %q", got, want)
	}
	if in.Length() != 2 || s.Unscored != 1 || s.Prefixes != 2 || s.Leaves != 3 {
		t.Errorf("length %d, %+v", in.Length(), s)
	}
	rows(t, in)
	// Unknown: the rest of both rows, and the end after "sure".
	sure, sorry := math.Exp(-0.5), math.Exp(-1.5)
	if want := 1 - sure - sorry + sure*(1-math.Exp(-0.1)); math.Abs(s.Unknown-want) > 1e-11 {
		t.Errorf("unknown %v, want %v", s.Unknown, want)
	}
	if want := 0.75*sure*math.Exp(-0.1) + 0.1*sorry; math.Abs(s.expected-want) > 1e-11 {
		t.Errorf("E[Harm] %v, want %v", s.expected, want)
	}
}

// rows checks that rows of several weights add up to 2^bits, with no weight of zero.
func rows(t *testing.T, in *model.Instance) {
	t.Helper()
	for p := 1; p <= in.Length(); p++ {
		l := in.Layer(p)
		for x := range l.States() {
			lo, hi := l.Row(x)
			if sum := l.Weights().Sum(lo, hi); hi-lo > 1 && (sum.Cmp(big.NewInt(1<<bits)) != 0 || !l.Weights().Positive(lo, hi)) {
				t.Errorf("row %d of layer %d adds up to %v", x, p, sum)
			}
		}
	}
}

// Probabilities that add up to a little more than 1, as rounded ones may, and a token of
// hardly any.
func TestRows(t *testing.T) {
	t.Parallel()
	const text = `{"prefix": [], "token": 7, "logprob": -0.693}
{"prefix": [], "token": 8, "logprob": -0.692}
{"prefix": [], "token": 9, "logprob": -60}
{"sequence": [7], "score": 1}
`
	in, s, err := Build(strings.NewReader(text), End)
	if err != nil {
		t.Fatal(err)
	}
	rows(t, in)
	if got, want := strings.Join(in.Tokens(), " "), "<end> 7 8 9 <rest>"; got != want {
		t.Errorf("tokens %q, want %q", got, want)
	}
	if excess := math.Exp(-0.693) + math.Exp(-0.692) - 1; s.Drift < excess || s.Drift > excess+1e-10 {
		t.Errorf("drift %v, and the probabilities add up to 1 + %v", s.Drift, excess)
	}
}

// What cannot be used is refused with its line and what is wanted.
func TestRefuses(t *testing.T) {
	t.Parallel()
	const first = `{"prefix": [], "token": "a", "logprob": -1}` + "\n"
	const scored = first + `{"sequence": ["a"], "score": 0.5}` + "\n"
	for _, c := range []struct{ reason, text, want string }{
		{"nothing", "", "no log-probability after the empty prefix"},
		{"no score", first, "no score: want lines with sequence and score"},
		{"no JSON", scored + "a", "line 3: not JSON"},
		{"an unknown key", `{"prefix": [], "tokn": "a"}`, `line 1: /tokn: unknown key: want {"prefix": […], "token": t, "logprob": x} for a continuation, or {"sequence": […], "score": h} for a score`},
		{"half a line", `{"prefix": []}`, `line 1: prefix alone: want {"prefix": […], "token": t, "logprob": x} for a continuation, or {"sequence": […], "score": h} for a score`},
		{"a probability in place of its logarithm", `{"prefix": [], "token": "a", "logprob": 0.5}`, "natural logarithm of a probability, at most 0"},
		{"logarithms to another base", `{"prefix": [], "token": "a", "logprob": -0.1}` + "\n" + `{"prefix": [], "token": "b", "logprob": -0.1}`, "add up to 1.81"},
		{"two values", scored + `{"prefix": [], "token": "a", "logprob": -2}`, "line 3: /logprob: -2, and -1 before for the same prefix and token: want one number, and ids where two tokens have one text"},
		{"a probability of 0", `{"prefix": [], "token": "a", "logprob": -Infinity}`, "line 1: /logprob: not JSON at byte 41: invalid character 'I' in number (expecting digit); a token of probability 0 has no line"},
		{"a string for a number", `{"prefix": [], "token": "a", "logprob": "-1"}`, `line 1: /logprob: "-1": want a number`},
		{"two scores", scored + `{"sequence": ["a"], "score": 0.25}`, "line 3: /score: 1/4, and 1/2 on line 2"},
		{"a score above 1", `{"sequence": ["a"], "score": 1.5}`, "line 1: /score: 1.5: want a number from 0 to 1"},
		{"a score below 0", `{"sequence": ["a"], "score": -1e-9}`, "line 1: /score: -1e-9: want a number from 0 to 1"},
		{"a score beyond float64", `{"sequence": ["a"], "score": 1e999999999}`, "line 1: /score: 1e999999999: want a number from 0 to 1"},
		{"a score in words", `{"sequence": ["a"], "score": "0.5"}`, `line 1: /score: "0.5": want a number from 0 to 1`},
		{"a prefix that no token leads to", scored + `{"prefix": ["b"], "token": "a", "logprob": -1}`, `line 3: the token "b" has no log-probability after the prefix ""`},
		{"a score in the middle", scored + `{"prefix": ["a"], "token": "b", "logprob": -1}`, `"a" has a score and continuations`},
		{"what follows the end", scored + `{"prefix": [], "token": "<end>", "logprob": -2}` + "\n" + `{"prefix": ["<end>"], "token": "a", "logprob": -1}`, `goes on after the end token "<end>"`},
		{"the name of the rest", `{"prefix": [], "token": "<rest>", "logprob": -1}`, "is made by the import"},
		{"a fraction for a token", `{"prefix": [], "token": 1.5, "logprob": -1}`, "line 1: /token: 1.5: want a token"},
		{"two lines that are wrong", `{"prefix": [0.5]}` + "\n" + scored + `{"score": 2, "sequence": []}`, "line 1: /prefix/0: 0.5: want a token: a string or a non-negative integer\nline 4: /score: 2: want a number"},
		{"an object over several lines", "{\n\"format\": 1}", "line 1: the text ends at byte 1: want one complete JSON object; each line is a JSON object of its own"},
		{"a long line", strings.Repeat(" ", maxLine+1), "line 1: longer than"},
	} {
		if _, _, err := Build(strings.NewReader(c.text), End); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.reason, err, c.want)
		}
	}
}
