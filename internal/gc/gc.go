// Package gc says how much garbage a program lets lie before it collects it.
package gc

import (
	"os"
	"runtime/debug"
)

// percent of the live heap. Checks make millions of short-lived numbers beside a few
// megabytes that live: with the usual 100 a third of the time goes into collecting
// them, with 400 hardly any, and the heap of a verification stays below 150 MB.
const percent = 400

// Relax lets garbage lie for longer, unless the environment variable GOGC says how long.
// It is for programs whose live heap is small.
func Relax() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
}
