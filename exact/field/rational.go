package field

import (
	"cmp"
	"math"
	"math/big"
	"math/bits"
)

// Rational is the field ℚ, arranged so that the work of a layered process costs
// no greatest common divisors.
//
// A value is an integer numerator over a denominator that is shared: equal
// denominators are one object, and the product or least common multiple of two
// denominators is computed once and remembered. When the probabilities of a
// layer have one denominator (see Align), so does everything that the
// backward recursion makes of them, and a sum over a layer is a sum of integers.
// Numerators stay machine words while they fit. What is remembered is bounded: a
// Rational that has remembered too much forgets it all and starts afresh.
//
// A value is therefore not in lowest terms; Rat.Rat reduces it. Only Quo reduces
// as it goes, so that elimination does not square the size of its numbers.
//
// A Rational owns the denominators of its values: values of two of them must
// not be mixed, and one must not be used by two goroutines at the same time.
type Rational struct {
	one         *denominator
	table       map[string]*denominator
	linked      []*denominator // those with products or joins
	remembered  int            // bytes that table and linked hold, about
	x, y        big.Int        // operands on loan to the mixed word and big cases
	left, right big.Int        // the products that Cmp compares
	halt        *Halt          // nil if nothing ends its operations
}

// Rat is a rational number: an element of Rational. The zero value is 0.
type Rat struct {
	n   int64        // numerator, when num is nil
	num *big.Int     // numerator, when it does not fit a word; never changed
	den *denominator // nil stands for 1
}

// denominator is a positive integer with its cached products and least common
// multiples. Two objects for one integer do no harm but to speed.
type denominator struct {
	value    *big.Int
	products map[*denominator]*denominator
	joins    map[*denominator]join
	lastWith *denominator // the latest look-up in products
	last     *denominator
}

// join is the least common multiple of two denominators and the factors that
// bring each of them there.
type join struct {
	lcm           *denominator
	factor, other Rat // integers
}

// The memory of a Rational is at most maxRemembered bytes. The other constants are the
// measured sizes of the entries, without their digits.
const (
	maxRemembered    = 16 << 20
	denominatorBytes = 200
	productBytes     = 100
	joinBytes        = 300
)

// NewRational returns the field ℚ with an empty table of denominators.
func NewRational() *Rational {
	q := &Rational{one: &denominator{value: big.NewInt(1)}}
	q.forget()
	return q
}

// forget drops the table and the caches of all denominators. Values keep theirs.
func (q *Rational) forget() {
	q.table = map[string]*denominator{string(q.one.value.Bytes()): q.one}
	for _, d := range q.linked {
		d.products, d.joins, d.lastWith, d.last = nil, nil, nil, nil
	}
	q.linked, q.remembered = nil, 0
}

// remember counts the bytes of a new entry, before it is made.
func (q *Rational) remember(bytes int) {
	if q.remembered += bytes; q.remembered > maxRemembered {
		q.forget()
		q.remembered = bytes
	}
}

// link prepares d to cache products and joins.
func (q *Rational) link(d *denominator) {
	if d.products == nil && d.joins == nil {
		q.linked = append(q.linked, d)
	}
}

// intern returns an object for the positive integer v, which it keeps: the same
// one until the next forget.
func (q *Rational) intern(v *big.Int) *denominator {
	key := string(v.Bytes())
	d, ok := q.table[key]
	if !ok {
		q.remember(denominatorBytes + 2*len(key))
		d = &denominator{value: v}
		q.table[key] = d
	}
	return d
}

func (q *Rational) denominator(a Rat) *denominator {
	if a.den == nil {
		return q.one
	}
	return a.den
}

