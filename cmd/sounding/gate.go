package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strings"
	"text/tabwriter"
	"time"

	"sounding/gate"
	"sounding/internal/report"
	"sounding/verify"
)

type gateCommand struct {
	Seed      seed          `help:"Seed of the random instances, or random." default:"1"`
	Checks    int           `help:"Number of random instances." default:"1000"`
	Tolerance string        `help:"Error allowed in every number, in place of that of each quantity." placeholder:"X"`
	Timeout   time.Duration `help:"Time limit of each reply." default:"10s" placeholder:"D"`
	Save      string        `help:"Write the first counterexample to this file." placeholder:"FILE"`
	Command   []string      `arg:"" passthrough:"partial" help:"The solver: a command that reads one request per line and answers each with one line." placeholder:"COMMAND"`
}

// The largest number of --checks.
const maxChecks = 1_000_000

// Run asks the solver and prints what was checked, what was not, and what fails.
func (g *gateCommand) Run(ctx context.Context, c *console) error {
	tolerance, err := g.options()
	if err != nil {
		return unusable(err)
	}
	args := g.Command
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	solver, err := gate.New(gate.Command{Args: args, Timeout: g.Timeout, Stderr: c.err})
	if err != nil {
		return unusable(err)
	}
	defer solver.Close()
	o := gate.Options{Seed: uint64(g.Seed), Instances: g.Checks, Tolerance: tolerance}
	p := c.progress("asking")
	o.Progress = p.set
	r, err := gate.Check(ctx, solver, o)
	p.end()
	if err != nil {
		return err
	}
	if err := g.print(c.out, r); err != nil {
		return err
	}
	if g.Save != "" && len(r.Failures) > 0 {
		f := r.Failures[0]
		s := verify.Stored{Statement: f.Counterexample.Violation.Statement, Seed: uint64(g.Seed), Counterexample: *f.Counterexample}
		if err := writeFile(g.Save, s.Write); err != nil {
			return err
		}
	}
	switch {
	case len(r.Failures) > 0:
		return errFalsified
	case r.Checked() == 0:
		return errors.New("the solver offers no quantity: nothing was checked")
	case r.Undecided() > 0:
		return fmt.Errorf("%d numbers too close to the edge of the tolerance to tell", r.Undecided())
	}
	return nil
}

// options checks the flags and returns the tolerance, nil for the default.
func (g *gateCommand) options() (tolerance *big.Rat, err error) {
	if g.Checks < 1 || g.Checks > maxChecks {
		return nil, fmt.Errorf("--checks %d: must be 1 to %d", g.Checks, maxChecks)
	}
	if g.Timeout <= 0 {
		return nil, fmt.Errorf("--timeout %v: must be a positive duration, such as 10s", g.Timeout)
	}
	if g.Tolerance != "" {
		if tolerance, err = gate.ParseDecimal(g.Tolerance); err != nil || tolerance.Sign() <= 0 {
			return nil, fmt.Errorf("--tolerance %q: must be a positive decimal, such as 1e-9", g.Tolerance)
		}
	}
	if g.Save != "" {
		return tolerance, checkTarget(g.Save)
	}
	return tolerance, nil
}

// print prints a report: what fails first, then what was checked.
func (g *gateCommand) print(out io.Writer, r *gate.Report) error {
	var b strings.Builder
	for _, f := range r.Failures {
		fmt.Fprintf(&b, "FAILS: %v\n", f)
		where := "a small instance, on which it fails too"
		switch {
		case f.Transient:
			where = "not again on a fresh solver, which was asked this alone"
		case f.Counterexample.Smallest:
			where = "the smallest instance on which it fails"
		}
		fmt.Fprintf(&b, "first on instance %d of seed %d; %s:\n\n", f.Drawn+1, r.Seed, where)
		fmt.Fprintf(&b, "%s\n\n", f.Counterexample.Case)
	}
	fmt.Fprintf(&b, "sounding %s, seed %d, %d of %d instances\n\n", report.Version, r.Seed, r.Instances, g.Checks)
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "quantity\tstatement\ttolerance\tinstances\t")
	for _, q := range r.Quantities {
		result := "not offered, not checked"
		switch {
		case q.Failure != nil:
			result = "FAILS"
		case q.Undecided > 0:
			result = "undecided"
		case q.Instances > 0:
			result = "ok"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\n", q.Quantity, q.Quantity.Statement(), g.allowed(q.Quantity), q.Instances, result)
	}
	w.Flush() // into a string, which takes everything
	_, err := io.WriteString(out, b.String())
	return err
}

// allowed returns the tolerance of a quantity in symbols.
func (g *gateCommand) allowed(q gate.Quantity) string {
	if g.Tolerance != "" {
		return g.Tolerance
	}
	return q.Allowed()
}
