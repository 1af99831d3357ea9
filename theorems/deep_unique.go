package theorems

import (
	"iter"
	"math/big"
	"math/rand/v2"

	"sounding/exact"
	"sounding/exact/field"
	"sounding/generators"
	"sounding/model"
	"sounding/verify"
)

// Eq. 43 can have more than one minimiser.

var deepUniqueStatements = []*Statement{xUnique}

var xUnique = &Statement{
	ID: "x-unique", Title: "Eq. 43 can have two minimisers", Section: "9.2", Kind: verify.RefutedReading,
	Sentence: verify.Sentence{
		Place:   "Section 9",
		Says:    "The deep objective has a single minimiser: Theorems 19 and 22 speak of the minimiser.",
		Verdict: verify.Refuted,
		But:     "it has a minimiser, and may have two. At β = 0, and at T = 1, it has only one",
	},
	Formula: "argmin L_deep may hold two policies, mirror images of one another",
	Reading: "Exchanging the two first tokens maps the instances onto themselves, because the harm of the " +
		"recovering first token, λ·1 = βγ, balances the penalty of the other. A minimum exists, because the " +
		"policies form a compact set and L_deep is lower semicontinuous. A single minimiser would be its own " +
		"mirror image and have P(1) = ½. But a policy of the case costs less than every policy with P(1) = " +
		"½. So there is a minimiser with P(1) ≠ ½, and its mirror image is another. There is no third. For a " +
		"given P(1) each row after it is a strictly convex problem. The least of L_deep, as a function f of " +
		"P(1), has three stationary points, each enclosed by Newton's iteration where f″ has a constant " +
		"sign, and the one at ½ is a maximum.",
	Refuted: &Falsehood{
		Wording: "L_deep has one minimiser.",
		Check:   verify.Interval(ownMirrorImage),
	},
	Story:  xUniqueStory,
	Saving: "It is true that there is a minimiser, and for β below a threshold that there is only one (own-convex).",
	Repair: "A minimiser exists. It is the only one at β = 0 and at T = 1, where L_deep(P) − L_deep(P*) = " +
		"KL(P‖P*) for every P, and for β below a threshold (own-convex). Otherwise L_deep need not be convex, " +
		"either in the rows or in the law of sequences.",
	Claims: []Claim{
		{
			Formula:    "L_deep(P) = L_deep(mirror image of P)",
			Hypotheses: []string{"the instance is its own mirror image"},
			Check:      verify.Identity(mirroredFree[rat], mirroredFree[mod]).Within(verify.Limits{Leaves: symbolLeaves}),
			Also:       []Check{verify.Agreement(mirrored)},
		},
		{
			Formula:    "exactly two policies minimise L_deep; their P(1) lie on either side of ½",
			Hypotheses: []string{"the instance is its own mirror image"},
			Check:      verify.Interval(twoMinimisers),
		},
		{
			Formula:    "L(P) − L(P*) = KL(P‖P*) for every P",
			Hypotheses: []string{"β = 0", "P ≪ P_0", "P* ∝ P_0·e^{−λHarm}: log(P*/P_0)(a|x) = φ(xa) − φ(x), φ_T = −λHarm"},
			Kernel:     []string{"Optimum.optimum_excess"},
			Check:      verify.Identity(optimumGapFree[rat], optimumGapFree[mod]).Within(verify.Limits{Leaves: symbolLeaves}),
			Also:       []Check{verify.Agreement(softOptimum)},
		},
		{
			Formula:    "L_deep(P) − L_deep(P*) = KL(P‖P*) for every P",
			Hypotheses: []string{"T = 1", "P ≪ P_0", "P* ∝ P_0·exp(−λHarm + η·1[a∈R])"},
			Kernel:     []string{"Training.one_position_excess", "Training.penalty_optimum_form"},
			Check:      verify.Identity(uniqueAtOneFree[rat], uniqueAtOneFree[mod]).Within(verify.Limits{Leaves: prefixLeaves}),
			Also:       []Check{verify.Agreement(uniqueAtOne)},
		},
	},
	NearMisses: []NearMiss{
		{Name: "convex in the rows", Check: verify.Interval(convexRows)},
		{Name: "convex in the law of sequences", Check: verify.Interval(convexLaw)},
		{Name: "exchanging the first token alone, in symbols", Check: verify.Identity(mirroredFreeAlone[rat], mirroredFreeAlone[mod])},
		{Name: "exchanging the first token without the rows behind it changes nothing", Check: verify.Interval(mirroredAlone)},
		{Name: "β = 0: KL(P‖P*) with the prefixes of a position weighted alike", Check: verify.Interval(softOptimumAlike)},
		{Name: "L_deep(P) − L_deep(P*) = KL(P‖P*) for the cheapest policy found", Drops: "β = 0 or T = 1", Check: verify.Interval(uniqueEverywhere)},
	},
	Source: &Source{Draw: drawMirrored, Smallest: smallestMirrored},
}

