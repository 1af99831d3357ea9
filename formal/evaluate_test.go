package formal

import (
	"context"
	"flag"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"sounding/generators"
	"sounding/internal/testenv"
)

// needCoq skips the test where there is no Coq.
func needCoq(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("running Coq takes many seconds")
	}
	if _, err := exec.LookPath("coqc"); err != nil {
		t.Skip("coqc is not installed: apt-get install --no-install-recommends coq")
	}
}

func source(t *testing.T, name string) string {
	t.Helper()
	text, err := files.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// compile writes a file of the theory to a directory and compiles it.
func compile(t *testing.T, dir, name, text string) (output string) {
	t.Helper()
	write(t, filepath.Join(dir, name), text)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "coqc", "-q", "-Q", ".", "Formal", name)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%.2000s", name, err, out)
	}
	return string(out)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

var printed = regexp.MustCompile(`\(\(?(-?\d+)\)?%Z, (\d+)%positive\)`)

// evaluate returns what Coq makes of the given definitions on each subject. The directory
// has what they rest on, compiled. They are part of the file that is evaluated: starting Coq
// costs more than reading them.
func evaluate(t *testing.T, dir, definitions string, subjects []*subject) [][]*big.Rat {
	t.Helper()
	const require = "Require Export Formal.Definitions.\n"
	evaluation := source(t, "Evaluate.v")
	if !strings.Contains(evaluation, require) {
		t.Fatalf("Evaluate.v does not contain %q", require)
	}
	var b strings.Builder
	b.WriteString(definitions)
	b.WriteString(strings.Replace(evaluation, require, "", 1))
	b.WriteString("Set Printing Width 10000000.\nSet Printing Depth 10000000.\n")
	for _, s := range subjects {
		fmt.Fprintf(&b, "Eval vm_compute in show (values %d %d (", s.Length(), len(s.parameters))
		s.tree(&b, 0, 0)
		b.WriteString(")).\n")
	}
	out := compile(t, dir, "Instances.v", b.String())
	var values [][]*big.Rat
	for _, answer := range strings.Split(out, "     = ")[1:] {
		var v []*big.Rat
		for _, match := range printed.FindAllStringSubmatch(answer, -1) {
			r, ok := new(big.Rat).SetString(match[1] + "/" + match[2])
			if !ok {
				t.Fatalf("cannot read %q", match[0])
			}
			v = append(v, r)
		}
		values = append(values, v)
	}
	if len(values) != len(subjects) {
		t.Fatalf("%d answers for %d instances", len(values), len(subjects))
	}
	return values
}

// compare returns the first difference between the values of the theory and those of
// the solvers, or nothing, and counts what it compared.
func compare(t *testing.T, s *subject, got []*big.Rat) (difference string, compared int) {
	t.Helper()
	recursion, penalty, derivative, err := recursive(s)
	if err != nil {
		t.Fatal(err)
	}
	enumeration, err := enumerated(s)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != len(recursion) || len(got) != len(enumeration) {
		t.Fatalf("%d values of the theory, %d by recursion, %d by enumeration", len(got), len(recursion), len(enumeration))
	}
	total := new(big.Rat)
	totals := make([]*big.Rat, len(s.parameters))
	for i := range totals {
		totals[i] = new(big.Rat)
	}
	T := s.Length()
	for k, v := range got {
		if recursion[k].name != enumeration[k].name {
			t.Fatalf("value %d is %s by recursion, %s by enumeration", k, recursion[k].name, enumeration[k].name)
		}
		if w := enumeration[k].value; v.Cmp(w) != 0 {
			return fmt.Sprintf("%s = %s: want %s, by enumeration", enumeration[k].name, v.RatString(), w.RatString()), compared
		}
		compared++
		if w := recursion[k].value; w != nil {
			if v.Cmp(w) != 0 {
				return fmt.Sprintf("%s = %s: want %s, by recursion", recursion[k].name, v.RatString(), w.RatString()), compared
			}
			compared++
		}
	}
	// What the solvers give as a sum over positions, with the weights η_t.
	block := 3*T + 1 // of the values for one parameter
	first := len(got) - len(s.parameters)*block
	for t := 1; t <= T; t++ {
		eta := s.Eta(t)
		total.Add(total, new(big.Rat).Mul(eta, got[first-T+t-1]))
		for i := range totals {
			totals[i].Add(totals[i], new(big.Rat).Mul(eta, got[first+(i+1)*block-T+t-1]))
		}
	}
	if total.Cmp(penalty) != 0 {
		return fmt.Sprintf("the penalty is %s: want %s, by recursion", total.RatString(), penalty.RatString()), compared
	}
	for i, w := range derivative {
		if totals[i].Cmp(w) != 0 {
			return fmt.Sprintf("the derivative of the penalty along θ_%d is %s: want %s, by recursion", s.parameters[i], totals[i].RatString(), w.RatString()), compared
		}
	}
	return "", compared + 1 + len(derivative)
}

