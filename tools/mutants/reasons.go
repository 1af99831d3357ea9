package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"os"

	"sounding/tools/mutation"
)

// equivalents gives the reasons why some mutants cannot be noticed.
//
//go:embed equivalents.json
var equivalents []byte

// equivalent is a mutant that changes nothing that matters. Ids count within a function:
// where the function changes, another mutant may have the id, and the texts tell it.
type equivalent struct {
	ID       string `json:"id"`
	Original string `json:"original"`
	Mutated  string `json:"mutated"` // "" if a statement is left out
	Reason   string `json:"reason"`
}

// readReasons returns the reasons by the ids of the mutants. It warns of those whose mutant
// does not exist any more.
func readReasons(mutants []*mutation.Mutant) (map[string]string, error) {
	var list []equivalent
	if err := json.Unmarshal(equivalents, &list); err != nil {
		return nil, fmt.Errorf("equivalents.json: %w", err)
	}
	byID := make(map[string]*mutation.Mutant)
	for _, m := range mutants {
		byID[m.ID()] = m
	}
	reasons := make(map[string]string)
	for _, e := range list {
		m := byID[e.ID]
		if m == nil || m.Original != e.Original || m.Mutated != e.Mutated {
			fmt.Fprintf(os.Stderr, "equivalents.json: no mutant %s: %s → %s\n", e.ID, e.Original, e.Mutated)
			continue
		}
		reasons[e.ID] = e.Reason
	}
	return reasons, nil
}
