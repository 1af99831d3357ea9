package theorems

import (
	"iter"
	"math/big"
	"math/rand/v2"

	"sounding/exact"
	"sounding/generators"
	"sounding/model"
)

// Section 9: the minimisers of the deep objective (eq. 43) over all policies.
//
// A claim about the minimiser is refuted by a policy with a lower objective, or
// by an enclosure of the optimum: never by a stationary point alone. A minimum
// exists, because the policies of a finite tree are a compact set and the
// objective is lower semicontinuous there. Where the base model is positive and R
// is not empty every minimiser is positive too: at the boundary the KL falls with
// infinite slope, and nothing else has one.

func minimisers() []*Statement {
	return []*Statement{stationarityLaw(), closedForm(), perPrefixGibbs(), recoverable(), oneMinimiser(), globalMinimiser()}
}

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
		l, err := model.TreeLayer(shape.Vocabulary, weights(n))
		if err != nil {
			panic(err) // weights are positive and fill the rows
		}
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
	p, err := model.NewProcess(shape.Vocabulary, layers, harm, big.NewInt(2))
	if err != nil {
		panic(err)
	}
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

// smallestDeep runs through small cases with a recovery set that is neither empty
// nor everything and a positive penalty. Where the needs leave the penalty at its
// base, β is 1.
func smallestDeep(needs generators.Needs) func() iter.Seq[*model.Case] {
	small := smallestWhere(needs, func(c *model.Case) bool {
		return len(c.Recovery) > 0 && len(c.Recovery) < c.Vocabulary() && (!needs.Penalty || c.Beta.Sign() > 0)
	})
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

// withCandidate returns the case with what the search finds best.
func withCandidate(c *model.Case) *model.Case {
	d := *c
	d.Candidates = exact.DeepCandidates(c.Instance)[:1]
	return &d
}

// near is a source for near-misses that look at some components alone.
func (d deepDraw) near(needs generators.Needs) *Source {
	return &Source{Draw: d.draw, Smallest: smallestDeep(needs)}
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
func deepAt(w *World[enc], pt *exact.Point[enc], o exact.Objective[enc], policy [][]enc) *exact.DeepTerms[enc] {
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
		rows, err := exact.PolicyRows[enc](interval(w), w.Family.Process, c)
		if err != nil {
			panic("theorems: " + err.Error()) // no row sum is zero
		}
		all = append(all, rows)
	}
	return all
}

// minimal claims that a policy costs no more than any candidate of the case.
func minimal(w *World[enc], claim string, policy [][]enc) {
	here := deepAt(w, w.Family.Point, w.Objective(), policy)
	if here == nil || len(w.Case.Candidates) == 0 {
		w.Vacuous()
		return
	}
	f := interval(w)
	for _, other := range candidates(w) {
		if there := deepAt(w, w.Family.Point, w.Objective(), other); there != nil {
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
	z := w.FromInt(0)
	for _, v := range row {
		z = w.Add(z, v)
	}
	for i := range row {
		var err error
		if row[i], err = f.Quo(row[i], z); err != nil {
			return nil, err
		}
	}
	return row, nil
}

// eta returns η_t = βγ^t.
func eta[E any](w *World[E], t int) E { return w.Mul(w.Objective().Beta, power(w, t)) }

// recovering returns v where edge e of position t carries a recovery token, and
// zero elsewhere.
func recovering[E any](w *World[E], t, e int, v E) E {
	if w.Objective().Recovers(w.Layer(t).Token(e)) {
		return v
	}
	return w.FromInt(0)
}
