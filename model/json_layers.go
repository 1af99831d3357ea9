package model

import (
	"bytes"
	"fmt"
	"slices"
	"sort"

	"github.com/go-json-experiment/json/jsontext"
)

// oneRow says what weights and next are lists of.
const oneRow = "rows, one per state"

// process reads the model itself from the object v with the given fields.
func (v *value) process(vocabulary, length, layers, harm *value) (*Process, error) {
	size, names, err := vocabulary.vocabulary()
	if err != nil {
		return nil, err
	}
	t, err := length.integer(1, MaxStates-1) // layers 0…T have a state each
	if err != nil {
		return nil, err
	}
	h, err := harm.object(2, "denominator", "values")
	if err != nil {
		return nil, err
	}
	var denominator, values Naturals
	if err := h[0].natural(&denominator); err != nil {
		return nil, err
	}
	n, err := h[1].list("one integer per state of the last layer")
	if err != nil {
		return nil, err
	}
	values.small = make([]int64, 0, n)
	for child := range h[1].children() {
		if err := child.natural(&values); err != nil {
			return nil, err
		}
	}
	r := layerReader{vocabulary: size, total: values.Len()}
	if err := r.outline(layers, t); err != nil {
		return nil, err
	}
	if err := r.read(layers); err != nil {
		return nil, err
	}
	if err := r.follow(&h[1], values.Len()); err != nil {
		return nil, err
	}
	p, err := NewProcess(size, r.layers(t), values, denominator.At(0))
	if err == nil && names != nil {
		p, err = p.Named(names)
	}
	return p, within(v.place(), err)
}

// vocabulary reads V, with the names of the tokens where they have any.
func (v *value) vocabulary() (size int, names []string, err error) {
	if v.raw.Kind() != '[' {
		size, err = v.integer(1, MaxStates)
		return size, nil, err
	}
	names = []string{}
	for child := range v.children() {
		name, ok := child.text()
		if !ok {
			return 0, nil, child.wrong("accepted are names of tokens: strings")
		}
		names = append(names, name)
	}
	return len(names), names, nil
}

// recovery reads R over V tokens.
func (v *value) recovery(vocabulary int) ([]int, error) {
	if v.raw == nil {
		return nil, nil
	}
	if _, err := v.list("tokens"); err != nil {
		return nil, err
	}
	var tokens []int
	for child := range v.children() {
		a, err := child.integer(0, vocabulary-1)
		if err != nil {
			return nil, err
		}
		tokens = append(tokens, a)
	}
	return tokens, nil
}

// layerReader reads the layers of a process. A layer of a prefix tree is
// completed only once the states that follow it are known to be as many as it
// implies, so that nothing is allocated that the file does not write out.
type layerReader struct {
	vocabulary int
	total      int // states so far, with those of the last layer
	runs       []run
}

// run is a layer and the number of times it stands in a row.
type run struct {
	layer  *Layer
	repeat int
}

// outline checks, before any row is read, that the lengths add up to t and that
// the number of states that the layers imply is accepted.
func (r *layerReader) outline(v *value, t int) error {
	if _, err := v.list("layers"); err != nil {
		return err
	}
	positions, states, total := 0, 1, 1
	for child := range v.children() {
		f, repeat, err := child.layer()
		if err != nil {
			return err
		}
		if positions += repeat; positions > t {
			return wrong(child.place(), "the layers up to here add up to %d positions, accepted is the length %d", positions, t)
		}
		if f[1].raw != nil {
			states = 1 // at least
		} else if states *= r.vocabulary; repeat > 1 && r.vocabulary > 1 {
			return f[2].wrong("accepted is 1 for a layer of a prefix tree, which has other states than the layer after it")
		}
		if total += repeat * states; total > MaxStates {
			return wrong(child.place(), "the layers up to here imply more than %d states, accepted are at most as many", MaxStates)
		}
	}
	if positions < t {
		return wrong(v.place(), "the layers add up to %d positions, accepted is the length %d", positions, t)
	}
	return nil
}

// layer returns the fields weights, next and repeat of a layer, and the value of
// repeat.
func (v *value) layer() (f []value, repeat int, err error) {
	if f, err = v.object(1, "weights", "next", "repeat"); err != nil || f[2].raw == nil {
		return f, 1, err
	}
	repeat, err = f[2].integer(1, MaxStates)
	return f, repeat, err
}

// read reads the layers, all but the completion of the last one.
func (r *layerReader) read(v *value) error {
	for child := range v.children() {
		f, repeat, err := child.layer()
		if err != nil {
			return err
		}
		states, err := f[0].list(oneRow)
		if err != nil {
			return err
		}
		if err := r.follow(&f[0], states); err != nil {
			return err
		}
		if r.total += repeat * states; r.total > MaxStates {
			return wrong(child.place(), "the layers up to here have more than %d states, accepted are at most as many", MaxStates)
		}
		l, err := f[0].rows(r.vocabulary, -1)
		if err != nil {
			return err
		}
		if f[1].raw != nil {
			limit := MaxStates - 1
			if repeat > 1 {
				limit = states - 1 // it leads into its own states
			}
			if l, err = f[1].transitions(l, limit); err != nil {
				return err
			}
		}
		r.runs = append(r.runs, run{l, repeat})
	}
	return nil
}

