package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"sounding/internal/testenv"
)

func TestMain(m *testing.M) {
	testscript.Main(suite{m}, map[string]func(){"sounding": main, "refusals": refusals})
}

// suite is the tests of this package. Scripts find the interpreter itself under the name python3,
// ahead of a version manager's script that looks for it.
type suite struct{ *testing.M }

func (s suite) Run() int {
	if python := testenv.FindPython(); filepath.Base(python) == "python3" {
		own, others, _ := strings.Cut(os.Getenv("PATH"), string(os.PathListSeparator)) // own holds sounding
		os.Setenv("PATH", strings.Join([]string{own, filepath.Dir(python), others}, string(os.PathListSeparator)))
	}
	return s.M.Run()
}

// TestScripts runs the command line as a shell would. The scripts have four
// commands of their own:
//
//	exits STATUS ARG…     runs sounding and checks its exit status and its streams
//	refusals FILE         checks that each command line of a file is refused
//	schema NAME FILE…     checks files against a schema of package model
//	replace OLD NEW FILE  edits a file in place, where OLD must occur
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.RunT(script{t}, testscript.Params{
		Dir: "testdata",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":   exits,
			"schema":  schema,
			"replace": replace,
		},
		Condition: func(name string) (bool, error) {
			if name == "thorough" {
				return !testing.Short(), nil
			}
			if name == "python" {
				return testenv.FindPython() != "", nil
			}
			return false, errors.New("unknown condition " + name)
		},
		Setup: func(e *testscript.Env) error {
			for name, of := range map[string]string{"PYTHON_HELPER": "gate", "LINES_HELPER": "topk"} {
				helper, err := filepath.Abs(filepath.Join("..", "..", of, "python"))
				if err != nil {
					return err
				}
				e.Setenv(name, helper)
			}
			for _, f := range []string{"instance.json", "layered.json", "counterexample.json"} {
				b, err := os.ReadFile(filepath.Join("..", "..", "model", "testdata", f))
				if err != nil {
					return err
				}
				if err := os.WriteFile(filepath.Join(e.WorkDir, f), b, 0o644); err != nil {
					return err
				}
			}
			return nil
		},
	})
}

// script is a test that logs the end of its transcript alone: from the last command that was
// run, and little of what that printed.
type script struct{ *testing.T }

func (s script) Verbose() bool { return testing.Verbose() }

func (s script) Run(name string, f func(testscript.T)) {
	s.T.Run(name, func(t *testing.T) { f(script{t}) })
}

func (s script) Log(args ...any) {
	s.Helper()
	transcript := fmt.Sprint(args...)
	if !s.Verbose() {
		transcript = ending(transcript)
	}
	s.T.Log(transcript)
}

// ending returns the lines of a transcript from its last command that is no check of an
// output on, without the middle where they are many.
func ending(transcript string) string {
	const shown = 8 // at either end
	lines := strings.Split(strings.TrimRight(transcript, "\n"), "\n")
	from := 0
	for i, line := range lines {
		if strings.HasPrefix(line, "> exits ") || strings.HasPrefix(line, "> exec ") || strings.HasPrefix(line, "> refusals ") {
			from = i
		}
	}
	if lines = lines[from:]; len(lines) > 2*shown+1 {
		middle := fmt.Sprintf("… lines left out: %d, which -v shows", len(lines)-2*shown)
		lines = slices.Concat(lines[:shown], []string{middle}, lines[len(lines)-shown:])
	}
	return strings.Join(lines, "\n")
}

func TestEnding(t *testing.T) {
	t.Parallel()
	const before = "> exits 0 list\n[stdout]\nearlier\n"
	many := strings.Repeat("x\n", 100)
	for _, c := range []struct{ reason, transcript, want string }{
		{"no command", "# a comment\nFAIL: a\n", "# a comment\nFAIL: a"},
		{"the last command that was run", before + "> exits 0 verify\n[stdout]\ny\n> stdout z\nFAIL: a", "> exits 0 verify\n[stdout]\ny\n> stdout z\nFAIL: a"},
		{"the most that is shown", before + "> refusals f\n" + many[:30] + "FAIL: a", "> refusals f\n" + many[:30] + "FAIL: a"},
		{
			"a line more", before + "> exec cat f\n" + many[:32] + "FAIL: a\n",
			"> exec cat f\n" + many[:14] + "… lines left out: 2, which -v shows\n" + many[:14] + "FAIL: a",
		},
	} {
		if got := ending(c.transcript); got != c.want {
			t.Errorf("%s: %q, want %q", c.reason, got, c.want)
		}
	}
}

