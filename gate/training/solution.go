package training

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"

	"sounding/exact"
	"sounding/exact/field"
)

// formula computes a quantity.
type formula[E any] func(c *calculation[E]) []E

// formulas returns that of every quantity.
func formulas[E any]() map[Quantity]formula[E] {
	return map[Quantity]formula[E]{
		"gradient":                    (*calculation[E]).gradient,
		"kl":                          (*calculation[E]).kl,
		"kl_sum":                      func(c *calculation[E]) []E { return []E{c.sum(c.kl())} },
		"kl_forward":                  (*calculation[E]).klForward,
		"entropy":                     (*calculation[E]).entropy,
		"jsd":                         (*calculation[E]).jsd,
		"kl_gradient":                 (*calculation[E]).klGradient,
		"entropy_gradient":            (*calculation[E]).entropyGradient,
		"objective_gradient":          (*calculation[E]).objectiveGradient,
		"deep_objective_gradient":     (*calculation[E]).deepObjectiveGradient,
		"optimum":                     (*calculation[E]).optimum,
		"fisher":                      (*calculation[E]).fisher,
		"value":                       func(c *calculation[E]) []E { return c.value(c.outcomes()) },
		"q":                           func(c *calculation[E]) []E { return c.actionValue(c.outcomes()) },
		"advantage":                   func(c *calculation[E]) []E { return c.advantage(c.outcomes()) },
		"log_probability":             (*calculation[E]).logProbability,
		"log_probability_sum":         func(c *calculation[E]) []E { return c.sums(c.logp) },
		"log_probability_mean":        func(c *calculation[E]) []E { return c.means(c.logp) },
		"importance_weight":           (*calculation[E]).importanceWeight,
		"importance_weight_sequence":  func(c *calculation[E]) []E { return c.products(c.weight) },
		"importance_weight_geometric": (*calculation[E]).importanceWeightGeometric,
		"returns":                     (*calculation[E]).returns,
		"gae":                         (*calculation[E]).gae,
		"group_advantage":             (*calculation[E]).groupAdvantage,
		"preference_loss":             (*calculation[E]).preferenceLoss,
		"preference_gradient":         (*calculation[E]).preferenceGradient,
		LossGradient:                  (*calculation[E]).expectedLossGradient,
	}
}

var (
	exactly  = formulas[field.Rat]()
	enclosed = formulas[field.Enclosure]()
)

// Solution computes the quantities of one question. It is not safe for concurrent use.
type Solution struct {
	question *Question
	exact    *calculation[field.Rat]
	float    *rough  // likewise
	losses   *losses // nil before a combination is asked for
	real     map[uint]*calculation[field.Enclosure]
	logs     float64 // Λ, NaN before it is asked for
}

// Solve returns the solution of a question that is asked.
func Solve(q *Question) *Solution {
	return &Solution{question: q, real: make(map[uint]*calculation[field.Enclosure]), logs: math.NaN()}
}

// Truth returns the numbers of a quantity in the order of its shape, exact where they
// are rational and enclosed at a precision in bits where they are not. Those of a loss
// gradient are weighed.
func (s *Solution) Truth(q Quantity, precision uint) ([]exact.Number, error) {
	if q.row().rational && (q != LossGradient || s.question.Objective == ObjectiveHarm) {
		if s.exact == nil {
			s.exact = calculate(newRationals(), s.question, view{})
		}
		values := exactly[q](s.exact)
		switch err := s.exact.Err(); {
		case err == nil:
			list := make([]exact.Number, len(values))
			for i, v := range values {
				list[i].Exact = v.Rat()
			}
			return list, nil
		case !errors.Is(err, errIrrational):
			return nil, fmt.Errorf("%s: %w", q, err)
		}
		s.exact = nil // its error stays
	}
	c := s.real[precision]
	if c == nil {
		c = calculate(field.NewCalc(field.NewInterval(precision)), s.question, view{})
		s.real[precision] = c
	}
	values := enclosed[q](c)
	if err := c.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", q, err)
	}
	list := make([]exact.Number, len(values))
	for i, v := range values {
		list[i].Real = v
	}
	return list, nil
}

