package field

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// precisions for the laws: the smallest, whole words, one bit around them.
var lawPrecisions = []uint{MinPrecision, 53, 64, 65, 127, 256}

func drawInterval(t *rapid.T) Interval {
	return NewInterval(rapid.SampledFrom(lawPrecisions).Draw(t, "precision"))
}

// drawFraction draws n/d·2^e: small integers, thirds, numbers far apart in magnitude.
func drawFraction(t *rapid.T, label string) *big.Rat {
	n := rapid.IntRange(-40, 40).Draw(t, label+" numerator")
	d := rapid.IntRange(1, 12).Draw(t, label+" denominator")
	e := rapid.SampledFrom([]int{0, 0, 0, 1, -1, 70, -70, 700, -700}).Draw(t, label+" exponent")
	q := big.NewRat(int64(n), int64(d))
	scale := new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), uint(max(e, -e))))
	if e < 0 {
		scale.Inv(scale)
	}
	return q.Mul(q, scale)
}

// drawn is an enclosure, its endpoints as rationals, and a number inside.
type drawn struct {
	a             Enclosure
	lo, hi, inner *big.Rat
}

func drawEnclosure(t *rapid.T, c Interval, label string) drawn {
	q := drawFraction(t, label)
	a := mustRat(c, q)
	if rapid.Bool().Draw(t, label+" wide") {
		a = c.Hull(a, mustRat(c, drawFraction(t, label+" other end")))
	}
	lo, hi := rats(a)
	return drawn{a, lo, hi, q}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func mustRat(c Interval, q *big.Rat) Enclosure { return must(c.FromRat(q)) }

func rats(a Enclosure) (lo, hi *big.Rat) {
	lo, _ = a.low().Rat(nil)
	hi, _ = a.high().Rat(nil)
	return lo, hi
}

// failer is what a check needs of a test.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

// mustBeTightest fails unless a is the narrowest enclosure of all of corners.
func mustBeTightest(t failer, c Interval, a Enclosure, corners ...*big.Rat) {
	t.Helper()
	lo, hi := corners[0], corners[0]
	for _, q := range corners {
		if q.Cmp(lo) < 0 {
			lo = q
		}
		if q.Cmp(hi) > 0 {
			hi = q
		}
	}
	l := new(big.Float).SetMode(big.ToNegativeInf).SetPrec(c.Prec()).SetRat(lo)
	h := new(big.Float).SetMode(big.ToPositiveInf).SetPrec(c.Prec()).SetRat(hi)
	if a.isLine() || a.low().Cmp(l) != 0 || a.high().Cmp(h) != 0 {
		t.Fatalf("got %v, want [%s, %s], the exact range rounded outward once", a, show(l), show(h))
	}
	if a.low().Cmp(a.high()) == 0 && !a.isPoint() {
		t.Fatalf("the point %v keeps two endpoints", a)
	}
}

func mustContain(t failer, c Interval, a Enclosure, q *big.Rat) {
	t.Helper()
	if lo, hi := rats(a); lo.Cmp(q) > 0 || hi.Cmp(q) < 0 {
		t.Fatalf("%v does not contain %s", a, q.RatString())
	}
	if !c.Contains(a, q) {
		t.Fatalf("Contains denies that %v contains %s", a, q.RatString())
	}
}

type ratOp = func(z, x, y *big.Rat) *big.Rat

func TestIntervalArithmeticIsTightest(t *testing.T) {
	t.Parallel()
	for _, op := range []struct {
		name  string
		exact ratOp
		of    func(c Interval, a, b Enclosure) Enclosure
	}{
		{"add", (*big.Rat).Add, Interval.Add},
		{"sub", (*big.Rat).Sub, Interval.Sub},
		{"mul", (*big.Rat).Mul, Interval.Mul},
		{"quo", (*big.Rat).Quo, func(c Interval, a, b Enclosure) Enclosure {
			q, err := c.Quo(a, b)
			if err != nil {
				panic(err)
			}
			return q
		}},
	} {
		t.Run(op.name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				c := drawInterval(t)
				x, y := drawEnclosure(t, c, "a"), drawEnclosure(t, c, "b")
				if op.name == "quo" && y.lo.Sign()*y.hi.Sign() <= 0 {
					if _, err := c.Quo(x.a, y.a); !errors.Is(err, ErrDivision) {
						t.Fatalf("%v/%v: error %v, want ErrDivision", x.a, y.a, err)
					}
					return
				}
				var corners []*big.Rat
				for _, p := range []*big.Rat{x.lo, x.hi} {
					for _, q := range []*big.Rat{y.lo, y.hi} {
						corners = append(corners, op.exact(new(big.Rat), p, q))
					}
				}
				z := op.of(c, x.a, y.a)
				mustBeTightest(t, c, z, corners...)
				mustContain(t, c, z, op.exact(new(big.Rat), x.inner, y.inner))
			})
		})
	}
}

