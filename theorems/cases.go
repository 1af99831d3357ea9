package theorems

import (
	"iter"
	"math/big"
	"math/bits"
	"math/rand/v2"

	"sounding/exact"
	"sounding/exact/field"
	"sounding/generators"
	"sounding/model"
)

// Where the cases of statements come from that not every random case is fit for.

// The components of a case that checks look at.
var (
	needsHarm              = generators.Needs{Harm: true}
	needsHarmDecoupled     = generators.Needs{Harm: true, Kind: model.Decoupled}
	needsHarmRecovery      = generators.Needs{Harm: true, Recovery: true}
	needsHarmShared        = generators.Needs{Harm: true, Kind: model.Shared}
	needsHarmSharedZeros   = generators.Needs{Harm: true, Kind: model.Shared, ZeroWeights: true}
	needsHarmZeros         = generators.Needs{Harm: true, ZeroWeights: true}
	needsRecovery          = generators.Needs{Recovery: true}
	needsRecoveryAdversary = generators.Needs{Recovery: true, Adversary: true}
	needsRecoveryPenalty   = generators.Needs{Recovery: true, Penalty: true}
	needsRecoveryShared    = generators.Needs{Recovery: true, Kind: model.Shared}
)

// longer returns the needs for cases of two positions or more, where every counterexample has
// a second one.
func longer(needs generators.Needs) generators.Needs {
	needs.Length = 2
	return needs
}

// moving returns those for cases in which some feature differs from 0.
func moving(needs generators.Needs) generators.Needs {
	needs.Moves = generators.Somewhere
	return needs
}

// underAttack returns those for cases whose Q is not the policy.
func underAttack(needs generators.Needs) generators.Needs {
	needs.Attacked = true
	return needs
}

// smoothSource draws log-linear families of both kinds, and families with one
// parameter whose logits are polynomials of degree 3.
func smoothSource() *Source {
	looks := generators.Needs{Harm: true, Kind: model.Shared}
	shared, decoupled := familySource(model.Shared, looks), familySource(model.Decoupled, looks)
	return &Source{
		Draw: func(seed uint64, i int) *model.Case {
			// Checks on series begin with every tenth case: i/10 counts those.
			switch (i / 10) % 3 {
			case 0:
				return shared.Draw(seed, i)
			case 1:
				return decoupled.Draw(seed, i)
			}
			return bent(shared.Draw(seed, i))
		},
		Smallest: shared.Smallest,
	}
}

// bent returns the case with a polynomial family in place of its log-linear one:
// the first feature is the coefficient of θ, and θ² and θ³ have coefficients of
// their own.
func bent(c *model.Case) *model.Case {
	d := *c
	q := &c.Parameterisation
	d.Parameterisation = model.Parameterisation{Kind: model.Polynomial, Parameters: 1}
	for t := 1; t <= c.Length(); t++ {
		logits := make([][]*big.Rat, c.Layer(t).Edges())
		for e := range logits {
			f := q.Features[t-1][e*q.Parameters]
			logits[e] = []*big.Rat{new(big.Rat), big.NewRat(f, 1), big.NewRat(int64((e+t)%3)-1, 2), big.NewRat(f-int64(e%2), 3)}
		}
		d.Parameterisation.Logits = append(d.Parameterisation.Logits, logits)
	}
	return &d
}

// uniformTrees runs through the binary trees of a length whose tokens are all
// equally likely, by the number of their sequences with harm, which is 1 there and
// 0 elsewhere; those with as many come in lexicographic order.
func uniformTrees(length int) func() iter.Seq[*model.Case] {
	return func() iter.Seq[*model.Case] {
		return func(yield func(*model.Case) bool) {
			leaves := shape(2, length).Leaves()
			for count := range leaves + 1 {
				for set := range 1 << leaves {
					if bits.OnesCount(uint(set)) != count {
						continue
					}
					harm := make([]int64, leaves)
					for x := range harm {
						harm[x] = int64(set >> (leaves - 1 - x) & 1)
					}
					p := mustModel(shape(2, length).Tree().WithHarm(model.NaturalsOf(harm...), big.NewInt(1)))
					if !yield(&model.Case{Instance: model.NewInstance(p)}) {
						return
					}
				}
			}
		}
	}
}

// movingShared supplies shared families that move at two positions at least.
func movingShared() *Source {
	s := familySource(model.Shared, needsHarmShared)
	s.Smallest = movesEverywhere(needsHarmShared)
	return s
}

// smallTree draws a tabular case on a prefix tree, with weights 1…4 and harm on
// the grid of quarters.
func smallTree(v, length int, r *rand.Rand) *model.Case {
	var weights [][]int64
	edges := 1
	for range length {
		edges *= v
		weights = append(weights, integers(edges, 1, 4, r))
	}
	return &model.Case{Instance: generators.Tree(v, weights, integers(edges, 0, 4, r), 4)}
}

