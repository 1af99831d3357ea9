package proofs

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"sounding/generators"
	"sounding/internal/study"
	"sounding/theorems"
)

var update = flag.Bool("update", false, "write the study of falsehoods to internal/study/power.json")

const (
	// drawn bounds the random cases looked at for one refutation.
	drawn = 2000
	// studied is how many seeds the study takes, of each falsehood.
	studied = 1000
	// seriesShare is the part of the seeds that one on power series, which costs many
	// times as much, takes outside of the study.
	seriesShare = 4
)

// gate is what a falsehood has to be refuted by, in random cases: few enough for a
// test run to see a solver that makes it true.
type gate struct {
	mean float64
	max  int // 0 for none
}

var gates = map[theorems.Kind]gate{
	theorems.KindIdentity:   {mean: 2, max: 10},
	theorems.KindAsymptotic: {mean: 20},
	theorems.KindOther:      {mean: 20},
}

// holds returns an error where trials do not pass the gate.
func (g gate) holds(t study.Trials) error {
	switch {
	case t.Missed > 0:
		return fmt.Errorf("%d of %d seeds find no case among %d", t.Missed, t.Seeds, drawn)
	case t.Mean > g.mean:
		return fmt.Errorf("%.2f cases on average, want at most %g", t.Mean, g.mean)
	case g.max > 0 && t.Max > g.max:
		return fmt.Errorf("%d cases at worst, want at most %d", t.Max, g.max)
	}
	return nil
}

// trials counts, seed by seed, the cases until the first that refutes.
func trials(seeds int, refutes func(seed uint64, i int) (counts, refutes bool)) (study.Trials, float64) {
	r := study.Trials{Seeds: seeds}
	total, met, looked := 0, 0, 0
	for seed := range uint64(seeds) {
		n := 0
		for i := 0; ; i++ {
			if n == drawn || i == 10*drawn {
				r.Missed++
				break
			}
			counts, found := refutes(seed, i)
			looked++
			if !counts {
				continue
			}
			met++
			if n++; found {
				break
			}
		}
		total, r.Max = total+n, max(r.Max, n)
	}
	r.Mean = float64(total) / float64(seeds)
	return r, float64(met) / float64(looked)
}

// TestPower measures how soon random cases, and random points of a prime field,
// refute each falsehood. With -update and SOUNDING_EFFORT=20 it writes the study.
func TestPower(t *testing.T) {
	t.Parallel()
	seeds := 50 * effort
	if testing.Short() {
		seeds = 3
	}
	if seeds > studied {
		seeds = studied
	}
	var lock sync.Mutex
	var found []study.Falsehood
	if *update {
		if seeds < studied {
			t.Fatalf("the study takes %d seeds: set SOUNDING_EFFORT=%d", studied, studied/50)
		}
		t.Cleanup(func() {
			if !t.Failed() {
				writePower(t, found)
			}
		})
	}
	for s, f := range falsehoods() {
		t.Run(name(s, f), func(t *testing.T) {
			t.Parallel()
			seeds := seeds
			if f.Check.Series && !*update {
				seeds = max(1, seeds/seriesShare)
			}
			r := study.Falsehood{Statement: s.ID, Name: f.NearMiss, Kind: string(f.Kind())}
			exact, met := trials(seeds, func(seed uint64, i int) (counts, refutes bool) {
				c := f.Cases.Draw(seed, i)
				if f.When != nil && !f.When.Holds(c) {
					return false, false
				}
				return true, violation(s, f, c) != nil
			})
			r.Exact = exact
			if f.When != nil {
				r.When, r.Met = f.When.Words, met
			}
			passes := gates[f.Kind()]
			if testing.Short() {
				passes = gate{mean: drawn}
			}
			if err := passes.holds(r.Exact); err != nil {
				t.Errorf("%v: let it bring cases of its own, or say what a case has to have", err)
			}
			if f.Check.Modular != nil {
				modular, _ := trials(seeds, func(seed uint64, i int) (counts, refutes bool) {
					var v *theorems.Violation
					return true, errors.As(f.Check.TryModular(name(s, f), seed, i), &v)
				})
				r.Modular = &modular
				if err := passes.holds(modular); err != nil {
					t.Errorf("at points of a prime field: %v", err)
				}
			}
			if *update {
				r.Starts, r.Ends = ends(t, s, f)
				if r.Ends != 1 {
					t.Errorf("%d starts end in %d counterexamples, want one", r.Starts, r.Ends)
				}
			}
			t.Logf("%s: mean %.2f, at worst %d; modular %+v; %.2f of the cases have what it takes", f.Kind(), r.Exact.Mean, r.Exact.Max, r.Modular, met)
			lock.Lock()
			defer lock.Unlock()
			found = append(found, r)
		})
	}
}

