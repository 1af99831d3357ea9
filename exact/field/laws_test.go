package field

import (
	"fmt"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"sounding/internal/testenv"
)

func TestMain(m *testing.M) { testenv.Run(m, 100) }

// special integers stand at the borders of the word form.
var special = []int64{0, 1, -1, 2, 97, math.MaxInt32, math.MinInt32, 1 << 31, 1 << 62, math.MaxInt64, math.MinInt64, math.MinInt64 + 1}

func drawInt(t *rapid.T, label string) *big.Int {
	n := big.NewInt(rapid.Int64().Draw(t, label))
	switch rapid.IntRange(0, 3).Draw(t, label+" kind") {
	case 0:
		n.SetInt64(rapid.Int64Range(-6, 6).Draw(t, label+" small"))
	case 1:
		n.SetInt64(special[rapid.IntRange(0, len(special)-1).Draw(t, label+" special")])
	case 2:
		n.Mul(n, big.NewInt(math.MaxInt64)).Mul(n, n)
	}
	return n
}

func drawRat(t *rapid.T, label string) *big.Rat {
	den := drawInt(t, label+" denominator")
	if den.Sign() == 0 {
		den.SetInt64(1)
	}
	return new(big.Rat).SetFrac(drawInt(t, label), den)
}

// ringLaws checks the axioms of a commutative ring with one, and that Dot,
// FromInt and Sub are what the others make of them.
func ringLaws[E any](t *rapid.T, r Ring[E], draw func(t *rapid.T, label string) E) {
	a, b, c := draw(t, "a"), draw(t, "b"), draw(t, "c")
	zero, one := r.FromInt(0), r.FromInt(1)
	m, n := rapid.Int64Range(-1<<30, 1<<30).Draw(t, "m"), rapid.Int64Range(-1<<30, 1<<30).Draw(t, "n")
	for _, law := range []struct {
		name        string
		left, right E
	}{
		{"a + b = b + a", r.Add(a, b), r.Add(b, a)},
		{"(a + b) + c = a + (b + c)", r.Add(r.Add(a, b), c), r.Add(a, r.Add(b, c))},
		{"a + 0 = a", r.Add(a, zero), a},
		{"a + (−a) = 0", r.Add(a, r.Neg(a)), zero},
		{"a − b = a + (−b)", r.Sub(a, b), r.Add(a, r.Neg(b))},
		{"a·b = b·a", r.Mul(a, b), r.Mul(b, a)},
		{"(a·b)·c = a·(b·c)", r.Mul(r.Mul(a, b), c), r.Mul(a, r.Mul(b, c))},
		{"a·1 = a", r.Mul(a, one), a},
		{"a·0 = 0", r.Mul(a, zero), zero},
		{"a·(b + c) = a·b + a·c", r.Mul(a, r.Add(b, c)), r.Add(r.Mul(a, b), r.Mul(a, c))},
		{"dot", r.Dot([]E{a, b, c, zero, a}, []E{b, c, a, b, a}), r.Add(r.Add(r.Add(r.Mul(a, b), r.Mul(b, c)), r.Mul(c, a)), r.Mul(a, a))},
		{"empty dot", r.Dot(nil, nil), zero},
		{"m + n", r.FromInt(m + n), r.Add(r.FromInt(m), r.FromInt(n))},
		{"m·n", r.FromInt(m * n), r.Mul(r.FromInt(m), r.FromInt(n))},
	} {
		if r.Equal(law.left, law.right) != True {
			t.Fatalf("%s: %v and %v", law.name, law.left, law.right)
		}
	}
	if r.Equal(zero, one) != False {
		t.Fatalf("0 = 1")
	}
}

