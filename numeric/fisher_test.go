package numeric

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// TestPseudoSolve solves F·x = g for an x chosen beforehand, orthogonal to the kernel of F. The
// eigensolver is backward stable, so x is off by at most 8·n·u·κ relative to its
// length, with the constant that PseudoSolve tells zero by and κ the ratio of the
// largest to the least eigenvalue that is not zero.
func TestPseudoSolve(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		reason    string
		f         *mat.SymDense
		condition float64 // an upper bound on κ
		x, g      []float64
		form      float64
	}{
		// By Gershgorin's circles the eigenvalues lie in [1, 6].
		{"definite", mat.NewSymDense(3, []float64{2, 1, 0, 1, 3, 1, 0, 1, 5}), 6, []float64{1, -2, 3}, []float64{0, -2, 13}, 43},
		// (1, −2, 1)/√6 and (1, 0, −1)/√2 with eigenvalues 3 and 1.
		// The small eigenvalue is far above what rounding makes of a zero.
		{"small eigenvalue", mat.NewSymDense(2, []float64{1, 0, 0, 0x1p-43}), 0x1p43, []float64{1, 1}, []float64{1, 0x1p-43}, 1 + 0x1p-43},
		{"singular", mat.NewSymDense(3, []float64{1, -1, 0, -1, 2, -1, 0, -1, 1}), 3, []float64{2, -2, 0}, []float64{4, -6, 2}, 20},
	} {
		x, form, err := PseudoSolve(c.f, c.g)
		if err != nil {
			t.Fatal(err)
		}
		length := 0.0
		for _, v := range c.x {
			length += v * v
		}
		relative := 8 * 3 * unit * c.condition
		for i, want := range c.x {
			if math.Abs(x[i]-want) > relative*math.Sqrt(length) {
				t.Errorf("%s: x[%d] = %g, want %g", c.reason, i, x[i], want)
			}
		}
		if math.Abs(form-c.form) > relative*c.form {
			t.Errorf("%s: gᵀF⁺g = %g, want %g", c.reason, form, c.form)
		}
	}
}
