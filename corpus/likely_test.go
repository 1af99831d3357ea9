package corpus

import (
	"slices"
	"strings"
	"testing"
)

// TestLikely: what no sequence matches is said, with patterns that some do.
func TestLikely(t *testing.T) {
	t.Parallel()
	const text = "The cat sat. The dog ran. The cat ran home. On."
	for _, c := range []struct {
		name             string
		harm             string
		vocabulary, long int
		want             []string // nil where something matches
	}{
		{"the default", "", 50, 3, []string{"the cat", "cat ran", "cat sat", "dog ran", "the dog"}},
		{"too late", "^ _{2} home", 50, 3, []string{"the cat", "cat ran", "cat sat", "dog ran", "the dog"}},
		{"one token", "home", 50, 1, []string{"the", "on"}},
		{"other words", "cat the", 4, 3, []string{"the cat"}},
		{"a match", "the cat", 50, 3, nil},
	} {
		o := DefaultOptions()
		o.Harm, o.Vocabulary, o.Length = c.harm, c.vocabulary, c.long
		_, s, err := Build(strings.NewReader(text), o)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if s.Unmatched != (c.want != nil) || !slices.Equal(s.Likely, c.want) {
			t.Errorf("%s: unmatched %v, likely %q, want %q", c.name, s.Unmatched, s.Likely, c.want)
		}
		if said := strings.Contains(s.String(), "no sequence of length"); said != s.Unmatched {
			t.Errorf("%s: said %v", c.name, said)
		}
		for _, pattern := range s.Likely {
			o.Harm = pattern
			if _, s, err := Build(strings.NewReader(text), o); err != nil || s.Unmatched {
				t.Errorf("%s: nothing matches %q: %v", c.name, pattern, err)
			}
		}
	}
}

// TestSingular: one of a kind is named as one.
func TestSingular(t *testing.T) {
	t.Parallel()
	o := DefaultOptions()
	o.Order, o.Length, o.Harm = 1, 1, "_"
	_, s, err := Build(strings.NewReader("a"), o)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.String(); !strings.HasPrefix(got, "text        1 byte, 1 sentence, 2 tokens, 1 distinct word\n") {
		t.Error(got)
	}
}
