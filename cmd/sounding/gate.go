package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sounding/gate"
	"sounding/gate/training"
	"sounding/internal/strict"
	"sounding/model"
)

type gateCommand struct {
	Seed      seed               `help:"Seed of the random instances, or random." default:"1"`
	Checks    *int               `help:"Number of random instances at each level (100 plain ones, 1000 at the full level)." placeholder:"N"`
	Level     string             `help:"Instances: ${enum}; plain ones are dense trees with small numbers." enum:"plain,full,both" default:"both"`
	Only      []gate.Quantity    `help:"Ask for these quantities alone." placeholder:"QUANTITY,…"`
	Objective string             `help:"What a loss on samples descends: ${enum}." enum:"harm,kl,regularised,deep" default:"regularised"`
	Claim     string             `help:"What is claimed of its gradient: ${enum}; the latter takes the KL at frozen prefixes." enum:"exact,token-level" default:"exact"`
	OnPolicy  bool               `help:"Ask about samples of the policy itself alone: no instance has a behaviour policy."`
	Relations bool               `help:"Compare the answers with each other, too: padded batches, micro-batches, relabelled and split tokens."`
	Instance  string             `help:"Ask about this instance alone: an instance file, or a failure that --save wrote." placeholder:"FILE"`
	Tolerance string             `help:"Error allowed in every number, in place of that of each quantity." placeholder:"X"`
	Timeout   time.Duration      `help:"Time limit of each reply." default:"10s" placeholder:"D"`
	Start     time.Duration      `help:"Time limit of the first reply of a solver, which may take long to start." default:"60s" placeholder:"D"`
	Restarts  int                `help:"How often a solver that is lost, because it crashes or hangs, say, is started again." default:"10" placeholder:"N"`
	Tries     *int               `help:"How many small instances are asked about in search of the smallest that fails (10,000 in all, 6000 for each loss)." placeholder:"N"`
	Save      string             `help:"Write every failure to a file in this directory." placeholder:"DIR"`
	JSON      string             `name:"json" help:"Write the report as JSON." placeholder:"FILE"`
	JUnit     string             `name:"junit" help:"Write the report as JUnit XML." placeholder:"FILE"`
	on        *model.Instance    // of --instance
	question  *training.Question // of --instance, where it is a failure of what training code computes
	Command   []string           `arg:"" passthrough:"partial" help:"The solver: a command that reads one request per line and answers each with one line." placeholder:"COMMAND"`
}

// The largest numbers of --checks, --tries and --restarts.
const (
	maxChecks   = 1_000_000
	maxTries    = 1_000_000
	maxRestarts = 1000
)

// How many instances are asked at each level where --checks does not say.
const (
	plainChecks = 100
	fullChecks  = 1000
)

// Run asks the solver and prints what was checked, what was not, and what fails.
func (g *gateCommand) Run(ctx context.Context, c *console) error {
	o, err := g.options(c)
	if err != nil {
		return unusable(err)
	}
	args, err := g.command()
	if err != nil {
		return unusable(err)
	}
	solver, err := gate.New(gate.Command{Args: args, Timeout: g.Timeout, Start: g.Start, Want: o.Only, Stderr: c.err})
	if err != nil {
		return unusable(err)
	}
	defer solver.Close()
	p := &gateReport{tolerance: g.Tolerance, file: g.Instance, width: c.width}
	err = g.check(ctx, c, solver, o, p)
	interrupted := errors.Is(err, context.Canceled)
	if err != nil && !interrupted {
		return err
	}
	if err := g.write(c, p); err != nil {
		return err
	}
	if interrupted {
		return fmt.Errorf("interrupted after %s; what was found by then is above", p.progress())
	}
	return p.conclude()
}

// check asks for the quantities of both protocols. With the error of an interrupt the
// reports are those up to then.
func (g *gateCommand) check(ctx context.Context, c *console, solver *gate.Process, o gate.Options, p *gateReport) (err error) {
	if len(g.Only) == 0 || len(o.Only) > 0 {
		if p.reports, err = g.checkProfile(ctx, c, solver, o); err != nil {
			return err
		}
	}
	return g.checkTraining(ctx, c, solver, p)
}

// instances returns how many instances are asked at a level.
func (g *gateCommand) instances(l gate.Level) int {
	switch {
	case g.Checks != nil:
		return *g.Checks
	case l == gate.Plain:
		return plainChecks
	}
	return fullChecks
}

// tries returns the value of --tries, 0 where it is not given.
func (g *gateCommand) tries() int {
	if g.Tries == nil {
		return 0
	}
	return *g.Tries
}

// checkProfile asks at each level in turn, and not at the next where something fails or
// nothing is offered. With the error of an interrupt come the reports up to then.
func (g *gateCommand) checkProfile(ctx context.Context, c *console, solver *gate.Process, o gate.Options) ([]*gate.Report, error) {
	var reports []*gate.Report
	for _, level := range g.levels() {
		o.Level, o.Instances = level, g.instances(level)
		p := c.progress(fmt.Sprintf("asking (%s)", level))
		o.Progress = p.set
		r, err := gate.Check(ctx, solver, o)
		p.end()
		if r != nil {
			reports = append(reports, r)
		}
		if err != nil || len(r.Failures) > 0 || r.Checked() == 0 {
			return reports, err
		}
	}
	return reports, nil
}

func (g *gateCommand) levels() []gate.Level {
	switch {
	case g.Instance != "":
		return []gate.Level{""}
	case g.Level == "both":
		return []gate.Level{gate.Plain, gate.Full}
	}
	return []gate.Level{gate.Level(g.Level)}
}

