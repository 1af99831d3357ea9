// Package theorems states what the paper claims, one entry per statement with
// its formula, hypotheses, checks and near-misses, and runs the checks.
//
// A check is a plain function of a World: a model with its numbers in some ring,
// and two solutions of it, by recursion and by definition. The same check runs on
// random instances in ℚ, at random points of a prime field, over the degrees that
// bound what such a point can miss, and under go test. It knows nothing of any of
// them: it compares sides, and the World keeps the score.
//
// Adding a statement means adding it to the file of its section; the tests, the
// report and the list pick it up from Registry.
package theorems
