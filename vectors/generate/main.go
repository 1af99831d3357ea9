// Command generate writes the files of package vectors, the same bytes each time.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"sounding/gate"
	"sounding/gate/training"
)

func main() {
	dir := "."
	if len(os.Args) > 1 {
		dir = os.Args[1]
	}
	for _, q := range training.Quantities() {
		write(dir, string(q), func() ([]byte, error) { return trainingFile(q) })
	}
	for _, q := range gate.Quantities() {
		write(dir, string(q), func() ([]byte, error) { return profileFile(q) })
	}
}

func write(dir, name string, file func() ([]byte, error)) {
	text, err := file()
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name+".json"), text, 0o644)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(1)
	}
}
