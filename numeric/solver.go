package numeric

import (
	"math"

	"sounding/model"
)

// Solution holds the quantities of an instance. The same type carries their error
// bounds (see [Bound]).
type Solution struct {
	model.Profile[float64, float64]
	ResidualVariance []float64 // E[Var(Harm|y_<t)] = Σ_{s≥t} I_s (prop-6): [t−1]
}

func newSolution(in *model.Instance) Solution {
	return Solution{*model.NewProfile[float64, float64](in), make([]float64, in.Length())}
}

// values returns the numbers of position t.
func (s *Solution) values(t int) []*float64 {
	list := []*float64{&s.ResidualVariance[t-1]}
	for _, q := range model.Quantities(&s.Positions[t-1]) {
		list = append(list, q.Value)
	}
	return list
}

// Tables holds the tables behind one position t: one entry per state x of layer
// t−1, or per edge e of position t.
type Tables struct {
	Probability []float64 // P(x): the probability that a prefix ends in x
	Adversary   []float64 // Q_t(x)
	Value       []float64 // h_{t−1}(x) = E[Harm|x] (def-1)
	Variance    []float64 // Var(Harm|x)
	LogZ        []float64 // log E[e^{−λHarm}|x]
	FisherTrace []float64 // tr F_t(x) = 1 − Σ_a p(a|x)²
	Recovery    []float64 // ρ_0(x) = P(y_t ∈ R|x)

	Conditional []float64 // p(a|x) per edge
	Innovation  []float64 // Δ_t = h_t − h_{t−1} per edge (def-3)
	Gradient    []float64 // P(x)·p(a|x)·Δ_t: ∂E[Harm]/∂logit(e) (thm-8)
}

// level is one position as the passes see it.
type level struct {
	Tables
	layer   *model.Layer
	uniform int // the length of every row, 0 if rows differ
	longest int // the length of the longest row
	gibbs   gibbs
	z       []float64 // E[e^{−λHarm}|x], in the direct regime
	adv     []float64 // q(a|x) per edge; nil if Q needs no pass
	sums    sums
}

// Solver holds one instance in float64 and the tables of its solution, so that
// solving again allocates nothing that grows with the instance. Memory: eight
// float64 per state and three per edge.
//
// A Solver is for one goroutine at a time; Solve uses all cores by itself.
type Solver struct {
	in       *model.Instance
	lambda   float64
	levels   []level // levels[t−1] is position t
	leaves   leaves
	workers  []worker
	partial  []sums
	classes  [2][]int64   // of the horizon
	reach    [][]bool     // nil until the horizon needs it
	star     [2][]float64 // P* of two layers
	solution Solution
	scaling  scaling
	rowsPass rowsPass
}

// New returns a solver of in, which has to be valid. The conversion from
// integers happens here; every quantity is computed by Solve.
func New(in *model.Instance) *Solver {
	s := &Solver{in: in, lambda: toFloat(in.Lambda), solution: newSolution(in)}
	s.leaves = newLeaves(in.Process)
	beta, gamma := toFloat(in.Beta), toFloat(in.Gamma)
	s.levels = make([]level, in.Length())
	conditional := map[*model.Layer][]float64{}
	even := map[*model.Layer][]float64{}
	blocks, edges := 0, 0
	for i := range s.levels {
		l := in.Layer(i + 1)
		p, ok := conditional[l]
		if !ok {
			p = probabilities(l, l.Weights())
			conditional[l] = p
		}
		n := l.States()
		v := &s.levels[i]
		*v = level{layer: l, gibbs: newGibbs(beta * math.Pow(gamma, float64(i+1)))}
		v.uniform, v.longest = rowLengths(l)
		v.Conditional = p
		v.Innovation, v.Gradient = make([]float64, len(p)), make([]float64, len(p))
		flat := make([]float64, 7*n)
		for _, table := range []*[]float64{&v.Probability, &v.Value, &v.Variance, &v.LogZ, &v.FisherTrace, &v.Recovery, &v.z} {
			*table, flat = flat[:n:n], flat[n:]
		}
		blocks = max(blocks, v.blocks())
		edges = max(edges, min(n, v.blockStates())*v.longest)
	}
	s.initAdversary(even)
	s.partial = make([]sums, blocks)
	s.workers = newWorkers(edges)
	return s
}

