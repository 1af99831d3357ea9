package theorems

import (
	"math/big"

	"sounding/exact"
	"sounding/exact/field"
	"sounding/generators"
	"sounding/model"
)

// orthogonalSource draws log-linear families with one parameter whose score is
// orthogonal to h_t at every prefix, though neither is constant where three tokens
// or more have positive probability: with c_a = P(a|x)·(h_t(xa) − h_{t−1}(x)), two
// tokens a and b get the features c_b and −c_a, cleared of their denominators.
func orthogonalSource() *Source {
	return &Source{Draw: func(seed uint64, i int) *model.Case {
		c := *generators.Example(generators.Limits{}, seed, i)
		q := field.NewRational()
		pt, err := exact.NewPoint[field.Rat](q, c.Process)
		if err != nil {
			panic("theorems: " + err.Error()) // no row sum is zero
		}
		m := exact.SolveMartingale(q, pt)
		tabular := exact.Family[field.Rat]{Point: pt, Param: &model.Parameterisation{}}
		p := model.Parameterisation{Kind: model.Shared, Parameters: 1}
		for t := 1; t <= c.Length(); t++ {
			l := c.Layer(t)
			features := make([]int64, l.Edges())
			for x := range l.States() {
				lo, _ := l.Row(x)
				orthogonal(features[lo:], exact.HarmCovariance(q, tabular, m, t, x))
			}
			p.Features = append(p.Features, features)
		}
		c.Parameterisation = p
		return &c
	}}
}

// orthogonal sets two features so that Σ_a c_a·f_a = 0; they stay zero where c has
// fewer than two entries that are not, or integers would not fit a word.
func orthogonal(features []int64, c []field.Rat) {
	var at []int
	for k, v := range c {
		if v.Rat().Sign() != 0 {
			at = append(at, k)
		}
	}
	if len(at) < 2 {
		return
	}
	a, b := at[0], at[1]
	ratio := new(big.Rat).Quo(c[b].Rat(), c[a].Rat())
	if f, g := ratio.Num(), ratio.Denom(); f.IsInt64() && g.IsInt64() {
		features[a], features[b] = f.Int64(), -g.Int64()
	}
}
