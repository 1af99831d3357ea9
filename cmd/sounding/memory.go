package main

import (
	"fmt"
	"runtime/debug"
	"runtime/metrics"
)

// memoryGuard holds the memory of the process within a limit, in bytes: it has the garbage
// collector keep well below it, and returns a function that says so once that fails.
func memoryGuard(limit int64) func() string {
	debug.SetMemoryLimit(limit / 8 * 5)
	samples := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	return func() string {
		metrics.Read(samples)
		if used := samples[0].Value.Uint64() - samples[1].Value.Uint64(); int64(used) > limit/8*6 {
			debug.FreeOSMemory() // for what follows
			return fmt.Sprintf("over the limit of %d MiB of memory", limit>>20)
		}
		return ""
	}
}
