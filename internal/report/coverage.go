package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"sounding/generators"
	"sounding/verify"
)

// vacuity says on how many instances a hypothesis failed somewhere, on how many nothing
// was compared, and why claims are compared on fewer than they are tried on.
func vacuity(e *verify.Entry) string {
	var parts []string
	if e.VacuousCases > 0 {
		parts = append(parts, fmt.Sprintf("on %s a hypothesis fails somewhere, and nothing is claimed there", plural(e.VacuousCases, "instance")))
	}
	if e.EmptyCases > 0 {
		parts = append(parts, fmt.Sprintf("on %d of %s nothing was compared at all", e.EmptyCases, plural(e.Tried, "instance")))
	}
	if i := slices.IndexFunc(e.Claims, func(c verify.Evidence) bool { return c.Compared > 0 && c.Compared < c.Tried }); i >= 0 && e.Undecided == "" {
		c := &e.Claims[i]
		parts = append(parts, fmt.Sprintf("“%s” says that on the others a hypothesis fails, or there is nothing that the claim is about", ofTried(c.Compared, c.Tried, "instance")))
	}
	return strings.Join(parts, "; ")
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
	return fmt.Sprintf("%.1f·%s", digits/10, powerOfTen(exponent))
}

// instances are the different sets of instances that statements were tried on: the one that
// statements share, and those that statements bring, told apart by their classes, in the order
// of the paper.
type instances struct {
	shared instanceSet // without entries if there is none
	own    []instanceSet
}

// instanceSet is a set of instances, and the statements that were tried on it.
type instanceSet struct {
	looked  int
	classes verify.Classes
	entries []*verify.Entry
}

func instancesOf(r *verify.Report) instances {
	l := instances{shared: instanceSet{classes: r.Classes}}
	for _, e := range r.Entries {
		switch {
		case e.Classes != nil:
			n := l.of(e)
			if n < 0 {
				n = len(l.own)
				l.own = append(l.own, instanceSet{looked: e.Tried, classes: e.Classes})
			}
			l.own[n].entries = append(l.own[n].entries, e)
		case r.Classes != nil && e.Statement.Source == nil:
			l.shared.entries = append(l.shared.entries, e)
			l.shared.looked = max(l.shared.looked, e.Tried)
		}
	}
	return l
}

// of returns the number of the set that e brought, negative if there is none.
func (l *instances) of(e *verify.Entry) int {
	return slices.IndexFunc(l.own, func(s instanceSet) bool {
		return s.looked == e.Tried && slices.Equal(s.classes, e.Classes)
	})
}

// generated writes the classes of all sets of instances.
func (p *printer) generated(l instances) {
	if l.shared.entries == nil && l.own == nil {
		return
	}
	p.line("\n## Generated instances\n")
	if l.shared.entries != nil {
		p.sharedInstances(l.shared)
	}
	if l.own == nil {
		return
	}
	head, all := []string{"class"}, []string{"all"}
	for n, s := range l.own {
		head = append(head, setName(n))
		all = append(all, fmt.Sprint(s.looked))
	}
	rows := [][]string{all}
	for _, c := range generators.Classes() {
		row := []string{c.String()}
		for _, s := range l.own {
			row = append(row, fmt.Sprint(s.classes[c]))
		}
		rows = append(rows, row)
	}
	p.line("\n<details><summary>%s that other statements bring</summary>\n", plural(len(l.own), "set"))
	p.table(head, rows)
	p.line("")
	for n, s := range l.own {
		var ids []string
		for _, e := range s.entries {
			ids = append(ids, e.Statement.ID)
		}
		p.line("- %s: %s", setName(n), p.links(ids))
	}
	p.line("\n</details>")
}

// sharedInstances writes the classes of the instances that statements share.
func (p *printer) sharedInstances(s instanceSet) {
	p.line("The classes of the %s that %s share. None is discarded. The tests of package", plural(s.looked, "instance"), plural(len(s.entries), "statement"))
	p.line("generators hold a long run to the least share of each class. Some statements say nothing about")
	p.line("degenerate classes.\n")
	var rows [][]string
	for _, c := range generators.Classes() {
		degenerate := ""
		if c.Degenerate() {
			degenerate = "yes"
		}
		rows = append(rows, []string{c.String(), fmt.Sprint(s.classes[c]), fmt.Sprintf("%.1f %%", float64(c.Least())/10), degenerate})
	}
	p.table([]string{"class", "instances", "least share", "degenerate"}, rows)
}

// setName returns A to Z for the n-th set of instances, then AA and so on.
func setName(n int) string {
	if n < 26 {
		return string(rune('A' + n))
	}
	return setName(n/26-1) + setName(n%26)
}

// ownInstances says which set of instances an entry brought.
func (p *printer) ownInstances(e *verify.Entry) string {
	switch {
	case e.Classes == nil:
		return ""
	case p.terminal:
		return ", on instances of its own"
	}
	file := "instances.md"
	if p.home == "" {
		file = "" // on the same page
	}
	return fmt.Sprintf(", on instances made for it (set %s of the [generated instances](%s#generated-instances))", setName(p.instances.of(e)), file)
}
