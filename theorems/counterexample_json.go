package theorems

import (
	"fmt"
	"io"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"sounding/model"
)

// CounterexampleFormat names the file format of a counterexample.
const CounterexampleFormat = "sounding/counterexample/1"

// counterexampleFile is the file form. Instance reads and writes itself.
type counterexampleFile struct {
	Format           string                `json:"format"`
	Statement        string                `json:"statement"`
	NearMiss         string                `json:"near_miss,omitzero"`
	Seed             uint64                `json:"seed"`
	Instance         *model.Instance       `json:"instance"`
	Parameterisation *parameterisationFile `json:"parameterisation,omitzero"`
	Position         int                   `json:"position"`
	State            int                   `json:"state"`
	Left             string                `json:"left"`
	Right            string                `json:"right"`
	Explanation      string                `json:"explanation"`
	Smallest         bool                  `json:"smallest"`
}

// parameterisationFile holds one integer feature vector per (layer, state,
// token), the tokens being those that the row of the state lists.
type parameterisationFile struct {
	Kind       model.Kind    `json:"kind"`
	Parameters int           `json:"parameters,omitzero"`
	Features   [][][][]int64 `json:"features,omitzero"`
}

// Stored is a counterexample as it is kept in a file: with what it is to.
type Stored struct {
	Statement string
	NearMiss  string // the name of a near-miss; empty for the statement or its wording
	Seed      uint64
	Counterexample
}

// Write writes the counterexample in the format CounterexampleFormat.
func (s *Stored) Write(w io.Writer) error {
	v := s.Violation
	file := counterexampleFile{
		Format: CounterexampleFormat, Statement: s.Statement, NearMiss: s.NearMiss, Seed: s.Seed,
		Instance: s.Case.Instance, Parameterisation: newParameterisationFile(s.Case),
		Position: v.Position, State: v.State, Left: v.Left, Right: v.Right,
		Explanation: v.Error(), Smallest: s.Smallest,
	}
	return json.MarshalWrite(w, &file, jsontext.WithIndent("  "))
}

func newParameterisationFile(c *model.Case) *parameterisationFile {
	q := &c.Parameterisation
	if q.Tabular() {
		return nil
	}
	f := &parameterisationFile{Kind: q.Kind, Parameters: q.Parameters}
	for t := 1; t <= c.Length(); t++ {
		var states [][][]int64
		for x := range c.States(t - 1) {
			var row [][]int64
			for e, hi := c.Layer(t).Row(x); e < hi; e++ {
				row = append(row, q.Features[t-1][e*q.Parameters:(e+1)*q.Parameters])
			}
			states = append(states, row)
		}
		f.Features = append(f.Features, states)
	}
	return f
}

// parameterisation checks the features against the process and flattens them.
func (f *parameterisationFile) parameterisation(p *model.Process) (model.Parameterisation, error) {
	q := model.Parameterisation{Kind: f.Kind, Parameters: f.Parameters}
	if q.Tabular() {
		return q, nil
	}
	if len(f.Features) != p.Length() {
		return q, fmt.Errorf("/parameterisation/features: %d layers, accepted are %d", len(f.Features), p.Length())
	}
	for i, states := range f.Features {
		l := p.Layer(i + 1)
		if len(states) != l.States() {
			return q, fmt.Errorf("/parameterisation/features/%d: %d states, accepted are %d", i, len(states), l.States())
		}
		var flat []int64
		for x, row := range states {
			if lo, hi := l.Row(x); len(row) != hi-lo {
				return q, fmt.Errorf("/parameterisation/features/%d/%d: %d tokens, accepted are the %d of the row", i, x, len(row), hi-lo)
			}
			for a, features := range row {
				if len(features) != f.Parameters {
					return q, fmt.Errorf("/parameterisation/features/%d/%d/%d: %d features, accepted are %d", i, x, a, len(features), f.Parameters)
				}
				flat = append(flat, features...)
			}
		}
		q.Features = append(q.Features, flat)
	}
	return q, q.Validate(p)
}

// ReadStored reads a counterexample file of at most model.MaxFileSize bytes. Its
// error names the place and what is accepted there.
func ReadStored(r io.Reader) (*Stored, error) {
	var file counterexampleFile
	limited := io.LimitReader(r, model.MaxFileSize)
	if err := json.UnmarshalRead(limited, &file, json.RejectUnknownMembers(true)); err != nil {
		return nil, fmt.Errorf("counterexample: %w", err)
	}
	switch {
	case file.Format != CounterexampleFormat:
		return nil, fmt.Errorf("counterexample: /format: %q, accepted is %q", file.Format, CounterexampleFormat)
	case file.Instance == nil:
		return nil, fmt.Errorf("counterexample: /instance is missing")
	}
	c := &model.Case{Instance: file.Instance}
	if file.Parameterisation != nil {
		var err error
		if c.Parameterisation, err = file.Parameterisation.parameterisation(c.Process); err != nil {
			return nil, fmt.Errorf("counterexample: %w", err)
		}
	}
	return &Stored{
		Statement: file.Statement, NearMiss: file.NearMiss, Seed: file.Seed,
		Counterexample: Counterexample{
			Case: c, Smallest: file.Smallest,
			Violation: &Violation{
				Statement: file.Statement, Place: Place{file.Position, file.State},
				Claim: file.Explanation, Left: file.Left, Right: file.Right,
			},
		},
	}, nil
}

// Replay checks the stored case again, from the file alone: the wording of a
// refuted statement, the near-miss that is named, or else the statement itself.
// It returns the violation found now, or nil where there is none any more.
func (s *Stored) Replay() (*Violation, error) {
	st, ok := Find(s.Statement)
	if !ok {
		return nil, fmt.Errorf("counterexample: /statement: %q is not a statement; see the list", s.Statement)
	}
	if _, err := definitionFits(s.Case); err != nil {
		return nil, fmt.Errorf("counterexample: /instance: %w", err)
	}
	checks := st.Checks
	switch {
	case s.NearMiss != "":
		checks = nil
		for _, m := range st.NearMisses {
			if m.Name == s.NearMiss {
				checks = []Check{m.Check}
			}
		}
		if checks == nil {
			return nil, fmt.Errorf("counterexample: /near_miss: %s has no near-miss %q", s.Statement, s.NearMiss)
		}
	case st.Claim != nil:
		checks = []Check{st.Claim.Check}
	}
	for _, check := range checks {
		out := judge(s.Statement, check, s.Case, nil)
		if out.violation != nil {
			return out.violation, nil
		}
		if out.undecided != "" {
			return nil, fmt.Errorf("undecided at %d bits: %s", precisions[len(precisions)-1], out.undecided)
		}
	}
	return nil, nil
}
