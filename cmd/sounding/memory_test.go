package main

import (
	"runtime/debug"
	"testing"
)

// The guard speaks up only beyond its limit.
func TestMemoryGuard(t *testing.T) {
	before := debug.SetMemoryLimit(-1)
	t.Cleanup(func() { debug.SetMemoryLimit(before) })
	if reason := memoryGuard(1 << 40)(); reason != "" {
		t.Errorf("of a tebibyte: %q", reason)
	}
	if reason, want := memoryGuard(1<<20)(), "over the limit of 1 MiB of memory"; reason != want {
		t.Errorf("of a mebibyte: %q, want %q", reason, want)
	}
}
