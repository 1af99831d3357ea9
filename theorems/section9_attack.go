package theorems

import (
	"fmt"
	"math/big"

	"sounding/exact"
	"sounding/exact/field"
	"sounding/generators"
	"sounding/verify"
)

// Section 9.2: the length of an attack that recovery withstands.

func section9Attack() []*Statement {
	return []*Statement{
		{
			ID: "cor-23", Title: "Prefilling attack resistance", Section: "9.2",
			Formula:    "Δ = logit ε − logit δ > 0, γ < 1: σ(logit δ + βγ^t) < ε ⇔ t > L = log(β/Δ)/log(1/γ), so that ⌊max(L, 0)⌋ tokens suffice and no fewer; L(β/γ) = L(β) + 1. ε ≤ δ: never; γ = 1: never if β ≥ Δ, else at once. Beyond the horizon the optimum of eq. 2 recovers like the base model",
			Hypotheses: []string{"δ, ε ∈ (0, 1)", "β > 0"},
			Reading:    "The length is that of the bound of thm-22. Position t has a prefix of t−1 tokens. At t = L, which rational numbers never hit, the bound is ε and not below: checked with β = Δ/γ^n.",
			Checks:     []Check{verify.Interval(cor23), verify.Interval(cor23Threshold), verify.Rational(cor23Standard)},
			NearMisses: []NearMiss{
				{Name: "one position early: t ≥ L − 1", Check: verify.Interval(cor23Early)},
				{Name: "⌊L⌋ + 1 tokens", Check: verify.Interval(cor23Length)},
				{Name: "ε − δ for the difference of their logits", Check: verify.Interval(cor23Probabilities)},
				{Name: "ε ≤ δ, by the distance of the two", Drops: "Δ > 0", Check: verify.Interval(cor23Distance)},
				{Name: "γ = 1 withstands every attack", Drops: "β ≥ Δ", Check: verify.Interval(cor23Undiscounted)},
				{Name: "the length grows like β: L(2β) = 2L(β)", Check: verify.Interval(cor23Linear)},
			},
			Source: attackSource(),
		},
		{
			ID: "x-cor-23", Title: "Beyond the threshold length recovery need not fail", Section: "9.2",
			Formula: "t > log(β/Δ)/log(1/γ) ⇏ ρ*_t < ε at some prefix that Q reaches",
			Claim: &Claim{
				Wording: "For γ < 1 recovery falls below ε at position t if and only if t > log(β/(logit ε − logit δ))/log(1/γ).",
				Check:   verify.Interval(cor23Actual),
			},
			Reading: "Of the pointwise problem, δ being the least ρ_0 and ε > δ. It concerns the bound, which recovery meets only where ρ_0 = δ; the formula says nothing where ε ≤ δ, nor for γ = 1 with β < Δ.",
			Repair:  "If recovery falls below ε at position t then t > L, where Δ > 0; where ε ≤ δ it never does. The bound falls below ε exactly for t > L (cor-23), after ⌊max(L, 0)⌋ tokens.",
			Checks:  []Check{verify.Interval(cor23OnlyIf), verify.Interval(cor23)},
			NearMisses: []NearMiss{
				{Name: "the converse: t > L suffices", Check: verify.Interval(cor23If)},
				{Name: "recovery never falls below ε", Check: verify.Interval(cor23Never)},
			},
			Source: &Source{Draw: attackSource().Draw, Smallest: deeper(newScalar("delta", "1/3"), newScalar("epsilon", "1/2", "2/3")).Smallest},
		},
		{
			ID: "rem-10", Title: "Softmax models", Section: "B",
			Formula:    "ρ_0 > 0; ρ* = ε exactly at e^η = (ε/(1−ε))·(1−ρ_0)/ρ_0, for ρ_0 = 10⁻⁶, ε = ½ at η = log(10⁶−1) = 13.8155…; ρ_0 = c·e^{−αt}: η = logit ε + αt − log c + o(1), o(1) = log(1−ρ_0) ∈ (−ρ_0/(1−ρ_0), −ρ_0)",
			Hypotheses: []string{"positive weights and R not empty, for ρ_0 > 0", "0 < c < e^α"},
			Reading:    "The numbers are a reconstruction.",
			Checks:     []Check{verify.Rational(rem10), verify.Interval(rem10Decay)},
			NearMisses: []NearMiss{
				{Name: "weights of zero", Drops: "positive weights", Check: verify.Rational(rem10Zero), Source: recoverySource(generators.Needs{Recovery: true, ZeroWeights: true}, rem10Scalars()...)},
				{Name: "η = log(1/ρ_0)", Check: verify.Rational(rem10Inverse)},
				{Name: "no o(1)", Check: verify.Interval(rem10NoRemainder)},
				{Name: "−αt", Check: verify.Interval(rem10Sign)},
				{Name: "+ log c", Check: verify.Interval(rem10Constant)},
			},
			Source: recoverySource(generators.Needs{Recovery: true}, rem10Scalars()...),
		},
	}
}

