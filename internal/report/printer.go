package report

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"sounding/model"
)

// printer writes lines until the first error, which it keeps.
type printer struct {
	w   io.Writer
	err error

	instances instances // what the statements were tried on
}

func (p *printer) text(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format, args...)
	}
}

func (p *printer) line(format string, args ...any) { p.text(format+"\n", args...) }

// longestTree is how many lines of a tree are drawn.
const longestTree = 40

// drawing writes a case as a tree, or on a line where that would be too long.
func (p *printer) drawing(c *model.Case) {
	s := c.String()
	if strings.Count(s, "\n") > longestTree {
		s = brief(c)
	}
	for line := range strings.Lines(s) {
		p.line("    %s", strings.TrimRight(line, "\n"))
	}
}

// Widths of what is written for a terminal, in characters.
const (
	nameWidth = 12
	lineWidth = 100
)

// field writes a named text, wrapped.
func (p *printer) field(name, text string) {
	var line strings.Builder
	width := 0
	fmt.Fprintf(&line, "%-*s", nameWidth, name)
	for i, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case nameWidth+width+1+n > lineWidth:
			fmt.Fprintf(&line, "\n%-*s", nameWidth, "")
			width = 0
		default:
			line.WriteByte(' ')
			width++
		}
		line.WriteString(word)
		width += n
	}
	p.line("%s", line.String())
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

// defaults is what a case prints for the components that few statements look at,
// when they are what they are by default.
const defaults = " R={} λ=1 β=0 γ=1 Q policy"

// brief returns a case on one line, without what is as it is by default.
func brief(c *model.Case) string {
	s := strings.Replace(fmt.Sprintf("%#v", c), defaults, "", 1)
	return strings.TrimSuffix(s, " tabular")
}
