package numeric

import "testing"

// TestCompensated: what is lost beside a large number comes back, whichever comes
// first. 2⁻⁶⁰ is lost beside 1, and 1 beside 2⁶⁰.
func TestCompensated(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		terms []float64
		want  float64
	}{
		{[]float64{1, 0x1p-60, -1}, 0x1p-60},
		{[]float64{1, 0x1p60, 1, -0x1p60}, 2},
		{[]float64{1, -0x1p-54, -0x1p-54}, 1 - 0x1p-53},
	} {
		var sum compensated
		for _, v := range c.terms {
			sum.add(v)
		}
		if got := sum.value(); got != c.want {
			t.Errorf("the sum of %g is %g, want %g", c.terms, got, c.want)
		}
	}
}
