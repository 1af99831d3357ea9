package field

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"strconv"
	"sync/atomic"
	"testing"

	"sounding/internal/testenv"
)

const campaignChecks = 10_000

// The campaign asks of random arguments, most of them awkward, what Arb's own
// tests ask: enclosures of one number at several precisions, by several
// algorithms and along several paths have a point in common, the more precise
// lie inside the less precise, and none is wider than is promised.
func TestIntervalFunctionsCampaign(t *testing.T) {
	t.Parallel()
	total := testenv.Scale(campaignChecks)
	const shards = 8
	var checks atomic.Int64
	kinds := map[string]*atomic.Int64{}
	for _, k := range campaignKinds {
		kinds[k.name] = new(atomic.Int64)
	}
	t.Run("shards", func(t *testing.T) {
		for shard := range shards {
			t.Run(strconv.Itoa(shard), func(t *testing.T) {
				t.Parallel()
				for i := shard; i < total; i += shards {
					// One seed per check: any of them can be run alone.
					r := rand.New(rand.NewPCG(uint64(i), 2026))
					kind := campaignKinds[i/shards%len(campaignKinds)]
					k := &check{Rand: r, c: NewInterval(drawPrecision(r))}
					kind.run(k)
					if k.failure != "" {
						t.Fatalf("check %d (%s, %d bits): %s", i, kind.name, k.c.Prec(), k.failure)
					}
					checks.Add(1)
					kinds[kind.name].Add(1)
				}
			})
		}
	})
	if t.Failed() {
		return
	}
	for name, n := range kinds {
		t.Logf("%s: %d checks", name, n.Load())
		if n.Load() < int64(total/(len(kinds)+1)) {
			t.Errorf("%s: %d checks of %d", name, n.Load(), total)
		}
	}
	if checks.Load() != int64(total) {
		t.Errorf("%d checks passed, want %d", checks.Load(), total)
	}
	t.Logf("%d checks", checks.Load())
}

// drawPrecision draws 24 … 1024 bits, as many of each order of magnitude.
func drawPrecision(r *rand.Rand) uint {
	return uint(24 * math.Exp(r.Float64()*math.Log(1024./24)))
}

// check is one check of the campaign; the first thing that is wrong is kept.
type check struct {
	*rand.Rand
	c       Interval
	failure string
}

func (k *check) Helper() {}

func (k *check) Fatalf(format string, args ...any) {
	if k.failure == "" {
		k.failure = fmt.Sprintf(format, args...)
	}
}

func (k *check) value(a Enclosure, err error) Enclosure {
	if err != nil {
		k.Fatalf("%v", err)
		return k.c.FromInt(1)
	}
	return a
}

// precision draws the precision of an operand: that of the context or another.
func (k *check) precision() uint {
	if k.IntN(3) == 0 {
		return drawPrecision(k.Rand)
	}
	return k.c.Prec()
}

// number draws ±m·2^e with 1 ≤ m < 2 of at most the given precision,
// lowest ≤ e < highest: random bits, few bits, or almost a power of two.
func (k *check) number(lowest, highest int) *big.Float {
	full := k.precision()
	prec := full
	if k.IntN(3) == 0 {
		prec = 1 + k.UintN(20)
	}
	m := new(big.Int).Lsh(big.NewInt(1), prec-1)
	switch k.IntN(4) {
	case 0: // 1.00…01
		m.SetBit(m, 0, 1)
	case 1: // 1.11…1
		m.Sub(new(big.Int).Lsh(m, 1), big.NewInt(1))
	default:
		for i := range int(prec) - 1 {
			m.SetBit(m, i, k.UintN(2))
		}
	}
	x := new(big.Float).SetPrec(full).SetInt(m)
	x.SetMantExp(x, lowest+k.IntN(highest-lowest)-int(prec)+1)
	if k.IntN(2) == 0 {
		x.Neg(x)
	}
	return x
}

// positive draws a number from 2^−300 to below 2^highest.
func (k *check) positive(highest int) *big.Float {
	x := k.number(-300, highest)
	return x.Abs(x)
}

func dot(x *big.Float) Enclosure { return Enclosure{endpointOf(x), endpointOf(x), pointKind} }

func bigPower2(e int) *big.Float { return new(big.Float).SetMantExp(big.NewFloat(1), e) }

