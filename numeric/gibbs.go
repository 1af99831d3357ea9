package numeric

import (
	"math"

	"sounding/model"
)

// seriesEta is the tilt up to which the Gibbs KL comes from its power series.
// There the closed form would lose η^−2 of its relative accuracy, and the series
// needs no logarithm.
const seriesEta = 1.0 / 32

// gibbs holds what the recovery quantities of a position need to know about its tilt η.
type gibbs struct {
	eta, tilt float64 // η and e^−η
	series    gibbsSeries
}

func newGibbs(eta float64) gibbs {
	return gibbs{eta: eta, tilt: math.Exp(-eta), series: newGibbsSeries(min(eta, seriesEta))}
}

// recover sets ρ_0(x) = Σ_{a∈R} p(a|x) for the rows lo ≤ x < hi.
func (l *level) recover(tokens []int, lo, hi int) {
	rho := l.Recovery
	if v := l.uniform; l.layer.Dense() && len(tokens) == 1 {
		at := lo*v + tokens[0]
		for x := lo; x < hi; x++ {
			rho[x] = l.Conditional[at]
			at += v
		}
		return
	}
	for x := lo; x < hi; x++ {
		var sum float64
		if l.layer.Dense() {
			row := l.Conditional[x*l.uniform : (x+1)*l.uniform]
			for _, a := range tokens {
				sum += row[a]
			}
		} else {
			for _, a := range tokens {
				if e, ok := l.layer.Edge(x, a); ok {
					sum += l.Conditional[e]
				}
			}
		}
		rho[x] = min(1, sum)
	}
}

// recovery returns the sums of the recovery quantities over the rows lo ≤ x < hi.
func (w *worker) recovery(in *model.Instance, l *level, lo, hi int) sums {
	l.recover(in.Recovery, lo, hi)
	rho := l.Recovery[lo:hi]
	prob, adversary := l.Probability[lo:hi][:len(rho)], l.Adversary[lo:hi][:len(rho)]
	var recovery, information, gibbs, kl float64
	eta, tilt, series := l.gibbs.eta, l.gibbs.tilt, &l.gibbs.series
	if eta <= seriesEta {
		done := 0
		if n := len(rho) &^ 3; vector && n > 0 {
			var s [4][4]float64
			series4(&s, series, &rho[0], &prob[0], &adversary[0], n)
			recovery, information, gibbs, kl = lanes(s[0]), lanes(s[1]), lanes(s[2]), lanes(s[3])
			done = n
		}
		for i := done; i < len(rho); i++ {
			r := rho[i]
			p, variance := prob[i], r*(1-r)
			recovery += p * r
			information += adversary[i] * variance
			gibbs += p * series.star(r)
			kl += p * series.kl(r, variance)
		}
		return sums{recovery: recovery, recoveryInformation: information, gibbsRecovery: gibbs, gibbsKL: kl}
	}
	// With w = e^−η and n = ρ_0 + (1−ρ_0)w: ρ* = ρ_0/n and KL = −η(1−ρ*) − log n,
	// for which no exponential can overflow.
	n, logN := w.gibbs[:len(rho)], w.logGibbs[:len(rho)]
	for i, r := range rho {
		n[i] = r + (1-r)*tilt
		if r == 0 { // nothing to tilt; n may have underflowed
			n[i] = 1
		}
	}
	logs(logN, n)
	for i, r := range rho {
		p, rest, inverse := prob[i], 1-r, 1/n[i]
		recovery += p * r
		information += adversary[i] * r * rest
		gibbs += p * r * inverse
		// A negative KL is rounding: the truth is at least 0.
		if local := -eta*(rest*tilt*inverse) - logN[i]; r > 0 && local > 0 {
			kl += p * local
		}
	}
	return sums{recovery: recovery, recoveryInformation: information, gibbsRecovery: gibbs, gibbsKL: kl}
}

// gibbsSeries evaluates ρ* and the Gibbs KL at a small tilt η:
//
//	KL = Σ_{k≥2} (k−1)·κ_k·η^k/k!
//
// with κ_k the cumulants of a Bernoulli variable of mean ρ, polynomials in v =
// ρ(1−ρ) for even k and (1−2ρ) times one for odd k. The cumulant generating
// function is analytic for |η| < π, where κ_k/k! decays like π^−k: the terms
// left out, k ≥ 11, are below 2^−59 of the first at η ≤ 2^−5.
//
// Gathered by powers of v and of the skewness 1−2ρ, which makes two polynomials
// of degrees four and three.
// The assembly knows the order of the fields.
type gibbsSeries struct {
	expm1 float64
	even  [5]float64
	odd   [4]float64
}

func newGibbsSeries(eta float64) gibbsSeries {
	var c [11]float64 // c[k] = (k−1)·η^k/k!
	power, factorial := eta, 1.0
	for k := 2; k < len(c); k++ {
		power *= eta
		factorial *= float64(k)
		c[k] = float64(k-1) * power / factorial
	}
	// κ_2 = v, κ_4 = v(1 − 6v), κ_6 = v(1 − 30v + 120v²), κ_8 = v(1 − 126v +
	// 1680v² − 5040v³), κ_10 = v(1 − 510v + 17640v² − 151200v³ + 362880v⁴); κ_3 = v·s,
	// κ_5 = v·s(1 − 12v), κ_7 = v·s(1 − 60v + 360v²), κ_9 = v·s(1 − 252v + 5040v² −
	// 20160v³), s = 1 − 2ρ.
	return gibbsSeries{
		expm1: math.Expm1(eta),
		even: [5]float64{
			c[2] + c[4] + c[6] + c[8] + c[10],
			-6*c[4] - 30*c[6] - 126*c[8] - 510*c[10],
			120*c[6] + 1680*c[8] + 17640*c[10],
			-5040*c[8] - 151200*c[10],
			362880 * c[10],
		},
		odd: [4]float64{
			c[3] + c[5] + c[7] + c[9],
			-12*c[5] - 60*c[7] - 252*c[9],
			360*c[7] + 5040*c[9],
			-20160 * c[9],
		},
	}
}

func (g *gibbsSeries) star(rho float64) float64 {
	up := rho * g.expm1
	return (rho + up) / (1 + up)
}

// kl takes ρ and v = ρ(1−ρ).
func (g *gibbsSeries) kl(rho, v float64) float64 {
	even := g.even[0] + v*(g.even[1]+v*(g.even[2]+v*(g.even[3]+v*g.even[4])))
	odd := g.odd[0] + v*(g.odd[1]+v*(g.odd[2]+v*g.odd[3]))
	return v * (even + (1-2*rho)*odd)
}
