// Package strict reads JSON from outside. It matches keys exactly, and refuses
// duplicate keys, unknown keys and null. An error names its place by a JSON pointer
// (RFC 6901) and says what is wrong there and what is wanted.
package strict

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Error says what is wrong at one place of a JSON text.
type Error struct {
	Pointer string // empty for the whole text
	Problem string
}

func (e *Error) Error() string {
	if e.Pointer == "" {
		return e.Problem
	}
	pointer := strconv.QuoteToGraphic(Clip(e.Pointer, 200))
	return pointer[1:len(pointer)-1] + ": " + e.Problem
}

// Errorf returns an Error at the given place.
func Errorf(pointer, format string, args ...any) error {
	return &Error{pointer, fmt.Sprintf(format, args...)}
}

// Within returns err, if there is one, with its place taken relative to pointer.
func Within(pointer string, err error) error {
	if err == nil {
		return nil
	}
	if p, ok := errors.AsType[*Error](err); ok {
		return &Error{pointer + p.Pointer, p.Problem}
	}
	return &Error{pointer, err.Error()}
}

// Clip shortens a text of untrusted length for a message.
func Clip[S ~string | ~[]byte](s S, n int) string {
	if len(s) <= n {
		return string(s)
	}
	return fmt.Sprintf("%s… (%d bytes)", strings.ToValidUTF8(string(s[:n]), ""), len(s))
}

// Quote quotes a text of untrusted length for a message, on one line.
func Quote[S ~string | ~[]byte](s S) string { return strconv.QuoteToGraphic(Clip(s, 48)) }

// Read reads a text that holds one JSON value, of at most limit bytes, into v.
func Read(r io.Reader, limit int64, v any) error {
	in := &limited{r: r, left: limit, limit: limit}
	dec := jsontext.NewDecoder(in)
	err := Decode(dec, v)
	if err == nil {
		if _, end := dec.ReadToken(); end != io.EOF {
			err = Errorf("", "more text after byte %d: want one object", dec.InputOffset())
		}
	}
	if in.err != nil {
		return in.err
	}
	return err
}

// limited reads no more than limit bytes, and keeps the error that ends it.
type limited struct {
	r           io.Reader
	left, limit int64
	err         error
}

func (l *limited) Read(b []byte) (int, error) {
	n, err := l.r.Read(b)
	if l.left -= int64(n); l.left < 0 {
		n, err = 0, Errorf("", "too long: want at most %d bytes", l.limit)
	}
	if err != nil && err != io.EOF {
		l.err = err
	}
	return n, err
}

var options = json.JoinOptions(
	json.RejectUnknownMembers(true),
	json.WithUnmarshalers(json.UnmarshalFromFunc(refuseNull)),
)

// Decode reads the next value of dec into v. In a struct, a field whose type can
// be nil, or reads itself, is required unless its tag has omitzero.
func Decode(dec *jsontext.Decoder, v any) error {
	if err := json.UnmarshalDecode(dec, v, options); err != nil {
		return explain(err)
	}
	return Within(string(dec.StackPointer()), missing(reflect.ValueOf(v)))
}

// readsItself reports whether values of type t read themselves.
func readsItself(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return p.Implements(reflect.TypeFor[json.UnmarshalerFrom]()) || p.Implements(reflect.TypeFor[json.Unmarshaler]())
}

// refuseNull leaves every value but null to the decoder, which takes null for the
// zero value.
func refuseNull(dec *jsontext.Decoder, v any) error {
	t := reflect.TypeOf(v).Elem()
	if dec.PeekKind() != 'n' || readsItself(t) {
		return errors.ErrUnsupported
	}
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	return Errorf(string(dec.StackPointer()), "null: want %s", want(t))
}

// explain turns an error of the decoder into one that speaks of JSON alone.
func explain(err error) error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	if e, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		pointer := string(e.JSONPointer)
		switch {
		case errors.Is(err, jsontext.ErrDuplicateName):
			return Errorf(pointer, "duplicate key: want each once")
		case errors.Is(err, io.ErrUnexpectedEOF):
			return Errorf(pointer, "the text ends at byte %d: want one complete JSON object", e.ByteOffset)
		}
		return Errorf(pointer, "not JSON at byte %d: %v", e.ByteOffset, e.Err)
	}
	if e, ok := errors.AsType[*json.SemanticError](err); ok {
		pointer := string(e.JSONPointer)
		switch {
		case e.Err == json.ErrUnknownName:
			return Errorf(pointer, "unknown key: want %s", want(e.GoType))
		case e.JSONValue != nil:
			return Errorf(pointer, "%s: want %s", Describe(e.JSONValue), want(e.GoType))
		}
		return Errorf(pointer, "%s: want %s", kind(e.JSONKind), want(e.GoType))
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return Errorf("", "no text: want one JSON object")
	}
	return err
}

// Constant reads the next value of dec, which has to be the string want.
func Constant(dec *jsontext.Decoder, want string) error {
	raw, err := dec.ReadValue()
	if err != nil {
		return err
	}
	if s, err := jsontext.AppendUnquote(nil, raw); err != nil || string(s) != want {
		return Errorf(string(dec.StackPointer()), "%s: want %q", Describe(raw), want)
	}
	return nil
}

// Describe describes a JSON value for a message, on one short line.
func Describe(v jsontext.Value) string {
	switch v.Kind() {
	case '"':
		s, err := jsontext.AppendUnquote(nil, v)
		if err != nil {
			return Quote(v)
		}
		return Quote(s)
	case '0':
		return Clip(v, 48)
	}
	return kind(v.Kind())
}

func kind(k jsontext.Kind) string {
	switch k {
	case '{', '}':
		return "an object"
	case '[', ']':
		return "a list"
	case '"':
		return "a string"
	case '0':
		return "a number"
	}
	return k.String()
}

// want describes the JSON values that a value of type t is read from.
func want(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return want(t.Elem())
	case reflect.Struct:
		return object(t)
	case reflect.Map:
		return "an object"
	case reflect.Slice:
		return "a list"
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int64:
		return "an integer"
	case reflect.Uint, reflect.Uint64:
		return "a non-negative integer"
	}
	return "another value"
}

// object describes a JSON object by its keys.
func object(t reflect.Type) string {
	var required, optional []string
	for f := range t.Fields() {
		switch name, omit := key(f); {
		case name == "":
		case omit:
			optional = append(optional, name)
		default:
			required = append(required, name)
		}
	}
	text := "an object"
	switch len(required) {
	case 0:
	case 1:
		text += " with the key " + required[0]
	default:
		text += " with the keys " + strings.Join(required, ", ")
	}
	if len(optional) > 0 {
		text += "; optional " + strings.Join(optional, ", ")
	}
	return text
}

// key returns the JSON key of a field and whether it may be absent.
func key(f reflect.StructField) (name string, optional bool) {
	name, omit, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name, omit == "omitzero"
}

// missing returns an error for the first required key that v lacks.
func missing(v reflect.Value) error {
	if readsItself(v.Type()) {
		return nil
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			return missing(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			if err := missing(v.Index(i)); err != nil {
				return Within("/"+strconv.Itoa(i), err)
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			name, optional := key(v.Type().Field(i))
			if f := v.Field(i); name != "" && !optional && f.IsZero() && absent(f.Type()) {
				return Errorf("/"+name, "missing: want %s", object(v.Type()))
			} else if err := missing(f); err != nil {
				return Within("/"+name, err)
			}
		}
	}
	return nil
}

// absent reports whether the zero value of type t means that nothing was read.
func absent(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return true
	}
	return readsItself(t)
}
