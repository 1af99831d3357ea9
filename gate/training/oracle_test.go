package training_test

import (
	"math"
	"math/big"
	"slices"

	"sounding/gate/training"
	"sounding/model"
)

// dual is a number with its derivatives by all logits.
type dual struct {
	v float64
	d []float64
}

func (o *oracle) number(v float64) dual { return dual{v, make([]float64, o.n)} }

func (a dual) with(v, slope float64) dual {
	d := make([]float64, len(a.d))
	for i := range d {
		d[i] = slope * a.d[i]
	}
	return dual{v, d}
}

func (a dual) plus(b dual) dual {
	s := a.with(a.v+b.v, 1)
	for i := range s.d {
		s.d[i] += b.d[i]
	}
	return s
}

func (a dual) times(b dual) dual {
	s := a.with(a.v*b.v, b.v)
	for i := range s.d {
		s.d[i] += a.v * b.d[i]
	}
	return s
}

func (a dual) scale(f float64) dual { return a.with(f*a.v, f) }
func (a dual) log() dual            { return a.with(math.Log(a.v), 1/a.v) }

// oracle computes quantities from their definitions: it enumerates the sequences and
// differentiates what it sums by dual numbers.
type oracle struct {
	q     *training.Question
	in    *model.Instance
	n     int   // logits
	start []int // of position t at [t−1]
	temp  float64
}

func float(r *big.Rat) float64 {
	f, _ := r.Float64()
	return f
}

func newOracle(q *training.Question) *oracle {
	o := &oracle{q: q, in: q.Instance, temp: float(q.Instance.Training.Temperature)}
	for t := 1; t <= o.in.Length(); t++ {
		o.start = append(o.start, o.n)
		o.n += o.in.States(t-1) * o.in.Vocabulary()
	}
	return o
}

func (o *oracle) environment(t int) bool { return slices.Contains(o.in.Training.Environment, t) }

// share returns weight a over the sum of weights as a probability at the temperature.
func share(weights []float64, a int, temp float64) float64 {
	largest, sum := 0.0, 0.0
	for _, w := range weights {
		largest = math.Max(largest, w)
	}
	for _, w := range weights {
		sum += math.Pow(w/largest, 1/temp)
	}
	return math.Pow(weights[a]/largest, 1/temp) / sum
}

// row returns the weights of all tokens in a state.
func (o *oracle) row(t, x int, w *model.Naturals) []float64 {
	list := make([]float64, o.in.Vocabulary())
	for a := range list {
		if e, ok := o.in.Layer(t).Edge(x, a); ok {
			list[a] = float(new(big.Rat).SetInt(w.At(e)))
		}
	}
	return list
}

// line is a sequence up to where it ends.
type line struct {
	tokens []int
	states []int // before each token
	harm   float64
}

// lines returns all sequences along edges that any policy may take.
func (o *oracle) lines() []line {
	var list []line
	end := o.in.Training.End
	var extend func(l line, x int, ended bool)
	extend = func(l line, x int, ended bool) {
		t := len(l.tokens) + 1
		if t > o.in.Length() || ended {
			for ; t <= o.in.Length(); t++ {
				e, _ := o.in.Layer(t).Edge(x, end)
				x = o.in.Layer(t).Next(e)
			}
			l.harm = float(o.in.HarmAt(x))
			list = append(list, l)
			return
		}
		for a := range o.in.Vocabulary() {
			e, ok := o.in.Layer(t).Edge(x, a)
			if !ok || o.conditional("behaviour", t, x, a) == 0 && o.conditional("policy", t, x, a) == 0 && o.conditional("reference", t, x, a) == 0 {
				continue
			}
			next := line{append(append([]int(nil), l.tokens...), a), append(append([]int(nil), l.states...), x), 0}
			// Weight of the end may be 0 under the policy; then the state is not over.
			extend(next, o.in.Layer(t).Next(e), a == end && o.in.Over()[t][o.in.Layer(t).Next(e)])
		}
	}
	extend(line{}, 0, false)
	return list
}

