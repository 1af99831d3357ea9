package exact_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"sounding/exact"
	"sounding/exact/field"
	"sounding/generators"
	"sounding/internal/testenv"
	"sounding/model"
)

// TestAnalyzeIsPureAndConcurrent: an analysis leaves its instance as it was, and
// several at once, of one instance too, give what each gives alone.
func TestAnalyzeIsPureAndConcurrent(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(4, 5))
	instances := []*model.Instance{example(), randomTree(r, 3, 3, 2), randomNGram(r, 2, 6), randomTree(r, 2, 6, 6)}
	before := written(instances...)
	analyses := func() []string {
		var texts []string
		for _, in := range instances {
			for _, precision := range []uint{0, 64} {
				texts = append(texts, string(must(json.Marshal(must(exact.Analyze(in, precision))))))
			}
		}
		return texts
	}
	want := analyses()
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			if diff := cmp.Diff(want, analyses()); diff != "" {
				t.Errorf("alone (−) and beside others (+):\n%s", testenv.Brief(diff))
			}
		})
	}
	wait.Wait()
	if diff := cmp.Diff(before, written(instances...)); diff != "" {
		t.Errorf("the instances changed:\n%s", testenv.Brief(diff))
	}
}

// TestSolversArePure: the solvers leave what they are given as it was.
func TestSolversArePure(t *testing.T) {
	t.Parallel()
	for i := range 20 * testenv.Effort() {
		c := generators.Example(generators.Limits{Leaves: 27}, 6, i)
		q := field.NewRational()
		f := exact.NewFamily(q, must(exact.NumbersOf(q, c.Process)), &c.Parameterisation)
		m := exact.SolveMartingale(q, f.Numbers)
		u := make([]field.Rat, len(f.Harm))
		for x := range u {
			u[x] = q.FromInt(int64(x + 1))
		}
		var fisher [][]field.Rat
		tables := func() string {
			return fmt.Sprint(written(c.Instance), texts(f.Prob...), texts(f.Harm, u), texts(m.H...), texts(m.Occupancy...), texts(fisher...))
		}
		fisher = exact.MeanFisher(q, f, m.Occupancy[0], 1)
		before := tables()
		tangent := exact.Tangent(q, f, 0)
		exact.Derivative(q, f.Numbers, tangent)
		must(exact.SolveTilted(q, f.Numbers, u))
		g := exact.Gradient(q, f, m, 1)
		must(exact.Solve(q, fisher, g))
		must(exact.Rank(q, fisher))
		exact.Horizon(c.Process)
		if diff := cmp.Diff(before, tables()); diff != "" {
			t.Fatalf("case %d: arguments changed:\n%s", i, testenv.Brief(diff))
		}
	}
}

// written returns the files of instances.
func written(instances ...*model.Instance) []string {
	var files []string
	for _, in := range instances {
		var file strings.Builder
		if err := model.WriteInstance(&file, in); err != nil {
			panic(err)
		}
		files = append(files, file.String())
	}
	return files
}

// texts writes rationals in lowest terms.
func texts(rows ...[]field.Rat) [][]string {
	all := make([][]string, len(rows))
	for i, row := range rows {
		for _, v := range row {
			all[i] = append(all[i], v.String())
		}
	}
	return all
}
