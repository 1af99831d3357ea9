package theorems

import (
	"hash/fnv"
	"math/big"

	"sounding/exact"
	"sounding/exact/definition"
	"sounding/exact/field"
	"sounding/generators"
	"sounding/verify"
)

// How small a penalty leaves eq. 43 convex where its minimisers are.

var deepConvexStatements = []*Statement{ownConvex}

var ownConvex = &Statement{
	ID: "own-convex", Title: "Below a threshold on β the minimiser of eq. 43 is unique", Section: "9.2", Kind: verify.Own,
	Formula: "β·Σ_{t≥2} γ^tW_t < 1 and 8β·Σ_t γ^tE_Q[1−ρ_C] ≤ min_x C(x) ⇒ eq. 43 has one minimiser; " +
		"C ∝ P_0·e^{−λHarm}, W_t = max_x Q(x)/C(x), over prefixes x of t−1 ≥ 1 tokens with Q(x) > 0",
	Hypotheses: []string{"a prefix tree", "P_0 positive on every edge"},
	Reading: ownReading + " L_deep is a function of the law of sequences: L_deep(P) = KL(P‖C) + Σ_t η_tE_Q[P(y_t∉R|y_<t)] plus a constant, because KL(P‖P_0) + λE_P[Harm] = KL(P‖C) − log E_0[e^{−λHarm}]. " +
		"Along a line P + εD in it, with v_x = D(x)/P(x) and δ_x the derivative of P(y_t∉R|x), the second " +
		"derivative is Σ_y D(y)²/P(y) − 2Σ_t η_tΣ_x Q(x)·v_x·δ_x. Let E_t = E_P[Σ_a (dP(a|x))²/P(a|x)] at " +
		"position t. The first sum is Σ_t E_t (chain rule), Σ_x P(x)v_x² = Σ_{s<t} E_s, and δ_x² ≤ ¼Σ_a " +
		"(dP(a|x))²/P(a|x). " +
		"So, where P(x) ≥ C(x)/2 at every prefix that Q reaches, the penalty takes away at most Σ_{t≥2} η_tW_t·2√(E_t·Σ_{s<t} E_s) ≤ Σ_{t≥2} η_tW_t·Σ_s E_s: L_deep is strictly convex on this convex set. " +
		"It holds every minimiser P*: L_deep(P*) ≤ L_deep(C) gives KL(P*‖C) ≤ M = Σ_t η_tE_Q[1−ρ_C]; merging " +
		"sequences gives kl(P*(x)‖C(x)) ≤ M; for p ≤ q kl(p‖q) ≥ (q−p)²/(2q), as its second derivative in p " +
		"is 1/(p(1−p)) ≥ 1/q; and 8M ≤ C(x). " +
		"Two minimisers would leave a lower value between them. The threshold is rational where C is, as for e^{−λ/m} = 1/2, 9/10 and 1/1000 and harm on the grid j/m. It is not sharp.",
	Claims: []Claim{
		{
			Formula: "d²/dε² Σ_t η_tE_Q[(P+εD)(y_t∉R|x)] = −2Σ_t η_tΣ_x Q(x)v_xδ_x; Σ_y D(y)²/P(y) = Σ_t E_t",
			Check:   verify.Rational(curvatureOfLaw),
		},
		{
			Formula:    "d²L_deep/dε² ≥ (1 − Σ_{t≥2} η_tW_t)·Σ_y D(y)²/P(y) > 0",
			Hypotheses: []string{"Σ_{t≥2} η_tW_t < 1", "P(x) ≥ C(x)/2 where Q goes"},
			Check:      verify.Rational(convexNearOptimum),
		},
		{
			Formula:    "(q−p)²/(2q) ≤ kl(p‖q)",
			Hypotheses: []string{"0 < p ≤ q < 1"},
			Check:      verify.Interval(binaryPinsker),
		},
		{
			Formula:    "one minimiser of L_deep",
			Hypotheses: []string{"V = T = 2", "β below both thresholds"},
			Check:      verify.Interval(oneMinimiser),
		},
	},
	NearMisses: []NearMiss{
		{Name: "convex at every law: no need of P(x) ≥ C(x)/2", Drops: "P(x) ≥ C(x)/2", Check: verify.Rational(convexEverywhere), Source: longConvex},
		{Name: "max Q(x) in place of W_t = max Q(x)/C(x)", Check: verify.Rational(convexUnweighted), Source: longConvex},
		{Name: "the curvature of the penalty without the factor 2", Check: verify.Rational(curvatureHalved), Source: longConvex},
		{Name: "(q−p)²/q ≤ kl(p‖q)", Check: verify.Interval(binaryPinskerTwice)},
		{Name: "one minimiser of L_deep, whatever β is", Drops: "β below both thresholds", Check: verify.Interval(oneMinimiserAlways), Source: &Source{Draw: drawMirrored, Smallest: smallestMirrored}},
	},
	Source: convexTrees.near(convexNeeds),
}

