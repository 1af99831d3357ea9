package training

import (
	"math"
	"math/big"
	"slices"
)

// termMistakes are common to divergences and entropies: right is the quantity per
// position, term what a token adds to it.
func termMistakes(right answer, term func(c rough, t, e int) float64) []form {
	own := func(c rough) func(t, e int) float64 { return func(t, e int) float64 { return term(c, t, e) } }
	return []form{
		negative(right),
		{"zero", func(c rough) []float64 { return c.zeros(c.in.Length()) }},
		{"prefix probability missing", func(c rough) []float64 {
			return c.perPosition(func(int, int) float64 { return 1 }, own(c))
		}},
		{"prefixes of the reference", func(c rough) []float64 {
			return c.perPosition(func(t, x int) float64 { return c.reference.state[t-1][x] }, own(c))
		}},
		{"prefixes of the behaviour policy", func(c rough) []float64 {
			return c.perPosition(func(t, x int) float64 { return c.behaviour.state[t-1][x] }, own(c))
		}},
		{"probability counted twice", func(c rough) []float64 {
			return c.perPosition(c.prefixes, func(t, e int) float64 { return c.policy.p[t-1][e] * term(c, t, e) })
		}},
		unmasked(right),
		cold(right),
		inBits(right),
		{"mean over padded length", func(c rough) []float64 { return c.times(1/float64(c.in.Length()), right(c)) }},
		{"first position dropped", func(c rough) []float64 { return dropped(c, right(c), 0) }},
		{"last position dropped", func(c rough) []float64 { return dropped(c, right(c), c.in.Length()-1) }},
		{"shifted by one", func(c rough) []float64 { return append([]float64{0}, right(c)[:c.in.Length()-1]...) }},
	}
}

// dropped returns v with 0 at i.
func dropped(c rough, v []float64, i int) []float64 {
	v[i] = 0
	return v
}

// scaledLog is a log-probability that a solver divides by the temperature where it
// should have divided the logits: log p/τ of the policy at temperature 1.
func (c rough) scaledLog(r func(c rough) *rows[float64]) [][]float64 {
	cold := c.seen(view{cold: true})
	logs := cold.logs(r(cold))
	if τ := c.temperature(); τ != nil {
		for i := range logs {
			logs[i] = c.times(c.FromRat(new(big.Rat).Inv(τ)), logs[i])
		}
	}
	return logs
}

func policyRows(c rough) *rows[float64]    { return &c.policy }
func referenceRows(c rough) *rows[float64] { return &c.reference }

// klValueMistakes are those of the KL per position.
func klValueMistakes() []form {
	list := termMistakes(rough.kl, rough.klTerm)
	return append(list,
		padded(rough.kl),
		form{"reference and policy exchanged", rough.klForward},
		form{"exchanged, prefixes too", func(c rough) []float64 {
			return c.perPosition(func(t, x int) float64 { return c.reference.state[t-1][x] }, c.forwardTerm)
		}},
		form{"square of the log-ratio", func(c rough) []float64 {
			return c.perPosition(c.prefixes, func(t, e int) float64 {
				return c.policy.p[t-1][e] * c.k2(step{t: t, e: e})
			})
		}},
		form{"k3 off policy", func(c rough) []float64 {
			return c.perPosition(func(t, x int) float64 { return c.behaviour.state[t-1][x] }, func(t, e int) float64 {
				return c.behaviour.p[t-1][e] * c.k3(step{t: t, e: e})
			})
		}},
		form{"importance weight missing", func(c rough) []float64 {
			return c.perPosition(func(t, x int) float64 { return c.behaviour.state[t-1][x] }, func(t, e int) float64 {
				return c.behaviour.p[t-1][e] * c.ratio(t, e)
			})
		}},
		form{"temperature divides log-probabilities", func(c rough) []float64 {
			p, p0 := c.scaledLog(policyRows), c.scaledLog(referenceRows)
			return c.perPosition(c.prefixes, func(t, e int) float64 {
				return c.policy.p[t-1][e] * (p[t-1][e] - p0[t-1][e])
			})
		}},
	)
}

func klForwardMistakes() []form {
	list := termMistakes(rough.klForward, rough.forwardTerm)
	return append(list,
		form{"reference and policy exchanged", rough.kl},
		padded(rough.klForward),
	)
}

func entropyMistakes() []form {
	list := termMistakes(rough.entropy, rough.entropyTerm)
	return append(list,
		form{"temperature divides log-probabilities", func(c rough) []float64 {
			log := c.scaledLog(policyRows)
			return c.perPosition(c.prefixes, func(t, e int) float64 { return -(c.policy.p[t-1][e] * log[t-1][e]) })
		}},
		form{"entropy of the reference", func(c rough) []float64 {
			return c.perPosition(c.prefixes, func(t, e int) float64 {
				return -(c.reference.p[t-1][e] * c.logs(&c.reference)[t-1][e])
			})
		}},
	)
}

