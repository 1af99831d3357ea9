// Package corpus turns a plain text into an exact finite language model: an
// n-gram model whose weights are the text's own integer counts, read by a finite
// automaton that decides harm, as an instance on a layered process.
//
// # Tokens
//
// A word is a maximal run of letters, marks and digits (Unicode categories L, M
// and Nd), lower-cased rune by rune; an apostrophe (' or ’, written ') between
// two of them belongs to the word. Everything else separates words. Nothing is
// normalised beyond that.
//
// The token End, written ".", closes a sentence: at a full stop that no letter,
// mark or digit follows directly, at every other character with Unicode's
// property Sentence_Terminal, at a blank line, and at the end of the text. An
// abbreviation's full stop counts. Sentences have at least one word, so no two
// Ends follow each other.
//
// Of V tokens the first is End, the last is Other, "<other>", which stands for
// every word without a token of its own, and between them are the V−2 most
// frequent words, ties in alphabetical order. A text with no more than V−1
// distinct words has no need of Other and gets a token for each.
//
// # The n-gram model of order N
//
// The context of a position is made of the N−1 tokens before it in the same
// sentence, and of Ends where the sentence has fewer. Every sentence starts from
// the same context, and so does the model: its first token is drawn as the first
// of a sentence, and after End the next sentence begins.
//
// With n(c,a) the number of times that token a occurs in context c, n(c) = Σ_a
// n(c,a), c' the context c without its oldest token and k the smoothing,
//
//	p(a|c) = (n(c,a) + k·p(a|c')) / (n(c) + k),  p(a) = n(a)/n without context:
//
// k pseudo-observations drawn from the model of order N−1, the hierarchical
// Dirichlet model of MacKay and Peto. At k = 0, the default, the weights are the
// counts themselves, in sparse rows; every context that can be reached then
// occurs in the text and is followed by something there, if only by End. At
// k > 0 every token of the vocabulary has positive probability everywhere.
//
// # Harm
//
// Harm(y) is 1 where a pattern over tokens matches somewhere in y, and 0
// elsewhere:
//
//	pattern  = sequence { "|" sequence }
//	sequence = item { item }
//	item     = atom [ "*" | "+" | "?" | "{m}" | "{m,}" | "{m,n}" ] | "^" | "$"
//	atom     = token | "_" | "(" pattern ")"
//
// A token is a word, read with the rules above, "." for End or "<other>". The
// underscore stands for any one token, so "_*" is a gap. Repetitions mean what
// they mean in regular expressions, with 0 ≤ m ≤ n, 1 ≤ n ≤ MaxPositions. "^" is
// the beginning of y and "$" its end. Blanks separate tokens and mean nothing
// else.
//
// An anchored pattern is decided early: "^ _{0,4} the (light | rays | colours)"
// reads at most six tokens, so the harm horizon is at most 6 whatever T is.
//
// Or harm is given by a [Lexicon] of phrases: it is 1 where they occur more than some
// number of times among the first n tokens.
//
// # The process
//
// A state is a pair of a context and a state of the minimal automaton that decides harm,
// so that a pattern written in two ways makes one process. Layer t holds
// the pairs that t tokens of positive probability lead to, in the order in which
// a search from the start finds them. Once the set of pairs returns to an
// earlier one the layers repeat and are stored once. Where that takes long, later layers
// hold all pairs that can be reached, so that the edges stored do not grow with T.
package corpus

import (
	"fmt"
	"io"
	"math/big"

	"sounding/model"
)

// Names of the tokens that are not words.
const (
	End   = "."
	Other = "<other>"
)

// Limits on what Build accepts and on what it makes.
const (
	MaxBytes      = 1 << 25   // size of the text: 32 MiB
	MaxWordBytes  = 256       // of one word
	MaxWords      = 1 << 20   // distinct words of the text
	MaxOrder      = 8         // N
	MaxVocabulary = 1 << 16   // V
	MaxLength     = 100_000   // T
	MaxSmoothing  = 1_000_000 // k
	MaxGrams      = 1 << 21   // distinct n-grams, of order N and, for k > 0, below
	MaxEdges      = 1 << 24   // stored in the distinct layers of the process
	MaxPattern    = 1 << 10   // bytes of a pattern
	MaxPositions  = 1 << 9    // of a pattern with its repetitions written out
	MaxAutomaton  = 1 << 10   // states of its deterministic automaton
	MaxPhrases    = 10_000    // of a lexicon
	MaxPhrase     = 1 << 6    // tokens of one
	MaxTable      = 1 << 22   // of the automaton of a lexicon: states times classes of tokens
)

