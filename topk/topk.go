// Package topk turns the most probable continuations that a language model gives into an
// instance: log-probabilities of tokens after prefixes become a tree with integer weights.
//
// The mass that the listed tokens leave out goes to the token [Rest], behind which nothing
// is known. [Bounds] says how far that, and the rounding to integers, can move the profile.
package topk

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"sounding/internal/strict"
)

// The tokens that an import adds to those of the model.
const (
	Rest = "<rest>" // all tokens that are not listed
	End  = "<end>"  // after a sequence that is over; another name may be given
)

// The limits of a file.
const (
	maxLine  = 1 << 20 // bytes
	maxNodes = 1 << 20 // prefixes and leaves
)

// name is a token: a string, or the decimal digits of a token's id.
type name string

// UnmarshalJSONFrom reads a string or an integer.
func (n *name) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	raw, err := dec.ReadValue()
	if err != nil {
		return err
	}
	switch raw.Kind() {
	case '"':
		text, err := jsontext.AppendUnquote(nil, raw)
		*n = name(text)
		return err
	case '0':
		if !strings.ContainsAny(string(raw), ".eE-") {
			*n = name(raw)
			return nil
		}
	}
	return strict.Errorf(string(dec.StackPointer()), "%s: want a token: a string or a non-negative integer", strict.Describe(raw))
}

// line is a line of the file: the log-probability of a token after a prefix, or the score of
// a sequence.
type line struct {
	Prefix   []name   `json:"prefix,omitzero"`
	Token    *name    `json:"token,omitzero"`
	LogProb  *float64 `json:"logprob,omitzero"`
	Sequence []name   `json:"sequence,omitzero"`
	Score    *score   `json:"score,omitzero"`
}

// Wanted names the two kinds of lines.
func (line) Wanted() string {
	return `{"prefix": […], "token": t, "logprob": x} for a continuation, or {"sequence": […], "score": h} for a score`
}

// score is a number from 0 to 1: as its digits spell it, or the nearest of maxDecimals.
type score struct {
	*big.Rat
	rounded bool
}

const maxDecimals = 12

// UnmarshalJSONFrom reads the score.
func (s *score) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	raw, err := dec.ReadValue()
	if err != nil {
		return err
	}
	number, wrong := strconv.ParseFloat(string(raw), 64)
	if raw.Kind() != '0' || wrong != nil || number < 0 || number > 1 {
		return strict.Errorf(string(dec.StackPointer()), "%s: want a number from 0 to 1", strict.Describe(raw))
	}
	digits := string(raw)
	_, decimals, _ := strings.Cut(digits, ".")
	if s.rounded = len(decimals) > maxDecimals || strings.ContainsAny(digits, "eE"); s.rounded {
		digits = strconv.FormatFloat(number, 'f', maxDecimals, 64)
	}
	s.Rat, _ = new(big.Rat).SetString(digits)
	return nil
}

// node is a prefix: its listed continuations, or its score.
type node struct {
	tokens   []string // in the order in which they came
	logProbs []float64
	spread   []float64 // of the probabilities given for each, from the first
	children map[string]*node
	score    *score
	number   int // of the line that names it
}

// child returns the continuation by a token, and makes it.
func (n *node) child(t string, number int) (c *node, isNew bool) {
	if c = n.children[t]; c != nil {
		return c, false
	}
	if n.children == nil {
		n.children = make(map[string]*node)
	}
	c = &node{number: number}
	n.children[t] = c
	return c, true
}

// read reads the lines into a tree. Prefixes that are equal are one node.
func read(r io.Reader) (*node, error) {
	root, nodes := new(node), 1
	var wrong strict.Errors
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	number := 0
	for lines.Scan() {
		number++
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		var l line
		err := strict.Read(bytes.NewReader(lines.Bytes()), maxLine, &l)
		made := 0
		if err == nil {
			made, err = root.add(&l, number)
		}
		wrong.Add(strict.Labelled(fmt.Sprintf("line %d", number), err))
		switch {
		case err == nil || jsontext.Value(lines.Bytes()).IsValid():
		case bytes.Contains(lines.Bytes(), []byte("Infinity")):
			return nil, fmt.Errorf("%w; a token of probability 0 has no line", wrong.Err())
		case number == 1:
			return nil, fmt.Errorf("%w; each line is a JSON object of its own", wrong.Err())
		}
		if nodes += made; nodes > maxNodes {
			return nil, fmt.Errorf("line %d: more than %d prefixes: want fewer", number, maxNodes)
		}
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		wrong.Add(fmt.Errorf("line %d: longer than %d bytes", number+1, maxLine))
	} else {
		wrong.Add(lines.Err())
	}
	return root, wrong.Err()
}

// keys says which keys a line has.
func (l *line) keys() string {
	var names []string
	for _, k := range []struct {
		name  string
		given bool
	}{{"prefix", l.Prefix != nil}, {"token", l.Token != nil}, {"logprob", l.LogProb != nil}, {"sequence", l.Sequence != nil}, {"score", l.Score != nil}} {
		if k.given {
			names = append(names, k.name)
		}
	}
	if names == nil {
		return "no keys"
	}
	return strings.Join(names, ", ") + " alone"
}

// add adds a line to the tree, and returns the number of nodes that it makes.
func (n *node) add(l *line, number int) (made int, err error) {
	next := l.Token != nil && l.LogProb != nil && l.Sequence == nil && l.Score == nil
	scored := l.Sequence != nil && l.Score != nil && l.Prefix == nil && l.Token == nil && l.LogProb == nil
	if !next && !scored {
		return 0, fmt.Errorf("%s: want %s", l.keys(), l.Wanted())
	}
	path := slices.Concat(l.Prefix, l.Sequence)
	if slices.Contains(path, Rest) || next && *l.Token == Rest {
		return 0, fmt.Errorf("the token %q is made by the import: want another name", Rest)
	}
	for _, t := range path {
		c, isNew := n.child(string(t), number)
		if isNew {
			made++
		}
		n = c
	}
	if scored {
		if n.score != nil && n.score.Cmp(l.Score.Rat) != 0 {
			return 0, fmt.Errorf("/score: %s, and %s on line %d for the same sequence", l.Score.RatString(), n.score.RatString(), n.number)
		}
		n.score, n.number = l.Score, number
		return made, nil
	}
	if *l.LogProb > 0 {
		return 0, fmt.Errorf("/logprob: %v: want a natural logarithm of a probability, at most 0", *l.LogProb)
	}
	t := string(*l.Token)
	if i := slices.Index(n.tokens, t); i >= 0 {
		apart := math.Abs(math.Exp(*l.LogProb) - math.Exp(n.logProbs[i]))
		if apart > imprecision {
			return 0, fmt.Errorf("/logprob: %v, and %v before for the same prefix and token: want one number, and ids where two tokens have one text", *l.LogProb, n.logProbs[i])
		}
		n.spread[i] = max(n.spread[i], apart)
		return made, nil
	}
	n.tokens, n.logProbs, n.spread = append(n.tokens, t), append(n.logProbs, *l.LogProb), append(n.spread, 0)
	if _, isNew := n.child(t, number); isNew {
		made++
	}
	return made, nil
}
