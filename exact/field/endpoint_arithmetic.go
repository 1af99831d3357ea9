package field

import (
	"math/big"
	"math/bits"
)

// The operations of this file round in direction d to prec bits and say whether the
// result is exact.

// inPlace reports whether the words of x, y and the result hold all that is needed.
func inPlace(x, y *endpoint, prec uint) bool {
	return x.wide == nil && y.wide == nil && prec <= placeBits
}

// product returns x·y.
func (d direction) product(x, y *endpoint, prec uint) (endpoint, bool) {
	if !inPlace(x, y, prec) {
		z := d.prepare(prec).Mul(x.big(), y.big())
		return endpointOf(z), z.Acc() == big.Exact
	}
	if x.sign == 0 || y.sign == 0 {
		return endpoint{}, true
	}
	exp := int(x.exp) + int(y.exp)
	if x.m[0]|x.m[1]|y.m[0]|y.m[1] == 0 {
		m := multiply2(x.m[3], x.m[2], y.m[3], y.m[2])
		if m[3]>>63 == 0 {
			exp--
			m[3] = m[3]<<1 | m[2]>>63
			m[2] = m[2]<<1 | m[1]>>63
			m[1] = m[1]<<1 | m[0]>>63
			m[0] <<= 1
		}
		return d.round(&m, 0, exp, x.sign*y.sign, prec)
	}
	var p [2 * placeWords]uint64
	multiply4(&p, &x.m, &y.m)
	top := [placeWords]uint64(p[placeWords:])
	if top[placeWords-1]>>63 == 0 {
		exp--
		top[3] = top[3]<<1 | top[2]>>63
		top[2] = top[2]<<1 | top[1]>>63
		top[1] = top[1]<<1 | top[0]>>63
		top[0] = top[0]<<1 | p[3]>>63
		p[3] <<= 1
	}
	return d.round(&top, p[0]|p[1]|p[2]|p[3], exp, x.sign*y.sign, prec)
}

// multiply2 returns the product of x₁·2^64 + x₀ and y₁·2^64 + y₀.
func multiply2(x1, x0, y1, y0 uint64) (z [placeWords]uint64) {
	h, l := bits.Mul64(x0, y0)
	z[0], z[1] = l, h
	z[3], z[2] = bits.Mul64(x1, y1)
	h, l = bits.Mul64(x0, y1)
	var c uint64
	z[1], c = bits.Add64(z[1], l, 0)
	z[2], c = bits.Add64(z[2], h, c)
	z[3] += c
	h, l = bits.Mul64(x1, y0)
	z[1], c = bits.Add64(z[1], l, 0)
	z[2], c = bits.Add64(z[2], h, c)
	z[3] += c
	return z
}

// multiply4 sets p to the product of x and y.
func multiply4(p *[2 * placeWords]uint64, x, y *[placeWords]uint64) {
	for i, u := range x {
		if u == 0 {
			continue
		}
		h0, l0 := bits.Mul64(u, y[0])
		h1, l1 := bits.Mul64(u, y[1])
		h2, l2 := bits.Mul64(u, y[2])
		h3, l3 := bits.Mul64(u, y[3])
		var c uint64
		l1, c = bits.Add64(l1, h0, 0)
		l2, c = bits.Add64(l2, h1, c)
		l3, c = bits.Add64(l3, h2, c)
		h3 += c // the product of u and y has five words
		q := p[i : i+5 : i+5]
		q[0], c = bits.Add64(q[0], l0, 0)
		q[1], c = bits.Add64(q[1], l1, c)
		q[2], c = bits.Add64(q[2], l2, c)
		q[3], c = bits.Add64(q[3], l3, c)
		q[4] = h3 + c
	}
}

// sum returns x + y.
func (d direction) sum(x, y *endpoint, prec uint) (endpoint, bool) {
	if !inPlace(x, y, prec) {
		z := add(d.prepare(prec), x.big(), y.big())
		return endpointOf(z), z.Acc() == big.Exact
	}
	return d.addSigned(x, y, y.sign, prec)
}

// difference returns x − y.
func (d direction) difference(x, y *endpoint, prec uint) (endpoint, bool) {
	if !inPlace(x, y, prec) {
		z := sub(d.prepare(prec), x.big(), y.big())
		return endpointOf(z), z.Acc() == big.Exact
	}
	return d.addSigned(x, y, -y.sign, prec)
}

