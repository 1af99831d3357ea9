// Package proofs tests every statement of the registry on random cases, one test
// per statement, named after it:
//
//	go test ./proofs_test -run Thm8
//	go test ./proofs_test -run 'Prop|Cor' -rapid.checks 10000
//
// A test that fails prints the violation in one sentence, the smallest case on
// which it occurs, and the command that checks that case again from its file.
package proofs