// Tables returns the tables of position t, 1 ≤ t ≤ T, as of the last Solve. The
// slices are the solver's own.
func (s *Solver) Tables(t int) Tables { return s.levels[t-1].Tables }

// Solve computes every table and every quantity. The solution is the solver's
// own and is overwritten by the next call.
func (s *Solver) Solve() *Solution {
	s.forward()
	direct := s.lambda >= directMin && s.lambda <= directMax
	s.backward(direct)

	root := &s.levels[0]
	sol := &s.solution
	sol.ExpectedHarm, sol.Variance = root.Value[0], root.Variance[0]
	sol.Horizon = horizon(s.in.Process, s.leaves.classOf, &s.classes, s.reachable)
	for i := range s.levels {
		sol.Positions[i] = s.levels[i].position()
		sol.ResidualVariance[i] = s.levels[i].sums.residual
	}
	if direct {
		s.directKL()
	} else {
		s.softBackward(s.lambda)
		s.softForward(s.lambda, func(t int, kl float64) { sol.Positions[t-1].EquilibriumKL = kl })
	}
	return sol
}

// directKL reads KL_t off the sums K_t = E[Z_t·log Z_t] (t tokens given):
// KL_t = (K_t − K_{t−1})/Z_0, because log(P*(a|x)/P(a|x)) = log Z(xa) − log Z(x)
// and P*(y_≤t) = P(y_≤t)·Z(y_≤t)/Z_0.
func (s *Solver) directKL() {
	z := s.levels[0].z[0]
	after := -s.lambda * s.levels[len(s.levels)-1].sums.carry
	for i := len(s.levels) - 1; i >= 0; i-- {
		before := s.levels[i].sums.zLogZ
		// A negative difference is rounding: the truth is at least 0.
		s.solution.Positions[i].EquilibriumKL = max(0, (after-before)/z)
		after = before
	}
}

// position reads the quantities of a position off its sums.
func (l *level) position() model.Position[float64, float64] {
	return model.Position[float64, float64]{
		Information:         l.sums.information,
		GradientNormSquared: l.sums.gradient,
		FisherTrace:         l.sums.fisher,
		RecoveryProbability: l.sums.recovery,
		RecoveryInformation: l.sums.recoveryInformation,
		GibbsRecovery:       l.sums.gibbsRecovery,
		GibbsKL:             l.sums.gibbsKL,
	}
}

// forward fills P and Q, layer by layer.
func (s *Solver) forward() {
	s.levels[0].Probability[0] = 1
	for i := range s.levels[1:] {
		a, b := &s.levels[i], &s.levels[i+1]
		s.push(a, a.Probability, a.Conditional, b.Probability)
		if a.adv != nil {
			s.push(a, a.Adversary, a.adv, b.Adversary)
		}
	}
}

// push moves the mass of the states of level a along its edges. In a tree every
// target has one edge, so the states can be divided among the cores; otherwise
// edges meet, and one core adds in the order of the edges.
func (s *Solver) push(a *level, mass, conditional, target []float64) {
	if a.layer.Tree() {
		s.scaling = scaling{mass, conditional, target}
		s.each(a, &s.scaling)
		return
	}
	clear(target)
	for x, m := range mass {
		for e, hi := a.layer.Row(x); e < hi; e++ {
			target[a.layer.Next(e)] += m * conditional[e]
		}
	}
}

// scaling is the pass of push over the rows of a tree.
type scaling struct{ mass, conditional, target []float64 }

func (p *scaling) block(_ *worker, _, lo, hi int) {
	v := len(p.target) / len(p.mass)
	scaleRows(p.target[lo*v:hi*v], p.conditional[lo*v:hi*v], p.mass[lo:hi])
}

