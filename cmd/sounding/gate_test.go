package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sounding/gate/gatetest"
	"sounding/internal/testenv"
)

// solverArgument makes the test binary a solver with the fault that follows, so
// that scripts can gate it: sounding gate -- sounding test-solver FAULT.
const solverArgument = "test-solver"

func init() {
	if len(os.Args) == 3 && os.Args[1] == solverArgument {
		gatetest.Serve(os.Stdin, os.Stdout, os.Args[2])
		os.Exit(0)
	}
}

var (
	gating  = regexp.MustCompile(`(?m)^ *(?:\$ )?sounding (gate .*-- python3 .*)$`)
	copying = regexp.MustCompile(`(?m)^ *(cp .*)$`)
)

// TestGatesOfPages: a command that gates a solver in Python ends as its page says, on a few
// instances. The solvers are those that the page copies.
func TestGatesOfPages(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("a start of an interpreter for each command")
	}
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash")
	}
	testenv.Python(t)
	solvers, err := filepath.Abs(filepath.Join("..", "..", "gate"))
	if err != nil {
		t.Fatal(err)
	}
	known := make(map[string]bool)
	for page, want := range map[string]int{"README.md": 1, "docs/gate.md": 7, "docs/kl-estimators.md": 2} {
		text, err := os.ReadFile(filepath.Join("..", "..", page))
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		if err := os.Symlink(solvers, filepath.Join(dir, "gate")); err != nil {
			t.Skip(err)
		}
		setUp := "cp gate/python/first.py ."
		for _, m := range copying.FindAllStringSubmatch(string(text), -1) {
			setUp += " && " + m[1]
		}
		runShown(t, bash, dir, page, setUp)
		commands := gating.FindAllStringSubmatch(string(text), -1)
		if len(commands) != want {
			t.Errorf("%s: %d commands gate a solver in Python, want %d", page, len(commands), want)
		}
		for i, m := range commands {
			words := strings.Fields(m[1])
			slices.Sort(words)
			command := strings.Join(words, " ")
			if known[command] {
				continue // but for the order of its flags
			}
			known[command] = true
			t.Run(fmt.Sprintf("%s %d", page, i+1), func(t *testing.T) {
				t.Parallel()
				status := exitAsClaimed
				if strings.Contains(m[1], "--kl k3") { // as every page says
					status = exitFalsified
				}
				few := strings.Replace(m[1], "gate ", "gate --level plain --checks 4 ", 1)
				runShown(t, bash, dir, page, fmt.Sprintf("PYTHONDONTWRITEBYTECODE=1 sounding %s; test $? = %d", few, status))
			})
		}
	}
}
