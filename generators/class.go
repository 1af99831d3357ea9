package generators

import (
	"iter"
	"math/big"
	"slices"

	"sounding/model"
)

// A Class is a property of cases that matters to some statement.
type Class int8

// The classes that draws must cover.
const (
	HorizonZero     Class = iota // harm is constant with probability one
	HorizonInterior              // 0 < horizon < T
	HorizonFull                  // horizon T
	OpenOffSupport               // harm varies beyond the horizon, on sequences of probability 0
	Silent                       // I_t = 0 at some t before the horizon
	UnequalRisk                  // and E[Harm²|y_≤t] depends on y_t there
	Proportional                 // every score proportional to Δ_t, not all of them 0
	ZeroProbability              // a token of probability 0 at a reachable state
	NearlyCertain                // two positive weights of a reachable row differ by more than 10⁶
	BeyondWords                  // a weight that fits no machine word
	SingleToken                  // V = 1
	SinglePosition               // T = 1
	Layered                      // not a prefix tree
	Unreachable                  // a layered process with a state that no sequence of positive probability reaches
	SparseRows                   // a row that lists only some tokens
	RepeatedLayer                // one layer at several positions
	RecoveryEmpty                // R = ∅
	RecoveryFull                 // R holds every token
	RecoverySingle               // |R| = 1 < V
	RecoveryCertain              // ∅ ≠ R ≠ all, yet ρ_0 ∈ {0, 1} at a reachable state
	QPolicy                      // Q = P_0, given as such
	QUniform                     // Q uniform
	QRows                        // Q given by rows
	QSmaller                     // a prefix state has P_0 > 0 and Q = 0
	QLarger                      // a prefix state has Q > 0 and P_0 = 0
	NoHarmWeight                 // λ = 0
	NoPenalty                    // β = 0
	TiltTiny                     // 0 < η_t ≤ 10⁻⁶ for some t
	TiltHuge                     // η_t ≥ 1000 for some t
	TabularLogits                // one logit per edge
	DecoupledLogits              // parameters per position
	SharedLogits                 // one parameter vector
	Identifiable                 // log-linear, Σ_t F̄_t (each F̄_t where decoupled) positive definite
	classCount
)

// Each class's name and the least share of draws, in thousandths, that it must
// have. A degenerate class is one about which some statements say nothing.
var classes = [classCount]struct {
	name       string
	least      int
	degenerate bool
}{
	HorizonZero:     {"horizon 0", 30, true},
	HorizonInterior: {"horizon interior", 120, false},
	HorizonFull:     {"horizon T", 500, false},
	OpenOffSupport:  {"harm open off the support", 40, false},
	Silent:          {"silent position before the horizon", 200, false},
	UnequalRisk:     {"silent position, unequal risk", 40, false},
	Proportional:    {"score proportional to increment", 100, false},
	ZeroProbability: {"token of probability 0", 300, false},
	NearlyCertain:   {"weight ratio beyond 10^6", 200, false},
	BeyondWords:     {"weight beyond 64 bits", 100, false},
	SingleToken:     {"one token", 5, true},
	SinglePosition:  {"one position", 80, false},
	Layered:         {"layered", 150, false},
	Unreachable:     {"unreachable state", 80, false},
	SparseRows:      {"sparse rows", 25, false},
	RepeatedLayer:   {"repeated layer", 20, false},
	RecoveryEmpty:   {"R empty", 15, true},
	RecoveryFull:    {"R full", 15, true},
	RecoverySingle:  {"R single", 300, false},
	RecoveryCertain: {"recovery probability 0 or 1", 200, false},
	QPolicy:         {"Q = P", 250, false},
	QUniform:        {"Q uniform", 100, false},
	QRows:           {"Q by rows", 200, false},
	QSmaller:        {"Q zero where P is positive", 50, false},
	QLarger:         {"Q positive where P is zero", 50, false},
	NoHarmWeight:    {"lambda 0", 10, true},
	NoPenalty:       {"beta 0", 10, true},
	TiltTiny:        {"tilt at most 10^-6", 40, false},
	TiltHuge:        {"tilt at least 1000", 20, false},
	TabularLogits:   {"tabular", 300, false},
	DecoupledLogits: {"decoupled", 150, false},
	SharedLogits:    {"shared", 120, false},
	Identifiable:    {"log-linear, Fisher matrix definite", 150, false},
}

// Classes returns every class.
func Classes() []Class {
	list := make([]Class, classCount)
	for i := range list {
		list[i] = Class(i)
	}
	return list
}

func (c Class) String() string { return classes[c].name }