// draw returns the first cases of a seed, of at most 9 sequences, most of at most 6: the
// definitions, taken literally, cost the third power of that.
func draw(seed uint64, n int) []*subject {
	var subjects []*subject
	for i := range n {
		limits := generators.Limits{Leaves: 6}
		if i%10 == 9 {
			limits.Leaves = 9
		}
		subjects = append(subjects, newSubject(generators.Example(limits, seed, i)))
	}
	return subjects
}

// TestDefinitions: the definitions of the theory, evaluated by Coq, have the values that the
// solvers compute, by recursion and by enumeration, to the last digit; and a fault in a
// definition is noticed.
func TestDefinitions(t *testing.T) {
	needCoq(t)
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"Algebra.v", "Sums.v"} {
		compile(t, dir, name, source(t, name))
	}
	t.Run("as they are", func(t *testing.T) { testAgreement(t, dir) })
	for i, f := range definitionFaults {
		if testenv.Effort() == 1 && i%5 != 1 {
			continue
		}
		t.Run(f.name, func(t *testing.T) { testFault(t, dir, f) })
	}
}

func testAgreement(t *testing.T, dir string) {
	subjects := draw(flag.Lookup("rapid.seed").Value.(flag.Getter).Get().(uint64), testenv.Scale(30))
	subjects = append(subjects, missing(t, subjects)...)
	compared := 0
	for i, values := range evaluate(t, dir, source(t, "Definitions.v"), subjects) {
		difference, k := compare(t, subjects[i], values)
		if difference != "" {
			t.Errorf("case %d, %s: %s", i, subjects[i].String(), difference)
		}
		compared += k
	}
	t.Logf("%d comparisons on %d cases", compared, len(subjects))
}

// missing returns a case of every class that the given ones lack.
func missing(t *testing.T, subjects []*subject) []*subject {
	t.Helper()
	drawn := map[generators.Class]bool{}
	for _, s := range subjects {
		for _, class := range generators.Classify(s.Case) {
			drawn[class] = true
		}
	}
	var more []*subject
	for _, class := range generators.Classes() {
		for i := 0; !drawn[class]; i++ {
			if i == 5000 {
				t.Fatalf("no case of the class %q", class)
			}
			c := generators.Example(generators.Limits{Leaves: 9}, 2, i)
			if slices.Contains(generators.Classify(c), class) {
				more, drawn[class] = append(more, newSubject(c)), true
			}
		}
	}
	return more
}

// fault replaces a text in Definitions.v.
type fault struct{ name, old, new string }

var definitionFaults = []fault{
	{"weights are added", "p (fst x) * weight w'", "p (fst x) + weight w'"},
	{"the innovation is that of the next token", "h t Harm (S k) w - h t Harm k w", "h t Harm (S (S k)) w - h t Harm (S k) w"},
	{"the covariance is not centred", "(X w - a) * (Y w - b)", "X w * Y w"},
	{"the state is one token behind", "state (snd x) w' k'\n", "match k' with O => t | S _ => state (snd x) w' k' end\n"},
	{"the contribution is that of h before the token", "condcov t k (h t Harm (S k))", "condcov t k (h t Harm k)"},
	{"the score is that of the next position", "match nth_error w k with", "match nth_error w (S k) with"},
	{"recovery tokens fail", "if R e then 0 else 1", "if R e then 1 else 0"},
	{"policy and adversary change places", "expect q t (cond p t k (failure R k))", "expect p t (cond q t k (failure R k))"},
	{"recovery information is ρ alone", "rho p t R k w * (1 - rho p t R k w)", "rho p t R k w"},
	{"the tangent is doubled", "(p e, dp e) : dual", "(p e, dp e + dp e) : dual"},
	{"the recursion squares the probability", "p (fst x) * backward", "p (fst x) * p (fst x) * backward"},
}

func testFault(t *testing.T, dir string, f fault) {
	before, after, ok := strings.Cut(source(t, "Definitions.v"), f.old)
	if !ok {
		t.Fatalf("Definitions.v does not contain %q", f.old)
	}
	subjects := draw(1, 5)
	for i, values := range evaluate(t, dir, before+f.new+after, subjects) {
		if difference, _ := compare(t, subjects[i], values); difference != "" {
			t.Log(difference)
			return
		}
	}
	t.Error("not noticed")
}
