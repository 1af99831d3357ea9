package formal

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestReadmeNamesDefinitions: what a statement speaks of is defined in Definitions.v or Algebra.v,
// or README.md names it among what a reader has to trust.
func TestReadmeNamesDefinitions(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	statements := map[string]bool{}
	for _, word := range regexp.MustCompile(`\w+`).FindAllString(source(t, "statements.txt"), -1) {
		statements[word] = true
	}
	sources, err := fs.Glob(files, "*.v")
	if err != nil {
		t.Fatal(err)
	}
	definition := regexp.MustCompile(`(?m)^(?:Definition|Fixpoint|Inductive|Record|Class) (\w+)`)
	found := 0
	for _, file := range sources {
		if file == "Definitions.v" || file == "Algebra.v" {
			continue
		}
		for _, match := range definition.FindAllStringSubmatch(source(t, file), -1) {
			if !statements[match[1]] {
				continue
			}
			found++
			if !strings.Contains(string(readme), "`"+match[1]+"`") {
				t.Errorf("README.md does not name %s of %s, which statements.txt speaks of", match[1], file)
			}
		}
	}
	if found == 0 {
		t.Error("no definition outside Definitions.v found in statements.txt")
	}
}
