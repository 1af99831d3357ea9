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

// sieve compares an answer, and the truth, with wrong ones.
type sieve struct {
	truth, given, allowed []float64
	compared              []bool
}

func newSieve(truth []float64, given, tolerance []*big.Rat, compared []bool) *sieve {
	s := &sieve{truth: truth, compared: compared}
	for i := range truth {
		allowed, _ := tolerance[i].Float64()
		value := math.NaN()
		if given[i] != nil {
			value, _ = given[i].Float64()
		}
		s.allowed, s.given = append(s.allowed, allowed), append(s.given, value)
	}
	return s
}

// explained reports whether one of the forms of a mistake is the answer.
func (s *sieve) explained(forms [][]float64) bool { return s.any(s.given, forms) }

// harmless reports whether one of them is the truth.
func (s *sieve) harmless(forms [][]float64) bool { return s.any(s.truth, forms) }

func (s *sieve) any(of []float64, forms [][]float64) bool {
	return slices.ContainsFunc(forms, func(form []float64) bool {
		for i, v := range form {
			if s.compared[i] && !(math.Abs(of[i]-v) <= 2*s.allowed[i]+mistakeTolerance*math.Abs(v)) {
				return false
			}
		}
		return true
	})
}

// sift compares with the wrong answers that are known, in their forms by mistake.
func (s *sieve) sift(wrong map[string][][]float64) (found sifted) {
	for mistake, forms := range wrong {
		if !s.harmless(forms) {
			found.excluded = append(found.excluded, mistake)
		}
		if !s.explained(forms) {
			found.cleared = append(found.cleared, mistake)
		}
	}
	return found
}
