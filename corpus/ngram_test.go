package corpus

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// reference is the model of the package comment, computed from its words alone:
// strings for contexts, a pass over the text for every count, rationals.
type reference struct {
	tokens []string // the text
	order  int
	k      int64
	known  map[string]*big.Rat // what probability has returned
}

// history returns the context of m tokens at the end of a sequence.
func history(y []string, m int) []string {
	h := slices.Repeat([]string{End}, m)
	for _, a := range y {
		if a == End {
			h = slices.Repeat([]string{End}, m)
		} else {
			h = append(h, a)[len(h)+1-m:]
		}
	}
	return h
}

// count returns n(c,a) and n(c).
func (r *reference) count(c []string, a string) (na, n int64) {
	for i, b := range r.tokens {
		if slices.Equal(history(r.tokens[:i], len(c)), c) {
			n++
			if a == b {
				na++
			}
		}
	}
	return na, n
}

// probability returns p(a|c).
func (r *reference) probability(c []string, a string) *big.Rat {
	key := fmt.Sprint(c, a)
	if p, ok := r.known[key]; ok {
		return p
	}
	na, n := r.count(c, a)
	var p *big.Rat
	if len(c) == 0 || r.k == 0 {
		p = big.NewRat(na, n)
	} else {
		p = new(big.Rat).Mul(r.probability(c[1:], a), big.NewRat(r.k, 1))
		p.Add(p, big.NewRat(na, 1))
		p.Quo(p, big.NewRat(n+r.k, 1))
	}
	if r.known == nil {
		r.known = map[string]*big.Rat{}
	}
	r.known[key] = p
	return p
}

// of returns the counts of a text of single letters and the names of its tokens.
func of(t testing.TB, source string, v, order, smoothing int) (*ngrams, []string) {
	t.Helper()
	txt := read(t, source)
	voc, token := choose(txt, v)
	g, err := count(txt.stream, token, len(voc.names), order, smoothing, MaxGrams)
	if err != nil {
		t.Fatal(err)
	}
	return g, voc.names
}

func int64s(t testing.TB, r row) []int64 {
	t.Helper()
	w, ok := r.weights.Int64s()
	if !ok {
		t.Fatal("weights do not fit machine words")
	}
	return w
}

func TestCountsByHand(t *testing.T) {
	t.Parallel()
	// Sentences: a b a c | a | b a b. Tokens: . = 0, a = 1, b = 2, c = 3.
	const source = "a b a c. a. b a b."
	for _, c := range []struct {
		reason    string
		v, order  int
		smoothing int
		context   context
		tokens    []int32
		weights   []int64
	}{
		{"order 1: how often each token occurs", 4, 1, 0, context{}, []int32{0, 1, 2, 3}, []int64{3, 4, 3, 1}},
		{"order 1 has no lower order to smooth from", 4, 1, 7, context{}, []int32{0, 1, 2, 3}, []int64{3, 4, 3, 1}},
		{"order 2: what sentences begin with", 4, 2, 0, context{}, []int32{1, 2}, []int64{2, 1}},
		{"after a: a sentence ends, b twice, c", 4, 2, 0, context{1}, []int32{0, 2, 3}, []int64{1, 2, 1}},
		{"after b: a twice, an end", 4, 2, 0, context{2}, []int32{0, 1}, []int64{1, 2}},
		{"after c", 4, 2, 0, context{3}, []int32{0}, []int64{1}},
		{"b and c as the rest: after a", 3, 2, 0, context{1}, []int32{0, 2}, []int64{1, 3}},
		{"order 3: after an a that begins a sentence", 4, 3, 0, context{1}, []int32{0, 2}, []int64{1, 1}},
		{"after b a", 4, 3, 0, context{1, 2}, []int32{2, 3}, []int64{1, 1}},
		{"after a b", 4, 3, 0, context{2, 1}, []int32{0, 1}, []int64{1, 1}},
		// (n(c,a) + k·n(a)/11) / (n(c) + k), k = 2: 11·n(c,a) + 2·n(a).
		{"smoothed, after a", 4, 2, 2, context{1}, []int32{0, 1, 2, 3}, []int64{17, 8, 28, 13}},
		{"smoothed, d = gcd(11, 22) = 11", 4, 2, 22, context{1}, []int32{0, 1, 2, 3}, []int64{7, 8, 8, 3}},
		// After b, order 2, k = 2: weights 17, 30, 6, 2 with the sum 55; then
		// 55·n(c,a) + 2·w(a) after a b, and nothing to add after c b.
		{"order 3 smoothed by order 2", 4, 3, 2, context{2, 1}, []int32{0, 1, 2, 3}, []int64{89, 115, 12, 4}},
		{"order 3 in a context that the text lacks: order 2", 4, 3, 2, context{2, 3}, []int32{0, 1, 2, 3}, []int64{17, 30, 6, 2}},
	} {
		g, _ := of(t, source, c.v, c.order, c.smoothing)
		r := g.row(c.context)
		if d := cmp.Diff(c.tokens, r.tokens); d != "" {
			t.Errorf("%s: tokens (-want +got):\n%s", c.reason, d)
		}
		if d := cmp.Diff(c.weights, int64s(t, r)); d != "" {
			t.Errorf("%s: weights (-want +got):\n%s", c.reason, d)
		}
		if n := g.size(c.context); n != len(c.tokens) {
			t.Errorf("%s: size %d, want %d", c.reason, n, len(c.tokens))
		}
	}
	for order, want := range map[int]int{1: 1, 2: 4, 3: 6} {
		g, _ := of(t, source, 4, order, 0)
		if got := g.contexts(); got != want {
			t.Errorf("order %d: %d contexts, want %d", order, got, want)
		}
	}
}

