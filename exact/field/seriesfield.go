package field

import "math/big"

// SeriesField is Series over a field. It divides by series with an invertible constant
// coefficient, and has the exponential of series with constant coefficient 0 and the
// logarithm of series with constant coefficient 1.
type SeriesField[E any] struct {
	Series[E]
	Field Field[E] // Series.Base, with its division
}

// NewSeriesField returns F[s]/(s^{order+1}). It panics when order is negative.
func NewSeriesField[E any](base Field[E], order int) SeriesField[E] {
	return SeriesField[E]{NewSeries(base, order), base}
}

// FromRat returns the constant q.
func (s SeriesField[E]) FromRat(q *big.Rat) ([]E, error) {
	c, err := s.Field.FromRat(q)
	if err != nil {
		return nil, err
	}
	return s.Constant(c), nil
}

// Quo returns a/b, or ErrDivision if b_0 has no inverse:
// c_k = (a_k − Σ_{i=1}^k b_i·c_{k−i})/b_0.
func (s SeriesField[E]) Quo(a, b []E) ([]E, error) {
	c := make([]E, s.Order+1)
	for k := range c {
		r := a[k]
		for i := 1; i <= k; i++ {
			r = s.Base.Sub(r, s.Base.Mul(b[i], c[k-i]))
		}
		var err error
		if c[k], err = s.Field.Quo(r, b[0]); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// Exp returns e^a for a series with a_0 = 0, which it does not check:
// k·c_k = Σ_{i=1}^k i·a_i·c_{k−i}. The error is ErrDivision if an integer up to Order
// has no inverse.
func (s SeriesField[E]) Exp(a []E) ([]E, error) {
	c := make([]E, s.Order+1)
	c[0] = s.Base.FromInt(1)
	for k := 1; k <= s.Order; k++ {
		r := s.Base.FromInt(0)
		for i := 1; i <= k; i++ {
			r = s.Base.Add(r, s.Base.Mul(s.Base.FromInt(int64(i)), s.Base.Mul(a[i], c[k-i])))
		}
		var err error
		if c[k], err = s.Field.Quo(r, s.Base.FromInt(int64(k))); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// Log returns log a for a series with a_0 = 1, which it does not check:
// c_k = a_k − (1/k)·Σ_{i=1}^{k−1} i·c_i·a_{k−i}. The error is as for Exp.
func (s SeriesField[E]) Log(a []E) ([]E, error) {
	c := make([]E, s.Order+1)
	c[0] = s.Base.FromInt(0)
	for k := 1; k <= s.Order; k++ {
		r := s.Base.FromInt(0)
		for i := 1; i < k; i++ {
			r = s.Base.Add(r, s.Base.Mul(s.Base.FromInt(int64(i)), s.Base.Mul(c[i], a[k-i])))
		}
		r, err := s.Field.Quo(r, s.Base.FromInt(int64(k)))
		if err != nil {
			return nil, err
		}
		c[k] = s.Base.Sub(a[k], r)
	}
	return c, nil
}
