package report

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"sounding/theorems"
	"sounding/verify"
)

// brief writes an entry on half a screen: formula, verdict, hypotheses, the evidence of each
// claim, and the story of a refutation. Where Markdown allows it, no blank lines part them.
func (p *printer) brief(e *verify.Entry) {
	s := e.Statement
	p.heading(s)
	for _, f := range packed(clauses(s.Formula)) {
		p.line("    %s", f)
	}
	p.line("%s [In full](docs/evidence/%s#%s)", p.headline(e), fileOf(topSection(s)), s.ID)
	p.sentenceInShort(s)
	if e.Violation != nil {
		p.item("%s.", p.failed(e.Violation))
	}
	p.unfinished(e)
	for _, m := range e.NearMisses {
		if !m.Refuted() {
			p.item("Near-miss “%s”: %s.", p.prose(m.Falsehood.Name), p.bold("not refuted"))
		}
	}
	p.claimsInShort(e)
	if s.Refuted != nil {
		p.item("%s: %s%s Repair: %s", readAs(s), p.prose(s.Refuted.Wording), saving(p.prose(s.Saving)), p.prose(s.Repair))
	}
	p.story(e)
}

// saving introduces the readings that would save a sentence, if there are any.
func saving(text string) string {
	if text == "" {
		return ""
	}
	return " What would save it: " + text
}

// packedWidth is how many letters of short clauses share a line.
const packedWidth = 120

// packed joins clauses that fit on a line together.
func packed(clauses []string) []string {
	var lines []string
	for _, c := range clauses {
		if n := len(lines) - 1; n >= 0 && utf8.RuneCountInString(lines[n])+len("; ")+utf8.RuneCountInString(c) <= packedWidth {
			lines[n] += "; " + c
		} else {
			lines = append(lines, c)
		}
	}
	return lines
}

// claimsInShort writes the claims of an entry that has several, those with the same
// evidence together, which is not said again if it is that of all. Each has a line of its own.
func (p *printer) claimsInShort(e *verify.Entry) {
	var order []string
	formulas := make(map[string][]string)
	n := 0
	for i := range e.Claims {
		c := &e.Claims[i]
		if c.Also {
			continue
		}
		n++
		k := strengthInShort(c)
		if formulas[k] == nil {
			order = append(order, k)
		}
		formulas[k] = append(formulas[k], formulaOf(c))
	}
	if n < 2 || e.Violation != nil {
		return
	}
	if len(order) == 1 {
		p.item("Claims:<br>%s.", p.prose(strings.Join(formulas[order[0]], ".<br>")))
		return
	}
	var parts []string
	for _, k := range order {
		parts = append(parts, fmt.Sprintf("*%s*:<br>%s.", k, p.prose(strings.Join(formulas[k], ".<br>"))))
	}
	p.item("Claims by their evidence:<br>%s", strings.Join(parts, "<br>"))
}

// sentenceInShort writes what became of the sentence of an entry, if there is more to say
// than that it holds, the ids of its twins, and the hypotheses.
func (p *printer) sentenceInShort(s *verify.Statement) {
	var parts []string
	switch {
	case s.Twin != "":
		parts = append(parts, fmt.Sprintf("On the same sentence as %s.", p.link(s.Twin)))
	case s.HasSentence() && s.Sentence.But != "":
		parts = append(parts, fmt.Sprintf("The paper, %s: %s %s", s.Place(), p.prose(s.Sentence.Says), p.prose(ruling(s))))
	}
	for _, o := range theorems.Twins(s) {
		if o.ID != s.Twin {
			parts = append(parts, fmt.Sprintf("See also %s, %s.", p.link(o.ID), o.Standing()))
		}
	}
	if h := hypotheses(s); h != "" {
		parts = append(parts, "Hypotheses: "+p.prose(h))
	}
	if parts != nil {
		p.item("%s", strings.Join(parts, " "))
	}
}

// hypotheses returns the hypotheses of a statement as one sentence, "" if it has none.
func hypotheses(s *verify.Statement) string {
	if s.Hypotheses == nil {
		return ""
	}
	return strings.TrimSuffix(strings.Join(s.Hypotheses, "; "), ".") + "."
}

// formulaOf returns the formula of a claim with its hypotheses.
func formulaOf(c *verify.Evidence) string {
	if c.Also {
		return "the same by another way, not graded"
	}
	formula := c.Formula
	if c.Claim.Formula == "" {
		formula = "the statement"
	}
	if h := c.Claim.Hypotheses; h != nil {
		formula += " (" + strings.Join(h, "; ") + ")"
	}
	return formula
}

// story tells a refutation: what happens in the counterexample, the two sides with their
// names, what follows, and how to see it again.
func (p *printer) story(e *verify.Entry) {
	c, s := e.Counterexample, e.Statement
	if s.Refuted == nil || c == nil || e.Violation != nil {
		return
	}
	p.line("")
	p.paragraph(p.prose(s.Story.Told))
	p.line("")
	p.drawing(c.Case)
	if p.terminal {
		p.line("")
	}
	v := c.Violation
	sides := fmt.Sprintf("%s: %s. %s: %s. The %s claims %s%s.", p.prose(initial(s.Story.Left)), p.code(v.Left.Brief()),
		p.prose(initial(s.Story.Right)), p.code(v.Right.Brief()), claimed(s), p.code(v.Claim), where(v))
	practice := "In practice: " + p.prose(s.Story.Practice)
	if p.terminal {
		p.item("%s %s", sides, practice)
		p.command("- Again: %s", again(s))
		return
	}
	p.item("%s<br>%s<br>Again: %s", sides, practice, p.code(again(s)))
}

// again returns the commands that show a counterexample once more.
func again(s *verify.Statement) string {
	return fmt.Sprintf("sounding verify --only %[1]s --save cases; sounding replay cases/%[1]s.json", s.ID)
}

// where returns the place of a violation after "at", or nothing.
func where(v *verify.Violation) string {
	if at := place(v); at != "" {
		return " at " + at
	}
	return ""
}

// initial returns a text with a capital at its start, if it starts with an article or
// another word of prose.
func initial(text string) string {
	for _, word := range []string{"the ", "a ", "what ", "whether ", "twice ", "its ", "that "} {
		if strings.HasPrefix(text, word) {
			return strings.ToUpper(text[:1]) + text[1:]
		}
	}
	return text
}
