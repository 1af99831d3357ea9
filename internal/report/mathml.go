package report

import (
	"html/template"
	"strings"
	"unicode"
)

// formula returns a formula as HTML: its words as text, what is between them as MathML.
// A line may break at its blanks.
func formula(text string) template.HTML {
	return marked(text, func(piece string) bool { return !isWord(piece) })
}

// Prose returns a text as HTML, with what has an index or an exponent as MathML.
func Prose(text string) template.HTML {
	return marked(text, func(piece string) bool { return strings.ContainsAny(piece, "_^") && !strings.Contains(piece, "-") })
}

// marked writes as MathML the pieces of a text that are formulas.
func marked(text string, isFormula func(string) bool) template.HTML {
	var b strings.Builder
	for i, piece := range pieces(text) {
		if i > 0 {
			b.WriteByte(' ')
		}
		if isFormula(piece) {
			body := strings.TrimRight(piece, ".,;:") // the rest ends the clause
			if body == "" {
				body = piece
			}
			end := piece[len(body):]
			if end != "" {
				end = "<mtext>" + end + "</mtext>" // inside, so that no line begins with it
			}
			b.WriteString("<math>" + mathML(body) + end + "</math>")
		} else {
			b.WriteString(template.HTMLEscapeString(piece))
		}
	}
	return template.HTML(b.String())
}

// pieces splits a text at the blanks outside of indices and exponents in braces.
func pieces(text string) []string {
	var list []string
	depth, start := 0, 0
	last := ' '
	for i, r := range text {
		switch {
		case r == '{' && (depth > 0 || last == '_' || last == '^'):
			depth++
		case r == '}' && depth > 0:
			depth--
		case r == ' ' && depth == 0:
			list = append(list, text[start:i])
			start = i + 1
		}
		last = r
	}
	return append(list, text[start:])
}

// mathWords are words of several letters that a formula sets as products of variables.
var mathWords = map[string]bool{"dP": true, "xa": true, "xb": true}

// isWord reports whether a piece is a word of a language, with what follows it.
func isWord(piece string) bool {
	word := strings.Trim(piece, "(),.:;?“”…")
	n := 0
	for _, r := range word {
		if !unicode.Is(unicode.Latin, r) && r != '-' && r != '–' && r != '’' && r != '\'' {
			return false
		}
		n++
	}
	switch {
	case mathWords[word]:
		return false
	case n > 1, word == "a":
		return true
	case n == 1:
		return false // a variable
	}
	return piece != "…" && !strings.ContainsAny(piece, "()…") // punctuation
}

// raised are characters that stand for exponents.
var raised = map[rune]string{
	'⁰': "0", '¹': "1", '²': "2", '³': "3", '⁴': "4", '⁵': "5", '⁶': "6", '⁷': "7", '⁸': "8", '⁹': "9",
	'⁺': "+", '⁻': "−", 'ᵀ': "T",
}

// mathML returns the MathML of a formula without blanks, or with blanks in braces. An
// unpaired brace, index or exponent stands for itself.
func mathML(text string) string {
	m := &mathScanner{rest: []rune(text)}
	return m.row("")
}

type mathScanner struct{ rest []rune }

// row scans up to the given closing brace, or to the end.
func (m *mathScanner) row(closing string) string {
	var b strings.Builder
	for len(m.rest) > 0 {
		if closing != "" && string(m.rest[0]) == closing {
			m.rest = m.rest[1:]
			break
		}
		b.WriteString(m.scripted())
	}
	return b.String()
}

// scripted scans an atom with its index and exponent.
func (m *mathScanner) scripted() string {
	base := m.atom()
	var sub, sup string
	for len(m.rest) > 0 {
		r := m.rest[0]
		switch {
		case r == '_' && sub == "" && len(m.rest) > 1:
			m.rest = m.rest[1:]
			sub = m.script()
		case r == '^' && sup == "" && len(m.rest) > 1:
			m.rest = m.rest[1:]
			sup = m.script()
		case raised[r] != "" && sup == "":
			var e strings.Builder
			for len(m.rest) > 0 && raised[m.rest[0]] != "" {
				e.WriteString(raised[m.rest[0]])
				m.rest = m.rest[1:]
			}
			sup = "<mi mathvariant=\"normal\">" + e.String() + "</mi>"
		case (r == '*' || r == '\'') && sup == "":
			m.rest = m.rest[1:]
			sup = "<mo>" + string(r) + "</mo>"
		default:
			return withScripts(base, sub, sup)
		}
	}
	return withScripts(base, sub, sup)
}

func withScripts(base, sub, sup string) string {
	switch {
	case sub != "" && sup != "":
		return "<msubsup>" + base + sub + sup + "</msubsup>"
	case sub != "":
		return "<msub>" + base + sub + "</msub>"
	case sup != "":
		return "<msup>" + base + sup + "</msup>"
	}
	return base
}

// script scans an index or an exponent: a group in braces, or a relation and an atom.
func (m *mathScanner) script() string {
	if m.rest[0] == '{' {
		m.rest = m.rest[1:]
		return "<mrow>" + m.row("}") + "</mrow>"
	}
	if strings.ContainsRune("<≤>≥−", m.rest[0]) && len(m.rest) > 1 {
		return "<mrow>" + m.atom() + m.atom() + "</mrow>"
	}
	return m.atom()
}

// atom scans a number, a letter with its marks, a word, or another character.
func (m *mathScanner) atom() string {
	r := m.rest[0]
	n := 1
	switch {
	case unicode.IsDigit(r) || strings.ContainsRune("½⅓¼⅔¾", r):
		for n < len(m.rest) && (unicode.IsDigit(m.rest[n]) || m.rest[n] == '.' && n+1 < len(m.rest) && unicode.IsDigit(m.rest[n+1])) {
			n++
		}
		return "<mn>" + m.take(n) + "</mn>"
	case unicode.Is(unicode.Latin, r) && raised[r] == "":
		for n < len(m.rest) && raised[m.rest[n]] == "" && (unicode.Is(unicode.Latin, m.rest[n]) || unicode.IsMark(m.rest[n])) {
			if unicode.IsLower(m.rest[n-1]) && unicode.IsUpper(m.rest[n]) {
				break // another variable
			}
			n++
		}
		word := string(m.rest[:n])
		if n > 2 || n == 2 && !mathWords[word] {
			return "<mi>" + m.take(n) + "</mi>" // of several letters: upright
		}
		n = 1
		fallthrough
	case unicode.IsLetter(r) && !strings.ContainsRune("ΣΠ", r):
		for n < len(m.rest) && unicode.IsMark(m.rest[n]) {
			n++
		}
		return "<mi>" + m.take(n) + "</mi>"
	case r == ' ':
		m.take(1)
		return `<mspace width="0.3em"></mspace>`
	case raised[r] != "":
		return "<mo>" + m.take(1) + "</mo>"
	}
	return `<mo stretchy="false">` + m.take(1) + "</mo>"
}

func (m *mathScanner) take(n int) string {
	s := template.HTMLEscapeString(string(m.rest[:n]))
	m.rest = m.rest[n:]
	return s
}
