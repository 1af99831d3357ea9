package strict_test

import (
	"cmp"
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/go-json-experiment/json/jsontext"

	"sounding/internal/strict"
)

type document struct {
	Name  *string        `json:"name"`
	Parts []part         `json:"parts" want:"a list of parts"`
	Note  string         `json:"note,omitzero"`
	Limit *uint64        `json:"limit,omitzero"`
	Sizes map[string]int `json:"sizes,omitzero"`
	Shade *shade         `json:"shade,omitzero" of:"documents/2"`
}

// shade reads itself, and takes lists of light alone.
type shade struct{}

func (*shade) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	for _, want := range []string{"[", "light", "]"} {
		if token, err := dec.ReadToken(); err != nil || token.String() != want {
			return cmp.Or(err, strict.Errorf(string(dec.StackPointer()), "%v: want %s", token, want))
		}
	}
	return nil
}

type part struct {
	Value jsontext.Value `json:"value"`
	Exact *bool          `json:"exact,omitzero"`
	Share *float64       `json:"share,omitzero"`
}

const keys = "want an object with the keys name, parts; optional note, limit, sizes; of documents/2 alone shade"

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
		{"a missing key", `{"name": "a"}`, "/parts: missing: want a list of parts"},
		{"a missing key in a list", `{"name": "a", "parts": [{"value": 1}, {}]}`, "/parts/1/value: missing: want a value"},
		{"null for a string", `{"name": null, "parts": []}`, "/name: null: want a string"},
		{"null for a list", `{"name": "", "parts": null}`, "/parts: null: want a list"},
		{"null in a list", `{"name": "", "parts": [null]}`, "/parts/0: null: want an object with the key value; optional exact, share"},
		{"null for an optional value", `{"name": "", "parts": [], "limit": null}`, "/limit: null: want a non-negative integer"},
		{"null for a map", `{"name": "", "parts": [], "sizes": null}`, "/sizes: null: want an object"},
		{"a number for a string", `{"name": "", "parts": [], "note": 1}`, "/note: 1: want a string"},
		{"a string for a boolean", `{"name": "", "parts": [{"value": 0, "exact": "yes"}]}`, "/parts/0/exact: \"yes\": want true or false"},
		{"a fraction for an integer", `{"name": "", "parts": [], "sizes": {"a": 1.5}}`, "/sizes/a: 1.5: want an integer"},
		{"a string for a number", `{"name": "", "parts": [{"value": 0, "share": "x"}]}`, "/parts/0/share: \"x\": want a number"},
		{"a number beyond any", `{"name": "", "parts": [{"value": 0, "share": -1e999}]}`, "/parts/0/share: -1e999: want a number"},
		{"a sign", `{"name": "", "parts": [], "limit": -1}`, "/limit: -1: want a non-negative integer"},
		{"beyond 64 bits", `{"name": "", "parts": [], "limit": 18446744073709551616}`, "/limit: 18446744073709551616: want a non-negative integer of at most 64 bits"},
		{"cut off", `{"name": "a`, "/name: the text ends at byte 11: want one complete JSON object"},
		{"no JSON", `{"name": x}`, "/name: not JSON at byte 9: invalid character 'x' at start of value"},
		{"two values", `{"name": "a", "parts": []} {}`, "more text after byte 28: want one object"},
		{"two missing keys", `{}`, "/name: missing: want a string\n/parts: missing: want a list of parts"},
		{"a missing key, and wrong values", `{"limit": 1.5, "shade": ["light", {"dark": 1}], "note": 1}`, "/limit: 1.5: want a non-negative integer\n/shade/1: {: want ]\n/note: 1: want a string\n/name: missing: want a string\n/parts: missing: want a list of parts"},
		{"wrong before the text ends", `{"limit": null, "shade": [1,`, "/limit: null: want a non-negative integer\n/shade/0: 1: want light\n/shade: the text ends at byte 28: want one complete JSON object"},
		{"wrong before an unknown key", `{"limit": null, "light": 1}`, "/limit: null: want a non-negative integer\n/light: unknown key: " + keys},
		{"a byte order mark", "\ufeff{}", "a byte order mark at byte 0: want UTF-8 without one"},
		{"more errors than are shown", `{"name": "a", "parts": [` + strings.Repeat(`{"value": 1, "exact": 1},`, 6) + `{"value": 1}]}`, "/parts/0/exact: 1: want true or false\n/parts/1/exact: 1: want true or false\n/parts/2/exact: 1: " +
			"want true or false\n/parts/3/exact: 1: want true or false\n/parts/4/exact: 1: want true or false\nand 1 more"},
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

func TestLabelled(t *testing.T) {
	t.Parallel()
	if err := strict.Labelled("a", nil); err != nil {
		t.Errorf("error %v out of nothing", err)
	}
	var list strict.Errors
	list.Add(errors.New("one"))
	if got := strict.Labelled("a", list.Err()).Error(); got != "a: one" {
		t.Errorf("error %q", got)
	}
	list.Add(errors.New("two"))
	if got := strict.Labelled("a", list.Err()).Error(); got != "a: one\na: two" {
		t.Errorf("errors %q", got)
	}
	if got := strict.Within("/b", list.Err()).Error(); got != "/b: one\n/b: two" {
		t.Errorf("errors %q", got)
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

func TestBytes(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{0: "0 bytes", 200: "200 bytes", 1 << 20: "1 MiB", 64 << 20: "64 MiB", 1<<20 + 1: "1048577 bytes"} {
		if got := strict.Bytes(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}
