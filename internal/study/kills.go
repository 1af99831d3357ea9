package study

import (
	_ "embed"
	"encoding/json"
	"fmt"
)

// Kills is the study of mutants: small faults in the suite's own code, and what
// notices them.
type Kills struct {
	Sources Sources  `json:"sources"` // that mutants were made of
	Sites   int      `json:"sites"`   // mutants that could be made
	Mutants []Mutant `json:"mutants"` // those that were, and compile
}

// Mutant is one small fault.
type Mutant struct {
	ID         string   `json:"id"` // file, function, operator and number
	Folder     string   `json:"folder"`
	Operator   string   `json:"operator"`
	Original   string   `json:"original"`
	Mutated    string   `json:"mutated"`              // empty where a statement is left out
	Sign       string   `json:"sign,omitempty"`       // how it shows, in the words of package mutation; empty where it survives
	Statements []string `json:"statements,omitempty"` // that show it
	Test       string   `json:"test,omitempty"`       // where no statement does: the package whose tests fail

	// Equivalent says why the fault changes nothing that the code promises, where
	// it survives for that reason.
	Equivalent string `json:"-"`
}

// Survives reports whether nothing notices the mutant, though it changes something.
func (m *Mutant) Survives() bool { return m.Sign == "" && m.Equivalent == "" }

//go:embed kills.json
var kills []byte

//go:embed equivalents.json
var equivalents []byte

// ReadKills returns the study, and the reasons why mutants are equivalent by their
// ids. The reasons are kept by hand.
func ReadKills() (*Kills, error) {
	k := new(Kills)
	if err := json.Unmarshal(kills, k); err != nil {
		return nil, fmt.Errorf("kills.json: %w", err)
	}
	reasons := make(map[string]string)
	if err := json.Unmarshal(equivalents, &reasons); err != nil {
		return nil, fmt.Errorf("equivalents.json: %w", err)
	}
	for i := range k.Mutants {
		if m := &k.Mutants[i]; m.Sign == "" {
			m.Equivalent = reasons[m.ID]
		}
	}
	return k, nil
}
