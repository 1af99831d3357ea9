//go:build !unix

package main

import (
	"fmt"
	"runtime"
)

// peakMemory says how much memory the Go runtime has taken from the system, which is
// at least what the process had at most.
func peakMemory() string {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return fmt.Sprintf("memory %d MiB", m.Sys>>20)
}
