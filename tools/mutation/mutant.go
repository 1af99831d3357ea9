// Package mutation makes small faults in the suite's own code, to measure whether
// the suite notices them.
//
// The code does its arithmetic by method calls on a ring, which the operators of
// ordinary mutation tools pass by; the operators here know it. All mutants are
// compiled into one program, which chooses one when it starts: building the program
// anew for each would take most of the time.
package mutation

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Mutant is one small fault.
type Mutant struct {
	File     string // its path from the root of the module
	Line     int    // in the file, from 1
	Function string // the function that it is in, with the receiver's type
	Operator string // one of those that Operators explains
	Ordinal  int    // among the mutants of the operator in the function, from 1
	Original string // the text that it replaces, on one line
	Mutated  string // what it puts there; empty where it drops a statement

	Number int // by which the program chooses it, from 1; set when it is chosen

	edit
}

// ID names the mutant. It stays the same while lines move, and while other functions
// change.
func (m *Mutant) ID() string {
	return fmt.Sprintf("%s:%s:%s:%d", m.File, m.Function, m.Operator, m.Ordinal)
}

// Folder returns the folder of the mutant's file.
func (m *Mutant) Folder() string { return m.File[:strings.LastIndex(m.File, "/")] }

// Operators explains each operator.
var Operators = map[string]string{
	"ring":       "a method of a ring for another: Add for Sub, Mul for Add, Quo for Mul, no Neg",
	"arguments":  "the first two arguments of a call change places",
	"arithmetic": "+ for −, * for /, and the reverse",
	"comparison": "a strict comparison for one that is not, == for !=, and the reverse",
	"logic":      "&& for ||, and the reverse; no !",
	"negate":     "a condition denied",
	"constant":   "an integer one larger or one smaller, a float doubled",
	"offset":     "x for x − 1 and for x + 1",
	"index":      "an index one larger",
	"drop":       "a statement left out; a variable keeps the zero of its type",
	"fault":      "statements inserted by hand",
}

// rank orders mutants as if by chance, the same each time for one seed.
func (m *Mutant) rank(seed string) uint64 {
	sum := sha256.Sum256([]byte(seed + m.ID()))
	return binary.BigEndian.Uint64(sum[:])
}

// Choose returns n of the mutants, or all if there are no more: files take turns, in a
// file operators do, and of an operator mutants come as if by chance. The choice
// depends on the seed and the mutants' ids alone.
func Choose(all []*Mutant, n int, seed string) []*Mutant {
	byRank := slices.Clone(all)
	slices.SortFunc(byRank, func(a, b *Mutant) int { return cmp.Compare(a.rank(seed), b.rank(seed)) })
	// The turn of a mutant is how many of its operator came before it in the file.
	turn := make(map[*Mutant]int)
	turns := make(map[[2]string]int)
	byFile := make(map[string][]*Mutant)
	for _, m := range byRank {
		key := [2]string{m.File, m.Operator}
		turn[m] = turns[key]
		turns[key]++
		byFile[m.File] = append(byFile[m.File], m)
	}
	files := slices.Sorted(maps.Keys(byFile))
	for _, list := range byFile {
		slices.SortStableFunc(list, func(a, b *Mutant) int { return turn[a] - turn[b] })
	}
	var chosen []*Mutant
	for i := 0; len(chosen) < min(n, len(all)); i++ {
		for _, f := range files {
			if i < len(byFile[f]) && len(chosen) < n {
				chosen = append(chosen, byFile[f][i])
			}
		}
	}
	slices.SortFunc(chosen, func(a, b *Mutant) int {
		return cmp.Or(strings.Compare(a.File, b.File), a.lo-b.lo, strings.Compare(a.ID(), b.ID()))
	})
	return chosen
}