// Wrong returns what the known mistakes that are needed make of a quantity, in float64.
// A mistake may have several forms, one after the other.
func (s *Solution) Wrong(q Quantity, needed func(mistake string) bool) map[string][][]float64 {
	wrong := make(map[string][][]float64)
	c := s.floats()
	for _, f := range s.mistakes(q) {
		if needed(f.mistake) {
			wrong[f.mistake] = append(wrong[f.mistake], f.of(c))
		}
	}
	return wrong
}

func (s *Solution) floats() rough {
	if s.float == nil {
		s.float = &rough{calculate(floats{}, s.question, view{})}
	}
	return *s.float
}

func (s *Solution) mistakes(q Quantity) []form {
	list := mistaken[q]
	if q == LossGradient {
		list = onLosses[s.question.Objective]
	}
	if !s.question.OnPolicy {
		return list
	}
	return slices.DeleteFunc(slices.Clone(list), func(f form) bool { return slices.Contains(offPolicy, f.mistake) })
}

// Mistakes returns the known mistakes of a quantity.
func (s *Solution) Mistakes(q Quantity) []Mistake {
	var list []Mistake
	for _, f := range s.mistakes(q) {
		m := lookUp(f.mistake)
		if !slices.ContainsFunc(list, func(known Mistake) bool { return known.Name == m.Name }) {
			list = append(list, m)
		}
	}
	return list
}

// Compared reports which numbers of a quantity are looked at.
func (s *Solution) Compared(q Quantity) []bool {
	c := s.floats()
	kind := q.row().compared
	g := c.tokens()
	switch kind {
	case comparedStates:
		reached := c.in.Reachable()
		var list []bool
		for t := range c.in.Length() {
			list = append(list, reached[t]...)
		}
		return list
	case comparedTokens, comparedReference:
		list := make([]bool, len(g.value))
		reached := c.reached(&c.policy)
		if kind == comparedReference {
			reached = c.reached(&c.reference)
		}
		for t := 1; t <= c.in.Length(); t++ {
			l := c.in.Layer(t)
			for x := range l.States() {
				for a := range c.in.Vocabulary() {
					e, ok := l.Edge(x, a)
					taken := ok && !l.Weights().IsZero(e)
					list[g.at(t, x, a)] = reached[t-1][x] && (kind == comparedReference || taken)
				}
			}
		}
		return list
	}
	n := len(g.value) // of a loss gradient, which is weighed
	if q != LossGradient {
		n = q.Shape(s.question).Size()
	}
	return slices.Repeat([]bool{true}, n)
}

// reached returns which states have positive probability under rows.
func (c *calculation[E]) reached(r *rows[E]) [][]bool {
	reached := [][]bool{{true}}
	for t := 1; t <= c.in.Length(); t++ {
		l, next := c.in.Layer(t), make([]bool, c.in.States(t))
		for x, ok := range reached[t-1] {
			for e, hi := l.Row(x); ok && e < hi; e++ {
				next[l.Next(e)] = next[l.Next(e)] || !r.weight[t-1].IsZero(e)
			}
		}
		reached = append(reached, next)
	}
	return reached
}

// toleranceUnits is c in the tolerance c·(V+T)·2⁻⁵³·scale: that of gate/1.
const toleranceUnits = 4096

// Tolerance returns the error that is allowed in each number of a quantity, whose
// truth is near the given numbers.
func (s *Solution) Tolerance(q Quantity, truth []float64) []*big.Rat {
	in := s.question.Instance
	unit := float64(toleranceUnits*(in.Vocabulary()+in.Length())) / (1 << 53)
	list := make([]*big.Rat, len(truth))
	for i, scale := range s.Scales(q, truth) {
		list[i] = new(big.Rat)
		if scale *= unit; !math.IsInf(scale, 0) && !math.IsNaN(scale) {
			list[i].SetFloat64(scale)
		}
	}
	return list
}
