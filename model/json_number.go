package model

import (
	"fmt"
	"math/big"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"sounding/internal/strict"
)

// naturalFile is a non-negative integer of at most MaxDigits digits.
type naturalFile struct{ Naturals }

// UnmarshalJSONFrom reads one integer.
func (f *naturalFile) UnmarshalJSONFrom(dec *jsontext.Decoder) error { return f.read(dec) }

// naturalsFile is a list of such integers.
type naturalsFile struct{ Naturals }

// UnmarshalJSONFrom reads the list.
func (f *naturalsFile) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	if err := open(dec, "a list of integers"); err != nil {
		return err
	}
	f.small = []int64{}
	for dec.PeekKind() != ']' {
		if err := f.read(dec); err != nil {
			return err
		}
	}
	_, err := dec.ReadToken()
	return err
}

// open reads the bracket that begins a list.
func open(dec *jsontext.Decoder, want string) error {
	if dec.PeekKind() == '[' {
		_, err := dec.ReadToken()
		return err
	}
	raw, err := dec.ReadValue()
	if err != nil {
		return err
	}
	return strict.Errorf(string(dec.StackPointer()), "%s: want %s", strict.Describe(raw), want)
}

// read appends the next value of dec, a non-negative integer.
func (n *Naturals) read(dec *jsontext.Decoder) error {
	raw, err := dec.ReadValue()
	if err != nil {
		return err
	}
	v, ok := word(raw)
	switch {
	case ok:
		n.AppendInt64(v)
	case isDigits(raw) && len(raw) <= MaxDigits:
		n.Append(decimalInt(string(raw))) // 19 digits may fit a word
	default:
		hint := ""
		if raw.Kind() == '0' && strings.ContainsAny(string(raw), ".eE") {
			hint = "; of decimals, each times one power of ten; of log-probabilities, sounding import makes an instance"
		}
		return strict.Errorf(string(dec.StackPointer()), "%s: want a non-negative integer of at most %d digits%s", strict.Describe(raw), MaxDigits, hint)
	}
	return nil
}

// rationalFile is a string that ParseRational reads.
type rationalFile struct{ *big.Rat }

// UnmarshalJSONFrom reads the number.
func (f *rationalFile) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	raw, err := dec.ReadValue()
	if err != nil {
		return err
	}
	place := string(dec.StackPointer())
	if raw.Kind() != '"' {
		return strict.Errorf(place, "%s: want a string with %s of at most %d digits", strict.Describe(raw), wantRational, MaxDigits)
	}
	s, err := jsontext.AppendUnquote(nil, raw)
	if err == nil {
		f.Rat, err = ParseRational(string(s))
	}
	return strict.Within(place, err)
}

// set puts the number, if there is one, in place of *q.
func (f rationalFile) set(q **big.Rat) {
	if f.Rat != nil {
		*q = f.Rat
	}
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

const wantRational = `an integer, a decimal or a fraction, such as "3", "0.25" or "1/2",`

// ParseRational returns the number that s spells exactly: an integer, a decimal
// or a fraction, with an optional minus sign and no exponent, "-3", "0.25",
// "1/2". A decimal has at most MaxDigits digits, and so have the numerator and
// the denominator of a fraction.
func ParseRational(s string) (*big.Rat, error) {
	fail := func(why string) (*big.Rat, error) {
		return nil, fmt.Errorf("%s%s: want %s of at most %d digits", strict.Quote(s), why, wantRational, MaxDigits)
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
		return fail(" has the denominator 0")
	}
	if negative {
		n.Neg(n)
	}
	return new(big.Rat).SetFrac(n, d), nil
}
