package report

import (
	"fmt"
	"html/template"

	"sounding/theorems"
	"sounding/verify"
)

type sectionPage struct {
	ID, Key, Name string
	Entries       []entryPage
}

// entryPage is an entry, and what the page shows of it beside that.
type entryPage struct {
	verdictPage
	Entry            *verify.Entry
	RefutedBy        []string               // entries that refute the paper's sentence; the formula is what is true instead
	About            *verify.Statement      // the one that has the sentence
	SeeAlso          []*verify.Statement    // others about the same sentence
	Told             *verify.Counterexample // whose story is told
	Claims           []claimPage            // of an entry that has several
	Symbols          []termPage             // that occur in the entry
	Full, NearMisses template.HTML
	Missed           string // how many near-misses there are, and were refuted
}

type claimPage struct {
	Formula, Evidence template.HTML
	Number, Grade     string
}

// inTemplates are the functions that templates call.
var inTemplates = template.FuncMap{
	"prose": Prose, "formula": formula, "clauses": clauses, "phrase": Phrase, "ruling": ruling, "hypotheses": hypotheses,
	"readAs": readAs, "claimed": claimed, "initial": initial, "where": where, "again": again,
}

func sectionPages(r *verify.Report, of instances) ([]sectionPage, error) {
	var list []sectionPage
	for _, section := range sectionsOf(r) {
		q := sectionPage{ID: "section-" + section, Key: section, Name: sectionName(section)}
		for _, e := range r.Entries {
			if topSection(e.Statement) == section {
				x, err := newEntryPage(r, of, e)
				if err != nil {
					return nil, err
				}
				q.Entries = append(q.Entries, x)
			}
		}
		list = append(list, q)
	}
	return list, nil
}

func newEntryPage(r *verify.Report, of instances, e *verify.Entry) (entryPage, error) {
	s := e.Statement
	q := entryPage{
		verdictPage: newVerdictPage(verdict(r, e)), Entry: e, RefutedBy: refuting(r, e),
		About: sentenceOf(s), SeeAlso: theorems.Twins(s), Symbols: termPages(symbolsIn([]*verify.Entry{e})),
	}
	if s.Refuted != nil && e.Violation == nil {
		q.Told = e.Counterexample
	}
	if e.Violation == nil && len(e.Claims) > 1 {
		for i := range e.Claims {
			c := &e.Claims[i]
			q.Claims = append(q.Claims, claimPage{formula(formulaOf(c)), Prose(strength(c)), number(e, i), gradeOf(c)})
		}
	}
	var err error
	if q.Full, err = rendered(r, of, func(p *printer) {
		if e.Violation == nil {
			p.checks(e)
		}
		p.kernel(e)
	}); err != nil || len(e.NearMisses) == 0 {
		return q, err
	}
	q.Missed = fmt.Sprintf("%s, %d refuted", plural(len(e.NearMisses), "near-miss"), refutedMisses(e))
	q.NearMisses, err = rendered(r, of, func(p *printer) {
		for i, m := range e.NearMisses {
			p.nearMiss(i+1, m)
		}
	})
	return q, err
}
