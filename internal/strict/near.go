package strict

import (
	"strings"

	"github.com/agnivade/levenshtein"
)

// longestNear is how many bytes of a name are compared with others.
const longestNear = 64

// Meant returns "; did you mean …?" with the name of a list that is within a third of its
// length of the given one, by edits; "" where none is.
func Meant[Q ~string](given string, names []Q) string {
	given = strings.ToLower(given[:min(longestNear, len(given))])
	nearest, least := "", len(given)/3+1
	for _, name := range names {
		if d := levenshtein.ComputeDistance(given, string(name)); d < least {
			nearest, least = string(name), d
		}
	}
	if nearest == "" {
		return ""
	}
	return "; did you mean " + nearest + "?"
}
