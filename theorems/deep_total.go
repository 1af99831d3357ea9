package theorems

import (
	"iter"
	"math/big"
	"math/rand/v2"
	"slices"

	"sounding/exact"
	"sounding/exact/field"
	"sounding/model"
	"sounding/verify"
)

// Appendix B: the total KL of the minimisers of eq. 43.

var deepTotalStatements = []*Statement{xRemark6}

var xRemark6 = &Statement{
	ID: "x-rem-6", Title: "Uniform depth need not cost unbounded KL", Section: "B.2", Kind: verify.RefutedReading, Twin: "rem-6",
	Formula: "Q begins with b ∉ R: KL(P*‖P_0) ≤ L_deep(C) = λE_C[Harm] − log(1−P_0(b)) + η_1·C(y_1∉R) for every minimiser P* of eq. 43, every T and every γ ≤ 1; " +
		"C is P_0 on the sequences that do not begin with b, and recovers for certain on those that do",
	Hypotheses: []string{"every prefix that Q draws begins with b ∉ R", "P_0 positive, R not empty"},
	Reading: "Remark 6 formalises a tradeoff: as γ → 1 the total recovery KL diverges, and uniform depth " +
		"needs unbounded KL. The refuted reading is that the minimiser of eq. 43 pays at least that much at " +
		"γ = 1. It does not, because it may avoid the adversary's prefixes: after a prefix that it never " +
		"says, recovery costs no KL. The bound does not depend on T. A minimiser costs no more than C, and " +
		"its KL is at most its cost, because λE[Harm] and the penalty are not negative.",
	Refuted: &Falsehood{
		Wording: "Uniform-depth alignment (γ = 1) requires unbounded total KL: that of the minimiser of eq. 43 is at least Σ_t E_Q[KL(p*‖p_0)], the sum over the positions of what the Gibbs measures of thm-20 cost.",
		Check:   verify.Interval(uniformDepth),
		Source:  &Source{Smallest: longerTrees(2)},
	},
	Story: xRemark6Story,
	Saving: "It is true of the leading order of Theorem 19 (rem-6), and of the pointwise problem of eq. 72, " +
		"where each position beyond the horizon pays for its own Gibbs measure.",
	Repair: "Uniform depth takes unbounded KL where the policy cannot help saying the adversary's prefixes. If they all begin with one token, to avoid it costs −log(1−P_0(b)) once, and depth is then free.",
	Claims: []Claim{
		{
			Formula: "C(y)·(1−P_0(b)) = P_0(y)·1[y_1≠b]",
			Check:   verify.Rational(avoidance),
		},
		{
			Formula: "Σ_t η_tE_Q[C(y_t∉R|y_<t)] = η_1·C(y_1∉R)",
			Check:   verify.Rational(avoidedPenalty),
		},
		{
			Formula: "L_deep(P) ≤ L_deep(C) ⇒ KL(P‖P_0) ≤ λE_C[Harm] − log(1−P_0(b)) + η_1·C(y_1∉R)",
			Check:   verify.Interval(avoidanceBound),
		},
	},
	NearMisses: []NearMiss{
		{Name: "Q begins with any token", Drops: "every prefix that Q draws begins with b ∉ R", Check: verify.Rational(avoidedPenaltyAnywhere), Source: deepTrees.near(needsRecoveryAdversary)},
		{Name: "P_0(b) in place of 1 − P_0(b)", Check: verify.Rational(avoidanceSwapped), Source: &Source{Draw: avoidable, Smallest: smallestDeep(needsRecoveryAdversary)}},
		{Name: "the penalty of the second position too", Check: verify.Rational(avoidedPenaltyTwice), Source: &Source{Draw: avoidable, Smallest: longerTrees(3)}},
		{Name: "no KL at all: 0 in place of −log(1−P_0(b))", Check: verify.Interval(avoidanceFree)},
	},
	Source: &Source{Draw: avoidableSearch, Smallest: mapped(longerTrees(2), withCandidate)},
}

// avoidable returns a case whose adversary begins with a token that is not in R, the last;
// the first is in R.
func avoidable(seed uint64, i int) *model.Case {
	r := rand.New(rand.NewPCG(seed, uint64(i)))
	shape := []Shape{shape(2, 2), shape(3, 2), shape(2, 3)}[i%3]
	c := smallTree(shape.Vocabulary, shape.Length, r)
	in := c.Instance
	in.Recovery, in.Adversary.Kind = []int{0}, model.AdversaryRows
	for n, t := shape.Vocabulary, 1; t < shape.Length; n, t = n*shape.Vocabulary, t+1 {
		rows := integers(n, 1, 4, r)
		if t == 1 {
			clear(rows[:n-1])
		}
		in.Adversary.Rows = append(in.Adversary.Rows, model.NaturalsOf(rows...))
	}
	in.Lambda, in.Beta = big.NewRat(r.Int64N(3), 2), big.NewRat(1+r.Int64N(8), 1)
	in.Gamma = big.NewRat(2, 2+r.Int64N(2))
	return c
}

