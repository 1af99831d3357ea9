package theorems

import (
	"fmt"
	"math/big"

	"sounding/exact"
	"sounding/generators"
	"sounding/verify"
)

// Appendix B: recovery by softmax models, whose probabilities are positive and may decay.

var softmaxModelsStatements = []*Statement{remark10}

var remark10 = &Statement{
	ID: "rem-10", Title: "Softmax models", Section: "B.6",
	Sentence: verify.Sentence{
		Says: "A softmax gives every token positive probability; the penalty needed grows with the log-odds against recovery.",
		But:  "with its numbers reconstructed",
	},
	Formula: "ρ_0 > 0; ρ* = ε exactly at e^η = (ε/(1−ε))·(1−ρ_0)/ρ_0, for ρ_0 = 10⁻⁶, ε = ½ at η = log(10⁶−1) = 13.8155…; ρ_0 = c·e^{−αt}: η = logit ε + αt − log c + o(1), o(1) = log(1−ρ_0) ∈ (−ρ_0/(1−ρ_0), −ρ_0)",
	Reading: "The numbers are a reconstruction.",
	Claims: []Claim{
		{
			Formula:    "ρ_0 > 0; e^η = (ε/(1−ε))·(1−ρ_0)/ρ_0 ⇒ ρ* = ε, and ρ* < ε for e^η less by a factor 1 − 10⁻⁹; ρ_0 = 10⁻⁶, e^η = 10⁶ − 1 ⇒ ρ* = ½",
			Hypotheses: []string{"for ρ_0 > 0: positive weights and R not empty"},
			Kernel:     []string{"Gibbs.mass_pos", "Attack.penalty_exact", "Attack.penalty_short", "Attack.one_in_a_million"},
			Check:      verify.Rational(rem10),
		},
		{
			Formula: "η = logit ε − logit ρ_0 ⇒ ρ* = ε",
			Kernel:  []string{"Attack.penalty_exact"},
			Check:   verify.Identity(thresholdFree[rat], thresholdFree[mod]).Within(verify.Limits{Leaves: scalarLeaves}),
		},
		{
			Formula:    "η = logit ε − logit ρ_0 ⇒ η − (logit ε + αt − log c) = log(1−ρ_0)",
			Hypotheses: []string{"ρ_0 = c·e^{−αt}", "0 < c < e^α"},
			Kernel:     []string{"Attack.penalty_softmax"},
			Check:      verify.Identity(decayFree[rat], decayFree[mod]).Within(verify.Limits{Leaves: scalarLeaves}),
			Also:       []Check{verify.Agreement(rem10Shift)},
		},
		{
			Formula:    "log(1−ρ_0) ∈ (−ρ_0/(1−ρ_0), −ρ_0); 13.8155095 < log(10⁶ − 1) < 13.8155096",
			Hypotheses: []string{"ρ_0 = c·e^{−αt}", "0 < c < e^α"},
			Check:      verify.Interval(rem10Decay),
		},
	},
	NearMisses: []NearMiss{
		{Name: "weights of zero", Drops: "positive weights", Check: verify.Rational(rem10Zero), Source: recoverySource(generators.Needs{Recovery: true, ZeroWeights: true}, rem10Scalars()...)},
		{Name: "η = log(1/ρ_0)", Check: verify.Rational(rem10Inverse)},
		{Name: "no o(1)", Check: verify.Interval(rem10NoRemainder)},
		{Name: "−αt", Check: verify.Interval(rem10Sign)},
		{Name: "+ log c", Check: verify.Interval(rem10Constant)},
	},
	Source: recoverySource(generators.Needs{Recovery: true}, rem10Scalars()...),
}

// rem10Scalars are ρ and ε for the least tilt, and c and α for the decay.
func rem10Scalars() []scalar {
	return []scalar{
		newScalar("rho", "1/3", "1/2", "1/10", "1/1000000", "2/3"), newScalar("epsilon", "1/2", "2/3", "9/10", "1/4"),
		newScalar("c", "1/2", "1", "1/10", "9/10", "1/1000"), newScalar("alpha", "1", "1/2", "1/100", "3", "7/3"),
	}
}