func TestIntervalFromRat(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, q := drawInterval(t), drawFraction(t, "q")
		mustBeTightest(t, c, mustRat(c, q), q)
	})
	// The lower bound has 241 bits, and the upper one all.
	c, q := NewInterval(290), big.NewRat(1, 1<<60-1)
	mustBeTightest(t, c, mustRat(c, q), q)
}

func TestIntervalFromInt(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, n := drawInterval(t), rapid.Int64().Draw(t, "n")
		mustBeTightest(t, c, c.FromInt(n), new(big.Rat).SetInt64(n))
	})
}

func TestIntervalDot(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := drawInterval(t)
		n := rapid.IntRange(0, 6).Draw(t, "length")
		a, b := make([]Enclosure, n), make([]Enclosure, n)
		sum, size := new(big.Rat), new(big.Rat)
		width := new(big.Rat) // Σ of the exact widths of the products
		for i := range n {
			x, y := drawEnclosure(t, c, "a"), drawEnclosure(t, c, "b")
			a[i], b[i] = x.a, y.a
			sum.Add(sum, new(big.Rat).Mul(x.inner, y.inner))
			lo, hi := rats(NewInterval(4096).Mul(x.a, y.a)) // exact
			width.Add(width, new(big.Rat).Sub(hi, lo))
			size.Add(size, lo.Abs(lo)).Add(size, hi.Abs(hi))
		}
		d := c.Dot(a, b)
		mustContain(t, c, d, sum)
		// At each end n products and n sums, none above size·(1+2^(1−prec))^2n, each
		// rounded by at most 2^(1−prec) relative.
		slack := new(big.Rat).SetFrac(big.NewInt(int64(2*2*n+1)), new(big.Int).Lsh(big.NewInt(1), c.Prec()-1))
		width.Add(width, slack.Mul(slack, size))
		if lo, hi := rats(d); hi.Sub(hi, lo).Cmp(width) > 0 {
			t.Fatalf("Dot %v is wider than %s", d, width.FloatString(30))
		}
	})
}

func TestIntervalSqrt(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := drawInterval(t)
		q := drawFraction(t, "q")
		q.Abs(q)
		if rapid.Bool().Draw(t, "square") {
			q.Mul(q, q)
		}
		a := mustRat(c, q)
		root, err := c.Sqrt(a)
		if err != nil {
			t.Fatal(err)
		}
		lo, hi := rats(root)
		if l := new(big.Rat).Mul(lo, lo); lo.Sign() < 0 || l.Cmp(q) > 0 {
			t.Fatalf("lower end of √%s is above it: %v", q.RatString(), root)
		}
		if h := new(big.Rat).Mul(hi, hi); h.Cmp(q) < 0 {
			t.Fatalf("upper end of √%s is below it: %v", q.RatString(), root)
		}
		mustBeNarrow(t, c, root, a)
	})
}

func TestIntervalSqrtOfSquaresIsExact(t *testing.T) {
	t.Parallel()
	c := NewInterval(64)
	for _, n := range []int64{0, 1, 2, 3, 1 << 20, 1<<31 - 1} {
		root, err := c.Sqrt(c.FromInt(n * n))
		if err != nil || c.Equal(root, c.FromInt(n)) != True {
			t.Errorf("√(%d²) = %v, %v", n, root, err)
		}
	}
}

