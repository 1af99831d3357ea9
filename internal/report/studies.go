package report

import (
	"fmt"
	"slices"
	"strings"

	"sounding/internal/mutation"
	"sounding/internal/study"
)

// Studies are what is known of the suite's own power, with the sources that have
// changed since.
type Studies struct {
	Power        *study.Power
	PowerChanged []string
	Kills        *study.Kills
	KillsChanged []string
	// Sources says whether the present sources are at hand to compare with.
	Sources bool
}

// studies writes the section on the suite's own power.
func (p *printer) studies(s *Studies) {
	p.line("")
	p.line("## The power to see mistakes")
	p.line("")
	p.line("How much a passed check means depends on what would have failed it. The studies here are")
	p.line("made on their own, as docs/power.md says, and kept with the hashes of the sources they were")
	p.line("made from.")
	if len(s.Power.Falsehoods) > 0 {
		p.power(s)
	}
	if len(s.Kills.Mutants) > 0 {
		p.kills(s)
	}
}

// age says whether a study is of the present sources.
func (s *Studies) age(changed []string) string {
	const shown = 5
	switch {
	case !s.Sources:
		return "Whether it is of these sources cannot be told away from them."
	case len(changed) == 0:
		return "It was made from the present sources."
	case len(changed) > shown:
		return fmt.Sprintf("**Stale**: %d source files have changed since, among them %s.", len(changed), strings.Join(changed[:shown], ", "))
	}
	return fmt.Sprintf("**Stale**: since then changed: %s.", strings.Join(changed, ", "))
}

// trials sums up trials of several falsehoods.
type trials struct {
	falsehoods, max int
	sum, worst      float64
}

func (t *trials) add(s study.Trials) {
	t.falsehoods++
	t.sum += s.Mean
	t.worst = max(t.worst, s.Mean)
	t.max = max(t.max, s.Max)
}

func (t *trials) String() string {
	if t.falsehoods == 0 {
		return "| | | "
	}
	return fmt.Sprintf("| %.2f | %.2f | %d ", t.sum/float64(t.falsehoods), t.worst, t.max)
}

func (p *printer) power(s *Studies) {
	kinds := []string{"identity", "asymptotic", "other"}
	exact, modular := make(map[string]*trials), make(map[string]*trials)
	for _, k := range kinds {
		exact[k], modular[k] = new(trials), new(trials)
	}
	seeds, starts, single := 0, 0, 0
	conditions := 0
	for _, f := range s.Power.Falsehoods {
		exact[f.Kind].add(f.Exact)
		if f.Modular != nil {
			modular[f.Kind].add(*f.Modular)
		}
		seeds, starts = max(seeds, f.Exact.Seeds), max(starts, f.Starts)
		if f.Ends == 1 {
			single++
		}
		if f.When != "" {
			conditions++
		}
	}
	all := len(s.Power.Falsehoods)
	p.line("")
	p.line("### Falsehoods")
	p.line("")
	p.line("From each of %d seeds, how many random instances, or random points of 𝔽_p, it takes until one", seeds)
	p.line("refutes a falsehood: a near-miss, or the wording of a refuted statement. %d of the %d say what an", conditions, all)
	p.line("instance has to have to show them; other instances are not counted there. The numbers of each")
	p.line("stand with its statement. %s", s.age(s.PowerChanged))
	p.line("")
	p.line("| kind | falsehoods | mean | worst mean | most | mod p: mean | worst mean | most |")
	p.line("|---|---|---|---|---|---|---|---|")
	for _, k := range kinds {
		p.line("| %s | %d %s%s|", k, exact[k].falsehoods, exact[k], modular[k])
	}
	p.line("")
	p.line("From %d seeds each, %d of the %d falsehoods end in one counterexample, the same from every seed.", starts, single, all)
}

// falsehood names a near-miss of a statement or, with no name, its wording.
type falsehood struct{ statement, name string }

// measured returns how soon each falsehood is refuted.
func (s *Studies) measured() map[falsehood]*study.Falsehood {
	m := make(map[falsehood]*study.Falsehood)
	for i := range s.Power.Falsehoods {
		f := &s.Power.Falsehoods[i]
		m[falsehood{f.Statement, f.Name}] = f
	}
	return m
}

