package verify

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sounding/exact/field"
	"sounding/model"
)

// sides holds what a check compares: by formula and place, the sides of all comparisons there.
type sides map[string]map[Place][]string

// sidesOn returns the sides of a check on a case, the functions and numbers of a role being
// others in its world; nil if the check panics there, as on what is no case of the claim.
func sidesOn(check Check, c *model.Case, exchanged role) (s sides) {
	defer func() {
		if recover() != nil {
			s = nil
		}
	}()
	s = make(sides)
	note := func(at Place, formula string, left, right any) {
		if s[formula] == nil {
			s[formula] = make(map[Place][]string)
		}
		s[formula][at] = append(s[formula][at], NewSide(left).String(), NewSide(right).String())
	}
	if check.Rational != nil {
		runWith(check.Rational, NewCaseWorld(field.NewRational(), c), note, exchanged)
	} else {
		runWith(check.Interval, NewCaseWorld(field.NewInterval(field.DefaultPrecision), c), note, exchanged)
	}
	return s
}

func runWith[E any](check func(*World[E]), w *World[E], note func(Place, string, any, any), exchanged role) {
	doubled := func(list []E) []E {
		next := make([]E, len(list))
		for i, v := range list {
			next[i] = w.Add(v, v)
		}
		return next
	}
	test, numbers, tangents := w.Test, w.Arbitrary, w.Tangents
	switch exchanged {
	case arbitrary:
		w.Arbitrary = func(n int) []E { return doubled(numbers(n)) }
	case testValue:
		w.Test = func() [][]E {
			var list [][]E
			for _, row := range test() {
				list = append(list, doubled(row))
			}
			return list
		}
	case tangentValue:
		w.Tangents = func() [][][]E {
			var list [][][]E
			for _, tangent := range tangents() {
				var next [][]E
				for _, row := range tangent {
					next = append(next, doubled(row))
				}
				list = append(list, next)
			}
			return list
		}
	}
	w.Observe(note)
	run(check, w)
}

// moved reports whether others has other sides somewhere: under the same formula at the same
// place or, where they are truth values or counts, at other places.
func (s sides) moved(others sides) bool {
	for formula, at := range s {
		there := others[formula]
		for place, list := range at {
			if other, ok := there[place]; ok && !slices.Equal(other, list) {
				return true
			}
		}
		if _, truths := (sides{formula: at}).plain(); truths && len(there) > 0 && len(there) != len(at) {
			return true
		}
	}
	return false
}

// plain reports whether all sides are zero, and whether all are truth values or counts.
func (s sides) plain() (zero, truths bool) {
	zero, truths = true, true
	for _, at := range s {
		for _, list := range at {
			for _, side := range list {
				zero = zero && side == "0"
				_, err := strconv.Atoi(side)
				truths = truths && (err == nil || side == "true" || side == "false")
			}
		}
	}
	return zero, truths
}

// variesWithLambda reports whether there are other sides at another value of e^{−λ/m}, of which
// a check goes through several.
func (s sides) variesWithLambda() bool {
	for _, at := range s {
		seen := make(map[Place][]string)
		for place, list := range at {
			if !strings.Contains(place.Detail, "λ") {
				continue
			}
			place.Detail = ""
			if other, ok := seen[place]; ok && !slices.Equal(other, list) {
				return true
			}
			seen[place] = list
		}
	}
	return false
}

// Cases that letters are held on: of the first triedCases of the claim's own, those on which its
// check compares something.
const (
	triedCases = 100
	heldCases  = 12
	heldSeries = 3
)