// scaleRows sets each row of out, of which there is one for each factor, to the factor times
// that of p.
func scaleRows(out, p, factors []float64) {
	p = p[:len(out)]
	switch v := len(out) / len(factors); v { // short rows without a loop for each
	case 2:
		for ; len(factors) >= 4; out, p, factors = out[8:], p[8:], factors[4:] {
			o, q, m := (*[8]float64)(out), (*[8]float64)(p), (*[4]float64)(factors)
			o[0], o[1], o[2], o[3] = m[0]*q[0], m[0]*q[1], m[1]*q[2], m[1]*q[3]
			o[4], o[5], o[6], o[7] = m[2]*q[4], m[2]*q[5], m[3]*q[6], m[3]*q[7]
		}
		for _, m := range factors {
			out[0], out[1] = m*p[0], m*p[1]
			out, p = out[2:], p[2:]
		}
	case 4:
		for _, m := range factors {
			out[0], out[1], out[2], out[3] = m*p[0], m*p[1], m*p[2], m*p[3]
			out, p = out[4:], p[4:]
		}
	default:
		for _, m := range factors {
			for e, q := range p[:v] {
				out[e] = m * q
			}
			out, p = out[v:], p[v:]
		}
	}
}

// initAdversary prepares Q. It is the policy itself, or constant on the layers
// of a tree, or needs conditional probabilities of its own.
func (s *Solver) initAdversary(even map[*model.Layer][]float64) {
	if s.in.Adversary.Kind == model.AdversaryPolicy {
		for i := range s.levels {
			s.levels[i].Adversary = s.levels[i].Probability
		}
		return
	}
	for i := range s.levels {
		v := &s.levels[i]
		v.Adversary = make([]float64, v.layer.States())
		if i == len(s.levels)-1 {
			break
		}
		if s.in.Adversary.Kind == model.AdversaryRows {
			v.adv = probabilities(v.layer, s.in.AdversaryWeights(i+1))
			continue
		}
		q, ok := even[v.layer]
		if !ok {
			q = make([]float64, v.layer.Edges())
			for e := range q {
				q[e] = 1 / float64(s.in.Vocabulary())
			}
			even[v.layer] = q
		}
		v.adv = q
	}
	s.levels[0].Adversary[0] = 1
	if s.in.Adversary.Kind == model.AdversaryUniform && s.in.Tree() {
		for i := range s.levels {
			q := s.levels[i].Adversary
			for x := range q {
				q[x] = 1 / float64(len(q))
			}
			s.levels[i].adv = nil
		}
	}
}

// rowLengths returns the common length of the rows of l (0 when they differ) and
// the largest.
func rowLengths(l *model.Layer) (uniform, longest int) {
	lo, hi := l.Row(0)
	uniform = hi - lo
	for x := range l.States() {
		lo, hi := l.Row(x)
		longest = max(longest, hi-lo)
		if hi-lo != uniform {
			uniform = 0
		}
	}
	if l.Dense() {
		return longest, longest
	}
	return uniform, longest
}

// probabilities returns the weight over the row sum, per edge: at most three roundings
// each.
func probabilities(l *model.Layer, w *model.Naturals) []float64 {
	p := make([]float64, l.Edges())
	small, ok := w.Int64s()
	for x := range l.States() {
		lo, hi := l.Row(x)
		if !ok {
			total, _ := w.Sum(lo, hi).Float64()
			for e := lo; e < hi; e++ {
				f, _ := w.At(e).Float64()
				p[e] = f / total
			}
			continue
		}
		total := rowSum(w, small, lo, hi)
		for e := lo; e < hi; e++ {
			p[e] = float64(small[e]) / total
		}
	}
	return p
}

// rowSum returns the sum of a row of machine words, rounded once.
func rowSum(w *model.Naturals, small []int64, lo, hi int) float64 {
	var total int64
	for _, v := range small[lo:hi] {
		if total > math.MaxInt64-v {
			f, _ := w.Sum(lo, hi).Float64()
			return f
		}
		total += v
	}
	return float64(total)
}