var (
	convexTrees = deepDraw{shapes: []Shape{shape(2, 2), shape(2, 3), shape(3, 2)}, horizon: 2}
	convexNeeds = generators.Needs{Harm: true, Recovery: true, Adversary: true, Penalty: true}
	// longConvex has two positions or more: over one the penalty is linear in the law.
	longConvex = convexTrees.near(longer(convexNeeds))
)

// lineOfLaws is a line P + εD of laws of sequences, and the centre C, over the sequences of the
// oracle.
type lineOfLaws struct {
	centre, law, direction []rat
}

// drawnLaw returns a law of sequences with weights drawn from 1…5 for the case, to a power.
func drawnLaw[E any](w *World[E], salt, power int) []E {
	h := fnv.New64a()
	h.Write([]byte(w.Case.GoString()))
	weights := make([]int64, w.Oracle().Len())
	total := int64(0)
	for i := range weights {
		weights[i] = 1
		for range power {
			weights[i] *= 1 + int64(generators.Hash(h.Sum64(), salt, i)%5)
		}
		total += weights[i]
	}
	law := make([]E, len(weights))
	for i, n := range weights {
		law[i] = fraction(w, n, total)
	}
	return law
}

// linesOfLaws calls visit with a line for each tilt of harm: from a law to another one drawn. The first
// is a mixture of C with a drawn law, with the given share of C; a power of more than 1 lets the
// drawn one have sequences that are hardly taken.
func linesOfLaws(w *World[rat], share rat, power int, visit func(l lineOfLaws)) {
	if !positiveBase(w) || !w.Family.Process.Tree() { // the sums are over states, which have to be prefixes
		w.Vacuous()
		return
	}
	f := rationals(w)
	drawn, other := drawnLaw(w, 1, power), drawnLaw(w, 2, 1)
	for _, u := range tilts(w) {
		l := lineOfLaws{centre: defined(definition.Tilted(f, w.Oracle(), u))}
		for i, c := range l.centre {
			l.law = append(l.law, f.Add(f.Mul(share, c), f.Mul(f.Sub(f.FromInt(1), share), drawn[i])))
			l.direction = append(l.direction, f.Sub(other[i], l.law[i]))
		}
		visit(l)
	}
}

// curvatures are the parts of the second derivative of L_deep along a line.
type curvatures struct {
	entropy  rat // Σ_y D(y)²/P(y)
	rows     rat // Σ_t E_t
	penalty  rat // −2Σ_t η_tΣ_x Q(x)v_xδ_x
	quotient rat // the second derivative of the penalty, from power series
}

func quo(w *World[rat], a, b rat) rat { return defined(rationals(w).Quo(a, b)) }

// curve computes the parts: by sums over sequences and power series, and by sums over prefixes.
func (l *lineOfLaws) curve(w *World[rat]) curvatures {
	f, o := rationals(w), w.Oracle()
	series := field.NewSeriesField(f, 2)
	zero, two := f.FromInt(0), f.FromInt(2)
	c := curvatures{zero, zero, zero, zero}
	for i, p := range l.law {
		c.entropy = f.Add(c.entropy, quo(w, f.Mul(l.direction[i], l.direction[i]), p))
	}
	for t := 1; t <= w.T(); t++ {
		p, after := o.Marginals(l.law, t-1), o.Marginals(l.law, t)
		d, moved := o.Marginals(l.direction, t-1), o.Marginals(l.direction, t)
		for i := range o.Len() {
			if !o.Opens(i, t-1) {
				continue
			}
			x := o.State(i, t-1)
			v := quo(w, d[i], p[i])
			failing, slope := zero, zero // P(xR^c), D(xR^c)
			for j := range o.Len() {
				if !o.Opens(j, t) || o.State(j, t-1) != x {
					continue
				}
				r := quo(w, after[j], p[i])
				dr := quo(w, f.Sub(moved[j], f.Mul(r, d[i])), p[i])
				c.rows = f.Add(c.rows, f.Mul(p[i], quo(w, f.Mul(dr, dr), r)))
				if !w.Case.Recovers(w.Layer(t).Token(o.Edge(j, t))) {
					failing, slope = f.Add(failing, after[j]), f.Add(slope, moved[j])
				}
			}
			weight := f.Mul(eta(w, t), w.Objective().Adversary[t-1][x])
			delta := quo(w, f.Sub(slope, f.Mul(v, failing)), p[i])
			c.penalty = f.Sub(c.penalty, f.Mul(f.Mul(two, weight), f.Mul(v, delta)))
			ratio := defined(series.Quo([]rat{failing, slope, zero}, []rat{p[i], d[i], zero}))
			c.quotient = f.Add(c.quotient, f.Mul(f.Mul(two, weight), ratio[2]))
		}
	}
	return c
}

