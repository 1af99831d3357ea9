package report

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sounding/verify"
)

// A failure names the statement, the place, both sides, the case, and the command
// that shows it again.
func TestTable(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	if err := table(&b, example(t), shownAgain); err != nil {
		t.Fatal(err)
	}
	_, got, _ := strings.Cut(b.String(), "6 entries: ")
	counts, failures, _ := strings.Cut(got, "\n\n")
	if want := "1 holds if a hypothesis is added, 1 is refuted, and what is true instead verified, 1 undecided, 1 says nothing about this instance, 2 FALSIFIED; 3 near-misses, 1 NOT REFUTED.\n"; !strings.HasPrefix(counts, want) {
		t.Errorf("counts %s\nwant   %s", counts, want)
	}
	if !strings.HasSuffix(counts, "sounding "+Version+", seed 7, effort 2") {
		t.Errorf("%q does not name version, seed and effort", counts)
	}
	const want = `FALSIFIED  thm-1: Fails
           I_t ≤ 1/16

  claim    I_t ≤ 1/16
  where    position 2, state 1
  left     1/8
  right    1/16
  again    sounding verify --only thm-1
  on       an instance, V = 2, T = 2 (smallest found):

    V=2 T=2 R={0} λ=1 β=2 γ=1/2 Q uniform, tabular parameters
      0  p=1/4
        0  p=1/2 harm=0
        1  p=1/2 harm=1
      1  p=3/4
        0  p=2/7 harm=1/2
        1  p=5/7 harm=1/2

NOT REFUTED  thm-1, near-miss “blind spot”
  It passed on every case, random or small: the checks cannot tell it from the statement.

FALSIFIED  thm-2: Fails mod p
           a = b

  claim    a = b (mod 7, shape (2,1), trial 0)
  left     3
  right    4
  again    sounding verify --only thm-2

UNDECIDED  thm-3: a < b, position 1, state 0
  again    sounding verify --only thm-3
`
	if diff := cmp.Diff(want, failures); diff != "" {
		t.Errorf("failures (-want +got):\n%s", diff)
	}
}

// No row is wider than the terminal, however narrow that is, and all verdicts fit into their
// column.
func TestNarrowTable(t *testing.T) {
	t.Parallel()
	long := &verify.Statement{ID: "x-assumption-1", Title: "A title of many words, which is long enough to be wrapped", Section: "A"}
	e := &verify.Entry{Statement: long, Verdict: verify.Unfinished, Grade: verify.Certified}
	r := &verify.Report{Entries: []*verify.Entry{e}}
	for _, c := range []struct {
		width int
		want  string
	}{
		{100, `ID              VERDICT     GRADE      CASES  TIME      STATEMENT
x-assumption-1  unfinished  certified  0      0s        A title of many words, which is long enough
                                                        to be wrapped
`},
		{80, `ID              VERDICT     GRADE      STATEMENT
x-assumption-1  unfinished  certified  A title of many words, which is long
                                       enough to be wrapped
`},
		{40, `ID  VERDICT  GRADE
    STATEMENT
x-assumption-1  unfinished  certified
    A title of many words, which is long
    enough to be wrapped
`},
	} {
		var b strings.Builder
		rows := NewRows(&b, c.width, []*verify.Statement{long})
		rows.Add(r, e)
		if diff := cmp.Diff(c.want, b.String()); diff != "" {
			t.Errorf("%d columns (-want +got):\n%s", c.width, diff)
		}
	}
}

// Sides are written in full, and by their first digits where they are long and these differ.
func TestLongSides(t *testing.T) {
	t.Parallel()
	digits := strings.Repeat("1234567890", 8)
	for _, c := range []struct{ left, right, want string }{
		{digits, "1/2", digits + "|1/2"},
		{digits + "1", "1/" + digits, "≈ 1.23456789012346e+80|≈ 8.1000000729e-80"},
		{digits + "1", digits + "2", digits + "1|" + digits + "2"},
		{strings.Repeat("true ", 20), "false", strings.Repeat("true ", 20) + "|false"},
	} {
		var b strings.Builder
		p := onTerminal(&b, 0, nil)
		p.violation(&verify.Violation{Claim: "a = b", Left: verify.NewSide(c.left), Right: verify.NewSide(c.right)})
		left, right, _ := strings.Cut(c.want, "|")
		if want := "  claim    a = b\n  left     " + left + "\n  right    " + right + "\n"; b.String() != want {
			t.Errorf("%s and %s are written\n%swant\n%s", c.left, c.right, &b, want)
		}
	}
}
