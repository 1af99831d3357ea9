package main

import (
	"context"
	"errors"
	"fmt"

	"sounding/internal/report"
	"sounding/theorems"
	"sounding/verify"
)

type replayCommand struct {
	File string `arg:"" help:"A counterexample file."`
}

// Run recomputes both sides from the file alone. It ends with status 1 where the
// file still falsifies what it is a counterexample to, with 0 where it does not.
func (r *replayCommand) Run(ctx context.Context, c *console) error {
	type outcome struct {
		stored *verify.Stored
		now    *verify.Violation
	}
	o, err := compute(ctx, func() (o outcome, err error) {
		f, err := c.open(r.File)
		if err != nil {
			return o, err
		}
		defer f.Close()
		if o.stored, err = verify.ReadStored(f); err == nil {
			o.now, err = theorems.Replay(o.stored)
		}
		var p *verify.Panic
		switch {
		case errors.As(err, &p):
			fmt.Fprintf(c.err, "%s\n", p.Stack)
			err = fmt.Errorf("%s: %w, which is a mistake in sounding", r.File, err)
		case errors.Is(err, verify.ErrUndecided):
			err = fmt.Errorf("%s: %w", r.File, err)
		case err != nil:
			err = unusable(fmt.Errorf("%s: %w", r.File, err))
		}
		return o, err
	})
	if err != nil {
		return err
	}
	if err := report.Replay(c.out, o.stored, o.now); err != nil {
		return err
	}
	if o.now != nil {
		return errFalsified
	}
	return nil
}
