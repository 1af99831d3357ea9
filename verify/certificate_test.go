package verify

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"testing"

	"golang.org/x/sync/errgroup"

	"sounding/exact/field"
)

// TestDegrees compares the degrees that are derived by running a check with those
// that the formulas show. Every free number has degree 1; P(y) then has degree T,
// h_t degree T−t+1 and Δ_t degree T−t+2, the larger one of h_t and h_{t−1}.
func TestDegrees(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		id, reason string
		degree     func(T int) int
	}{
		{"eq-1", "Σ_y P(y)", func(T int) int { return T }},
		{"def-1", "h_0", func(T int) int { return T + 1 }},
		{"prop-2", "P(a|x)·h_t has degree T−t+2, largest at t = 1", func(T int) int { return T + 1 }},
		{"def-3", "Δ_1", func(T int) int { return T + 1 }},
		{"prop-4", "P(y)·Δ_1·Δ_2, for T = 1 the P(y)·Δ_1·f of the same degree", func(T int) int { return 3*T + 1 }},
		{"def-5", "P(y)·Δ_1²", func(T int) int { return 3*T + 2 }},
		{"cor-7", "P(y)·(Harm − h_0)², the central variance", func(T int) int { return 3*T + 2 }},
		{"eq-19", "P(y)·f with one factor replaced by dP", func(T int) int { return T + 1 }},
		{"thm-8", "P(y)·Δ_1 with one factor replaced by dP", func(T int) int { return 2*T + 1 }},
		{"lem-12", "p·p·(Δ_1·s)², a score p·f having degree 2", func(T int) int { return 2*T + 8 }},
	} {
		s, ok := find(test.id)
		if !ok {
			t.Fatalf("no %s", test.id)
		}
		for _, shape := range certificateShapes(testedLeaves) {
			c, err := certificateOf(s.Checks()[0], shape)
			if err != nil {
				t.Fatalf("%s: %v", test.id, err)
			}
			if want := test.degree(shape.Length); c.Degree != want {
				t.Errorf("%s at %v: degree %d, want %d: %s", test.id, shape, c.Degree, want, test.reason)
			}
		}
	}
}

// certificateOf returns the certificate of a check at a shape.
func certificateOf(check Check, shape Shape) (Certificate, error) {
	p, err := compile(check.Modular, shape)
	if err != nil {
		return Certificate{}, err
	}
	return newCertificate(p)
}

// identities runs through the checks that certificates are made for.
func identities(f func(id string, check Check)) {
	for _, s := range registry() {
		for n, check := range s.Checks() {
			if check.IsIdentity() {
				f(fmt.Sprintf("%s/%d", s.ID, n), check)
			}
		}
	}
}

// TestCertificateBounds computes (d/p)^k ≤ 10⁻³⁰ in integers, and that one trial
// less would not do.
func TestCertificateBounds(t *testing.T) {
	t.Parallel()
	made := 0
	power := func(b int64, k int) *big.Int { return new(big.Int).Exp(big.NewInt(b), big.NewInt(int64(k)), nil) }
	identities(func(id string, check Check) {
		leaves := testedLeaves
		if testing.Short() {
			leaves = 16
		}
		if check.Limits.Leaves > 0 {
			leaves = min(leaves, check.Limits.Leaves)
		}
		for _, shape := range certificateShapes(leaves) {
			c, err := certificateOf(check, shape)
			if err != nil {
				t.Fatalf("%s: %v", id, err)
			}
			if c.Trials == 0 {
				if shape.Length > 1 {
					t.Errorf("%s compares nothing at %v", id, shape)
				}
				continue
			}
			made++
			least := new(big.Int).SetUint64(slices.Min(c.Primes))
			holds := func(k int) bool { // d^k·10³⁰ ≤ p^k
				return new(big.Int).Mul(power(int64(c.Degree), k), power(10, 30)).
					Cmp(new(big.Int).Exp(least, big.NewInt(int64(k)), nil)) <= 0
			}
			if !holds(c.Trials) || holds(c.Trials-1) {
				t.Errorf("%s at %v: %d trials of degree %d mod %v are not the least that reach 10⁻³⁰", id, shape, c.Trials, c.Degree, least)
			}
			product := big.NewInt(1)
			for _, p := range c.Primes {
				product.Mul(product, new(big.Int).SetUint64(p))
			}
			if float64(product.BitLen()) < c.HeightLog2 {
				t.Errorf("%s at %v: height 2^%v, but the primes %v only reach 2^%d", id, shape, c.HeightLog2, c.Primes, product.BitLen())
			}
			if c.Shape != shape {
				t.Errorf("%s: a certificate for %v, want %v", id, c.Shape, shape)
			}
		}
	})
	if made == 0 {
		t.Error("no certificates")
	}
}