// product returns a·b as an interned denominator.
func (q *Rational) product(a, b *denominator) *denominator {
	if a == q.one {
		return b
	}
	if b == q.one {
		return a
	}
	if a.lastWith == b {
		return a.last
	}
	p, ok := a.products[b]
	if !ok {
		p = q.intern(new(big.Int).Mul(a.value, b.value))
		q.remember(productBytes)
		q.link(a)
		if a.products == nil {
			a.products = make(map[*denominator]*denominator)
		}
		a.products[b] = p
	}
	a.lastWith, a.last = b, p
	return p
}

// join returns the least common multiple of a and b.
func (q *Rational) join(a, b *denominator) join {
	q.halt.check()
	j, ok := a.joins[b]
	if !ok {
		g := new(big.Int).GCD(nil, nil, a.value, b.value)
		fa := new(big.Int).Quo(b.value, g)
		fb := new(big.Int).Quo(a.value, g)
		j = join{lcm: q.intern(new(big.Int).Mul(a.value, fa)), factor: integer(fa), other: integer(fb)}
		q.remember(joinBytes + (fa.BitLen()+fb.BitLen())/8)
		q.link(a)
		if a.joins == nil {
			a.joins = make(map[*denominator]join)
		}
		a.joins[b] = j
	}
	return j
}

// integer returns v, which it may keep, as a value over 1.
func integer(v *big.Int) Rat {
	if v.IsInt64() {
		return Rat{n: v.Int64()}
	}
	return Rat{num: v}
}

// big returns the numerator of a, in scratch if a has the word form.
func (a Rat) big(scratch *big.Int) *big.Int {
	if a.num != nil {
		return a.num
	}
	return scratch.SetInt64(a.n)
}

// IsZero reports whether a is zero.
func (a Rat) IsZero() bool { return a.isZero() }

func (a Rat) isZero() bool { return a.num == nil && a.n == 0 }

// mulInt multiplies the numerators of a and b, and returns them over d.
func (q *Rational) mulInt(a, b Rat, d *denominator) Rat {
	q.halt.check()
	switch {
	case a.num == nil && b.num == nil:
		if p, ok := mulWord(a.n, b.n); ok {
			return Rat{n: p, den: d}
		}
	case a.num == nil && a.n == 1:
		return Rat{num: b.num, den: d}
	case b.num == nil && b.n == 1:
		return Rat{num: a.num, den: d}
	}
	if a.isZero() || b.isZero() {
		return Rat{}
	}
	return Rat{num: new(big.Int).Mul(a.big(&q.x), b.big(&q.y)), den: d}.shrunk()
}

// shrunk moves a numerator that fits a word into one.
func (a Rat) shrunk() Rat {
	if a.num != nil && a.num.IsInt64() {
		return Rat{n: a.num.Int64(), den: a.den}
	}
	return a
}

// addInt adds (or subtracts) the numerators of a and b, and returns them over d.
func (q *Rational) addInt(a, b Rat, subtract bool, d *denominator) Rat {
	q.halt.check()
	if a.num == nil && b.num == nil {
		bn := b.n
		if subtract {
			bn = -bn
		}
		if s := a.n + bn; b.n != math.MinInt64 && (s > a.n) == (bn > 0) {
			return Rat{n: s, den: d}
		}
	}
	z := new(big.Int)
	if subtract {
		z.Sub(a.big(&q.x), b.big(&q.y))
	} else {
		z.Add(a.big(&q.x), b.big(&q.y))
	}
	return Rat{num: z, den: d}.shrunk()
}

// mulWord returns a·b and whether it fits.
func mulWord(a, b int64) (int64, bool) {
	if a == math.MinInt64 || b == math.MinInt64 {
		return 0, a == 0 || b == 0
	}
	hi, lo := bits.Mul64(uint64(max(a, -a)), uint64(max(b, -b)))
	if hi != 0 || lo > math.MaxInt64 {
		return 0, false
	}
	if (a < 0) != (b < 0) {
		return -int64(lo), true
	}
	return int64(lo), true
}

// FromInt returns n.
func (q *Rational) FromInt(n int64) Rat { return Rat{n: n} }