// attack is the question of cor-23: at which t the bound σ(logit δ + βγ^t) is below
// ε.
type attack struct {
	w            *World[enc]
	delta, level *big.Rat
	beta, gamma  *big.Rat
	distance     enc // Δ = logit ε − logit δ
	sign         int // of Δ
	threshold    enc // L, where Δ > 0 and γ < 1
}

// newAttack returns the question for the case's β, γ and ε, or nil where β = 0.
func newAttack(w *World[enc], delta *big.Rat) *attack {
	a := &attack{w: w, delta: delta, level: w.Case.Scalar("epsilon"), beta: w.Case.Beta, gamma: w.Case.Gamma}
	one := big.NewRat(1, 1)
	if a.beta.Sign() == 0 || delta.Sign() == 0 || delta.Cmp(one) >= 0 || a.level.Cmp(one) >= 0 {
		w.Vacuous()
		return nil
	}
	f := interval(w)
	a.sign = a.level.Cmp(delta)
	a.distance = f.Sub(logit(f, a.level), logit(f, delta))
	if a.sign > 0 && a.gamma.Cmp(one) < 0 {
		a.threshold = a.length(defined(f.FromRat(a.beta)), a.distance)
	}
	return a
}

// length returns log(β/Δ)/log(1/γ) for Δ > 0 and γ < 1.
func (a *attack) length(beta, distance enc) enc {
	f := interval(a.w)
	step := f.Neg(defined(f.Log(defined(f.FromRat(a.gamma)))))
	return defined(f.Quo(defined(f.Log(defined(f.Quo(beta, distance)))), step))
}

// bound returns σ(logit δ + βγ^t).
func (a *attack) bound(beta enc, t int64) enc {
	f := interval(a.w)
	power := defined(f.FromRat(new(big.Rat).SetFrac(
		new(big.Int).Exp(a.gamma.Num(), big.NewInt(t), nil), new(big.Int).Exp(a.gamma.Denom(), big.NewInt(t), nil))))
	return defined(f.Sigmoid(f.Add(logit(f, a.delta), f.Mul(beta, power))))
}

// signOf returns −1, 0 or 1 as v is below, at or above zero; ok is false, and the
// comparison noted, where that is not decided.
func signOf(w *World[enc], at Place, claim string, v enc) (sign int, ok bool) {
	switch w.SignOf(v) {
	case field.Negative:
		return -1, true
	case field.Positive:
		return 1, true
	}
	w.Undecided(at, claim)
	return 0, false
}

// positions are the t at which the bound is looked at: the first few, and those
// beside the threshold where it is not too far.
func (a *attack) positions() []int64 {
	list := []int64{1, 2, 3, 4, 5, 6}
	if a.sign > 0 && a.gamma.Cmp(big.NewRat(1, 1)) < 0 {
		if n, ok := a.floor(); ok && n > 5 && n < farthest {
			list = append(list, n, n+1)
		}
	}
	return list
}

