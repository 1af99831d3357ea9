package model

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
)

// Naturals is a flat list of non-negative integers of any size. An entry that
// fits a machine word costs eight bytes, so that an n-gram's counts stay small;
// one larger entry costs its neighbours nothing.
//
// The zero value is the empty list.
type Naturals struct {
	small []int64    // entry i, or ^k where the entry is wide[k]
	wide  []*big.Int // the entries beyond a machine word; never changed
}

// NaturalsOf returns the list of the given non-negative values. It panics on a
// negative one; use Append for data from outside.
func NaturalsOf(values ...int64) Naturals {
	for i, v := range values {
		if v < 0 {
			panic(fmt.Sprintf("model: negative entry %d at %d", v, i))
		}
	}
	return Naturals{small: slices.Clone(values)}
}

// Len returns the number of entries.
func (n *Naturals) Len() int { return len(n.small) }

// Int64s returns the entries as machine words, and false where one does not fit.
// The slice is the list's own: it must not be changed.
func (n *Naturals) Int64s() ([]int64, bool) {
	if len(n.wide) > 0 {
		return nil, false
	}
	return n.small, true
}

// At returns entry i as a big integer that the caller owns.
func (n *Naturals) At(i int) *big.Int {
	if v := n.small[i]; v >= 0 {
		return big.NewInt(v)
	}
	return new(big.Int).Set(n.wide[^n.small[i]])
}

// IsZero reports whether entry i is zero.
func (n *Naturals) IsZero(i int) bool { return n.small[i] == 0 }

// Cmp compares entries i and j.
func (n *Naturals) Cmp(i, j int) int { return n.cmp(i, n, j) }

// cmp compares entry i of n with entry j of m.
func (n *Naturals) cmp(i int, m *Naturals, j int) int {
	switch a, b := n.small[i], m.small[j]; {
	case a >= 0 && b >= 0:
		return cmp.Compare(a, b)
	case a >= 0: // every wide entry is larger than every small one
		return -1
	case b >= 0:
		return 1
	default:
		return n.wide[^a].Cmp(m.wide[^b])
	}
}

// Append adds v at the end. It panics when v is negative.
func (n *Naturals) Append(v *big.Int) {
	if v.IsInt64() {
		n.AppendInt64(v.Int64())
		return
	}
	if v.Sign() < 0 {
		panic("model: negative entry " + v.String())
	}
	n.appendWide(new(big.Int).Set(v))
}

// AppendInt64 adds v at the end. It panics when v is negative.
func (n *Naturals) AppendInt64(v int64) {
	if v < 0 {
		panic(fmt.Sprintf("model: negative entry %d", v))
	}
	n.small = append(n.small, v)
}

// AppendFrom adds entry i of m at the end.
func (n *Naturals) AppendFrom(m *Naturals, i int) {
	if v := m.small[i]; v >= 0 {
		n.small = append(n.small, v)
		return
	}
	n.appendWide(m.wide[^m.small[i]])
}

func (n *Naturals) appendWide(v *big.Int) {
	n.small = append(n.small, ^int64(len(n.wide)))
	n.wide = append(n.wide, v)
}

// Positive reports whether one of the entries lo ≤ i < hi is not zero.
func (n *Naturals) Positive(lo, hi int) bool {
	return slices.ContainsFunc(n.small[lo:hi], func(v int64) bool { return v != 0 })
}

// Sum returns the sum of the entries lo ≤ i < hi.
func (n *Naturals) Sum(lo, hi int) *big.Int {
	s := new(big.Int)
	var part int64
	for _, v := range n.small[lo:hi] {
		if v < 0 {
			s.Add(s, n.wide[^v])
			continue
		}
		if part+v < 0 { // would overflow: empty the word into s
			s.Add(s, big.NewInt(part))
			part = 0
		}
		part += v
	}
	return s.Add(s, big.NewInt(part))
}

// Clone returns a copy that can be appended to without changing n.
func (n *Naturals) Clone() Naturals {
	return Naturals{small: slices.Clone(n.small), wide: slices.Clone(n.wide)}
}

// Equal reports whether the two lists have the same entries. go-cmp uses it.
func (n Naturals) Equal(m Naturals) bool {
	if len(n.small) != len(m.small) {
		return false
	}
	for i := range n.small {
		if n.cmp(i, &m, i) != 0 {
			return false
		}
	}
	return true
}

// shares reports whether n and m are one list, stored once.
func (n *Naturals) shares(m *Naturals) bool {
	return len(n.small) == len(m.small) && (len(n.small) == 0 || &n.small[0] == &m.small[0])
}
