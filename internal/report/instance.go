package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"sounding/internal/layout"
	"sounding/verify"
)

// findings are the words for what was found on an instance.
var findings = map[verify.Finding]string{
	verify.True: "true here", verify.False: "FALSE HERE", verify.Vacuous: "vacuous",
	verify.Open: "undecided", verify.Skipped: "skipped", verify.Mistaken: "PANICKED",
}

// Instance writes what was found on a given instance: for each statement whether it is true
// there as it is worded and, where the wording fails in general, whether the repair is;
// then both sides of what is false, and the reasons for what was skipped. The terminal has so
// many columns, 0 for any number; again is as for [Rows.End].
func Instance(w io.Writer, width int, r *verify.Report, again func(*verify.Entry) string) error {
	t := layout.Table{Head: []string{"ID", "AS WORDED", "REPAIR", "TIME", "STATEMENT"}}
	for _, e := range r.Entries {
		t.Rows = append(t.Rows, []string{e.Statement.ID, findings[e.AsWorded().Finding()], repair(e), e.Time.Round(time.Millisecond).String(), e.Statement.Title})
	}
	if err := t.Write(w, width); err != nil {
		return err
	}
	p := onTerminal(w, width, r)
	for _, k := range onInstance {
		p.falseHere(r, k)
	}
	for _, e := range r.Entries {
		if e.Violation != nil || e.Panic != nil {
			p.failure(e, again(e))
		}
	}
	p.reasons(r)
	p.line("")
	for _, k := range onInstance {
		p.countHere(r, k)
	}
	p.made(r)
	return p.err
}

// repair returns what was found of the repair of an entry that has one.
func repair(e *verify.Entry) string {
	if e.Statement.Refuted == nil {
		return ""
	}
	return findings[e.Finding()]
}

// sort is a kind of entries with its name, and what it means that one of their wordings is
// false.
type sort struct {
	kind            verify.Kind
	one, many, says string
}

// onInstance are all of them.
var onInstance = []sort{
	{verify.Paper, "statement of the paper", "statements of the paper", ""},
	{verify.RefutedReading, "reading of its words that fails in general", "readings of its words that fail in general", "False here as the paper is read"},
	{verify.Needed, "statement with a hypothesis left out", "statements with a hypothesis left out", "False here without a hypothesis that the paper states"},
	{verify.Own, "statement of our own", "statements of our own", ""},
}

// falseHere writes both sides of the wordings of a kind that are false on the instance, each
// with its repair and what follows in practice.
func (p *printer) falseHere(r *verify.Report, k sort) {
	said, tilted := false, false
	for _, e := range r.Entries {
		if e.Statement.Relation() != k.kind || e.Given.Wording == nil || e.Given.Wording.Violation == nil {
			continue
		}
		if !said {
			p.line("\n%s:", k.says)
			said = true
		}
		p.line("\n%s: %s", e.Statement.ID, e.Statement.Refuted.Wording)
		p.violation(e.Given.Wording.Violation)
		p.field("instead", fmt.Sprintf("%s (%s)", e.Statement.Repair, findings[e.Finding()]))
		p.field("means", e.Statement.Story.Practice)
		tilted = tilted || strings.Contains(e.Given.Wording.Violation.Detail, "λ/m")
	}
	if tilted {
		p.line("\nWhere e^{−λ/m} is named, the sides are at that λ, which need not be the instance's; m is the denominator of harm.")
	}
}

// reasons writes why entries were skipped or left undecided, and what they are about that
// the instance has not.
func (p *printer) reasons(r *verify.Report) {
	ids := make(map[string][]string)
	var order []string
	for _, e := range r.Entries {
		for _, reason := range why(e) {
			if ids[reason] == nil {
				order = append(order, reason)
			}
			if !slices.Contains(ids[reason], e.Statement.ID) {
				ids[reason] = append(ids[reason], e.Statement.ID)
			}
		}
	}
	if order != nil {
		p.line("")
	}
	for _, reason := range order {
		p.line("%s: %s", reason, strings.Join(ids[reason], ", "))
	}
}

// why says why there is no answer to what an entry claims, or to its wording.
func why(e *verify.Entry) []string {
	var list []string
	for _, result := range []*verify.Result{&e.Result, e.Given.Wording} {
		switch {
		case result == nil:
		case result.Finding() == verify.Skipped:
			list = append(list, "skipped, "+result.Undecided)
		case result.Finding() == verify.Open:
			list = append(list, "undecided, "+result.Undecided)
		}
	}
	switch {
	case len(e.Given.Lacks) > 0:
		list = append(list, fmt.Sprintf("vacuous, about %s, which the instance does not have", lacking(e.Given.Lacks)))
	case e.AsWorded().Finding() == verify.Vacuous || e.Finding() == verify.Vacuous:
		list = append(list, "vacuous, here a hypothesis fails (sounding explain lists them) or nothing is as the statement says")
	}
	return list
}

// lacking says in words what a case lacks of which a counterexample's file has the keys.
func lacking(keys []string) string {
	words := map[string]string{
		"policy": "a second policy (--tuned gives one)", "candidates": "further policies", "harm2": "a second harm",
		"covariance": "Gaussian variables", "parameterisation/logits": "logits that are polynomials",
		"scalars/delta": "a base recovery between 0 and 1",
	}
	var parts, numbers []string
	for _, key := range keys {
		if name, is := strings.CutPrefix(key, "scalars/"); is && words[key] == "" {
			numbers = append(numbers, name)
		} else {
			parts = append(parts, words[key])
		}
	}
	if numbers != nil {
		parts = append(parts, "numbers of its own ("+strings.Join(numbers, ", ")+")")
	}
	return strings.Join(parts, " and ")
}

// countHere writes the number of entries of a kind with each finding.
func (p *printer) countHere(r *verify.Report, k sort) {
	count := make(map[verify.Finding]int)
	total := 0
	for _, e := range r.Entries {
		if e.Statement.Relation() == k.kind {
			count[e.AsWorded().Finding()]++
			total++
		}
	}
	if total == 0 {
		return
	}
	var parts []string
	for _, f := range []verify.Finding{verify.True, verify.False, verify.Vacuous, verify.Open, verify.Skipped, verify.Mistaken} {
		if n := count[f]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, strings.ToLower(findings[f])))
		}
	}
	name := k.many
	if total == 1 {
		name = k.one
	}
	p.line("%d %s: %s.", total, name, strings.Join(parts, ", "))
}
