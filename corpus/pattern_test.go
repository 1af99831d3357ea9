package corpus

import (
	"regexp"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

// letters is a vocabulary whose words are single letters.
func letters() *vocabulary {
	v := &vocabulary{names: []string{End, "a", "b", "c", Other}, index: map[string]int{}}
	for i, name := range v.names {
		v.index[name] = i
	}
	return v
}

// leadingZeros finds those of a repetition, which package regexp does not take.
var leadingZeros = regexp.MustCompile(`([{,])0+([0-9])`)

// oracle returns the regular expression that a pattern over letters means, on
// strings with one letter of ".abc<" per token: rewritten as text and matched by
// package regexp, which shares a parser with the automaton and nothing else.
func oracle(pattern string) (*regexp.Regexp, error) {
	s := strings.Map(func(c rune) rune {
		if unicode.IsSpace(c) || c == '\'' || c == '’' { // an apostrophe at the end of a word is none of it
			return -1
		}
		return unicode.ToLower(c)
	}, pattern)
	s = strings.NewReplacer(Other, "<", ".", `\.`, "_", ".").Replace(s)
	return regexp.Compile(leadingZeros.ReplaceAllString(s, "$1$2"))
}

// agree compares an automaton with the oracle on all sequences of 1 to n tokens.
func agree(t interface {
	Helper()
	Fatalf(string, ...any)
}, pattern string, m *automaton, n int,
) (matches int) {
	t.Helper()
	re, err := oracle(pattern)
	if err != nil {
		t.Fatalf("%s: accepted, but as a regular expression: %v", pattern, err)
	}
	var walk func(y []byte, q int32)
	walk = func(y []byte, q int32) {
		if len(y) > 0 {
			want := re.Match(y)
			if m.harm[q] != want {
				t.Fatalf("%s: harm(%s) = %t, want %t", pattern, y, m.harm[q], want)
			}
			if want {
				matches++
			}
		}
		if len(y) < n {
			for a, c := range []byte(".abc<") {
				walk(append(y[:len(y):len(y)], c), m.step(q, int32(a)))
			}
		}
	}
	walk(nil, 0)
	return matches
}

func TestPatternMeaning(t *testing.T) {
	t.Parallel()
	all := 5 + 25 + 125 + 625 + 3125 // sequences of 1 to 5 tokens
	for _, c := range []struct {
		reason, pattern string
		states          int // of the automaton, by hand
	}{
		{"a token somewhere", "a", 2},
		{"in any case", "A", 2},
		{"two ways to one", "a b | c b", 3},
		{"the end of a sentence", ".", 2},
		{"the rest", "<other>", 2},
		{"two in a row", "a b", 3},
		{"the same one twice", "a a", 3},
		{"one between", "a _ b", 5}, // which of the last two were a, or matched
		{"without blanks", "a_b", 5},
		{"a gap", "a _* b", 3},
		{"a bounded gap: how long ago the last a was", "a _{0,2} b", 5},
		{"a choice", "a | b c", 3},
		{"in parentheses", "(a | b) c", 3},
		{"once or more", "a b+ c", 4},
		{"once or not", "a b? c", 4},
		{"so often", "(a b){2}", 5},
		{"so often or more", "a{2,}", 3},
		{"anchored at the beginning: a, match, never", "^ a", 3},
		{"at the end", "a $", 2},
		{"at both", "^ a _* b $", 4},
		{"one alternative anchored", "^ a | b", 3},
		{"anchored to a length", "^ _{3} $", 5},
		{"an anchor that can never be passed", "a ^ b", 1},
		{"nor this one", "a $ b", 1},
		{"anchors in a row", "^ ^ a $ $", 3},
		{"an optional anchor by a choice", "(^ | a) b", 3},
		{"a repeated group with an anchor inside", "(^ a | b){2}", 4},
		{"nested repetitions", "((a*)* b)+ c", 3},
		{"a repetition of what may be empty", "^ (a? b?)* c", 3},
	} {
		t.Run(c.pattern, func(t *testing.T) {
			t.Parallel()
			m, err := compile(c.pattern, letters())
			if err != nil {
				t.Fatal(err)
			}
			n := agree(t, c.pattern, m, 5)
			if impossible := c.states == 1; (n == 0) != impossible || n == all {
				t.Errorf("%s: %d of %d sequences match", c.reason, n, all)
			}
			if m.states() != c.states {
				t.Errorf("%s: %d states, want %d", c.reason, m.states(), c.states)
			}
		})
	}
	for _, pattern := range []string{"_", "a*", "^", "$", "(a | _*)"} {
		m, err := compile(pattern, letters())
		if err != nil {
			t.Fatal(err)
		}
		if n := agree(t, pattern, m, 5); n != all {
			t.Errorf("%s matches %d of %d sequences, want all", pattern, n, all)
		}
	}
}

// A bounded gap costs a state per token, not twice as many for each.
func TestGapIsLinear(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern string
		states  int
	}{
		{"a _{0,100} b", 103},
		{"^ _{0,100} b", 103},
		{"a (_* b | _{0,40} c)", 44},
	} {
		m, err := compile(c.pattern, letters())
		if err != nil {
			t.Fatal(err)
		}
		if m.states() != c.states {
			t.Errorf("%s: %d states, want %d", c.pattern, m.states(), c.states)
		}
	}
}

