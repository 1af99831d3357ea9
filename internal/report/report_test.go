package report

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"sounding/generators"
	"sounding/internal/testenv"
	"sounding/model"
	"sounding/verify"
)

// example is a report on statements that are in no registry: one that holds, one
// that is refuted, one that fails on a case and one that fails at a point of the
// prime field, one that is undecided, one that says nothing.
func example(t *testing.T) *verify.Report {
	t.Helper()
	in, err := model.ReadInstance(strings.NewReader(`{"format": "sounding/instance/1", "vocabulary": 2, "length": 2,
		"layers": [{"weights": [[1, 3]]}, {"weights": [[1, 1], [2, 5]]}],
		"harm": {"denominator": 2, "values": [0, 2, 1, 1]},
		"recovery": [0], "adversary": "uniform", "beta": "2", "gamma": "1/2"}`))
	if err != nil {
		t.Fatal(err)
	}
	counterexample := func(id string, smallest bool) *verify.Counterexample {
		return &verify.Counterexample{Case: &model.Case{Instance: in}, Smallest: smallest, Violation: &verify.Violation{
			Statement: id, Place: verify.At(2, 1), Claim: "I_t ≤ 1/16", Relation: "≤", Left: verify.NewSide("1/8"), Right: verify.NewSide("1/16"),
		}}
	}
	identity := func(length, vocabulary, degree int) verify.Certificate {
		return verify.Certificate{
			Shape: verify.Shape{Vocabulary: vocabulary, Length: length}, Degree: degree, HeightLog2: 12.5,
			Primes: []uint64{1<<61 - 1}, Trials: 2, Log10: -34.2,
		}
	}
	proof := func(length, vocabulary, points int) verify.Proof {
		return verify.Proof{
			Shape: verify.Shape{Vocabulary: vocabulary, Length: length}, Points: points, MagnitudeLog2: 11.5,
			Groups: []verify.Group{{Name: "Harm", Variables: 2 * vocabulary, Degree: 2}, {Name: "P_1", Variables: vocabulary - 1, Degree: 3}},
		}
	}
	fails := counterexample("thm-1", false)
	check := verify.Identity(nil, func(*verify.World[uint64]) {})
	claim := &verify.Claim{}
	several := []verify.Evidence{
		{
			Claim: claim, Check: check, Formula: "a = b; f(c; d) = 0", Grade: verify.Proved, Tried: 200, Compared: 200, Points: 6,
			Tallies:      verify.Tallies{{Formula: "a = b", Cases: 200, Comparisons: 1200, Trivial: 7}},
			Certificates: []verify.Certificate{identity(1, 2, 5), identity(1, 3, 5), identity(1, 4, 5), identity(1, 6, 5), identity(2, 2, 8)},
			Proofs:       []verify.Proof{proof(1, 2, 24), proof(2, 2, 600), proof(1, 3, 100)},
		},
		{
			Claim: &verify.Claim{Formula: "a ≤ c", Hypotheses: []string{"c > 0"}}, Check: verify.Rational(nil), Formula: "a ≤ c", Grade: verify.Exact, Tried: 200, Compared: 150,
			Tallies: verify.Tallies{{Formula: "a ≤ c", Cases: 150, Comparisons: 34, Inequality: true, Equal: 4, Least: 0.25}},
		},
		{
			Claim: &verify.Claim{Formula: "a ≤ c", Hypotheses: []string{"c > 0"}}, Also: true, Check: verify.Agreement(nil), Formula: "a ≤ c", Grade: verify.Agrees, Tried: 50, Compared: 50,
			Tallies: verify.Tallies{{Formula: "a + c = d", Cases: 50, Comparisons: 60, Agreed: 60}},
		},
	}
	one := func(g verify.Grade, n int) []verify.Evidence {
		return []verify.Evidence{{Claim: claim, Check: verify.Rational(nil), Grade: g, Tried: n, Compared: n}}
	}
	return &verify.Report{Seed: 7, Effort: 2, Classes: make(verify.Classes, len(generators.Classes())), Entries: []*verify.Entry{
		{
			Statement: &verify.Statement{
				ID: "prop-1", Title: "Holds", Section: "1", Formula: "a = b; f(c; d) = 0", Hypotheses: []string{"a > 0"},
				Reading: "As it stands.", Sentence: verify.Sentence{Says: "It holds, if a is positive.", Verdict: verify.HoldsIf, But: "c is, too"},
			},
			Verdict: verify.Holds, Grade: verify.Exact, Claims: several, Tried: 200,
			Result: verify.Result{Comparisons: 1234}, VacuousCases: 3,
			NearMisses: []verify.Refutation{
				{Falsehood: &verify.Falsehood{Name: "half"}, Cases: 1, Counterexample: counterexample("prop-1", true)},
				{Falsehood: &verify.Falsehood{Name: "double", Drops: "a > 0"}, Counterexample: counterexample("prop-1", false)},
			},
		},
		{
			Statement: &verify.Statement{
				ID: "x-1", Title: "Refuted", Section: "1", Kind: verify.RefutedReading, Formula: "a | b", Repair: "a | 2b",
				Story:   verify.Story{Told: "One token has seven times the harm.", Left: "the information", Right: "its bound", Practice: "Divide."},
				Refuted: &verify.Falsehood{Wording: "a divides b."}, Saving: "Of even b.", Sentence: verify.Sentence{Place: "Section 1", Says: "a divides b.", Verdict: verify.Refuted, But: "a divides 2b"},
			},
			Verdict: verify.Refuted, Grade: verify.Disproved, Claims: one(verify.Enclosed, 1), Result: verify.Result{Comparisons: 1},
			Counterexample: counterexample("x-1", true),
		},
		{
			Statement: &verify.Statement{ID: "thm-1", Title: "Fails", Section: "2", Formula: "I_t ≤ 1/16"},
			Verdict:   verify.Refuted, Grade: verify.Disproved, Claims: one(verify.Exact, 200), Result: verify.Result{Comparisons: 2, Violation: fails.Violation},
			Counterexample: fails,
			NearMisses:     []verify.Refutation{{Falsehood: &verify.Falsehood{Name: "blind spot"}}},
		},
		{
			Statement: &verify.Statement{ID: "thm-2", Title: "Fails mod p", Section: "2", Formula: "a = b"},
			Verdict:   verify.Refuted, Grade: verify.Disproved,
			Result: verify.Result{Comparisons: 2, Violation: &verify.Violation{Statement: "thm-2", Claim: "a = b (mod 7, shape (2,1), trial 0)", Relation: "=", Left: verify.NewSide("3"), Right: verify.NewSide("4")}},
		},
		{
			Statement: &verify.Statement{ID: "thm-3", Title: "Open", Section: "2", Formula: "a < b"},
			Verdict:   verify.Undecided, Result: verify.Result{Comparisons: 2, Undecided: "a < b, position 1, state 0"},
		},
		{
			Statement: &verify.Statement{ID: "thm-4", Title: "Silent", Section: "2", Formula: "0 = 0"},
			Verdict:   verify.Holds, Grade: verify.Exact, Claims: one(verify.Exact, 1),
		},
	}}
}

