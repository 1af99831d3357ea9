package corpus

import (
	"bytes"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sounding/model"
)

func build(t testing.TB, source string, o Options) (*model.Instance, *Summary) {
	t.Helper()
	in, s, err := Build(strings.NewReader(source), o)
	if err != nil {
		t.Fatal(err)
	}
	if err := in.Validate(); err != nil {
		t.Fatal(err)
	}
	return in, s
}

// walk calls f with every sequence of T tokens that the rows of a process list,
// its probability and the state it ends in.
func walk(p *model.Process, f func(y []string, probability *big.Rat, x int)) {
	var from func(y []string, x int, probability *big.Rat)
	from = func(y []string, x int, probability *big.Rat) {
		if len(y) == p.Length() {
			f(y, probability, x)
			return
		}
		l := p.Layer(len(y) + 1)
		lo, hi := l.Row(x)
		sum := l.Weights().Sum(lo, hi)
		for e := lo; e < hi; e++ {
			q := new(big.Rat).SetFrac(l.Weights().At(e), sum)
			from(append(y[:len(y):len(y)], p.Token(l.Token(e))), l.Next(e), q.Mul(q, probability))
		}
	}
	from(nil, 0, big.NewRat(1, 1))
}

// The process is the n-gram model of the formula with the harm of the pattern:
// on every sequence, and on no other.
func TestLawAndHarm(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := reference{tokens: drawText(t), order: rapid.IntRange(1, 4).Draw(t, "N")}
		r.k = int64(rapid.IntRange(0, 2).Draw(t, "k"))
		o := Options{Order: r.order, Vocabulary: 50, Length: rapid.IntRange(1, 5).Draw(t, "T"), Smoothing: int(r.k)}
		o.Harm = rapid.SampledFrom([]string{"a", "a _ .", "^ _? (a | .)", "(a a | .) $", "^ a* . $"}).Draw(t, "harm")
		in, _, err := Build(strings.NewReader(strings.Join(r.tokens, " ")), o)
		if err != nil {
			t.Fatal(err)
		}
		re, err := oracle(o.Harm)
		if err != nil {
			t.Fatal(err)
		}
		total := new(big.Rat)
		walk(in.Process, func(y []string, got *big.Rat, x int) {
			want := big.NewRat(1, 1)
			for i, a := range y {
				want.Mul(want, r.probability(history(y[:i], r.order-1), a))
			}
			if got.Cmp(want) != 0 {
				t.Fatalf("P(%v) = %v, want %v", y, got, want)
			}
			if got.Sign() == 0 {
				t.Fatalf("%v is listed with probability 0", y)
			}
			total.Add(total, got)
			harm := new(big.Rat)
			if re.MatchString(strings.Join(y, "")) {
				harm.SetInt64(1)
			}
			if in.HarmAt(x).Cmp(harm) != 0 {
				t.Fatalf("Harm(%v) = %v, want %v", y, in.HarmAt(x), harm)
			}
		})
		if total.Cmp(big.NewRat(1, 1)) != 0 {
			t.Fatalf("the probabilities sum to %v", total)
		}
		for l, states := range in.Reachable() {
			if slices.Contains(states, false) {
				t.Fatalf("layer %d has states that nothing reaches: %v", l, states)
			}
		}
	})
}

func TestProcessByHand(t *testing.T) {
	t.Parallel()
	// Bigrams: a sentence begins with a 2, b 1; a → . 2, b 1; b → . 1, a 1.
	in, s := build(t, "a b. b a. a.", Options{Order: 2, Vocabulary: 9, Length: 3, Harm: "a b", Recovery: []string{"b", "."}})
	if got := strings.Join(in.Tokens(), " "); got != ". a b" {
		t.Errorf("tokens %s, want . a b", got)
	}
	want := map[string]string{
		"a . a": "8/27 0", "a . b": "4/27 0", "a b .": "1/9 1", "a b a": "1/9 1",
		"b . a": "1/9 0", "b . b": "1/18 0", "b a .": "1/9 0", "b a b": "1/18 1",
	}
	got := map[string]string{}
	walk(in.Process, func(y []string, p *big.Rat, x int) {
		got[strings.Join(y, " ")] = p.RatString() + " " + in.HarmAt(x).RatString()
	})
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("law and harm (-want +got):\n%s", d)
	}
	wantSummary := &Summary{
		Bytes: 12, Tokens: 8, Sentences: 3, Words: 2,
		Vocabulary: []string{".", "a", "b"}, Covered: 8,
		Order: 2, Contexts: 3, Harm: "a b", Automaton: 3, Recovery: []int{0, 2},
		// Contexts with states: .0 | a1 b0 | .0 a1 b2 | .0 a1 b0 .2 a2 b2.
		Length: 3, Layers: 3, Edges: 2 + 4 + 6, States: 6,
	}
	if d := cmp.Diff(wantSummary, s); d != "" {
		t.Errorf("summary (-want +got):\n%s", d)
	}
	if !slices.Equal(in.Recovery, s.Recovery) {
		t.Errorf("recovery %v, want %v", in.Recovery, s.Recovery)
	}
}

