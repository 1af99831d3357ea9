package verify

import "fmt"

// The statements that the tests of this package run on: registry_test.go sets them, as
// package theorems imports this one.
var registry func() []*Statement

// SetRegistry sets them.
func SetRegistry(all func() []*Statement) { registry = all }

func find(id string) (*Statement, bool) {
	for _, s := range registry() {
		if s.ID == id {
			return s, true
		}
	}
	return nil, false
}

// named returns the statements with the given ids.
func named(ids ...string) []*Statement {
	var list []*Statement
	for _, id := range ids {
		s, ok := find(id)
		if !ok {
			panic("no statement " + id)
		}
		list = append(list, s)
	}
	return list
}

// replay replays s against the statement that it names.
func replay(s *Stored) (*Violation, error) {
	st, ok := find(s.Statement)
	if !ok {
		return nil, fmt.Errorf("/statement: no statement %q", s.Statement)
	}
	return s.Replay(st)
}
