package gate

import (
	"math"
	"slices"

	"sounding/gate/training"
	"sounding/model"
	"sounding/numeric"
)

// mistake is a known way to get quantities of the paper wrong.
type mistake struct {
	training.Mistake
	of    []Quantity
	wrong func(w *attempt) [][]float64 // its forms
}

// attempt is what the wrong answers for a quantity are made of.
type attempt struct {
	quantity Quantity
	in       *model.Instance
	truth    []float64 // of the quantity, near to it
	solved   *numeric.Solver
}

func known(name, explanation string, wrong func(w *attempt) [][]float64, of ...Quantity) mistake {
	return mistake{training.Mistake{Name: name, Explanation: explanation}, of, wrong}
}

// mistakes are the known ones.
var mistakes = []mistake{
	known("shifted by one", "Numbers stand one position off.", func(w *attempt) [][]float64 {
		last := len(w.truth) - 1
		return [][]float64{append([]float64{0}, w.truth[:last]...), append(slices.Clone(w.truth[1:]), 0)}
	}, perPositions...),
	known("last position dropped", "The last position does not count.", func(w *attempt) [][]float64 {
		last := len(w.truth) - 1
		return [][]float64{append(w.truth[:last:last], 0)}
	}, perPositions...),
	known("prefix probability missing", "Every state counts once, whatever the probability of its prefix.",
		perState((*attempt).local),
		information, "gradient_norm_squared", "fisher_trace", "recovery_probability"),
	known("uncentred", "The harm that is expected before the token is not subtracted.",
		perState(func(w *attempt, t int, l *numeric.Tables, x int) (sum float64) {
			for e, hi := w.in.Layer(t).Row(x); e < hi; e++ {
				p, h := l.Conditional[e], l.Value[x]+l.Innovation[e]
				if w.quantity == information {
					sum += l.Probability[x] * p * h * h
				} else {
					sum += l.Probability[x] * p * h * l.Probability[x] * p * h
				}
			}
			return sum
		}), information, "gradient_norm_squared"),
	known("second moment for variance", "The square of the mean is not subtracted.", func(w *attempt) [][]float64 {
		mean := w.solved.Tables(1).Value[0]
		return [][]float64{{w.truth[0] + mean*mean}}
	}, "variance"),
	known("deviation for variance", "It is the square root.", each(math.Sqrt), "variance"),
	known("norm for its square", "It is the square root.", each(math.Sqrt), "gradient_norm_squared"),
	known("mean over positions", "The information is averaged over positions, not summed.", func(w *attempt) [][]float64 {
		return [][]float64{{w.truth[0] / float64(w.in.Length())}}
	}, "variance"),
	known("policy's prefixes for Q", "Prefixes are weighed by P, not by Q.",
		perState(func(_ *attempt, _ int, l *numeric.Tables, x int) float64 {
			return l.Probability[x] * l.Recovery[x] * (1 - l.Recovery[x])
		}), "recovery_information"),
	known("power of gamma", "The tilt of position t has γ^{t−1}, not γ^t.", gibbs(-1, 1), "gibbs_recovery", "gibbs_kl"),
	known("sign of the tilt", "Tokens of R are made rarer.", gibbs(0, -1), "gibbs_recovery", "gibbs_kl"),
	known("base 2", "Logarithms are to base 2.", each(func(v float64) float64 { return v / math.Ln2 }), "gibbs_kl", "equilibrium_kl"),
	known("KL reversed", "It is the KL of the base with respect to the tilted distribution.", reversedGibbs, "gibbs_kl"),
	known("KL reversed", "It is the KL of the base with respect to the tilted distribution.", func(w *attempt) [][]float64 {
		return [][]float64{w.equilibrium(true, reversedKLTerm), w.equilibrium(false, reversedKLTerm)}
	}, "equilibrium_kl"),
	known("base for tilted", "Prefixes are weighed by P_0, not by P*.", func(w *attempt) [][]float64 {
		return [][]float64{w.equilibrium(false, klTerm)}
	}, "equilibrium_kl"),
}

// perPositions are the quantities with a number per position.
var perPositions = []Quantity{
	information, "gradient_norm_squared", "fisher_trace", "recovery_probability", "recovery_information", "gibbs_recovery", "gibbs_kl", "equilibrium_kl",
}

// knownMistakes returns those of a quantity.
func knownMistakes(q Quantity) []training.Mistake {
	var list []training.Mistake
	for _, m := range mistakes {
		if slices.Contains(m.of, q) {
			list = append(list, m.Mistake)
		}
	}
	return list
}

