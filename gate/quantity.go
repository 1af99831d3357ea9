package gate

import (
	"fmt"
	"math/big"

	"sounding/exact"
	"sounding/exact/field"
	"sounding/generators"
	"sounding/model"
)

// Quantity is a quantity of an analysis, by its name there.
type Quantity string

// quantity is what the suite knows of one.
type quantity struct {
	name    Quantity
	whole   bool   // one number, not one per position
	method  string // what a Solution offers it by
	law     law    // the statement that says what it is
	scale   scale
	looks   generators.Needs // the components of an instance that it depends on
	offered func(Solution) ([]float64, bool)
}

// scale is what an error is measured in.
type scale int8

const (
	scaleOne    scale = iota // 1
	scaleLambda              // 1 + λ
	scaleTilt                // 1 + η_t
)

func (s scale) String() string { return [...]string{"1", "1+λ", "1+η_t"}[s] }

// at returns the scale at position t of an instance.
func (s scale) at(in *model.Instance, t int) *big.Rat {
	one := big.NewRat(1, 1)
	switch s {
	case scaleLambda:
		return one.Add(one, in.Lambda)
	case scaleTilt:
		return one.Add(one, in.Eta(t))
	}
	return one
}

// toleranceUnits is c in the tolerance c·(V+T)·2⁻⁵³·scale.
//
// It has to let pass what a sound program in float64 can be off by, on instances
// with at most 4 tokens and 4 positions (81 sequences), λ ≤ 20 and conditional
// probabilities above e^−57: those that are drawn. u = 2⁻⁵³ is the unit roundoff.
//
// Means of harm, masses and sums of squares have non-negative terms, so each
// rounding counts once, relatively: a recursion leaves T(V+3) + 3 ≤ 4(V+T) + 3 of
// them in h_0 (T ≤ 4), an enumeration 81 additions of products of 2T factors, at
// most 81 + 2T + 3 ≤ 14(V+T). A variance takes h twice and cancels once, by way of
// E[H²] − E[H]² from terms of at most 1: three times as much, 42(V+T).
//
// A tilt η is off by (t+3)u relatively, which moves ρ* by at most η/4 times that,
// and KL = ηρ* − log Z by at most ηρ*(1−ρ*) times that, where η is within a few
// units of |logit ρ_0| ≤ 57 or ρ*(1−ρ*) is negligible: by (t+3)·57/4·η·u ≤ 15(V+T)·η·u
// (T+3 ≤ V+T for V ≥ 3; at V = 2, T+3 ≤ 7/6·(V+T)). Logarithm, exponential and the
// cancellation of two terms of size η add a few units of 1+η.
//
// λHarm is off by 3λu, so the weights of P* are off by 6λu relatively, which moves
// KL_t by at most 6λu times half the range λ of log P*/P_0: 3λ²u ≤ 60λu; the
// logarithms of sums of the recursion add 2·(4(V+T) + λ)u(1+λ).
//
// So 64 would do for every number. The horizon asks for more: a program that
// decides it in float64 takes an I_t for none below some cut-off, and 10⁻¹² is a
// customary one. 4096 is the power of two that puts the tolerance above it wherever
// there is something to decide, 4096·3·2⁻⁵³ = 1.4·10⁻¹² at V = 2 and T = 1. A fault
// in a formula is a fixed share of numbers of order 1, and not below either.
const toleranceUnits = 4096

// Tolerance returns the error that is allowed by default in a quantity at
// position t (any t for a quantity of the whole):
//
//	4096·(V+T)·2⁻⁵³·scale,
//
// the scale being 1+λ for the equilibrium's KL, 1+η_t for the Gibbs quantities and
// 1 for all others. The horizon has to be exact, but for positions whose I_t is
// below the tolerance of the information: no float64 can tell it from 0.
func (q Quantity) Tolerance(in *model.Instance, t int) *big.Rat {
	return q.row().tolerance(in, t)
}

func (q *quantity) tolerance(in *model.Instance, t int) *big.Rat {
	units := big.NewRat(toleranceUnits*int64(in.Vocabulary()+in.Length()), 1<<53)
	return units.Mul(units, q.scale.at(in, t))
}

