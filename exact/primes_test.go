package exact_test

import (
	"math/big"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sounding/exact"
	"sounding/generators"
	"sounding/internal/testenv"
	"sounding/model"
)

// TestByPrimes: restored from residues, the rational quantities are those computed in
// fractions, on random instances of all classes.
func TestByPrimes(t *testing.T) {
	t.Parallel()
	for i := range testenv.Scale(100) {
		samePrimes(t, generators.Example(generators.Limits{}, 4, i).Instance)
		if t.Failed() {
			t.Fatalf("case %d", i)
		}
	}
}

// The same on longer chains, with every kind of adversary.
func TestByPrimesLong(t *testing.T) {
	t.Parallel()
	l, err := model.DenseLayer(3, model.NaturalsOf(3, 0, 4, 5, 6, 1, 10, 2, 5), []int32{0, 1, 2, 2, 0, 1, 1, 1, 0})
	if err != nil {
		t.Fatal(err)
	}
	first, err := model.DenseLayer(3, model.NaturalsOf(1, 1, 3), []int32{2, 0, 1})
	if err != nil {
		t.Fatal(err)
	}
	layers := []*model.Layer{first}
	for len(layers) < 25 {
		layers = append(layers, l)
	}
	p, err := model.NewProcess(3, layers, model.NaturalsOf(0, 3, 8), big.NewInt(12))
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []model.AdversaryKind{model.AdversaryPolicy, model.AdversaryUniform, model.AdversaryRows} {
		in := model.NewInstance(p)
		in.Recovery = []int{1}
		in.Adversary.Kind = kind
		for t := 1; kind == model.AdversaryRows && t < p.Length(); t++ {
			w := model.NaturalsOf(1, int64(t), 2)
			if t > 1 {
				w = model.NaturalsOf(1, 7, int64(t), 1, 1, 1, 2, int64(t), 11)
			}
			in.Adversary.Rows = append(in.Adversary.Rows, w)
		}
		samePrimes(t, in)
	}
}

// The primes that are done are reported one by one, up to the last.
func TestPrimesAreReported(t *testing.T) {
	t.Parallel()
	var lock sync.Mutex
	seen := make(map[int]bool)
	total := 0
	if _, err := exact.AnalyzeByPrimes(generators.Example(generators.Limits{}, 4, 0).Instance, func(done, of int) {
		lock.Lock()
		defer lock.Unlock()
		if seen[done] || total != 0 && of != total {
			t.Errorf("%d of %d is reported after %v of %d", done, of, seen, total)
		}
		seen[done], total = true, of
	}); err != nil {
		t.Fatal(err)
	}
	if total == 0 || len(seen) != total || !seen[1] || !seen[total] {
		t.Errorf("reported are %v of %d", seen, total)
	}
}

func samePrimes(t *testing.T, in *model.Instance) {
	t.Helper()
	want, err := exact.Analyze(in, 0)
	if err != nil {
		t.Fatal(err)
	}
	got, err := exact.AnalyzeByPrimes(in, nil)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(text(t, want), text(t, got)); d != "" {
		t.Errorf("profile (-want +got):\n%s", d)
	}
}

func text(t *testing.T, a *exact.Analysis) string {
	t.Helper()
	b, err := a.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
