package gate_test

import (
	"errors"
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sounding/gate"
)

func TestParseReply(t *testing.T) {
	t.Parallel()
	r, err := gate.ParseReply([]byte(`{"information": [0.25, "-1.5e-3"], "id": 7, "variance": "0.3333333333333333333333", "horizon": 2}`+"\r"), 7, 2)
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[gate.Quantity][]string)
	for _, q := range gate.Quantities() {
		values, offered := r.Answer(q)
		for _, v := range values {
			got[q] = append(got[q], v.RatString())
		}
		if !offered && values != nil {
			t.Errorf("%s is not offered and has %v", q, values)
		}
	}
	want := map[gate.Quantity][]string{
		"information": {"1/4", "-3/2000"}, "variance": {"3333333333333333333333/10000000000000000000000"}, "horizon": {"2"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestParseReplyRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		reason, line string
		err          error
		text         string
	}{
		{"empty", "", gate.ErrReply, "no text: want one JSON object"},
		{"space", "  ", gate.ErrReply, "no text: want one JSON object"},
		{"a list", "[1]", gate.ErrReply, "a list: want an object"},
		{"cut", `{"id": 7, "variance": 0.`, gate.ErrReply, ""},
		{"two objects", `{"id": 7} {"id": 7}`, gate.ErrReply, "want one object"},
		{"no id", `{"variance": 0}`, gate.ErrReply, "/id: missing: want 7"},
		{"another id", `{"id": 8}`, gate.ErrID, "/id: 8: want 7"},
		{"id as a fraction", `{"id": 7.0}`, gate.ErrID, "/id: 7.0: want 7"},
		{"id as a string", `{"id": "7"}`, gate.ErrReply, `/id: "7": want 7`},
		{"an error", `{"id": 7, "error": ""}`, gate.ErrRefused, "the solver reports an error"},
		{"an error that is none", `{"id": 7, "error": 3}`, gate.ErrReply, "/error: 3: want a string"},
		{"a key twice", `{"id": 7, "variance": 0, "variance": 0}`, gate.ErrReply, "duplicate key"},
		{"the id twice", `{"id": 7, "id": 7}`, gate.ErrReply, "duplicate key"},
		{"a key in another case", `{"id": 7, "Variance": 0}`, gate.ErrReply, "/Variance: unknown key: want id, error or a quantity that was asked for; did you mean variance?"},
		{"null", `{"id": 7, "variance": null}`, gate.ErrReply, "/variance: null: want a number"},
		{"a boolean", `{"id": 7, "information": [true, 0]}`, gate.ErrReply, "/information/0: true: want a number"},
		{"nested", `{"id": 7, "information": [[0], 0]}`, gate.ErrReply, "/information/0: a list: want a number"},
		{"a scalar for a list", `{"id": 7, "information": 0}`, gate.ErrReply, "/information: 0: want a list of 2 numbers"},
		{"a list for a scalar", `{"id": 7, "variance": [0]}`, gate.ErrReply, "/variance: a list: want a number"},
		{"too few", `{"id": 7, "information": [0]}`, gate.ErrReply, "/information: length 1: want 2"},
		{"too many", `{"id": 7, "information": [0, 0, 0, 0]}`, gate.ErrReply, "/information: length 4: want 2"},
		{"NaN", `{"id": 7, "information": [0, NaN]}`, gate.ErrReply, "/information/1: not JSON at byte 29: invalid character 'N' at start of value; NaN is not JSON: want finite numbers"},
		{"Infinity", `{"id": 7, "variance": Infinity}`, gate.ErrReply, "Infinity is not JSON: want finite numbers"},
		{"NaN in quotes", `{"id": 7, "variance": "NaN"}`, gate.ErrReply, "want a finite decimal number"},
		{"hexadecimal", `{"id": 7, "variance": "0x1p-2"}`, gate.ErrReply, "want a finite decimal number"},
		{"a fraction", `{"id": 7, "variance": "1/3"}`, gate.ErrReply, "want a finite decimal number"},
		{"a fraction with a point", `{"id": 7, "variance": "."}`, gate.ErrReply, "want a finite decimal number"},
		{"underscores", `{"id": 7, "variance": "1_0"}`, gate.ErrReply, "want a finite decimal number"},
		{"a huge exponent", `{"id": 7, "variance": 1e999999999}`, gate.ErrReply, "want an exponent from"},
		{"a tiny exponent", `{"id": 7, "variance": "1e-999999999999999999999"}`, gate.ErrReply, "want an exponent from"},
		{"two signs", `{"id": 7, "variance": "1e+-3"}`, gate.ErrReply, "want a finite decimal number"},
		{"many digits", `{"id": 7, "variance": 0.` + strings.Repeat("1", 1000) + `}`, gate.ErrReply, "want at most 400 digits"},
		{"not UTF-8", "{\"id\": 7, \"error\": \"\xff\"}", gate.ErrReply, ""},
		{"control characters", "\x1b[31m", gate.ErrReply, `\x1b`},
	} {
		t.Run(c.reason, func(t *testing.T) {
			t.Parallel()
			r, err := gate.ParseReply([]byte(c.line), 7, 2)
			for _, q := range gate.Quantities() {
				if err == nil {
					err = r.Malformed(q)
				}
			}
			if !errors.Is(err, c.err) || !strings.Contains(err.Error(), c.text) {
				t.Errorf("error %v, want one of %v with %q", err, c.err, c.text)
			}
		})
	}
}

// FuzzParseReply reads arbitrary bytes as a reply: it has a number per position, or ends
// in an error that a terminal can show.
func FuzzParseReply(f *testing.F) {
	f.Add([]byte(`{"id": 7, "information": [0.25, "0.0625"], "variance": 2.5e-1, "horizon": 1}`))
	f.Add([]byte(`{"id": 7, "error": "none"}`))
	f.Add([]byte(`{"id": 7, "information": [NaN, -Infinity]}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		r, err := gate.ParseReply(line, 7, 2)
		if err != nil {
			if strings.ContainsFunc(err.Error(), func(r rune) bool { return r < ' ' }) {
				t.Errorf("control characters in %q", err)
			}
			return
		}
		limit := new(big.Int).Exp(big.NewInt(10), big.NewInt(11_000), nil)
		for _, q := range gate.Quantities() {
			values, offered := r.Answer(q)
			if err := r.Malformed(q); err != nil && (offered || strings.ContainsFunc(err.Error(), func(r rune) bool { return r < ' ' })) {
				t.Errorf("%s: offered %v, malformed %q", q, offered, err)
			}
			want := 2
			if q.Whole() {
				want = 1
			}
			if offered && len(values) != want {
				t.Errorf("%s has %d values", q, len(values))
			}
			for _, v := range values {
				if v.Num().CmpAbs(limit) > 0 || v.Denom().Cmp(limit) > 0 {
					t.Errorf("%s has a number of %d bits", q, v.Num().BitLen()+v.Denom().BitLen())
				}
			}
		}
	})
}
