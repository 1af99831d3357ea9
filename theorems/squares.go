package theorems

import (
	"strings"

	"sounding/exact"
	"sounding/exact/field"
	"sounding/verify"
)

// Sums of squares. The bounds on the gradient of position t are Cauchy and Schwarz's
// inequality for a function d of (y_<t, y_t) that is centred at every prefix, and
// the scores s: d = Δ_t under the policy, or d = 1[y_t∉R] − (1 − ρ_t) under Q. With
// C(x) = E[d·s|x], F(x) = E[s·sᵀ|x] and their means G and F̄ over the prefixes x,
// I = E[d²] and any z, the gap of each bound is a sum of squares whose weights are
// probabilities:
//
//	Var(d|x)·tr F(x) − ‖C(x)‖²    = Σ_{a<b} p_a p_b ‖d(a)s(b) − d(b)s(a)‖²
//	E[Var(d|x)·tr F(x)] − ‖G‖²    = E[the gap at x] + E‖C(x) − G‖²
//	I·(I·tr F̄ − ‖G‖²)             = E‖I·s − d·G‖²
//	I − 2zᵀG + zᵀF̄z               = E[(d − sᵀz)²], at F̄z = G the gap I − GᵀF̄⁺G
//
// The factor I of the third is what makes its cost linear: without it Lagrange's
// identity needs a square for each two tokens of all prefixes together. Where I = 0, d
// vanishes almost surely, and G with it.

// pairing holds d and the scores of position t under a law on its prefixes.
type pairing[E any] struct {
	w  *World[E]
	at Place

	weight []E     // the probability of state x of layer t−1
	p, d   [][]E   // P(a|x) and d(x,a) at [x][a]
	s      [][][]E // the scores at [x][i][a], i a local coordinate

	variance    []E // Var(d|x)
	traces      []E // tr F(x)
	information E   // I
	gradient    []E // G, over all of θ

	names *strings.Replacer // from the symbols of harm to those of d
}

// ofRow returns the fit at prefix x alone.
func (c *pairing[E]) ofRow(x int) *fit[E] {
	return &fit[E]{
		c.w, c.p[x], c.d[x], c.s[x], c.variance[x], c.covariance(x),
		exact.Fisher(c.w.Ring, c.w.Family, c.at.Position, x), len(c.p[x]) - 1,
	}
}

// ofPosition returns the fit over all prefixes, for a log-linear family.
func (c *pairing[E]) ofPosition() *fit[E] {
	w, t := c.w, c.at.Position
	weight, d, s := c.flat()
	offset, n := w.Family.Param.Offset(w.Family.Process, t), len(s)
	fisher := w.MeanFisher(c.weight, t)[offset : offset+n]
	for i, row := range fisher {
		fisher[i] = row[offset : offset+n]
	}
	return &fit[E]{w, weight, d, s, c.information, block(w, t, c.gradient), fisher, len(weight) - len(c.weight)}
}

// equal claims left = right at the position, in the symbols of d.
func (c *pairing[E]) equal(claim string, left, right E) {
	c.w.Equal(c.at, c.names.Replace(claim), left, right)
}

// equalAt claims left = right at prefix x.
func (c *pairing[E]) equalAt(x int, claim string, left, right E) {
	c.w.Equal(verify.At(c.at.Position, x), c.names.Replace(claim), left, right)
}

// covariance returns C(x) in the local coordinates of x.
func (c *pairing[E]) covariance(x int) []E {
	v := make([]E, len(c.s[x]))
	for i, s := range c.s[x] {
		v[i] = triple(c.w, c.p[x], c.d[x], s)
	}
	return v
}

// block returns G in the local coordinates of x.
func (c *pairing[E]) block(x int) []E {
	v := make([]E, len(c.s[x]))
	for i := range v {
		v[i] = c.gradient[c.w.Family.Param.Index(c.w.Family.Process, c.at.Position, x, i)]
	}
	return v
}

// outside returns ‖G‖² over the coordinates that prefix x does not read: those of
// the other prefixes, of a tabular family.
func (c *pairing[E]) outside(x int) E {
	if !c.w.Family.Param.Tabular() {
		return c.w.FromInt(0)
	}
	return c.w.Sub(norm2(c.w, c.gradient), norm2(c.w, c.block(x)))
}

