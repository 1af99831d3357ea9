package theorems

import (
	"iter"
	"math/big"

	"sounding/exact"
	"sounding/exact/definition"
	"sounding/generators"
	"sounding/model"
	"sounding/verify"
)

// Section 9.2: recoverability at depth, and what it costs.

var robustnessStatements = []*Statement{definition21, theorem22, theorem22Sharp}

var definition21 = &Statement{
	ID: "def-21", Title: "Recoverability", Section: "9.2",
	Sentence: verify.Sentence{Says: "A policy is recoverable at ε up to d if its recovery probability is at least ε at the adversary's prefixes."},
	Formula:  "(ε, d)-recoverable ⇔ ρ_t(y_<t) ≥ ε for all t ≤ d and Q-almost all y_<t ⇔ ε ≤ min over t ≤ d of the states that Q reaches; then (ε', d')-recoverable for ε' ≤ ε, d' ≤ d",
	Claims:   []Claim{{Check: verify.Rational(def21)}},
	NearMisses: []NearMiss{
		{Name: "every prefix", Drops: "Q-almost all", Check: verify.Rational(def21Everywhere), Source: certainRecovery()},
		{Name: "recovery on average: E_Q[ρ_t] ≥ ε", Check: verify.Rational(def21Mean)},
		{Name: "t < d", Check: verify.Rational(def21Before)},
		{Name: "ρ_t > ε", Check: verify.Rational(def21Strict)},
	},
	Source: recoverySource(needsRecoveryAdversary, recoveryLevels),
}

// shortfall returns Q(ρ_t < ε) by enumeration of the prefixes; Q(ρ_t ≤ ε) where
// strict.
func shortfall(w *World[rat], t int, level rat, strict bool) rat {
	f, o := rationals(w), w.Oracle()
	rho := o.Recovery(recoverySet(w), t)
	short := make([]rat, len(rho))
	for x := range rho {
		c := f.Cmp(rho[x], level)
		short[x] = w.FromInt(int64(truth(c < 0 || strict && c == 0)))
	}
	return o.OverPrefixes(w.Prefixes(), t, short)
}

// recoverableTo returns the greatest d ≤ T for which ρ_t ≥ ε at all t ≤ d and
// Q-almost all prefixes; with > for ≥ where strict.
func recoverableTo(w *World[rat], level rat, strict bool) int {
	for t := 1; t <= w.T(); t++ {
		if !w.IsZero(shortfall(w, t, level, strict)) {
			return t - 1
		}
	}
	return w.T()
}

// leastAttacked returns the least ρ_0 over the positions t ≤ d at the states that Q
// reaches, or at all states.
func leastAttacked(w *World[rat], d int, everywhere bool) rat {
	f, least := rationals(w), w.FromInt(1)
	for t := 1; t <= d; t++ {
		rho := recoveries(w, t)
		for x := range w.States(t) {
			if (everywhere || !w.IsZero(w.Objective().Adversary[t-1][x])) && f.Cmp(rho[x], least) < 0 {
				least = rho[x]
			}
		}
	}
	return least
}

// levels are the ε at which recoverability is looked at: that of the case, the least
// recovery probability, where ≥ and > differ, and the mean recovery probability at the
// first and the last position, where a mean and all of its parts differ.
func levels(w *World[rat]) []rat {
	mean := func(t int) rat { return w.Dot(w.Objective().Adversary[t-1], recoveries(w, t)) }
	return []rat{rational(w, "epsilon"), leastAttacked(w, w.T(), false), mean(1), mean(w.T())}
}

// recoverability compares the depth by definition with a condition at each d.
func recoverability(w *World[rat], claim string, strict bool, condition func(d int, level rat) bool) {
	for _, level := range levels(w) {
		depth := recoverableTo(w, level, strict)
		for d := 1; d <= w.T(); d++ {
			w.Iff(verify.At(d, 0), claim, d <= depth, condition(d, level))
		}
	}
}

