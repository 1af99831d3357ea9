package exact

import (
	"errors"
	"fmt"
	"math/big"

	"sounding/exact/field"
	"sounding/model"
)

// Analysis is the harm-information profile of an instance: every quantity of the
// file format sounding/analysis/1.
type Analysis struct {
	Expected  Number // E[Harm]
	Variance  Number // Var(Harm)
	Horizon   int    // the least k with I_t = 0 for all t > k
	Positions []Position
}

// Position is the profile at position t, counted from 1.
type Position struct {
	T                   int
	Information         Number // I_t
	GradientNormSquared Number // Σ_x ‖P(x)·(diag p − p pᵀ)h‖² over the states x of layer t−1
	FisherTrace         Number // tr F̄_t of the tabular softmax
	RecoveryProbability Number // E_{y_<t∼P}[ρ_0]
	RecoveryInformation Number // I_t^rec = E_{y_<t∼Q}[ρ_0(1−ρ_0)]
	GibbsRecovery       Number // E_{y_<t∼P}[ρ*], the pointwise optimum at η_t = βγ^t
	GibbsKL             Number // E_{y_<t∼P}[KL(p*‖p_0)] of the same
	EquilibriumKL       Number // KL_t of P* ∝ P_0·e^{−λHarm}
}

// Number is a rational number, exactly, or an enclosure of a real one.
type Number struct {
	Exact  *big.Rat        // nil where the number is enclosed
	Real   field.Enclosure // where Exact is nil
	digits int             // decimals to write the enclosure with
}

// maxWidth bounds the width of every enclosure of an analysis: 2⁻⁶⁷ < 0.7·10⁻²⁰,
// which leaves room for the outward rounding of at least 26 decimals below 10⁻²⁰.
var maxWidth = new(big.Float).SetMantExp(big.NewFloat(1), -67)

// maxPrecision bounds the bits that an analysis widens its precision to.
const maxPrecision = 1 << 14

// defaultPrecision is the number of bits that the real quantities start with.
const defaultPrecision = 128

// ErrTooLarge reports an instance whose exact rationals would take too much time
// or memory.
var ErrTooLarge = errors.New("too large for exact rationals; a precision in bits gives every quantity as an enclosure")

// Analyze computes the profile of in. With precision 0 the rational quantities
// are exact and the others enclosed; otherwise all but the horizon are enclosed,
// starting at that many bits. Either way the precision is raised until no
// enclosure is wider than 10⁻²⁰.
func Analyze(in *model.Instance, precision uint) (*Analysis, error) {
	if err := in.Validate(); err != nil {
		return nil, err
	}
	a := &Analysis{Horizon: Horizon(in.Process), Positions: make([]Position, in.Length())}
	for t := range a.Positions {
		a.Positions[t].T = t + 1
	}
	start := max(precision, defaultPrecision)
	if precision == 0 {
		if err := affordable(in.Process); err != nil {
			return nil, err
		}
		q := field.NewRational()
		p, err := newProfile(q, in)
		if err != nil {
			return nil, err
		}
		a.fill(p.table(func(v field.Rat) Number { return Number{Exact: v.Rat()} }))
	}
	for bits := start; ; bits *= 2 {
		f := field.NewInterval(bits)
		digits := max(26, int(float64(bits)*0.30103)+1)
		enclose := func(v field.Enclosure) Number { return Number{Real: v, digits: digits} }
		if precision != 0 {
			p, err := newProfile(f, in)
			if err != nil {
				return nil, err
			}
			a.fill(p.table(enclose))
		}
		r, err := newReals(f, in)
		if err != nil {
			return nil, err
		}
		for t := range a.Positions {
			a.Positions[t].GibbsRecovery = enclose(r.recovery[t])
			a.Positions[t].GibbsKL = enclose(r.recoveryKL[t])
			a.Positions[t].EquilibriumKL = enclose(r.equilibriumKL[t])
		}
		if a.narrow(f) {
			return a, nil
		}
		if 2*bits > maxPrecision {
			return nil, fmt.Errorf("enclosures wider than 10^-20 at %d bits", bits)
		}
	}
}

// numbers returns the quantities of the analysis, in a fixed order.
func (a *Analysis) numbers() []*Number {
	n := []*Number{&a.Expected, &a.Variance}
	for t := range a.Positions {
		p := &a.Positions[t]
		n = append(n, &p.Information, &p.GradientNormSquared, &p.FisherTrace, &p.RecoveryProbability,
			&p.RecoveryInformation, &p.GibbsRecovery, &p.GibbsKL, &p.EquilibriumKL)
	}
	return n
}

