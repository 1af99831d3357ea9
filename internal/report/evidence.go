package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"sounding/theorems"
)

// Phrase says in one line what stands behind an entry's verdict, strongest first.
func Phrase(e *theorems.Entry) string {
	var parts []string
	if n := shapes(e.Certificates); n > 0 {
		parts = append(parts, fmt.Sprintf("certified for %s, error < 10^%d", plural(n, "shape"), int(math.Ceil(largestError(e.Certificates)))))
	}
	for _, g := range []struct {
		theorems.Grade
		how string
	}{
		{theorems.Asymptotic, "series coefficients exact on"},
		{theorems.Exact, "exact on"},
		{theorems.Enclosed, "enclosed on"},
		{theorems.Sampled, "sampled on"},
	} {
		if n := e.Cases[g.Grade]; n > 0 {
			parts = append(parts, g.how+" "+plural(n, "instance"))
		}
	}
	checked := strings.Join(parts, ", ")
	if e.Statement.Claim == nil {
		return checked
	}
	what := "no counterexample to the wording"
	if c := e.Counterexample; c != nil {
		what = "wording refuted by " + size(c)
	}
	if checked == "" {
		return what
	}
	return what + "; repair " + checked
}

// size says how large a counterexample is, and whether there is a smaller one.
func size(c *theorems.Counterexample) string {
	which := "the smallest instance"
	if !c.Smallest {
		which = "an instance"
	}
	return fmt.Sprintf("%s, V = %d, T = %d%s", which, c.Case.Vocabulary(), c.Case.Length(), smallness(c))
}

// smallness marks a counterexample of which it is not known whether it is the
// smallest.
func smallness(c *theorems.Counterexample) string {
	if c.Smallest {
		return ""
	}
	return " (smallest found)"
}

// vacuity says on how many cases a hypothesis failed.
func vacuity(e *theorems.Entry) string {
	return fmt.Sprintf("on %s a hypothesis did not hold somewhere, and nothing is claimed there", plural(e.Vacuous, "instance"))
}

// shapes counts the shapes that certificates are for.
func shapes(list []theorems.Certificate) int {
	seen := make(map[theorems.Shape]bool)
	for _, c := range list {
		seen[c.Shape] = true
	}
	return len(seen)
}

// largestError returns the decimal logarithm of the largest bound.
func largestError(list []theorems.Certificate) float64 {
	worst := math.Inf(-1)
	for _, c := range list {
		worst = max(worst, c.Log10)
	}
	return worst
}

// certificates says what was certified, a line per length: the vocabularies, the
// degree and the number of points.
func certificates(list []theorems.Certificate) []string {
	type kind struct{ length, degree, trials int }
	var kinds []kind
	vocabularies := make(map[kind][]int)
	for _, c := range list {
		k := kind{c.Shape.Length, c.Degree, c.Trials}
		if vocabularies[k] == nil {
			kinds = append(kinds, k)
		}
		vocabularies[k] = append(vocabularies[k], c.Shape.Vocabulary)
	}
	slices.SortStableFunc(kinds, func(a, b kind) int { return a.length - b.length })
	var lines []string
	for _, k := range kinds {
		lines = append(lines, fmt.Sprintf("T = %d, V = %s: degree %d, %s", k.length, ranges(vocabularies[k]), k.degree, plural(k.trials, "point")))
	}
	return lines
}

// ranges writes a set of integers, runs of them as first–last.
func ranges(set []int) string {
	slices.Sort(set)
	set = slices.Compact(set)
	var parts []string
	for i := 0; i < len(set); {
		j := i
		for j+1 < len(set) && set[j+1] == set[j]+1 {
			j++
		}
		if j > i+1 {
			parts = append(parts, fmt.Sprintf("%d–%d", set[i], set[j]))
		} else {
			for _, n := range set[i : j+1] {
				parts = append(parts, fmt.Sprint(n))
			}
		}
		i = j + 1
	}
	return strings.Join(parts, ", ")
}
