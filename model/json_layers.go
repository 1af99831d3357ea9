package model

import (
	"fmt"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"sounding/internal/strict"
)

// layerFile is a layer that governs one or more positions in a row.
type layerFile struct {
	Weights rowsFile `json:"weights" want:"a list of rows of integers, one per state"`
	Next    rowsFile `json:"next,omitzero"`
	Repeat  *int     `json:"repeat,omitzero"`
}

// tree reports whether it is a layer of a prefix tree.
func (f *layerFile) tree() bool { return f.Next.Layer == nil }

// times returns how many positions in a row a layer governs, at most limit.
func times(repeat *int, limit int) (int, error) {
	if repeat == nil {
		return 1, nil
	}
	if *repeat < 1 || *repeat > limit {
		return 0, strict.Errorf("/repeat", "%d: want an integer from 1 to %d", *repeat, limit)
	}
	return *repeat, nil
}

// process returns the model itself.
func (f *instanceFile) process() (*Process, error) {
	if *f.Length < 1 || *f.Length > MaxLength {
		return nil, strict.Errorf("/length", "%d: want an integer from 1 to %d", *f.Length, MaxLength)
	}
	if err := f.fits(); err != nil {
		return nil, err
	}
	v, harm := f.Vocabulary.size, &f.Harm.Values
	layers := make([]*Layer, 0, *f.Length)
	for i := range f.Layers {
		file := &f.Layers[i]
		following, place := harm.Len(), "/harm/values"
		if i+1 < len(f.Layers) {
			following, place = f.Layers[i+1].Weights.states, fmt.Sprintf("/layers/%d/weights", i+1)
		}
		l, err := file.layer(v)
		if err != nil {
			return nil, strict.Within(fmt.Sprintf("/layers/%d", i), err)
		}
		if err := l.leadsTo(following); err != nil {
			return nil, strict.Within(place, err)
		}
		if file.tree() {
			if l, err = l.complete(); err != nil {
				return nil, strict.Within(fmt.Sprintf("/layers/%d", i), err)
			}
		}
		file.Weights.Layer, file.Next.Layer = nil, nil // no longer needed
		n, _ := times(file.Repeat, MaxLength)
		layers = append(layers, slices.Repeat([]*Layer{l}, n)...)
	}
	p, err := NewProcess(v, layers, harm.Naturals, f.Harm.Denominator.At(0))
	if err == nil && f.Vocabulary.names != nil {
		p, err = p.Named(f.Vocabulary.names)
	}
	return p, err
}

// fits checks, before anything is allocated for the positions, that the layers add
// up to the length and that the states, those of a repeated layer once, are not too many.
func (f *instanceFile) fits() error {
	positions, states := 0, f.Harm.Values.Len()
	for i := range f.Layers {
		place, l := fmt.Sprintf("/layers/%d", i), &f.Layers[i]
		n, err := times(l.Repeat, MaxLength)
		if err != nil {
			return strict.Within(place, err)
		}
		if positions += n; positions > *f.Length {
			return strict.Errorf(place, "%d positions up to this layer: want %d in all, the length", positions, *f.Length)
		}
		if n > 1 && l.tree() && f.Vocabulary.size > 1 {
			return strict.Errorf(place+"/repeat", "%d: want 1 for a layer of a prefix tree, whose states are not those of the next layer", n)
		}
		if states += l.Weights.states; states > MaxStates {
			return strict.Errorf(place, "more than %d states up to this layer", MaxStates)
		}
	}
	if positions < *f.Length {
		return strict.Errorf("/layers", "%d positions in all: want %d, the length", positions, *f.Length)
	}
	if n := f.Layers[0].Weights.states; n != 1 {
		return strict.Errorf("/layers/0/weights", "length %d: want 1, as layer 0 has one state", n)
	}
	return nil
}