// integers draws n integers from lo to hi.
func integers(n int, lo, hi int64, r *rand.Rand) []int64 {
	list := make([]int64, n)
	for i := range list {
		list[i] = lo + r.Int64N(hi-lo+1)
	}
	return list
}

// generalPosition draws what random cases of all classes often lack: trees of two
// positions over three tokens of positive probability, with harm, two parameters and
// Q all of them free of structure. The first token is the only recovery token.
func generalPosition() *Source {
	return &Source{Draw: func(seed uint64, i int) *model.Case {
		r := rand.New(rand.NewPCG(seed, uint64(i)))
		const v, parameters = 3, 2
		c := &model.Case{Instance: generators.Tree(v, [][]int64{integers(v, 1, 5, r), integers(v*v, 1, 5, r)}, integers(v*v, 0, 9, r), 9)}
		c.Recovery = []int{0}
		c.Adversary = model.Adversary{Kind: model.AdversaryUniform}
		c.Parameterisation = model.Parameterisation{
			Kind: model.Shared, Parameters: parameters,
			Features: [][]int64{integers(v*parameters, -4, 4, r), integers(v*v*parameters, -4, 4, r)},
		}
		return c
	}}
}

// impossibleSource draws prefix trees on which the first token decides harm, and one
// first token has probability zero: behind it harm is open to the end.
func impossibleSource() *Source {
	return &Source{Draw: func(seed uint64, i int) *model.Case {
		r := rand.New(rand.NewPCG(seed, uint64(i)))
		v, length := 2+int(r.Int64N(2)), 2+int(r.Int64N(2))
		impossible := int(r.Int64N(int64(v)))
		var weights [][]int64
		rows := 1
		for t := range length {
			list := integers(rows*v, 1, 4, r)
			if t == 0 {
				list[impossible] = 0
			}
			weights, rows = append(weights, list), rows*v
		}
		first := integers(v, 0, 4, r)
		harm := make([]int64, rows)
		for y := range harm {
			a := y / (rows / v)
			harm[y] = first[a]
			if a == impossible {
				// The last token makes a difference.
				harm[y] = (first[a] + int64(y%v)) % 5
			}
		}
		return &model.Case{Instance: generators.Tree(v, weights, harm, 4)}
	}}
}

// orthogonalSource draws log-linear families with one parameter whose score is
// orthogonal to h_t at every prefix, though neither is constant where three tokens
// or more have positive probability: with c_a = P(a|x)·(h_t(xa) − h_{t−1}(x)), two
// tokens a and b get the features c_b and −c_a, cleared of their denominators.
func orthogonalSource() *Source {
	return &Source{Draw: func(seed uint64, i int) *model.Case {
		c := *generators.Example(generators.Limits{}, seed, i)
		q := field.NewRational()
		pt := defined(exact.NumbersOf(q, c.Process)) // no row sum is zero
		m := exact.SolveMartingale(q, pt)
		tabular := exact.Family[field.Rat]{Numbers: pt, Param: &model.Parameterisation{}}
		p := model.Parameterisation{Kind: model.Shared, Parameters: 1}
		for t := 1; t <= c.Length(); t++ {
			l := c.Layer(t)
			features := make([]int64, l.Edges())
			for x := range l.States() {
				lo, _ := l.Row(x)
				orthogonal(features[lo:], exact.HarmCovariance(q, tabular, m, t, x))
			}
			p.Features = append(p.Features, features)
		}
		c.Parameterisation = p
		return &c
	}}
}

// orthogonal sets two features so that Σ_a c_a·f_a = 0; they stay zero where c has
// fewer than two entries that are not, or integers would not fit a word.
func orthogonal(features []int64, c []field.Rat) {
	var at []int
	for k, v := range c {
		if v.Rat().Sign() != 0 {
			at = append(at, k)
		}
	}
	if len(at) < 2 {
		return
	}
	a, b := at[0], at[1]
	ratio := new(big.Rat).Quo(c[b].Rat(), c[a].Rat())
	if f, g := ratio.Num(), ratio.Denom(); f.IsInt64() && g.IsInt64() {
		features[a], features[b] = f.Int64(), -g.Int64()
	}
}

// familyLimits keep the families whose equilibria are solved for small.
var familyLimits = generators.Limits{Vocabulary: 3, Length: 3, Leaves: 9}

// familySource draws cases of all classes with the log-linear family of the given
// kind. Its small cases are those in which harm and features vary.
func familySource(kind model.Kind, needs generators.Needs) *Source {
	return &Source{
		Draw: func(seed uint64, i int) *model.Case {
			return asLogLinear(generators.Example(familyLimits, seed, i), kind, i)
		},
		Smallest: moves(needs),
	}
}

