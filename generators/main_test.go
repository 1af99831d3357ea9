package generators

import (
	"flag"
	"testing"

	"sounding/internal/testenv"
)

// ordinaryChecks is the number of cases per property in a full run.
const ordinaryChecks = 100

func TestMain(m *testing.M) {
	flag.Parse()
	checks := ordinaryChecks
	if testing.Short() {
		checks = 300 // of which rapid makes a fifth: fewer, and no rare class turns up
	}
	testenv.Run(m, checks)
}
