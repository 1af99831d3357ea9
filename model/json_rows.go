package model

import (
	"fmt"
	"sort"

	"github.com/go-json-experiment/json/jsontext"

	"sounding/internal/strict"
)

// rowsFile is what weights and next hold: a row per state, each a list of an
// integer per token, or an object from token to integer. As long as there is no
// vocabulary to compare them with, the rows are sparse, and token is nil while all
// are lists.
type rowsFile struct {
	*Layer
	list []bool // whether each row is a list
}

// UnmarshalJSONFrom reads the rows.
func (f *rowsFile) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	if err := open(dec, "a list of rows, one per state"); err != nil {
		return err
	}
	f.Layer = &Layer{start: []int32{0}}
	for ; dec.PeekKind() != ']'; f.states++ {
		row := f.readList
		if dec.PeekKind() == '{' {
			row = f.readObject
		}
		if err := row(dec); err != nil {
			return err
		}
		if _, err := dec.ReadToken(); err != nil {
			return err
		}
		f.start = append(f.start, int32(f.Edges()))
	}
	_, err := dec.ReadToken()
	return err
}

// readList reads a list up to the bracket that closes it.
func (f *rowsFile) readList(dec *jsontext.Decoder) error {
	if err := open(dec, "a list of integers, or an object from token to integer"); err != nil {
		return err
	}
	f.list = append(f.list, true)
	for a := int32(0); dec.PeekKind() != ']'; a++ {
		if err := f.weight.read(dec); err != nil {
			return err
		}
		if f.token != nil {
			f.token = append(f.token, a)
		}
	}
	return nil
}

// readObject reads an object up to the bracket that closes it.
func (f *rowsFile) readObject(dec *jsontext.Decoder) error {
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	if f.token == nil { // the first object
		f.token = make([]int32, 0, f.Edges())
		for x := range f.states {
			for a := range f.start[x+1] - f.start[x] {
				f.token = append(f.token, a)
			}
		}
	}
	f.list = append(f.list, false)
	lo := f.Edges()
	for dec.PeekKind() != '}' {
		name, err := dec.ReadToken()
		if err != nil {
			return err
		}
		s := name.String()
		a, ok := word(s)
		if !ok || a >= MaxStates || s[0] == '0' && s != "0" {
			return strict.Errorf(string(dec.StackPointer()), "want a token, an integer without leading zeros")
		}
		f.token = append(f.token, int32(a))
		if err := f.weight.read(dec); err != nil {
			return err
		}
	}
	if row := (byToken{f.token[lo:], f.weight.small[lo:]}); !sort.IsSorted(row) {
		sort.Sort(row)
	}
	return nil
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

// over makes the rows those of a layer of a prefix tree over v tokens. Rows that
// leave out tokens keep it sparse, to be completed or given transitions.
func (f *rowsFile) over(v int) error {
	dense := true
	for x, list := range f.list {
		lo, hi := f.Row(x)
		switch n := hi - lo; {
		case list && n != v:
			return strict.Errorf(fmt.Sprintf("/%d", x), "length %d: want %d, one per token", n, v)
		case !list && n > 0 && f.Token(hi-1) >= v:
			return strict.Errorf(fmt.Sprintf("/%d/%d", x, f.Token(hi-1)), "want a token from 0 to %d", v-1)
		default:
			dense = dense && n == v
		}
	}
	f.vocabulary, f.targets, f.list = v, f.states*v, nil
	if dense {
		f.start, f.token = nil, nil
	}
	return nil
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
