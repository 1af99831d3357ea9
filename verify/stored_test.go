package verify

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"sounding/model"
)

// falsified holds a counterexample of each falsehood, of one in eight in a short run, from
// the first cases of its source, and what is not falsified by any.
var falsified = sync.OnceValues(func() (list []*Stored, missing []string) {
	const tries, seed = 400, 1
	n := 0
	for _, s := range registry() {
		for _, f := range s.Falsehoods() {
			if n++; testing.Short() && n%8 != 0 {
				continue
			}
			stored := &Stored{Statement: s.ID, NearMiss: f.Name, Seed: seed}
			for i := 0; stored.Case == nil && i < tries; i++ {
				c := s.CasesOf(f).Draw(seed, i)
				if v := judge(s.ID, f.Check, c, nil).Violation; v != nil {
					stored.Counterexample = Counterexample{Case: c, Violation: v}
				}
			}
			if stored.Case == nil {
				missing = append(missing, fmt.Sprintf("%s, %q", s.ID, f.Name))
				continue
			}
			list = append(list, stored)
		}
	}
	return list, missing
})

// counterexamples returns a counterexample of each falsehood.
func counterexamples() []*Stored {
	list, _ := falsified()
	return list
}

// TestFalsehoodsAreRefuted: there is a counterexample of each.
func TestFalsehoodsAreRefuted(t *testing.T) {
	t.Parallel()
	if _, missing := falsified(); len(missing) > 0 {
		t.Errorf("not refuted by any of the first cases: %s", strings.Join(missing, "; "))
	}
}

// written returns the file form.
func written(t testing.TB, s *Stored) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := s.Write(&b); err != nil {
		t.Fatalf("%s, %q: %v", s.Statement, s.NearMiss, err)
	}
	return b.Bytes()
}

// print returns the JSON of an instance with what a case has besides, for
// comparing cases.
func print(t testing.TB, c *model.Case) map[string]any {
	t.Helper()
	var m map[string]any
	text := written(t, &Stored{Counterexample: Counterexample{Case: c, Violation: &Violation{}}})
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// TestStoredRoundTrip writes, validates, reads and replays a counterexample of
// each falsehood: the file alone gives the same case and the same failure.
func TestStoredRoundTrip(t *testing.T) {
	t.Parallel()
	schema := counterexampleSchema(t)
	for _, s := range counterexamples() {
		name := s.Statement + ": " + s.NearMiss
		text := written(t, s)
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := schema.Validate(doc); err != nil {
			t.Errorf("%s: the file does not follow the schema: %v\n%s", name, err, text)
		}
		r, err := ReadStored(bytes.NewReader(text))
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, text)
			continue
		}
		if d := cmp.Diff(print(t, s.Case), print(t, r.Case)); d != "" {
			t.Errorf("%s: the case changes (−written +read):\n%s", name, d)
		}
		type rest struct {
			Statement, NearMiss string
			Left, Right         Side
			Seed                uint64
			Place               Place
			Smallest            bool
		}
		of := func(s *Stored) rest {
			return rest{s.Statement, s.NearMiss, s.Violation.Left, s.Violation.Right, s.Seed, s.Violation.Place, s.Smallest}
		}
		if d := cmp.Diff(of(s), of(r)); d != "" {
			t.Errorf("%s: (−written +read)\n%s", name, d)
		}
		v, err := replay(r)
		if err != nil {
			t.Errorf("%s: replay: %v", name, err)
			continue
		}
		if d := cmp.Diff(s.Violation, v); d != "" {
			t.Errorf("%s: the failure changes (−written +replayed):\n%s", name, d)
		}
	}
}

