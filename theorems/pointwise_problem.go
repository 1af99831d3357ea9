package theorems

import (
	"math/big"

	"sounding/exact"
	"sounding/exact/field"
	"sounding/model"
	"sounding/verify"
)

// The pointwise recovery problem of every prefix that an attack reaches.

// recoveryTokens returns 1[a∈R] over the edges of state x of layer t−1.
func recoveryTokens[E any](w *World[E], t, x int) []bool {
	lo, hi := w.Layer(t).Row(x)
	r := make([]bool, 0, hi-lo)
	for e := lo; e < hi; e++ {
		r = append(r, w.Objective().Recovers(w.Layer(t).Token(e)))
	}
	return r
}

// within returns Σ_{a∈R} p(a).
func within[E any](w *World[E], p []E, recovers []bool) E {
	sum := w.FromInt(0)
	for k := range p {
		if recovers[k] {
			sum = w.Add(sum, p[k])
		}
	}
	return sum
}

// normaliser returns Z = 1 − ρ_0 + ρ_0·u.
func normaliser[E any](w *World[E], rho, u E) E {
	return w.Add(w.FromInt(1), w.Mul(rho, w.Sub(u, w.FromInt(1))))
}

// prefixProblem is the recovery problem at one state with tilt η_t = βγ^t: its numbers
// exactly, which decide where sides are equal, and its solution enclosed.
type prefixProblem struct {
	Place
	rho, eta *big.Rat // ρ_0 and η_t
	// attacked and reached say whether Q and the base model give the state
	// positive probability.
	attacked, reached bool

	tilt, odds            enc // η_t and e^{η_t}
	base                  enc // ρ_0
	recovery, failure, kl enc // ρ*, 1 − ρ* and KL(p*‖p_0)
}

// settled reports whether the tilt changes nothing: η_t = 0 or ρ_0 ∈ {0, 1}.
func (p *prefixProblem) settled() bool {
	return p.eta.Sign() == 0 || p.rho.Sign() == 0 || p.rho.Cmp(big.NewRat(1, 1)) == 0
}

// pointwiseProblems solves the problem of every state, indexed [t−1][x].
func pointwiseProblems(w *World[enc]) [][]prefixProblem {
	f, in := interval(w), w.Case.Instance
	attacked, reached := in.Attacked(), in.Reachable()
	all := make([][]prefixProblem, w.T())
	for t := 1; t <= w.T(); t++ {
		eta := in.Eta(t)
		tilt := defined(f.FromRat(eta))
		u := defined(f.Exp(tilt))
		all[t-1] = make([]prefixProblem, w.Layer(t).States())
		for x := range all[t-1] {
			p := prefixProblem{Place: verify.At(t, x), rho: w.Case.BaseRecovery(t, x), eta: eta, tilt: tilt, odds: u, attacked: attacked[t-1][x], reached: reached[t-1][x]}
			p.base = defined(f.FromRat(p.rho))
			p.recovery, p.kl = gibbsAt(f, p.base, tilt, u)
			lost := defined(f.FromRat(new(big.Rat).Sub(big.NewRat(1, 1), p.rho)))
			p.failure = defined(f.Quo(lost, normaliser(w, p.base, u)))
			all[t-1][x] = p
		}
	}
	return all
}

// gibbsAt returns ρ* and KL(p*‖p_0) at the base recovery probability rho, for η and e^η.
func gibbsAt(f field.Interval, rho, eta, odds enc) (recovery, kl enc) {
	recovery, kl, err := exact.Gibbs(f, rho, eta, odds)
	if err != nil {
		panic(err) // Z ≥ 1
	}
	return recovery, kl
}

// everyProblem runs f over the problems of all prefixes.
func everyProblem(w *World[enc], f func(p *prefixProblem)) {
	for t, row := range pointwiseProblems(w) {
		for x := range w.States(t + 1) {
			f(&row[x])
		}
	}
}

// logit returns log(q/(1−q)) for 0 < q < 1.
func logit(f field.Interval, q *big.Rat) enc {
	odds := new(big.Rat).Sub(big.NewRat(1, 1), q)
	return defined(f.Log(defined(f.FromRat(odds.Quo(q, odds)))))
}

// divergence returns KL(p‖q) = Σ_a p(a)·log(p(a)/q(a)), where p(a) > 0 only if
// q(a) > 0, and a zero is known as such.
func divergence(f field.Interval, p, q []enc) enc {
	sum := f.FromInt(0)
	for a := range p {
		if f.Sign(p[a]) != field.Zero {
			sum = f.Add(sum, f.Mul(p[a], defined(f.Log(defined(f.Quo(p[a], q[a]))))))
		}
	}
	return sum
}

// contest is a policy p beside the optimum at one state.
type contest struct {
	*prefixProblem
	base, other, optimum []enc
	same                 bool // p = p*, which happens where p = p_0 and nothing is changed
	recovers             []bool
}

// value returns F(p) = KL(p‖p_0) + η·p(R^c).
func (c *contest) value(w *World[enc], p []enc) enc {
	f := interval(w)
	return f.Add(divergence(f, p, c.base), f.Mul(c.tilt, f.Sub(f.FromInt(1), within(w, p, c.recovers))))
}

// contests sets the second policy of the case against the optimum at every state.
func contests(w *World[enc], compare func(c *contest)) {
	f := interval(w)
	other := defined(exact.PolicyRows[enc](f, w.Family.Process, w.Case.Policy))
	everyProblem(w, func(p *prefixProblem) {
		lo, hi := w.Layer(p.Position).Row(p.State)
		c := &contest{prefixProblem: p, base: w.Row(p.Position, p.State), other: other[p.Position-1][lo:hi], recovers: recoveryTokens(w, p.Position, p.State)}
		c.optimum = defined(exact.GibbsPolicy(f, c.base, c.recovers, p.odds))
		c.same = p.settled() && sameLaw(w.Layer(p.Position).Weights(), &w.Case.Policy[p.Position-1], lo, hi)
		compare(c)
	})
}

// sameLaw reports whether two rows of weights are the same law.
func sameLaw(a, b *model.Naturals, lo, hi int) bool {
	sumA, sumB := a.Sum(lo, hi), b.Sum(lo, hi)
	for e := lo; e < hi; e++ {
		if new(big.Int).Mul(a.At(e), sumB).Cmp(new(big.Int).Mul(b.At(e), sumA)) != 0 {
			return false
		}
	}
	return true
}
