package gate_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sounding/exact"
	"sounding/gate"
	"sounding/generators"
	"sounding/model"
	"sounding/numeric"
	"sounding/theorems"
)

// float64s is a solution of package numeric with a method for everything that it
// computes.
type float64s struct{ *numeric.Solution }

func newNumeric() gate.Solver {
	return gate.SolverFunc(func(_ context.Context, in *model.Instance) (gate.Solution, error) {
		return float64s{numeric.New(in).Solve()}, nil
	})
}

func (s float64s) column(name string) []float64 {
	list := make([]float64, len(s.Positions))
	for i := range list {
		for _, q := range model.Quantities(&s.Positions[i]) {
			if q.Name == name {
				list[i] = *q.Value
			}
		}
	}
	return list
}

func (s float64s) ExpectedHarm() float64          { return s.Solution.ExpectedHarm }
func (s float64s) Variance() float64              { return s.Solution.Variance }
func (s float64s) Horizon() int                   { return s.Solution.Horizon }
func (s float64s) Information() []float64         { return s.column("information") }
func (s float64s) GradientNormSquared() []float64 { return s.column("gradient_norm_squared") }
func (s float64s) FisherTrace() []float64         { return s.column("fisher_trace") }
func (s float64s) RecoveryProbability() []float64 { return s.column("recovery_probability") }
func (s float64s) RecoveryInformation() []float64 { return s.column("recovery_information") }
func (s float64s) GibbsRecovery() []float64       { return s.column("gibbs_recovery") }
func (s float64s) GibbsKL() []float64             { return s.column("gibbs_kl") }
func (s float64s) EquilibriumKL() []float64       { return s.column("equilibrium_kl") }

func TestNumeric(t *testing.T) {
	t.Parallel()
	gate.TestSolver(t, newNumeric)
}

// profile is a solution that offers two quantities.
type profile struct {
	variance    float64
	information []float64
}

func (p profile) Variance() float64      { return p.variance }
func (p profile) Information() []float64 { return p.information }

// solveProfile computes the harm information of a model as a third party might.
func solveProfile(_ context.Context, in *model.Instance) (gate.Solution, error) {
	return profileUnder(in, func(mass float64) float64 { return mass }), nil
}

// profileUnder weighs the states of a layer by what weight makes of their
// probability: anything but that itself is a fault.
func profileUnder(in *model.Instance, weight func(mass float64) float64) profile {
	s := numeric.New(in)
	p := profile{variance: s.Solve().Variance}
	for t := 1; t <= in.Length(); t++ {
		tables, l, total := s.Tables(t), in.Layer(t), 0.0
		for x, mass := range tables.Probability {
			for e, hi := l.Row(x); e < hi; e++ {
				total += weight(mass) * tables.Conditional[e] * tables.Innovation[e] * tables.Innovation[e]
			}
		}
		p.information = append(p.information, total)
	}
	return p
}

// A solver that forgets the probability of the prefix.
func missingPrefix(_ context.Context, in *model.Instance) (gate.Solution, error) {
	return profileUnder(in, func(float64) float64 { return 1 }), nil
}

// Gating a solver in a test takes one line, gate.TestSolver(t, factory).
// Elsewhere Check says the same in a report.
func ExampleCheck() {
	solver := gate.SolverFunc(solveProfile) // its solutions have Variance and Information
	r, err := gate.Check(context.Background(), solver, gate.Options{Seed: 1, Instances: 100})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(r.Failures), "failures,", r.Checked(), "quantities checked")
	// Output: 0 failures, 2 quantities checked
}

// What a failure looks like: a solver that forgets the probability of the prefix
// is shown on the smallest instance where that matters.
func ExampleCheck_failure() {
	r, err := gate.Check(context.Background(), gate.SolverFunc(missingPrefix), gate.Options{Seed: 1, Instances: 100})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range r.Failures {
		fmt.Println(f)
		fmt.Println(f.Counterexample.Case)
		fmt.Println("of no account:", strings.Join(f.Free, "; "))
	}
	// Output:
	// information at t = 2: 0.25, exact 1/8 (±1.8e-12); Var(Harm) = Σ_t I_t fails (cor-7)
	// V=2 T=2 R={} λ=1 β=0 γ=1 Q policy, tabular parameters
	//   0  p=1/2
	//     0  p=1/2 harm=0
	//     1  p=1/2 harm=0
	//   1  p=1/2
	//     0  p=1/2 harm=0
	//     1  p=1/2 harm=1
	// of no account: weights at t = 1, state 0; weights at t = 2, state 0; harm of state 0; harm of state 1
}

