package verify

import (
	"slices"
	"strings"
)

// More verdicts: on a sentence of the paper that is neither true as it stands nor refuted,
// and on what the paper does not say.
const (
	HoldsIf Verdict = "holds if" // with a hypothesis that the paper does not state
	HoldsOf Verdict = "holds of" // of another object than the paper says
	Witness Verdict = "needed"   // shows that something cannot be left out; the paper does not say that it can
)

// Sentence is what the paper says in one place, and what became of it. The entries about
// it are the one that has it and those that name that one as their twin.
type Sentence struct {
	Place   string  // such as "Section 10.2"; empty for what the paper numbers
	Says    string  // in a line
	Verdict Verdict // Holds, HoldsIf, HoldsOf or Refuted; empty for Holds
	// But names the hypothesis, the other object, or what is true instead; of a sentence
	// that holds, what may be remarked.
	But string
}

// placeNames are what the paper calls the kinds of its numbered statements, by the
// kinds of ids.
var placeNames = map[string]string{
	"eq": "Equation", "def": "Definition", "prop": "Proposition", "thm": "Theorem", "lem": "Lemma", "cor": "Corollary", "rem": "Remark",
}

// Place returns where the paper has the sentence of the entry, such as "Theorem 22".
func (s *Statement) Place() string {
	if p := s.Sentence.Place; p != "" {
		return p
	}
	kind, number, _ := strings.Cut(strings.TrimPrefix(s.ID, "x-"), "-")
	return placeNames[kind] + " " + number
}

// HasSentence reports whether the entry is the one that has a sentence of the paper.
func (s *Statement) HasSentence() bool { return s.Sentence.Says != "" }

// SentenceVerdict returns the verdict on the sentence of the entry.
func (s *Statement) SentenceVerdict() Verdict {
	if v := s.Sentence.Verdict; v != "" {
		return v
	}
	return Holds
}

// Standing returns what a list says of the entry: the verdict on its sentence of the
// paper, if it has one.
func (s *Statement) Standing() Verdict {
	switch {
	case s.HasSentence():
		return s.SentenceVerdict()
	case s.Relation() == Needed:
		return Witness
	}
	return s.Verdict()
}

// Standing returns what the run bears out of what a list says of an entry: Undecided,
// where a check of the entry fails or leaves it open, or where no entry of the report
// refutes what should be refuted.
func (r *Report) Standing(e *Entry) Verdict {
	v := e.Statement.Standing()
	confirmed := func(o *Entry) bool { return !o.Falsified() && o.Verdict == o.Statement.Verdict() }
	if !confirmed(e) {
		return Undecided
	}
	if v != Refuted || e.Statement.Refuted != nil {
		return v
	}
	refutes := func(o *Entry) bool {
		return o.Statement.Twin == e.Statement.ID && o.Statement.Relation() == RefutedReading
	}
	if i := slices.IndexFunc(r.Entries, refutes); i < 0 {
		return v // not part of the run
	}
	if slices.ContainsFunc(r.Entries, func(o *Entry) bool { return refutes(o) && confirmed(o) }) {
		return v
	}
	return Undecided
}
