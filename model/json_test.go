package model_test

import (
	"bytes"
	"math/big"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sounding/model"
)

func read(t testing.TB, text string) *model.Instance {
	t.Helper()
	in, err := model.ReadInstance(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func write(t interface{ Fatalf(string, ...any) }, in *model.Instance) string {
	var b strings.Builder
	if err := model.WriteInstance(&b, in); err != nil {
		t.Fatalf("writing: %v", err)
	}
	return b.String()
}

func file(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestReadWorkedExample(t *testing.T) {
	t.Parallel()
	in := read(t, file(t, "instance.json"))
	layer := mustLayer(t)
	p, err := model.NewProcess(2, []*model.Layer{
		layer(model.TreeLayer(2, model.NaturalsOf(1, 3))),
		layer(model.DenseLayer(2, model.NaturalsOf(1, 1, 2, 5), []int32{0, 1, 2, 3})),
	}, model.NaturalsOf(0, 100, 50, 50), big.NewInt(100))
	if err != nil {
		t.Fatal(err)
	}
	want := model.NewInstance(p)
	want.Recovery = []int{0}
	want.Adversary.Kind = model.AdversaryUniform
	want.Beta.SetInt64(2)
	want.Gamma.SetFrac64(1, 2)
	if !cmp.Equal(in, want) {
		t.Errorf("read\n%swant\n%s", write(t, in), write(t, want))
	}
	if diff := cmp.Diff(file(t, "instance.canonical.json"), write(t, in)); diff != "" {
		t.Errorf("written (-want +got):\n%s", diff)
	}
}

func TestReadDefaults(t *testing.T) {
	t.Parallel()
	in := read(t, `{"format":"sounding/instance/1","vocabulary":1,"length":1,"layers":[{"weights":[[1]]}],"harm":{"denominator":1,"values":[1]}}`)
	want := model.NewInstance(in.Process)
	if !cmp.Equal(in, want) {
		t.Errorf("read\n%swant\n%s", write(t, in), write(t, want))
	}
}

// TestReadLayered reads a file that is written as the writer would: rows of both
// forms in a layer, repeat in the model and in Q, names, a number of 40 digits.
func TestReadLayered(t *testing.T) {
	t.Parallel()
	in := read(t, file(t, "layered.json"))
	if diff := cmp.Diff(file(t, "layered.json"), write(t, in)); diff != "" {
		t.Errorf("written (-want +got):\n%s", diff)
	}
	if got, want := sharing(in.Process), []bool{false, false, true, true, false}; !slices.Equal(got, want) {
		t.Errorf("layers stored once: %v, want %v", got, want)
	}
	if got, want := in.Tokens(), []string{"yes", "no", "\"maybe\"\n"}; !slices.Equal(got, want) {
		t.Errorf("names %q, want %q", got, want)
	}
	l := in.Layer(2)
	if e, ok := l.Edge(1, 1); !ok || l.Next(e) != 1 || l.Edges() != 4 || l.Dense() {
		t.Errorf("layer 1: edge (1,1) %d %v to %d, %d edges", e, ok, l.Next(e), l.Edges())
	}
	if q := in.AdversaryWeights(4); !q.Equal(model.NaturalsOf(0, 1, 0, 5)) {
		t.Errorf("Q at position 4: %v", q)
	}
}

// TestReadRows covers the ways to write the rows of a layer, and the edges they
// amount to: the tokens that next names, all of them in a prefix tree.
func TestReadRows(t *testing.T) {
	t.Parallel()
	sparse := func(start, token []int32, weights model.Naturals, next []int32) (*model.Layer, error) {
		return model.SparseLayer(3, start, token, weights, next)
	}
	dense := func(weights model.Naturals, next []int32) (*model.Layer, error) {
		return model.DenseLayer(3, weights, next)
	}
	layer := mustLayer(t)
	for _, c := range []struct {
		reason, row string
		want        *model.Layer
	}{
		{"sparse weights of a tree are completed", `"weights":[{"2":5,"0":1}]`, layer(dense(model.NaturalsOf(1, 0, 5), nil))},
		{"both dense", `"weights":[[1,0,5]],"next":[[2,1,0]]`, layer(dense(model.NaturalsOf(1, 0, 5), []int32{2, 1, 0}))},
		{"objects that name every token are dense", `"weights":[{"2":5,"1":0,"0":1}],"next":[{"1":1,"2":0,"0":2}]`, layer(dense(model.NaturalsOf(1, 0, 5), []int32{2, 1, 0}))},
		{"sparse weights, dense next: every token has an edge", `"weights":[{"1":5}],"next":[[2,1,0]]`, layer(dense(model.NaturalsOf(0, 5, 0), []int32{2, 1, 0}))},
		{"dense weights, sparse next: zero weights without next are dropped", `"weights":[[1,0,5]],"next":[{"2":0,"0":2}]`, layer(sparse([]int32{0, 2}, []int32{0, 2}, model.NaturalsOf(1, 5), []int32{2, 0}))},
		{"explicit zeros without next are dropped", `"weights":[{"0":1,"1":0}],"next":[{"0":2}]`, layer(sparse([]int32{0, 1}, []int32{0}, model.NaturalsOf(1), []int32{2}))},
		{"a sparse next may name a token of weight zero", `"weights":[{"0":1}],"next":[{"0":0,"1":2}]`, layer(sparse([]int32{0, 2}, []int32{0, 1}, model.NaturalsOf(1, 0), []int32{0, 2}))},
		{
			"sorting keeps large weights with their tokens", `"weights":[{"2":9223372036854775808,"0":9999999999999999999999}],"next":[{"2":2,"0":0}]`,
			layer(sparse([]int32{0, 2}, []int32{0, 2}, naturals("9999999999999999999999", "9223372036854775808"), []int32{0, 2})),
		},
		{"a token may be escaped", `"weights":[{"\u0030":1}],"next":[{"0":2}]`, layer(sparse([]int32{0, 1}, []int32{0}, model.NaturalsOf(1), []int32{2}))},
	} {
		in := read(t, `{"format":"sounding/instance/1","vocabulary":3,"length":1,"layers":[{`+c.row+`}],"harm":{"denominator":1,"values":[0,1,1]}}`)
		p, err := model.NewProcess(3, []*model.Layer{c.want}, model.NaturalsOf(0, 1, 1), big.NewInt(1))
		if err != nil {
			t.Fatal(err)
		}
		if want := model.NewInstance(p); !cmp.Equal(in, want) || in.Layer(1).Dense() != c.want.Dense() {
			t.Errorf("%s: read\n%swant\n%s", c.reason, write(t, in), write(t, want))
		}
	}
}

// TestRecoveryByName: recovery tokens have names, in any order, or numbers.
func TestRecoveryByName(t *testing.T) {
	t.Parallel()
	text := func(recovery string) string {
		return `{"format":"sounding/instance/1","vocabulary":["sure","sorry","no"],"length":1,"layers":[{"weights":[[1,2,3]]}],"harm":{"denominator":1,"values":[1,0,0]},"recovery":` + recovery + `}`
	}
	for _, recovery := range []string{`["no","sorry"]`, `["sorry",2]`, `[1,2]`} {
		if in := read(t, text(recovery)); !slices.Equal(in.Recovery, []int{1, 2}) {
			t.Errorf("%s: %v, want 1 and 2", recovery, in.Recovery)
		}
	}
	for recovery, want := range map[string]string{
		`["sory"]`:      `/recovery/0: "sory": want the name of a token in vocabulary, or its number`,
		`[1,""]`:        `/recovery/1: "": want the name`,
		`["no","no"]`:   `/recovery/1: token 2: want distinct tokens`,
		`["no",2]`:      `/recovery/1: token 2: want distinct tokens`,
		`[2,1]`:         `/recovery/1: token 1: want distinct tokens`,
		`["sorry",1.5]`: `/recovery/1: `,
	} {
		if _, err := model.ReadInstance(strings.NewReader(text(recovery))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", recovery, err, want)
		}
	}
}

func naturals(digits ...string) (n model.Naturals) {
	for _, s := range digits {
		v, _ := new(big.Int).SetString(s, 10)
		n.Append(v)
	}
	return n
}

func TestWriteThenReadIsIdentity(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := drawInstance(t)
		text := write(t, in)
		got, err := model.ReadInstance(strings.NewReader(text))
		if err != nil {
			t.Fatalf("reading what was written: %v\n%s", err, text)
		}
		if !cmp.Equal(in, got) {
			t.Fatalf("read (-want +got):\n%s", cmp.Diff(text, write(t, got)))
		}
		if again := write(t, got); again != text {
			t.Fatalf("written again (-first +second):\n%s", cmp.Diff(text, again))
		}
		if !slices.Equal(sharing(in.Process), sharing(got.Process)) {
			t.Fatalf("layers stored once: %v, read as %v", sharing(in.Process), sharing(got.Process))
		}
	})
}

// TestEmbedded reads and writes an instance inside another object.
func TestEmbedded(t *testing.T) {
	t.Parallel()
	type request struct {
		ID       int             `json:"id"`
		Instance *model.Instance `json:"instance"`
	}
	want := request{7, read(t, file(t, "layered.json"))}
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.ContainsAny(text, " \n") {
		t.Errorf("an encoder for one line wrote %s", text)
	}
	var got request
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if got.ID != want.ID || !cmp.Equal(got.Instance, want.Instance) {
		t.Errorf("read %s", text)
	}
	broken := bytes.Replace(text, []byte(`"denominator":3`), []byte(`"denominator":2`), 1)
	if err := json.Unmarshal(broken, &got); err == nil || !strings.Contains(err.Error(), ": /instance/harm/values/3: ") {
		t.Errorf("the place is not that of the whole document: %v", err)
	}
	// A reader of a stream goes on behind the instance.
	dec := jsontext.NewDecoder(strings.NewReader(file(t, "instance.json") + " [1]"))
	if err := new(model.Instance).UnmarshalJSONFrom(dec); err != nil {
		t.Fatal(err)
	}
	if v, err := dec.ReadValue(); err != nil || string(v) != "[1]" {
		t.Errorf("behind the instance: %s, %v", v, err)
	}
}

// TestWriteRefuses covers what the format cannot hold: nothing is written.
func TestWriteRefuses(t *testing.T) {
	t.Parallel()
	example := func() *model.Instance { return read(t, file(t, "instance.json")) }
	long, _ := new(big.Int).SetString("1"+strings.Repeat("0", model.MaxDigits), 10)
	for _, c := range []struct {
		reason, place string
		instance      func() *model.Instance
	}{
		{"λ is negative", "/lambda", func() *model.Instance { in := example(); in.Lambda.SetInt64(-1); return in }},
		{"the denominator of γ has 41 digits", "/gamma", func() *model.Instance {
			in := example()
			in.Gamma.SetFrac(big.NewInt(1), long)
			return in
		}},
		{"a harm value has 41 digits", "/harm/", func() *model.Instance {
			in := example()
			var harm model.Naturals
			for range 4 {
				harm.Append(long)
			}
			p, err := in.WithHarm(harm, long)
			if err != nil {
				t.Fatal(err)
			}
			in.Process = p
			return in
		}},
		{"T is beyond the limit", "/length: 1048577: want at most 1048576", func() *model.Instance {
			l, err := model.DenseLayer(1, model.NaturalsOf(1), []int32{0})
			if err != nil {
				t.Fatal(err)
			}
			layers := slices.Repeat([]*model.Layer{l}, model.MaxLength+1)
			p, err := model.NewProcess(1, layers, model.NaturalsOf(0), big.NewInt(1))
			if err != nil {
				t.Fatal(err)
			}
			return model.NewInstance(p)
		}},
		{"the file would be too long", "/layers", func() *model.Instance {
			in := example()
			p, err := in.Named([]string{"a", strings.Repeat("b", model.MaxFileSize)})
			if err != nil {
				t.Fatal(err)
			}
			in.Process = p
			return in
		}},
	} {
		var b bytes.Buffer
		err := model.WriteInstance(&b, c.instance())
		if err == nil || !strings.HasPrefix(err.Error(), "instance: "+c.place) || b.Len() > 0 {
			t.Errorf("%s: wrote %d bytes, error %v, want one at %s", c.reason, b.Len(), err, c.place)
		}
	}
}

func TestParseRational(t *testing.T) {
	t.Parallel()
	forty := strings.Repeat("7", model.MaxDigits)
	for _, c := range []struct{ reason, s, want string }{
		{"integer", "3", "3"},
		{"zero", "0", "0"},
		{"decimal", "0.25", "1/4"},
		{"fraction", "2/4", "1/2"},
		{"negative", "-1.5", "-3/2"},
		{"a leading zero does not make it octal", "010/3", "10/3"},
		{"40 digits", forty, forty},
		{"40 digits in numerator and denominator each", "1" + forty[1:] + "/" + forty, "1" + forty[1:] + "/" + forty},
		{"40 digits of a decimal", "0." + strings.Repeat("0", 38) + "1", "1/1" + strings.Repeat("0", 39)},
	} {
		got, err := model.ParseRational(c.s)
		want, ok := new(big.Rat).SetString(c.want)
		if !ok {
			t.Fatalf("%s: %s is no number", c.reason, c.want)
		}
		if err != nil || got.Cmp(want) != 0 {
			t.Errorf("%s: ParseRational(%q) = %v, %v, want %v", c.reason, c.s, got, err, want)
		}
	}
	for _, c := range []struct{ reason, s string }{
		{"empty", ""},
		{"sign alone", "-"},
		{"plus sign", "+1"},
		{"exponent", "1e3"},
		{"binary exponent", "1p3"},
		{"hexadecimal", "0x10"},
		{"underscore", "1_000"},
		{"space", " 1"},
		{"no integer part", ".5"},
		{"no decimals", "5."},
		{"no denominator", "1/"},
		{"no numerator", "/2"},
		{"denominator zero", "1/00"},
		{"negative denominator", "1/-2"},
		{"decimal over integer", "0.5/2"},
		{"two slashes", "1/2/3"},
		{"two points", "1.2.3"},
		{"not a number", "NaN"},
		{"infinite", "Inf"},
		{"digits of another script", "٣"},
		{"41 digits", forty + "0"},
		{"41 digits of a decimal", "0." + forty},
		{"41 digits in the denominator", "1/" + forty + "0"},
		{"a million digits", strings.Repeat("7", 1_000_000)},
	} {
		got, err := model.ParseRational(c.s)
		if err == nil || !strings.Contains(err.Error(), "want an integer, a decimal or a fraction") || len(err.Error()) > 300 {
			t.Errorf("%s: ParseRational = %v, %v", c.reason, got, err)
		}
	}
}

// spent reports what f takes, for bounds on input that is built to be costly.
func spent(f func()) (bytes uint64, d time.Duration) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	f()
	d = time.Since(start)
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc, d
}

func FuzzReadInstance(f *testing.F) {
	for _, name := range []string{"instance.json", "instance.canonical.json", "layered.json"} {
		f.Add([]byte(file(f, name)))
	}
	for _, c := range refused(f) {
		f.Add([]byte(c.text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		in, err := model.ReadInstance(bytes.NewReader(text))
		if err != nil {
			if msg := err.Error(); !strings.HasPrefix(msg, "instance: ") || strings.Count(msg, "\n") > 5 || len(msg) > 6000 {
				t.Errorf("error %q", msg)
			}
			return
		}
		if in.Length() > 1<<16 {
			return // accepted, and compared elsewhere: keep the fuzzer fast
		}
		got, err := model.ReadInstance(strings.NewReader(write(t, in)))
		if err != nil {
			t.Fatalf("reading what was written: %v", err)
		}
		if !got.Equal(in) {
			t.Fatalf("read (-want +got):\n%s", cmp.Diff(write(t, in), write(t, got)))
		}
	})
}
