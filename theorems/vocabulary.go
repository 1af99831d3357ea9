package theorems

import (
	"iter"

	"sounding/exact/field"
	"sounding/verify"
)

// What every topic speaks of.
type (
	Statement = verify.Statement
	Claim     = verify.Claim
	Falsehood = verify.Falsehood
	NearMiss  = verify.Falsehood
	Check     = verify.Check
	Condition = verify.Condition
	Source    = verify.Source
	Place     = verify.Place
	Shape     = verify.Shape

	World[E any] = verify.World[E]
)

// The numbers that checks run in.
type (
	rat = field.Rat       // ℚ
	mod = uint64          // 𝔽_p
	enc = field.Enclosure // outward-rounded intervals
)

// Readings that several statements share.
const (
	branchReading = "the branch of stationary points through θ_0"
	lostDisplay   = "The text at hand has lost the display. This is the step that the proof takes there."
	ownReading    = "Our own: the paper does not state it."
)

// shape returns the shape of the prefix trees of sequences of the given length.
func shape(vocabulary, length int) Shape { return Shape{Vocabulary: vocabulary, Length: length} }

// mustModel returns what a constructor of package model makes of parts that fit.
func mustModel[E any](v E, err error) E {
	if err != nil {
		panic("theorems: built something invalid: " + err.Error())
	}
	return v
}

// absolute runs through the lists of n integers whose absolute values add up to
// size, in lexicographic order, a positive entry before its negative. The list is
// overwritten by the next.
func absolute(n int, size int64) iter.Seq[[]int64] {
	return func(yield func([]int64) bool) {
		list := make([]int64, n)
		var extend func(i int, rest int64) bool
		extend = func(i int, rest int64) bool {
			if i == n {
				return rest > 0 || yield(list)
			}
			for v := range rest + 1 {
				for _, list[i] = range []int64{v, -v} {
					if !extend(i+1, rest-v) {
						return false
					}
					if v == 0 {
						break
					}
				}
			}
			return true
		}
		extend(0, size)
	}
}

func itself[E any](v E) E { return v }

// interval returns the ring of a world of enclosures as the number system it is.
func interval(w *World[enc]) field.Interval { return w.Ring.(field.Interval) }

// rationals returns the ring of a world over ℚ as the field it is.
func rationals(w *World[rat]) *field.Rational { return w.Ring.(*field.Rational) }

// everyPrefix runs f at every prefix: at each position, in each state that one ends in.
func everyPrefix[E any](w *World[E], f func(t, x int)) {
	for t := 1; t <= w.T(); t++ {
		for x := range w.States(t) {
			f(t, x)
		}
	}
}

// fieldOf returns the ring of a world as the field it is.
func fieldOf[E any](w *World[E]) field.Field[E] { return w.Ring.(field.Field[E]) }

// fraction returns n/d in the field of the world.
func fraction[E any](w *World[E], n, d int64) E {
	return defined(fieldOf(w).Quo(w.FromInt(n), w.FromInt(d))) // small integers are invertible
}

// defined returns a number or a table that exists for the case at hand. It panics with the
// error otherwise: a mistake in the suite, or a case that is too large to enumerate.
func defined[V any](v V, err error) V {
	if err != nil {
		panic(err)
	}
	return v
}

// truth returns 1 for true and 0 for false.
func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

// rational returns the scalar of the case with the given name.
func rational(w *World[rat], name string) rat {
	return defined(rationals(w).FromRat(w.Case.Scalar(name)))
}
