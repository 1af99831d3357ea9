package report

import (
	"html/template"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// formula returns a formula as HTML: its words as text, what is between them as MathML.
// A line may break at its blanks.
func formula(text string) template.HTML {
	list := pieces(text)
	maths := make([]bool, len(list))
	for i, piece := range list {
		maths[i] = !isWord(piece)
	}
	return marked(list, maths)
}

// marked writes pieces of a text with blanks between them, as MathML those that are formulas.
func marked(list []string, maths []bool) template.HTML {
	var b strings.Builder
	for i, piece := range list {
		if i > 0 {
			b.WriteByte(' ')
		}
		if !maths[i] {
			b.WriteString(template.HTMLEscapeString(piece))
			continue
		}
		body := ending.ReplaceAllString(piece, "")
		if body == "" {
			body = piece
		}
		end := template.HTMLEscapeString(piece[len(body):])
		if end != "" {
			end = "<mtext>" + end + "</mtext>" // inside, so that no line begins with it
		}
		b.WriteString("<math>" + mathML(body) + end + "</math>")
	}
	return template.HTML(b.String())
}

// ending is what follows a formula in a sentence.
var ending = regexp.MustCompile(`(?:'s)?[.,;:?]*$`)

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
	if word == "" {
		return !strings.ContainsAny(piece, "()…") // punctuation
	}
	variable := utf8.RuneCountInString(word) == 1 && word != "a"
	return !variable && !mathWords[word] && !strings.ContainsFunc(word, notOfWords)
}

// notOfWords reports whether a character does not occur in the words of a language.
func notOfWords(r rune) bool {
	return !unicode.Is(unicode.Latin, r) && !strings.ContainsRune("-–’'", r)
}

// raised are characters that stand for exponents.
var raised = map[rune]string{
	'⁰': "0", '¹': "1", '²': "2", '³': "3", '⁴': "4", '⁵': "5", '⁶': "6", '⁷': "7", '⁸': "8", '⁹': "9",
	'⁺': "+", '⁻': "−", 'ᵀ': "T",
}

// mathML returns the MathML of a formula without blanks, or with blanks in braces. An
// unpaired brace, index or exponent stands for itself.
func mathML(text string) string {
	m := &mathScanner{rest: []rune(decomposed.Replace(text))}
	m.tight = len(m.rest) == 1 // a sign by itself has the blanks around it
	return m.row("")
}

type mathScanner struct {
	rest  []rune
	tight bool // no space around signs, as in indices and exponents
	last  rune // scanned
	bars  int  // that are open: of an absolute value or a number of elements
}

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
			sup = `<mo lspace="0" rspace="0">` + string(r) + "</mo>"
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
	defer func(tight bool) { m.tight = tight }(m.tight)
	m.tight = true
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
		for n < len(m.rest) && raised[m.rest[n]] == "" && unicode.Is(unicode.Latin, m.rest[n]) {
			if unicode.IsLower(m.rest[n-1]) && unicode.IsUpper(m.rest[n]) {
				break // another variable
			}
			n++
		}
		word := string(m.rest[:n])
		if n > 2 || n == 2 && !mathWords[word] {
			return "<mi>" + m.take(n) + "</mi>" // of several letters: upright
		}
		fallthrough
	case unicode.IsLetter(r) && !strings.ContainsRune("ΣΠ", r):
		return m.letter()
	case r == ' ':
		m.take(1)
		return `<mspace width="0.3em"></mspace>`
	case raised[r] != "":
		return "<mo>" + m.take(1) + "</mo>"
	}
	return m.sign()
}

// Letters with marks are set as letters below accents: fonts have few of them in italics.
var (
	decomposed = strings.NewReplacer("Ḡ", "G\u0304", "Ĥ", "H\u0302")
	accents    = map[rune]string{'\u0304': "¯", '\u0302': "ˆ"}
)

// letter scans a letter with its marks.
func (m *mathScanner) letter() string {
	letter := "<mi>" + m.take(1) + "</mi>"
	for len(m.rest) > 0 && unicode.IsMark(m.rest[0]) {
		letter = `<mover accent="true">` + letter + `<mo stretchy="false">` + accents[m.rest[0]] + "</mo></mover>"
		m.take(1)
	}
	return letter
}

// sign scans a character that is no letter and no digit.
func (m *mathScanner) sign() string {
	tight := m.tight || strings.ContainsRune("/ΣΠ", m.rest[0])
	if m.rest[0] == '|' {
		switch {
		case m.last == 0 || strings.ContainsRune("([{·−+/", m.last):
			m.bars++
			tight = true
		case m.bars > 0:
			m.bars--
			tight = true
		}
	}
	space := ""
	if tight {
		space = ` lspace="0" rspace="0"`
	}
	return `<mo stretchy="false"` + space + ">" + m.take(1) + "</mo>"
}

func (m *mathScanner) take(n int) string {
	m.last = m.rest[n-1]
	s := template.HTMLEscapeString(string(m.rest[:n]))
	m.rest = m.rest[n:]
	return s
}