func TestPatternErrors(t *testing.T) {
	t.Parallel()
	const nothing = `nothing to match: want tokens, "_", "^", "$" or groups`
	const bounds = `want {m}, {m,} or {m,n} with 0 ≤ m ≤ n, 1 ≤ n, up to 512`
	const other = `: want tokens, "_", "^", "$", groups or repetitions`
	for _, c := range []struct{ pattern, want string }{
		{"", "column 1: " + nothing},
		{" ", "column 2: " + nothing},
		{"a |", "column 4: " + nothing},
		{"| a", "column 1: " + nothing},
		{"a ( ) b", "column 5: " + nothing},
		{"a (b", `column 3: "(" without its ")"`},
		{"a) b", `column 2: ")" closes nothing`},
		{"* a", `column 1: '*'` + other},
		{"a é ! b", `column 3: "é" is not one of the 5 tokens; the first are ".", "a", "b", "c", "<other>"`},
		{"a & b", `column 3: '&'` + other},
		{"a <rest>", `column 3: '<'` + other},
		{"a ' b", `column 3: '\''` + other},
		{"a \x00", `column 3: '\x00'` + other},
		{"a \xff", `column 3: '�'` + other},
		{"a**", "column 3: a repetition of a repetition: want parentheses between them"},
		{"a+ ?", "column 4: a repetition of a repetition: want parentheses between them"},
		{"^* a", "column 2: an anchor cannot be repeated"},
		{"a ${2}", "column 4: an anchor cannot be repeated"},
		{"a{", "column 2: " + bounds},
		{"a{2", "column 2: " + bounds},
		{"a{}", "column 2: " + bounds},
		{"a{,2}", "column 2: " + bounds},
		{"a{0}", "column 2: " + bounds},
		{"a{0,0}", "column 2: " + bounds},
		{"a{3,2}", "column 2: " + bounds},
		{"a{-1,2}", "column 2: " + bounds},
		{"a{+1}", "column 2: " + bounds},
		{"a{1,-1}", "column 2: " + bounds},
		{"a{1,2,3}", "column 2: " + bounds},
		{"a{513}", "column 2: " + bounds},
		{"a{99999999999999999999}", "column 2: " + bounds},
		{strings.Repeat("a", MaxPattern+1), "1025 bytes: want at most 1024"},
		{"(a b c){200}", "more than 512 positions with repetitions written out"},
		{"((a{500}){500}){500}", "more than 512 positions with repetitions written out"},
		{"a _{12} b", "its deterministic automaton has more than 1024 states"},
	} {
		m, err := compile(c.pattern, letters())
		if err == nil || err.Error() != c.want {
			t.Errorf("%.40q: %v, %v\nwant %s", c.pattern, m, err, c.want)
		}
	}
}

// drawPattern draws a pattern over letters.
func drawPattern(t *rapid.T, depth int) string {
	if depth == 0 || rapid.IntRange(0, 3).Draw(t, "leaf") == 0 {
		return rapid.SampledFrom([]string{"a", "b", "c", ".", "_", Other, "^", "$"}).Draw(t, "atom")
	}
	sub := func() string { return drawPattern(t, depth-1) }
	switch rapid.IntRange(0, 3).Draw(t, "kind") {
	case 0:
		return sub() + " " + sub() + " " + sub()
	case 1:
		return "(" + sub() + " | " + sub() + ")"
	default:
		return "(" + sub() + ")" + rapid.SampledFrom([]string{"*", "+", "?", "{2}", "{1,}", "{0,2}", "{2,3}"}).Draw(t, "times")
	}
}

func TestPatternAgainstRegexp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		pattern := drawPattern(t, 4)
		m, err := compile(pattern, letters())
		if err != nil {
			if !strings.Contains(err.Error(), "more than") {
				t.Fatalf("%s: %v", pattern, err)
			}
			t.Skip("over a limit")
		}
		agree(t, pattern, m, 4)
	})
}

// The parser and the constructions behind it neither panic nor outgrow their
// limits, and what they accept means what it says.
func FuzzPattern(f *testing.F) {
	for _, s := range []string{"the _ of", "^ _{0,3} a (b | c)+ $", "a{2,", "((a*)*)*", "<other> . ' a’b", "a _{9} b", "(a|b){0,100}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, pattern string) {
		m, err := compile(pattern, letters())
		if err != nil {
			return
		}
		if m.states() > MaxAutomaton || len(m.next) != m.states()*m.width {
			t.Fatalf("%d states of width %d, %d transitions", m.states(), m.width, len(m.next))
		}
		for _, q := range m.next {
			if q < 0 || int(q) >= m.states() {
				t.Fatalf("a transition to %d of %d states", q, m.states())
			}
		}
		agree(t, pattern, m, 4)
	})
}
