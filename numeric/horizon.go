package numeric

import "sounding/model"

// mixed marks states below which harm varies.
const mixed = -1

// horizon returns the least k such that the completions of positive probability
// of every reachable state of layer k have equal harm. It is decided on the
// integers of the model: which weights are positive, which harm numerators are
// equal. It goes back from layer T and stops at the first layer that leaves harm
// open. The classes of harm are those of leaves.classOf; classes is scratch.
func horizon(p *model.Process, harm func(x int) int64, classes *[2][]int64, reachable func(i, x int) bool) int {
	below := harm
	for i := p.Length() - 1; i >= 0; i-- {
		l := p.Layer(i + 1)
		class := classes[i%2][:0]
		for x := range l.States() {
			c := common(l, x, below)
			if c == mixed && reachable(i, x) {
				return i + 1
			}
			class = append(class, c)
		}
		classes[i%2] = class
		below = func(y int) int64 { return class[y] }
	}
	return 0
}

// common returns the class of harm that the edges of positive probability of
// state x agree on, or mixed.
func common(l *model.Layer, x int, below func(y int) int64) int64 {
	c, found := int64(mixed), false
	for e, hi := l.Row(x); e < hi; e++ {
		if l.Weights().IsZero(e) {
			continue
		}
		d := below(l.Next(e))
		if d == mixed || found && c != d {
			return mixed
		}
		c, found = d, true
	}
	return c
}

// reachable reports whether state x of layer i has positive probability. A float64
// probability of 0 may have underflowed; then supports decide.
func (s *Solver) reachable(i, x int) bool {
	if s.levels[i].Probability[x] > 0 {
		return true
	}
	if s.reach == nil {
		s.reach = s.in.Reachable()
	}
	return s.reach[i][x]
}
