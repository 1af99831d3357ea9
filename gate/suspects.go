package gate

import (
	"math"
	"math/big"
	"slices"

	"sounding/gate/training"
)

// suspects keeps what the answers for quantities say of the known mistakes.
type suspects[Q comparable] struct {
	cleared  map[Q]map[string]bool // those that some answer is not explained by
	excluded map[Q]map[string]bool // those that differ from the truth of some question
}

func newSuspects[Q comparable]() suspects[Q] {
	return suspects[Q]{make(map[Q]map[string]bool), make(map[Q]map[string]bool)}
}

// sifted is what one answer says of the known mistakes.
type sifted struct {
	excluded []string // those that give another number than the truth
	cleared  []string // those that do not explain the answer
}

// note notes which mistakes an answer clears, and which its question would show.
func (s *suspects[Q]) note(q Q, by sifted) {
	if s.cleared[q] == nil {
		s.cleared[q], s.excluded[q] = make(map[string]bool), make(map[string]bool)
	}
	for _, name := range by.cleared {
		s.cleared[q][name] = true
	}
	for _, name := range by.excluded {
		s.excluded[q][name] = true
	}
}

// open reports whether there is something left to learn of a mistake.
func (s *suspects[Q]) open(q Q, mistake string) bool {
	return !s.cleared[q][mistake] || !s.excluded[q][mistake]
}

// named returns the mistakes that explain every answer so far, and that differ from the
// truth of some question.
func (s *suspects[Q]) named(q Q, known []training.Mistake) []training.Mistake {
	var list []training.Mistake
	for _, m := range known {
		if !s.cleared[q][m.Name] && s.excluded[q][m.Name] {
			list = append(list, m)
		}
	}
	return list
}

// A known mistake explains a number that is within its tolerance of it, and of 10⁻¹²
// of its size more: what the mistake makes of the instance is only known in float64.
const mistakeTolerance = 1e-12

// sift compares an answer with the wrong ones that are known, in their forms by mistake.
func sift(wrong map[string][][]float64, truth []float64, given, tolerance []*big.Rat, compared []bool) sifted {
	allowed := make([]float64, len(truth))
	values := make([]float64, len(truth))
	for i := range truth {
		allowed[i], _ = tolerance[i].Float64()
		values[i] = math.NaN()
		if given[i] != nil {
			values[i], _ = given[i].Float64()
		}
	}
	same := func(a, b []float64) bool {
		for i := range a {
			if compared[i] && !(math.Abs(a[i]-b[i]) <= 2*allowed[i]+mistakeTolerance*math.Abs(b[i])) {
				return false
			}
		}
		return true
	}
	var s sifted
	for mistake, forms := range wrong {
		if !slices.ContainsFunc(forms, func(form []float64) bool { return same(truth, form) }) {
			s.excluded = append(s.excluded, mistake)
		}
		if !slices.ContainsFunc(forms, func(form []float64) bool { return same(values, form) }) {
			s.cleared = append(s.cleared, mistake)
		}
	}
	return s
}
