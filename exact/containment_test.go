package exact_test

import (
	"testing"

	"pgregory.net/rapid"

	"sounding/exact"
	"sounding/exact/field"
	"sounding/generators"
)

// TestContainment: what the solvers compute in intervals contains what they
// compute in ℚ, at a precision so low that roundings show.
func TestContainment(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := generators.Cases(generators.Limits{Leaves: 27}).Draw(t, "case")
		q, f := field.NewRational(), field.NewInterval(field.MinPrecision)
		in := func(what string, exact []field.Rat, enclosed []field.Enclosure) {
			t.Helper()
			if len(exact) != len(enclosed) {
				t.Fatalf("%s: %d enclosures of %d numbers", what, len(enclosed), len(exact))
			}
			for i := range exact {
				if !f.Contains(enclosed[i], exact[i].Rat()) {
					t.Fatalf("%s, entry %d: %v is not in %v", what, i, exact[i], enclosed[i])
				}
			}
		}
		a := exact.NewFamily(q, must(exact.NumbersOf(q, c.Process)), &c.Parameterisation)
		b := exact.NewFamily(f, must(exact.NumbersOf(f, c.Process)), &c.Parameterisation)
		m, n := exact.SolveMartingale(q, a.Numbers), exact.SolveMartingale(f, b.Numbers)
		in("harm", a.Harm, b.Harm)
		in("I_t", m.Information, n.Information)
		in("E[Var(Harm|y_≤t)]", m.Residual, n.Residual)
		in("Var(Harm)", []field.Rat{m.Variance}, []field.Enclosure{n.Variance})
		law, enclosedLaw := must(exact.AdversaryLaw(q, c.Instance)), must(exact.AdversaryLaw(f, c.Instance))
		for s := range c.Length() + 1 {
			in("h_t", m.H[s], n.H[s])
			in("P(x)", m.Occupancy[s], n.Occupancy[s])
			in("Var(Harm|·)", m.CondVar[s], n.CondVar[s])
			if s == 0 {
				continue
			}
			in("P(a|x)", a.Prob[s-1], b.Prob[s-1])
			in("Q(x)", law[s-1], enclosedLaw[s-1])
			in("Var(h_t|·)", m.Step[s-1], n.Step[s-1])
			in("Δ_t", m.Innovation(q, s), n.Innovation(f, s))
			in("G_t", exact.Gradient(q, a, m, s), exact.Gradient(f, b, n, s))
			for x := range c.States(s - 1) {
				in("tr F_t", []field.Rat{exact.FisherTrace(q, a, s, x)}, []field.Enclosure{exact.FisherTrace(f, b, s, x)})
			}
		}
		tangent, enclosedTangent := exact.Tangent(q, a, 0), exact.Tangent(f, b, 0)
		in("dE[Harm]", []field.Rat{exact.Derivative(q, a.Numbers, tangent)}, []field.Enclosure{exact.Derivative(f, b.Numbers, enclosedTangent)})
	})
}