// mustBeNarrow fails when the image b of the enclosure a is wider, relative to
// its value, than 2^(3−prec) (what the functions document) plus, for an argument
// that is not a point, 2^(2−prec).
func mustBeNarrow(t failer, c Interval, b, a Enclosure) {
	t.Helper()
	if b.isPoint() {
		return
	}
	limit := math.Ldexp(1, 3-int(min(c.Prec(), 900)))
	if !a.isPoint() {
		limit += math.Ldexp(4, -int(min(c.Prec(), 900)))
	}
	if w := relativeWidth(c, b); w > limit*math.Ldexp(1, -int(c.Prec()-min(c.Prec(), 900))) {
		t.Fatalf("%v at %d bits has relative width %.3g, want at most %.3g", b, c.Prec(), w, limit)
	}
}

// relativeWidth returns (hi − lo)/min(|lo|, |hi|), to the accuracy of a float64.
func relativeWidth(c Interval, a Enclosure) float64 {
	least := new(big.Float).Abs(a.low())
	if h := new(big.Float).Abs(a.high()); h.Cmp(least) < 0 {
		least = h
	}
	w, _ := new(big.Float).SetPrec(64).Quo(c.Width(a), least).Float64()
	return w
}

// The sum of numbers far apart takes a shortcut; math/big's own sum is the oracle.
func TestNearbySumsRoundAlike(t *testing.T) {
	t.Parallel()
	mantissas := []string{"1", "-1", "0x1.000001p0", "-0x1.fffffffffffffp0", "0x1.8p0"}
	count := 0
	for _, prec := range []uint{24, 64, 100} {
		for _, xm := range mantissas {
			for _, ym := range mantissas {
				for _, gap := range []int{-900, -233, -166, -129, -88, 0, 88, 128, 129, 130, 165, 232, 2000} {
					for _, mode := range []big.RoundingMode{big.ToNegativeInf, big.ToPositiveInf} {
						x, _, _ := big.ParseFloat(xm, 0, 100, big.ToNearestEven)
						y, _, _ := big.ParseFloat(ym, 0, 53, big.ToNearestEven)
						x.SetMantExp(x, gap)
						z := func() *big.Float { return new(big.Float).SetPrec(prec).SetMode(mode) }
						if got, want := add(z(), x, y), z().Add(x, y); got.Cmp(want) != 0 || got.Acc() != want.Acc() {
							t.Errorf("%d bits, %v: %s·2^%d + %s = %v (%v), want %v (%v)", prec, mode, xm, gap, ym, got, got.Acc(), want, want.Acc())
						}
						if got, want := sub(z(), y, x), z().Sub(y, x); got.Cmp(want) != 0 || got.Acc() != want.Acc() {
							t.Errorf("%d bits, %v: %s − %s·2^%d = %v, want %v", prec, mode, ym, xm, gap, got, want)
						}
						count++
					}
				}
			}
		}
	}
	if want := 3 * 5 * 5 * 13 * 2; count != want {
		t.Errorf("%d sums compared, want %d", count, want)
	}
}

// Zero is a point whatever it is multiplied with or divided by.
func TestIntervalZeroStaysAPoint(t *testing.T) {
	t.Parallel()
	c := NewInterval(64)
	zero := c.FromInt(0)
	for _, b := range []Enclosure{c.FromInt(3), c.Hull(c.FromInt(1), c.FromInt(2)), c.Hull(c.FromInt(-2), c.FromInt(-1))} {
		quotient, err := c.Quo(zero, b)
		if err != nil {
			t.Fatal(err)
		}
		for name, a := range map[string]Enclosure{
			"0·b": c.Mul(zero, b), "b·0": c.Mul(b, zero), "0/b": quotient, "dot": c.Dot([]Enclosure{zero, b}, []Enclosure{b, zero}),
		} {
			if c.Equal(a, zero) != True || c.Sign(a) != Zero {
				t.Errorf("b = %v: %s = %v, want the point zero", b, name, a)
			}
		}
	}
}