// narrow reports whether no enclosure is wider than maxWidth.
func (a *Analysis) narrow(f field.Interval) bool {
	for _, n := range a.numbers() {
		if n.Exact == nil && f.Width(n.Real).Cmp(maxWidth) > 0 {
			return false
		}
	}
	return true
}

// fill sets the quantities that newProfile computes.
func (a *Analysis) fill(expected, variance Number, rows [][5]Number) {
	a.Expected, a.Variance = expected, variance
	for t, r := range rows {
		p := &a.Positions[t]
		p.Information, p.GradientNormSquared, p.FisherTrace, p.RecoveryProbability, p.RecoveryInformation = r[0], r[1], r[2], r[3], r[4]
	}
}

// profile holds the quantities that are rational, in any field.
type profile[E any] struct {
	*Martingale[E]
	gradient, fisher, recovery, recoveryInformation []E // per position
}

func newProfile[E any, F field.Field[E]](f F, in *model.Instance) (*profile[E], error) {
	pt, err := NewPoint[E](f, in.Process)
	if err != nil {
		return nil, err
	}
	q, err := AdversaryLaw[E](f, in)
	if err != nil {
		return nil, err
	}
	T := in.Length()
	p := &profile[E]{
		Martingale: SolveMartingale(f, pt),
		gradient:   make([]E, T), fisher: make([]E, T), recovery: make([]E, T), recoveryInformation: make([]E, T),
	}
	one := f.FromInt(1)
	var block []E
	for t := 1; t <= T; t++ {
		l, prob := in.Layer(t), pt.Prob[t-1]
		n := l.States()
		norm, trace, rho, variance, weight := make([]E, n), make([]E, n), make([]E, n), make([]E, n), make([]E, n)
		for x := range n {
			lo, hi := l.Row(x)
			block = block[:0]
			rho[x] = f.FromInt(0)
			for e := lo; e < hi; e++ {
				block = append(block, f.Mul(prob[e], f.Sub(p.H[t][l.Next(e)], p.H[t-1][x])))
				if in.Recovers(l.Token(e)) {
					rho[x] = f.Add(rho[x], prob[e])
				}
			}
			norm[x] = f.Dot(block, block)
			trace[x] = f.Sub(one, f.Dot(prob[lo:hi], prob[lo:hi]))
			variance[x] = f.Mul(rho[x], f.Sub(one, rho[x]))
			weight[x] = f.Mul(p.Occupancy[t-1][x], p.Occupancy[t-1][x])
		}
		p.gradient[t-1] = f.Dot(weight, norm)
		p.fisher[t-1] = f.Dot(p.Occupancy[t-1], trace)
		p.recovery[t-1] = f.Dot(p.Occupancy[t-1], rho)
		p.recoveryInformation[t-1] = f.Dot(q[t-1], variance)
	}
	return p, nil
}

func (p *profile[E]) table(number func(E) Number) (expected, variance Number, rows [][5]Number) {
	rows = make([][5]Number, len(p.Information))
	for t := range rows {
		rows[t] = [5]Number{number(p.Information[t]), number(p.gradient[t]), number(p.fisher[t]),
			number(p.recovery[t]), number(p.recoveryInformation[t])}
	}
	return number(p.Expected), number(p.Variance), rows
}

// AdversaryLaw returns Q(y_≤t) gathered by state, for t = 0…T−1: [t][x].
func AdversaryLaw[E any, F field.Field[E]](f F, in *model.Instance) ([][]E, error) {
	T := in.Length()
	prob := make([][]E, T-1)
	done := make(map[*model.Layer][]E)
	for t := 1; t < T; t++ {
		l := in.Layer(t)
		law, ok := done[l]
		if !ok || in.Adversary.Kind == model.AdversaryRows {
			var err error
			if law, err = rows[E](f, l, in.AdversaryWeights(t)); err != nil {
				return nil, fmt.Errorf("adversary, position %d: %w", t, err)
			}
			done[l] = law
		}
		prob[t-1] = law
	}
	return Occupancy(f, in.Process, prob), nil
}

// reals holds the quantities that need an exponential or a logarithm.
type reals struct {
	recovery, recoveryKL, equilibriumKL []field.Enclosure
}

func newReals(f field.Interval, in *model.Instance) (*reals, error) {
	pt, err := NewPoint[field.Enclosure](f, in.Process)
	if err != nil {
		return nil, err
	}
	occ := Occupancy(f, in.Process, pt.Prob)
	logs, tilt, err := harmTilt(f, in)
	if err != nil {
		return nil, err
	}
	r := &reals{recovery: make([]field.Enclosure, in.Length()), recoveryKL: make([]field.Enclosure, in.Length())}
	if r.equilibriumKL, err = EquilibriumKL(f, occ, Backward(f, pt, tilt), logs); err != nil {
		return nil, fmt.Errorf("equilibrium: %w", err)
	}
	for t := 1; t <= in.Length(); t++ {
		if err := r.gibbs(f, in, occ[t-1], t); err != nil {
			return nil, fmt.Errorf("recovery at position %d: %w", t, err)
		}
	}
	return r, nil
}

