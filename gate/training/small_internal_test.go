package training

import (
	"slices"
	"testing"
)

// TestChanges: a small question is changed in every part that its quantity may look at, and
// in that alone, to every other value that the part can have.
func TestChanges(t *testing.T) {
	t.Parallel()
	type value struct{ part, value string }
	values := func(edits []edit) (list []value) {
		for _, e := range edits {
			list = append(list, value{e.part, e.value})
		}
		return list
	}
	n := 0
	for small := range Quantity("kl").Smallest(Claim{}, 200) {
		own, all := values(small.edits), values(small.quantity.edits(small.length, Claim{}))
		parts, others := small.Changes(Claim{})
		for _, p := range parts {
			elsewhere := slices.DeleteFunc(slices.Clone(own), func(v value) bool { return v.part == p })
			got := make(map[value]int)
			for _, o := range others[p] {
				changed := values(o.edits)
				rest := slices.DeleteFunc(slices.Clone(changed), func(v value) bool { return v.part == p })
				if !slices.Equal(rest, elsewhere) {
					t.Errorf("%v is changed in %s to %v", own, p, changed)
				}
				v := value{part: p} // the value that no edit sets
				if len(changed) > len(rest) {
					v = changed[len(changed)-1]
				}
				got[v]++
			}
			for _, v := range append(all, value{part: p}) {
				held := slices.Contains(own, v) || v.value == "" && len(elsewhere) == len(own)
				if want := v.part == p && !held; want != (got[v] == 1) {
					t.Errorf("%v is changed %d times to %v", own, got[v], v)
				}
			}
		}
		n++
		for _, v := range all {
			if !slices.Contains(parts, v.part) {
				t.Errorf("%v is not changed in %s", own, v.part)
			}
		}
	}
	if n != 200 {
		t.Errorf("%d small questions, want 200", n)
	}
}