// klSumMistakes are those of KL(P‖P_0) of whole sequences.
func klSumMistakes() []form {
	var list []form
	for _, f := range klValueMistakes() {
		if f.mistake != "shifted by one" {
			list = append(list, form{f.mistake, func(c rough) []float64 { return []float64{c.sum(f.of(c))} }})
		}
	}
	return append(list,
		form{"mean over all tokens", func(c rough) []float64 {
			tokens := 0.0
			c.each(func(t, x, e int) {
				tokens += c.policy.state[t-1][x] * c.policy.p[t-1][e]
			})
			if !slices.ContainsFunc(c.acting, func(x []bool) bool { return slices.Contains(x, true) }) {
				return c.zeros(1)
			}
			return []float64{c.sum(c.kl()) / tokens}
		}},
		form{"mean over tokens", func(c rough) []float64 {
			sum := 0.0
			for _, p := range c.paths() {
				w := c.probability(p) * c.product(p, c.weight)
				sum += w * c.mean(p, c.sum(c.perToken(p, c.k1)))
			}
			return []float64{sum}
		}},
	)
}

// jsdMistakes are those of the generalised Jensen–Shannon divergence.
func jsdMistakes() []form {
	each := func(f func(c rough, w float64) []float64) answer {
		return func(c rough) []float64 {
			var list []float64
			for _, w := range c.q.JSDWeights {
				list = append(list, f(c, c.FromRat(w))...)
			}
			return list
		}
	}
	return []form{
		negative(rough.jsd),
		{"zero", func(c rough) []float64 { return c.times(0, c.jsd()) }},
		{"mixture weights exchanged", each(func(c rough, w float64) []float64 { return c.skewed(1-w, w) })},
		{"reference and policy exchanged", each(func(c rough, w float64) []float64 { return c.skewed(1-w, 1-w) })},
		{"mixture of log-probabilities", each(func(c rough, w float64) []float64 {
			// log m = w·log p + (1−w)·log p_0 without its norm.
			// w·KL(p‖m) = w(1−w)·KL(p‖p_0), likewise the other.
			return c.times(w*(1-w), c.plus(c.kl(), 1, c.klForward()))
		})},
		{"divided by its limit", each(func(c rough, w float64) []float64 {
			return c.times(1/(w*(1-w)), c.skewed(w, w))
		})},
		{"KL at the limits", each(func(c rough, w float64) []float64 { return c.kl() })},
		{"half of each", each(func(c rough, w float64) []float64 {
			return c.skewed(w, 1./2)
		})},
		unmasked(rough.jsd),
		padded(rough.jsd),
		cold(rough.jsd),
	}
}

// optimumMistakes are those of the rows of P*.
func optimumMistakes() []form {
	tilt := func(c rough, λ *big.Rat) []float64 {
		u := make([]float64, c.in.States(c.in.Length()))
		for x := range u {
			u[x] = math.Exp(c.FromRat(new(big.Rat).Mul(λ, c.in.HarmAt(x))))
		}
		return u
	}
	return []form{
		{"sign", func(c rough) []float64 { return c.tilted(tilt(c, c.in.Lambda)) }},
		{"base for tilted", func(c rough) []float64 { return c.tilted(tilt(c, new(big.Rat))) }},
		{"weight missing", func(c rough) []float64 { return c.tilted(tilt(c, big.NewRat(-1, 1))) }},
		{"policy for reference", func(c rough) []float64 {
			own := *c.calculation
			own.reference = c.policy
			return own.optimum()
		}},
		{"mean harm for log-mean-exp", func(c rough) []float64 {
			base := *c.calculation
			base.policy = c.reference
			_, edge := base.values(big.NewRat(1, 1))
			λ := -c.FromRat(c.in.Lambda)
			g := c.tokens()
			for t := 1; t <= c.in.Length(); t++ {
				l := c.in.Layer(t)
				for x := range l.States() {
					sum := 0.0
					lo, hi := l.Row(x)
					v := make([]float64, hi-lo)
					for e := lo; e < hi; e++ {
						v[e-lo] = c.reference.p[t-1][e] * math.Exp(λ*edge[t-1][e])
						sum += v[e-lo]
					}
					for e := lo; e < hi; e++ {
						g.value[g.at(t, x, l.Token(e))] = v[e-lo] / sum
					}
				}
			}
			return g.value
		}},
	}
}

// fisherMistakes are those of the Fisher matrices.
func fisherMistakes() []form {
	return []form{
		{"square of the mean", func(c rough) []float64 {
			return c.matrices(func(float64, float64, bool) float64 { return 0 })
		}},
		negative(rough.fisher),
		{"uncentred", func(c rough) []float64 {
			return c.matrices(func(p, q float64, same bool) float64 {
				if same {
					return p
				}
				return 0
			})
		}},
		{"diagonal alone", func(c rough) []float64 {
			return c.matrices(func(p, q float64, same bool) float64 {
				if same {
					return p * (1 - p)
				}
				return 0
			})
		}},
		{"weighted by the prefix", func(c rough) []float64 {
			m, v := c.fisher(), c.in.Vocabulary()
			i := 0
			for t := 1; t <= c.in.Length(); t++ {
				for x := range c.in.States(t - 1) {
					for range v * v {
						m[i] *= c.policy.state[t-1][x]
						i++
					}
				}
			}
			return m
		}},
		unmasked(rough.fisher),
	}
}
