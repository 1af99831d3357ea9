package gate

import (
	"fmt"
	"io"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"sounding/internal/strict"
	"sounding/model"
)

// FailureFormat names the file format of a failure.
const FailureFormat = "sounding/gate-failure/1"

// Saved is a failure as a file keeps it: the request, what is wrong with the reply,
// and where it was found.
type Saved struct {
	Failure   string   // what is wrong, as a sentence
	Quantity  Quantity // "" where there is no usable answer
	Position  int      // 0 for a quantity of the whole
	Claimed   string   // the number that the solver gave; "" where it gave none
	Exact     string   // what it should be
	Tolerance string   // error that was allowed; "" for none
	Statement string   // that fails with the number
	Level     Level
	Seed      uint64
	Drawn     int // the random instance of the seed, counted from 1
	Smallest  bool
	Transient bool
	Mistakes  []string // the known mistakes that explain it
	Free      []string // the parts of the instance that do not matter
	Instance  *model.Instance
	Want      []Quantity
}

// Save returns a failure in the form of a file. The request asks for the quantity that
// fails, or where there is no usable answer for all that the check compared.
func (r *Report) Save(f *Failure) *Saved {
	s := &Saved{
		Failure: f.Error(), Quantity: f.Quantity(), Position: f.position, Claimed: f.claimed, Exact: f.exact,
		Level: r.Level, Seed: r.Seed, Drawn: f.Drawn + 1,
		Smallest: f.Counterexample.Smallest, Transient: f.Transient, Free: f.Free, Instance: f.Counterexample.Case.Instance,
	}
	if f.tolerance != nil {
		s.Tolerance = decimal(f.tolerance, 2)
	}
	for _, m := range f.Mistakes {
		s.Mistakes = append(s.Mistakes, m.Name)
	}
	if f.quantity != nil {
		s.Statement, s.Want = f.law.id, []Quantity{f.quantity.name}
		return s
	}
	for _, q := range r.Quantities {
		s.Want = append(s.Want, q.Quantity)
	}
	return s
}

// savedFile is the file form of a Saved.
type savedFile struct {
	Format    savedFormat `json:"format"`
	Failure   string      `json:"failure"`
	Quantity  Quantity    `json:"quantity,omitzero"`
	Position  int         `json:"position,omitzero"`
	Claimed   string      `json:"claimed,omitzero"`
	Exact     string      `json:"exact,omitzero"`
	Tolerance string      `json:"tolerance,omitzero"`
	Statement string      `json:"statement,omitzero"`
	Level     Level       `json:"level,omitzero"`
	Seed      uint64      `json:"seed,omitzero"`
	Drawn     int         `json:"drawn,omitzero"`
	Smallest  bool        `json:"smallest,omitzero"`
	Transient bool        `json:"transient,omitzero"`
	Mistakes  []string    `json:"mistakes,omitzero"`
	Free      []string    `json:"free,omitzero"`
	Request   *request    `json:"request"`
}

// savedFormat is the name of the format.
type savedFormat string

// UnmarshalJSONFrom refuses any other format.
func (f *savedFormat) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	*f = FailureFormat
	_, err := strict.Constant(d, FailureFormat)
	return err
}

// Write writes the failure in the format FailureFormat.
func (s *Saved) Write(w io.Writer) error {
	return json.MarshalWrite(w, s, jsontext.WithIndent("  "))
}

// MarshalJSONTo writes the failure in the format FailureFormat.
func (s *Saved) MarshalJSONTo(e *jsontext.Encoder) error {
	return json.MarshalEncode(e, &savedFile{
		Format: FailureFormat, Failure: s.Failure, Quantity: s.Quantity, Position: s.Position, Claimed: s.Claimed,
		Exact: s.Exact, Tolerance: s.Tolerance, Statement: s.Statement, Level: s.Level, Seed: s.Seed, Drawn: s.Drawn,
		Smallest: s.Smallest, Transient: s.Transient, Mistakes: s.Mistakes, Free: s.Free, Request: &request{ID: 1, Instance: s.Instance, Want: s.Want},
	})
}

// ReadSaved reads a failure in the format FailureFormat.
func ReadSaved(r io.Reader) (*Saved, error) {
	var f savedFile
	if err := strict.Read(r, model.MaxFileSize, &f); err != nil {
		return nil, fmt.Errorf("failure of a solver: %w", err)
	}
	return &Saved{
		f.Failure, f.Quantity, f.Position, f.Claimed, f.Exact, f.Tolerance, f.Statement, f.Level, f.Seed, f.Drawn,
		f.Smallest, f.Transient, f.Mistakes, f.Free, f.Request.Instance, f.Request.Want,
	}, nil
}

// Line returns the request of the failure, as the solver read it but for its id.
func (s *Saved) Line() ([]byte, error) {
	return json.Marshal(request{ID: 1, Instance: s.Instance, Want: s.Want})
}