func TestCertificateRefused(t *testing.T) {
	t.Parallel()
	constant := Identity(nil, func(w *World[uint64]) { w.Equal(Place{}, "1 = 1", w.FromInt(1), w.FromInt(1)) })
	if c, err := certificateOf(constant, Shape{2, 1}); err == nil {
		t.Errorf("a check without free numbers has the certificate %+v", c)
	}
	huge := Identity(nil, func(w *World[uint64]) {
		v := w.FromInt(1 << 62)
		for range 3 {
			v = w.Mul(v, v)
		}
		w.Equal(Place{}, "2^496·Harm = Harm", w.Mul(v, w.Family.Harm[0]), w.Family.Harm[0])
	})
	if c, err := certificateOf(huge, Shape{2, 1}); err == nil {
		t.Errorf("an identity of height 2^496 has the certificate %+v", c)
	}
}

// testedLeaves bounds the shapes that these tests look at.
const testedLeaves = 64

// numbers returns all free numbers of a world.
func numbers(w *World[uint64]) []uint64 {
	list := slices.Clone(w.Family.Harm)
	for _, tables := range [][][]uint64{w.Family.Prob, w.Tangents()[0], w.Family.Features, w.Test()} {
		for _, v := range tables {
			list = append(list, v...)
		}
	}
	return list
}

// TestPoints: a point is determined by its five arguments, each of which changes
// it, and lies where probabilities and tangents have to lie.
func TestPoints(t *testing.T) {
	t.Parallel()
	const p = field.Mersenne61
	point := func(seed uint64, id string, shape Shape, trial int) []uint64 {
		return numbers(newModularWorld(p, seed, id, shape, 1, trial))
	}
	base := point(1, "thm-8/0", Shape{3, 2}, 0)
	if again := point(1, "thm-8/0", Shape{3, 2}, 0); !slices.Equal(base, again) {
		t.Error("the same point comes out differently")
	}
	seen := map[string]bool{fmt.Sprint(base[:9]): true}
	for name, other := range map[string][]uint64{
		"seed":      point(2, "thm-8/0", Shape{3, 2}, 0),
		"statement": point(1, "thm-8/1", Shape{3, 2}, 0),
		"shape":     point(1, "thm-8/0", Shape{3, 3}, 0),
		"trial":     point(1, "thm-8/0", Shape{3, 2}, 1),
	} {
		if key := fmt.Sprint(other[:9]); seen[key] {
			t.Errorf("another %s gives the same point", name)
		} else {
			seen[key] = true
		}
	}
	for _, shape := range certificateShapes(testedLeaves) {
		w := newModularWorld(p, 3, "points", shape, 1, 0)
		for t1 := 1; t1 <= w.T(); t1++ {
			for x := range w.Layer(t1).States() {
				lo, hi := w.Layer(t1).Row(x)
				if sum := field.Sum(w.Ring, w.Row(t1, x)); sum != 1 {
					t.Errorf("%v: probabilities at position %d, state %d add up to %d", shape, t1, x, sum)
				}
				if sum := field.Sum(w.Ring, w.Tangents()[0][t1-1][lo:hi]); sum != 0 {
					t.Errorf("%v: a tangent at position %d, state %d adds up to %d", shape, t1, x, sum)
				}
			}
		}
		if got := len(w.Oracle().Joint()); got != shape.Leaves() {
			t.Errorf("%v has %d sequences, want %d", shape, got, shape.Leaves())
		}
	}
}

