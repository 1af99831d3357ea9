package corpus

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func read(t testing.TB, source string) *text {
	t.Helper()
	got, err := scan(strings.NewReader(source))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestChoose(t *testing.T) {
	t.Parallel()
	const source = "d c c b b a a a" // a three times, b and c twice, d once
	for _, c := range []struct {
		reason string
		v      int
		want   string
		stream string // as tokens
	}{
		{"the smallest has the end and the rest", 2, ". <other>", "11111111."},
		{"the most frequent word first", 3, ". a <other>", "22222111."},
		{"ties in alphabetical order", 4, ". a b <other>", "33322111."},
		{"as many tokens as words: no rest", 5, ". a b c d", "43322111."},
		{"more tokens than words", 9, ". a b c d", "43322111."},
	} {
		txt := read(t, source)
		voc, token := choose(txt, c.v)
		if got := strings.Join(voc.names, " "); got != c.want {
			t.Errorf("%s: V = %d: %s, want %s", c.reason, c.v, got, c.want)
		}
		got := make([]byte, len(txt.stream))
		for i, w := range txt.stream {
			got[i] = ".123456789"[token[w]]
		}
		if string(got) != c.stream {
			t.Errorf("%s: V = %d: the text is %s, want %s", c.reason, c.v, got, c.stream)
		}
	}
	voc, _ := choose(read(t, source), 4)
	if d := cmp.Diff([]string{"a", "b", "c", "d"}, voc.ranked); d != "" {
		t.Errorf("ranking (-want +got):\n%s", d)
	}
}

func TestToken(t *testing.T) {
	t.Parallel()
	voc, _ := choose(read(t, "light light light rays rays rays prism's prism's of of of of colours colour"), 6)
	for _, c := range []struct {
		reason, name string
		want         int
	}{
		{"a word", "light", 2},
		{"in any case", "LIGHT", 2},
		{"with either apostrophe", "Prism’s", 4},
		{"with one too many", "'rays'", 3},
		{"the end", ".", 0},
		{"the rest", "<other>", 5},
	} {
		if got, err := voc.token(c.name); err != nil || got != c.want {
			t.Errorf("%s: %q is %d, %v, want %d", c.reason, c.name, got, err, c.want)
		}
	}
	for _, c := range []struct{ reason, name, want string }{
		{"in the text, but rare", "Colours", `"colours" is not one of the 6 tokens: as word 6 of the text by frequency it needs a vocabulary of 7`},
		{"rarer than any but one", "colour", `"colour" is not one of the 6 tokens: as word 5 of the text by frequency it needs a vocabulary of 7`},
		{"two letters swapped", "lihgt", `"lihgt" is not one of the 6 tokens; near it are "light"`},
		{"a letter lost", "igt", `"igt" is not one of the 6 tokens; the first are ".", "of", "light", "rays", "prism's", "<other>"`},
		{"a letter too many", "orays", `"orays" is not one of the 6 tokens; near it are "rays"`},
		{"two edits of a longer word", "prizms", `"prizms" is not one of the 6 tokens; near it are "prism's"`},
		{"nothing like it", "wavelength", `"wavelength" is not one of the 6 tokens; the first are ".", "of", "light", "rays", "prism's", "<other>"`},
		{"empty", "", `"" is not one of the 6 tokens; the first are ".", "of", "light", "rays", "prism's", "<other>"`},
	} {
		if _, err := voc.token(c.name); err == nil || err.Error() != c.want {
			t.Errorf("%s: got %v\nwant %s", c.reason, err, c.want)
		}
	}
	got, err := voc.tokens([]string{"rays", " . ", "RAYS"})
	if err != nil || !cmp.Equal(got, []int{0, 3}) {
		t.Errorf("tokens: %v, %v, want [0 3]", got, err)
	}
}

// The rank in the message must be enough: with the vocabulary that it asks for
// every word is a token, and with one less it is not.
func TestTokenAdvice(t *testing.T) {
	t.Parallel()
	txt := read(t, "a a a a a b b b b c c c d d e")
	for i, w := range []string{"a", "b", "c", "d", "e"} {
		need := min(i+3, 6)
		voc, _ := choose(txt, need)
		if _, err := voc.token(w); err != nil {
			t.Errorf("V = %d: %v", need, err)
		}
		voc, _ = choose(txt, need-1)
		_, err := voc.token(w)
		if want := " needs a vocabulary of " + string(rune('0'+need)); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("V = %d: %v, want …%s", need-1, err, want)
		}
	}
}

func TestDistance(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"", "ab", 2},
		{"light", "light", 0},
		{"light", "lights", 1},
		{"light", "right", 1},
		{"light", "lihgt", 1},
		{"light", "thigh", 3},
		{"ca", "abc", 3}, // 2 where a swapped pair may be edited again
		{"prism's", "prizms", 2},
	} {
		if got, back := distance(c.a, c.b), distance(c.b, c.a); got != c.want || back != c.want {
			t.Errorf("distance of %q and %q is %d, and %d the other way, want %d", c.a, c.b, got, back, c.want)
		}
	}
}
