package numeric

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"sounding/internal/testenv"
	"sounding/model"
)

// maxFeature bounds the features of randomFamily.
const maxFeature = 2

// randomFamily returns a parameterisation of p of the given kind.
func randomFamily(r *rand.Rand, p *model.Process, kind model.Kind) *model.Parameterisation {
	if kind == model.Tabular {
		return &model.Parameterisation{}
	}
	q := &model.Parameterisation{Kind: kind, Parameters: 1 + r.IntN(3)}
	for t := 1; t <= p.Length(); t++ {
		f := make([]int64, p.Layer(t).Edges()*q.Parameters)
		for i := range f {
			f[i] = r.Int64N(2*maxFeature+1) - maxFeature
		}
		q.Features = append(q.Features, f)
	}
	return q
}

var kinds = []model.Kind{model.Tabular, model.Decoupled, model.Shared}

// moderate draws an instance without extreme scalars, on which finite differences
// and optimisers have something to see.
func moderate(tb testing.TB, r *rand.Rand) *model.Instance {
	in := randomInstance(tb, r)
	in.Lambda = ratio(pick(r, "1/2", "1", "2"))
	in.Beta = ratio(pick(r, "0", "1/2", "2"))
	in.Gamma = ratio(pick(r, "1", "1/2"))
	return in
}

// thirdDerivative bounds the third derivative of an objective in one parameter at
// a point where every logit is at most w in size. With F the largest feature and
// T positions, the derivatives of log P_θ(y) are at most 2FT, F²T and F³T (range,
// variance, third cumulant of the features), so those of P_θ divided by P_θ are at
// most 2FT, 5F²T² and 15F³T³. For E_θ[W], W = λHarm + log(P_θ/P_0), |W| ≤ λ + 2wT:
//
//	15F³T³·max|W| + 3·5F²T²·2FT + 3·2FT·F²T + F³T ≤ F³T³(15(λ + 2wT) + 37)
//
// and 15F³ per unit of penalty.
func thirdDerivative(o *Objective, w float64) float64 {
	f, n := 1.0, float64(len(o.eta))
	if !o.q.Tabular() {
		f = maxFeature
	}
	return f * f * f * (n*n*n*(15*(o.lambda+2*w*n)+37) + 15*floats.Sum(o.eta))
}

// differenceTolerance is the error of DifferenceGradient: the third derivative
// times δ²/6, and 1/δ times the rounding of the objective, a sum over states of
// products of at most 20 roundings per position and edge with values of its size.
func differenceTolerance(o *Objective, w float64) float64 {
	p := o.in.Process
	roundings := 20 * float64(p.Length())
	for t := 1; t <= p.Length(); t++ {
		roundings += float64(p.Layer(t).Edges())
	}
	size := o.lambda + 2*w*float64(p.Length()) + floats.Sum(o.eta)
	return DifferenceStep*DifferenceStep/6*thirdDerivative(o, w+DifferenceStep*maxFeature) + gamma(roundings)*size/DifferenceStep
}

func TestObjectiveGradient(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(8, 0))
	for i := range testenv.Scale(90) {
		in := moderate(t, r)
		q := randomFamily(r, in.Process, kinds[i%3])
		for _, o := range []*Objective{Standard(in, q), Deep(in, q)} {
			theta := make([]float64, o.Dimension())
			w := 0.0
			if i%2 == 0 {
				for j := range theta {
					theta[j] = 2*r.Float64() - 1
				}
				w = maxFeature * float64(max(1, q.Parameters))
			}
			grad := make([]float64, len(theta))
			o.Gradient(grad, theta)
			limit := differenceTolerance(o, w)
			for j, d := range o.DifferenceGradient(theta) {
				if !(math.Abs(grad[j]-d) <= limit) {
					t.Fatalf("%s, parameter %d: %g, by differences %g, tolerance %g", kinds[i%3], j, grad[j], d, limit)
				}
			}
			if i%2 == 1 {
				checkParts(t, o, grad)
			}
		}
	}
}