func (a Enclosure) low() *big.Float  { return a.lo.big() }
func (a Enclosure) high() *big.Float { return a.hi.big() }

type function func(Interval, Enclosure) (Enclosure, error)

type reference func(x *big.Float, prec uint) (lo, hi *big.Float)

// examine checks f at the point x: width, another precision, an enclosure at
// triple precision that must lie inside, and the reference where there is one.
func (k *check) examine(name string, f function, ref reference, x *big.Float) Enclosure {
	a := k.value(f(k.c, dot(x)))
	if !a.isPoint() {
		mustBeNarrow(k, k.c, a, dot(x))
	}
	other := NewInterval(k.c.Prec() + 1 + k.UintN(64))
	if b := k.value(f(other, dot(x))); !k.c.Overlap(a, b) {
		k.Fatalf("%s %s is in %v at %d bits, in %v at %d", name, show(x), a, k.c.Prec(), b, other.Prec())
	}
	fine := NewInterval(3*k.c.Prec() + 64)
	if b := k.value(f(fine, dot(x))); a.low().Cmp(b.low()) > 0 || a.high().Cmp(b.high()) < 0 {
		k.Fatalf("%s %s is in [%s, %s] at %d bits, which does not contain [%s, %s] at %d", name, digits(x), digits(a.low()), digits(a.high()), k.c.Prec(), digits(b.low()), digits(b.high()), fine.Prec())
	}
	if ref != nil {
		lo, hi := ref(x, k.c.Prec())
		if lo.Cmp(hi) > 0 || a.high().Cmp(lo) < 0 || hi.Cmp(a.low()) < 0 {
			k.Fatalf("%s %s is in %v, by the reference in [%s, %s]", name, show(x), a, show(lo), show(hi))
		}
		// The reference is no use where it is wide.
		if w := new(big.Float).Sub(hi, lo); w.Sign() > 0 && w.MantExp(nil) > hi.MantExp(nil)-int(k.c.Prec()) {
			k.Fatalf("%s %s: reference [%s, %s] is wide", name, show(x), show(lo), show(hi))
		}
	}
	return a
}

// digits writes every bit of x: bounds may differ in the last alone.
func digits(x *big.Float) string { return x.Text('p', 0) }

func (k *check) agree(what string, x *big.Float, a, b Enclosure) {
	if !k.c.Overlap(a, b) {
		k.Fatalf("%s at %s: %v and %v have no number in common", what, show(x), a, b)
	}
}

func (k *check) mustEnclose(what string, a Enclosure, x *big.Float) {
	if a.low().Cmp(x) > 0 || a.high().Cmp(x) < 0 {
		k.Fatalf("%s is %v, which does not contain %s", what, a, show(x))
	}
}

// interval draws a narrow or a wide interval upward from x.
func (k *check) interval(x *big.Float) Enclosure {
	c := NewInterval(k.precision())
	up := new(big.Float).SetPrec(c.Prec()).SetMode(big.ToPositiveInf)
	d := new(big.Float).SetMantExp(big.NewFloat(1+k.Float64()), x.MantExp(nil)-k.IntN(2*int(c.Prec())))
	return k.value(c.FromBounds(x, up.Add(x, d)))
}

// examineImage checks f, increasing, on the interval a: every point's image is
// inside, and it is no wider than the images of the ends require.
func (k *check) examineImage(name string, f function, a Enclosure) {
	image := k.value(f(k.c, a))
	fine := NewInterval(3*k.c.Prec() + 64)
	lo, hi := k.value(f(fine, dot(a.low()))), k.value(f(fine, dot(a.high())))
	if image.low().Cmp(lo.low()) > 0 || image.high().Cmp(hi.high()) < 0 {
		k.Fatalf("%s of [%s, %s] is [%s, %s], which does not contain [%s, %s]", name, digits(a.low()), digits(a.high()), digits(image.low()), digits(image.high()), digits(lo.low()), digits(hi.high()))
	}
	// Each end is off by at most 2^(3−prec) of its value, and the upper one by
	// 2^(1−near) of the width besides.
	slack := func(x *big.Float) *big.Float {
		s := new(big.Float).Abs(x)
		return s.SetMantExp(s, 3-int(k.c.Prec()))
	}
	width := new(big.Float).SetPrec(64).SetMode(big.ToPositiveInf).Sub(hi.high(), lo.low())
	reach := slack(hi.high())
	reach.Add(reach, width.SetMantExp(width, 1-near))
	if new(big.Float).Sub(lo.low(), image.low()).Cmp(slack(lo.low())) > 0 || new(big.Float).Sub(image.high(), hi.high()).Cmp(reach) > 0 {
		k.Fatalf("%s of %v is %v, much wider than [%v, %v]", name, a, image, lo, hi)
	}
}

