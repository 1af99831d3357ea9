package proofs

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"sounding/theorems"
	"sounding/verify"
)

var update = flag.Bool("update", false, "write the files of testdata that hold what was compared")

const (
	comparisonsFile  = "testdata/comparisons.txt"
	comparedCases    = 20 // the first cases of a statement, with seed 1
	comparedOnSeries = 4
)

// TestComparisons: every statement makes as many comparisons on its first cases as the
// file says. A check that is lost, leaves out a position or returns early still passes
// wherever it looks; it compares less.
func TestComparisons(t *testing.T) {
	t.Parallel()
	all := theorems.All()
	lines := make([]string, len(all))
	var group sync.WaitGroup
	for i, s := range all {
		group.Go(func() { lines[i] = fmt.Sprintf("%s %d", s.ID, comparisons(s)) })
	}
	group.Wait()
	if *update {
		if err := os.WriteFile(comparisonsFile, []byte(strings.Join(lines, "\n")+"\n"), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	text, err := os.ReadFile(comparisonsFile)
	if err != nil {
		t.Fatal(err)
	}
	want := make(map[string]string)
	for line := range strings.Lines(string(text)) {
		id, n, _ := strings.Cut(strings.TrimSpace(line), " ")
		want[id] = n
	}
	for _, line := range lines {
		if id, n, _ := strings.Cut(line, " "); want[id] != n {
			t.Errorf("%s: %s comparisons, want %q; if that is meant: go test ./proofs_test -run TestComparisons -update", id, n, want[id])
		}
	}
}

// comparisons returns how many comparisons the checks of s make on its first cases.
func comparisons(s *verify.Statement) int {
	sum := 0
	for _, check := range s.Checks() {
		cases := comparedCases
		if check.Series {
			cases = comparedOnSeries
		}
		for i := range cases {
			n, err := tried(s.ID, check, s.Cases().Draw(1, i))
			sum += n
			if err != nil {
				break // TestStatements says more
			}
		}
	}
	return sum
}