// asLogLinear returns the case with its log-linear family as one of the given kind;
// a tabular case gets features that depend on their places and on i.
func asLogLinear(c *model.Case, kind model.Kind, i int) *model.Case {
	d := *c
	q := d.Parameterisation
	if q.Tabular() {
		q = model.Parameterisation{Parameters: 1 + i%2}
		for t := 1; t <= c.Length(); t++ {
			f := make([]int64, c.Layer(t).Edges()*q.Parameters)
			for k := range f {
				f[k] = int64((k*k*(t+i)+3*k+i)%5) - 2
			}
			q.Features = append(q.Features, f)
		}
	}
	q.Kind = kind
	d.Parameterisation = q
	return &d
}

// smallest runs through the cases of generators.Smallest.
func smallest(needs generators.Needs) func() iter.Seq[*model.Case] {
	return func() iter.Seq[*model.Case] {
		return func(yield func(*model.Case) bool) {
			for _, c := range generators.Smallest(needs) {
				if !yield(c) {
					return
				}
			}
		}
	}
}

// smallestWhere runs through those for which a property holds that every counterexample has,
// and that is cheaper to see than a check.
func smallestWhere(needs generators.Needs, property func(*model.Case) bool) func() iter.Seq[*model.Case] {
	return where(smallest(needs), property)
}

// where runs through the cases that have a property.
func where(cases func() iter.Seq[*model.Case], property func(*model.Case) bool) func() iter.Seq[*model.Case] {
	return mapped(cases, func(c *model.Case) *model.Case {
		if !property(c) {
			return nil
		}
		return c
	})
}

// mapped runs through the images of cases; a nil image is left out.
func mapped(cases func() iter.Seq[*model.Case], image func(*model.Case) *model.Case) func() iter.Seq[*model.Case] {
	return func() iter.Seq[*model.Case] {
		return func(yield func(*model.Case) bool) {
			for c := range cases() {
				if d := image(c); d != nil && !yield(d) {
					return
				}
			}
		}
	}
}

// smallestVaried runs through those in which harm takes two values.
func smallestVaried(needs generators.Needs) func() iter.Seq[*model.Case] {
	needs.Varied = true
	return smallest(needs)
}

// moves runs through those in which some feature differs from 0 and
// harm varies, so that the equilibrium may differ from the base model.
func moves(needs generators.Needs) func() iter.Seq[*model.Case] {
	needs.Varied = true
	return smallest(moving(needs))
}

// movesEverywhere runs through those that have two positions or more, with features at each
// of them.
func movesEverywhere(needs generators.Needs) func() iter.Seq[*model.Case] {
	needs.Moves, needs.Varied = generators.Everywhere, true
	return smallest(needs)
}

// varied reports whether harm takes two values.
func varied(c *model.Case) bool {
	for x := range c.Process.Harm().Len() {
		if c.Process.Harm().Cmp(0, x) != 0 {
			return true
		}
	}
	return false
}

// tabularSource draws small cases with one logit per edge.
func tabularSource(needs generators.Needs) *Source {
	return &Source{
		Draw: func(seed uint64, i int) *model.Case {
			c := *generators.Example(familyLimits, seed, i)
			c.Parameterisation = model.Parameterisation{}
			return &c
		},
		Smallest: smallestVaried(needs),
	}
}

// silentSource draws small tabular cases with a position that carries no
// information before the horizon.
func silentSource() *Source {
	s := tabularSource(generators.Needs{Harm: true})
	s.Smallest = smallestWhere(generators.Needs{Harm: true}, generators.HasSilence)
	g := generators.WithSilence(familyLimits)
	s.Draw = func(seed uint64, i int) *model.Case {
		c := *g.Example(int(seed)*1_000_003 + i)
		c.Parameterisation = model.Parameterisation{}
		return &c
	}
	return s
}

// Sources that several statements share.
var (
	decoupledFamilies    = familySource(model.Decoupled, needsHarmDecoupled)
	everywhereDecoupled  = &Source{Smallest: movesEverywhere(needsHarmDecoupled)}
	everywhereShared     = &Source{Smallest: movesEverywhere(needsHarmShared)}
	generalFamilies      = generalSource()
	lateFamilies         = lateSource()
	longDecoupled        = &Source{Smallest: moves(longer(needsHarmDecoupled))}
	movingSharedFamilies = &Source{Draw: sharedFamilies.Draw, Smallest: movesEverywhere(needsHarmShared)}
	pairTrees            = deepDraw{shapes: []Shape{shape(2, 2)}}
	recoveryLevels       = newScalar("epsilon", "1/2", "1/3", "2/3", "1", "9/10", "1/10")
	sharedFamilies       = familySource(model.Shared, needsHarmShared)
	silentTrees          = silentSource()
	smoothFamilies       = smoothSource()
	tiltOdds             = newScalar("u", "2", "3", "1", "3/2", "10", "1000/999", "1000000")
	tiltRoots            = newScalar("s", "2", "3", "3/2", "10", "1001/1000")
)
