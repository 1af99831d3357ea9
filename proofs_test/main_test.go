package proofs

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"sounding/internal/testenv"
	"sounding/theorems"
)

// TestMain lets -run thm-8 stand for -run TestStatements/^thm-8$.
func TestMain(m *testing.M) {
	flag.Parse()
	run := flag.Lookup("test.run").Value
	if id := strings.TrimSuffix(strings.TrimPrefix(run.String(), "^"), "$"); looksLikeID.MatchString(id) {
		if _, ok := theorems.Find(id); !ok {
			fmt.Fprintf(os.Stderr, "-run %s: no test and no statement has this name; sounding list shows the ids\n", run)
			os.Exit(2)
		}
		if err := run.Set("^TestStatements$/^" + id + "$"); err != nil {
			panic(err)
		}
	}
	cases := 100
	if testing.Short() {
		cases = 50 // of which rapid then draws a fifth
	}
	testenv.Run(m, cases)
}

// looksLikeID matches the ids of statements, and no name that a test can have.
var looksLikeID = regexp.MustCompile(`^[a-z]+(-[a-z0-9]+)+$`)

// checks returns the number of cases that rapid.Check is to draw.
func checks() int {
	n := flag.Lookup("rapid.checks").Value.(flag.Getter).Get().(int)
	if testing.Short() {
		n /= 5
	}
	return n
}
