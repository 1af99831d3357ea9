package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"io"

	"sounding/internal/report"
)

//go:embed page.html
var pageText string

var analysisPage = template.Must(template.New("analysis").Funcs(template.FuncMap{"prose": report.Prose}).Parse(pageText))

// page writes the analysis with its figures as a page.
func (p *profile) page(out io.Writer) error {
	in := p.instance
	var body bytes.Buffer
	if err := analysisPage.Execute(&body, map[string]any{
		"Made": p.made,
		"Facts": []explained{
			{"vocabulary and length", fmt.Sprintf("%d tokens, %d positions", in.Vocabulary(), in.Length())},
			{"λ, β, γ", p.scalars()},
			{"E[Harm]", brief(p.ExpectedHarm)},
			{"Var(Harm)", brief(p.Variance)},
			{"harm horizon", fmt.Sprintf("%d of %d positions", p.Horizon, in.Length())},
		},
		"Figures": p.figures(), "Profile": p.table(), "Precision": p.precision(), "Attack": p.extras.attackLength(p),
		"TunedTitle": tunedTitle, "Tuned": p.extras.table(p),
	}); err != nil {
		return err
	}
	return report.Page(out, "Harm information profile", template.HTML(body.String()))
}