// wrongAnswers returns what the mistakes that are needed make of a quantity, in float64.
func wrongAnswers(q Quantity, in *model.Instance, truth []float64, needed func(mistake string) bool) map[string][][]float64 {
	wrong := make(map[string][][]float64)
	w := &attempt{quantity: q, in: in, truth: truth}
	for _, m := range mistakes {
		if !slices.Contains(m.of, q) || !needed(m.Name) {
			continue
		}
		if w.solved == nil {
			w.solved = numeric.New(in)
			w.solved.Solve()
		}
		wrong[m.Name] = m.wrong(w)
	}
	return wrong
}

// each returns the truth with a function applied to every number.
func each(f func(v float64) float64) func(w *attempt) [][]float64 {
	return func(w *attempt) [][]float64 {
		list := make([]float64, len(w.truth))
		for i, v := range w.truth {
			list[i] = f(v)
		}
		return [][]float64{list}
	}
}

// perState returns sums over the states before every position.
func perState(term func(w *attempt, t int, l *numeric.Tables, x int) float64) func(w *attempt) [][]float64 {
	return func(w *attempt) [][]float64 {
		list := make([]float64, len(w.truth))
		for i := range list {
			l := w.solved.Tables(i + 1)
			for x := range l.Probability {
				list[i] += term(w, i+1, &l, x)
			}
		}
		return [][]float64{list}
	}
}

// local returns what the quantity is given a state.
func (w *attempt) local(t int, l *numeric.Tables, x int) (sum float64) {
	switch w.quantity {
	case "fisher_trace":
		return l.FisherTrace[x]
	case "recovery_probability":
		return l.Recovery[x]
	}
	for e, hi := w.in.Layer(t).Row(x); e < hi; e++ {
		p, d := l.Conditional[e], l.Innovation[e]
		if w.quantity == information {
			sum += p * d * d
		} else {
			sum += p * d * p * d
		}
	}
	return sum
}

// gibbs returns the Gibbs quantities at the tilt sign·βγ^{t+shift}.
func gibbs(shift int, sign float64) func(w *attempt) [][]float64 {
	return perState(func(w *attempt, t int, l *numeric.Tables, x int) float64 {
		ρ := l.Recovery[x]
		if ρ == 0 {
			return 0
		}
		beta, _ := w.in.Beta.Float64()
		gamma, _ := w.in.Gamma.Float64()
		η := sign * beta * math.Pow(gamma, float64(t+shift))
		logZ := logNormaliser(ρ, η)
		tilted := ρ * math.Exp(η-logZ)
		if w.quantity == "gibbs_recovery" {
			return l.Probability[x] * tilted
		}
		return l.Probability[x] * (η*tilted - logZ)
	})
}

// reversedGibbs returns the mean of KL(p_0‖p*) = log Z − ηρ_0.
func reversedGibbs(w *attempt) [][]float64 {
	return perState(func(w *attempt, t int, l *numeric.Tables, x int) float64 {
		η, _ := w.in.Eta(t).Float64()
		return l.Probability[x] * (logNormaliser(l.Recovery[x], η) - η*l.Recovery[x])
	})(w)
}

// logNormaliser returns log Z = log(ρe^η + 1 − ρ), by the larger exponent.
func logNormaliser(ρ, η float64) float64 {
	switch {
	case ρ == 0:
		return 0
	case ρ == 1:
		return η
	}
	top := math.Max(η, 0)
	return top + math.Log(ρ*math.Exp(η-top)+(1-ρ)*math.Exp(-top))
}

// equilibrium returns, by position, the mean of a sum over tokens, of terms in their
// probability p and in u = log(p*/p). Prefixes are those of P*, or of P.
func (w *attempt) equilibrium(tilted bool, term func(p, u float64) float64) []float64 {
	λ, _ := w.in.Lambda.Float64()
	w.solved.Equilibrium(λ) // for the table LogZ
	list := make([]float64, len(w.truth))
	mass := []float64{1}
	for t := 1; t <= w.in.Length(); t++ {
		l, layer := w.solved.Tables(t), w.in.Layer(t)
		next := make([]float64, w.in.States(t))
		for x := range mass {
			weight := l.Probability[x]
			if tilted {
				weight = mass[x]
			}
			for e, hi := layer.Row(x); e < hi; e++ {
				y, p := layer.Next(e), l.Conditional[e]
				if p == 0 {
					continue
				}
				var u float64
				if t == w.in.Length() {
					harm, _ := w.in.HarmAt(y).Float64()
					u = -λ*harm - l.LogZ[x]
				} else {
					u = w.solved.Tables(t + 1).LogZ[y] - l.LogZ[x]
				}
				list[t-1] += weight * term(p, u)
				next[y] += mass[x] * p * math.Exp(u)
			}
		}
		mass = next
	}
	return list
}

// The terms of KL(p*‖p) and of KL(p‖p*).
func klTerm(p, u float64) float64         { return p * math.Exp(u) * u }
func reversedKLTerm(p, u float64) float64 { return -p * u }
