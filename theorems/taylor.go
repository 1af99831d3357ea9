package theorems

import (
	"sounding/exact"
	"sounding/exact/field"
	"sounding/verify"
)

// The expansion of the tabular optimum in λ, without divisions: a function f is held by its
// derivatives f_n = f⁽ⁿ⁾(0), n = 0…4, so that n! times the coefficients of KL_t are
// polynomials with integer coefficients in P_0 and Harm, and claims about them identities.

// taylorOrder is the order in λ that is looked at.
const taylorOrder = 4

// taylorLeaves bounds the shapes that these claims are certified for: the degree in the
// probabilities grows with the order and the length.
const taylorLeaves = 64

// taylor computes with functions of λ, given by their derivatives at 0 up to an order.
type taylor[E any] struct {
	field.Ring[E]
	order int
}

// choose returns C(n, k).
func choose(n, k int) int64 {
	c := int64(1)
	for i := range k {
		c = c * int64(n-i) / int64(i+1)
	}
	return c
}

func (r taylor[E]) zero() []E { return r.constant(r.FromInt(0)) }

func (r taylor[E]) constant(v E) []E {
	f := make([]E, r.order+1)
	for n := range f {
		f[n] = r.FromInt(0)
	}
	f[0] = v
	return f
}

func (r taylor[E]) add(f, g []E) []E {
	s := make([]E, len(f))
	for n := range s {
		s[n] = r.Add(f[n], g[n])
	}
	return s
}

func (r taylor[E]) sub(f, g []E) []E {
	s := make([]E, len(f))
	for n := range s {
		s[n] = r.Sub(f[n], g[n])
	}
	return s
}

// mul is Leibniz's rule.
func (r taylor[E]) mul(f, g []E) []E {
	p := r.zero()
	for n := range p {
		for k := range n + 1 {
			p[n] = r.Add(p[n], r.Mul(r.FromInt(choose(n, k)), r.Mul(f[k], g[n-k])))
		}
	}
	return p
}

// over returns f/z for z_0 = 1.
func (r taylor[E]) over(f, z []E) []E {
	q := r.zero()
	for n := range q {
		q[n] = f[n]
		for k := 1; k <= n; k++ {
			q[n] = r.Sub(q[n], r.Mul(r.FromInt(choose(n, k)), r.Mul(z[k], q[n-k])))
		}
	}
	return q
}

// log returns the logarithm of z, z_0 = 1: it is 0 at 0 and has the derivative z'/z.
func (r taylor[E]) log(z []E) []E {
	slope := r.over(append(z[1:len(z):len(z)], r.FromInt(0)), z)
	return append([]E{r.FromInt(0)}, slope[:r.order]...)
}

// exp returns e^f for f_0² = 0: its derivative is f'·e^f.
func (r taylor[E]) exp(f []E) []E {
	g := r.constant(r.Add(r.FromInt(1), f[0]))
	for n := range r.order {
		for k := range n + 1 {
			g[n+1] = r.Add(g[n+1], r.Mul(r.FromInt(choose(n, k)), r.Mul(f[k+1], g[n-k])))
		}
	}
	return g
}

// scaledIntegral returns ∫_0^λ a·v(a) da.
func (r taylor[E]) scaledIntegral(v []E) []E {
	f := r.zero()
	for n := 2; n <= r.order; n++ {
		f[n] = r.Mul(r.FromInt(int64(n-1)), v[n-2])
	}
	return f
}

// An expansion holds the tabular optimum P* ∝ P_0·e^{−λHarm} as functions of λ.
type expansion[E any] struct {
	taylor[E]
	w *World[E]
	// moments are E_0[Harm^k·e^{−λHarm}|x] for k = 0, 1, 2, at [k][t][x]; the first is Z.
	moments [3][][][]E
	log     [][][]E // log Z at [t][x]
}

