package gate

import (
	"context"
	"fmt"
	"math/big"

	"sounding/gate/training"
	"sounding/generators"
)

// firstQuestion is the question by whose answer a solver shows whether it speaks the
// protocol TrainingFormat. Its instance is of format 1.
func firstQuestion() *training.Question {
	in := generators.Tree(2, [][]int64{{1, 3}, {1, 1, 2, 5}}, []int64{0, 1, 1, 0}, 1)
	q := &training.Question{Instance: in, JSDWeights: []*big.Rat{big.NewRat(1, 2)}, Claim: training.Claim{Objective: training.ObjectiveRegularised}}
	q.Sequences = training.AllSequences(q)
	zero, one := new(big.Rat), big.NewRat(1, 1)
	q.Pairs = []training.Pair{{Loss: "dpo", Beta: one, Margin: zero, Chosen: q.Sequences[0], Rejected: q.Sequences[3]}}
	q.Trajectories = []training.Trajectory{{
		Rewards: []*big.Rat{zero, one}, Values: []*big.Rat{one, one}, Mask: []bool{true, true}, Discount: one, Lambda: one,
	}}
	q.Groups = []training.Group{{Method: "dr_grpo", Rewards: []*big.Rat{zero, one}, Epsilon: zero}}
	q.Batches, _ = training.AllBatches(q, 1, 4)
	return q
}

// Speaks asks a first question of the protocol TrainingFormat. The error is why the
// solver is taken for one that does not speak it, or is the context's.
func (p *Process) Speaks(ctx context.Context) error {
	answers, err := p.reply(ctx, firstQuestion(), training.Quantities(), 0)
	switch {
	case err != nil:
		return err
	case len(answers) == 0:
		return fmt.Errorf("its reply to a first request of %s has none of the quantities of that protocol", TrainingFormat)
	}
	return nil
}
