package report

import (
	"fmt"
	"math"
	"strings"

	"sounding/generators"
	"sounding/theorems"
)

// vacuity says on how many instances a hypothesis failed somewhere, or everywhere.
func vacuity(e *theorems.Entry) string {
	var parts []string
	if e.Vacuous > 0 {
		parts = append(parts, fmt.Sprintf("on %s a hypothesis did not hold somewhere, and nothing is claimed there", plural(e.Vacuous, "instance")))
	}
	if e.Empty > 0 {
		parts = append(parts, fmt.Sprintf("on %d of %s nothing was compared at all", e.Empty, plural(e.Looked, "instance")))
	}
	return strings.Join(parts, "; ")
}

// inequalities writes how near to equality the instances came.
func (p *printer) inequalities(e *theorems.Entry) {
	if len(e.Inequalities) == 0 || e.Violation != nil {
		return
	}
	total, equal := 0, 0
	for _, q := range e.Inequalities {
		total += q.Comparisons
		equal += q.Equal
	}
	p.line("")
	p.line("<details><summary>%s, compared %s, %d of them equalities</summary>", plural(len(e.Inequalities), "inequality"), plural(total, "time"), equal)
	p.line("")
	p.line("| inequality | compared | equal | least slack |")
	p.line("|---|---|---|---|")
	for _, q := range e.Inequalities {
		p.line("| %s | %d | %d | %s |", cell(code(q.Claim)), q.Comparisons, q.Equal, slack(q.Least))
	}
	p.line("")
	p.line("</details>")
}

// slack writes a relative slack, rounded up to two digits.
func slack(v float64) string {
	if math.IsInf(v, 1) {
		return ""
	}
	exponent := int(math.Floor(math.Log10(v)))
	if exponent >= -2 {
		return fmt.Sprintf("%.2f", math.Ceil(v*100)/100)
	}
	digits := math.Ceil(v / math.Pow10(exponent-1))
	return fmt.Sprintf("%.1f·10^%d", digits/10, exponent)
}

// leastSlack says how near to equality the other comparisons came.
func leastSlack(q theorems.Inequality) string {
	if s := slack(q.Least); s != "" {
		return ", least slack of the others " + s
	}
	return ""
}

// classes writes the classes of the instances that a statement brings itself.
func (p *printer) classes(e *theorems.Entry) {
	if e.Classes == nil {
		return
	}
	var hit, missed []string
	for _, c := range generators.Classes() {
		if n := e.Classes[c]; n > 0 {
			hit = append(hit, fmt.Sprintf("%s %d", c, n))
		} else {
			missed = append(missed, c.String())
		}
	}
	p.line("")
	p.line("<details><summary>Instances of its own making, by class</summary>")
	p.line("")
	p.line("%s.", strings.Join(hit, "; "))
	if missed != nil {
		p.line("None of: %s.", strings.Join(missed, "; "))
	}
	p.line("")
	p.line("</details>")
}

// generated writes the classes of the instances that statements share.
func (p *printer) generated(r *theorems.Report) {
	shared, all := 0, 0
	for _, e := range r.Entries {
		if e.Statement.Source == nil {
			shared++
			all = max(all, e.Looked)
		}
	}
	if r.Classes == nil || shared == 0 {
		return
	}
	p.line("")
	p.line("## Generated instances")
	p.line("")
	p.line("The classes of the %s that %s share; the others bring instances of their own", plural(all, "instance"), plural(shared, "statement"))
	p.line("making, counted with each. None is discarded. The least share is that of a long run, which the")
	p.line("tests of package generators hold it to. About degenerate classes some statements say nothing.")
	p.line("")
	p.line("| class | instances | least share | degenerate |")
	p.line("|---|---|---|---|")
	for _, c := range generators.Classes() {
		degenerate := ""
		if c.Degenerate() {
			degenerate = "yes"
		}
		p.line("| %s | %d | %.1f %% | %s |", c, r.Classes[c], float64(c.Least())/10, degenerate)
	}
}
