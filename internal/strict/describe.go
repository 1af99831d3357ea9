package strict

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

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

// Bytes writes a limit of so many bytes, whole mebibytes as such.
func Bytes(n int64) string {
	if n > 0 && n%(1<<20) == 0 {
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d bytes", n)
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

// want describes the JSON values that a value of type t is read from, as its method Wanted
// does where it has one.
func want(t reflect.Type) string {
	if w, ok := reflect.Zero(t).Interface().(interface{ Wanted() string }); ok {
		return w.Wanted()
	}
	switch t.Kind() {
	case reflect.Pointer:
		return want(t.Elem())
	case reflect.Struct:
		return object(t)
	case reflect.Map:
		return "an object"
	case reflect.Slice:
		if t == reflect.TypeFor[jsontext.Value]() {
			return "a value"
		}
		return "a list"
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int64:
		return "an integer"
	case reflect.Uint, reflect.Uint64:
		return "a non-negative integer"
	case reflect.Float64:
		return "a number"
	}
	return "another value"
}

// scalar reports whether values of type t are strings, numbers or truth values.
func scalar(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.String, reflect.Bool, reflect.Int, reflect.Int64, reflect.Uint, reflect.Uint64, reflect.Float64:
		return true
	}
	return false
}

// fitting describes the values of type t where raw is none: of an integer that is too large,
// how large it may be.
func fitting(t reflect.Type, raw jsontext.Value) string {
	if raw.Kind() == '0' && t.Kind() != reflect.String && t.Kind() != reflect.Bool && !strings.ContainsAny(string(raw), ".eE") && !(t.Kind() >= reflect.Uint && raw[0] == '-') {
		return want(t) + " of at most 64 bits"
	}
	return want(t)
}

// object describes a JSON object by its keys.
func object(t reflect.Type) string {
	var required, optional, other []string
	of := "" // the format that alone has the keys of other
	for f := range t.Fields() {
		switch name, omit := key(f); {
		case name == "":
		case f.Tag.Get("of") != "":
			of, other = f.Tag.Get("of"), append(other, name)
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
	if len(other) > 0 {
		text += fmt.Sprintf("; of %s alone %s", of, strings.Join(other, ", "))
	}
	return text
}

// key returns the JSON key of a field and whether it may be absent.
func key(f reflect.StructField) (name string, optional bool) {
	name, omit, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name, omit == "omitzero"
}
