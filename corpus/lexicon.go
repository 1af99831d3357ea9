package corpus

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Lexicon is a list of phrases that are harmful: Harm(y) is 1 where more than AtMost
// positions among the first Within tokens of y are the last of a phrase.
type Lexicon struct {
	Phrases []Phrase
	AtMost  int // occurrences that are harmless
	Within  int // 0 for all tokens
}

// Phrase is a list of the names of tokens, and the line of a file that it comes from.
type Phrase struct {
	Tokens []string
	Line   int
}

// ReadPhrases reads a phrase per line: names of tokens, read as in a text, with blanks between them.
// Empty lines, and what follows a #, mean nothing.
func ReadPhrases(r io.Reader) ([]Phrase, error) {
	var phrases []Phrase
	in := bufio.NewScanner(r)
	line := 0
	for in.Scan() {
		line++
		text, _, _ := strings.Cut(in.Text(), "#")
		tokens := strings.Fields(text)
		switch {
		case len(tokens) == 0:
			continue
		case len(tokens) > MaxPhrase:
			return nil, fmt.Errorf("line %d: a phrase of %d tokens, want at most %d", line, len(tokens), MaxPhrase)
		case len(phrases) == MaxPhrases:
			return nil, fmt.Errorf("line %d: more than %d phrases", line, MaxPhrases)
		}
		phrases = append(phrases, Phrase{tokens, line})
	}
	if err := in.Err(); err != nil {
		return nil, fmt.Errorf("line %d: %w", line+1, err)
	}
	if len(phrases) == 0 {
		return nil, fmt.Errorf("no phrases in it")
	}
	return phrases, nil
}

// String describes what is harmful.
func (l *Lexicon) String() string {
	s := fmt.Sprintf("more than %s of %s", plural(l.AtMost, "occurrence"), plural(len(l.Phrases), "phrase"))
	if l.Within > 0 {
		s += fmt.Sprintf(" within the first %s", plural(l.Within, "token"))
	}
	return s
}

// trie holds the prefixes of the phrases. Node 0 is the empty one.
type trie struct {
	width int
	child []int32 // child[node·width + class], 0 for none
	ends  []bool  // whether a phrase ends in the node, or in the longest suffix of it that is a node
}

// compile returns the minimal automaton of the lexicon: that of Aho and Corasick, with the number of
// occurrences so far.
func (l *Lexicon) compile(v *vocabulary) (*automaton, error) {
	if l.AtMost < 0 || l.AtMost > MaxLength || l.Within < 0 {
		return nil, fmt.Errorf("at most %d occurrences within %d tokens: want natural numbers up to %d", l.AtMost, l.Within, MaxLength)
	}
	m := &automaton{class: make([]int32, len(v.names)), width: 1, within: l.Within}
	phrases := make([][]int32, len(l.Phrases))
	for i, p := range l.Phrases {
		for _, name := range p.Tokens {
			a, err := v.token(name)
			if err != nil {
				return nil, fmt.Errorf("lexicon, line %d: %w", p.Line, err)
			}
			if m.class[a] == 0 {
				m.class[a] = int32(m.width)
				m.width++
			}
			phrases[i] = append(phrases[i], m.class[a])
		}
	}
	t := &trie{width: m.width}
	t.grow()
	for _, p := range phrases {
		if err := t.insert(p); err != nil {
			return nil, err
		}
	}
	nodes := len(t.ends)
	states := nodes*(l.AtMost+1) + 2
	if states*m.width > MaxTable {
		return nil, fmt.Errorf("lexicon: an automaton of %d states over %d classes of tokens, want at most %d transitions: want fewer phrases or fewer occurrences", states, m.width, MaxTable)
	}
	t.complete()
	harmless, harmful := int32(states-2), int32(states-1)
	m.verdict = [2]int32{harmless, harmful}
	m.harm = make([]bool, states)
	m.harm[harmful] = true
	for count := range l.AtMost + 1 {
		for i := range nodes * m.width {
			node, n := t.child[i], count
			if t.ends[node] {
				n++
			}
			next := harmful
			if n <= l.AtMost {
				next = int32(n*nodes) + node
			}
			m.next = append(m.next, next)
		}
	}
	for _, q := range m.verdict {
		m.next = append(m.next, slices.Repeat([]int32{q}, m.width)...)
	}
	return m.minimal(), nil
}

func (t *trie) grow() {
	t.child = append(t.child, make([]int32, t.width)...)
	t.ends = append(t.ends, false)
}

func (t *trie) insert(phrase []int32) error {
	at := int32(0)
	for _, c := range phrase {
		to := t.child[int(at)*t.width+int(c)]
		if to == 0 {
			if len(t.child) > MaxTable {
				return fmt.Errorf("lexicon: more than %d transitions: want fewer phrases", MaxTable)
			}
			to = int32(len(t.ends))
			t.child[int(at)*t.width+int(c)] = to
			t.grow()
		}
		at = to
	}
	t.ends[at] = true
	return nil
}

// complete sets the missing children of every node to those of its longest proper
// suffix that is a node, the shortest nodes first.
func (t *trie) complete() {
	suffix := make([]int32, len(t.ends))
	for todo := []int32{0}; len(todo) > 0; todo = todo[1:] {
		at := todo[0]
		t.ends[at] = t.ends[at] || t.ends[suffix[at]]
		for c := range t.width {
			i := int(at)*t.width + c
			var short int32 // what the suffix goes to
			if at > 0 {
				short = t.child[int(suffix[at])*t.width+c]
			}
			if to := t.child[i]; to != 0 {
				suffix[to] = short
				todo = append(todo, to)
			} else {
				t.child[i] = short
			}
		}
	}
}