func def21(w *World[rat]) {
	f := rationals(w)
	recoverability(w, "(ε, d)-recoverable ⇔ ε ≤ min over t ≤ d of ρ_t on Q's states", false, func(d int, level rat) bool {
		return f.Cmp(level, leastAttacked(w, d, false)) <= 0
	})
	level := rational(w, "epsilon")
	lower := w.Mul(fraction(w, 1, 2), level)
	w.True(Place{}, "(ε, d)-recoverable ⇒ (ε/2, d)-recoverable", recoverableTo(w, level, false) <= recoverableTo(w, lower, false))
}

func def21Everywhere(w *World[rat]) {
	f := rationals(w)
	recoverability(w, "(ε, d)-recoverable ⇔ ε ≤ min over t ≤ d of ρ_t on all states", false, func(d int, level rat) bool {
		return f.Cmp(level, leastAttacked(w, d, true)) <= 0
	})
}

func def21Mean(w *World[rat]) {
	f := rationals(w)
	recoverability(w, "(ε, d)-recoverable ⇔ E_Q[ρ_t] ≥ ε for t ≤ d", false, func(d int, level rat) bool {
		for t := 1; t <= d; t++ {
			if f.Cmp(w.Dot(w.Objective().Adversary[t-1], recoveries(w, t)), level) < 0 {
				return false
			}
		}
		return true
	})
}

func def21Before(w *World[rat]) {
	f := rationals(w)
	recoverability(w, "(ε, d)-recoverable ⇔ ε ≤ min over t < d of ρ_t on Q's states", false, func(d int, level rat) bool {
		return f.Cmp(level, leastAttacked(w, d-1, false)) <= 0
	})
}

func def21Strict(w *World[rat]) {
	f := rationals(w)
	recoverability(w, "ρ_t > ε for t ≤ d and Q-almost all prefixes ⇔ ε ≤ min over t ≤ d of ρ_t on Q's states", true, func(d int, level rat) bool {
		return f.Cmp(level, leastAttacked(w, d, false)) <= 0
	})
}

// certainRecovery adds the level ε = ½ to the cases of certainSource.
func certainRecovery() *Source {
	s := certainSource(1, 3)
	half := []scalar{newScalar("epsilon", "1/2")}
	with := func(c *model.Case) *model.Case {
		in := *c.Instance
		in.Beta = big.NewRat(1, 1)
		d := *c
		d.Instance = &in
		return withScalars(&d, half, func(int, int) int { return 0 })
	}
	return &Source{
		Draw: func(seed uint64, i int) *model.Case { return with(s.Draw(seed, i)) },
		Smallest: func() iter.Seq[*model.Case] {
			return func(yield func(*model.Case) bool) {
				for c := range s.Smallest() {
					if !yield(with(c)) {
						return
					}
				}
			}
		},
	}
}

