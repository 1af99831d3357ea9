package main

import (
	"bytes"
	"testing"

	"sounding/gate"
	"sounding/gate/training"
)

// What is written of the protocol of training code is what the schemas say.
func TestTrainingSchemas(t *testing.T) {
	t.Parallel()
	for i := range 20 {
		q := training.Draw(training.Level(i%2), 1, i, training.Claim{Objective: training.ObjectiveDeep})
		line, err := gate.TrainingRequest(q, training.Quantities())
		if err != nil {
			t.Fatal(err)
		}
		if err := validate("gate-training-request", string(line)); err != nil {
			t.Error(err)
		}
		var b bytes.Buffer
		r := &gate.TrainingReport{Summary: gate.Summary{Seed: 1, Level: gate.Full}}
		f := &gate.TrainingFailure{
			Quantity: "kl", Shown: "t = 1: 0, exact 1", Drawn: i, Question: q, Together: [][]training.Mistake{training.Claim{}.Combinations()[0].Mistakes},
		}
		if err := r.Save(f).Write(&b); err != nil {
			t.Fatal(err)
		}
		if err := validate("gate-training-failure", b.String()); err != nil {
			t.Error(err)
		}
		b.Reset()
		r.Failures = []*gate.TrainingFailure{f}
		r.Wanted, r.Objective = 1, training.ObjectiveKL
		r.Quantities = []gate.TrainingQuantity{{Quantity: "kl", Tally: gate.Tally{Instances: 1}, Failure: f}}
		p := &gateReport{training: []*gate.TrainingReport{r}, relations: []gate.RelationReport{{Relation: training.Relations()[0]}}}
		if err := p.writeJSON(&b); err != nil {
			t.Fatal(err)
		}
		if err := validate("gate-report", b.String()); err != nil {
			t.Error(err)
		}
	}
	reply := `{"id": 1, "kl": [0, "0.5"], "kl_sum": 0.5, "jsd": [[0, 0]], "kl_gradient": [[[0, 0]]], "fisher": [[[[0, 0], [0, 0]]]]}`
	if err := validate("gate-training-reply", reply); err != nil {
		t.Error(err)
	}
	for _, wrong := range []string{`{"kl": [0]}`, `{"id": 1, "KL": [0]}`, `{"id": 1, "kl": 0}`, `{"id": 1, "kl_gradient": [[0]]}`} {
		if validate("gate-training-reply", wrong) == nil {
			t.Errorf("%s fits", wrong)
		}
	}
}
