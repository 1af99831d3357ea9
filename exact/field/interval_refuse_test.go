package field

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"testing"
)

func TestIntervalOutOfRangeIsTheWholeLine(t *testing.T) {
	t.Parallel()
	c := NewInterval(64)
	for _, start := range []*big.Rat{big.NewRat(2, 1), big.NewRat(-2, 3), big.NewRat(1, 3)} {
		a := mustRat(c, start)
		squarings := 0
		for ; !a.isLine() && squarings < 64; squarings++ {
			a = c.Mul(a, a)
		}
		if squarings < 29 || squarings > 31 {
			t.Errorf("%s squared %d times leaves the range, want about 29 times", start.RatString(), squarings)
		}
	}
	line, one := Enclosure{}, c.FromInt(1)
	for name, a := range map[string]Enclosure{
		"line + 1": c.Add(line, one), "1 − line": c.Sub(one, line), "−line": c.Neg(line), "line·1": c.Mul(line, one),
		"dot": c.Dot([]Enclosure{one, line}, []Enclosure{one, one}), "hull": c.Hull(one, line),
	} {
		if !a.isLine() {
			t.Errorf("%s = %v, want the whole line", name, a)
		}
	}
	if a, ok := c.Intersect(line, one); !ok || c.Equal(a, one) != True {
		t.Errorf("the whole line and 1 have %v, %v in common", a, ok)
	}
	if c.Sign(line) != Undecided || c.Equal(line, line) != Unknown || !c.Contains(line, new(big.Rat)) || !c.Width(line).IsInf() {
		t.Error("something is claimed of a number of which nothing is known")
	}
	if lo, hi := c.Bounds(line); !lo.IsInf() || !hi.IsInf() || lo.Sign() >= 0 {
		t.Errorf("bounds of the whole line: %v, %v", lo, hi)
	}
	if a, ok := c.Intersect(one, line); !ok || c.Equal(a, one) != True {
		t.Errorf("1 and the whole line have %v, %v in common", a, ok)
	}
	if a, err := c.Quo(line, one); err != nil || !a.isLine() {
		t.Errorf("line/1 = %v, %v", a, err)
	}
}

func TestIntervalRefuses(t *testing.T) {
	t.Parallel()
	c := NewInterval(64)
	zeroInside := c.Hull(c.FromInt(-1), c.FromInt(1))
	huge, err := c.FromBounds(big.NewFloat(MaxExpArgument), big.NewFloat(MaxExpArgument+1))
	if err != nil {
		t.Fatal(err)
	}
	// An argument whose decimals would have 10^8 digits: the message must not print them.
	vast, err := c.Exp(c.FromInt(MaxExpArgument))
	if err != nil {
		t.Fatal(err)
	}
	beyond := new(big.Float).SetMantExp(big.NewFloat(0.5), maxExponent+1)
	for _, test := range []struct {
		reason string
		of     func() error
		want   error
	}{
		{"1/[−1, 1]", func() error { _, err := c.Quo(c.FromInt(1), zeroInside); return err }, ErrDivision},
		{"1/0", func() error { _, err := c.Quo(c.FromInt(1), c.FromInt(0)); return err }, ErrDivision},
		{"1/line", func() error { _, err := c.Quo(c.FromInt(1), Enclosure{}); return err }, ErrDivision},
		{"log of 0", func() error { _, err := c.Log(c.FromInt(0)); return err }, ErrDomain},
		{"log of [−1, 1]", func() error { _, err := c.Log(zeroInside); return err }, ErrDomain},
		{"log of line", func() error { _, err := c.Log(Enclosure{}); return err }, ErrDomain},
		{"log1p of −1", func() error { _, err := c.Log1p(c.FromInt(-1)); return err }, ErrDomain},
		{"log1p of line", func() error { _, err := c.Log1p(Enclosure{}); return err }, ErrDomain},
		{"root of [−1, 1]", func() error { _, err := c.Sqrt(zeroInside); return err }, ErrDomain},
		{"root of line", func() error { _, err := c.Sqrt(Enclosure{}); return err }, ErrDomain},
		{"exp of line", func() error { _, err := c.Exp(Enclosure{}); return err }, ErrDomain},
		{"exp of too much", func() error { _, err := c.Exp(huge); return err }, ErrDomain},
		{"exp of a vast number", func() error { _, err := c.Exp(vast); return err }, ErrDomain},
		{"expm1 of too little", func() error { _, err := c.Expm1(c.Neg(huge)); return err }, ErrDomain},
		{"sigmoid of too much", func() error { _, err := c.Sigmoid(huge); return err }, ErrDomain},
		{"bounds in the wrong order", func() error { _, err := c.FromBounds(big.NewFloat(1), big.NewFloat(0)); return err }, ErrDomain},
		{"infinite bound", func() error { _, err := c.FromBounds(big.NewFloat(0), big.NewFloat(math.Inf(1))); return err }, ErrDomain},
		{"bound out of range", func() error { _, err := c.FromBounds(big.NewFloat(0), beyond); return err }, ErrDomain},
		{"decimals of line", func() error { _, _, err := c.Decimal(Enclosure{}, 3); return err }, ErrDomain},
		{"decimals of a vast number", func() error { _, _, err := c.Decimal(vast, 3); return err }, ErrDomain},
		{"too many decimals", func() error { _, _, err := c.Decimal(zeroInside, maxDecimalDigits+1); return err }, ErrDomain},
		{"a negative number of decimals", func() error { _, _, err := c.Decimal(zeroInside, -1); return err }, ErrDomain},
	} {
		if err := test.of(); !errors.Is(err, test.want) || len(err.Error()) > 300 {
			t.Errorf("%s: error %.300v, want %v", test.reason, err, test.want)
		}
	}
	for _, prec := range []uint{0, MinPrecision - 1, MaxPrecision + 1} {
		mustPanic(t, fmt.Sprintf("precision %d", prec), func() { NewInterval(prec) })
	}
	mustPanic(t, "Dot of unequal lengths", func() { c.Dot(nil, []Enclosure{{}}) })
}

// TestSigmoidNamesItsArgument: not that of the exponential it is computed from.
func TestSigmoidNamesItsArgument(t *testing.T) {
	t.Parallel()
	_, err := NewInterval(64).Sigmoid(NewInterval(64).FromInt(1 << 30))
	const want = "argument outside the domain: sigmoid of [1073741824, 1073741824], want an argument within ±2^28"
	if err == nil || err.Error() != want {
		t.Errorf("σ(2^30): error %q, want %q", err, want)
	}
}

func mustPanic(t *testing.T, what string, f func()) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Errorf("%s: no panic", what)
		}
	}()
	f()
}