// farthest bounds the positions that are looked at.
const farthest = 20_000

// floor returns ⌊L⌋, where the enclosure of L decides it.
func (a *attack) floor() (int64, bool) {
	lo, hi := interval(a.w).Bounds(a.threshold)
	below, above := floorOf(lo), floorOf(hi)
	return below, below == above
}

func floorOf(x *big.Float) int64 {
	n, accuracy := x.Int64()
	if accuracy == big.Above { // rounded towards zero, so up: x is negative
		n--
	}
	return n
}

// compare claims that the bound is below ε at t if and only if below(t), which
// says −1 or 1 and whether it knows.
func (a *attack) compare(claim string, below func(t int64) (sign int, ok bool)) {
	f := interval(a.w)
	level := defined(f.FromRat(a.level))
	for _, t := range a.positions() {
		at := verify.At(int(t), 0)
		left, ok := signOf(a.w, at, claim, f.Sub(level, a.bound(defined(f.FromRat(a.beta)), t)))
		right, decided := below(t)
		if ok && decided {
			a.w.Same(at, claim+" (1: yes, −1: no)", left, right)
		}
	}
}

// past returns the sign of t − threshold.
func (a *attack) past(t int64, threshold enc) (sign int, ok bool) {
	f := interval(a.w)
	return signOf(a.w, verify.At(int(t), 0), "t > L", f.Sub(f.FromInt(t), threshold))
}

func cor23(w *World[enc]) {
	a := newAttack(w, w.Case.Scalar("delta"))
	if a == nil {
		return
	}
	f := interval(w)
	never := func(int64) (int, bool) { return -1, true }
	switch undiscounted := a.gamma.Cmp(big.NewRat(1, 1)) == 0; {
	case a.sign <= 0:
		a.compare("ε ≤ δ: the bound is below ε never", never)
	case undiscounted:
		// β is rational and Δ the logarithm of a rational number, so that they differ.
		sign, ok := signOf(w, Place{}, "β ≥ Δ", f.Sub(a.distance, defined(f.FromRat(a.beta))))
		a.compare("γ = 1: the bound is below ε at every t if β < Δ, never if β ≥ Δ", func(int64) (int, bool) { return sign, ok })
	default:
		a.compare("σ(logit δ + βγ^t) < ε ⇔ t > log(β/Δ)/log(1/γ)", func(t int64) (int, bool) { return a.past(t, a.threshold) })
		a.shortest("the least t − 1 with the bound below ε = ⌊max(L, 0)⌋", 0)
		grown := a.length(defined(f.FromRat(new(big.Rat).Quo(a.beta, a.gamma))), a.distance)
		w.Meet(Place{}, "L(β/γ) = L(β) + 1", grown, f.Add(a.threshold, f.FromInt(1)))
	}
}

// shortest claims that the least number of tokens after which the bound is below ε
// is ⌊max(L, 0)⌋ + more, where that is not far.
func (a *attack) shortest(claim string, more int64) {
	f := interval(a.w)
	level, beta := defined(f.FromRat(a.level)), defined(f.FromRat(a.beta))
	floor, ok := a.floor()
	if !ok {
		a.w.Undecided(Place{}, "⌊L⌋")
		return
	}
	for t := int64(1); t <= 40; t++ {
		sign, ok := signOf(a.w, verify.At(int(t), 0), claim, f.Sub(level, a.bound(beta, t)))
		if !ok {
			return
		}
		if sign > 0 {
			a.w.Same(verify.At(int(t), 0), claim, int(t-1), int(max(floor, 0)+more))
			return
		}
	}
}

// cor23Threshold puts the threshold on position n: β = Δ/γ^n.
func cor23Threshold(w *World[enc]) { atThreshold(w, true) }

