package field

import (
	"errors"
	"math/big"
	"testing"
)

// TestCalc: a Calc gives what its Interval gives, until an operation fails; the
// error of that one stays, whatever follows.
func TestCalc(t *testing.T) {
	t.Parallel()
	f := NewInterval(64)
	c := NewCalc(f)
	x := c.FromRat(big.NewRat(1, 3))
	for _, test := range []struct {
		name      string
		got, want Enclosure
	}{
		{"1/3", x, mustRat(f, big.NewRat(1, 3))},
		{"1/3/7", c.Quo(x, c.FromInt(7)), must(f.Quo(x, f.FromInt(7)))},
		{"exp", c.Exp(x), must(f.Exp(x))},
		{"log", c.Log(x), must(f.Log(x))},
		{"sigmoid", c.Sigmoid(x), must(f.Sigmoid(x))},
		{"sqrt", c.Sqrt(x), must(f.Sqrt(x))},
	} {
		if bitsOf(test.got) != bitsOf(test.want) {
			t.Errorf("%s: %v, want %v", test.name, test.got, test.want)
		}
	}
	if c.Err() != nil {
		t.Fatal(c.Err())
	}
	if a := c.Add(c.Quo(x, c.FromInt(0)), x); c.Contains(a, big.NewRat(7, 1)) != true || c.Sign(a) != Undecided {
		t.Errorf("1/0 + 1/3 = %v, want the whole line", a)
	}
	c.Log(c.FromInt(-1))
	c.Exp(x)
	if err := c.Err(); !errors.Is(err, ErrDivision) {
		t.Errorf("error %v, want the first, %v", err, ErrDivision)
	}
}

// TestRefine: the ladder doubles the precision until the question is decided, and no
// further than it may.
func TestRefine(t *testing.T) {
	t.Parallel()
	failed := errors.New("failed")
	for _, test := range []struct {
		reason      string
		from, most  uint
		decides     uint // the least precision that decides
		fails       uint // the precision that fails
		want, tried uint
		err         error
	}{
		{reason: "at once", from: 128, most: 1024, decides: 64, want: 128, tried: 1},
		{reason: "on the last rung", from: 128, most: 1024, decides: 1000, want: 1024, tried: 4},
		{reason: "on no rung", from: 128, most: 1024, decides: 1025, want: 1024, tried: 4, err: ErrUndecided},
		{reason: "the last rung lies below the limit", from: 100, most: 350, decides: 300, want: 200, tried: 2, err: ErrUndecided},
		{reason: "one rung is tried in any case", from: 4096, most: 1024, decides: 1, want: 4096, tried: 1},
		{reason: "an error ends it", from: 128, most: 1024, decides: 1024, fails: 256, want: 256, tried: 2, err: failed},
	} {
		tried := uint(0)
		bits, err := Refine(test.from, test.most, func(f Interval) (bool, error) {
			if f.Prec() != test.from<<tried {
				t.Errorf("%s: rung %d has %d bits", test.reason, tried, f.Prec())
			}
			tried++
			if f.Prec() == test.fails {
				return false, failed
			}
			return f.Prec() >= test.decides, nil
		})
		if bits != test.want || tried != test.tried || !errors.Is(err, test.err) {
			t.Errorf("%s: %d bits after %d rungs, %v; want %d after %d, %v", test.reason, bits, tried, err, test.want, test.tried, test.err)
		}
	}
}

func TestRungs(t *testing.T) {
	t.Parallel()
	var r, s Rungs
	r.Add(256, 0)
	if got := r.String(); got != "" || r != nil {
		t.Errorf("nothing counted: %q", got)
	}
	r.Add(128, 900)
	s.Add(128, 85)
	s.Add(256, 14)
	s.Add(4096, 1)
	r.Merge(s)
	if got, want := r.String(), "128 bits: 99 %, 256 bits: 1 %, 4096 bits: <1 %"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	for _, test := range []struct {
		r    Rungs
		want string
	}{{Rungs{128: 3}, "128 bits: 100 %"}, {Rungs{128: 999, 256: 1}, "128 bits: >99 %, 256 bits: <1 %"}, {Rungs{128: 995, 256: 5}, "128 bits: >99 %, 256 bits: 1 %"}} {
		if got := test.r.String(); got != test.want {
			t.Errorf("%v: %q, want %q", map[uint]int(test.r), got, test.want)
		}
	}
}
