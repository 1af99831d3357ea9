package model

// Profile holds the quantities that the suite computes of an instance. Q is the type
// of those that are rational, R that of those with an exponential or a logarithm.
type Profile[Q, R any] struct {
	ExpectedHarm Q                `json:"expected_harm"` // E[Harm]
	Variance     Q                `json:"variance"`      // Var(Harm)
	Horizon      int              `json:"horizon"`       // the least k with I_t = 0 for all t > k
	Positions    []Position[Q, R] `json:"positions"`     // position t at index t−1
}

// Position holds the quantities of one position t.
type Position[Q, R any] struct {
	Information         Q `json:"information"`           // I_t = E[Var(h_t|y_<t)]
	GradientNormSquared Q `json:"gradient_norm_squared"` // Σ_x ‖P(x)·(diag p − p pᵀ)h‖² over the states x of layer t−1
	FisherTrace         Q `json:"fisher_trace"`          // tr F̄_t of the tabular softmax, E[1 − Σ_a p(a|y_<t)²]
	RecoveryProbability Q `json:"recovery_probability"`  // E_{y_<t∼P}[ρ_0]
	RecoveryInformation Q `json:"recovery_information"`  // I_t^rec = E_{y_<t∼Q}[ρ_0(1−ρ_0)]
	GibbsRecovery       R `json:"gibbs_recovery"`        // E_{y_<t∼P}[ρ*] of the pointwise optimum at η_t = βγ^t
	GibbsKL             R `json:"gibbs_kl"`              // E_{y_<t∼P}[KL(p*‖p_0)] of the same
	EquilibriumKL       R `json:"equilibrium_kl"`        // KL_t of P* ∝ P_0·e^{−λHarm}
}

// NewProfile returns the profile of an instance with its quantities to be filled in.
func NewProfile[Q, R any](in *Instance) *Profile[Q, R] {
	return &Profile[Q, R]{Positions: make([]Position[Q, R], in.Length())}
}

// MapProfile returns the profile with rational applied to the quantities of type Q
// and real to those of type R.
func MapProfile[Q, R, S, T any](p *Profile[Q, R], rational func(Q) S, real func(R) T) *Profile[S, T] {
	m := &Profile[S, T]{
		ExpectedHarm: rational(p.ExpectedHarm), Variance: rational(p.Variance), Horizon: p.Horizon,
		Positions: make([]Position[S, T], len(p.Positions)),
	}
	for i := range p.Positions {
		q := &p.Positions[i]
		m.Positions[i] = Position[S, T]{
			rational(q.Information), rational(q.GradientNormSquared), rational(q.FisherTrace),
			rational(q.RecoveryProbability), rational(q.RecoveryInformation),
			real(q.GibbsRecovery), real(q.GibbsKL), real(q.EquilibriumKL),
		}
	}
	return m
}

// Quantity is a number of a profile with its name in the file formats.
type Quantity[N any] struct {
	Name  string
	Real  bool // whether it has an exponential or a logarithm in it
	Value *N
}

// Quantities returns the numbers of a position, in the order of their declaration.
func Quantities[N any](p *Position[N, N]) []Quantity[N] {
	return []Quantity[N]{
		{"information", false, &p.Information},
		{"gradient_norm_squared", false, &p.GradientNormSquared},
		{"fisher_trace", false, &p.FisherTrace},
		{"recovery_probability", false, &p.RecoveryProbability},
		{"recovery_information", false, &p.RecoveryInformation},
		{"gibbs_recovery", true, &p.GibbsRecovery},
		{"gibbs_kl", true, &p.GibbsKL},
		{"equilibrium_kl", true, &p.EquilibriumKL},
	}
}
