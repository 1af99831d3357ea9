package gate

import (
	"context"
	"math/big"

	"sounding/model"
)

// Solver is a program under test: something that claims to compute quantities of
// the paper. What it is asked is an instance; what it offers is up to its Solution.
type Solver interface {
	Solve(ctx context.Context, in *model.Instance) (Solution, error)
}

// Solution is what a solver makes of one instance. It offers a quantity by having
// the method of its name, and is checked on nothing else. Slices hold one number
// per position, t = 1…T, at index t−1:
//
//	ExpectedHarm() float64           E[Harm]
//	Variance() float64               Var(Harm)
//	Horizon() int                    least k with I_t = 0 for all t > k
//	Information() []float64          I_t
//	GradientNormSquared() []float64  Σ_x ‖P(x)·(diag p − p pᵀ)h‖² over the states of layer t−1
//	FisherTrace() []float64          tr F̄_t, tabular softmax
//	RecoveryProbability() []float64  E_P[ρ_0]
//	RecoveryInformation() []float64  I_t^rec = E_Q[ρ_0(1−ρ_0)]
//	GibbsRecovery() []float64        E_P[ρ*] at η_t = βγ^t
//	GibbsKL() []float64              E_P[KL(p*‖p_0)] of the same
//	EquilibriumKL() []float64        KL_t of P* ∝ P_0·e^{−λHarm}
//
// A solution that has more digits than a float64, or knows only when it runs what
// it offers, implements [Answers] instead.
type Solution any

// Answers is a Solution that is asked by name: for the values of a quantity, one
// of an instance as a whole or one per position, and whether it offers it.
type Answers interface {
	Answer(Quantity) (values []*big.Rat, offered bool)
}

// Resetter is a Solver that can forget the instances it has seen, as a process
// does that is restarted. A failure is then confirmed on a fresh solver.
type Resetter interface{ Reset() }

// SolverFunc is a function as a Solver.
type SolverFunc func(ctx context.Context, in *model.Instance) (Solution, error)

// Solve calls f.
func (f SolverFunc) Solve(ctx context.Context, in *model.Instance) (Solution, error) {
	return f(ctx, in)
}