func curvatureOfLaw(w *World[rat]) {
	linesOfLaws(w, fraction(w, 1, 2), 1, func(l lineOfLaws) {
		c := l.curve(w)
		w.Equal(Place{}, "d²/dε² Σ_t η_tE_Q[(P+εD)(y_t∉R|x)] = −2Σ_t η_tΣ_x Q(x)v_xδ_x", c.quotient, c.penalty)
		w.Equal(Place{}, "Σ_y D(y)²/P(y) = Σ_t E_P[Σ_a (dP(a|x))²/P(a|x)]", c.entropy, c.rows)
	})
}

func curvatureHalved(w *World[rat]) {
	linesOfLaws(w, fraction(w, 1, 2), 1, func(l lineOfLaws) {
		c := l.curve(w)
		w.Equal(Place{}, "d²/dε² Σ_t η_tE_Q[(P+εD)(y_t∉R|x)] = −Σ_t η_tΣ_x Q(x)v_xδ_x", w.Mul(w.FromInt(2), c.quotient), c.penalty)
	})
}

// convexAlong claims the lower bound on the curvature of L_deep along lines, with β lowered to where
// Σ_{t≥2} η_tW_t is 9/10 if it is more.
func convexAlong(w *World[rat], claim string, share rat, power int, weight func(q, c rat) rat) {
	f := rationals(w)
	linesOfLaws(w, share, power, func(l lineOfLaws) {
		loss, zero := f.FromInt(0), f.FromInt(0)
		for t := 2; t <= w.T(); t++ {
			most, reach := zero, w.Oracle().Marginals(l.centre, t-1)
			for i := range w.Oracle().Len() {
				if v := weight(w.Objective().Adversary[t-1][w.Oracle().State(i, t-1)], reach[i]); f.Sign(f.Sub(v, most)) == field.Positive {
					most = v
				}
			}
			loss = f.Add(loss, f.Mul(eta(w, t), most))
		}
		c := l.curve(w)
		if most := fraction(w, 9, 10); f.Sign(f.Sub(loss, most)) == field.Positive {
			c.quotient, loss = f.Mul(c.quotient, quo(w, most, loss)), most
		}
		w.AtMost(Place{}, claim, f.Mul(f.Sub(f.FromInt(1), loss), c.rows), f.Add(c.entropy, c.quotient))
	})
}

func convexNearOptimum(w *World[rat]) {
	convexAlong(w, "(1 − Σ_{t≥2} η_tW_t)·Σ_y D(y)²/P(y) ≤ d²L_deep/dε²", fraction(w, 1, 2), 1, func(q, c rat) rat { return quo(w, q, c) })
}

func convexEverywhere(w *World[rat]) {
	convexAlong(w, "(1 − Σ_{t≥2} η_tW_t)·Σ_y D(y)²/P(y) ≤ d²L_deep/dε² at every P", fraction(w, 0, 1), 8, func(q, c rat) rat { return quo(w, q, c) })
}

func convexUnweighted(w *World[rat]) {
	convexAlong(w, "(1 − Σ_{t≥2} η_t·max Q(x))·Σ_y D(y)²/P(y) ≤ d²L_deep/dε²", fraction(w, 1, 2), 1, func(q, _ rat) rat { return q })
}

