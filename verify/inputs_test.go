package verify

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sounding/exact/field"
	"sounding/model"
)

// recoveryTokens stands beside the roles for R: which tokens are recovery tokens.
const recoveryTokens = gamma + 1

// A letter says what must move a side of a comparison whose formula has it: free variables, or
// numbers of an instance, of one of the roles.
type letter struct {
	name    string
	pattern *regexp.Regexp
	roles   []role
}

var letters = []letter{
	{"Harm, h_t, Δ_t, I_t, C_t, G_t", regexp.MustCompile(`Harm|h_[\dt]|h_\{|Δ_|Δ\(|I_[ts]\b|I_\{|I_V|J\(|C_t|C\(|G_t|G'`), []role{harmValue, testValue, arbitrary}},
	{"Q, w", regexp.MustCompile(`Q|w\(x\)|⟨rec⟩`), []role{prefixProbability, arbitrary}},
	{"R, ρ", regexp.MustCompile(`[∈∉]R|R\^c|ρ|⟨rec⟩|⟨fail⟩`), []role{recoveryTokens, arbitrary}},
	{"λ", regexp.MustCompile(`λ`), []role{lambda, arbitrary, testValue}}, // a test function for e^{−λHarm}
	{"β, η", regexp.MustCompile(`β|η`), []role{beta, arbitrary}},
	{"γ, η_t", regexp.MustCompile(`γ|η_[tT]`), []role{gamma, arbitrary}},
	{"s_t, F_t, C_t, G_t, ∂", regexp.MustCompile(`s_[ti]\b|s\(|∇|∂_|dP|d E|F_t|F̄|C_t|C\(|G_t|G'|⟨s⟩`), []role{tangentValue, featureValue}},
	{"KL, log", regexp.MustCompile(`KL|log[ (]|ℓ|φ|L\(P|L_deep`), []role{arbitrary, testValue}},
	{"an arbitrary function or number", regexp.MustCompile(`(?:arbitrary|every) (?:[bfgqruzℓφ]\b|δ_)|g\(y|b\(y|f\(y|c\(y|c·|τ_|Ĥ`), []role{arbitrary, testValue}},
	{"δ, ε", regexp.MustCompile(`logit [δε]|[≥≤<>=] [δε](?:[^θ_]|$)|1−[δε]|[δε] ≤`), []role{arbitrary}},
}

// A reading says that a formula that the pattern matches has, in place of a letter, no free
// variables, or others.
type reading struct {
	name, why string
	pattern   *regexp.Regexp
	roles     []role
}

var instead = []reading{
	{"λ", "λ is the variable of a power series", regexp.MustCompile(`order|coefficient of λ`), []role{harmValue}},
	{"KL, log", "the logarithm is a power series in λ", regexp.MustCompile(`order|coefficient of λ`), []role{harmValue}},
	{"s_t, F_t, C_t, G_t, ∂", "the scores of a tabular policy are functions of P", regexp.MustCompile(`tabular`), []role{probability}},
	{"KL, log", "the exponentials of both sides are compared", regexp.MustCompile(`ν = log Z`), []role{beta}},
	{"R, ρ", "ρ and 1−ρ add up to 1, with every R", regexp.MustCompile(`η_tE\[1−ρ\] = |η_t\(1−ρ\*_t\) = `), []role{beta}},
	{"s_t, F_t, C_t, G_t, ∂", "the scores are in proportion to Δ_t or d_t", regexp.MustCompile(`s_t = c`), []role{probability}},
}

// unrecovered puts ⟨rec⟩ for what has the index rec or Q: it is about recovery, not harm.
var unrecovered = strings.NewReplacer("I_t^rec", "⟨rec⟩", "G_t^rec", "⟨rec⟩⟨s⟩", "C_t^rec", "⟨fail⟩⟨s⟩", "F_t^Q", "⟨rec⟩⟨s⟩")

