package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"sounding/tools/mutation"
	"sounding/tools/mutation/active"
)

// Limits of one process that runs a mutant.
const (
	sampleTime = 45 * time.Second
	testTime   = 150 * time.Second
	reportTime = 300 * time.Second
	memory     = 6 << 20 // KiB of addresses
)

// proofs is the package that tries the statements and searches for the smallest
// counterexamples.
const proofs = "proofs_test"

// engine is the package that runs the statements. Its tests need most of what a mutant
// can change.
const engine = "verify"

// campaign runs the mutants of a program.
type campaign struct {
	program *mutation.Program
	dir     string   // for binaries and results
	folders []string // those with mutants

	binaries    map[string]string // the test binary of each package
	reporter    string
	sound       []outcome
	soundReport []byte
}

// result says what became of one mutant.
type result struct {
	ID         string   `json:"id"`
	Folder     string   `json:"folder"`
	Original   string   `json:"original"`
	Mutated    string   `json:"mutated"`              // "" if a statement is left out
	Sign       sign     `json:"sign,omitempty"`       // the plainest; "" if it survives
	Statements []string `json:"statements,omitempty"` // those that notice it
	Test       string   `json:"test,omitempty"`       // if none does: the package whose tests notice it
	Equivalent string   `json:"equivalent,omitempty"` // why a survivor changes nothing that matters
}

func (r *result) survives() bool { return r.Sign == "" && r.Equivalent == "" }

// prepare builds the programs and runs the sound one.
func (c *campaign) prepare(ctx context.Context) error {
	c.binaries = make(map[string]string)
	for _, folder := range append([]string{proofs, engine}, c.folders...) {
		if c.binaries[folder] != "" {
			continue
		}
		c.binaries[folder] = filepath.Join(c.dir, strings.ReplaceAll(folder, "/", "_")+".test")
		if err := c.program.Build(ctx, c.binaries[folder], "./"+folder, true); err != nil {
			return err
		}
	}
	c.reporter = filepath.Join(c.dir, "sounding")
	if err := c.program.Build(ctx, c.reporter, "./cmd/sounding", false); err != nil {
		return err
	}
	var err error
	if c.soundReport, err = c.report(ctx, 0); err != nil {
		return fmt.Errorf("the report of the sound program: %w", err)
	}
	if c.sound, err = c.outcomes(ctx, 0); err != nil {
		return fmt.Errorf("the sound program: %w", err)
	}
	for _, o := range c.sound {
		if o.Fails != "" || o.Panic != "" {
			return fmt.Errorf("the sound program fails on %s: %s%s", o.Statement, o.Fails, o.Panic)
		}
	}
	for folder := range c.binaries {
		if s, err := c.tests(ctx, 0, folder); err != nil || s != "" {
			return fmt.Errorf("the tests of the sound %s: %q, %v; run them by themselves", folder, s, err)
		}
	}
	return nil
}

// errTime reports a process that did not end in time.
var errTime = errors.New("not finished in time")

// process runs a program of the campaign with a mutant. The error is errTime or an
// *exec.ExitError with the standard error output.
func (c *campaign) process(ctx context.Context, limit time.Duration, mutant int, folder, program string, variables []string, args ...string) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	p := exec.CommandContext(ctx, "sh", append([]string{"-c", fmt.Sprintf(`ulimit -v %d; exec "$0" "$@"`, memory), program}, args...)...)
	p.Dir = filepath.Join(c.program.Root, folder)
	p.Env = append(os.Environ(), fmt.Sprintf("%s=%d", active.Variable, mutant), "GOMAXPROCS=2", "RAPID_NOFAILFILE=1")
	p.Env = append(p.Env, variables...)
	p.WaitDelay = time.Second
	_, err := p.Output()
	if ctx.Err() == context.DeadlineExceeded {
		return errTime
	}
	return err
}