// Least returns the least share of the draws of [Cases], in thousandths, that
// must be of the class.
func (c Class) Least() int { return classes[c].least }

// Degenerate reports whether some statements say nothing about cases of the
// class. Fewer than a quarter of the draws may be of any such class.
func (c Class) Degenerate() bool { return classes[c].degenerate }

// Classify returns the classes of a case in increasing order. It decides them
// from supports and by exact arithmetic, sharing no code with the generators.
func Classify(c *model.Case) []Class {
	reach := c.Reachable()
	var list classList
	list.noteHarm(c, reach)
	list.noteLayers(c, reach)
	list.noteRecovery(c, reach)
	list.note(NoHarmWeight, c.Lambda.Sign() == 0)
	list.note(NoPenalty, c.Beta.Sign() == 0)
	last := c.Eta(c.Length()) // η_t does not increase with t
	list.note(TiltTiny, last.Sign() > 0 && last.Cmp(big.NewRat(1, 1_000_000)) <= 0)
	list.note(TiltHuge, c.Eta(1).Cmp(big.NewRat(1000, 1)) >= 0)
	list.note(TabularLogits, c.Parameterisation.Tabular())
	list.note(DecoupledLogits, c.Parameterisation.Kind == model.Decoupled)
	list.note(SharedLogits, c.Parameterisation.Kind == model.Shared)
	list.note(Identifiable, logLinear(c) && identifiable(c, reach))
	return list
}

func logLinear(c *model.Case) bool {
	return c.Parameterisation.Kind == model.Decoupled || c.Parameterisation.Kind == model.Shared
}

type classList []Class

func (l *classList) note(class Class, holds bool) {
	if holds {
		*l = append(*l, class)
	}
}

func (l *classList) noteHarm(c *model.Case, reach [][]bool) {
	k, open := horizonOf(c.Process)
	l.note(HorizonZero, k == 0)
	l.note(HorizonInterior, 0 < k && k < c.Length())
	l.note(HorizonFull, 0 < k && k == c.Length())
	l.note(OpenOffSupport, open)

	mean := conditionalMeans(c.Process, harms(c.Process))
	silent := silences(c.Process, reach, mean, k)
	l.note(Silent, len(silent) > 0)
	l.note(UnequalRisk, risksDiffer(c.Process, reach, silent))
	l.note(Proportional, logLinear(c) && proportional(c, reach, mean))
}

func (l *classList) noteLayers(c *model.Case, reach [][]bool) {
	var zero, apart, wide, sparse bool
	repeated := make(map[*model.Layer]bool)
	for t := 1; t <= c.Length(); t++ {
		layer := c.Layer(t)
		_, fits := layer.Weights().Int64s()
		wide = wide || !fits
		repeated[layer] = true
		for x := range layer.States() {
			lo, hi := layer.Row(x)
			sparse = sparse || hi-lo < c.Vocabulary()
			if reach[t-1][x] {
				z, a := rowExtremes(layer.Weights(), lo, hi)
				zero = zero || z || hi-lo < c.Vocabulary()
				apart = apart || a
			}
		}
	}
	l.note(ZeroProbability, zero)
	l.note(NearlyCertain, apart)
	l.note(BeyondWords, wide)
	l.note(SingleToken, c.Vocabulary() == 1)
	l.note(SinglePosition, c.Length() == 1)
	l.note(Layered, !c.Tree())
	l.note(Unreachable, !c.Tree() && slices.ContainsFunc(reach, func(r []bool) bool { return slices.Contains(r, false) }))
	l.note(SparseRows, sparse)
	l.note(RepeatedLayer, len(repeated) < c.Length())
}

func (l *classList) noteRecovery(c *model.Case, reach [][]bool) {
	proper := len(c.Recovery) > 0 && len(c.Recovery) < c.Vocabulary()
	l.note(RecoveryEmpty, len(c.Recovery) == 0)
	l.note(RecoveryFull, len(c.Recovery) == c.Vocabulary())
	l.note(RecoverySingle, proper && len(c.Recovery) == 1)
	l.note(RecoveryCertain, proper && recoveryCertain(c, reach))
	l.note(QPolicy, c.Adversary.Kind == model.AdversaryPolicy)
	l.note(QUniform, c.Adversary.Kind == model.AdversaryUniform)
	l.note(QRows, c.Adversary.Kind == model.AdversaryRows)
	smaller, larger := compareSupports(c, reach)
	l.note(QSmaller, smaller)
	l.note(QLarger, larger)
}

