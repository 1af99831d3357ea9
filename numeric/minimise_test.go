package numeric

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"sounding/internal/testenv"
	"sounding/model"
)

// The minimum of L over all policies is −log Z_0, and L(θ) + log Z_0 = KL(P_θ‖P*)
// at every θ. Where each component of the gradient is at most g in size, the
// latter is at most Σ_t max_x,a g/(P_θ(x)·p_a): with D the KL to go, the gradient
// along the logit of (x,a) is P·p_a·r_a, r_a = log(p_a/p*_a) + D(xa) − D(x), and
// Σ p*_a·e^{r_a − D(xa)} = e^{−D(x)} gives D(x) ≤ max_a (D(xa) + |r_a|).
func TestMinimiseStandard(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(11, 0))
	for range testenv.Scale(40) {
		in := moderate(t, r)
		in.Process = plain(t, r, in.Process)
		q := &model.Parameterisation{}
		m, err := MinimiseStandard(in, q)
		if err != nil {
			t.Fatal(err)
		}
		s := New(in)
		s.Solve()
		optimum := -s.Tables(1).LogZ[0]
		o := Standard(in, q)
		mass := m.Policy.Probabilities()
		var gap, slack float64
		for i, p := range m.Policy.p {
			l := in.Layer(i + 1)
			logZ := func(y int) float64 {
				if i+1 == in.Length() {
					return -s.lambda * s.leaves.harm(y)
				}
				return s.Tables(i + 2).LogZ[y]
			}
			least := math.Inf(1)
			for x, w := range mass[i] {
				for e, hi := l.Row(x); e < hi; e++ {
					star := logZ(l.Next(e)) - s.Tables(i + 1).LogZ[x] // log p*/p⁰
					gap += w * p[e] * (m.Policy.ratio[i][e] - star)
					if w > 0 {
						least = min(least, w*p[e])
					}
				}
			}
			slack += (m.Gradient + o.noise()) / least
		}
		rounding := differenceTolerance(o, 8) * DifferenceStep // the rounding of the objective
		if d := m.Value - optimum - gap; !(math.Abs(d) <= rounding) {
			t.Fatalf("L + log Z_0 = %g, KL(P_θ‖P*) = %g", m.Value-optimum, gap)
		}
		if gap > slack+rounding || gap < -rounding {
			t.Fatalf("KL(P_θ‖P*) = %g at the minimum, the gradient there allows %g", gap, slack)
		}
		if slack > 1e-3 {
			t.Fatalf("gradient %g at the minimum: slack %g says nothing", m.Gradient, slack)
		}
	}
}

// At T = 1 eq. 43 is the pointwise problem: its minimum over all policies is
// η − log Σ_a p_a·e^{−λh_a + η1[a∈R]}.
func TestMinimiseDeepAtOnePosition(t *testing.T) {
	t.Parallel()
	in := model.NewInstance(tree(t, 3, 10, []int64{2, 9, 4}, []int64{5, 3, 2}))
	in.Recovery = []int{1}
	in.Lambda, in.Beta, in.Gamma = ratio("3/2"), ratio("4"), ratio("1/2")
	const eta = 2
	m, err := MinimiseDeep(in, &model.Parameterisation{})
	if err != nil {
		t.Fatal(err)
	}
	z := 0.5*math.Exp(-0.3) + 0.3*math.Exp(-1.35+eta) + 0.2*math.Exp(-0.6)
	// The objective is strongly convex in the policy near its minimum, as above:
	// its excess is at most gradient/least probability, here above 1/20.
	o := Deep(in, &model.Parameterisation{})
	if d := m.Value - (eta - math.Log(z)); !(math.Abs(d) <= 20*(m.Gradient+o.noise())+gamma(64)) {
		t.Errorf("minimum %.17g, off by %g with gradient %g", m.Value, d, m.Gradient)
	}
}

// TestNoise: a component of the gradient is as large as λ and all tilts together, times
// ten roundings per position.
func TestNoise(t *testing.T) {
	t.Parallel()
	in := example(t)
	in.Lambda, in.Beta, in.Gamma = big.NewRat(3, 1), big.NewRat(2, 1), big.NewRat(1, 2)
	if got, want := Deep(in, &model.Parameterisation{}).noise(), gamma(20)*(3+1+0.5); got != want {
		t.Errorf("rounding of the gradient up to %g, want %g", got, want)
	}
}
