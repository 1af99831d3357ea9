package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A tree of 729 leaves with weights of twelve digits is more than the costliest checks have
// memory or time for: they end with a reason.
func TestInstanceTooLarge(t *testing.T) {
	if testing.Short() {
		t.Skip("takes the time that it is given")
	}
	t.Parallel()
	const length, leaves = 6, 729
	var layers []string
	weight := 123456789012
	for states := 1; states < leaves; states *= 3 {
		rows := make([]string, states)
		for i := range rows {
			weight = weight*31%899999999981 + 100000000007
			rows[i] = fmt.Sprintf("[%d, %d, %d]", weight, weight/3, weight/7)
		}
		layers = append(layers, `{"weights": [`+strings.Join(rows, ", ")+`]}`)
	}
	harm := make([]string, leaves)
	for i := range harm {
		harm[i] = fmt.Sprint(i * i % 1000)
	}
	name := filepath.Join(t.TempDir(), "tree.json")
	text := fmt.Sprintf(`{"format": "sounding/instance/1", "vocabulary": 3, "length": %d, "layers": [%s], "harm": {"denominator": 1000, "values": [%s]}}`,
		length, strings.Join(layers, ", "), strings.Join(harm, ", "))
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "sounding", "verify", "--instance", name, "--only", "rem-1-general,lem-24,eq-54,eq-55", "--time", "2s", "--limit", "256MiB")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	start := time.Now()
	err := cmd.Run()
	if status := cmd.ProcessState.ExitCode(); status != exitUnfinished {
		t.Fatalf("status %d, %v: %s%s", status, err, &stdout, &stderr)
	}
	if !strings.Contains(stdout.String(), "\nskipped, ") || strings.Contains(stdout.String(), "does not end") {
		t.Errorf("no reasons, or a check that is not stopped:\n%s", &stdout)
	}
	if d := time.Since(start); d > time.Minute {
		t.Errorf("ends after %v", d)
	}
}