func shownAgain(e *verify.Entry) string { return "sounding verify --only " + e.Statement.ID }

func table(w io.Writer, r *verify.Report, again func(*verify.Entry) string) error {
	var statements []*verify.Statement
	for _, e := range r.Entries {
		statements = append(statements, e.Statement)
	}
	rows := NewRows(w, 0, statements)
	for _, e := range r.Entries {
		rows.Add(r, e)
	}
	return rows.End(r, again)
}

func TestMarkdown(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	if err := Markdown(&b, example(t)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`
| Proposition 1 | It holds, if a is positive. | **holds if** | c is, too | [prop-1](#prop-1) |
| Section 1 | a divides b. | **refuted** | a divides 2b | [x-1](#x-1) |
`, `
## Section 1

### <a id="prop-1"></a>prop-1: Holds
    a = b; f(c; d) = 0
**holds if**: exact on 150 of 200 instances, the weakest of 2 claims (1 proved). [In full](docs/evidence/section-1.md#prop-1)
- The paper, Proposition 1: It holds, if a is positive. It holds if c is, too. Hypotheses: a > 0.
- Claims by their evidence:<br>*proved for 3 shapes (1 with T ≥ 2), certified for 5 shapes (1 with T ≥ 2), error < 10⁻³⁴, exact on 200 instances*:<br>the statement.<br>*exact on 150 of 200 instances*:<br>a ≤ c (c > 0).
`, `
### <a id="x-1"></a>x-1: Refuted
    a | b
**refuted**: its reading fails on the smallest instance, V = 2, T = 2; the formula holds: enclosed on 1 instance. [In full](docs/evidence/section-1.md#x-1)
- The paper, Section 1: a divides b. It is refuted. True instead: a divides 2b.
- Read as: a divides b. What would save it: Of even b. Repair: a | 2b

One token has seven times the harm.

    V=2 T=2 R={0} λ=1 β=2 γ=1/2 Q uniform, tabular parameters
`, "\n- The information: `1/8`. Its bound: `1/16`. The reading claims `I_t ≤ 1/16` at position 2, state " +
			"1.<br>In practice: Divide.<br>Again: `sounding verify --only x-1 --save cases; sounding replay cases/x-1.json`\n",
		"\n**FALSIFIED**: fails on an instance, V = 2, T = 2 (smallest found). [In " +
			"full](docs/evidence/section-2.md#thm-1)\n- `I_t ≤ 1/16` fails: `1/8 > 1/16` at position 2, state " +
			"1.\n- Near-miss “blind spot”: **not refuted**.\n",
		"\n**FALSIFIED**: fails as an identity of polynomials. [In full](docs/evidence/section-2.md#thm-2)\n",
		"\n- Undecided: a < b, position 1, state 0.\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the report has no\n%s\nbut\n%s", want, around(b.String(), want))
		}
	}
}

