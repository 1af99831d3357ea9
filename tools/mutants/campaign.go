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
	"reflect"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"sounding/tools/mutation"
	"sounding/tools/mutation/active"
)

// Limits of one process that runs a mutant. Its processor time is the one that counts: it
// does not depend on what else the machine does.
const (
	processorTime = 90              // seconds
	wallTime      = 4 * time.Minute // for one that waits for ever
	memory        = 6 << 20         // KiB of addresses
)

// campaign runs the mutants of a program.
type campaign struct {
	program *mutation.Program
	dir     string // for binaries and results
	trials  []trial

	binaries      map[string]string // the test binary of each package
	reporter      string
	sound         []outcome
	soundEvidence []byte
}

// need adds trials to those of the campaign.
func (c *campaign) need(trials []trial) {
	for _, t := range trials {
		if !slices.ContainsFunc(c.trials, func(u trial) bool { return reflect.DeepEqual(t, u) }) {
			c.trials = append(c.trials, t)
		}
	}
}

// prepare builds the programs that the trials need and makes sure that the sound ones
// pass.
func (c *campaign) prepare(ctx context.Context) error {
	c.binaries = make(map[string]string)
	for _, t := range c.trials {
		if t.folder == "" || c.binaries[t.folder] != "" {
			continue
		}
		c.binaries[t.folder] = filepath.Join(c.dir, strings.ReplaceAll(t.folder, "/", "_")+".test")
		if err := c.program.Build(ctx, c.binaries[t.folder], "./"+t.folder, true); err != nil {
			return err
		}
	}
	c.reporter = filepath.Join(c.dir, "sounding")
	if err := c.program.Build(ctx, c.reporter, "./cmd/sounding", false); err != nil {
		return err
	}
	for _, t := range c.trials {
		if err := c.prove(ctx, t); err != nil {
			return fmt.Errorf("the sound program: %w", err)
		}
	}
	return nil
}

// prove makes sure that the sound program passes a trial, and keeps what it writes.
func (c *campaign) prove(ctx context.Context, t trial) (err error) {
	switch t.kind {
	case statements:
		if c.sound, err = c.outcomes(ctx, 0, t); err != nil {
			return err
		}
		for _, o := range c.sound {
			if o.Fails != "" || o.Panic != "" {
				return fmt.Errorf("%s: %s%s", o.Statement, o.Fails, o.Panic)
			}
		}
	case verification:
		c.soundEvidence, err = c.evidence(ctx, 0, t)
	default:
		var s sign
		var test string
		if s, test, err = c.tests(ctx, 0, t); err == nil && s != "" {
			err = fmt.Errorf("%s %v: %s %s; run it by itself", t.folder, t.arguments, s, test)
		}
	}
	return err
}

// errTime reports a process that did not end in time.
var errTime = errors.New("not finished in time")

// process runs a program of the campaign with a mutant and returns its standard output. The
// error is errTime or an *exec.ExitError with the standard error output.
func (c *campaign) process(ctx context.Context, mutant int, folder, program string, variables []string, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, wallTime)
	defer cancel()
	limits := fmt.Sprintf(`ulimit -v %d; ulimit -t %d; exec "$0" "$@"`, memory, processorTime)
	p := exec.CommandContext(ctx, "sh", append([]string{"-c", limits, program}, args...)...)
	p.Dir = filepath.Join(c.program.Root, folder)
	p.Env = append(os.Environ(), fmt.Sprintf("%s=%d", active.Variable, mutant), "GOMAXPROCS=2", "RAPID_NOFAILFILE=1")
	p.Env = append(p.Env, variables...)
	// A group of its own: an interrupt ends the campaign, not the mutant, and with a mutant ends
	// what it has started.
	p.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	p.Cancel = func() error { return syscall.Kill(-p.Process.Pid, syscall.SIGKILL) }
	p.WaitDelay = time.Second
	out, err := p.Output()
	if ctx.Err() == context.DeadlineExceeded || p.ProcessState != nil && overspent(p.ProcessState) {
		return out, errTime
	}
	return out, err
}

