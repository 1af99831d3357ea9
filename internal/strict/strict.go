// Package strict reads JSON from outside. It matches keys exactly, and refuses
// duplicate keys, unknown keys and null. An error names its place by a JSON pointer
// (RFC 6901) and says what is wrong there and what is wanted.
package strict

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

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
		n, err = 0, Errorf("", "too long: want at most %s", Bytes(l.limit))
	}
	if err != nil && err != io.EOF {
		l.err = err
	}
	return n, err
}

// Decode reads the next value of dec into v. In a struct, a field whose type can
// be nil, or reads itself, is required unless its tag has omitzero; want in its tag says
// in words what its value is, and of the format that it belongs to. Several errors are
// [Errors].
func Decode(dec *jsontext.Decoder, v any) error {
	r := new(reader)
	err := json.UnmarshalDecode(dec, v, json.RejectUnknownMembers(true), json.WithUnmarshalers(json.UnmarshalFromFunc(r.read)))
	if err != nil {
		r.found.Add(explain(err))
	} else {
		missing(string(dec.StackPointer()), reflect.ValueOf(v), r.lack)
	}
	return r.found.Err()
}

// reader keeps the errors of values that can be skipped.
type reader struct{ found Errors }

// read reads what would end the decoding where it is wrong: values that read themselves, null, and
// scalars. It leaves all others to the decoder.
func (r *reader) read(dec *jsontext.Decoder, v any) error {
	t := reflect.TypeOf(v).Elem()
	if value, ok := v.(json.UnmarshalerFrom); ok {
		return r.itself(dec, value)
	}
	if readsItself(t) || dec.PeekKind() != 'n' && !scalar(t) {
		return errors.ErrUnsupported
	}
	raw, err := dec.ReadValue()
	if err != nil {
		return err
	}
	if raw.Kind() == 'n' || json.Unmarshal(raw, v) != nil {
		r.found.Add(Errorf(string(dec.StackPointer()), "%s: want %s", Describe(raw), fitting(t, raw)))
	}
	return nil
}

// itself has a value read itself, and skips what it leaves unread where it is wrong.
func (r *reader) itself(dec *jsontext.Decoder, v json.UnmarshalerFrom) error {
	depth, start := dec.StackDepth(), dec.InputOffset()
	err := v.UnmarshalJSONFrom(dec)
	if !wrongValue(err) {
		return err
	}
	r.found.Add(err)
	for dec.StackDepth() > depth {
		if _, err := dec.ReadToken(); err != nil {
			return err
		}
	}
	if dec.InputOffset() == start {
		return dec.SkipValue()
	}
	return nil
}

// lack notes that a key is missing, unless what stands there, or around it, is wrong.
func (r *reader) lack(pointer, want string) {
	for _, err := range r.found.List {
		e, ok := errors.AsType[*Error](err)
		if ok && (strings.HasPrefix(pointer+"/", e.Pointer+"/") || strings.HasPrefix(e.Pointer, pointer+"/")) {
			return
		}
	}
	r.found.Add(Errorf(pointer, "missing: want %s", want))
}

// readsItself reports whether values of type t read themselves.
func readsItself(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return p.Implements(reflect.TypeFor[json.UnmarshalerFrom]()) || p.Implements(reflect.TypeFor[json.Unmarshaler]())
}

// explain turns an error of the decoder into one that speaks of JSON alone.
func explain(err error) error {
	if list, ok := errors.AsType[*Errors](err); ok {
		return list
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	if e, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		problem := fmt.Sprintf("not JSON at byte %d: %v", e.ByteOffset, e.Err)
		switch {
		case errors.Is(err, jsontext.ErrDuplicateName):
			problem = "duplicate key: want each once"
		case errors.Is(err, io.ErrUnexpectedEOF):
			problem = fmt.Sprintf("the text ends at byte %d: want one complete JSON object", e.ByteOffset)
		case strings.Contains(problem, `'\ufeff'`):
			problem = fmt.Sprintf("a byte order mark at byte %d: want UTF-8 without one", e.ByteOffset)
		}
		return &Error{Pointer: string(e.JSONPointer), Problem: problem, ends: true}
	}
	if e, ok := errors.AsType[*json.SemanticError](err); ok {
		found := kind(e.JSONKind)
		switch {
		case e.Err == json.ErrUnknownName:
			found = "unknown key"
		case e.JSONValue != nil:
			found = Describe(e.JSONValue)
		}
		return &Error{Pointer: string(e.JSONPointer), Problem: fmt.Sprintf("%s: want %s", found, want(e.GoType)), ends: true}
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &Error{Problem: "no text: want one JSON object", ends: true}
	}
	return err
}

// Constant reads the next value of dec, which has to be one of the given strings: the name of
// a format, say. Where it is none, what follows is not read.
func Constant(dec *jsontext.Decoder, want ...string) (string, error) {
	raw, err := dec.ReadValue()
	if err != nil {
		return "", err
	}
	s, err := jsontext.AppendUnquote(nil, raw)
	if err != nil || !slices.Contains(want, string(s)) {
		var quoted []string
		for _, w := range want {
			quoted = append(quoted, strconv.Quote(w))
		}
		problem := fmt.Sprintf("%s: want %s", Describe(raw), strings.Join(quoted, " or "))
		return "", &Error{Pointer: string(dec.StackPointer()), Problem: problem, ends: true}
	}
	return string(s), nil
}

// missing calls lack for every required key that v, at the given place, lacks.
func missing(pointer string, v reflect.Value, lack func(pointer, want string)) {
	if readsItself(v.Type()) {
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			missing(pointer, v.Elem(), lack)
		}
	case reflect.Slice:
		for i := range v.Len() {
			missing(pointer+"/"+strconv.Itoa(i), v.Index(i), lack)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			field := v.Type().Field(i)
			name, optional := key(field)
			place := pointer + "/" + name
			if f := v.Field(i); name != "" && !optional && f.IsZero() && absent(f.Type()) {
				lack(place, cmp.Or(field.Tag.Get("want"), want(f.Type())))
			} else {
				missing(place, f, lack)
			}
		}
	}
}

// absent reports whether the zero value of type t means that nothing was read.
func absent(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return true
	}
	return readsItself(t)
}