// soon says after how many cases a falsehood was refuted.
func soon(f *study.Falsehood) string {
	s := fmt.Sprintf("%.2f random instances on average and %d at most", f.Exact.Mean, f.Exact.Max)
	if f.When != "" {
		s += fmt.Sprintf(", of those with %s (%.0f %%)", f.When, 100*f.Met)
	}
	if m := f.Modular; m != nil {
		s += fmt.Sprintf("; %.2f points of 𝔽_p, %d at most", m.Mean, m.Max)
	}
	return s + fmt.Sprintf(", over %d seeds", f.Exact.Seeds)
}

// fates are the columns of the table of mutants.
var fates = []struct {
	sign mutation.Sign
	head string
}{
	{mutation.Fails, "a statement fails"},
	{mutation.Unseen, "a falsehood passes"},
	{mutation.Panics, "panic"},
	{mutation.Reports, "the report differs"},
	{mutation.Test, "a test fails"},
	{mutation.TimesOut, "time-out"},
}

func (p *printer) kills(s *Studies) {
	k := s.Kills
	var folders []string
	count := make(map[[2]string]int)
	var survivors, equivalents []study.Mutant
	for _, m := range k.Mutants {
		if !slices.Contains(folders, m.Folder) {
			folders = append(folders, m.Folder)
		}
		column := m.Sign
		switch {
		case m.Survives():
			column = "survives"
			survivors = append(survivors, m)
		case m.Sign == "":
			column = "equivalent"
			equivalents = append(equivalents, m)
		}
		for _, f := range []string{m.Folder, "all"} {
			count[[2]string{f, column}]++
			count[[2]string{f, ""}]++
		}
	}
	noticed := len(k.Mutants) - len(survivors) - len(equivalents)
	p.line("")
	p.line("### Mutants")
	p.line("")
	p.line("%d small faults in the suite's own code, of the %d that its operators can make: methods of a", len(k.Mutants), k.Sites)
	p.line("ring, arguments, signs, comparisons, constants and indices changed, statements left out. %d are", noticed)
	p.line("noticed, %d can be noticed by nothing that the code promises, and %s. %s", len(equivalents), survive(len(survivors)), s.age(s.KillsChanged))
	p.line("")
	head, rule := "| folder | mutants |", "|---|---|"
	for _, f := range fates {
		head, rule = head+" "+f.head+" |", rule+"---|"
	}
	p.line("%s equivalent | survive |", head)
	p.line("%s---|---|", rule)
	for _, folder := range append(folders, "all") {
		row := fmt.Sprintf("| %s | %d |", folder, count[[2]string{folder, ""}])
		for _, f := range fates {
			row += fmt.Sprintf(" %d |", count[[2]string{folder, string(f.sign)}])
		}
		p.line("%s %d | %d |", row, count[[2]string{folder, "equivalent"}], count[[2]string{folder, "survives"}])
	}
	p.line("")
	p.line("A fault counts where it shows most plainly: a statement fails on a small sample of its instances,")
	p.line("or a falsehood is refuted no more; else the program panics, or this report would differ, in the")
	p.line("number of comparisons, the slack of an inequality or the way in which a falsehood fails; else a")
	p.line("test of a package fails; else nothing ends within the time. The matrix of mutants and statements")
	p.line("is internal/study/kills.json.")
	p.mutants("Mutants that survive", survivors)
	p.mutants("Mutants that nothing can notice", equivalents)
}

func survive(n int) string {
	if n == 0 {
		return "none survives"
	}
	return fmt.Sprintf("**%d survive**", n)
}

// mutants lists mutants, folded up where Markdown is rendered.
func (p *printer) mutants(title string, list []study.Mutant) {
	if len(list) == 0 {
		return
	}
	p.line("")
	p.line("<details><summary>%s</summary>", title)
	p.line("")
	for _, m := range list {
		what := "left out: " + quote(m.Original)
		if m.Mutated != "" {
			what = fmt.Sprintf("%s for %s", quote(m.Mutated), quote(m.Original))
		}
		if m.Equivalent != "" {
			what += ". " + m.Equivalent
		}
		p.line("- %s: %s", code(m.ID), what)
	}
	p.line("")
	p.line("</details>")
}

// quote quotes code that may hold backquotes itself.
func quote(s string) string {
	if strings.Contains(s, "`") {
		return "`` " + s + " ``"
	}
	return code(s)
}

// Noticed returns the number of mutants that show on each statement.
func (s *Studies) Noticed() map[string]int {
	n := make(map[string]int)
	for _, m := range s.Kills.Mutants {
		for _, id := range m.Statements {
			n[id]++
		}
	}
	return n
}