// within returns Σ_{a<b} p_a p_b ‖d(a)s(b) − d(b)s(a)‖² at prefix x.
func (c *pairing[E]) within(x int) E { return squares(c.w, c.p[x], c.d[x], c.s[x]) }

// rowGap returns Var(d|x)·tr F(x) − ‖C(x)‖².
func (c *pairing[E]) rowGap(x int) E {
	return c.w.Sub(c.w.Mul(c.variance[x], c.traces[x]), norm2(c.w, c.covariance(x)))
}

// meanGap returns E[Var(d|x)·tr F(x)] − ‖G‖².
func (c *pairing[E]) meanGap() E {
	return c.w.Sub(triple(c.w, c.weight, c.variance, c.traces), norm2(c.w, c.gradient))
}

// sharpGap returns I·tr F̄ − ‖G‖².
func (c *pairing[E]) sharpGap() E {
	return c.w.Sub(c.w.Mul(c.information, c.w.Dot(c.weight, c.traces)), norm2(c.w, c.gradient))
}

// expected returns E[v(x)] over the prefixes.
func (c *pairing[E]) expected(v func(x int) E) E {
	sum := c.w.FromInt(0)
	for x, q := range c.weight {
		sum = c.w.Add(sum, c.w.Mul(q, v(x)))
	}
	return sum
}

// deviation returns E‖C(x) − G‖².
func (c *pairing[E]) deviation() E {
	w := c.w
	return c.expected(func(x int) E {
		sum, g := c.outside(x), c.block(x)
		for i, v := range c.covariance(x) {
			sum = w.Add(sum, field.Square(w.Ring, w.Sub(v, g[i])))
		}
		return sum
	})
}

// spread returns Σ_{x<y} P(x)P(y)·‖C(x) − C(y)‖², which is the deviation where the
// weights add up to one. Prefixes of a tabular family read disjoint coordinates.
func (c *pairing[E]) spread() E {
	w, sum := c.w, c.w.FromInt(0)
	cov := make([][]E, len(c.weight))
	for x := range cov {
		cov[x] = c.covariance(x)
		for y := range x {
			apart := w.FromInt(0)
			if w.Family.Param.Tabular() {
				apart = w.Add(norm2(w, cov[x]), norm2(w, cov[y]))
			} else {
				for i, v := range cov[x] {
					apart = w.Add(apart, field.Square(w.Ring, w.Sub(v, cov[y][i])))
				}
			}
			sum = w.Add(sum, w.Mul(w.Mul(c.weight[x], c.weight[y]), apart))
		}
	}
	return sum
}

// residual returns E‖scale·s − d·G‖².
func (c *pairing[E]) residual(scale E) E {
	w := c.w
	return c.expected(func(x int) E {
		outside, g := c.outside(x), c.block(x)
		sum := w.FromInt(0)
		for a, p := range c.p[x] {
			square := w.Mul(field.Square(w.Ring, c.d[x][a]), outside)
			for i, s := range c.s[x] {
				square = w.Add(square, field.Square(w.Ring, w.Sub(w.Mul(scale, s[a]), w.Mul(c.d[x][a], g[i]))))
			}
			sum = w.Add(sum, w.Mul(p, square))
		}
		return sum
	})
}

// flat returns the weights P(x)·p_a of the edges of the position, with d and the
// scores there. The scores of all prefixes have to read the same coordinates: the
// family is log-linear.
func (c *pairing[E]) flat() (weight, d []E, s [][]E) {
	s = make([][]E, len(c.s[0]))
	for x, q := range c.weight {
		for _, p := range c.p[x] {
			weight = append(weight, c.w.Mul(q, p))
		}
		d = append(d, c.d[x]...)
		for i := range s {
			s[i] = append(s[i], c.s[x][i]...)
		}
	}
	return weight, d, s
}

// pairs returns the sum of squares that Lagrange's identity over all edges of the
// position leaves of I·tr F̄ − ‖G‖², for a log-linear family.
func (c *pairing[E]) pairs() E {
	weight, d, s := c.flat()
	return squares(c.w, weight, d, s)
}