// mirroredCase returns the instance on two tokens and two positions with a uniform
// first token, rows n : 1 behind either, R = {1}, harm 1 on first token 1, and
// λ = βγ.
func mirroredCase(n int64, beta, gamma *big.Rat) *model.Case {
	in := generators.Tree(2, [][]int64{{1, 1}, {n, 1, n, 1}}, []int64{0, 0, 1, 1}, 1)
	in.Recovery = []int{1}
	in.Beta, in.Gamma = beta, gamma
	in.Lambda = in.Eta(1)
	return withCandidate(&model.Case{Instance: in})
}

// drawMirrored draws instances with two minima, and one in eight with one position.
// Where the tilt s = βγ² of position 2 is above 2 and n about e^s, the penalty
// bends f down at the middle more than the KL bends it up: f″(½) = 4 − 4s²ρ(1−ρ)
// with ρ = 1/(1 + n·e^{−s}).
func drawMirrored(seed uint64, i int) *model.Case {
	if i%8 == 4 {
		return withCandidate(deepDraw{shapes: []Shape{shape(2, 1), shape(3, 1)}, horizon: 1}.draw(seed, i/4))
	}
	g := rand.New(rand.NewPCG(seed, uint64(i)))
	beta, gamma, n := big.NewRat(3+g.Int64N(3), 1), big.NewRat(1, 1), 12+g.Int64N(40)
	if g.IntN(2) == 0 {
		gamma = big.NewRat(1, 2)
		beta.Mul(beta, big.NewRat(4, 1))
	}
	return mirroredCase(n, beta, gamma)
}

// smallestMirrored runs through the mirrored instances with γ = 1 and a whole β by
// n + β.
func smallestMirrored() iter.Seq[*model.Case] {
	return func(yield func(*model.Case) bool) {
		for size := int64(2); ; size++ {
			for n := int64(1); n < size; n++ {
				if !yield(mirroredCase(n, big.NewRat(size-n, 1), big.NewRat(1, 1))) {
					return
				}
			}
		}
	}
}

// mirrorInvariant reports whether exchanging the first tokens maps the instance
// onto itself: the base model, Q, and λHarm together with the penalty of position 1.
func mirrorInvariant(c *model.Case) bool {
	if c.Vocabulary() != 2 || c.Length() != 2 || !c.Tree() {
		return false
	}
	same := func(w *model.Naturals, i, j, k, l int) bool { // w_i : w_j = w_k : w_l
		a, b := w.At(i), w.At(j)
		return a.Mul(a, w.At(l)).Cmp(b.Mul(b, w.At(k))) == 0
	}
	first, second := c.Layer(1).Weights(), c.Layer(2).Weights()
	if first.Cmp(0, 1) != 0 || !same(second, 0, 1, 2, 3) || c.AdversaryWeights(1).Cmp(0, 1) != 0 {
		return false
	}
	cost := func(x, y int) *big.Rat {
		v := new(big.Rat).Mul(c.Lambda, c.HarmAt(2*x+y))
		if !c.Recovers(x) {
			v.Add(v, c.Eta(1))
		}
		return v
	}
	return cost(0, 0).Cmp(cost(1, 0)) == 0 && cost(0, 1).Cmp(cost(1, 1)) == 0
}

// mirrorWorld reports whether a world is that of a mirrored instance with a positive
// base model and a candidate, and notes it where it is not.
func mirrorWorld(w *World[enc]) bool {
	ok := mirrorInvariant(w.Case) && positiveBase(w) && len(w.Case.Candidates) > 0
	if !ok {
		w.Vacuous()
	}
	return ok
}

// alongFirstToken returns the least of L_deep as a function of P(1), nil where the world is not
// that of a mirrored instance.
func alongFirstToken(w *World[enc]) *exact.FirstToken {
	if !mirrorWorld(w) {
		return nil
	}
	g, err := exact.NewFirstToken(interval(w), w.Case.Instance)
	if err != nil {
		undecided(w, err)
		return nil
	}
	return g
}

// ownMirrorImage claims what would follow from a single minimiser: some policy with
// P(1) = ½ costs no more than any other.
func ownMirrorImage(w *World[enc]) {
	f, g := interval(w), alongFirstToken(w)
	if g == nil {
		return
	}
	middle, err := g.At(fraction(w, 1, 2))
	if err != nil {
		undecided(w, err)
		return
	}
	for _, policy := range candidates(w) {
		if d := deepAt(w, w.Family.Numbers, w.Objective(), policy); d != nil {
			w.AtMost(Place{}, "the least of L_deep over policies with P(1) = ½ ≤ L_deep of every policy", middle, d.Total(f))
		}
	}
}

// mirrorImage exchanges the entries of the first tokens, and those behind them where asked.
func mirrorImage(policy [][]enc, rows bool) [][]enc {
	first, second := policy[0], policy[1]
	image := [][]enc{{first[1], first[0]}, second}
	if rows {
		image[1] = []enc{second[2], second[3], second[0], second[1]}
	}
	return image
}

