package proofs

import (
	"crypto/sha256"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sounding/formal"
	"sounding/theorems"
)

const kernelFile = "testdata/kernel.txt"

// TestKernel: the theorems in Coq that a claim names are in the list of package formal,
// which make -C formal compiles, and neither the claim nor what a theorem says, hypotheses
// included, has changed since the two were last compared.
func TestKernel(t *testing.T) {
	t.Parallel()
	digest := func(parts ...string) string {
		return fmt.Sprintf("%x", sha256.Sum256([]byte(strings.Join(parts, "\x00"))))[:12]
	}
	var lines []string
	for _, s := range theorems.All() {
		for i := range s.Claims {
			c := &s.Claims[i]
			for _, name := range c.Kernel {
				theorem, ok := formal.Named(name)
				if !ok {
					t.Errorf("%s, claim %d: no theorem %s in formal/theorems.txt", s.ID, i+1, name)
					continue
				}
				says, err := theorem.Type()
				if err != nil {
					t.Errorf("%s, claim %d: %v", s.ID, i+1, err)
				}
				claim := digest(slices.Concat([]string{s.ClaimFormula(i)}, s.Hypotheses, c.Hypotheses)...)
				lines = append(lines, fmt.Sprintf("%s/%d %s %s %s", s.ID, i+1, claim, name, digest(says)))
			}
		}
	}
	text := strings.Join(lines, "\n") + "\n"
	if *update {
		if err := os.WriteFile(kernelFile, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(kernelFile)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(text, "\n")); diff != "" {
		t.Errorf("a claim or its theorem has changed (-compared +now): read both, and if the theorem still proves the claim, go test ./proofs_test -run TestKernel -update\n%s", diff)
	}
}