// harmTilt returns −λHarm and e^{−λHarm} for the states of layer T, with one
// exponential per value that harm takes.
func harmTilt(f field.Interval, in *model.Instance) (logs, tilt []field.Enclosure, err error) {
	type pair struct{ log, exp field.Enclosure }
	known := make(map[string]pair)
	n := in.States(in.Length())
	logs, tilt = make([]field.Enclosure, n), make([]field.Enclosure, n)
	for x := range n {
		key := string(in.Harm().At(x).Bytes())
		v, ok := known[key]
		if !ok {
			exponent := in.HarmAt(x)
			exponent.Neg(exponent.Mul(exponent, in.Lambda))
			if v.log, err = f.FromRat(exponent); err != nil {
				return nil, nil, err
			}
			if v.exp, err = f.Exp(v.log); err != nil {
				return nil, nil, err
			}
			known[key] = v
		}
		logs[x], tilt[x] = v.log, v.exp
	}
	return logs, tilt, nil
}

// gibbs sets the pointwise recovery quantities of position t, with one logarithm
// per value that ρ_0 takes.
func (r *reals) gibbs(f field.Interval, in *model.Instance, occ []field.Enclosure, t int) error {
	eta, err := f.FromRat(in.Eta(t))
	if err != nil {
		return err
	}
	u, err := f.Exp(eta)
	if err != nil {
		return err
	}
	type pair struct{ recovery, kl field.Enclosure }
	known := make(map[string]pair)
	l := in.Layer(t)
	w := l.Weights()
	recovery, kl := make([]field.Enclosure, l.States()), make([]field.Enclosure, l.States())
	for x := range recovery {
		lo, hi := l.Row(x)
		num := new(big.Int)
		for e := lo; e < hi; e++ {
			if in.Recovers(l.Token(e)) {
				num.Add(num, w.At(e))
			}
		}
		rho := new(big.Rat).SetFrac(num, w.Sum(lo, hi))
		key := rho.String()
		v, ok := known[key]
		if !ok {
			rho0, err := f.FromRat(rho)
			if err != nil {
				return err
			}
			if v.recovery, v.kl, err = Gibbs(f, rho0, eta, u); err != nil {
				return err
			}
			known[key] = v
		}
		recovery[x], kl[x] = v.recovery, v.kl
	}
	r.recovery[t-1], r.recoveryKL[t-1] = f.Dot(occ, recovery), f.Dot(occ, kl)
	return nil
}

// The limits of what affordable lets through: bits of all numerators of one
// table, and products of machine words in one pass over the edges.
const (
	maxTableBits = 1 << 34 // 2 GiB
	maxWordWork  = 1 << 36 // about a minute
)

// affordable estimates the size of the exact rationals of a process before any
// is computed: over the common denominators of the layers, values at layer t have
// the bits of all denominators between t and T.
func affordable(p *model.Process) error {
	T := p.Length()
	bits := make(map[*model.Layer]float64) // of the least common multiple of the row sums, at most
	for t := 1; t <= T; t++ {
		l := p.Layer(t)
		if _, ok := bits[l]; ok {
			continue
		}
		sums := make(map[string]bool)
		var n float64
		for x := range l.States() {
			lo, hi := l.Row(x)
			s := l.Weights().Sum(lo, hi)
			if key := string(s.Bytes()); !sums[key] {
				sums[key] = true
				n += float64(s.BitLen())
			}
		}
		// The least common multiple of 1…m has about 1.45·m bits, which is less
		// than the product where many row sums are small.
		largest := 0
		for key := range sums {
			largest = max(largest, new(big.Int).SetBytes([]byte(key)).BitLen())
		}
		if largest < 20 {
			n = min(n, 1.5*float64(int(1)<<largest))
		}
		bits[l] = n
	}
	after := float64(p.HarmDenominator().BitLen())
	var table, work float64
	for t := T; t >= 1; t-- {
		l := p.Layer(t)
		b := bits[l]
		// Variances have twice the bits of means.
		work += float64(l.Edges()) * (1 + b/64) * (1 + 2*after/64)
		after += b
		table += 2 * after * float64(l.States())
	}
	if table > maxTableBits || work > maxWordWork {
		return fmt.Errorf("%w (about %.2g bits of numerators, %.2g word products)", ErrTooLarge, table, work)
	}
	return nil
}
