package gate

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Limits of a reply.
const (
	maxLine     = 1 << 20 // bytes; the reply to the largest instance that is sent has less than 20 kB
	maxDigits   = 400     // of a number
	maxExponent = 9999    // of a number, in size
)

// What is wrong with a reply.
var (
	ErrReply   = errors.New("not a reply") // no JSON object of the known keys and kinds
	ErrID      = errors.New("wrong id")
	ErrRefused = errors.New("the solver reports an error")
)

// Reply holds the quantities that a solver gave for one instance.
type Reply struct {
	values map[Quantity][]*big.Rat
}

// Answer returns the values of a quantity.
func (r *Reply) Answer(q Quantity) (values []*big.Rat, offered bool) {
	values, offered = r.values[q]
	return values, offered
}

// ParseReply reads the reply to the request with the given id, for an instance of
// the given length. The error wraps one of ErrReply, ErrID and ErrRefused, and says
// where the reply is wrong and what is accepted there.
func ParseReply(line []byte, id uint64, length int) (*Reply, error) {
	d := jsontext.NewDecoder(bytes.NewReader(line))
	p := parser{d: d, line: line, length: length, reply: &Reply{values: make(map[Quantity][]*big.Rat)}}
	if err := p.object(); err != nil {
		return nil, err
	}
	if _, err := d.ReadToken(); err != io.EOF {
		return nil, fmt.Errorf("%w: more text after byte %d, accepted is one object per line", ErrReply, d.InputOffset())
	}
	switch {
	case p.id == "":
		return nil, fmt.Errorf("%w: no id, accepted is %d, that of the request", ErrReply, id)
	case p.id != strconv.FormatUint(id, 10):
		return nil, fmt.Errorf("%w: %s, accepted is %d, that of the request", ErrID, clip(p.id), id)
	case p.failed:
		return nil, fmt.Errorf("%w: %s", ErrRefused, strconv.QuoteToGraphic(clip(p.problem)))
	}
	return p.reply, nil
}

// parser reads one reply token by token, so that nothing is kept that is not asked
// for, however it is nested.
type parser struct {
	d       *jsontext.Decoder
	line    []byte
	length  int
	reply   *Reply
	id      string
	failed  bool
	problem string
}

func (p *parser) object() error {
	open, err := p.d.ReadToken()
	if err != nil {
		return p.misread(err)
	}
	if open.Kind() != '{' {
		return fmt.Errorf("%w: %s, accepted is one object", ErrReply, quote(p.line))
	}
	for p.d.PeekKind() != '}' {
		key, err := p.d.ReadToken()
		if err != nil {
			return p.misread(err)
		}
		if err := p.member(key.String()); err != nil {
			return err
		}
	}
	_, err = p.d.ReadToken()
	return err
}

func (p *parser) member(key string) error {
	switch {
	case key == "id":
		t, err := p.scalar(key, '0')
		p.id = t
		return err
	case key == "error":
		t, err := p.scalar(key, '"')
		p.problem, p.failed = t, true
		return err
	}
	q := Quantity(key)
	if !slices.Contains(Quantities(), q) {
		return fmt.Errorf("%w: unknown key %s, accepted are id, error and the quantities that were asked for", ErrReply, strconv.QuoteToGraphic(clip(key)))
	}
	if q.Whole() {
		v, err := p.number(key)
		p.reply.values[q] = []*big.Rat{v}
		return err
	}
	return p.list(q)
}

// scalar reads a token of one kind and returns its text.
func (p *parser) scalar(key string, kind jsontext.Kind) (string, error) {
	t, err := p.d.ReadToken()
	if err != nil {
		return "", p.misread(err)
	}
	if t.Kind() != kind {
		return "", fmt.Errorf("%w: %s is %s, accepted is a %s", ErrReply, key, article(t.Kind()), kindName(kind))
	}
	return t.String(), nil
}

// list reads one number per position.
func (p *parser) list(q Quantity) error {
	t, err := p.d.ReadToken()
	if err != nil {
		return p.misread(err)
	}
	if t.Kind() != '[' {
		return fmt.Errorf("%w: %s is %s, accepted is a list of %d numbers", ErrReply, q, article(t.Kind()), p.length)
	}
	values := make([]*big.Rat, 0, p.length)
	for p.d.PeekKind() != ']' {
		v, err := p.number(fmt.Sprintf("%s at t = %d", q, len(values)+1))
		if err != nil {
			return err
		}
		if values = append(values, v); len(values) > p.length {
			break
		}
	}
	if len(values) != p.length {
		more := ""
		if len(values) > p.length {
			more = " or more"
		}
		return fmt.Errorf("%w: %s has %d%s numbers, accepted is one per position, %d", ErrReply, q, len(values), more, p.length)
	}
	p.reply.values[q] = values
	_, err = p.d.ReadToken()
	return err
}