// addSigned returns x + y with the given sign of y.
//
// The mantissa of the smaller is shifted to the right into a word more than it has. What
// is lost beyond is less than a unit there, and nothing unless the exponents differ by
// more than 64; then no more than one bit of the difference cancels, and the unit is
// far below the last bit kept.
func (d direction) addSigned(x, y *endpoint, sign int8, prec uint) (endpoint, bool) {
	switch {
	case sign == 0:
		return d.round(&x.m, 0, int(x.exp), x.sign, prec)
	case x.sign == 0:
		return d.round(&y.m, 0, int(y.exp), sign, prec)
	}
	large, small, s := x, y, x.sign
	if y.exp > x.exp || y.exp == x.exp && sign != x.sign && x.cmpMagnitude(y) < 0 {
		large, small, s = y, x, sign
	}
	w, rest := small.shifted(int(large.exp) - int(small.exp))
	exp := int(large.exp)
	m := large.m
	var c uint64
	if sign == x.sign {
		m[0], c = bits.Add64(m[0], w[1], 0)
		m[1], c = bits.Add64(m[1], w[2], c)
		m[2], c = bits.Add64(m[2], w[3], c)
		m[3], c = bits.Add64(m[3], w[4], c)
		rest |= w[0]
		if c != 0 {
			rest |= m[0] & 1
			m[0] = m[0]>>1 | m[1]<<63
			m[1] = m[1]>>1 | m[2]<<63
			m[2] = m[2]>>1 | m[3]<<63
			m[3] = m[3]>>1 | 1<<63
			exp++
		}
		return d.round(&m, rest, exp, s, prec)
	}
	w[0], c = bits.Sub64(0, w[0], rest)
	m[0], c = bits.Sub64(m[0], w[1], c)
	m[1], c = bits.Sub64(m[1], w[2], c)
	m[2], c = bits.Sub64(m[2], w[3], c)
	m[3], _ = bits.Sub64(m[3], w[4], c)
	for m[3] == 0 {
		if m[0]|m[1]|m[2]|w[0] == 0 {
			return endpoint{}, true
		}
		m[0], m[1], m[2], m[3], w[0] = w[0], m[0], m[1], m[2], 0
		exp -= 64
	}
	if n := bits.LeadingZeros64(m[3]); n > 0 {
		m[3] = m[3]<<n | m[2]>>(64-n)
		m[2] = m[2]<<n | m[1]>>(64-n)
		m[1] = m[1]<<n | m[0]>>(64-n)
		m[0] = m[0]<<n | w[0]>>(64-n)
		w[0] <<= n
		exp -= n
	}
	return d.round(&m, w[0]|rest, exp, s, prec)
}

// shifted returns the mantissa, with a word below it, shifted n bits to the right; lost
// is 1 if bits beyond were lost.
func (x *endpoint) shifted(n int) (w [placeWords + 1]uint64, lost uint64) {
	if n >= 64*len(w) {
		return w, 1
	}
	b := uint(n % 64)
	w = [placeWords + 1]uint64{
		x.m[0] << (64 - b), // 0 for b = 0
		x.m[1]<<(64-b) | x.m[0]>>b,
		x.m[2]<<(64-b) | x.m[1]>>b,
		x.m[3]<<(64-b) | x.m[2]>>b,
		x.m[3] >> b,
	}
	for range n / 64 {
		lost |= w[0]
		w[0], w[1], w[2], w[3], w[4] = w[1], w[2], w[3], w[4], 0
	}
	return w, min(lost, 1)
}

// quotient returns x/y for y ≠ 0.
func (d direction) quotient(x, y *endpoint, prec uint) (endpoint, bool) {
	if !inPlace(x, y, prec) {
		z := d.prepare(prec).Quo(x.big(), y.big())
		return endpointOf(z), z.Acc() == big.Exact
	}
	if x.sign == 0 {
		return endpoint{}, true
	}
	// The dividend u is the mantissa of x, shifted so that it is below that of y: the
	// quotient then lies between ½ and 1.
	exp := int(x.exp) - int(y.exp)
	u := [placeWords + 1]uint64{0, x.m[0], x.m[1], x.m[2], x.m[3]}
	dividend := endpoint{m: x.m}
	if dividend.cmpMagnitude(&endpoint{m: y.m}) >= 0 {
		u, _ = dividend.shifted(1)
		exp++
	}
	var q [placeWords]uint64
	rest := divide(q[placeWords-int(prec+63)/64:], &u, &y.m)
	return d.round(&q, rest, exp, x.sign*y.sign, prec)
}

// divide sets q to the first digits, of a word each, of the quotient of u and v as
// fractions, by long division (Knuth's algorithm D), and returns 0 if it is exact.
func divide(q []uint64, u *[placeWords + 1]uint64, v *[placeWords]uint64) (rest uint64) {
	low := 0 // of the words of v that are not zero
	for v[low] == 0 {
		low++
	}
	n := placeWords - low
	var r [placeWords + 1]uint64 // the remainder: n words, and one for the next digit
	copy(r[:n], u[low+1:])
	next := low // in u
	top := v[placeWords-1]
	for k := len(q) - 1; k >= 0; k-- {
		copy(r[1:n+1], r[:n])
		r[0] = 0
		if next >= 0 {
			r[0] = u[next]
			next--
		}
		digit := ^uint64(0)
		if r[n] < top {
			digit, _ = bits.Div64(r[n], r[n-1], top)
		}
		// The digit is at most 2 too large.
		var borrow, carry uint64
		for i := range n {
			h, l := bits.Mul64(digit, v[low+i])
			l, c := bits.Add64(l, carry, 0)
			carry = h + c
			r[i], borrow = bits.Sub64(r[i], l, borrow)
		}
		r[n], borrow = bits.Sub64(r[n], carry, borrow)
		for borrow != 0 {
			digit--
			var c uint64
			for i := range n {
				r[i], c = bits.Add64(r[i], v[low+i], c)
			}
			r[n], c = bits.Add64(r[n], 0, c)
			borrow -= c
		}
		q[k] = digit
	}
	for _, w := range r[:n] {
		rest |= w
	}
	for ; next >= 0; next-- {
		rest |= u[next]
	}
	return rest
}