// horizonOf returns the least k such that the completions of positive
// probability of every reachable state of layer k have equal harm, and whether
// the completions of one of these states differ in harm when those of
// probability 0 are counted in.
func horizonOf(p *model.Process) (k int, open bool) {
	const differ = -1
	merge := func(a, b int) int { // final states stand for their harm
		if a == differ || b == differ || p.Harm().Cmp(a, b) != 0 {
			return differ
		}
		return a
	}
	last := make([]int, p.States(p.Length()))
	for x := range last {
		last[x] = x
	}
	sure, all := last, last // per state a final state with the harm of all completions, or differ
	reach := p.Reachable()
	for t := p.Length(); t >= 1; t-- {
		l := p.Layer(t)
		sureBefore, allBefore := make([]int, l.States()), make([]int, l.States())
		settled := true
		for x := range l.States() {
			lo, hi := l.Row(x)
			first := lo
			for l.Weights().IsZero(first) {
				first++
			}
			sureBefore[x], allBefore[x] = sure[l.Next(first)], all[l.Next(first)]
			for e := lo; e < hi; e++ {
				allBefore[x] = merge(allBefore[x], all[l.Next(e)])
				if !l.Weights().IsZero(e) {
					sureBefore[x] = merge(sureBefore[x], sure[l.Next(e)])
				}
			}
			settled = settled && (sureBefore[x] != differ || !reach[t-1][x])
		}
		if !settled {
			return t, anyOpen(reach[t], all, differ)
		}
		sure, all = sureBefore, allBefore
	}
	return 0, anyOpen(reach[0], all, differ)
}

func anyOpen(reach []bool, all []int, differ int) bool {
	for x, ok := range reach {
		if ok && all[x] == differ {
			return true
		}
	}
	return false
}

// HasSilence reports whether a case is of the class [Silent], at less cost than [Classify].
func HasSilence(c *model.Case) bool {
	k, _ := horizonOf(c.Process)
	if k <= 1 {
		return false
	}
	return len(silences(c.Process, c.Reachable(), conditionalMeans(c.Process, harms(c.Process)), k)) > 0
}

// silences returns the positions before the horizon k whose token does not change the mean harm.
func silences(p *model.Process, reach [][]bool, mean [][]*big.Rat, k int) []int {
	var list []int
	for t := 1; t < k; t++ {
		if constantWithin(p, reach, mean, t) {
			list = append(list, t)
		}
	}
	return list
}

// risksDiffer reports whether E[Harm²|y_≤t] depends on the token at one of the positions.
func risksDiffer(p *model.Process, reach [][]bool, positions []int) bool {
	if len(positions) == 0 {
		return false
	}
	squares := harms(p)
	for _, j := range squares {
		j.Mul(j, j)
	}
	mean := conditionalMeans(p, squares)
	return slices.ContainsFunc(positions, func(t int) bool { return !constantWithin(p, reach, mean, t) })
}

// harms returns the harm of every final state, times the harm denominator.
func harms(p *model.Process) []*big.Rat {
	list := make([]*big.Rat, p.States(p.Length()))
	for x := range list {
		list[x] = new(big.Rat).SetInt(p.Harm().At(x))
	}
	return list
}

// conditionalMeans returns the means of a value of the final states, per state of the layers 0…T.
func conditionalMeans(p *model.Process, final []*big.Rat) [][]*big.Rat {
	mean := make([][]*big.Rat, p.Length()+1)
	mean[p.Length()] = final
	for t := p.Length() - 1; t >= 0; t-- {
		mean[t] = make([]*big.Rat, p.States(t))
		for x := range mean[t] {
			mean[t][x] = average(p.Layer(t+1), x, mean[t+1])
		}
	}
	return mean
}

// average returns the mean of the values behind the edges of state x: one fraction over the
// least common denominator of the values, which is reduced once.
func average(l *model.Layer, x int, values []*big.Rat) *big.Rat {
	lo, hi := l.Row(x)
	common, part := big.NewInt(1), new(big.Int)
	for e := lo; e < hi; e++ {
		if d := values[l.Next(e)].Denom(); common.Cmp(d) != 0 {
			part.GCD(nil, nil, common, d)
			common.Mul(common, part.Quo(d, part))
		}
	}
	sum, term := new(big.Int), new(big.Int)
	for e := lo; e < hi; e++ {
		v := values[l.Next(e)]
		term.Mul(l.Weights().At(e), v.Num())
		if common.Cmp(v.Denom()) != 0 {
			term.Mul(term, part.Quo(common, v.Denom()))
		}
		sum.Add(sum, term)
	}
	return new(big.Rat).SetFrac(sum, common.Mul(common, l.Weights().Sum(lo, hi)))
}

