package numeric

import (
	"fmt"
	"math/big"
	"sync"
	"testing"

	"sounding/model"
)

// The oracle computes every quantity by its definition, as sums over complete
// sequences and over prefixes, in 400-bit arithmetic: no recursion, no closed
// form of the KL of an optimum, no code in common with the solver.
const oracleBits = 400

type real = *big.Float

func num(x float64) real  { return new(big.Float).SetPrec(oracleBits).SetFloat64(x) }
func rat(r *big.Rat) real { return new(big.Float).SetPrec(oracleBits).SetRat(r) }
func add(a, b real) real  { return num(0).Add(a, b) }
func sub(a, b real) real  { return num(0).Sub(a, b) }
func mul(a real, more ...real) real {
	z := num(0).Set(a)
	for _, b := range more {
		z.Mul(z, b)
	}
	return z
}
func quo(a, b real) real { return num(0).Quo(a, b) }

// exp sums the Taylor series of x/2^k and squares k times.
func exp(x real) real {
	k := max(0, x.MantExp(nil)+16)
	r := num(0).SetMantExp(x, -k)
	sum, term := num(1), num(1)
	for n := 1; n < 40; n++ {
		term = quo(mul(term, r), num(float64(n)))
		sum = add(sum, term)
	}
	for range k {
		sum = mul(sum, sum)
	}
	return sum
}

// ln returns log x = e·log 2 + 2·artanh((m−1)/(m+1)), where x = m·2^e with ½ ≤ m < 1.
func ln(x real) real {
	m := num(0)
	e := x.MantExp(m)
	return add(mul(num(float64(e)), ln2()), atanh2(quo(sub(m, num(1)), add(m, num(1)))))
}

var ln2 = sync.OnceValue(func() real { return atanh2(quo(num(1), num(3))) })

// atanh2 returns 2·artanh z for |z| ≤ ⅓: the first term that the series leaves out is below
// 2^−oracleBits of the first one.
func atanh2(z real) real {
	sum, power, z2 := num(0), num(0).Set(z), mul(z, z)
	for n := 1; z.Sign() != 0 && power.MantExp(nil) >= z.MantExp(nil)-oracleBits; n += 2 {
		sum = add(sum, quo(power, num(float64(n))))
		power = mul(power, z2)
	}
	return mul(num(2), sum)
}

// prefix is a sequence of edges, with what the definitions need of it.
type prefix struct {
	state      int
	p, q, star real // P, Q and P* of the prefix
	cond       real // p(a|x) of its last token
	edge       int
	children   []*prefix
	ends       []*prefix // its complete continuations, itself at the end
	recovers   bool      // its last token is in R
	harm       real
}

// mean returns E[f | y] over the completions of y under the given law.
func (y *prefix) mean(law func(*prefix) real, f func(*prefix) real) real {
	mass, sum := num(0), num(0)
	for _, z := range y.ends {
		w := law(z)
		mass, sum = add(mass, w), add(sum, mul(w, f(z)))
	}
	if mass.Sign() == 0 {
		return num(0)
	}
	return quo(sum, mass)
}

func lawP(z *prefix) real   { return z.p }
func harmOf(z *prefix) real { return z.harm }

type oracleSolution struct {
	expected, variance real
	positions          [][9]real
}

