package definition

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sounding/exact/field"
	"sounding/model"
)

// same fails unless two slices of rationals are equal.
func same(t *rapid.T, what string, want, got []field.Rat) {
	t.Helper()
	if diff := cmp.Diff(text(want...), text(got...)); diff != "" {
		t.Fatalf("%s (-want +got):\n%s", what, diff)
	}
}

func one[T any](v T) []T { return []T{v} }

// drawFamily draws a parameterisation that fits the process.
func drawFamily(t *rapid.T, p *model.Process) model.Parameterisation {
	q := model.Parameterisation{Kind: rapid.SampledFrom([]model.Kind{model.Tabular, model.Decoupled, model.Shared}).Draw(t, "kind")}
	if q.Tabular() {
		return q
	}
	q.Parameters = rapid.IntRange(1, 2).Draw(t, "parameters")
	for i := range p.Length() {
		n := p.Layer(i+1).Edges() * q.Parameters
		q.Features = append(q.Features, rapid.SliceOfN(rapid.Int64Range(-2, 2), n, n).Draw(t, "features"))
	}
	return q
}

// drawLaw draws a prefix law that gives weight to states the model does not
// reach.
func drawLaw(t *rapid.T, p *model.Process) *model.Instance {
	in := model.NewInstance(p)
	in.Adversary.Kind = model.AdversaryRows
	for i := range p.Length() - 1 {
		var w model.Naturals
		for range p.Layer(i + 1).Edges() {
			w.AppendInt64(int64(rapid.IntRange(1, 3).Draw(t, "Q")))
		}
		in.Adversary.Rows = append(in.Adversary.Rows, w)
	}
	return in
}

// TestMoments: quantities that two definitions of this package give in different
// ways agree, on processes with unreachable states and impossible tokens.
func TestMoments(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawProcess(t)
		n := p.Length()
		q, o := rationals(p)
		zero, harm := q.FromInt(0), o.Expectation(o.Harm())
		same(t, "Σ P", one(q.FromInt(1)), one(o.Total()))
		same(t, "h_0 = E Harm", one(harm), o.Mean()[0])
		same(t, "h_T = Harm", o.numbers.Harm, o.Mean()[n])
		for k, second := range o.SecondMoment() {
			for x := range second {
				square := field.Square(q, o.Mean()[k][x])
				same(t, "E[Harm²|x] − h² = Var(Harm|x)", one(q.Sub(second[x], square)), one(o.Variance()[k][x]))
			}
			same(t, "E h_t = E Harm", one(harm), one(o.Expectation(o.along(k, o.Mean()[k]))))
		}
		same(t, "Var(Harm) before any token", o.Variance()[0], one(o.ExpectedVariance(0)))
		same(t, "Var(Harm) after all tokens", one(zero), one(o.ExpectedVariance(n)))
		total, horizon := zero, 0
		for k := 1; k <= n; k++ {
			i := o.Information(k)
			same(t, "I_t as an expected variance", one(i), one(o.OverPrefixes(o.numbers.Prob, k, o.StepVariance(k))))
			same(t, "I_t as a difference", one(i), one(q.Sub(o.ExpectedVariance(k-1), o.ExpectedVariance(k))))
			for s := 1; s <= n; s++ {
				want := zero
				if s == k {
					want = i
				}
				same(t, "E[Δ_s Δ_t]", one(want), one(o.IncrementProduct(s, k)))
			}
			if q.Sign(i) == field.Positive {
				horizon = k
			}
			total = q.Add(total, i)
		}
		same(t, "Σ I_t = Var(Harm)", o.Variance()[0], one(total))
		if got := o.Horizon(); got != horizon {
			t.Fatalf("horizon %d, but the last information is at %d", got, horizon)
		}
	})
}