var theorem22 = &Statement{
	ID: "thm-22", Title: "Robustness guarantee", Section: "9.2",
	Sentence: verify.Sentence{
		Says:    "The minimiser of the deep objective is recoverable at ε = σ(logit δ + βγ^d), and its KL beyond the horizon is bounded.",
		Verdict: verify.HoldsOf,
		But:     "the pointwise problem of eq. 72. The minimiser of eq. 43 need not be recoverable at ε; its KL beyond the horizon is bounded all the same, by (1−δ)·Σ_{t>k} βγ^t",
	},
	Formula: "ρ_0 ≥ δ for t ≤ d ⇒ ρ* ≥ σ(logit δ + βγ^d) for t ≤ d, with equality at ρ_0 = δ, t = d; Σ_{t>k} KL_t ≤ Σ_{t>k} η_tρ*_t ≤ βγ^{k+1}/(1−γ) for γ < 1, β(T−k) for γ = 1",
	Reading: "This is about the pointwise problem of eq. 72. Eq. 51 is a reconstruction. Its KL_t averages " +
		"over the policy that is P_0 up to k and the Gibbs measure after it, for every k. δ is the least " +
		"ρ_0. The first claim compares failure probabilities. Times both normalisers, Z(r, u) = 1 − r + r·u, " +
		"their difference is (ρ_0−δ)·u_d + ρ_0(1−δ)·(u_t−u_d), u_t = e^{βγ^t}. Recovery probabilities are " +
		"not compared directly, because enclosures of numbers near 1 are harder to tell apart.",
	Claims: []Claim{
		{
			Formula:    "1 − ρ* ≤ 1 − σ(logit δ + βγ^d), with equality where ρ_0 = δ and βγ^t = βγ^d",
			Hypotheses: []string{"ρ_0 ≥ δ for t ≤ d", "δ ∈ (0, 1)", "at Q-almost all prefixes with t ≤ d"},
			Kernel:     []string{"Robustness.robustness", "Robustness.robustness_tight"},
			Check:      verify.Identity(stepsFree[rat], stepsFree[mod]).Within(verify.Limits{Leaves: scalarLeaves}),
			Also:       []Check{verify.Agreement(thm22)},
		},
		{
			Formula: "Σ_{t>k} KL_t ≤ Σ_{t>k} η_tρ*_t ≤ βγ^{k+1}/(1−γ) for γ < 1, β(T−k) for γ = 1",
			Kernel:  []string{"Robustness.total_cost", "Robustness.total_cost_undiscounted"},
			Check:   verify.Interval(thm22Cost),
		},
		{
			Formula: "Σ_{t>k} η_tρ*_t + Σ_{t>k} η_t(1−ρ*_t) = Σ_{t>k} η_t",
			Kernel:  []string{"Robustness.total_tilt"},
			Check:   verify.Identity(spendingFree[rat], spendingFree[mod]).Within(verify.Limits{Leaves: symbolLeaves}),
			Also:    []Check{verify.Agreement(thm22Parts)},
		},
	},
	NearMisses: []NearMiss{
		{Name: "the best position: σ(logit δ + βγ)", Check: verify.Interval(thm22First), Source: deeper()},
		{Name: "γ^{d−1} for γ^d", Check: verify.Interval(thm22Power)},
		{Name: "δ the mean of ρ_0 under Q", Drops: "ρ_0 ≥ δ", Check: verify.Interval(thm22Mean), Source: recoverySource(generators.Needs{Recovery: true})},
		{Name: "every prefix", Drops: "Q-almost all", Check: verify.Interval(thm22Everywhere), Source: certainRecovery()},
		{Name: "cost βγ^{k+2}/(1−γ)", Check: verify.Interval(thm22CostLater)},
		{Name: "cost Σ η_tρ*_t/4", Check: verify.Interval(thm22CostQuarter)},
	},
	Source: recoverySource(needsRecoveryPenalty),
}

// robustness claims 1 − ρ* ≤ 1 − σ(logit δ + η) at all positions t ≤ d, for every
// d. A bound that does not hold with equality anywhere is claimed strictly.
func robustness(w *World[enc], claim string, everywhere bool, bound func(d int) (delta, eta *big.Rat)) {
	f := interval(w)
	all := pointwiseProblems(w)
	one := big.NewRat(1, 1)
	for d := 1; d <= w.T(); d++ {
		delta, eta := bound(d)
		if delta.Sign() == 0 || delta.Cmp(one) >= 0 {
			w.Vacuous()
			continue
		}
		failure := defined(f.Sigmoid(f.Neg(f.Add(logit(f, delta), defined(f.FromRat(eta))))))
		for t := 1; t <= d; t++ {
			for x := range w.States(t) {
				p := &all[t-1][x]
				switch {
				case !p.attacked && !everywhere:
				case p.rho.Cmp(delta) == 0 && p.eta.Cmp(eta) == 0:
					w.Meet(p.Place, claim+", with equality", p.failure, failure)
				default:
					w.Less(p.Place, claim+", strictly", p.failure, failure)
				}
			}
		}
	}
}