// oracle enumerates. Positions list the quantities in the order of
// Position.fields.
func oracle(in *model.Instance) *oracleSolution {
	levels := unfold(in)
	root, leaves := levels[0][0], levels[in.Length()]
	lambda := rat(in.Lambda)
	z := num(0)
	for _, y := range leaves {
		y.star = mul(y.p, exp(mul(num(-1), lambda, y.harm)))
		z = add(z, y.star)
	}
	for _, y := range leaves {
		y.star = quo(y.star, z)
	}
	for t := in.Length() - 1; t >= 0; t-- {
		for _, y := range levels[t] {
			y.star = num(0)
			for _, e := range y.ends {
				y.star = add(y.star, e.star)
			}
		}
	}
	variance := func(y *prefix) real {
		h := y.mean(lawP, harmOf)
		return y.mean(lawP, func(z *prefix) real { d := sub(z.harm, h); return mul(d, d) })
	}
	s := &oracleSolution{expected: root.mean(lawP, harmOf), variance: variance(root)}
	for t := 1; t <= in.Length(); t++ {
		var out [9]real
		for i := range out {
			out[i] = num(0)
		}
		put := func(i int, v real) { out[i] = add(out[i], v) }
		eta := rat(in.Eta(t))
		gradient := map[int]real{}
		for _, y := range levels[t-1] {
			rho, squares := num(0), num(0)
			h := y.mean(lawP, harmOf)
			put(0, mul(y.p, variance(y)))
			for _, c := range y.children {
				squares = add(squares, mul(c.cond, c.cond))
				if c.recovers {
					rho = add(rho, c.cond)
				}
				if c.cond.Sign() == 0 {
					continue
				}
				d := sub(c.conditionalHarm(), h)
				put(1, mul(y.p, c.cond, d, d))
				if gradient[c.edge] == nil {
					gradient[c.edge] = num(0)
				}
				gradient[c.edge] = add(gradient[c.edge], mul(y.p, c.cond, d))
				if c.star.Sign() > 0 {
					put(8, mul(c.star, ln(quo(quo(c.star, y.star), c.cond))))
				}
			}
			put(3, mul(y.p, sub(num(1), squares)))
			put(4, mul(y.p, rho))
			put(5, mul(y.q, rho, sub(num(1), rho)))
			up := mul(rho, exp(eta))
			n := add(sub(num(1), rho), up)
			star := quo(up, n)
			put(6, mul(y.p, star))
			put(7, mul(y.p, sub(mul(eta, star), ln(n))))
		}
		for _, g := range gradient {
			put(2, mul(g, g))
		}
		s.positions = append(s.positions, out)
	}
	return s
}

// conditionalHarm is E[Harm|y], from the conditionals of the completions, so that
// it is defined below prefixes of probability 0 too.
func (y *prefix) conditionalHarm() real {
	if len(y.children) == 0 {
		return y.harm
	}
	sum := num(0)
	for _, c := range y.children {
		sum = add(sum, mul(c.cond, c.conditionalHarm()))
	}
	return sum
}

// unfold lists the prefixes of every length.
func unfold(in *model.Instance) [][]*prefix {
	levels := [][]*prefix{{{p: num(1), q: num(1), star: num(0)}}}
	for t := 1; t <= in.Length(); t++ {
		l := in.Layer(t)
		var next []*prefix
		for _, y := range levels[t-1] {
			lo, hi := l.Row(y.state)
			total := l.Weights().Sum(lo, hi)
			for e := lo; e < hi; e++ {
				c := &prefix{state: l.Next(e), edge: e, recovers: in.Recovers(l.Token(e))}
				c.cond = rat(new(big.Rat).SetFrac(l.Weights().At(e), total))
				c.p = mul(y.p, c.cond)
				if t < in.Length() {
					q := in.AdversaryWeights(t)
					c.q = mul(y.q, rat(new(big.Rat).SetFrac(q.At(e), q.Sum(lo, hi))))
				}
				y.children = append(y.children, c)
				next = append(next, c)
			}
		}
		levels = append(levels, next)
	}
	for _, y := range levels[in.Length()] {
		y.harm = rat(in.HarmAt(y.state))
		y.ends = []*prefix{y}
	}
	for t := in.Length() - 1; t >= 0; t-- {
		for _, y := range levels[t] {
			for _, c := range y.children {
				y.ends = append(y.ends, c.ends...)
			}
		}
	}
	return levels
}

var fieldNames = [9]string{
	"residual variance", "information", "gradient norm squared", "Fisher trace", "recovery probability",
	"recovery information", "Gibbs recovery", "Gibbs KL", "equilibrium KL",
}

// checkBounds compares a solution with the oracle within the derived bounds and
// returns the largest share of a bound that was used.
func checkBounds(t *testing.T, in *model.Instance, got *Solution) float64 {
	t.Helper()
	want, bound := oracle(in), Bound(in)
	worst := 0.0
	check := func(what string, got float64, want real, bound float64) {
		t.Helper()
		off, _ := sub(num(got), want).Float64()
		if !(off <= bound && off >= -bound) {
			t.Errorf("%s: %.17g, want %.20g: off by %g, bound %g", what, got, want, off, bound)
		}
		worst = max(worst, max(off, -off)/bound)
	}
	check("expected harm", got.ExpectedHarm, want.expected, bound.ExpectedHarm)
	check("variance", got.Variance, want.variance, bound.Variance)
	for i := range got.Positions {
		b := bound.values(i + 1)
		for j, v := range got.values(i + 1) {
			check(fmt.Sprintf("t=%d %s", i+1, fieldNames[j]), *v, want.positions[i][j], *b[j])
		}
	}
	return worst
}