// TestGradients: the score-function gradient is the product rule along the
// tangents p·s_i, the derivative is the linear coefficient of a power series,
// and the averages of local quantities are those over sequences.
func TestGradients(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawProcess(t)
		family := drawFamily(t, p)
		q, o := rationals(p)
		s := o.Score(family)
		gradient := make([]field.Rat, family.Total(p))
		for i := range gradient {
			tangent, value := coordinate(o, s, i)
			part := o.Derivative(o.Harm(), tangent)
			gradient[i] = field.Sum(q, part)
			for k := 1; k <= p.Length(); k++ {
				if at := i - family.Offset(p, k); at >= 0 && at < family.Block(p, k) {
					same(t, "the part of position t", one(part[k-1]), one(s.Position(k, o.Harm())[at]))
				} else {
					same(t, "a position that the parameter is not read at", one(q.FromInt(0)), one(part[k-1]))
				}
			}
			same(t, "a derivative by power series", one(gradient[i]), one(value))
		}
		same(t, "∇E[Harm]", gradient, s.Gradient(o.Harm()))
		for k := 1; k <= p.Length(); k++ {
			n := family.Block(p, k)
			local, trace := zeros(q, n), make([]field.Rat, p.Layer(k).States())
			for x := range trace {
				c := zeros(q, n)
				addScaled(q, c[s.origin(k, x):], q.FromInt(1), s.Local(k, x))
				trace[x] = s.FisherTrace(k, x)
				f, width := s.Fisher(k, x), family.Width(p, k, x)
				diagonal := q.FromInt(0)
				for i := range width {
					diagonal = q.Add(diagonal, f[i*width+i])
				}
				same(t, "tr F_t(x)", one(diagonal), one(trace[x]))
				weight := zeros(q, len(trace))
				weight[x] = q.FromInt(1)
				addScaled(q, local, o.OverPrefixes(o.numbers.Prob, k, weight), c)
			}
			same(t, "E[C_t] = G_t", s.Position(k, o.Harm()), local)
			same(t, "E[tr F_t]", one(s.MeanFisherTrace(k)), one(o.OverPrefixes(o.numbers.Prob, k, trace)))
			same(t, "F̄_t = F_t^P", s.MeanFisher(k), s.FisherUnder(o.numbers.Prob, k))
			diagonal := q.FromInt(0)
			for i, f := range s.MeanFisher(k) {
				if i%(n+1) == 0 {
					diagonal = q.Add(diagonal, f)
				}
			}
			same(t, "tr F̄_t", one(diagonal), one(s.MeanFisherTrace(k)))
			ones := make([]field.Rat, o.Len())
			for i := range ones {
				ones[i] = q.FromInt(1)
			}
			same(t, "E[s_t] = 0", zeros(q, n), s.Position(k, ones))
		}
	})
}

// coordinate returns the tangent of the probabilities along parameter i, and the
// derivative of E[Harm] that an oracle over series of order 1 finds along it.
func coordinate(o *Oracle[field.Rat], s *Score[field.Rat], i int) (tangent [][]field.Rat, derivative field.Rat) {
	p, q := o.process, o.ring
	dual := field.NewSeries(q, 1)
	m := &model.Numbers[[]field.Rat]{Process: p, Prob: make([][][]field.Rat, p.Length())}
	tangent = make([][]field.Rat, p.Length())
	for t := 1; t <= p.Length(); t++ {
		l := p.Layer(t)
		tangent[t-1] = zeros(q, l.Edges())
		m.Prob[t-1] = make([][]field.Rat, l.Edges())
		for x := range l.States() {
			for e, hi := l.Row(x); e < hi; e++ {
				for j, v := range s.At(t, e) {
					if s.family.Index(p, t, x, j) == i {
						tangent[t-1][e] = q.Mul(o.numbers.Prob[t-1][e], v)
					}
				}
				m.Prob[t-1][e] = dual.Dual(o.numbers.Prob[t-1][e], tangent[t-1][e])
			}
		}
	}
	for _, h := range o.numbers.Harm {
		m.Harm = append(m.Harm, dual.Constant(h))
	}
	moved := must(New(dual, m))
	return tangent, moved.Expectation(moved.Harm())[1]
}

