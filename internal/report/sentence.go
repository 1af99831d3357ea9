package report

import (
	"fmt"

	"sounding/theorems"
	"sounding/verify"
)

// verdictTexts say what the verdicts on a sentence of the paper mean, before what it
// takes, of what, or what is true instead.
var verdictTexts = map[verify.Verdict]string{
	verify.Holds:   "It holds",
	verify.HoldsIf: "It holds if",
	verify.HoldsOf: "It holds of",
	verify.Refuted: "It is refuted. True instead:",
}

// ruling says what became of a sentence of the paper.
func ruling(s *verify.Statement) string {
	v, but := s.SentenceVerdict(), s.Sentence.But
	if but == "" {
		return verdictTexts[v] + "."
	}
	return fmt.Sprintf("%s %s.", verdictTexts[v], but)
}

// sentenceOf returns the entry that has the sentence of the paper which s is about, nil if
// there is none.
func sentenceOf(s *verify.Statement) *verify.Statement {
	if s.Twin != "" {
		s, _ = theorems.Find(s.Twin)
	}
	if !s.HasSentence() {
		return nil
	}
	return s
}

// refuting returns the ids of the entries that refute a sentence of the paper, of an entry
// whose formula is what is true in its place.
func refuting(r *verify.Report, e *verify.Entry) []string {
	if r.Standing(e) != verify.Refuted || e.Statement.Refuted != nil {
		return nil
	}
	var ids []string
	for _, o := range theorems.Twins(e.Statement) {
		if o.Relation() == verify.RefutedReading {
			ids = append(ids, o.ID)
		}
	}
	return ids
}

// headline returns the verdict on an entry, and what stands behind it.
func (p *printer) headline(e *verify.Entry) string {
	text := p.bold(string(verdict(p.report, e)))
	if ids := refuting(p.report, e); ids != nil {
		text += " by " + p.links(ids) + "; the formula holds"
	}
	return text + ": " + Phrase(e) + "."
}

// claimed names what an entry refutes, and readAs introduces it: a reading of the paper, or
// a stronger version of a statement, which the paper does not claim.
func claimed(s *verify.Statement) string {
	if s.Relation() == verify.Needed {
		return "stronger version"
	}
	return "reading"
}

func readAs(s *verify.Statement) string {
	if s.Relation() == verify.Needed {
		return "Not claimed by the paper"
	}
	return "Read as"
}

// sentence writes the sentence of the paper that an entry is about, what became of it,
// and the other entries about it.
func (p *printer) sentence(s *verify.Statement) {
	if whole := sentenceOf(s); whole != nil {
		p.item("The paper, %s: %s %s", whole.Place(), p.prose(whole.Sentence.Says), p.prose(ruling(whole)))
	}
	for _, o := range theorems.Twins(s) {
		p.item("See also: %s, %s: %s.", p.link(o.ID), o.Standing(), p.prose(o.Title))
	}
}

// Sentence is the file form of a sentence of the paper.
type Sentence struct {
	Place   string         `json:"place"`
	Says    string         `json:"says"`
	Verdict verify.Verdict `json:"verdict"`
	But     string         `json:"but,omitzero"`
}

// SentenceOf returns the sentence of the paper that a statement has, nil if it has none.
func SentenceOf(s *verify.Statement) *Sentence {
	if !s.HasSentence() {
		return nil
	}
	return &Sentence{s.Place(), s.Sentence.Says, s.SentenceVerdict(), s.Sentence.But}
}

// TwinsOf returns the ids of the other entries about the same sentence of the paper.
func TwinsOf(s *verify.Statement) []string {
	var ids []string
	for _, o := range theorems.Twins(s) {
		ids = append(ids, o.ID)
	}
	return ids
}