// defined puts, behind the letters of what a formula defines elsewhere, the letters that it
// consists of.
var defined = strings.NewReplacer("L_deep", "L_deep λ β γ η_t ∉R KL", "L(P", "L(P λ β γ η_t ∉R KL", "J(", "J( λ")

// A recorder computes modulo a prime, and keeps the sides of every comparison by its formula.
type recorder struct {
	field.Modular
	world *World[uint64]
	sides map[string][]uint64
}

func (r *recorder) Equal(a, b uint64) field.Trilean {
	claim := r.world.result.claim
	r.sides[claim] = append(r.sides[claim], a, b)
	return field.True
}

// sidesAt returns the sides of an identity at a point, those of the free variables of one role
// being others; none are if the role is completion.
func sidesAt(check func(*World[uint64]), shape Shape, exchanged role) map[string][]uint64 {
	r := &recorder{Modular: field.NewModular(field.Mersenne61), sides: make(map[string][]uint64)}
	here, there := uniform(field.Mersenne61, []byte("here")), uniform(field.Mersenne61, []byte("there"))
	recovery := 1
	if exchanged == recoveryTokens {
		recovery = 2
	}
	r.world = newFreeWorld[uint64](r, shape, recovery, model.Shared, freeFeatures, func(v variable) uint64 {
		x, y := here(v), there(v)
		if v.of == exchanged && exchanged != completion {
			return y
		}
		return x
	})
	run(check, r.world)
	return r.sides
}

// A formulaRecorder keeps the formula of every comparison beside the tape.
type formulaRecorder struct {
	recording
	world    *World[uint64]
	formulas []string
}

func (r *formulaRecorder) Equal(a, b uint64) field.Trilean {
	r.formulas = append(r.formulas, r.world.result.claim)
	return r.recording.Equal(a, b)
}

// degreesOf returns the roles in which the sides of an identity have a degree: those that they
// are computed from, whatever cancels.
func degreesOf(check func(*World[uint64]), shape Shape) map[string][]role {
	r := &formulaRecorder{recording: recording{newTape()}}
	r.world = newFreeWorld[uint64](r, shape, 1, model.Shared, freeFeatures, r.draw)
	run(check, r.world)
	degrees := make(map[string][]role)
	const n = int(recoveryTokens)
	values := r.formals(n, func(_ int, v variable, x []field.Formal) {
		for of := range x {
			x[of] = field.Formal{Height: 1}
		}
		if v.of != completion {
			x[v.of].Degree = 1
		}
	})
	for i, c := range r.compared {
		for of := range n {
			if (field.Formals{}).Sub(values[int(c[0])*n+of], values[int(c[1])*n+of]).Degree > 0 {
				degrees[r.formulas[i]] = append(degrees[r.formulas[i]], role(of))
			}
		}
	}
	if r.world.readsRecovery {
		for _, q := range r.world.result.Tallies {
			degrees[q.Formula] = append(degrees[q.Formula], recoveryTokens)
		}
	}
	return degrees
}

// inputs returns, for every formula that an identity compares something under, the roles of the
// free variables that its sides depend on: some side is another once they are. Of arbitrary
// functions and numbers, which may cancel, and where all sides are zero, as in E[Δ_t|y_<t] = 0, it
// is the roles that the sides are computed from.
func inputs(check func(*World[uint64])) map[string][]role {
	depends := make(map[string][]role)
	for _, shape := range []Shape{{3, 2}, {4, 2}} { // over three tokens some gaps vanish
		degrees := degreesOf(check, shape)
		base := sidesAt(check, shape, completion)
		for of := probability; of <= recoveryTokens; of++ {
			for claim, sides := range sidesAt(check, shape, of) {
				computed := slices.Contains(degrees[claim], of)
				cancels := of == testValue || of == arbitrary || !slices.ContainsFunc(base[claim], func(v uint64) bool { return v != 0 })
				if !slices.Equal(sides, base[claim]) || computed && cancels {
					depends[claim] = append(depends[claim], of)
				}
			}
		}
	}
	return depends
}