// TestEvidence: the files of the evidence hold in full what the report has in short.
func TestEvidence(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	var names []string
	for _, f := range Evidence(example(t)) {
		names = append(names, f.Name)
		if err := f.Write(&b); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"instances.md", "section-1.md", "section-2.md"}, names); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	for _, want := range []string{`
# Section 1: the evidence in full
`, `
### <a id="prop-1"></a>prop-1: Holds

    a = b
    f(c; d) = 0

**holds if**: exact on 150 of 200 instances, the weakest of 2 claims (1 proved).

- The paper, Proposition 1: It holds, if a is positive. It holds if c is, too.
- Hypothesis: a > 0.
- Reading: As it stands.
- 1234 comparisons; on 3 instances a hypothesis fails somewhere, and nothing is claimed there; “150 of 200 instances” says that on the others a hypothesis fails, or there is nothing that the claim is about.

| claim | formula | grade | evidence |
|---|---|---|---|
| 1 | the statement | proved | proved for 3 shapes (1 with T ≥ 2), certified for 5 shapes (1 with T ≥ 2), error < 10⁻³⁴, exact on 200 instances |
| 2 | a ≤ c (c > 0) | exact | exact on 150 of 200 instances |
| 2′ | the same by another way, not graded | besides | agrees to 10⁻²⁰ on 50 instances |

<details><summary>What was compared, 1294 times</summary>

| claim | formula | on | comparisons | of 0 with 0 |  |
|---|---|---|---|---|---|
` + "| 1 | `a = b` | 200 instances | 1200 | 7 |  |\n| 2 | `a ≤ c` | 150 instances | 34 | 0 | 4 equal, least slack 0.25 |\n| 2′ | `a + c = d` | 50 instances | 60 | 0 | to 10⁻²⁰ |\n" + `
</details>

<details><summary>3 proofs</summary>

| claim | length T | vocabulary V | degrees | points |
|---|---|---|---|---|
| 1 | 1 | 2, 3 | Harm ≤ 2, P_1 ≤ 3 | 24, 100 |
| 1 | 2 | 2 | Harm ≤ 2, P_1 ≤ 3 | 600 |

</details>

<details><summary>5 certificates</summary>

| claim | length T | vocabulary V | degree d | height | primes | points k | error |
|---|---|---|---|---|---|---|---|
| 1 | 1 | 2–4, 6 | 5 | < 2^13 | 1 | 2 | < 10⁻³⁴ |
| 1 | 2 | 2 | 8 | < 2^13 | 1 | 2 | < 10⁻³⁴ |

</details>

Near-misses:

` + "1. “half”: refuted after 1 random instance.\n" +
		"   `I_t ≤ 1/16` fails: `1/8 > 1/16` at position 2, state 1\n" +
		"   on `V=2 T=2 weights [1 3] [1 1; 2 5] harm [0 2 1 1]/2 R={0} λ=1 β=2 γ=1/2 Q uniform`.\n" +
		"2. “double” (without: a > 0): refuted by the search for the smallest alone.\n", `
- The paper, Section 1: a divides b. It is refuted. True instead: a divides 2b.
- Read as: a divides b.
- What would save it: Of even b.
- Repair: a | 2b
`, "\n`I_t ≤ 1/16` fails: `1/8 > 1/16` at position 2, state 1.\n", `
1. “blind spot”: **not refuted**.
`, "\n`a = b (mod 7, shape (2,1), trial 0)` fails: `3 ≠ 4`.\n"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the report has no\n%s\nbut\n%s", want, around(b.String(), want))
		}
	}
}

