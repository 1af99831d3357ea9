package exact

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"sync/atomic"

	"sounding/exact/field"
	"sounding/model"
)

// AnalyzeByPrimes computes what Analyze with precision 0 does, its rational quantities by their
// residues modulo as many primes as their denominators need. Tables of fractions
// would hold the digits of a whole result in every entry; here they hold words, and only
// the results are long, so that long processes fit into memory. It returns
// ErrTooManyStates or, where that would take more than an hour, ErrTooLarge. It calls report,
// which may be nil, with the number of primes done and their total, from several goroutines.
func AnalyzeByPrimes(in *model.Instance, report func(done, total int)) (*Analysis, error) {
	if err := in.Validate(); err != nil {
		return nil, err
	}
	if err := storable(in.Process, field.DefaultPrecision); err != nil {
		return nil, err
	}
	return analyzeExact(in, func(in *model.Instance, p *model.Profile[*big.Rat, field.Enclosure]) error {
		return solveByPrimes(in, p, report)
	})
}

// maxPrimeWork bounds the edges of all positions times the number of primes: an hour.
const maxPrimeWork = 1 << 36

// solveByPrimes sets the rational quantities of p, and the horizon.
//
// A quantity is a number 0 ≤ v ≤ 1 with a known multiple D of its denominator, so it
// is N/D with an integer 0 ≤ N ≤ D, which its residue modulo a number above D
// determines. The primes used exceed 2^61·D: were D no multiple, N would almost surely
// be too large, which is an error.
func solveByPrimes[R any](in *model.Instance, p *model.Profile[*big.Rat, R], report func(done, total int)) error {
	multiples := denominatorsOf(in)
	largest := 0
	for _, d := range multiples {
		largest = max(largest, d.BitLen())
	}
	count := (largest+61)/61 + 2 // primes above 2^61
	edges := 0
	for t := 1; t <= in.Length(); t++ {
		edges += in.Layer(t).Edges()
	}
	if float64(edges)*float64(count) > maxPrimeWork {
		return fmt.Errorf("%w (%d edges of all positions, modulo %d primes)", ErrTooLarge, edges, count)
	}
	basis, residues, err := residuesOf(in, count, report)
	if err != nil {
		return err
	}
	values := make([]*big.Rat, len(multiples))
	if err := split(len(values), 1, func(lo, hi int) error {
		for i := lo; i < hi; i++ {
			n := basis.restore(residues, i, multiples[i])
			if n.Cmp(multiples[i]) > 0 {
				return errors.New("exact: a result with a denominator that it should not have, which is a mistake in sounding")
			}
			values[i] = new(big.Rat).SetFrac(n, multiples[i])
		}
		return nil
	}); err != nil {
		return err
	}
	p.Horizon = Horizon(in.Process)
	for i, v := range rationalsOf(p) {
		*v = values[i]
	}
	return nil
}

// rationalsOf returns the rational quantities of p, those of the whole process first.
func rationalsOf[Q, R any](p *model.Profile[Q, R]) []*Q {
	list := []*Q{&p.ExpectedHarm, &p.Variance}
	for i := range p.Positions {
		q := &p.Positions[i]
		list = append(list, &q.Information, &q.GradientNormSquared, &q.FisherTrace, &q.RecoveryProbability, &q.RecoveryInformation)
	}
	return list
}

