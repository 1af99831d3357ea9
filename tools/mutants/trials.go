package main

import "slices"

// trial is something that may notice a mutant.
type trial struct {
	kind      kind
	folder    string // of the package whose tests are run; "" for a verification
	arguments []string
}

type kind int8

const (
	packageTests kind = iota
	statements        // a small sample of the evidence of every statement
	verification      // the evidence of some statements in full
)

func testsOf(folder string, arguments ...string) trial {
	return trial{packageTests, folder, arguments}
}

const short = "-test.short"

var (
	sample   = trial{statements, "proofs_test", []string{"-test.run=^TestOutcomes$"}}
	smallest = testsOf("proofs_test", "-test.run=^TestSmallestCounterexamples$") // sample has tried the rest

	// verified verifies a statement of every verdict and every grade: what the engine
	// does with one it does with all.
	verified = trial{verification, "", []string{"verify", "--only", "eq-1,prop-4,def-18,thm-9,cor-15,x-cor-15,rem-3,thm-22,x-thm-22,x-tradeoff"}}
)

// subject is a folder with mutants.
type subject struct {
	folder  string
	mutants int     // how many are made: more where everything else relies on it
	trials  []trial // in their order: what costs little and notices much comes first
}

var subjects = []subject{
	{"exact", 58, solver("exact")},
	{"exact/field", 42, solver("exact/field")},
	{"exact/definition", 14, solver("exact/definition")},
	{"generators", 18, solver("generators")},
	{"numeric", 40, []trial{testsOf("numeric"), sample, testsOf("gate", short)}},
	{"verify", 56, []trial{sample, testsOf("verify", short), smallest, verified, testsOf("verify", "-test.skip=^TestTimeBudget$")}},
	{"theorems", 86, []trial{sample, testsOf("theorems"), smallest, testsOf("verify", short)}},
	{"gate", 40, []trial{testsOf("gate", short), testsOf("vectors/generate"), testsOf("gate")}},
	{"gate/training", 40, []trial{testsOf("gate/training"), testsOf("gate", short), testsOf("vectors/generate"), testsOf("gate")}},
	{"topk", 6, []trial{testsOf("topk"), testsOf("cmd/sounding", short)}},
	{"corpus", 16, []trial{testsOf("corpus"), testsOf("cmd/sounding", short)}},
}

// solver returns the trials of a package whose numbers the statements are about.
func solver(folder string) []trial {
	return []trial{sample, testsOf(folder), testsOf("verify", short), testsOf("gate", short), verified}
}

func trialsOf(folder string) []trial {
	i := slices.IndexFunc(subjects, func(s subject) bool { return s.folder == folder })
	return subjects[i].trials
}
