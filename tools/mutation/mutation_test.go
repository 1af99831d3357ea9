package mutation

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sounding/tools/mutation/active"
)

// subject is a program with something for every operator.
const subject = `package main

import "fmt"

type ring interface {
	Add(a, b int) int
	Sub(a, b int) int
	Neg(a int) int
}

type integers struct{}

func (integers) Add(a, b int) int { return a + b }
func (integers) Sub(a, b int) int { return a - b }
func (integers) Neg(a int) int    { return -a }

func (integers) String() string { return "integers" + fmt.Sprint(1) }

func difference(r ring, a, b int) int {
	d := r.Sub(a, b)
	return r.Neg(d)
}

func sum(v []int) (s int) {
	for i := 0; i < len(v); i++ {
		if v[i] < 0 || v[i] > 100 {
			continue
		}
		s += v[i]
	}
	return s
}

func pair(v [2]int, t int) int {
	before := func() int { return v[t-1] }
	return before() + v[1]
}

func main() {
	fmt.Println(difference(integers{}, 7, 4), sum([]int{1, -2, 4, 101, 100}), pair([2]int{8, 16}, 1))
}
`

// module writes the subject as a module of its own.
func module(t *testing.T) string {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"go.mod":          "module sounding\n\ngo 1.26\n",
		"subject/main.go": subject,
	} {
		name = filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestFind(t *testing.T) {
	t.Parallel()
	found, err := Find(module(t), "subject")
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, m := range found {
		list = append(list, fmt.Sprintf("%s:%s:%d: %s → %s", m.Function, m.Operator, m.Ordinal, m.Original, m.Mutated))
		if Operators[m.Operator] == "" {
			t.Errorf("%s: no explanation of the operator", m.ID())
		}
	}
	want := []string{
		"integers.Add:arithmetic:1: + → -",
		"integers.Sub:arithmetic:1: - → +",
		"difference:drop:1: d := r.Sub(a, b) → ",
		"difference:ring:1: Sub → Add",
		"difference:arguments:1: a, b → b, a",
		"difference:ring:2: r.Neg(d) → d",
		"sum:constant:1: 0 → 1",
		"sum:comparison:1: < → <=",
		"sum:logic:1: || → &&",
		"sum:comparison:2: < → <=",
		"sum:index:1: i → i+1",
		"sum:constant:2: 0 → 1",
		"sum:comparison:3: > → >=",
		"sum:index:2: i → i+1",
		"sum:constant:3: 100 → 101",
		"sum:constant:4: 100 → 99",
		"sum:negate:1: v[i] < 0 || v[i] > 100 → !(v[i] < 0 || v[i] > 100)",
		"sum:drop:1: continue → ",
		"sum:drop:2: s += v[i] → ",
		"sum:index:3: i → i+1",
		"sum:arithmetic:1: += → -=",
		"pair:drop:1: before := func() int { return v[t-1] } → ",
		"pair:index:1: t-1 → t-1+1",
		"pair:arithmetic:1: - → +",
		"pair:offset:1: t-1 → t",
		"pair:constant:1: 1 → 2",
		"pair:constant:2: 1 → 0",
		"pair:arithmetic:2: + → -",
		"pair:constant:3: 1 → 2",
		"pair:constant:4: 1 → 0",
		"main:drop:1: fmt.Println(difference(integers{}, 7, 4), sum([]int{1, -2, 4, 101, 100}), pair([2]int{8, 16}, 1)) → ",
	}
	for _, w := range want {
		if !strings.Contains(strings.Join(list, "\n")+"\n", w+"\n") {
			t.Errorf("not among the mutants: %s", w)
		}
	}
	for _, l := range list {
		if strings.HasPrefix(l, "integers.String:") {
			t.Errorf("a mutant of what only a reader sees: %s", l)
		}
		if !strings.HasPrefix(l, "main:") && !strings.Contains(strings.Join(want, "\n")+"\n", l+"\n") {
			t.Errorf("not expected: %s", l)
		}
	}
}

// One program holds all mutants that compile, and is the sound one without a choice.
func TestProgram(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("building a program takes a second or two")
	}
	root := module(t)
	found, err := Find(root, "subject")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []struct{ name, line, wrong string }{
		{"sign", "d := r.Sub(a, b)", "d = r.Neg(d)"},
		{"first", "for i := 0; i < len(v); i++ {", "if i == 0 { continue }"},
		{"wrong type", "return s", `s = "one"`},
	} {
		m, err := Fault(root, "subject/main.go", f.name, f.line, f.wrong)
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, m)
	}
	dir := t.TempDir()
	p, err := Instrument(t.Context(), root, dir, found, "./subject")
	if err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(dir, "subject")
	if err := p.Build(t.Context(), binary, "./subject", false); err != nil {
		t.Fatal(err)
	}
	numbers := make(map[string]int)
	for _, m := range p.Mutants {
		numbers[strings.TrimPrefix(m.ID(), "subject/main.go:")] = m.Number
	}
	if _, ok := numbers["pair:constant:3"]; ok {
		t.Error("an index beyond the end of an array compiles")
	}
	if _, ok := numbers["wrong type:fault:1"]; ok {
		t.Error("a string in place of an integer compiles")
	}
	if len(found) != len(p.Mutants)+2 {
		t.Errorf("%d of %d mutants compile, want all but two", len(p.Mutants), len(found))
	}
	const sound = "-3 105 24\n"
	if got := output(t.Context(), t, binary, 0); got != sound {
		t.Errorf("the sound program prints %q, want %q", got, sound)
	}
	for id, want := range map[string]string{
		"difference:ring:1":      "-11 105 24\n",
		"difference:ring:2":      "3 105 24\n",
		"difference:arguments:1": "3 105 24\n",
		"difference:drop:1":      "0 105 24\n",
		"sum:constant:1":         "-3 104 24\n",
		"sum:drop:1":             "-3 204 24\n",
		"sum:drop:2":             "-3 0 24\n",
		"sum:arithmetic:1":       "-3 -105 24\n",
		"sum:logic:1":            "-3 204 24\n",
		"sum:comparison:3":       "-3 5 24\n",
		"sum:comparison:1":       "panic",
		"pair:offset:1":          "-3 105 32\n",
		"pair:constant:4":        "-3 105 16\n",
		"main:drop:1":            "",
		"sign:fault:1":           "3 105 24\n",
		"first:fault:1":          "-3 104 24\n",
		// No element is 0, so that it makes no difference.
		"sum:comparison:2": sound,
	} {
		if numbers[id] == 0 {
			t.Errorf("no mutant %s", id)
		} else if got := output(t.Context(), t, binary, numbers[id]); got != want {
			t.Errorf("%s prints %q, want %q", id, got, want)
		}
	}
}

