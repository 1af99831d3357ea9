package theorems

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// Select returns the entries that a list names, once each and in the order of the paper.
// Commas or blanks separate the names. A name is an id in any case, "Theorem 8", "eq. 18"
// or "8" as the paper numbers its statements, or a pattern of ids such as "x-*". The
// first name that is none of them comes back as unknown.
func Select(list string) (chosen []*Statement, unknown string) {
	all := All()
	named := make(map[string]bool)
	for item := range strings.SplitSeq(list, ",") {
		for _, name := range separate(item) {
			ids := idsOf(all, name)
			if ids == nil {
				return nil, name
			}
			for _, id := range ids {
				named[id] = true
			}
		}
	}
	return slices.DeleteFunc(all, func(s *Statement) bool { return !named[s.ID] }), ""
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
		if i > 0 && startsNumber.MatchString(w) && kindOf(strings.Trim(strings.ToLower(words[i-1]), "x-.")) != "" {
			names[len(names)-1] += " " + w
			continue
		}
		names = append(names, w)
	}
	return names
}

var (
	startsNumber = regexp.MustCompile(`^\(?[0-9]`)
	numbered     = regexp.MustCompile(`^(x[- ])?([a-z]*)[-. _]*\(?([0-9]+)\)?$`)
)

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
	}
	return nil
}