func (o *oracle) conditional(who string, t, x, a int) float64 {
	weights := o.in.Layer(t).Weights()
	if r := o.in.Training; !o.environment(t) {
		if who == "reference" && r.Reference != nil {
			weights = &r.Reference[t-1]
		}
		if who == "behaviour" && r.Behaviour != nil {
			weights = &r.Behaviour[t-1]
		}
	}
	temp := o.temp
	if o.environment(t) {
		temp = 1
	}
	return share(o.row(t, x, weights), a, temp)
}

// p returns the policy's probability of token a with its derivatives by the logits of
// its row, e_a − p times p, at temperature 1.
func (o *oracle) p(t, x, a int) dual {
	v := o.number(o.conditional("policy", t, x, a))
	if o.environment(t) {
		return v
	}
	for b := range o.in.Vocabulary() {
		d := -o.conditional("policy", t, x, b)
		if b == a {
			d++
		}
		v.d[o.start[t-1]+x*o.in.Vocabulary()+b] = v.v * d
	}
	return v
}

// expect returns Σ_y P(y)·f(y) under the policy.
func (o *oracle) expect(f func(l line) dual) dual {
	sum := o.number(0)
	for _, l := range o.lines() {
		mass := o.number(1)
		for k, a := range l.tokens {
			mass = mass.times(o.p(k+1, l.states[k], a))
		}
		if mass.v > 0 {
			sum = sum.plus(mass.times(f(l)))
		}
	}
	return sum
}

// logRatio returns Σ over the policy's tokens of log p/p_0, at position t alone where
// it is not 0.
func (o *oracle) logRatio(l line, t int) dual {
	sum := o.number(0)
	for k, a := range l.tokens {
		if !o.environment(k+1) && (t == 0 || t == k+1) {
			p0 := o.conditional("reference", k+1, l.states[k], a)
			sum = sum.plus(o.p(k+1, l.states[k], a).log().plus(o.number(-math.Log(p0))))
		}
	}
	return sum
}

func (o *oracle) kl() dual { return o.expect(func(l line) dual { return o.logRatio(l, 0) }) }

func (o *oracle) entropy() dual {
	return o.expect(func(l line) dual {
		sum := o.number(0)
		for k, a := range l.tokens {
			if !o.environment(k + 1) {
				sum = sum.plus(o.p(k+1, l.states[k], a).log().scale(-1))
			}
		}
		return sum
	})
}

// harm returns E[γ^{L−1}·Harm].
func (o *oracle) harm() dual {
	γ := float(o.in.Training.Discount)
	return o.expect(func(l line) dual { return o.number(math.Pow(γ, float64(len(l.tokens)-1)) * l.harm) })
}

// penalty returns Σ_t βγ^t·E_Q[P(y_t∉R|y_<t)] over the positions of the policy.
func (o *oracle) penalty() dual {
	sum := o.number(0)
	q := []float64{1}
	over := o.in.Over()
	for t := 1; t <= o.in.Length(); t++ {
		l, next := o.in.Layer(t), make([]float64, o.in.States(t))
		for x, mass := range q {
			for a := range o.in.Vocabulary() {
				e, ok := l.Edge(x, a)
				if !ok {
					continue
				}
				if !o.environment(t) && !over[t-1][x] && !o.in.Recovers(a) {
					sum = sum.plus(o.p(t, x, a).scale(mass * float(o.in.Eta(t))))
				}
				if t < o.in.Length() {
					next[l.Next(e)] += mass * share(o.row(t, x, o.in.AdversaryWeights(t)), a, 1)
				}
			}
		}
		q = next
	}
	return sum
}

// perPosition returns E[f(y, k)] for every position, over sequences that reach it.
func (o *oracle) perPosition(f func(l line, k int) dual) []float64 {
	list := make([]float64, o.in.Length())
	for k := range list {
		list[k] = o.expect(func(l line) dual {
			if k >= len(l.tokens) {
				return o.number(0)
			}
			return f(l, k)
		}).v
	}
	return list
}

// surprise returns −log p of token k.
func (o *oracle) surprise(l line, k int) dual {
	if o.environment(k + 1) {
		return o.number(0)
	}
	return o.p(k+1, l.states[k], l.tokens[k]).log().scale(-1)
}