// FromRat returns r; the error is always nil.
func (q *Rational) FromRat(r *big.Rat) (Rat, error) {
	a := integer(new(big.Int).Set(r.Num()))
	if !r.IsInt() {
		a.den = q.intern(new(big.Int).Set(r.Denom()))
	}
	return a, nil
}

func (q *Rational) sum(a, b Rat, subtract bool) Rat {
	da, db := q.denominator(a), q.denominator(b)
	switch {
	case da == db:
		return q.addInt(a, b, subtract, a.den)
	case b.isZero():
		return a
	case a.isZero():
		if subtract {
			return q.Neg(b)
		}
		return b
	}
	j := q.join(da, db)
	return q.addInt(q.mulInt(a, j.factor, nil), q.mulInt(b, j.other, nil), subtract, j.lcm)
}

// Add returns a + b.
func (q *Rational) Add(a, b Rat) Rat { return q.sum(a, b, false) }

// Sub returns a − b.
func (q *Rational) Sub(a, b Rat) Rat { return q.sum(a, b, true) }

// Neg returns −a.
func (q *Rational) Neg(a Rat) Rat {
	if a.num == nil && a.n != math.MinInt64 {
		return Rat{n: -a.n, den: a.den}
	}
	return Rat{num: new(big.Int).Neg(a.big(&q.x)), den: a.den}.shrunk()
}

// Mul returns a·b.
func (q *Rational) Mul(a, b Rat) Rat {
	if a.isZero() || b.isZero() {
		return Rat{}
	}
	return q.mulInt(a, b, q.product(q.denominator(a), q.denominator(b)))
}

// Quo returns a/b in lowest terms, or ErrDivision where b = 0.
func (q *Rational) Quo(a, b Rat) (Rat, error) {
	if b.isZero() {
		return Rat{}, ErrDivision
	}
	if a.isZero() {
		return Rat{}, nil
	}
	q.halt.check()
	num := new(big.Int).Mul(a.big(&q.x), q.denominator(b).value)
	den := new(big.Int).Mul(b.big(&q.y), q.denominator(a).value)
	if den.Sign() < 0 {
		num.Neg(num)
		den.Neg(den)
	}
	g := new(big.Int).GCD(nil, nil, new(big.Int).Abs(num), den)
	c := integer(num.Quo(num, g))
	if den.Quo(den, g); !den.IsInt64() || den.Int64() != 1 {
		c.den = q.intern(den)
	}
	return c, nil
}

// Dot returns Σ_i a_i·b_i. Over common denominators it is one integer sum. Otherwise
// the terms are added in pairs, pairs of pairs and so on: a running total would
// collect the denominators of all.
func (q *Rational) Dot(a, b []Rat) Rat {
	if len(a) != len(b) {
		panic("field: Dot of slices of different length")
	}
	da, db, common := q.common(a, b)
	if da == nil {
		return Rat{}
	}
	if !common {
		return q.dotPairs(a, b)
	}
	var word int64
	var total, term *big.Int // total in all is total + word
	for i := range a {
		q.halt.check()
		if a[i].isZero() || b[i].isZero() {
			continue
		}
		if a[i].num == nil && b[i].num == nil {
			if p, ok := mulWord(a[i].n, b[i].n); ok {
				if s := word + p; (s > word) == (p > 0) {
					word = s
					continue
				}
			}
		}
		if total == nil {
			total, term = new(big.Int), new(big.Int)
		}
		total.Add(total, term.Mul(a[i].big(&q.x), b[i].big(&q.y)))
	}
	d := q.product(da, db)
	if total == nil {
		return Rat{n: word, den: d}
	}
	return Rat{num: total.Add(total, q.x.SetInt64(word)), den: d}.shrunk()
}

