package formal

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"sounding/model"
)

// subject is a case as the theory sees it: the tree of its sequences, and a few of
// the parameters of its family.
type subject struct {
	*model.Case
	parameters []int // places in θ
}

// newSubject takes a parameter in the middle, and the last.
func newSubject(c *model.Case) *subject {
	n := c.Parameterisation.Total(c.Process)
	return &subject{c, slices.Compact([]int{(n - 1) / 2, n - 1})}
}

// coefficient writes a rational number in Coq.
func coefficient(r *big.Rat) string {
	return fmt.Sprintf("(q (%s) %s)", r.Num(), r.Denom())
}

// conditional returns weight e of the row lo…hi over the sum of the row.
func conditional(w *model.Naturals, lo, hi, e int) *big.Rat {
	return new(big.Rat).SetFrac(w.At(e), w.Sum(lo, hi))
}

// tree writes the tree that follows state x of layer t in Coq. States are reached
// through the edges of the process: this unrolls it.
func (s *subject) tree(b *strings.Builder, t, x int) {
	if t == s.Length() {
		b.WriteString("Leaf")
		return
	}
	l := s.Layer(t + 1)
	lo, hi := l.Row(x)
	b.WriteString("Node [")
	for e := lo; e < hi; e++ {
		if e > lo {
			b.WriteString("; ")
		}
		p := conditional(l.Weights(), lo, hi, e)
		adversary := p // the last position of Q is never averaged over
		if t+1 < s.Length() {
			adversary = conditional(s.AdversaryWeights(t+1), lo, hi, e)
		}
		harm := new(big.Rat)
		if t+1 == s.Length() {
			harm = s.HarmAt(l.Next(e))
		}
		var scores []string
		for _, i := range s.parameters {
			scores = append(scores, coefficient(s.score(t+1, x, e, i)))
		}
		fmt.Fprintf(b, "(Token %s %s %v [%s] %s, ", coefficient(p), coefficient(adversary),
			s.Recovers(l.Token(e)), strings.Join(scores, "; "), coefficient(harm))
		s.tree(b, t+1, l.Next(e))
		b.WriteString(")")
	}
	b.WriteString("]")
}

// score returns ∂ log P(e|x)/∂θ_i at position t: f_i(e) − Σ_b P(b|x)·f_i(b).
func (s *subject) score(t, x, e, i int) *big.Rat {
	family, l := &s.Parameterisation, s.Layer(t)
	lo, hi := l.Row(x)
	sum := new(big.Rat)
	for local := range family.Width(s.Process, t, x) {
		if family.Index(s.Process, t, x, local) != i {
			continue
		}
		for b := lo; b < hi; b++ {
			f := new(big.Rat).SetInt64(family.Feature(s.Process, t, x, b, local))
			sum.Sub(sum, f.Mul(f, conditional(l.Weights(), lo, hi, b)))
		}
		sum.Add(sum, new(big.Rat).SetInt64(family.Feature(s.Process, t, x, e, local)))
	}
	return sum
}

// paths returns, for every sequence in the order of the tree, its states in layers
// 0…T.
func (s *subject) paths() [][]int {
	paths := [][]int{{0}}
	for t := 1; t <= s.Length(); t++ {
		var longer [][]int
		for _, p := range paths {
			l := s.Layer(t)
			for e, hi := l.Row(p[t-1]); e < hi; e++ {
				longer = append(longer, append(slices.Clone(p), l.Next(e)))
			}
		}
		paths = longer
	}
	return paths
}
