package proofs

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"sounding/exact"
	"sounding/exact/definition"
	"sounding/exact/field"
	"sounding/generators"
	"sounding/model"
)

// The five properties that the paper stands on, each in full: a random case, what the
// solvers make of it, and what must hold. Every other statement is in package theorems,
// and TestStatements runs them all.

// TestMartingaleDifferencesAreOrthogonal is Proposition 4: with h_t = E[Harm|y_≤t] and
// Δ_t = h_t − h_{t−1}, E[Δ_s·Δ_t] = 0 for s < t.
func TestMartingaleDifferencesAreOrthogonal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := generators.Cases(generators.Limits{}).Draw(t, "case")
		q, pt, m := solve(c)
		for s := 1; s <= c.Length(); s++ {
			for u := s + 1; u <= c.Length(); u++ {
				first, second := m.Innovation(q, s), m.Innovation(q, u)
				product := expectation(q, pt, func(y definition.Path) field.Rat {
					return q.Mul(first[y.Edges[s-1]], second[y.Edges[u-1]])
				})
				same(t, "E[Δ_s·Δ_t]", q.FromInt(0), product)
			}
		}
	})
}

// TestVarianceIsTheSumOfInformation is Corollary 7: Var(Harm) = Σ_t I_t with
// I_t = E[Var(h_t|y_<t)].
func TestVarianceIsTheSumOfInformation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := generators.Cases(generators.Limits{}).Draw(t, "case")
		q, pt, m := solve(c)
		harm := func(y definition.Path) field.Rat { return pt.Harm[y.States[c.Length()]] }
		mean := expectation(q, pt, harm)
		square := expectation(q, pt, func(y definition.Path) field.Rat { return q.Mul(harm(y), harm(y)) })
		same(t, "Σ_t I_t", q.Sub(square, q.Mul(mean, mean)), field.Sum(q, m.Information))
	})
}

// TestGradientVanishesBeyondTheHorizon is Theorem 10: where the first k tokens decide
// harm, G_t = E[Cov(h_t, s_t|y_<t)] = 0 for every t > k, for any parameterisation.
func TestGradientVanishesBeyondTheHorizon(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.IntRange(0, 3).Draw(t, "k")
		c := generators.WithHorizon(generators.Limits{}, k).Draw(t, "case")
		q, pt, m := solve(c)
		family := exact.NewFamily(q, pt, &c.Parameterisation)
		for u := k + 1; u <= c.Length(); u++ {
			for _, g := range exact.Gradient(q, family, m, u) {
				same(t, "G_t beyond the horizon", q.FromInt(0), g)
			}
		}
	})
}

// TestGradientIsBoundedByInformation is the Cauchy–Schwarz bound of Theorem 13:
// ‖G_t‖² ≤ I_t·tr F̄_t, F̄_t the Fisher information of position t.
func TestGradientIsBoundedByInformation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := generators.Cases(generators.Limits{}).Draw(t, "case")
		q, pt, m := solve(c)
		family := exact.NewFamily(q, pt, &c.Parameterisation)
		for u := 1; u <= c.Length(); u++ {
			g, trace := exact.Gradient(q, family, m, u), q.FromInt(0)
			for x, p := range m.Occupancy[u-1] {
				trace = q.Add(trace, q.Mul(p, exact.FisherTrace(q, family, u, x)))
			}
			if left, right := q.Dot(g, g), q.Mul(m.Information[u-1], trace); q.Cmp(left, right) > 0 {
				t.Fatalf("position %d: ‖G_t‖² = %v, want at most I_t·tr F̄_t = %v", u, left, right)
			}
		}
	})
}

