package proofs

import (
	"flag"
	"testing"

	"sounding/internal/testenv"
)

// TestMain lets -run thm-8 stand for -run TestStatements/^thm-8$.
func TestMain(m *testing.M) {
	flag.Parse()
	run := flag.Lookup("test.run").Value
	if id, ok := statementOf(run.String()); ok {
		if err := run.Set("^TestStatements$/^" + id + "$"); err != nil {
			panic(err)
		}
	}
	testenv.Run(m, 100)
}

// checks returns the number of cases that rapid.Check is to draw.
func checks() int {
	n := flag.Lookup("rapid.checks").Value.(flag.Getter).Get().(int)
	if testing.Short() {
		n /= 5
	}
	return n
}
