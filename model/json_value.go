package model

import (
	"fmt"
	"iter"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// value is a value inside a text that the decoder has found to be JSON, and knows
// its place there. Since the text is JSON, taking a value apart is a matter of
// finding where its parts end.
type value struct {
	raw    jsontext.Value // without space around it; nil where an optional value is absent
	parent *value
	root   string         // the place, where there is no parent
	name   jsontext.Value // the key, quoted, inside an object
	index  int            // inside a list
}

// place returns the JSON pointer to v.
func (v *value) place() string {
	switch {
	case v.parent == nil:
		return v.root
	case v.name == nil:
		return v.parent.place() + "/" + strconv.Itoa(v.index)
	}
	return string(jsontext.Pointer(v.parent.place()).AppendToken(v.key()))
}

// key returns the name of v inside an object.
func (v *value) key() string { return unquote(v.name) }

// unquote returns the text of a JSON string.
func unquote(s jsontext.Value) string {
	b, err := jsontext.AppendUnquote(nil, s)
	if err != nil {
		panic("model: the decoder let pass " + err.Error())
	}
	return string(b)
}

// wrong returns an error at the place of v that says what was found there and,
// in the words given, what is accepted.
func (v *value) wrong(format string, args ...any) error {
	return wrong(v.place(), v.String()+", "+format, args...)
}

// String describes v on one short line, for an error.
func (v *value) String() string {
	switch v.raw.Kind() {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return quote(unquote(v.raw))
	}
	return clip(v.raw, 48)
}

// quote quotes a text from outside for a message: on one line, not too long.
func quote(s string) string { return strconv.QuoteToGraphic(clip(s, 48)) }

// children yields the elements of a list or the values of an object, all in the
// same variable: what is to outlast its turn is copied.
func (v *value) children() iter.Seq[*value] {
	return func(yield func(*value) bool) {
		child := value{parent: v}
		rest := v.raw[1:]
		for ; ; child.index++ {
			if rest = skipBetween(rest); rest[0] == ']' || rest[0] == '}' {
				return
			}
			if v.raw[0] == '{' {
				n := valueLen(rest)
				child.name, rest = rest[:n:n], skipBetween(rest[n:])
			}
			n := valueLen(rest)
			child.raw, rest = rest[:n:n], rest[n:]
			if !yield(&child) {
				return
			}
		}
	}
}

// skipBetween drops what may stand between two values.
func skipBetween(b jsontext.Value) jsontext.Value {
	i := 0
	for strings.IndexByte(" \t\r\n,:", b[i]) >= 0 {
		i++
	}
	return b[i:]
}

// valueLen returns the length of the value that b begins with.
func valueLen(b jsontext.Value) int {
	depth := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '"':
			for i++; b[i] != '"'; i++ {
				if b[i] == '\\' {
					i++
				}
			}
			if depth == 0 {
				return i + 1
			}
		case '[', '{':
			depth++
		case ']', '}':
			if depth == 0 { // closes what a number or a literal stands in
				return i
			}
			if depth--; depth == 0 {
				return i + 1
			}
		case ' ', '\t', '\r', '\n', ',':
			if depth == 0 {
				return i
			}
		}
	}
	return len(b)
}

// object returns the values of an object in the order of keys, of which the
// first ones are required and the others optional.
func (v *value) object(required int, keys ...string) ([]value, error) {
	accepted := "accepted is an object with the keys " + strings.Join(keys[:required], ", ")
	if required < len(keys) {
		accepted += " and, if need be, " + strings.Join(keys[required:], ", ")
	}
	if v.raw.Kind() != '{' {
		return nil, v.wrong("%s", accepted)
	}
	fields := make([]value, len(keys))
	for child := range v.children() {
		i := slices.Index(keys, child.key())
		if i < 0 {
			return nil, wrong(child.place(), "unknown key, %s", accepted)
		}
		if fields[i].raw != nil {
			return nil, wrong(child.place(), "the key stands twice, accepted is once")
		}
		fields[i] = *child
	}
	for i, key := range keys[:required] {
		if fields[i].raw == nil {
			return nil, wrong(v.place()+"/"+key, "missing, %s", accepted)
		}
	}
	return fields, nil
}

