package verify

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"sounding/exact/field"
	"sounding/model"
)

// binaryHarm draws instances whose harm is 0 or 1, where Harm² = Harm is true.
var binaryHarm = &Source{Draw: func(seed uint64, i int) *model.Case {
	r := rand.New(rand.NewPCG(seed, uint64(i)))
	p, err := Shape{2, 2}.Tree().WithHarm(model.NaturalsOf(r.Int64N(2), r.Int64N(2), r.Int64N(2), r.Int64N(2)), big.NewInt(1))
	if err != nil {
		panic(err)
	}
	return &model.Case{Instance: model.NewInstance(p)}
}}

// harmSquared is a false identity that no instance with harm 0 and 1 refutes. Its
// hypothesis, decided before the comparison, always holds on instances.
func harmSquared[E any](w *World[E]) {
	known := 0
	if w.IsZero(w.Sub(w.Solution().Expected, w.Oracle().Mean()[0][0])) {
		known = 1
	}
	w.Same(Place{}, "h_0 = h_0", known, 1)
	w.Equal(Place{}, "Harm² = Harm", w.Mul(w.Family.Harm[0], w.Family.Harm[0]), w.Family.Harm[0])
}

// earlyReturn passes over its comparison at numbers that are not equal.
func earlyReturn[E any](w *World[E]) {
	x := w.Family.Harm[0]
	if !w.IsZero(w.Sub(w.Mul(x, x), x)) {
		return
	}
	w.Equal(Place{}, "Harm² = Harm", w.Mul(x, x), x)
}

// primeMultiple is zero modulo the first prime that certificates use.
func primeMultiple[E any](w *World[E]) {
	w.Equal(Place{}, "(2^61 − 1)·Harm = 0", w.Mul(w.FromInt(field.Mersenne61), w.Family.Harm[0]), w.FromInt(0))
}

// oneRecoveryToken is true where R is the first token alone.
func oneRecoveryToken[E any](w *World[E]) {
	rho := w.FromInt(0)
	for a, p := range w.Row(1, 0) {
		if w.Objective().Recovers(a) {
			rho = w.Add(rho, p)
		}
	}
	w.Equal(Place{}, "ρ = P(0)", rho, w.Row(1, 0)[0])
}

// TestFalseIdentitiesAreNotCertified: none of these holds, whatever instances are tried.
func TestFalseIdentitiesAreNotCertified(t *testing.T) {
	t.Parallel()
	const branches = "must not branch on values"
	for _, test := range []struct {
		reason string
		check  Check
		want   string
	}{
		{"a hypothesis decided by a comparison of numbers", Identity(harmSquared[field.Rat], harmSquared[uint64]), branches},
		{"nothing compared where the sides differ", Identity(earlyReturn[field.Rat], earlyReturn[uint64]), branches},
		{"a multiple of the prime", Identity(primeMultiple[field.Rat], primeMultiple[uint64]), "(2^61 − 1)·Harm = 0"},
		{"another number of recovery tokens", Identity(oneRecoveryToken[field.Rat], oneRecoveryToken[uint64]), "ρ = P(0)"},
	} {
		s := &Statement{ID: "false", Claims: []Claim{{Check: test.check}}, Source: binaryHarm}
		_, err := s.Certify(t.Context(), 1, 64)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: certified, with error %v; want one with %q", test.reason, err, test.want)
		}
		e := newEntry(s)
		if err := e.prove(t.Context(), 1); (err == nil && e.Violation == nil) || len(e.Claims[0].Proofs) > 0 {
			t.Errorf("%s: proved for %d shapes, error %v", test.reason, len(e.Claims[0].Proofs), err)
		}
		if test.want != branches {
			continue
		}
		if _, err := Run(t.Context(), Options{Statements: []*Statement{s}, Seed: 1}); err == nil {
			t.Errorf("%s: the verification ends without an error", test.reason)
		}
	}
}

// TestIdentitiesDoNotBranch: of every statement and near-miss, at every shape, the check
// compares numbers only to claim that they are equal, and makes the same claims on its
// tape and at a point.
func TestIdentitiesDoNotBranch(t *testing.T) {
	t.Parallel()
	looked, leaves := 0, 16
	if testing.Short() {
		leaves = 8
	}
	look := func(name string, check Check) {
		if !check.IsIdentity() {
			return
		}
		for _, shape := range certificateShapes(leaves) {
			looked++
			p, err := compile(check.Modular, shape)
			if err != nil {
				t.Errorf("%s at %v: %v", name, shape, err)
				continue
			}
			for recovery, tape := range p.settings() {
				l := run(check.Modular, newModularWorld(field.Mersenne61, 1, name, shape, recovery, 0))
				if l.Violation == nil && l.Comparisons != len(tape.compared) {
					t.Errorf("%s at %v, %d recovery tokens: %d claims at a point, %d on the tape", name, shape, recovery, l.Comparisons, len(tape.compared))
				}
			}
		}
	}
	for _, s := range registry() {
		for k, check := range s.Checks() {
			look(fmt.Sprintf("%s/%d", s.ID, k), check)
		}
		for _, m := range s.NearMisses {
			look(fmt.Sprintf("%s, %q", s.ID, m.Name), m.Check)
		}
	}
	if looked < 1000 {
		t.Errorf("%d checks at shapes, want all of them", looked)
	}
}