// avoidableSearch draws the same with what the search for a minimiser finds best.
func avoidableSearch(seed uint64, i int) *model.Case { return withCandidate(avoidable(seed, i)) }

// longerTrees runs through the trees of v tokens that are equally likely everywhere, by
// length: the adversary begins with the last token and then follows the base model, and β = 2.
func longerTrees(v int) func() iter.Seq[*model.Case] {
	return func() iter.Seq[*model.Case] {
		return func(yield func(*model.Case) bool) {
			for length := 2; length < 12; length++ {
				in := model.NewInstance(shape(v, length).Tree())
				in.Recovery, in.Beta, in.Adversary.Kind = []int{0}, big.NewRat(2, 1), model.AdversaryRows
				for t := 1; t < length; t++ {
					rows := slices.Repeat([]int64{1}, in.States(t))
					if t == 1 {
						clear(rows[:v-1])
					}
					in.Adversary.Rows = append(in.Adversary.Rows, model.NaturalsOf(rows...))
				}
				if !yield(&model.Case{Instance: in}) {
					return
				}
			}
		}
	}
}

// avoided returns the token b that every prefix of Q begins with, and that is not in R;
// false, and the world told of it, where there is none.
func avoided[E any](w *World[E]) (int, bool) {
	if w.T() > 1 && positiveBase(w) && onTree(w) && len(w.Case.Recovery) > 0 {
		var first []int
		weights := w.Case.AdversaryWeights(1)
		for a := range w.V() {
			if !weights.IsZero(a) {
				first = append(first, a)
			}
		}
		if len(first) == 1 && !w.Objective().Recovers(first[0]) {
			return first[0], true
		}
	}
	w.Vacuous()
	return 0, false
}

// avoiding returns the rows of C.
func avoiding[E any](w *World[E], b int) [][]E {
	block := 1 // the states of layer t−1 behind one first token
	policy := make([][]E, w.T())
	quo := func(a, by E) E { return defined(fieldOf(w).Quo(a, by)) }
	for t := 1; t <= w.T(); t++ {
		rho := recoveries(w, t)
		policy[t-1] = overEdges(w, func(s, x, e int) E {
			p := w.Family.Prob[s-1][e]
			switch {
			case s != t:
				return p
			case t == 1 && e == b:
				return w.FromInt(0)
			case t == 1:
				return quo(p, w.Sub(w.FromInt(1), w.Family.Prob[0][b]))
			case x/block == b:
				return quo(recovering(w, t, e, p), rho[x])
			}
			return p
		})[t-1]
		if t > 1 {
			block *= w.V()
		}
	}
	return policy
}

// avoidanceIs compares C(y)·share with P_0(y)·1[y_1≠b], over sequences.
func avoidanceIs(w *World[rat], claim string, share func(b int) rat) {
	b, ok := avoided(w)
	if !ok {
		return
	}
	o, joint := w.Oracle(), under(w, avoiding(w, b)).Joint()
	for i, p := range o.Joint() {
		if o.Edge(i, 1) == b {
			p = w.FromInt(0)
		}
		w.Equal(Place{}.Where("sequence %d", i), claim, w.Mul(joint[i], share(b)), p)
	}
}

func avoidance(w *World[rat]) {
	avoidanceIs(w, "C(y)·(1−P_0(b)) = P_0(y)·1[y_1≠b]", func(b int) rat { return w.Sub(w.FromInt(1), w.Family.Prob[0][b]) })
}

func avoidanceSwapped(w *World[rat]) {
	avoidanceIs(w, "C(y)·P_0(b) = P_0(y)·1[y_1≠b]", func(b int) rat { return w.Family.Prob[0][b] })
}

// avoidedPenaltyIs compares the penalty of the policy that avoids b, by the definition, with
// its parts of the first positions.
func avoidedPenaltyIs(w *World[rat], claim string, b int, parts func(t int) bool) {
	policy := avoiding(w, b)
	o := under(w, policy)
	left, right := w.FromInt(0), w.FromInt(0)
	for t := 1; t <= w.T(); t++ {
		left = w.Add(left, w.Mul(eta(w, t), o.RecoveryFailure(recoverySet(w), w.Prefixes(), t)))
		if parts(t) {
			right = w.Add(right, w.Mul(eta(w, t), w.Dot(policy[0], failures(w, 1, 0))))
		}
	}
	w.Equal(Place{}, claim, left, right)
}

