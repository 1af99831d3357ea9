package theorems

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"sounding/verify"
)

// All returns every entry, section by section in the order of the paper, and each behind
// its twin.
func All() []*Statement {
	all := slices.Concat(
		statesStatements, objectiveStatements, harmScaleStatements, martingaleStatements, informationStatements, informationRemarksStatements, informationGeneralStatements, promptsStatements,
		gradientStatements, contributionsStatements, contributionsSimilarStatements, horizonStatements, horizonExtensionsStatements,
		boundsStatements, boundsSharpStatements, boundsRemarksStatements, boundsPointwiseStatements, estimatorsStatements, equilibriumStatements,
		equilibriumLimitsStatements, klProfileStatements, cliffStatements, optimumNearestStatements, trainingPathStatements, globalMinimiserStatements, recoveryStatements,
		recoveryGradientStatements, deepEquilibriumStatements, deepProfileStatements, deepTotalStatements, gibbsStatements, robustnessStatements,
		attackStatements, deepPointwiseStatements, deepUniqueStatements, deepConvexStatements, deepLawStatements, deepLawDisplayStatements,
		deepRecoverableStatements, expansionStatements, sharedParametersStatements, sharedParametersLimitsStatements,
		proofStepsStatements, proofStepsRobustnessStatements, recoveryRemarksStatements, gibbsRemarksStatements, softmaxModelsStatements,
		practiceStatements, prefillStatements, preferencesStatements,
	)
	slices.SortStableFunc(all, func(a, b *Statement) int {
		return slices.CompareFunc(strings.Split(a.Section, "."), strings.Split(b.Section, "."), compareParts)
	})
	return besideTwins(all)
}

// besideTwins moves the entries that name a twin behind it.
func besideTwins(all []*Statement) []*Statement {
	behind := make(map[string][]*Statement)
	for _, s := range all {
		behind[s.Twin] = append(behind[s.Twin], s)
	}
	list := make([]*Statement, 0, len(all))
	for _, s := range behind[""] {
		list = append(append(list, s), behind[s.ID]...)
		delete(behind, s.ID)
	}
	delete(behind, "")
	for _, twins := range behind {
		panic(fmt.Sprintf("theorems: %s names the twin %q, which is no entry or has a twin itself", twins[0].ID, twins[0].Twin))
	}
	return list
}

// Twins returns the entries about the same sentence of the paper as s, in order: the one
// that has it, and those that name that one as their twin.
func Twins(s *Statement) []*Statement {
	if s.Twin == "" && !s.HasSentence() {
		return nil
	}
	same := func(o *Statement) bool {
		return o.ID != s.ID && (o.ID == s.Twin || o.Twin == s.ID || s.Twin != "" && o.Twin == s.Twin)
	}
	return slices.DeleteFunc(All(), func(o *Statement) bool { return !same(o) })
}

// compareParts orders the parts of a section's number: numbers before the letters
// of the appendices.
func compareParts(a, b string) int {
	m, errA := strconv.Atoi(a)
	n, errB := strconv.Atoi(b)
	switch {
	case errA == nil && errB == nil:
		return cmp.Compare(m, n)
	case errA == nil:
		return -1
	case errB == nil:
		return 1
	}
	return cmp.Compare(a, b)
}

// Find returns the entry with the given id.
func Find(id string) (*Statement, bool) {
	for _, s := range All() {
		if s.ID == id {
			return s, true
		}
	}
	return nil, false
}

// Replay checks a stored counterexample again, against the entry that it names. It
// returns the violation found now, or nil where there is none any more.
func Replay(s *verify.Stored) (*verify.Violation, error) {
	st, ok := Find(s.Statement)
	if !ok {
		return nil, fmt.Errorf("counterexample: /statement: no statement %q", s.Statement)
	}
	return s.Replay(st)
}
