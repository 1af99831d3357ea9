package verify

import "slices"

// A sheet is a tape laid out to be evaluated modulo 2^64 at many points at once, a column of
// numbers for each value. Steps that do the same are one, those that no comparison needs are left
// out, and a column is used again once its value is needed no more.
type sheet struct {
	columns []*column // first those of the coordinates
	rules   []rule
	terms   []int32 // of dot products, columns in pairs
}

// rule is a step of a sheet, to column z. A dot product has its terms from a on, b of them.
type rule struct {
	kind    kind
	z, a, b int32
}

// compare is the kind of a rule that compares columns a and b.
const compare = dot + 1

// newSheet lays out a tape. Its variables are coordinates of a point, drawn[i] that of number
// coordinate[i], or zero if that is negative; points has the columns of the coordinates.
func newSheet(t *tape, coordinate []int, points []*column) *sheet {
	r := t.reduced(coordinate)
	last := r.lastUses()
	compared := make(map[int32][][2]int32) // by the later value
	for _, c := range r.compared {
		later := max(c[0], c[1])
		compared[later] = append(compared[later], c)
	}
	s := &sheet{columns: slices.Clone(points)}
	at := make([]int32, len(r.steps)) // the column of each value
	var unused []int32
	for i, p := range r.steps {
		i := int32(i)
		if last[i] < 0 {
			continue
		}
		switch p.kind {
		case draw:
			at[i] = int32(coordinate[p.a])
		case integer:
			at[i] = s.add()
			s.columns[at[i]].set(uint64(p.value()))
		default:
			if n := len(unused); n > 0 {
				at[i], unused = unused[n-1], unused[:n-1]
			} else {
				at[i] = s.add()
			}
			s.rules = append(s.rules, s.rule(r, p, at, at[i]))
		}
		needed := slices.Collect(r.operands(p))
		for _, c := range compared[i] {
			s.rules = append(s.rules, rule{compare, 0, at[c[0]], at[c[1]]})
			needed = append(needed, c[:]...)
		}
		for _, v := range needed {
			if k := r.steps[v].kind; last[v] == i && k != draw && k != integer {
				unused = append(unused, at[v])
				last[v] = -1 // once
			}
		}
	}
	return s
}

// rule returns the rule that writes what a step of r computes to column z.
func (s *sheet) rule(r *tape, p step, at []int32, z int32) rule {
	if p.kind != dot {
		return rule{p.kind, z, at[p.a], at[p.b]}
	}
	start := int32(len(s.terms))
	for v := range r.operands(p) {
		s.terms = append(s.terms, at[v])
	}
	return rule{dot, z, start, p.b}
}

// add returns a new column.
func (s *sheet) add() int32 {
	s.columns = append(s.columns, newColumn())
	return int32(len(s.columns) - 1)
}

// differs evaluates the sheet at the first n points of the batch. It returns one at which two
// numbers that are compared differ, or −1.
func (s *sheet) differs(n int) int {
	for _, r := range s.rules {
		z := s.columns[r.z]
		if r.kind == dot {
			s.dot(z, s.terms[r.a:][:2*r.b], n)
			continue
		}
		a, b := s.columns[r.a], s.columns[r.b]
		if r.kind == product && (a.zero() || b.zero()) {
			z.set(0)
			continue
		}
		m := n
		if a.extent != distinct && b.extent != distinct {
			m = 1
		}
		x, y := a.first(m), b.first(m)
		if r.kind == compare {
			for i := range x {
				if x[i] != y[i] {
					return i
				}
			}
			continue
		}
		z.extent = distinct
		if m == 1 {
			z.extent = single
		}
		operate(r.kind, z.numbers[:m], x, y)
	}
	return -1
}

// operate computes a sum, difference or product, entry by entry.
func operate(k kind, z, x, y []uint64) {
	x, y = x[:len(z)], y[:len(z)]
	switch k {
	case sum:
		for i := range z {
			z[i] = x[i] + y[i]
		}
	case difference:
		for i := range z {
			z[i] = x[i] - y[i]
		}
	case product:
		for i := range z {
			z[i] = x[i] * y[i]
		}
	}
}

// dot writes the sum of the products of pairs of columns to z.
func (s *sheet) dot(z *column, pairs []int32, n int) {
	var constant uint64
	v := z.numbers[:n]
	written := false
	for j := 0; j < len(pairs); j += 2 {
		a, b := s.columns[pairs[j]], s.columns[pairs[j+1]]
		switch {
		case a.extent != distinct && b.extent != distinct:
			constant += a.numbers[0] * b.numbers[0]
		case a.zero() || b.zero():
		case !written:
			operate(product, v, a.first(n), b.first(n))
			written = true
		default:
			x, y := a.first(n)[:len(v)], b.first(n)[:len(v)]
			for i := range v {
				v[i] += x[i] * y[i]
			}
		}
	}
	if !written {
		z.set(constant)
		return
	}
	z.extent = distinct
	if constant != 0 {
		for i := range v {
			v[i] += constant
		}
	}
}
