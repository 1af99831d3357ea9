package training

import "math"

// rough is a calculation in machine numbers: known mistakes are made in it, as of what comes
// of them only a guess is wanted.
type rough struct{ *calculation[float64] }

// answer is what a solver gives of a quantity.
type answer = func(c rough) []float64

// form is what a known mistake makes of a quantity. A mistake may have several forms.
type form struct {
	mistake string // its name in the catalogue
	of      answer
}

// mistaken are the forms of every quantity but the loss gradient.
var mistaken = map[Quantity][]form{
	"gradient":                    gradientMistakes(),
	"kl":                          klValueMistakes(),
	"kl_sum":                      klSumMistakes(),
	"kl_forward":                  klForwardMistakes(),
	"entropy":                     entropyMistakes(),
	"jsd":                         jsdMistakes(),
	"kl_gradient":                 klMistakes(),
	"entropy_gradient":            entropyGradientMistakes(),
	"objective_gradient":          objectiveMistakes(),
	"deep_objective_gradient":     deepMistakes(),
	"optimum":                     optimumMistakes(),
	"fisher":                      fisherMistakes(),
	"value":                       valueMistakes(rough.value),
	"q":                           actionValueMistakes(),
	"advantage":                   advantageMistakes(),
	"log_probability":             logProbabilityMistakes(),
	"log_probability_sum":         logSumMistakes(),
	"log_probability_mean":        logMeanMistakes(),
	"importance_weight":           tokenRatioMistakes(),
	"importance_weight_sequence":  productMistakes(),
	"importance_weight_geometric": geometricMistakes(),
	"returns":                     returnMistakes(),
	"gae":                         gaeMistakes(),
	"group_advantage":             groupMistakes(),
	"preference_loss":             preferenceMistakes(rough.preferenceLoss),
	"preference_gradient":         preferenceMistakes(rough.preferenceGradient),
}

// onLosses are those of the loss gradient.
var onLosses = map[Objective][]form{
	ObjectiveHarm:        lossMistakes(ObjectiveHarm),
	ObjectiveKL:          lossMistakes(ObjectiveKL),
	ObjectiveRegularised: lossMistakes(ObjectiveRegularised),
	ObjectiveDeep:        lossMistakes(ObjectiveDeep),
}

// seen returns the calculation of the same question under another view.
func (c rough) seen(v view) rough { return rough{calculate(c.Arithmetic, c.q, v)} }

// with returns the calculation of the question that change makes of its own.
func (c rough) with(change func(q *Question)) rough {
	own, q := *c.calculation, *c.q
	change(&q)
	own.q = &q
	return rough{&own}
}

// The forms that most quantities have, by the right answer.

func negative(right answer) form {
	return form{"sign", func(c rough) []float64 { return c.times(-1, right(c)) }}
}

func inBits(right answer) form {
	return form{"base 2", func(c rough) []float64 { return c.times(1/math.Log(2), right(c)) }}
}

func unmasked(right answer) form {
	return form{"environment not masked", func(c rough) []float64 { return right(c.seen(view{environment: true})) }}
}

func padded(right answer) form {
	return form{"padding not masked", func(c rough) []float64 { return right(c.seen(view{padding: true})) }}
}

func cold(right answer) form {
	return form{"temperature ignored", func(c rough) []float64 { return right(c.seen(view{cold: true})) }}
}