// follow checks that n entries of v may follow the layers so far, and completes
// the last of these.
func (r *layerReader) follow(v *value, n int) error {
	if len(r.runs) == 0 {
		if n != 1 {
			return wrong(v.place(), "%d rows, accepted is 1: layer 0 has one state", n)
		}
		return nil
	}
	last := &r.runs[len(r.runs)-1]
	if err := last.layer.leadsTo(n); err != nil {
		return within(v.place(), err)
	}
	if !last.layer.Tree() {
		return nil
	}
	every := Layer{vocabulary: r.vocabulary, states: last.layer.states}
	weights, _, _, _ := last.layer.onto(&every) // every token is there
	l, err := TreeLayer(r.vocabulary, weights)
	last.layer = l
	return within(v.place(), err)
}

// layers returns the layers of the t positions.
func (r *layerReader) layers(t int) []*Layer {
	layers := make([]*Layer, 0, t)
	for _, run := range r.runs {
		for range run.repeat {
			layers = append(layers, run.layer)
		}
	}
	return layers
}

// transitions returns the layer with the given weights, whose edges lead to the
// states that the rows of v name, from 0 to limit.
func (v *value) transitions(weights *Layer, limit int) (*Layer, error) {
	next, err := v.rows(weights.vocabulary, limit)
	if err != nil {
		return nil, err
	}
	if next.states != weights.states {
		return nil, wrong(v.place(), "%d rows, accepted is one for each of the %d rows of weights", next.states, weights.states)
	}
	w, x, a, ok := weights.onto(next)
	if !ok {
		return nil, wrong(fmt.Sprintf("%s/%d", v.place(), x), "no state for token %d, accepted is one for every token of positive weight", a)
	}
	targets := make([]int32, next.weight.Len())
	for e, y := range next.weight.small {
		targets[e] = int32(y)
	}
	var l *Layer
	if next.Dense() {
		l, err = DenseLayer(weights.vocabulary, w, targets)
	} else {
		l, err = SparseLayer(weights.vocabulary, next.start, next.token, w, targets)
	}
	return l, within(v.place(), err)
}

// adversary reads Q for the process p.
func (v *value) adversary(p *Process) (Adversary, error) {
	const accepted = `accepted are "policy", "uniform" and an object with layers`
	if v.raw == nil {
		return Adversary{}, nil
	}
	if v.raw.Kind() != '{' {
		switch s, _ := v.text(); s {
		case AdversaryPolicy.String():
			return Adversary{}, nil
		case AdversaryUniform.String():
			return Adversary{Kind: AdversaryUniform}, nil
		}
		return Adversary{}, v.wrong(accepted)
	}
	f, err := v.object(1, "layers")
	if err != nil {
		return Adversary{}, err
	}
	rows, err := f[0].policy(p)
	return Adversary{Kind: AdversaryRows, Rows: rows}, err
}

// policy reads layers of weights on the transitions of p, at most T of them.
func (v *value) policy(p *Process) ([]Naturals, error) {
	if _, err := v.list("layers with weights"); err != nil {
		return nil, err
	}
	var rows []Naturals
	limit := min(p.Length(), MaxAdversaryLayers)
	for child := range v.children() {
		f, err := child.object(1, "weights", "repeat")
		if err != nil {
			return nil, err
		}
		repeat := 1
		if f[1].raw != nil {
			if repeat, err = f[1].integer(1, limit); err != nil {
				return nil, err
			}
		}
		if len(rows)+repeat > limit {
			return nil, wrong(child.place(), "the layers up to here add up to %d positions, accepted are at most %d", len(rows)+repeat, limit)
		}
		w, err := f[0].rows(p.Vocabulary(), -1)
		if err != nil {
			return nil, err
		}
		rows = slices.Grow(rows, repeat)
		for i := range repeat {
			l := p.layers[len(rows)]
			if i > 0 && l == p.layers[len(rows)-1] {
				rows = append(rows, rows[len(rows)-1])
				continue
			}
			if w.states != l.states {
				return nil, wrong(f[0].place(), "%d rows, accepted is one for each of the %d states of layer %d", w.states, l.states, len(rows))
			}
			n, x, a, ok := w.onto(l)
			if !ok {
				return nil, wrong(fmt.Sprintf("%s/%d/%d", f[0].place(), x, a), "weight on a token that the model's row does not list, accepted is 0")
			}
			rows = append(rows, n)
		}
	}
	return rows, nil
}

