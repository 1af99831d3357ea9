package main

import (
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"sounding/theorems"
)

type listCommand struct {
	JSON bool `name:"json" help:"Print a JSON array."`
}

// Run lists the statements.
func (l *listCommand) Run(c *console) error {
	if l.JSON {
		type row struct {
			ID      string `json:"id"`
			Title   string `json:"title"`
			Section string `json:"section"`
			Verdict string `json:"verdict"`
			Grade   string `json:"grade"`
		}
		rows := []row{}
		for _, s := range theorems.All() {
			rows = append(rows, row{s.ID, s.Title, s.Section, string(s.Verdict()), s.Grade().Word()})
		}
		e := json.NewEncoder(c.out)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(rows)
	}
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	for _, s := range theorems.All() {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", s.ID, s.Verdict(), s.Grade(), s.Title)
	}
	return w.Flush()
}