func newExpansion[E any](w *World[E]) *expansion[E] {
	b := &expansion[E]{taylor: taylor[E]{w.Ring, taylorOrder}, w: w}
	power := constants(w, len(w.Family.Harm), 1)
	var plain [][][]E // E_0[Harm^n|x] at [n][t][x]
	for range taylorOrder + len(b.moments) {
		plain = append(plain, exact.Backward(w.Ring, w.Family.Numbers, power))
		next := make([]E, len(power))
		for x, h := range w.Family.Harm {
			next[x] = w.Mul(power[x], h)
		}
		power = next
	}
	for k := range b.moments {
		b.moments[k] = make([][][]E, w.T()+1)
		for t := range b.moments[k] {
			for x := range plain[0][t] {
				f := b.zero()
				for n := range f {
					f[n] = plain[n+k][t][x]
					if n%2 == 1 {
						f[n] = w.Neg(f[n])
					}
				}
				b.moments[k][t] = append(b.moments[k][t], f)
			}
		}
	}
	b.log = make([][][]E, w.T()+1)
	for t, layer := range b.moments[0] {
		for _, z := range layer {
			b.log[t] = append(b.log[t], b.taylor.log(z))
		}
	}
	return b
}

// mean returns Σ_x P*(x)·f(x) over the states of layer t, P*(x) = P_0(x)·Z(x)/Z.
func (b *expansion[E]) mean(t int, f [][]E) []E {
	sum := b.zero()
	for x, p := range b.w.Solution().Occupancy[t] {
		sum = b.add(sum, b.mul(b.constant(p), b.mul(b.moments[0][t][x], f[x])))
	}
	return b.over(sum, b.moments[0][0][0])
}

// kl returns KL_t = E*[log Z(y_≤t)] − E*[log Z(y_<t)] for t = 1…T at [t−1].
func (b *expansion[E]) kl() [][]E {
	list := make([][]E, b.w.T())
	before := b.mean(0, b.log[0])
	for t := range list {
		after := b.mean(t+1, b.log[t+1])
		list[t], before = b.sub(after, before), after
	}
	return list
}

// variance returns Var_{P*_λ}(Harm|x) per state of layer t.
func (b *expansion[E]) variance(t int) [][]E {
	var list [][]E
	for x, z := range b.moments[0][t] {
		mean := b.over(b.moments[1][t][x], z)
		list = append(list, b.sub(b.over(b.moments[2][t][x], z), b.mul(mean, mean)))
	}
	return list
}

// leadingFree compares the first two coefficients of KL_t with 0 and I_t.
func leadingFree[E any](w *World[E], claim string, factor int64) {
	for t, kl := range newExpansion(w).kl() {
		w.Equal(verify.At(t+1, 0), "tabular: KL_t, order 1", kl[1], w.FromInt(0))
		w.Equal(verify.At(t+1, 0), claim, kl[2], w.Mul(w.FromInt(factor), w.Oracle().Information(t+1)))
	}
}

func tabularLeadingFree[E any](w *World[E]) {
	leadingFree(w, "tabular: 2·KL_t = λ²·I_t, order 2", 1)
}

func tabularLeadingTwice[E any](w *World[E]) { leadingFree(w, "tabular: KL_t = λ²·I_t, order 2", 2) }

// cubicWith compares 6 times the λ³ coefficient of KL_t with a combination of its terms.
func cubicWith[E any](w *World[E], claim string, risk, skew, across int64) {
	for t, kl := range newExpansion(w).kl() {
		a, b, c := thirds(w, t+1)
		sum := w.Add(w.Mul(w.FromInt(risk), a), w.Add(w.Mul(w.FromInt(skew), b), w.Mul(w.FromInt(across), c)))
		w.Equal(verify.At(t+1, 0), claim, kl[3], sum)
	}
}

func cubicFree[E any](w *World[E]) {
	cubicWith(w, "6·KL_t = −{3·E Cov(h_t, v_t|y_<t) + 2·E κ_3(h_t|y_<t) + 3·Cov(h_{t−1}, Var(h_t|y_<t))}, order 3", -3, -2, -3)
}

