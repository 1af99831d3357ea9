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
	t.write(e.Statement.ID, string(verdict(r, e)), grade(e), fmt.Sprint(tried(e)), e.Time.Round(time.Millisecond).String(), Titled(e.Statement))
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

// What is said in place of a verdict where something failed, or where nothing was compared.
const (
	falsified   verify.Verdict = "FALSIFIED"
	panicked    verify.Verdict = "PANICKED"
	saysNothing verify.Verdict = "says nothing"
)

// verdict returns the verdict of an entry on its sentence of the paper, or what is said in its
// place. On one given instance it is about the entry's checks alone.
func verdict(r *verify.Report, e *verify.Entry) verify.Verdict {
	switch {
	case e.Falsified():
		return falsified
	case e.Verdict == verify.Panicked:
		return panicked
	case e.Comparisons == 0 && e.Verdict == verify.Holds:
		return saysNothing
	case r.Classes == nil, e.Verdict == verify.Unfinished:
		return e.Verdict
	}
	return r.Standing(e)
}

// standings are the verdicts that are counted by what they are on, with their names in the line that counts
// them.
var standings = []struct {
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
	{ofAny, verify.Undecided, "undecided", "undecided"},
	{ofAny, verify.Unfinished, "unfinished", "unfinished"},
	{ofAny, panicked, "PANICKED", "PANICKED"},
	{ofAny, saysNothing, "says nothing about this instance", "say nothing about this instance"},
	{ofAny, falsified, "FALSIFIED", "FALSIFIED"},
}

func ofThePaper(s *verify.Statement) bool   { return s.HasSentence() }
func ofNoSentence(s *verify.Statement) bool { return !s.HasSentence() && s.Relation() != verify.Own }
func ofOurOwn(s *verify.Statement) bool     { return s.Relation() == verify.Own }
func ofAny(*verify.Statement) bool          { return true }

// count writes the number of entries with each verdict, and what the report was made with.
func (p *printer) count(r *verify.Report) {
	var parts []string
	for _, k := range standings {
		n := 0
		for _, e := range r.Entries {
			if k.is(e.Statement) && verdict(r, e) == k.verdict {
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
	p.text("%s: %s", plural(len(r.Entries), "entry"), strings.Join(parts, ", "))
	switch s := strengthOf(r); {
	case s.misses == 0:
	case s.refuted == s.misses:
		p.text("; %s, all refuted", plural(s.misses, "near-miss"))
	default:
		p.text("; %s, %d NOT REFUTED", plural(s.misses, "near-miss"), s.misses-s.refuted)
	}
	p.line(".")
	p.made(r)
}

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
