package verify

import (
	"fmt"
	"math/big"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"sounding/exact/field"
)

// Violation says where and how two sides of a claim disagree.
type Violation struct {
	Statement string // id
	Place
	Claim       string // what was claimed there, in symbols
	Relation    string // one of relations, which does not hold; "" if only the claim is known
	Left, Right Side
}

// Error returns the violation as one sentence.
func (v *Violation) Error() string {
	if v.Relation == "" {
		return v.Claim
	}
	where := ""
	if v.Position > 0 {
		where = fmt.Sprintf(" at position %d, state %d", v.Position, v.State)
	}
	if v.Detail != "" {
		where += ", " + v.Detail
	}
	return fmt.Sprintf("%s fails%s: %s, but the left side is %s and the right side %s (left %s right is false)",
		v.Statement, where, v.Claim, v.Left, v.Right, v.Relation)
}

// Side is one side of a comparison: a number, an enclosure, a truth value, or a word such as
// "infinite".
type Side struct{ value any }

// relations are those that a claim can be about.
var relations = []string{"=", "≤", "<", "⇔", "⇒"}

// NewSide returns a side of the given value: of a ring, an integer, or a text.
func NewSide(value any) Side { return Side{value} }

// bounds are decimals that enclose a side.
type bounds struct {
	Lo string `json:"lo"`
	Hi string `json:"hi"`
}

// Decimals after the point of an enclosed side: its leading zeros, at most leadingZeros,
// and shownDigits more.
const (
	shownDigits  = 24
	leadingZeros = 400
)

// bounds returns the decimals, rounded outward, that enclose the side. It returns false
// if the side is no enclosure.
func (s Side) bounds() (bounds, bool) {
	switch v := s.value.(type) {
	case bounds:
		return v, true
	case field.Enclosure:
		f := field.NewInterval(field.DefaultPrecision)
		zeros := 0
		low, high := f.Bounds(v)
		for _, x := range []*big.Float{low, high} {
			if exponent := x.MantExp(nil); exponent < 0 {
				zeros = max(zeros, min(leadingZeros, -exponent*30103/100000))
			}
		}
		lo, hi, err := f.Decimal(v, zeros+shownDigits)
		if err != nil {
			return bounds{}, false
		}
		trim := func(s string) string { return strings.TrimSuffix(strings.TrimRight(s, "0"), ".") }
		return bounds{trim(lo), trim(hi)}, true
	}
	return bounds{}, false
}

// String returns the value, an enclosure as "[lo, hi]".
func (s Side) String() string {
	if b, ok := s.bounds(); ok {
		return fmt.Sprintf("[%s, %s]", b.Lo, b.Hi)
	}
	if s.value == nil {
		return ""
	}
	return fmt.Sprint(s.value)
}

// briefDigits is the number of significant digits of an enclosure in short.
const briefDigits = 7

// Brief returns the value, an enclosure as one decimal of a few digits.
func (s Side) Brief() string {
	b, ok := s.bounds()
	if !ok {
		return s.String()
	}
	q, ok := new(big.Float).SetString(b.Lo)
	if !ok {
		return s.String()
	}
	return q.Text('g', briefDigits)
}

// Equal reports whether two sides are written alike.
func (s Side) Equal(other Side) bool { return s.String() == other.String() }

// MarshalJSONTo writes an enclosure as {"lo", "hi"}, a truth value as "1" or "0", and
// anything else as a string.
func (s Side) MarshalJSONTo(e *jsontext.Encoder) error {
	if b, ok := s.bounds(); ok {
		return json.MarshalEncode(e, b)
	}
	if holds, ok := s.value.(bool); ok {
		return json.MarshalEncode(e, map[bool]string{true: "1", false: "0"}[holds])
	}
	return e.WriteToken(jsontext.String(s.String()))
}

// truth returns the side that a file holds as "1" or "0".
func (s Side) truth() Side { return NewSide(s.String() == "1") }

// UnmarshalJSONFrom reads what MarshalJSONTo writes.
func (s *Side) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	if d.PeekKind() == '{' {
		var b bounds
		err := json.UnmarshalDecode(d, &b)
		s.value = b
		return err
	}
	var text string
	err := json.UnmarshalDecode(d, &text)
	s.value = text
	return err
}
