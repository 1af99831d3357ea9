package report

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"slices"

	"sounding/exact/field"
	"sounding/generators"
	"sounding/verify"
)

// JSON writes the report for programs: per entry the verdict, the cases tried at
// each grade, the certificates, the counterexample and the near-misses.
func JSON(w io.Writer, r *verify.Report) error {
	type shape struct {
		Vocabulary int `json:"vocabulary"`
		Length     int `json:"length"`
	}
	type certificate struct {
		Shape      shape    `json:"shape"`
		Degree     int      `json:"degree"`
		HeightLog2 float64  `json:"height_log2"`
		Prime      uint64   `json:"prime"`  // the least of the primes
		Primes     []uint64 `json:"primes"` // whose product exceeds the height
		Trials     int      `json:"trials"` // for each prime
		Bound      float64  `json:"bound"`  // (degree/prime)^trials
	}
	type group struct {
		Name      string `json:"name"`
		Variables int    `json:"variables"`
		Degree    int    `json:"degree"`
	}
	type proof struct {
		Shape         shape   `json:"shape"`
		Points        int     `json:"points"`
		Groups        []group `json:"groups"`
		MagnitudeLog2 float64 `json:"magnitude_log2"`
	}
	type miss struct {
		Description    string          `json:"description"`
		Drops          string          `json:"drops,omitempty"`
		Refuted        bool            `json:"refuted"`
		Checks         int             `json:"checks"`
		Counterexample json.RawMessage `json:"counterexample,omitempty"`
	}
	type inequality struct {
		Claim       string   `json:"claim"`
		Comparisons int      `json:"comparisons"`
		Equal       int      `json:"equal"`
		LeastSlack  *float64 `json:"least_slack,omitempty"`
	}
	type entry struct {
		ID             string          `json:"id"`
		Title          string          `json:"title"`
		Section        string          `json:"section"`
		Verdict        string          `json:"verdict"`
		Falsified      bool            `json:"falsified"`
		Grade          string          `json:"grade"`
		Cases          map[string]int  `json:"cases"`
		Vacuous        int             `json:"vacuous"`
		Empty          int             `json:"empty"`
		UndecidedCases int             `json:"undecided_cases"`
		Comparisons    int             `json:"comparisons"`
		Precisions     field.Rungs     `json:"precisions,omitempty"`
		Inequalities   []inequality    `json:"inequalities"`
		Classes        map[string]int  `json:"classes,omitempty"`
		Certificates   []certificate   `json:"certificates"`
		Proofs         []proof         `json:"proofs"`
		Violation      string          `json:"violation,omitempty"`
		Undecided      string          `json:"undecided,omitempty"`
		Counterexample json.RawMessage `json:"counterexample,omitempty"`
		NearMisses     []miss          `json:"near_misses"`
	}
	out := struct {
		Format  string         `json:"format"`
		Version string         `json:"version"`
		Seed    uint64         `json:"seed"`
		Effort  int            `json:"effort"`
		Classes map[string]int `json:"classes,omitempty"`
		Entries []entry        `json:"entries"`
	}{"sounding/report/1", Version, r.Seed, r.Effort, named(r.Classes), []entry{}}
	for _, e := range r.Entries {
		v := entry{
			ID: e.Statement.ID, Title: e.Statement.Title, Section: e.Statement.Section,
			Verdict: string(e.Verdict), Falsified: e.Falsified(), Grade: e.Grade.Word(), Cases: make(map[string]int),
			Vacuous: e.VacuousCases, Empty: e.EmptyCases, UndecidedCases: e.UndecidedCases, Comparisons: e.Comparisons, Precisions: e.Precisions,
			Inequalities: []inequality{}, Classes: named(e.Classes), Certificates: []certificate{}, Proofs: []proof{}, NearMisses: []miss{},
			Undecided: e.Undecided,
		}
		for _, q := range e.Inequalities {
			i := inequality{q.Claim, q.Comparisons, q.Equal, nil}
			if !math.IsInf(q.Least, 1) {
				i.LeastSlack = &q.Least
			}
			v.Inequalities = append(v.Inequalities, i)
		}
		for g, n := range e.Cases {
			v.Cases[g.String()] = n
		}
		for _, c := range e.Certificates {
			least := slices.Min(c.Primes)
			v.Certificates = append(v.Certificates, certificate{
				shape{c.Shape.Vocabulary, c.Shape.Length},
				c.Degree, c.HeightLog2,
				least, c.Primes, c.Trials, math.Pow(float64(c.Degree)/float64(least), float64(c.Trials)),
			})
		}
		for _, q := range e.Proofs {
			groups := []group{}
			for _, g := range q.Groups {
				groups = append(groups, group(g))
			}
			v.Proofs = append(v.Proofs, proof{shape(q.Shape), q.Points, groups, q.MagnitudeLog2})
		}
		if e.Violation != nil {
			v.Violation = e.Violation.Error()
		}
		var err error
		if v.Counterexample, err = stored(e.Statement.ID, "", r.Seed, e.Counterexample); err != nil {
			return err
		}
		for _, m := range e.NearMisses {
			c, err := stored(e.Statement.ID, m.Falsehood.Name, r.Seed, m.Counterexample)
			if err != nil {
				return err
			}
			v.NearMisses = append(v.NearMisses, miss{m.Falsehood.Name, m.Falsehood.Drops, m.Refuted(), m.Cases, c})
		}
		out.Entries = append(out.Entries, v)
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

// named returns the counts of classes by their names.
func named(classes verify.Classes) map[string]int {
	if classes == nil {
		return nil
	}
	m := make(map[string]int)
	for _, c := range generators.Classes() {
		m[c.String()] = classes[c]
	}
	return m
}

// stored returns a counterexample in its file format, or nil.
func stored(id, miss string, seed uint64, c *verify.Counterexample) (json.RawMessage, error) {
	if c == nil {
		return nil, nil
	}
	s := verify.Stored{Statement: id, NearMiss: miss, Seed: seed, Counterexample: *c}
	var b bytes.Buffer
	err := s.Write(&b)
	return b.Bytes(), err
}
