package theorems

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// Select returns the entries that a list names, once each and in the order of the paper.
// Commas, blanks or "and" separate the names. A name is an id in any case, "Theorem 8",
// "eq. 18" or "8" as the paper numbers its statements, "Section 9.1", "Appendix A" or "A.4"
// with all that is there, or a pattern of ids such as "x-*". The
// first name that is none of them comes back as unknown.
func Select(list string) (chosen []*Statement, unknown string) {
	all := All()
	named := make(map[string]bool)
	for _, name := range namesIn(list) {
		ids := idsOf(all, name)
		if ids == nil {
			return nil, name
		}
		for _, id := range ids {
			named[id] = true
		}
	}
	return slices.DeleteFunc(all, func(s *Statement) bool { return !named[s.ID] }), ""
}

// Displayed is a displayed equation without an entry of its own, as a list names it.
type Displayed struct {
	Name  string
	Entry *Statement // that it is part of
}

// DisplayedIn returns the equations without an entry of their own that a list names.
func DisplayedIn(list string) (equations []Displayed) {
	all := All()
	for _, name := range namesIn(list) {
		m := numbered.FindStringSubmatch(strings.ToLower(name))
		if m == nil || kindOf(m[2]) != "eq" {
			continue
		}
		if id := holdsEquation(m[3]); slices.Equal(idsOf(all, name), []string{id}) {
			entry := all[slices.IndexFunc(all, func(s *Statement) bool { return s.ID == id })]
			equations = append(equations, Displayed{name, entry})
		}
	}
	return equations
}

// namesIn splits a list into names: "Remarks 1 and 4" has two, "Remarks 1" and
// "Remarks 4".
func namesIn(list string) (names []string) {
	several := "" // the kind in "Remarks 1, 4 and 7"
	for item := range strings.SplitSeq(list, ",") {
		for _, name := range separate(item) {
			switch kind := severalOf.FindString(name); {
			case kind != "":
				several = kind
			case startsNumber.MatchString(name) && several != "":
				name = several + name
			default:
				several = ""
			}
			names = append(names, name)
		}
	}
	return names
}

// separate splits an item of a list at blanks, except for those between a word and its
// number.
func separate(item string) []string {
	words := strings.Fields(item)
	if len(words) == 0 {
		return []string{""}
	}
	var names []string
	for i, w := range words {
		switch {
		case i > 0 && (startsNumber.MatchString(w) && kindOf(strings.Trim(strings.ToLower(words[i-1]), "x-.")) != "" || sectionOf(words[i-1]+" "+w) != ""):
			names[len(names)-1] += " " + w
		case w == "and" && len(words) > 1:
		default:
			names = append(names, w)
		}
	}
	return names
}

var (
	startsNumber = regexp.MustCompile(`^\(?[0-9]`)
	numbered     = regexp.MustCompile(`^(x[- ])?([a-z]*)[-. _]*\(?([0-9]+)\)?$`)
	severalOf    = regexp.MustCompile(`^[A-Za-z]+s\.? `)
	section      = regexp.MustCompile(`^(sections?|secs?\.?|§|appendix|app\.?)?[- ]?(([0-9]+|[a-z])(\.[0-9]+)?)$`)
)

// sectionOf returns the section that a name such as "Section 9", "App. B" or "A.4" is about; ""
// if it is about none.
func sectionOf(name string) string {
	m := section.FindStringSubmatch(strings.ToLower(name))
	if m == nil || m[1] == "" && m[4] == "" {
		return ""
	}
	return strings.ToUpper(m[2])
}

// inSection reports whether a statement is in a section, or in a part of it.
func inSection(s *Statement, section string) bool {
	return s.Section == section || strings.HasPrefix(s.Section, section+".")
}

// kinds are the words for the kinds of statements, a short form that is not the beginning
// of the word, and the kind in ids.
var kinds = []struct{ word, short, id string }{
	{"theorem", "thm", "thm"},
	{"lemma", "lem", "lem"},
	{"corollary", "cor", "cor"},
	{"proposition", "prop", "prop"},
	{"definition", "defn", "def"},
	{"remark", "rem", "rem"},
	{"equation", "eqn", "eq"},
	{"assumption", "ass", "assumption"},
}

// kindOf returns the kind in ids of a word such as "Theorem", "thm" or "Eqn"; "" if it is
// none.
func kindOf(word string) string {
	word = strings.TrimSuffix(strings.ToLower(word), "s")
	for _, k := range kinds {
		if len(word) > 1 && strings.HasPrefix(k.word, word) || word == k.short {
			return k.id
		}
	}
	return ""
}

// idsOf returns the ids that a name stands for, nil if there are none.
func idsOf(all []*Statement, name string) []string {
	name = strings.ToLower(name)
	var ids []string
	if strings.ContainsAny(name, "*?[") {
		for _, s := range all {
			if ok, err := path.Match(name, s.ID); ok && err == nil {
				ids = append(ids, s.ID)
			}
		}
		return ids
	}
	known := func(id string) bool {
		return slices.ContainsFunc(all, func(s *Statement) bool { return s.ID == id })
	}
	if known(name) {
		return []string{name}
	}
	if section := sectionOf(name); section != "" {
		for _, s := range all {
			if inSection(s, section) {
				ids = append(ids, s.ID)
			}
		}
		return ids
	}
	m := numbered.FindStringSubmatch(name)
	if m == nil {
		return nil
	}
	candidates := []string{kindOf(m[2])}
	if m[2] == "" {
		candidates = []string{"def", "prop", "thm", "cor", "lem"} // which the paper counts together
	}
	for _, kind := range candidates {
		id := kind + "-" + m[3]
		if m[1] != "" {
			id = "x-" + id
		}
		if !known(id) && kind == "eq" && m[1] == "" {
			id = holdsEquation(m[3])
		}
		if known(id) {
			return []string{id}
		}
		if known("x-" + id) {
			return []string{"x-" + id}
		}
	}
	return nil
}
