package main

import (
	"fmt"
	"strconv"
	"strings"
)

// size is a number of bytes on the command line, such as 512MiB or 1GiB.
type size int64

// UnmarshalText reads a size.
func (s *size) UnmarshalText(text []byte) error {
	for unit, bits := range map[string]int{"MiB": 20, "GiB": 30} {
		digits, ok := strings.CutSuffix(string(text), unit)
		if n, err := strconv.ParseUint(digits, 10, 20); ok && err == nil && n > 0 {
			*s = size(n << bits)
			return nil
		}
	}
	return fmt.Errorf("%q: want a size such as 512MiB or 1GiB", text)
}
