package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"sounding/gate"
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
		stored  *verify.Stored
		now     *verify.Violation
		failure *gate.Saved // of a solver, where that is what the file holds
	}
	o, err := compute(ctx, func() (o outcome, err error) {
		in, err := c.open(r.File)
		if err != nil {
			return o, err
		}
		defer in.Close()
		f := peek(in)
		if f.format == gate.FailureFormat {
			if o.failure, err = gate.ReadSaved(f); err != nil {
				err = unusable(fmt.Errorf("%s: %w", r.File, err))
			}
			return o, err
		}
		if f.format == gate.TrainingFailureFormat {
			saved, err := gate.ReadSavedTraining(f)
			if err != nil {
				return o, unusable(fmt.Errorf("%s: %w", r.File, err))
			}
			o.failure = &gate.Saved{Failure: saved.Failure, Instance: saved.Question.Instance}
			return o, nil
		}
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
			err = unusable(fmt.Errorf("%s: %w", r.File, advised(err)))
		}
		return o, err
	})
	if err != nil {
		return err
	}
	if o.failure != nil {
		return r.failure(c.lines(), o.failure)
	}
	if err := report.Replay(c.out, c.width, o.stored, o.now); err != nil {
		return err
	}
	if o.now != nil {
		return errFalsified
	}
	return nil
}

// failure says what a failure of a solver is: whether it still fails only the solver can
// tell.
func (r *replayCommand) failure(out io.Writer, f *gate.Saved) error {
	_, err := fmt.Fprintf(out, `A failure of a solver, found by sounding gate:

%s

%s

To ask the solver again:  sounding gate --instance %s -- COMMAND
For the exact values:     sounding analyze %[3]s
`, f.Failure, f.Instance, r.File)
	return err
}
