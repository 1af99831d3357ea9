package field

import "fmt"

// Series is the ring of power series in one variable s over a base ring,
// truncated after s^Order: R[s]/(s^{Order+1}). Order 1 gives dual numbers, whose
// coefficient of s is a derivative.
//
// An element is the slice of its Order+1 coefficients, constant first.
type Series[E any] struct {
	Base  Ring[E]
	Order int
}

// NewSeries returns R[s]/(s^{order+1}). It panics when order is negative.
func NewSeries[E any](base Ring[E], order int) Series[E] {
	if order < 0 {
		panic(fmt.Sprintf("field: series of order %d: want at least 0", order))
	}
	return Series[E]{base, order}
}

// Constant returns the series c.
func (s Series[E]) Constant(c E) []E {
	v := s.zero()
	v[0] = c
	return v
}

// Dual returns c + d·s. It panics if Order is 0.
func (s Series[E]) Dual(c, d E) []E {
	v := s.Constant(c)
	v[1] = d
	return v
}

func (s Series[E]) zero() []E {
	v := make([]E, s.Order+1)
	z := s.Base.FromInt(0)
	for i := range v {
		v[i] = z
	}
	return v
}

// FromInt returns the constant n.
func (s Series[E]) FromInt(n int64) []E { return s.Constant(s.Base.FromInt(n)) }

// Add returns a + b.
func (s Series[E]) Add(a, b []E) []E {
	c := make([]E, s.Order+1)
	for i := range c {
		c[i] = s.Base.Add(a[i], b[i])
	}
	return c
}

// Sub returns a − b.
func (s Series[E]) Sub(a, b []E) []E {
	c := make([]E, s.Order+1)
	for i := range c {
		c[i] = s.Base.Sub(a[i], b[i])
	}
	return c
}

// Neg returns −a.
func (s Series[E]) Neg(a []E) []E {
	c := make([]E, s.Order+1)
	for i := range c {
		c[i] = s.Base.Neg(a[i])
	}
	return c
}

// Scale returns c·a for c in the base ring.
func (s Series[E]) Scale(c E, a []E) []E {
	v := make([]E, s.Order+1)
	for i := range v {
		v[i] = s.Base.Mul(c, a[i])
	}
	return v
}

// Mul returns a·b: c_k = Σ_{i+j=k} a_i·b_j for k ≤ Order.
func (s Series[E]) Mul(a, b []E) []E {
	c := make([]E, s.Order+1)
	for k := range c {
		c[k] = s.Base.Mul(a[0], b[k])
		for i := 1; i <= k; i++ {
			c[k] = s.Base.Add(c[k], s.Base.Mul(a[i], b[k-i]))
		}
	}
	return c
}

// Dot returns Σ_i a_i·b_i.
func (s Series[E]) Dot(a, b [][]E) []E {
	if len(a) != len(b) {
		panic("field: Dot of slices of different length")
	}
	c := s.zero()
	for i := range a {
		c = s.Add(c, s.Mul(a[i], b[i]))
	}
	return c
}

// Equal decides whether all coefficients agree. It is False if one differs, even if
// others are unknown.
func (s Series[E]) Equal(a, b []E) Trilean {
	t := True
	for i := range a {
		switch s.Base.Equal(a[i], b[i]) {
		case False:
			return False
		case Unknown:
			t = Unknown
		}
	}
	return t
}