// unmoved returns the letters of a formula for which none of the roles stands; context is what
// the formula is to be read with.
func unmoved(formula, context string, roles []role) []string {
	among := func(list []role) bool {
		return slices.ContainsFunc(list, func(r role) bool { return slices.Contains(roles, r) })
	}
	var list []string
	formula = unrecovered.Replace(formula)
	for _, l := range letters {
		if !l.pattern.MatchString(formula) || among(l.roles) {
			continue
		}
		read := false
		for _, other := range instead {
			read = read || other.name == l.name && other.pattern.MatchString(formula+context) && among(other.roles)
		}
		if !read {
			list = append(list, l.name)
		}
	}
	return list
}

// unprinted returns the roles that have no letter in a formula.
func unprinted(formula string, roles []role) []string {
	var list []string
	formula = defined.Replace(unrecovered.Replace(formula))
	for _, of := range roles {
		has := of == probability
		for _, l := range letters {
			has = has || slices.Contains(l.roles, of) && l.pattern.MatchString(formula)
		}
		if !has {
			list = append(list, [...]string{probability: "P", prefixProbability: "Q", harmValue: "Harm", tangentValue: "dP", featureValue: "features", testValue: "a test function", arbitrary: "arbitrary numbers", lambda: "λ", beta: "β", gamma: "γ", recoveryTokens: "R"}[of])
		}
	}
	return list
}

// misprinted says what a check is not about, of what is printed of the claim that it decides, and
// what it is about that is not printed.
func misprinted(formula string, hypotheses []string, depends map[string][]role) []string {
	context := strings.Join(hypotheses, "; ")
	var all []role
	var list []string
	for _, compared := range slices.Sorted(maps.Keys(depends)) {
		all = append(all, depends[compared]...)
		for _, name := range unmoved(compared, context, depends[compared]) {
			list = append(list, fmt.Sprintf("the comparison %q does not depend on %s", compared, name))
		}
	}
	for _, name := range unmoved(formula, context, all) {
		list = append(list, fmt.Sprintf("no comparison depends on %s", name))
	}
	slices.Sort(all)
	for _, name := range unprinted(formula+context, slices.Compact(all)) {
		list = append(list, fmt.Sprintf("the comparisons depend on what is not printed: %s", name))
	}
	return list
}

// besideAgrees lists the claims beside which an equality of real numbers stands that enclosures
// do not decide, and the number of such checks of each. There is one reason for all: the claim
// itself has symbols in place of logarithms, and these checks compute with the logarithms.
var besideAgrees = map[string]int{
	"eq-2, claim 1":           1,
	"own-tail, claim 2":       1,
	"own-capacity, claim 1":   1,
	"def-17, claim 2":         1,
	"thm-20, claim 2":         1,
	"thm-20, claim 3":         1,
	"thm-20, claim 4":         1,
	"x-thm-20, claim 1":       1,
	"x-thm-20, claim 2":       1,
	"own-kappa, claim 1":      1,
	"thm-22, claim 1":         1,
	"thm-22, claim 3":         1,
	"x-thm-22, claim 1":       1,
	"x-thm-22, claim 4":       1,
	"cor-23, claim 2":         1,
	"cor-23, claim 3":         1,
	"x-unique, claim 1":       1,
	"x-unique, claim 3":       1,
	"x-unique, claim 4":       1,
	"x-tradeoff, claim 2":     1,
	"x-penalty-cost, claim 1": 1,
	"eq-72, claim 1":          1,
	"eq-73, claim 1":          1,
	"eq-77, claim 2":          1,
	"eq-78, claim 1":          1,
	"rem-8, claim 2":          1,
	"rem-9, claim 2":          1,
	"eq-81, claim 1":          1,
	"prop-29, claim 3":        1,
	"prop-29, claim 4":        1,
	"x-prop-29, claim 1":      1,
	"x-prop-29, claim 2":      1,
	"x-prop-29, claim 3":      1,
	"rem-10, claim 3":         1,
}

