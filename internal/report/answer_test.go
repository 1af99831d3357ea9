package report

import (
	"os"
	"slices"
	"strings"
	"testing"

	"sounding/generators"
	"sounding/internal/layout"
	"sounding/theorems"
	"sounding/verify"
)

// registryReport is a report in which every entry turns out as it claims.
func registryReport() *verify.Report {
	r := &verify.Report{Seed: 1, Effort: 1, Classes: make(verify.Classes, len(generators.Classes()))}
	for _, s := range theorems.All() {
		e := &verify.Entry{Statement: s, Verdict: s.Verdict(), Grade: s.Grade(), Result: verify.Result{Comparisons: 1}}
		for i := range s.Claims {
			c := &s.Claims[i]
			e.Claims = append(e.Claims, verify.Evidence{Claim: c, Check: c.Check, Formula: s.ClaimFormula(i), Grade: c.Check.Grade(), Tried: 1, Compared: 1})
		}
		r.Entries = append(r.Entries, e)
	}
	return r
}

// TestAnswer: the answer rests on entries that there are, and leaves out no refuted reading.
func TestAnswer(t *testing.T) {
	t.Parallel()
	var ids []string
	for _, part := range answerParts {
		for _, q := range part.points {
			for _, id := range q.ids {
				if _, ok := theorems.Find(id); !ok {
					t.Errorf("the answer rests on %s, which is no entry", id)
				}
			}
			ids = append(ids, q.ids...)
		}
	}
	for _, s := range theorems.All() {
		if s.Relation() == verify.RefutedReading && !slices.Contains(ids, s.ID) {
			t.Errorf("the answer says nothing of %s, which refutes a reading of the paper", s.ID)
		}
	}
	if t.Failed() {
		return
	}
	r := registryReport()
	var b strings.Builder
	const narrow, most = 80, 25
	p := onTerminal(&b, narrow, r)
	p.answer(r)
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	if len(lines) > most {
		t.Errorf("%d lines, want at most %d:\n%s", len(lines), most, &b)
	}
	for _, l := range lines {
		if n := layout.Width(l); n > narrow {
			t.Errorf("%d columns: %s", n, l)
		}
	}
	if strings.Contains(b.String(), "NOT BORNE OUT") {
		t.Errorf("something is not borne out by\n%s", &b)
	}
	e := entryOf(r, "thm-8")
	e.Violation, e.Verdict = &verify.Violation{}, verify.Refuted
	b.Reset()
	p.answer(r)
	if got := strings.Join(strings.Fields(b.String()), " "); !strings.Contains(got, "with shared parameters too. NOT BORNE OUT BY THIS RUN: thm-8.") {
		t.Errorf("a claim that fails is relied on:\n%s", &b)
	}
	r.Entries = r.Entries[1:]
	for i, e := range r.Entries {
		if e.Statement.ID == "thm-8" {
			r.Entries = slices.Delete(r.Entries, i, i+1)
			break
		}
	}
	b.Reset()
	if p.answer(r); b.Len() > 0 {
		t.Errorf("a run that left out thm-8 answers:\n%s", &b)
	}
}

// TestLength: VERIFY.md stays short enough to be read.
func TestLength(t *testing.T) {
	t.Parallel()
	const most = 1200
	text, err := os.ReadFile("../../VERIFY.md")
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), "\n"); n > most {
		t.Errorf("VERIFY.md has %d lines, want at most %d: let more of an entry stand in docs/evidence alone", n, most)
	}
	if !strings.Contains(string(text), "\n## The answer\n") {
		t.Error("VERIFY.md has no answer")
	}
}
