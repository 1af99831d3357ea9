package exact_test

import (
	"errors"
	"math/big"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"sounding/exact"
	"sounding/exact/definition"
	"sounding/exact/field"
	"sounding/generators"
	"sounding/model"
)

const deepBits = 128

// deepCase returns an instance on the tree of v tokens and the given length, with
// every weight positive, a penalty and a harm function.
func deepCase(seed uint64, v, length int) *model.Instance {
	g := rand.New(rand.NewPCG(seed, 1))
	weights := func(n int) model.Naturals {
		var w model.Naturals
		for range n {
			w.AppendInt64(1 + g.Int64N(9))
		}
		return w
	}
	layers := make([]*model.Layer, length)
	rows := make([]model.Naturals, length-1)
	n := 1
	for t := range layers {
		n *= v
		layers[t] = must(model.TreeLayer(v, weights(n)))
		if t < length-1 {
			rows[t] = weights(n)
		}
	}
	var harm model.Naturals
	for range n {
		harm.AppendInt64(g.Int64N(5))
	}
	in := model.NewInstance(must(model.NewProcess(v, layers, harm, big.NewInt(4))))
	in.Recovery = []int{int(seed) % v}
	in.Adversary = model.Adversary{Kind: model.AdversaryRows, Rows: rows}
	in.Lambda, in.Beta, in.Gamma = big.NewRat(g.Int64N(4), 1), big.NewRat(1+g.Int64N(4), 1), big.NewRat(1, 1+g.Int64N(2))
	return in
}

// deepAt encloses L_deep at a policy of integer weights.
func deepAt(t interface{ Fatal(...any) }, f field.Interval, in *model.Instance, policy []model.Naturals) field.Enclosure {
	prob, err := exact.PolicyRows(f, in.Process, policy)
	if err != nil {
		t.Fatal(err)
	}
	d, err := exact.Deep(f, must(exact.NumbersOf(f, in.Process)), must(exact.NewObjective(f, in)), prob)
	if err != nil {
		t.Fatal(err)
	}
	return d.Total(f)
}

// TestDeepByDefinition compares the terms at a second policy with the sums over
// complete sequences.
func TestDeepByDefinition(t *testing.T) {
	t.Parallel()
	f := field.NewInterval(deepBits)
	rapid.Check(t, func(t *rapid.T) {
		in := generators.Cases(generators.Limits{Length: 3, Leaves: 27}).Draw(t, "case").Instance
		seed := rapid.Uint64().Draw(t, "policy")
		g := rand.New(rand.NewPCG(seed, 0))
		pt := must(exact.NumbersOf(f, in.Process))
		var policy []model.Naturals
		for i := range in.Length() {
			var w model.Naturals
			base := in.Layer(i + 1).Weights()
			for e := range base.Len() {
				if base.IsZero(e) {
					w.AppendInt64(0)
				} else {
					w.AppendInt64(1 + g.Int64N(5))
				}
			}
			policy = append(policy, w)
		}
		prob := must(exact.PolicyRows(f, in.Process, policy))
		d, err := exact.Deep(f, pt, must(exact.NewObjective(f, in)), prob)
		if err != nil {
			t.Fatal(err)
		}
		base := must(definition.New(f, pt))
		moved := must(definition.New(f, pt.WithProb(prob)))
		meet := func(what string, got, want field.Enclosure) {
			if !f.Overlap(got, want) {
				t.Fatalf("%s is %v, by definition %v", what, got, want)
			}
		}
		lambda, _ := f.FromRat(in.Lambda)
		meet("harm", d.Harm, f.Mul(lambda, moved.Expectation(moved.Harm())))
		kl := must(definition.PositionKL(f, base, moved.Joint()))
		law := must(definition.Adversary(f, in))
		for i := range kl {
			meet("KL_t", d.KL[i], kl[i])
			eta, _ := f.FromRat(in.Eta(i + 1))
			meet("penalty", d.Failure[i], f.Mul(eta, moved.RecoveryFailure(in.Recovery, law, i+1)))
		}
		total := f.Add(f.Mul(lambda, moved.Expectation(moved.Harm())), must(definition.KL(f, base, moved.Joint())))
		for i := range kl {
			total = f.Add(total, d.Failure[i])
		}
		meet("L_deep", d.Total(f), total)
	})
}

