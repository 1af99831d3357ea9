package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"sounding/exact"
	"sounding/model"
	"sounding/numeric"
)

// recomputed lists the positions of a quantity whose digits come from enclosures of
// higher precision.
type recomputed struct {
	name      string
	positions []int
	bits      uint // 0 where that would have taken too long
}

// The precisions at which a quantity is enclosed that float64 leaves too wide.
const (
	firstRecompute = 128
	lastRecompute  = 512
)

// maxRecompute bounds the work of that, in edges of all positions: seconds.
const maxRecompute = 1 << 22

// usefulWidth is the width, beside its upper end, up to which an enclosure is good
// enough: it gives the digits of the table.
const usefulWidth = 1e-4

// analyzeFast computes the profile in float64 with proven bounds, and again in
// enclosures of higher precision, part by part, what those leave too wide.
func analyzeFast(in *model.Instance, report func(done, total int)) (*exact.Analysis, []recomputed, error) {
	p, err := numeric.Enclose(in, report)
	if errors.Is(err, numeric.ErrRange) {
		return nil, nil, unusable(fmt.Errorf("%w: want --precision 256", err))
	}
	if err != nil {
		return nil, nil, err
	}
	number := func(v numeric.Interval) exact.Number { return exact.Between(v.Lo, v.Hi) }
	a := (*exact.Analysis)(model.MapProfile(p, number, number))
	again, err := recompute(in, a)
	return a, again, err
}

// recompute replaces the enclosures that are too wide to be useful.
func recompute(in *model.Instance, a *exact.Analysis) ([]recomputed, error) {
	all := places(a)
	var open []int // of all
	for i, q := range all {
		if q.wide() {
			open = append(open, i)
		}
	}
	if work(in.Process) > maxRecompute {
		return gather(all, open, 0), nil
	}
	var list []recomputed
	for bits := uint(firstRecompute); len(open) > 0; bits *= 2 {
		var parts exact.Part
		for _, i := range open {
			parts |= exact.PartOf(all[i].name)
		}
		b, err := exact.EncloseParts(in, bits, parts)
		if errors.Is(err, exact.ErrTooManyStates) {
			return append(list, gather(all, open, 0)...), nil
		}
		if err != nil {
			return nil, err
		}
		again := places(b)
		var done, still []int
		for _, i := range open {
			*all[i].number = *again[i].number
			if all[i].wide() && bits < lastRecompute {
				still = append(still, i)
			} else {
				done = append(done, i)
			}
		}
		list, open = append(list, gather(all, done, bits)...), still
	}
	return list, nil
}

// work returns the edges of all positions.
func work(p *model.Process) (edges int) {
	for t := 1; t <= p.Length(); t++ {
		edges += p.Layer(t).Edges()
	}
	return edges
}

// place is a number of an analysis.
type place struct {
	name     string
	position int // 0 for the whole process
	number   *exact.Number
}

// places returns the numbers of an analysis.
func places(a *exact.Analysis) []place {
	list := []place{{"expected_harm", 0, &a.ExpectedHarm}, {"variance", 0, &a.Variance}}
	for i := range a.Positions {
		for _, q := range model.Quantities(&a.Positions[i]) {
			list = append(list, place{q.Name, i + 1, q.Value})
		}
	}
	return list
}

// wide reports whether the enclosure is too wide to be useful.
func (q place) wide() bool {
	lo, hi := q.number.Ends()
	return hi-lo > usefulWidth*max(-lo, hi)
}

// gather lists the chosen ones of all places by quantity, in the order of their first.
func gather(all []place, chosen []int, bits uint) []recomputed {
	var list []recomputed
	for _, k := range chosen {
		q := all[k]
		i := slices.IndexFunc(list, func(r recomputed) bool { return r.name == q.name })
		if i < 0 {
			i = len(list)
			list = append(list, recomputed{name: q.name, bits: bits})
		}
		list[i].positions = append(list[i].positions, q.position)
	}
	return list
}

// String says which numbers these are and where their digits come from.
func (r recomputed) String() string {
	s := r.name
	if r.positions[0] > 0 {
		s += " at t = " + ranges(r.positions)
	}
	if r.bits == 0 {
		return s + ": wider than 1 part in 10^4"
	}
	return fmt.Sprintf("%s: again, in enclosures of %d bits", s, r.bits)
}

// ranges writes increasing numbers with runs as first–last.
func ranges(n []int) string {
	var runs []string
	for i := 0; i < len(n); {
		j := i
		for j+1 < len(n) && n[j+1] == n[j]+1 {
			j++
		}
		run := strconv.Itoa(n[i])
		if j > i {
			run += "–" + strconv.Itoa(n[j])
		}
		runs = append(runs, run)
		i = j + 1
	}
	return strings.Join(runs, ", ")
}