func TestIntervalFromBounds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := drawInterval(t)
		x := drawEnclosure(t, NewInterval(c.Prec()+uint(rapid.IntRange(0, 70).Draw(t, "more bits"))), "a")
		a, err := c.FromBounds(x.a.low(), x.a.high())
		if err != nil {
			t.Fatal(err)
		}
		mustBeTightest(t, c, a, x.lo, x.hi)
		lo, hi := c.Bounds(a)
		if lo.Cmp(a.low()) != 0 || hi.Cmp(a.high()) != 0 {
			t.Fatalf("bounds of %v are %v and %v", a, lo, hi)
		}
	})
	c := NewInterval(24)
	most := new(big.Float).SetPrec(64).Sub(bigPower2(maxExponent), bigPower2(maxExponent-60))
	if a, err := c.FromBounds(new(big.Float), most); !errors.Is(err, ErrDomain) {
		t.Errorf("a bound in range that is rounded out of it gives %v, %v", a, err)
	}
}

func TestIntervalComparisons(t *testing.T) {
	t.Parallel()
	c := NewInterval(64)
	n := c.FromInt
	hull := func(lo, hi int64) Enclosure { return c.Hull(n(lo), n(hi)) }
	for _, test := range []struct {
		reason  string
		a, b    Enclosure
		equal   Trilean
		sign    Sign // of a
		overlap bool
	}{
		{"the same point", n(2), n(2), True, Positive, true},
		{"zero twice", n(0), c.Neg(n(0)), True, Zero, true},
		{"two points", n(-1), n(1), False, Negative, false},
		{"a point inside", n(0), hull(-1, 1), Unknown, Zero, true},
		{"twice the same interval holds two numbers", hull(1, 2), hull(1, 2), Unknown, Positive, true},
		{"a common end", hull(-2, -1), hull(-1, 3), Unknown, Negative, true},
		{"disjoint", hull(0, 1), hull(2, 3), False, Undecided, false},
		{"zero at the upper end", hull(-1, 0), hull(-5, 5), Unknown, Undecided, true},
	} {
		if got := c.Equal(test.a, test.b); got != test.equal {
			t.Errorf("%s: %v = %v is %v, want %v", test.reason, test.a, test.b, got, test.equal)
		}
		if got := c.Sign(test.a); got != test.sign {
			t.Errorf("%s: sign of %v is %v, want %v", test.reason, test.a, got, test.sign)
		}
		both, ok := c.Intersect(test.a, test.b)
		if ok != test.overlap || c.Overlap(test.b, test.a) != test.overlap {
			t.Errorf("%s: %v and %v overlap: %v, want %v", test.reason, test.a, test.b, ok, test.overlap)
		}
		if !ok {
			continue
		}
		hull := c.Hull(test.a, test.b)
		for _, a := range []Enclosure{test.a, test.b} {
			if both.low().Cmp(a.low()) < 0 || both.high().Cmp(a.high()) > 0 || hull.low().Cmp(a.low()) > 0 || hull.high().Cmp(a.high()) < 0 {
				t.Errorf("%s: intersection %v and hull %v of %v and %v", test.reason, both, hull, test.a, test.b)
			}
		}
	}
}