// denominatorsOf returns multiples of the denominators of the quantities of
// rationalsOf. With L_t the least common multiple of the row sums of position t, A_t that of the adversary,
// and H the denominator of harm: P(x) after t tokens has the denominator L_1⋯L_t, and h(x) there H·L_{t+1}⋯L_T.
func denominatorsOf(in *model.Instance) []*big.Int {
	T := in.Length()
	common := func(weights func(t int) *model.Naturals, last int, shared bool) []*big.Int {
		list, _ := eachLayer(in.Process, last, shared, func(t int) (*big.Int, error) { // no error in it
			return commonSum(in.Layer(t), weights(t)), nil
		})
		return list
	}
	own := common(func(t int) *model.Naturals { return in.Layer(t).Weights() }, T, true)
	adversary := own
	if in.Adversary.Kind != model.AdversaryPolicy {
		adversary = common(in.AdversaryWeights, T-1, in.Adversary.Kind != model.AdversaryRows)
	}
	whole := in.HarmDenominator()
	for _, l := range own {
		whole.Mul(whole, l)
	}
	product := func(factors ...*big.Int) *big.Int {
		d := big.NewInt(1)
		for _, f := range factors {
			d.Mul(d, f)
		}
		return d
	}
	list := []*big.Int{whole, product(whole, whole)}
	before, attacked := big.NewInt(1), big.NewInt(1) // of P and Q, t−1 tokens given
	for t := 1; t <= T; t++ {
		l := own[t-1]
		after := new(big.Int).Quo(whole, before) // H·L_t⋯L_T, of Δ_t
		list = append(list,
			product(before, after, after), // Σ P·(Σ p·h_t² − h_{t−1}²)
			product(whole, whole, l, l),   // Σ P²·p²·Δ²
			product(before, l, l),         // 1 − Σ P·p²
			product(before, l),            // Σ P·ρ
			product(attacked, l, l))       // Σ Q·ρ(1−ρ)
		before = product(before, l)
		if t < T {
			attacked = product(attacked, adversary[t-1])
		}
	}
	return list
}

// commonSum returns the least common multiple of the row sums of w on l.
func commonSum(l *model.Layer, w *model.Naturals) *big.Int {
	common, d := big.NewInt(1), new(big.Int)
	for x := range l.States() {
		s := w.Sum(l.Row(x))
		common.Mul(common, s.Quo(s, d.GCD(nil, nil, common, s)))
	}
	return common
}

// mixedRadix is the basis in which numbers are restored from their residues.
type mixedRadix struct {
	primes  []field.Modular
	before  []*big.Int // before[k] is the product of the primes before prime k, and last of all
	inverse []uint64   // of before[k] modulo prime k
}

// residuesOf returns the residues of the quantities of rationalsOf modulo so many primes from 2^62 down, in which
// no row sum and no denominator of harm vanishes: [prime][quantity].
func residuesOf(in *model.Instance, count int, report func(done, total int)) (*mixedRadix, [][]uint64, error) {
	var list []field.Modular
	var residues [][]uint64
	var done atomic.Int64
	for next := uint64(1<<62 - 1); len(list) < count; {
		var some []field.Modular
		for ; len(some) < count-len(list); next -= 2 {
			if new(big.Int).SetUint64(next).ProbablyPrime(0) {
				some = append(some, field.NewModular(next))
			}
		}
		found := make([][]uint64, len(some))
		if err := split(len(some), 1, func(lo, hi int) error {
			for k := lo; k < hi; k++ {
				p := model.NewProfile[uint64, struct{}](in)
				err := solveRationals(some[k], in, p)
				if errors.Is(err, field.ErrDivision) {
					continue // the prime divides a row sum or the denominator of harm
				}
				if err != nil {
					return err
				}
				for _, v := range rationalsOf(p) {
					found[k] = append(found[k], *v)
				}
				if n := done.Add(1); report != nil {
					report(int(n), count)
				}
			}
			return nil
		}); err != nil {
			return nil, nil, err
		}
		for k, r := range found {
			if r != nil {
				list, residues = append(list, some[k]), append(residues, r)
			}
		}
	}
	b := &mixedRadix{primes: list}
	product := big.NewInt(1)
	for _, f := range list {
		inverse, err := f.Quo(1, f.FromBig(product))
		if err != nil {
			return nil, nil, err
		}
		b.before, b.inverse = append(b.before, product), append(b.inverse, inverse)
		product = new(big.Int).Mul(product, new(big.Int).SetUint64(f.Prime()))
	}
	b.before = append(b.before, product)
	return b, residues, nil
}

// restore returns the product of d and quantity i modulo a product of primes above 2^61·d.
func (b *mixedRadix) restore(residues [][]uint64, i int, d *big.Int) *big.Int {
	n := slices.IndexFunc(b.before, func(m *big.Int) bool { return m.BitLen() > d.BitLen()+61 })
	x, term := new(big.Int), new(big.Int)
	for k, f := range b.primes[:n] {
		digit := f.Mul(f.Sub(residues[k][i], f.FromBig(x)), b.inverse[k])
		x.Add(x, term.Mul(b.before[k], term.SetUint64(digit)))
	}
	x.Mul(x, d)
	return x.Mod(x, b.before[n])
}