// A second broken solver leaves out what it cannot compute, and is not credited
// for it; and gives NaN where a token has probability 0.
func ExampleCheck_notFinite() {
	solver := gate.SolverFunc(func(_ context.Context, in *model.Instance) (gate.Solution, error) {
		p := numeric.New(in)
		p.Solve()
		return entropic(in, p), nil
	})
	r, err := gate.Check(context.Background(), solver, gate.Options{Seed: 1, Instances: 100})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, q := range r.Quantities {
		if q.Failure != nil {
			fmt.Println(q.Failure)
			fmt.Println(q.Failure.Counterexample.Case)
		}
	}
	// Output:
	// fisher_trace at t = 1: NaN, exact 0 (±1.4e-12); F̄_t = E[s_t s_tᵀ] fails (def-11)
	// V=2 T=1 R={} λ=1 β=0 γ=1 Q policy, tabular parameters
	//   0  p=1 harm=0
	//   1  p=0 harm=0
}

type fisher []float64

func (f fisher) FisherTrace() []float64 { return f }

// entropic divides by the probability of every token: E‖s‖² = Σ_b Σ_a (1[a=b] − p_b)²·p_a
// with p_a written as p_a²/p_a.
func entropic(in *model.Instance, s *numeric.Solver) fisher {
	f := make(fisher, in.Length())
	for t := 1; t <= in.Length(); t++ {
		tables, l := s.Tables(t), in.Layer(t)
		for x, mass := range tables.Probability {
			for e, hi := l.Row(x); e < hi; e++ {
				p := tables.Conditional[e]
				f[t-1] += mass * (1 - p) * (p * p / p)
			}
		}
	}
	return f
}

// searched is enough to reach the smallest instance of every fault of package gatetest. Where
// a fault of the suite's own makes a sound solver fail, fewer will do.
const (
	searched       = 1500
	hardlySearched = 100
)

func checkFunc(t *testing.T, f gate.SolverFunc, instances int) *gate.Report {
	t.Helper()
	r, err := gate.Check(t.Context(), f, gate.Options{Seed: 1, Instances: instances, Tries: searched})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Every quantity that is off by twice its tolerance fails, and by half of it does not.
func TestTolerance(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		times int64 // quarters of the tolerance
		fails bool
	}{{2, false}, {-2, false}, {8, true}, {-8, true}} {
		off := big.NewRat(c.times, 4)
		r := checkFunc(t, func(_ context.Context, in *model.Instance) (gate.Solution, error) { return shifted(in, off) }, 15)
		for _, q := range r.Quantities {
			if fails := q.Failure != nil; fails != (c.fails && q.Quantity != "horizon") {
				t.Errorf("%s off by %v of its tolerance: %v", q.Quantity, off, q.Failure)
			}
			if q.Quantity.Tolerance(generators.Example(generators.Limits{}, 1, 0).Instance, 1).Sign() <= 0 {
				t.Errorf("%s has no tolerance", q.Quantity)
			}
		}
	}
}