// TestSavedReplay: what a verification saves of a falsehood is one of its small cases, which
// nothing draws. Such a case is read again, and gives the same failure if it refutes.
func TestSavedReplay(t *testing.T) {
	if testing.Short() {
		t.Skip("the small cases take a second")
	}
	t.Parallel()
	for _, s := range registry() {
		t.Run(s.ID, func(t *testing.T) {
			t.Parallel()
			for _, f := range s.Falsehoods() {
				stored := &Stored{Statement: s.ID, NearMiss: f.Name, Counterexample: small(s, f)}
				r, err := ReadStored(bytes.NewReader(written(t, stored)))
				if err != nil {
					t.Errorf("%q: %v", f.Name, err)
					continue
				}
				now, err := replay(r)
				refutes := *stored.Violation != Violation{}
				switch d := cmp.Diff(stored.Violation, now); {
				case refutes && (err != nil || d != ""), err != nil && !errors.Is(err, ErrUndecided):
					t.Errorf("%q: replayed: %v (−saved +replayed)\n%s", f.Name, err, d)
				}
			}
		})
	}
}

// small returns the first of a few small cases of a falsehood that refutes it; else the first of
// all, with an empty violation.
func small(s *Statement, f *Falsehood) Counterexample {
	const few = 4
	list := make([]*model.Case, 0, few)
	for c := range s.CasesOf(f).Smallest() {
		if v := judge(s.ID, f.Check, c, nil).Violation; v != nil {
			return Counterexample{Case: c, Violation: v, Smallest: true}
		}
		if list = append(list, c); len(list) == few {
			break
		}
	}
	return Counterexample{Case: list[0], Violation: &Violation{}, Smallest: true}
}

// TestReplayOfATruth: a file whose case does not falsify what it names is read,
// and replays as nothing.
func TestReplayOfATruth(t *testing.T) {
	t.Parallel()
	v := &Violation{Statement: "cor-7", Claim: "Var(Harm) = Σ_t I_t", Relation: "=", Left: NewSide("1"), Right: NewSide("2")}
	s := &Stored{Statement: "cor-7", Counterexample: Counterexample{Case: coin(), Violation: v}}
	r, err := ReadStored(bytes.NewReader(written(t, s)))
	if err != nil {
		t.Fatal(err)
	}
	if v, err := replay(r); v != nil || err != nil {
		t.Errorf("replays as %v, %v", v, err)
	}
}

