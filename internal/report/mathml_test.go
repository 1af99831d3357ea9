package report

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode"

	"sounding/theorems"
)

// TestMathML: the MathML of every formula is well-formed, and has the formula's characters.
func TestMathML(t *testing.T) {
	t.Parallel()
	// essence leaves out what MathML expresses otherwise, and the order of indices and exponents.
	essence := func(s string) string {
		kept := strings.Map(func(r rune) rune {
			if plain := raised[r]; plain != "" {
				return []rune(plain)[0]
			}
			if accent := accents[r]; accent != "" {
				r = []rune(accent)[0]
			}
			if unicode.IsSpace(r) || strings.ContainsRune("_^{}", r) {
				return -1
			}
			return r
		}, decomposed.Replace(s))
		runes := []rune(kept)
		slices.Sort(runes)
		return string(runes)
	}
	read := func(markup string) string {
		var b strings.Builder
		d := xml.NewDecoder(strings.NewReader("<p>" + markup + "</p>"))
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				return b.String()
			} else if err != nil {
				t.Fatalf("%v in %s", err, markup)
			}
			if text, ok := token.(xml.CharData); ok {
				b.Write(text)
			}
		}
	}
	var texts []string
	for _, s := range theorems.All() {
		texts = append(texts, s.Formula)
		for _, c := range s.Claims {
			texts = append(texts, c.Formula)
		}
	}
	for _, text := range append(texts, "", "_", "x_", "^", "{", "}", "a_{b", "a & b < c", "x_<") {
		if got := read(string(formula(text))); essence(got) != essence(text) {
			t.Errorf("%q reads as %q", text, got)
		}
	}
	for _, c := range []struct{ text, want string }{
		{"y_<t", `<math><msub><mi>y</mi><mrow><mo stretchy="false" lspace="0" rspace="0">&lt;</mo><mi>t</mi></mrow></msub></math>`},
		{"e^{−λHarm}", `<math><msup><mi>e</mi><mrow><mo stretchy="false" lspace="0" rspace="0">−</mo><mi>λ</mi><mi>Harm</mi></mrow></msup></math>`},
		{"γ^tG_t^rec", `<math><msup><mi>γ</mi><mi>t</mi></msup><msubsup><mi>G</mi><mi>t</mi><mi>rec</mi></msubsup></math>`},
		{"G_tᵀF̄", `<math><msubsup><mi>G</mi><mi>t</mi><mi mathvariant="normal">T</mi></msubsup><mover accent="true"><mi>F</mi><mo stretchy="false">¯</mo></mover></math>`},
		{"F̄_t⁻¹", `<math><msubsup><mover accent="true"><mi>F</mi><mo stretchy="false">¯</mo></mover><mi>t</mi><mi mathvariant="normal">−1</mi></msubsup></math>`},
		{"|R|", `<math><mo stretchy="false" lspace="0" rspace="0">|</mo><mi>R</mi><mo stretchy="false" lspace="0" rspace="0">|</mo></math>`},
		{"E[X|Y]", `<math><mi>E</mi><mo stretchy="false">[</mo><mi>X</mi><mo stretchy="false">|</mo><mi>Y</mi><mo stretchy="false">]</mo></math>`},
		{"y_t, …", `<math><msub><mi>y</mi><mi>t</mi></msub><mtext>,</mtext></math> <math><mo stretchy="false" lspace="0" rspace="0">…</mo></math>`},
		{"P* for every t", `<math><msup><mi>P</mi><mo lspace="0" rspace="0">*</mo></msup></math> for every <math><mi>t</mi></math>`},
	} {
		if got := string(formula(c.text)); got != c.want {
			t.Errorf("%q:\n%s, want\n%s", c.text, got, c.want)
		}
	}
}
