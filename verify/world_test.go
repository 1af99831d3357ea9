package verify

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"sounding/exact/field"
	"sounding/generators"
	"sounding/internal/testenv"
	"sounding/model"
)

// coin is the smallest case that has something to decide: harm 1 behind one of
// two even tokens.
func coin() *model.Case {
	return &model.Case{Instance: generators.Tree(2, [][]int64{{1, 1}}, []int64{0, 1}, 1)}
}

// between returns the enclosure [lo, hi] at 64 bits.
func between(f field.Interval, lo, hi int64) field.Enclosure {
	return f.Hull(f.FromInt(lo), f.FromInt(hi))
}

// TestVerdicts: what each comparison says of exact numbers and of enclosures.
func TestVerdicts(t *testing.T) {
	t.Parallel()
	type verdict string
	const holds, fails, open verdict = "holds", "fails", "undecided"
	said := func(r Result) verdict {
		switch {
		case r.Violation != nil:
			return fails
		case r.Undecided != "":
			return open
		}
		return holds
	}
	inRationals := func(claim func(w *World[field.Rat], a, b field.Rat), a, b int64) verdict {
		w := NewCaseWorld(field.NewRational(), coin())
		return said(run(func(w *World[field.Rat]) { claim(w, w.FromInt(a), w.FromInt(b)) }, w))
	}
	for _, test := range []struct {
		name  string
		claim func(w *World[field.Rat], a, b field.Rat)
		want  [3]verdict // of 1 and 2, 2 and 2, 3 and 2
	}{
		{"=", func(w *World[field.Rat], a, b field.Rat) { w.Equal(Place{}, "", a, b) }, [3]verdict{fails, holds, fails}},
		{"≤", func(w *World[field.Rat], a, b field.Rat) { w.AtMost(Place{}, "", a, b) }, [3]verdict{holds, holds, fails}},
		{"<", func(w *World[field.Rat], a, b field.Rat) { w.Less(Place{}, "", a, b) }, [3]verdict{holds, fails, fails}},
	} {
		for i, a := range []int64{1, 2, 3} {
			if got := inRationals(test.claim, a, 2); got != test.want[i] {
				t.Errorf("%d %s 2 in ℚ: %s, want %s", a, test.name, got, test.want[i])
			}
		}
	}
	type sides struct{ a, b, c, d int64 } // [a, b] and [c, d]
	for _, test := range []struct {
		sides
		equal, meet, atMost, less verdict
	}{
		{sides{1, 2, 3, 4}, fails, fails, holds, holds},
		{sides{3, 4, 1, 2}, fails, fails, fails, fails},
		{sides{1, 3, 2, 4}, open, open, open, open},  // which meet, but not to within meetingWidth
		{sides{1, 2, 2, 4}, open, open, holds, open}, // the difference may be zero, and is not negative
		{sides{2, 4, 1, 2}, open, open, open, open},
		{sides{2, 2, 2, 2}, holds, holds, holds, fails},
	} {
		for name, want := range map[string]verdict{"=": test.equal, "meet": test.meet, "≤": test.atMost, "<": test.less} {
			f := field.NewInterval(64)
			got := said(run(func(w *World[field.Enclosure]) {
				l, r := between(f, test.a, test.b), between(f, test.c, test.d)
				switch name {
				case "=":
					w.Equal(Place{}, "", l, r)
				case "meet":
					w.Meet(Place{}, "", l, r)
				case "≤":
					w.AtMost(Place{}, "", l, r)
				case "<":
					w.Less(Place{}, "", l, r)
				}
			}, NewCaseWorld(f, coin())))
			if got != want {
				t.Errorf("[%d, %d] %s [%d, %d]: %s, want %s", test.a, test.b, name, test.c, test.d, got, want)
			}
		}
	}
}

// TestPrecisionIsRaised: a comparison that 128 bits leave open is decided at more,
// and one that none decides is undecided, not passed over.
func TestPrecisionIsRaised(t *testing.T) {
	t.Parallel()
	tiny := new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Lsh(big.NewInt(1), 300))
	least := uint(0)
	close := Interval(func(w *World[field.Enclosure]) {
		f := w.Ring.(field.Interval)
		third, _ := f.FromRat(big.NewRat(1, 3))
		more, _ := f.FromRat(new(big.Rat).Add(big.NewRat(1, 3), tiny))
		w.AtMost(Place{}, "1/3 ≤ 1/3 + 2⁻³⁰⁰", third, more)
		least = f.Prec()
	})
	if n, err := close.Try("close", coin()); n != 1 || err != nil {
		t.Errorf("1/3 ≤ 1/3 + 2⁻³⁰⁰: %d comparisons, %v", n, err)
	}
	if least != 512 {
		t.Errorf("decided at %d bits, want 512, the first above 300", least)
	}
	if out := judge("close", close, coin(), nil); out.Precisions[512] != 1 || len(out.Precisions) != 1 {
		t.Errorf("noted as decided at %v, want 512 bits", out.Precisions)
	}
	same := Interval(func(w *World[field.Enclosure]) {
		f := w.Ring.(field.Interval)
		third, _ := f.FromRat(big.NewRat(1, 3))
		w.Less(At(2, 1), "1/3 < 1/3", third, third)
	})
	if out := judge("same", same, coin(), nil); out.Precisions != nil {
		t.Errorf("an undecided check is noted as decided at %v", out.Precisions)
	}
	_, err := same.Try("same", coin())
	if !errors.Is(err, ErrUndecided) || !strings.Contains(fmt.Sprint(err), "1/3 < 1/3, position 2, state 1") {
		t.Errorf("1/3 < 1/3 by enclosures: %v", err)
	}
}

