package generators

import (
	"flag"
	"os"
	"strconv"
	"sync"
	"testing"
)

// effort multiplies the number of cases of the longer tests. It is read by the
// tests, not before they run: only then does the test cache know of it.
var effort = sync.OnceValue(func() int {
	s, ok := os.LookupEnv("SOUNDING_EFFORT")
	if !ok {
		return 1
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		panic("SOUNDING_EFFORT=" + s + ": accepted are positive integers")
	}
	return n
})

func TestMain(m *testing.M) {
	flag.Parse()
	given := make(map[string]bool)
	flag.Visit(func(f *flag.Flag) { given[f.Name] = true })
	byDefault := func(name, env, value string) {
		if _, set := os.LookupEnv(env); !set && !given[name] {
			if err := flag.Set(name, value); err != nil {
				panic(err)
			}
		}
	}
	byDefault("rapid.seed", "RAPID_SEED", "1")
	if testing.Short() {
		// rapid divides its checks by 5 then, too few for a rare class to turn up.
		byDefault("rapid.checks", "RAPID_CHECKS", "500")
	}
	byDefault("rapid.nofailfile", "RAPID_NOFAILFILE", "true") // some properties here are meant to fail
	os.Exit(m.Run())
}
