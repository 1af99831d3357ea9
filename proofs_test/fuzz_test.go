package proofs

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"sounding/model"
	"sounding/theorems"
	"sounding/verify"
)

// FuzzStatements checks one statement on one case. An input is a counterexample file,
// as sounding verify --save writes it, or else a stream of random words, eight bytes
// each, that pick the statement and draw the case. Such a stream does not get smaller
// byte by byte, so that -fuzzminimizetime 1x saves most of the time.
func FuzzStatements(f *testing.F) {
	for n := range uint64(seeds) {
		f.Add(seed(n))
	}
	for _, name := range regressions(f) {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	random := rapid.MakeFuzz(func(t *rapid.T) {
		s, c := statementAndCase(t)
		if _, _, err := firstFailure(s.ID, s.Checks(), c); err != nil {
			t.Fatalf("%v", err)
		}
	})
	f.Fuzz(func(t *testing.T, input []byte) {
		stored, err := verify.ReadStored(bytes.NewReader(input))
		if err != nil {
			random(t, input)
			return
		}
		holds(t, stored)
	})
}

func statementAndCase(t *rapid.T) (*verify.Statement, *model.Case) {
	all := theorems.All()
	s := all[rapid.IntRange(0, len(all)-1).Draw(t, "statement")]
	return s, cases(s).Draw(t, "case")
}

// holds fails where the statement that a stored counterexample names is false on its
// case. A wording or a near-miss may be.
func holds(t *testing.T, stored *verify.Stored) {
	t.Helper()
	s, ok := theorems.Find(stored.Statement)
	if !ok {
		t.Skipf("no statement %q", stored.Statement)
	}
	claimed := *stored
	claimed.NearMiss, claimed.Repair = "", s.Refuted != nil
	v, err := claimed.Replay(s)
	if err != nil {
		t.Skip(err)
	}
	if v != nil {
		t.Errorf("%v\n%s", v, stored.Case.Brief())
	}
}

// regressions returns the files of testdata/regressions: cases on which a check once
// failed wrongly, as counterexample files.
func regressions(t testing.TB) []string {
	names, err := filepath.Glob(filepath.Join("testdata", "regressions", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// TestRegressions: on every case that a check once failed on wrongly, it holds.
func TestRegressions(t *testing.T) {
	t.Parallel()
	names := regressions(t)
	if len(names) == 0 {
		t.Fatal("testdata/regressions holds no file")
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			f, err := os.Open(name)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			stored, err := verify.ReadStored(f)
			if err != nil {
				t.Fatal(err)
			}
			holds(t, stored)
			if t.Skipped() {
				t.Fatal("the case is not tried")
			}
		})
	}
}

// seedSize is the length of a seed in bytes. A case takes eight per random word, and
// no more than a few hundred words; a seed that runs out is skipped.
const seedSize = 1 << 13

// seeds is the number of seeds.
const seeds = 12

// seed returns one of the seeds of FuzzStatements.
func seed(n uint64) []byte {
	g := rand.NewPCG(n, 0)
	b := make([]byte, 0, seedSize)
	for len(b) < seedSize {
		v := g.Uint64()
		for range 8 {
			b = append(b, byte(v))
			v >>= 8
		}
	}
	return b
}

// TestSeedsReachTheLargestCases: no seed runs out of random words, and between them
// they begin from small and from large cases of every kind, and from several statements.
func TestSeedsReachTheLargestCases(t *testing.T) {
	t.Parallel()
	reached, statements := make(map[string]bool), make(map[string]bool)
	for n := range uint64(seeds) {
		ran := false
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			rapid.MakeFuzz(func(t *rapid.T) {
				s, c := statementAndCase(t)
				ran = true
				statements[s.ID] = true
				reached[fmt.Sprintf("V=%d", c.Vocabulary())] = true
				reached[fmt.Sprintf("T=%d", c.Length())] = true
				reached[string(c.Parameterisation.Kind)] = true
				reached[fmt.Sprintf("tree %v", c.Tree())] = true
			})(t, seed(n))
		})
		if !ran {
			t.Errorf("seed %d runs out of random words", n)
		}
	}
	if len(statements) < seeds/2 {
		t.Errorf("the seeds begin from %d statements, want %d at least", len(statements), seeds/2)
	}
	for _, want := range []string{
		"V=2", "V=3", "V=4", "T=1", "T=2", "T=3", "T=4", "tree true", "tree false",
		string(model.Tabular), string(model.Decoupled), string(model.Shared),
	} {
		if !reached[want] {
			t.Errorf("no seed begins from a case with %s", want)
		}
	}
}
