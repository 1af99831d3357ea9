//go:build unix

package main

import (
	"fmt"
	"runtime"
	"syscall"
)

// peakMemory says how much memory the process had at most.
func peakMemory() string {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return "peak memory unknown: " + err.Error()
	}
	kib := int64(u.Maxrss)
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" { // in bytes there
		kib >>= 10
	}
	return fmt.Sprintf("peak memory %d MiB", kib>>10)
}
