package model_test

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"sounding/model"
)

// badFile is a file that must be refused: the worked example with one edit, or a
// text of its own.
type badFile struct {
	reason   string
	old, new string // the edit; old empty: new is the text
	place    string // that the error must name
	says     string // what else it must say
}

func (c *badFile) text(t testing.TB) string {
	if c.old == "" {
		return c.new
	}
	example := file(t, "instance.json")
	if strings.Count(example, c.old) != 1 {
		t.Fatalf("%s: the example has %q %d times", c.reason, c.old, strings.Count(example, c.old))
	}
	return strings.Replace(example, c.old, c.new, 1)
}

// small returns a file of one layer after the key format.
func small(rest string) string { return `{"format":"sounding/instance/1",` + rest + `}` }

const (
	integers = "accepted are non-negative integers of at most 40 digits"
	rational = `accepted is a string with an integer, a decimal or a fraction`
	oneHarm  = `"harm":{"denominator":1,"values":[0]}`
)

var refused = []badFile{
	// Not JSON, or not one object.
	{"empty", "", " ", "", "no text, accepted is one JSON object"},
	{"truncated in a row", "", `{"format":"sounding/instance/1","layers":[{"weights":[[1,`, "/layers/0/weights/0", "the text ends here, at byte 57"},
	{"truncated in a string", "", `{"format":"sound`, "/format", "the text ends here"},
	{"a second value", "", small(`"vocabulary":1,"length":1,"layers":[{"weights":[[1]]}],`+oneHarm) + "{}", "", "more text after byte"},
	{"a bracket too many", "", small(`"vocabulary":1,"length":1,"layers":[{"weights":[[1]]}],`+oneHarm) + "}", "", "more text after byte"},
	{"not an object", "", "[]", "", "a list, accepted is an object with the keys format,"},
	{"null", "", "null", "", "null, accepted is an object"},
	{"a comment", `"length": 2,`, `"length": 2, // T`, "", "not JSON at byte"},
	{"trailing comma", `[0, 100, 50, 50]`, `[0, 100, 50, 50,]`, "/harm/values", "not JSON at byte"},
	{"NaN", `[2, 5]`, `[2, NaN]`, "/layers/1/weights/1/1", "not JSON at byte"},
	{"Infinity", `[2, 5]`, `[2, -Infinity]`, "/layers/1/weights/1/1", "not JSON at byte"},
	{"leading zero", `[2, 5]`, `[2, 05]`, "/layers/1/weights/1", "not JSON at byte"},
	{"invalid UTF-8", `"uniform"`, "\"unif\xffrm\"", "/adversary", "not JSON at byte"},
	{"half a surrogate pair", `"uniform"`, `"unif\ud800rm"`, "/adversary", "not JSON at byte"},
	{"byte order mark", "", "\ufeff{}", "", "not JSON at byte"},

	// Keys.
	{"format missing", `"format": "sounding/instance/1",`, ``, "/format", "missing"},
	{"harm missing", `"harm": { "denominator": 100, "values": [0, 100, 50, 50] },`, ``, "/harm", "missing"},
	{"layers missing", "", small(`"vocabulary":1,"length":1,` + oneHarm), "/layers", "missing"},
	{"weights missing", `"weights": [[1, 3]]`, ``, "/layers/0/weights", "missing"},
	{"denominator missing", `"denominator": 100,`, ``, "/harm/denominator", "missing"},
	{"another format", `sounding/instance/1`, `sounding/instance/2`, "/format", `"sounding/instance/2", accepted is "sounding/instance/1"`},
	{"format no string", `"sounding/instance/1"`, `1`, "/format", "accepted is"},
	{"duplicate key", `"length": 2,`, `"length": 2, "length": 2,`, "/length", "stands twice"},
	{"duplicate key, escaped", `"length": 2,`, `"length": 2, "\u006cength": 2,`, "/length", "stands twice"},
	{"duplicate key in a layer", `"weights": [[1, 3]]`, `"weights": [[1, 3]], "weights": [[1, 3]]`, "/layers/0/weights", "stands twice"},
	{"unknown key", `"length": 2,`, `"length": 2, "temperature": 1,`, "/temperature", "unknown key, accepted is an object with the keys format,"},
	{"unknown key in harm", `"denominator": 100,`, `"denominator": 100, "unit": 1,`, "/harm/unit", "unknown key"},
	{"unknown key in a layer", `"weights": [[1, 3]]`, `"weights": [[1, 3]], "start": 0`, "/layers/0/start", "unknown key"},
	{"a key in other case", `"length"`, `"Length"`, "/Length", "unknown key"},
	{"a key that would break the line", `"length"`, `"len\ngth\u001b[31m"`, `/len\ngth\x1b[31m`, "unknown key"},

	// Types.
	{"vocabulary no integer", `"vocabulary": 2`, `"vocabulary": 2.0`, "/vocabulary", "2.0, accepted are integers from 1 to"},
	{"vocabulary a string", `"vocabulary": 2`, `"vocabulary": "2"`, "/vocabulary", `"2", accepted are integers`},
	{"length null", `"length": 2`, `"length": null`, "/length", "null, accepted are integers"},
	{"length with exponent", `"length": 2`, `"length": 2e0`, "/length", "2e0, accepted are integers"},
	{"layers an object", `"weights": [[1, 3]]`, `"weights": {"0": [1, 3]}`, "/layers/0/weights", "an object, accepted is a list of rows"},
	{"a layer a list", `{ "weights": [[1, 3]] }`, `[[1, 3]]`, "/layers/0", "a list, accepted is an object with the keys weights"},
	{"layers a number", "", small(`"vocabulary":1,"length":1,"layers":3,` + oneHarm), "/layers", "3, accepted is a list of layers"},
	{"a row a number", `[[1, 3]]`, `[3]`, "/layers/0/weights/0", "3, accepted is a list of 2 integers, or an object"},
	{"a weight a string", `[[1, 3]]`, `[[1, "3"]]`, "/layers/0/weights/0/1", `"3", ` + integers},
	{"a weight true", `[[1, 3]]`, `[[true, 3]]`, "/layers/0/weights/0/0", "true, " + integers},
	{"a weight a list", `[[1, 3]]`, `[[1, [3]]]`, "/layers/0/weights/0/1", "a list, " + integers},
	{"a weight with a point", `[[1, 3]]`, `[[1.0, 3]]`, "/layers/0/weights/0/0", "1.0, " + integers},
	{"a weight with exponent", `[[1, 3]]`, `[[1, 1e3]]`, "/layers/0/weights/0/1", "1e3, " + integers},
	{"a sparse weight null", `[[1, 3]]`, `[{"1": null}]`, "/layers/0/weights/0/1", "null, " + integers},
	{"next a string", `"next": [[0, 1], [2, 3]]`, `"next": "tree"`, "/layers/1/next", `"tree", accepted is a list of rows`},
	{"a next state a string", `[2, 3]]`, `[2, "3"]]`, "/layers/1/next/1/1", `"3", accepted are integers from 0 to`},
	{"repeat a string", `"weights": [[1, 3]]`, `"weights": [[1, 3]], "repeat": "1"`, "/layers/0/repeat", `"1", accepted are integers from 1`},
	{"harm a list", `{ "denominator": 100, "values": [0, 100, 50, 50] }`, `[0, 100, 50, 50]`, "/harm", "a list, accepted is an object with the keys denominator, values"},
	{"harm values an object", `[0, 100, 50, 50]`, `{}`, "/harm/values", "an object, accepted is a list"},
	{"a harm value a decimal", `[0, 100, 50, 50]`, `[0, 100, 0.5, 50]`, "/harm/values/2", "0.5, " + integers},
	{"recovery a number", `"recovery": [0]`, `"recovery": 0`, "/recovery", "0, accepted is a list of tokens"},
	{"a recovery token a string", `"recovery": [0]`, `"recovery": ["0"]`, "/recovery/0", `"0", accepted are integers from 0 to 1`},
	{"recovery null", `"recovery": [0]`, `"recovery": null`, "/recovery", "null, accepted is a list"},
	{"adversary a list", `"uniform"`, `[]`, "/adversary", `a list, accepted are "policy", "uniform" and an object with layers`},
	{"adversary unknown", `"uniform"`, `"rows"`, "/adversary", `"rows", accepted are "policy"`},
	{"adversary's layers a string", `"uniform"`, `{"layers": ""}`, "/adversary/layers", `"", accepted is a list`},
	{"λ a number", `"lambda": "1"`, `"lambda": 1`, "/lambda", "1, " + rational},
	{"β a list", `"beta": "2"`, `"beta": ["2"]`, "/beta", "a list, " + rational},

	// Sizes.
	{"V = 0", `"vocabulary": 2`, `"vocabulary": 0`, "/vocabulary", "0, accepted are integers from 1 to 67108864"},
	{"V = −1", `"vocabulary": 2`, `"vocabulary": -1`, "/vocabulary", "-1, accepted are"},
	{"V = 2^40", `"vocabulary": 2`, `"vocabulary": 1099511627776`, "/vocabulary", "1099511627776, accepted are"},
	{"no names", `"vocabulary": 2`, `"vocabulary": []`, "/", "accepted is"},
	{"a name twice", `"vocabulary": 2`, `"vocabulary": ["a", "a"]`, "/vocabulary/1", `"a" is the name of token 0 too`},
	{"an empty name", `"vocabulary": 2`, `"vocabulary": ["a", ""]`, "/vocabulary/1", "not empty"},
	{"a name that is a number", `"vocabulary": 2`, `"vocabulary": ["a", 1]`, "/vocabulary/1", "accepted are names of tokens: strings"},
	{"T = 0", `"length": 2`, `"length": 0`, "/length", "0, accepted are integers from 1"},
	{"T too small", `"length": 2`, `"length": 1`, "/layers/1", "add up to 2 positions, accepted is the length 1"},
	{"T too large", `"length": 2`, `"length": 60000000`, "/layers", "add up to 2 positions, accepted is the length 60000000"},
	{"T = 10^12", `"length": 2`, `"length": 1000000000000`, "/length", "accepted are integers from 1 to 67108863"},
	{"no layers", "", small(`"vocabulary":1,"length":1,"layers":[],` + oneHarm), "/layers", "add up to 0 positions"},
	{"repeat 0", `"weights": [[1, 3]]`, `"weights": [[1, 3]], "repeat": 0`, "/layers/0/repeat", "0, accepted are integers from 1"},
	{"repeat 10^12", `"weights": [[1, 3]]`, `"weights": [[1, 3]], "repeat": 1000000000000`, "/layers/0/repeat", "1000000000000, accepted are integers from 1"},
	{"repeat beyond the length", `[[0, 1], [2, 3]]`, `[[0, 1], [1, 1]], "repeat": 7`, "/layers/1", "add up to 8 positions, accepted is the length 2"},
	{"repeat without next", "", small(`"vocabulary":2,"length":3,"layers":[{"weights":[[1,1]],"repeat":3}],` + oneHarm), "/layers/0/repeat", "3, accepted is 1 for a layer of a prefix tree"},
	{"repeat that leaves its own states", "", small(`"vocabulary":1,"length":3,"layers":[{"weights":[[1]],"next":[[1]],"repeat":3}],` + oneHarm), "/layers/0/next/0/0", "1, accepted are integers from 0 to 0"},
	{"a tree of 2^26 leaves", "", small(`"vocabulary":2,"length":26,"layers":[{"weights":[[1,1]]}` + strings.Repeat(`,{"weights":[[1,1]]}`, 25) + `],` + oneHarm), "/layers/25", "imply more than 67108864 states"},
	{"a tree of V^T far beyond a machine word", "", small(`"vocabulary":60000000,"length":9,"layers":[{"weights":[[1,1]]}` + strings.Repeat(`,{"weights":[[1,1]]}`, 8) + `],` + oneHarm), "/layers/1", "imply more than 67108864 states"},
	{"two states for 2^25 positions and more", "", small(`"vocabulary":1,"length":60000000,"layers":[{"weights":[[1]],"next":[[1]]},{"weights":[[1],[1]],"next":[[0],[1]],"repeat":59999999}],"harm":{"denominator":1,"values":[0,0]}`), "/layers/1", "have more than 67108864 states"},
	{"a tree without its leaves", "", small(`"vocabulary":33554432,"length":1,"layers":[{"weights":[{"0":1}]}],` + oneHarm), "/harm/values", "1 entries, accepted is one for each of the 33554432 states"},

	// Rows.
	{"layer 0 with two rows", `[[1, 3]]`, `[[1, 3], [1, 3]]`, "/layers/0/weights", "2 rows, accepted is 1"},
	{"no rows", `[[1, 3]]`, `[]`, "/layers/0/weights", "0 rows, accepted is 1"},
	{"too few rows", `[[1, 1], [2, 5]]`, `[[1, 1]]`, "/layers/1/weights", "1 entries, accepted is one for each of the 2 states"},
	{"too many rows", `[[1, 1], [2, 5]]`, `[[1, 1], [2, 5], [1, 1]]`, "/layers/1/weights", "3 entries, accepted is one for each of the 2 states"},
	{"too few rows of next", `[[0, 1], [2, 3]]`, `[[0, 1]]`, "/layers/1/next", "1 rows, accepted is one for each of the 2 rows of weights"},
	{"too many rows of next", `[[0, 1], [2, 3]]`, `[[0, 1], [2, 3], [0, 0]]`, "/layers/1/next", "3 rows, accepted is one for each of the 2 rows"},
	{"a row too short", `[[1, 3]]`, `[[1]]`, "/layers/0/weights/0", "1 integers, accepted is one for each of the 2 tokens"},
	{"a row too long", `[[1, 3]]`, `[[1, 3, 5]]`, "/layers/0/weights/0/2", "5, accepted is a row of 2"},
	{"an empty row", `[[1, 3]]`, `[[]]`, "/layers/0/weights/0", "0 integers, accepted is one"},
	{"a row of zeros", `[2, 5]`, `[0, 0]`, "/layers/1/weights/1", "no positive weight, accepted is at least one"},
	{"a sparse row of zeros", `[2, 5]`, `{"1": 0}`, "/layers/1/weights/1", "no positive weight"},
	{"a sparse row of nothing", `[2, 5]`, `{}`, "/layers/1/weights/1", "no positive weight"},
	{"a negative weight", `[2, 5]`, `[2, -5]`, "/layers/1/weights/1/1", "-5, " + integers},
	{"minus zero", `[2, 5]`, `[2, -0]`, "/layers/1/weights/1/1", "-0, " + integers},
	{"a weight of 41 digits", `[2, 5]`, `[2, 1` + strings.Repeat("0", 40) + `]`, "/layers/1/weights/1/1", integers},
	{"a sparse row with a token twice", `[2, 5]`, `{"1": 1, "0": 2, "1": 1}`, "/layers/1/weights/1/1", "stands twice"},
	{"a sparse row with a token twice, escaped", `[2, 5]`, `{"1": 1, "\u0031": 1}`, "/layers/1/weights/1/1", "stands twice"},
	{"a token with a leading zero", `[2, 5]`, `{"01": 1}`, "/layers/1/weights/1/01", "no token, accepted are 0 to 1"},
	{"a token with a sign", `[2, 5]`, `{"+1": 1}`, "/layers/1/weights/1/+1", "no token"},
	{"a token with a space", `[2, 5]`, `{" 1": 1}`, "/layers/1/weights/1/ 1", "no token"},
	{"a token of no digits", `[2, 5]`, `{"": 1}`, "/layers/1/weights/1/", "no token"},
	{"a token out of range", `[2, 5]`, `{"2": 1}`, "/layers/1/weights/1/2", "no token, accepted are 0 to 1"},
	{"a token by its name", "", small(`"vocabulary":["a"],"length":1,"layers":[{"weights":[{"a":1}]}],` + oneHarm), "/layers/0/weights/0/a", "no token, accepted are 0 to 0"},
	{"next out of range, below", `[2, 3]]`, `[2, -1]]`, "/layers/1/next/1/1", "-1, accepted are integers from 0 to 67108863"},
	{"next out of range, above", `[2, 3]]`, `[2, 67108864]]`, "/layers/1/next/1/1", "67108864, accepted are integers from 0 to 67108863"},
	{"next beyond the rows that follow", "", small(`"vocabulary":1,"length":2,"layers":[{"weights":[[1]],"next":[[1]]},{"weights":[[1]]}],` + oneHarm), "/layers/1/weights", "1 entries, accepted is one per state, and the layer before leads to states 0 to 1"},
	{"next beyond the harm values", `[2, 3]]`, `[2, 4]]`, "/harm/values", "4 entries, accepted is one per state, and the layer before leads to states 0 to 4"},
	{"a token of positive weight without next", `[2, 3]]`, `{"0": 1}]`, "/layers/1/next/1", "no state for token 1, accepted is one for every token of positive weight"},
	{"a row without any next", `[2, 3]]`, `{}]`, "/layers/1/next/1", "no state for token 0"},
	{"the first row of next empty", `[[0, 1], [2, 3]]`, `[{}, [2, 3]]`, "/layers/1/next/0", "no state for token 0"},

	// Harm, recovery, scalars.
	{"too few harm values", "", small(`"vocabulary":2,"length":1,"layers":[{"weights":[[1,1]]}],` + oneHarm), "/harm/values", "1 entries, accepted is one for each of the 2 states"},
	{"too many harm values", "", small(`"vocabulary":1,"length":1,"layers":[{"weights":[[1]]}],"harm":{"denominator":1,"values":[0,0]}`), "/harm/values", "2 entries, accepted is one for each of the 1 states"},
	{"harm above the denominator", `[0, 100, 50, 50]`, `[0, 101, 50, 50]`, "/harm/values/1", "101, accepted are integers from 0 to the denominator 100"},
	{"harm negative", `[0, 100, 50, 50]`, `[0, 100, 50, -50]`, "/harm/values/3", "-50, " + integers},
	{"harm denominator 0", `"denominator": 100`, `"denominator": 0`, "/harm/denominator", "0, accepted are positive integers"},
	{"harm denominator negative", `"denominator": 100`, `"denominator": -100`, "/harm/denominator", "-100, " + integers},
	{"recovery unsorted", `"recovery": [0]`, `"recovery": [1, 0]`, "/recovery/1", "token 0, accepted are distinct tokens 0 to 1 in increasing order"},
	{"recovery with a duplicate", `"recovery": [0]`, `"recovery": [1, 1]`, "/recovery/1", "distinct tokens"},
	{"recovery out of range", `"recovery": [0]`, `"recovery": [2]`, "/recovery/0", "2, accepted are integers from 0 to 1"},
	{"recovery negative", `"recovery": [0]`, `"recovery": [-1]`, "/recovery/0", "-1, accepted are integers from 0 to 1"},
	{"γ = 0", `"gamma": "1/2"`, `"gamma": "0"`, "/gamma", "0, accepted is 0 < γ ≤ 1"},
	{"γ > 1", `"gamma": "1/2"`, `"gamma": "3/2"`, "/gamma", "3/2, accepted is 0 < γ ≤ 1"},
	{"γ with denominator 0", `"gamma": "1/2"`, `"gamma": "1/0"`, "/gamma", `"1/0": the denominator is zero, ` + rational},
	{"λ negative", `"lambda": "1"`, `"lambda": "-1/3"`, "/lambda", "-1/3, accepted is 0 ≤ λ ≤ 1000000"},
	{"λ with exponent", `"lambda": "1"`, `"lambda": "1e3"`, "/lambda", `"1e3", ` + rational},
	{"λ of 41 digits", `"lambda": "1"`, `"lambda": "0.` + strings.Repeat("3", 40) + `"`, "/lambda", "of at most 40 digits"},
	{"λ above a million", `"lambda": "1"`, `"lambda": "1000000.1"`, "/lambda", "10000001/10, accepted is"},
	{"β above a million", `"beta": "2"`, `"beta": "1000001"`, "/beta", "1000001, accepted is 0 ≤ β ≤ 1000000"},
	{"β not a number", `"beta": "2"`, `"beta": "NaN"`, "/beta", `"NaN", ` + rational},

	// Q.
	{"adversary with next", `"uniform"`, `{"layers": [{"weights": [[1, 1]], "next": [[0, 1]]}]}`, "/adversary/layers/0/next", "unknown key, accepted is an object with the keys weights"},
	{"adversary with too few layers", `"uniform"`, `{"layers": []}`, "/adversary/layers", "0 layers, accepted are T−1 = 1 or T"},
	{"adversary with too many layers", `"uniform"`, `{"layers": [{"weights": [[1, 1]]}, {"weights": [[1, 1], [1, 1]]}, {"weights": [[1, 1]]}]}`, "/adversary/layers/2", "add up to 3 positions, accepted are at most 2"},
	{"adversary's repeat 10^12", `"uniform"`, `{"layers": [{"weights": [[1, 1]], "repeat": 1000000000000}]}`, "/adversary/layers/0/repeat", "accepted are integers from 1 to 2"},
	{"adversary with too many rows", `"uniform"`, `{"layers": [{"weights": [[1, 1], [1, 1]]}]}`, "/adversary/layers/0/weights", "2 rows, accepted is one for each of the 1 states of layer 0"},
	{"adversary's repeat over layers of other sizes", `"uniform"`, `{"layers": [{"weights": [[1, 1]], "repeat": 2}]}`, "/adversary/layers/0/weights", "1 rows, accepted is one for each of the 2 states of layer 1"},
	{"adversary with a row of zeros", `"uniform"`, `{"layers": [{"weights": [[0, 0]]}]}`, "/adversary/layers/0/weights/0", "no positive weight"},
	{"adversary on a token that the model does not list", "", small(`"vocabulary":3,"length":2,"layers":[{"weights":[[1,0,1]],"next":[{"0":0,"2":0}]},{"weights":[[1,0,1]],"next":[[0,0,0]]}],"adversary":{"layers":[{"weights":[[1,1,0]]}]},` + oneHarm), "/adversary/layers/0/weights/0/1", "weight on a token that the model's row does not list, accepted is 0"},
	{"uniform adversary over sparse rows", "", small(`"vocabulary":3,"length":2,"layers":[{"weights":[[1,0,1]],"next":[{"0":0,"2":0}]},{"weights":[[1,0,1]],"next":[[0,0,0]]}],"adversary":"uniform",` + oneHarm), "/adversary", "uniform, accepted where every token has a next state"},
	{"an adversary of 5 million layers in 300 bytes", "", small(`"vocabulary":1,"length":5000000,"layers":[{"weights":[[1]],"repeat":5000000}],"adversary":{"layers":[{"weights":[[1]],"repeat":5000000}]},` + oneHarm), "/adversary/layers/0/repeat", fmt.Sprint("accepted are integers from 1 to ", model.MaxAdversaryLayers)},
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range refused {
		_, err := model.ReadInstance(strings.NewReader(c.text(t)))
		if err == nil {
			t.Errorf("%s: accepted", c.reason)
			continue
		}
		want := "instance: "
		if c.place != "" {
			want += c.place
		}
		if msg := err.Error(); !strings.HasPrefix(msg, want) || !strings.Contains(msg, c.says) || !strings.Contains(msg, "accepted") && !strings.Contains(msg, "not JSON") || strings.Contains(msg, "\n") {
			t.Errorf("%s: error\n%s\nwant place %q and %q", c.reason, msg, c.place, c.says)
		}
	}
}

