package layout_test

import (
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sounding/internal/layout"
)

func TestTable(t *testing.T) {
	t.Parallel()
	table := layout.Table{
		Head:   []string{"t", "name", "says"},
		Rows:   [][]string{{"1", "F̄_t", "one two three four"}, {"10", "G_t", ""}},
		Right:  1,
		Indent: " ",
	}
	const natural = 29
	if got := table.Width(); got != natural {
		t.Errorf("width %d, want %d", got, natural)
	}
	for _, c := range []struct {
		name  string
		width int
		want  string
	}{
		{"a file", 0, "" +
			"  t  name  says\n" +
			"  1  F̄_t   one two three four\n" +
			" 10  G_t\n"},
		{"as wide as the table", natural, "" +
			"  t  name  says\n" +
			"  1  F̄_t   one two three four\n" +
			" 10  G_t\n"},
		{"narrower", 20, "" +
			"  t  name  says\n" +
			"  1  F̄_t   one two\n" +
			"           three\n" +
			"           four\n" +
			" 10  G_t\n"},
		{"too narrow for the longest words", 15, "" +
			" t     1\n" +
			" name  F̄_t\n" +
			" says  one two\n" +
			"       three\n" +
			"       four\n" +
			"\n" +
			" t     10\n" +
			" name  G_t\n"},
	} {
		var b strings.Builder
		if err := table.Write(&b, c.width); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, b.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestWriter(t *testing.T) {
	t.Parallel()
	const text = "short\n  claim  one two three\na_word_that_is_too_long for it\n\n"
	for _, c := range []struct {
		width int
		want  string
	}{
		{0, text},
		{12, "short\n  claim\n    one two\n    three\na_word_that_is_too_long\n  for it\n\n"},
		{20, "short\n  claim  one two\n         three\na_word_that_is_too_long\n  for it\n\n"},
	} {
		var b strings.Builder
		w := layout.Writer{Writer: &b, Width: c.width}
		for _, part := range strings.SplitAfter(text, "o") { // writes that end within lines
			if _, err := io.WriteString(&w, part); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(c.want, b.String()); diff != "" {
			t.Errorf("width %d (-want +got):\n%s", c.width, diff)
		}
	}
}
