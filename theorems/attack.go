package theorems

import (
	"math/big"

	"sounding/exact/field"
	"sounding/verify"
)

// Section 9.2: the length of an attack that recovery withstands.

var attackStatements = []*Statement{corollary23, xCorollary23}

var corollary23 = &Statement{
	ID: "cor-23", Title: "Prefilling attack resistance", Section: "9.2",
	Sentence: verify.Sentence{
		Says:    "For γ < 1 an attacker needs log(β/(logit ε − logit δ))/log(1/γ) tokens to push recovery below ε; for γ = 1 and β ≥ logit ε − logit δ no prefix suffices.",
		Verdict: verify.HoldsOf,
		But:     "the bound of Theorem 22, at prefixes where ρ_0 = δ. Recovery itself may stay above ε for longer",
	},
	Formula: "Δ = logit ε − logit δ > 0, γ < 1: σ(logit δ + βγ^t) < ε ⇔ t > L = log(β/Δ)/log(1/γ), so that ⌊max(L, " +
		"0)⌋ tokens suffice and no fewer; L(β/γ) = L(β) + 1. ε ≤ δ: never; γ = 1: never if β ≥ Δ, else at " +
		"once. Beyond the horizon the optimum of eq. 2 recovers like the base model",
	Reading: "The length is that of the bound of thm-22. Position t has a prefix of t−1 tokens. At t = L the " +
		"bound is ε and not less. Rational parameters never meet that case, so it is checked with β = Δ/γ^n.",
	Claims: []Claim{
		attackLength,
		{
			Formula:    "L = (log β − log Δ)/log(1/γ): L(β/γ) = L(β) + 1, and β = Δ/γ^n ⇒ L = n",
			Hypotheses: []string{"Δ > 0", "γ < 1"},
			Kernel:     []string{"Attack.length_grows", "Attack.length_attained"},
			Check:      verify.Identity(lengthFree[rat], lengthFree[mod]).Within(verify.Limits{Leaves: scalarLeaves}),
			Also:       []Check{verify.Agreement(cor23Growth)},
		},
		{
			Formula:    "σ(logit δ + Δ) = ε, the bound at t = L",
			Hypotheses: []string{"δ, ε ∈ (0, 1)"},
			Kernel:     []string{"Attack.bound_reached"},
			Check:      verify.Identity(thresholdFree[rat], thresholdFree[mod]).Within(verify.Limits{Leaves: scalarLeaves}),
			Also:       []Check{verify.Agreement(cor23Threshold)},
		},
		{
			Formula:    "β = Δ/γ^n ⇒ σ(logit δ + βγ^{n+1}) < ε < σ(logit δ + βγ^{n−1})",
			Hypotheses: []string{"δ, ε ∈ (0, 1)", "Δ > 0", "γ < 1", "n ≥ 1"},
			Kernel:     []string{"Attack.length_crossed"},
			Check:      verify.Interval(cor23Beside),
		},
		{
			Formula:    "ρ* = ρ_0 at the optimum of eq. 2",
			Hypotheses: []string{"t > k, Harm = g(y_≤k)", "at every prefix that P_0 reaches"},
			Kernel:     []string{"Tilted.recovery_beyond_horizon", "Optimum.optimum_unique"},
			Check:      verify.Rational(cor23Standard),
		},
	},
	NearMisses: []NearMiss{
		{Name: "one position early: t ≥ L − 1", Check: verify.Interval(cor23Early)},
		{Name: "⌊L⌋ + 1 tokens", Check: verify.Interval(cor23Length)},
		{Name: "ε − δ for the difference of their logits", Check: verify.Interval(cor23Probabilities)},
		{Name: "ε ≤ δ, by the distance of the two", Drops: "Δ > 0", Check: verify.Interval(cor23Distance)},
		{Name: "γ = 1 withstands every attack", Drops: "β ≥ Δ", Check: verify.Interval(cor23Undiscounted)},
		{Name: "the length grows like β: L(2β) = 2L(β)", Check: verify.Interval(cor23Linear)},
	},
	Source: attackSource(),
}

