package mutation

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// instrument returns the text of a file with a switch for each of its numbered mutants.
func instrument(text []byte, mutants []*Mutant) []byte {
	var regions []*region
	for _, m := range mutants {
		if !slices.Contains(regions, m.region) {
			m.region.mutants, m.region.children = nil, nil
			regions = append(regions, m.region)
		}
		m.region.mutants = append(m.region.mutants, m)
	}
	slices.SortFunc(regions, func(a, b *region) int { return cmp.Or(a.lo-b.lo, b.hi-a.hi) })
	root := &region{lo: 0, hi: len(text)}
	open := []*region{root}
	for _, r := range regions {
		// An insertion at the end of a statement comes after it.
		for last := open[len(open)-1]; last != root && (last.hi < r.hi || last.hi == r.lo); last = open[len(open)-1] {
			open = open[:len(open)-1]
		}
		parent := open[len(open)-1]
		parent.children = append(parent.children, r)
		open = append(open, r)
	}
	body := root.inner(text)
	// The import follows the package clause on its line.
	at := bytes.Index(body, []byte("\npackage ")) + 1
	end := at + bytes.IndexByte(body[at:], '\n')
	return slices.Concat(body[:end], fmt.Appendf(nil, "; import %q", switchImport), body[end:])
}

// inner returns the text of the region with its children rewritten.
func (r *region) inner(text []byte) []byte {
	var b []byte
	at := r.lo
	for _, c := range r.children {
		b = append(b, text[at:c.lo]...)
		b = append(b, c.write(text)...)
		at = c.hi
	}
	return append(b, text[at:r.hi]...)
}

// mark begins a part of a file: an error of the compiler in it is due to the mutants that
// mark lists.
const mark = "//mutants"

func (r *region) write(text []byte) []byte {
	var b bytes.Buffer
	switch r.kind {
	case condition:
		b.WriteString("(")
		var not []string
		for _, m := range r.mutants {
			fmt.Fprintf(&b, "active.Mutant == %d && (%s) || ", m.Number, m.within(text))
			not = append(not, fmt.Sprintf("active.Mutant != %d", m.Number))
		}
		fmt.Fprintf(&b, "%s && (%s))", strings.Join(not, " && "), r.inner(text))
	case value:
		for _, m := range r.mutants {
			fmt.Fprintf(&b, "active.Pick[%s](%d, %s, ", r.valueType, m.Number, m.within(text))
		}
		fmt.Fprintf(&b, "%s%s", r.inner(text), strings.Repeat(")", len(r.mutants)))
	case insertion:
		for _, m := range r.mutants {
			fmt.Fprintf(&b, "\n%s %d\nif active.Mutant == %d {\n%s\n}", mark, m.Number, m.Number, m.text)
		}
	case jump:
		fmt.Fprintf(&b, "if active.Mutant != %d { %s }", r.mutants[0].Number, text[r.lo:r.hi])
	case statement:
		b.WriteString(mark)
		for _, m := range r.mutants {
			fmt.Fprintf(&b, " %d", m.Number)
		}
		b.WriteString("\n")
		for _, d := range r.declare {
			b.WriteString(d + "\n")
		}
		b.WriteString("switch active.Mutant {\n")
		for _, m := range r.mutants {
			fmt.Fprintf(&b, "case %d:\n%s\n", m.Number, m.within(text))
		}
		original := r.inner(text)
		if r.define > 0 {
			// No child begins before the sign: function literals are on the right.
			original = assign(original, r.define-r.lo)
		}
		fmt.Fprintf(&b, "default:\n%s\n}", original)
	}
	return b.Bytes()
}

// within returns the mutated text of the mutant's region.
func (m *Mutant) within(text []byte) []byte {
	r := m.region
	if m.text == "" {
		return nil
	}
	b := slices.Concat(text[r.lo:m.lo], []byte(m.text), text[m.hi:r.hi])
	if r.define > 0 {
		b = assign(b, r.define-r.lo)
	}
	return b
}

// assign returns a statement with = in place of the := at the given offset.
func assign(statement []byte, at int) []byte {
	return slices.Concat(statement[:at], []byte(" ="), statement[at+2:])
}