func thm22(w *World[enc]) {
	robustness(w, "1 − ρ* ≤ 1 − σ(logit δ + βγ^d)", false, func(d int) (*big.Rat, *big.Rat) { return w.Case.LeastRecovery(1, d), w.Case.Eta(d) })
}

func thm22First(w *World[enc]) {
	robustness(w, "1 − ρ* ≤ 1 − σ(logit δ + βγ)", false, func(d int) (*big.Rat, *big.Rat) { return w.Case.LeastRecovery(1, d), w.Case.Eta(1) })
}

func thm22Power(w *World[enc]) {
	robustness(w, "1 − ρ* ≤ 1 − σ(logit δ + βγ^{d−1})", false, func(d int) (*big.Rat, *big.Rat) { return w.Case.LeastRecovery(1, d), w.Case.Eta(d - 1) })
}

func thm22Everywhere(w *World[enc]) {
	robustness(w, "1 − ρ* ≤ 1 − σ(logit δ + βγ^d) at every prefix", true, func(d int) (*big.Rat, *big.Rat) { return w.Case.LeastRecovery(1, d), w.Case.Eta(d) })
}

func thm22Mean(w *World[enc]) {
	r := verify.NewCaseWorld(w.Rationals(), w.Case)
	robustness(w, "1 − ρ* ≤ 1 − σ(logit E_Q[ρ_0] + βγ^d)", false, func(d int) (*big.Rat, *big.Rat) {
		return r.Dot(r.Objective().Adversary[d-1], recoveries(r, d)).Rat(), w.Case.Eta(d)
	})
}

// spending is what the policy that is P_0 up to k and the Gibbs measure after pays
// beyond k: Σ_{t>k} KL_t, Σ_{t>k} η_tρ*_t and Σ_{t>k} η_t(1−ρ*_t), averaged over
// its own prefixes.
type spending struct {
	k                    int
	kl, recovered, saved enc
	// free says that nothing is paid, certain that every prefix recovers already.
	free, certain bool
}

// spendings calls compare for every k < T.
func spendings(w *World[enc], compare func(s spending)) {
	f, all := interval(w), pointwiseProblems(w)
	gibbs := make([][]enc, w.T())
	for t, row := range all {
		gibbs[t] = defined(definition.Gibbs[enc](f, w.Oracle(), recoverySet(w), t+1, row[0].odds))
	}
	one := big.NewRat(1, 1)
	for k := range w.T() {
		policy := make([][]enc, w.T())
		copy(policy, w.Family.Prob[:k])
		copy(policy[k:], gibbs[k:])
		occupancy := exact.Occupancy(f, w.Family.Process, policy)
		zero := f.FromInt(0)
		s := spending{k: k, kl: zero, recovered: zero, saved: zero, free: true, certain: true}
		for t := k; t < w.T(); t++ {
			for x := range all[t] {
				p, weight := &all[t][x], occupancy[t][x]
				s.kl = f.Add(s.kl, f.Mul(weight, p.kl))
				s.recovered = f.Add(s.recovered, f.Mul(f.Mul(weight, p.tilt), p.recovery))
				s.saved = f.Add(s.saved, f.Mul(f.Mul(weight, p.tilt), p.failure))
				if p.reached { // as it is by the base model, which has the same support
					s.free = s.free && (p.rho.Sign() == 0 || p.eta.Sign() == 0)
					s.certain = s.certain && p.rho.Cmp(one) == 0
				}
			}
		}
		compare(s)
	}
}

