package training

import (
	"math/big"

	"sounding/model"
)

// Question is what a solver is asked about: an instance, and the lists that some
// quantities read.
type Question struct {
	Instance     *model.Instance
	JSDWeights   []*big.Rat
	Sequences    [][]int // of positive probability under the behaviour policy, cut after the end
	Pairs        []Pair
	Trajectories []Trajectory
	Groups       []Group
	Batches      []Batch
	Claim        // of the batches
}

// Claim says what the expected gradient of a loss on samples is claimed to be.
type Claim struct {
	Objective  Objective
	TokenLevel bool // its KL is that at frozen prefixes
	OnPolicy   bool // of samples of the policy itself alone: no instance has a behaviour policy
}

// Pair is a preference between two sequences.
type Pair struct {
	Loss             string   // one of pairLosses
	Mean             bool     // log-probabilities are averaged over tokens, not summed
	Beta             *big.Rat // β > 0
	Margin           *big.Rat // of simpo
	Chosen, Rejected []int
}

var pairLosses = []string{"dpo", "ipo", "simpo"}

// Trajectory holds what was recorded along a sequence.
type Trajectory struct {
	Rewards, Values  []*big.Rat
	Mask             []bool // positions that count
	Discount, Lambda *big.Rat
}

// Group holds the rewards of several answers to one prompt.
type Group struct {
	Method  string // one of groupMethods
	Rewards []*big.Rat
	DDoF    int
	Epsilon *big.Rat
}

var groupMethods = []string{"grpo", "dr_grpo", "rloo"}

// Batch holds sequences as a sampler might hand them out.
type Batch struct {
	Sequences    [][]int
	Rewards      []*big.Rat
	PadTo        int     // 0 for as it is
	MicroBatches [][]int // nil for as it is
}

// Objective names an expected loss.
type Objective string

// The objectives: λ·E[Harm] + KL is that of eq. 2, the deep one of eq. 43.
const (
	ObjectiveHarm        Objective = "harm"        // E[Harm]
	ObjectiveKL          Objective = "kl"          // KL(P‖P_0)
	ObjectiveRegularised Objective = "regularised" // λ·E[Harm] + KL(P‖P_0)
	ObjectiveDeep        Objective = "deep"        // that and the recovery penalty
)

// Objectives returns every objective.
func Objectives() []Objective {
	return []Objective{ObjectiveHarm, ObjectiveKL, ObjectiveRegularised, ObjectiveDeep}
}
