// Package generators makes the cases that the statements are checked on.
//
// There are two sources. [Cases] and its relatives are rapid generators: they
// draw small dimensions first, then structure, then sparse lists of edits to a
// case with uniform conditionals and no harm. No draw is ever rejected and no
// number is drawn as a float; what a statement needs (a horizon, a position
// without information, a score proportional to the harm increment) is built, not
// searched for. So a failing case shrinks by dropping edits and dimensions.
// [Classes] lists what the draws must cover and how often, [Classify] recognises
// it on a finished case with arithmetic of its own.
//
// [Smallest] is no generator but an order: it runs through all small prefix-tree
// cases by increasing [Size]. The first case in it that falsifies a claim is the
// claim's smallest counterexample, whatever drew the first one.
package generators
