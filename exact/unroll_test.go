package exact_test

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sounding/exact"
	"sounding/exact/field"
	"sounding/internal/testenv"
	"sounding/model"
)

// unrolled is an instance, its prefix tree, and the state that each prefix ends in.
type unrolled struct {
	in, tree *model.Instance
	state    [][]int
}

func unroll(t *testing.T, in *model.Instance) *unrolled {
	t.Helper()
	tree, state, err := in.Unroll(1 << 12)
	if err != nil {
		t.Fatal(err)
	}
	return &unrolled{in, tree, state}
}

// edge returns the edge of the process that edge e of the tree repeats at
// position s.
func (u *unrolled) edge(s, e int) int {
	l := u.tree.Layer(s)
	y := e / u.in.Vocabulary() // rows of the tree are dense
	lo, _ := l.Row(y)
	from, _ := u.in.Layer(s).Row(u.state[s-1][y])
	return from + e - lo
}

// ngrams returns instances whose state forgets the prefix.
func ngrams() []*model.Instance {
	r := rand.New(rand.NewPCG(2, 3))
	var list []*model.Instance
	for range 5 * testenv.Effort() {
		for _, shape := range [][2]int{{2, 1}, {2, 2}, {2, 5}, {2, 7}, {3, 3}, {3, 4}, {4, 3}} {
			list = append(list, randomNGram(r, shape[0], shape[1]))
		}
	}
	return list
}

// TestUnrollAnalysis: a process and its prefix tree have the same analysis, but for
// the squared norm of the gradient, which is taken per logit: one logit vector per
// state has the sum of the gradients of the state's prefixes for its gradient.
// The trace of the Fisher information is linear in the probabilities of the
// prefixes, and so the same for both.
func TestUnrollAnalysis(t *testing.T) {
	t.Parallel()
	smaller := 0
	for i, in := range ngrams() {
		u := unroll(t, in)
		process, tree := solved(analyze(t, u.in, 0)), solved(analyze(t, u.tree, 0))
		for k := range process.Positions {
			a, b := &process.Positions[k].GradientNormSquared, &tree.Positions[k].GradientNormSquared
			switch b.rational.Cmp(a.rational) {
			case +1: // Σ_y P(y)² ≤ (Σ_y P(y))² over the prefixes of a state
				t.Fatalf("instance %d, position %d: squared norm %v of the tree, want at most %v\n%#v", i, k+1, b, a, in)
			case -1:
				smaller++
			}
			*b = *a
		}
		if diff := cmp.Diff(process, tree); diff != "" {
			t.Fatalf("instance %d: process (−) and prefix tree (+):\n%s%#v", i, testenv.Changes(diff), in)
		}
	}
	if smaller == 0 {
		t.Error("no gradient norm depends on the parameterisation")
	}
}

// TestUnrollTables compares everything per prefix with what the process has at
// the state of the prefix.
func TestUnrollTables(t *testing.T) {
	t.Parallel()
	for i, in := range ngrams() {
		u := unroll(t, in)
		q := field.NewRational()
		p, tree := must(exact.NumbersOf(q, u.in.Process)), must(exact.NumbersOf(q, u.tree.Process))
		m, n := exact.SolveMartingale(q, p), exact.SolveMartingale(q, tree)
		same := func(what string, s int, want, got field.Rat) {
			t.Helper()
			if q.Cmp(want, got) != 0 {
				t.Fatalf("instance %d, %s at position %d: %v of the process, %v of the tree\n%#v", i, what, s, want, got, in)
			}
		}
		optimum := func(pt *model.Numbers[field.Rat], harm func(x int) *big.Rat) *exact.Tilted[field.Rat] {
			u := make([]field.Rat, len(pt.Harm))
			for x := range u { // any function of harm will do: 1/(1 + 3·Harm)
				d := new(big.Rat).Mul(harm(x), big.NewRat(3, 1))
				u[x] = must(q.FromRat(d.Inv(d.Add(d, big.NewRat(1, 1)))))
			}
			return must(exact.SolveTilted(q, pt, u))
		}
		a, b := optimum(p, u.in.HarmAt), optimum(tree, u.tree.HarmAt)
		tabular := &model.Parameterisation{}
		f, g := exact.NewFamily(q, p, tabular), exact.NewFamily(q, tree, tabular)
		for s := range in.Length() + 1 {
			occupancy := make([]field.Rat, u.in.States(s))
			starred := make([]field.Rat, u.in.States(s))
			for y, x := range u.state[s] {
				same("h_t", s, m.H[s][x], n.H[s][y])
				same("Var(Harm|y_≤t)", s, m.CondVar[s][x], n.CondVar[s][y])
				same("E[u|y_≤t]", s, a.Soft[s][x], b.Soft[s][y])
				occupancy[x] = q.Add(occupancy[x], n.Occupancy[s][y])
				starred[x] = q.Add(starred[x], b.Occupancy[s][y])
			}
			for x := range occupancy {
				same("P(x)", s, m.Occupancy[s][x], occupancy[x])
				same("P*(x)", s, a.Occupancy[s][x], starred[x])
			}
			if s == 0 {
				continue
			}
			steps, unrolledSteps := m.Innovation(q, s), n.Innovation(q, s)
			gradient, blocks := exact.Gradient(q, f, m, s), exact.Gradient(q, g, n, s)
			tied := make([]field.Rat, len(gradient))
			offset := tabular.Offset(u.in.Process, s)
			treeOffset := tabular.Offset(u.tree.Process, s)
			for e := range u.tree.Layer(s).Edges() {
				at := u.edge(s, e)
				same("Δ_t", s, steps[at], unrolledSteps[e])
				same("P*(a|x)", s, a.Policy[s-1][at], b.Policy[s-1][e])
				tied[offset+at] = q.Add(tied[offset+at], blocks[treeOffset+e])
			}
			for j := range gradient {
				same("the gradient with the logits of a state tied", s, gradient[j], tied[j])
			}
		}
	}
}
