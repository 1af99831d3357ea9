package verify

import (
	"maps"
	"slices"

	"sounding/model"
)

// A given case may lack what a statement is about, or break a hypothesis that every drawn
// case respects.

// lackSamples is how many cases of a source, drawn and smallest, are looked at for
// what they all have.
const lackSamples = 4

// lacks names the components that all cases of the source have and c does not, as the file
// format of a counterexample names them.
func (s Source) lacks(c *model.Case) []string {
	have := components(c)
	missing := slices.DeleteFunc(components(s.Draw(1, 0)), func(name string) bool { return slices.Contains(have, name) })
	intersect := func(with *model.Case) {
		have := components(with)
		missing = slices.DeleteFunc(missing, func(name string) bool { return !slices.Contains(have, name) })
	}
	for i := 1; i < lackSamples && len(missing) > 0; i++ {
		intersect(s.Draw(1, i))
	}
	if s.Smallest != nil && len(missing) > 0 { // which may take seconds to find
		n := 0
		for small := range s.Smallest() {
			if n++; n > lackSamples {
				break
			}
			intersect(small)
		}
	}
	return missing
}

// components names what a case has besides an instance and log-linear features.
func components(c *model.Case) []string {
	var names []string
	for _, f := range []struct {
		name    string
		present bool
	}{
		{"policy", c.Policy != nil},
		{"candidates", len(c.Candidates) > 0},
		{"harm2", c.Harm2 != nil},
		{"covariance", len(c.Covariance) > 0},
		{"parameterisation/logits", c.Parameterisation.Kind == model.Polynomial},
	} {
		if f.present {
			names = append(names, f.name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Scalars)) {
		names = append(names, "scalars/"+name)
	}
	return names
}
