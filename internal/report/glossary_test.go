package report

import (
	"regexp"
	"strings"
	"testing"
	"unicode"

	"sounding/theorems"
)

// TestGlossary: every letter that stands for something in a formula or a hypothesis is
// explained, and every explained symbol occurs.
func TestGlossary(t *testing.T) {
	t.Parallel()
	explained := make(map[string]bool)
	for _, s := range append(symbols, words...) {
		for _, w := range letters(s.name) {
			explained[w] = true
		}
	}
	const plain = "e O o d s t Σ Π" // e^x, O(·), o(1), the differential, sums, products, and what the glossary names with an index
	for _, w := range strings.Fields(plain) {
		explained[w] = true
	}
	var all strings.Builder
	for _, s := range theorems.All() {
		texts := append([]string{s.Formula}, s.Hypotheses...)
		for _, c := range s.Claims {
			texts = append(append(texts, c.Formula), c.Hypotheses...)
		}
		for _, text := range texts {
			all.WriteString(text + "\n")
			for _, w := range letters(text) {
				if !explained[w] {
					explained[w] = true // said once
					t.Errorf("%s: no glossary entry explains %q in %q", s.ID, w, text)
				}
			}
		}
	}
	for _, s := range symbols {
		if !s.pattern().MatchString(all.String()) {
			t.Errorf("%s is explained and occurs nowhere", s.name)
		}
	}
}

var wordsOfLetters = regexp.MustCompile(`[\pL][\pL\pM]*`)

// letters returns the words of one letter, with its bars and hats.
func letters(text string) []string {
	var list []string
	for _, w := range wordsOfLetters.FindAllString(strings.ReplaceAll(text, "ᵀ", " "), -1) {
		n := 0
		for _, r := range w {
			if unicode.IsLetter(r) {
				n++
			}
		}
		if n == 1 {
			list = append(list, w)
		}
	}
	return list
}
