package proofs

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"sounding/generators"
	"sounding/internal/words"
	"sounding/model"
	"sounding/theorems"
	"sounding/verify"
)

// seedSize is the length of a seed in bytes. A case takes eight per random word,
// and no more than a few hundred words; a seed that runs out is skipped.
const seedSize = 1 << 13

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

// seeds is the number of seeds.
const seeds = 12

// largest is a seed from which fuzz draws a case of the largest size.
const largest = 9

// fuzz is the fuzz target of one statement. An entry of its corpus is a stream of random
// words, or spells out a counterexample, as sounding convert writes one.
func fuzz(f *testing.F, id string) {
	s, ok := theorems.Find(id)
	if !ok {
		f.Fatalf("no statement %q in the registry", id)
	}
	f.Add(seed(0))
	f.Add(seed(largest))
	draw := words.Cases(s)
	f.Fuzz(rapid.MakeFuzz(func(t *rapid.T) {
		c := draw.Draw(t, "case")
		for _, check := range s.Checks {
			if _, err := check.Try(id, c); err != nil {
				t.Fatalf("%v", err)
			}
		}
	}))
}

// FuzzStatements checks all statements on the cases that a fuzzer reaches, except
// those with a source of cases of their own. Its inputs do not get smaller byte by
// byte, so that -fuzzminimizetime 1x saves most of the time.
func FuzzStatements(f *testing.F) {
	for n := range uint64(seeds) {
		f.Add(seed(n))
	}
	f.Fuzz(rapid.MakeFuzz(func(t *rapid.T) {
		c := generators.Cases(generators.Limits{}).Draw(t, "case")
		for _, s := range theorems.All() {
			if s.Source != nil {
				continue
			}
			for _, check := range s.Checks {
				_, err := check.Try(s.ID, c)
				var v *verify.Violation
				if errors.As(err, &v) {
					t.Fatalf("%v", v)
				}
				if err != nil {
					t.Fatalf("%v", err)
				}
			}
		}
	}))
}

// TestSeedsReachTheLargestCases: no seed runs out of random words, and between
// them they begin from small and from large cases of every kind.
func TestSeedsReachTheLargestCases(t *testing.T) {
	t.Parallel()
	reached := make(map[string]bool)
	for n := range uint64(seeds) {
		ran := false
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			rapid.MakeFuzz(func(t *rapid.T) {
				c := generators.Cases(generators.Limits{}).Draw(t, "case")
				ran = true
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
	for _, want := range []string{
		"V=2", "V=3", "V=4", "T=1", "T=2", "T=3", "T=4", "tree true", "tree false",
		string(model.Tabular), string(model.Decoupled), string(model.Shared),
	} {
		if !reached[want] {
			t.Errorf("no seed begins from a case with %s", want)
		}
	}
}

// TestLargestSeed: the seed that every statement's target begins from reaches the
// largest trees that are drawn.
func TestLargestSeed(t *testing.T) {
	t.Parallel()
	s, _ := theorems.Find("cor-7")
	sequences := 0
	rapid.MakeFuzz(func(t *rapid.T) {
		if c := words.Cases(s).Draw(t, "case"); c.Tree() {
			sequences = c.States(c.Length())
		}
	})(t, seed(largest))
	if sequences != 81 {
		t.Errorf("seed %d draws a tree with %d complete sequences, want 81, the most there are", largest, sequences)
	}
}
