package corpus

import (
	"cmp"
	"maps"
	"slices"
)

// likelyShown bounds the patterns that likely returns.
const likelyShown = 5

// likely returns the most frequent pairs of words that follow each other among the first tokens of
// a sentence, in the vocabulary and within the given length; of words by themselves at length 1.
func (t *text) likely(voc *vocabulary, token []int32, length int) []string {
	count := make(map[string]int)
	position, last := 0, ""
	for _, w := range t.stream {
		name := voc.names[token[w]]
		if name == End {
			position, last = 0, ""
			continue
		}
		position++
		switch {
		case name == Other:
			name = ""
		case position > length:
		case length == 1:
			count[name]++
		case last != "":
			count[last+" "+name]++
		}
		last = name
	}
	list := slices.SortedFunc(maps.Keys(count), func(a, b string) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a, b))
	})
	return list[:min(likelyShown, len(list))]
}
