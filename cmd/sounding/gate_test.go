package main

import (
	"os"

	"sounding/gate/gatetest"
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
