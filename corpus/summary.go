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

	// Unmatched says that no sequence has harm, so that there is no harm information. Likely then holds
	// patterns that sequences match, the most frequent in the text first.
	Unmatched bool
	Likely    []string

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
	fmt.Fprintf(&b, "text        %s, %s, %s, %s\n", plural(s.Bytes, "byte"), plural(s.Sentences, "sentence"), plural(s.Tokens, "token"), plural(s.Words, "distinct word"))
	merged := ""
	if s.Covered < s.Tokens {
		merged = "; all other words are " + Other
	}
	fmt.Fprintf(&b, "vocabulary  %s, covering %.1f%% of the text%s\n", plural(len(s.Vocabulary), "token"), 100*float64(s.Covered)/float64(s.Tokens), merged)
	fmt.Fprintf(&b, "model       order %d, %s, smoothing %d\n", s.Order, plural(s.Contexts, "context"), s.Smoothing)
	fmt.Fprintf(&b, "harm        %s (automaton of %s)\n", s.Harm, plural(s.Automaton, "state"))
	if s.Unmatched {
		fmt.Fprintf(&b, "            NO HARM: no sequence of length %d matches, and all harm information is 0.\n", s.Length)
		if len(s.Likely) > 0 {
			fmt.Fprintf(&b, "            Some match %s.\n", quote(s.Likely))
		}
	}
	fmt.Fprintf(&b, "recovery    %s\n", recovery)
	fmt.Fprintf(&b, "process     length %d, up to %s in a layer, %s in %s\n", s.Length, plural(s.States, "state"), plural(s.Edges, "edge"), plural(s.Layers, "distinct layer"))
	return b.String()
}

func plural(n int, of string) string {
	if n == 1 {
		return "1 " + of
	}
	return fmt.Sprintf("%d %ss", n, of)
}
