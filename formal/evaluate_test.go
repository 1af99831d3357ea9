package formal

import (
	"context"
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

// compile writes the named files of the theory to a directory and compiles them in
// this order.
func compile(t *testing.T, dir string, names ...string) {
	t.Helper()
	for _, name := range names {
		compileText(t, dir, name, source(t, name))
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

func compileText(t *testing.T, dir, name, text string) {
	t.Helper()
	write(t, filepath.Join(dir, name), text)
	if out, err := coqc(t, dir, name); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func coqc(t *testing.T, dir, file string) (string, error) {
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "coqc", "-q", "-Q", ".", "Formal", file)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	return string(out), err
}

var printed = regexp.MustCompile(`\(\(?(-?\d+)\)?%Z, (\d+)%positive\)`)

// evaluate returns what Coq makes of the definitions on each subject.
func evaluate(t *testing.T, dir string, subjects []*subject) [][]*big.Rat {
	t.Helper()
	var b strings.Builder
	b.WriteString("Require Import Formal.Evaluate.\nImport ListNotations.\nSet Printing Width 10000000.\nSet Printing Depth 10000000.\n")
	for _, s := range subjects {
		fmt.Fprintf(&b, "Eval vm_compute in show (values %d %d (", s.Length(), len(s.parameters))
		s.tree(&b, 0, 0)
		b.WriteString(")).\n")
	}
	write(t, filepath.Join(dir, "Instances.v"), b.String())
	out, err := coqc(t, dir, "Instances.v")
	if err != nil {
		t.Fatalf("%v\n%.2000s", err, out)
	}
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

// draw returns n cases of at most 9 sequences, most of at most 6: the definitions,
// taken literally, cost the third power of that.
func draw(n int) []*subject {
	var subjects []*subject
	for i := range n {
		limits := generators.Limits{Leaves: 6}
		if i%6 == 0 {
			limits.Leaves = 9
		}
		c := generators.Example(limits, 1, i)
		subjects = append(subjects, newSubject(c))
	}
	return subjects
}

// The definitions of the theory, evaluated by Coq, have the values that the solvers
// compute, by recursion and by enumeration, to the last digit.
func TestDefinitionsAgree(t *testing.T) {
	needCoq(t)
	subjects := draw(testenv.Scale(300))
	subjects = append(subjects, missing(t, subjects)...)
	dir := t.TempDir()
	compile(t, dir, "Algebra.v", "Sums.v", "Definitions.v", "Evaluate.v")
	compared := 0
	for i, values := range evaluate(t, dir, subjects) {
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

// A fault in a definition is noticed.
func TestFaultsInDefinitions(t *testing.T) {
	needCoq(t)
	base := t.TempDir()
	compile(t, base, "Algebra.v", "Sums.v")
	subjects := draw(6)[1:] // small ones
	for _, fault := range []struct{ name, old, new string }{
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
	} {
		t.Run(fault.name, func(t *testing.T) {
			before, after, ok := strings.Cut(source(t, "Definitions.v"), fault.old)
			if !ok {
				t.Fatalf("Definitions.v does not contain %q", fault.old)
			}
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(base)); err != nil {
				t.Fatal(err)
			}
			compileText(t, dir, "Definitions.v", before+fault.new+after)
			compile(t, dir, "Evaluate.v")
			for i, values := range evaluate(t, dir, subjects) {
				if difference, _ := compare(t, subjects[i], values); difference != "" {
					t.Log(difference)
					return
				}
			}
			t.Error("not noticed")
		})
	}
}