// output returns what a program prints with a mutant, or "panic".
func output(ctx context.Context, t *testing.T, binary string, mutant int) string {
	t.Helper()
	c := exec.CommandContext(ctx, binary)
	c.Env = append(os.Environ(), fmt.Sprintf("%s=%d", active.Variable, mutant))
	out, err := c.Output()
	if err != nil {
		return "panic"
	}
	return string(out)
}

func TestFaultNeedsItsLine(t *testing.T) {
	t.Parallel()
	root := module(t)
	for _, line := range []string{"no such line", "return"} {
		if m, err := Fault(root, "subject/main.go", "name", line, ""); err == nil {
			t.Errorf("%q: a mutant %s, want an error", line, m.ID())
		}
	}
}

func TestChoose(t *testing.T) {
	t.Parallel()
	var all []*Mutant
	for _, file := range []string{"exact/a.go", "exact/b.go"} {
		for _, operator := range []string{"drop", "ring"} {
			for n := range 10 {
				all = append(all, &Mutant{File: file, Function: "F", Operator: operator, Ordinal: n + 1})
			}
		}
	}
	count := func(list []*Mutant) map[string]int {
		n := make(map[string]int)
		for _, m := range list {
			n[m.File+" "+m.Operator]++
		}
		return n
	}
	even := map[string]int{"exact/a.go drop": 3, "exact/a.go ring": 3, "exact/b.go drop": 3, "exact/b.go ring": 3}
	some := Choose(all, 12, "")
	if diff := cmp.Diff(even, count(some)); diff != "" {
		t.Errorf("files and operators do not take turns (-want +got):\n%s", diff)
	}
	if got := len(Choose(all, 1000, "")); got != len(all) {
		t.Errorf("%d chosen of %d", got, len(all))
	}
	if cmp.Equal(ids(some), ids(Choose(all, 12, "another"))) {
		t.Error("the seed does not change the choice")
	}
	// More of them do not change which come first.
	more := make(map[string]bool)
	for _, m := range Choose(all, 20, "") {
		more[m.ID()] = true
	}
	for _, m := range some {
		if !more[m.ID()] {
			t.Errorf("%s is chosen among 12 and not among 20", m.ID())
		}
	}
}

// ids returns the mutants' ids.
func ids(list []*Mutant) []string {
	var s []string
	for _, m := range list {
		s = append(s, m.ID())
	}
	return s
}