// counterexampleSchema compiles the published schema of the file format.
func counterexampleSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	const root = "https://sounding.invalid/"
	files, err := fs.Glob(model.Schemas, "schema/*.json")
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	for _, name := range files {
		text, err := fs.ReadFile(model.Schemas, name)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.AddResource(root+name, doc); err != nil {
			t.Fatal(err)
		}
	}
	s, err := c.Compile(root + "schema/counterexample.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// loglinear is a counterexample file with a parameterisation, as broken files
// start from.
func loglinear(t testing.TB) []byte {
	t.Helper()
	c := coin()
	c.Parameterisation = model.Parameterisation{Kind: model.Shared, Parameters: 1, Features: [][]int64{{0, 1}}}
	v := &Violation{Statement: "thm-8", Place: At(1, 0), Claim: "a claim", Relation: "=", Left: NewSide("1/2"), Right: NewSide("-1/2")}
	return written(t, &Stored{Statement: "thm-8", NearMiss: "sign", Counterexample: Counterexample{Case: c, Violation: v, Smallest: true}})
}

// TestBrokenFiles: the error names the place and what is wanted there.
func TestBrokenFiles(t *testing.T) {
	t.Parallel()
	change := func(f func(m map[string]any)) string {
		var m map[string]any
		if err := json.Unmarshal(loglinear(t), &m); err != nil {
			t.Fatal(err)
		}
		m = maps.Clone(m)
		f(m)
		text, err := json.Marshal(m, json.Deterministic(true))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	parameterisation := func(f func(q map[string]any)) string {
		return change(func(m map[string]any) { f(m["parameterisation"].(map[string]any)) })
	}
	instance := func(f func(in map[string]any)) string {
		return change(func(m map[string]any) { f(m["instance"].(map[string]any)) })
	}
	for _, test := range []struct {
		reason, text string
		want         []string // in the error
	}{
		{"nothing at all", "", []string{"counterexample"}},
		{"no object", "[]", []string{"counterexample"}},
		{"cut off", string(loglinear(t)[:200]), []string{"counterexample", "the text ends at byte"}},
		{"two objects", string(loglinear(t)) + "{}", []string{"counterexample"}},
		{"an unknown key", change(func(m map[string]any) { m["extra"] = 1 }), []string{"extra"}},
		{"a key twice", strings.Replace(string(loglinear(t)), `"seed"`, `"seed": 1, "seed"`, 1), []string{"seed", "duplicate"}},
		{"another format, with keys of its own", change(func(m map[string]any) { m["format"] = "sounding/instance/1"; m["vocabulary"] = 2 }), []string{"/format", `"sounding/counterexample/1"`}},
		{"no instance", change(func(m map[string]any) { delete(m, "instance") }), []string{"/instance"}},
		{"a number for a name", change(func(m map[string]any) { m["statement"] = 8 }), []string{"/statement"}},
		{"a fraction for a position", change(func(m map[string]any) { m["position"] = 0.5 }), []string{"/position"}},
		{"a broken instance", instance(func(in map[string]any) { in["length"] = 0 }), []string{"/length", "want"}},
		{"an unknown key in the instance", instance(func(in map[string]any) { in["extra"] = 0 }), []string{"extra"}},
		{"an unknown kind", parameterisation(func(q map[string]any) { q["kind"] = "neural" }), []string{"neural", "want", "shared"}},
		{"no parameters", parameterisation(func(q map[string]any) { q["parameters"] = 0; q["features"] = []any{[]any{[]any{[]any{}, []any{}}}} }), []string{"parameters", "want"}},
		{"a layer too few", parameterisation(func(q map[string]any) { q["features"] = []any{} }), []string{"/parameterisation/features", "length 0", "want 1"}},
		{"a state too many", parameterisation(func(q map[string]any) {
			row := []any{[]any{0}, []any{1}}
			q["features"] = []any{[]any{row, row}}
		}), []string{"/parameterisation/features/0", "length 2", "want 1"}},
		{"a token too few", parameterisation(func(q map[string]any) { q["features"] = []any{[]any{[]any{[]any{0}}}} }), []string{"/parameterisation/features/0/0", "length 1", "want 2"}},
		{"a feature too many", parameterisation(func(q map[string]any) { q["features"] = []any{[]any{[]any{[]any{0}, []any{0, 1}}}} }), []string{"/parameterisation/features/0/0/1", "length 2", "want 1"}},
		{"a policy without a row", change(func(m map[string]any) {
			m["policy"] = map[string]any{"layers": []any{map[string]any{"weights": []any{}}}}
		}), []string{"/policy/layers/0", "want"}},
		{"a policy of weight zero", change(func(m map[string]any) {
			m["policy"] = map[string]any{"layers": []any{map[string]any{"weights": []any{[]any{0, 0}}}}}
		}), []string{"/policy/layers/0/weights/0: no positive weight"}},
		{"a second harm above 1", change(func(m map[string]any) { m["harm2"] = map[string]any{"denominator": 1, "values": []any{0, 2}} }), []string{"/harm2/values/1", "want"}},
		{"a scalar that is no number", change(func(m map[string]any) { m["scalars"] = map[string]any{"eta": "e"} }), []string{"/scalars/eta", "want"}},
		{"a matrix that is not square", change(func(m map[string]any) { m["covariance"] = []any{[]any{"1", "0"}} }), []string{"/covariance/0", "want"}},
	} {
		s, err := ReadStored(strings.NewReader(test.text))
		if err == nil {
			t.Errorf("%s: read as %+v", test.reason, s)
			continue
		}
		for _, part := range test.want {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%s: the error does not say %q: %v", test.reason, part, err)
			}
		}
	}
}

// TestReplayRefuses: what is well-formed and cannot be replayed.
func TestReplayRefuses(t *testing.T) {
	t.Parallel()
	long := coin()
	layers := make([]*model.Layer, 30)
	states := model.NaturalsOf(1, 1)
	var err error
	if layers[0], err = model.DenseLayer(2, states, []int32{0, 0}); err != nil {
		t.Fatal(err)
	}
	for i := range layers {
		layers[i] = layers[0]
	}
	p, err := model.NewProcess(2, layers, model.NaturalsOf(1), long.HarmDenominator())
	if err != nil {
		t.Fatal(err)
	}
	long.Instance = model.NewInstance(p)
	for _, test := range []struct {
		reason string
		s      Stored
		want   string
	}{
		{"an unknown statement", Stored{Statement: "thm-99", Counterexample: Counterexample{Case: coin()}}, "/statement"},
		{"an unknown near-miss", Stored{Statement: "thm-8", NearMiss: "none such", Counterexample: Counterexample{Case: coin()}}, "/near_miss"},
		{"2³⁰ sequences", Stored{Statement: "thm-8", Counterexample: Counterexample{Case: long}}, "/instance"},
	} {
		v, err := replay(&test.s)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, %v, want an error that names %s", test.reason, v, err, test.want)
		}
	}
}

