package theorems

import (
	"sounding/exact"
	"sounding/exact/definition"
	"sounding/exact/field"
)

// Logarithms as free variables. What is linear in logarithms of probabilities, in log Z, η
// and λ is a polynomial identity once these are symbols: it holds whatever numbers stand for
// them, and so for the logarithms. Of the logarithms only the law log(p/q) = log p − log q
// is used, in what is put for each ratio; exponentials are symbols of their own, u for e^η.

// Limits of the shapes that claims about one prefix, or about numbers alone, are certified
// for: longer trees would say the same again.
const (
	symbolLeaves = 256 // those about sequences, which have more variables than others
	prefixLeaves = 8
	scalarLeaves = 2
)

// A symbolic policy has the rows P(a|x) and the logarithms log(P(a|x)/P_0(a|x)) of its
// tokens, both indexed [t−1][e].
type symbolic[E any] struct {
	prob, log [][]E
}

// overEdges returns f of every edge, indexed [t−1][e]; x is the state that it leaves.
func overEdges[E any](w *World[E], f func(t, x, e int) E) [][]E {
	table := make([][]E, w.T())
	for t := 1; t <= w.T(); t++ {
		l := w.Layer(t)
		table[t-1] = make([]E, l.Edges())
		for x := range l.States() {
			for e, hi := l.Row(x); e < hi; e++ {
				table[t-1][e] = f(t, x, e)
			}
		}
	}
	return table
}

// anyRows returns arbitrary numbers that add up to 1 at every state, indexed [t−1][e]: the
// rows of any policy.
func anyRows[E any](w *World[E]) [][]E {
	table := make([][]E, w.T())
	for t := 1; t <= w.T(); t++ {
		l := w.Layer(t)
		for x := range l.States() {
			lo, hi := l.Row(x)
			row := w.Arbitrary(hi - lo - 1)
			table[t-1] = append(append(table[t-1], row...), w.Sub(w.FromInt(1), field.Sum(w.Ring, row)))
		}
	}
	return table
}

// anyEdges returns an arbitrary number for every edge, indexed [t−1][e].
func anyEdges[E any](w *World[E]) [][]E {
	table := make([][]E, w.T())
	for t := range table {
		table[t] = w.Arbitrary(w.Layer(t + 1).Edges())
	}
	return table
}

// drawn returns the policy P of the world, with arbitrary numbers for log(P/P_0).
func drawn[E any](w *World[E]) symbolic[E] { return symbolic[E]{w.Family.Prob, anyEdges(w)} }

// softened returns a policy with arbitrary rows and log(P*/P_0)(a|x) = φ(xa) − φ(x), with
// the φ of potential: the optimum of eq. 2, of which φ is the logarithm of the soft value.
func softened[E any](w *World[E], phi [][]E) symbolic[E] {
	return symbolic[E]{anyRows(w), increments(w, phi)}
}

// increments returns φ(xa) − φ(x) for every edge.
func increments[E any](w *World[E], phi [][]E) [][]E {
	return overEdges(w, func(t, x, e int) E { return w.Sub(phi[t][w.Layer(t).Next(e)], phi[t-1][x]) })
}

// potential returns φ(x), indexed [t][x]: arbitrary up to position T−1, and −λHarm at T.
func potential[E any](w *World[E]) [][]E {
	phi := make([][]E, w.T()+1)
	for t := range w.T() {
		phi[t] = w.Arbitrary(w.Layer(t + 1).States())
	}
	phi[w.T()] = scaled(w, w.Neg(w.Objective().Lambda), w.Family.Harm)
	return phi
}

// under returns the enumeration of the sequences under the rows of a policy.
func under[E any](w *World[E], prob [][]E) *definition.Oracle[E] {
	return defined(definition.New(w.Ring, w.Family.WithProb(prob)))
}

// wholeCost returns E_P[λHarm + Σ_{s>t} log(P/P_0)], by enumeration.
func wholeCost[E any](w *World[E], p symbolic[E], t int, lambda E) E {
	o := under(w, p.prob)
	cost := o.Harm()
	for i, h := range cost {
		cost[i] = w.Mul(lambda, h)
		for s := t + 1; s <= w.T(); s++ {
			cost[i] = w.Add(cost[i], p.log[s-1][o.Edge(i, s)])
		}
	}
	return o.Expectation(cost)
}

// rowMeans returns Σ_a P(a|x)·v(xa) per state x of layer t−1, v given per edge.
func rowMeans[E any](w *World[E], prob, v [][]E, t int) []E {
	l := w.Layer(t)
	means := make([]E, l.States())
	for x := range means {
		lo, hi := l.Row(x)
		means[x] = w.Dot(prob[t-1][lo:hi], v[t-1][lo:hi])
	}
	return means
}

// positionMeans returns Σ_x P(x)·Σ_a P(a|x)·v(xa) for t = 1…T at [t−1]: KL_t where v is
// the logarithm of a ratio.
func positionMeans[E any](w *World[E], prob, v [][]E) []E {
	occupancy := exact.Occupancy(w.Ring, w.Family.Process, prob)
	means := make([]E, w.T())
	for t := range means {
		means[t] = w.Dot(occupancy[t], rowMeans(w, prob, v, t+1))
	}
	return means
}

// minus returns u − v, edge by edge.
func minus[E any](w *World[E], u, v [][]E) [][]E {
	return overEdges(w, func(t, _, e int) E { return w.Sub(u[t-1][e], v[t-1][e]) })
}
