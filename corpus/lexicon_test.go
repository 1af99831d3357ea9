package corpus

import (
	"bytes"
	"maps"
	"math/big"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sounding/exact"
	"sounding/internal/testenv"
	"sounding/model"
	"sounding/numeric"
)

// drawLexicon draws phrases over the words of a text, and names that need not be
// distinct.
func drawLexicon(t *rapid.T, names []string) *Lexicon {
	l := &Lexicon{AtMost: rapid.IntRange(0, 2).Draw(t, "at most"), Within: rapid.IntRange(0, 6).Draw(t, "within")}
	for range rapid.IntRange(1, 4).Draw(t, "phrases") {
		p := Phrase{Tokens: rapid.SliceOfN(rapid.SampledFrom(names), 1, 3).Draw(t, "phrase")}
		l.Phrases = append(l.Phrases, p)
	}
	return l
}

// harmful counts the ends of phrases one by one.
func (l *Lexicon) harmful(y []string) bool {
	if l.Within > 0 {
		y = y[:min(len(y), l.Within)]
	}
	n := 0
	for end := range len(y) + 1 {
		if slices.ContainsFunc(l.Phrases, func(p Phrase) bool {
			start := end - len(p.Tokens)
			return start >= 0 && slices.Equal(p.Tokens, y[start:end])
		}) {
			n++
		}
	}
	return n > l.AtMost
}

// Harm is that of the phrases counted one by one, on every sequence of the process,
// with layers of the pairs that t tokens lead to and of all pairs.
func TestLexicon(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		source := strings.Join(drawText(t), " ")
		o := Options{Order: rapid.IntRange(1, 3).Draw(t, "N"), Vocabulary: 50, Length: rapid.IntRange(1, 6).Draw(t, "T")}
		txt, err := scan(strings.NewReader(source))
		if err != nil {
			t.Fatal(err)
		}
		voc, _ := choose(txt, 50)
		o.Lexicon = drawLexicon(t, voc.names)
		in, s, err := o.instance(strings.NewReader(source), rapid.SampledFrom([]int{0, 5, maxRamp}).Draw(t, "ramp"))
		if err != nil {
			t.Fatal(err)
		}
		walk(in.Process, func(y []string, _ *big.Rat, x int) {
			if got, want := in.HarmAt(x).Sign() > 0, o.Lexicon.harmful(y); got != want {
				t.Fatalf("%v: harmful %t, want %t\n%v", y, got, want, s)
			}
		})
	})
}

// No two states of the automaton of a lexicon or a pattern are equivalent, by marking pairs
// that a token leads to a pair that differs.
func TestMinimal(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m, err := drawLexicon(t, letters().names).compile(letters())
		if err != nil {
			t.Fatal(err)
		}
		if rapid.Bool().Draw(t, "pattern") {
			if m, err = compile(drawPattern(t, 3), letters()); err != nil {
				t.Skip("over a limit")
			}
		}
		n := m.states()
		differ := make([]bool, n*n)
		for i := range differ {
			differ[i] = m.harm[i/n] != m.harm[i%n]
		}
		for changed := true; changed; {
			changed = false
			for i := range differ {
				for c := 0; c < m.width && !differ[i]; c++ {
					p, q := m.next[i/n*m.width+c], m.next[i%n*m.width+c]
					if differ[int(p)*n+int(q)] {
						differ[i], changed = true, true
					}
				}
			}
		}
		for i := range differ {
			if i/n != i%n && !differ[i] {
				t.Fatalf("states %d and %d are equivalent: %+v", i/n, i%n, m)
			}
		}
	})
}

// Layers of all pairs that can be reached give the exact profile that layers of the
// pairs that t tokens lead to give, and from some position on they are one layer.
func TestRamp(t *testing.T) {
	t.Parallel()
	const source = "the light of the sun. the rays of the light of the light. the sun of rays. of the sun."
	o := Options{Order: 3, Vocabulary: 9, Length: 12, Recovery: []string{End}, Lexicon: &Lexicon{
		Phrases: []Phrase{{Tokens: []string{"the", "light", "of", "the"}}, {Tokens: []string{"sun", End}}}, AtMost: 1, Within: 7,
	}}
	want, _ := build(t, source, o)
	got, s, err := o.instance(strings.NewReader(source), 0)
	if err != nil {
		t.Fatal(err)
	}
	if s.Layers != 4 { // the first, all from there on, the last that the lexicon reads, all after it
		t.Errorf("%d layers, want 4", s.Layers)
	}
	if d := cmp.Diff(analysis(t, want), analysis(t, got)); d != "" {
		t.Errorf("profile (-want +got):\n%s", testenv.Changes(d))
	}
}

// Where harm is decided within n tokens, the first n positions are those of the process
// of length n: of the long one in float64, its enclosures contain the exact values of the short.
func TestWithin(t *testing.T) {
	t.Parallel()
	const n = 5
	o := Options{Order: 2, Vocabulary: 12, Length: 400, Recovery: []string{End}, Lexicon: &Lexicon{
		Phrases: []Phrase{{Tokens: []string{"the"}}, {Tokens: []string{"of", "the"}}}, AtMost: 1, Within: n,
	}}
	const source = "the light of the sun. the rays of the light of the light. the sun of rays. of the sun. a ray."
	in, _ := build(t, source, o)
	long, err := numeric.Enclose(in, nil)
	if err != nil {
		t.Fatal(err)
	}
	o.Length = n
	in, _ = build(t, source, o)
	short, err := exact.Analyze(in, 0)
	if err != nil {
		t.Fatal(err)
	}
	if long.Horizon != n || short.Horizon != n {
		t.Errorf("horizons %d and %d, want %d", long.Horizon, short.Horizon, n)
	}
	firstPositions(t, long, short, nineDigits)
}