// TestViolation: the sentence names statement, place, claim and both sides, and
// nothing after the first failure is compared.
func TestViolation(t *testing.T) {
	t.Parallel()
	check := Rational(func(w *World[field.Rat]) {
		w.Equal(At(1, 0), "1 = 1", w.FromInt(1), w.FromInt(1))
		w.AtMost(At(3, 2), "three ≤ two", w.FromInt(3), w.FromInt(2))
		w.Equal(Place{}, "not reached", w.FromInt(0), w.FromInt(1))
	})
	n, err := check.Try("some-1", coin())
	var v *Violation
	if !errors.As(err, &v) || n != 2 {
		t.Fatalf("%d comparisons, %v", n, err)
	}
	want := "some-1 fails at position 3, state 2: three ≤ two, but the left side is 3 and the right side 2 (left ≤ right is false)"
	if v.Error() != want {
		t.Errorf("%s, want\n%s", v, want)
	}
}

// TestBrief: an enclosure in short is one decimal, and anything else is what it is.
func TestBrief(t *testing.T) {
	t.Parallel()
	f := field.NewInterval(field.DefaultPrecision)
	third, _ := f.FromRat(big.NewRat(1, 3))
	for _, c := range []struct {
		value any
		want  string
	}{
		{third, "0.3333333"},
		{bounds{"0.25", "0.5"}, "0.25"},
		{field.NewRational().FromInt(3), "3"},
		{true, "true"},
		{nil, ""},
	} {
		if got := NewSide(c.value).Brief(); got != c.want {
			t.Errorf("%v in short: %q, want %q", c.value, got, c.want)
		}
	}
}

// TestPanicsGoOn: the panic of a faulty check is not mistaken for its end.
func TestPanicsGoOn(t *testing.T) {
	t.Parallel()
	defer func() {
		if p, ok := recover().(*Panic); !ok || p.Value != "faulty" {
			t.Errorf("recovered %v", p)
		}
	}()
	_, err := Rational(func(*World[field.Rat]) { panic("faulty") }).Try("some-1", coin())
	t.Errorf("returned %v", err)
}

// TestWorldsAreNotChanged: checks share a world, so that none may write into it:
// after all of them it still is what it was.
func TestWorldsAreNotChanged(t *testing.T) {
	t.Parallel()
	for i := range testenv.Scale(20) {
		c := generators.Example(generators.Limits{}, 5, i)
		before := c.GoString()
		w := NewCaseWorld(field.NewRational(), c)
		fresh := fmt.Sprint(numbersOf(NewCaseWorld(field.NewRational(), c)))
		for _, s := range registry() {
			if s.Source != nil {
				continue
			}
			for _, check := range s.Checks() {
				judge(s.ID, check, c, w)
			}
		}
		if got := fmt.Sprint(numbersOf(w)); got != fresh {
			t.Fatalf("%#v: a check writes into the world:\n%s, before\n%s", c, got, fresh)
		}
		if after := c.GoString(); after != before {
			t.Fatalf("a check changes the case to\n%s, before\n%s", after, before)
		}
	}
}

// numbersOf returns what checks read of a world.
func numbersOf(w *World[field.Rat]) []any {
	m, o := w.Solution(), w.Oracle()
	return []any{
		w.Family.Prob, w.Family.Harm, w.Family.Features, w.Tangents(), w.Test(),
		m.Occupancy, m.H, m.Step, m.CondVar, m.Information, m.Residual, m.Expected, m.Variance,
		o.Joint(), o.Harm(), o.Mean(), o.Variance(),
	}
}

// TestArbitrary: the numbers of a case are the same at each call, and none of them
// is zero, which would hide a position; another case and a free point have new ones.
func TestArbitrary(t *testing.T) {
	t.Parallel()
	w := NewCaseWorld(field.NewRational(), generators.Example(generators.Limits{}, 1, 0))
	const n = maxGivenLength
	first, second := w.Arbitrary(n), w.Arbitrary(n)
	for k, v := range first {
		if w.IsZero(v) {
			t.Errorf("number %d is zero", k)
		}
		if w.Ring.Equal(v, second[k]) != field.True {
			t.Errorf("number %d is %v, then %v", k, v, second[k])
		}
	}
	other := NewCaseWorld(field.NewRational(), generators.Example(generators.Limits{}, 1, 1))
	if slices.EqualFunc(first, other.Arbitrary(n), func(a, b field.Rat) bool { return w.Ring.Equal(a, b) == field.True }) {
		t.Errorf("two cases have the same numbers %v", first)
	}
	point := newModularWorld(field.Mersenne61, 1, "arbitrary", Shape{2, 2}, 1, 0)
	if a, b := point.Arbitrary(n), point.Arbitrary(n); len(a) != n || slices.Equal(a, b) {
		t.Errorf("two calls at a free point return\n%v\n%v", a, b)
	}
}