// every operation, on two positive enclosures below 100.
var everyOperation = map[string]func(c Interval, a, b Enclosure) any{
	"add":       func(c Interval, a, b Enclosure) any { return c.Add(a, b) },
	"sub":       func(c Interval, a, b Enclosure) any { return c.Sub(a, b) },
	"mul":       func(c Interval, a, b Enclosure) any { return c.Mul(a, b) },
	"quo":       func(c Interval, a, b Enclosure) any { return either(c.Quo(a, b)) },
	"neg":       func(c Interval, a, _ Enclosure) any { return c.Neg(a) },
	"dot":       func(c Interval, a, b Enclosure) any { return c.Dot([]Enclosure{a, b, b}, []Enclosure{b, b, a}) },
	"exp":       func(c Interval, a, _ Enclosure) any { return either(c.Exp(a)) },
	"expm1":     func(c Interval, a, _ Enclosure) any { return either(c.Expm1(a)) },
	"log":       func(c Interval, a, _ Enclosure) any { return either(c.Log(a)) },
	"log1p":     func(c Interval, a, _ Enclosure) any { return either(c.Log1p(a)) },
	"sigmoid":   func(c Interval, a, _ Enclosure) any { return either(c.Sigmoid(a)) },
	"sqrt":      func(c Interval, a, _ Enclosure) any { return either(c.Sqrt(a)) },
	"hull":      func(c Interval, a, b Enclosure) any { return c.Hull(a, b) },
	"intersect": func(c Interval, a, b Enclosure) any { return either2(c.Intersect(a, b)) },
	"width":     func(c Interval, a, _ Enclosure) any { return c.Width(a).Text('p', 0) },
	"equal":     func(c Interval, a, b Enclosure) any { return c.Equal(a, b) },
	"sign":      func(c Interval, a, _ Enclosure) any { return c.Sign(a) },
	"contains":  func(c Interval, a, _ Enclosure) any { return c.Contains(a, big.NewRat(1, 3)) },
	"decimal": func(c Interval, a, _ Enclosure) any {
		lo, hi, err := c.Decimal(a, 20)
		return fmt.Sprint(lo, hi, err)
	},
	"bounds": func(c Interval, a, _ Enclosure) any {
		lo, hi := c.Bounds(a)
		s := fmt.Sprint(lo, hi)
		lo.Add(lo, hi) // the caller's to keep
		hi.Neg(hi)
		return s
	},
}

func either(a Enclosure, err error) any {
	if err != nil {
		return err.Error()
	}
	return a
}

func either2(a Enclosure, ok bool) any { return fmt.Sprint(bitsOf(a), ok) }

// bitsOf writes everything there is to know about v.
func bitsOf(v any) string {
	a, ok := v.(Enclosure)
	switch {
	case !ok:
		return fmt.Sprint(v)
	case a.isLine():
		return "line"
	}
	end := func(x *big.Float) string {
		return fmt.Sprintf("%s prec %d mode %v acc %v", x.Text('p', 0), x.Prec(), x.Mode(), x.Acc())
	}
	return fmt.Sprintf("%s; %s; %v", end(a.low()), end(a.high()), a.isPoint())
}

// Every operation leaves its arguments, and the results of the earlier ones, as
// they were, and many at once give what one at a time does. (bigfloat rewrites a
// cache of π without a lock above about 900 bits, which the race detector would
// see here.)
func TestIntervalIsPureAndConcurrent(t *testing.T) {
	t.Parallel()
	for _, prec := range []uint{64, longScale} {
		c := NewInterval(prec)
		args := []Enclosure{c.FromInt(2), mustRat(c, big.NewRat(1, 3)), c.Hull(c.FromInt(1), c.FromInt(3)), mustRat(c, big.NewRat(64, 63))}
		before := fmt.Sprint(bitsOf(args[0]), bitsOf(args[1]), bitsOf(args[2]), bitsOf(args[3]))
		run := func() map[string]string {
			results := map[string]any{}
			for name, op := range everyOperation {
				for i, a := range args {
					for j, b := range args {
						results[fmt.Sprint(name, i, j)] = op(c, a, b)
					}
				}
			}
			all := map[string]string{}
			for name, r := range results {
				all[name] = bitsOf(r)
			}
			return all
		}
		want := run()
		var wait sync.WaitGroup
		for range 4 {
			wait.Go(func() {
				for name, got := range run() {
					if got != want[name] {
						t.Errorf("%s at %d bits gives %s, then %s", name, prec, want[name], got)
					}
				}
			})
		}
		wait.Wait()
		if after := fmt.Sprint(bitsOf(args[0]), bitsOf(args[1]), bitsOf(args[2]), bitsOf(args[3])); after != before {
			t.Errorf("arguments changed from %s to %s", before, after)
		}
	}
}
