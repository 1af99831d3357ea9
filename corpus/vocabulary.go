package corpus

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// vocabulary names the tokens 0…V−1.
type vocabulary struct {
	names  []string
	index  map[string]int
	ranked []string // all words of the text, the most frequent first
}

// choose returns a vocabulary of at most v ≥ 2 tokens and the token of each word
// of t.
func choose(t *text, v int) (*vocabulary, []int32) {
	order := make([]int, len(t.words)-1)
	for i := range order {
		order[i] = i + 1
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(t.counts[b], t.counts[a]), cmp.Compare(t.words[a], t.words[b]))
	})
	own := len(order) // words with a token of their own
	if own > v-1 {
		own = v - 2
	}
	voc := &vocabulary{names: []string{End}, index: map[string]int{}}
	token := make([]int32, len(t.words))
	for rank, w := range order {
		voc.ranked = append(voc.ranked, t.words[w])
		token[w] = int32(min(rank, own) + 1)
	}
	voc.names = append(voc.names, voc.ranked[:own]...)
	if own < len(order) {
		voc.names = append(voc.names, Other)
	}
	for a, name := range voc.names {
		voc.index[name] = a
	}
	return voc, token
}

// token returns the token that name stands for.
func (v *vocabulary) token(name string) (int, error) {
	word := fold(name)
	if a, ok := v.index[word]; ok {
		return a, nil
	}
	if rank := slices.Index(v.ranked, word); rank >= 0 {
		return 0, fmt.Errorf("%q is not one of the %d tokens: as word %d of the text by frequency it needs a vocabulary of %d",
			word, len(v.names), rank+1, min(rank+3, len(v.ranked)+1))
	}
	if near := v.near(word); len(near) > 0 {
		return 0, fmt.Errorf("%q is not one of the %d tokens; near it are %s", name, len(v.names), quote(near))
	}
	return 0, fmt.Errorf("%q is not one of the %d tokens; the first are %s", name, len(v.names), quote(v.names[:min(8, len(v.names))]))
}

// tokens returns those of the given names in increasing order, each once.
func (v *vocabulary) tokens(names []string) ([]int, error) {
	var tokens []int
	for _, name := range names {
		a, err := v.token(strings.TrimSpace(name))
		if err != nil {
			return nil, err
		}
		tokens = append(tokens, a)
	}
	slices.Sort(tokens)
	return slices.Compact(tokens), nil
}

// near returns up to three tokens that few edits lead to from word: at most two,
// and at most one per three bytes of it.
func (v *vocabulary) near(word string) []string {
	limit := min(2, len(word)/3)
	var found [3][]string
	for _, name := range v.names {
		if len(name) < len(word)-limit || len(name) > len(word)+limit {
			continue
		}
		if d := distance(word, name); d <= limit {
			found[d] = append(found[d], name)
		}
	}
	all := slices.Concat(found[0], found[1], found[2])
	return all[:min(3, len(all))]
}

// distance returns the least number of bytes to insert, delete, replace or swap
// with their neighbour that turns a into b (optimal string alignment).
func distance(a, b string) int {
	rows := [3][]int{}
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
	}
	for i := range len(a) + 1 {
		before, above, row := rows[(i+1)%3], rows[(i+2)%3], rows[i%3]
		for j := range row {
			switch {
			case i == 0 || j == 0:
				row[j] = i + j
				continue
			case a[i-1] == b[j-1]:
				row[j] = above[j-1]
			default:
				row[j] = 1 + min(above[j-1], above[j], row[j-1])
			}
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], 1+before[j-2])
			}
		}
	}
	return rows[len(a)%3][len(b)]
}

func quote(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = fmt.Sprintf("%q", name)
	}
	return strings.Join(quoted, ", ")
}