// fieldLaws adds the laws of division.
func fieldLaws[E any](t *rapid.T, f Field[E], draw func(t *rapid.T, label string) E) {
	ringLaws(t, f, draw)
	a, b := draw(t, "dividend"), draw(t, "divisor")
	if _, err := f.Quo(a, f.FromInt(0)); err != ErrDivision {
		t.Fatalf("a/0: error %v", err)
	}
	if q, err := f.Quo(a, b); err == nil {
		if f.Equal(f.Mul(q, b), a) != True {
			t.Fatalf("(a/b)·b = %v, a = %v", f.Mul(q, b), a)
		}
	}
	n, d := rapid.Int64Range(-1000, 1000).Draw(t, "n"), rapid.Int64Range(1, 1000).Draw(t, "d")
	x, err := f.FromRat(big.NewRat(n, d))
	if err == ErrDivision && f.Equal(f.FromInt(d), f.FromInt(0)) == True {
		return // the characteristic divides d
	}
	if err != nil || f.Equal(f.Mul(x, f.FromInt(d)), f.FromInt(n)) != True {
		t.Fatalf("FromRat(%d/%d) = %v, %v", n, d, x, err)
	}
}

func TestRationalLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		q := NewRational()
		fieldLaws(t, q, func(t *rapid.T, label string) Rat {
			x, _ := q.FromRat(drawRat(t, label))
			return x
		})
	})
}

// TestRationalAgainstBigRat runs one random program in both and compares.
func TestRationalAgainstBigRat(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		q := NewRational()
		var ours []Rat
		var theirs []*big.Rat
		for i := range 4 {
			r := drawRat(t, "start")
			x, _ := q.FromRat(r)
			if i > 1 {
				r = new(big.Rat).SetInt(r.Num())
				x, _ = q.FromRat(r)
			}
			ours, theirs = append(ours, x), append(theirs, r)
		}
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			i, j := rapid.IntRange(0, len(ours)-1).Draw(t, "i"), rapid.IntRange(0, len(ours)-1).Draw(t, "j")
			x, y := ours[i], ours[j]
			z, w := Rat{}, new(big.Rat)
			switch rapid.IntRange(0, 7).Draw(t, "operation") {
			case 0:
				z, w = q.Add(x, y), w.Add(theirs[i], theirs[j])
			case 1:
				z, w = q.Sub(x, y), w.Sub(theirs[i], theirs[j])
			case 2:
				z, w = q.Mul(x, y), w.Mul(theirs[i], theirs[j])
			case 3:
				z, w = q.Neg(x), w.Neg(theirs[i])
			case 4:
				c, err := q.Quo(x, y)
				if (err != nil) != (theirs[j].Sign() == 0) {
					t.Fatalf("%v/%v: %v", x, y, err)
				}
				if err != nil {
					continue
				}
				z, w = c, w.Quo(theirs[i], theirs[j])
			case 5:
				q.Align(ours)
				z, w = x, theirs[i]
			case 6:
				q.forget()
				z, w = x, theirs[i]
			case 7:
				z = q.Dot(ours, append(ours[1:len(ours):len(ours)], ours[0]))
				for k := range theirs {
					w.Add(w, new(big.Rat).Mul(theirs[k], theirs[(k+1)%len(theirs)]))
				}
			}
			ours, theirs = append(ours, z), append(theirs, w)
		}
		for i, x := range ours {
			if x.Rat().Cmp(theirs[i]) != 0 {
				t.Fatalf("value %d: %v, big.Rat says %v", i, x, theirs[i].RatString())
			}
			if got, want := q.Sign(x), [...]Sign{Negative, Zero, Positive}[theirs[i].Sign()+1]; got != want {
				t.Fatalf("sign of %v: %v", x, got)
			}
			for j, y := range ours {
				if got, want := q.Cmp(x, y), theirs[i].Cmp(theirs[j]); got != want {
					t.Fatalf("Cmp(%v, %v) = %d, big.Rat says %d", x, y, got, want)
				}
			}
		}
	})
}