// layer returns a layer over v tokens; where it is one of a prefix tree, only with
// the edges that the file lists.
func (f *layerFile) layer(v int) (*Layer, error) {
	weights, next := f.Weights.Layer, f.Next.Layer
	if err := f.Weights.over(v); err != nil || f.tree() {
		return weights, strict.Within("/weights", err)
	}
	if err := f.Next.over(v); err != nil {
		return nil, strict.Within("/next", err)
	}
	if next.states != weights.states {
		return nil, strict.Errorf("/next", "length %d: want %d, that of weights", next.states, weights.states)
	}
	limit := int64(MaxStates - 1)
	if f.Repeat != nil && *f.Repeat > 1 {
		limit = int64(weights.states - 1) // it leads into its own states
	}
	targets := make([]int32, 0, next.Edges())
	for x := range next.states {
		for e, hi := next.Row(x); e < hi; e++ {
			y := next.weight.small[e]
			if y < 0 || y > limit {
				return nil, strict.Errorf(fmt.Sprintf("/next/%d/%d", x, next.Token(e)), "%v: want an integer from 0 to %d", next.weight.At(e), limit)
			}
			targets = append(targets, int32(y))
		}
	}
	w, x, a, ok := weights.onto(next)
	if !ok {
		return nil, strict.Errorf(fmt.Sprintf("/next/%d", x), "no state for token %d: want one for every token of positive weight", a)
	}
	if next.Dense() {
		return DenseLayer(v, w, targets)
	}
	return SparseLayer(v, next.start, next.token, w, targets)
}

// complete returns the layer of a prefix tree with an edge for every token.
func (l *Layer) complete() (*Layer, error) {
	if l.Dense() {
		return l, l.check()
	}
	weights, _, _, _ := l.onto(&Layer{vocabulary: l.vocabulary, states: l.states}) // every token is there
	return TreeLayer(l.vocabulary, weights)
}

// adversaryFile is Q: a word, or layers of weights.
type adversaryFile struct {
	kind AdversaryKind
	rows policyFile
}

// policyFile holds weights on the transitions of a process.
type policyFile struct {
	Layers []struct {
		Weights rowsFile `json:"weights" want:"a list of rows of integers, one per state"`
		Repeat  *int     `json:"repeat,omitzero"`
	} `json:"layers" want:"a list of layers, each an object with the key weights; optional repeat"`
}

// UnmarshalJSONFrom reads any of the forms.
func (f *adversaryFile) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	if dec.PeekKind() == '{' {
		f.kind = AdversaryRows
		return strict.Decode(dec, &f.rows)
	}
	raw, err := dec.ReadValue()
	if err != nil {
		return err
	}
	for f.kind = range AdversaryRows {
		if name, err := jsontext.AppendUnquote(nil, raw); err == nil && string(name) == f.kind.String() {
			return nil
		}
	}
	return strict.Errorf(string(dec.StackPointer()), `%s: want "policy", "uniform" or an object with the key layers`, strict.Describe(raw))
}

// adversary returns Q for the process p.
func (f *adversaryFile) adversary(p *Process) (Adversary, error) {
	if f.kind != AdversaryRows {
		return Adversary{Kind: f.kind}, nil
	}
	rows, err := f.rows.policy(p)
	if err != nil {
		return Adversary{Kind: AdversaryPolicy}, err
	}
	return Adversary{Kind: AdversaryRows, Rows: rows}, nil
}

// policy returns weights per edge of p, for at most T positions.
func (f *policyFile) policy(p *Process) ([]Naturals, error) {
	var rows []Naturals
	limit := p.Length()
	for i := range f.Layers {
		place, file := fmt.Sprintf("/layers/%d", i), &f.Layers[i]
		n, err := times(file.Repeat, limit)
		if err != nil {
			return nil, strict.Within(place, err)
		}
		if len(rows)+n > limit {
			return nil, strict.Errorf(place, "%d positions up to this layer: want at most %d", len(rows)+n, limit)
		}
		w := file.Weights.Layer
		if err := file.Weights.over(p.Vocabulary()); err != nil {
			return nil, strict.Within(place+"/weights", err)
		}
		rows = slices.Grow(rows, n)
		for i := range n {
			l := p.layers[len(rows)]
			if i > 0 && l == p.layers[len(rows)-1] {
				rows = append(rows, rows[len(rows)-1])
				continue
			}
			if w.states != l.states {
				return nil, strict.Errorf(place+"/weights", "length %d: want %d, one per state of layer %d", w.states, l.states, len(rows))
			}
			weights, x, a, ok := w.onto(l)
			if !ok {
				return nil, strict.Errorf(fmt.Sprintf("%s/weights/%d/%d", place, x, a), "weight on a token that the model's row does not list: want 0")
			}
			rows = append(rows, weights)
		}
	}
	return rows, nil
}