// Options says which model to make of a text.
type Options struct {
	Order      int // N, 1 to MaxOrder: 2 is a bigram model
	Vocabulary int // V, 2 to MaxVocabulary: the largest number of tokens
	Length     int // T, 1 to MaxLength
	Smoothing  int // k, 0 to MaxSmoothing

	// Harm is the pattern. Where it is empty the pattern is "u _ w", with u and w
	// the two tokens that follow End in the vocabulary: as a rule the text's two
	// most frequent words.
	Harm string

	// Lexicon, in place of a pattern, is what is harmful.
	Lexicon *Lexicon

	// Recovery lists the tokens of R, in any order.
	Recovery []string
}

// DefaultOptions returns a bigram model over 50 tokens, sequences of 20, no
// smoothing, and the end of the sentence as the one recovery token.
func DefaultOptions() Options {
	return Options{Order: 2, Vocabulary: 50, Length: 20, Recovery: []string{End}}
}

func (o *Options) validate() error {
	for _, f := range []struct {
		name        string
		got, lo, hi int
	}{
		{"order", o.Order, 1, MaxOrder},
		{"vocabulary", o.Vocabulary, 2, MaxVocabulary},
		{"length", o.Length, 1, MaxLength},
		{"smoothing", o.Smoothing, 0, MaxSmoothing},
	} {
		if f.got < f.lo || f.got > f.hi {
			return fmt.Errorf("%s %d: must be %d to %d", f.name, f.got, f.lo, f.hi)
		}
	}
	return nil
}

// automaton returns the automaton that decides harm, and describes it.
func (o *Options) automaton(voc *vocabulary) (*automaton, string, error) {
	if o.Lexicon != nil {
		m, err := o.Lexicon.compile(voc)
		return m, o.Lexicon.String(), err
	}
	pattern := o.Harm
	if pattern == "" {
		pattern = voc.names[1] + " _ " + voc.names[min(2, len(voc.names)-1)]
	}
	m, err := compile(pattern, voc)
	if err != nil {
		err = fmt.Errorf("harm pattern: %w", err)
	}
	return m, pattern, err
}

// Build reads a text in UTF-8 to its end and returns its model as an instance,
// with the default adversary and scalars of model.NewInstance, and a summary of
// what was done. The same text and options give the same instance.
func Build(r io.Reader, o Options) (*model.Instance, *Summary, error) {
	return o.instance(r, maxRamp)
}

// instance is Build with another limit in place of maxRamp.
func (o *Options) instance(r io.Reader, ramp int) (*model.Instance, *Summary, error) {
	if err := o.validate(); err != nil {
		return nil, nil, err
	}
	t, err := scan(r)
	if err != nil {
		return nil, nil, fmt.Errorf("text: %w", err)
	}
	voc, token := choose(t, o.Vocabulary)

	harm, described, err := o.automaton(voc)
	if err != nil {
		return nil, nil, err
	}
	recovery, err := voc.tokens(o.Recovery)
	if err != nil {
		return nil, nil, fmt.Errorf("recovery: %w", err)
	}
	grams, err := count(t.stream, token, len(voc.names), o.Order, o.Smoothing, MaxGrams)
	if err != nil {
		return nil, nil, err
	}
	product := newProduct(grams, harm)
	chain, err := product.unfold(o.Length, ramp)
	if err != nil {
		return nil, nil, err
	}
	values := product.harm(chain.last)
	process, err := model.NewProcess(len(voc.names), chain.layers, values, big.NewInt(1))
	if err != nil {
		return nil, nil, err
	}
	if process, err = process.Named(voc.names); err != nil {
		return nil, nil, err
	}
	in := model.NewInstance(process)
	in.Recovery = recovery

	s := &Summary{
		Bytes: t.bytes, Tokens: len(t.stream), Sentences: t.counts[0], Words: len(t.words) - 1,
		Vocabulary: voc.names, Order: o.Order, Smoothing: o.Smoothing, Contexts: grams.contexts(),
		Harm: described, Automaton: harm.states(), Recovery: recovery, Length: o.Length,
		Layers: len(chain.distinct),
	}
	if s.Unmatched = !values.Positive(0, values.Len()); s.Unmatched {
		s.Likely = t.likely(voc, token, o.Length)
	}
	for w, a := range token {
		if voc.names[a] != Other {
			s.Covered += t.counts[w]
		}
	}
	for _, l := range chain.distinct {
		s.Edges += l.Edges()
		s.States = max(s.States, l.States())
	}
	s.States = max(s.States, process.States(o.Length))
	return in, s, nil
}