func TestModularLaws(t *testing.T) {
	t.Parallel()
	for _, p := range []uint64{Mersenne61, 1<<62 - 57, 101, 2} {
		t.Run(fmt.Sprintf("modulo %d", p), rapid.MakeCheck(func(t *rapid.T) {
			fieldLaws(t, NewModular(p), func(t *rapid.T, label string) uint64 { return NewModular(p).FromBig(drawInt(t, label)) })
		}))
	}
}

// TestModularAgainstBigInt compares products and long dots of residues, the
// largest among them, with big.Int.
func TestModularAgainstBigInt(t *testing.T) {
	t.Parallel()
	for _, p := range []uint64{Mersenne61, 1<<62 - 57} {
		rapid.Check(t, func(t *rapid.T) {
			m, n := NewModular(p), rapid.IntRange(0, 40).Draw(t, "n")
			a, b, want := make([]uint64, n), make([]uint64, n), new(big.Int)
			for i := range n {
				a[i] = rapid.SampledFrom([]uint64{p - 1, p - 2, 0, 1, rapid.Uint64Range(0, p-1).Draw(t, "a")}).Draw(t, "a")
				b[i] = rapid.SampledFrom([]uint64{p - 1, p - 2, 0, 1, rapid.Uint64Range(0, p-1).Draw(t, "b")}).Draw(t, "b")
				product := new(big.Int).Mul(new(big.Int).SetUint64(a[i]), new(big.Int).SetUint64(b[i]))
				if got := m.Mul(a[i], b[i]); got != m.FromBig(product) {
					t.Fatalf("%d·%d = %d mod %d", a[i], b[i], got, p)
				}
				want.Add(want, product)
			}
			if got := m.Dot(a, b); got != m.FromBig(want) {
				t.Fatalf("dot of %v and %v = %d mod %d, want %d", a, b, got, p, m.FromBig(want))
			}
		})
	}
}

func TestModularRefusesComposites(t *testing.T) {
	t.Parallel()
	for _, p := range []uint64{0, 1, 4, 1<<61 + 1, 1<<63 - 25} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("NewModular(%d) did not panic", p)
				}
			}()
			NewModular(p)
		}()
	}
}

func TestSeriesLaws(t *testing.T) {
	t.Parallel()
	for order := range 4 {
		rapid.Check(t, func(t *rapid.T) {
			q := NewRational()
			s := NewSeriesField(q, order)
			draw := func(t *rapid.T, label string) []Rat {
				v := make([]Rat, order+1)
				for i := range v {
					v[i], _ = q.FromRat(big.NewRat(rapid.Int64Range(-9, 9).Draw(t, label), rapid.Int64Range(1, 9).Draw(t, label)))
				}
				return v
			}
			fieldLaws(t, s, draw)
			if a, b := draw(t, "a"), draw(t, "b"); s.Equal(s.Scale(a[0], b), s.Mul(s.Constant(a[0]), b)) != True {
				t.Errorf("%v·%v by Scale: %v", a[0], b, s.Scale(a[0], b))
			}
		})
	}
}

