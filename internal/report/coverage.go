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

// instances are the different sets of instances that statements were tried on, told apart
// by their classes: first the set that statements share, if any, and then those that
// statements bring, in the order of the paper.
type instances struct {
	shared bool // whether the first set is the one that statements share
	sets   []instanceSet
}

// instanceSet is a set of instances, and the statements that were tried on it.
type instanceSet struct {
	looked  int
	classes verify.Classes
	entries []*verify.Entry
}

func instancesOf(r *verify.Report) instances {
	var list instances
	if r.Classes != nil {
		common := instanceSet{classes: r.Classes}
		for _, e := range r.Entries {
			if e.Statement.Source == nil {
				common.entries = append(common.entries, e)
				common.looked = max(common.looked, e.Tried)
			}
		}
		if list.shared = common.entries != nil; list.shared {
			list.sets = append(list.sets, common)
		}
	}
	for _, e := range r.Entries {
		if e.Classes != nil {
			n := list.of(e)
			list.sets[n].entries = append(list.sets[n].entries, e)
		}
	}
	return list
}

// of returns the number of the set that e brought, and adds it if it is new.
func (l *instances) of(e *verify.Entry) int {
	first := 0
	if l.shared {
		first = 1
	}
	for n, s := range l.sets[first:] {
		if s.looked == e.Tried && slices.Equal(s.classes, e.Classes) {
			return first + n
		}
	}
	l.sets = append(l.sets, instanceSet{looked: e.Tried, classes: e.Classes})
	return len(l.sets) - 1
}

// generated writes the classes of all sets of instances.
func (p *printer) generated(l instances) {
	if len(l.sets) == 0 {
		return
	}
	p.line("")
	p.line("## Generated instances")
	p.line("")
	if l.shared {
		p.line("The classes of the %s that %s share. None is discarded. The tests of package", plural(l.sets[0].looked, "instance"), plural(len(l.sets[0].entries), "statement"))
		p.line("generators hold a long run to the least share of each class. Some statements say nothing about")
		p.line("degenerate classes.")
		p.line("")
		var rows [][]string
		for _, c := range generators.Classes() {
			degenerate := ""
			if c.Degenerate() {
				degenerate = "yes"
			}
			rows = append(rows, []string{c.String(), fmt.Sprint(l.sets[0].classes[c]), fmt.Sprintf("%.1f %%", float64(c.Least())/10), degenerate})
		}
		p.table([]string{"class", "instances", "least share", "degenerate"}, rows)
		l.sets = l.sets[1:]
	}
	if len(l.sets) == 0 {
		return
	}
	p.line("")
	p.line("<details><summary>%s that other statements bring</summary>", plural(len(l.sets), "set"))
	p.line("")
	head, all := []string{"class"}, []string{"all"}
	for n, s := range l.sets {
		head = append(head, setName(n))
		all = append(all, fmt.Sprint(s.looked))
	}
	rows := [][]string{all}
	for _, c := range generators.Classes() {
		row := []string{c.String()}
		for _, s := range l.sets {
			row = append(row, fmt.Sprint(s.classes[c]))
		}
		rows = append(rows, row)
	}
	p.table(head, rows)
	p.line("")
	for n, s := range l.sets {
		var ids []string
		for _, e := range s.entries {
			ids = append(ids, p.link(e.Statement.ID))
		}
		p.line("- %s: %s", setName(n), strings.Join(ids, ", "))
	}
	p.line("")
	p.line("</details>")
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
	n := p.instances.of(e)
	if p.instances.shared {
		n--
	}
	file := "instances.md"
	if p.home == "" {
		file = "" // on the same page
	}
	return fmt.Sprintf(", on instances made for it (set %s of the [generated instances](%s#generated-instances))", setName(n), file)
}