// tiltTail returns Σ_{t>k} βγ^t over all positions that there may be: βγ^{k+1}/(1−γ)
// for γ < 1, and β(T−k) for γ = 1.
func tiltTail(w *World[enc], k int) *big.Rat {
	in := w.Case.Instance
	rest := new(big.Rat).Sub(big.NewRat(1, 1), in.Gamma)
	if rest.Sign() == 0 {
		return rest.Mul(in.Beta, big.NewRat(int64(w.T()-k), 1))
	}
	return rest.Quo(in.Eta(k+1), rest)
}

// tiltsAfter returns Σ_{t>k} η_t over the positions of the case.
func tiltsAfter(w *World[enc], k int) *big.Rat {
	sum := new(big.Rat)
	for t := k + 1; t <= w.T(); t++ {
		sum.Add(sum, w.Case.Eta(t))
	}
	return sum
}

// thm22Parts compares η_t = η_tρ* + η_t(1−ρ*), averaged over prefixes and summed over t > k.
func thm22Parts(w *World[enc]) {
	f := interval(w)
	spendings(w, func(s spending) {
		w.Meet(verify.At(s.k+1, 0), "Σ_{t>k} η_tρ*_t + Σ_{t>k} η_t(1−ρ*_t) = Σ_{t>k} η_t", f.Add(s.recovered, s.saved), defined(f.FromRat(tiltsAfter(w, s.k))))
	})
}

func thm22Cost(w *World[enc]) {
	f := interval(w)
	spendings(w, func(s spending) {
		at := verify.At(s.k+1, 0)
		finite := tiltsAfter(w, s.k)
		if s.free {
			w.Vacuous()
			return
		}
		w.Less(at, "Σ_{t>k} KL_t < Σ_{t>k} η_tρ*_t", s.kl, s.recovered)
		if gap := finite.Sub(tiltTail(w, s.k), finite); gap.Sign() > 0 || !s.certain {
			w.Less(at, "Σ_{t>k} η_tρ*_t < βγ^{k+1}/(1−γ), β(T−k) for γ = 1", f.FromInt(0), f.Add(s.saved, defined(f.FromRat(gap))))
		}
	})
}

func thm22CostLater(w *World[enc]) {
	spendings(w, func(s spending) {
		if w.Case.Gamma.Cmp(big.NewRat(1, 1)) < 0 {
			w.AtMost(verify.At(s.k+1, 0), "Σ_{t>k} η_tρ*_t ≤ βγ^{k+2}/(1−γ)", s.recovered, defined(interval(w).FromRat(tiltTail(w, s.k+1))))
		}
	})
}

func thm22CostQuarter(w *World[enc]) {
	quarter := defined(interval(w).FromRat(big.NewRat(1, 4)))
	spendings(w, func(s spending) {
		w.AtMost(verify.At(s.k+1, 0), "Σ_{t>k} KL_t ≤ Σ_{t>k} η_tρ*_t/4", s.kl, w.Mul(quarter, s.recovered))
	})
}

