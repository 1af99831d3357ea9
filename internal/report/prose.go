package report

import (
	"html/template"
	"regexp"
	"strings"
	"unicode"
)

// Prose returns a text as HTML, with its formulas as MathML.
func Prose(text string) template.HTML {
	list := pieces(text)
	maths := make([]bool, len(list))
	for i, piece := range list {
		maths[i] = isFormula(piece)
	}
	for i, piece := range list {
		signs := i > 0 && isSign(list[i-1]) || i+1 < len(list) && isSign(list[i+1])
		switch word := strings.Trim(piece, "()[]{},.:;"); {
		case signs && operand.MatchString(word):
			maths[i] = true
		case i+1 < len(list) && maths[i+1] && functions[word]:
			maths[i] = true
		}
	}
	return marked(list, maths)
}

// What makes a piece of prose a formula: a character that words do not have, a variable, or a function with
// its argument. An A and a B are names of appendices, and an a without punctuation is an article.
var (
	mathCharacter = regexp.MustCompile(`[_^=≤≥<>≠≈√∂∇Σ∫∞∝‖∈∉|⇒⇔⇏½⅓¼⅔¾\p{Greek}⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ᵀ]`)
	variable      = regexp.MustCompile(`^[b-zC-HJ-ZḠĤ]\pM*['*]*$`)
	application   = regexp.MustCompile(`^(?:[A-Zf-hp-rw]|Var|Cov|KL|log|logit|exp|max|min|tr)\*?[(\[]\S`)
	hyphenated    = regexp.MustCompile(`\pL-|-\pL`)
)

// operand is what stands beside a sign, besides variables.
var operand = regexp.MustCompile(`^(?:−?[\d./]+|a|KL|Harm)$`)

// functions are written before their arguments.
var functions = map[string]bool{"log": true, "logit": true, "exp": true, "tr": true}

func isFormula(piece string) bool {
	inner := strings.Trim(piece, "(),.:;?“”…")
	switch {
	case hyphenated.MatchString(inner):
		return false
	case isSign(piece), mathCharacter.MatchString(inner), variable.MatchString(inner), application.MatchString(piece):
		return true
	}
	return inner == "a" && piece != "a" && strings.ContainsAny(piece[len(piece)-1:], "),;")
}

// isSign reports whether a piece is a relation or an operation by itself.
func isSign(piece string) bool {
	runes := []rune(piece)
	return len(runes) == 1 && (strings.ContainsRune("=≤≥<>≠≈+−·→", runes[0]) || unicode.Is(unicode.Sm, runes[0]) && runes[0] != '~')
}