// nested returns the same gap prefix by prefix, for a log-linear family. With V, C_i
// and F_i the weighted sums of d², d·s_i and s_i² over the prefixes so far, D_i =
// V·F_i − C_i² their gap, and small letters for the prefix x of weight q that joins,
//
//	D_i grows by q²·Σ_{a<b} p_a p_b (d(a)s_i(b) − d(b)s_i(a))² + q·m_i,
//	m_i = V·f_i + v·F_i − 2·C_i·c_i,
//
// where m_i stands for the squares across: V·v·m_i = (V·c_i − v·C_i)² + v²·D_i + V²·g_i
// is claimed of each, with g_i = v·f_i − c_i² the gap at x alone.
func (c *pairing[E]) nested() E {
	w := c.w
	n := len(c.s[0])
	total := w.FromInt(0)
	covariance, fisher, gap := zeros(w, n), zeros(w, n), zeros(w, n)
	for x, q := range c.weight {
		v := triple(w, c.p[x], c.d[x], c.d[x])
		for i, s := range c.s[x] {
			cov, f, own := triple(w, c.p[x], c.d[x], s), triple(w, c.p[x], s, s), squares(w, c.p[x], c.d[x], c.s[x][i:i+1])
			across := w.Mul(covariance[i], cov)
			across = w.Sub(w.Add(w.Mul(total, f), w.Mul(v, fisher[i])), w.Add(across, across))
			square := field.Square(w.Ring, w.Sub(w.Mul(total, cov), w.Mul(v, covariance[i])))
			square = w.Add(square, w.Mul(w.Mul(v, v), gap[i]))
			square = w.Add(square, w.Mul(w.Mul(total, total), own))
			w.Equal(verify.At(c.at.Position, x), "V·v·(V·f + v·F − 2·C·c) = (V·c − v·C)² + v²·D + V²·g", w.Mul(w.Mul(total, v), across), square)
			gap[i] = w.Add(gap[i], w.Mul(q, w.Add(w.Mul(q, own), across)))
			covariance[i] = w.Add(covariance[i], w.Mul(q, cov))
			fisher[i] = w.Add(fisher[i], w.Mul(q, f))
		}
		total = w.Add(total, w.Mul(q, v))
	}
	return field.Sum(w.Ring, gap)
}

// combined returns C(x)ᵀs over the edges of prefix x.
func (c *pairing[E]) combined(x int) []E {
	v := zeros(c.w, len(c.d[x]))
	for i, cov := range c.covariance(x) {
		for a, s := range c.s[x][i] {
			v[a] = c.w.Add(v[a], c.w.Mul(cov, s))
		}
	}
	return v
}

// rayleigh returns Var(d|x)·CᵀFC − ‖C‖⁴ at prefix x.
func (c *pairing[E]) rayleigh(x int) E {
	w, cov := c.w, c.covariance(x)
	f := exact.Fisher(w.Ring, w.Family, c.at.Position, x)
	return w.Sub(w.Mul(c.variance[x], form(w, f, cov)), field.Square(w.Ring, norm2(w, cov)))
}

// pair makes the pairing of position t.
type pair[E any] func(w *World[E], t int) *pairing[E]

func newPairing[E any](w *World[E], t int, weight []E, d func(x int) []E) *pairing[E] {
	c := &pairing[E]{w: w, at: verify.At(t, 0), weight: weight, traces: traces(w, t), names: strings.NewReplacer()}
	for x := range weight {
		c.p = append(c.p, w.Row(t, x))
		c.d = append(c.d, d(x))
		c.s = append(c.s, scores(w, t, x))
	}
	return c
}

// harmPairing pairs Δ_t with the scores, under the policy.
func harmPairing[E any](w *World[E], t int) *pairing[E] {
	m := w.Solution()
	c := newPairing(w, t, m.Occupancy[t-1], func(x int) []E { return innovation(w, t, x) })
	c.variance, c.information, c.gradient = m.Step[t-1], m.Information[t-1], gradient(w, t)
	return c
}

// pairLeaves bounds the shapes at which every two prefixes, or every two tokens of
// all prefixes, are compared.
const pairLeaves = 512

// zeros returns n zeros.
func zeros[E any](w *World[E], n int) []E {
	v := make([]E, n)
	for i := range v {
		v[i] = w.FromInt(0)
	}
	return v
}