// common returns the denominators of a and b over the terms that are not zero,
// and whether each side has just one. Both are nil when every term is zero.
func (q *Rational) common(a, b []Rat) (da, db *denominator, common bool) {
	for i := range a {
		if a[i].isZero() || b[i].isZero() {
			continue
		}
		x, y := q.denominator(a[i]), q.denominator(b[i])
		if da == nil {
			da, db = x, y
		} else if da != x || db != y {
			return da, db, false
		}
	}
	return da, db, true
}

func (q *Rational) dotPairs(a, b []Rat) Rat {
	if len(a) == 1 {
		return q.Mul(a[0], b[0])
	}
	m := len(a) / 2
	return q.Add(q.Dot(a[:m], b[:m]), q.Dot(a[m:], b[m:]))
}

// Equal decides whether a = b; it is never Unknown.
func (q *Rational) Equal(a, b Rat) Trilean { return Truth(q.Cmp(a, b) == 0) }

// Cmp returns −1, 0 or +1 as a is less than, equal to or greater than b.
func (q *Rational) Cmp(a, b Rat) int {
	da, db := q.denominator(a), q.denominator(b)
	if da == db {
		return q.cmpInt(a, b)
	}
	if s := a.sign(); s != b.sign() || s == 0 {
		return cmp.Compare(s, b.sign())
	}
	q.left.Mul(a.big(&q.x), db.value)
	return q.left.Cmp(q.right.Mul(b.big(&q.y), da.value))
}

// cmpInt compares the numerators of a and b.
func (q *Rational) cmpInt(a, b Rat) int {
	if a.num == nil && b.num == nil {
		return cmp.Compare(a.n, b.n)
	}
	return a.big(&q.x).Cmp(b.big(&q.y))
}

func (a Rat) sign() int {
	if a.num != nil {
		return a.num.Sign()
	}
	return cmp.Compare(a.n, 0)
}

// Sign returns the sign of a; it is never Undecided.
func (q *Rational) Sign(a Rat) Sign { return [...]Sign{Negative, Zero, Positive}[a.sign()+1] }

// maxAlignedBits bounds the common denominator that Align makes. Layers with small,
// repeated row sums, as in n-grams and small trees, stay far below. Rows of unrelated
// 40-digit weights would carry the product of all their sums in every numerator;
// those are left alone.
const maxAlignedBits = 1 << 13

// Align brings the values of v over their least common denominator, unless that
// has more than maxAlignedBits bits.
func (q *Rational) Align(v []Rat) {
	l := big.NewInt(1)
	seen := map[*denominator]bool{q.one: true}
	g := new(big.Int)
	for _, a := range v {
		if d := q.denominator(a); !seen[d] {
			q.halt.check()
			seen[d] = true
			g.GCD(nil, nil, l, d.value)
			l.Mul(l, new(big.Int).Quo(d.value, g))
			if l.BitLen() > maxAlignedBits {
				return
			}
		}
	}
	d := q.intern(l)
	factors := make(map[*denominator]Rat, len(seen))
	for i, a := range v {
		da := q.denominator(a)
		f, ok := factors[da]
		if !ok {
			f = integer(new(big.Int).Quo(l, da.value))
			factors[da] = f
		}
		v[i] = q.mulInt(a, f, d)
	}
}

// Rat returns a in lowest terms, as a number the caller owns.
func (a Rat) Rat() *big.Rat {
	var scratch big.Int
	if a.den == nil {
		return new(big.Rat).SetInt(a.big(&scratch))
	}
	return new(big.Rat).SetFrac(a.big(&scratch), a.den.value)
}

// String returns a as "n/d" in lowest terms, or "n".
func (a Rat) String() string { return a.Rat().RatString() }

// Bits returns the number of bits of the numerator and the denominator as stored, on
// which the cost of an operation depends.
func (a Rat) Bits() int {
	n := bits.Len64(uint64(max(a.n, -a.n)))
	if a.num != nil {
		n = a.num.BitLen()
	}
	if a.den != nil {
		n += a.den.value.BitLen()
	}
	return n
}