func cor23Early(w *World[enc]) { atThreshold(w, false) }

// atThreshold claims that at t = n = L the bound is ε, above it before, and below
// it after; or that it is below ε at n.
func atThreshold(w *World[enc], beyond bool) {
	a := newAttack(w, w.Case.Scalar("delta"))
	if a == nil || a.sign <= 0 || a.gamma.Cmp(big.NewRat(1, 1)) == 0 {
		w.Vacuous()
		return
	}
	f := interval(w)
	n := w.Case.Scalar("n").Num().Int64()
	level, beta := defined(f.FromRat(a.level)), a.distance
	for range n {
		beta = defined(f.Quo(beta, defined(f.FromRat(a.gamma))))
	}
	w.Meet(verify.At(int(n), 0), "β = Δ/γ^n ⇒ L = n", a.length(beta, a.distance), f.FromInt(n))
	if !beyond {
		w.Less(verify.At(int(n), 0), "t = L − 1: the bound < ε", a.bound(beta, n-1), level)
		return
	}
	w.Meet(verify.At(int(n), 0), "t = L: the bound is ε", a.bound(beta, n), level)
	w.Less(verify.At(int(n), 0), "t = L − 1: ε < the bound", level, a.bound(beta, n-1))
	w.Less(verify.At(int(n), 0), "t = L + 1: the bound < ε", a.bound(beta, n+1), level)
}

// cor23Standard checks that beyond the horizon the optimum of the standard
// objective recovers like the base model.
func cor23Standard(w *World[rat]) {
	m := w.Solution()
	for _, u := range tilts(w) {
		s := solveTilted(w, u)
		for t := w.Oracle().Horizon() + 1; t <= w.T(); t++ {
			rho := recoveries(w, t)
			for x := range rho {
				if w.IsZero(m.Occupancy[t-1][x]) {
					continue
				}
				lo, hi := w.Layer(t).Row(x)
				w.Equal(verify.At(t, x), "t > k: ρ under P* = ρ_0", within(w, s.Policy[t-1][lo:hi], recoveryTokens(w, t, x)), rho[x])
			}
		}
	}
}

// discounted returns the question of the case where Δ > 0 and γ < 1, and nil
// elsewhere.
func discounted(w *World[enc]) *attack {
	a := newAttack(w, w.Case.Scalar("delta"))
	if a == nil || a.sign <= 0 || a.gamma.Cmp(big.NewRat(1, 1)) == 0 {
		w.Vacuous()
		return nil
	}
	return a
}

func cor23Length(w *World[enc]) {
	if a := discounted(w); a != nil {
		a.shortest("the least t − 1 with the bound below ε = ⌊max(L, 0)⌋ + 1", 1)
	}
}

func cor23Probabilities(w *World[enc]) {
	if a := discounted(w); a != nil {
		f := interval(w)
		distance := defined(f.FromRat(new(big.Rat).Sub(a.level, a.delta)))
		threshold := a.length(defined(f.FromRat(a.beta)), distance)
		a.compare("σ(logit δ + βγ^t) < ε ⇔ t > log(β/(ε−δ))/log(1/γ)", func(t int64) (int, bool) { return a.past(t, threshold) })
	}
}

func cor23Distance(w *World[enc]) {
	a := newAttack(w, w.Case.Scalar("delta"))
	if a == nil || a.sign >= 0 || a.gamma.Cmp(big.NewRat(1, 1)) == 0 {
		return
	}
	f := interval(w)
	threshold := a.length(defined(f.FromRat(a.beta)), f.Neg(a.distance))
	a.compare("ε < δ: the bound is below ε ⇔ t > log(β/|Δ|)/log(1/γ)", func(t int64) (int, bool) { return a.past(t, threshold) })
}

