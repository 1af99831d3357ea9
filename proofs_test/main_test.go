package proofs

import (
	"flag"
	"os"
	"strconv"
	"testing"

	"sounding/internal/gc"
)

// effort multiplies the number of cases of every test.
var effort = 1

// TestMain fixes what rapid draws and how much of it, unless the command line or
// the environment says otherwise.
func TestMain(m *testing.M) {
	flag.Parse()
	if s, ok := os.LookupEnv("SOUNDING_EFFORT"); ok {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 {
			panic("SOUNDING_EFFORT=" + s + ": accepted are positive integers")
		}
		effort = n
	}
	given := make(map[string]bool)
	flag.Visit(func(f *flag.Flag) { given[f.Name] = true })
	for _, f := range []struct{ name, variable, value string }{
		{"rapid.seed", "RAPID_SEED", "1"},
		{"rapid.checks", "RAPID_CHECKS", strconv.Itoa(100 * effort)},
		// A counterexample is kept as an instance of its own, which outlives the generators.
		{"rapid.nofailfile", "RAPID_NOFAILFILE", "true"},
	} {
		if _, set := os.LookupEnv(f.variable); set || given[f.name] {
			continue
		}
		if err := flag.Set(f.name, f.value); err != nil {
			panic(err)
		}
	}
	gc.Relax()
	os.Exit(m.Run())
}

// checks returns the number of cases that rapid.Check is to draw.
func checks() int {
	n := flag.Lookup("rapid.checks").Value.(flag.Getter).Get().(int)
	if testing.Short() {
		n /= 5
	}
	return n
}
