// Package mutation makes small faults in the code of a module, to measure whether its tests
// notice them.
//
// The code does its arithmetic by method calls on a ring, which ordinary mutation tools do
// not change; the operators here do. All mutants are compiled into one program, which
// chooses one when it starts: a build for each would take most of the time.
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
	Operator string // a key of Operators
	Ordinal  int    // among the mutants of the operator in the function, from 1
	Original string // the text that it replaces, on one line
	Mutated  string // the text in its place; "" if a statement is left out

	Number int // by which the program chooses it, from 1; set when it is chosen

	edit
}

// ID names the mutant. It does not change when lines move or other functions change.
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

// rank orders mutants as if by chance, always the same for one seed.
func (m *Mutant) rank(seed string) uint64 {
	sum := sha256.Sum256([]byte(seed + m.ID()))
	return binary.BigEndian.Uint64(sum[:])
}

// Shuffle returns the mutants in an order as if by chance, always the same.
func Shuffle(all []*Mutant) []*Mutant { return shuffle(all, "order") }

func shuffle(all []*Mutant, seed string) []*Mutant {
	list := slices.Clone(all)
	slices.SortFunc(list, func(a, b *Mutant) int { return cmp.Compare(a.rank(seed), b.rank(seed)) })
	return list
}

// Choose returns n of the mutants, or all if there are fewer. Files take turns, then the
// operators in a file, and the mutants of an operator come as if by chance. The choice
// depends only on the seed and the ids of the mutants.
func Choose(all []*Mutant, n int, seed string) []*Mutant {
	byRank := shuffle(all, seed)
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
