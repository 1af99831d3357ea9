package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"sounding/internal/layout"
	"sounding/verify"
)

// Rows is a table of verdicts for a terminal, written row by row.
type Rows struct {
	p          *printer
	columns    []int // their widths
	brief      bool  // without the columns of cases and time
	underneath bool  // the title is in a line of its own
}

// The longest verdict of an entry, grade, and number of instances, and a time of minutes.
const (
	verdictWidth = len(verify.Unfinished)
	gradeWidth   = len("certified")
	triedWidth   = len("CASES")
	timeWidth    = len("100.000s")
)

// leastTitle is how narrow a column of titles may be.
const leastTitle = 28

// NewRows writes the head of a table with a row for each of the statements, for a terminal of
// so many columns, 0 for any number. Where these are few, the table has fewer columns.
func NewRows(w io.Writer, width int, statements []*verify.Statement) *Rows {
	t := newRows(w, width, statements, false)
	t.write("ID", "VERDICT", "GRADE", "CASES", "TIME", "STATEMENT")
	return t
}

// List writes a row for each of the statements, with the verdict and the grade that are
// claimed. The terminal is as for NewRows.
func List(w io.Writer, width int, statements []*verify.Statement) error {
	t := newRows(w, width, statements, true)
	for _, s := range statements {
		t.write(s.ID, string(s.Standing()), s.ClaimsGrade().String(), "", "", Titled(s))
	}
	return t.p.err
}

func newRows(w io.Writer, width int, statements []*verify.Statement, brief bool) *Rows {
	t := &Rows{p: onTerminal(w, width, nil), brief: brief}
	id, title := len("ID"), len("STATEMENT")
	for _, s := range statements {
		id, title = max(id, len(s.ID)), max(title, layout.Width(Titled(s)))
	}
	beside := []int{id, verdictWidth, gradeWidth, triedWidth, timeWidth}
	t.brief = brief || width > 0 && room(width, beside) < leastTitle
	if t.brief {
		beside = beside[:3]
	}
	if width > 0 {
		t.underneath = room(width, beside) < leastTitle
		title = min(title, room(width, beside))
	}
	t.columns = append(slices.Clip(beside), title)
	return t
}

// room returns how much of a width other columns leave to titles.
func room(width int, columns []int) int {
	for _, c := range columns {
		width -= c + 2
	}
	return width
}

// Add writes the row of an entry of the report.
func (t *Rows) Add(r *verify.Report, e *verify.Entry) {
	t.write(e.Statement.ID, verdict(r, e), grade(e), fmt.Sprint(tried(e)), e.Time.Round(time.Millisecond).String(), Titled(e.Statement))
}

func (t *Rows) write(id, verdict, grade, tried, time, title string) {
	switch {
	case t.underneath:
		t.p.line("%s  %s  %s", id, verdict, grade)
		t.p.line("    %s", strings.Join(t.p.wrapped(title, 4), "\n    "))
	case t.brief:
		t.p.text("%s", layout.Row(t.columns, 0, []string{id, verdict, grade, title}))
	default:
		t.p.text("%s", layout.Row(t.columns, 0, []string{id, verdict, grade, tried, time, title}))
	}
}

// End writes what follows the rows: a line that counts the verdicts, the answer, and in full
// whatever failed. again returns the command line that reproduces the failure of an entry.
func (t *Rows) End(r *verify.Report, again func(*verify.Entry) string) error {
	p := t.p
	p.report = r
	p.line("")
	p.count(r)
	p.answer(r)
	for _, e := range r.Entries {
		p.failure(e, again(e))
	}
	return p.err
}

// tried returns the number of instances that the claim which was tried most was tried on.
func tried(e *verify.Entry) int {
	n := e.Tried
	for i := range e.Claims {
		n = max(n, e.Claims[i].Tried)
	}
	return n
}

// Titled returns the title of a statement, and the ids of its twins.
func Titled(s *verify.Statement) string {
	if ids := TwinsOf(s); ids != nil {
		return s.Title + "; see " + strings.Join(ids, ", ")
	}
	return s.Title
}