// TestStoredTwice: reading a file and writing it again changes nothing.
func TestStoredTwice(t *testing.T) {
	t.Parallel()
	for _, v := range []*Violation{
		{Statement: "cor-7", Claim: "Var(Harm) = Σ_t I_t", Relation: "=", Left: NewSide("1"), Right: NewSide("2")},
		{Statement: "cor-7", Place: At(2, 1), Claim: "a: b, but the left side is odd", Relation: "≤", Left: NewSide("1/2"), Right: NewSide("-1/2")},
		{Statement: "cor-7", Place: At(1, 0), Claim: "a < b", Relation: "<", Left: NewSide(bounds{"0.1", "0.2"}), Right: NewSide(bounds{"-1", "0"})},
	} {
		var files [2]string
		s := &Stored{Statement: "cor-7", Repair: true, Counterexample: Counterexample{Case: coin(), Violation: v}}
		for i := range files {
			var b strings.Builder
			if err := s.Write(&b); err != nil {
				t.Fatal(err)
			}
			files[i] = b.String()
			var err error
			if s, err = ReadStored(strings.NewReader(files[i])); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(files[0], files[1]); diff != "" {
			t.Errorf("written twice (-first +second):\n%s", diff)
		}
		if diff := cmp.Diff(v, s.Violation); diff != "" || !s.Repair {
			t.Errorf("read (-want +got):\n%s", diff)
		}
	}
}

// TestStoredWithoutClaim: a file of an older version has no claim and no relation. It is
// read, written and replayed all the same.
func TestStoredWithoutClaim(t *testing.T) {
	t.Parallel()
	old := regexp.MustCompile(`(?m)^  "(claim|relation)": .*\n`).ReplaceAllString(storedExample(t), "")
	if strings.Contains(old, "relation") {
		t.Fatalf("the relation is left:\n%s", old)
	}
	s, err := ReadStored(strings.NewReader(old))
	if err != nil {
		t.Fatal(err)
	}
	if want := "cor-7 fails: a = b, but the left side is 1 and the right side 2 (left = right is false)"; s.Violation.Error() != want {
		t.Errorf("explained as\n%s, want\n%s", s.Violation.Error(), want)
	}
	var again strings.Builder
	if err := s.Write(&again); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(old, again.String()); diff != "" {
		t.Errorf("written again (-first +second):\n%s", diff)
	}
	if v, err := replay(s); v != nil || err != nil {
		t.Errorf("replays as %v, %v", v, err)
	}
}

func TestStoredRelation(t *testing.T) {
	t.Parallel()
	wrong := strings.Replace(storedExample(t), `"relation": "="`, `"relation": "≥"`, 1)
	if _, err := ReadStored(strings.NewReader(wrong)); err == nil || !strings.Contains(err.Error(), "/relation") {
		t.Errorf("error %v, want one that names /relation", err)
	}
}

func storedExample(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	v := &Violation{Statement: "cor-7", Claim: "a = b", Relation: "=", Left: NewSide("1"), Right: NewSide("2")}
	s := &Stored{Statement: "cor-7", Counterexample: Counterexample{Case: coin(), Violation: v}}
	if err := s.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
