package theorems

import (
	"sounding/exact/definition"
	"sounding/exact/field"
	"sounding/verify"
)

// Remark 2 made quantitative: what of harm the contribution of a position depends on.

var contributionsSimilarStatements = []*Statement{remark2Similar}

var remark2Similar = &Statement{
	ID: "rem-2-similar", Title: "Tokens that lead to similar harm contribute little", Section: "5", Twin: "rem-2",
	Formula: "‖C‖ ≤ ½·osc(h_t)·E[‖s_t‖ | y_<t], C = Cov(h_t, s_t | y_<t); h_t = h'_t ⇒ G_t = G'_t",
	Reading: "osc(h_t) = max − min of h_t(y_<t a) over the tokens a of positive probability. The bound is " +
		"checked without roots: along every coordinate and along C itself, ‖C‖² ≤ ½·osc(h_t)·E|C·s_t|, from " +
		"which the bound on ‖C‖ follows with |C·s_t| ≤ ‖C‖·‖s_t‖. Two harm functions with equal h_t differ " +
		"by f − E[f|y_≤t] for some function f of the sequence, so f is left free.",
	Claims: []Claim{
		{
			Formula:    "|u·C| ≤ ½·osc(h_t)·E[|u·s_t| | y_<t] for u = C and every coordinate u",
			Hypotheses: []string{"osc over the tokens of positive probability"},
			Kernel:     []string{"Pairing.oscillation"},
			Check:      verify.Rational(oscillation),
		},
		{
			Formula: "Harm' = Harm + f − E[f|y_≤t] ⇒ G'_t = G_t, for arbitrary f",
			Kernel:  []string{"Gradient.gradient_shifted"},
			Check:   verify.Identity(equalMeans[rat], equalMeans[mod]),
		},
	},
	NearMisses: []NearMiss{
		{Name: "a quarter of the oscillation", Check: verify.Rational(oscillationQuarter)},
		{Name: "the mean of |Δ_t| in place of ½·osc(h_t)", Check: verify.Rational(oscillationMean)},
		{Name: "½·osc(h_{t−1}), over the tokens of the position before", Check: verify.Rational(oscillationEarly)},
		{Name: "equal h_{t−1} suffices", Check: verify.Identity(equalMeansEarly[rat], equalMeansEarly[mod])},
		{Name: "equal h_t: later positions contribute alike too", Check: verify.Identity(equalMeansLater[rat], equalMeansLater[mod])},
		{Name: "equal E[Harm] suffices", Check: verify.Identity(equalMeansTotal[rat], equalMeansTotal[mod])},
	},
	Looks: needsHarm,
}

// similar compares |u·C|, C by enumeration, with scale(t, x)·E|u·s_t|, for u = C and
// every coordinate u.
func similar(w *World[rat], claim string, scale func(t, x int) rat) {
	score := w.Oracle().Score(*w.Family.Param)
	everyPrefix(w, func(t, x int) {
		c := score.Local(t, x)
		p, s, bound := w.Row(t, x), scores(w, t, x), scale(t, x)
		// along compares u·C with the mean of |u·s_t|, u·s_t given per token.
		along := func(what string, left rat, projected []rat) {
			mean := w.FromInt(0)
			for a, v := range projected {
				mean = w.Add(mean, w.Mul(p[a], magnitude(w, v)))
			}
			w.AtMost(verify.At(t, x).Where("%s", what), claim, magnitude(w, left), w.Mul(bound, mean))
		}
		onto := make([]rat, len(p)) // C·s_t
		for a := range onto {
			onto[a] = w.FromInt(0)
			for i := range c {
				onto[a] = w.Add(onto[a], w.Mul(c[i], s[i][a]))
			}
		}
		along("along C", norm2(w, c), onto)
		for i := range c {
			along("along a coordinate", c[i], s[i])
		}
	})
}

// magnitude returns |v|.
func magnitude(w *World[rat], v rat) rat {
	if w.SignOf(v) == field.Negative {
		return w.Neg(v)
	}
	return v
}

