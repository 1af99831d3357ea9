//go:build 386 || arm || mips || mipsle

package model

// States, edges, steps and bits are counted in int, and the limits on them assume
// that an int has 64 bits.
var _ = sounding_needs_a_platform_with_64_bit_int
