package theorems

import (
	"fmt"
	"strings"
	"testing"

	"sounding/exact/field"
	"sounding/generators"
	"sounding/verify"
)

// TestEqualityIsReached counts how often the gap of each bound is zero, and how
// often it is not, where d varies: claims that hold of no case on one of the sides
// would say nothing there.
func TestEqualityIsReached(t *testing.T) {
	t.Parallel()
	const cases, least = 100, 10
	count := make(map[string][2]int)
	note := func(pairing, family, bound string, gap bool) {
		key := fmt.Sprintf("%s, %s: %s", pairing, family, bound)
		n := count[key]
		n[truth(gap)]++
		count[key] = n
	}
	for i := range cases {
		w := verify.NewCaseWorld(field.NewRational(), generators.Example(generators.Limits{}, 11, i))
		for name, pair := range map[string]pair[rat]{"harm": harmPairing[rat], "recovery": failurePairing[rat]} {
			for family, f := range map[string]*World[rat]{
				"of the case": w, "by prefix": inProportion(w, pair, byPrefix(w)),
				"constant": inProportion(w, pair, constant(w)), "per variance": inProportion(w, pair, perVariance(w, pair)),
			} {
				everyPairing(f, pair, func(c *pairing[rat]) {
					if w.IsZero(c.information) || w.IsZero(f.Dot(c.weight, c.traces)) {
						return
					}
					note(name, family, "mean", !w.IsZero(c.meanGap()))
					note(name, family, "sharp", !w.IsZero(c.sharpGap()))
					if !f.Family.Param.Tabular() {
						gap, _ := exactFit(c.ofPosition())
						note(name, family, "form", !w.IsZero(gap))
					}
					for x := range c.weight {
						note(name, family, "pointwise", !w.IsZero(c.rowGap(x)))
					}
				})
			}
		}
	}
	for _, name := range []string{"harm", "recovery"} {
		for _, test := range []struct {
			key          string
			equal, apart bool // whether there have to be such, and others there must not
		}{
			{"of the case: pointwise", true, true},
			{"of the case: mean", true, true},
			{"of the case: sharp", true, true},
			{"of the case: form", true, true},
			{"by prefix: pointwise", true, false},
			{"by prefix: mean", true, true},
			{"by prefix: sharp", true, true},
			{"by prefix: form", true, true},
			{"constant: pointwise", true, false},
			{"constant: mean", true, true},
			{"constant: sharp", true, false},
			{"constant: form", true, false},
			{"per variance: pointwise", true, false},
			{"per variance: mean", true, true},
			{"per variance: sharp", true, true},
			{"per variance: form", true, true},
		} {
			key := name + ", " + test.key
			equal, apart := count[key][0], count[key][1]
			t.Logf("%-35s equal %4d, apart %4d", key, equal, apart)
			if test.equal && equal < least {
				t.Errorf("%s: equality on %d occasions, want at least %d", key, equal, least)
			}
			if test.apart && apart < least || !test.apart && apart > 0 {
				t.Errorf("%s: no equality on %d occasions, want %v", key, apart, map[bool]string{true: fmt.Sprint(least, " or more"), false: "none"}[test.apart])
			}
		}
	}
}

// TestCertifiedAtAllShapes: an identity of each of these statements has no bound of
// its own on the shapes.
func TestCertifiedAtAllShapes(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"prop-4", "eq-22", "eq-23", "lem-12", "thm-13", "thm-13-sharp", "lem-28", "own-pointwise", "own-prompt"} {
		s, ok := Find(id)
		if !ok {
			t.Fatalf("no %s", id)
		}
		unbounded := 0
		for _, check := range s.Checks() {
			if check.IsIdentity() && check.Limits.Leaves == 0 {
				unbounded++
			}
		}
		if unbounded == 0 {
			t.Errorf("%s: every identity is bounded to small shapes", id)
		}
	}
}

func TestReplayOfAnUnknownStatement(t *testing.T) {
	t.Parallel()
	_, err := Replay(&verify.Stored{Statement: "thm-99"})
	if err == nil || !strings.Contains(err.Error(), `/statement: no statement "thm-99"`) {
		t.Errorf("error %v, want one that names /statement and thm-99", err)
	}
}