// onto returns the entries of l at the edges of m, which has as many rows: zero
// where l lists no such edge. Where a positive entry of l has no edge in m, it
// returns false with the state and the token.
func (l *Layer) onto(m *Layer) (n Naturals, x, a int, ok bool) {
	if l.Dense() && m.Dense() {
		return l.weight, 0, 0, true
	}
	for x := range l.states {
		e, hi := l.Row(x)
		f, end := m.Row(x)
		for e < hi || f < end {
			switch {
			case f == end || e < hi && l.Token(e) < m.Token(f):
				if !l.weight.IsZero(e) {
					return Naturals{}, x, l.Token(e), false
				}
				e++
			case e == hi || m.Token(f) < l.Token(e):
				n.AppendInt64(0)
				f++
			default:
				n.AppendFrom(&l.weight, e)
				e++
				f++
			}
		}
	}
	return n, 0, 0, true
}

// rows reads one row per state, each a list of V integers or an object from
// token to integer, into the weights of a layer of a prefix tree; rows that leave
// out tokens make it sparse, to be completed or given transitions. The integers are weights, at least one
// of a row positive, when limit is negative; otherwise states from 0 to limit.
func (v *value) rows(vocabulary, limit int) (*Layer, error) {
	states, err := v.list(oneRow)
	if err != nil {
		return nil, err
	}
	l := &Layer{vocabulary: vocabulary}
	// In rows, however long, there are as many commas as integers, but one.
	l.weight.small = make([]int64, 0, min(states*vocabulary, bytes.Count(v.raw, []byte{','})+1))
	token := []int32{} // never nil: a row may list nothing
	for child := range v.children() {
		lo := l.weight.Len()
		switch child.raw.Kind() {
		case '[':
			for entry := range child.children() {
				if entry.index == vocabulary {
					return nil, entry.wrong("accepted is a row of %d", vocabulary)
				}
				if err := entry.number(&l.weight, limit); err != nil {
					return nil, err
				}
			}
			if n := l.weight.Len() - lo; n < vocabulary {
				return nil, wrong(child.place(), "%d integers, accepted is one for each of the %d tokens, or an object from token to integer", n, vocabulary)
			}
			l.appendRow(nil)
		case '{':
			token = token[:0]
			for entry := range child.children() {
				a, ok := entry.token(vocabulary)
				if !ok {
					return nil, wrong(entry.place(), "no token, accepted are 0 to %d", vocabulary-1)
				}
				token = append(token, int32(a))
				if err := entry.number(&l.weight, limit); err != nil {
					return nil, err
				}
			}
			if !slices.IsSorted(token) {
				sort.Sort(byToken{token, l.weight.small[lo:]})
			}
			for i := 1; i < len(token); i++ {
				if token[i] == token[i-1] {
					return nil, wrong(fmt.Sprintf("%s/%d", child.place(), token[i]), "the token stands twice, accepted is once")
				}
			}
			if len(token) == vocabulary {
				l.appendRow(nil)
			} else {
				l.appendRow(token)
			}
		default:
			return nil, child.wrong("accepted is a list of %d integers, or an object from token to integer", vocabulary)
		}
		if limit < 0 && !l.weight.Positive(lo, l.weight.Len()) {
			return nil, wrong(child.place(), "no positive weight, accepted is at least one in every row")
		}
	}
	l.targets = l.states * vocabulary
	return l, nil
}

// byToken sorts the entries of a row, given as Naturals store them.
type byToken struct {
	token []int32
	entry []int64
}

func (r byToken) Len() int           { return len(r.token) }
func (r byToken) Less(i, j int) bool { return r.token[i] < r.token[j] }
func (r byToken) Swap(i, j int) {
	r.token[i], r.token[j] = r.token[j], r.token[i]
	r.entry[i], r.entry[j] = r.entry[j], r.entry[i]
}

// token returns the token that the key of v names, 0 ≤ a < V.
func (v *value) token(vocabulary int) (a int, ok bool) {
	key := v.name[1 : len(v.name)-1]
	if bytes.IndexByte(key, '\\') >= 0 {
		key = jsontext.Value(v.key())
	}
	n, ok := word(key)
	return int(n), ok && n < int64(vocabulary) && (key[0] != '0' || len(key) == 1)
}

// number appends a weight, or with limit ≥ 0 a state from 0 to limit, to n.
func (v *value) number(n *Naturals, limit int) error {
	if limit < 0 {
		return v.natural(n)
	}
	y, err := v.integer(0, limit)
	if err != nil {
		return err
	}
	n.AppendInt64(int64(y))
	return nil
}

// appendRow ends a row whose weights stand at the end of l and belong to the
// given tokens, nil for all of them. Boundaries and tokens are stored from the
// first row on that leaves one out.
func (l *Layer) appendRow(token []int32) {
	if token != nil && l.start == nil {
		l.start = []int32{0}
		for range l.states {
			l.appendEvery()
		}
	}
	switch {
	case token != nil:
		l.token = append(l.token, token...)
		l.start = append(l.start, int32(len(l.token)))
	case l.start != nil:
		l.appendEvery()
	}
	l.states++
}

// appendEvery stores the tokens of a row that lists all of them.
func (l *Layer) appendEvery() {
	for a := range l.vocabulary {
		l.token = append(l.token, int32(a))
	}
	l.start = append(l.start, int32(len(l.token)))
}