// around returns what text has where it should have want: as many lines, from the
// first of those of want that it has.
func around(text, want string) string {
	for line := range strings.Lines(want) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if i := strings.Index(text, line); i >= 0 {
			lines := strings.SplitAfter(text[i:], "\n")
			return strings.Join(lines[:min(len(lines), strings.Count(want, "\n")+1)], "")
		}
	}
	return testenv.Brief(text)
}

func TestExplain(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	if err := Explain(&b, 0, example(t)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`prop-1: Holds (Section 1)

    a = b
    f(c; d) = 0

holds if: exact on 150 of 200 instances, the weakest of 2 claims (1 proved).

- The paper, Proposition 1: It holds, if a is positive. It holds if c is, too.
- Hypothesis: a > 0.
- Reading: As it stands.
- 1234 comparisons; on 3 instances a hypothesis fails somewhere, and nothing is claimed there; “150
  of 200 instances” says that on the others a hypothesis fails, or there is nothing that the claim
  is about.

  claim  formula                              grade    evidence
  1      the statement                        proved   proved for 3 shapes (1 with T ≥ 2), certified for 5 shapes (1 with T ≥ 2), error < 10⁻³⁴, exact on 200 instances
  2      a ≤ c (c > 0)                        exact    exact on 150 of 200 instances
  2′     the same by another way, not graded  besides  agrees to 10⁻²⁰ on 50 instances

What was compared, 1294 times:

  claim  formula    on             comparisons  of 0 with 0
  1      a = b      200 instances  1200         7
  2      a ≤ c      150 instances  34           0            4 equal, least slack 0.25
  2′     a + c = d  50 instances   60           0            to 10⁻²⁰

3 proofs:

  claim  length T  vocabulary V  degrees            points
  1      1         2, 3          Harm ≤ 2, P_1 ≤ 3  24, 100
  1      2         2             Harm ≤ 2, P_1 ≤ 3  600

5 certificates:

  claim  length T  vocabulary V  degree d  height  primes  points k  error
  1      1         2–4, 6        5         < 2^13  1       2         < 10⁻³⁴
  1      2         2             8         < 2^13  1       2         < 10⁻³⁴

Near-misses:

1. “half”: refuted after 1 random instance.
`, `
2. “double” (without: a > 0): refuted by the search for the smallest alone.
   I_t ≤ 1/16 fails: 1/8 > 1/16 at position 2, state 1
   on V=2 T=2 weights`, `
refuted: its reading fails on the smallest instance, V = 2, T = 2; the formula holds: enclosed on 1 instance.

- The paper, Section 1: a divides b. It is refuted. True instead: a divides 2b.
- Read as: a divides b.
- What would save it: Of even b.
- Repair: a | 2b
`, `
- Undecided: a < b, position 1, state 0.
`, "\nsounding " + Version + ", seed 7, effort 2\n"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the explanation has no\n%s\nbut\n%s", want, around(b.String(), want))
		}
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	if err := JSON(&b, example(t), nil); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Format, Version string
		Seed, Effort    int
		Entries         []map[string]any
	}
	if err := json.Unmarshal([]byte(b.String()), &got, json.MatchCaseInsensitiveNames(true)); err != nil {
		t.Fatal(err)
	}
	if got.Format != "sounding/report/1" || got.Version != Version || got.Seed != 7 || got.Effort != 2 || len(got.Entries) != 6 {
		t.Errorf("format %q, version %q, seed %d, effort %d, %d entries", got.Format, got.Version, got.Seed, got.Effort, len(got.Entries))
	}
	certificate := got.Entries[0]["certificates"].([]any)[4]
	want := map[string]any{
		"shape": map[string]any{"vocabulary": 2.0, "length": 2.0}, "degree": 8.0, "height_log2": 12.5,
		"prime": float64(1<<61 - 1), "primes": []any{float64(1<<61 - 1)}, "trials": 2.0, "bound": 1.2037062152420224e-35,
	}
	if diff := cmp.Diff(want, certificate); diff != "" {
		t.Errorf("certificate (-want +got):\n%s", diff)
	}
	proof := got.Entries[0]["proofs"].([]any)[2]
	want = map[string]any{
		"shape": map[string]any{"vocabulary": 3.0, "length": 1.0}, "points": 100.0, "magnitude_log2": 11.5,
		"groups": []any{
			map[string]any{"name": "Harm", "variables": 6.0, "degree": 2.0},
			map[string]any{"name": "P_1", "variables": 2.0, "degree": 3.0},
		},
	}
	if diff := cmp.Diff(want, proof); diff != "" {
		t.Errorf("proof (-want +got):\n%s", diff)
	}
	claim := got.Entries[0]["claims"].([]any)[1].(map[string]any)
	if claim["formula"] != "a ≤ c" || claim["grade"] != "exact" || claim["compared"] != 150.0 || claim["tried"] != 200.0 || got.Entries[0]["kind"] != "paper" {
		t.Errorf("claim %v of an entry of kind %v", claim, got.Entries[0]["kind"])
	}
	miss := got.Entries[0]["near_misses"].([]any)[0].(map[string]any)
	if miss["description"] != "half" || miss["checks"] != 1.0 || miss["refuted"] != true {
		t.Errorf("near-miss %v", miss)
	}
	for i, want := range []struct {
		verdict, grade string
		falsified      bool
		counterexample bool
	}{
		{"holds", "exact", false, false},
		{"refuted", "refuted", false, true},
		{"refuted", "refuted", true, true},
		{"refuted", "refuted", true, false},
		{"undecided", "none", false, false},
		{"holds", "exact", false, false},
	} {
		e := got.Entries[i]
		_, counterexample := e["counterexample"]
		if e["verdict"] != want.verdict || e["grade"] != want.grade || e["falsified"] != want.falsified || counterexample != want.counterexample {
			t.Errorf("%v: verdict %v, grade %v, falsified %v, counterexample %v, want %v",
				e["id"], e["verdict"], e["grade"], e["falsified"], counterexample, want)
		}
	}
}