// TestPointsAreUniform counts the coordinates mod small primes: each residue comes
// within five standard deviations of its share.
func TestPointsAreUniform(t *testing.T) {
	t.Parallel()
	for _, p := range []uint64{2, 3, 7, 13} {
		count, n := make([]int, p), 0
		for trial := range 200 {
			for _, h := range newModularWorld(p, 1, "uniform", Shape{4, 3}, 1, trial).Family.Harm {
				count[h]++
				n++
			}
		}
		share := 1 / float64(p)
		deviation := math.Sqrt(float64(n) * share * (1 - share))
		for v, c := range count {
			if off := math.Abs(float64(c) - float64(n)*share); off > 5*deviation {
				t.Errorf("mod %d: %d comes %d times among %d, %.1f standard deviations from its share", p, v, c, n, off/deviation)
			}
		}
	}
}

// TestFalseIdentitiesAreCaught: a random point sees at once that an identity is
// false: ones that are false at every shape, and every near-miss that is an
// identity where there are enough tokens and positions for it to be false. (For
// V = 2 the gap of lem-12 is zero, and so is twice the gap.)
func TestFalseIdentitiesAreCaught(t *testing.T) {
	t.Parallel()
	caught := func(t *testing.T, id string, check func(*World[uint64]), shape Shape) {
		t.Helper()
		if run(check, newModularWorld(field.Mersenne61, 1, id, shape, 1, 0)).Violation == nil {
			t.Errorf("%s passes at %v", id, shape)
		}
	}
	for _, shape := range certificateShapes(testedLeaves) {
		for id, check := range map[string]func(*World[uint64]){
			"Var(Harm) = E[Harm²]": func(w *World[uint64]) {
				w.Equal(Place{}, "", w.Solution().Variance, w.Oracle().SecondMoment()[0][0])
			},
			"h_0 = Harm(last sequence)": func(w *World[uint64]) {
				w.Equal(Place{}, "", w.Solution().Expected, w.Oracle().Harm()[shape.Leaves()-1])
			},
			"E[Harm·Δ_T] = 0": func(w *World[uint64]) {
				product := w.Oracle().Increment(w.T())
				for i, h := range w.Oracle().Harm() {
					product[i] = w.Mul(product[i], h)
				}
				w.Equal(Place{}, "", w.Oracle().Expectation(product), 0)
			},
		} {
			caught(t, id, check, shape)
		}
	}
	tried := 0
	for _, s := range registry() {
		for _, m := range s.NearMisses {
			if !m.Check.IsIdentity() {
				continue
			}
			tried++
			for _, shape := range []Shape{{3, 2}, {3, 3}, {4, 2}} {
				if m.Check.Limits.Leaves > 0 && shape.Leaves() > m.Check.Limits.Leaves {
					continue
				}
				caught(t, s.ID+": "+m.Name, m.Check.Modular, shape)
			}
		}
	}
	if tried < 30 {
		t.Errorf("only %d near-misses are identities", tried)
	}
}

func TestShapeLeaves(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		shape Shape
		want  int
	}{{Shape{2, 1}, 2}, {Shape{3, 4}, 81}, {Shape{8, 2}, 64}, {Shape{1, 5}, 1}} {
		if got := test.shape.Leaves(); got != test.want {
			t.Errorf("%v has %d leaves, want %d", test.shape, got, test.want)
		}
	}
}

// BenchmarkCertificates makes all certificates of an ordinary run, on all cores.
func BenchmarkCertificates(b *testing.B) {
	for b.Loop() {
		group, ctx := errgroup.WithContext(b.Context())
		group.SetLimit(workers())
		for _, s := range registry() {
			group.Go(func() error {
				_, err := s.Certify(ctx, 1, certificateLeaves)
				return err
			})
		}
		if err := group.Wait(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkProofs makes all proofs of an ordinary run, on all cores.
func BenchmarkProofs(b *testing.B) {
	for b.Loop() {
		group, ctx := errgroup.WithContext(b.Context())
		group.SetLimit(workers())
		for _, s := range registry() {
			e := newEntry(s)
			group.Go(func() error { return e.prove(ctx, 1) })
		}
		if err := group.Wait(); err != nil {
			b.Fatal(err)
		}
	}
}
