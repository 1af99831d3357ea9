package main

import (
	"fmt"

	"sounding/internal/report"
	"sounding/verify"
)

type mergeCommand struct {
	Reports []string `arg:"" help:"The reports that verify --shard i/n --json wrote, for all i." placeholder:"FILE"`
}

// Run prints the report that the shards make, byte for byte that of verify --json.
func (m *mergeCommand) Run(c *console) error {
	var shards report.Merger
	for _, name := range m.Reports {
		f, err := c.open(name)
		if err != nil {
			return err
		}
		err = shards.Add(name, f)
		f.Close()
		if err != nil {
			return unusable(advised(err))
		}
	}
	whole, err := shards.Merge()
	if err != nil {
		return unusable(err)
	}
	if err := whole.Write(c.out); err != nil {
		return err
	}
	open := 0
	for _, e := range whole.Verdicts {
		if e.Falsified {
			fmt.Fprintf(c.err, "%s: falsified\n", e.ID)
			err = errFalsified
		}
		if e.Verdict == verify.Undecided || e.Verdict == verify.Panicked {
			fmt.Fprintf(c.err, "%s: %s\n", e.ID, e.Verdict)
			open++
		}
	}
	if err == nil && open > 0 {
		err = fmt.Errorf("%d statements undecided, or their checks panicked", open)
	}
	return err
}
