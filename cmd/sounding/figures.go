package main

import (
	"io"
	"math"
	"os"
	"path/filepath"

	"sounding/exact"
	"sounding/internal/report"
)

// figures shows the quantities of the profile, those of different units apart.
func (p *profile) figures() []report.Figure {
	series := func(name string, of func(exact.Position) exact.Number) report.Series {
		s := report.Series{Name: name}
		for _, q := range p.Positions {
			s.Values = append(s.Values, plotted(of(q)))
			if near(of(q)) {
				s.Near++
			}
		}
		return s
	}
	information := series("I_t", func(q exact.Position) exact.Number { return q.Information })
	lambda, _ := p.instance.Lambda.Float64()
	quadratic := report.Series{Name: "λ²I_t/2, the term that leads for small λ"}
	for _, v := range information.Values {
		quadratic.Values = append(quadratic.Values, lambda*lambda*v/2)
	}
	moves := []report.Series{
		series("KL_t of the optimum over all policies", func(q exact.Position) exact.Number { return q.EquilibriumKL }),
		quadratic,
	}
	if p.extras.tuned != nil {
		tuned := report.Series{Name: "KL of the tuned policy"}
		for _, r := range p.extras.tuned {
			tuned.Values = append(tuned.Values, tunedKL(r))
			if !r.Infinite && near(r.KL) {
				tuned.Near++
			}
		}
		moves = append(moves, tuned)
	}
	gradient := "The gradient of expected harm in the logits of each position."
	if p.Horizon < p.instance.Length() {
		gradient += " Beyond the horizon it is zero."
	}
	figures := []report.Figure{
		{Name: "information", Title: "Harm information: the part of Var(Harm) that each position decides.", Axis: "harm information I_t (squared harm)", Series: []report.Series{information}},
		{
			Name: "gradient", Title: gradient, Axis: "squared norm |∇E[Harm]|² (squared harm)",
			Series: []report.Series{series("|∇|²", func(q exact.Position) exact.Number { return q.GradientNormSquared })},
		},
		{Name: "kl", Title: "How far each position moves from the model.", Axis: "KL divergence from the model (nats)", Series: moves},
	}
	if len(p.instance.Recovery) > 0 {
		figures = append(
			figures,
			report.Figure{Name: "recovery", Title: "A recovery token next, before and at the optimum of the recovery penalty βγ^t.", Axis: "expected recovery probability", Series: []report.Series{
				series("ρ_0, of the model", func(q exact.Position) exact.Number { return q.RecoveryProbability }),
				series("ρ*, at the optimum", func(q exact.Position) exact.Number { return q.GibbsRecovery }),
			}},
			report.Figure{Name: "recovery-kl", Title: "What recovery at that optimum costs.", Axis: "KL divergence from the model (nats)", Series: []report.Series{
				series("KL of recovery", func(q exact.Position) exact.Number { return q.GibbsKL }),
			}},
		)
	}
	for i := range figures {
		figures[i].Horizon = p.Horizon
	}
	return figures
}

// plotted returns the place of a nonnegative number in a figure: 0 where a narrow enclosure contains 0,
// and NaN, for none, where a wide one does.
func plotted(n exact.Number) float64 {
	switch lo, hi := n.Ends(); {
	case lo > 0:
		return n.Float64()
	case hi <= narrow:
		return 0
	}
	return math.NaN()
}

// near reports whether a number is drawn at 0 although its enclosure allows others.
func near(n exact.Number) bool {
	lo, hi := n.Ends()
	return lo <= 0 && 0 < hi && hi <= narrow
}

// writeFigures writes each figure to a file of a directory, which is made if it is not there.
func (p *profile) writeFigures(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return unusable(err)
	}
	for _, f := range p.figures() {
		write := func(out io.Writer) error {
			_, err := io.WriteString(out, string(f.SVG())+"\n")
			return err
		}
		if err := writeFile(filepath.Join(dir, f.Name+".svg"), write); err != nil {
			return err
		}
	}
	return nil
}

// tunedKL returns the divergence of the tuned policy at a position, +Inf included.
func tunedKL(r exact.Tuned) float64 {
	if r.Infinite {
		return math.Inf(1)
	}
	return plotted(r.KL)
}
