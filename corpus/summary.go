package corpus

import (
	"fmt"
	"strings"
)

// Summary says what Build made of a text.
type Summary struct {
	Bytes     int
	Tokens    int // words and sentence ends of the text
	Sentences int
	Words     int // distinct words

	Vocabulary []string // names of the tokens
	Covered    int      // tokens of the text that Other does not stand for

	Order     int
	Smoothing int
	Contexts  int // distinct contexts of N−1 tokens in the text

	Harm      string // the pattern
	Automaton int    // states of its deterministic automaton
	Recovery  []int

	Length int
	Layers int // distinct layers, those that are stored
	Edges  int // in the distinct layers
	States int // in the largest layer
}

// String returns a few lines of plain text.
func (s *Summary) String() string {
	names := make([]string, len(s.Recovery))
	for i, a := range s.Recovery {
		names[i] = s.Vocabulary[a]
	}
	recovery := "none"
	if len(names) > 0 {
		recovery = strings.Join(names, " ")
	}
	var b strings.Builder
	fmt.Fprintf(&b, "text        %d bytes, %d sentences, %d tokens, %d distinct words\n", s.Bytes, s.Sentences, s.Tokens, s.Words)
	fmt.Fprintf(&b, "vocabulary  %d tokens, covering %.1f%% of the text\n", len(s.Vocabulary), 100*float64(s.Covered)/float64(s.Tokens))
	fmt.Fprintf(&b, "model       order %d, %d contexts, smoothing %d\n", s.Order, s.Contexts, s.Smoothing)
	fmt.Fprintf(&b, "harm        %s (automaton of %d states)\n", s.Harm, s.Automaton)
	fmt.Fprintf(&b, "recovery    %s\n", recovery)
	fmt.Fprintf(&b, "process     length %d, up to %d states in a layer, %d edges in %d distinct layers\n", s.Length, s.States, s.Edges, s.Layers)
	return b.String()
}