// Layers repeat as soon as the set of states does, also with a period above 1.
func TestLayersAreShared(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		reason, source, harm string
		layers, period       int
	}{
		// After 0, 1, … tokens, with how many a's in a row or a match:
		// {.0} {a1} {.0 a2} {.0 a1 a3} {.0 a1 a2 .3 a3}, and again the last.
		{"a set that stays", "a. a a.", "a a a", 5, 1},
		{"sentences of one word alternate", "a.", ". a .", 6, 2},
		{"sentences of two words, decided at once", "a b.", "^ a", 4, 3},
		{"the pattern counts to three where sentences alternate", "a.", "^ (_ _ _)* a $", 6, 6},
	} {
		o := Options{Order: 2, Vocabulary: 9, Length: 10_000, Harm: c.harm}
		in, s := build(t, c.source, o)
		if s.Layers != c.layers {
			t.Errorf("%s: %d layers stored, want %d", c.reason, s.Layers, c.layers)
		}
		for i := 1; i <= in.Length(); i++ {
			for j := 1; j < min(i, 20); j++ {
				shared := i-j >= 1 && in.Layer(i) == in.Layer(i-j)
				if want := i-j > c.layers-c.period && j%c.period == 0; shared != want {
					t.Fatalf("%s: positions %d and %d share a layer: %t, want %t", c.reason, i-j, i, shared, want)
				}
			}
		}
		re, err := oracle(c.harm)
		if err != nil {
			t.Fatal(err)
		}
		for o.Length = 1; o.Length <= 13; o.Length++ {
			in, _ := build(t, c.source, o)
			walk(in.Process, func(y []string, _ *big.Rat, x int) {
				if want := re.MatchString(strings.Join(y, "")); (in.HarmAt(x).Sign() > 0) != want {
					t.Errorf("%s: Harm(%v) = %v, want %t", c.reason, y, in.HarmAt(x), want)
				}
			})
		}
	}
}

func TestDefaultHarm(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		source, want string
		v            int
	}{
		{"b b b c c a", "b _ c", 4},
		{"b b b c c a", "b _ <other>", 3},
		{"b b b c c a", "<other> _ <other>", 2},
		{"b", "b _ b", 9},
	} {
		_, s := build(t, c.source, Options{Order: 1, Vocabulary: c.v, Length: 1})
		if s.Harm != c.want {
			t.Errorf("V = %d: %s, want %s", c.v, s.Harm, c.want)
		}
	}
}

func TestBuildErrors(t *testing.T) {
	t.Parallel()
	const source = "the light of the sun. the rays."
	for _, c := range []struct {
		reason, source string
		change         func(*Options)
		want           string
	}{
		{"order", source, func(o *Options) { o.Order = 0 }, "order 0: must be 1 to 8"},
		{"order", source, func(o *Options) { o.Order = 9 }, "order 9: must be 1 to 8"},
		{"vocabulary", source, func(o *Options) { o.Vocabulary = 1 }, "vocabulary 1: must be 2 to 65536"},
		{"length", source, func(o *Options) { o.Length = 100_001 }, "length 100001: must be 1 to 100000"},
		{"smoothing", source, func(o *Options) { o.Smoothing = -1 }, "smoothing -1: must be 0 to 1000000"},
		{"text", "", func(*Options) {}, "text: no words in it"},
		{"pattern", source, func(o *Options) { o.Harm = "the suns" }, `harm pattern: column 5: "suns" is not one of the 6 tokens; near it are "sun"`},
		{"recovery", source, func(o *Options) { o.Recovery = []string{".", " ray"} }, `recovery: "ray" is not one of the 6 tokens; near it are "rays"`},
		{"edges: 300 contexts in the second layer, 90,000 in the third, of 301 tokens each", words(300), func(o *Options) {
			*o = Options{Order: 3, Vocabulary: 400, Length: 5, Smoothing: 1}
		}, "more than 16777216 edges in the first 3 layers: choose a smaller order or vocabulary, no smoothing, or a simpler pattern"},
	} {
		o := DefaultOptions()
		c.change(&o)
		in, s, err := Build(strings.NewReader(c.source), o)
		if err == nil || err.Error() != c.want {
			t.Errorf("%s: %v\nwant %s", c.reason, err, c.want)
		}
		if in != nil || s != nil {
			t.Errorf("%s: an instance or summary beside the error", c.reason)
		}
	}
}

