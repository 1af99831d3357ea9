package model_test

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sounding/model"
)

// badFile is a file that must be refused: the worked example with one edit, or a
// text of its own.
type badFile struct {
	reason   string
	old, new string // the edit
	text     string
	error    string
}

// refused returns the files of testdata/refused.txt, and those that a line of text
// cannot hold.
func refused(t testing.TB) []badFile {
	t.Helper()
	list := []badFile{
		{reason: "empty", error: "no text: want one JSON object"},
		{reason: "space alone", text: " \n", error: "no text: want one JSON object"},
		{reason: "byte order mark", text: "\ufeff{}", error: "a byte order mark at byte 0: want UTF-8 without one"},
		{reason: "invalid UTF-8", old: `"uniform"`, new: "\"unif\xffrm\"", error: "/adversary: not JSON at byte 282: invalid UTF-8"},
	}
	for block := range strings.SplitSeq(file(t, "refused.txt"), "\n\n") {
		var c badFile
		for line := range strings.Lines(block) {
			key, value, _ := strings.Cut(line, ":")
			value = strings.TrimSpace(value)
			switch key {
			case "reason":
				c.reason = value
			case "old":
				c.old = value
			case "new":
				c.new = value
			case "text":
				c.text = value
			case "error":
				if c.error != "" {
					c.error += "\n"
				}
				c.error += value
			default:
				if !strings.HasPrefix(line, "#") {
					t.Fatalf("%s: line %q", c.reason, line)
				}
			}
		}
		if c.reason != "" {
			list = append(list, c)
		}
	}
	for i, c := range list {
		if c.old == "" {
			continue
		}
		example := file(t, "instance.json")
		if strings.Count(example, c.old) != 1 {
			t.Fatalf("%s: the example has %q %d times", c.reason, c.old, strings.Count(example, c.old))
		}
		list[i].text = strings.Replace(example, c.old, c.new, 1)
	}
	return list
}

// small returns a file from what follows the key format.
func small(rest string) string { return `{"format":"sounding/instance/1",` + rest + `}` }