// TestRecoveryLaws: recovery quantities against their other forms, under a Q
// that is not the model's.
func TestRecoveryLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawProcess(t)
		family := drawFamily(t, p)
		recovery := slices.DeleteFunc([]int{0, 1, 2}, func(a int) bool {
			return a >= p.Vocabulary() || !rapid.Bool().Draw(t, "in R")
		})
		q, o := rationals(p)
		s := o.Score(family)
		law := must(Adversary(q, drawLaw(t, p)))
		for k := 1; k <= p.Length(); k++ {
			rho := o.Recovery(recovery, k)
			same(t, "P(y_t∈R)", one(o.OverPrefixes(o.numbers.Prob, k, rho)), one(o.RecoveryProbability(recovery, k)))
			same(t, "P(y_t∉R)", one(q.Sub(q.FromInt(1), o.OverPrefixes(law, k, rho))), one(o.RecoveryFailure(recovery, law, k)))
			bernoulli := make([]field.Rat, len(rho))
			for x, r := range rho {
				bernoulli[x] = q.Mul(r, q.Sub(q.FromInt(1), r))
			}
			same(t, "I_t^rec", one(o.OverPrefixes(law, k, bernoulli)), one(o.RecoveryInformation(recovery, law, k)))
			outside := make([]field.Rat, o.Len())
			for i := range outside {
				if !slices.Contains(recovery, p.Layer(k).Token(o.Edge(i, k))) {
					outside[i] = q.FromInt(1)
				}
			}
			same(t, "G_t^rec under the model's own prefixes", s.Position(k, outside), s.RecoveryGradient(recovery, o.numbers.Prob, k))
			same(t, "the pointwise solution at η = 0", o.numbers.Prob[k-1], must(Gibbs(q, o, recovery, k, q.FromInt(1))))
		}
	})
}

// TestUnrolling: a process and its prefix tree have the same sequences, and
// nothing here but what is indexed by state may tell them apart.
func TestUnrolling(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawProcess(t)
		unrolled, state, err := model.Unroll(p, 1000)
		if err != nil {
			t.Fatal(err)
		}
		q := field.NewRational()
		o, u := must(ofProcess(q, p)), must(ofProcess(q, unrolled))
		same(t, "P", u.Joint(), o.Joint())
		same(t, "Harm", u.Harm(), o.Harm())
		if o.Horizon() != u.Horizon() {
			t.Fatalf("horizon %d, of the tree %d", o.Horizon(), u.Horizon())
		}
		tilt := func(o *Oracle[field.Rat]) []field.Rat {
			v := make([]field.Rat, len(o.numbers.Harm))
			for x, h := range o.numbers.Harm {
				v[x] = must(q.Quo(q.FromInt(1), q.Add(q.FromInt(1), h)))
			}
			return must(Tilted(q, o, v))
		}
		same(t, "P*", tilt(u), tilt(o))
		for k := 1; k <= p.Length(); k++ {
			same(t, "h_t", at(o.Mean()[k], state[k]), u.Mean()[k])
			same(t, "Δ_t", u.Increment(k), o.Increment(k))
			same(t, "I_t", one(u.Information(k)), one(o.Information(k)))
			same(t, "tr F̄_t", one(u.Score(tabular).MeanFisherTrace(k)), one(o.Score(tabular).MeanFisherTrace(k)))
			same(t, "P*(y_≤t)", u.Marginals(tilt(u), k), o.Marginals(tilt(o), k))
			same(t, "P(y_t∈R)", one(u.RecoveryProbability([]int{0}, k)), one(o.RecoveryProbability([]int{0}, k)))
		}
		// One logit per state is the tree with the logits of a state's prefixes
		// tied: its gradient sums theirs.
		tied, tree := zeros(q, tabular.Total(p)), u.Score(tabular).Gradient(u.Harm())
		for k := 1; k <= p.Length(); k++ {
			for y, x := range state[k-1] {
				lo, hi := unrolled.Layer(k).Row(y)
				addScaled(q, tied[tabular.Index(p, k, x, 0):], q.FromInt(1), tree[tabular.Offset(unrolled, k)+lo:tabular.Offset(unrolled, k)+hi])
			}
		}
		same(t, "∇E[Harm]", tied, o.Score(tabular).Gradient(o.Harm()))
	})
}

// TestTiltSeries: with λ a formal variable, the relative entropy of the tilted
// law from its own marginals has no constant and no linear coefficient, its
// quadratic one is I_t/2, and the positions add up to the whole.
func TestTiltSeries(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawProcess(t)
		q, o := rationals(p)
		series := field.NewSeriesField(q, 3)
		s := must(ofProcess(series, p))
		tilt := make([][]field.Rat, len(o.numbers.Harm))
		for x, h := range o.numbers.Harm {
			exponent := zeros(q, 4)
			exponent[1] = q.Neg(h)
			tilt[x] = must(series.Exp(exponent))
		}
		law := must(Tilted(series, s, tilt))
		kl := must(PositionKL(series, s, law))
		for k := range kl {
			zero := q.FromInt(0)
			half := must(q.Quo(o.Information(k+1), q.FromInt(2)))
			same(t, "KL_t up to λ²", []field.Rat{zero, zero, half}, kl[k][:3])
		}
		same(t, "Σ KL_t = KL", must(KL(series, s, law)), field.Sum(series, kl))
	})
}

