package training

import (
	"math/big"
	"slices"

	"sounding/model"
)

// Quantity is a quantity of the protocol, by its name there.
type Quantity string

// quantity is what is known of one, apart from its formulas.
type quantity struct {
	name  Quantity
	reads string // the key of a request that it needs, "" for the instance alone
	axes  []axis
	scale scale
	// rational says that a rational answer is tried for.
	rational  bool
	heated    bool // asked at a temperature
	discounts bool // asked with a discount
	compared  compared
	looks     looks
	fixed     bool // does not look at the instance
	meaning   string
}

// looks says which parts of an instance a quantity depends on beside the policy.
type looks struct{ harm, reference, behaviour, lambda, penalty bool }

// axis says what a level of a nested list runs over.
type axis int8

const (
	axisPosition axis = iota
	axisState
	axisToken
	axisSequence
	axisStep // of a sequence
	axisWeight
	axisPair
	axisTrajectory
	axisGroup
	axisReward
	axisMoment // of a trajectory
	axisBatch
)

var axisNames = [...]string{"t", "state", "token", "sequence", "t", "weight", "pair", "trajectory", "group", "answer", "t", "batch"}

// scale is what an error is measured in.
type scale int8

const (
	scaleOne scale = iota
	scaleLambda
	scaleLogs
	scaleObjective
	scaleRatio
	scaleTrajectory
	scaleGroup
	scalePreference
)

// compared says which numbers of a quantity are looked at.
type compared int8

const (
	comparedAll       compared = iota
	comparedStates             // of states that the policy reaches
	comparedTokens             // of tokens that it takes there
	comparedReference          // of states that the reference reaches
)

var (
	perToken   = []axis{axisPosition, axisState, axisToken}
	perTime    = []axis{axisPosition}
	perStep    = []axis{axisSequence, axisStep}
	perWhole   = []axis{axisSequence}
	perHistory = []axis{axisTrajectory, axisMoment}
)

var quantities = []quantity{
	{name: "gradient", looks: looks{harm: true, behaviour: true}, axes: perToken, rational: true, discounts: true, meaning: "∂E_P[γ_d^{L−1}·Harm]/∂z"},
	{name: "kl", looks: looks{reference: true, behaviour: true}, axes: perTime, scale: scaleLogs, heated: true, meaning: "E_P[KL(p‖p_0)] per position"},
	{name: "kl_sum", looks: looks{reference: true, behaviour: true}, scale: scaleLogs, heated: true, meaning: "KL(P‖P_0) of whole sequences"},
	{name: "kl_forward", looks: looks{reference: true, behaviour: true}, axes: perTime, scale: scaleLogs, heated: true, meaning: "E_P[KL(p_0‖p)] per position"},
	{name: "entropy", looks: looks{reference: true, behaviour: true}, axes: perTime, scale: scaleLogs, heated: true, meaning: "E_P[−Σ p·log p] per position"},
	{name: "jsd", looks: looks{reference: true, behaviour: true}, reads: "jsd_weights", axes: []axis{axisWeight, axisPosition}, scale: scaleLogs, heated: true, meaning: "E_P[w·KL(p‖m) + (1−w)·KL(p_0‖m)]"},
	{name: "kl_gradient", looks: looks{reference: true, behaviour: true}, axes: perToken, scale: scaleLogs, meaning: "∂KL(P‖P_0)/∂z, prefixes too"},
	{name: "entropy_gradient", looks: looks{reference: true, behaviour: true}, axes: perToken, scale: scaleLogs, meaning: "∂Σ_t H_t/∂z, prefixes too"},
	{name: "objective_gradient", looks: looks{harm: true, reference: true, behaviour: true, lambda: true}, axes: perToken, scale: scaleObjective, meaning: "∂(λE_P[Harm] + KL(P‖P_0))/∂z"},
	{name: "deep_objective_gradient", looks: looks{harm: true, reference: true, behaviour: true, lambda: true, penalty: true}, axes: perToken, scale: scaleObjective, meaning: "that of the objective with the recovery penalty"},
	{name: "optimum", looks: looks{harm: true, reference: true, lambda: true}, axes: perToken, scale: scaleLambda, compared: comparedReference, meaning: "rows of P* ∝ P_0·e^{−λHarm}"},
	{name: "fisher", axes: []axis{axisPosition, axisState, axisToken, axisToken}, rational: true, meaning: "diag p − p·pᵀ per state"},
	{name: "value", looks: looks{harm: true}, axes: []axis{axisPosition, axisState}, rational: true, discounts: true, compared: comparedStates, meaning: "E_P[γ_d^{L−t}·Harm given x]"},
	{name: "q", looks: looks{harm: true}, axes: perToken, rational: true, discounts: true, compared: comparedTokens, meaning: "E_P[γ_d^{L−t}·Harm given x, a]"},
	{name: "advantage", looks: looks{harm: true}, axes: perToken, rational: true, discounts: true, compared: comparedTokens, meaning: "q − value"},
	{name: "log_probability", looks: looks{reference: true, behaviour: true}, reads: "sequences", axes: perStep, scale: scaleLogs, heated: true, meaning: "log p(y_t given y_<t)"},
	{name: "log_probability_sum", looks: looks{reference: true, behaviour: true}, reads: "sequences", axes: perWhole, scale: scaleLogs, heated: true, meaning: "its sum over a sequence"},
	{name: "log_probability_mean", looks: looks{reference: true, behaviour: true}, reads: "sequences", axes: perWhole, scale: scaleLogs, heated: true, meaning: "its mean over the tokens of a sequence"},
	{name: "importance_weight", looks: looks{reference: true, behaviour: true}, reads: "sequences", axes: perStep, scale: scaleRatio, rational: true, meaning: "p/p_b per token"},
	{name: "importance_weight_sequence", looks: looks{reference: true, behaviour: true}, reads: "sequences", axes: perWhole, scale: scaleRatio, rational: true, meaning: "its product over a sequence"},
	{name: "importance_weight_geometric", looks: looks{reference: true, behaviour: true}, reads: "sequences", axes: perWhole, scale: scaleRatio, meaning: "its geometric mean over a sequence"},
	{name: "returns", fixed: true, reads: "trajectories", axes: perHistory, scale: scaleTrajectory, rational: true, meaning: "G_k = r_k + γ·G_{k+1}"},
	{name: "gae", fixed: true, reads: "trajectories", axes: perHistory, scale: scaleTrajectory, rational: true, meaning: "A_k = δ_k + γλ·A_{k+1}"},
	{name: "group_advantage", fixed: true, reads: "groups", axes: []axis{axisGroup, axisReward}, scale: scaleGroup, rational: true, meaning: "advantages of the rewards of a group"},
	{name: "preference_loss", looks: looks{reference: true}, reads: "pairs", axes: []axis{axisPair}, scale: scalePreference, meaning: "the loss of a pair, DPO, IPO or SimPO"},
	{name: "preference_gradient", looks: looks{reference: true}, reads: "pairs", axes: append([]axis{axisPair}, perToken...), scale: scalePreference, meaning: "its derivative by z"},
	{name: LossGradient, looks: looks{harm: true, reference: true, behaviour: true, lambda: true, penalty: true}, reads: "batches", axes: append([]axis{axisBatch}, perToken...), scale: scaleObjective, rational: true, meaning: "the expectation Σ P_b(batch)·g(batch) of the gradient of a loss on samples"},
}

