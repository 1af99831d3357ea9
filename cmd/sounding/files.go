package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
)

// compute runs f and returns its result, or the context's error as soon as it is
// cancelled; f then goes on until the process ends.
func compute[T any](ctx context.Context, f func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		v, err := f()
		done <- result{v, err}
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

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

// file is a file whose format is known before it is read.
type file struct {
	io.Reader
	format string // that the first key names; "" where it does not
}

// peek returns a file with its format.
func peek(r io.Reader) *file {
	b := bufio.NewReader(r)
	start, _ := b.Peek(256) // a short file, or an error that reading meets again
	f := &file{Reader: b}
	if m := formatKey.FindSubmatch(start); m != nil {
		f.format = string(m[1])
	}
	return f
}

var formatKey = regexp.MustCompile(`^\s*\{\s*"format"\s*:\s*"([^"]*)"`)

// checkTarget checks up front that writeFile can write a file.
func checkTarget(name string) error {
	info, err := os.Stat(name)
	switch {
	case name == "-":
		return unusable(errors.New("-: want the name of a file to write"))
	case err == nil && info.IsDir():
		return unusable(fmt.Errorf("%s: a directory, want a file to write", name))
	case err == nil && !info.Mode().IsRegular():
		return nil
	}
	return probe(name, filepath.Dir(name))
}

// checkDirectory checks up front that files can be written to a directory, which
// is made when it is needed.
func checkDirectory(name string) error {
	existing := name
	info, err := os.Stat(existing)
	for errors.Is(err, fs.ErrNotExist) && filepath.Dir(existing) != existing {
		existing = filepath.Dir(existing)
		info, err = os.Stat(existing)
	}
	if err == nil && !info.IsDir() {
		return unusable(fmt.Errorf("%s: not a directory", existing))
	}
	return probe(name, existing)
}

// probe creates a file in a directory, for what is to be written there, and removes it.
func probe(name, directory string) error {
	f, err := os.CreateTemp(directory, temporary)
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		err = p.Err // without the name of the temporary file
	}
	if err != nil {
		return unusable(fmt.Errorf("%s: cannot be written: %w", name, err))
	}
	f.Close()
	return os.Remove(f.Name())
}

// temporary names the files that are being written.
const temporary = ".sounding-*"

// writeFile writes a file completely or not at all: it writes a temporary file in
// the same directory and renames it. It writes to devices and pipes directly.
func writeFile(name string, write func(io.Writer) error) error {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return err
	}
	mode := fs.FileMode(0o644)
	if info, err := os.Stat(name); err == nil {
		if !info.Mode().IsRegular() {
			return writeDirectly(name, b.Bytes())
		}
		mode = info.Mode().Perm()
		if name, err = filepath.EvalSymlinks(name); err != nil {
			return err
		}
	}
	f, err := os.CreateTemp(filepath.Dir(name), temporary)
	if err != nil {
		return unusable(fmt.Errorf("%s: cannot be written: %w", name, err))
	}
	defer os.Remove(f.Name()) // fails once it has been renamed, as it should
	if _, err := f.Write(b.Bytes()); err != nil {
		f.Close()
		return err
	}
	if err := f.Chmod(mode); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

func writeDirectly(name string, data []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return unusable(err)
	}
	if _, err := f.Write(data); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