// support returns the edges of positive weight of state x.
func support(l *model.Layer, x int) []int {
	var list []int
	for e, hi := l.Row(x); e < hi; e++ {
		if !l.Weights().IsZero(e) {
			list = append(list, e)
		}
	}
	return list
}

// supports yields the reachable states before position t, each with its edges of positive
// weight.
func supports(p *model.Process, reach [][]bool, t int) iter.Seq2[int, []int] {
	return func(yield func(x int, edges []int) bool) {
		for x, ok := range reach[t-1] {
			if ok && !yield(x, support(p.Layer(t), x)) {
				return
			}
		}
	}
}

// constantWithin reports whether a value per state of the layers does not depend
// on the token at t, at any reachable state.
func constantWithin(p *model.Process, reach [][]bool, values [][]*big.Rat, t int) bool {
	l := p.Layer(t)
	for _, edges := range supports(p, reach, t) {
		for _, e := range edges[1:] {
			if values[t][l.Next(e)].Cmp(values[t][l.Next(edges[0])]) != 0 {
				return false
			}
		}
	}
	return true
}

// proportional reports whether a log-linear case has, at every reachable state
// and for every coordinate, features that are a multiple of the mean harm up to a
// constant, on the support, and not always the multiple 0.
func proportional(c *model.Case, reach [][]bool, mean [][]*big.Rat) bool {
	moves := false
	for t := 1; t <= c.Length(); t++ {
		l := c.Layer(t)
		for x, edges := range supports(c.Process, reach, t) {
			rise := make([]*big.Rat, len(edges)) // of mean harm over that of the first token
			pivot := -1                          // a token with rise ≠ 0
			for i, e := range edges {
				rise[i] = new(big.Rat).Sub(mean[t][l.Next(e)], mean[t][l.Next(edges[0])])
				if rise[i].Sign() != 0 {
					pivot = i
				}
			}
			for j := range c.Parameterisation.Parameters {
				f := func(i int) *big.Rat {
					return new(big.Rat).SetInt64(c.Parameterisation.Feature(c.Process, t, x, edges[i], j) -
						c.Parameterisation.Feature(c.Process, t, x, edges[0], j))
				}
				for i := range edges {
					left, right := f(i), new(big.Rat)
					if pivot >= 0 {
						left.Mul(left, rise[pivot])
						right.Mul(f(pivot), rise[i])
					}
					if left.Cmp(right) != 0 {
						return false
					}
				}
				moves = moves || pivot >= 0 && f(pivot).Sign() != 0
			}
		}
	}
	return moves
}

// rowExtremes reports whether a weight of the row is zero, and whether two
// positive ones have a ratio above 10⁶.
func rowExtremes(w *model.Naturals, lo, hi int) (zero, apart bool) {
	least, most := -1, -1
	for e := lo; e < hi; e++ {
		if w.IsZero(e) {
			zero = true
			continue
		}
		if least < 0 || w.Cmp(e, least) < 0 {
			least = e
		}
		if most < 0 || w.Cmp(e, most) > 0 {
			most = e
		}
	}
	return zero, w.At(most).Cmp(new(big.Int).Mul(w.At(least), big.NewInt(1_000_000))) > 0
}

// recoveryCertain reports whether ρ_0 is 0 or 1 at a reachable state.
func recoveryCertain(c *model.Case, reach [][]bool) bool {
	for t := 1; t <= c.Length(); t++ {
		l := c.Layer(t)
		for _, edges := range supports(c.Process, reach, t) {
			n := 0
			for _, e := range edges {
				if c.Recovers(l.Token(e)) {
					n++
				}
			}
			if n == 0 || n == len(edges) {
				return true
			}
		}
	}
	return false
}

// compareSupports reports whether some state of the layers 0…T−1 is reached under
// P_0 alone, and whether some is under Q alone.
func compareSupports(c *model.Case, reach [][]bool) (smaller, larger bool) {
	q := []bool{true}
	for t := 1; t < c.Length(); t++ {
		l, w := c.Layer(t), c.AdversaryWeights(t)
		after := make([]bool, c.States(t))
		for x, ok := range q {
			for e, hi := l.Row(x); ok && e < hi; e++ {
				if !w.IsZero(e) {
					after[l.Next(e)] = true
				}
			}
		}
		q = after
		for x := range q {
			smaller = smaller || reach[t][x] && !q[x]
			larger = larger || q[x] && !reach[t][x]
		}
	}
	return smaller, larger
}
