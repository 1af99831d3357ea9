package theorems

import "slices"

// Registry returns every entry, in the order of the paper.
func Registry() []*Statement {
	return slices.Concat(
		section4(), section5(), section6(), section7(), section8(), section9(), section9Equilibrium(),
		appendixA(), contested(), minimisers(),
	)
}

// Find returns the entry with the given id.
func Find(id string) (*Statement, bool) {
	for _, s := range Registry() {
		if s.ID == id {
			return s, true
		}
	}
	return nil, false
}
