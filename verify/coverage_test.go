package verify

import (
	"regexp"
	"slices"
	"testing"

	"golang.org/x/sync/errgroup"

	"sounding/generators"
)

// What the random cases of an ordinary run have to reach.
const (
	// leastEffective is the least share of its cases, in hundredths, on which a
	// statement compares something.
	leastEffective = 20
	// leastCompared is the least number of comparisons of an inequality.
	leastCompared = 10
	// nearEnough is the relative slack that some case has to bring an inequality below,
	// unless sides are equal somewhere: what is never near could have a wrong constant.
	nearEnough = 0.25
)

// thin returns the formulas of a claim of which fewer than LeastInstances are counted.
func thin(c *Evidence, count func(Tally) int) []string {
	var list []string
	for _, formula := range c.formulas() {
		n := 0
		for _, q := range slices.Concat(c.Tallies, c.FamilyTallies) {
			if q.Formula == formula {
				n += count(q)
			}
		}
		if n < LeastInstances {
			list = append(list, formula)
		}
	}
	return list
}

func instances(q Tally) int { return q.Cases }

// telling counts the comparisons that are not of 0 with 0.
func telling(q Tally) int { return q.Comparisons - q.Trivial }

// saysZero matches the formulas of which a side is zero: all of their comparisons are of 0 with 0.
var saysZero = regexp.MustCompile(`= 0\b|order [01]\b|up to order`)

// gaps names further such formulas, and says what is compared with zero in their place.
var gaps = map[string]string{
	"rem-5: s_t = c·Δ_t ⇒ ‖C_t‖² = Var(h_t|y_<t)·tr F_t":                "the difference of both sides",
	"own-pointwise: tabular, two tokens: ‖C_t‖² = Var(h_t|y_<t)·tr F_t": "the difference of both sides",
	"x-rem-3: P_θ*(a|y_<t) = P_0(a|y_<t), t > k":                        "the coefficient of a power of λ in P_θ*",
}

// loose names inequalities that no case can bring near to equality, and why.
var loose = map[string]string{
	"own-kappa: ρ_0 < 1": "the maximum lies within (0, 1), wherever that is",
	"x-assumption-1-global: L(P) ≤ L(P_0) ⇒ KL ≤ λ²/2":               "Pinsker's inequality, which no case meets, stands behind it",
	"x-assumption-1-global: L(P) ≤ L(P_0) ⇒ KL ≤ λ(E_0 − E_P)[Harm]": "equality would be L(P) = L(P_0), by coincidence",
}

// TestGeneratedCases holds the random cases of an ordinary run against what makes
// their evidence count: that each statement has something to say about them, and that
// they bring each inequality near to where it would fail.
func TestGeneratedCases(t *testing.T) {
	if testing.Short() {
		t.Skip("all checks on all cases take several seconds")
	}
	t.Parallel()
	r := &Report{Seed: 1}
	for _, s := range registry() {
		r.Entries = append(r.Entries, newEntry(s))
	}
	if err := r.runCases(t.Context(), ordinaryCases, &progress{}); err != nil {
		t.Fatal(err)
	}
	if err := r.runFormal(t.Context(), ordinaryCases); err != nil {
		t.Fatal(err)
	}
	group, ctx := errgroup.WithContext(t.Context())
	group.SetLimit(workers())
	for _, e := range r.Entries {
		group.Go(func() error { return e.topUp(ctx, 1, ordinaryCases) })
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	known := make(map[string]bool)
	for _, e := range r.Entries {
		id := e.Statement.ID
		for i := range e.Claims {
			c := &e.Claims[i]
			if met := slices.ContainsFunc(c.Tallies, func(q Tally) bool { return q.Agreed > 0 }); met != c.Check.Agrees {
				t.Errorf("%s, check %d: equalities that enclosures do not decide: %v, but the check says %v", id, i+1, met, c.Check.Agrees)
			}
			if list := thin(c, instances); len(list) > 0 {
				t.Errorf("%s, check %d: compared on fewer than %d instances: %q", id, i+1, LeastInstances, list)
			}
			for _, formula := range thin(c, telling) {
				if !saysZero.MatchString(formula) && gaps[id+": "+formula] == "" {
					t.Errorf("%s, check %d: fewer than %d comparisons that are not of 0 with 0: %s", id, i+1, LeastInstances, formula)
				}
			}
		}
		if e.Tried == 0 || 100*(e.Tried-e.EmptyCases) < leastEffective*e.Tried {
			t.Errorf("%s: nothing is compared on %d of %d cases", id, e.EmptyCases, e.Tried)
		}
		if e.UndecidedCases > 0 {
			t.Errorf("%s: %d of %d cases are not decided", id, e.UndecidedCases, e.Tried)
		}
		for _, q := range e.Tallies {
			if !q.Inequality {
				continue
			}
			name := id + ": " + q.Formula
			known[name] = true
			if q.Comparisons < leastCompared {
				t.Errorf("%s is compared %d times, want %d at least", name, q.Comparisons, leastCompared)
			}
			near := q.Equal > 0 || q.Least <= nearEnough || aboutZero(q)
			switch {
			case !near && loose[name] == "":
				t.Errorf("%s: the least slack is %g, want an equality or %g", name, q.Least, nearEnough)
			case near && loose[name] != "":
				t.Errorf("loose names %s, which comes near to equality; remove it", name)
			}
		}
	}
	for _, class := range generators.Classes() {
		if class.Least() >= 10 && r.Classes[class] == 0 {
			t.Errorf("none of the shared cases has %s", class)
		}
		if class.Degenerate() && 4*r.Classes[class] > ordinaryCases {
			t.Errorf("%d of %d shared cases have %s", r.Classes[class], ordinaryCases, class)
		}
	}
	for name := range loose {
		if !known[name] {
			t.Errorf("loose names %s, which is no inequality; remove it", name)
		}
	}
}

// aboutZero reports whether one side of an inequality is always zero, so that its
// sides have no relative distance.
func aboutZero(q Tally) bool { return q.Equal == 0 && q.Least > 1e300 }