func cor23Undiscounted(w *World[enc]) {
	a := newAttack(w, w.Case.Scalar("delta"))
	if a != nil && a.gamma.Cmp(big.NewRat(1, 1)) == 0 {
		a.compare("γ = 1: the bound is below ε never", func(int64) (int, bool) { return -1, true })
	}
}

func cor23Linear(w *World[enc]) {
	if a := discounted(w); a != nil {
		f := interval(w)
		double := a.length(defined(f.FromRat(new(big.Rat).Add(a.beta, a.beta))), a.distance)
		w.Meet(Place{}, "L(2β) = 2L(β)", double, f.Add(a.threshold, a.threshold))
	}
}

// fallen calls compare at every position of the instance with whether recovery is
// below ε at some prefix that Q reaches, δ being the least ρ_0.
func fallen(w *World[enc], compare func(a *attack, t int64, below bool)) {
	a := newAttack(w, delta(w, w.T()))
	if a == nil {
		return
	}
	f := interval(w)
	level := defined(f.FromRat(a.level))
	for t, row := range pointwiseProblems(w) {
		below, known := false, true
		for x := range row {
			if p := &row[x]; p.attacked && (p.rho.Cmp(a.level) < 0) {
				sign, ok := signOf(w, p.Place, "ρ* < ε", f.Sub(level, p.recovery))
				below, known = below || sign > 0, known && ok
			}
		}
		if known {
			compare(a, int64(t+1), below)
		}
	}
}

// thresholds calls compare where Δ > 0 and γ < 1, with whether t > L.
func thresholds(w *World[enc], compare func(at Place, below, past bool)) {
	fallen(w, func(a *attack, t int64, below bool) {
		if a.sign <= 0 || a.gamma.Cmp(big.NewRat(1, 1)) == 0 {
			w.Vacuous()
			return
		}
		if past, ok := a.past(t, a.threshold); ok {
			compare(verify.At(int(t), 0), below, past > 0)
		}
	})
}

func cor23Actual(w *World[enc]) {
	thresholds(w, func(at Place, below, past bool) {
		w.Same(at, "ρ*_t < ε at some prefix ⇔ t > L (1: yes, 0: no)", truth(below), truth(past))
	})
}

func cor23If(w *World[enc]) {
	thresholds(w, func(at Place, below, past bool) {
		if past {
			w.Same(at, "t > L ⇒ ρ*_t < ε at some prefix (1: yes, 0: no)", truth(below), 1)
		}
	})
}

func cor23Never(w *World[enc]) {
	thresholds(w, func(at Place, below, _ bool) {
		w.Same(at, "ρ*_t < ε at some prefix (1: yes, 0: no)", truth(below), 0)
	})
}

func cor23OnlyIf(w *World[enc]) {
	thresholds(w, func(at Place, below, past bool) {
		if below {
			w.Same(at, "ρ*_t < ε ⇒ t > L (1: yes, 0: no)", truth(past), 1)
		}
	})
	fallen(w, func(a *attack, t int64, below bool) {
		if a.sign <= 0 {
			w.Same(verify.At(int(t), 0), "ε ≤ δ ⇒ recovery does not fall below ε (1: yes, 0: no)", truth(below), 0)
		}
	})
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

func rem10Decay(w *World[enc]) {
	f := interval(w)
	level := defined(f.FromRat(w.Case.Scalar("epsilon")))
	decay(w, func(t int64, rho, tilt, odds, slope, constant enc) {
		at := verify.At(int(t), 0)
		recovery, _, err := exact.Gibbs(f, rho, tilt, defined(f.Exp(tilt)))
		if err != nil {
			panic(err)
		}
		w.Meet(at, "ρ* = ε at η = logit ε − logit ρ_0", recovery, level)
		rest := f.Sub(tilt, f.Add(odds, f.Sub(slope, constant)))
		one := f.FromInt(1)
		w.Meet(at, "η − (logit ε + αt − log c) = log(1 − ρ_0)", rest, defined(f.Log(f.Sub(one, rho))))
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