func TestPush(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		reason string
		order  int
		want   context
	}{
		{"no context", 1, context{}},
		{"one token", 2, context{9}},
		{"all that fits", MaxOrder, context{9, 1, 2, 3, 4, 5, 6}},
	} {
		from := context{1, 2, 3, 4, 5, 6, 7}.latest(c.order - 1)
		if got := from.push(9, c.order); got != c.want {
			t.Errorf("%s: %v, want %v", c.reason, got, c.want)
		}
		if got := from.push(0, c.order); got != (context{}) {
			t.Errorf("%s: %v after the end of a sentence, want the beginning of one", c.reason, got)
		}
	}
}

// drawText draws a text of single letters, as tokens that End closes.
func drawText(t *rapid.T) []string {
	letter := rapid.SampledFrom([]string{"a", "b", "c", End})
	tokens := []string{"a"}
	for _, a := range rapid.SliceOfN(letter, 0, 25).Draw(t, "text") {
		if a != End || tokens[len(tokens)-1] != End {
			tokens = append(tokens, a)
		}
	}
	if tokens[len(tokens)-1] != End {
		tokens = append(tokens, End)
	}
	return tokens
}

// The rows are those of the formula, whatever the order and the smoothing.
func TestRowsAreTheFormula(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := reference{tokens: drawText(t), order: rapid.IntRange(1, 4).Draw(t, "N")}
		r.k = int64(rapid.SampledFrom([]int{0, 1, 2, 6, MaxSmoothing}).Draw(t, "k"))
		txt, err := scan(strings.NewReader(strings.Join(r.tokens, " ")))
		if err != nil {
			t.Fatal(err)
		}
		voc, token := choose(txt, 50)
		g, err := count(txt.stream, token, len(voc.names), r.order, int(r.k), MaxGrams)
		if err != nil {
			t.Fatal(err)
		}
		// A context of the text, or one that it may lack.
		y := r.tokens[:rapid.IntRange(0, len(r.tokens)-1).Draw(t, "at")]
		if r.k > 0 && rapid.Bool().Draw(t, "other") {
			y = rapid.SliceOfN(rapid.SampledFrom(voc.names), 0, 4).Draw(t, "prefix")
		}
		var c context
		for _, a := range y {
			c = c.push(int32(slices.Index(voc.names, a)), r.order)
		}
		row := g.row(c)
		sum := row.weights.Sum(0, row.weights.Len())
		for a, name := range voc.names {
			got := new(big.Rat)
			if i := slices.Index(row.tokens, int32(a)); i >= 0 {
				got.SetFrac(row.weights.At(i), sum)
			}
			if want := r.probability(history(y, r.order-1), name); got.Cmp(want) != 0 {
				t.Fatalf("p(%s|%v) = %v, want %v", name, y, got, want)
			}
		}
	})
}

// Weights beyond machine words stay exact: after n equal sentences and with a
// large k, order 8 multiplies seven totals.
func TestLargeWeights(t *testing.T) {
	t.Parallel()
	tokens := strings.Fields(strings.Repeat("a b c a b a c a . ", 12))
	g, names := of(t, strings.Join(tokens, " "), 50, MaxOrder, 999_983) // a prime: no common divisors
	y := tokens[:7]
	var c context
	for _, a := range y {
		c = c.push(int32(slices.Index(names, a)), MaxOrder)
	}
	row := g.row(c)
	if _, small := row.weights.Int64s(); small {
		t.Fatal("the weights fit machine words: the test tests nothing")
	}
	r := reference{tokens: tokens, order: MaxOrder, k: 999_983}
	sum := row.weights.Sum(0, row.weights.Len())
	for i, a := range names {
		got := new(big.Rat).SetFrac(row.weights.At(i), sum)
		if want := r.probability(history(y, MaxOrder-1), a); got.Cmp(want) != 0 {
			t.Errorf("p(%s) = %v, want %v", a, got, want)
		}
	}
}

// TestTooManyGrams counts a text of four distinct bigrams, "· a", "a b", "b a" and "a ·",
// where "·" is the end of a sentence, and of the three unigrams that smoothing adds.
func TestTooManyGrams(t *testing.T) {
	t.Parallel()
	stream := []int32{1, 2, 1, 2, 1, 0}
	for _, c := range []struct{ smoothing, distinct int }{{0, 4}, {1, 7}} {
		token := []int32{0, 1, 2}
		if _, err := count(stream, token, len(token), 2, c.smoothing, c.distinct); err != nil {
			t.Errorf("k = %d: %v", c.smoothing, err)
		}
		_, err := count(stream, token, len(token), 2, c.smoothing, c.distinct-1)
		if want := fmt.Sprintf("more than %d distinct n-grams: choose a smaller order or vocabulary", c.distinct-1); err == nil || err.Error() != want {
			t.Errorf("k = %d: got %v, want %s", c.smoothing, err, want)
		}
	}
}
