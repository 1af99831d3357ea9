package numeric

import (
	"math"

	"sounding/model"
)

// unit is the unit roundoff u of float64: a rounded operation is off by at most
// u times its result.
const unit = 0x1p-53

// gamma returns γ_n = n·u/(1 − n·u), the largest relative error that n roundings
// leave in a product, or in a sum of non-negative terms that each went through n
// of them.
func gamma(n float64) float64 { return n * unit / (1 - n*unit) }

// Roundings behind the numbers of a Solver.
const (
	// weightRoundings: p = weight/sum rounds the weight, the sum and the quotient.
	// Harm numerator/denominator likewise.
	weightRoundings = 3
	// sumRoundings: the sum over the states of a layer adds up blocks of at most
	// blockStates states one after the other, then pairwise at most 2^26 blocks.
	sumRoundings = blockStates + 26
	// margin makes up for the fewer than 60 roundings of a bound itself, and for what
	// gradual underflow can take from a result: at most 2^−1075 in each of fewer than
	// 2^60 operations, where every bound is more than a unit.
	margin = 1 + 64*unit
)

// Bound returns, for every quantity of Solve, how far it can be from the true
// value: |computed − true| ≤ bound, from the shape of the instance and its
// scalars alone. The horizon is exact.
//
// Throughout, V is the length of the longest row and
//
//	P(x) at layer t    is off by γ_n relatively, n = Σ_{s≤t} (3 + 1 + D_s − 1), D_s the
//	                   largest number of edges into a state of layer s;
//	h(x) at layer t    by γ_n, n = 3 + (T−t)(3 + V): p, a product and V − 1 additions
//	                   per layer, all terms non-negative;
//	Δ                  by ε = 2γ + u absolutely, harm being at most 1.
func Bound(in *model.Instance) *Solution {
	c := newConditions(in)
	b := newSolution(in)
	b.ExpectedHarm = gamma(c.value) * margin
	b.Variance = c.variance() * margin
	for i := range b.Positions {
		t := i + 1
		eta := toFloat(in.Beta) * math.Pow(toFloat(in.Gamma), float64(t))
		p := &b.Positions[i]
		p.Information = c.information(i)
		b.ResidualVariance[i] = c.residual(i)
		p.GradientNormSquared = c.gradient(i)
		p.FisherTrace = c.fisher(i)
		p.RecoveryProbability = c.recoveryProbability(i)
		p.RecoveryInformation = c.recoveryInformation(i)
		p.GibbsRecovery, p.GibbsKL = c.gibbs(i, eta)
		p.EquilibriumKL = c.equilibrium(t)
		for _, v := range b.values(t) {
			*v *= margin
		}
	}
	return &b
}

// conditions holds what the bounds of an instance depend on.
type conditions struct {
	length   float64   // T
	row      float64   // V, the length of the longest row
	mass     []float64 // roundings in P(x) and Q(x) at layer t
	meeting  float64   // the largest D_s
	value    float64   // roundings in h_0
	delta    float64   // ε
	lambda   float64
	surprise float64 // at least −log of every positive probability and of every positive ρ_0
}

func newConditions(in *model.Instance) *conditions {
	c := &conditions{length: float64(in.Length()), lambda: toFloat(in.Lambda), mass: []float64{0}, meeting: 1}
	type facts struct{ row, meeting, surprise float64 }
	seen := map[*model.Layer]facts{}
	for t := 1; t <= in.Length(); t++ {
		l := in.Layer(t)
		f, ok := seen[l]
		if !ok {
			_, longest := rowLengths(l)
			f = facts{row: float64(longest), meeting: inDegree(l), surprise: surprise(l)}
			seen[l] = f
		}
		c.row = max(c.row, f.row)
		c.meeting = max(c.meeting, f.meeting)
		c.surprise = max(c.surprise, f.surprise)
		c.mass = append(c.mass, c.mass[t-1]+weightRoundings+f.meeting)
	}
	c.value = weightRoundings + c.length*(weightRoundings+c.row)
	c.delta = 2*gamma(c.value) + unit
	return c
}

// inDegree returns the largest number of edges that lead to one state.
func inDegree(l *model.Layer) float64 {
	if l.Tree() {
		return 1
	}
	count := make([]int, l.Targets())
	largest := 0
	for e := range l.Edges() {
		y := l.Next(e)
		count[y]++
		largest = max(largest, count[y])
	}
	return float64(largest)
}

// surprise returns at least −log p for every positive probability of l: positive
// weights are integers, so log of the largest row sum, with room for rounding.
func surprise(l *model.Layer) float64 {
	var largest float64
	for x := range l.States() {
		lo, hi := l.Row(x)
		total, _ := l.Weights().Sum(lo, hi).Float64()
		largest = max(largest, total)
	}
	return math.Log(largest) + 1
}

// mean returns the roundings of a mean under P (or Q) over the states of layer i
// beyond those of the terms: the mass, a product, the sum.
func (c *conditions) mean(i int) float64 { return c.mass[i] + 1 + sumRoundings }

