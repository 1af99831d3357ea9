package main

import (
	"fmt"
	"math/rand/v2"
	"strconv"
)

// seed is a seed on the command line: a number, or "random" for a fresh one.
type seed uint64

// freshSeeds bounds the seeds that random draws, so that every reader of JSON holds
// them exactly.
const freshSeeds = 1 << 53

// UnmarshalText reads a seed.
func (s *seed) UnmarshalText(text []byte) error {
	if string(text) == "random" {
		*s = seed(rand.Uint64N(freshSeeds))
		return nil
	}
	n, err := strconv.ParseUint(string(text), 10, 64)
	if err != nil {
		return fmt.Errorf("%q: want an integer from 0 to 2^64 − 1, or random", text)
	}
	*s = seed(n)
	return nil
}