// rem10Numbers are the base recovery probability and the level of the remark.
var rem10Numbers = [2]*big.Rat{big.NewRat(1, 1_000_000), big.NewRat(1, 2)}

// leastOdds calls compare with ρ_0, ε, the odds u = (ε/(1−ε))·(1−ρ_0)/ρ_0, and what
// ρ* is at given odds: for the scalars of the case and for those of the remark.
func leastOdds(w *World[rat], compare func(rho, level, u rat, after func(u rat) rat)) {
	f := rationals(w)
	for _, numbers := range [][2]*big.Rat{{w.Case.Scalar("rho"), w.Case.Scalar("epsilon")}, rem10Numbers} {
		rho, level := defined(f.FromRat(numbers[0])), defined(f.FromRat(numbers[1]))
		one := f.FromInt(1)
		u := defined(f.Quo(f.Mul(level, f.Sub(one, rho)), f.Mul(rho, f.Sub(one, level))))
		compare(rho, level, u, func(u rat) rat {
			return defined(exact.GibbsPolicy(f, []rat{rho, f.Sub(one, rho)}, []bool{true, false}, u))[0]
		})
	}
}

// justBelow is a factor on the odds at which ε is not reached.
var justBelow = big.NewRat(999_999_999, 1_000_000_000)

func rem10(w *World[rat]) {
	f := rationals(w)
	leastOdds(w, func(rho, level, u rat, after func(rat) rat) {
		w.Equal(Place{}, "e^η = (ε/(1−ε))(1−ρ_0)/ρ_0 ⇒ ρ* = ε", after(u), level)
		w.Less(Place{}, "e^η below that ⇒ ρ* < ε", after(f.Mul(u, defined(f.FromRat(justBelow)))), level)
	})
	w.Equal(Place{}, "ρ_0 = 10⁻⁶, e^η = 10⁶ − 1 ⇒ ρ* = ½", defined(exact.GibbsPolicy(f,
		[]rat{fraction(w, 1, 1_000_000), fraction(w, 999_999, 1_000_000)}, []bool{true, false}, f.FromInt(999_999)))[0], fraction(w, 1, 2))
	softmaxRecovers(w, true)
}

// softmaxRecovers claims ρ_0 > 0 at every state whose weights are positive; with
// positive = false at every state.
func softmaxRecovers(w *World[rat], positive bool) {
	if len(recoverySet(w)) == 0 {
		w.Vacuous()
		return
	}
	for t := 1; t <= w.T(); t++ {
		l := w.Layer(t)
		rho := recoveries(w, t)
		for x := range w.States(t) {
			lo, hi := l.Row(x)
			full := hi-lo == w.V()
			for e := lo; e < hi; e++ {
				full = full && !l.Weights().IsZero(e)
			}
			if full || !positive {
				w.Less(verify.At(t, x), "0 < ρ_0", w.FromInt(0), rho[x])
			}
		}
	}
}

func rem10Zero(w *World[rat]) { softmaxRecovers(w, false) }

func rem10Inverse(w *World[rat]) {
	leastOdds(w, func(rho, level, _ rat, after func(rat) rat) {
		w.Equal(Place{}, "e^η = 1/ρ_0 ⇒ ρ* = ε", after(defined(rationals(w).Quo(w.FromInt(1), rho))), level)
	})
}

// decayDepths are the positions at which the decaying base probability is taken.
var decayDepths = []int64{1, 2, 5, 10, 40}

