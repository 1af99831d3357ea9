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
func lossMistakes[E any](o Objective) []form[E] {
	var list []form[E]
	switch o {
	case ObjectiveHarm:
		list = harmMistakes[E]()
	case ObjectiveKL:
		return klMistakes[E]()
	case ObjectiveRegularised:
		list = objectiveMistakes[E]()
	default:
		list = deepMistakes[E]()
	}
	withoutHarm := func(c *calculation[E], share *big.Rat) []E {
		weight := c.FromRat(c.in.Lambda)
		if o == ObjectiveHarm {
			weight = c.FromInt(1)
		}
		return c.plus(c.expectedLossGradient(), c.Mul(c.FromRat(share.Neg(share)), weight), c.harmGradient())
	}
	list = append(list, form[E]{"baseline with the own reward", func(c *calculation[E]) []E {
		return withoutHarm(c, big.NewRat(1, int64(len(c.q.Batches[0].Sequences))))
	}})
	for _, ε := range groupEpsilons {
		for ddof := range 2 {
			list = append(list, form[E]{"divided by the deviation of the group", func(c *calculation[E]) []E {
				return c.plus(withoutHarm(c, big.NewRat(1, 1)), c.FromInt(1), c.standardised(ddof, big.NewRat(1, ε)))
			}})
		}
	}
	return list
}

// groupEpsilons are 1/ε for what code adds to the standard deviation of a group.
var groupEpsilons = []int64{10_000, 1_000_000, 100_000_000}

// standardised returns the expected gradient of −A·log p summed over the sequences of a
// batch and divided by their number, A the rewards that are standardised in their batch.
func (c *calculation[E]) standardised(ddof int, ε *big.Rat) []E {
	advantage := make(map[string]E) // of the first of a batch, in expectation over the others
	for _, b := range c.q.Batches {
		a := c.advantages("grpo", b.Rewards, ddof, ε)[0]
		for _, y := range b.Sequences[1:] {
			p, _ := c.walk(y)
			a = c.Mul(a, c.probability(p))
		}
		first := fmt.Sprint(b.Sequences[0])
		if sum, known := advantage[first]; known {
			a = c.Add(sum, a)
		}
		advantage[first] = a
	}
	return c.sampled(c.weighted(func(p path) []E {
		a := advantage[fmt.Sprint(c.sequence(p))]
		return c.perToken(p, func(step) E { return c.Sub(c.FromInt(0), a) })
	}))
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