// checkParts: at the base model ∇KL = 0, so the gradient of the objective is
// Σ_t (λG_t + η_tG_t^rec), in blocks or added up.
func checkParts(t *testing.T, o *Objective, grad []float64) {
	t.Helper()
	sum := make([]float64, len(grad))
	g, rec := Gradient(o.in.Process, o.q), RecoveryGradient(o.in, o.q)
	for i := range g {
		at := o.q.Offset(o.in.Process, i+1)
		for j := range g[i] {
			sum[at+j] += o.lambda*g[i][j] + o.eta[i]*rec[i][j]
		}
	}
	for j := range sum {
		if !(math.Abs(sum[j]-grad[j]) <= differenceTolerance(o, 0)*DifferenceStep) { // the rounding part alone would do
			t.Fatalf("parameter %d: Σ(λG + ηG^rec) = %g, gradient %g", j, sum[j], grad[j])
		}
	}
}

func TestGradientByHand(t *testing.T) {
	t.Parallel()
	in := example(t)
	// P·p·(h − mean) at the second position: ¼·½·∓½, and 0 where harm is constant.
	want := [][]float64{{0, 0}, {-1.0 / 16, 1.0 / 16, 0, 0}}
	got := Gradient(in.Process, &model.Parameterisation{})
	for i := range want {
		if !floats.EqualApprox(got[i], want[i], gamma(16)) { // fewer than 16 roundings of numbers ≤ 1
			t.Errorf("G_%d = %v, want %v", i+1, got[i], want[i])
		}
	}
	// −Q·p·(1 − ρ) on token 0, Q·p·ρ on token 1.
	rec := RecoveryGradient(in, &model.Parameterisation{})
	wantRec := [][]float64{{-3.0 / 16, 3.0 / 16}, {-1.0 / 8, 1.0 / 8, -5.0 / 49, 5.0 / 49}}
	for i := range wantRec {
		if !floats.EqualApprox(rec[i], wantRec[i], gamma(16)) {
			t.Errorf("G_%d^rec = %v, want %v", i+1, rec[i], wantRec[i])
		}
	}
}

// formTolerance is how far gᵀF⁺g can be off: F moved by E changes it by at most
// ‖E‖·‖F⁺g‖² to first order, with ‖E‖ ≤ 8nu‖F‖ for the eigensolver and as much for
// the entries of F; the eigenvalues taken for zero are part of the first.
func formTolerance(f mat.Symmetric, x []float64) float64 {
	n := float64(f.SymmetricDim())
	norm := mat.Norm(f, 2)
	return 2 * 16 * n * unit * norm * floats.Dot(x, x)
}

// thm-13-sharp: GᵀF̄⁺G ≤ I_t, with equality when tabular; lem-28 likewise; and the
// trace of the tabular Fisher matrix is that of the solver.
func TestFisher(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(9, 0))
	for i := range testenv.Scale(150) {
		in := moderate(t, r)
		// Eigenvalues far below u·‖F‖ count as zero; keep to weights without them.
		in.Process = plain(t, r, in.Process)
		in.Adversary = model.Adversary{}
		q := randomFamily(r, in.Process, kinds[i%3])
		f, err := Fisher(in.Process, q)
		if err != nil {
			t.Fatal(err)
		}
		fq, err := AdversaryFisher(in, q)
		if err != nil {
			t.Fatal(err)
		}
		g, rec := Gradient(in.Process, q), RecoveryGradient(in, q)
		s := New(in)
		got, bound := s.Solve(), Bound(in)
		for j, p := range got.Positions {
			b := bound.Positions[j]
			x, form, err := PseudoSolve(f[j], g[j])
			if err != nil {
				t.Fatal(err)
			}
			y, formRec, err := PseudoSolve(fq[j], rec[j])
			if err != nil {
				t.Fatal(err)
			}
			off, offRec := formTolerance(f[j], x)+b.Information, formTolerance(fq[j], y)+b.RecoveryInformation
			if form > p.Information+off || formRec > p.RecoveryInformation+offRec {
				t.Fatalf("%s t=%d: GᵀF⁺G = %g above I = %g, or %g above I^rec = %g", kinds[i%3], j+1, form, p.Information, formRec, p.RecoveryInformation)
			}
			if !q.Tabular() {
				continue
			}
			if form < p.Information-off || formRec < p.RecoveryInformation-offRec {
				t.Fatalf("tabular t=%d: GᵀF⁺G = %g below I = %g, or %g below I^rec = %g", j+1, form, p.Information, formRec, p.RecoveryInformation)
			}
			if d := mat.Trace(f[j]) - p.FisherTrace; !(math.Abs(d) <= 2*b.FisherTrace) {
				t.Fatalf("t=%d: trace of the Fisher matrix off by %g", j+1, d)
			}
		}
	}
}

