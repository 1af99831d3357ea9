package report

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"sounding/internal/layout"
	"sounding/model"
	"sounding/verify"
)

// printer writes lines, as Markdown or for a terminal, until the first error, which it
// keeps.
type printer struct {
	w        io.Writer
	err      error
	terminal bool
	width    int // of the terminal, in columns; 0 for any

	report    *verify.Report
	home      string    // the file that entries are linked to; "" for this one
	instances instances // what the statements of a whole report were tried on
}

// onTerminal returns a printer of lines for a terminal of so many columns, 0 for any number.
func onTerminal(w io.Writer, width int, r *verify.Report) *printer {
	return &printer{w: &layout.Writer{Writer: w, Width: width}, terminal: true, width: width, report: r}
}

func (p *printer) text(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format, args...)
	}
}

func (p *printer) line(format string, args ...any) { p.text(format+"\n", args...) }

// command writes a line with a command, which is not wrapped, so that it can be copied.
func (p *printer) command(format string, args ...any) {
	wrapping := p.w
	if w, ok := wrapping.(*layout.Writer); ok {
		p.w = w.Writer
	}
	p.line(format, args...)
	p.w = wrapping
}

// heading writes the heading of a statement.
func (p *printer) heading(s *verify.Statement) {
	if p.terminal {
		p.line("%s: %s (Section %s)", s.ID, s.Title, s.Section)
		return
	}
	p.line(`### <a id="%s"></a>%s: %s`, s.ID, s.ID, s.Title)
}

func (p *printer) bold(s string) string {
	if p.terminal {
		return s
	}
	return "**" + s + "**"
}

// link writes an id, as a link to its entry where there are links.
func (p *printer) link(id string) string {
	if p.terminal {
		return id
	}
	return fmt.Sprintf("[%[1]s](%[2]s#%[1]s)", id, p.home)
}

// links writes ids, each as link does.
func (p *printer) links(ids []string) string {
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = p.link(id)
	}
	return strings.Join(list, ", ")
}

// code quotes s, which may contain characters that Markdown interprets.
func (p *printer) code(s string) string {
	if p.terminal {
		return s
	}
	return "`" + s + "`"
}

// prose escapes the stars and underscores in s that Markdown would take for the start of
// emphasis: those that follow no letter, with or without a macron, and no digit.
func (p *printer) prose(s string) string {
	if p.terminal {
		return s
	}
	var b strings.Builder
	last := ' '
	for _, r := range s {
		if (r == '_' || r == '*') && !unicode.In(last, unicode.Letter, unicode.Mark, unicode.Digit) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
		last = r
	}
	return b.String()
}

// lineWidth is the width of a wrapped line where a terminal is no narrower.
const lineWidth = 100

// wrapped returns the words of a text in lines for the terminal, which leave room for an
// indentation.
func (p *printer) wrapped(text string, indent int) []string {
	width := lineWidth
	if p.width > 0 {
		width = min(width, p.width)
	}
	return layout.Wrap(text, max(1, width-indent))
}

// item writes an item of a list. It is wrapped for a terminal.
func (p *printer) item(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if p.terminal {
		text = strings.Join(p.wrapped(text, 2), "\n  ")
	}
	p.line("- %s", text)
}

// field writes a text behind a name, wrapped for a terminal.
func (p *printer) field(name, text string) {
	const indent = 11
	p.line("  %-*s%s", indent-2, name, strings.Join(p.wrapped(text, indent), "\n"+strings.Repeat(" ", indent)))
}

// paragraph writes a paragraph. It is wrapped for a terminal.
func (p *printer) paragraph(text string) {
	if p.terminal {
		text = strings.Join(p.wrapped(text, 0), "\n")
	}
	p.line("%s", text)
}

// table writes a table.
func (p *printer) table(head []string, rows [][]string) {
	if p.terminal {
		t := layout.Table{Head: head, Rows: rows, Indent: "  "}
		if p.err == nil {
			p.err = t.Write(p.w, p.width)
		}
		return
	}
	p.line("| %s |", strings.Join(head, " | "))
	p.line("|%s", strings.Repeat("---|", len(head)))
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, c := range row {
			cells[i] = strings.ReplaceAll(c, "|", "\\|")
		}
		p.line("| %s |", strings.Join(cells, " | "))
	}
}

// folded writes a table below a summary, folded up where Markdown is rendered; nothing
// if it has no rows.
func (p *printer) folded(summary string, head []string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	p.line("")
	if p.terminal {
		p.line("%s:\n", summary)
		p.table(head, rows)
		return
	}
	p.line("<details><summary>%s</summary>\n", summary)
	p.table(head, rows)
	p.line("\n</details>")
}

// longestTree is how many lines of a tree are drawn.
const longestTree = 40

// drawing writes a case as a tree, or on one line if that would be too long.
func (p *printer) drawing(c *model.Case) {
	s := c.String()
	if strings.Count(s, "\n") > longestTree {
		s = c.GoString()
	}
	for line := range strings.Lines(s) {
		p.line("    %s", strings.TrimRight(line, "\n"))
	}
}

// clauses splits a formula at the semicolons outside of brackets, for a line each.
func clauses(formula string) []string {
	var list []string
	depth, start := 0, 0
	for i, r := range formula {
		switch r {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth--
		case ';':
			if depth == 0 {
				list = append(list, strings.TrimSpace(formula[start:i]))
				start = i + 1
			}
		}
	}
	return append(list, strings.TrimSpace(formula[start:]))
}
