package theorems

import (
	"hash/fnv"
	"iter"
	"math/big"
	"math/rand/v2"
	"slices"

	"sounding/exact"
	"sounding/exact/field"
	"sounding/generators"
	"sounding/model"
	"sounding/numeric"
)

// Section 9: the minimisers of the deep objective (eq. 43) over all policies.
//
// A claim about the minimiser is refuted by a policy with a lower objective, or
// by an enclosure of the optimum: never by a stationary point alone. A minimum
// exists, because the policies of a finite tree are a compact set and the
// objective is lower semicontinuous there. Where the base model is positive and R
// is not empty every minimiser is positive too: at the boundary the KL falls with
// infinite slope, and nothing else has one.

// deepDraw says which cases are drawn: of some shapes, with harm that depends on
// the first tokens alone, as many as horizon says.
type deepDraw struct {
	shapes  []Shape
	horizon int
}

// source returns random cases on full trees with positive weights, one recovery
// token and a penalty.
func (d deepDraw) source() *Source {
	return &Source{Draw: d.draw}
}

func (d deepDraw) draw(seed uint64, i int) *model.Case {
	g := rand.New(rand.NewPCG(seed, uint64(i)))
	shape := d.shapes[i%len(d.shapes)]
	weights := func(n int) model.Naturals {
		var w model.Naturals
		for range n {
			w.AppendInt64([]int64{1, 1, 2, 3, 5}[g.IntN(5)])
		}
		return w
	}
	layers := make([]*model.Layer, shape.Length)
	rows := make([]model.Naturals, shape.Length-1)
	n := 1
	for t := range layers {
		n *= shape.Vocabulary
		l := mustModel(model.TreeLayer(shape.Vocabulary, weights(n))) // weights are positive and fill the rows
		layers[t] = l
		if t < len(rows) {
			rows[t] = weights(n)
		}
	}
	var harm model.Naturals
	decided := Shape{Vocabulary: shape.Vocabulary, Length: min(d.horizon, shape.Length)}.Leaves()
	for range decided {
		value := g.Int64N(3)
		if d.horizon == 0 {
			value = 0
		}
		for range n / decided {
			harm.AppendInt64(value)
		}
	}
	p := mustModel(model.NewProcess(shape.Vocabulary, layers, harm, big.NewInt(2)))
	in := model.NewInstance(p)
	in.Recovery = []int{g.IntN(shape.Vocabulary)}
	switch g.IntN(3) {
	case 0:
		in.Adversary = model.Adversary{Kind: model.AdversaryUniform}
	case 1:
		in.Adversary = model.Adversary{Kind: model.AdversaryRows, Rows: rows}
	}
	in.Lambda = big.NewRat(1+g.Int64N(4), 2)
	in.Beta = big.NewRat(1+g.Int64N(4), 1)
	in.Gamma = big.NewRat(2, 2+g.Int64N(3))
	return &model.Case{Instance: in}
}

// search draws the same cases with what the search for a minimiser finds best.
func (d deepDraw) search(seed uint64, i int) *model.Case { return withCandidate(d.draw(seed, i)) }

// near is a source for near-misses that look at some components alone.
func (d deepDraw) near(needs generators.Needs) *Source {
	return &Source{Draw: d.draw, Smallest: smallestDeep(needs)}
}

// smallestDeep runs through small cases with a recovery set that is neither empty
// nor everything and a positive penalty. Where the needs leave the penalty at its
// base, β is 1.
func smallestDeep(needs generators.Needs) func() iter.Seq[*model.Case] {
	needs.ProperSubset, needs.Penalised = true, needs.Penalty
	small := smallest(needs)
	if needs.Penalty {
		return small
	}
	return mapped(small, func(c *model.Case) *model.Case {
		d, in := *c, *c.Instance
		in.Beta = big.NewRat(1, 1)
		d.Instance = &in
		return &d
	})
}

// withCandidate returns the case with what the search finds best.
func withCandidate(c *model.Case) *model.Case {
	d := *c
	d.Candidates = numeric.DeepCandidates(c.Instance)[:1]
	return &d
}

// positiveBase reports whether the base model is positive on every edge.
func positiveBase[E any](w *World[E]) bool {
	for t := 1; t <= w.T(); t++ {
		weights := w.Layer(t).Weights()
		for e := range weights.Len() {
			if weights.IsZero(e) {
				return false
			}
		}
	}
	return true
}

// undecided notes that a number lies outside of what the enclosures reach.
func undecided(w *World[enc], err error) { w.Undecided(Place{}, err.Error()) }

// deepAt encloses the terms of L_deep at a policy; nil, and the world told of it,
// where they cannot be enclosed.
func deepAt(w *World[enc], pt *model.Numbers[enc], o exact.Objective[enc], policy [][]enc) *exact.DeepTerms[enc] {
	d, err := exact.Deep(interval(w), pt, o, policy)
	if err != nil {
		undecided(w, err)
		return nil
	}
	return d
}

// candidates returns the policies of the case that may be minimisers.
func candidates(w *World[enc]) [][][]enc {
	var all [][][]enc
	for _, c := range w.Case.Candidates {
		rows := defined(exact.PolicyRows[enc](interval(w), w.Family.Process, c)) // no row sum is zero
		all = append(all, rows)
	}
	return all
}