func cubicFreeHalf[E any](w *World[E]) {
	cubicWith(w, "6·KL_t = −{3·E Cov(h_t, v_t|y_<t) + 3·E κ_3(h_t|y_<t) + 3·Cov(h_{t−1}, Var(h_t|y_<t))}, order 3", -3, -3, -3)
}

// integralFree compares Σ_{s>t} KL_s with E_{P*}[∫_0^λ a·Var_{P*_a}(Harm|y_≤t) da], for t up
// to last, through order 4.
func integralFree[E any](w *World[E], claim string, last int) {
	b := newExpansion(w)
	kl := b.kl()
	for t := 0; t <= last; t++ {
		sum := b.zero()
		for _, f := range kl[t:] {
			sum = b.add(sum, f)
		}
		variance := b.variance(t)
		for x, v := range variance {
			variance[x] = b.scaledIntegral(v)
		}
		right := b.mean(t, variance)
		for n := 2; n <= taylorOrder; n++ {
			w.Equal(verify.At(t+1, 0).Where("order %d", n), claim, sum[n], right[n])
		}
	}
}

func tailIntegralFree[E any](w *World[E]) {
	integralFree(w, "n!·(Σ_{s>t} KL_s = E_{P*_λ}[∫_0^λ a·Var_{P*_a}(Harm|y_≤t) da], order n)", w.T()-1)
}

func tradeoffFree[E any](w *World[E]) {
	integralFree(w, "n!·(Σ_t KL_t = ∫_0^λ a·Var_{P*_a}(Harm) da, order n)", 0)
}

// silencedAt returns the world with harm Harm − Δ_t(y_≤t), of which h_t does not depend on
// y_t. Every harm with I_t = 0 is of this form where P_0 is positive: its own Δ_t is 0.
// The process must be a prefix tree.
func silencedAt[E any](w *World[E], t int) *World[E] {
	h, leaves := w.Solution().H, len(w.Family.Harm)
	block := leaves / w.Family.Process.States(t)
	harm := make([]E, leaves)
	for y := range harm {
		x := y / block
		harm[y] = w.Sub(w.Family.Harm[y], w.Sub(h[t][x], h[t-1][x/w.V()]))
	}
	return withHarm(w, harm)
}

// quarticWith compares 24 times the λ⁴ coefficient of KL_t where I_t = 0 with a multiple of
// E[Var(Var_0(Harm|y_≤t)|y_<t)], and the ones before it with 0.
func quarticWith[E any](w *World[E], claim string, factor int64) {
	if !onTree(w) {
		w.Vacuous()
		return
	}
	zero := w.FromInt(0)
	for t := 1; t <= w.T(); t++ {
		v := silencedAt(w, t)
		kl, m := newExpansion(v).kl()[t-1], v.Solution()
		w.Equal(verify.At(t, 0), "Harm − Δ_t in place of Harm: I_t = 0", m.Information[t-1], zero)
		for n := 2; n < taylorOrder; n++ {
			w.Equal(verify.At(t, 0).Where("order %d", n), "I_t = 0 ⇒ KL_t = 0 up to order 3", kl[n], zero)
		}
		spread := zero
		for x, p := range m.Occupancy[t-1] {
			row, u := v.Row(t, x), v.After(t, x, m.CondVar[t])
			spread = w.Add(spread, w.Mul(p, w.Sub(triple(w, row, u, u), field.Square(w.Ring, w.Dot(row, u)))))
		}
		w.Equal(verify.At(t, 0), claim, kl[taylorOrder], w.Mul(w.FromInt(factor), spread))
	}
}

func quarticFree[E any](w *World[E]) {
	quarticWith(w, "I_t = 0 ⇒ 24·KL_t = 3λ⁴·E[Var(Var_0(Harm|y_≤t)|y_<t)], order 4", 3)
}

func quarticFreeTwice[E any](w *World[E]) {
	quarticWith(w, "I_t = 0 ⇒ 24·KL_t = 6λ⁴·E[Var(Var_0(Harm|y_≤t)|y_<t)], order 4", 6)
}
