package model_test

import (
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"sounding/model"
)

// TestQuantities: the quantities of a position are all of its fields, under their
// names in JSON and in the same order, and MapProfile takes each to its place.
func TestQuantities(t *testing.T) {
	t.Parallel()
	p := &model.Profile[float64, float64]{Positions: make([]model.Position[float64, float64], 1)}
	for i, q := range model.Quantities(&p.Positions[0]) {
		*q.Value = float64(i + 1)
	}
	text, err := json.Marshal(p.Positions[0])
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"information":1,"gradient_norm_squared":2,"fisher_trace":3,"recovery_probability":4,` +
		`"recovery_information":5,"gibbs_recovery":6,"gibbs_kl":7,"equilibrium_kl":8}`
	if string(text) != want {
		t.Errorf("the quantities in order are\n%s, want\n%s", text, want)
	}
	p.ExpectedHarm, p.Variance, p.Horizon = 9, 10, 1
	m := model.MapProfile(p, func(v float64) int { return int(v) }, func(v float64) string { return strings.Repeat("x", int(v)) })
	for i, q := range model.Quantities(&p.Positions[0]) {
		if q.Real != (i >= 5) {
			t.Errorf("%s: real %v", q.Name, q.Real)
		}
	}
	got, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	const mapped = `{"expected_harm":9,"variance":10,"horizon":1,"positions":[{"information":1,"gradient_norm_squared":2,` +
		`"fisher_trace":3,"recovery_probability":4,"recovery_information":5,"gibbs_recovery":"xxxxxx","gibbs_kl":"xxxxxxx",` +
		`"equilibrium_kl":"xxxxxxxx"}]}`
	if string(got) != mapped {
		t.Errorf("mapped to\n%s, want\n%s", got, mapped)
	}
}
