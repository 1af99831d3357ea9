package main

import (
	"sounding/internal/report"
	"sounding/verify"
)

type listCommand struct {
	selection

	JSON bool `name:"json" help:"Print a JSON array."`
}

// Run lists the statements.
func (l *listCommand) Run(c *console) error {
	statements, err := l.statements(c)
	if err != nil {
		return err
	}
	if l.JSON {
		type claim struct {
			Formula string       `json:"formula"`
			Grade   verify.Grade `json:"grade"`
		}
		type row struct {
			ID       string           `json:"id"`
			Title    string           `json:"title"`
			Section  string           `json:"section"`
			Kind     verify.Kind      `json:"kind"`
			Verdict  verify.Verdict   `json:"verdict"`
			Grade    verify.Grade     `json:"grade"`
			Sentence *report.Sentence `json:"sentence,omitzero"`
			Twins    []string         `json:"twins,omitzero"`
			Claims   []claim          `json:"claims"`
		}
		rows := []row{}
		for _, s := range statements {
			r := row{s.ID, s.Title, s.Section, s.Relation(), s.Verdict(), s.Grade(), report.SentenceOf(s), report.TwinsOf(s), nil}
			for i, c := range s.Claims {
				r.Claims = append(r.Claims, claim{s.ClaimFormula(i), c.Grade()})
			}
			rows = append(rows, r)
		}
		return report.WriteJSON(c.out, rows)
	}
	return report.List(c.out, c.width, statements)
}