// starts is the number of seeds from whose first refuting case the smallest is sought.
const starts = 100

// ends returns from how many seeds the smallest counterexample was sought, and how
// many different ones were found. The search knows no seed: where it finds a case,
// that is the one for all, unless a seed comes upon a smaller. Where it finds none,
// each seed is left with its own.
func ends(t *testing.T, s *theorems.Statement, f theorems.Falsehood) (from, different int) {
	smallest := theorems.Smallest(t.Context(), s.ID, f.Check, f.Cases)
	results := make(map[string]bool)
	for seed := range uint64(starts) {
		i := 0
		for i < drawn && violation(s, f, f.Cases.Draw(seed, i)) == nil {
			i++
		}
		if i == drawn {
			t.Errorf("seed %d comes upon no case that refutes it", seed)
			continue
		}
		own := f.Cases.Draw(seed, i)
		result := own
		if smallest != nil {
			result = smallest.Case
			m, ok := generators.Size(own)
			if n, known := generators.Size(result); ok && known && !f.Own && m < n {
				result = own
			}
		}
		results[result.GoString()] = true
	}
	return starts, len(results)
}

// writePower writes the study in the order of the registry.
func writePower(t *testing.T, found []study.Falsehood) {
	sources, err := study.ReadSources(os.DirFS(".."), "exact", "generators", "model", "theorems")
	if err != nil {
		t.Fatal(err)
	}
	p := study.Power{Sources: sources}
	for s, f := range falsehoods() {
		i := slices.IndexFunc(found, func(r study.Falsehood) bool { return r.Statement == s.ID && r.Name == f.NearMiss })
		if i < 0 {
			t.Fatalf("%s was not measured: run all of them", name(s, f))
		}
		p.Falsehoods = append(p.Falsehoods, found[i])
	}
	var b bytes.Buffer
	head, err := json.MarshalIndent(p.Sources, "  ", "  ")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(&b, "{\n  \"sources\": %s,\n  \"falsehoods\": [\n", head)
	for i, f := range p.Falsehoods {
		line, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		comma := ","
		if i == len(p.Falsehoods)-1 {
			comma = ""
		}
		fmt.Fprintf(&b, "    %s%s\n", line, comma)
	}
	b.WriteString("  ]\n}\n")
	if err := os.WriteFile("../internal/study/power.json", b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
}

// TestStudyOfFalsehoods holds the committed study against the gates, and against the
// registry: what it measured must still be there. What came after it is not missed
// here; the report says how old the study is.
func TestStudyOfFalsehoods(t *testing.T) {
	t.Parallel()
	p, err := study.ReadPower()
	if err != nil {
		t.Fatal(err)
	}
	known := make(map[string]theorems.Falsehood)
	for s, f := range falsehoods() {
		known[name(s, f)] = f
	}
	for _, r := range p.Falsehoods {
		id := strings.TrimSpace(r.Statement + ": " + r.Name)
		if r.Name == "" {
			id = r.Statement + ": the wording"
		}
		f, ok := known[id]
		if !ok {
			t.Errorf("%s is in the study and not in the registry: make the study anew", id)
			continue
		}
		passes := gates[f.Kind()]
		if err := passes.holds(r.Exact); err != nil {
			t.Errorf("%s: %v", id, err)
		}
		if r.Modular != nil {
			if err := passes.holds(*r.Modular); err != nil {
				t.Errorf("%s, at points of a prime field: %v", id, err)
			}
		}
		if r.Ends != 1 {
			t.Errorf("%s: %d starts end in %d counterexamples, want one", id, r.Starts, r.Ends)
		}
	}
}
