package training

import (
	"fmt"
	"math/big"
	"slices"

	"sounding/internal/strict"
)

// Validate reports the first thing that is wrong with the lists of a question, and its
// place in a request.
func (q *Question) Validate() error {
	one := big.NewRat(1, 1)
	for i, w := range q.JSDWeights {
		if w.Sign() <= 0 || w.Cmp(one) >= 0 {
			return strict.Errorf(fmt.Sprintf("/jsd_weights/%d", i), "%s: want a weight above 0 and below 1", w.RatString())
		}
	}
	c := calculate(floats{}, q, view{})
	if err := c.validateSequences("/sequences", q.Sequences); err != nil {
		return err
	}
	for i, p := range q.Pairs {
		place := fmt.Sprintf("/pairs/%d", i)
		if err := c.validateSequences(place, [][]int{p.Chosen, p.Rejected}); err != nil {
			return err
		}
		if !slices.Contains(pairLosses, p.Loss) || p.Beta.Sign() <= 0 {
			return strict.Errorf(place, "want a loss dpo, ipo or simpo, and beta above 0")
		}
	}
	for i, τ := range q.Trajectories {
		if n := len(τ.Rewards); n != len(τ.Values) || n != len(τ.Mask) {
			return strict.Errorf(fmt.Sprintf("/trajectories/%d", i), "%d rewards, %d values, %d of mask: want as many of each", n, len(τ.Values), len(τ.Mask))
		}
	}
	for i, g := range q.Groups {
		place := fmt.Sprintf("/groups/%d", i)
		switch {
		case !slices.Contains(groupMethods, g.Method):
			return strict.Errorf(place+"/method", "%q: want grpo, dr_grpo or rloo", g.Method)
		case g.DDoF < 0 || g.DDoF > 1 || len(g.Rewards) == 0 || g.Epsilon.Sign() < 0 || g.Method == "grpo" && g.Epsilon.Sign() == 0:
			return strict.Errorf(place, "want rewards, ddof 0 or 1, and epsilon above 0")
		}
	}
	return c.validateBatches()
}

func (c *calculation[E]) validateBatches() error {
	if len(c.q.Batches) > 0 && !slices.Contains(Objectives(), c.q.Objective) {
		return strict.Errorf("/objective", "%q: want one of %v", c.q.Objective, Objectives())
	}
	for i, b := range c.q.Batches {
		place := fmt.Sprintf("/batches/%d", i)
		if err := c.validateSequences(place+"/sequences", b.Sequences); err != nil {
			return err
		}
		if n := len(c.q.Batches[0].Sequences); len(b.Rewards) != n || len(b.Sequences) != n {
			return strict.Errorf(place, "%d sequences, %d rewards: want %d of each, as in the first batch", len(b.Sequences), len(b.Rewards), n)
		}
		for _, part := range b.MicroBatches {
			for _, k := range part {
				if k < 0 || k >= len(b.Sequences) {
					return strict.Errorf(place+"/micro_batches", "sequence %d: want 0 to %d", k, len(b.Sequences)-1)
				}
			}
		}
	}
	return nil
}

// validateSequences checks that the behaviour policy may hand out the sequences.
func (c *calculation[E]) validateSequences(place string, sequences [][]int) error {
	for i, y := range sequences {
		at := fmt.Sprintf("%s/%d", place, i)
		p, ok := c.walk(y)
		if !ok || len(y) == 0 {
			return strict.Errorf(at, "%d: want a sequence of tokens of the instance", y)
		}
		over := false
		for _, s := range p.steps {
			if over || c.behaviour.weight[s.t-1].IsZero(s.e) {
				return strict.Errorf(at, "%d: want a sequence of positive probability, cut after its end", y)
			}
			over = c.over[s.t][c.in.Layer(s.t).Next(s.e)]
		}
		if !over && len(y) < c.in.Length() {
			return strict.Errorf(at, "%d: want %d tokens, or an end", y, c.in.Length())
		}
	}
	return nil
}
