package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"sounding/internal/report"
	"sounding/model"
	"sounding/theorems"
)

type verifyCommand struct {
	Only     []string `help:"Check these statements only." placeholder:"ID"`
	Seed     uint64   `help:"Seed of the random instances and points." default:"1"`
	Effort   int      `help:"Multiply the number of random instances." default:"1"`
	Report   string   `help:"Write the evidence as Markdown to this file." placeholder:"FILE.md" type:"path"`
	JSON     string   `name:"json" help:"Write the evidence as JSON to this file." placeholder:"FILE" type:"path"`
	Instance string   `help:"Check on this one instance instead of random ones." placeholder:"FILE"`
	Save     string   `help:"Write the counterexamples, one file each, into this directory." placeholder:"DIR" type:"path"`
}

// maxEffort bounds the number of random instances.
const maxEffort = 10_000

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// Run runs the verification and prints its table.
func (v *verifyCommand) Run(ctx context.Context, c *console) error {
	if v.Effort < 1 || v.Effort > maxEffort {
		return unusable(fmt.Errorf("--effort %d: accepted is 1 to %d", v.Effort, maxEffort))
	}
	o := theorems.Options{Only: v.Only, Seed: v.Seed, Effort: v.Effort}
	for _, id := range v.Only {
		if _, ok := theorems.Find(id); !ok {
			return unusable(unknownID(id))
		}
	}
	if v.Instance != "" {
		in, err := c.readInstance(v.Instance)
		if err != nil {
			return err
		}
		o.Case = &model.Case{Instance: in}
	}
	if c.interactive {
		bar := progressbar.NewOptions(1, progressbar.OptionSetWriter(c.err), progressbar.OptionSetDescription("verifying"),
			progressbar.OptionSetWidth(40), progressbar.OptionClearOnFinish(), progressbar.OptionSetPredictTime(false))
		defer bar.Finish()
		o.Progress = func(done, total int) {
			bar.ChangeMax(total)
			bar.Set(done)
		}
	}
	r, err := theorems.Verify(ctx, o)
	if err != nil {
		return err
	}
	if err := report.Table(c.out, r); err != nil {
		return err
	}
	if v.Report != "" {
		if err := writeFile(v.Report, func(w io.Writer) error { return report.Markdown(w, r) }); err != nil {
			return err
		}
	}
	if v.JSON != "" {
		if err := writeFile(v.JSON, func(w io.Writer) error { return report.JSON(w, r) }); err != nil {
			return err
		}
	}
	if v.Save != "" {
		if err := saveCounterexamples(v.Save, r); err != nil {
			return err
		}
	}
	return judgement(r)
}

// readInstance reads an instance file.
func (c *console) readInstance(name string) (*model.Instance, error) {
	f, err := c.open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	in, err := model.ReadInstance(f)
	if err != nil {
		return nil, unusable(fmt.Errorf("%s: %w", name, err))
	}
	return in, nil
}

// judgement turns a report into the error that its exit status comes from:
// falsified before undecided.
func judgement(r *theorems.Report) error {
	undecided := 0
	for _, e := range r.Entries {
		if e.Falsified() {
			return errFalsified
		}
		if e.Verdict == theorems.Undecided {
			undecided++
		}
	}
	if undecided > 0 {
		return fmt.Errorf("%d statements undecided", undecided)
	}
	return nil
}