// grade returns the grade of an entry; of a refuted one, that of its repair.
func grade(e *verify.Entry) string {
	if e.Grade != verify.Disproved || e.Falsified() {
		return e.Grade.String()
	}
	return e.Repair().String()
}

// verdict returns the verdict of an entry on its sentence of the paper, or that something
// failed. On one given instance it is about the entry's checks alone.
func verdict(r *verify.Report, e *verify.Entry) string {
	switch {
	case e.Falsified():
		return "FALSIFIED"
	case e.Verdict == verify.Panicked:
		return "PANICKED"
	case e.Comparisons == 0 && e.Verdict == verify.Holds:
		return "says nothing"
	case r.Classes == nil, e.Verdict == verify.Unfinished:
		return string(e.Verdict)
	}
	return string(r.Standing(e))
}

// count writes the number of entries with each verdict, and what the report was made with.
func (p *printer) count(r *verify.Report) {
	count := make(map[string]int)
	misses, unrefuted := 0, 0
	for _, e := range r.Entries {
		count[verdict(r, e)]++
		misses += len(e.NearMisses)
		unrefuted += len(e.NearMisses) - refutedMisses(e)
	}
	var parts []string
	for _, k := range []struct {
		is        func(*verify.Statement) bool
		verdict   verify.Verdict
		one, many string
	}{
		{ofThePaper, verify.Holds, "statement of the paper holds", "statements of the paper hold"},
		{ofThePaper, verify.HoldsIf, "holds if a hypothesis is added", "hold if a hypothesis is added"},
		{ofThePaper, verify.HoldsOf, "holds of something else than it says", "hold of something else than they say"},
		{ofThePaper, verify.Refuted, "is refuted, and what is true instead verified", "are refuted, and what is true instead verified"},
		{ofNoSentence, verify.Holds, "refinement of one holds", "refinements of them hold"},
		{ofNoSentence, verify.Refuted, "reading is refuted, and the repair verified", "readings are refuted, and the repairs verified"},
		{ofNoSentence, verify.Witness, "witness shows that a hypothesis is needed", "witnesses show that a hypothesis is needed"},
		{ofOurOwn, verify.Holds, "statement of our own holds", "statements of our own hold"},
	} {
		n := 0
		for _, e := range r.Entries {
			if k.is(e.Statement) && verdict(r, e) == string(k.verdict) {
				n++
			}
		}
		switch n {
		case 0:
		case 1:
			parts = append(parts, "1 "+k.one)
		default:
			parts = append(parts, fmt.Sprintf("%d %s", n, k.many))
		}
	}
	for _, v := range []struct{ verdict, text string }{
		{string(verify.Undecided), "undecided"},
		{string(verify.Unfinished), "unfinished"},
		{"PANICKED", "PANICKED"},
		{"says nothing", "say nothing about this instance"},
		{"FALSIFIED", "FALSIFIED"},
	} {
		if n := count[v.verdict]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, v.text))
		}
	}
	p.text("%s: %s", plural(len(r.Entries), "entry"), strings.Join(parts, ", "))
	if misses > 0 {
		p.text("; %s, ", plural(misses, "near-miss"))
		if unrefuted == 0 {
			p.text("all refuted")
		} else {
			p.text("%d NOT REFUTED", unrefuted)
		}
	}
	p.line(".")
	p.made(r)
}

func ofThePaper(s *verify.Statement) bool   { return s.HasSentence() }
func ofNoSentence(s *verify.Statement) bool { return !s.HasSentence() && s.Relation() != verify.Own }
func ofOurOwn(s *verify.Statement) bool     { return s.Relation() == verify.Own }

// made writes the version, the seed and the effort of a report.
func (p *printer) made(r *verify.Report) {
	p.text("sounding %s, seed %d, effort %d", Version, r.Seed, r.Effort)
	if r.Partial {
		p.text("; PARTIAL: interrupted before all checks had run")
	}
	p.line("")
}

