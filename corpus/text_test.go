package corpus

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// String writes the stream of a text as words between blanks.
func (t *text) String() string {
	words := make([]string, len(t.stream))
	for i, w := range t.stream {
		words[i] = t.words[w]
	}
	return strings.Join(words, " ")
}

func TestScan(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ reason, in, want string }{
		{"words are lower-cased, blanks and commas separate", "The Light, the\tRay", "the light the ray ."},
		{"a full stop ends a sentence", "A b. C d.", "a b . c d ."},
		{"so do others of Unicode's sentence terminals", "Why? Go! 光。走", "why . go . 光 . 走 ."},
		{"not one inside a number or a word", "3.5 e.g. this", "3 5 e g . this ."},
		{"a row of them is one end", "so... it is?! yes", "so . it is . yes ."},
		{"quotes and brackets may stand behind it", "(He said \"go.\") Then 'stop.' now", "he said go . then stop . now ."},
		{"no sentence without words", ". . a . . .", "a ."},
		{"a blank line ends one too", "TITLE\n\nText here\nand here\r\n \r\nNext", "title . text here and here . next ."},
		{"punctuation alone does not make a line blank", "a\n--\nb", "a b ."},
		{"an apostrophe inside belongs to the word, of either form", "don't don’t", "don't don't ."},
		{"one outside does not", "'tis the rays' o''clock '", "tis the rays o clock ."},
		{"underscores are not letters", "_Mr._ Newton_s", "mr . newton s ."},
		{"digits are", "Fig. 12", "fig . 12 ."},
		{"combining marks belong to the word", "E\u0301te\u0301", "e\u0301te\u0301 ."},
		{"a byte order mark and control characters separate", "\ufeffa\x00b", "a b ."},
		{"case of other scripts", "ΣΟΦΙΑ Ёж", "σοφια ёж ."},
	} {
		got, err := scan(iotest.OneByteReader(strings.NewReader(c.in)))
		if err != nil {
			t.Errorf("%s: %q: %v", c.reason, c.in, err)
			continue
		}
		if got.String() != c.want {
			t.Errorf("%s: %q: got %q, want %q", c.reason, c.in, got, c.want)
		}
		counts := map[string]int{}
		for i, w := range got.words {
			counts[w] = got.counts[i]
		}
		want := map[string]int{}
		for w := range strings.SplitSeq(c.want, " ") {
			want[w]++
		}
		if d := cmp.Diff(want, counts); d != "" {
			t.Errorf("%s: counts (-want +got):\n%s", c.reason, d)
		}
		if got.bytes != len(c.in) {
			t.Errorf("%s: %d bytes, want %d", c.reason, got.bytes, len(c.in))
		}
	}
}

func TestScanErrors(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken disk")
	for _, c := range []struct {
		reason, want string
		in           io.Reader
	}{
		{"empty", "no words in it", strings.NewReader("")},
		{"no words", "no words in it", strings.NewReader("... \n -- ' _ !")},
		{"not UTF-8", "line 2, byte 8 of the file: not UTF-8, want plain text in UTF-8", strings.NewReader("light\nc\xe9 ")},
		{"cut inside a rune", "line 1, byte 2 of the file: not UTF-8, want plain text in UTF-8", strings.NewReader("a\xc3")},
		{"UTF-16", "line 1, byte 1 of the file: not UTF-8, want plain text in UTF-8", strings.NewReader("\xff\xfea\x00")},
		{"a reader's own error is passed on", "line 2: broken disk", io.MultiReader(strings.NewReader("a\nb"), iotest.ErrReader(broken))},
		{"endless word", `line 3: a word of more than 256 bytes, "aaaaaaaaaaaaaaaaaaaaaaaa"…`, strings.NewReader("x\n\n" + strings.Repeat("a", MaxWordBytes+1))},
	} {
		if _, err := scan(c.in); err == nil || err.Error() != c.want {
			t.Errorf("%s: got %v, want %s", c.reason, err, c.want)
		}
	}
	if _, err := scan(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("the reader's error is not in %v", err)
	}
	if _, err := scan(strings.NewReader(strings.Repeat("a", MaxWordBytes))); err != nil {
		t.Errorf("a word of the longest length: %v", err)
	}
}

func TestScanAtMost(t *testing.T) {
	t.Parallel()
	const source = "the sun\nthe 𝄞 rays" // 21 bytes, 3 words
	for _, c := range []struct {
		bytes, words int
		want         string
	}{
		{21, 3, "<nil>"},
		{20, 3, "more than 20 bytes"},
		{21, 2, "line 2: more than 2 distinct words"},
	} {
		if _, err := scanAtMost(strings.NewReader(source), c.bytes, c.words); fmt.Sprint(err) != c.want {
			t.Errorf("at most %d bytes and %d words: %v, want %s", c.bytes, c.words, err, c.want)
		}
	}
}
