package generators

import (
	"flag"
	"testing"

	"sounding/internal/testenv"
)

func TestMain(m *testing.M) {
	flag.Parse()
	checks := 100
	if testing.Short() {
		checks = 300 // of which rapid makes a fifth: fewer, and no rare class turns up
	}
	testenv.Run(m, checks)
}
