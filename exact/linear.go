package exact

import (
	"errors"

	"sounding/exact/field"
)

// ErrInconsistent reports a linear system without a solution.
var ErrInconsistent = errors.New("the linear system has no solution")

// Solve returns one solution z of M·z = b for a square matrix M, by elimination with
// the first non-zero pivot and free unknowns set to zero. M and b are not changed. It
// returns ErrInconsistent if there is no solution. The field must decide whether an
// element is zero.
//
// If M is symmetric and b lies in its range, every solution has bᵀz = bᵀM⁺b with the
// Moore–Penrose inverse M⁺, because two solutions differ by a vector of the kernel,
// which is orthogonal to b.
func Solve[E any](f field.Field[E], m [][]E, b []E) ([]E, error) {
	n := len(b)
	zero := f.FromInt(0)
	a := make([][]E, n) // the rows of (M | b)
	for i := range a {
		a[i] = append(append(make([]E, 0, n+1), m[i]...), b[i])
	}
	pivots, err := eliminate(f, a, n)
	if err != nil {
		return nil, err
	}
	z := make([]E, n)
	for i := range z {
		z[i] = zero
	}
	for r := range a {
		if r >= len(pivots) {
			if f.Equal(a[r][n], zero) != field.True {
				return nil, ErrInconsistent
			}
			continue
		}
		v, err := f.Quo(a[r][n], a[r][pivots[r]])
		if err != nil {
			return nil, err
		}
		z[pivots[r]] = v
	}
	return z, nil
}

// Rank returns the rank of a matrix, under the same conditions as Solve.
func Rank[E any](f field.Field[E], m [][]E) (int, error) {
	if len(m) == 0 {
		return 0, nil
	}
	a := make([][]E, len(m))
	for i := range a {
		a[i] = append([]E(nil), m[i]...)
	}
	pivots, err := eliminate(f, a, len(m[0]))
	return len(pivots), err
}

// eliminate brings the first n columns of a, in place, to the form in which
// column pivots[r] is zero outside row r, and returns pivots.
func eliminate[E any](f field.Field[E], a [][]E, n int) (pivots []int, err error) {
	zero := f.FromInt(0)
	isZero := func(v E) bool { return f.Equal(v, zero) == field.True }
	for c := range n {
		r := len(pivots)
		p := r
		for p < len(a) && isZero(a[p][c]) {
			p++
		}
		if p == len(a) {
			continue
		}
		a[r], a[p] = a[p], a[r]
		for i := range a {
			if i == r || isZero(a[i][c]) {
				continue
			}
			q, err := f.Quo(a[i][c], a[r][c])
			if err != nil {
				return nil, err
			}
			for j := c; j < len(a[i]); j++ {
				a[i][j] = f.Sub(a[i][j], f.Mul(q, a[r][j]))
			}
		}
		pivots = append(pivots, c)
	}
	return pivots, nil
}