// TestAgreements: no claim rests on an equality that is not decided; where one is compared
// besides, the claim is an identity or a theorem, and is in the list.
func TestAgreements(t *testing.T) {
	t.Parallel()
	found := make(map[string]int)
	for _, s := range registry() {
		for i := range s.Claims {
			c := &s.Claims[i]
			name := fmt.Sprintf("%s, claim %d", s.ID, i+1)
			if c.Check.Agrees {
				t.Errorf("%s rests on an equality that enclosures do not decide", name)
			}
			for _, also := range c.Also {
				if !also.Agrees {
					continue
				}
				found[name]++
				if !c.Check.IsIdentity() && c.Kernel == nil {
					t.Errorf("%s: an equality is compared that enclosures do not decide, and the claim is neither an identity nor a theorem", name)
				}
			}
		}
	}
	if d := cmp.Diff(besideAgrees, found); d != "" {
		t.Errorf("checks that agree to 10^-20 besides (-want +got):\n%s", d)
	}
}

// TestPrintedLetters: what a proof or a certificate evaluates depends on every letter of the
// claim that it is printed for, and on none that is not printed.
func TestPrintedLetters(t *testing.T) {
	t.Parallel()
	for _, s := range registry() {
		for i := range s.Claims {
			if c := &s.Claims[i]; c.Check.IsIdentity() {
				for _, m := range misprinted(s.ClaimFormula(i), slices.Concat(s.Hypotheses, c.Hypotheses), inputs(c.Check.Modular)) {
					t.Errorf("%s, claim %d, %s: %s", s.ID, i+1, s.ClaimFormula(i), m)
				}
			}
		}
	}
}

// unscaled compares h_0 with E[Harm], and calls it λ times both.
func unscaled(w *World[uint64]) {
	w.Equal(Place{}, "λ·h_0 = λ·E[Harm]", w.Solution().Expected, w.Oracle().Mean()[0][0])
}

// TestMisprintsAreSeen: a true formula printed for the check of another one is noticed by its
// letters.
func TestMisprintsAreSeen(t *testing.T) {
	t.Parallel()
	checkOf := func(id string, claim int) func(*World[uint64]) {
		return named(id)[0].Claims[claim].Check.Modular
	}
	for _, test := range []struct {
		formula string
		check   func(*World[uint64])
		want    string
	}{
		{"P*(a|x) ∝ P_0(a|x)·exp(−J(xa) + η_t·w(x)·1[a∈R]) ⇒ ∇L_deep(P*) = 0", checkOf("prop-29", 0), "no comparison depends on R, ρ"},
		{"L_deep(P) = λE[Harm] + Σ_t (KL_t + βγ^t·E_Q[1−ρ_t])", checkOf("eq-2", 0), "no comparison depends on Q, w"},
		{"∇E[Harm] = Σ_t E[Cov(h_t, s_t|y_<t)]", checkOf("cor-7", 0), "no comparison depends on s_t, F_t, C_t, G_t, ∂"},
		{"Var(Harm) = Σ_t I_t", checkOf("def-18", 0), "no comparison depends on Harm"},
		{"KL(P‖P_0) = Σ_t KL_t", checkOf("eq-1", 0), "no comparison depends on KL, log"},
		{"E[Δ_t·f(y_<t)] = 0 for arbitrary f", checkOf("prop-2", 0), "no comparison depends on an arbitrary function"},
		{"E[Harm] = h_0", checkOf("eq-2", 0), "the comparisons depend on what is not printed: λ"},
		{"E[1[y_t∈R]|y_<t] = ρ_t", checkOf("def-18", 0), "the comparisons depend on what is not printed: Q"},
		{"λ·h_0 = λ·E[Harm]", unscaled, "no comparison depends on λ"},
		{"h_0 = E[Harm]", unscaled, `the comparison "λ·h_0 = λ·E[Harm]" does not depend on λ`},
	} {
		got := strings.Join(misprinted(test.formula, nil, inputs(test.check)), "\n")
		if !strings.Contains(got, test.want) {
			t.Errorf("%s: noticed %q, want %q", test.formula, got, test.want)
		}
	}
}
