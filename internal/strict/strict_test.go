package strict_test

import (
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/go-json-experiment/json/jsontext"

	"sounding/internal/strict"
)

type document struct {
	Name  *string        `json:"name"`
	Parts []part         `json:"parts"`
	Note  string         `json:"note,omitzero"`
	Limit *uint64        `json:"limit,omitzero"`
	Sizes map[string]int `json:"sizes,omitzero"`
}

type part struct {
	Value jsontext.Value `json:"value"`
	Exact *bool          `json:"exact,omitzero"`
}

const keys = "want an object with the keys name, parts; optional note, limit, sizes"

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ reason, text, want string }{
		{"no text", " \n", "no text: want one JSON object"},
		{"another value", "[]", "a list: " + keys},
		{"null", "null", "null: " + keys},
		{"a key twice", `{"name": "a", "name": "b"}`, "/name: duplicate key: want each once"},
		{"a key twice, escaped", `{"name": "a", "n\u0061me": "b"}`, "/name: duplicate key: want each once"},
		{"an unknown key", `{"Name": "a"}`, "/Name: unknown key: " + keys},
		{"an unknown key that breaks the line", `{"a\nb": 1}`, `/a\nb: unknown key: ` + keys},
		{"a missing key", `{"name": "a"}`, "/parts: missing: " + keys},
		{"a missing key in a list", `{"name": "a", "parts": [{"value": 1}, {}]}`, "/parts/1/value: missing: want an object with the key value; optional exact"},
		{"null for a string", `{"name": null}`, "/name: null: want a string"},
		{"null for a list", `{"parts": null}`, "/parts: null: want a list"},
		{"null in a list", `{"parts": [null]}`, "/parts/0: null: want an object with the key value; optional exact"},
		{"null for an optional value", `{"limit": null}`, "/limit: null: want a non-negative integer"},
		{"null for a map", `{"sizes": null}`, "/sizes: null: want an object"},
		{"a number for a string", `{"note": 1}`, "/note: a number: want a string"},
		{"a string for a boolean", `{"parts": [{"exact": "yes"}]}`, "/parts/0/exact: a string: want true or false"},
		{"a fraction for an integer", `{"sizes": {"a": 1.5}}`, "/sizes/a: 1.5: want an integer"},
		{"a sign", `{"limit": -1}`, "/limit: -1: want a non-negative integer"},
		{"beyond 64 bits", `{"limit": 18446744073709551616}`, "/limit: 18446744073709551616: want a non-negative integer"},
		{"cut off", `{"name": "a`, "/name: the text ends at byte 11: want one complete JSON object"},
		{"no JSON", `{"name": x}`, "/name: not JSON at byte 9: invalid character 'x' at start of value"},
		{"two values", `{"name": "a", "parts": []} {}`, "more text after byte 28: want one object"},
		{"too long", `{"name": "` + strings.Repeat("a", 200) + `"}`, "too long: want at most 200 bytes"},
		{"too long, behind the value", `{"name": "a", "parts": []}` + strings.Repeat(" ", 200), "too long: want at most 200 bytes"},
	} {
		if err := strict.Read(strings.NewReader(c.text), 200, new(document)); err == nil || err.Error() != c.want {
			t.Errorf("%s: error\n%v, want\n%s", c.reason, err, c.want)
		}
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	var d document
	text := `{"name": "", "parts": [{"value": null}, {"value": [1], "exact": false}], "note": "", "limit": 0}`
	if err := strict.Read(strings.NewReader(text), int64(len(text)), &d); err != nil {
		t.Fatal(err)
	}
	if *d.Name != "" || len(d.Parts) != 2 || string(d.Parts[0].Value) != "null" || string(d.Parts[1].Value) != "[1]" || *d.Parts[1].Exact || *d.Limit != 0 {
		t.Errorf("read %+v", d)
	}
}

// TestReadBroken reads from what fails itself: its error is passed on.
func TestReadBroken(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	if err := strict.Read(iotest.ErrReader(broken), 100, new(document)); err != broken {
		t.Errorf("error %v, want %v", err, broken)
	}
}

func TestWithin(t *testing.T) {
	t.Parallel()
	if err := strict.Within("/a", nil); err != nil {
		t.Errorf("error %v out of nothing", err)
	}
	inner := strict.Errorf("/b", "%d: want 2", 1)
	if got := strict.Within("/a", inner).Error(); got != "/a/b: 1: want 2" {
		t.Errorf("error %s", got)
	}
	if got := strict.Within("/a", errors.New("odd")).Error(); got != "/a: odd" {
		t.Errorf("error %s", got)
	}
}
