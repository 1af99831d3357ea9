package exact_test

import (
	"errors"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"sounding/exact"
	"sounding/exact/definition"
	"sounding/exact/field"
	"sounding/generators"
	"sounding/internal/testenv"
	"sounding/model"
	"sounding/numeric"
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
	layers := []*model.Layer{
		must(model.TreeLayer(2, model.NaturalsOf(1, 1))),
		must(model.TreeLayer(2, model.NaturalsOf(1, 1, 1, 0))),
	}
	in := model.NewInstance(must(model.NewProcess(2, layers, model.NaturalsOf(0, 0, 0, 0), big.NewInt(1))))
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

// TestFirstTokenBelowEveryPolicy: no policy costs less than f at its first token,
// nor less than the lower bound; the search ends where the minimisers lie.
func TestFirstTokenBelowEveryPolicy(t *testing.T) {
	t.Parallel()
	f := field.NewInterval(deepBits)
	n := 10 * testenv.Effort()
	for seed := range uint64(n) {
		in := deepCase(seed, 2, 2)
		g := must(exact.NewFirstToken(f, in, nil))
		m, err := g.Minimise(new(big.Rat), big.NewRat(1, 1), 12)
		if err != nil {
			t.Fatal(err)
		}
		if m.Lower.Cmp(m.Upper) > 0 {
			t.Fatalf("bounds %v above %v", m.Lower, m.Upper)
		}
		check := func(policy []model.Naturals) field.Enclosure {
			value := deepAt(t, f, in, policy)
			_, above := f.Bounds(value)
			if above.Cmp(m.Lower) < 0 {
				t.Fatalf("%v costs %v, below %v", policy, value, m.Lower)
			}
			q := new(big.Rat).SetFrac(policy[0].At(1), policy[0].Sum(0, 2))
			at, err := g.At(q)
			if err != nil {
				t.Fatal(err)
			}
			if f.Sign(f.Sub(at, value)) == field.Positive {
				t.Fatalf("f(%v) = %v above the cost %v of %v", q, at, value, policy)
			}
			return value
		}
		r := rand.New(rand.NewPCG(seed, 2))
		w := func() int64 { return 1 + r.Int64N(20) }
		for range 20 {
			check([]model.Naturals{model.NaturalsOf(w(), w()), model.NaturalsOf(w(), w(), w(), w())})
		}
		// Rounding to weights that add up to about 2^10 moves q by less than 2^−9.
		found := numeric.DeepCandidates(in)[0]
		check(found)
		q := new(big.Rat).SetFrac(found[0].At(1), found[0].Sum(0, 2))
		if !slices.ContainsFunc(m.Spans, func(s exact.Span) bool {
			rounding := big.NewRat(1, 1<<9)
			return new(big.Rat).Sub(s.Lo, rounding).Cmp(q) <= 0 && new(big.Rat).Add(s.Hi, rounding).Cmp(q) >= 0
		}) {
			t.Errorf("instance %d: the search ends at q = %v, the minimisers lie in %v", seed, q, m.Spans)
		}
	}
}

// TestFirstTokenFloor: a floor that does not bind changes nothing; one that binds
// costs what the best row at the floor does.
func TestFirstTokenFloor(t *testing.T) {
	t.Parallel()
	f := field.NewInterval(deepBits)
	in := deepCase(3, 2, 2)
	q := big.NewRat(1, 3)
	free := must(must(exact.NewFirstToken(f, in, nil)).At(q))
	tiny := must(f.FromRat(big.NewRat(1, 1<<30)))
	if got := must(must(exact.NewFirstToken(f, in, &tiny)).At(q)); !f.Overlap(got, free) {
		t.Errorf("with a floor that does not bind f is %v, without %v", got, free)
	}
	// All but all of it: each row at 1 − 2^−30 costs more than it has to.
	high := must(f.FromRat(big.NewRat(1<<30-1, 1<<30)))
	held := must(must(exact.NewFirstToken(f, in, &high)).At(q))
	if f.Sign(f.Sub(held, free)) != field.Positive {
		t.Errorf("held to the floor f is %v, free %v", held, free)
	}
	row := func() model.Naturals {
		var w model.Naturals
		for range 2 {
			for y := range 2 {
				if in.Recovers(y) {
					w.AppendInt64(1<<30 - 1)
				} else {
					w.AppendInt64(1)
				}
			}
		}
		return w
	}
	if want := deepAt(t, f, in, []model.Naturals{model.NaturalsOf(2, 1), row()}); !f.Overlap(held, want) {
		t.Errorf("held to the floor f is %v, the policy there costs %v", held, want)
	}
}

func TestFirstTokenRefuses(t *testing.T) {
	t.Parallel()
	f := field.NewInterval(deepBits)
	for _, in := range []*model.Instance{deepCase(1, 3, 2), deepCase(1, 2, 1), deepCase(1, 2, 3)} {
		if _, err := exact.NewFirstToken(f, in, nil); !errors.Is(err, exact.ErrShape) {
			t.Errorf("%d tokens, %d positions: %v", in.Vocabulary(), in.Length(), err)
		}
	}
	for _, c := range []struct {
		reason        string
		first, second model.Naturals
		next          []int32 // of position 1; nil for a tree
	}{
		{"a first token that does not occur", model.NaturalsOf(1, 0), model.NaturalsOf(1, 1, 1, 1), nil},
		{"a second token that does not occur", model.NaturalsOf(1, 1), model.NaturalsOf(1, 1, 0, 1), nil},
		{"one state for both first tokens", model.NaturalsOf(1, 1), model.NaturalsOf(1, 1), []int32{0, 0}},
	} {
		layer := must(model.TreeLayer(2, c.first))
		if c.next != nil {
			layer = must(model.DenseLayer(2, c.first, c.next))
		}
		harm := model.NaturalsOf(make([]int64, c.second.Len())...)
		in := model.NewInstance(must(model.NewProcess(2, []*model.Layer{layer, must(model.TreeLayer(2, c.second))}, harm, big.NewInt(1))))
		in.Recovery = []int{0}
		if _, err := exact.NewFirstToken(f, in, nil); !errors.Is(err, exact.ErrShape) {
			t.Errorf("%s: %v", c.reason, err)
		}
	}
	half := must(f.FromRat(big.NewRat(1, 2)))
	in := deepCase(1, 2, 2)
	in.Recovery = []int{0, 1}
	if _, err := exact.NewFirstToken(f, in, &half); err == nil {
		t.Error("a floor where every token recovers is taken")
	}
}

// TestTwoMinima: on an instance that swapping the first token maps onto itself,
// the minimisers lie in two intervals that it maps onto one another.
func TestTwoMinima(t *testing.T) {
	t.Parallel()
	f := field.NewInterval(deepBits)
	layers := []*model.Layer{
		must(model.TreeLayer(2, model.NaturalsOf(1, 1))),
		must(model.TreeLayer(2, model.NaturalsOf(19, 1, 19, 1))),
	}
	in := model.NewInstance(must(model.NewProcess(2, layers, model.NaturalsOf(0, 0, 1, 1), big.NewInt(1))))
	in.Recovery = []int{1}
	in.Lambda, in.Beta = big.NewRat(3, 1), big.NewRat(3, 1)
	m, err := must(exact.NewFirstToken(f, in, nil)).Minimise(new(big.Rat), big.NewRat(1, 1), 10)
	if err != nil {
		t.Fatal(err)
	}
	one := big.NewRat(1, 1)
	if len(m.Spans) != 2 || new(big.Rat).Add(m.Spans[0].Lo, m.Spans[1].Hi).Cmp(one) != 0 || new(big.Rat).Add(m.Spans[0].Hi, m.Spans[1].Lo).Cmp(one) != 0 {
		t.Fatalf("spans %v, want two that mirror one another", m.Spans)
	}
	found := numeric.DeepCandidates(in)
	seen := make(map[int]bool)
	for _, policy := range found {
		q := new(big.Rat).SetFrac(policy[0].At(1), policy[0].Sum(0, 2))
		seen[q.Cmp(big.NewRat(1, 2))] = true
	}
	if !seen[-1] || !seen[1] {
		t.Errorf("the search finds %v, want policies on either side", found)
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
