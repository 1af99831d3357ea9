package training

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"

	"sounding/generators"
	"sounding/model"
)

// Level says how far from the ordinary the instances that are drawn may be.
type Level int8

// The levels: plain instances are prefix trees with small positive weights, full ones
// of every class of the generators.
const (
	LevelPlain Level = iota
	LevelFull
)

// The largest batches and lists that are drawn.
const (
	mostBatches   = 300
	mostSequences = 27
)

// largestInstance bounds the states of an instance of one's own, and its sequences.
const largestInstance = 2000

// About returns a question about an instance, with lists that are drawn. The error says
// that the instance is too large to list its sequences.
func About(in *model.Instance, seed uint64, o Objective) (*Question, error) {
	own := *in
	if own.Training == nil {
		own.Training = model.NewTraining()
	}
	states := 0
	for t := range own.Length() {
		if states += own.States(t); states > largestInstance {
			return nil, fmt.Errorf("more than %d states: too large to ask for what training code computes", largestInstance)
		}
	}
	if sequences := countSequences(&own); sequences.Cmp(big.NewInt(largestInstance)) > 0 {
		return nil, fmt.Errorf("%v sequences: want at most %d to ask for what training code computes", sequences, largestInstance)
	}
	q := &Question{Instance: &own, Claim: Claim{Objective: o}}
	drawer{rand.New(rand.NewPCG(seed, 0))}.lists(q)
	return q, nil
}

// countSequences returns a bound on the sequences of positive probability under the
// behaviour policy: those along edges.
func countSequences(in *model.Instance) *big.Int {
	over := in.Over()
	count := []*big.Int{big.NewInt(1)}
	for t := 1; t <= in.Length(); t++ {
		l, next := in.Layer(t), make([]*big.Int, in.States(t))
		for y := range next {
			next[y] = new(big.Int)
		}
		for x, n := range count {
			for e, hi := l.Row(x); e < hi; e++ {
				if !over[t-1][x] || !l.Weights().IsZero(e) {
					next[l.Next(e)].Add(next[l.Next(e)], n)
				}
			}
		}
		count = next
	}
	sum := new(big.Int)
	for _, n := range count {
		sum.Add(sum, n)
	}
	return sum
}

// drawer draws questions.
type drawer struct{ *rand.Rand }

// Draw returns question i of a seed, the same each time, with batches for a claim.
func Draw(l Level, seed uint64, i int, of Claim) *Question {
	d := drawer{rand.New(rand.NewPCG(seed, generators.Hash(seed, i, int(l))))}
	q := &Question{Claim: of}
	if l == LevelPlain || d.chance(2) {
		q.Instance = d.tree(l)
	} else {
		in := *generators.Example(generators.Limits{}, seed, i).Instance
		in.Training = model.NewTraining()
		q.Instance = &in
	}
	d.training(q.Instance)
	if of.OnPolicy {
		q.Instance.Training.Behaviour = nil
	}
	d.lists(q)
	return q
}

// chance reports true once in n times.
func (d drawer) chance(n int) bool { return d.IntN(n) == 0 }

func (d drawer) pick(list ...string) *big.Rat {
	r, _ := new(big.Rat).SetString(list[d.IntN(len(list))])
	return r
}

// tree draws a prefix tree, every other one with an end.
func (d drawer) tree(l Level) *model.Instance {
	v, t := 2+d.IntN(2), 1+d.IntN(3)
	weight := func() int64 { return 1 + d.Int64N(4) }
	if l == LevelFull {
		weight = func() int64 {
			if d.chance(4) {
				return 0
			}
			return 1 + d.Int64N(1000)
		}
	}
	end := model.NoToken
	if d.chance(2) {
		end = d.IntN(v)
	}
	var weights [][]int64
	over := []bool{false}
	for range t {
		var rows []int64
		var next []bool
		for _, is := range over {
			row := make([]int64, v)
			for a := range row {
				if row[a] = weight(); is {
					row[a] = 0
				}
				next = append(next, is && a == end || a == end && end != model.NoToken)
			}
			if is {
				row[end] = 1
			} else if !slices.ContainsFunc(row, func(w int64) bool { return w > 0 }) {
				row[d.IntN(v)] = 1
			}
			rows = append(rows, row...)
		}
		weights, over = append(weights, rows), next
	}
	denominator := 1 + d.Int64N(4)
	harm := make([]int64, len(over))
	for x := range harm {
		harm[x] = d.Int64N(denominator + 1)
	}
	in := generators.Tree(v, weights, harm, denominator)
	in.Training = model.NewTraining()
	in.Training.End = end
	in.Lambda, in.Beta, in.Gamma = d.pick("1/2", "1", "2"), d.pick("0", "1/2", "2"), d.pick("1/2", "1")
	if d.chance(2) {
		in.Recovery = []int{d.IntN(v)}
	}
	if d.chance(3) {
		in.Adversary.Kind = model.AdversaryUniform
	}
	return in
}