// list returns the number of elements of a list.
func (v *value) list(of string) (n int, err error) {
	if v.raw.Kind() != '[' {
		return 0, v.wrong("accepted is a list of %s", of)
	}
	for range v.children() {
		n++
	}
	return n, nil
}

// text returns the text of a string, and false where v is none.
func (v *value) text() (string, bool) {
	if v.raw.Kind() != '"' {
		return "", false
	}
	return unquote(v.raw), true
}

// natural appends a non-negative integer to n.
func (v *value) natural(n *Naturals) error {
	word, ok := word(v.raw)
	switch {
	case ok:
		n.AppendInt64(word)
	case isDigits(v.raw) && len(v.raw) <= MaxDigits:
		n.Append(decimalInt(string(v.raw))) // 19 digits may fit a word
	default:
		return v.wrong("accepted are non-negative integers of at most %d digits", MaxDigits)
	}
	return nil
}

// integer returns an integer lo ≤ n ≤ hi.
func (v *value) integer(lo, hi int) (int, error) {
	if n, ok := word(v.raw); ok && int64(lo) <= n && n <= int64(hi) {
		return int(n), nil
	}
	return 0, v.wrong("accepted are integers from %d to %d", lo, hi)
}

// rational sets q where v is present.
func (v *value) rational(q *big.Rat) error {
	if v.raw == nil {
		return nil
	}
	s, ok := v.text()
	if !ok {
		return v.wrong("accepted is %s", acceptedRational)
	}
	r, err := ParseRational(s)
	if err != nil {
		return within(v.place(), err)
	}
	q.Set(r)
	return nil
}

// word returns the number that b spells in decimal digits, and false where it
// spells none or may not fit: 18 digits always do.
func word[S ~string | ~[]byte](b S) (int64, bool) {
	if len(b) > 18 || !isDigits(b) {
		return 0, false
	}
	var n int64
	for i := range len(b) {
		n = 10*n + int64(b[i]-'0')
	}
	return n, true
}

// isDigits reports whether b consists of decimal digits, at least one.
func isDigits[S ~string | ~[]byte](b S) bool {
	for i := range len(b) {
		if b[i] < '0' || b[i] > '9' {
			return false
		}
	}
	return len(b) > 0
}

// decimalInt returns the integer that a text of decimal digits spells.
func decimalInt(digits string) *big.Int {
	n, ok := new(big.Int).SetString(digits, 10)
	if !ok {
		panic("model: no digits: " + digits)
	}
	return n
}

const acceptedRational = `a string with an integer, a decimal or a fraction, such as "3", "0.25" or "1/2", without exponent`

// ParseRational returns the number that s spells exactly: an integer, a decimal
// or a fraction, with an optional minus sign and no exponent, "-3", "0.25",
// "1/2". A decimal has at most MaxDigits digits, and so have the numerator and
// the denominator of a fraction.
func ParseRational(s string) (*big.Rat, error) {
	fail := func(why string) (*big.Rat, error) {
		return nil, fmt.Errorf("%s%s, accepted is %s, of at most %d digits", quote(s), why, acceptedRational, MaxDigits)
	}
	body, negative := strings.CutPrefix(s, "-")
	num, den, _ := strings.Cut(body, "/")
	if whole, decimals, ok := strings.Cut(body, "."); ok {
		if !isDigits(whole) || !isDigits(decimals) || len(whole)+len(decimals) > MaxDigits {
			return fail("")
		}
		num, den = whole+decimals, "1"+strings.Repeat("0", len(decimals))
	} else if !strings.Contains(body, "/") {
		den = "1"
	}
	if !isDigits(num) || !isDigits(den) || len(num) > MaxDigits || len(den) > MaxDigits {
		return fail("")
	}
	n, d := decimalInt(num), decimalInt(den)
	if d.Sign() == 0 {
		return fail(": the denominator is zero")
	}
	if negative {
		n.Neg(n)
	}
	return new(big.Rat).SetFrac(n, d), nil
}
