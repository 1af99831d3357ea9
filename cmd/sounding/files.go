package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
)

// open opens a file for reading; "-" is standard input.
func (c *console) open(name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(c.in), nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, unusable(err)
	}
	return f, nil
}

// writeFile writes a file whole or not at all: to a temporary file beside it,
// which then takes its name.
func writeFile(name string, write func(io.Writer) error) error {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".sounding-*")
	if err != nil {
		return unusable(err)
	}
	defer os.Remove(f.Name()) // fails once it has been renamed, as it should
	if _, err := f.Write(b.Bytes()); err != nil {
		f.Close()
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
