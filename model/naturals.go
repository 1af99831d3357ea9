package model

import (
	"fmt"
	"math/big"
)

// Naturals is a flat list of non-negative integers of any size. It keeps machine
// words as long as every entry fits, so that an n-gram's counts cost eight bytes
// each, and falls back to big integers as a whole otherwise.
//
// The zero value is the empty list.
type Naturals struct {
	small []int64
	big   []*big.Int // when non-nil, holds every entry and small is nil
}

// NaturalsOf returns the list of the given non-negative values. It panics on a
// negative one: data from outside goes through Append.
func NaturalsOf(values ...int64) Naturals {
	for i, v := range values {
		if v < 0 {
			panic(fmt.Sprintf("model: negative entry %d at %d", v, i))
		}
	}
	return Naturals{small: append([]int64(nil), values...)}
}

// Len returns the number of entries.
func (n *Naturals) Len() int {
	if n.big != nil {
		return len(n.big)
	}
	return len(n.small)
}

// Int64s returns the entries as machine words, and false where one does not fit.
// The slice is the list's own: it must not be changed.
func (n *Naturals) Int64s() ([]int64, bool) { return n.small, n.big == nil }

// At returns entry i as a big integer that the caller owns.
func (n *Naturals) At(i int) *big.Int {
	if n.big != nil {
		return new(big.Int).Set(n.big[i])
	}
	return big.NewInt(n.small[i])
}

// IsZero reports whether entry i is zero.
func (n *Naturals) IsZero(i int) bool {
	if n.big != nil {
		return n.big[i].Sign() == 0
	}
	return n.small[i] == 0
}

// Cmp compares entries i and j.
func (n *Naturals) Cmp(i, j int) int {
	if n.big != nil {
		return n.big[i].Cmp(n.big[j])
	}
	switch a, b := n.small[i], n.small[j]; {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// Append adds v at the end. It panics when v is negative.
func (n *Naturals) Append(v *big.Int) {
	if v.Sign() < 0 {
		panic("model: negative entry " + v.String())
	}
	if n.big == nil && v.IsInt64() {
		n.small = append(n.small, v.Int64())
		return
	}
	if n.big == nil {
		n.big = make([]*big.Int, len(n.small), len(n.small)+1)
		for i, s := range n.small {
			n.big[i] = big.NewInt(s)
		}
		n.small = nil
	}
	n.big = append(n.big, new(big.Int).Set(v))
}

// AppendInt64 adds v at the end. It panics when v is negative.
func (n *Naturals) AppendInt64(v int64) {
	if n.big == nil && v >= 0 {
		n.small = append(n.small, v)
		return
	}
	n.Append(big.NewInt(v))
}

// Sum returns the sum of the entries lo ≤ i < hi.
func (n *Naturals) Sum(lo, hi int) *big.Int {
	s := new(big.Int)
	if n.big != nil {
		for _, v := range n.big[lo:hi] {
			s.Add(s, v)
		}
		return s
	}
	var part int64
	for _, v := range n.small[lo:hi] {
		if part+v < 0 { // would overflow: empty the word into s
			s.Add(s, big.NewInt(part))
			part = 0
		}
		part += v
	}
	return s.Add(s, big.NewInt(part))
}

// Clone returns a copy that shares nothing with n.
func (n *Naturals) Clone() Naturals {
	if n.big == nil {
		return Naturals{small: append([]int64(nil), n.small...)}
	}
	c := Naturals{big: make([]*big.Int, len(n.big))}
	for i, v := range n.big {
		c.big[i] = new(big.Int).Set(v)
	}
	return c
}

// Equal reports whether the two lists have the same entries. go-cmp uses it.
func (n Naturals) Equal(m Naturals) bool {
	if n.Len() != m.Len() {
		return false
	}
	for i := range n.Len() {
		if n.At(i).Cmp(m.At(i)) != 0 {
			return false
		}
	}
	return true
}
