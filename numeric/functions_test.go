package numeric

import (
	"math"
	"math/rand/v2"
	"testing"

	"sounding/internal/testenv"
)

// logArguments returns hard and random arguments of logs.
func logArguments(r *rand.Rand) []float64 {
	src := []float64{1, math.Nextafter(1, 0), math.Nextafter(1, 2), 0.5, 2, 0x1p-1022, math.MaxFloat64, math.E, 1 - 0x1p-9, 1 + 0x1p-9, 0.7, 1.4}
	for k := range logCells { // the ends of every cell, where r is largest
		at := math.Float64frombits(logStart + uint64(k)<<logShift)
		src = append(src, at, math.Nextafter(at, 0))
	}
	for range testenv.Scale(2000) {
		src = append(src, r.Float64(), 1+0x1p-6*(r.Float64()-0.5), math.Exp(1400*(r.Float64()-0.5)))
	}
	return src
}

func TestLogs(t *testing.T) {
	t.Parallel()
	src := logArguments(rand.New(rand.NewPCG(5, 0)))
	dst := make([]float64, len(src))
	logs(dst, src)
	worst := 0.0
	for i, x := range src {
		want := math.Log(x)
		// math.Log is itself off by less than one unit in the last place, 2u.
		if !(math.Abs(dst[i]-want) <= (logError+2)*unit*math.Abs(want)) {
			t.Fatalf("log %g = %.17g, want %.17g", x, dst[i], want)
		}
		if want != 0 {
			worst = max(worst, math.Abs(dst[i]/want-1)/unit)
		}
	}
	t.Logf("largest difference from math.Log: %.3g u", worst)
}

// The two functions with cancelled leading terms, against 400 bits.
func TestCancelledExponentials(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(6, 0))
	for range testenv.Scale(500) {
		x := math.Ldexp(r.Float64()-0.5, -r.IntN(30))
		if r.IntN(4) == 0 {
			x = 200 * (r.Float64() - 0.5)
		}
		e := exp(num(x))
		first := sub(sub(e, num(1)), num(x))
		second := add(sub(mul(num(x), e), e), num(1))
		// Closed forms start at |x| = ½, where they lose at most a factor of 8 of
		// their three roundings and of the exponential's two; the series has
		// fewer.
		const limit = 8 * 5 * unit
		for i, got := range []float64{expm1MinusIdentity(x), klTerm(x)} {
			want := []real{first, second}[i]
			if off, _ := quo(sub(num(got), want), want).Float64(); !(math.Abs(off) <= limit) {
				t.Fatalf("function %d at %g: %g, off by %g relatively", i, x, got, off)
			}
		}
	}
}

func TestGibbsSeries(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 0))
	for range testenv.Scale(300) {
		eta, rho := seriesEta*r.Float64(), r.Float64()
		g := newGibbsSeries(eta)
		got := g.kl(rho, rho*(1-rho))
		up := mul(num(rho), exp(num(eta)))
		n := add(sub(num(1), num(rho)), up)
		want := sub(quo(mul(num(eta), up), n), ln(n))
		// Thirty roundings of terms that add up to at most twice the first.
		if off, _ := quo(sub(num(got), want), want).Float64(); !(math.Abs(off) <= gamma(60)) {
			t.Fatalf("KL at ρ=%g, η=%g: %g, off by %g relatively", rho, eta, got, off)
		}
	}
}

// The coefficients of the series are those of the cumulants, which follow from the moments, all
// of them ρ: κ_n = ρ − Σ_{0<k<n} C(n−1, k−1)·κ_k·ρ. At η = 1 each of them counts.
func TestGibbsCumulants(t *testing.T) {
	t.Parallel()
	g := newGibbsSeries(1)
	for _, rho := range []float64{1.0 / 16, 1.0 / 4, 1.0 / 2, 3.0 / 4} {
		kappa := []real{nil}
		want, factorial := num(0), num(1)
		for n := 1; n <= len(g.even)+len(g.odd)+1; n++ {
			next, binomial := num(rho), num(1)
			for k := 1; k < n; k++ {
				next = sub(next, mul(binomial, kappa[k], num(rho)))
				binomial = quo(mul(binomial, num(float64(n-k))), num(float64(k)))
			}
			kappa = append(kappa, next)
			factorial = mul(factorial, num(float64(n)))
			want = add(want, quo(mul(num(float64(n-1)), next), factorial))
		}
		v, power, size := rho*(1-rho), 1.0, 0.0
		for i := range g.even {
			size += math.Abs(g.even[i]) * power
			if i < len(g.odd) {
				size += math.Abs(g.odd[i]) * power
			}
			power *= v
		}
		// Each coefficient is a sum of terms of one sign with fewer than twenty roundings, and
		// has as many on its way into the result.
		got := g.kl(rho, v)
		if off, _ := sub(num(got), want).Float64(); !(math.Abs(off) <= gamma(60)*v*size) {
			t.Errorf("KL at ρ=%g, η=1: %g, off by %g, want at most %g", rho, got, off, gamma(60)*v*size)
		}
	}
}
