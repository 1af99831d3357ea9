package theorems

import (
	"math/big"
	"math/rand/v2"

	"sounding/exact/field"
	"sounding/model"
	"sounding/verify"
)

// Section 10.2: what harm information that drops to zero says of what is left open.

var cliffStatements = []*Statement{xCliff}

var xCliff = &Statement{
	ID: "x-cliff", Title: "Harm information can vanish and come back", Section: "10.2", Kind: verify.RefutedReading,
	Sentence: verify.Sentence{
		Place:   "Section 10.2",
		Says:    "An attacker should target the edge where harm information drops to zero.",
		Verdict: verify.Refuted,
		But:     "what the first t tokens leave open is the sum of all later harm information, which can vanish at one position and come back",
	},
	Formula: "E[Var(Harm|y_<t)] = Σ_{s≥t} I_s; it is 0 ⇔ Var(Harm|y_<t) = 0 at every prefix of positive probability",
	Reading: "The cliff edge is read as a position t with I_t > 0 = I_{t+1}: after it harm is decided, and " +
		"an attacker need not supply more.",
	Refuted: &Falsehood{
		Wording: "The cliff edge is where I_t drops to zero. That is: if I_t > 0 = I_{t+1}, the first t " +
			"tokens decide harm.",
		Check:  verify.Rational(cliff),
		Source: returningSource(),
	},
	Story:  xCliffStory,
	Saving: "It is true of the last position with harm information, which is the horizon (thm-9).",
	Repair: "What the first t−1 tokens leave open is the sum of all I_s that follow, not the next of them alone. It is an average over the policy's own prefixes.",
	Claims: []Claim{
		{
			Formula: "E[Var(Harm|y_<t)] = Σ_{s≥t} I_s",
			Kernel:  []string{"Martingale.residual"},
			Check:   verify.Identity(cliffResidual[rat], cliffResidual[mod]),
		},
		{
			Formula:    "Σ_{s≥t} I_s = 0 ⇒ Var(Harm|y_<t) = 0",
			Hypotheses: []string{"prefixes of positive probability"},
			Kernel:     []string{"Horizon.nothing_left"},
			Check:      verify.Rational(cliffDecided),
		},
	},
	NearMisses: []NearMiss{
		{Name: "the next information alone: E[Var(Harm|y_<t)] = I_t", Check: verify.Identity(cliffNext[rat], cliffNext[mod])},
		{Name: "Σ_{s>t} I_s", Check: verify.Identity(cliffLate[rat], cliffLate[mod])},
		{Name: "an attacker's prefix of probability zero", Drops: "prefixes of positive probability", Check: verify.Rational(cliffEverywhere), Looks: new(longer(needsHarmZeros)), Source: impossibleSource()},
	},
	Looks: needsHarm,
}

// returningSource supplies cases in which harm information vanishes and comes
// back: the second token of three means nothing, and behind the second first
// token the third decides.
func returningSource() *Source {
	return &Source{
		Draw: func(seed uint64, i int) *model.Case {
			r := rand.New(rand.NewPCG(seed, uint64(i)))
			v := 2 + int(r.Int64N(2))
			c := smallTree(v, 3, r)
			last := make([]int64, v*v*v) // weights of the third token, that depend on the first
			harm := make([]int64, v*v*v)
			for first := range v {
				row := integers(v, 1, 4, r)
				for second := range v {
					copy(last[(first*v+second)*v:], row)
					if first == 1 {
						harm[(first*v+second)*v] = 1
					}
				}
			}
			layers := []*model.Layer{c.Layer(1), c.Layer(2), mustModel(model.TreeLayer(v, model.NaturalsOf(last...)))}
			c.Instance = model.NewInstance(mustModel(model.NewProcess(v, layers, model.NaturalsOf(harm...), big.NewInt(1))))
			return c
		},
		Smallest: uniformTrees(3),
	}
}

func cliff(w *World[rat]) {
	for t := 1; t < w.T(); t++ {
		if w.IsZero(w.Solution().Information[t-1]) || !w.IsZero(w.Solution().Information[t]) {
			w.Vacuous()
			continue
		}
		w.Equal(verify.At(t, 0), "I_t > 0 = I_{t+1} ⇒ E[Var(Harm|y_≤t)] = 0", w.Oracle().ExpectedVariance(t), w.FromInt(0))
	}
}

// residual compares E[Var(Harm|y_<t)], by enumeration, with Σ_{s≥t+from} I_s, or with
// I_{t+from} if only is set.
func residual[E any](w *World[E], claim string, from int, only bool) {
	for t := 1; t <= w.T(); t++ {
		i := w.Solution().Information[min(t-1+from, w.T()):]
		if only {
			i = i[:1]
		}
		w.Equal(verify.At(t, 0), claim, w.Oracle().ExpectedVariance(t-1), field.Sum(w.Ring, i))
	}
}

func cliffResidual[E any](w *World[E]) {
	residual(w, "E[Var(Harm|y_<t)] = Σ_{s≥t} I_s", 0, false)
}

func cliffNext[E any](w *World[E]) { residual(w, "E[Var(Harm|y_<t)] = I_t", 0, true) }

func cliffLate[E any](w *World[E]) { residual(w, "E[Var(Harm|y_<t)] = Σ_{s>t} I_s", 1, false) }

// decided claims that Var(Harm|x) = 0 at the states of layer t where no
// information follows.
func decided(w *World[rat], claim string, everywhere bool) {
	for t := 0; t <= w.T(); t++ {
		if !w.IsZero(field.Sum(w.Ring, w.Solution().Information[t:])) {
			w.Vacuous()
			continue
		}
		for x := range w.States(t + 1) {
			if everywhere || !w.IsZero(w.Solution().Occupancy[t][x]) {
				w.Equal(verify.At(t+1, x), claim, w.Oracle().Variance()[t][x], w.FromInt(0))
			}
		}
	}
}

func cliffDecided(w *World[rat]) { decided(w, "Σ_{s≥t} I_s = 0 ⇒ Var(Harm|y_<t) = 0", false) }

func cliffEverywhere(w *World[rat]) {
	decided(w, "Σ_{s≥t} I_s = 0 ⇒ Var(Harm|y_<t) = 0 everywhere", true)
}