// Allowed returns the default tolerance in symbols.
func (q Quantity) Allowed() string {
	row := q.row()
	if q == horizonOf {
		return "I_t below that of the information"
	}
	s := fmt.Sprintf("%d·(V+T)·2^-53", toleranceUnits)
	if row.scale != scaleOne {
		s += fmt.Sprintf("·(%v)", row.scale)
	}
	return s
}

// Statement returns the id of the statement that says what the quantity is.
func (q Quantity) Statement() string { return q.row().law.id }

// Formula returns what the quantity is, as that statement has it.
func (q Quantity) Formula() string { return q.row().law.formula }

// Truth returns the numbers of the quantity in an analysis, one per position or one
// for the whole.
func (q Quantity) Truth(a *exact.Analysis) []exact.Number { return q.row().exactly(a) }

// Whole reports whether the quantity is one number of an instance, and not one
// per position.
func (q Quantity) Whole() bool { return q.row().whole }

func (q Quantity) method() string { return q.row().method }

func (q Quantity) row() *quantity { return &quantities[rowIndex(q)] }

// rowIndex returns the place of a quantity among quantities.
func rowIndex(q Quantity) int {
	for k := range quantities {
		if quantities[k].name == q {
			return k
		}
	}
	panic("gate: no quantity " + string(q))
}

// Quantities returns every quantity that a solver may offer.
func Quantities() []Quantity {
	list := make([]Quantity, len(quantities))
	for k := range quantities {
		list[k] = quantities[k].name
	}
	return list
}

// The quantity that the others' failures are looked at beside, and the one that is
// no real number.
const (
	information Quantity = "information"
	horizonOf   Quantity = "horizon"
)

// Abbreviations of what quantities depend on.
var (
	looksHarm     = generators.Needs{Harm: true, ZeroWeights: true}
	looksTokens   = generators.Needs{ZeroWeights: true}
	looksLambda   = generators.Needs{Harm: true, ZeroWeights: true, Lambda: true}
	looksRecovery = generators.Needs{Recovery: true, ZeroWeights: true}
	looksPrefixes = generators.Needs{Recovery: true, ZeroWeights: true, Adversary: true}
	looksPenalty  = generators.Needs{Recovery: true, ZeroWeights: true, Penalty: true}
	looksAll      = generators.Needs{Harm: true, ZeroWeights: true, Recovery: true, Adversary: true, Lambda: true, Penalty: true}
)

// law is a statement as a failure names it.
type law struct{ id, formula string }

var (
	valueLaw               = law{"def-1", "h_0 = E[Harm]"}
	informationLaw         = law{"def-5", "I_t = E[Var(h_t|y_<t)]"}
	varianceLaw            = law{"cor-7", "Var(Harm) = Σ_t I_t"}
	gradientClaim          = law{"thm-8", "∇E[Harm] = Σ_t E[Cov(h_t, s_t|y_<t)]"}
	horizonLaw             = law{"thm-9", "I_t = 0 for all t > k ⇔ Harm = g(y_≤k)"}
	silenceLaw             = law{"thm-10", "G_t = 0 beyond the horizon"}
	baseLaw                = law{"rem-3", "P*(·|y_<t) = P_0(·|y_<t) beyond the horizon"}
	equilibriumLaw         = law{"rem-3", "P* ∝ P_0·e^{−λHarm}"}
	fisherLaw              = law{"def-11", "F̄_t = E[s_t s_tᵀ]"}
	recoveryLaw            = law{"def-16", "ρ_0(y_<t) = P_0(y_t ∈ R|y_<t)"}
	recoveryInformationLaw = law{"def-18", "I_t^rec = E_Q[ρ_0(1−ρ_0)]"}
	gibbsLaw               = law{"thm-20", "p* ∝ p_0·e^{η_t·1[y_t∈R]}, η_t = βγ^t"}
)