func TestReplay(t *testing.T) {
	t.Parallel()
	s := &verify.Stored{Statement: "x-1", NearMiss: "half", Counterexample: *example(t).Entries[1].Counterexample}
	moved := *s.Violation
	moved.Left = verify.NewSide("1/4")
	for _, c := range []struct {
		now  *verify.Violation
		want string
	}{
		{nil, "\nNot falsified: it holds on this case.\n"},
		{s.Violation, "\nFalsified:\n  claim    I_t ≤ 1/16\n  where    position 2, state 1\n  left     1/8\n  right    1/16\n"},
		{&moved, "\n  left     1/4\n  right    1/16\n\nThe file has other sides: 1/8 and 1/16.\n"},
	} {
		var b strings.Builder
		if err := Replay(&b, 0, s, c.now); err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(b.String(), c.want) {
			t.Errorf("%s\nends otherwise than\n%s", &b, c.want)
		}
	}
}

// limited takes so many bytes and then fails.
type limited int

var errLimit = errors.New("no room")

func (l *limited) Write(p []byte) (int, error) {
	if *l -= limited(len(p)); *l < 0 {
		return 0, errLimit
	}
	return len(p), nil
}

// Every writer reports an output that fails, wherever it fails.
func TestWriteErrors(t *testing.T) {
	t.Parallel()
	r := example(t)
	for name, write := range map[string]func(io.Writer) error{
		"Table":    func(w io.Writer) error { return table(w, r, shownAgain) },
		"Markdown": func(w io.Writer) error { return Markdown(w, r) },
		"Explain":  func(w io.Writer) error { return Explain(w, 0, r) },
		"JSON":     func(w io.Writer) error { return JSON(w, r, nil) },
	} {
		var whole strings.Builder
		if err := write(&whole); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for n := 0; n < whole.Len(); n += 97 {
			l := limited(n)
			if err := write(&l); !errors.Is(err, errLimit) {
				t.Fatalf("%s: error %v with room for %d bytes of %d", name, err, n, whole.Len())
			}
		}
	}
}