// onInstances are further readings, of what an instance has no number for.
var onInstances = []reading{
	{"KL, log", "a logarithm is that of probabilities", regexp.MustCompile(``), []role{probability, beta, gamma}},
	{"s_t, F_t, C_t, G_t, ∂", "the direction leads to a second policy", regexp.MustCompile(`dP\(a\)|d E\[`), []role{arbitrary}},
	{"s_t, F_t, C_t, G_t, ∂", "the scores are in proportion to Δ_t", regexp.MustCompile(`s_t = Δ_t`), []role{probability}},
	{"s_t, F_t, C_t, G_t, ∂", "there is a logit for every state and token", regexp.MustCompile(`one logit vector per state`), []role{probability}},
	{"δ, ε", "δ is the least base recovery", regexp.MustCompile(`ρ_0 ≥ δ|δ < ρ_0`), []role{probability}},
	{"an arbitrary function or number", "g is the function that there is", regexp.MustCompile(`least k`), []role{harmValue}},
	{"Harm, h_t, Δ_t, I_t, C_t, G_t", "C is a policy", regexp.MustCompile(`C\(y`), []role{probability}},
	{"s_t, F_t, C_t, G_t, ∂", "C is a policy", regexp.MustCompile(`C\(y`), []role{probability}},
	{"Harm, h_t, Δ_t, I_t, C_t, G_t", "I_V is about Gaussian variables", regexp.MustCompile(`I_V`), []role{arbitrary}},
}

// A holder finds the letters of a claim that the sides of its check depend on.
type holder struct {
	check     Check
	zero      bool // all sides are zero so far
	truths    bool // all are truth values or counts so far
	exchanged map[role][]sides
	base      sides
	on        *model.Case
}

// moves reports whether other values of a role move a side on the case.
func (h *holder) moves(of role) bool {
	if _, ok := h.exchanged[of]; !ok {
		for _, x := range exchanges {
			if x.of != of {
				continue
			}
			for _, c := range x.other(h.on) {
				h.exchanged[of] = append(h.exchanged[of], sidesOn(h.check, c, of))
				if h.base.moved(h.exchanged[of][len(h.exchanged[of])-1]) {
					break
				}
			}
		}
	}
	return slices.ContainsFunc(h.exchanged[of], h.base.moved)
}

// unheld returns the letters of a claim that no side of its check is seen to depend on, on its
// first cases.
func unheld(claim, context string, check Check, draw func(seed uint64, i int) *model.Case) []string {
	formula := unrecovered.Replace(claim)
	var left []letter
	for _, l := range letters {
		if l.pattern.MatchString(formula) {
			left = append(left, l)
		}
	}
	h := &holder{check: check, zero: true, truths: true}
	most := heldCases
	if check.Series {
		most = heldSeries
	}
	for i, compared := 0, 0; i < triedCases && compared < most && len(left) > 0; i++ {
		if !check.runs(i) {
			continue
		}
		h.on, h.exchanged = draw(1, i), make(map[role][]sides)
		h.base = sidesOn(check, h.on, completion)
		if len(h.base) == 0 {
			continue
		}
		compared++
		zero, truths := h.base.plain()
		h.zero, h.truths = h.zero && zero, h.truths && truths
		if zero {
			continue // as the claim says, and elsewhere nothing is compared
		}
		left = slices.DeleteFunc(left, func(l letter) bool {
			roles := slices.Clone(l.roles)
			for _, r := range slices.Concat(instead, onInstances) {
				if r.name == l.name && r.pattern.MatchString(claim+context) {
					roles = append(roles, r.roles...)
				}
			}
			return slices.ContainsFunc(roles, h.moves) || l.name == "λ" && h.base.variesWithLambda()
		})
	}
	var list []string
	for _, l := range left {
		why := ""
		switch {
		case h.zero:
			why = "both sides are 0"
		case h.truths:
			why = "both sides are truth values or counts"
		}
		list = append(list, l.name+": "+why)
	}
	return list
}

// fixed says why no number of an instance stands for a letter.
var fixed = map[string]string{
	"own-approximate-horizon, claim 4: an arbitrary function or number: ": "g is the harm of the first continuation of a prefix; the theorem in Coq has every g",
	"own-stopping-horizon, claim 3: s_t, F_t, C_t, G_t, ∂: ":              "where one token is certain its score is 0",
	"rem-5, claim 1: an arbitrary function or number: ":                   "c is what the score divided by Δ_t is, if that is one number",
	"x-thm-22, claim 5: Q, w: ":                                           "the check makes a Q of its own, without recovery tokens",
	"rem-6, claim 3: γ, η_t: ":                                            "γ is 1 − 1/2n",
	"x-rem-6, claim 2: Q, w: ":                                            "C recovers for certain wherever Q goes after b, whatever Q is",
	"x-rem-6, claim 3: R, ρ: ":                                            "with other recovery tokens the policy at hand costs more than C, and nothing is compared",
	"x-rem-8, claim 2: R, ρ: ":                                            "the formula has numbers",
	"x-rem-8, claim 2: β, η: ":                                            "the formula has numbers",
}