func sameCost(w *World[enc], claim string, rows bool) {
	if !mirrorWorld(w) {
		return
	}
	f := interval(w)
	for _, policy := range candidates(w) {
		here, there := deepAt(w, w.Family.Numbers, w.Objective(), policy), deepAt(w, w.Family.Numbers, w.Objective(), mirrorImage(policy, rows))
		if here != nil && there != nil {
			w.Meet(Place{}, claim, here.Total(f), there.Total(f))
		}
	}
}

func mirrored(w *World[enc]) { sameCost(w, "L_deep(P) = L_deep(mirror image of P)", true) }

func mirroredAlone(w *World[enc]) {
	sameCost(w, "L_deep(P) = L_deep(P with its first tokens exchanged)", false)
}

// twoMinimisers claims that two policies minimise L_deep, mirror images of one another. A minimiser has
// its P(1) at a zero of f′, and the best rows behind it are the only ones.
func twoMinimisers(w *World[enc]) {
	f, g := interval(w), alongFirstToken(w)
	if g == nil {
		return
	}
	zeros, err := g.Stationary()
	if err != nil {
		undecided(w, err)
		return
	}
	w.Same(Place{}, "number of stationary points of f", len(zeros), 3)
	low, middle, high := zeros[0], zeros[1], zeros[2]
	for _, z := range []exact.Stationary{low, high} {
		w.True(Place{}, "f″ > 0 around a stationary point off the middle", z.Minimum)
		w.Less(Place{}, "f at a stationary point off the middle < f(½)", z.Value, middle.Value)
	}
	half := fraction(w, 1, 2)
	w.True(Place{}, "they lie on either side of ½", f.Sign(f.Sub(low.At, half)) == field.Negative && f.Sign(f.Sub(high.At, half)) == field.Positive)
	w.True(Place{}, "their mirror images are stationary points", f.Overlap(f.Sub(w.FromInt(1), low.At), high.At))
}

// convex claims that L_deep at the mean of a policy and its mirror image is at most
// their common value, for a mean of the rows or of the laws.
func convex(w *World[enc], claim string, laws bool) {
	if !mirrorWorld(w) {
		return
	}
	f := interval(w)
	half := fraction(w, 1, 2)
	for _, policy := range candidates(w) {
		other := mirrorImage(policy, true)
		mean := [][]enc{{half, half}, nil}
		for e := range other[1] {
			// Behind a first token of probability p and its image of 1 − p, the mean of
			// the laws weighs the two rows with p and 1 − p.
			weight := half
			if laws {
				weight = policy[0][e/2]
			}
			mean[1] = append(mean[1], f.Add(f.Mul(weight, policy[1][e]), f.Mul(f.Sub(w.FromInt(1), weight), other[1][e])))
		}
		here, middle := deepAt(w, w.Family.Numbers, w.Objective(), policy), deepAt(w, w.Family.Numbers, w.Objective(), mean)
		if here != nil && middle != nil {
			w.AtMost(Place{}, claim, middle.Total(f), here.Total(f))
		}
	}
}

func convexRows(w *World[enc]) {
	convex(w, "L_deep(mean of the rows of two policies) ≤ the mean of L_deep", false)
}

func convexLaw(w *World[enc]) {
	convex(w, "L_deep(mean of the laws of two policies) ≤ the mean of L_deep", true)
}

// excess compares L_deep(P) − L_deep(P*) with KL(P‖P*), for P drawn.
func excess(w *World[enc], claim string, best [][]enc) {
	f, o := interval(w), w.Objective()
	p := drawnRows(w)
	here, least := deepAt(w, w.Family.Numbers, o, p), deepAt(w, w.Family.Numbers, o, best)
	o.Beta = w.FromInt(0)
	between := deepAt(w, w.Family.WithProb(best), o, p)
	if here == nil || least == nil || between == nil {
		return
	}
	w.Meet(Place{}, claim, f.Sub(here.Total(f), least.Total(f)), f.Sub(between.Total(f), between.Harm))
}

func uniqueAtOne(w *World[enc]) {
	if w.T() > 1 || !positiveBase(w) {
		w.Vacuous()
		return
	}
	best, err := tilted(w, 1, 0, func(e int) enc {
		return w.Sub(recovering(w, 1, e, eta(w, 1)), w.Mul(w.Objective().Lambda, w.Family.Harm[w.Layer(1).Next(e)]))
	})
	if err != nil {
		undecided(w, err)
		return
	}
	excess(w, "T = 1: L_deep(P) − L_deep(P*) = KL(P‖P*)", [][]enc{best})
}

func uniqueEverywhere(w *World[enc]) {
	if w.T() == 1 {
		w.Vacuous()
		return
	}
	for _, policy := range candidates(w) {
		excess(w, "L_deep(P) − L_deep(P*) = KL(P‖P*)", policy)
	}
}