// outcomes returns the outcomes of the statements that the program came to.
func (c *campaign) outcomes(ctx context.Context, mutant int) ([]outcome, error) {
	file := filepath.Join(c.dir, fmt.Sprintf("outcomes%d", mutant))
	defer os.Remove(file)
	failed := c.process(ctx, sampleTime, mutant, proofs, c.binaries[proofs], []string{"SOUNDING_OUTCOMES=" + file}, "-test.run=^TestOutcomes$")
	text, err := os.ReadFile(file)
	if err != nil && failed == nil {
		return nil, err
	}
	var list []outcome
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var o outcome
		if json.Unmarshal(lines.Bytes(), &o) != nil {
			break // cut off in the middle of a line
		}
		list = append(list, o)
	}
	return list, failed
}

// exitPanic is the exit status of a Go program that panics. A test binary whose tests
// fail exits with 1.
const exitPanic = 2

// tests runs the tests of a package, those of the engine in short, and returns the sign by
// which they notice the mutant, or "" if they pass.
func (c *campaign) tests(ctx context.Context, mutant int, folder string) (sign, error) {
	args := []string{"-test.failfast", "-test.timeout=" + testTime.String()}
	if folder == engine {
		args = append(args, "-test.short")
	}
	if folder == proofs {
		args = append(args, "-test.run=^TestSmallestCounterexamples$") // outcomes has tried the rest
	}
	err := c.process(ctx, testTime+10*time.Second, mutant, folder, c.binaries[folder], nil, args...)
	var exit *exec.ExitError
	switch {
	case err == nil || ctx.Err() != nil:
		return "", err
	case errors.Is(err, errTime):
		return timesOut, nil
	case !errors.As(err, &exit):
		return "", err
	case bytes.Contains(exit.Stderr, []byte("panic: test timed out")):
		return timesOut, nil
	case exit.ExitCode() == exitPanic:
		return panics, nil
	}
	return tests, nil
}

// report returns the report of a whole verification.
func (c *campaign) report(ctx context.Context, mutant int) ([]byte, error) {
	file := filepath.Join(c.dir, fmt.Sprintf("report%d.md", mutant))
	defer os.Remove(file)
	if err := c.process(ctx, reportTime, mutant, "", c.reporter, nil, "verify", "--report", file); err != nil {
		return nil, err
	}
	return os.ReadFile(file)
}

// try runs one mutant: on the statements; if none notices it, on the tests of its
// package and of the engine (a mutant of the engine or of a statement on the search for
// smallest counterexamples); and if it survives those, on a whole verification, unless
// that does not use its package.
func (c *campaign) try(ctx context.Context, m *mutation.Mutant) (result, error) {
	r := result{ID: m.ID(), Folder: m.Folder(), Original: m.Original, Mutated: m.Mutated}
	list, err := c.outcomes(ctx, m.Number)
	if ctx.Err() != nil {
		return r, ctx.Err()
	}
	plainest := len(order)
	for i := range list {
		s := list[i].differs(&c.sound[i])
		for k, o := range order[:plainest] {
			if o == s {
				plainest = k
			}
		}
		if s != "" {
			r.Statements = append(r.Statements, list[i].Statement)
		}
	}
	switch {
	case plainest < len(order):
		r.Sign = order[plainest]
		return r, nil
	case errors.Is(err, errTime):
		r.Sign = timesOut
		return r, nil
	case err != nil:
		r.Sign = panics // outside of a statement: in a goroutine, or out of memory
		return r, nil
	}
	folders := []string{m.Folder(), engine}
	if m.Folder() == engine || m.Folder() == "theorems" {
		folders[1] = proofs
	}
	for _, folder := range folders {
		s, err := c.tests(ctx, m.Number, folder)
		if err != nil {
			return r, err
		}
		if s != "" {
			r.Sign, r.Test = s, folder
			return r, nil
		}
	}
	if m.Folder() == "numeric" {
		return r, nil
	}
	switch text, err := c.report(ctx, m.Number); {
	case ctx.Err() != nil:
		return r, ctx.Err()
	case errors.Is(err, errTime):
		r.Sign = timesOut
	case err != nil || !bytes.Equal(text, c.soundReport):
		r.Sign = reports
	}
	return r, nil
}
