package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"sounding": main})
}

// TestScripts runs the command line as a shell would. The scripts have three
// commands of their own:
//
//	exits STATUS ARG…     runs sounding and checks its exit status and its streams
//	schema NAME FILE…     checks files against a schema of package model
//	replace OLD NEW FILE  edits a file in place, where OLD must occur
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
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
				_, err := exec.LookPath("python3")
				return err == nil, nil
			}
			return false, errors.New("unknown condition " + name)
		},
		Setup: func(e *testscript.Env) error {
			helper, err := filepath.Abs(filepath.Join("..", "..", "gate", "python"))
			if err != nil {
				return err
			}
			e.Setenv("PYTHON_HELPER", helper)
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
		if !strings.HasPrefix(stderr, "sounding: ") || strings.Count(stderr, "\n") != 1 || !strings.HasSuffix(stderr, "\n") {
			ts.Fatalf("sounding %q does not refuse in one line", args[1:])
		}
		if stdout != "" {
			ts.Fatalf("sounding %q refuses and has a result", args[1:])
		}
		if d := time.Since(start); d > refusalTime {
			ts.Fatalf("sounding %q refuses after %v", args[1:], d)
		}
	}
	if left, _ := filepath.Glob(ts.MkAbs(temporary)); len(left) > 0 {
		ts.Fatalf("sounding %q leaves %q", args[1:], left)
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
