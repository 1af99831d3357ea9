package exact

import (
	"fmt"

	"sounding/exact/field"
	"sounding/model"
)

// law is the conditional law of the tokens, in the form that is fastest in the number
// system: probabilities or, where division makes numbers long, integer weights and
// the inverses of the row sums, P(a|x) = weight·inverse.
//
// In the second form a number of degree n in the probabilities of a row is computed
// from the weights and then divided by the row sum n times, once per state. The
// inverses have the common denominator of the layer, of perhaps hundreds of digits;
// the work per edge is done on the small weights.
type law[E any] struct {
	weight  [][]E         // per edge; the probabilities themselves if sum is nil
	sum     [][]E         // per state: the sum of the weights
	inverse [][]E         // per state: 1/sum
	rows    field.Rows[E] // nil if the number system has no such operations
	// concurrent says that the number system may be used on several cores at once.
	concurrent bool
}

// lawOf returns the law with the given probabilities.
func lawOf[E any](r field.Ring[E], prob [][]E) *law[E] {
	rows, _ := r.(field.Rows[E])
	return &law[E]{weight: prob, rows: rows}
}

// newLaw returns the law of n positions with the given weights in the field f: as
// integer weights if the number system can share denominators. If shared is set, the
// positions of one layer have the same weights.
func newLaw[E any](f field.Field[E], p *model.Process, n int, shared bool, weights func(t int) *model.Naturals) (*law[E], error) {
	if _, ok := any(f).(field.Aligner[E]); !ok {
		prob, err := eachLayer(p, n, shared, func(t int) ([]E, error) { return rows(f, p.Layer(t), weights(t)) })
		return lawOf(f, prob), err
	}
	weight, err := eachLayer(p, n, shared, func(t int) ([]E, error) { return integers(f, weights(t)) })
	if err != nil {
		return nil, err
	}
	sum, err := eachLayer(p, n, shared, func(t int) ([]E, error) { return rowSums(f, p.Layer(t), weights(t)) })
	if err != nil {
		return nil, err
	}
	inverse, err := eachLayer(p, n, shared, func(t int) ([]E, error) { return inverses(f, sum[t-1]) })
	return &law[E]{weight: weight, sum: sum, inverse: inverse}, err
}

// inverses returns 1/v for each v.
func inverses[E any](f field.Field[E], v []E) ([]E, error) {
	inverse := make([]E, len(v))
	one := f.FromInt(1)
	for x := range v {
		var err error
		if inverse[x], err = f.Quo(one, v[x]); err != nil {
			return nil, fmt.Errorf("row of state %d: %w", x, err)
		}
	}
	align(f, inverse)
	return inverse, nil
}

// rowsOf returns the operations by rows if l has rows for them, those of a tree; else nil.
func (w *law[E]) rowsOf(l *model.Layer) field.Rows[E] {
	if !l.Tree() {
		return nil
	}
	return w.rows
}

// newTables returns a table with an entry per state for each of the layers 0…last, in one
// piece of memory.
func newTables[E any](p *model.Process, last int) [][]E {
	n := 0
	for t := range last + 1 {
		n += p.States(t)
	}
	flat, tables := make([]E, n), make([][]E, last+1, last+2)
	for t := range tables {
		n := p.States(t)
		tables[t], flat = flat[:n:n], flat[n:]
	}
	return tables
}

// divide returns v divided by the n-th power of the row sum of state x of layer t−1.
func (w *law[E]) divide(r field.Ring[E], t, x, n int, v E) E {
	if w.sum == nil {
		return v
	}
	for range n {
		v = r.Mul(w.inverse[t-1][x], v)
	}
	return v
}

// innovations appends to d, for the edges of state x of layer t−1, the row sum times
// Δ_t(xa) = h_t(xa) − h_{t−1}(x); before is h_{t−1}(x).
func (w *law[E]) innovations(r field.Ring[E], l *model.Layer, t, x int, h []E, before E, scratch *[]E, d []E) []E {
	lo, hi := l.Row(x)
	if w.sum == nil {
		for e := lo; e < hi; e++ {
			d = append(d, r.Sub(h[l.Next(e)], before))
		}
		return d
	}
	after := pull(l, h, scratch, lo, hi)
	mean := r.Dot(w.weight[t-1][lo:hi], after)
	for _, v := range after {
		d = append(d, r.Sub(r.Mul(w.sum[t-1][x], v), mean))
	}
	return d
}

