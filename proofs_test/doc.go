// Package proofs holds the proofs by test. Begin with properties_test.go: the five
// properties that the paper stands on, on random cases, with nothing in between.
//
// TestStatements checks every statement of package theorems, in a subtest named by its
// id. -run thm-8 is short for -run 'TestStatements/^thm-8$':
//
//	go test ./proofs_test -run thm-8 -v
//	go test ./proofs_test -run 'TestStatements/prop|cor' -rapid.checks 10000
//
// A statement that fails prints the violation in one sentence, a small case on which it
// occurs, and the command that runs it again; -artifacts keeps the case as JSON.
package proofs
