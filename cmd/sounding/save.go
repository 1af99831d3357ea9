package main

import (
	"fmt"
	"os"
	"path/filepath"

	"sounding/verify"
)

// saveCounterexamples writes every counterexample of a report into a directory:
// ID.json for a statement, ID-near-miss-N.json for its near-misses.
func saveCounterexamples(dir string, r *verify.Report) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return unusable(err)
	}
	for _, e := range r.Entries {
		if e.Counterexample != nil {
			s := verify.Stored{
				Statement: e.Statement.ID, Repair: e.Statement.Refuted != nil && e.Violation != nil, Seed: r.Seed,
				Counterexample: *e.Counterexample,
			}
			if err := writeFile(filepath.Join(dir, e.Statement.ID+".json"), s.Write); err != nil {
				return err
			}
		}
		for i, m := range e.NearMisses {
			if m.Counterexample == nil {
				continue
			}
			s := verify.Stored{Statement: e.Statement.ID, NearMiss: m.Falsehood.Name, Seed: r.Seed, Counterexample: *m.Counterexample}
			name := fmt.Sprintf("%s-near-miss-%d.json", e.Statement.ID, i+1)
			if err := writeFile(filepath.Join(dir, name), s.Write); err != nil {
				return err
			}
		}
	}
	return nil
}