// LossGradient is the quantity that is weighed before it is compared.
const LossGradient Quantity = "loss_gradient"

// Quantities returns every quantity of the protocol.
func Quantities() []Quantity {
	list := make([]Quantity, len(quantities))
	for i := range quantities {
		list[i] = quantities[i].name
	}
	return list
}

// Quantities returns those that can be wrong where the claim is made: on policy every
// importance weight is 1.
func (c Claim) Quantities() []Quantity {
	return slices.DeleteFunc(Quantities(), func(q Quantity) bool { return c.OnPolicy && q.row().scale == scaleRatio })
}

func (q Quantity) row() *quantity {
	i := slices.IndexFunc(quantities, func(r quantity) bool { return r.name == q })
	if i < 0 {
		panic("training: no quantity " + string(q))
	}
	return &quantities[i]
}

// Meaning returns the formula of a quantity.
func (q Quantity) Meaning() string { return q.row().meaning }

// Reads returns the key of a request that the quantity needs beside the instance, ""
// where it needs none.
func (q Quantity) Reads() string { return q.row().reads }

// Asked reports whether the quantity is defined for a question: its lists are there,
// and what it is of is finite.
func (q Quantity) Asked(of *Question) bool {
	r := q.row()
	lists := map[string]int{
		"": 1, "jsd_weights": len(of.JSDWeights), "sequences": len(of.Sequences), "pairs": len(of.Pairs),
		"trajectories": len(of.Trajectories), "groups": len(of.Groups), "batches": len(of.Batches),
	}
	if lists[r.reads] == 0 {
		return false
	}
	if t := of.Instance.Training; t != nil && (!r.defined(t) || len(t.Environment) > 0 && q == "optimum") {
		return false
	}
	switch q {
	case "kl_forward":
		return calculate(floats{}, of, view{}).covered()
	case "log_probability", "log_probability_sum", "log_probability_mean":
		return calculate(floats{}, of, view{}).taken(of.Sequences)
	case "preference_loss", "preference_gradient":
		c := calculate(floats{}, of, view{})
		for _, p := range of.Pairs {
			if !c.taken([][]int{p.Chosen, p.Rejected}) {
				return false
			}
		}
	}
	return true
}

// defined reports whether a quantity is asked at a temperature and with a discount.
func (r *quantity) defined(at *model.Training) bool {
	one := big.NewRat(1, 1)
	return (r.heated || at.Temperature.Cmp(one) == 0) && (r.discounts || at.Discount.Cmp(one) == 0)
}

// covered reports whether the policy takes every token that the reference takes.
func (c *calculation[E]) covered() bool {
	for t := 1; t <= c.in.Length(); t++ {
		l := c.in.Layer(t)
		for x, acting := range c.acting[t-1] {
			for e, hi := l.Row(x); acting && e < hi; e++ {
				if l.Weights().IsZero(e) && !c.reference.weight[t-1].IsZero(e) {
					return false
				}
			}
		}
	}
	return true
}

// taken reports whether all sequences have positive probability under the policy.
func (c *calculation[E]) taken(sequences [][]int) bool {
	for _, y := range sequences {
		p, ok := c.walk(y)
		if !ok {
			return false
		}
		for _, s := range p.steps {
			if c.policy.weight[s.t-1].IsZero(s.e) {
				return false
			}
		}
	}
	return true
}
