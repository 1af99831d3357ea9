package main

import (
	"fmt"
	"text/tabwriter"

	"sounding/internal/report"
	"sounding/theorems"
	"sounding/verify"
)

type listCommand struct {
	JSON bool `name:"json" help:"Print a JSON array."`
}

// Run lists the statements.
func (l *listCommand) Run(c *console) error {
	if l.JSON {
		type claim struct {
			Formula string       `json:"formula"`
			Grade   verify.Grade `json:"grade"`
		}
		type row struct {
			ID      string         `json:"id"`
			Title   string         `json:"title"`
			Section string         `json:"section"`
			Kind    verify.Kind    `json:"kind"`
			Verdict verify.Verdict `json:"verdict"`
			Grade   verify.Grade   `json:"grade"`
			Claims  []claim        `json:"claims"`
		}
		rows := []row{}
		for _, s := range theorems.All() {
			r := row{s.ID, s.Title, s.Section, s.Relation(), s.Verdict(), s.Grade(), nil}
			for i, c := range s.Claims {
				r.Claims = append(r.Claims, claim{s.ClaimFormula(i), c.Check.Grade()})
			}
			rows = append(rows, r)
		}
		return report.WriteJSON(c.out, rows)
	}
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	for _, s := range theorems.All() {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", s.ID, s.Verdict(), s.Grade(), s.Title)
	}
	return w.Flush()
}