func refutedMisses(e *verify.Entry) int {
	n := 0
	for _, m := range e.NearMisses {
		if m.Refuted() {
			n++
		}
	}
	return n
}

// failure writes what failed in an entry or was not decided, if anything.
func (p *printer) failure(e *verify.Entry, again string) {
	s := e.Statement
	if !e.Falsified() && e.Verdict != verify.Undecided && e.Panic == nil {
		return
	}
	if e.Panic != nil {
		p.panicked(e.Panic, s, again)
	}
	switch v, c := e.Violation, e.Counterexample; {
	case v != nil:
		p.line("\nFALSIFIED  %s: %s", s.ID, s.Title)
		p.line("           %s\n", s.Formula)
		if c != nil {
			v = c.Violation // the smallest, if the search found one
		}
		p.violation(v)
		p.command("  again    %s", again)
		if c != nil {
			p.line("  on       %s:\n", size(c))
			p.drawing(c.Case)
		}
	case e.Undecided != "":
		p.line("\nUNDECIDED  %s: %s", s.ID, e.Undecided)
		p.command("  again    %s", again)
	case e.Verdict == verify.Undecided:
		p.line("\nUNDECIDED  %s: no case, random or small, refuted the wording", s.ID)
		p.line("  wording  %s", s.Refuted.Wording)
		p.command("  again    %s", again)
	}
	for _, m := range e.NearMisses {
		if !m.Refuted() {
			p.line("\nNOT REFUTED  %s, near-miss “%s”", s.ID, m.Falsehood.Name)
			p.line("  It passed on every case, random or small: the checks cannot tell it from the statement.")
		}
	}
}

// panicked writes where and how a check panicked.
func (p *printer) panicked(v *verify.Panic, s *verify.Statement, again string) {
	p.line("\nPANICKED  %s: %s", s.ID, s.Title)
	p.line("  A check panicked. This is a mistake in sounding, whatever the instance is.")
	if v.Claim != "" {
		p.line("  after    %s", v.Claim)
	}
	p.line("  panic    %v", v.Value)
	p.command("  again    %s", again)
	if v.Case != nil {
		p.line("  on       this instance:\n")
		p.drawing(v.Case)
	}
	p.line("")
	for line := range strings.Lines(v.Stack) {
		p.line("    %s", strings.TrimRight(line, "\n"))
	}
}

// violation writes what was claimed, what was found, and where.
func (p *printer) violation(v *verify.Violation) {
	p.line("  claim    %s", v.Claim)
	if where := place(v); where != "" {
		p.line("  where    %s", where)
	}
	p.line("  left     %s", v.Left)
	p.line("  right    %s", v.Right)
}

// place says where two sides were compared, or "" if it was not in one place.
func place(v *verify.Violation) string {
	var parts []string
	if v.Position > 0 {
		parts = append(parts, fmt.Sprintf("position %d, state %d", v.Position, v.State))
	}
	if v.Detail != "" {
		parts = append(parts, v.Detail)
	}
	return strings.Join(parts, ", ")
}

// denied maps a claimed relation to the one that was found.
var denied = map[string]string{"=": "≠", "⇔": "⇎", "⇒": "⇏", "≤": ">", "<": "≥"}

// sides returns the two sides of a violation with the relation found between them.
func sides(v *verify.Violation) string {
	return fmt.Sprintf("%s %s %s", v.Left, denied[v.Relation], v.Right)
}

// plural returns a number of things, with the plural of their name.
func plural(n int, name string) string {
	switch {
	case n == 1:
		return "1 " + name
	case strings.HasSuffix(name, "s"):
		return fmt.Sprintf("%d %ses", n, name)
	case strings.HasSuffix(name, "y"):
		return fmt.Sprintf("%d %sies", n, strings.TrimSuffix(name, "y"))
	}
	return fmt.Sprintf("%d %ss", n, name)
}
