package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"sounding/tools/mutation"
)

// result says what became of one mutant.
type result struct {
	ID         string   `json:"id"`
	Made       string   `json:"made"` // when, and at which commit
	Folder     string   `json:"folder"`
	Original   string   `json:"original"`
	Mutated    string   `json:"mutated"`              // "" if a statement is left out
	Sign       sign     `json:"sign,omitempty"`       // the plainest; "" if it survives
	Statements []string `json:"statements,omitempty"` // those that notice it
	Test       string   `json:"test,omitempty"`       // if none does: the package and the test that notice it
	Equivalent string   `json:"equivalent,omitempty"` // why a survivor changes nothing that matters
}

func (r *result) survives() bool { return r.Sign == "" && r.Equivalent == "" }

// String says in words what became of the mutant.
func (r *result) String() string {
	switch {
	case r.survives():
		return fmt.Sprintf("SURVIVES: %s → %s", r.Original, r.Mutated)
	case r.Sign == "":
		return "survives; equivalent: " + r.Equivalent
	case r.Test != "":
		return fmt.Sprintf("%s, by the tests of %s", r.Sign, r.Test)
	case len(r.Statements) > 0:
		return fmt.Sprintf("%s, by %d statements", r.Sign, len(r.Statements))
	}
	return fmt.Sprintf("%s, by a verification", r.Sign)
}

// writeJSON writes the results, one on a line.
func writeJSON(name string, results []result) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	for _, r := range results {
		if err := e.Encode(r); err != nil {
			return err
		}
	}
	return os.WriteFile(name, b.Bytes(), 0o666)
}

// readResults reads what writeJSON has written, by the ids of the mutants.
func readResults(name string) (map[string]result, error) {
	if name == "" {
		return nil, nil
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	byID := make(map[string]result)
	for d := json.NewDecoder(bytes.NewReader(text)); ; {
		var r result
		if err := d.Decode(&r); errors.Is(err, io.EOF) {
			return byID, nil
		} else if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		byID[r.ID] = r
	}
}

// takeOver returns the earlier results of the mutants that were noticed or have a reason not to be, and the
// other mutants.
func takeOver(earlier map[string]result, mutants []*mutation.Mutant, reasons map[string]string) (taken []result, rest []*mutation.Mutant) {
	for _, m := range mutants {
		r, ok := earlier[m.ID()]
		if r.Sign == "" {
			r.Equivalent = reasons[m.ID()]
		}
		if ok && !r.survives() && r.Original == m.Original && r.Mutated == m.Mutated {
			taken = append(taken, r)
		} else {
			rest = append(rest, m)
		}
	}
	return taken, rest
}

// inOrder returns the results in the order of the mutants.
func inOrder(results []result, mutants []*mutation.Mutant) []result {
	place := make(map[string]int)
	for i, m := range mutants {
		place[m.ID()] = i
	}
	slices.SortFunc(results, func(a, b result) int { return place[a.ID] - place[b.ID] })
	return results
}
