package verify

import (
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"sounding/internal/strict"
	"sounding/model"
)

// CounterexampleFormat names the file format of a counterexample.
const CounterexampleFormat = "sounding/counterexample/1"

// counterexampleFile is the file form. Instance reads and writes itself.
type counterexampleFile struct {
	Format           formatFile            `json:"format" want:"\"sounding/counterexample/1\""`
	Statement        string                `json:"statement"`
	NearMiss         string                `json:"near_miss,omitzero"`
	Repair           bool                  `json:"repair,omitzero"`
	Seed             uint64                `json:"seed"`
	Instance         *model.Instance       `json:"instance" want:"an instance"`
	Parameterisation *parameterisationFile `json:"parameterisation,omitzero"`
	Policy           *policyFile           `json:"policy,omitzero"`
	Candidates       []*policyFile         `json:"candidates,omitzero"`
	Harm2            *harmFile             `json:"harm2,omitzero"`
	Scalars          map[string]string     `json:"scalars,omitzero"`
	Covariance       [][]string            `json:"covariance,omitzero"`
	Position         int                   `json:"position"`
	State            int                   `json:"state"`
	Detail           string                `json:"detail,omitzero"`
	Claim            string                `json:"claim,omitzero"`
	Relation         string                `json:"relation,omitzero"`
	Left             Side                  `json:"left" want:"a number as a string, or bounds on it: an object with the keys lo, hi"`
	Right            Side                  `json:"right" want:"a number as a string, or bounds on it: an object with the keys lo, hi"`
	Explanation      string                `json:"explanation"`
	Smallest         bool                  `json:"smallest"`
}

// formatFile is the name of the format.
type formatFile string

// UnmarshalJSONFrom rejects another format, before the keys that this one lacks.
func (f *formatFile) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	*f = CounterexampleFormat
	_, err := strict.Constant(d, CounterexampleFormat)
	return err
}

// parameterisationFile holds one integer feature vector per (layer, state, token), for the
// tokens that the row of the state lists.
type parameterisationFile struct {
	Kind       model.Kind    `json:"kind"`
	Parameters int           `json:"parameters,omitzero"`
	Features   [][][][]int64 `json:"features,omitzero"`
	// Logits holds the coefficients of a polynomial per (layer, state, token).
	Logits [][][][]string `json:"logits,omitzero"`
}

// Stored is a counterexample as a file keeps it: with what it falsifies.
type Stored struct {
	Statement string
	NearMiss  string // the name of a near-miss; "" for the statement or its wording
	Repair    bool   // of a refuted statement: whether it falsifies the repair, not the wording
	Seed      uint64
	Counterexample
}

// Write writes the counterexample in the format CounterexampleFormat.
func (s *Stored) Write(w io.Writer) error {
	return json.MarshalWrite(w, s, jsontext.WithIndent("  "), json.Deterministic(true))
}

// MarshalJSONTo writes the counterexample in the format CounterexampleFormat.
func (s *Stored) MarshalJSONTo(e *jsontext.Encoder) error {
	v := s.Violation
	file := counterexampleFile{
		Format: CounterexampleFormat, Statement: s.Statement, NearMiss: s.NearMiss, Repair: s.Repair, Seed: s.Seed,
		Instance: s.Case.Instance, Parameterisation: newParameterisationFile(s.Case),
		Policy: newPolicyFile(s.Case.Process, s.Case.Policy), Harm2: newHarmFile(s.Case.Harm2),
		Position: v.Position, State: v.State, Detail: v.Detail, Left: v.Left, Right: v.Right,
		Explanation: v.Error(), Smallest: s.Smallest,
	}
	if v.Relation != "" {
		file.Claim, file.Relation = v.Claim, v.Relation
	}
	for _, p := range s.Case.Candidates {
		file.Candidates = append(file.Candidates, newPolicyFile(s.Case.Process, p))
	}
	for name, q := range s.Case.Scalars {
		if file.Scalars == nil {
			file.Scalars = make(map[string]string)
		}
		file.Scalars[name] = q.RatString()
	}
	for _, row := range s.Case.Covariance {
		file.Covariance = append(file.Covariance, ratStrings(row))
	}
	return json.MarshalEncode(e, &file)
}