// TestMisprintsOnInstancesAreSeen: a letter printed for a check that does not depend on it is
// noticed, and none is that it does depend on.
func TestMisprintsOnInstancesAreSeen(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		id      string
		claim   int
		formula string
		want    []string
	}{
		{"thm-13", 1, "‖G_t‖² ≤ κ·I_t", nil},
		{"thm-13", 1, "λ²·‖G_t‖² ≤ κ·λ²·I_t", []string{"λ: "}},
		{"thm-13", 1, "‖G_t^rec‖² ≤ κ·I_t^rec", []string{"Q, w: ", "R, ρ: "}},
		{"lem-28", 1, "‖G_t^rec‖² ≤ κ·I_t^rec", nil},
		{"lem-28", 1, "‖G_t‖² ≤ κ·I_t", []string{"Harm, h_t, Δ_t, I_t, C_t, G_t: "}},
		{"own-prefill", 3, "h_j − E_{P*_λ}[Harm|y_≤j] ≤ tanh(λ/4)", nil},
		{"eq-82", 0, "Σ_{k<t≤T} βγ^t ≤ βγ^{k+1}/(1−γ)", nil},
		{"eq-82", 0, "Σ_{k<t≤T} E_Q[βγ^t] ≤ βγ^{k+1}/(1−γ)", []string{"Q, w: "}},
		{"thm-22", 1, "Σ_{t>k} KL_t ≤ Σ_{t>k} λ·η_tρ*_t", []string{"λ: "}},
		{"thm-10", 0, "C_t = 0", []string{"Harm, h_t, Δ_t, I_t, C_t, G_t: both sides are 0", "s_t, F_t, C_t, G_t, ∂: both sides are 0"}},
	} {
		s := named(test.id)[0]
		if got := unheld(test.formula, "", s.Claims[test.claim].Check, s.Cases().Draw); !slices.Equal(got, test.want) {
			t.Errorf("%s for claim %d of %s: noticed %q, want %q", test.formula, test.claim+1, test.id, got, test.want)
		}
	}
}

const unheldFile = "testdata/letters.txt"

// TestLettersOnInstances: on instances, too, a check that is no identity compares sides that depend
// on every letter of its claim, but for those in the file, each with its reason. What such a check
// depends on beyond the letters is not looked at: an optimum depends on harm.
func TestLettersOnInstances(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the checks of some 140 claims again and again")
	}
	t.Parallel()
	lists := make([][]string, len(registry()))
	var group sync.WaitGroup
	for i, s := range registry() {
		group.Go(func() {
			for k, c := range s.Claims {
				if c.Check.IsIdentity() {
					continue
				}
				context := strings.Join(slices.Concat(s.Hypotheses, c.Hypotheses), "; ")
				for _, l := range unheld(s.ClaimFormula(k), context, c.Check, s.Cases().Draw) {
					line := fmt.Sprintf("%s, claim %d: %s", s.ID, k+1, l)
					lists[i] = append(lists[i], line+fixed[line])
				}
			}
		})
	}
	group.Wait()
	lines := slices.Concat(lists...)
	for letter, why := range fixed {
		if !slices.Contains(lines, letter+why) {
			t.Errorf("%q is held after all, or is no letter of the claim", letter)
		}
	}
	for _, line := range lines {
		if strings.HasSuffix(line, ": ") {
			t.Errorf("%sno side depends on it; say why", line)
		}
	}
	text := strings.Join(lines, "\n") + "\n"
	want, err := os.ReadFile(unheldFile)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(text, "\n")); d != "" {
		t.Errorf("%s (-want +got): let the check depend on the letter, or change the file\n%s", unheldFile, d)
	}
}
