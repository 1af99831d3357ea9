package formal

import (
	"fmt"
	"math/big"

	"sounding/exact"
	"sounding/exact/definition"
	"sounding/exact/field"
)

// named is a number and what it is.
type named struct {
	name  string
	value *big.Rat
}

// list collects numbers in the order of [values] of Evaluate.v.
type list []named

func (l *list) add(v field.Rat, name string, args ...any) {
	*l = append(*l, named{fmt.Sprintf(name, args...), v.Rat()})
}

// recursive returns the numbers of the solvers by recursion. What they give as a sum
// over positions only, the penalty and its derivative, is nil here and in sums.
func recursive(s *subject) (numbers list, penalty *big.Rat, derivative []*big.Rat, err error) {
	f := field.NewRational()
	point, err := exact.NumbersOf(f, s.Process)
	if err != nil {
		return nil, nil, nil, err
	}
	o, err := exact.NewObjective(f, s.Instance)
	if err != nil {
		return nil, nil, nil, err
	}
	m := exact.SolveMartingale(f, point)
	family := exact.NewFamily(f, point, &s.Parameterisation)
	T := s.Length()

	numbers.add(m.Expected, "E[Harm]")
	numbers.add(m.Expected, "E[Harm] by recursion")
	numbers.add(m.Variance, "Var(Harm)")
	for t := 1; t <= T; t++ {
		numbers.add(m.Information[t-1], "I_%d", t)
	}
	for t := 0; t <= T; t++ {
		numbers.add(m.Residual[t], "E[Var(Harm|y_≤%d)]", t)
	}
	numbers.add(f.Sub(m.Residual[1], m.Residual[T]), "I_V(y_2…y_T | y_1)")
	paths := s.paths()
	for y, states := range paths {
		for t, x := range states {
			numbers.add(m.H[t][x], "h_%d of sequence %d", t, y)
		}
	}
	for y, states := range paths {
		for t := 1; t <= T; t++ {
			numbers.add(exact.Recovery(f, point, s.Recovers, t)[states[t-1]], "ρ_%d of sequence %d", t, y)
		}
	}
	for t := 1; t <= T; t++ {
		numbers.add(exact.RecoveryInformation(f, point, o, t), "I_%d^rec", t)
	}
	for t := 1; t <= T; t++ {
		numbers = append(numbers, named{fmt.Sprintf("penalty at %d", t), nil})
	}
	for _, i := range s.parameters {
		tangent := exact.Tangent(f, family, i)
		numbers.add(exact.Derivative(f, point, tangent), "∂E[Harm]/∂θ_%d", i)
		for t := 1; t <= T; t++ {
			numbers.add(exact.Gradient(f, family, m, t)[i], "G_%d along θ_%d", t, i)
		}
		for t := 1; t <= T; t++ {
			numbers.add(exact.MeanFisher(f, family, m.Occupancy[t-1], t)[i][i], "F̄_%d at θ_%d", t, i)
		}
		for t := 1; t <= T; t++ {
			numbers = append(numbers, named{fmt.Sprintf("G_%d^rec along θ_%d", t, i), nil})
		}
		derivative = append(derivative, exact.PenaltyDerivative(f, point, o, tangent).Rat())
	}
	return numbers, exact.Penalty(f, point, o).Rat(), derivative, nil
}

// enumerated returns the numbers by enumeration, from the definitions.
func enumerated(s *subject) (list, error) {
	f := field.NewRational()
	point, err := definition.NumbersOf(f, s.Process)
	if err != nil {
		return nil, err
	}
	o, err := definition.New(f, point)
	if err != nil {
		return nil, err
	}
	adversary, err := definition.Adversary(f, s.Instance)
	if err != nil {
		return nil, err
	}
	score, T := o.Score(s.Parameterisation), s.Length()

	var numbers list
	numbers.add(o.Expectation(o.Harm()), "E[Harm]")
	numbers.add(o.Mean()[0][0], "E[Harm] by recursion")
	numbers.add(o.Variance()[0][0], "Var(Harm)")
	for t := 1; t <= T; t++ {
		numbers.add(o.Information(t), "I_%d", t)
	}
	for t := 0; t <= T; t++ {
		numbers.add(o.ExpectedVariance(t), "E[Var(Harm|y_≤%d)]", t)
	}
	numbers.add(f.Sub(o.ExpectedVariance(1), o.ExpectedVariance(T)), "I_V(y_2…y_T | y_1)")
	paths := s.paths()
	for y, states := range paths {
		for t, x := range states {
			numbers.add(o.Mean()[t][x], "h_%d of sequence %d", t, y)
		}
	}
	for y, states := range paths {
		for t := 1; t <= T; t++ {
			numbers.add(o.Recovery(s.Recovery, t)[states[t-1]], "ρ_%d of sequence %d", t, y)
		}
	}
	for t := 1; t <= T; t++ {
		numbers.add(o.RecoveryInformation(s.Recovery, adversary, t), "I_%d^rec", t)
	}
	for t := 1; t <= T; t++ {
		numbers.add(o.RecoveryFailure(s.Recovery, adversary, t), "penalty at %d", t)
	}
	zero := f.FromInt(0)
	// at returns coordinate i of a vector over the parameters of position t.
	at := func(v []field.Rat, t, i int) field.Rat {
		if k := i - s.Parameterisation.Offset(s.Process, t); k >= 0 && k < len(v) {
			return v[k]
		}
		return zero
	}
	for _, i := range s.parameters {
		numbers.add(score.Gradient(o.Harm())[i], "∂E[Harm]/∂θ_%d", i)
		for t := 1; t <= T; t++ {
			numbers.add(at(score.Position(t, o.Harm()), t, i), "G_%d along θ_%d", t, i)
		}
		for t := 1; t <= T; t++ {
			n, fisher := s.Parameterisation.Block(s.Process, t), score.MeanFisher(t)
			diagonal := make([]field.Rat, n)
			for k := range diagonal {
				diagonal[k] = fisher[k*n+k]
			}
			numbers.add(at(diagonal, t, i), "F̄_%d at θ_%d", t, i)
		}
		for t := 1; t <= T; t++ {
			numbers.add(at(score.RecoveryGradient(s.Recovery, adversary, t), t, i), "G_%d^rec along θ_%d", t, i)
		}
	}
	return numbers, nil
}
