package exact

import (
	"sounding/exact/field"
	"sounding/model"
)

// Martingale is the Doob decomposition of harm along the process (Sections 3–4
// of the paper).
type Martingale[E any] struct {
	Numbers   *model.Numbers[E]
	Occupancy [][]E // P(y_≤t), summed per state: [t][x]
	H         [][]E // h_t = E[Harm | y_≤t], Definition 1: [t][x]
	Step      [][]E // Var(h_t | y_<t) = Σ_a P(a|x)·Δ_t²: [t−1][x], x of layer t−1
	CondVar   [][]E // Var(Harm | y_≤t): [t][x]

	Information []E // I_t = E[Δ_t²], Definition 5: [t−1]
	Residual    []E // E[Var(Harm | y_≤t)], t = 0…T: what t tokens leave open
	Expected    E   // E[Harm] = h_0
	Variance    E   // Var(Harm)
}

// SolveMartingale computes the decomposition, without divisions:
//
//	h_{t−1}(x) = Σ_a P(a|x)·h_t(xa)
//	Var(Harm|x) = Σ_a P(a|x)·(Δ_t(xa)² + Var(Harm|xa))
func SolveMartingale[E any](r field.Ring[E], pt *model.Numbers[E]) *Martingale[E] {
	return solveMartingale(r, pt, lawOf(r, pt.Prob))
}

// solveMartingale takes the probabilities from w, not from pt.
func solveMartingale[E any](r field.Ring[E], pt *model.Numbers[E], w *law[E]) *Martingale[E] {
	p := pt.Process
	T := p.Length()
	m := &Martingale[E]{
		Numbers:   pt,
		Occupancy: occupancy(r, p, w),
		H:         backward(r, p, w, pt.Harm),
		Step:      newTables[E](p, T-1),
		CondVar:   newTables[E](p, T),

		Information: make([]E, T),
		Residual:    make([]E, T+1),
	}
	zero := r.FromInt(0)
	for x := range m.CondVar[T] {
		m.CondVar[T][x] = zero
	}
	for t := T; t >= 1; t-- {
		m.conditionalVariance(r, w, t)
		m.Information[t-1] = r.Dot(m.Occupancy[t-1], m.Step[t-1])
	}
	for t := range m.Residual {
		m.Residual[t] = r.Dot(m.Occupancy[t], m.CondVar[t])
	}
	m.Expected, m.Variance = m.H[0][0], m.CondVar[0][0]
	return m
}

// conditionalVariance sets Step and CondVar for the states of layer t−1.
func (m *Martingale[E]) conditionalVariance(r field.Ring[E], w *law[E], t int) {
	l, weight := m.Numbers.Process.Layer(t), w.weight[t-1]
	if rows := w.rowsOf(l); rows != nil {
		v := m.Numbers.Process.Vocabulary()
		rows.SpreadRows(m.Step[t-1], weight, m.H[t], m.H[t-1], v)
		rows.DotRows(m.CondVar[t-1], weight, m.CondVar[t], v)
		for x, step := range m.Step[t-1] {
			m.CondVar[t-1][x] = r.Add(step, m.CondVar[t-1][x])
		}
		return
	}
	var square, scratch []E
	for x := range l.States() {
		lo, hi := l.Row(x)
		square = w.innovations(r, l, t, x, m.H[t], m.H[t-1][x], &scratch, square[:0])
		for k, d := range square {
			square[k] = r.Mul(d, d)
		}
		m.Step[t-1][x] = w.divide(r, t, x, 3, r.Dot(weight[lo:hi], square))
		after := w.divide(r, t, x, 1, r.Dot(weight[lo:hi], pull(l, m.CondVar[t], &scratch, lo, hi)))
		m.CondVar[t-1][x] = r.Add(m.Step[t-1][x], after)
	}
}

// Innovation returns Δ_t = h_t − h_{t−1}, Definition 3, for every edge of the
// layer that governs position t.
func (m *Martingale[E]) Innovation(r field.Ring[E], t int) []E {
	l := m.Numbers.Process.Layer(t)
	d := make([]E, l.Edges())
	rows, _ := r.(field.Rows[E])
	innovationInto(r, rows, l, d, m.H[t], m.H[t-1])
	return d
}

// innovationInto sets d to after − before for every edge of l; rows is nil if r has none.
func innovationInto[E any](r field.Ring[E], rows field.Rows[E], l *model.Layer, d, after, before []E) {
	if rows != nil && l.Tree() {
		rows.SubRows(d, after, before, len(d)/len(before))
		return
	}
	for x, h := range before {
		for e, hi := l.Row(x); e < hi; e++ {
			d[e] = r.Sub(after[l.Next(e)], h)
		}
	}
}

// Horizon returns the harm horizon of Theorem 9: the least k such that, with
// probability one, harm is a function of the first k tokens. It is decided on
// supports and integers alone: all completions of positive probability from a
// reachable state of layer k have the same harm.
func Horizon(p *model.Process) int {
	reach := p.Reachable()
	T := p.Length()
	// value[x] is a state of layer T with the harm of all completions of x, or open
	// if they differ.
	const open = -1
	value := make([]int, p.States(T))
	for x := range value {
		value[x] = x
	}
	for t := T; t >= 1; t-- {
		l, w := p.Layer(t), p.Layer(t).Weights()
		before := make([]int, l.States())
		for x := range before {
			first := open
			for e, hi := l.Row(x); e < hi; e++ {
				if w.IsZero(e) {
					continue
				}
				v := value[l.Next(e)]
				if first == open {
					first = v
				}
				if v == open || p.Harm().Cmp(first, v) != 0 {
					first = open
					break
				}
			}
			before[x] = first
			if first == open && reach[t-1][x] {
				return t
			}
		}
		value = before
	}
	return 0
}
