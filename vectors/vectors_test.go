package vectors_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"math"
	"math/big"
	"os/exec"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"sounding/gate"
	"sounding/gate/training"
	"sounding/internal/testenv"
	"sounding/model"
	"sounding/vectors"
)

type file struct {
	Quantity string
	Notes    map[string]struct{ Effect string }
	Vectors  []struct {
		ID       string
		Instance json.RawMessage
		Exact    any
		Wrong    []struct {
			Flag   string
			Values any
		}
	}
}

// read returns every file by the name of its quantity.
func read(t *testing.T) (files map[string]*file, texts map[string][]byte) {
	t.Helper()
	names, err := fs.Glob(vectors.Files, "*.json")
	if err != nil {
		t.Fatal(err)
	}
	files, texts = make(map[string]*file), make(map[string][]byte)
	for _, name := range names {
		text, err := fs.ReadFile(vectors.Files, name)
		if err != nil {
			t.Fatal(err)
		}
		if quantity := strings.TrimSuffix(name, ".json"); quantity != "schema" {
			files[quantity], texts[quantity] = new(file), text
			if err := json.Unmarshal(text, files[quantity]); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
	}
	return files, texts
}

// TestLint: there is a file for every quantity, as the schema has it; ids are unique,
// instances are such, notes and flags belong together, and what is called wrong is.
func TestLint(t *testing.T) {
	t.Parallel()
	files, texts := read(t)
	schema := compile(t)
	var want []string
	for _, q := range gate.Quantities() {
		want = append(want, string(q))
	}
	for _, q := range training.Quantities() {
		want = append(want, string(q))
	}
	ids, total, size := make(map[string]bool), 0, 0
	for i, q := range want {
		f := files[q]
		if f == nil || f.Quantity != q {
			t.Fatalf("%s has no file", q)
		}
		if !testing.Short() || i%6 == 0 {
			doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(texts[q]))
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(doc); err != nil {
				t.Errorf("%s: %v", q, err)
			}
		}
		size += len(texts[q])
		noted := make(map[string]bool)
		for _, v := range f.Vectors {
			total++
			if ids[v.ID] || !strings.HasPrefix(v.ID, q+"-") {
				t.Errorf("%s: not unique, or not of %s", v.ID, q)
			}
			ids[v.ID] = true
			if _, err := model.ReadInstance(bytes.NewReader(v.Instance)); err != nil {
				t.Errorf("%s: %v", v.ID, err)
			}
			for _, w := range v.Wrong {
				noted[w.Flag] = true
				if f.Notes[w.Flag].Effect == "" {
					t.Errorf("%s: no note on %q", v.ID, w.Flag)
				}
				if distance(t, v.Exact, w.Values) < 1e-7 {
					t.Errorf("%s: %q is not wrong", v.ID, w.Flag)
				}
			}
		}
		for flag := range f.Notes {
			if !noted[flag] {
				t.Errorf("%s: no vector shows %q", q, flag)
			}
		}
	}
	if len(files) != len(want) || total < 950 || size > 3<<20 {
		t.Errorf("%d files, want %d; %d vectors, want 950 or more; %d bytes, want at most 3 MiB", len(files), len(want), total, size)
	}
}

// distance returns the largest difference between numbers in the same places.
func distance(t *testing.T, a, b any) float64 {
	t.Helper()
	switch a := a.(type) {
	case []any:
		list, ok := b.([]any)
		if !ok || len(list) != len(a) {
			t.Fatalf("%v and %v are not of one shape", a, b)
		}
		d := 0.0
		for i := range a {
			d = max(d, distance(t, a[i], list[i]))
		}
		return d
	case string:
		return math.Abs(number(t, a) - number(t, b.(string)))
	}
	return 0
}

func number(t *testing.T, s string) float64 {
	t.Helper()
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		t.Fatalf("%q is no number", s)
	}
	v, _ := r.Float64()
	return v
}

func compile(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := fs.ReadFile(vectors.Files, "schema.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("vectors.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestPython runs the file that docs/vectors.md hands out: the functions of
// gate/python/closed.py, written apart from the exact values, agree with every vector.
func TestPython(t *testing.T) {
	t.Parallel()
	if out, err := exec.Command(testenv.Python(t), "-B", "-c", "import test_vectors; test_vectors.test_vectors()").CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