// minimal claims that a policy costs no more than any candidate of the case.
func minimal(w *World[enc], claim string, policy [][]enc) {
	here := deepAt(w, w.Family.Numbers, w.Objective(), policy)
	if here == nil || len(w.Case.Candidates) == 0 {
		w.Vacuous()
		return
	}
	f := interval(w)
	for _, other := range candidates(w) {
		if there := deepAt(w, w.Family.Numbers, w.Objective(), other); there != nil {
			w.AtMost(Place{}, claim, here.Total(f), there.Total(f))
		}
	}
}

// tilted encloses the rows P_0(a|x)·e^{tilt}/Z of one state, for the tilt of each
// of its edges.
func tilted(w *World[enc], t, x int, tilt func(e int) enc) ([]enc, error) {
	f := interval(w)
	lo, hi := w.Layer(t).Row(x)
	row := make([]enc, hi-lo)
	for e := lo; e < hi; e++ {
		u, err := f.Exp(tilt(e))
		if err != nil {
			return nil, err
		}
		row[e-lo] = f.Mul(u, w.Family.Prob[t-1][e])
	}
	z := field.Sum(w.Ring, row)
	for i := range row {
		var err error
		if row[i], err = f.Quo(row[i], z); err != nil {
			return nil, err
		}
	}
	return row, nil
}

// recovering returns v where edge e of position t carries a recovery token, and
// zero elsewhere.
func recovering[E any](w *World[E], t, e int, v E) E {
	if w.Objective().Recovers(w.Layer(t).Token(e)) {
		return v
	}
	return w.FromInt(0)
}

// softSolution encloses the optimum at β = 0 and the logarithm of its soft values
// is left to the caller; nil where it cannot be enclosed.
func softSolution(w *World[enc]) *exact.Tilted[enc] {
	f := interval(w)
	u := make([]enc, len(w.Family.Harm))
	for x, h := range w.Family.Harm {
		var err error
		if u[x], err = f.Exp(f.Neg(f.Mul(w.Objective().Lambda, h))); err != nil {
			undecided(w, err)
			return nil
		}
	}
	s, err := exact.SolveTilted(f, w.Family.Numbers, u)
	if err != nil {
		undecided(w, err)
		return nil
	}
	return s
}

// drawnRows returns a policy on the support of the base model whose weights are drawn from
// 1…5 for the case: one that weighs prefixes of a length differently, as every claim
// about all policies must be tried on.
func drawnRows[E any](w *World[E]) [][]E {
	h := fnv.New64a()
	h.Write([]byte(w.Case.GoString()))
	policy := make([]model.Naturals, w.T())
	for t := range policy {
		weights := w.Layer(t + 1).Weights()
		for e := range weights.Len() {
			n := 1 + int64(generators.Hash(h.Sum64(), t, e)%5)
			if weights.IsZero(e) {
				n = 0
			}
			policy[t].AppendInt64(n)
		}
	}
	return defined(exact.PolicyRows(fieldOf(w), w.Family.Process, policy)) // every row of the base model has a positive weight
}

// optimalityGap compares L(P) − L(P*) at β = 0, for P drawn, with a divergence
// between the two, given as that of policy from base.
func optimalityGap(w *World[enc], claim string, reverse bool) {
	s := softSolution(w)
	if s == nil {
		return
	}
	f, o, p := interval(w), w.Objective(), drawnRows(w)
	o.Beta = w.FromInt(0)
	from, of := s.Policy, p
	if reverse {
		from, of = p, s.Policy
	}
	here, best := deepAt(w, w.Family.Numbers, o, p), deepAt(w, w.Family.Numbers, o, s.Policy)
	between := deepAt(w, w.Family.WithProb(from), o, of)
	if here == nil || best == nil || between == nil {
		return
	}
	kl := f.Sub(between.Total(f), between.Harm)
	w.Meet(Place{}, claim, f.Sub(here.Total(f), best.Total(f)), kl)
}

func softOptimum(w *World[enc]) {
	optimalityGap(w, "β = 0: L(P) − L(P*) = KL(P‖P*)", false)
}

// untilted takes the probabilities of the world for a policy P* and returns the
// base model beside which it obeys a law, with the weights w = Q/P*; nil where the
// policy does not reach every state on positive edges.
func untilted(w *World[enc], law func(t, x, e int, cost, weight enc) enc) *exact.Untilted[enc] {
	f := interval(w)
	occ, q := w.Solution().Occupancy, w.Objective().Adversary
	reached := func(layer []enc) bool {
		return !slices.ContainsFunc(layer, func(p enc) bool { return f.Sign(p) != field.Positive })
	}
	if !positiveBase(w) || slices.ContainsFunc(occ, func(layer []enc) bool { return !reached(layer) }) {
		w.Vacuous()
		return nil
	}
	u, err := exact.Untilt(f, w.Family.Numbers, w.Objective().Lambda, func(t, x, e int, cost enc) enc {
		weight := defined(f.Quo(q[t-1][x], occ[t-1][x])) // the policy reaches every state
		return law(t, x, e, cost, weight)
	})
	if err != nil {
		undecided(w, err)
		return nil
	}
	return u
}
