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

// verdictOrID finds the verdicts in a Saving and the entries that stand behind them.
var verdictOrID = regexp.MustCompile(`\b(?:true|false|(?:def|prop|thm|cor|lem|rem|eq|own|x)-[a-z0-9-]+)\b`)

// misnamed says what is wrong with the Saving of an entry; "" if nothing is. An entry that
// refutes a reading of the paper, and no other, names the readings that would save the sentence,
// each with whether it is true, and behind that the entries that show it.
func misnamed(s *Statement) string {
	switch refutes := s.Relation() == verify.RefutedReading; {
	case s.Saving == "" && !refutes:
		return ""
	case s.Saving == "":
		return "it refutes a reading of the paper: want the readings that would save the sentence"
	case !refutes:
		return "it refutes no reading of the paper, and names one that would save the sentence"
	case !strings.HasSuffix(s.Saving, "."):
		return "want a full stop at the end"
	}
	verdict := ""
	for _, word := range verdictOrID.FindAllString(s.Saving, -1) {
		if word == "true" || word == "false" {
			verdict = word
			continue
		}
		o, ok := Find(word)
		switch {
		case !ok:
			return word + " does not exist"
		case verdict == "":
			return word + " stands before any verdict"
		case o.ID == s.ID:
			return "it stands on itself"
		case (o.Refuted != nil) != (verdict == "false"):
			return word + " does not show that a reading is " + verdict
		}
	}
	if verdict == "" {
		return "want whether the readings are true"
	}
	return ""
}

// TestSavings: every entry has the Saving that it has to have.
func TestSavings(t *testing.T) {
	t.Parallel()
	for _, s := range All() {
		if m := misnamed(s); m != "" {
			t.Errorf("%s: Saving %q: %s", s.ID, s.Saving, m)
		}
	}
	if m := misnamed(&Statement{ID: "thm-20", Saving: "It is true."}); m == "" {
		t.Error("an entry that refutes nothing may have a Saving")
	}
	for saving, want := range map[string]string{
		"": "it refutes a reading of the paper: want the readings that would save the sentence",
		"Of the problem at each prefix it is true (thm-20)":    "want a full stop at the end",
		"Of the problem at each prefix, eq. 72 (thm-20).":      "thm-20 stands before any verdict",
		"Of the problem at each prefix, eq. 72.":               "want whether the readings are true",
		"Of the problem at each prefix it is true (thm-2).":    "thm-2 does not exist",
		"Of the problem at each prefix it is true (x-thm-22).": "x-thm-22 does not show that a reading is true",
		"Of the problem at each prefix it is false (thm-20).":  "thm-20 does not show that a reading is false",
		"Of the minimiser of eq. 43 it is false (x-thm-20).":   "it stands on itself",
	} {
		s := *xTheorem20
		s.Saving = saving
		if got := misnamed(&s); got != want {
			t.Errorf("Saving %q: %s, want %s", saving, got, want)
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