var theorem22Sharp = &Statement{
	ID: "thm-22-sharp", Title: "Cost of recovery, to second order", Section: "9.2", Kind: verify.Own,
	Formula:    "KL_t ≤ min(η_t, η_t²/8); Σ_{t>k} KL_t ≤ β²γ^{2(k+1)}/(8(1−γ²)) for γ < 1, β²(T−k)/8 for γ = 1",
	Hypotheses: []string{"β > 0: both inequalities are then strict"},
	Reading:    "Our own sharpening: KL = ∫_0^η a·Var_a(1[R]) da, and a variance of an indicator is at most ¼.",
	Claims: []Claim{
		{
			Formula:    "KL_t ≤ η_t²/8: d(η² − 8·KL)/dη = 2η(1−2q)² ≥ 0, and 0 at η = 0",
			Hypotheses: []string{"q = σ(logit ρ_0 + η): q' = q(1−q), (log Z)' = q"},
			Kernel:     []string{"Robustness.square_gap_derivative", "Robustness.cost_lt_square"},
			Check:      verify.Identity(quadraticCost[rat], quadraticCost[mod]).Within(verify.Limits{Leaves: scalarLeaves}),
		},
		{
			Formula: "KL_t ≤ min(η_t, η_t²/8); Σ_{t>k} KL_t ≤ β²γ^{2(k+1)}/(8(1−γ²)) for γ < 1, β²(T−k)/8 for γ = 1",
			Kernel:  []string{"Robustness.cost_lt_tilt", "Robustness.cost_lt_square", "Robustness.total_cost_sharp", "Robustness.total_cost_sharp_undiscounted"},
			Check:   verify.Interval(thm22Sharp),
		},
	},
	NearMisses: []NearMiss{
		{Name: "η²/10", Check: verify.Interval(thm22SharpTenth)},
		{Name: "η²/10, by the same derivative", Check: verify.Identity(quadraticCostTenth[rat], quadraticCostTenth[mod])},
		{Name: "the variance at the base: η²ρ_0(1−ρ_0)/2", Check: verify.Interval(thm22SharpBase)},
		{Name: "γ^{2(k+2)} in the sum", Check: verify.Interval(thm22SharpIndex)},
	},
	Source: recoverySource(needsRecoveryPenalty),
}

// squareOver returns η²/n.
func squareOver(w *World[enc], eta *big.Rat, n int64) enc {
	square := new(big.Rat).Mul(eta, eta)
	return defined(interval(w).FromRat(square.Mul(square, big.NewRat(1, n))))
}

// squareTail returns Σ_{t>k} β²γ^{2t}/8 over all positions that there may be, counted
// from γ^{2(k+1)}.
func squareTail(w *World[enc], k int) *big.Rat {
	in := w.Case.Instance
	rest := new(big.Rat).Sub(big.NewRat(1, 1), new(big.Rat).Mul(in.Gamma, in.Gamma))
	first := in.Eta(k + 1)
	first.Mul(first, first)
	if rest.Sign() == 0 {
		rest.SetFrac64(1, max(1, int64(w.T()-k)))
	}
	return first.Quo(first, rest.Mul(rest, big.NewRat(8, 1)))
}

func thm22Sharp(w *World[enc]) {
	if w.Case.Beta.Sign() == 0 {
		w.Vacuous()
		return
	}
	f := interval(w)
	everyProblem(w, func(p *prefixProblem) {
		w.Less(p.Place, "KL_t < η_t", p.kl, p.tilt)
		w.Less(p.Place, "KL_t < η_t²/8", p.kl, squareOver(w, p.eta, 8))
	})
	spendings(w, func(s spending) {
		w.Less(verify.At(s.k+1, 0), "Σ_{t>k} KL_t < β²γ^{2(k+1)}/(8(1−γ²)), β²(T−k)/8 for γ = 1", s.kl, defined(f.FromRat(squareTail(w, s.k))))
	})
}

func thm22SharpTenth(w *World[enc]) {
	everyProblem(w, func(p *prefixProblem) { w.AtMost(p.Place, "KL_t ≤ η_t²/10", p.kl, squareOver(w, p.eta, 10)) })
}

func thm22SharpBase(w *World[enc]) {
	f := interval(w)
	everyProblem(w, func(p *prefixProblem) {
		variance := f.Mul(p.base, f.Sub(f.FromInt(1), p.base))
		w.AtMost(p.Place, "KL_t ≤ η_t²ρ_0(1−ρ_0)/2", p.kl, f.Mul(variance, squareOver(w, p.eta, 2)))
	})
}

func thm22SharpIndex(w *World[enc]) {
	spendings(w, func(s spending) {
		if w.Case.Gamma.Cmp(big.NewRat(1, 1)) < 0 {
			w.AtMost(verify.At(s.k+1, 0), "Σ_{t>k} KL_t ≤ β²γ^{2(k+2)}/(8(1−γ²))", s.kl, defined(interval(w).FromRat(squareTail(w, s.k+1))))
		}
	})
}
