package main

import "testing"

func TestSigns(t *testing.T) {
	t.Parallel()
	sound := outcome{Statement: "cor-7", Comparisons: 10, Inequalities: []string{"a ≤ b: 3, 1, 0.5"}, Refuted: []string{"case 0: 1 ≠ 2", "case 2: 1 > 0", ""}}
	weaker, elsewhere, passes, fewer, vacuous := sound, sound, sound, sound, sound
	weaker.Inequalities = []string{"a ≤ b: 3, 0, 0.7"}
	elsewhere.Refuted = []string{"case 0: 1 ≠ 2", "case 3: 1 > 0", ""}
	passes.Refuted = []string{"case 0: 1 ≠ 2", "", ""}
	fewer.Comparisons = 9
	vacuous.Vacuous = 1
	for _, c := range []struct {
		got  outcome
		want sign
	}{
		{sound, ""},
		{outcome{Comparisons: 4, Fails: "cor-7 fails"}, fails},
		{passes, unseen},
		{outcome{Panic: "index out of range"}, panics},
		{fewer, reports},
		{vacuous, reports},
		{weaker, reports},
		{elsewhere, reports},
	} {
		if got := c.got.differs(&sound); got != c.want {
			t.Errorf("%+v: sign %q, want %q", c.got, got, c.want)
		}
	}
}