// TestSeriesExpLog checks the functional equations of exp and log, and the
// coefficients of e^s and log(1+s) that a reader knows.
func TestSeriesExpLog(t *testing.T) {
	t.Parallel()
	q := NewRational()
	s := NewSeriesField(q, 5)
	x := s.Dual(q.FromInt(0), q.FromInt(1))
	e, err := s.Exp(x)
	if err != nil {
		t.Fatal(err)
	}
	l, err := s.Log(s.Add(x, s.FromInt(1)))
	if err != nil {
		t.Fatal(err)
	}
	for k, want := range []*big.Rat{big.NewRat(1, 1), big.NewRat(1, 1), big.NewRat(1, 2), big.NewRat(1, 6), big.NewRat(1, 24), big.NewRat(1, 120)} {
		if e[k].Rat().Cmp(want) != 0 {
			t.Errorf("coefficient %d of e^s: %v", k, e[k])
		}
		if k > 0 {
			if want := big.NewRat(int64(1-2*((k+1)%2)), int64(k)); l[k].Rat().Cmp(want) != 0 {
				t.Errorf("coefficient %d of log(1+s): %v, want %v", k, l[k], want)
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		q := NewRational()
		s := NewSeriesField(q, 4)
		draw := func(label string) []Rat {
			v := s.FromInt(0)
			for i := 1; i < len(v); i++ {
				v[i] = q.FromInt(rapid.Int64Range(-5, 5).Draw(t, label))
			}
			return v
		}
		a, b := draw("a"), draw("b")
		ea, _ := s.Exp(a)
		eb, _ := s.Exp(b)
		eab, _ := s.Exp(s.Add(a, b))
		if s.Equal(s.Mul(ea, eb), eab) != True {
			t.Fatalf("exp(a)·exp(b) ≠ exp(a+b) for %v, %v", a, b)
		}
		if back, _ := s.Log(ea); s.Equal(back, a) != True {
			t.Fatalf("log(exp(a)) = %v, a = %v", back, a)
		}
	})
}

// TestFormals checks the semiring against real polynomials with positive
// coefficients, of which nothing cancels: both bounds are then attained.
func TestFormals(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		const order = 12
		q := NewRational()
		s, f := NewSeries(q, order), Formals{}
		var poly [][]Rat
		var bound []Formal
		for range 3 {
			n := rapid.IntRange(0, 9).Draw(t, "constant")
			if n == 9 {
				poly, bound = append(poly, s.Dual(q.FromInt(0), q.FromInt(1))), append(bound, FreeVariable())
			} else {
				poly, bound = append(poly, s.FromInt(int64(n))), append(bound, f.FromInt(int64(n)))
			}
		}
		for range rapid.IntRange(1, 6).Draw(t, "steps") {
			i, j := rapid.IntRange(0, len(poly)-1).Draw(t, "i"), rapid.IntRange(0, len(poly)-1).Draw(t, "j")
			if bound[i].Degree+bound[j].Degree > order || rapid.Bool().Draw(t, "add") {
				poly, bound = append(poly, s.Add(poly[i], poly[j])), append(bound, f.Add(bound[i], bound[j]))
			} else {
				poly, bound = append(poly, s.Mul(poly[i], poly[j])), append(bound, f.Dot(bound[i:i+1], bound[j:j+1]))
			}
		}
		for i, v := range poly {
			degree, height := 0, new(big.Rat)
			for k, c := range v {
				if c.sign() != 0 {
					degree = k
					height.Add(height, c.Rat())
				}
			}
			h := bound[i].Height
			want := new(big.Rat).SetFloat64(h)
			if c := height.Cmp(want); degree != bound[i].Degree || c > 0 || c < 0 && h < 1<<53 {
				t.Fatalf("polynomial %v: formal degree %d and height %v", v, bound[i].Degree, h)
			}
		}
		if f.Equal(FreeVariable(), FreeVariable()) != Unknown {
			t.Fatalf("equal bounds decide nothing")
		}
		if n := f.Sub(f.FromInt(-3), f.Neg(FreeVariable())); n.Degree != 1 || n.Height != 4 {
			t.Fatalf("−3 − (−x): degree %d, height %v; want degree 1, height 4", n.Degree, n.Height)
		}
	})
}

// TestFormalDegreeSaturates: a degree beyond the range of an int is the largest int, and
// stays so.
func TestFormalDegreeSaturates(t *testing.T) {
	t.Parallel()
	f, x := Formals{}, FreeVariable()
	for i := range 100 {
		before := x
		x = f.Mul(x, x)
		if x.Degree < before.Degree {
			t.Fatalf("X^(2^%d) has degree %d, its square %d", i, before.Degree, x.Degree)
		}
	}
	if x.Degree != math.MaxInt {
		t.Errorf("degree %d, want the largest int", x.Degree)
	}
	if d := f.Mul(x, FreeVariable()).Degree; d != math.MaxInt {
		t.Errorf("one more factor: degree %d", d)
	}
}
