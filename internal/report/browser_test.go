package report

import (
	"strings"
	"testing"

	"sounding/internal/testenv"
)

// TestInABrowser shows the page in Chromium, and one of figures, which finds what a figure cuts.
func TestInABrowser(t *testing.T) {
	t.Parallel()
	r := registryReport()
	r.Entries = append(r.Entries, example(t).Entries...)
	var b strings.Builder
	if err := HTML(&b, r); err != nil {
		t.Fatal(err)
	}
	testenv.Browse(t, b.String(), allFigures(t))
}
