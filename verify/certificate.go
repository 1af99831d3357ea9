package verify

import (
	"context"
	"fmt"
	"math"
	"sync"

	"sounding/exact/field"
)

// Certificate bounds the probability that a false identity passed.
//
// Both sides are polynomials with integer coefficients in the free variables of a
// shape. If they differ, their difference is not zero modulo one of the primes,
// because its height is below their product; and by the Schwartz–Zippel lemma a
// polynomial of degree at most d that is not zero mod p vanishes at a uniform
// point of 𝔽_p^n with probability at most d/p, so that k independent points all
// miss it with probability at most (d/p)^k. With several primes the identity is
// checked at k points for each.
//
// The bound is over the choice of the points, that is over the seed.
type Certificate struct {
	Shape      Shape
	Degree     int      // d, derived by evaluating the check over formal degrees
	HeightLog2 float64  // log2 of the height of the difference, derived likewise
	Primes     []uint64 // p, the least of which counts in the bound
	Trials     int      // k, for each prime
	Log10      float64  // of the bound
	Formulas   []string // of what is compared at the shape
	// Recovery lists the numbers of recovery tokens that the identity was evaluated with at
	// each point; nil if it is about none.
	Recovery    []int
	Comparisons []int // at each point, with each of these numbers
}

// certificateBound is the probability that the bound of every certificate stays below.
const certificateBound = 1e-30

// certificatePrimes are used from the first on, as many as the height requires.
var certificatePrimes = []uint64{field.Mersenne61, 1<<62 - 57, 1<<62 - 87, 1<<62 - 117}

// certificateFields returns the prime fields of certificatePrimes.
var certificateFields = sync.OnceValue(func() []field.Modular {
	var list []field.Modular
	for _, p := range certificatePrimes {
		list = append(list, field.NewModular(p))
	}
	return list
})

// newCertificate derives the degree and the height of a check at a shape, and from them
// the primes and the number of trials that bring the bound below certificateBound. It has no
// trials if the check compares nothing at the shape.
func newCertificate(of *program) (Certificate, error) {
	shape := of.shape
	c := Certificate{Shape: shape, Formulas: of.formulas(), Recovery: of.recovery}
	for _, t := range of.tapes {
		c.Comparisons = append(c.Comparisons, len(t.compared))
	}
	bound := of.bound(1, func(_ int, _ variable, x []field.Formal) { x[0] = field.FreeVariable() })[0]
	if bound.Height == 0 {
		return c, nil
	}
	if bound.Degree < 1 {
		return c, fmt.Errorf("degree %d at shape %v: the check compares constants, of which points show nothing", bound.Degree, shape)
	}
	c.Degree = bound.Degree
	c.HeightLog2 = math.Ceil(1000*math.Log2(bound.Height)) / 1000
	least := uint64(math.MaxUint64)
	// Rounding down the product of the primes keeps the comparison on the safe side.
	product := 1.0
	for _, p := range certificatePrimes {
		c.Primes = append(c.Primes, p)
		least = min(least, p)
		if product = math.Nextafter(product*math.Nextafter(float64(p), 0), 0); product > bound.Height {
			break
		}
	}
	if product <= bound.Height {
		return c, fmt.Errorf("height 2^%.1f at shape %v: must be below the product of %d primes", c.HeightLog2, shape, len(certificatePrimes))
	}
	per := math.Log10(float64(c.Degree)) - math.Log10(float64(least))
	c.Trials = int(math.Ceil(math.Log10(certificateBound) / per))
	c.Log10 = float64(c.Trials) * per
	return c, nil
}

// The prefix trees that are certified in the ordinary run: those with at most
// certificateLeaves complete sequences over at most maxCertificateVocabulary tokens. A longer
// run multiplies the first, up to maxCertificateLeaves.
const (
	certificateLeaves        = 1024
	maxCertificateLeaves     = 4096
	maxCertificateVocabulary = 8
)

// certificateShapes lists the prefix trees with at most the given number of
// complete sequences.
func certificateShapes(leaves int) []Shape {
	var list []Shape
	for v := 2; v <= maxCertificateVocabulary; v++ {
		for t := 1; ; t++ {
			s := Shape{v, t}
			if s.Leaves() > leaves {
				break
			}
			list = append(list, s)
		}
	}
	return list
}

// certify runs the identities of the entry at random points of the prime fields, on
// the shapes with at most the given number of complete sequences.
func (e *Entry) certify(ctx context.Context, seed uint64, most int) error {
	var room tape
	for n := range e.Claims {
		claim := &e.Claims[n]
		check := claim.Check
		if !check.IsIdentity() {
			continue
		}
		id := fmt.Sprintf("%s/%d", e.Statement.ID, n)
		leaves := most
		if check.Limits.Leaves > 0 {
			leaves = min(leaves, check.Limits.Leaves)
		}
		for _, shape := range certificateShapes(leaves) {
			computed, err := compileOver(&room, check.Modular, shape)
			if err != nil {
				return err
			}
			c, err := newCertificate(computed)
			if err != nil {
				return err
			}
			for i := range len(c.Primes) * c.Trials {
				if err := ctx.Err(); err != nil {
					return err
				}
				m, trial := certificateFields()[i/c.Trials], i%c.Trials
				p := m.Prime()
				for recovery, t := range computed.settings() {
					if t.holds(m, coordinates(p, seed, id, shape, trial)) {
						continue
					}
					v := run(check.Modular, newModularWorld(p, seed, id, shape, recovery, trial)).of(e.Statement.ID).Violation
					if v == nil {
						return fmt.Errorf("%s at shape %v: sides differ in trial %d mod %d, and the check finds none that do: it branches on values", id, shape, trial, p)
					}
					v.Claim = fmt.Sprintf("%s (mod %d, shape %v, trial %d)", v.Claim, p, shape, trial)
					if e.Violation == nil {
						e.Violation = v
					}
				}
			}
			if c.Trials > 0 {
				claim.Certificates = append(claim.Certificates, c)
				claim.Points += len(c.Primes) * c.Trials * len(c.Comparisons)
			}
		}
	}
	return nil
}
