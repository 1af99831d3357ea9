package main

import (
	"fmt"

	"sounding/theorems"
)

type replayCommand struct {
	File string `arg:"" help:"A counterexample file."`
}

// Run recomputes both sides from the file alone. It ends with status 1 where the
// file still falsifies what it is a counterexample to, with 0 where it does not.
func (r *replayCommand) Run(c *console) error {
	f, err := c.open(r.File)
	if err != nil {
		return err
	}
	defer f.Close()
	s, err := theorems.ReadStored(f)
	if err != nil {
		return unusable(fmt.Errorf("%s: %w", r.File, err))
	}
	v, err := s.Replay()
	if err != nil {
		return unusable(fmt.Errorf("%s: %w", r.File, err))
	}
	what := s.Statement
	if s.NearMiss != "" {
		what += ", near-miss “" + s.NearMiss + "”"
	}
	fmt.Fprintf(c.out, "%s on\n\n%v\n", what, s.Case)
	if v == nil {
		fmt.Fprintln(c.out, "The file does not falsify it: both sides agree.")
		return nil
	}
	fmt.Fprintf(c.out, "Still falsified: %v.\n", v)
	return errFalsified
}