// words returns a sentence of n distinct words.
func words(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "w%d ", i)
	}
	return b.String()
}

// opticks opens the text that comes with Go.
func opticks(t testing.TB) []byte {
	t.Helper()
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Skip("no go command: ", err)
	}
	text, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(root)), "src", "testdata", "Isaac.Newton-Opticks.txt"))
	if err != nil {
		t.Skip("the text that comes with Go is not there: ", err)
	}
	return text
}

func TestOpticks(t *testing.T) {
	t.Parallel()
	text := opticks(t)
	o := DefaultOptions()
	o.Harm = "^ _{0,4} the (light | rays | colours)"
	in, s, err := Build(bytes.NewReader(text), o)
	if err != nil {
		t.Fatal(err)
	}
	const want = `text        567198 bytes, 3183 sentences, 104660 tokens, 4643 distinct words
vocabulary  50 tokens, covering 50.3% of the text; all other words are <other>
model       order 2, 50 contexts, smoothing 0
harm        ^ _{0,4} the (light | rays | colours) (automaton of 12 states)
recovery    .
process     length 20, up to 100 states in a layer, 12061 edges in 7 distinct layers
`
	if got := s.String(); got != want {
		t.Errorf("summary (-want +got):\n%s", cmp.Diff(want, got))
	}
	if in.Vocabulary() != 50 || in.Length() != 20 {
		t.Errorf("V = %d, T = %d, want 50 and 20", in.Vocabulary(), in.Length())
	}
	again, _, err := Build(bytes.NewReader(text), o)
	if err != nil {
		t.Fatal(err)
	}
	if !in.Process.Equal(again.Process) || !slices.Equal(in.Recovery, again.Recovery) {
		t.Error("a second run gives another instance")
	}
}

func BenchmarkOpticks(b *testing.B) {
	text := opticks(b)
	for _, c := range []struct{ order, vocabulary, smoothing int }{{2, 50, 0}, {2, 50, 1}, {3, 50, 0}, {3, 200, 0}, {2, 1000, 1}} {
		b.Run(fmt.Sprintf("N=%d/V=%d/k=%d", c.order, c.vocabulary, c.smoothing), func(b *testing.B) {
			o := Options{Order: c.order, Vocabulary: c.vocabulary, Length: 20, Smoothing: c.smoothing}
			var s *Summary
			for b.Loop() {
				var err error
				if _, s, err = Build(bytes.NewReader(text), o); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(s.Edges), "edges")
		})
	}
}

// Whatever the text and the options, Build returns an error or a valid instance.
func FuzzBuild(f *testing.F) {
	f.Add("the light of the sun. The rays.", "the _", ".", uint8(2), uint8(5), uint8(6), uint8(1))
	f.Add("a\xff", "^ a $", "", uint8(1), uint8(2), uint8(1), uint8(0))
	f.Add("don't\n\nstop! 光。", "don’t | .", "stop, .", uint8(8), uint8(50), uint8(40), uint8(0))
	f.Fuzz(func(t *testing.T, text, harm, recovery string, order, vocabulary, length, smoothing uint8) {
		o := Options{Order: int(order), Vocabulary: int(vocabulary), Length: int(length), Smoothing: int(smoothing), Harm: harm}
		if recovery != "" {
			o.Recovery = strings.Split(recovery, ",")
		}
		if smoothing > 0 {
			o.Order = min(o.Order, 3) // V^(N−1) contexts
			o.Vocabulary = min(o.Vocabulary, 20)
		}
		in, s, err := Build(strings.NewReader(text), o)
		if err != nil {
			if in != nil || s != nil {
				t.Fatal("an instance or summary beside the error")
			}
			return
		}
		if err := in.Validate(); err != nil {
			t.Fatal(err)
		}
		if in.Length() != o.Length || in.Vocabulary() > o.Vocabulary || len(in.Tokens()) != in.Vocabulary() || s.String() == "" {
			t.Fatalf("V = %d, T = %d from %+v", in.Vocabulary(), in.Length(), o)
		}
	})
}
