// Package layout fits text to the width of a terminal.
package layout

import (
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/rivo/uniseg"
)

// Width returns the width of a text on a terminal, in columns.
func Width(text string) int { return uniseg.StringWidth(text) }

// Wrap returns the words of a text in lines of at most so many columns, where words are no
// wider than that.
func Wrap(text string, width int) []string {
	var lines []string
	line, used := "", 0
	for _, word := range strings.Fields(text) {
		w := Width(word)
		switch {
		case line == "":
			line, used = word, w
		case used+1+w > width:
			lines = append(lines, line)
			line, used = word, w
		default:
			line, used = line+" "+word, used+1+w
		}
	}
	return append(lines, line)
}

// gap is between two columns.
const gap = "  "

// Row returns the lines of a row of a table whose columns have the given widths. Cells that
// are wider are wrapped. The first right columns are aligned to the right.
func Row(widths []int, right int, cells []string) string {
	wrapped := make([][]string, len(cells))
	height := 1
	for i, c := range cells {
		wrapped[i] = []string{c}
		if Width(c) > widths[i] {
			wrapped[i] = Wrap(c, widths[i])
		}
		height = max(height, len(wrapped[i]))
	}
	var b strings.Builder
	for n := range height {
		var line strings.Builder
		for i, lines := range wrapped {
			if i > 0 {
				line.WriteString(gap)
			}
			text := ""
			if n < len(lines) {
				text = lines[n]
			}
			pad := strings.Repeat(" ", max(0, widths[i]-Width(text)))
			if i < right {
				line.WriteString(pad + text)
			} else {
				line.WriteString(text + pad)
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return b.String()
}

// Table is a table with a head.
type Table struct {
	Head   []string
	Rows   [][]string
	Right  int    // so many columns, the first, are aligned to the right
	Indent string // before each line
}

// Write writes the table. Where it is wider than so many columns, 0 for any number, its
// widest columns are wrapped; where words are too wide for that, each row becomes a list, a
// line for each cell that is not empty.
func (t *Table) Write(w io.Writer, width int) error {
	var b strings.Builder
	widths := t.widths(Width)
	if width > 0 && !t.fit(widths, width) {
		t.list(&b, width)
	} else {
		for _, row := range t.all() {
			for line := range strings.Lines(Row(widths, t.Right, row)) {
				b.WriteString(t.Indent + line)
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// Width returns the width of the table where nothing is wrapped.
func (t *Table) Width() int { return t.total(t.widths(Width)) }

func (t *Table) all() [][]string { return append([][]string{t.Head}, t.Rows...) }

// widths returns for each column the largest measure of a cell.
func (t *Table) widths(measure func(string) int) []int {
	widths := make([]int, len(t.Head))
	for _, row := range t.all() {
		for i, c := range row {
			widths[i] = max(widths[i], measure(c))
		}
	}
	return widths
}

// total returns the width of a line of columns.
func (t *Table) total(widths []int) int {
	sum := len(t.Indent) + len(gap)*(len(widths)-1)
	for _, w := range widths {
		sum += w
	}
	return sum
}

// fit narrows the widest columns until a line of the table is no wider than width, and
// reports whether the words are short enough for that.
func (t *Table) fit(widths []int, width int) bool {
	least := t.widths(longestWord)
	for t.total(widths) > width {
		widest := -1
		for i, w := range widths {
			if w > least[i] && (widest < 0 || w > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			return false
		}
		widths[widest]--
	}
	return true
}

func longestWord(text string) int {
	longest := 0
	for word := range strings.FieldsSeq(text) {
		longest = max(longest, Width(word))
	}
	return longest
}

// list writes the rows as lists, with a blank line between two.
func (t *Table) list(b *strings.Builder, width int) {
	names := 0
	for _, h := range t.Head {
		names = max(names, Width(h))
	}
	widths := []int{names, max(1, width-len(t.Indent)-names-len(gap))}
	for i, row := range t.Rows {
		if i > 0 {
			b.WriteByte('\n')
		}
		for j, c := range row {
			if c == "" {
				continue
			}
			for line := range strings.Lines(Row(widths, 0, []string{t.Head[j], c})) {
				b.WriteString(t.Indent + line)
			}
		}
	}
}

// Writer wraps lines that are wider than Width, 0 for none. Their further lines are indented
// to what follows a label, which two blanks end, or without one by two columns more than the
// first. It keeps a line until it ends.
type Writer struct {
	io.Writer
	Width int

	line []byte
}

func (w *Writer) Write(text []byte) (int, error) {
	if w.Width == 0 {
		return w.Writer.Write(text)
	}
	w.line = append(w.line, text...)
	end := slices.Index(w.line, '\n')
	for ; end >= 0; end = slices.Index(w.line, '\n') {
		line := string(w.line[:end+1])
		w.line = w.line[end+1:]
		if _, err := io.WriteString(w.Writer, w.wrapped(line)); err != nil {
			return 0, err
		}
	}
	return len(text), nil
}

// wrapped returns a line, which ends with a line break, in lines of the width.
func (w *Writer) wrapped(line string) string {
	text := strings.TrimRight(line, "\n")
	if Width(text) <= w.Width {
		return line
	}
	first := labelled.FindString(text)
	if Width(first) > w.Width/2 {
		first = text[:len(text)-len(strings.TrimLeft(text, " "))]
	}
	indent := Width(first)
	if strings.TrimSpace(first) == "" {
		indent += len(gap)
	}
	indent = min(indent, w.Width/2)
	lines := Wrap(text[len(first):], max(1, w.Width-max(indent, Width(first))))
	return first + strings.Join(lines, "\n"+strings.Repeat(" ", indent)) + "\n"
}

// labelled matches the beginning of a line, up to what follows a label.
var labelled = regexp.MustCompile(`^ *(\S+( \S+)*  +)?`)
