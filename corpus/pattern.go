package corpus

import (
	"fmt"
	"regexp/syntax"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// firstToken is the rune that stands for token 0 in a regular expression, in a
// private-use plane of Unicode. Token a is firstToken + a.
const firstToken = 0xF0000

// parse returns the regular expression, over one rune per token, that matches a
// sequence when the pattern matches somewhere in it.
func parse(source string, v *vocabulary) (*syntax.Regexp, error) {
	if len(source) > MaxPattern {
		return nil, fmt.Errorf("%d bytes: want at most %d", len(source), MaxPattern)
	}
	t := &translator{source: source, vocabulary: v}
	expression, err := t.translate()
	if err != nil {
		return nil, err
	}
	r, err := syntax.Parse(".*(?:"+expression+")", syntax.PerlX|syntax.OneLine|syntax.DotNL)
	if err != nil { // repetitions of repetitions, too many in all
		return nil, errPositions
	}
	return r, nil
}

// translator rewrites a pattern as a regular expression. It checks what that may
// be more liberal about, to say where the pattern is wrong.
type translator struct {
	source     string
	at         int // byte offset of what comes next
	vocabulary *vocabulary
	out        strings.Builder
	open       []int // offsets of the parentheses that are open
	last       item
}

// item is what a sequence ends with.
type item int8

const (
	nothing item = iota
	atom
	anchor
	repetition
)

// fail returns an error at a byte offset.
func (t *translator) fail(at int, format string, args ...any) error {
	return fmt.Errorf("column %d: "+format, append([]any{utf8.RuneCountInString(t.source[:at]) + 1}, args...)...)
}

func (t *translator) translate() (string, error) {
	for {
		t.at = len(t.source) - len(strings.TrimLeftFunc(t.source[t.at:], unicode.IsSpace))
		var err error
		c, size := utf8.DecodeRuneInString(t.source[t.at:])
		ends := size == 0 || c == '|' || c == ')'
		switch {
		case ends && t.last == nothing:
			return "", t.fail(t.at, `nothing to match: want tokens, "_", "^", "$" or groups`)
		case size == 0 && len(t.open) > 0:
			return "", t.fail(t.open[len(t.open)-1], `"(" without its ")"`)
		case size == 0:
			return t.out.String(), nil
		case c == ')' && len(t.open) == 0:
			return "", t.fail(t.at, `")" closes nothing`)
		case c == ')':
			t.open = t.open[:len(t.open)-1]
			t.write(")", atom, size)
		case c == '|':
			t.write("|", nothing, size)
		case c == '(':
			t.open = append(t.open, t.at)
			t.write("(?:", nothing, size)
		case c == '_':
			t.write(".", atom, size)
		case c == '^' || c == '$':
			t.write(string(c), anchor, size)
		case strings.ContainsRune("*+?{", c) && t.last != nothing:
			err = t.repetition()
		default:
			err = t.token()
		}
		if err != nil {
			return "", err
		}
	}
}

// write appends to the expression what the next size bytes of the pattern mean.
func (t *translator) write(s string, last item, size int) {
	t.out.WriteString(s)
	t.last = last
	t.at += size
}

func (t *translator) repetition() error {
	switch t.last {
	case anchor:
		return t.fail(t.at, "an anchor cannot be repeated")
	case repetition:
		return t.fail(t.at, "a repetition of a repetition: want parentheses between them")
	}
	s := t.source[t.at : t.at+1]
	if s == "{" {
		inside, _, closed := strings.Cut(t.source[t.at+1:], "}")
		low, high, comma := strings.Cut(inside, ",")
		m, ok := times(low)
		n := m
		if comma && high != "" {
			var fine bool
			n, fine = times(high)
			ok = ok && fine
		}
		if unbounded := comma && high == ""; !closed || !ok || !unbounded && (n == 0 || n < m) {
			return t.fail(t.at, "want {m}, {m,} or {m,n} with 0 ≤ m ≤ n, 1 ≤ n, up to %d", MaxPositions)
		} else if unbounded {
			s = fmt.Sprintf("{%d,}", m)
		} else {
			s = fmt.Sprintf("{%d,%d}", m, n)
		}
		t.at += len(inside) + 1
	}
	t.write(s, repetition, 1)
	return nil
}

// times reads a number of repetitions.
func times(s string) (n int, ok bool) {
	u, err := strconv.ParseUint(s, 10, 31)
	return int(u), err == nil && u <= MaxPositions
}

func (t *translator) token() error {
	rest := t.source[t.at:]
	name := ""
	switch c, _ := utf8.DecodeRuneInString(rest); {
	case strings.HasPrefix(rest, End):
		name = End
	case strings.HasPrefix(rest, Other):
		name = Other
	case isWord(c):
		behind := strings.TrimLeftFunc(rest, func(c rune) bool { return isWord(c) || isApostrophe(c) })
		name = rest[:len(rest)-len(behind)]
	default:
		return t.fail(t.at, `%q: want tokens, "_", "^", "$", groups or repetitions`, c)
	}
	a, err := t.vocabulary.token(name)
	if err != nil {
		return t.fail(t.at, "%w", err)
	}
	t.write(string(rune(firstToken+a)), atom, len(name))
	return nil
}
