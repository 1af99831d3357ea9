package generators

import (
	"math"
	"math/big"

	"sounding/model"
)

// Size returns how far a prefix-tree case is from nothing: the number of nodes of
// the tree plus the cost of what is changed in the case with uniform conditionals
// and no harm,
//
//	weight w of an edge           |w − 1|
//	harm denominator m            m − 1
//	harm value above 0            1
//	R                             the number of tokens
//	Q                             0 the policy, 1 uniform, 1 + Σ|q − 1| rows
//	λ = p/q                       |p − 1| + |q − 1|
//	β = p/q                       p + (q − 1)
//	γ = p/q                       (p − 1) + (q − 1)
//	n parameters, log-linear      n − 1
//	feature f                     |f|
//
// with fractions in lowest terms. It reports false for what [Smallest] leaves out:
// layered processes, a single token, rows of weights or harm values with a common
// factor, rows of Q that are uniform throughout, a Q at T = 1, a discount without
// a penalty, and numbers beyond a machine word. Names of tokens do not count.
func Size(c *model.Case) (size int, ok bool) {
	if !c.Tree() || c.Vocabulary() < 2 {
		return 0, false
	}
	n := tally{ok: true}
	for t := 0; t <= c.Length(); t++ {
		n.add(int64(c.States(t)))
	}
	for t := 1; t <= c.Length(); t++ {
		n.addWeights(c.Layer(t).Weights(), c.Vocabulary())
	}
	n.addHarm(c.Process)
	n.add(int64(len(c.Recovery)))
	n.addAdversary(c.Instance)
	n.addFraction(c.Lambda, 1)
	n.addFraction(c.Beta, 0)
	n.addFraction(c.Gamma, 1)
	n.require(c.Beta.Sign() > 0 || c.Gamma.Cmp(big.NewRat(1, 1)) == 0)
	if q := &c.Parameterisation; !q.Tabular() {
		n.add(int64(q.Parameters) - 1)
		for _, f := range q.Features {
			for _, v := range f {
				n.add(max(v, -v))
			}
		}
	}
	return int(n.sum), n.ok
}

// A tally adds up costs, and is no longer ok once one lies outside of the family
// or the sum leaves the machine word.
type tally struct {
	sum int64
	ok  bool
}

func (n *tally) require(holds bool) { n.ok = n.ok && holds }

func (n *tally) add(cost int64) {
	if n.require(cost >= 0 && n.sum <= math.MaxInt-cost); n.ok {
		n.sum += cost
	}
}

// addWeights adds |w − 1| per weight, rows of v entries having no common factor.
func (n *tally) addWeights(w *model.Naturals, v int) {
	list, fits := w.Int64s()
	n.require(fits)
	for i, w := range list {
		n.add(max(w-1, 1-w))
		if i%v == v-1 {
			n.require(divisor(0, list[i+1-v:i+1]) == 1)
		}
	}
}

func (n *tally) addHarm(p *model.Process) {
	m := p.HarmDenominator()
	list, fits := p.Harm().Int64s()
	if n.require(fits && m.IsInt64()); !n.ok {
		return
	}
	n.require(divisor(m.Int64(), list) == 1)
	n.add(m.Int64() - 1)
	for _, j := range list {
		n.add(min(j, 1))
	}
}

func (n *tally) addAdversary(in *model.Instance) {
	if in.Adversary.Kind == model.AdversaryPolicy {
		return
	}
	n.require(in.Length() > 1)
	n.add(1)
	if in.Adversary.Kind == model.AdversaryUniform {
		return
	}
	n.require(len(in.Adversary.Rows) == in.Length()-1)
	before := n.sum
	for i := range in.Adversary.Rows {
		n.addWeights(&in.Adversary.Rows[i], in.Vocabulary())
	}
	n.require(n.sum > before)
}

// addFraction adds the distances of the numerator from base and of the denominator
// from 1.
func (n *tally) addFraction(r *big.Rat, base int64) {
	if n.require(r.Num().IsInt64() && r.Denom().IsInt64()); !n.ok {
		return
	}
	p, q := r.Num().Int64(), r.Denom().Int64()
	n.add(max(p-base, base-p))
	n.add(q - 1)
}