// A tolerance below the width of the enclosures is decided at a higher precision.
func TestEdge(t *testing.T) {
	t.Parallel()
	solve := func(_ context.Context, in *model.Instance) (gate.Solution, error) {
		a, err := exact.Analyze(in, 1024)
		if err != nil {
			return nil, err
		}
		n := make(named)
		for _, p := range a.Positions {
			lo, _, err := p.GibbsKL.Bounds()
			if err != nil {
				return nil, err
			}
			v, _ := new(big.Rat).SetString(lo)
			n["gibbs_kl"] = append(n["gibbs_kl"], v)
		}
		return n, nil
	}
	for _, c := range []struct {
		tolerance string
		fails     bool
	}{{"1e-60", false}, {"1e-500", true}} {
		tolerance, _ := new(big.Rat).SetString(c.tolerance)
		r, err := gate.Check(t.Context(), gate.SolverFunc(solve), gate.Options{Seed: 1, Instances: 5, Tolerance: tolerance})
		if err != nil {
			t.Fatal(err)
		}
		if fails := len(r.Failures) > 0; fails != c.fails || r.Undecided() > 0 {
			t.Errorf("tolerance %s: failures %v, %d undecided", c.tolerance, r.Failures, r.Undecided())
		}
	}
}

// named is a solution with exact values.
type named map[gate.Quantity][]*big.Rat

func (n named) Answer(q gate.Quantity) ([]*big.Rat, bool) {
	v, ok := n[q]
	return v, ok
}

// shifted returns the exact analysis, every number off by a part of its tolerance.
func shifted(in *model.Instance, off *big.Rat) (named, error) {
	a, err := exact.Analyze(in, 0)
	if err != nil {
		return nil, err
	}
	n := make(named)
	add := func(q gate.Quantity, t int, v exact.Number) {
		value := new(big.Rat).Mul(q.Tolerance(in, t), off)
		switch {
		case v.Exact != nil:
			value.Add(value, v.Exact)
		default:
			lo, _, err := v.Bounds()
			if err != nil {
				panic(err)
			}
			r, _ := new(big.Rat).SetString(lo)
			value.Add(value, r)
		}
		n[q] = append(n[q], value)
	}
	add("expected_harm", 1, a.ExpectedHarm)
	add("variance", 1, a.Variance)
	n["horizon"] = []*big.Rat{big.NewRat(int64(a.Horizon), 1)}
	for i := range a.Positions {
		for _, q := range model.Quantities(&a.Positions[i]) {
			add(gate.Quantity(q.Name), i+1, *q.Value)
		}
	}
	return n, nil
}

// horizonOnly is a solution with a horizon.
type horizonOnly int

func (h horizonOnly) Horizon() int { return int(h) }

func TestHorizonRule(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		reason string
		solve  func(*model.Instance) int
		fails  bool
	}{
		{"exact", func(in *model.Instance) int { return exact.Horizon(in.Process) }, false},
		{"one too small", func(in *model.Instance) int { return max(0, exact.Horizon(in.Process)-1) }, true},
		{"too large by positions without information", func(in *model.Instance) int { return in.Length() }, true},
		{"beyond the length", func(in *model.Instance) int { return in.Length() + 1 }, true},
		{"negative", func(*model.Instance) int { return -1 }, true},
		{"out of reach", func(*model.Instance) int { return math.MaxInt }, true},
		{"a cut-off in float64", func(in *model.Instance) int {
			h := 0
			for i, p := range numeric.New(in).Solve().Positions {
				const none = 1e-12 // a customary cut-off, below what the gate tolerates
				if p.Information > none {
					h = i + 1
				}
			}
			return h
		}, false},
	} {
		r := checkFunc(t, func(_ context.Context, in *model.Instance) (gate.Solution, error) {
			return horizonOnly(c.solve(in)), nil
		}, 60)
		if fails := len(r.Failures) > 0; fails != c.fails {
			t.Errorf("%s: %v", c.reason, r.Failures)
		}
	}
}