// TestModular: reduction modulo a prime commutes with everything, so the oracle
// over a prime field finds the residues of what it finds over ℚ.
func TestModular(t *testing.T) {
	t.Parallel()
	m := field.NewModular(1<<61 - 1)
	rapid.Check(t, func(t *rapid.T) {
		p := drawProcess(t)
		family := drawFamily(t, p)
		_, o := rationals(p)
		u := must(ofProcess(m, p))
		want := append([]field.Rat{o.Total(), o.Variance()[0][0]}, o.Score(family).Gradient(o.Harm())...)
		got := append([]uint64{u.Total(), u.Variance()[0][0]}, u.Score(family).Gradient(u.Harm())...)
		for k := 1; k <= p.Length(); k++ {
			want = append(want, o.Information(k), o.Score(family).MeanFisherTrace(k))
			got = append(got, u.Information(k), u.Score(family).MeanFisherTrace(k))
		}
		if !family.Tabular() {
			features := make([][]uint64, p.Length())
			for k, row := range family.Features {
				for _, f := range row {
					features[k] = append(features[k], m.FromInt(f))
				}
			}
			family.Features = nil
			want = append(want, want[2:2+family.Total(p)]...)
			got = append(got, u.ScoreOf(family, features).Gradient(u.Harm())...)
		}
		for i, w := range want {
			if r := must(m.FromRat(w.Rat())); r != got[i] {
				t.Fatalf("quantity %d is %v over ℚ, which is %d, but got %d", i, w.Rat(), r, got[i])
			}
		}
	})
}

// TestDrawnProcesses: what the laws above are tried on is not all trivial. Each
// class must make up at least its share of 300 draws.
func TestDrawnProcesses(t *testing.T) {
	t.Parallel()
	const draws = 300
	classes := []struct {
		name  string
		share int // percent
		holds func(o *Oracle[field.Rat]) bool
	}{
		{"three positions", 20, func(o *Oracle[field.Rat]) bool { return o.process.Length() == 3 }},
		{"eight sequences or more", 10, func(o *Oracle[field.Rat]) bool { return o.Len() >= 8 }},
		{"harm that varies", 25, func(o *Oracle[field.Rat]) bool { return o.Horizon() > 0 }},
		{"a horizon inside", 5, func(o *Oracle[field.Rat]) bool { return o.Horizon() > 0 && o.Horizon() < o.process.Length() }},
		{"no information before the horizon", 5, func(o *Oracle[field.Rat]) bool {
			for k := 1; k < o.Horizon(); k++ {
				if text(o.Information(k))[0] == "0" {
					return true
				}
			}
			return false
		}},
		{"impossible sequences", 20, func(o *Oracle[field.Rat]) bool {
			for i := range o.Len() {
				if !o.Reached(i, o.process.Length()) {
					return true
				}
			}
			return false
		}},
		{"states that nothing reaches", 20, func(o *Oracle[field.Rat]) bool {
			return slices.ContainsFunc(o.process.Reachable(), func(r []bool) bool { return slices.Contains(r, false) })
		}},
		{"prefixes that end in one state", 20, func(o *Oracle[field.Rat]) bool {
			for k := 1; k < o.process.Length(); k++ {
				prefixes := 0
				for i := range o.Len() {
					if o.Opens(i, k) {
						prefixes++
					}
				}
				if prefixes > o.process.States(k) {
					return true
				}
			}
			return false
		}},
	}
	count := make([]int, len(classes))
	process := rapid.Custom(drawProcess)
	for seed := range draws {
		_, o := rationals(process.Example(seed))
		for i, c := range classes {
			if c.holds(o) {
				count[i]++
			}
		}
	}
	for i, c := range classes {
		t.Logf("%s: %d of %d", c.name, count[i], draws)
		if 100*count[i] < c.share*draws {
			t.Errorf("%s: %d of %d draws, want %d%%", c.name, count[i], draws, c.share)
		}
	}
}
