package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"sounding/exact"
	"sounding/internal/layout"
	"sounding/model"
)

// profile is an analysis and its subject.
type profile struct {
	fast     bool         // the analysis is in float64
	again    []recomputed // what is not, or not well enough
	instance *model.Instance
	made     string // what was made of a text, in a few lines; empty for an instance file
	*exact.Analysis
	extras *extras // nil where the analysis is only printed as JSON
}

// print prints the analysis as a table, each number to a few digits.
func (p *profile) print(c *console) error {
	var b strings.Builder
	if p.made != "" {
		fmt.Fprintf(&b, "%s\n", p.made)
	}
	fmt.Fprintf(&b, "λ, β, γ    %s\nE[Harm]    %s\nVar(Harm)  %s\nhorizon    %d of %d positions\n\n",
		p.scalars(), brief(p.ExpectedHarm), brief(p.Variance), p.Horizon, p.instance.Length())
	largest := 0.0
	for _, q := range p.Positions {
		largest = max(largest, q.Information.Float64())
	}
	table := p.table()
	barred := table.layout()
	barred.Head = append(barred.Head, "")
	for i, row := range barred.Rows {
		barred.Rows[i] = append(row, bar(ratio(p.Positions[i].Information.Float64(), largest)))
	}
	if c.width > 0 && barred.Width() > c.width {
		barred = table.layout()
	}
	barred.Write(&b, c.width) // into a string, which takes everything
	table.explain(&b)
	fmt.Fprintf(&b, "%s --json prints them in full.\n~0 is an enclosure that contains 0%s.\n", p.precision(), p.open())
	p.extras.print(&b, c.width, p)
	_, err := io.WriteString(c.lines(), b.String())
	return err
}

// scalars returns λ, β and γ.
func (p *profile) scalars() string {
	return p.instance.Lambda.RatString() + ", " + p.instance.Beta.RatString() + ", " + p.instance.Gamma.RatString()
}

// table is a table of numbers with the meaning of its columns.
type table struct {
	Columns []string
	Rows    [][]string
	Legend  []explained
}

// explained is a symbol and what it stands for.
type explained struct{ Symbol, Meaning string }

// layout returns the table as a terminal shows it.
func (t *table) layout() layout.Table {
	rows := make([][]string, len(t.Rows))
	for i, row := range t.Rows {
		rows[i] = slices.Clip(row)
	}
	return layout.Table{Head: slices.Clip(t.Columns), Rows: rows, Right: len(t.Columns), Indent: "  "}
}

// explain prints the legend.
func (t *table) explain(b *strings.Builder) {
	width := 0
	for _, l := range t.Legend {
		width = max(width, layout.Width(l.Symbol))
	}
	fmt.Fprintln(b)
	for _, l := range t.Legend {
		b.WriteString(layout.Row([]int{width, layout.Width(l.Meaning)}, 0, []string{l.Symbol, l.Meaning}))
	}
}

// table returns the profile, a row for each position.
func (p *profile) table() *table {
	t := &table{
		Columns: []string{"t", "I_t", "of Var", "|∇|²", "tr F", "E ρ_0", "I_t^rec", "E ρ*", "KL rec", "KL_t"},
		Legend: []explained{
			{"I_t", "harm information: E[Var(h_t | y_<t)], and its part of Var(Harm)"},
			{"|∇|²", "squared norm of the gradient of E[Harm] in the logits of the position"},
			{"tr F", "trace of their expected Fisher information"},
			{"E ρ_0", "probability that the next token is a recovery token"},
			{"I_t^rec", "recovery information under the adversarial prefix distribution Q"},
			{"E ρ*", "recovery probability at the optimum of the penalty βγ^t, and KL rec its cost" + p.unpenalised()},
			{"KL_t", "KL divergence of the optimum P* ∝ P·e^{−λHarm} from the model at the position" + p.beyond()},
		},
	}
	variance := p.Variance.Float64()
	for i, q := range p.Positions {
		row := []string{strconv.Itoa(i + 1), short(q.Information), fmt.Sprintf("%.1f%%", 100*ratio(q.Information.Float64(), variance))}
		for _, n := range []exact.Number{
			q.GradientNormSquared, q.FisherTrace, q.RecoveryProbability, q.RecoveryInformation,
			q.GibbsRecovery, q.GibbsKL,
		} {
			row = append(row, short(n))
		}
		t.Rows = append(t.Rows, append(row, p.equilibriumKL(i)))
	}
	return t
}