// TestDeepInfinite: reaching what the base model does not costs infinitely much;
// leaning towards it where one never is costs nothing.
func TestDeepInfinite(t *testing.T) {
	t.Parallel()
	f := field.NewInterval(deepBits)
	in := model.NewInstance(tree(2, [][]int64{{1, 1}, {1, 1, 1, 0}}, 1, 0, 0, 0, 0))
	pt, o := must(exact.NumbersOf(f, in.Process)), must(exact.NewObjective(f, in))
	for _, c := range []struct {
		first    model.Naturals
		infinite bool
	}{{model.NaturalsOf(1, 1), true}, {model.NaturalsOf(1, 0), false}} {
		prob := must(exact.PolicyRows(f, in.Process, []model.Naturals{c.first, model.NaturalsOf(1, 1, 1, 1)}))
		if _, err := exact.Deep(f, pt, o, prob); errors.Is(err, exact.ErrInfinite) != c.infinite {
			t.Errorf("first token %v: %v", c.first, err)
		}
	}
}

// TestUntilt: the base model made for a policy and a law gives the law back.
func TestUntilt(t *testing.T) {
	t.Parallel()
	f := field.NewInterval(deepBits)
	for seed := range uint64(20) {
		in := deepCase(seed, 2+int(seed%2), 1+int(seed%3))
		pt := must(exact.NumbersOf(f, in.Process))
		half := must(f.FromRat(big.NewRat(1, 2)))
		u, err := exact.Untilt(f, pt, f.FromInt(2), func(t, _, e int, cost field.Enclosure) field.Enclosure {
			return f.Sub(f.Mul(half, f.FromInt(int64(e%3))), cost)
		})
		if err != nil {
			t.Fatal(err)
		}
		for i, prob := range pt.Prob {
			l := in.Layer(i + 1)
			for x := range l.States() {
				lo, hi := l.Row(x)
				z := f.FromInt(0)
				tilted := make([]field.Enclosure, hi-lo)
				for e := lo; e < hi; e++ {
					ell := f.Sub(f.Mul(half, f.FromInt(int64(e%3))), u.Cost[i+1][l.Next(e)])
					tilted[e-lo] = f.Mul(u.Base.Prob[i][e], must(f.Exp(ell)))
					z = f.Add(z, tilted[e-lo])
					if log := must(f.Log(must(f.Quo(prob[e], u.Base.Prob[i][e])))); !f.Overlap(log, u.LogRatio[i][e]) {
						t.Fatalf("log ratio %v, want %v", u.LogRatio[i][e], log)
					}
				}
				if !f.Overlap(field.Sum(f, u.Base.Prob[i][lo:hi]), f.FromInt(1)) {
					t.Fatalf("the base row of state %d is not normalised", x)
				}
				for e := lo; e < hi; e++ {
					if got := must(f.Quo(tilted[e-lo], z)); !f.Overlap(got, prob[e]) {
						t.Fatalf("tilting gives %v, want %v", got, prob[e])
					}
				}
			}
		}
		// J(root) = λE[Harm] + KL.
		d, err := exact.Deep(f, u.Base, exact.Objective[field.Enclosure]{
			Lambda: f.FromInt(2), Beta: f.FromInt(0), Gamma: f.FromInt(1),
			Adversary: exact.Occupancy(f, in.Process, pt.Prob), Recovers: in.Recovers,
		}, pt.Prob)
		if err != nil {
			t.Fatal(err)
		}
		if !f.Overlap(d.Total(f), u.Cost[0][0]) {
			t.Fatalf("J at the root is %v, λE[Harm] + KL is %v", u.Cost[0][0], d.Total(f))
		}
	}
}

// TestDeepTakesNoUndecidedZero: a probability that may be zero, or not, is not passed
// over as one of an unreached token.
func TestDeepTakesNoUndecidedZero(t *testing.T) {
	t.Parallel()
	f := field.NewInterval(64)
	in := model.NewInstance(tree(2, [][]int64{{1, 1}}, 1, 0, 1))
	pt, o := must(exact.NumbersOf(f, in.Process)), must(exact.NewObjective(f, in))
	half := must(f.FromRat(big.NewRat(1, 2)))
	for _, test := range []struct {
		reason string
		first  field.Enclosure
		fails  bool
	}{
		{"zero for certain", f.FromInt(0), false},
		{"zero or a half", f.Hull(f.FromInt(0), half), true},
	} {
		if _, err := exact.Deep(f, pt, o, [][]field.Enclosure{{test.first, half}}); (err != nil) != test.fails {
			t.Errorf("%s: error %v, want one: %v", test.reason, err, test.fails)
		}
	}
}
