package verify

import (
	"math/big"
	"slices"

	"sounding/model"
)

// An exchange puts other values in place of those of one role, in ways of its own.
type exchange struct {
	of    role
	other func(*model.Case) []*model.Case
}

// exchanges are those that letters are held by on instances. With other values a case may be none
// of the claim, which then compares nothing or fails: neither matters here.
var exchanges = []exchange{
	{probability, func(c *model.Case) []*model.Case {
		weights := make([]model.Naturals, c.Length())
		for i := range weights {
			weights[i] = reversedRows(c.Layer(i+1), *c.Layer(i + 1).Weights())
		}
		p, err := c.Process.Under(weights)
		if err != nil {
			return nil
		}
		return []*model.Case{withInstance(c, func(in *model.Instance) { in.Process = p })}
	}},
	{prefixProbability, func(c *model.Case) []*model.Case {
		rows := make([]model.Naturals, c.Length())
		for i := range rows {
			for e := range c.Layer(i + 1).Edges() {
				rows[i].AppendInt64(int64(1 + e*e%5))
			}
		}
		var list []*model.Case
		for _, q := range []model.Adversary{{Kind: model.AdversaryRows, Rows: rows}, {Kind: model.AdversaryUniform}, unevenly(c)} {
			list = append(list, withInstance(c, func(in *model.Instance) { in.Adversary = q }))
		}
		return list
	}},
	{harmValue, func(c *model.Case) []*model.Case {
		var reversed, few model.Naturals
		n := c.Harm().Len()
		for x := range n {
			reversed.Append(c.Harm().At(n - 1 - x))
			few.AppendInt64(int64(x * x % 3))
		}
		var list []*model.Case
		for _, h := range []model.Harm{
			{Values: *c.Harm(), Denominator: new(big.Int).Lsh(c.HarmDenominator(), 1)},
			{Values: reversed, Denominator: c.HarmDenominator()},
			{Values: few, Denominator: big.NewInt(3)},
		} {
			if p, err := c.Process.WithHarm(h.Values, h.Denominator); err == nil {
				list = append(list, withInstance(c, func(in *model.Instance) { in.Process = p }))
			}
		}
		return list
	}},
	{featureValue, func(c *model.Case) []*model.Case {
		o := *c
		o.Parameterisation.Features = nil
		for _, row := range c.Parameterisation.Features {
			next := make([]int64, len(row))
			for i, v := range row {
				next[i] = 2*v + int64(i*i%3)
			}
			o.Parameterisation.Features = append(o.Parameterisation.Features, next)
		}
		o.Parameterisation.Logits = nil
		for _, layer := range c.Parameterisation.Logits {
			var next [][]*big.Rat
			for _, logit := range layer {
				var twice []*big.Rat
				for _, q := range logit {
					twice = append(twice, new(big.Rat).Add(q, q))
				}
				next = append(next, twice)
			}
			o.Parameterisation.Logits = append(o.Parameterisation.Logits, next)
		}
		return []*model.Case{&o}
	}},
	{testValue, inWorld},
	{tangentValue, inWorld},
	{arbitrary, func(c *model.Case) []*model.Case {
		list := inWorld(c)
		for name, q := range c.Scalars {
			o := *c
			o.Scalars = make(map[string]*big.Rat)
			for other, v := range c.Scalars {
				o.Scalars[other] = v
			}
			half := new(big.Rat).Quo(q, big.NewRat(2, 1))
			o.Scalars[name] = half
			list = append(list, &o)
		}
		o := *c
		o.Policy = reversedPolicy(c, c.Policy)
		o.Candidates = nil
		for _, p := range c.Candidates {
			o.Candidates = append(o.Candidates, reversedPolicy(c, p))
		}
		if c.Harm2 != nil {
			o.Harm2 = &model.Harm{Values: c.Harm2.Values, Denominator: new(big.Int).Lsh(c.Harm2.Denominator, 1)}
		}
		o.Covariance = nil
		for i, row := range c.Covariance {
			next := slices.Clone(row)
			next[i] = new(big.Rat).Add(row[i], big.NewRat(1, 1))
			o.Covariance = append(o.Covariance, next)
		}
		return append(list, &o)
	}},
	{lambda, scaled(func(in *model.Instance) **big.Rat { return &in.Lambda })},
	{beta, scaled(func(in *model.Instance) **big.Rat { return &in.Beta })},
	{gamma, scaled(func(in *model.Instance) **big.Rat { return &in.Gamma })},
	{recoveryTokens, func(c *model.Case) []*model.Case {
		var complement []int
		for a := range c.Vocabulary() {
			if !c.Recovers(a) {
				complement = append(complement, a)
			}
		}
		var list []*model.Case
		for _, r := range [][]int{complement, {0}, {1}, {c.Vocabulary() - 1}, {0, 1}} {
			if slices.Max(append(r, 0)) >= c.Vocabulary() {
				continue
			}
			list = append(list, withInstance(c, func(in *model.Instance) { in.Recovery = r }))
		}
		return list
	}},
}

// inWorld leaves the case as it is: the world alone has other values.
func inWorld(c *model.Case) []*model.Case { return []*model.Case{c} }

// scaled halves a scalar of the objective.
func scaled(of func(*model.Instance) **big.Rat) func(*model.Case) []*model.Case {
	return func(c *model.Case) []*model.Case {
		return []*model.Case{withInstance(c, func(in *model.Instance) {
			q := of(in)
			*q = new(big.Rat).Quo(*q, big.NewRat(2, 1))
		})}
	}
}

// unevenly returns the adversary of a case with some rows of weights multiplied: it goes where it
// went.
func unevenly(c *model.Case) model.Adversary {
	q := model.Adversary{Kind: model.AdversaryRows}
	for _, row := range c.Adversary.Rows {
		var next model.Naturals
		for e := range row.Len() {
			next.Append(new(big.Int).Mul(row.At(e), big.NewInt(int64(1+e%3))))
		}
		q.Rows = append(q.Rows, next)
	}
	return q
}

func withInstance(c *model.Case, change func(*model.Instance)) *model.Case {
	in, o := *c.Instance, *c
	change(&in)
	o.Instance = &in
	return &o
}

func reversedRows(l *model.Layer, weights model.Naturals) model.Naturals {
	var reversed model.Naturals
	for x := range l.States() {
		lo, hi := l.Row(x)
		for e := lo; e < hi; e++ {
			reversed.Append(weights.At(lo + hi - 1 - e))
		}
	}
	return reversed
}

func reversedPolicy(c *model.Case, policy []model.Naturals) []model.Naturals {
	var list []model.Naturals
	for i, weights := range policy {
		list = append(list, reversedRows(c.Layer(i+1), weights))
	}
	return list
}
