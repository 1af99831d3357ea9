package training

import (
	"math/big"
	"slices"

	"sounding/model"
)

// Relation says how the answers to a question follow from those to another: a check of a
// solver against itself, without a truth.
type Relation struct {
	Name       string
	Meaning    string // one sentence
	Quantities []Quantity
	Weighed    bool // batches are compared by their weighed sum
	// change returns the changed question, false where there is nothing to change.
	change func(q *Question) (*Question, bool)
	// token returns which token of the original the changed one stands for.
	token func(q *Question, a int) int
	split bool // its last token shares the derivative of another
	zero  bool // all answers are 0
}

var (
	divergences = []Quantity{"kl", "kl_sum", "kl_forward", "jsd"}
	gradients   = []Quantity{"gradient", "kl_gradient", "objective_gradient"}
)

// Relations returns every relation.
func Relations() []*Relation {
	perInstance := slices.Concat(divergences, gradients)
	return []*Relation{
		{
			Name: "padding", Meaning: "Padding more changes nothing.",
			Quantities: []Quantity{LossGradient}, change: withBatches(func(q *Question, b *Batch) bool {
				b.PadTo = q.Instance.Length() + 2
				return true
			}),
		},
		{
			Name: "micro-batches", Meaning: "Accumulating over parts of a batch changes nothing.",
			Quantities: []Quantity{LossGradient}, change: withBatches(func(_ *Question, b *Batch) bool {
				for i := range b.Sequences {
					b.MicroBatches = append(b.MicroBatches, []int{i})
				}
				return len(b.Sequences) > 1
			}),
		},
		{
			Name: "baseline", Meaning: "A constant added to all rewards leaves the expected gradient as it is.",
			Quantities: []Quantity{LossGradient}, Weighed: true, change: withBatches(func(_ *Question, b *Batch) bool {
				b.Rewards = slices.Clone(b.Rewards)
				for i, r := range b.Rewards {
					b.Rewards[i] = new(big.Rat).Add(r, big.NewRat(1, 1))
				}
				return true
			}),
		},
		{
			Name: "relabelled tokens", Meaning: "The names of the tokens do not matter.",
			Quantities: append(perInstance, "entropy", "entropy_gradient"),
			change:     relabelled, token: func(q *Question, a int) int { return q.Instance.Vocabulary() - 1 - a },
		},
		{
			Name: "split token", Meaning: "Two tokens of half the probability each, which lead where one did, are that one (at temperature 1).",
			Quantities: perInstance, change: splitToken, split: true,
			token: func(q *Question, a int) int {
				if a == q.Instance.Vocabulary() {
					return splitOf(q)
				}
				return a
			},
		},
		{
			Name: "policy as its own reference", Meaning: "The KL of a policy with itself and its gradient are 0.",
			Quantities: append(slices.Clone(divergences), "kl_gradient"), change: ownReference, zero: true,
		},
		{
			Name: "unreached states", Meaning: "States that nothing leads to change nothing, and have no gradient.",
			Quantities: append(perInstance, "entropy", "entropy_gradient"), change: unreached,
		},
	}
}

// Change returns the changed question, false where the relation says nothing of q.
func (r *Relation) Change(q *Question) (*Question, bool) {
	changed, ok := r.change(q)
	if !ok || changed.Instance.Validate() != nil {
		return nil, false
	}
	return changed, true
}

// Expected returns what the answer to the changed question should be, from that to the
// original.
func (r *Relation) Expected(q, changed *Question, name Quantity, values []*big.Rat) []*big.Rat {
	expected := make([]*big.Rat, name.Shape(changed).Size())
	zero := new(big.Rat)
	perTokens := slices.Equal(name.row().axes, perToken)
	if !perTokens || r.zero || r.token == nil && len(expected) == len(values) {
		for i := range expected {
			if expected[i] = zero; !r.zero {
				expected[i] = values[i]
			}
		}
		return expected
	}
	half := big.NewRat(1, 2)
	i := 0
	at := 0
	for t := range q.Instance.Length() {
		v := q.Instance.Vocabulary()
		for x := range changed.Instance.States(t) {
			for a := range changed.Instance.Vocabulary() {
				expected[i] = zero
				if x < q.Instance.States(t) {
					from := a
					if r.token != nil {
						from = r.token(q, a)
					}
					expected[i] = values[at+x*v+from]
					if r.split && from == splitOf(q) && expected[i] != nil {
						expected[i] = new(big.Rat).Mul(half, expected[i])
					}
				}
				i++
			}
		}
		at += q.Instance.States(t) * v
	}
	return expected
}

func withBatches(change func(q *Question, b *Batch) bool) func(q *Question) (*Question, bool) {
	return func(q *Question) (*Question, bool) {
		changed := *q
		changed.Batches = slices.Clone(q.Batches)
		ok := len(q.Batches) > 0
		for i := range changed.Batches {
			ok = change(q, &changed.Batches[i]) && ok
		}
		return &changed, ok
	}
}

func ownReference(q *Question) (*Question, bool) {
	changed, in := *q, *q.Instance
	training := *in.Training
	training.Reference = nil
	for t := 1; t <= in.Length(); t++ {
		training.Reference = append(training.Reference, in.Layer(t).Weights().Clone())
	}
	in.Training = &training
	changed.Instance = &in
	return &changed, true
}