// What a quantity rests on is an entry of the registry, and the tolerance is the published one.
func TestQuantitiesHaveStatements(t *testing.T) {
	t.Parallel()
	const one = "4096·(V+T)·2^-53"
	type row struct {
		Statement, Allowed string
		Whole              bool
	}
	want := map[gate.Quantity]row{
		"expected_harm": {"def-1", one, true}, "variance": {"cor-7", one, true},
		"horizon":     {"thm-9", "I_t below that of the information", true},
		"information": {"def-5", one, false}, "gradient_norm_squared": {"thm-8", one, false}, "fisher_trace": {"def-11", one, false},
		"recovery_probability": {"def-16", one, false}, "recovery_information": {"def-18", one, false},
		"gibbs_recovery": {"thm-20", one + "·(1+η_t)", false}, "gibbs_kl": {"thm-20", one + "·(1+η_t)", false},
		"equilibrium_kl": {"rem-3", one + "·(1+λ)", false},
	}
	got := make(map[gate.Quantity]row)
	for _, q := range gate.Quantities() {
		got[q] = row{q.Statement(), q.Allowed(), q.Whole()}
		if _, ok := theorems.Find(q.Statement()); !ok {
			t.Errorf("%s rests on %s, which is no statement", q, q.Statement())
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("what is allowed of quantities (-want +got):\n%s", d)
	}
}

var errPlanted = errors.New("as planted")

func TestUnusableAnswers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		reason     string
		solve      gate.SolverFunc
		text       string
		err        error
		quantity   gate.Quantity // that it costs; "" for all
		unanswered int
	}{
		{"an error", func(context.Context, *model.Instance) (gate.Solution, error) { return nil, errPlanted }, "as planted", errPlanted, "", 10},
		{"too few numbers", func(_ context.Context, in *model.Instance) (gate.Solution, error) {
			return fisher(make([]float64, in.Length()-1)), nil
		}, "fisher_trace: length 0: want 1", nil, "fisher_trace", 0},
	} {
		r := checkFunc(t, c.solve, 10)
		if r.Instances != 10 || r.Unanswered != c.unanswered || len(r.Failures) != 1 {
			t.Fatalf("%s: %+v", c.reason, r)
		}
		f := r.Failures[0]
		if !strings.Contains(f.Error(), c.text) || c.err != nil && !errors.Is(f, c.err) || f.Quantity() != c.quantity || f.Unusable() == nil {
			t.Errorf("%s: %v", c.reason, f)
		}
		if in := f.Counterexample.Case; in.Vocabulary() != 2 || in.Length() != 1 || !f.Counterexample.Smallest {
			t.Errorf("%s is shown on %v", c.reason, in)
		}
	}
}

// forgetful fails once.
type forgetful struct{ asked int }

func (f *forgetful) Solve(_ context.Context, in *model.Instance) (gate.Solution, error) {
	if f.asked++; f.asked == 5 {
		return nil, errPlanted
	}
	return solveProfile(context.Background(), in)
}

func (f *forgetful) Reset() { f.asked = 0 }

func TestTransientFailure(t *testing.T) {
	t.Parallel()
	r, err := gate.Check(t.Context(), new(forgetful), gate.Options{Seed: 1, Instances: 10, Tries: hardlySearched})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Failures) != 1 || !r.Failures[0].Transient || r.Failures[0].Drawn != 4 || r.Failures[0].Counterexample.Smallest {
		t.Fatalf("failures %+v", r.Failures)
	}
	if saved := r.Save(r.Failures[0]); !saved.Transient || saved.Drawn != 5 {
		t.Errorf("saved as transient %v, drawn %d: want true and the fifth", saved.Transient, saved.Drawn)
	}
}

func TestNothingOffered(t *testing.T) {
	t.Parallel()
	r := checkFunc(t, func(context.Context, *model.Instance) (gate.Solution, error) { return struct{}{}, nil }, 3)
	if r.Checked() != 0 || len(r.Failures) != 0 || r.Instances != 3 {
		t.Errorf("%+v", r)
	}
	if slices.ContainsFunc(r.Quantities, func(q gate.QuantityReport) bool { return q.Instances > 0 }) {
		t.Errorf("%+v", r.Quantities)
	}
}

// A check of no instance is no success.
func TestCheckOfNothing(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, -1} {
		if r, err := gate.Check(t.Context(), nil, gate.Options{Instances: n}); err == nil {
			t.Errorf("%d instances: %+v, want an error", n, r)
		}
	}
}

// Options that say nothing of how many instances check none, and say so.
func TestNoInstances(t *testing.T) {
	t.Parallel()
	if r, err := gate.Check(t.Context(), gate.SolverFunc(missingPrefix), gate.Options{}); err == nil {
		t.Errorf("%+v, want an error", r)
	}
}
