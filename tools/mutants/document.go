package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// document is docs/mutants.md: what became of the mutants.
type document struct {
	sites   int // mutants that could be made
	chosen  int // of them
	results []result
}

// columns are those of the table of mutants. Panics and time-outs stand apart: nothing
// compared two numbers there.
var columns = []struct {
	sign sign
	head string
}{
	{fails, "a statement fails"},
	{unseen, "a near-miss passes"},
	{reports, "the report differs"},
	{tests, "a test fails"},
	{panics, "panic"},
	{timesOut, "time-out"},
	{"equivalent", "equivalent"},
	{"survives", "survive"},
}

// column returns the column that a result counts in.
func (r *result) column() sign {
	switch {
	case r.survives():
		return "survives"
	case r.Sign == "":
		return "equivalent"
	}
	return r.Sign
}

func (d *document) number(of ...sign) int {
	n := 0
	for _, r := range d.results {
		if slices.Contains(of, r.column()) {
			n++
		}
	}
	return n
}

// count sums up the results in a sentence.
func (d *document) count() string {
	return fmt.Sprintf("%d mutants: %d killed, %d panic, %d time out, %d equivalent, %d survive.", len(d.results),
		d.number(fails, unseen, reports, tests), d.number(panics), d.number(timesOut), d.number("equivalent"), d.number("survives"))
}

// write writes the document.
func (d *document) write(b *bytes.Buffer) {
	line := func(format string, args ...any) { fmt.Fprintf(b, format+"\n", args...) }
	line("# Mutants")
	line("")
	line("Small faults in the suite's own code, and what notices them; [power.md](power.md) explains it.")
	line("Made by `go run -C tools ./mutants`:")
	line("")
	dates := d.dates()
	for _, made := range dates {
		line("- %s", made)
	}
	if len(dates) > 1 {
		line("")
		line("Those of a later commit had survived at an earlier one, or had not been run there.")
	}
	line("")
	line("%s", d.count())
	line("They were chosen from %d that could be made.", d.sites)
	if rest := d.chosen - len(d.results); rest > 0 {
		line("The campaign was stopped: another %d that were chosen have not been run.", rest)
	}
	line("")
	head, rule := "| folder | mutants |", "|---|---|"
	for _, c := range columns {
		head, rule = head+" "+c.head+" |", rule+"---|"
	}
	line("%s\n%s", head, rule)
	var folders []string
	for _, r := range d.results {
		if !slices.Contains(folders, r.Folder) {
			folders = append(folders, r.Folder)
		}
	}
	for _, folder := range folders {
		part := document{results: slices.DeleteFunc(slices.Clone(d.results), func(r result) bool { return r.Folder != folder })}
		line("%s", part.row(folder))
	}
	line("%s", d.row("all"))
	line("")
	line("A mutant counts where it shows most plainly: a statement fails on a small sample of its cases or")
	line("is no longer decided; a near-miss is no longer refuted; the program panics; VERIFY.md would show")
	line("other numbers of comparisons, another slack, or another refutation; a test of a package fails.")
	line("Where a test came first, no statement was asked.")
	d.faults(line)
	d.list(line, "Survivors", "survives")
	d.list(line, "Equivalent mutants", "equivalent")
	d.statements(line)
}

// dates says how many mutants were run at each commit.
func (d *document) dates() []string {
	count := make(map[string]int)
	var list []string
	for _, r := range d.results {
		if count[r.Made]++; count[r.Made] == 1 {
			list = append(list, r.Made)
		}
	}
	slices.Sort(list)
	for i, made := range list {
		list[i] = fmt.Sprintf("%d of the mutants on %s", count[made], made)
	}
	return list
}

func (d *document) row(name string) string {
	s := fmt.Sprintf("| %s | %d |", name, len(d.results))
	for _, c := range columns {
		s += fmt.Sprintf(" %d |", d.number(c.sign))
	}
	return s
}

// faults lists the faults made by hand, with the statement that each is against.
func (d *document) faults(line func(string, ...any)) {
	byID := make(map[string]result)
	for _, r := range d.results {
		byID[r.ID] = r
	}
	var rows []string
	for _, f := range faults {
		r, ok := byID[fmt.Sprintf("%s:%s:fault:1", f.file, f.name)]
		if !ok {
			continue
		}
		seen := "no"
		if slices.Contains(r.Statements, f.statement) {
			seen = "yes"
		}
		rows = append(rows, fmt.Sprintf("| %s | %s | %s | %d |", f.name, f.statement, seen, len(r.Statements)))
	}
	if rows == nil {
		return
	}
	line("")
	line("## Faults made by hand")
	line("")
	line("| fault | against | noticed by it | statements that notice it |")
	line("|---|---|---|---|")
	for _, r := range rows {
		line("%s", r)
	}
}

// list lists the mutants of one column.
func (d *document) list(line func(string, ...any), title string, of sign) {
	first := true
	for _, r := range d.results {
		if r.column() != of {
			continue
		}
		if first {
			line("")
			line("## %s", title)
			line("")
			first = false
		}
		what := "left out: " + quote(r.Original)
		if r.Mutated != "" {
			what = fmt.Sprintf("%s for %s", quote(r.Mutated), quote(r.Original))
		}
		if r.Equivalent != "" {
			what += ". " + r.Equivalent
		}
		line("- `%s`: %s", r.ID, what)
	}
}

// quote quotes code, which may contain backquotes.
func quote(s string) string {
	if strings.Contains(s, "`") {
		return "`` " + s + " ``"
	}
	return "`" + s + "`"
}

// statements lists the statements with the number of mutants that each notices, most
// first.
func (d *document) statements(line func(string, ...any)) {
	count := make(map[string]int)
	var ids []string
	for _, r := range d.results {
		for _, id := range r.Statements {
			if count[id]++; count[id] == 1 {
				ids = append(ids, id)
			}
		}
	}
	slices.SortFunc(ids, func(a, b string) int {
		if n := count[b] - count[a]; n != 0 {
			return n
		}
		return strings.Compare(a, b)
	})
	line("")
	line("## Mutants noticed by each statement")
	line("")
	for i, id := range ids {
		end := ","
		if i == len(ids)-1 {
			end = "."
		}
		line("%s %d%s", id, count[id], end)
	}
}
