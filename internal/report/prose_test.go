package report

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestClauses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		formula string
		want    []string
	}{
		{"a", []string{"a"}},
		{"a = b; c", []string{"a = b", "c"}},
		{"I(X; Y) ≥ 0; [a; b] {c; d}", []string{"I(X; Y) ≥ 0", "[a; b] {c; d}"}},
	} {
		if diff := cmp.Diff(c.want, clauses(c.formula)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.formula, diff)
		}
	}
}

func TestProse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ reason, text, want string }{
		{"a subscript opens nothing", "h_t and P*(y)", "h_t and P*(y)"},
		{"nor does that of a letter with a macron", "Ḡ_t and F̄_t", "Ḡ_t and F̄_t"},
		{"an integral's bound would", "∫_0^λ Var_a", `∫\_0^λ Var_a`},
		{"so would a star in front", "the *law* of P", `the \*law* of P`},
	} {
		if got := new(printer).prose(c.text); got != c.want {
			t.Errorf("%s: %q, want %q", c.reason, got, c.want)
		}
	}
}

func TestRanges(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		set  []int
		want string
	}{
		{[]int{3}, "3"},
		{[]int{3, 2}, "2, 3"},
		{[]int{4, 2, 3, 3}, "2–4"},
		{[]int{2, 4, 5, 6, 8, 9}, "2, 4–6, 8, 9"},
	} {
		if got := ranges(c.set); got != c.want {
			t.Errorf("ranges(%v) = %q, want %q", c.set, got, c.want)
		}
	}
}

func TestItemWraps(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	p := onTerminal(&b, 0, nil)
	p.item("%s", strings.Repeat("äöüß ", 50))
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	if len(lines) != 3 {
		t.Errorf("%d lines of 50 words, want 3:\n%s", len(lines), &b)
	}
	for i, l := range lines {
		if n := len([]rune(l)); n > lineWidth || strings.TrimRight(l, " ") != l {
			t.Errorf("line %d: %d characters, want at most %d and no blank at the end: %q", i, n, lineWidth, l)
		}
		if want := [...]string{"- ä", "  ä", "  ä"}[i]; !strings.HasPrefix(l, want) {
			t.Errorf("line %d: %q, want a line that starts with %q", i, l, want)
		}
	}
}

// TestFormulasInProse: variables, signs and what stands beside them are formulas; words, names and numbers
// of sentences are not.
func TestFormulasInProse(t *testing.T) {
	t.Parallel()
	tags := regexp.MustCompile(`</?m[a-z]+[^>]*>`)
	for _, c := range []struct{ text, want string }{
		{"a policy of Appendix A, x-thm-22 and k2-like", "a policy of Appendix A, x-thm-22 and k2-like"},
		{"At γ = 1 it is at most β(T−k), in 2 cases.", "At [γ] [=] [1] it is at most [β(T−k),] in 2 cases."},
		{"the law of P_0's prefixes", "the law of [P0's] prefixes"},
		{"log E_0[f] and a log of k tokens", "[log] [E0[f]] and a log of [k] tokens"},
		{"Harm = KL + 1/2 where KL is", "[Harm] [=] [KL] [+] [1/2] where KL is"},
		{"P*(0), λ² and E[Harm]; (Remark 6)", "[P*(0),] [λ2] and [E[Harm];] (Remark 6)"},
		{"Ḡ, F̄ and w(x)", "[G¯,] [F¯] and [w(x)]"},
		{"the tokens a, b", "the tokens [a,] [b]"},
	} {
		got := strings.NewReplacer("<math>", "[", "</math>", "]", "&#39;", "'").Replace(string(Prose(c.text)))
		if got = tags.ReplaceAllString(got, ""); got != c.want {
			t.Errorf("%q: %s, want %s", c.text, got, c.want)
		}
	}
}
