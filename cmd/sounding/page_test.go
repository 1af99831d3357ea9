package main

import (
	"os"
	"path/filepath"
	"testing"

	"sounding/internal/testenv"
)

// TestAnalysisInABrowser shows the page of an analysis with all its figures.
func TestAnalysisInABrowser(t *testing.T) {
	t.Parallel()
	const instance = "../../model/testdata/instance.json"
	name := filepath.Join(t.TempDir(), "page.html")
	if status, _, stderr := run(t.Context(), nil, false, "analyze", "--html", name, "--tuned", instance, instance); status != 0 {
		t.Fatalf("status %d: %s", status, stderr)
	}
	page, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	testenv.Browse(t, string(page))
}