// training draws the keys of format 2 apart from the end.
func (d drawer) training(in *model.Instance) {
	r := in.Training
	policy := func() (rows []model.Naturals) {
		zeros := d.chance(2)
		for t := 1; t <= in.Length(); t++ {
			var w model.Naturals
			for e := range in.Layer(t).Edges() {
				if zeros && in.Layer(t).Weights().IsZero(e) {
					w.AppendInt64(0)
				} else {
					w.AppendInt64(1 + d.Int64N(4))
				}
			}
			rows = append(rows, w)
		}
		return rows
	}
	if !d.chance(8) {
		r.Reference = policy()
	}
	if d.chance(2) {
		r.Behaviour = policy()
	}
	switch d.IntN(8) {
	case 0:
		r.Environment = []int{1 + d.IntN(in.Length())}
	case 1:
		r.Temperature = d.pick("1/2", "2", "3/2")
	case 2:
		r.Discount = d.pick("1/2", "9/10")
	}
}

// lists draws the lists that quantities read.
func (d drawer) lists(q *Question) {
	q.JSDWeights = []*big.Rat{d.pick("1/2"), d.pick("1/10", "1/4", "3/4", "999/1000")}
	taken := *q
	if q.Instance.Training.Behaviour != nil && d.chance(2) {
		own, training := *q.Instance, *q.Instance.Training
		training.Behaviour = nil
		own.Training = &training
		taken.Instance = &own
	}
	q.Sequences = AllSequences(&taken)
	d.Shuffle(len(q.Sequences), func(i, j int) { q.Sequences[i], q.Sequences[j] = q.Sequences[j], q.Sequences[i] })
	q.Sequences = q.Sequences[:min(len(q.Sequences), mostSequences)]
	sequence := func() []int { return q.Sequences[d.IntN(len(q.Sequences))] }
	for _, loss := range pairLosses {
		p := Pair{Loss: loss, Mean: d.chance(2), Beta: d.pick("1/10", "1/2", "2"), Margin: new(big.Rat), Chosen: sequence(), Rejected: sequence()}
		if loss == "simpo" {
			p.Margin = d.pick("0", "1/2", "1")
		}
		q.Pairs = append(q.Pairs, p)
	}
	for range 3 {
		q.Trajectories = append(q.Trajectories, d.trajectory())
	}
	for _, method := range groupMethods {
		g := Group{Method: method, DDoF: d.IntN(2), Epsilon: d.pick("1/10000", "1/1000000", "1/10")}
		for range 1 + d.IntN(4) {
			g.Rewards = append(g.Rewards, d.pick("0", "1", "1/2", "-1", "3"))
		}
		q.Groups = append(q.Groups, g)
	}
	if LossGradient.row().defined(q.Instance.Training) {
		for n := 1 + d.IntN(2); n > 0 && q.Batches == nil; n-- {
			q.Batches, _ = AllBatches(q, n, mostBatches)
		}
	}
}

func (d drawer) trajectory() Trajectory {
	τ := Trajectory{Discount: d.pick("1", "1/2", "9/10"), Lambda: d.pick("1", "1/2", "0", "19/20")}
	for range 1 + d.IntN(5) {
		τ.Rewards = append(τ.Rewards, d.pick("0", "0", "1", "-1", "1/2"))
		τ.Values = append(τ.Values, d.pick("0", "1", "1/2", "1/4", "100"))
		τ.Mask = append(τ.Mask, !d.chance(3))
	}
	return τ
}
