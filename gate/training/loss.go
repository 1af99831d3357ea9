package training

import (
	"fmt"
	"math/big"
)

// expectedLossGradient returns the derivative of the objective of the batches.
func (c *calculation[E]) expectedLossGradient() []E {
	kl := c.klGradient
	if c.q.TokenLevel {
		kl = c.frozenKLGradient
	}
	λ := c.FromRat(c.in.Lambda)
	switch c.q.Objective {
	case ObjectiveHarm:
		return c.harmGradient()
	case ObjectiveKL:
		return kl()
	case ObjectiveRegularised:
		return c.plus(kl(), λ, c.harmGradient())
	}
	return c.plus(c.plus(kl(), λ, c.harmGradient()), c.FromInt(1), c.penaltyGradient(0, c.adversary()))
}

// lossMistakes are those of an objective of batches.
func lossMistakes(o Objective) []form {
	var list []form
	switch o {
	case ObjectiveHarm:
		list = harmMistakes()
	case ObjectiveKL:
		return klMistakes()
	case ObjectiveRegularised:
		list = objectiveMistakes()
	default:
		list = deepMistakes()
	}
	lessHarm := func(c rough, share float64) []float64 {
		if o != ObjectiveHarm {
			share *= c.FromRat(c.in.Lambda)
		}
		return c.plus(c.expectedLossGradient(), -share, c.harmGradient())
	}
	list = append(list, form{"baseline with the own reward", func(c rough) []float64 {
		return lessHarm(c, 1/float64(len(c.q.Batches[0].Sequences)))
	}})
	for _, group := range deviations() {
		standardised := standardised(group)
		list = append(list, form{"divided by the deviation of the group", func(c rough) []float64 {
			return c.plus(lessHarm(c, 1), 1, standardised(c))
		}})
	}
	return list
}

// deviations returns the ways in which code divides by the standard deviation of a group, as
// groups without rewards.
func deviations() []Group {
	var list []Group
	for _, n := range []int64{10_000, 1_000_000, 100_000_000} {
		for ddof := range 2 {
			list = append(list, Group{Method: "grpo", DDoF: ddof, Epsilon: big.NewRat(1, n)})
		}
	}
	return list
}

// standardised returns the expected gradient of −A·log p summed over the sequences of a
// batch and divided by their number, A the rewards that are standardised in their batch.
func standardised(group Group) answer {
	return func(c rough) []float64 {
		advantage := make(map[string]float64) // of the first of a batch, in expectation over the others
		for _, b := range c.q.Batches {
			group.Rewards = b.Rewards
			a := c.advantages(group)[0]
			for _, y := range b.Sequences[1:] {
				p, _ := c.walk(y)
				a *= c.probability(p)
			}
			advantage[fmt.Sprint(b.Sequences[0])] += a
		}
		return sampled(weighted(func(c rough, p path) []float64 {
			return c.constant(p, -advantage[fmt.Sprint(c.sequence(p))])
		}))(c)
	}
}

// sequence returns the tokens of a path.
func (c *calculation[E]) sequence(p path) []int {
	var y []int
	for _, s := range p.steps {
		y = append(y, c.in.Layer(s.t).Token(s.e))
	}
	return y
}

// Weigh returns Σ P_b(batch)·g(batch) for the gradients of all batches, one after the
// other, P_b(batch) the product over its sequences.
func (s *Solution) Weigh(gradients []*big.Rat) []*big.Rat {
	if s.exact == nil {
		s.exact = calculate(newRationals(), s.question, view{})
	}
	c := s.exact
	n := len(gradients) / len(s.question.Batches)
	sum := make([]*big.Rat, n)
	for i := range sum {
		sum[i] = new(big.Rat)
	}
	term := new(big.Rat)
	for b, batch := range s.question.Batches {
		w := c.FromInt(1)
		for _, y := range batch.Sequences {
			p, _ := c.walk(y)
			w = c.Mul(w, c.probability(p))
		}
		weight := w.Rat()
		for i := range sum {
			sum[i].Add(sum[i], term.Mul(weight, gradients[b*n+i]))
		}
	}
	return sum
}

// AllBatches returns every batch of n sequences of positive probability under the
// behaviour policy, in every order, with the rewards of an objective; false where there
// are more than most.
func AllBatches(q *Question, n, most int) ([]Batch, bool) {
	c := calculate(newRationals(), q, view{})
	var sequences [][]int
	var rewards []*big.Rat
	for _, p := range c.paths() {
		sequences = append(sequences, c.sequence(p))
		r := new(big.Rat)
		switch q.Objective {
		case ObjectiveHarm:
			r.Neg(c.final(p))
		case ObjectiveRegularised, ObjectiveDeep:
			r.Neg(r.Mul(c.in.Lambda, c.final(p)))
		}
		rewards = append(rewards, r)
	}
	total := 1
	for range n {
		if total *= len(sequences); total > most {
			return nil, false
		}
	}
	var list []Batch
	for i := range total {
		var b Batch
		for k, rest := 0, i; k < n; k++ {
			j := rest % len(sequences)
			rest /= len(sequences)
			b.Sequences, b.Rewards = append(b.Sequences, sequences[j]), append(b.Rewards, rewards[j])
		}
		list = append(list, b)
	}
	return list, true
}

// AllSequences returns every sequence of positive probability under the behaviour
// policy, cut after its end.
func AllSequences(q *Question) [][]int {
	own := *q
	own.Objective = ObjectiveKL
	batches, _ := AllBatches(&own, 1, 1<<20)
	var list [][]int
	for _, b := range batches {
		list = append(list, b.Sequences[0])
	}
	return list
}
