// Package verify runs the checks of statements and grades what they find.
//
// A [Statement] lists its checks and near-misses. A check is a plain function of a
// [World]: a model with its numbers in some ring, and two solutions of it, by recursion
// and by definition. The check compares sides, and the World keeps the score. The same
// check runs on random instances in ℚ, at random points of a prime field, over the
// degrees that bound what such a point can miss, on lattices whose points prove an
// identity, and under go test. It knows nothing of any of them.
//
// [Run] verifies the statements it is handed; the statements of the paper are in package
// theorems.
package verify
