package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"sounding/verify"
)

// Phrase says in one line what an entry's verdict rests on, strongest first, or what fails.
func Phrase(e *verify.Entry) string {
	switch {
	case e.Violation != nil && e.Counterexample != nil:
		return "fails on " + size(e.Counterexample)
	case e.Violation != nil:
		return "fails as an identity of polynomials"
	}
	var parts []string
	if n := e.Cases[verify.Proved]; n > 0 {
		parts = append(parts, "proved for "+plural(n, "shape"))
	}
	if n := shapes(e.Certificates); n > 0 {
		parts = append(parts, fmt.Sprintf("certified for %s, error < 10^%d", plural(n, "shape"), int(math.Ceil(largestError(e.Certificates)))))
	}
	for _, g := range []struct {
		verify.Grade
		how string
	}{
		{verify.Asymptotic, "series coefficients exact on"},
		{verify.Exact, "exact on"},
		{verify.Enclosed, "enclosed on"},
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
func size(c *verify.Counterexample) string {
	which := "the smallest instance"
	if !c.Smallest {
		which = "an instance"
	}
	return fmt.Sprintf("%s, V = %d, T = %d%s", which, c.Case.Vocabulary(), c.Case.Length(), smallness(c))
}

// smallness marks a counterexample that may not be the smallest.
func smallness(c *verify.Counterexample) string {
	if c.Smallest {
		return ""
	}
	return " (smallest found)"
}

// shapes counts the shapes of certificates.
func shapes(list []verify.Certificate) int {
	seen := make(map[verify.Shape]bool)
	for _, c := range list {
		seen[c.Shape] = true
	}
	return len(seen)
}

// largestError returns the decimal logarithm of the largest bound.
func largestError(list []verify.Certificate) float64 {
	worst := math.Inf(-1)
	for _, c := range list {
		worst = max(worst, c.Log10)
	}
	return worst
}

// group is what certificates of one length have in common.
type group struct {
	length, degree, primes, trials int

	vocabularies []int
	height       int // of the largest: below 2 to this power
	error        int // of all: below 10 to this power
}

// certified groups the certificates of an entry, by increasing length. An entry that fails
// has none.
func certified(e *verify.Entry) []*group {
	if e.Violation != nil {
		return nil
	}
	var list []*group
	for _, c := range e.Certificates {
		i := slices.IndexFunc(list, func(g *group) bool {
			return g.length == c.Shape.Length && g.degree == c.Degree && g.primes == len(c.Primes) && g.trials == c.Trials
		})
		if i < 0 {
			i = len(list)
			list = append(list, &group{length: c.Shape.Length, degree: c.Degree, primes: len(c.Primes), trials: c.Trials, error: math.MinInt})
		}
		g := list[i]
		g.vocabularies = append(g.vocabularies, c.Shape.Vocabulary)
		g.height = max(g.height, int(math.Ceil(c.HeightLog2)))
		g.error = max(g.error, int(math.Ceil(c.Log10)))
	}
	slices.SortStableFunc(list, func(a, b *group) int { return a.length - b.length })
	return list
}

// proof is a group of proofs of one length with the same degrees.
type proof struct {
	length       int
	vocabularies []int
	degrees      string
	points       []string // per vocabulary
}

// proved groups the proofs of an entry by length and degrees, by increasing length. An
// entry that fails has none.
func proved(e *verify.Entry) []*proof {
	if e.Violation != nil {
		return nil
	}
	var list []*proof
	for _, p := range e.Proofs {
		var bounds []string
		for _, g := range p.Groups {
			bounds = append(bounds, fmt.Sprintf("%s ≤ %d", g.Name, g.Degree))
		}
		degrees := strings.Join(bounds, ", ")
		i := slices.IndexFunc(list, func(q *proof) bool { return q.length == p.Shape.Length && q.degrees == degrees })
		if i < 0 {
			i = len(list)
			list = append(list, &proof{length: p.Shape.Length, degrees: degrees})
		}
		list[i].vocabularies = append(list[i].vocabularies, p.Shape.Vocabulary)
		list[i].points = append(list[i].points, fmt.Sprint(p.Points))
	}
	slices.SortStableFunc(list, func(a, b *proof) int { return a.length - b.length })
	return list
}

// ranges returns a set of integers, with runs as first–last.
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
