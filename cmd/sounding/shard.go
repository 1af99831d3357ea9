package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// shard is a part i/n of a verification on the command line.
type shard struct{ index, of int }

// maxShards bounds the number of parts.
const maxShards = 1000

// UnmarshalText reads a part.
func (s *shard) UnmarshalText(text []byte) error {
	index, of, ok := strings.Cut(string(text), "/")
	i, errI := strconv.Atoi(index)
	n, errN := strconv.Atoi(of)
	if !ok || errI != nil || errN != nil || i < 1 || i > n || n > maxShards {
		return fmt.Errorf("%q: want i/n with 1 ≤ i ≤ n ≤ %d", text, maxShards)
	}
	*s = shard{i, n}
	return nil
}

// checkShard checks that a part is asked for in the form that can be merged.
func (v *verifyCommand) checkShard() error {
	switch {
	case v.Shard == nil:
		return nil
	case v.JSON == "":
		return unusable(errors.New("--shard: want --json FILE with it, for sounding merge"))
	case v.Report != "" || v.HTML != "" || v.Instance != "":
		return unusable(errors.New("--shard with --report, --html or --instance: want --json alone, as these are about a whole verification"))
	}
	return nil
}