var campaignKinds = []struct {
	name string
	run  func(k *check)
}{
	{"arithmetic", (*check).arithmetic},
	{"exp", func(k *check) { k.examine("exp", Interval.Exp, referenceExp, k.number(-300, 20)) }},
	{"exp near a multiple of ln 2", func(k *check) {
		n := k.c.FromInt(k.Int64N(1<<20) - 1<<19)
		x := k.c.Mul(n, k.value(k.c.Log(k.c.FromInt(2)))).low()
		k.examine("exp", Interval.Exp, referenceExp, x)
	}},
	{"exp of a logarithm", func(k *check) {
		// e^x is as near as can be to a number of few bits.
		y := k.positive(300)
		x := k.value(k.c.Log(dot(y)))
		lo := k.examine("exp", Interval.Exp, referenceExp, x.low())
		hi := k.examine("exp", Interval.Exp, nil, x.high())
		if lo.low().Cmp(y) > 0 || hi.high().Cmp(y) < 0 {
			k.Fatalf("exp of log %s is in [%v, %v]", show(y), lo, hi)
		}
		k.mustEnclose("exp of log "+show(y), k.value(k.c.Exp(x)), y)
	}},
	{"exp of a sum", func(k *check) {
		x, y := dot(k.number(-40, 18)), dot(k.number(-40, 18))
		left := k.value(k.c.Exp(k.c.Add(x, y)))
		right := k.c.Mul(k.value(k.c.Exp(x)), k.value(k.c.Exp(y)))
		k.agree("e^(x+y)", x.low(), left, right)
		minus := k.c.Mul(k.value(k.c.Exp(x)), k.value(k.c.Exp(k.c.Neg(x))))
		k.mustEnclose("e^x·e^−x", minus, big.NewFloat(1))
	}},
	{"exp of an interval", func(k *check) { k.examineImage("exp", Interval.Exp, k.interval(k.number(-300, 10))) }},
	{"log", func(k *check) { k.examine("log", Interval.Log, referenceLog, k.positive(20)) }},
	{"log near 1", func(k *check) {
		x := new(big.Float).SetPrec(2*k.c.Prec() + 64)
		x.Add(k.number(-2*int(k.c.Prec()), -1), big.NewFloat(1)) // exact, or rounded
		if k.IntN(2) == 0 {
			x.SetPrec(k.c.Prec())
		}
		k.examine("log", Interval.Log, referenceLog, x)
	}},
	{"log of an exponential", func(k *check) {
		y := k.number(-int(k.c.Prec())/2, 20)
		x := k.value(k.c.Exp(dot(y)))
		lo := k.examine("log", Interval.Log, referenceLog, x.low())
		hi := k.examine("log", Interval.Log, nil, x.high())
		if lo.low().Cmp(y) > 0 || hi.high().Cmp(y) < 0 {
			k.Fatalf("log of exp %s is in [%v, %v]", show(y), lo, hi)
		}
		k.mustEnclose("log of exp "+show(y), k.value(k.c.Log(x)), y)
	}},
	{"log of a product", func(k *check) {
		x, y := dot(k.positive(20)), dot(k.positive(20))
		left := k.value(k.c.Log(k.c.Mul(x, y)))
		right := k.c.Add(k.value(k.c.Log(x)), k.value(k.c.Log(y)))
		k.agree("log xy", x.low(), left, right)
	}},
	{"log of an interval", func(k *check) {
		x := k.positive(20)
		if k.IntN(2) == 0 {
			x = new(big.Float).SetPrec(k.c.Prec()).Add(k.number(-int(k.c.Prec()), -2), big.NewFloat(1))
		}
		k.examineImage("log", Interval.Log, k.interval(x))
	}},
	{"expm1 and log1p", func(k *check) {
		x := k.number(-2*int(k.c.Prec())-20, 12)
		e := k.examine("expm1", Interval.Expm1, nil, x)
		wide := NewInterval(4*k.c.Prec() + 64)
		k.agree("expm1", x, e, wide.Sub(k.value(wide.Exp(dot(x))), wide.FromInt(1)))
		if x.Cmp(big.NewFloat(-50)) > 0 { // further down e^x − 1 is too near −1
			k.mustEnclose("log1p of expm1", k.value(wide.Log1p(k.value(wide.Expm1(dot(x))))), x)
		}
		if x.Cmp(big.NewFloat(-1)) > 0 {
			l := k.examine("log1p", Interval.Log1p, nil, x)
			k.agree("log1p", x, l, k.value(wide.Log(wide.Add(dot(x), wide.FromInt(1)))))
		}
		a := k.interval(x)
		k.examineImage("expm1", Interval.Expm1, a)
		if a.low().Cmp(big.NewFloat(-1)) > 0 {
			k.examineImage("log1p", Interval.Log1p, a)
		}
	}},
	{"sigmoid", func(k *check) {
		x := k.number(-100, 16)
		s := k.examine("sigmoid", Interval.Sigmoid, nil, x)
		r := k.examine("sigmoid", Interval.Sigmoid, nil, new(big.Float).Neg(x))
		k.mustEnclose("σ(x) + σ(−x)", k.c.Add(s, r), big.NewFloat(1))
		k.agree("σ(x)/σ(−x)", x, k.value(k.c.Quo(s, r)), k.value(k.c.Exp(dot(x))))
		lo, hi := referenceExp(new(big.Float).Neg(x), k.c.Prec()+64)
		odds := k.value(NewInterval(k.c.Prec()+64).FromBounds(lo, hi))
		k.agree("σ", x, s, k.value(k.c.Quo(k.c.FromInt(1), k.c.Add(odds, k.c.FromInt(1)))))
	}},
}