var quantities = []quantity{
	{
		"expected_harm", true, "ExpectedHarm() float64", valueLaw, scaleOne, looksHarm,
		whole(func(s interface{ ExpectedHarm() float64 }) float64 { return s.ExpectedHarm() }),
	},
	{
		"variance", true, "Variance() float64", varianceLaw, scaleOne, looksHarm,
		whole(func(s interface{ Variance() float64 }) float64 { return s.Variance() }),
	},
	{
		horizonOf, true, "Horizon() int", horizonLaw, scaleOne, looksHarm,
		whole(func(s interface{ Horizon() int }) float64 { return float64(s.Horizon()) }),
	},
	{
		information, false, "Information() []float64", informationLaw, scaleOne, looksHarm,
		perPosition(func(s interface{ Information() []float64 }) []float64 { return s.Information() }),
	},
	{
		"gradient_norm_squared", false, "GradientNormSquared() []float64", gradientClaim, scaleOne, looksHarm,
		perPosition(func(s interface{ GradientNormSquared() []float64 }) []float64 { return s.GradientNormSquared() }),
	},
	{
		"fisher_trace", false, "FisherTrace() []float64", fisherLaw, scaleOne, looksTokens,
		perPosition(func(s interface{ FisherTrace() []float64 }) []float64 { return s.FisherTrace() }),
	},
	{
		"recovery_probability", false, "RecoveryProbability() []float64", recoveryLaw, scaleOne, looksRecovery,
		perPosition(func(s interface{ RecoveryProbability() []float64 }) []float64 { return s.RecoveryProbability() }),
	},
	{
		"recovery_information", false, "RecoveryInformation() []float64", recoveryInformationLaw, scaleOne, looksPrefixes,
		perPosition(func(s interface{ RecoveryInformation() []float64 }) []float64 { return s.RecoveryInformation() }),
	},
	{
		"gibbs_recovery", false, "GibbsRecovery() []float64", gibbsLaw, scaleTilt, looksPenalty,
		perPosition(func(s interface{ GibbsRecovery() []float64 }) []float64 { return s.GibbsRecovery() }),
	},
	{
		"gibbs_kl", false, "GibbsKL() []float64", gibbsLaw, scaleTilt, looksPenalty,
		perPosition(func(s interface{ GibbsKL() []float64 }) []float64 { return s.GibbsKL() }),
	},
	{
		"equilibrium_kl", false, "EquilibriumKL() []float64", equilibriumLaw, scaleLambda, looksLambda,
		perPosition(func(s interface{ EquilibriumKL() []float64 }) []float64 { return s.EquilibriumKL() }),
	},
}

// exactly returns the numbers of the quantity in an analysis.
func (q *quantity) exactly(a *exact.Analysis) []exact.Number {
	switch q.name {
	case "expected_harm":
		return []exact.Number{a.ExpectedHarm}
	case "variance":
		return []exact.Number{a.Variance}
	case horizonOf:
		return []exact.Number{{Exact: big.NewRat(int64(a.Horizon), 1)}}
	}
	list := make([]exact.Number, len(a.Positions))
	for i := range list {
		for _, v := range model.Quantities(&a.Positions[i]) {
			if v.Name == string(q.name) {
				list[i] = *v.Value
			}
		}
	}
	return list
}

// whole and perPosition turn a method into a look-up that fails where a Solution has
// no such method.
func whole[S any](of func(S) float64) func(Solution) ([]float64, bool) {
	return func(solution Solution) ([]float64, bool) {
		s, ok := solution.(S)
		if !ok {
			return nil, false
		}
		return []float64{of(s)}, true
	}
}

func perPosition[S any](of func(S) []float64) func(Solution) ([]float64, bool) {
	return func(solution Solution) ([]float64, bool) {
		s, ok := solution.(S)
		if !ok {
			return nil, false
		}
		return of(s), true
	}
}

// rationalBounds returns rationals that enclose a number of an analysis.
func rationalBounds(n exact.Number) (lo, hi *big.Rat) {
	if n.Exact != nil {
		return n.Exact, n.Exact
	}
	a, b := field.NewInterval(64).Bounds(n.Real)
	lo, _ = a.Rat(nil)
	hi, _ = b.Rat(nil)
	return lo, hi
}

// decimal returns a number to some digits, for a message.
func decimal(r *big.Rat, digits int) string {
	return new(big.Float).SetPrec(256).SetRat(r).Text('g', digits)
}
