package model_test

import (
	"flag"
	"os"
	"strconv"
	"testing"
)

// TestMain fixes what the random tests draw, unless the command line or the
// environment says otherwise, and lets SOUNDING_EFFORT multiply their number.
func TestMain(m *testing.M) {
	flag.Parse()
	given := map[string]bool{}
	flag.Visit(func(f *flag.Flag) { given[f.Name] = true })
	set := func(name, env, value string) {
		if !given[name] && os.Getenv(env) == "" {
			if err := flag.Set(name, value); err != nil {
				panic(err)
			}
		}
	}
	effort, err := strconv.Atoi(os.Getenv("SOUNDING_EFFORT"))
	if err != nil || effort < 1 {
		effort = 1
	}
	set("rapid.seed", "RAPID_SEED", "1")
	set("rapid.checks", "RAPID_CHECKS", strconv.Itoa(300*effort))
	os.Exit(m.Run())
}
