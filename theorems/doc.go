// Package theorems states what the paper claims: one entry per statement, with its
// formula, hypotheses, checks and near-misses. Package verify runs them.
//
// To add a statement, add it to the file of its topic; the tests, the report and the
// list pick it up from [All].
package theorems