// TestReadTruncated cuts a file after every byte.
func TestReadTruncated(t *testing.T) {
	t.Parallel()
	text := strings.TrimSpace(file(t, "layered.json"))
	for n := range len(text) {
		if _, err := model.ReadInstance(strings.NewReader(text[:n])); err == nil {
			t.Fatalf("accepted after %d of %d bytes", n, len(text))
		}
	}
}

// endless is a file without end.
type endless struct{}

func (endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = ' '
	}
	return len(b), nil
}

// maxTime is how long reading may take. Some tens of milliseconds are usual, and
// up to a second on a busy machine; what is not linear in the text takes minutes.
const maxTime = 20 * time.Second

// TestReadCostly feeds what is built to cost time or memory. It does not run in
// parallel: it measures.
func TestReadCostly(t *testing.T) {
	const maxBytes = 200 << 20 // three times the file limit, and what reading a file of unknown size takes
	million := strings.Repeat("7", 1_000_000)
	edit := func(old, new string) io.Reader {
		c := badFile{reason: "costly", old: old, new: new}
		return strings.NewReader(c.text(t))
	}
	for _, c := range []struct {
		reason, says string
		text         io.Reader
	}{
		{"a weight of a million digits", "/layers/1/weights/1/1: 7777", edit(`[2, 5]`, `[2, `+million+`]`)},
		{"a weight of a million decimals", "/layers/1/weights/1/1: 0.77", edit(`[2, 5]`, `[2, 0.`+million+`]`)},
		{"an exponent of a million digits", "/layers/1/weights/1/1: 1e77", edit(`[2, 5]`, `[2, 1e`+million+`]`)},
		{"λ of a million digits", "/lambda: ", edit(`"lambda": "1"`, `"lambda": "`+million+`"`)},
		{"a length of a million digits", "/length: 7777", edit(`"length": 2`, `"length": `+million)},
		{"a key of a million bytes", "/7777", edit(`"length"`, `"`+million+`"`)},
		{"a token of a million digits", "/layers/1/weights/1/777", edit(`[2, 5]`, `{"`+million+`": 1}`)},
		{"a name of a million bytes, as a format", "/format: ", edit(`sounding/instance/1`, million)},
		{"nested lists", "not JSON at byte", strings.NewReader(strings.Repeat("[", 10_000_000))},
		{"nested objects", "not JSON at byte", strings.NewReader(strings.Repeat(`{"a":`, 2_000_000))},
		{"nested lists in a row", "not JSON at byte", edit(`[2, 5]`, strings.Repeat("[", 10_000_000))},
		{"a file without end", fmt.Sprintf("more than %d bytes", model.MaxFileSize), endless{}},
		{"a million unknown keys", "/a0: unknown key", strings.NewReader(manyKeys("a"))},
		{"a sparse row of a million keys for two tokens", "/layers/1/weights/1/2: no token", edit(`[2, 5]`, manyKeys(""))},
		{"a row of a million weights for two tokens", "/layers/1/weights/1/2: 1, accepted is a row of 2", edit(`[2, 5]`, `[`+strings.Repeat("1,", 1_000_000)+`1]`)},
		{"a tree of 2^25 leaves that are not there", "/harm/values: ", strings.NewReader(small(`"vocabulary":33554432,"length":1,"layers":[{"weights":[{"0":1}]}],` + oneHarm))},
		{"two states, 6·10^7 times", "/layers/1: ", strings.NewReader(small(`"vocabulary":1,"length":60000000,"layers":[{"weights":[[1]],"next":[[1]]},{"weights":[[1],[1]],"next":[[0],[1]],"repeat":59999999}],"harm":{"denominator":1,"values":[0,0]}`))},
		{"one large weight beside a million small ones", "/harm/values: ", strings.NewReader(small(`"vocabulary":1000001,"length":1,"layers":[{"weights":[[` + strings.Repeat("1,", 1_000_000) + strings.Repeat("9", 40) + `]]}],` + oneHarm))},
	} {
		var err error
		bytes, d := spent(func() { _, err = model.ReadInstance(c.text) })
		if err == nil || !strings.Contains(err.Error(), c.says) || len(err.Error()) > 1000 {
			t.Errorf("%s: error %.1000v", c.reason, err)
		}
		if !raceDetector && (bytes > maxBytes || d > maxTime) {
			t.Errorf("%s: %d MiB and %v, accepted are %d MiB and %v", c.reason, bytes>>20, d, maxBytes>>20, maxTime)
		}
	}
}

