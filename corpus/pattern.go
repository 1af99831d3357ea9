package corpus

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// operation says what a node of a pattern's syntax tree is.
type operation int8

const (
	opToken    operation = iota // one given token
	opAny                       // any one token
	opBegin                     // the beginning of the sequence
	opEnd                       // its end
	opSequence                  // sub, one after the other
	opChoice                    // one of sub
	opRepeat                    // sub[0], min to max times; max < 0 is no bound
	opMatch                     // in the automaton: the pattern has matched
)

// node is a node of a pattern's syntax tree.
type node struct {
	op       operation
	token    int
	sub      []node
	min, max int
}

// parser reads a pattern by recursive descent.
type parser struct {
	source     string
	at         int // byte offset of what comes next
	vocabulary *vocabulary
}

// parse returns the syntax tree of a pattern.
func parse(source string, v *vocabulary) (node, error) {
	if len(source) > MaxPattern {
		return node{}, fmt.Errorf("%d bytes, accepted are up to %d", len(source), MaxPattern)
	}
	p := &parser{source: source, vocabulary: v}
	n, err := p.pattern()
	if err == nil && p.at < len(source) {
		err = p.fail(p.at, errors.New(`")" closes nothing`))
	}
	return n, err
}

// fail returns err with the place it speaks of.
func (p *parser) fail(at int, err error) error {
	return fmt.Errorf("column %d: %w", utf8.RuneCountInString(p.source[:at])+1, err)
}

// peek skips blanks and returns the next character, or 0 at the end.
func (p *parser) peek() rune {
	rest := strings.TrimLeftFunc(p.source[p.at:], unicode.IsSpace)
	p.at = len(p.source) - len(rest)
	if rest == "" {
		return 0
	}
	c, _ := utf8.DecodeRuneInString(rest)
	return c
}

func (p *parser) pattern() (node, error) {
	choice := node{op: opChoice}
	for {
		n, err := p.sequence()
		if err != nil {
			return node{}, err
		}
		choice.sub = append(choice.sub, n)
		if p.peek() != '|' {
			break
		}
		p.at++
	}
	return choice, nil
}

func (p *parser) sequence() (node, error) {
	seq := node{op: opSequence}
	for {
		c := p.peek()
		if p.at == len(p.source) || c == '|' || c == ')' {
			if len(seq.sub) == 0 {
				return node{}, p.fail(p.at, errors.New(`nothing to match, accepted are tokens, "_", "^", "$" and groups`))
			}
			return seq, nil
		}
		n, err := p.item()
		if err != nil {
			return node{}, err
		}
		seq.sub = append(seq.sub, n)
	}
}

func (p *parser) item() (node, error) {
	n, err := p.atom()
	if err != nil {
		return node{}, err
	}
	if !p.repetition() {
		return n, nil
	}
	if n.op == opBegin || n.op == opEnd {
		return node{}, p.fail(p.at, errors.New("an anchor cannot be repeated"))
	}
	r := node{op: opRepeat, max: -1, sub: []node{n}}
	switch p.source[p.at] {
	case '*':
		p.at++
	case '+':
		p.at++
		r.min = 1
	case '?':
		p.at++
		r.max = 1
	case '{':
		if r.min, r.max, err = p.bounds(); err != nil {
			return node{}, err
		}
	}
	if p.repetition() {
		return node{}, p.fail(p.at, errors.New("a repetition of a repetition, accepted with parentheses between them"))
	}
	return r, nil
}

// repetition reports whether a repetition comes next.
func (p *parser) repetition() bool {
	c := p.peek()
	return c == '*' || c == '+' || c == '?' || c == '{'
}

// bounds reads {m}, {m,} or {m,n}; hi < 0 is no bound.
func (p *parser) bounds() (lo, hi int, err error) {
	inside, _, closed := strings.Cut(p.source[p.at+1:], "}")
	low, high, comma := strings.Cut(inside, ",")
	lo, ok := times(low)
	switch {
	case !comma:
		hi = lo
	case high == "":
		hi = -1
	default:
		var fine bool
		hi, fine = times(high)
		ok = ok && fine
	}
	if !closed || !ok || hi == 0 || hi > 0 && hi < lo {
		return 0, 0, p.fail(p.at, fmt.Errorf("accepted are {m}, {m,} and {m,n} with 0 ≤ m ≤ n, 1 ≤ n, up to %d", MaxPositions))
	}
	p.at += len(inside) + 2
	return lo, hi, nil
}

// times reads a number of repetitions.
func times(s string) (n int, ok bool) {
	u, err := strconv.ParseUint(s, 10, 31)
	return int(u), err == nil && u <= MaxPositions
}

func (p *parser) atom() (node, error) {
	at := p.at // of the character that peek has found
	switch c := p.peek(); {
	case c == '_':
		p.at++
		return node{op: opAny}, nil
	case c == '^':
		p.at++
		return node{op: opBegin}, nil
	case c == '$':
		p.at++
		return node{op: opEnd}, nil
	case c == '(':
		p.at++
		n, err := p.pattern()
		if err != nil {
			return node{}, err
		}
		if p.peek() != ')' {
			return node{}, p.fail(at, errors.New(`"(" without its ")"`))
		}
		p.at++
		return n, nil
	case strings.HasPrefix(p.source[at:], End):
		p.at += len(End)
	case strings.HasPrefix(p.source[at:], Other):
		p.at += len(Other)
	case isWord(c):
		rest := strings.TrimLeftFunc(p.source[at:], func(c rune) bool { return isWord(c) || isApostrophe(c) })
		p.at = len(p.source) - len(rest)
	default:
		return node{}, p.fail(at, fmt.Errorf("%q, accepted are tokens, \"_\", \"^\", \"$\", groups and repetitions of what stands before", c))
	}
	a, err := p.vocabulary.token(p.source[at:p.at])
	if err != nil {
		return node{}, p.fail(at, err)
	}
	return node{op: opToken, token: a}, nil
}
