package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	"golang.org/x/term"

	"sounding/internal/report"
	"sounding/model"
	"sounding/verify"
)

type verifyCommand struct {
	selection

	Seed     seed   `help:"Seed of the random instances and points, or random." default:"1"`
	Effort   int    `help:"Multiply the number of random instances." default:"1"`
	Report   string `help:"Write the evidence as Markdown to this file." placeholder:"FILE.md"`
	HTML     string `name:"html" help:"Write the evidence as a page to this file." placeholder:"FILE.html"`
	JSON     string `name:"json" help:"Write the evidence as JSON to this file." placeholder:"FILE"`
	Instance string `help:"Check on this one instance instead of random ones." placeholder:"FILE"`
	Limit    size   `help:"Skip checks of that instance that need more memory." default:"1GiB"`
	Save     string `help:"Write the counterexamples, one file each, into this directory." placeholder:"DIR"`
}

// maxEffort bounds the number of random instances.
const maxEffort = 10_000

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// Run runs the verification and prints its table.
func (v *verifyCommand) Run(ctx context.Context, c *console) error {
	if v.Effort < 1 || v.Effort > maxEffort {
		return unusable(fmt.Errorf("--effort %d: must be 1 to %d", v.Effort, maxEffort))
	}
	statements, err := v.statements()
	if err != nil {
		return err
	}
	if err := v.checkTargets(); err != nil {
		return err
	}
	o := verify.Options{Statements: statements, Seed: uint64(v.Seed), Effort: v.Effort}
	if v.Instance != "" {
		in, err := compute(ctx, func() (*model.Instance, error) { return c.readInstance(v.Instance) })
		if err != nil {
			return err
		}
		o.Case, o.Memory = &model.Case{Instance: in}, int64(v.Limit)
		debug.SetMemoryLimit(o.Memory) // below it, garbage may lie for longer
	}
	r, err := c.verify(ctx, o)
	var f *failure
	switch {
	case err != nil && o.Case != nil && !errors.As(err, &f):
		return unusable(fmt.Errorf("%s: %w", v.Instance, err))
	case err != nil:
		return err
	}
	if err := report.Table(c.out, r, v.again); err != nil {
		return err
	}
	for _, t := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{v.Report, func(w io.Writer) error { return report.Markdown(w, r) }},
		{v.HTML, func(w io.Writer) error { return report.HTML(w, r) }},
		{v.JSON, func(w io.Writer) error { return report.JSON(w, r) }},
	} {
		if t.name == "" {
			continue
		}
		if err := writeFile(t.name, t.write); err != nil {
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

// again returns the command line that shows the failure of an entry once more: from
// the file of its counterexample, if there is one.
func (v *verifyCommand) again(e *verify.Entry) string {
	id := e.Statement.ID
	var b strings.Builder
	fmt.Fprintf(&b, "sounding verify --only %s --seed %d", id, v.Seed)
	if v.Effort != 1 {
		fmt.Fprintf(&b, " --effort %d", v.Effort)
	}
	if v.Instance != "" {
		fmt.Fprintf(&b, " --instance %s", v.Instance)
	}
	switch {
	case e.Counterexample == nil:
		return b.String()
	case v.Save == "":
		return fmt.Sprintf("%s --save DIR; sounding replay DIR/%s.json", &b, id)
	}
	return "sounding replay " + filepath.Join(v.Save, id+".json")
}

// checkTargets checks up front that the output files can be written.
func (v *verifyCommand) checkTargets() error {
	flags := make(map[string]string)
	for _, t := range []struct{ flag, name string }{{"--report", v.Report}, {"--html", v.HTML}, {"--json", v.JSON}} {
		if t.name == "" {
			continue
		}
		if other := flags[t.name]; other != "" {
			return unusable(fmt.Errorf("%s and %s both name %s: want two files", other, t.flag, t.name))
		}
		flags[t.name] = t.flag
		if err := checkTarget(t.name); err != nil {
			return err
		}
	}
	if v.Save != "" {
		return checkDirectory(v.Save)
	}
	return nil
}

// gcPercent lets garbage grow to four times the live heap, which stays below 150 MB
// on random cases. At the usual 100 %, collecting it takes a third of the time.
const gcPercent = 400

// verify runs a verification, with a progress bar on a terminal. When it is
// interrupted the error says how far it came.
func (c *console) verify(ctx context.Context, o verify.Options) (*verify.Report, error) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	p := c.progress("verifying")
	o.Progress = p.set
	r, err := compute(ctx, func() (*verify.Report, error) { return verify.Run(ctx, o) })
	p.end()
	if errors.Is(err, context.Canceled) {
		return nil, &failure{exitUnfinished, fmt.Errorf("interrupted after %d of %d steps; nothing was written", p.done, p.total)}
	}
	return r, err
}

// readInstance reads an instance file, or the instance of a failure of a solver.
func (c *console) readInstance(name string) (*model.Instance, error) {
	f, err := c.open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	in, err := instanceOf(peek(f))
	if err != nil {
		return nil, unusable(fmt.Errorf("%s: %w", name, err))
	}
	return in, nil
}

// judgement turns a report into the error that its exit status comes from: falsified
// before panicked before undecided.
func judgement(r *verify.Report) error {
	undecided, panicked := 0, 0
	for _, e := range r.Entries {
		if e.Falsified() {
			return errFalsified
		}
		switch e.Verdict {
		case verify.Undecided:
			undecided++
		case verify.Panicked:
			panicked++
		}
	}
	switch {
	case panicked > 0:
		return fmt.Errorf("the checks of %d statements panicked, which is a mistake in sounding", panicked)
	case undecided > 0:
		return fmt.Errorf("%d statements undecided", undecided)
	}
	return nil
}
