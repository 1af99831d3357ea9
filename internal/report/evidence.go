package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"sounding/formal"
	"sounding/verify"
)

// Phrase says in one line what stands behind an entry's verdict, or what fails. Of
// several claims it tells the weakest, and how many of the others are stronger.
func Phrase(e *verify.Entry) string {
	switch {
	case e.Violation != nil && e.Counterexample != nil:
		return "fails on " + size(e.Counterexample)
	case e.Violation != nil:
		return "fails as an identity of polynomials"
	}
	checked := ""
	if len(e.Claims) > 0 {
		checked = strengths(e.Claims)
	}
	if n := len(formal.Of(e.Statement.ID)); n > 0 {
		checked += "; " + plural(n, "theorem") + " in Coq"
	}
	if e.Statement.Refuted == nil {
		return checked
	}
	what := "no counterexample to its " + claimed(e.Statement)
	if c := e.Counterexample; c != nil {
		what = fmt.Sprintf("its %s fails on %s", claimed(e.Statement), size(c))
	}
	if checked == "" {
		return what
	}
	return what + "; the formula holds: " + checked
}

// strengths says how strong the weakest of the claims is, and how many others there are
// of each grade.
func strengths(claims []verify.Evidence) string {
	weakest, of, n := &claims[0], make(map[verify.Grade]int), 0
	for i := range claims {
		c := &claims[i]
		if c.Also {
			continue
		}
		n++
		of[c.Grade]++
		if c.Grade < weakest.Grade || c.Grade == weakest.Grade && c.Compared < weakest.Compared {
			weakest = c
		}
	}
	s := strengthInShort(weakest)
	if n == 1 {
		return s
	}
	var stronger []string
	for g := verify.Disproved; g > weakest.Grade; g-- {
		if of[g] > 0 {
			stronger = append(stronger, fmt.Sprintf("%d %v", of[g], g))
		}
	}
	s = fmt.Sprintf("%s, the weakest of %d claims", s, n)
	if stronger == nil {
		return s
	}
	return fmt.Sprintf("%s (%s)", s, strings.Join(stronger, ", "))
}

// strength says what was shown of a claim, strongest first.
func strength(c *verify.Evidence) string {
	var parts []string
	if c.Grade == verify.Kernel {
		parts = append(parts, "proved in Coq for every V and T")
	}
	if n := len(c.Proofs); n > 0 && c.Grade >= verify.Proved {
		proved := "proved for " + shapes(n, longer(c.Proofs, func(p verify.Proof) verify.Shape { return p.Shape }))
		if ofNumbers(c) {
			proved = "proved for all numbers"
		}
		if c.Proofs[0].Recovery != nil {
			proved += " and every |R|"
		}
		parts = append(parts, proved)
	}
	if n := len(c.Certificates); n > 0 && c.Grade >= verify.Certified && !ofNumbers(c) {
		parts = append(parts, fmt.Sprintf("certified for %s, error < %s",
			shapes(n, longer(c.Certificates, func(c verify.Certificate) verify.Shape { return c.Shape })), powerOfTen(int(math.Ceil(largestError(c.Certificates))))))
	}
	return strings.Join(append(parts, compared(c)...), ", ")
}

// strengthInShort is strength without the shapes of a claim that is proved for all of them.
func strengthInShort(c *verify.Evidence) string {
	if c.Grade != verify.Kernel {
		return strength(c)
	}
	return strings.Join(append([]string{"proved in Coq for every V and T"}, compared(c)...), ", ")
}

// compared says on how many instances a claim was compared, in what way, and on how many
// families over a prime field.
func compared(c *verify.Evidence) []string {
	if c.Compared == 0 && c.FamiliesCompared == 0 {
		return []string{"compares nothing"}
	}
	grade := c.Grade
	if grade == verify.Kernel { // of a theorem, which says nothing of how instances were compared
		grade = c.Check.CaseGrade()
	}
	how := map[verify.Grade]string{verify.Agrees: "agrees to 10⁻²⁰ on", verify.Enclosed: "enclosed on", verify.Asymptotic: "series exact on"}[grade]
	if how == "" {
		how = "exact on"
	}
	parts := []string{how + " " + ofTried(c.Compared, c.Tried, "instance")}
	if c.Families > 0 {
		parts = append(parts, ofTried(c.FamiliesCompared, c.Families, "family")+" mod p")
	}
	return parts
}

// ofNumbers reports whether a claim that is proved is about numbers alone, r in the groups of
// variables, and not about trees: shapes mean nothing to it.
func ofNumbers(c *verify.Evidence) bool {
	return len(c.Proofs) > 0 && !slices.ContainsFunc(c.Proofs, func(p verify.Proof) bool {
		return slices.ContainsFunc(p.Groups, func(g verify.Group) bool { return g.Name != "r" })
	})
}

// ofTried counts the things that something was compared on, and those tried if there are
// more.
func ofTried(n, tried int, name string) string {
	if n == tried {
		return plural(n, name)
	}
	return fmt.Sprintf("%d of %s", n, plural(tried, name))
}

// shapes counts shapes, and those of at least two positions among them.
func shapes(n, longer int) string {
	return fmt.Sprintf("%s (%d with T ≥ 2)", plural(n, "shape"), longer)
}

// longer counts the shapes of at least two positions.
func longer[E any](list []E, shape func(E) verify.Shape) int {
	n := 0
	for _, v := range list {
		if shape(v).Length > 1 {
			n++
		}
	}
	return n
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

// certified groups the certificates of a claim, by increasing length.
func certified(e *verify.Evidence) []*group {
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

// proved gathers the proofs of a claim by length and degrees, in the order of length.
func proved(e *verify.Evidence) []*proof {
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
