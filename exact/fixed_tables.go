package exact

import (
	"sounding/exact/field"
	"sounding/model"
)

// maxFixedSum bounds the sum of a row of weights, whose square has to fit a word.
const maxFixedSum = 1 << 31

// fixedRows holds the weights of a position, and the sums of its rows.
type fixedRows struct {
	weight []int64
	sum    []uint64
}

// newFixedRows returns the rows of n positions, which those of one layer share if shared is set.
func newFixedRows(p *model.Process, n int, shared bool, weights func(t int) *model.Naturals) ([]fixedRows, error) {
	return eachLayer(p, n, shared, func(t int) (fixedRows, error) {
		l := p.Layer(t)
		weight, words := weights(t).Int64s()
		if !words {
			return fixedRows{}, errUnfit
		}
		sum := make([]uint64, l.States())
		for x := range sum {
			for e, hi := l.Row(x); e < hi; e++ {
				sum[x] += uint64(weight[e])
				if sum[x] >= maxFixedSum {
					return fixedRows{}, errUnfit
				}
			}
			if sum[x] == 0 {
				return fixedRows{}, errUnfit
			}
		}
		return fixedRows{weight, sum}, nil
	})
}

// fixedMeans are the conditional expectations of a function of the final state: [t][x]. The
// true ones are up to lost[t] units greater.
type fixedMeans struct {
	value [][]fixed
	lost  []uint64
}

// newFixedMeans returns the means of the function with the given values between 0 and 1, of
// f's precision.
func newFixedMeans(f field.Interval, p *model.Process, rows []fixedRows, last []field.Enclosure) fixedMeans {
	T := p.Length()
	m := fixedMeans{newTables[fixed](p, T), make([]uint64, T+1)}
	for x, v := range last {
		lo, hi := f.Bounds(v)
		n := floorFixed(lo)
		m.value[T][x], m.lost[T] = n, max(m.lost[T], floorFixed(hi).minus(n).lo+1)
	}
	for t := T; t >= 1; t-- {
		l, r, after := p.Layer(t), rows[t-1], m.value[t]
		for x, sum := range r.sum {
			lo, hi := l.Row(x)
			var s fixedSum
			for e := lo; e < hi; e++ {
				s.add(uint64(r.weight[e]), after[l.Next(e)])
			}
			m.value[t-1][x] = s.over(sum)
		}
		m.lost[t-1] = m.lost[t] + 1
	}
	return m
}

// fixedLaw holds the probabilities that a process passes through its states: [t][x]. The true
// ones of a layer are greater, by lost[t] units together.
type fixedLaw struct {
	f     field.Interval
	value [][]fixed
	lost  []uint64
}

// newFixedLaw returns the law of as many tokens as there are rows.
func newFixedLaw(f field.Interval, p *model.Process, rows []fixedRows) (*fixedLaw, error) {
	m := &fixedLaw{f, newTables[fixed](p, len(rows)), make([]uint64, len(rows)+1)}
	m.value[0][0] = fixedOne
	for t := 1; t <= len(rows); t++ {
		l, r := p.Layer(t), rows[t-1]
		parts := make([]fixedParts, p.States(t))
		for x, n := range m.value[t-1] {
			if n == (fixed{}) {
				continue
			}
			share := n.share(r.sum[x])
			for e, hi := l.Row(x); e < hi; e++ {
				parts[l.Next(e)].add(uint64(r.weight[e]), &share)
			}
		}
		lost := fixedOne
		for y := range parts {
			m.value[t][y] = parts[y].floor()
			lost = lost.minus(m.value[t][y])
		}
		if lost.hi > 0 {
			return nil, errUnfit
		}
		m.lost[t] = lost.lo
	}
	return m, nil
}

// mean returns Σ_x P(x)·v(x) over the states of layer t. The true mean of these values, which
// are at most 1, is up to above(t) units greater: what the law has lost, and a rounding per state.
func (m *fixedLaw) mean(t int, v func(x int) fixed) fixed {
	var sum fixed
	for x, n := range m.value[t] {
		if n != (fixed{}) {
			sum = sum.plus(n.times(v(x)))
		}
	}
	return sum
}

func (m *fixedLaw) above(t int) uint64 { return m.lost[t] + uint64(len(m.value[t])) }

// row encloses the probabilities of layer t.
func (m *fixedLaw) row(t int) ([]field.Enclosure, error) {
	row := make([]field.Enclosure, len(m.value[t]))
	for x, n := range m.value[t] {
		var err error
		if row[x], err = n.enclose(m.f, 0, m.lost[t]); err != nil {
			return nil, err
		}
	}
	return row, nil
}
