package gate

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"sounding/internal/strict"
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
	given map[Quantity]given
}

// Answer returns the values of a quantity, the means where it is an estimate. One that
// is malformed is not offered.
func (r *Reply) Answer(q Quantity) (values []*big.Rat, offered bool) {
	g, offered := r.given[q]
	return g.values, offered && g.malformed == nil
}

// Malformed returns what is wrong with the value of a quantity that is neither of its
// shape nor an estimate of it, and where; nil for others.
func (r *Reply) Malformed(q Quantity) error { return r.given[q].malformed }

// notFinite finds the words that programs write for what is no number.
var notFinite = regexp.MustCompile(`-?\b(NaN|nan|Infinity|inf)\b`)

// ParseReply reads the reply to the request with the given id, for an instance of
// the given length. The error wraps one of ErrReply, ErrID and ErrRefused, and says
// where the reply is wrong and what is wanted there. A value that is not of its shape
// costs its quantity alone: see Malformed.
func ParseReply(line []byte, id uint64, length int) (*Reply, error) {
	members, err := replyMembers(line, id)
	if err != nil {
		return nil, err
	}
	r := &Reply{given: make(map[Quantity]given)}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		q := Quantity(name)
		switch {
		case name == "id":
			continue
		case !slices.Contains(Quantities(), q):
			return nil, fmt.Errorf("%w: %w", ErrReply, strict.Errorf("/"+name, "unknown key: want id, error or a quantity that was asked for%s", strict.Meant(name, Quantities())))
		}
		r.given[q] = readGiven(name, members[name], func(v jsontext.Value) ([]*big.Rat, error) {
			return numbers(v, q.Whole(), length)
		})
		if q == horizonOf && r.given[q].estimate != nil {
			r.given[q] = given{malformed: fmt.Errorf("%w: /%s: an estimate: want an integer", ErrReply, name)}
		}
	}
	return r, nil
}

// replyMembers returns the members of the reply to the request with the given id.
func replyMembers(line []byte, id uint64) (map[string]jsontext.Value, error) {
	var members map[string]jsontext.Value
	if err := strict.Read(bytes.NewReader(line), maxLine, &members); err != nil {
		if word := notFinite.Find(line); word != nil {
			err = fmt.Errorf("%w; %s is not JSON: want finite numbers", err, word)
		}
		return nil, fmt.Errorf("%w: %s: %w", ErrReply, strict.Quote(line), err)
	}
	want := strconv.FormatUint(id, 10)
	switch given, ok := members["id"]; {
	case !ok:
		return nil, fmt.Errorf("%w: /id: missing: want %s, that of the request", ErrReply, want)
	case given.Kind() != '0':
		return nil, fmt.Errorf("%w: /id: %s: want %s, that of the request", ErrReply, strict.Describe(given), want)
	case string(given) == strconv.FormatUint(id-1, 10):
		return nil, fmt.Errorf("%w: /id: %s, that of the request before: want %s", ErrID, given, want)
	case string(given) != want:
		return nil, fmt.Errorf("%w: /id: %s: want %s, that of the request", ErrID, strict.Describe(given), want)
	}
	if problem, ok := members["error"]; ok {
		if problem.Kind() != '"' {
			return nil, fmt.Errorf("%w: /error: %s: want a string", ErrReply, strict.Describe(problem))
		}
		text, err := jsontext.AppendUnquote(nil, problem)
		if err != nil {
			return nil, fmt.Errorf("%w: /error: %w", ErrReply, err)
		}
		return nil, fmt.Errorf("%w: %s", ErrRefused, printable(string(text)))
	}
	return members, nil
}

// printable returns a text as a terminal can show it, with its line breaks.
func printable(s string) string {
	lines := strings.Split(strings.TrimRight(s, "\n"), "\n")
	for i, line := range lines {
		quoted := strconv.QuoteToGraphic(strings.ReplaceAll(line, "\t", "    "))
		lines[i] = strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`)
	}
	return strings.Join(lines, "\n")
}

// numbers reads the values of a quantity: one number, or one per position.
func numbers(v jsontext.Value, whole bool, length int) ([]*big.Rat, error) {
	if whole {
		n, err := number(v)
		return []*big.Rat{n}, err
	}
	if v.Kind() != '[' {
		return nil, strict.Errorf("", "%s: want a list of %d numbers", strict.Describe(v), length)
	}
	var list []jsontext.Value
	if err := json.Unmarshal(v, &list); err != nil {
		return nil, err
	}
	if len(list) != length {
		return nil, strict.Errorf("", "length %d: want %d, a number per position", len(list), length)
	}
	values := make([]*big.Rat, length)
	for i, v := range list {
		var err error
		if values[i], err = number(v); err != nil {
			return nil, strict.Within("/"+strconv.Itoa(i), err)
		}
	}
	return values, nil
}

// number reads a JSON number or a string with a decimal in it, as the rational
// that its digits spell.
func number(v jsontext.Value) (*big.Rat, error) {
	text := string(v)
	switch v.Kind() {
	case '0':
	case '"':
		unquoted, err := jsontext.AppendUnquote(nil, v)
		if err != nil {
			return nil, err
		}
		text = string(unquoted)
	default:
		return nil, strict.Errorf("", "%s: want a number, or a string with a decimal", strict.Describe(v))
	}
	n, err := ParseDecimal(text)
	if err != nil {
		return nil, strict.Errorf("", "%s: %v", strict.Describe(v), err)
	}
	return n, nil
}

// ParseDecimal returns the number that a decimal spells: digits, with a sign, a
// point and an exponent if need be.
func ParseDecimal(s string) (*big.Rat, error) {
	mantissa, exponent, scaled := strings.Cut(strings.ToLower(s), "e")
	body := strings.TrimPrefix(mantissa, "-")
	whole, decimals, pointed := strings.Cut(body, ".")
	if !isDigits(whole) || pointed && !isDigits(decimals) {
		return nil, errors.New("want a finite decimal number")
	}
	if len(whole)+len(decimals) > maxDigits {
		return nil, fmt.Errorf("want at most %d digits", maxDigits)
	}
	if scaled {
		if digits := strings.TrimLeft(exponent, "+-"); len(exponent)-len(digits) > 1 || !isDigits(digits) {
			return nil, errors.New("want a finite decimal number")
		}
		if n, err := strconv.Atoi(exponent); err != nil || n > maxExponent || n < -maxExponent {
			return nil, fmt.Errorf("want an exponent from -%d to %d", maxExponent, maxExponent)
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