// command returns the command of the solver and its arguments.
func (g *gateCommand) command() ([]string, error) {
	switch {
	case len(g.Command) > 0 && g.Command[0] == "--":
		return g.Command[1:], nil
	case len(g.Command) > 0 && strings.HasPrefix(g.Command[0], "-"):
		return nil, fmt.Errorf("unknown flag %s; a command whose name begins with - goes after --", g.Command[0])
	}
	return g.Command, nil
}

// options checks the flags and returns what they ask for.
func (g *gateCommand) options(c *console) (o gate.Options, err error) {
	o = gate.Options{Seed: uint64(g.Seed), Losses: g.Restarts, Tries: g.tries()}
	for _, q := range g.Only {
		switch {
		case slices.Contains(gate.Quantities(), q):
			o.Only = append(o.Only, q)
		case isTraining(q) && !slices.Contains(g.claim().Quantities(), training.Quantity(q)):
			return o, fmt.Errorf("--only %s --on-policy: it is 1 wherever the policy samples for itself", q)
		case !isTraining(q):
			names := quantityNames()
			return o, fmt.Errorf("--only %s: no such quantity%s (there are %s)", q, strict.Meant(string(q), names), strings.Join(names, ", "))
		}
	}
	if g.Checks != nil && (*g.Checks < 1 || *g.Checks > maxChecks) {
		return o, fmt.Errorf("--checks %d: must be 1 to %d", *g.Checks, maxChecks)
	}
	if g.Restarts < 0 || g.Restarts > maxRestarts {
		return o, fmt.Errorf("--restarts %d: must be 0 to %d", g.Restarts, maxRestarts)
	}
	if g.Tries != nil && (*g.Tries < 1 || *g.Tries > maxTries) {
		return o, fmt.Errorf("--tries %d: must be 1 to %d", *g.Tries, maxTries)
	}
	if g.Timeout <= 0 || g.Start <= 0 {
		return o, fmt.Errorf("--timeout %v, --start %v: must be positive durations, such as 10s", g.Timeout, g.Start)
	}
	if g.Tolerance != "" {
		var tolerance *big.Rat
		if tolerance, err = gate.ParseDecimal(g.Tolerance); err != nil || tolerance.Sign() <= 0 {
			return o, fmt.Errorf("--tolerance %q: must be a positive decimal, such as 1e-9", g.Tolerance)
		}
		o.Tolerance = tolerance
	}
	if g.Instance != "" {
		if err = g.read(c); err != nil {
			return o, err
		}
		if g.OnPolicy && g.on.Training != nil && g.on.Training.Behaviour != nil {
			return o, fmt.Errorf("--on-policy: %s has a behaviour policy, which samples in place of its own", g.Instance)
		}
		profile := *g.on
		profile.Training = nil // as sounding/gate/1 knows it
		o.On = &profile
	}
	for _, file := range []string{g.JSON, g.JUnit} {
		if file != "" && err == nil {
			err = checkTarget(file)
		}
	}
	if g.Save != "" && err == nil {
		err = checkDirectory(g.Save)
	}
	return o, err
}

// quantityNames returns those of both protocols.
func quantityNames() (names []string) {
	for _, q := range gate.Quantities() {
		names = append(names, string(q))
	}
	for _, q := range training.Quantities() {
		names = append(names, string(q))
	}
	return names
}

// write prints the reports, and writes the files that were asked for.
func (g *gateCommand) write(c *console, p *gateReport) error {
	if g.Save != "" {
		if err := p.save(g.Save); err != nil {
			return err
		}
	}
	if err := p.print(c.lines()); err != nil {
		return err
	}
	if os.Getenv("GITHUB_ACTIONS") == "true" {
		if err := p.annotate(c.out); err != nil {
			return err
		}
	}
	if g.JSON != "" {
		if err := writeFile(g.JSON, p.writeJSON); err != nil {
			return err
		}
	}
	if g.JUnit != "" {
		return writeFile(g.JUnit, p.writeJUnit)
	}
	return nil
}

// save writes every failure to a file of its own, and keeps their names.
func (p *gateReport) save(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return unusable(err)
	}
	unanswered := 0
	write := func(q string, f interface{ Write(io.Writer) error }) (name string, err error) {
		if q == "" {
			unanswered++
			q = fmt.Sprintf("no-answer-%d", unanswered)
		}
		name = filepath.Join(dir, q+".json")
		return name, writeFile(name, f.Write)
	}
	var err error
	p.saved = make(map[*gate.Failure]string)
	for _, r := range p.reports {
		for _, f := range r.Failures {
			if p.saved[f], err = write(string(f.Quantity()), r.Save(f)); err != nil {
				return err
			}
		}
	}
	p.savedTraining = make(map[*gate.TrainingFailure]string)
	for _, r := range p.training {
		for _, f := range r.Failures {
			if p.savedTraining[f], err = write(string(f.Quantity), r.Save(f)); err != nil {
				return err
			}
		}
	}
	return nil
}

// read reads the file of --instance.
func (g *gateCommand) read(c *console) error {
	in, err := c.open(g.Instance)
	if err != nil {
		return err
	}
	defer in.Close()
	f := peek(in)
	if f.format == gate.TrainingFailureFormat {
		saved, err := gate.ReadSavedTraining(f)
		if err != nil {
			return unusable(fmt.Errorf("%s: %w", g.Instance, err))
		}
		g.question, g.on = saved.Question, saved.Question.Instance
		for _, q := range saved.Want {
			if len(g.Only) < len(saved.Want) {
				g.Only = append(g.Only, gate.Quantity(q))
			}
		}
		return nil
	}
	if g.on, err = instanceOf(f); err != nil {
		return unusable(fmt.Errorf("%s: %w", g.Instance, advised(err)))
	}
	return nil
}