// information: I = Σ P·p·Δ². An error ε in Δ moves it by at most 2ε·E|Δ| + ε² ≤
// ε + ε², for E|Δ| ≤ √I ≤ ½; the rest are roundings of non-negative terms: p, two
// products and V additions inside the row.
func (c *conditions) information(i int) float64 {
	moved := c.delta + c.delta*c.delta
	return moved + gamma(c.mean(i)+weightRoundings+2+c.row)*(0.25+moved)
}

// variance: Var(Harm|x) = Σ_t E[Δ_t²|x] moves by at most Σ_t (2εE|Δ_t| + ε²) ≤
// ε√T + Tε² (Cauchy–Schwarz with ΣI_t ≤ ¼), and each layer adds p, a product and
// V additions twice, relative to at most ¼.
func (c *conditions) variance() float64 {
	moved := c.delta*math.Sqrt(c.length) + c.length*c.delta*c.delta
	return moved + gamma(c.length*2*(weightRoundings+2+c.row))*(0.25+moved)
}

// residual: E[Var(Harm|y_<t)], a mean of the above.
func (c *conditions) residual(i int) float64 {
	v := c.variance()
	return v + gamma(c.mean(i))*(0.25+v)
}

// gradient: Σ P²·Σ(p·Δ)². As P·p ≤ 1, an error ε in Δ moves it by at most
// 2ε·Σ P·p·|Δ| + ε²; it is at most I_t ≤ ¼.
func (c *conditions) gradient(i int) float64 {
	moved := c.delta + c.delta*c.delta
	return moved + gamma(2*(c.mass[i]+weightRoundings)+5+c.row+sumRoundings)*(0.25+moved)
}

// fisher: Σ p(1−p), where an error of p enters at most unchanged.
func (c *conditions) fisher(i int) float64 {
	return gamma(weightRoundings+2+c.row) + gamma(c.mean(i)+1)
}

// rho returns the roundings of ρ_0: p and additions.
func (c *conditions) rho() float64 { return weightRoundings + c.row }

func (c *conditions) recoveryProbability(i int) float64 { return gamma(c.mean(i) + c.rho()) }

// recoveryInformation: |d(ρ(1−ρ))| ≤ |dρ|, and ρ(1−ρ) ≤ ¼ rounds twice.
func (c *conditions) recoveryInformation(i int) float64 {
	return gamma(c.rho()) + gamma(c.mean(i)+2)/4
}

// gibbs. η = βγ^t carries e = u·(4 + 3t) relatively: β, γ^t of a rounded γ, and
// the t or fewer multiplications of Pow.
//
// ρ* = ρ/(ρ+(1−ρ)e^−η): relative errors of ρ pass at most unchanged, because
// 1 − ρ* ≤ 1 − ρ; an error in η enters with ρ*(1−ρ*) ≤ ¼; eight roundings remain.
//
// KL: ∂KL/∂η = ηρ*(1−ρ*), at most η/4 and at most max(1, |logit ρ|/2) (distinguish
// η ≤ 2|logit ρ| or not); ρ·|∂KL/∂ρ| ≤ 1 + η; and the two terms it is the
// difference of are at most η, with the logarithm's and twelve more roundings.
func (c *conditions) gibbs(i int, eta float64) (recovery, kl float64) {
	tilt := gamma(4+3*float64(i+1))*eta + 2*unit
	recovery = gamma(c.mean(i)+c.rho()+8) + tilt/4
	slope := min(eta/4, max(1, c.surprise/2))
	kl = gamma(c.mean(i)+c.rho()+logError+12)*(1+eta) + slope*tilt
	return recovery, kl
}

// equilibrium follows Solve in its choice of regime.
func (c *conditions) equilibrium(t int) float64 {
	if c.lambda >= directMin && c.lambda <= directMax {
		return c.direct(t)
	}
	return c.soft(t)
}

// direct: z = e^{−λh} is off by 5λ + 9 units (λ, h, their product; two
// exponentials of four units and their product), Z by V + 4 more per layer, log Z absolutely by the same and
// relatively by its own roundings; K_t/Z_0 = E*[log Z_t], at most λ in size, is a
// mean of these under weights P·Z/Z_0; KL_t is the difference of two.
func (c *conditions) direct(t int) float64 {
	z := 5*c.lambda + 9 + c.length*(c.row+weightRoundings+1)
	n := c.mass[t-1] + 2*z + c.row + 8 + weightRoundings + 1 + c.meeting + sumRoundings + logError
	return 2*gamma(n)*c.lambda + 2*gamma(z)
}

// soft: log Z(x) is off by 5λ units at the leaves, and each layer adds the
// roundings inside the logarithm, V + 12 + λ units of a sum that is at least 1/e of
// the scale they are relative to, and of the result, 2λ. With ε twice the total,
// u_a is off by ε, P* relatively by t(ε + (5 + D)u), and KL = Σ p·φ(u_a), φ' =
// u·e^u, by ε·E*|u| ≤ ε(KL + 1) and (V + 16)u·KL. KL_t itself is at most λ, and at
// most −log of the least positive probability.
func (c *conditions) soft(t int) float64 {
	logZ := 5*c.lambda + c.length*(math.E*(c.row+12+c.lambda)+2*c.lambda)
	e := 2 * gamma(logZ)
	largest := min(c.lambda, c.surprise)
	return (float64(t)*(e+gamma(5+c.meeting))+gamma(c.row+16))*largest + e*(largest+1)
}