// equilibriumKL prints KL_t at t = i+1. Beyond the horizon it is 0, which no enclosure can
// say: the optimum is the model there (rem-3).
func (p *profile) equilibriumKL(i int) string {
	q := p.Positions[i].EquilibriumKL
	if lo, _ := q.Ends(); i >= p.Horizon && lo <= 0 {
		return "0"
	}
	return short(q)
}

// beyond says where KL_t is 0.
func (p *profile) beyond() string {
	if p.Horizon == p.instance.Length() {
		return ""
	}
	return "; 0 beyond the horizon"
}

// unpenalised says what the penalty of recovery does where it is 0.
func (p *profile) unpenalised() string {
	if p.instance.Beta.Sign() > 0 {
		return ""
	}
	return ": E ρ_0 and 0, as β = 0"
}

// precision says how the numbers of a profile were computed.
func (p *profile) precision() string {
	switch {
	case p.fast:
		s := "All are computed in float64, and proven to the digits shown"
		for _, r := range p.again {
			s += ";\n" + r.String()
		}
		return s + ";"
	case p.Variance.Exact == nil:
		return "The first five are enclosed and the last three enclosed to 10⁻²⁰;"
	}
	return "The first five are exact and the last three enclosed to 10⁻²⁰;"
}

// open says how an enclosure is written that is not narrow and contains 0.
func (p *profile) open() string {
	if p.fast {
		return ", ≤ one that reaches from 0 to there"
	}
	return ""
}

// ratio returns part/whole, and 0 of nothing.
func ratio(part, whole float64) float64 {
	if whole <= 0 {
		return 0
	}
	return part / whole
}

// bar draws a part of 1 with twenty marks at most.
func bar(part float64) string {
	n := int(20*part + 0.5)
	if n == 0 {
		return ""
	}
	return strings.Repeat("█", n)
}

// longestExact is the length up to which an exact number is printed as it is.
const longestExact = 24

// brief prints a number exactly where that is short, and to six digits.
func brief(n exact.Number) string {
	if n.Exact != nil {
		if s := n.Exact.RatString(); len(s) <= longestExact {
			return fmt.Sprintf("%s (%.6g)", s, n.Float64())
		}
	}
	lo, hi := n.Ends()
	if lo <= 0 {
		return short(n)
	}
	return fmt.Sprintf("%.*g", sure(lo, hi, 6), n.Float64())
}

// short prints a number to four digits, or to as many as its enclosure is sure of, and
// one that contains 0 as "~0" or, if it is wider than 10^−20, by its upper end.
func short(n exact.Number) string {
	lo, hi := n.Ends()
	switch {
	case lo == 0 && hi == 0:
		return "0"
	case lo <= 0 && hi <= narrow:
		return "~0"
	case lo <= 0:
		return fmt.Sprintf("≤%.2g", 1.06*hi) // rounding takes less than 5 %
	}
	return fmt.Sprintf("%.*g", sure(lo, hi, 4), n.Float64())
}

// narrow is the width of the enclosures that an analysis with a precision ends with.
const narrow = 1e-20

// sure returns how many digits of a number between 0 < lo and hi are known up to one unit, from 1 to most.
func sure(lo, hi float64, most int) int {
	digits := 1
	for unit := math.Pow(10, math.Floor(math.Log10(hi))-1); digits < most && hi-lo <= unit; unit /= 10 {
		digits++
	}
	return digits
}