// Arguments at the ends of the range: no overflow, no time or memory out of
// proportion, and the right values.
func TestIntervalFunctionsAtTheEndsOfTheRange(t *testing.T) {
	t.Parallel()
	c := NewInterval(128)
	end := c.FromInt(MaxExpArgument)
	tiny := dot(bigPower2(-maxExponent))
	e, err := c.Exp(end)
	if err != nil || e.isLine() {
		t.Fatalf("exp at the end of its domain: %v, %v", e, err)
	}
	if back, err := c.Log(e); err != nil || back.low().Cmp(end.low()) > 0 || back.high().Cmp(end.low()) < 0 {
		t.Errorf("log of exp %v is %v, %v", end, back, err)
	}
	small, err := c.Exp(c.Neg(end))
	if err != nil || small.isLine() || !c.Contains(c.Mul(e, small), big.NewRat(1, 1)) {
		t.Errorf("e^x·e^−x at the end of the domain: %v, %v", c.Mul(e, small), err)
	}
	if s, err := c.Sigmoid(c.Neg(end)); err != nil || !c.Overlap(s, small) || c.Sign(s) != Positive {
		t.Errorf("σ at the lower end: %v, %v", s, err)
	}
	if s, err := c.Sigmoid(end); err != nil || s.high().Cmp(big.NewFloat(1)) > 0 || s.low().MantExp(nil) != 0 {
		t.Errorf("σ at the upper end: %v, %v", s, err)
	}
	for name, f := range map[string]function{"expm1": Interval.Expm1, "log1p": Interval.Log1p} {
		if a, err := f(c, tiny); err != nil || a.low().Cmp(tiny.low()) > 0 || a.high().Cmp(tiny.low()) < 0 || c.Sign(a) != Positive {
			t.Errorf("%s of 2^−2^29: %v, %v", name, a, err)
		}
	}
	if a, err := c.Exp(tiny); err != nil || a.low().Cmp(big.NewFloat(1)) != 0 || a.high().MantExp(nil) != 1 {
		t.Errorf("exp of 2^−2^29: %v, %v", a, err)
	}
	if a, err := c.Log1p(e); err != nil || !c.Overlap(a, end) {
		t.Errorf("log1p of e^2^28: %v, %v", a, err)
	}
	root, err := c.Sqrt(tiny)
	if err != nil || c.Equal(c.Mul(root, root), tiny) != True {
		t.Errorf("√(2^−2^29) = %v, %v", root, err)
	}
}

