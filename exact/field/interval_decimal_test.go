package field

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func TestIntervalDecimalContains(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := drawInterval(t)
		x := drawEnclosure(t, c, "a")
		digits := rapid.IntRange(0, 40).Draw(t, "digits")
		lo, hi, err := c.Decimal(x.a, digits)
		if err != nil {
			t.Fatal(err)
		}
		unit := new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(digits)), nil))
		for _, end := range []struct {
			text          string
			below, beyond *big.Rat // below ≤ beyond, less than a unit apart
		}{{lo, parse(t, lo), x.lo}, {hi, x.hi, parse(t, hi)}} {
			gap := new(big.Rat).Sub(end.beyond, end.below)
			if gap.Sign() < 0 || gap.Cmp(unit) >= 0 {
				t.Fatalf("%s is not %v rounded outward to %d digits", end.text, x.a, digits)
			}
		}
	})
}

func parse(t *rapid.T, s string) *big.Rat {
	q, ok := new(big.Rat).SetString(s)
	if !ok {
		t.Fatalf("%q is no decimal", s)
	}
	return q
}

func TestIntervalDecimalText(t *testing.T) {
	t.Parallel()
	c := NewInterval(64)
	for _, test := range []struct {
		reason string
		a      Enclosure
		digits int
		lo, hi string
	}{
		{"a point that is no decimal of so few digits", mustRat(c, big.NewRat(1, 2)), 0, "0", "1"},
		{"a point that is one", mustRat(c, big.NewRat(-5, 4)), 3, "-1.250", "-1.250"},
		{"zero has no sign", c.Neg(c.FromInt(0)), 2, "0.00", "0.00"},
		{"far below the last digit", c.Hull(c.FromInt(0), mustRat(c, big.NewRat(1, 1_000_000_000))), 3, "0.000", "0.001"},
		{"negative, far below the last digit", mustRat(c, big.NewRat(-1, 1_000_000_000)), 3, "-0.001", "0.000"},
		{"a third", mustRat(c, big.NewRat(1, 3)), 4, "0.3333", "0.3334"},
		{"large", c.FromInt(math.MinInt64), 1, "-9223372036854775808.0", "-9223372036854775808.0"},
	} {
		lo, hi, err := c.Decimal(test.a, test.digits)
		if err != nil || lo != test.lo || hi != test.hi {
			t.Errorf("%s: %v gives %s, %s, %v, want %s, %s", test.reason, test.a, lo, hi, err, test.lo, test.hi)
		}
	}
}
