package theorems

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"sounding/verify"
)

// TestSentences: every entry about the paper belongs to one sentence of it, and the verdict on
// the sentence agrees with the entries.
func TestSentences(t *testing.T) {
	t.Parallel()
	places := make(map[string]string)
	for _, s := range All() {
		own := s.Relation() == verify.Own
		switch {
		case own && (s.HasSentence() || s.Sentence != verify.Sentence{}):
			t.Errorf("%s is the suite's own, and has a sentence of the paper", s.ID)
		case !own && s.HasSentence() == (s.Twin != ""):
			t.Errorf("%s: want a Sentence that says what the paper says, or the Twin that has it", s.ID)
		case s.Relation() == verify.Needed && s.Twin == "":
			t.Errorf("%s shows what a statement needs: want its id as Twin", s.ID)
		}
		if !s.HasSentence() {
			continue
		}
		place := s.Place()
		if strings.HasPrefix(place, " ") {
			t.Errorf("%s: want the Place of a sentence that has no number", s.ID)
		}
		if other := places[place+s.Sentence.Says]; other != "" {
			t.Errorf("%s and %s have the same sentence", other, s.ID)
		}
		places[place+s.Sentence.Says] = s.ID
		refuting := slices.ContainsFunc(append(Twins(s), s), func(o *Statement) bool { return o.Relation() == verify.RefutedReading })
		switch v := s.SentenceVerdict(); {
		case v == verify.Holds && refuting:
			t.Errorf("%s: its sentence holds, and a reading of it is refuted", s.ID)
		case v == verify.Refuted && !refuting:
			t.Errorf("%s: its sentence is refuted, and no entry refutes a reading of it", s.ID)
		case s.Refuted != nil && v != verify.Refuted:
			t.Errorf("%s refutes its sentence, whose verdict is %q", s.ID, v)
		case v != verify.Holds && s.Sentence.But == "":
			t.Errorf("%s: verdict %q: want the hypothesis, the object, or what is true instead", s.ID, v)
		case !slices.Contains([]verify.Verdict{verify.Holds, verify.HoldsIf, verify.HoldsOf, verify.Refuted}, v):
			t.Errorf("%s: unknown verdict %q", s.ID, v)
		}
		if !strings.HasSuffix(s.Sentence.Says, ".") || strings.HasSuffix(s.Sentence.But, ".") {
			t.Errorf("%s: want a full stop after what the paper says, and none after the rest", s.ID)
		}
	}
}

// TestSavings: an entry that refutes a reading of the paper, and no other, names those readings
// that would save the sentence; entries that it refers to exist.
func TestSavings(t *testing.T) {
	t.Parallel()
	id := regexp.MustCompile(`\b(?:def|prop|thm|cor|lem|rem|eq|own|x)-[a-z0-9-]+`)
	for _, s := range All() {
		if (s.Saving != "") != (s.Relation() == verify.RefutedReading) {
			t.Errorf("%s: Saving %q, want the readings that would save the sentence, and whether they are true, if and only if the entry refutes one", s.ID, s.Saving)
		}
		if s.Saving != "" && !strings.HasSuffix(s.Saving, ".") {
			t.Errorf("%s: want a full stop after %q", s.ID, s.Saving)
		}
		for _, name := range id.FindAllString(s.Saving, -1) {
			if _, ok := Find(name); !ok {
				t.Errorf("%s: its saving reading refers to %s, which does not exist", s.ID, name)
			}
		}
	}
}

// TestTwins: twins name each other, and stand together.
func TestTwins(t *testing.T) {
	t.Parallel()
	all := All()
	for i, s := range all {
		for _, o := range Twins(s) {
			if !slices.Contains(Twins(o), s) {
				t.Errorf("%s names its twin %s, and not the other way", s.ID, o.ID)
			}
		}
		if s.Twin != "" && all[i-1].ID != s.Twin && all[i-1].Twin != s.Twin {
			t.Errorf("%s stands behind %s, want its twin %s", s.ID, all[i-1].ID, s.Twin)
		}
	}
}