// spread returns 1/d·osc(h_t) at state x of layer t−1, over the tokens of positive
// probability.
func spread(w *World[rat], d int64, t, x int) rat {
	var least, most rat
	first := true
	p := w.Row(t, x)
	for a, h := range w.After(t, x, w.Solution().H[t]) {
		if w.IsZero(p[a]) {
			continue
		}
		if first || w.SignOf(w.Sub(h, least)) == field.Negative {
			least = h
		}
		if first || w.SignOf(w.Sub(most, h)) == field.Negative {
			most = h
		}
		first = false
	}
	return w.Mul(fraction(w, 1, d), w.Sub(most, least))
}

func oscillation(w *World[rat]) {
	similar(w, "|u·C| ≤ ½·osc(h_t)·E|u·s_t|", func(t, x int) rat { return spread(w, 2, t, x) })
}

func oscillationQuarter(w *World[rat]) {
	similar(w, "|u·C| ≤ ¼·osc(h_t)·E|u·s_t|", func(t, x int) rat { return spread(w, 4, t, x) })
}

func oscillationMean(w *World[rat]) {
	similar(w, "|u·C| ≤ E|Δ_t|·E|u·s_t|", func(t, x int) rat {
		mean := w.FromInt(0)
		for a, d := range innovation(w, t, x) {
			mean = w.Add(mean, w.Mul(w.Row(t, x)[a], magnitude(w, d)))
		}
		return mean
	})
}

// oscillationEarly takes the largest oscillation of h_{t−1} in place of that of h_t.
func oscillationEarly(w *World[rat]) {
	similar(w, "|u·C| ≤ ½·osc(h_{t−1})·E|u·s_t|", func(t, _ int) rat {
		most := w.FromInt(0)
		if t == 1 {
			return spread(w, 2, 1, 0)
		}
		for x := range w.States(t - 1) {
			if s := spread(w, 2, t-1, x); w.SignOf(w.Sub(s, most)) == field.Positive {
				most = s
			}
		}
		return most
	})
}

// otherHarm returns Harm + f − E[f|y_≤k] per sequence, f an arbitrary function of the
// state at the end: a harm with the same h_k.
func otherHarm[E any](w *World[E], k int) []E {
	o, f := w.Oracle(), w.Test()[w.T()]
	mean := defined(definition.New(w.Ring, w.Family.Numbers.WithHarm(f))).Mean()[k]
	harm := o.Harm()
	for i, h := range harm {
		harm[i] = w.Add(h, w.Sub(f[o.State(i, w.T())], mean[o.State(i, k)]))
	}
	return harm
}

// samePart compares the part of position t in the derivative of E[Harm'], by
// enumeration, with that of E[Harm], by recursion, for Harm' with the same h_k.
func samePart[E any](w *World[E], claim string, k, t int) {
	m, other := w.Solution(), otherHarm(w, k)
	for _, tangent := range w.Tangents() {
		w.Equal(verify.At(t, 0), claim, w.Oracle().Derivative(other, tangent)[t-1], contribution(w, t, tangent, m.Occupancy[t-1], m.H[t]))
	}
}

func equalMeans[E any](w *World[E]) {
	for t := 1; t <= w.T(); t++ {
		samePart(w, "h'_t = h_t ⇒ G'_t = G_t", t, t)
	}
}

func equalMeansEarly[E any](w *World[E]) {
	for t := 1; t <= w.T(); t++ {
		samePart(w, "h'_{t−1} = h_{t−1} ⇒ G'_t = G_t", t-1, t)
	}
}

func equalMeansLater[E any](w *World[E]) {
	for t := 1; t < w.T(); t++ {
		samePart(w, "h'_t = h_t ⇒ G'_{t+1} = G_{t+1}", t, t+1)
	}
}

func equalMeansTotal[E any](w *World[E]) {
	for t := 1; t <= w.T(); t++ {
		samePart(w, "E[Harm'] = E[Harm] ⇒ G'_t = G_t", 0, t)
	}
}
