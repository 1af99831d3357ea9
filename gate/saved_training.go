package gate

import (
	"fmt"
	"io"
	"math/big"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"sounding/gate/training"
	"sounding/internal/strict"
	"sounding/model"
)

// TrainingFailureFormat names the file format of a failure of a [Trainee].
const TrainingFailureFormat = "sounding/gate-failure/2"

// SavedTraining is a failure of a trainee as a file keeps it.
type SavedTraining struct {
	Failure  string            // what is wrong, as a sentence
	Quantity training.Quantity // "" where there is no usable answer
	Mistakes []string          // the known mistakes that explain it
	Together [][]string        // sets of them that do so together, where no single one does
	Free     []string          // the parts of the question that do not matter
	Level    Level
	Seed     uint64
	Drawn    int // the random question of the seed, counted from 1
	Smallest bool
	Question *training.Question
	Want     []training.Quantity
}

// Save returns a failure in the form of a file.
func (r *TrainingReport) Save(f *TrainingFailure) *SavedTraining {
	s := &SavedTraining{
		Failure: f.Error(), Quantity: f.Quantity, Free: f.Free, Level: r.Level, Seed: r.Seed, Drawn: f.Drawn + 1,
		Smallest: f.Smallest, Question: f.Question, Want: []training.Quantity{f.Quantity},
	}
	for _, m := range f.Mistakes {
		s.Mistakes = append(s.Mistakes, m.Name)
	}
	for _, set := range f.Together {
		var names []string
		for _, m := range set {
			names = append(names, m.Name)
		}
		s.Together = append(s.Together, names)
	}
	if f.Unusable != nil {
		s.Want = nil
		for _, q := range r.Quantities {
			if q.Quantity.Asked(f.Question) {
				s.Want = append(s.Want, q.Quantity)
			}
		}
	}
	return s
}

type savedTrainingFile struct {
	Format   trainingFailureFormat `json:"format"`
	Failure  string                `json:"failure"`
	Quantity training.Quantity     `json:"quantity,omitzero"`
	Mistakes []string              `json:"mistakes,omitzero"`
	Together [][]string            `json:"together,omitzero"`
	Free     []string              `json:"free,omitzero"`
	Level    Level                 `json:"level,omitzero"`
	Seed     uint64                `json:"seed,omitzero"`
	Drawn    int                   `json:"drawn,omitzero"`
	Smallest bool                  `json:"smallest,omitzero"`
	Request  *question             `json:"request"`
}

// trainingFailureFormat is the name of the format.
type trainingFailureFormat string

// UnmarshalJSONFrom refuses any other format.
func (f *trainingFailureFormat) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	*f = TrainingFailureFormat
	_, err := strict.Constant(d, TrainingFailureFormat)
	return err
}

// MarshalJSONTo writes the failure in the format TrainingFailureFormat.
func (s *SavedTraining) MarshalJSONTo(e *jsontext.Encoder) error {
	return json.MarshalEncode(e, &savedTrainingFile{
		TrainingFailureFormat, s.Failure, s.Quantity, s.Mistakes, s.Together, s.Free, s.Level, s.Seed, s.Drawn, s.Smallest,
		newQuestion(1, s.Question, s.Want),
	})
}

// Write writes the failure in the format TrainingFailureFormat.
func (s *SavedTraining) Write(w io.Writer) error {
	return json.MarshalWrite(w, s, jsontext.WithIndent("  "))
}

// ReadSavedTraining reads a failure in the format TrainingFailureFormat.
func ReadSavedTraining(r io.Reader) (*SavedTraining, error) {
	var f savedTrainingFile
	err := strict.Read(r, model.MaxFileSize, &f)
	var q *training.Question
	if err == nil {
		q, err = f.Request.question()
		err = strict.Within("/request", err)
	}
	if err != nil {
		return nil, fmt.Errorf("failure of a solver: %w", err)
	}
	return &SavedTraining{f.Failure, f.Quantity, f.Mistakes, f.Together, f.Free, f.Level, f.Seed, f.Drawn, f.Smallest, q, f.Request.Want}, nil
}

// UnmarshalJSONFrom reads a string with a rational.
func (r *rational) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	raw, err := d.ReadValue()
	if err != nil {
		return err
	}
	text, err := jsontext.AppendUnquote(nil, raw)
	if err == nil {
		r.Rat, err = model.ParseRational(string(text))
	}
	if err != nil {
		return strict.Errorf(string(d.StackPointer()), "%s: want a string with a rational, such as \"1/2\"", strict.Describe(raw))
	}
	return nil
}

func plainRationals(list []rational) []*big.Rat {
	plain := make([]*big.Rat, len(list))
	for i, r := range list {
		plain[i] = r.Rat
	}
	return plain
}

// question returns the question of a request, which is checked.
func (f *question) question() (*training.Question, error) {
	q := &training.Question{
		Instance: f.Instance, JSDWeights: plainRationals(f.JSDWeights), Sequences: f.Sequences,
		Claim: training.Claim{Objective: f.Objective, TokenLevel: f.Claim == "token-level"},
	}
	for _, p := range f.Pairs {
		q.Pairs = append(q.Pairs, training.Pair{
			Loss: p.Loss, Mean: p.LogProbability == "mean", Beta: p.Beta.Rat, Margin: p.Margin.Rat, Chosen: p.Chosen, Rejected: p.Rejected,
		})
	}
	for _, τ := range f.Trajectories {
		mask := make([]bool, len(τ.Mask))
		for k, counts := range τ.Mask {
			mask[k] = counts != 0
		}
		q.Trajectories = append(q.Trajectories, training.Trajectory{
			Rewards: plainRationals(τ.Rewards), Values: plainRationals(τ.Values), Mask: mask, Discount: τ.Discount.Rat, Lambda: τ.Lambda.Rat,
		})
	}
	for _, g := range f.Groups {
		q.Groups = append(q.Groups, training.Group{Method: g.Method, Rewards: plainRationals(g.Rewards), DDoF: g.DDoF, Epsilon: g.Epsilon.Rat})
	}
	for _, b := range f.Batches {
		q.Batches = append(q.Batches, training.Batch{
			Sequences: b.Sequences, Rewards: plainRationals(b.Rewards), PadTo: b.PadTo, MicroBatches: b.MicroBatches,
		})
	}
	if f.Instance == nil {
		return nil, strict.Errorf("/instance", "missing: want an instance")
	}
	return q, q.Validate()
}
