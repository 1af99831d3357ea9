package proofs

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"sounding/exact/field"
	"sounding/internal/testenv"
	"sounding/model"
	"sounding/theorems"
	"sounding/verify"
)

var update = flag.Bool("update", false, "write the files of testdata that hold what was compared")

const (
	comparisonsFile  = "testdata/comparisons.txt"
	comparedCases    = 20 // the first cases of a statement, with seed 1
	comparedOnSeries = 4
	shortStride      = 5 // under -short, one statement in five
	dash             = " — "
)

// TestComparisons: every claim makes as many comparisons on its first cases, on as many of
// these, and at those places of each, as the file says. A check that is lost, leaves out a
// position or returns early still passes wherever it looks; it compares less.
func TestComparisons(t *testing.T) {
	t.Parallel()
	all := theorems.All()
	lists, left := make([][]string, len(all)), make(map[string]bool)
	var group sync.WaitGroup
	for i, s := range all {
		if testing.Short() && i%shortStride != 0 {
			left[s.ID] = true
			continue
		}
		group.Go(func() { lists[i] = comparisons(s) })
	}
	group.Wait()
	text := strings.Join(slices.Concat(lists...), "\n") + "\n"
	if *update && !testing.Short() {
		if err := os.WriteFile(comparisonsFile, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(comparisonsFile)
	if err != nil {
		t.Fatal(err)
	}
	var mistakes []string
	was, is := counts(string(want)), counts(text)
	for _, name := range slices.Sorted(maps.Keys(is)) {
		if was[name] == "" {
			mistakes = append(mistakes, fmt.Sprintf("%s: %s, want nothing", name, is[name]))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(was)) {
		if id, _, _ := strings.Cut(name, ", "); is[name] != was[name] && !left[id] {
			mistakes = append(mistakes, fmt.Sprintf("%s: %s, want %s", name, orNothing(is[name]), was[name]))
		}
	}
	if len(mistakes) > 0 {
		t.Errorf("%sif that is meant: go test ./proofs_test -run TestComparisons -update", testenv.Few(mistakes))
	}
}

// counts returns what the lines say behind a dash, by what stands before it.
func counts(text string) map[string]string {
	m := make(map[string]string)
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if i := strings.LastIndex(line, dash); i >= 0 {
			m[line[:i]] = line[i+len(dash):]
		}
	}
	return m
}

func orNothing(count string) string { return cmp.Or(count, "nothing is compared") }

// comparisons says what the checks of s compare on its first cases: for each claim a line, and
// one per formula that something is compared under.
func comparisons(s *verify.Statement) []string {
	var lines []string
	for i := range s.Claims {
		c := &s.Claims[i]
		name := fmt.Sprintf("%s, claim %d", s.ID, i+1)
		lines = append(lines, fmt.Sprintf("%s: %s", name, s.ClaimFormula(i)))
		lines = append(lines, compared(name, s, c.Check)...)
		for k, also := range c.Also {
			lines = append(lines, compared(fmt.Sprintf("%s, by way %d", name, k+2), s, also)...)
		}
	}
	return lines
}

// sight is what a check compares under one formula on one case.
type sight struct {
	on          *model.Case
	comparisons int
	at          map[[2]int]bool // position and state
}

// compared returns a line per formula that a check compares something under.
func compared(name string, s *verify.Statement, check verify.Check) []string {
	cases := comparedCases
	if check.Series {
		cases = comparedOnSeries
	}
	seen := make(map[string][]sight)
	for i := range cases {
		c := s.Cases().Draw(1, i)
		on := make(map[string]sight)
		if _, err := tried(s.ID, observed(check, c, on), c); err != nil {
			return []string{fmt.Sprintf("  %s: %s%v", name, dash, err)} // TestStatements says more
		}
		for formula, x := range on {
			seen[formula] = append(seen[formula], x)
		}
	}
	var lines []string
	for _, formula := range slices.Sorted(maps.Keys(seen)) {
		list := seen[formula]
		n := 0
		for _, x := range list {
			n += x.comparisons
		}
		lines = append(lines, fmt.Sprintf("  %s: %s%s%d on %d of %d cases, at %s", name, formula, dash, n, len(list), cases, places(list)))
	}
	return lines
}

// observed returns the check, which notes in the map what it compares on c.
func observed(check verify.Check, c *model.Case, on map[string]sight) verify.Check {
	note := func(at verify.Place, formula string, _, _ any) {
		x, ok := on[formula]
		if !ok {
			x = sight{on: c, at: make(map[[2]int]bool)}
		}
		x.comparisons++
		x.at[[2]int{at.Position, at.State}] = true
		on[formula] = x
	}
	if q := check.Rational; q != nil {
		check.Rational = func(w *verify.World[field.Rat]) { w.Observe(note); q(w) }
	}
	if f := check.Interval; f != nil {
		check.Interval = func(w *verify.World[field.Enclosure]) {
			clear(on) // of a lower precision
			w.Observe(note)
			f(w)
		}
	}
	return check
}

// kindsOfPlaces are the places that the shape of a case implies: at some of the positions
// 0…T+1, those of its prefixes or, of a claim about the position as a whole, the first. At
// position 0 are claims about the whole case, at T+1 those about sequences.
var kindsOfPlaces = []struct {
	name      string
	positions func(t, length int) bool
	prefixes  func(*model.Process) [][]bool // nil for a claim about the position as a whole
}{
	{"the whole case", func(t, _ int) bool { return t == 0 }, nil},
	{"every position", func(t, length int) bool { return 1 <= t && t <= length }, nil},
	{"every prefix", func(t, length int) bool { return 1 <= t && t <= length }, (*model.Process).Accessible},
	{"every prefix of positive probability", func(t, length int) bool { return 1 <= t && t <= length }, (*model.Process).Reachable},
	{"every position from 2", func(t, length int) bool { return 2 <= t && t <= length }, nil},
	{"every prefix from position 2", func(t, length int) bool { return 2 <= t && t <= length }, (*model.Process).Accessible},
	{"every position but the last", func(t, length int) bool { return 1 <= t && t < length }, nil},
	{"the last position", func(t, length int) bool { return t == length }, nil},
	{"every prefix and sequence", func(t, _ int) bool { return 1 <= t }, (*model.Process).Accessible},
	{"every sequence", func(t, length int) bool { return t > length }, (*model.Process).Accessible},
}

// places says at which places a formula was compared: those of a kind, if they are all of
// these on each of the cases.
func places(list []sight) string {
	for _, kind := range kindsOfPlaces {
		if !slices.ContainsFunc(list, func(x sight) bool {
			return !maps.Equal(x.at, placesOf(x.on.Process, kind.positions, kind.prefixes))
		}) {
			return kind.name
		}
	}
	n := 0
	for _, x := range list {
		n += len(x.at)
	}
	return fmt.Sprintf("%d places", n)
}

func placesOf(p *model.Process, positions func(t, length int) bool, prefixes func(*model.Process) [][]bool) map[[2]int]bool {
	at := make(map[[2]int]bool)
	for t := range p.Length() + 2 {
		switch {
		case !positions(t, p.Length()):
		case prefixes == nil:
			at[[2]int{t, 0}] = true
		default:
			for x, ok := range prefixes(p)[t-1] {
				if ok {
					at[[2]int{t, x}] = true
				}
			}
		}
	}
	return at
}
