package gate

import (
	"math/big"
	"testing"
)

// TestShown: what is zero, or may be, is shown as zero and not as an end of its enclosure.
func TestShown(t *testing.T) {
	t.Parallel()
	r := func(s string) *big.Rat { v, _ := new(big.Rat).SetString(s); return v }
	for _, c := range []struct{ lo, hi, want string }{
		{"0", "0", "0"},
		{"1/8", "1/8", "1/8"},
		{"-1/1000000", "1/1000000", "0 within 2e-06"},
		{"1/3", "1/3", "1/3"},
		{"1/3", "2/3", "0.33333333333333333…"},
	} {
		if got := shown(r(c.lo), r(c.hi)); got != c.want {
			t.Errorf("[%s, %s] is shown as %s, want %s", c.lo, c.hi, got, c.want)
		}
	}
}
