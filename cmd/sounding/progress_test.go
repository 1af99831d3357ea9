package main

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// Whoever waits is told for how long already, until there are steps to count; nothing is left
// of that, and nothing follows the end.
func TestProgressOfTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var b bytes.Buffer
		p := (&console{err: &b, interactive: true}).progress("analysing")
		shown := func() string {
			p.Lock()
			defer p.Unlock()
			defer b.Reset()
			return b.String()
		}
		if s := shown(); s != "" {
			t.Errorf("at once: %q", s)
		}
		time.Sleep(3*time.Second + tick/2)
		if s := shown(); !strings.Contains(s, "analysing") || !strings.Contains(s, "[2s]") {
			t.Errorf("after three seconds: %q", s)
		}
		p.set(1, 4)
		if s := shown(); !strings.Contains(s, "25%") {
			t.Errorf("after a step of four: %q", s)
		}
		p.end()
		if s := shown(); s == "" || strings.Trim(s, "\r ") != "" {
			t.Errorf("at the end: %q", s)
		}
		time.Sleep(2 * tick)
		p.set(4, 4)
		if s := shown(); s != "" {
			t.Errorf("after the end: %q", s)
		}
	})
}
