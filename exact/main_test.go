package exact_test

import (
	"flag"
	"os"
	"strconv"
	"testing"
)

// effort multiplies the number of cases of every test.
var effort = 1

// TestMain fixes the seed and the number of checks of rapid where the user does
// not: runs are alike, and SOUNDING_EFFORT multiplies their length.
func TestMain(m *testing.M) {
	flag.Parse()
	if s := os.Getenv("SOUNDING_EFFORT"); s != "" {
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
	} {
		if given[f.name] || os.Getenv(f.variable) != "" {
			continue
		}
		if err := flag.Set(f.name, f.value); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
