package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"sounding/internal/words"
	"sounding/theorems"
	"sounding/verify"
)

type convertCommand struct {
	To        string `help:"The form to write: counterexample, fuzz or rapid." enum:"counterexample,fuzz,rapid" required:"" placeholder:"FORM"`
	Statement string `help:"The statement that random words are drawn for, where the path does not say." placeholder:"ID"`
	File      string `arg:"" help:"A counterexample file, an entry of a fuzz corpus, or a failfile of rapid."`
}

// maxConverted bounds the files that are read: a word of a failfile takes up to 19
// characters and may hold a single bit.
const maxConverted = 256 << 20

// Run writes one form of a counterexample as another, to standard output.
func (v *convertCommand) Run(ctx context.Context, c *console) error {
	out, err := compute(ctx, func() ([]byte, error) {
		text, err := v.read(c)
		if err != nil {
			return nil, err
		}
		out, err := v.convert(text)
		if err != nil {
			return nil, unusable(fmt.Errorf("%s: %w", v.File, err))
		}
		return out, nil
	})
	if err != nil {
		return err
	}
	_, err = c.out.Write(out)
	return err
}

func (v *convertCommand) read(c *console) ([]byte, error) {
	f, err := c.open(v.File)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxConverted+1))
	switch {
	case err != nil:
		return nil, unusable(fmt.Errorf("%s: %w", v.File, err))
	case len(text) > maxConverted:
		return nil, unusable(fmt.Errorf("%s: more than %d bytes, which is accepted", v.File, maxConverted))
	}
	return text, nil
}

func (v *convertCommand) convert(text []byte) ([]byte, error) {
	var list []uint64
	var err error
	switch {
	case bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")):
		if _, err = verify.ReadStored(bytes.NewReader(text)); err == nil {
			list, err = words.Spell(text)
		}
	case words.IsCorpus(text):
		list, err = words.ReadCorpus(text)
	default:
		list, err = words.ReadFailfile(text)
	}
	if err != nil {
		return nil, err
	}
	switch v.To {
	case "fuzz":
		return words.Corpus(list), nil
	case "rapid":
		return words.Failfile(list), nil
	}
	return v.counterexample(list)
}

// counterexample returns the file that words spell out, or one of the case that they
// draw, if a check of the statement fails on it.
func (v *convertCommand) counterexample(list []uint64) ([]byte, error) {
	if file := words.Read(list); file != nil {
		return file, nil
	}
	s, err := v.statement()
	if err != nil {
		return nil, err
	}
	drawn, err := words.Draw(s, list)
	if err != nil {
		return nil, err
	}
	for _, check := range s.Checks {
		_, err := check.Try(s.ID, drawn)
		var failed *verify.Violation
		if !errors.As(err, &failed) {
			continue
		}
		var b bytes.Buffer
		stored := verify.Stored{Statement: s.ID, Repair: s.Claim != nil, Counterexample: verify.Counterexample{Case: drawn, Violation: failed}}
		err = stored.Write(&b)
		return b.Bytes(), err
	}
	return nil, fmt.Errorf("the words draw %#v, on which %s holds: there is no counterexample to write", drawn, s.ID)
}

// statement returns the statement that is named, or that the path names, as in
// testdata/fuzz/FuzzThm8/… and testdata/rapid/TestThm8/….
func (v *convertCommand) statement() (*verify.Statement, error) {
	if v.Statement != "" {
		if s, ok := theorems.Find(v.Statement); ok {
			return s, nil
		}
		return nil, unknownID(v.Statement)
	}
	path := strings.Split(filepath.ToSlash(v.File), "/")
	for _, s := range theorems.All() {
		if name := words.Name(s.ID); slices.Contains(path, "Fuzz"+name) || slices.Contains(path, "Test"+name) {
			return s, nil
		}
	}
	return nil, errors.New("random words of an unknown statement: accepted is --statement ID, or a path such as testdata/fuzz/FuzzThm8/ENTRY")
}
