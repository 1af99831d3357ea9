package study

import (
	_ "embed"
	"encoding/json"
	"fmt"
)

// Power is the study of falsehoods: how many random instances it takes to refute each,
// and whether the counterexample depends on where one starts.
type Power struct {
	Sources    Sources     `json:"sources"`
	Falsehoods []Falsehood `json:"falsehoods"`
}

// Falsehood is a near-miss of a statement, or the wording of a refuted one.
type Falsehood struct {
	Statement string `json:"statement"`
	Name      string `json:"name,omitempty"` // of the near-miss; empty for the wording
	Kind      string `json:"kind"`           // identity, asymptotic or other

	// When is what an instance has to have for the falsehood to show on it, and Met
	// the share of the instances that have it; instances without it are not counted.
	When string  `json:"when,omitempty"`
	Met  float64 `json:"met,omitempty"`

	Exact   Trials  `json:"exact"`             // on instances in ℚ, or enclosed
	Modular *Trials `json:"modular,omitempty"` // at points of a prime field

	// Starts is the number of seeds from whose first refuting instance the smallest
	// counterexample was looked for, and Ends that of different results.
	Starts int `json:"starts"`
	Ends   int `json:"ends"`
}

// Trials are the instances that it takes until the first that refutes.
type Trials struct {
	Seeds  int     `json:"seeds"`
	Mean   float64 `json:"mean"`
	Max    int     `json:"max"`
	Missed int     `json:"missed,omitempty"` // seeds that found none
}

//go:embed power.json
var power []byte

// ReadPower returns the study.
func ReadPower() (*Power, error) {
	p := new(Power)
	if err := json.Unmarshal(power, p); err != nil {
		return nil, fmt.Errorf("power.json: %w", err)
	}
	return p, nil
}
