package proofs

import (
	"errors"
	"math/big"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"

	"sounding/model"
	"sounding/theorems"
	"sounding/verify"
)

// TestStatesWithoutPrefix: the paper speaks of prefixes, and a process may have
// states that no prefix ends in. They falsify no statement, and none of what is
// claimed falsely is refuted at one of them.
func TestStatesWithoutPrefix(t *testing.T) {
	t.Parallel()
	for _, s := range theorems.All() {
		t.Run(s.ID, func(t *testing.T) {
			t.Parallel()
			for _, check := range s.Checks() {
				withoutPrefix(t, s.ID, check, s.Cases(), func(*model.Case, *verify.Violation) bool { return false })
			}
			for _, f := range s.Falsehoods() {
				withoutPrefix(t, name(s, f), f.Check, s.CasesOf(f), func(c *model.Case, v *verify.Violation) bool {
					return v.Position < 2 || v.State < c.States(v.Position-1)
				})
			}
		})
	}
}

// strayed is true once a case has been shown: a fault of a solver breaks many statements.
var strayed atomic.Bool

// withoutPrefix tries a check on cases with states that no prefix ends in, beside
// those of the case from the source, and fails where the violation is not allowed.
func withoutPrefix(t *testing.T, name string, check verify.Check, source verify.Source, allowed func(*model.Case, *verify.Violation) bool) {
	t.Helper()
	for i := range max(checks()/20, 1) {
		c := source.Draw(1, i)
		if c.Policy != nil || c.Candidates != nil || c.Harm2 != nil {
			return // these hold numbers per edge or per final state
		}
		more := withStrays(t, c, uint64(i))
		_, err := check.Try(name, more)
		if v := new(verify.Violation); errors.As(err, &v) && !allowed(c, v) {
			if strayed.Swap(true) {
				t.Fatal(v)
			}
			t.Fatalf("%v\non the case\n%#v\nwith states that no prefix ends in:\n%#v", v, c, more)
		}
	}
}

// TestSureHorizonLooksAtPrefixes: no token leads to state 2 after the first
// position, where harm is open; on every sequence the first token decides.
func TestSureHorizonLooksAtPrefixes(t *testing.T) {
	t.Parallel()
	first, err := model.DenseLayer(2, model.NaturalsOf(1, 1), []int32{0, 1})
	if err != nil {
		t.Fatal(err)
	}
	second, err := model.DenseLayer(2, model.NaturalsOf(1, 1, 1, 1, 1, 1), []int32{0, 0, 1, 1, 0, 1})
	if err != nil {
		t.Fatal(err)
	}
	p, err := model.NewProcess(2, []*model.Layer{first, second}, model.NaturalsOf(0, 1), big.NewInt(1))
	if err != nil {
		t.Fatal(err)
	}
	s, ok := theorems.Find("x-thm-10-support")
	if !ok {
		t.Fatal("x-thm-10-support is gone")
	}
	for _, check := range s.Checks() {
		if _, err := check.Try(s.ID, &model.Case{Instance: model.NewInstance(p)}); err != nil {
			t.Error(err)
		}
	}
}

// withStrays returns the case with one more state in each layer but the first,
// which no edge of an old state leads to. Its row leads anywhere.
func withStrays(t *testing.T, c *model.Case, seed uint64) *model.Case {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	v := c.Vocabulary()
	d := *c
	d.Instance = new(model.Instance)
	*d.Instance = *c.Instance
	d.Adversary.Rows = nil
	d.Parameterisation.Features, d.Parameterisation.Logits = slices.Clone(c.Parameterisation.Features), slices.Clone(c.Parameterisation.Logits)
	layers := make([]*model.Layer, c.Length())
	for i := range layers {
		l := c.Layer(i + 1)
		var weights, rows model.Naturals
		var start, token, next []int32
		for x := range l.States() {
			lo, hi := l.Row(x)
			start = append(start, int32(lo))
			for e := lo; e < hi; e++ {
				weights.Append(l.Weights().At(e))
				token, next = append(token, int32(l.Token(e))), append(next, int32(l.Next(e)))
			}
		}
		start = append(start, int32(l.Edges()))
		more := 0 // edges of the stray state
		if i > 0 {
			more = v
			for a := range v {
				weights.Append(big.NewInt(1 + r.Int64N(4)))
				token, next = append(token, int32(a)), append(next, int32(r.IntN(c.States(i+1)+1)))
			}
			start = append(start, int32(l.Edges()+v))
		}
		if c.Adversary.Kind == model.AdversaryRows && i < len(c.Adversary.Rows) {
			for e := range l.Edges() {
				rows.Append(c.Adversary.Rows[i].At(e))
			}
			for range more {
				rows.Append(big.NewInt(1 + r.Int64N(4)))
			}
			d.Adversary.Rows = append(d.Adversary.Rows, rows)
		}
		for range more * c.Parameterisation.Parameters {
			if d.Parameterisation.Features != nil {
				d.Parameterisation.Features[i] = append(slices.Clone(d.Parameterisation.Features[i]), r.Int64N(5)-2)
			}
		}
		for range more {
			if d.Parameterisation.Logits != nil {
				d.Parameterisation.Logits[i] = append(slices.Clone(d.Parameterisation.Logits[i]), d.Parameterisation.Logits[i][0])
			}
		}
		layer, err := model.SparseLayer(v, start, token, weights, next)
		if err != nil {
			t.Fatal(err)
		}
		layers[i] = layer
	}
	harm := *c.Harm()
	var all model.Naturals
	for x := range harm.Len() {
		all.Append(harm.At(x))
	}
	all.Append(big.NewInt(r.Int64N(2)))
	p, err := model.NewProcess(v, layers, all, c.HarmDenominator())
	if err != nil {
		t.Fatal(err)
	}
	d.Process = p
	if err := d.Validate(); err != nil {
		t.Fatal(err)
	}
	return &d
}
