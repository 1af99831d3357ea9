package theorems

import (
	"math/big"
	"regexp"
	"strings"
	"testing"

	"sounding/exact/field"
	"sounding/verify"
)

var (
	writtenNumber = regexp.MustCompile(`[0-9]+(?:\.[0-9]+|/[0-9]+)?`)
	// names are parts of a story whose numbers count nothing.
	names = regexp.MustCompile(`_\{?[0-9]+|(Theorem|Section|eq\.|position|token|candidate) ?[0-9]+|P[*_θ0]*\([01](\|[01])?\)`)
)

// numbersIn returns the numbers in a text, fractions and decimals, as it writes them.
func numbersIn(text string) []string { return writtenNumber.FindAllString(text, -1) }

// derived are numbers that a story names and that its counterexample holds only by a short
// calculation.
var derived = map[string]func(c *verify.Counterexample) []*big.Rat{
	// The variances that remain after independent observations, their differences and quotients.
	"x-rem-1": func(c *verify.Counterexample) []*big.Rat {
		v := c.Case.Covariance
		left := v[0][0]
		list := []*big.Rat{left}
		for i := 1; i < len(v); i++ {
			drop := new(big.Rat).Quo(new(big.Rat).Mul(v[0][i], v[0][i]), v[i][i])
			next := new(big.Rat).Sub(left, drop)
			list = append(list, drop, next, new(big.Rat).Quo(left, next))
			left = next
		}
		return list
	},
	// Harm is divided by n, its variance by n².
	"x-rem-4": func(*verify.Counterexample) []*big.Rat { return []*big.Rat{big.NewRat(10*10, 1)} },
	// At θ = 0 the logits vanish as they do at θ = 1.
	"x-assumption-1-global": func(*verify.Counterexample) []*big.Rat { return []*big.Rat{new(big.Rat)} },
	// The two gradients: Cov(h_t, s_t) of a coin, ¼ of the difference of harm.
	"x-eq-59": func(c *verify.Counterexample) []*big.Rat {
		w := verify.NewCaseWorld(field.NewRational(), c.Case)
		h := w.Solution().H
		g := new(big.Rat).Sub(h[1][1].Rat(), h[1][0].Rat())
		return []*big.Rat{g.Mul(g, big.NewRat(1, 4))}
	},
	// e^η, both probabilities after the tilt, and where the gain is largest.
	"x-rem-8": func(c *verify.Counterexample) []*big.Rat {
		s, one := c.Case.Scalar("s"), big.NewRat(1, 1)
		u := new(big.Rat).Mul(s, s)
		list := []*big.Rat{u, new(big.Rat).Inv(new(big.Rat).Add(one, s))}
		for _, name := range []string{"rho", "rho2"} {
			rho := c.Case.Scalar(name)
			tilted := new(big.Rat).Mul(rho, u)
			list = append(list, new(big.Rat).Quo(tilted, new(big.Rat).Add(tilted, new(big.Rat).Sub(one, rho))))
		}
		return list
	},
}

// TestStories: a refutation is told, and every number in the story is one of its smallest
// counterexample: in its drawing, on one of its sides, an expected harm, an information or
// what it leaves open, or derived from them.
func TestStories(t *testing.T) {
	t.Parallel()
	for _, s := range All() {
		t.Run(s.ID, func(t *testing.T) {
			t.Parallel()
			if s.Refuted == nil {
				if s.Story != (verify.Story{}) {
					t.Error("it has a story, and refutes nothing")
				}
				return
			}
			for what, text := range map[string]string{"Told": s.Story.Told, "Left": s.Story.Left, "Right": s.Story.Right, "Practice": s.Story.Practice} {
				if text == "" {
					t.Errorf("want a story: %s is empty", what)
				}
			}
			if testing.Short() {
				t.Skip("the search takes up to several seconds")
			}
			c := verify.Smallest(t.Context(), s.ID, s.Refuted.Check, s.CasesOf(s.Refuted))
			if c == nil {
				t.Fatal("no counterexample")
			}
			facts := numbersOf(t, c)
			if more := derived[s.ID]; more != nil {
				facts = append(facts, more(c)...)
			}
			for _, n := range numbersIn(names.ReplaceAllString(s.Story.Told, "")) {
				if !among(facts, n) {
					t.Errorf("the story names %s, which is no number of\n%v\n%v and %v", n, c.Case, c.Violation.Left, c.Violation.Right)
				}
			}
		})
	}
}

// numbersOf returns the numbers of a counterexample.
func numbersOf(t *testing.T, c *verify.Counterexample) []*big.Rat {
	t.Helper()
	text := strings.Join([]string{c.Case.String(), c.Violation.Left.String(), c.Violation.Right.String(), c.Violation.Detail}, " ")
	var facts []*big.Rat
	for _, n := range numbersIn(text) {
		q, ok := new(big.Rat).SetString(n)
		if !ok {
			t.Fatalf("%q is no number", n)
		}
		facts = append(facts, q)
	}
	m := verify.NewCaseWorld(field.NewRational(), c.Case).Solution()
	for _, list := range append(m.H, m.Information, m.Residual) {
		for _, v := range list {
			facts = append(facts, v.Rat())
		}
	}
	return facts
}

// among reports whether a number, as it is written, is one of the facts: equal to it, or a
// decimal to which it is rounded or, as a lower bound, cut off.
func among(facts []*big.Rat, written string) bool {
	_, decimals, rounded := strings.Cut(written, ".")
	n, _ := new(big.Rat).SetString(written)
	for _, q := range facts {
		digits := q.FloatString(len(decimals) + 20)
		if q.Cmp(n) == 0 || rounded && (q.FloatString(len(decimals)) == written || strings.HasPrefix(digits, written)) {
			return true
		}
	}
	return false
}
