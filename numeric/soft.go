package numeric

import "math"

// logMeanExp returns g = log Σ_a p_a·e^{s_a} over the tokens with p_a > 0.
func logMeanExp(p, s []float64) float64 {
	largest, smallest := math.Inf(-1), math.Inf(1)
	for a, w := range p {
		if w > 0 {
			largest, smallest = max(largest, s[a]), min(smallest, s[a])
		}
	}
	if largest-smallest > 1 {
		var sum float64
		for a, w := range p {
			if w > 0 {
				sum += w * math.Exp(s[a]-largest)
			}
		}
		return largest + math.Log(sum)
	}
	// Around the largest, e^d − 1 = d + (e^d − 1 − d): close exponents leave a
	// mean and a term of second order, each to a few units of its own size.
	var first, second float64
	for a, w := range p {
		if w > 0 {
			d := s[a] - largest
			first += w * d
			second += w * expm1MinusIdentity(d)
		}
	}
	return largest + math.Log1p(first+second)
}

// tilt sets u to the exponential tilt of a row by s: with the normaliser g =
// log Σ_a p_a·e^{s_a}, u_a = s_a − g is the logarithm of p*_a/p_a for the tilted
// law p*_a = p_a·e^{u_a}. It returns KL(p*‖p). Tokens of probability 0 get u = 0. u
// may be s itself.
//
// KL = Σ_a p_a·φ(u_a) with φ(u) = u·e^u − e^u + 1 ≥ 0, each term computed to a
// few units of its own size: a KL of 10^−20 is as accurate as its u_a.
func tilt(p, s, u []float64) (kl float64) {
	g := logMeanExp(p, s)
	for a, w := range p {
		if w == 0 {
			u[a] = 0
			continue
		}
		u[a] = s[a] - g
		kl += w * klTerm(u[a])
	}
	return kl
}

// smallExponent is where the two functions below change from their series to
// their closed form, which cancels for small arguments.
const smallExponent = 0.5

// expm1MinusIdentity returns e^x − 1 − x = Σ_{k≥2} x^k/k!.
func expm1MinusIdentity(x float64) float64 {
	if math.Abs(x) > smallExponent {
		return math.Expm1(x) - x
	}
	// The terms from k = 17 on are below 2^−53 of the first, here and below.
	sum := 0.0
	for k := 16; k > 2; k-- {
		sum = (sum + 1) * x / float64(k)
	}
	return (sum + 1) * x * x / 2
}

// klTerm returns φ(x) = x·e^x − e^x + 1 = Σ_{k≥2} (k−1)·x^k/k!.
func klTerm(x float64) float64 {
	if x < -smallExponent || x > smallExponent {
		return x*math.Exp(x) - math.Expm1(x)
	}
	sum := 0.0
	for k := 16; k > 2; k-- {
		sum = (sum + 1) * x * float64(k-1) / (float64(k-2) * float64(k))
	}
	return (sum + 1) * x * x / 2
}

// Equilibrium returns KL_t of P* ∝ P·e^{−λHarm}, t = 1…T, at any λ ≥ 0. It
// replaces the table LogZ.
func (s *Solver) Equilibrium(lambda float64) []float64 {
	kl := make([]float64, len(s.levels))
	s.softBackward(lambda)
	s.softForward(lambda, func(t int, v float64) { kl[t-1] = v })
	return kl
}

// softBackward fills log Z from the last position to the first, in logarithms:
// log Z(x) = log Σ_a p(a|x)·e^{log Z(xa)}, and −λHarm at the end.
func (s *Solver) softBackward(lambda float64) {
	for i := len(s.levels) - 1; i >= 0; i-- {
		s.each(&s.levels[i], &softPass{s, lambda, i})
	}
}

// softPass is the pass of softBackward at s.levels[i].
type softPass struct {
	s      *Solver
	lambda float64
	i      int
}

func (q *softPass) block(w *worker, _, lo, hi int) {
	for x := lo; x < hi; x++ {
		p, v := w.exponents(q.s, q.lambda, q.i, x)
		q.s.levels[q.i].LogZ[x] = logMeanExp(p, v)
	}
}

// exponents returns the row of state x of layer i and log Z of its targets.
func (w *worker) exponents(s *Solver, lambda float64, i, x int) (p, v []float64) {
	l := &s.levels[i]
	lo, hi := l.layer.Row(x)
	v = w.h[:hi-lo]
	for e := lo; e < hi; e++ {
		y := l.layer.Next(e)
		if i == len(s.levels)-1 {
			v[e-lo] = -lambda * s.leaves.harm(y)
		} else {
			v[e-lo] = s.levels[i+1].LogZ[y]
		}
	}
	return l.Conditional[lo:hi], v
}

// softForward moves P* forward and reports KL_t = E_{P*}[KL(P*(·|x)‖P(·|x))].
// The conditionals p·e^u keep P* accurate where P itself underflows.
func (s *Solver) softForward(lambda float64, report func(t int, kl float64)) {
	star := []float64{1}
	w := &s.workers[0]
	for i := range s.levels {
		l := &s.levels[i]
		var target []float64
		if i+1 < len(s.levels) {
			target = append(s.star[i%2][:0], make([]float64, s.levels[i+1].layer.States())...)
			s.star[i%2] = target
		}
		var total compensated
		for x, mass := range star {
			if mass == 0 {
				continue
			}
			p, u := w.exponents(s, lambda, i, x)
			total.add(mass * tilt(p, u, u))
			if target == nil {
				continue
			}
			lo, _ := l.layer.Row(x)
			for j, v := range u {
				target[l.layer.Next(lo+j)] += mass * p[j] * math.Exp(v)
			}
		}
		report(i+1, total.value())
		star = target
	}
}

// compensated is a running sum that carries its own rounding error along
// (Neumaier): n additions leave two roundings, not n.
type compensated struct{ sum, error float64 }

func (c *compensated) add(v float64) {
	t := c.sum + v
	if math.Abs(c.sum) >= math.Abs(v) {
		c.error += (c.sum - t) + v
	} else {
		c.error += (v - t) + c.sum
	}
	c.sum = t
}

func (c *compensated) value() float64 { return c.sum + c.error }