// manyKeys returns an object of a million keys.
func manyKeys(prefix string) string {
	var b strings.Builder
	b.WriteString("{")
	for i := range 1_000_000 {
		if i > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(&b, `"%s%d":1`, prefix, i)
	}
	return b.String() + "}"
}

// TestReadLongRepeat reads a long model whose one layer has many edges: the
// layer is stored once, and no step costs its edges at every position.
func TestReadLongRepeat(t *testing.T) {
	const length, vocabulary = 1_000_000, 100_000
	text := small(fmt.Sprintf(`"vocabulary":%d,"length":%d,"layers":[{"weights":[[1%s]],"next":[[0%s]],"repeat":%d}],"adversary":{"layers":[{"weights":[{"7":1}],"repeat":%d}]},%s`,
		vocabulary, length, strings.Repeat(",1", vocabulary-1), strings.Repeat(",0", vocabulary-1), length, length-1, oneHarm))
	var in *model.Instance
	bytes, d := spent(func() { in = read(t, text) })
	if in.Length() != length || in.Layer(1) != in.Layer(length) || len(in.Adversary.Rows) != length-1 {
		t.Fatalf("T = %d, %d layers of Q", in.Length(), len(in.Adversary.Rows))
	}
	// 8 bytes per position of the model, 48 per position of Q, and a few MiB for
	// the layer and the text.
	if limit := uint64(length*(8+48) + 16<<20); !raceDetector && (bytes > limit || d > maxTime) {
		t.Errorf("%d bytes and %v, accepted are %d and %v", bytes, d, limit, maxTime)
	}
	var got *model.Instance
	_, d = spent(func() { got = read(t, write(t, in)) })
	if !got.Equal(in) || !raceDetector && d > maxTime {
		t.Errorf("written and read again in %v, equal: %v", d, got.Equal(in))
	}
}