// number reads a JSON number or a string with a decimal in it, as the rational
// that its digits spell.
func (p *parser) number(name string) (*big.Rat, error) {
	t, err := p.d.ReadToken()
	if err != nil {
		if s := p.notFinite(); s != "" {
			return nil, fmt.Errorf("%w: %s is %s, accepted are finite numbers", ErrReply, name, s)
		}
		return nil, p.misread(err)
	}
	if k := t.Kind(); k != '0' && k != '"' {
		return nil, fmt.Errorf("%w: %s is %s, accepted is a number, or a string with a decimal", ErrReply, name, article(k))
	}
	v, err := ParseDecimal(t.String())
	if err != nil {
		return nil, fmt.Errorf("%w: %s is %s, %w", ErrReply, name, strconv.QuoteToGraphic(clip(t.String())), err)
	}
	return v, nil
}

// notFinite returns what stands in place of a number, where that is one of the
// words that programs write for none.
func (p *parser) notFinite() string {
	rest := bytes.TrimLeft(p.line[p.d.InputOffset():], " \t,:")
	for _, word := range []string{"NaN", "-NaN", "nan", "-nan", "Infinity", "-Infinity", "inf", "-inf"} {
		if bytes.HasPrefix(rest, []byte(word)) {
			return word
		}
	}
	return ""
}

// ParseDecimal returns the number that a decimal spells: digits, with a sign, a
// point and an exponent if need be.
func ParseDecimal(s string) (*big.Rat, error) {
	mantissa, exponent, scaled := strings.Cut(strings.ToLower(s), "e")
	body := strings.TrimPrefix(mantissa, "-")
	whole, decimals, pointed := strings.Cut(body, ".")
	if !isDigits(whole) || pointed && !isDigits(decimals) {
		return nil, errors.New("accepted are finite decimal numbers")
	}
	if len(whole)+len(decimals) > maxDigits {
		return nil, fmt.Errorf("accepted are at most %d digits", maxDigits)
	}
	if scaled {
		if digits := strings.TrimLeft(exponent, "+-"); len(exponent)-len(digits) > 1 || !isDigits(digits) {
			return nil, errors.New("accepted are finite decimal numbers")
		}
		if n, err := strconv.Atoi(exponent); err != nil || n > maxExponent || n < -maxExponent {
			return nil, fmt.Errorf("accepted are exponents from -%d to %d", maxExponent, maxExponent)
		}
	}
	v, ok := new(big.Rat).SetString(s)
	if !ok {
		panic("gate: no number: " + s)
	}
	return v, nil
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// misread turns an error of the JSON decoder into one of this package.
func (p *parser) misread(err error) error {
	var syntax *jsontext.SyntacticError
	switch {
	case errors.Is(err, jsontext.ErrDuplicateName):
		return fmt.Errorf("%w: a key stands twice, accepted is once", ErrReply)
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%w: %s is not a complete JSON object", ErrReply, quote(p.line))
	case errors.As(err, &syntax):
		return fmt.Errorf("%w: %s is not JSON at byte %d: %w", ErrReply, quote(p.line), syntax.ByteOffset, syntax.Err)
	}
	return fmt.Errorf("%w: %w", ErrReply, err)
}

func kindName(k jsontext.Kind) string {
	switch k {
	case '{', '}':
		return "object"
	case '[', ']':
		return "list"
	case '"':
		return "string"
	case '0':
		return "number"
	case 't', 'f':
		return "boolean"
	}
	return "null"
}

func article(k jsontext.Kind) string {
	switch name := kindName(k); name {
	case "object":
		return "an object"
	case "null":
		return "null"
	default:
		return "a " + name
	}
}

// clip shortens a text from outside for a message.
func clip(s string) string {
	const most = 48
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// quote quotes the beginning of a line for a message.
func quote(line []byte) string {
	return strconv.QuoteToGraphic(clip(string(line[:min(len(line), 64)])))
}
