package model_test

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"sounding/model"
)

// schemas compiles all schemas, by name.
func schemas(t *testing.T) map[string]*jsonschema.Schema {
	t.Helper()
	const root = "https://sounding.invalid/"
	files, err := fs.Glob(model.Schemas, "schema/*.json")
	if err != nil || len(files) != 10 {
		t.Fatalf("schemas %q, %v", files, err)
	}
	c := jsonschema.NewCompiler()
	for _, name := range files {
		f, err := model.Schemas.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(f)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := c.AddResource(root+name, doc); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	compiled := map[string]*jsonschema.Schema{}
	for _, name := range files {
		s, err := c.Compile(root + name)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		compiled[strings.TrimSuffix(strings.TrimPrefix(name, "schema/"), ".json")] = s
	}
	return compiled
}

func validate(s *jsonschema.Schema, text string) error {
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		return err
	}
	return s.Validate(doc)
}

func TestSchemas(t *testing.T) {
	t.Parallel()
	compiled := schemas(t)
	for _, c := range []struct{ schema, file string }{
		{"instance", "instance.json"},
		{"instance", "instance.canonical.json"},
		{"instance", "layered.json"},
		{"analysis", "analysis.json"},
		{"gate-request", "gate-request.json"},
		{"gate-reply", "gate-reply.json"},
		{"gate-failure", "gate-failure.json"},
		{"counterexample", "counterexample.json"},
	} {
		if err := validate(compiled[c.schema], file(t, c.file)); err != nil {
			t.Errorf("%s: %v", c.file, err)
		}
	}
	for _, c := range []struct{ reason, schema, file, old, new string }{
		{"a key in other case", "instance", "instance.json", `"length"`, `"Length"`},
		{"unknown key", "instance", "instance.json", `"length": 2`, `"length": 2, "size": 1`},
		{"harm missing", "instance", "instance.json", `"harm": { "denominator": 100, "values": [0, 100, 50, 50] },`, ``},
		{"another format", "instance", "instance.json", `instance/1`, `instance/3`},
		{"a key of format 2", "instance", "instance.json", `"length": 2`, `"length": 2, "end": 0`},
		{"negative weight", "instance", "instance.json", `[2, 5]`, `[2, -5]`},
		{"fractional weight", "instance", "instance.json", `[2, 5]`, `[2, 0.5]`},
		{"weight of 41 digits", "instance", "instance.json", `[2, 5]`, `[2, 1` + strings.Repeat("0", 40) + `]`},
		{"row of zeros", "instance", "instance.json", `[2, 5]`, `[0, 0]`},
		{"sparse row of zeros", "instance", "instance.json", `[2, 5]`, `{"0": 0}`},
		{"sparse row of nothing", "instance", "instance.json", `[2, 5]`, `{}`},
		{"token with a leading zero", "instance", "instance.json", `[2, 5]`, `{"01": 5}`},
		{"negative next", "instance", "instance.json", `[2, 3]`, `[2, -3]`},
		{"negative sparse next", "instance", "instance.json", `[2, 3]`, `{"0": -3}`},
		{"repeat 0", "instance", "instance.json", `[[1, 3]]`, `[[1, 3]], "repeat": 0`},
		{"V = 0", "instance", "instance.json", `"vocabulary": 2`, `"vocabulary": 0`},
		{"a name twice", "instance", "instance.json", `"vocabulary": 2`, `"vocabulary": ["a", "a"]`},
		{"denominator 0", "instance", "instance.json", `"denominator": 100`, `"denominator": 0`},
		{"recovery with a duplicate", "instance", "instance.json", `[0],`, `[0, 0],`},
		{"unknown adversary", "instance", "instance.json", `"uniform"`, `"rows"`},
		{"adversary with next", "instance", "layered.json", `{"0": 0, "2": 7}
        ]`, `{"0": 0, "2": 7}
        ], "next": [[0, 0, 0]]`},
		{"λ a number", "instance", "instance.json", `"lambda": "1"`, `"lambda": 1`},
		{"λ negative", "instance", "instance.json", `"lambda": "1"`, `"lambda": "-1"`},
		{"λ with exponent", "instance", "instance.json", `"lambda": "1"`, `"lambda": "1e3"`},
		{"γ with denominator 0", "instance", "instance.json", `"gamma": "1/2"`, `"gamma": "1/0"`},
		{"not in lowest form", "analysis", "analysis.json", `"variance": "1/16"`, `"variance": "2/1"`},
		{"an exact value as a number", "analysis", "analysis.json", `"variance": "1/16"`, `"variance": 0.0625`},
		{"enclosure without hi", "analysis", "analysis.json", `, "hi": "0.475366886418671692"`, ``},
		{"quantity missing", "analysis", "analysis.json", `"fisher_trace": "3/8",`, ``},
		{"negative horizon", "analysis", "analysis.json", `"horizon": 2`, `"horizon": -1`},
		{"the instance is broken", "gate-request", "gate-request.json", `"vocabulary": 2`, `"vocabulary": 0`},
		{"an unknown quantity", "gate-request", "gate-request.json", `"information"`, `"entropy"`},
		{"reply without id", "gate-reply", "gate-reply.json", `"id": 7, `, ``},
		{"reply with an unknown key", "gate-reply", "gate-reply.json", `"variance"`, `"Variance"`},
		{"a reply no number", "gate-reply", "gate-reply.json", `"0.0625"`, `"NaN"`},
		{"a scalar where positions are", "gate-reply", "gate-reply.json", `[0.25, "0.0625"]`, `0.25`},
		{"a failure without a request", "gate-failure", "gate-failure.json", `"request"`, `"requested"`},
		{"drawn at no level", "gate-failure", "gate-failure.json", `"plain"`, `"easy"`},
		{"the instance is broken", "counterexample", "counterexample.json", `[[1, 1]]`, `[[0, 0]]`},
		{"smallest or not is missing", "counterexample", "counterexample.json", `"smallest": false,`, ``},
		{"scalar no rational", "counterexample", "counterexample.json", `"1/10"`, `"1e-1"`},
		{"a feature no integer", "counterexample", "counterexample.json", `[[1], [0]]`, `[[1], ["0"]]`},
		{"a feature no vector", "counterexample", "counterexample.json", `[[1], [0]]`, `[1, 0]`},
		{"unknown kind", "counterexample", "counterexample.json", `"shared"`, `"tied"`},
		{"second harm without denominator", "counterexample", "counterexample.json", `"denominator": 1,`, ``},
	} {
		text := file(t, c.file)
		if strings.Count(text, c.old) == 0 {
			t.Fatalf("%s: %s has no %q", c.reason, c.file, c.old)
		}
		if validate(compiled[c.schema], strings.Replace(text, c.old, c.new, 1)) == nil {
			t.Errorf("%s: the schema %s accepts it", c.reason, c.schema)
		}
	}
}

// TestSchemaAcceptsWhatIsWritten draws instances: whatever the writer writes is
// valid by the schema too.
func TestSchemaAcceptsWhatIsWritten(t *testing.T) {
	t.Parallel()
	s := schemas(t)["instance"]
	rapid.Check(t, func(t *rapid.T) {
		text := write(t, drawInstance(t))
		if err := validate(s, text); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
	})
}