// overspent reports whether a process was killed for its processor time.
func overspent(s *os.ProcessState) bool {
	w, ok := s.Sys().(syscall.WaitStatus)
	return ok && w.Signaled() && (w.Signal() == syscall.SIGKILL || w.Signal() == syscall.SIGXCPU)
}

// outcomes returns the outcomes of the statements that the program came to.
func (c *campaign) outcomes(ctx context.Context, mutant int, t trial) ([]outcome, error) {
	file := filepath.Join(c.dir, fmt.Sprintf("outcomes%d", mutant))
	defer os.Remove(file)
	_, failed := c.process(ctx, mutant, t.folder, c.binaries[t.folder], []string{"SOUNDING_OUTCOMES=" + file}, t.arguments...)
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

var failed = regexp.MustCompile(`(?m)^--- FAIL: (\S+)`)

// tests runs tests of a package and returns the sign by which they notice the mutant, or ""
// if they pass, and the first test that fails.
func (c *campaign) tests(ctx context.Context, mutant int, t trial) (s sign, test string, err error) {
	out, err := c.process(ctx, mutant, t.folder, c.binaries[t.folder], nil, append([]string{"-test.failfast", "-test.timeout=" + wallTime.String()}, t.arguments...)...)
	if m := failed.FindSubmatch(out); m != nil {
		test = string(m[1])
	}
	var exit *exec.ExitError
	switch {
	case err == nil || ctx.Err() != nil:
		return "", "", err
	case errors.Is(err, errTime):
		return timesOut, test, nil
	case !errors.As(err, &exit):
		return "", "", err
	case bytes.Contains(exit.Stderr, []byte("panic: test timed out")):
		return timesOut, test, nil
	case exit.ExitCode() == exitPanic:
		return panics, test, nil
	}
	return tests, test, nil
}

// evidence returns the evidence that a verification writes.
func (c *campaign) evidence(ctx context.Context, mutant int, t trial) ([]byte, error) {
	file := filepath.Join(c.dir, fmt.Sprintf("evidence%d.json", mutant))
	defer os.Remove(file)
	if _, err := c.process(ctx, mutant, "", c.reporter, nil, append(t.arguments, "--json", file)...); err != nil {
		return nil, err
	}
	return os.ReadFile(file)
}

// try runs one mutant on the trials of its folder, until one notices it.
func (c *campaign) try(ctx context.Context, m *mutation.Mutant) (result, error) {
	r := result{ID: m.ID(), Folder: m.Folder(), Original: m.Original, Mutated: m.Mutated}
	for _, t := range trialsOf(m.Folder()) {
		var err error
		switch t.kind {
		case statements:
			err = c.tryStatements(ctx, m, t, &r)
		case verification:
			err = c.tryVerification(ctx, m, t, &r)
		default:
			var test string
			r.Sign, test, err = c.tests(ctx, m.Number, t)
			if r.Sign != "" {
				r.Test = strings.TrimSuffix(t.folder+" "+test, " ")
			}
		}
		if err != nil || r.Sign != "" {
			return r, err
		}
	}
	return r, nil
}

// tryStatements takes down how the statements notice a mutant.
func (c *campaign) tryStatements(ctx context.Context, m *mutation.Mutant, t trial, r *result) error {
	list, err := c.outcomes(ctx, m.Number, t)
	if ctx.Err() != nil {
		return ctx.Err()
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
	case errors.Is(err, errTime):
		r.Sign = timesOut
	case err != nil:
		r.Sign = panics // outside of a statement: in a goroutine, or out of memory
	}
	return nil
}

// tryVerification takes down how a verification notices a mutant.
func (c *campaign) tryVerification(ctx context.Context, m *mutation.Mutant, t trial, r *result) error {
	evidence, err := c.evidence(ctx, m.Number, t)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, errTime):
		r.Sign = timesOut
	case err != nil || !bytes.Equal(evidence, c.soundEvidence):
		r.Sign = reports
	}
	return nil
}