// newEdge is an edge of a changed layer: the token, the edge whose weights it has,
// multiplied, or −1 for the given weight, and where it leads.
type newEdge struct {
	token, from int
	times       int64
	next        int32
}

// remade returns the instance over v tokens with other edges, for states(t) states of
// layer t; further states of layer T are harmless. It returns nil where there is none.
func remade(in *model.Instance, v int, states func(t int) int, edges func(t, x int) []newEdge) *model.Instance {
	policies := make([][]model.Naturals, 4)
	given := [4][]model.Naturals{1: in.Training.Reference, 2: in.Training.Behaviour, 3: in.Adversary.Rows}
	var layers []*model.Layer
	for t := 1; t <= in.Length(); t++ {
		var rows [4]model.Naturals
		start, token, next := []int32{0}, []int32(nil), []int32(nil)
		for x := range states(t - 1) {
			for _, e := range edges(t, x) {
				token, next = append(token, int32(e.token)), append(next, e.next)
				for k := range rows {
					switch {
					case k > 0 && len(given[k]) < t:
					case e.from < 0 && k == 1:
						rows[k].AppendInt64(e.times * int64(1+e.token)) // unlike the policy's
					case e.from < 0:
						rows[k].AppendInt64(e.times)
					case k == 0:
						rows[k].Append(new(big.Int).Mul(big.NewInt(e.times), in.Layer(t).Weights().At(e.from)))
					default:
						rows[k].Append(new(big.Int).Mul(big.NewInt(e.times), given[k][t-1].At(e.from)))
					}
				}
			}
			start = append(start, int32(len(token)))
		}
		l, err := model.SparseLayer(v, start, token, rows[0], next)
		if err != nil {
			return nil
		}
		layers = append(layers, l)
		for k := range policies {
			if len(given[k]) >= t {
				policies[k] = append(policies[k], rows[k])
			}
		}
	}
	harm := in.Harm().Clone()
	for range states(in.Length()) - in.States(in.Length()) {
		harm.AppendInt64(0)
	}
	p, err := model.NewProcess(v, layers, harm, in.HarmDenominator())
	if err != nil {
		return nil
	}
	changed, training := *in, *in.Training
	changed.Process, changed.Training = p, &training
	training.Reference, training.Behaviour, changed.Adversary.Rows = policies[1], policies[2], policies[3]
	return &changed
}

// about returns a question about a changed instance, if there is one, without lists of
// sequences.
func about(q *Question, changed *model.Instance) (*Question, bool) {
	return &Question{Instance: changed, JSDWeights: q.JSDWeights, Claim: q.Claim}, changed != nil
}

func relabelled(q *Question) (*Question, bool) {
	in := q.Instance
	last := in.Vocabulary() - 1
	changed := remade(in, in.Vocabulary(), in.States, func(t, x int) (list []newEdge) {
		l := in.Layer(t)
		lo, hi := l.Row(x)
		for e := hi - 1; e >= lo; e-- {
			list = append(list, newEdge{last - l.Token(e), e, 1, int32(l.Next(e))})
		}
		return list
	})
	if changed == nil {
		return nil, false
	}
	changed.Recovery = nil
	for _, a := range slices.Backward(in.Recovery) {
		changed.Recovery = append(changed.Recovery, last-a)
	}
	if end := in.Training.End; end != model.NoToken {
		changed.Training.End = last - end
	}
	return about(q, changed)
}

// splitOf returns the token that is split: one that is not the end.
func splitOf(q *Question) int {
	if q.Instance.Training.End == 0 {
		return 1
	}
	return 0
}

func splitToken(q *Question) (*Question, bool) {
	in := q.Instance
	v, a := in.Vocabulary(), splitOf(q)
	if a >= v || in.Training.Temperature.Cmp(big.NewRat(1, 1)) != 0 {
		return nil, false // a temperature tells halves from the whole
	}
	changed := remade(in, v+1, in.States, func(t, x int) (list []newEdge) {
		l := in.Layer(t)
		var twin []newEdge
		for e, hi := l.Row(x); e < hi; e++ {
			edge := newEdge{l.Token(e), e, 2, int32(l.Next(e))}
			if l.Token(e) == a {
				edge.times = 1
				twin = []newEdge{{v, e, 1, edge.next}}
			}
			list = append(list, edge)
		}
		return append(list, twin...)
	})
	if changed == nil {
		return nil, false
	}
	changed.Adversary = model.Adversary{} // no quantity of the relation reads Q
	return about(q, changed)
}

func unreached(q *Question) (*Question, bool) {
	in := q.Instance
	v := in.Vocabulary()
	if in.Training.End != model.NoToken && v == 1 {
		return nil, false
	}
	states := func(t int) int { return in.States(t) + min(t, 1) }
	changed := remade(in, v, states, func(t, x int) (list []newEdge) {
		l := in.Layer(t)
		if x == in.States(t-1) {
			for a := range v {
				e := newEdge{a, -1, 1, int32(in.States(t))}
				if a == in.Training.End {
					e.times = 0
				}
				list = append(list, e)
			}
			return list
		}
		for e, hi := l.Row(x); e < hi; e++ {
			list = append(list, newEdge{l.Token(e), e, 1, int32(l.Next(e))})
		}
		return list
	})
	return about(q, changed)
}