// nineDigits is the width of enclosures that an analysis has to prove: nine digits of a
// probability. It is no tolerance: the enclosures have to meet.
const nineDigits = 1e-9

// firstPositions compares the enclosures of the first positions of a process with the profile of
// a shorter one, and holds their widths to what is wanted.
func firstPositions(t *testing.T, long *model.Profile[numeric.Interval, numeric.Interval], short *exact.Analysis, width float64) {
	t.Helper()
	const rounding = 0x1p-52 // of an end to float64, and of the product below: a unit of 2^-53 each
	for i := range short.Positions {
		got, want := model.Quantities(&long.Positions[i]), model.Quantities(&short.Positions[i])
		for k, q := range got {
			lo, hi := want[k].Value.Ends()
			if hi < q.Value.Lo*(1-rounding) || lo > q.Value.Hi*(1+rounding) || !(q.Value.Hi-q.Value.Lo <= width) {
				t.Fatalf("%s at t = %d: [%g, %g], want [%g, %g]", q.Name, i+1, q.Value.Lo, q.Value.Hi, lo, hi)
			}
		}
	}
}

func analysis(t *testing.T, in *model.Instance) string {
	t.Helper()
	a, err := exact.Analyze(in, 0)
	if err != nil {
		t.Fatal(err)
	}
	b, err := a.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestReadPhrases(t *testing.T) {
	t.Parallel()
	got, err := ReadPhrases(strings.NewReader("# harmful\nthe light\n\n  of . rays # after\n"))
	want := []Phrase{{[]string{"the", "light"}, 2}, {[]string{"of", ".", "rays"}, 4}}
	if d := cmp.Diff(want, got); err != nil || d != "" {
		t.Errorf("%v, (-want +got):\n%s", err, d)
	}
	for _, c := range []struct{ reason, in, want string }{
		{"empty", "# nothing\n", "no phrases in it"},
		{"long phrase", "a\n" + strings.Repeat("a ", MaxPhrase+1), "line 2: a phrase of 65 tokens, want at most 64"},
		{"many phrases", strings.Repeat("a\n", MaxPhrases+1), "line 10001: more than 10000 phrases"},
		{"endless line", strings.Repeat("a", 1<<17), "line 1: bufio.Scanner: token too long"},
	} {
		if _, err := ReadPhrases(strings.NewReader(c.in)); err == nil || err.Error() != c.want {
			t.Errorf("%s: %v\nwant %s", c.reason, err, c.want)
		}
	}
	l := &Lexicon{Phrases: []Phrase{{[]string{"a", "d"}, 3}}}
	if _, err := l.compile(letters()); err == nil || err.Error() != `lexicon, line 3: "d" is not one of the 5 tokens; the first are ".", "a", "b", "c", "<other>"` {
		t.Error(err)
	}
}

// TestOpticksLexicon makes a model of the Opticks with harm by a hundred of its own phrases within
// the first tokens, in a longer campaign a trigram model of all words over 1,000 positions. In
// float64 the first positions are those of a process that ends there, enclosed at 128 bits.
func TestOpticksLexicon(t *testing.T) {
	t.Parallel()
	text := opticks(t)
	o := Options{Order: 2, Vocabulary: 60, Length: 100, Recovery: []string{End}}
	within := 6
	if testenv.Effort() > 1 {
		o.Order, o.Vocabulary, o.Length, within = 3, 5000, 1000, 20
	}
	o.Lexicon = &Lexicon{Phrases: commonPhrases(t, text, o.Vocabulary, 100), Within: within}
	start := time.Now()
	in, s, err := Build(bytes.NewReader(text), o)
	if err != nil {
		t.Fatal(err)
	}
	long, err := numeric.Enclose(in, nil)
	if err != nil {
		t.Fatal(err)
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	t.Logf("%v, %d MiB from the system\n%v", time.Since(start).Round(time.Millisecond), memory.Sys>>20, s)
	o.Length = within
	if in, _, err = Build(bytes.NewReader(text), o); err != nil {
		t.Fatal(err)
	}
	short, err := exact.Analyze(in, 128)
	if err != nil {
		t.Fatal(err)
	}
	if e := long.ExpectedHarm; !(0.01 < e.Lo && e.Hi < 0.99) {
		t.Errorf("E[Harm] in [%g, %g]: the phrases decide nothing", e.Lo, e.Hi)
	}
	firstPositions(t, long, short, nineDigits)
}

// commonPhrases returns the n most frequent phrases of three words that are tokens.
func commonPhrases(t *testing.T, source []byte, vocabulary, n int) []Phrase {
	t.Helper()
	txt, err := scan(bytes.NewReader(source))
	if err != nil {
		t.Fatal(err)
	}
	voc, token := choose(txt, vocabulary)
	counts := make(map[[3]string]int)
	for i := range len(txt.stream) - 2 {
		var words [3]string
		for k := range words {
			words[k] = voc.names[token[txt.stream[i+k]]]
		}
		if !slices.Contains(words[:], End) && !slices.Contains(words[:], Other) {
			counts[words]++
		}
	}
	order := slices.SortedFunc(maps.Keys(counts), func(a, b [3]string) int {
		if d := counts[b] - counts[a]; d != 0 {
			return d
		}
		return slices.Compare(a[:], b[:])
	})
	var phrases []Phrase
	for _, words := range order[:n] {
		phrases = append(phrases, Phrase{Tokens: words[:]})
	}
	return phrases
}
