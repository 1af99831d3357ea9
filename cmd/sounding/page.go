package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"math"

	"sounding/exact"
	"sounding/internal/report"
)

//go:embed page.html
var pageText string

var analysisPage = template.Must(template.New("analysis").Parse(pageText))

// chart is a plot with its caption.
type chart struct {
	Caption string
	Plot    template.HTML
}

// page writes the analysis with its plots as a page.
func (p *profile) page(out io.Writer) error {
	charts, err := p.charts()
	if err != nil {
		return err
	}
	in := p.instance
	var body bytes.Buffer
	if err := analysisPage.Execute(&body, map[string]any{
		"Made": p.made,
		"Facts": []explained{
			{"vocabulary and length", fmt.Sprintf("%d tokens, %d positions", in.Vocabulary(), in.Length())},
			{"λ, β, γ", in.Lambda.RatString() + ", " + in.Beta.RatString() + ", " + in.Gamma.RatString()},
			{"E[Harm]", brief(p.ExpectedHarm)},
			{"Var(Harm)", brief(p.Variance)},
			{"harm horizon", fmt.Sprintf("%d of %d positions", p.Horizon, in.Length())},
		},
		"Charts": charts, "Profile": p.table(), "Precision": p.precision(), "Attack": p.extras.attackLength(p),
		"TunedTitle": tunedTitle, "Tuned": p.extras.table(p),
	}); err != nil {
		return err
	}
	return report.Page(out, "Harm information profile", template.HTML(body.String()))
}

// charts draws the quantities of the profile that have something to show.
func (p *profile) charts() ([]chart, error) {
	series := func(name string, of func(exact.Position) float64) report.Series {
		s := report.Series{Name: name}
		for _, q := range p.Positions {
			s.Values = append(s.Values, of(q))
		}
		return s
	}
	half, _ := p.instance.Lambda.Float64()
	half *= half / 2
	kl := []report.Series{
		series("KL of the optimum", func(q exact.Position) float64 { return q.EquilibriumKL.Float64() }),
		series("λ²I/2", func(q exact.Position) float64 { return half * q.Information.Float64() }),
	}
	if p.extras.tuned != nil {
		tuned := report.Series{Name: "KL of the tuned policy"}
		for _, r := range p.extras.tuned {
			v := math.Inf(1)
			if !r.Infinite {
				v = r.KL.Float64()
			}
			tuned.Values = append(tuned.Values, v)
		}
		kl = append(kl, tuned)
	}
	plots := []struct {
		caption string
		series  []report.Series
	}{
		{"Harm information: the part of Var(Harm) that each position decides.", []report.Series{
			series("harm information I", func(q exact.Position) float64 { return q.Information.Float64() }),
		}},
		{"The gradient of expected harm in the logits of each position. Beyond the horizon it is zero.", []report.Series{
			series("squared norm of the gradient", func(q exact.Position) float64 { return q.GradientNormSquared.Float64() }),
		}},
		{"How far each position moves from the model, and the term that leads for small λ.", kl},
	}
	if len(p.instance.Recovery) > 0 {
		plots = append(plots, struct {
			caption string
			series  []report.Series
		}{"Recovery probability before and at the optimum of the recovery penalty, and what that costs.", []report.Series{
			series("ρ of the model", func(q exact.Position) float64 { return q.RecoveryProbability.Float64() }),
			series("ρ at the optimum", func(q exact.Position) float64 { return q.GibbsRecovery.Float64() }),
			series("KL of recovery", func(q exact.Position) float64 { return q.GibbsKL.Float64() }),
		}})
	}
	var charts []chart
	for _, c := range plots {
		drawn, err := report.Chart(c.series...)
		if err != nil {
			return nil, err
		}
		charts = append(charts, chart{c.caption, drawn})
	}
	return charts, nil
}