// pull returns the values of v that the edges lo ≤ e < hi lead to: a part of v in a
// tree, otherwise a copy in scratch.
func pull[E any](l *model.Layer, v []E, scratch *[]E, lo, hi int) []E {
	if l.Tree() {
		return v[lo:hi]
	}
	*scratch = (*scratch)[:0]
	for e := lo; e < hi; e++ {
		*scratch = append(*scratch, v[l.Next(e)])
	}
	return *scratch
}

// Backward returns the conditional expectations v_t(x) of a function of the final
// state, given its values on layer T: v_{t−1}(x) = Σ_a P(a|x)·v_t(xa).
func Backward[E any](r field.Ring[E], pt *model.Numbers[E], last []E) [][]E {
	return backward(r, pt.Process, lawOf(r, pt.Prob), last)
}

func backward[E any](r field.Ring[E], p *model.Process, w *law[E], last []E) [][]E {
	table := append(newTables[E](p, p.Length()-1), last)
	backwardInto(r, p, w, table)
	return table
}

// backwardInto fills the layers of table before the last.
func backwardInto[E any](r field.Ring[E], p *model.Process, w *law[E], table [][]E) {
	for t := p.Length(); t >= 1; t-- {
		l := p.Layer(t)
		if rows := w.rowsOf(l); rows != nil {
			rows.DotRows(table[t-1], w.weight[t-1], table[t], p.Vocabulary())
			continue
		}
		if w.concurrent {
			_ = split(l.States(), rowGrain, func(lo, hi int) error { // no error in it
				w.means(r, l, t, table[t-1], table[t], lo, hi)
				return nil
			})
			continue
		}
		w.means(r, l, t, table[t-1], table[t], 0, l.States())
	}
}

// rowGrain is a number of rows whose sums of products are worth a range of split.
const rowGrain = 64

// means sets before_x to the mean of after_xa, for the states first ≤ x < last of layer t−1.
func (w *law[E]) means(r field.Ring[E], l *model.Layer, t int, before, after []E, first, last int) {
	var scratch []E
	for x := first; x < last; x++ {
		lo, hi := l.Row(x)
		before[x] = w.divide(r, t, x, 1, r.Dot(w.weight[t-1][lo:hi], pull(l, after, &scratch, lo, hi)))
	}
}

// Occupancy returns P(x), the probability that the process passes through state x
// of layer t, for t = 0…T: the law of prefixes, summed per state.
func Occupancy[E any](r field.Ring[E], p *model.Process, prob [][]E) [][]E {
	return occupancy(r, p, lawOf(r, prob))
}

// occupancy returns the law of prefixes of up to as many tokens as w has positions.
func occupancy[E any](r field.Ring[E], p *model.Process, w *law[E]) [][]E {
	occ := newTables[E](p, len(w.weight))
	occupancyInto(r, p, w, occ)
	return occ
}

// occupancyInto fills all layers of occ.
func occupancyInto[E any](r field.Ring[E], p *model.Process, w *law[E], occ [][]E) {
	occ[0][0] = r.FromInt(1)
	for t := 1; t < len(occ); t++ {
		l, next := p.Layer(t), occ[t]
		if rows := w.rowsOf(l); rows != nil {
			rows.ScaleRows(next, occ[t-1], w.weight[t-1], p.Vocabulary())
			continue
		}
		if w.concurrent && l.Tree() {
			_ = split(l.States(), rowGrain, func(lo, hi int) error { // no error in it
				w.push(r, l, t, occ, lo, hi)
				return nil
			})
			continue
		}
		if !l.Tree() {
			zero := r.FromInt(0)
			for x := range next {
				next[x] = zero
			}
		}
		w.push(r, l, t, occ, 0, l.States())
	}
}

// push adds to occ[t] what the states first ≤ x < last of layer t−1 pass on; in a tree, where
// nothing else does, it sets it.
func (w *law[E]) push(r field.Ring[E], l *model.Layer, t int, occ [][]E, first, last int) {
	for x := first; x < last; x++ {
		px := w.divide(r, t, x, 1, occ[t-1][x])
		for e, hi := l.Row(x); e < hi; e++ {
			q := r.Mul(px, w.weight[t-1][e])
			if y := l.Next(e); l.Tree() {
				occ[t][y] = q
			} else {
				occ[t][y] = r.Add(occ[t][y], q)
			}
		}
	}
}