// plain returns p with weights 1…9 in place of its own.
func plain(tb testing.TB, r *rand.Rand, p *model.Process) *model.Process {
	tb.Helper()
	layers := make([]*model.Layer, p.Length())
	for i := range layers {
		l := p.Layer(i + 1)
		var w model.Naturals
		var token, next []int32
		start := []int32{0}
		for x := range l.States() {
			for e, hi := l.Row(x); e < hi; e++ {
				w.AppendInt64(1 + r.Int64N(9))
				token, next = append(token, int32(l.Token(e))), append(next, int32(l.Next(e)))
			}
			start = append(start, int32(w.Len()))
		}
		var err error
		if l.Dense() {
			if l.Tree() {
				next = nil
			}
			layers[i], err = model.DenseLayer(p.Vocabulary(), w, next)
		} else {
			layers[i], err = model.SparseLayer(p.Vocabulary(), start, token, w, next)
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	out, err := model.NewProcess(p.Vocabulary(), layers, p.Harm().Clone(), p.HarmDenominator())
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

// lem-24: KL_t(δd) = ½δ²·dᵀF̄_t d + O(δ³), the remainder at most δ³/6 times the
// third derivative along d.
func TestFisherIsTheHessianOfKL(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(10, 0))
	const step = 0x1p-12
	for i := range testenv.Scale(60) {
		in := moderate(t, r)
		q := randomFamily(r, in.Process, kinds[i%3])
		f, err := Fisher(in.Process, q)
		if err != nil {
			t.Fatal(err)
		}
		d := make([]float64, q.Total(in.Process))
		for j := range d {
			d[j] = step * (2*r.Float64() - 1)
		}
		// Along d the features act as one of size at most ‖d‖₁·max|f| = step·n·F.
		o := &Objective{in: in, q: q, eta: make([]float64, in.Length())}
		size := step * float64(max(1, q.Parameters))
		remainder := size * size * size / 6 * thirdDerivative(o, size*maxFeature)
		for j, kl := range At(in.Process, q, d).PositionKL() {
			at := q.Offset(in.Process, j+1)
			v := mat.NewVecDense(q.Block(in.Process, j+1), d[at:at+q.Block(in.Process, j+1)])
			want := mat.Inner(v, f[j], v) / 2
			// Rounding is relative to size²: far below the remainder's size³.
			if !(math.Abs(kl-want) <= remainder) {
				t.Fatalf("%s t=%d: KL %g, ½dᵀFd = %g, remainder at most %g", kinds[i%3], j+1, kl, want, remainder)
			}
		}
	}
}

func TestFisherRefusesHugeBlocks(t *testing.T) {
	t.Parallel()
	if _, err := Fisher(workload(t, 2, 12, 1).Process, &model.Parameterisation{}); err == nil {
		t.Error("a Fisher matrix of order 4096 was formed")
	}
}
