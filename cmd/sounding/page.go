package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"

	"sounding/internal/report"
)

//go:embed page.html
var pageText string

var analysisPage = template.Must(template.New("analysis").Funcs(template.FuncMap{"prose": report.Prose, "number": report.Number}).Parse(pageText))

// page writes the analysis with its figures as a page.
func (p *profile) page(out io.Writer) error {
	in := p.instance
	facts := madeOf(p.made)
	facts = append(
		facts,
		explained{"size", fmt.Sprintf("%d tokens, %d positions", in.Vocabulary(), in.Length())},
		explained{"λ, β, γ", p.scalars()},
		explained{"E[Harm]", brief(p.ExpectedHarm)},
		explained{"Var(Harm)", brief(p.Variance)},
		explained{"harm horizon", fmt.Sprintf("%d of %d positions", p.Horizon, in.Length())},
	)
	var body bytes.Buffer
	if err := analysisPage.Execute(&body, map[string]any{
		"Facts": facts, "Figures": p.figures(), "Profile": p.table(), "Precision": p.precision(), "Attack": p.extras.attackLength(p),
		"TunedTitle": tunedTitle, "Tuned": p.extras.table(p),
	}); err != nil {
		return err
	}
	return report.Page(out, "Harm information profile", template.HTML(body.String()))
}

// madeOf returns the lines on what was made of a text, each a name, blanks, and what it is.
func madeOf(lines string) []explained {
	var list []explained
	for line := range strings.Lines(lines) {
		if name, what, found := strings.Cut(line, "  "); found {
			list = append(list, explained{name, strings.TrimSpace(what)})
		}
	}
	return list
}
