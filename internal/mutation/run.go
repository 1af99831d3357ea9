package mutation

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

	"sounding/internal/mutation/active"
)

// Limits of one process that runs a mutant.
const (
	statementTime = 30 * time.Second
	testTime      = 150 * time.Second
	reportTime    = 300 * time.Second
	memory        = 6 << 20 // KiB of addresses
)

// searches is the package whose tests look for the smallest counterexamples.
const searches = "proofs_test"

// Campaign runs the mutants of a program.
type Campaign struct {
	Program *Program
	Folders []string // those that mutants are made in

	subject string
	tests   map[string]string // the test binary of each package
	sound   []Outcome

	reporter    string
	soundReport []byte
}

// Result is what became of one mutant.
type Result struct {
	Sign       Sign     // the plainest; "" where it survives
	Statements []string // the statements that show it
	Test       string   // where none does: the package whose tests fail
}

// Prepare builds the programs and runs the sound one.
func (c *Campaign) Prepare(ctx context.Context) error {
	c.subject = filepath.Join(c.Program.dir, "subject")
	if err := c.Program.Build(ctx, c.subject, "./internal/mutation/subject", false); err != nil {
		return err
	}
	c.tests = make(map[string]string)
	for _, folder := range append([]string{searches}, c.Folders...) {
		c.tests[folder] = filepath.Join(c.Program.dir, strings.ReplaceAll(folder, "/", "_")+".test")
		if err := c.Program.Build(ctx, c.tests[folder], "./"+folder, true); err != nil {
			return err
		}
	}
	c.reporter = filepath.Join(c.Program.dir, "sounding")
	if err := c.Program.Build(ctx, c.reporter, "./cmd/sounding", false); err != nil {
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
	for folder := range c.tests {
		if failed, err := c.fails(ctx, 0, folder, false); err != nil || failed {
			return fmt.Errorf("the tests of the sound %s fail: %v", folder, err)
		}
	}
	return nil
}

// errTime reports a process that did not end in time.
var errTime = errors.New("not finished in time")

// process runs a program with a mutant and returns what it printed.
func (c *Campaign) process(ctx context.Context, limit time.Duration, mutant int, folder, program string, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	p := exec.CommandContext(ctx, "sh", append([]string{"-c", fmt.Sprintf(`ulimit -v %d; exec "$0" "$@"`, memory), program}, args...)...)
	p.Dir = filepath.Join(c.Program.root, folder)
	p.Env = append(os.Environ(), fmt.Sprintf("%s=%d", active.Variable, mutant), "GOMAXPROCS=2", "RAPID_NOFAILFILE=1")
	p.WaitDelay = time.Second
	out, err := p.Output()
	if ctx.Err() == context.DeadlineExceeded {
		return out, errTime
	}
	return out, err
}

// outcomes returns the outcomes of the statements that the program came to.
func (c *Campaign) outcomes(ctx context.Context, mutant int) ([]Outcome, error) {
	out, err := c.process(ctx, statementTime, mutant, "", c.subject)
	var list []Outcome
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var o Outcome
		if json.Unmarshal(lines.Bytes(), &o) != nil {
			break // cut off in the middle of a line
		}
		list = append(list, o)
	}
	return list, err
}

// fails reports whether the tests of a package fail.
func (c *Campaign) fails(ctx context.Context, mutant int, folder string, short bool) (bool, error) {
	args := []string{"-test.failfast", "-test.timeout=" + testTime.String()}
	if short {
		args = append(args, "-test.short")
	}
	if folder == searches {
		args = append(args, "-test.run=^TestSmallestCounterexamples$") // what it has besides has been tried
	}
	_, err := c.process(ctx, testTime+10*time.Second, mutant, folder, c.tests[folder], args...)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return true, nil
	}
	return false, err
}

// report returns the report of a whole verification.
func (c *Campaign) report(ctx context.Context, mutant int) ([]byte, error) {
	file := filepath.Join(c.Program.dir, fmt.Sprintf("report%d.md", mutant))
	defer os.Remove(file)
	if _, err := c.process(ctx, reportTime, mutant, "", c.reporter, "verify", "--report", file); err != nil {
		return nil, err
	}
	return os.ReadFile(file)
}

// Run tries one mutant: on the statements and, where none shows it, on the tests of
// its package and on those of package theorems, which needs it; a mutant of theorems on
// the search for smallest counterexamples. What still survives is tried on a whole
// verification, if that uses its package.
func (c *Campaign) Run(ctx context.Context, m *Mutant) (Result, error) {
	var r Result
	list, err := c.outcomes(ctx, m.Number)
	if ctx.Err() != nil {
		return r, ctx.Err()
	}
	order := []Sign{Fails, Unseen, Panics, Reports}
	plainest := len(order)
	for i := range list {
		sign := list[i].differs(&c.sound[i])
		for k, s := range order[:plainest] {
			if s == sign {
				plainest = k
			}
		}
		if sign != "" {
			r.Statements = append(r.Statements, list[i].Statement)
		}
	}
	switch {
	case plainest < len(order):
		r.Sign = order[plainest]
		return r, nil
	case errors.Is(err, errTime):
		r.Sign = TimesOut
		return r, nil
	case err != nil:
		r.Sign = Panics // outside of a statement: in a goroutine, or for want of memory
		return r, nil
	}
	folders := []string{m.Folder(), "theorems"}
	if m.Folder() == "theorems" {
		folders[1] = searches
	}
	for _, folder := range folders {
		// Of package theorems the statements have been tried, which is most of its tests.
		failed, err := c.fails(ctx, m.Number, folder, folder == "theorems" && folder != m.Folder())
		switch {
		case ctx.Err() != nil:
			return r, ctx.Err()
		case errors.Is(err, errTime):
			r.Sign, r.Test = TimesOut, folder
			return r, nil
		case err != nil:
			return r, err
		case failed:
			r.Sign, r.Test = Test, folder
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
		r.Sign = TimesOut
	case err != nil || !bytes.Equal(text, c.soundReport):
		r.Sign = Reports
	}
	return r, nil
}