func TestIntervalExactValues(t *testing.T) {
	t.Parallel()
	c := NewInterval(64)
	zero, one := c.FromInt(0), c.FromInt(1)
	half := mustRat(c, big.NewRat(1, 2))
	for _, test := range []struct {
		name    string
		f       function
		a, want Enclosure
	}{
		{"exp 0", Interval.Exp, zero, one},
		{"expm1 0", Interval.Expm1, zero, zero},
		{"log 1", Interval.Log, one, zero},
		{"log1p 0", Interval.Log1p, zero, zero},
		{"sigmoid 0", Interval.Sigmoid, zero, half},
		{"sqrt 1/4", Interval.Sqrt, mustRat(c, big.NewRat(1, 4)), half},
	} {
		if got, err := test.f(c, test.a); err != nil || c.Equal(got, test.want) != True {
			t.Errorf("%s = %v, %v, want the point %v", test.name, got, err, test.want)
		}
	}
}

// The bound on the slope that serves for narrow intervals must not cost a sign.
func TestLogOfNumbersBelowOneIsNegative(t *testing.T) {
	t.Parallel()
	c := NewInterval(256)
	one := c.FromInt(1)
	for e := 4; e < 250; e++ {
		a := c.Hull(c.Sub(one, dot(bigPower2(-e/3))), c.Sub(one, dot(bigPower2(-e))))
		if l, err := c.Log(a); err != nil || c.Sign(l) != Negative {
			t.Errorf("log of [1 − 2^−%d, 1 − 2^−%d] is %v, %v", e/3, e, l, err)
		}
	}
}

// The candidate for a logarithm is taken from math or bigfloat, and may be anything.
func TestLogFixedTrustsNoCandidate(t *testing.T) {
	t.Parallel()
	candidates := []*big.Float{
		new(big.Float), big.NewFloat(math.Inf(1)), big.NewFloat(math.Inf(-1)), big.NewFloat(1e300), big.NewFloat(-7),
		big.NewFloat(0.49999), big.NewFloat(-0.5), big.NewFloat(0.1), big.NewFloat(-0.4), bigPower2(-10_000), new(big.Float).Neg(bigPower2(-10_000)),
	}
	const prec = 200
	w := expScale(prec)
	for _, x := range []float64{0.75, 0.8, 0.999, 1, 1.001, 1.25, math.Nextafter(1.5, 0)} {
		m := big.NewFloat(x)
		lo, hi := referenceLog(m, 400)
		near := new(big.Float).SetPrec(64).Set(lo)
		aside := big.NewFloat(0x1p-20) // leaves a candidate 20 of its bits: too few, and not none
		for _, y := range append(candidates, near, new(big.Float).Neg(near), new(big.Float).Add(near, aside)) {
			v, err := logFixed(m, y, w)
			l := new(big.Float).SetInt(new(big.Int).Sub(v, new(big.Int).SetUint64(err)))
			h := new(big.Float).SetInt(plus(v, err))
			if l.SetMantExp(l, -int(w)).Cmp(lo) > 0 || h.SetMantExp(h, -int(w)).Cmp(hi) < 0 {
				t.Errorf("log %v from the candidate %v is in [%v, %v], by the reference in [%v, %v]", x, y, l, h, lo, hi)
			}
			if width := h.Sub(h, l); width.MantExp(nil) > -prec+1 {
				t.Errorf("log %v from the candidate %v is 2^%d wide", x, y, width.MantExp(nil))
			}
		}
	}
}

// TestLogOnBothSidesOfLongScale: where the source of the candidate changes, the
// result does not: it contains the reference and is as narrow as everywhere.
func TestLogOnBothSidesOfLongScale(t *testing.T) {
	t.Parallel()
	below, above := 0, 0
	for _, prec := range []uint{3900, 4100} {
		if expScale(prec+4) < longScale {
			below++
		} else {
			above++
		}
		c := NewInterval(prec)
		for _, n := range []int64{2, 1000} {
			x := mustRat(c, big.NewRat(n, 3)).low()
			a, err := c.Log(dot(x))
			if err != nil {
				t.Fatal(err)
			}
			if lo, hi := referenceLog(x, prec); a.low().Cmp(hi) > 0 || a.high().Cmp(lo) < 0 {
				t.Errorf("log %d/3 at %d bits is in %v, by the reference in [%v, %v]", n, prec, a, lo, hi)
			}
			mustBeNarrow(t, c, a, dot(x))
		}
	}
	if below == 0 || above == 0 {
		t.Errorf("%d precisions below, %d above", below, above)
	}
}
