package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"sounding/gate"
	"sounding/gate/training"
	"sounding/internal/testenv"
)

func TestMain(m *testing.M) { testenv.Run(m, 100) }

// TestGenerated: the files are what is written today, and there are no others.
func TestGenerated(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes seconds")
	}
	names := map[string]bool{"schema": true}
	check := func(name string, file func() ([]byte, error)) {
		names[name] = true
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want, err := file()
			if err != nil {
				t.Fatal(err)
			}
			if got, err := os.ReadFile(filepath.Join("..", name+".json")); err != nil || !bytes.Equal(got, want) {
				t.Errorf("out of date: go generate ./vectors (%v)", err)
			}
		})
	}
	for _, q := range training.Quantities() {
		check(string(q), func() ([]byte, error) { return trainingFile(q) })
	}
	for _, q := range gate.Quantities() {
		check(string(q), func() ([]byte, error) { return profileFile(q) })
	}
	files, err := filepath.Glob("../*.json")
	if err != nil || len(files) != len(names) {
		t.Errorf("%d files, want %d (%v)", len(files), len(names), err)
	}
}