// decay calls compare at some depths t with ρ_0 = c·e^{−αt}, the tilt that reaches
// ε there, logit ε, αt and log c.
func decay(w *World[enc], compare func(t int64, rho, tilt, level, slope, constant enc)) {
	f := interval(w)
	c, alpha, epsilon := w.Case.Scalar("c"), w.Case.Scalar("alpha"), w.Case.Scalar("epsilon")
	constant := defined(f.Log(defined(f.FromRat(c))))
	for _, t := range decayDepths {
		slope := defined(f.FromRat(new(big.Rat).Mul(alpha, big.NewRat(t, 1))))
		rho := f.Mul(defined(f.FromRat(c)), defined(f.Exp(f.Neg(slope))))
		base := defined(f.Log(defined(f.Quo(rho, f.Sub(f.FromInt(1), rho)))))
		level := logit(f, epsilon)
		compare(t, rho, f.Sub(level, base), level, slope, constant)
	}
}

// rem10Shift compares the tilt that reaches ε, and what it does, with their formulas.
func rem10Shift(w *World[enc]) {
	f := interval(w)
	level := defined(f.FromRat(w.Case.Scalar("epsilon")))
	decay(w, func(t int64, rho, tilt, odds, slope, constant enc) {
		at := verify.At(int(t), 0)
		recovery, _ := gibbsAt(f, rho, tilt, defined(f.Exp(tilt)))
		w.Meet(at, "ρ* = ε at η = logit ε − logit ρ_0", recovery, level)
		rest := f.Sub(tilt, f.Add(odds, f.Sub(slope, constant)))
		w.Meet(at, "η − (logit ε + αt − log c) = log(1 − ρ_0)", rest, defined(f.Log(f.Sub(f.FromInt(1), rho))))
	})
}

func rem10Decay(w *World[enc]) {
	f := interval(w)
	decay(w, func(t int64, rho, tilt, odds, slope, constant enc) {
		at := verify.At(int(t), 0)
		rest := f.Sub(tilt, f.Add(odds, f.Sub(slope, constant)))
		one := f.FromInt(1)
		w.Less(at, "−ρ_0/(1−ρ_0) < o(1)", f.Neg(defined(f.Quo(rho, f.Sub(one, rho)))), rest)
		w.Less(at, "o(1) < −ρ_0", rest, f.Neg(rho))
	})
	number := logit(f, new(big.Rat).Sub(big.NewRat(1, 1), rem10Numbers[0]))
	for _, claim := range []struct {
		below bool
		of    *big.Rat
	}{{true, big.NewRat(138_155_095, 10_000_000)}, {false, big.NewRat(138_155_096, 10_000_000)}} {
		decimal := defined(f.FromRat(claim.of))
		if claim.below {
			w.Less(Place{}, fmt.Sprintf("%s < log(10⁶ − 1)", claim.of.FloatString(7)), decimal, number)
		} else {
			w.Less(Place{}, fmt.Sprintf("log(10⁶ − 1) < %s", claim.of.FloatString(7)), number, decimal)
		}
	}
}

func rem10NoRemainder(w *World[enc]) {
	f := interval(w)
	decay(w, func(t int64, _, tilt, odds, slope, constant enc) {
		w.Meet(verify.At(int(t), 0), "η = logit ε + αt − log c", tilt, f.Add(odds, f.Sub(slope, constant)))
	})
}

func rem10Sign(w *World[enc]) {
	f := interval(w)
	decay(w, func(t int64, rho, tilt, odds, slope, constant enc) {
		w.Meet(verify.At(int(t), 0), "η = logit ε − αt − log c + log(1−ρ_0)", tilt,
			f.Add(f.Sub(odds, f.Add(slope, constant)), defined(f.Log(f.Sub(f.FromInt(1), rho)))))
	})
}

func rem10Constant(w *World[enc]) {
	f := interval(w)
	decay(w, func(t int64, rho, tilt, odds, slope, constant enc) {
		w.Meet(verify.At(int(t), 0), "η = logit ε + αt + log c + log(1−ρ_0)", tilt,
			f.Add(f.Add(odds, f.Add(slope, constant)), defined(f.Log(f.Sub(f.FromInt(1), rho)))))
	})
}