// refusalTime is how long sounding may take to refuse its input. A tenth of a second
// is usual, seconds under the race detector; a busy machine takes several times that.
const refusalTime = time.Minute

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: exits STATUS ARG…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	start := time.Now()
	got := 0
	if err := ts.Exec("sounding", args[1:]...); err != nil {
		var e *exec.ExitError
		if !errors.As(err, &e) {
			ts.Fatalf("sounding: %v", err)
		}
		got = e.ExitCode()
	}
	if got != want {
		ts.Fatalf("sounding %q exits with %d, want %d", args[1:], got, want)
	}
	stdout, stderr := ts.ReadFile("stdout"), ts.ReadFile("stderr")
	switch want {
	case exitAsClaimed, exitFalsified:
		if stdout == "" {
			ts.Fatalf("sounding %q has no result", args[1:])
		}
	case exitUsage:
		ts.Check(refusal(args[1:], got, stdout, stderr, time.Since(start)))
	}
	if left, _ := filepath.Glob(ts.MkAbs(temporary)); len(left) > 0 {
		ts.Fatalf("sounding %q leaves %q", args[1:], left)
	}
}

// refusal returns an error unless a command line was refused as it should be.
func refusal(args []string, status int, stdout, stderr string, took time.Duration) error {
	switch {
	case status != exitUsage:
		return fmt.Errorf("sounding %q exits with %d, want %d", args, status, exitUsage)
	case !strings.HasPrefix(stderr, "sounding: ") || strings.Count(stderr, "\n") != 1 || !strings.HasSuffix(stderr, "\n"):
		return fmt.Errorf("sounding %q does not refuse in one line: %q", args, stderr)
	case stdout != "":
		return fmt.Errorf("sounding %q refuses and has a result", args)
	case took > refusalTime:
		return fmt.Errorf("sounding %q refuses after %v", args, took)
	}
	return nil
}

// refusals runs the command lines of a file in one process, which saves a start for each.
// A line holds arguments as a script has them and, behind =>, what the refusal has to match.
func refusals() {
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	word := regexp.MustCompile(`'[^']*'|\S+`)
	failed := false
	for line := range strings.Lines(string(text)) {
		command, pattern, said := strings.Cut(strings.TrimSpace(line), "=> ")
		args := word.FindAllString(command, -1)
		for i := range args {
			args[i] = strings.Trim(args[i], "'")
		}
		start := time.Now()
		status, stdout, stderr := run(context.Background(), os.Stdin, false, args...)
		err := refusal(args, status, stdout, stderr, time.Since(start))
		if err == nil && (!said || !regexp.MustCompile(pattern).MatchString(stderr)) {
			err = fmt.Errorf("sounding %q: %q, want %q", args, stderr, pattern)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			failed = true
		}
	}
	if left, _ := filepath.Glob(temporary); len(left) > 0 {
		fmt.Fprintf(os.Stderr, "left: %q\n", left)
		failed = true
	}
	if failed {
		os.Exit(1)
	}
}

func schema(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: schema NAME FILE…")
	}
	for _, pattern := range args[1:] {
		files := []string{pattern}
		if strings.Contains(pattern, "*") {
			var err error
			files, err = filepath.Glob(ts.MkAbs(pattern))
			ts.Check(err)
		}
		if len(files) == 0 {
			ts.Fatalf("no file %s", pattern)
		}
		for _, f := range files {
			if err := validate(args[0], ts.ReadFile(f)); err != nil {
				ts.Fatalf("%s: %v", f, err)
			}
		}
	}
}

func replace(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: replace OLD NEW FILE")
	}
	text := ts.ReadFile(args[2])
	if !strings.Contains(text, args[0]) {
		ts.Fatalf("%s has no %q", args[2], args[0])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(strings.ReplaceAll(text, args[0], args[1])), 0o644))
}
