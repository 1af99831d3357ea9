package report

import (
	"math"
	"slices"

	"sounding/verify"
)

// barsPage is a bar for each section, and what its parts are.
type barsPage struct {
	What   string
	Legend []barPart
	Bars   []barPage
}

type barPage struct {
	Name  string
	Parts []barPart
}

type barPart struct {
	Name  string
	Rank  int // of its colour
	Count int
}

// newBarsPage returns bars with their legend, which has a part of each name, by rank.
func newBarsPage(what string, bars []barPage) *barsPage {
	if bars == nil {
		return nil
	}
	q := &barsPage{What: what, Bars: bars}
	for _, bar := range bars {
		for _, part := range bar.Parts {
			if !slices.ContainsFunc(q.Legend, func(o barPart) bool { return o.Rank == part.Rank }) {
				q.Legend = append(q.Legend, part)
			}
		}
	}
	slices.SortFunc(q.Legend, func(a, b barPart) int { return b.Rank - a.Rank })
	return q
}

// strengthBars returns, for each section, how many claims reach each grade, strongest first.
func strengthBars(r *verify.Report) *barsPage {
	var list []barPage
	for _, section := range sectionsOf(r) {
		of := make(map[verify.Grade]int)
		for _, e := range r.Entries {
			for i := range e.Claims {
				if c := &e.Claims[i]; topSection(e.Statement) == section && !c.Also {
					of[c.Grade]++
				}
			}
		}
		q := barPage{Name: sectionName(section)}
		for g := verify.Disproved; g >= verify.Ungraded; g-- {
			if of[g] > 0 {
				q.Parts = append(q.Parts, barPart{g.String(), int(g), of[g]})
			}
		}
		list = append(list, q)
	}
	return newBarsPage("claims", list)
}

// slackBounds say how near to equality an inequality came, relative to its larger side.
var slackBounds = []struct {
	name string
	most float64
}{{"with equality", 0}, {"within 1 %", 0.01}, {"within 10 %", 0.1}, {"further", math.Inf(1)}}

// slackBars returns, for each section, how near its inequalities came to equality on the
// instances that they were compared on.
func slackBars(r *verify.Report) *barsPage {
	var list []barPage
	for _, section := range sectionsOf(r) {
		of, total := make([]int, len(slackBounds)), 0
		for _, e := range r.Entries {
			if topSection(e.Statement) != section {
				continue
			}
			for _, c := range e.Claims {
				for _, q := range c.Tallies {
					if q.Inequality {
						of[nearness(q)]++
						total++
					}
				}
			}
		}
		if total == 0 {
			continue
		}
		q := barPage{Name: sectionName(section)}
		for i, n := range of {
			if n > 0 {
				q.Parts = append(q.Parts, barPart{slackBounds[i].name, 6 - i, n})
			}
		}
		list = append(list, q)
	}
	return newBarsPage("inequalities", list)
}

// nearness returns the first of slackBounds that an inequality keeps.
func nearness(q verify.Tally) int {
	if q.Equal > 0 {
		return 0
	}
	i := 1
	for q.Least > slackBounds[i].most {
		i++
	}
	return i
}
