// Package testenv prepares the tests of a package: how many random cases rapid draws,
// from which seed, and how long it shrinks, unless the command line or the environment
// says otherwise.
package testenv

import (
	"flag"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	_ "pgregory.net/rapid" // so that every package accepts rapid's flags
)

// Effort returns what SOUNDING_EFFORT multiplies the number of random cases by, 1
// where it is not set.
var Effort = sync.OnceValue(func() int {
	s, set := os.LookupEnv("SOUNDING_EFFORT")
	if !set {
		return 1
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		fmt.Fprintf(os.Stderr, "SOUNDING_EFFORT=%s: must be a positive integer\n", s)
		os.Exit(2)
	}
	return n
})

// Scale returns n times the effort, a fifth of it under -short, and 1 at least.
func Scale(n int) int {
	n *= Effort()
	if testing.Short() {
		n /= 5
	}
	return max(n, 1)
}

// Checks make millions of short-lived numbers and keep a few megabytes: at the usual 100 % a
// third of the time goes into collecting them. gcPercent lets garbage grow to sixteen times the
// live heap, up to gcMemory in all, in bytes: two packages are tested at a time.
const (
	gcPercent = 1600
	gcMemory  = 1 << 30
)

// Run runs the tests of a package, with the given number of cases per property at
// effort 1, and ends the program. It is for TestMain.
func Run(m *testing.M, checks int) {
	if !flag.Parsed() {
		flag.Parse()
	}
	given := make(map[string]bool)
	flag.Visit(func(f *flag.Flag) { given[f.Name] = true })
	for _, f := range []struct{ name, variable, value string }{
		{"rapid.seed", "RAPID_SEED", "1"},
		{"rapid.checks", "RAPID_CHECKS", strconv.Itoa(checks * Effort())},
		{"rapid.shrinktime", "RAPID_SHRINKTIME", "5s"},
		// What is worth keeping of a failure is its case as JSON, which outlives the generators.
		{"rapid.nofailfile", "RAPID_NOFAILFILE", "true"},
	} {
		if _, set := os.LookupEnv(f.variable); set || given[f.name] {
			continue
		}
		if err := flag.Set(f.name, f.value); err != nil {
			panic(err)
		}
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
		if os.Getenv("GOMEMLIMIT") == "" {
			debug.SetMemoryLimit(gcMemory)
		}
	}
	done := make(chan struct{})
	go noteEnvironment(done)
	code := m.Run()
	close(done)
	os.Exit(code)
}

// noteEnvironment reads the variables above while tests run. The go command keeps the
// result of a test with the variables that were read by then, and not before: without
// this another RAPID_SEED would be answered from the cache.
func noteEnvironment(done <-chan struct{}) {
	for wait := 100 * time.Microsecond; ; wait *= 2 {
		for _, name := range []string{"SOUNDING_EFFORT", "RAPID_SEED", "RAPID_CHECKS", "RAPID_SHRINKTIME", "RAPID_STEPS", "RAPID_NOFAILFILE"} {
			os.Getenv(name)
		}
		select {
		case <-done:
			return
		case <-time.After(wait):
		}
	}
}

// Brief returns the first lines of a text, and how many it left out.
func Brief(text string) string {
	const shown = 16
	return first(shown, slices.Collect(strings.Lines(text)))
}

// Changes returns the first lines of a difference of go-cmp that are on one side alone, and
// how many it left out.
func Changes(diff string) string {
	const shown = 2
	var changed []string
	for line := range strings.Lines(diff) {
		if strings.HasPrefix(line, "-") || strings.HasPrefix(line, "+") {
			changed = append(changed, line)
		}
	}
	return first(shown, changed)
}

// Few returns the first of several mistakes, each on a line, and how many it left out.
func Few(mistakes []string) string {
	const shown = 4
	lines := make([]string, len(mistakes))
	for i, m := range mistakes {
		lines[i] = m + "\n"
	}
	return first(shown, lines)
}

// first joins the first n lines.
func first(n int, lines []string) string {
	if len(lines) <= n {
		return strings.Join(lines, "")
	}
	return fmt.Sprintf("%s… lines left out: %d\n", strings.Join(lines[:n], ""), len(lines)-n)
}