func newParameterisationFile(c *model.Case) *parameterisationFile {
	q := &c.Parameterisation
	if q.Tabular() {
		return nil
	}
	f := &parameterisationFile{Kind: q.Kind, Parameters: q.Parameters}
	for t := 1; t <= c.Length() && q.Kind == model.Polynomial; t++ {
		var states [][][]string
		for x := range c.States(t - 1) {
			var row [][]string
			for e, hi := c.Layer(t).Row(x); e < hi; e++ {
				row = append(row, ratStrings(q.Logits[t-1][e]))
			}
			states = append(states, row)
		}
		f.Logits = append(f.Logits, states)
	}
	for t := 1; t <= c.Length() && q.Kind != model.Polynomial; t++ {
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
func (f *parameterisationFile) parameterisation(p *model.Process) (q model.Parameterisation, err error) {
	q = model.Parameterisation{Kind: f.Kind, Parameters: f.Parameters}
	switch {
	case q.Tabular():
		return q, nil
	case q.Kind == model.Polynomial:
		if q.Logits, err = perLayer(p, "/parameterisation/logits", f.Logits, func(place string, coefficients []string) ([][]*big.Rat, error) {
			row, err := rats(place, coefficients)
			return [][]*big.Rat{row}, err
		}); err != nil {
			return q, err
		}
	default:
		if q.Features, err = perLayer(p, "/parameterisation/features", f.Features, func(place string, features []int64) ([]int64, error) {
			if len(features) != f.Parameters {
				return nil, strict.Errorf(place, "length %d: want %d, the number of parameters", len(features), f.Parameters)
			}
			return features, nil
		}); err != nil {
			return q, err
		}
	}
	return q, q.Validate(p)
}

// perLayer flattens what a file gives per (layer, state, token) to a list per layer and
// edge.
func perLayer[A, B any](p *model.Process, place string, layers [][][]A, each func(place string, a A) ([]B, error)) ([][]B, error) {
	if len(layers) != p.Length() {
		return nil, strict.Errorf(place, "length %d: want %d, one per position", len(layers), p.Length())
	}
	flat := make([][]B, len(layers))
	for i, states := range layers {
		l := p.Layer(i + 1)
		if len(states) != l.States() {
			return nil, strict.Errorf(fmt.Sprintf("%s/%d", place, i), "length %d: want %d, one per state", len(states), l.States())
		}
		for x, row := range states {
			if lo, hi := l.Row(x); len(row) != hi-lo {
				return nil, strict.Errorf(fmt.Sprintf("%s/%d/%d", place, i, x), "length %d: want %d, one per token of the row", len(row), hi-lo)
			}
			for a, v := range row {
				b, err := each(fmt.Sprintf("%s/%d/%d/%d", place, i, x, a), v)
				if err != nil {
					return nil, err
				}
				flat[i] = append(flat[i], b...)
			}
		}
	}
	return flat, nil
}

// policyFile holds the weights of a second policy, in rows like those of the instance.
type policyFile struct {
	Layers []struct {
		Weights [][]jsontext.Value `json:"weights"`
	} `json:"layers"`
}

func newPolicyFile(p *model.Process, policy []model.Naturals) *policyFile {
	if policy == nil {
		return nil
	}
	f := new(policyFile)
	for i := range policy {
		var layer struct {
			Weights [][]jsontext.Value `json:"weights"`
		}
		l := p.Layer(i + 1)
		for x := range l.States() {
			var row []jsontext.Value
			for e, hi := l.Row(x); e < hi; e++ {
				row = append(row, jsontext.Value(policy[i].At(e).String()))
			}
			layer.Weights = append(layer.Weights, row)
		}
		f.Layers = append(f.Layers, layer)
	}
	return f
}

func (f *policyFile) policy(p *model.Process, place string) ([]model.Naturals, error) {
	var layers [][][]jsontext.Value
	for _, l := range f.Layers {
		layers = append(layers, l.Weights)
	}
	numbers, err := perLayer(p, place+"/layers", layers, func(place string, v jsontext.Value) ([]*big.Int, error) {
		n, err := natural(place, v)
		return []*big.Int{n}, err
	})
	if err != nil {
		return nil, err
	}
	policy := make([]model.Naturals, len(numbers))
	for i, layer := range numbers {
		for _, n := range layer {
			policy[i].Append(n)
		}
	}
	return policy, nil
}

// natural reads a non-negative integer of at most model.MaxDigits digits.
func natural(place string, v jsontext.Value) (*big.Int, error) {
	n, ok := new(big.Int), len(v) <= model.MaxDigits
	if ok {
		n, ok = n.SetString(string(v), 10)
	}
	if !ok || n.Sign() < 0 {
		return nil, strict.Errorf(place, "%s: want a non-negative integer of at most %d digits", strict.Describe(v), model.MaxDigits)
	}
	return n, nil
}

// harmFile is a second harm function.
type harmFile struct {
	Denominator jsontext.Value   `json:"denominator" want:"a positive integer"`
	Values      []jsontext.Value `json:"values"`
}

func newHarmFile(h *model.Harm) *harmFile {
	if h == nil {
		return nil
	}
	f := &harmFile{Denominator: jsontext.Value(h.Denominator.String())}
	for i := range h.Values.Len() {
		f.Values = append(f.Values, jsontext.Value(h.Values.At(i).String()))
	}
	return f
}

func (f *harmFile) harm() (*model.Harm, error) {
	h := new(model.Harm)
	var err error
	if h.Denominator, err = natural("/harm2/denominator", f.Denominator); err != nil {
		return nil, err
	}
	for i, v := range f.Values {
		n, err := natural(fmt.Sprintf("/harm2/values/%d", i), v)
		if err != nil {
			return nil, err
		}
		h.Values.Append(n)
	}
	return h, nil
}

func ratStrings(list []*big.Rat) []string {
	s := make([]string, len(list))
	for i, q := range list {
		s[i] = q.RatString()
	}
	return s
}

// rats reads exact rationals, negative ones too.
func rats(place string, list []string) ([]*big.Rat, error) {
	r := make([]*big.Rat, len(list))
	for i, s := range list {
		q, err := model.ParseRational(s)
		if err != nil {
			return nil, strict.Within(fmt.Sprintf("%s/%d", place, i), err)
		}
		r[i] = q
	}
	return r, nil
}

// fill sets what the case has beyond its instance.
func (f *counterexampleFile) fill(c *model.Case) (err error) {
	if f.Parameterisation != nil {
		if c.Parameterisation, err = f.Parameterisation.parameterisation(c.Process); err != nil {
			return err
		}
	}
	if f.Policy != nil {
		if c.Policy, err = f.Policy.policy(c.Process, "/policy"); err != nil {
			return err
		}
	}
	for i, p := range f.Candidates {
		policy, err := p.policy(c.Process, fmt.Sprintf("/candidates/%d", i))
		if err != nil {
			return err
		}
		c.Candidates = append(c.Candidates, policy)
	}
	if f.Harm2 != nil {
		if c.Harm2, err = f.Harm2.harm(); err != nil {
			return err
		}
	}
	for name, s := range f.Scalars {
		q, err := model.ParseRational(s)
		if err != nil {
			return strict.Within("/scalars/"+name, err)
		}
		if c.Scalars == nil {
			c.Scalars = make(map[string]*big.Rat)
		}
		c.Scalars[name] = q
	}
	for i, row := range f.Covariance {
		r, err := rats(fmt.Sprintf("/covariance/%d", i), row)
		if err != nil {
			return err
		}
		c.Covariance = append(c.Covariance, r)
	}
	return c.Validate()
}

// ReadStored reads a counterexample file of at most model.MaxFileSize bytes. Its error
// names the place, and what is wanted there.
func ReadStored(r io.Reader) (*Stored, error) {
	var file counterexampleFile
	if err := strict.Read(r, model.MaxFileSize, &file); err != nil {
		return nil, fmt.Errorf("counterexample: %w", err)
	}
	if r := file.Relation; r != "" && !slices.Contains(relations, r) {
		return nil, fmt.Errorf("counterexample: %w", strict.Errorf("/relation", "%q: want one of %s", r, strings.Join(relations, " ")))
	}
	c := &model.Case{Instance: file.Instance}
	if err := file.fill(c); err != nil {
		return nil, fmt.Errorf("counterexample: %w", err)
	}
	return &Stored{
		Statement: file.Statement, NearMiss: file.NearMiss, Repair: file.Repair, Seed: file.Seed,
		Counterexample: Counterexample{
			Case: c, Smallest: file.Smallest,
			Violation: file.violation(),
		},
	}, nil
}

// violation returns the violation that a file describes. Older files have no claim; their
// explanation takes its place.
func (f *counterexampleFile) violation() *Violation {
	v := &Violation{
		Statement: f.Statement, Place: Place{Position: f.Position, State: f.State, Detail: f.Detail},
		Claim: f.Claim, Relation: f.Relation, Left: f.Left, Right: f.Right,
	}
	if f.Claim == "" || f.Relation == "" {
		v.Claim, v.Relation = f.Explanation, ""
	}
	if v.Relation == "⇔" || v.Relation == "⇒" {
		v.Left, v.Right = v.Left.truth(), v.Right.truth()
	}
	return v
}

// Replay checks the stored case again, from the file alone: the wording of the refuted
// statement st or its repair, the named near-miss, or else the statement itself. It
// returns the violation found now, or nil if there is none any more.
func (s *Stored) Replay(st *Statement) (*Violation, error) {
	if _, err := definitionFits(s.Case); err != nil {
		return nil, fmt.Errorf("counterexample: /instance: %w", err)
	}
	checks, source := st.Checks(), st.Cases()
	switch {
	case s.NearMiss != "":
		checks = nil
		for _, m := range st.NearMisses {
			if m.Name == s.NearMiss {
				checks, source = []Check{m.Check}, st.CasesOf(&m)
			}
		}
		if checks == nil {
			return nil, fmt.Errorf("counterexample: /near_miss: %s has no near-miss %q", s.Statement, s.NearMiss)
		}
	case st.Refuted != nil && !s.Repair:
		checks, source = []Check{st.Refuted.Check}, st.CasesOf(st.Refuted)
	}
	missing := source.lacks(s.Case)
	if len(missing) > 0 && s.NearMiss == "" && (st.Refuted == nil || s.Repair) {
		// A solver's mistake, stored with the statement that it breaks. The statement
		// itself is about more than the file holds, and is not falsified.
		return nil, nil
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("counterexample: /%s: missing: want what %s is about", missing[0], s.Statement)
	}
	for _, check := range checks {
		r := guarded(s.Statement, func() Result { return (&limits{memory: memoryForFiles}).judge(s.Statement, check, s.Case, nil) })
		if r.Violation != nil {
			return r.Violation, nil
		}
		if err := r.Err(); err != nil {
			return nil, err
		}
	}
	return nil, nil
}