// TestGibbsRecovery is Theorem 20: the policy that minimises KL(p‖p_0) + η·p(R^c) is
// p*(a) = p_0(a)·e^{η·1[a∈R]}/Z with Z = 1 − ρ_0 + ρ_0·e^η, so that
// logit ρ* = logit ρ_0 + η and KL(p*‖p_0) = η·ρ* − log Z.
func TestGibbsRecovery(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := generators.Cases(generators.Limits{}).Draw(t, "case")
		f := field.NewInterval(256)
		pt := must(exact.NumbersOf(f, c.Process))
		for u := 1; u <= c.Length(); u++ {
			eta := must(f.FromRat(c.Eta(u)))
			odds := must(f.Exp(eta))
			for x := range c.States(u - 1) {
				lo, hi := c.Layer(u).Row(x)
				base, recovers := pt.Prob[u-1][lo:hi], recovering(c, u, x)
				p := must(exact.GibbsPolicy(f, base, recovers, odds))
				rho, fails := split(f, base, recovers)
				after, failsAfter := split(f, p, recovers)
				recovery, kl, err := exact.Gibbs(f, rho, eta, odds)
				if err != nil {
					t.Fatal(err)
				}
				meet(t, f, "ρ*", recovery, after)
				meet(t, f, "KL(p*‖p_0)", kl, divergence(f, p, base))
				if f.Sign(rho) == field.Positive && f.Sign(fails) == field.Positive {
					meet(t, f, "logit ρ*", f.Add(logit(f, rho, fails), eta), logit(f, after, failsAfter))
				}
			}
		}
	})
}

// solve returns the numbers of a case in ℚ and its martingale.
func solve(c *model.Case) (*field.Rational, *model.Numbers[field.Rat], *exact.Martingale[field.Rat]) {
	q := field.NewRational()
	pt := must(exact.NumbersOf(q, c.Process))
	return q, pt, exact.SolveMartingale(q, pt)
}

// expectation returns Σ_y P(y)·v(y) over the complete sequences y.
func expectation(q *field.Rational, pt *model.Numbers[field.Rat], v func(definition.Path) field.Rat) field.Rat {
	sum := q.FromInt(0)
	for y := range definition.Paths(pt.Process, 0, 0, pt.Process.Length()) {
		p := q.FromInt(1)
		for i, e := range y.Edges {
			p = q.Mul(p, pt.Prob[i][e])
		}
		sum = q.Add(sum, q.Mul(p, v(y)))
	}
	return sum
}

// same fails unless two exact numbers of a case, which rapid prints, agree.
func same(t *rapid.T, what string, want, got field.Rat) {
	t.Helper()
	if got.Rat().Cmp(want.Rat()) != 0 {
		t.Fatalf("%s: %v, want %v", what, got, want)
	}
}

// meet fails unless two enclosures are narrow and have a number in common.
func meet(t *rapid.T, f field.Interval, what string, want, got field.Enclosure) {
	t.Helper()
	narrow := big.NewFloat(0x1p-64)
	if f.Width(want).Cmp(narrow) > 0 || f.Width(got).Cmp(narrow) > 0 || !f.Overlap(want, got) {
		t.Fatalf("%s: %v, want %v", what, got, want)
	}
}

// recovering tells which edges of state x of layer t−1 carry a token of R.
func recovering(c *model.Case, t, x int) []bool {
	var in []bool
	for e, hi := c.Layer(t).Row(x); e < hi; e++ {
		in = append(in, c.Recovers(c.Layer(t).Token(e)))
	}
	return in
}

// split returns the probabilities of R and of its complement.
func split(f field.Interval, p []field.Enclosure, recovers []bool) (in, out field.Enclosure) {
	in, out = f.FromInt(0), f.FromInt(0)
	for a := range p {
		if recovers[a] {
			in = f.Add(in, p[a])
		} else {
			out = f.Add(out, p[a])
		}
	}
	return in, out
}

// logit returns log(p/q) for q = 1 − p.
func logit(f field.Interval, p, q field.Enclosure) field.Enclosure {
	return must(f.Log(must(f.Quo(p, q))))
}

// divergence returns Σ_a p_a·log(p_a/q_a) over the tokens of positive probability.
func divergence(f field.Interval, p, q []field.Enclosure) field.Enclosure {
	sum := f.FromInt(0)
	for a := range p {
		if f.Sign(p[a]) == field.Positive {
			sum = f.Add(sum, f.Mul(p[a], must(f.Log(must(f.Quo(p[a], q[a]))))))
		}
	}
	return sum
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
