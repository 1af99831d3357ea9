package theorems

import (
	"sounding/verify"
)

// Harm that the first k tokens decide, as an arbitrary function of them.

// decidedLeaves bounds the shapes that claims about such harm are certified for: they are
// checked for every k.
const decidedLeaves = 512

// decidedBy returns the world with harm that the first k tokens decide, an arbitrary
// function of them. Its process must be a prefix tree.
func decidedBy[E any](w *World[E], k int) *World[E] {
	leaves := w.Family.Process.States(w.T())
	harm := make([]E, leaves)
	block := leaves / w.Family.Process.States(k)
	for x := range harm {
		harm[x] = w.Test()[k][x/block]
	}
	return withHarm(w, harm)
}

// withHarm returns the world with another harm per final state.
func withHarm[E any](w *World[E], harm []E) *World[E] {
	family := w.Family
	family.Numbers = w.Family.Numbers.WithHarm(harm)
	v := verify.NewWorld(w.Ring, family)
	v.Tangents, v.Test, v.Arbitrary, v.Objective = w.Tangents, w.Test, w.Arbitrary, w.Objective
	v.ReportTo(w)
	return v
}

// onTree reports whether the process of the world is a prefix tree.
func onTree[E any](w *World[E]) bool {
	n := 1
	for t := 1; t <= w.T(); t++ {
		l := w.Layer(t)
		if n *= w.V(); l.Edges() != n || w.Family.Process.States(t) != n {
			return false
		}
		for e := range l.Edges() {
			if l.Next(e) != e {
				return false
			}
		}
	}
	return true
}

// eachDecided calls f with a world whose harm k tokens decide, for k = 0…T−1.
func eachDecided[E any](w *World[E], f func(v *World[E], k int)) {
	if !onTree(w) {
		w.Vacuous()
		return
	}
	for k := range w.T() {
		f(decidedBy(w, k), k)
	}
}