// binaryKL compares factor·(q−p)²/(2q) with kl(p‖q) at the probabilities that two drawn laws give
// to each prefix.
func binaryKL(w *World[enc], claim string, factor int64) {
	c, o := field.NewCalc(interval(w)), w.Oracle()
	laws := [2][]enc{drawnLaw(w, 1, 1), drawnLaw(w, 2, 1)}
	one, two := w.FromInt(1), w.FromInt(2)
	for t := 1; t < w.T(); t++ {
		first, second := o.Marginals(laws[0], t), o.Marginals(laws[1], t)
		for i := range o.Len() {
			p, q := first[i], second[i]
			if !o.Opens(i, t) || c.Overlap(p, q) { // equal: others differ by far more than a rounding
				continue
			}
			if c.Sign(c.Sub(q, p)) == field.Negative {
				p, q = q, p
			}
			kl := c.Add(c.Mul(p, c.Log(c.Quo(p, q))), c.Mul(c.Sub(one, p), c.Log(c.Quo(c.Sub(one, p), c.Sub(one, q)))))
			square := c.Mul(c.Sub(q, p), c.Sub(q, p))
			if c.Err() != nil {
				undecided(w, c.Err())
				return
			}
			w.AtMost(verify.At(t+1, 0), claim, c.Mul(w.FromInt(factor), c.Quo(square, c.Mul(two, q))), kl)
		}
	}
}

func binaryPinsker(w *World[enc]) { binaryKL(w, "p ≤ q: (q−p)²/(2q) ≤ kl(p‖q)", 1) }

func binaryPinskerTwice(w *World[enc]) { binaryKL(w, "p ≤ q: (q−p)²/q ≤ kl(p‖q)", 2) }

// convexThreshold encloses the β below which the entry claims one minimiser.
func convexThreshold(w *World[enc]) (enc, bool) {
	s := softSolution(w)
	if s == nil {
		return enc{}, false
	}
	c := field.NewCalc(interval(w))
	reach, q := exact.Occupancy(w.Ring, w.Family.Process, s.Policy), w.Objective().Adversary
	least, bend, pull := w.FromInt(1), w.FromInt(0), w.FromInt(0)
	for t := 1; t <= w.T(); t++ {
		most := w.FromInt(0)
		for x, qx := range q[t-1] {
			lo, hi := w.Layer(t).Row(x)
			pull = c.Add(pull, c.Mul(c.Mul(power(w, t), qx), w.Dot(s.Policy[t-1][lo:hi], failures(w, t, x))))
			if t > 1 && c.Sign(qx) == field.Positive {
				least = smaller(c, least, reach[t-1][x])
				most = c.Neg(smaller(c, c.Neg(most), c.Neg(c.Quo(qx, reach[t-1][x]))))
			}
		}
		bend = c.Add(bend, c.Mul(power(w, t), most))
	}
	threshold := smaller(c, c.Quo(w.FromInt(1), bend), c.Quo(least, c.Mul(w.FromInt(8), pull)))
	if c.Err() != nil {
		undecided(w, c.Err())
	}
	return threshold, c.Err() == nil
}

// smaller encloses the smaller of two numbers.
func smaller(c *field.Calc, a, b enc) enc {
	switch c.Sign(c.Sub(a, b)) {
	case field.Positive:
		return b
	case field.Undecided:
		return c.Hull(a, b)
	}
	return a
}

// oneMinimiserAt claims that the function f of P(1) has one stationary point, for a β.
func oneMinimiserAt(w *World[enc], claim string, beta *big.Rat) {
	in := *w.Case.Instance
	in.Beta = beta
	g, err := exact.NewFirstToken(interval(w), &in)
	if err != nil {
		w.Vacuous()
		return
	}
	zeros, err := g.Stationary()
	if err != nil {
		undecided(w, err)
		return
	}
	minima := 0
	for _, z := range zeros {
		minima += truth(z.Minimum)
	}
	w.Same(Place{}, claim, minima, 1)
}

func oneMinimiser(w *World[enc]) {
	if w.V() != 2 || w.T() != 2 || !positiveBase(w) || len(w.Case.Recovery) == w.V() {
		w.Vacuous()
		return
	}
	threshold, ok := convexThreshold(w)
	if !ok {
		w.Vacuous()
		return
	}
	beta, _ := ends(w, threshold)
	oneMinimiserAt(w, "β below the threshold: number of local minima", beta)
}

func oneMinimiserAlways(w *World[enc]) {
	oneMinimiserAt(w, "number of local minima", w.Case.Beta)
}