const oneHarm = `"harm":{"denominator":1,"values":[0]}`

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	cases := refused(t)
	if len(cases) < 130 {
		t.Fatalf("%d files", len(cases))
	}
	for _, c := range cases {
		_, err := model.ReadInstance(strings.NewReader(c.text))
		if err == nil {
			t.Errorf("%s: accepted", c.reason)
			continue
		}
		if diff := cmp.Diff("instance: "+c.error, err.Error()); diff != "" {
			t.Errorf("%s: error (-want +got):\n%s", c.reason, diff)
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

// many is the number of entries where one or two are wanted.
const many = 100_000

// maxTime is how long reading may take. Some tens of milliseconds are usual, and
// up to a second on a busy machine; what is not linear in the text takes minutes.
const maxTime = 20 * time.Second

// TestReadCostly feeds what is built to cost time or memory. It does not run in
// parallel: it measures.
func TestReadCostly(t *testing.T) {
	if testing.Short() {
		t.Skip("reads some hundred megabytes")
	}
	const maxBytes = 5 * model.MaxFileSize // a buffer that doubles up to the file limit, and what is read from it
	million := strings.Repeat("7", 1_000_000)
	edit := func(old, new string) io.Reader {
		return strings.NewReader(strings.Replace(file(t, "instance.json"), old, new, 1))
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
		{"nested lists", "a list: want an object", strings.NewReader(strings.Repeat("[", 10_000_000))},
		{"nested objects", "/a: unknown key", strings.NewReader(strings.Repeat(`{"a":`, 2_000_000))},
		{"nested lists in a row", "not JSON at byte", edit(`[2, 5]`, strings.Repeat("[", 10_000_000))},
		{"a file without end", "too long: want at most 64 MiB", endless{}},
		{"many unknown keys", "/a0: unknown key", strings.NewReader(manyKeys("a"))},
		{"a sparse row of many keys for two tokens", "/layers/1/weights/1/99999: want a token from 0 to 1", edit(`[2, 5]`, manyKeys(""))},
		{"a row of many weights for two tokens", "/layers/1/weights/1: length 100001: want 2", edit(`[2, 5]`, `[`+strings.Repeat("1,", many)+`1]`)},
		{"a tree of 2^25 leaves that are not there", "/harm/values: ", strings.NewReader(small(`"vocabulary":33554432,"length":1,"layers":[{"weights":[{"0":1}]}],` + oneHarm))},
		{"harm too large after 10^6 positions", "/harm/values/1: 2: want", strings.NewReader(small(`"vocabulary":1,"length":1000000,"layers":[{"weights":[[1]],"next":[[1]]},{"weights":[[1],[1]],"next":[[0],[1]],"repeat":999999}],"harm":{"denominator":1,"values":[0,2]}`))},
		{"one large weight beside many small ones", "/harm/values: ", strings.NewReader(small(`"vocabulary":100001,"length":1,"layers":[{"weights":[[` + strings.Repeat("1,", many) + strings.Repeat("9", 40) + `]]}],` + oneHarm))},
	} {
		if _, huge := c.text.(endless); huge && testing.Short() {
			continue
		}
		var err error
		bytes, d := spent(func() { _, err = model.ReadInstance(c.text) })
		if err == nil || !strings.Contains(err.Error(), c.says) || len(err.Error()) > 1000 {
			t.Errorf("%s: error %.1000v", c.reason, err)
		}
		if !raceDetector && (bytes > maxBytes || d > maxTime) {
			t.Errorf("%s: %d MiB and %v, want at most %d MiB and %v", c.reason, bytes>>20, d, maxBytes>>20, maxTime)
		}
	}
}

// manyKeys returns an object of as many keys.
func manyKeys(prefix string) string {
	var b strings.Builder
	b.WriteString("{")
	for i := range many {
		if i > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(&b, `"%s%d":1`, prefix, i)
	}
	return b.String() + "}"
}

// TestReadLongRepeat reads a long model whose layers have many states and edges, those of all
// positions more than may be stored: each layer is stored once, and no step costs its edges at
// every position.
func TestReadLongRepeat(t *testing.T) {
	if testing.Short() {
		t.Skip("a million positions take a while")
	}
	const length, vocabulary, states = 1_000_000, 1000, 100
	list := func(n int, entry string) string { return "[" + strings.Repeat(entry+",", n-1) + entry + "]" }
	ones, zeros := list(vocabulary, "1"), list(vocabulary, "0")
	text := small(fmt.Sprintf(`"vocabulary":%d,"length":%d,"layers":[{"weights":[%s],"next":[%s]},{"weights":%s,"next":%s,"repeat":%d}],`,
		vocabulary, length, ones, zeros, list(states, ones), list(states, zeros), length-1) +
		fmt.Sprintf(`"adversary":{"layers":[{"weights":[{"7":1}]},{"weights":%s,"repeat":%d}]},"harm":{"denominator":1,"values":%s}`,
			list(states, `{"7":1}`), length-2, list(states, "0")))
	var in *model.Instance
	bytes, d := spent(func() { in = read(t, text) })
	if in.Length() != length || in.Layer(2) != in.Layer(length) || len(in.Adversary.Rows) != length-1 {
		t.Fatalf("T = %d, %d layers of Q", in.Length(), len(in.Adversary.Rows))
	}
	// 8 bytes per position of the model, 48 per position of Q, and some MiB for
	// the layer and the text.
	if limit := uint64(length*(8+48) + 32<<20); !raceDetector && (bytes > limit || d > maxTime) {
		t.Errorf("%d bytes and %v, want at most %d and %v", bytes, d, limit, maxTime)
	}
	var got *model.Instance
	_, d = spent(func() { got = read(t, write(t, in)) })
	if !got.Equal(in) || !raceDetector && d > maxTime {
		t.Errorf("written and read again in %v, equal: %v", d, got.Equal(in))
	}
}