func avoidedPenalty(w *World[rat]) {
	if b, ok := avoided(w); ok {
		avoidedPenaltyIs(w, "Σ_t η_tE_Q[C(y_t∉R|y_<t)] = η_1·C(y_1∉R)", b, func(t int) bool { return t == 1 })
	}
}

func avoidedPenaltyTwice(w *World[rat]) {
	if b, ok := avoided(w); ok {
		avoidedPenaltyIs(w, "Σ_t η_tE_Q[C(y_t∉R|y_<t)] = (η_1 + η_2)·C(y_1∉R)", b, func(t int) bool { return t <= 2 })
	}
}

// avoidedPenaltyAnywhere avoids the first token that is not in R, whatever Q is.
func avoidedPenaltyAnywhere(w *World[rat]) {
	if !proper(w.Case) || !positiveBase(w) || !onTree(w) {
		w.Vacuous()
		return
	}
	b := 0
	for w.Objective().Recovers(b) {
		b++
	}
	avoidedPenaltyIs(w, "Q any law: Σ_t η_tE_Q[C(y_t∉R|y_<t)] = η_1·C(y_1∉R)", b, func(t int) bool { return t == 1 })
}

// avoidanceCost encloses λE_C[Harm] + η_1·C(y_1∉R) and −log(1−P_0(b)).
func avoidanceCost(w *World[enc], b int) (rest, once enc, ok bool) {
	policy := avoiding(w, b)
	log, err := interval(w).Log(w.Sub(w.FromInt(1), w.Family.Prob[0][b]))
	if err != nil {
		undecided(w, err)
		return rest, once, false
	}
	harm := exact.Backward(w.Ring, w.Family.WithProb(policy), w.Family.Harm)[0][0]
	rest = w.Add(w.Mul(w.Objective().Lambda, harm), w.Mul(eta(w, 1), w.Dot(policy[0], failures(w, 1, 0))))
	return rest, w.Neg(log), true
}

// uniformDepth compares what the Gibbs measures cost at Q's prefixes with what bounds the
// KL of every minimiser.
func uniformDepth(w *World[enc]) {
	b, ok := avoided(w)
	if !ok || w.Case.Gamma.Cmp(big.NewRat(1, 1)) != 0 {
		w.Vacuous()
		return
	}
	rest, once, ok := avoidanceCost(w, b)
	if !ok {
		return
	}
	f, sum := interval(w), w.FromInt(0)
	for t := 1; t <= w.T(); t++ {
		u, err := f.Exp(eta(w, t))
		if err != nil {
			undecided(w, err)
			return
		}
		for x, rho := range recoveries(w, t) {
			_, kl, err := exact.Gibbs(f, rho, eta(w, t), u)
			if err != nil {
				undecided(w, err)
				return
			}
			sum = w.Add(sum, w.Mul(w.Objective().Adversary[t-1][x], kl))
		}
	}
	w.AtMost(Place{}, "Σ_t E_Q[KL(p*‖p_0)] ≤ λE_C[Harm] − log(1−P_0(b)) + η_1·C(y_1∉R)", sum, w.Add(rest, once))
}

// boundedBy compares the KL of the candidates that cost no more than C with a bound made of
// what C costs.
func boundedBy(w *World[enc], claim string, bound func(rest, once enc) enc) {
	b, ok := avoided(w)
	if !ok {
		return
	}
	rest, once, ok := avoidanceCost(w, b)
	if !ok {
		return
	}
	f := interval(w)
	for _, policy := range candidates(w) {
		d := deepAt(w, w.Family.Numbers, w.Objective(), policy)
		if d == nil {
			return
		}
		if f.Sign(f.Sub(w.Add(rest, once), d.Total(f))) == field.Positive {
			w.AtMost(Place{}, claim, field.Sum(w.Ring, d.KL), bound(rest, once))
		}
	}
}

func avoidanceBound(w *World[enc]) {
	boundedBy(w, "L_deep(P) ≤ L_deep(C) ⇒ KL(P‖P_0) ≤ λE_C[Harm] − log(1−P_0(b)) + η_1·C(y_1∉R)", w.Add)
}

func avoidanceFree(w *World[enc]) {
	boundedBy(w, "L_deep(P) ≤ L_deep(C) ⇒ KL(P‖P_0) ≤ λE_C[Harm] + η_1·C(y_1∉R)", func(rest, _ enc) enc { return rest })
}
