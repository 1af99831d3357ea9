package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"sounding/theorems"
	"sounding/verify"
)

// selection chooses statements.
type selection struct {
	Only    []string `help:"These statements only: ids, names such as \"Theorem 8\" or \"Section 9.1\", or patterns such as x-*." placeholder:"ID,…" sep:"none"`
	Section []string `help:"Those of these sections only, their subsections included." placeholder:"N,…"`
	Kind    []string `help:"Those of these kinds only: paper, refuted, needed, own." placeholder:"KIND,…"`
	Verdict []string `help:"Those with these verdicts only: holds, holds-if, holds-of, refuted, needed." placeholder:"VERDICT,…"`
}

// named returns the statements that a list names, and says of which of them an equation in it
// is a part.
func (c *console) named(list string) ([]*verify.Statement, error) {
	chosen, unknown := theorems.Select(list)
	if chosen == nil {
		return nil, unusable(unknownID(unknown))
	}
	for _, d := range theorems.DisplayedIn(list) {
		fmt.Fprintf(c.err, "sounding: %s is part of %s, %s\n", d.Name, d.Entry.ID, d.Entry.Title)
	}
	return chosen, nil
}

// statements returns the statements that all of the choices admit, in the order of the paper.
func (s *selection) statements(c *console) ([]*verify.Statement, error) {
	all := theorems.All()
	var list []*verify.Statement
	for _, names := range s.Only {
		chosen, err := c.named(names)
		if err != nil {
			return nil, err
		}
		list = append(list, chosen...)
	}
	if s.Only == nil {
		list = all
	}
	var sections, kinds, verdicts []string
	for _, o := range all {
		sections = append(sections, enclosing(o.Section)...)
		kinds = append(kinds, string(o.Relation()))
		verdicts = append(verdicts, hyphenated(o.Standing()))
	}
	for _, choice := range []struct {
		flag   string
		wanted []string
		known  []string
		of     func(*verify.Statement) []string
	}{
		{"--section", s.Section, sections, func(o *verify.Statement) []string { return enclosing(o.Section) }},
		{"--kind", s.Kind, kinds, func(o *verify.Statement) []string { return []string{string(o.Relation())} }},
		{"--verdict", s.Verdict, verdicts, func(o *verify.Statement) []string { return []string{hyphenated(o.Standing())} }},
	} {
		for _, w := range choice.wanted {
			if !slices.Contains(choice.known, w) {
				slices.Sort(choice.known)
				return nil, unusable(fmt.Errorf("%s %q: want one of %s", choice.flag, w, strings.Join(slices.Compact(choice.known), ", ")))
			}
		}
		if choice.wanted != nil {
			list = slices.DeleteFunc(slices.Clone(list), func(o *verify.Statement) bool {
				return !slices.ContainsFunc(choice.of(o), func(have string) bool { return slices.Contains(choice.wanted, have) })
			})
		}
	}
	if len(list) == 0 {
		return nil, unusable(errors.New("no statement is all of that: see sounding list"))
	}
	return slices.DeleteFunc(all, func(o *verify.Statement) bool {
		return !slices.ContainsFunc(list, func(l *verify.Statement) bool { return l.ID == o.ID })
	}), nil
}

// enclosing returns a section and those that it is part of: B.3 and B.
func enclosing(section string) []string {
	whole, _, part := strings.Cut(section, ".")
	if !part {
		return []string{section}
	}
	return []string{section, whole}
}

// hyphenated returns a verdict as a word for the command line.
func hyphenated(v verify.Verdict) string { return strings.ReplaceAll(string(v), " ", "-") }