// attackLength is where the bound of thm-22 falls below ε.
var attackLength = Claim{
	Formula:    "Δ > 0, γ < 1: σ(logit δ + βγ^t) < ε ⇔ t > L = log(β/Δ)/log(1/γ), the least such t − 1 is ⌊max(L, 0)⌋; ε ≤ δ: never; γ = 1: never if β ≥ Δ, else at every t",
	Hypotheses: []string{"δ, ε ∈ (0, 1)", "β > 0"},
	Kernel:     []string{"Attack.attack_length", "Attack.never_below", "Attack.undiscounted"},
	Check:      verify.Interval(cor23),
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

// floor returns ⌊L⌋, where the enclosure of L decides it.
func (a *attack) floor() (int64, bool) {
	lo, hi := interval(a.w).Bounds(a.threshold)
	below, above := floorOf(lo), floorOf(hi)
	return below, below == above
}

// compare claims that the bound is below ε at t if and only if below(t) is positive;
// ok says whether that is decided.
func (a *attack) compare(claim string, below func(t int64) (sign int, ok bool)) {
	f := interval(a.w)
	level := defined(f.FromRat(a.level))
	for _, t := range a.positions() {
		at := verify.At(int(t), 0)
		left, ok := signOf(a.w, at, claim, f.Sub(level, a.bound(defined(f.FromRat(a.beta)), t)))
		right, decided := below(t)
		if ok && decided {
			a.w.Iff(at, claim, left > 0, right > 0)
		}
	}
}

// past returns the sign of t − threshold.
func (a *attack) past(t int64, threshold enc) (sign int, ok bool) {
	f := interval(a.w)
	return signOf(a.w, verify.At(int(t), 0), "t > L", f.Sub(f.FromInt(t), threshold))
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

// farthest bounds the positions that are looked at.
const farthest = 20_000

func floorOf(x *big.Float) int64 {
	n, accuracy := x.Int64()
	if accuracy == big.Above { // rounded towards zero, so up: x is negative
		n--
	}
	return n
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
	}
}

// cor23Growth compares the lengths of β and β/γ, and that of β = Δ/γ^n with n.
func cor23Growth(w *World[enc]) {
	f := interval(w)
	atThreshold(w, func(a *attack, n int64, beta, _ enc) {
		grown := a.length(defined(f.FromRat(new(big.Rat).Quo(a.beta, a.gamma))), a.distance)
		w.Meet(Place{}, "L(β/γ) = L(β) + 1", grown, f.Add(a.threshold, f.FromInt(1)))
		w.Meet(verify.At(int(n), 0), "β = Δ/γ^n ⇒ L = n", a.length(beta, a.distance), f.FromInt(n))
	})
}

func cor23Threshold(w *World[enc]) {
	atThreshold(w, func(a *attack, n int64, beta, level enc) {
		w.Meet(verify.At(int(n), 0), "t = L: the bound is ε", a.bound(beta, n), level)
	})
}

func cor23Beside(w *World[enc]) {
	atThreshold(w, func(a *attack, n int64, beta, level enc) {
		w.Less(verify.At(int(n), 0), "t = L − 1: ε < the bound", level, a.bound(beta, n-1))
		w.Less(verify.At(int(n), 0), "t = L + 1: the bound < ε", a.bound(beta, n+1), level)
	})
}

func cor23Early(w *World[enc]) {
	atThreshold(w, func(a *attack, n int64, beta, level enc) {
		w.Less(verify.At(int(n), 0), "t = L − 1: the bound < ε", a.bound(beta, n-1), level)
	})
}

// atThreshold puts the threshold on position n, β = Δ/γ^n, and calls compare with that β
// and ε.
func atThreshold(w *World[enc], compare func(a *attack, n int64, beta, level enc)) {
	a := discounted(w)
	if a == nil {
		return
	}
	f := interval(w)
	n := w.Case.Scalar("n").Num().Int64()
	beta := a.distance
	for range n {
		beta = defined(f.Quo(beta, defined(f.FromRat(a.gamma))))
	}
	compare(a, n, beta, defined(f.FromRat(a.level)))
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

var xCorollary23 = &Statement{
	ID: "x-cor-23", Title: "Beyond the threshold length recovery need not fail", Section: "9.2", Kind: verify.RefutedReading, Twin: "cor-23",
	Formula: "t > log(β/Δ)/log(1/γ) ⇏ ρ*_t < ε at some prefix that Q reaches",
	Refuted: &Falsehood{
		Wording: "For γ < 1 recovery falls below ε at position t if and only if t > log(β/(logit ε − logit δ))/log(1/γ).",
		Check:   verify.Interval(cor23Actual),
	},
	Reading: "Read for the pointwise problem, with δ the least ρ_0 and ε > δ. The threshold is that of the " +
		"bound, which recovery meets only where ρ_0 = δ. The formula says nothing where ε ≤ δ, nor for γ = 1 " +
		"with β < Δ.",
	Story:  xCorollary23Story,
	Saving: "It is true as the length of the bound of Theorem 22: no shorter attack succeeds (cor-23).",
	Repair: "If recovery falls below ε at position t then t > L, where Δ > 0; where ε ≤ δ it never does. The " +
		"bound falls below ε exactly for t > L (cor-23), after ⌊max(L, 0)⌋ tokens. Of the minimisers of eq. " +
		"43 less is true: beyond the horizon recovery at T falls below ε at x only if T > " +
		"log(Q(x)·β/Δ)/log(1/γ) (x-thm-22).",
	Claims: []Claim{
		{
			Formula:    "Δ > 0, γ < 1: ρ*_t < ε at some prefix that Q reaches ⇒ t > L; ε ≤ δ ⇒ ρ*_t ≥ ε at all of them",
			Hypotheses: []string{"δ, ε ∈ (0, 1)", "β > 0", "ρ_0 ≥ δ at every prefix that Q reaches"},
			Kernel:     []string{"Robustness.robustness", "Attack.attack_length", "Attack.never_below"},
			Check:      verify.Interval(cor23OnlyIf),
		},
		attackLength,
	},
	NearMisses: []NearMiss{
		{Name: "the converse: t > L suffices", Check: verify.Interval(cor23If)},
		{Name: "recovery never falls below ε", Check: verify.Interval(cor23Never)},
	},
	Source: &Source{Draw: attackSource().Draw, Smallest: deeper(newScalar("delta", "1/3"), newScalar("epsilon", "1/2", "2/3")).Smallest},
}

// fallen calls compare at every position of the instance with whether recovery is
// below ε at some prefix that Q reaches, δ being the least ρ_0.
func fallen(w *World[enc], compare func(a *attack, t int64, below bool)) {
	a := newAttack(w, w.Case.LeastRecovery(1, w.T()))
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
		w.Iff(at, "ρ*_t < ε at some prefix ⇔ t > L", below, past)
	})
}

func cor23If(w *World[enc]) {
	thresholds(w, func(at Place, below, past bool) {
		w.Implies(at, "t > L ⇒ ρ*_t < ε at some prefix", past, below)
	})
}

func cor23Never(w *World[enc]) {
	thresholds(w, func(at Place, below, _ bool) {
		w.True(at, "ρ*_t < ε at no prefix", !below)
	})
}

func cor23OnlyIf(w *World[enc]) {
	thresholds(w, func(at Place, below, past bool) {
		w.Implies(at, "ρ*_t < ε ⇒ t > L", below, past)
	})
	fallen(w, func(a *attack, t int64, below bool) {
		w.Implies(verify.At(int(t), 0), "ε ≤ δ ⇒ recovery does not fall below ε", a.sign <= 0, !below)
	})
}
