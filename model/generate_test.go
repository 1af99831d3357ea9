package model_test

import (
	"math/big"

	"pgregory.net/rapid"

	"sounding/model"
)

// drawInstance draws a small instance with every feature of the file form: trees
// and layers that merge, rows that leave out tokens, layers that stand several
// times, states that nothing leads to, names, numbers of 40 digits, and each way
// to give Q.
func drawInstance(t *rapid.T) *model.Instance {
	v := rapid.IntRange(1, 3).Draw(t, "V")
	var layers []*model.Layer
	rows := 1
	for range rapid.IntRange(1, 4).Draw(t, "layers") {
		if n := len(layers); n > 0 && !layers[n-1].Tree() {
			rows += rapid.IntRange(0, 1).Draw(t, "unreached")
		}
		l := drawLayer(t, v, rows)
		layers = append(layers, l)
		if l.Targets() == l.States() || l.Targets() < l.States() && !l.Tree() {
			for range rapid.IntRange(0, 2).Draw(t, "repeat") {
				layers = append(layers, l)
			}
		}
		rows = l.Targets()
	}
	n := layers[len(layers)-1].Targets()
	if !layers[len(layers)-1].Tree() {
		n += rapid.IntRange(0, 1).Draw(t, "unreached")
	}
	denominator := drawBig(t, 1)
	var harm model.Naturals
	for range n {
		h := drawBig(t, 0)
		if h.Cmp(denominator) > 0 {
			h.Set(denominator)
		}
		harm.Append(h)
	}
	p, err := model.NewProcess(v, layers, harm, denominator)
	if err != nil {
		t.Fatalf("generator: %v", err)
	}
	if rapid.Bool().Draw(t, "named") {
		if p, err = p.Named([]string{"\u2028é", "\"\\\n", "0"}[:v]); err != nil {
			t.Fatalf("generator: %v", err)
		}
	}
	in := model.NewInstance(p)
	for a := range v {
		if rapid.Bool().Draw(t, "recovers") {
			in.Recovery = append(in.Recovery, a)
		}
	}
	in.Lambda, in.Beta, in.Gamma = drawRational(t), drawRational(t), drawRational(t)
	if in.Gamma.Sign() == 0 {
		in.Gamma.SetInt64(1)
	}
	in.Adversary = drawAdversary(t, p)
	if rapid.Bool().Draw(t, "trains") {
		in.Training = drawTraining(t, p)
	}
	if err := in.Validate(); err != nil {
		t.Fatalf("generator: %v", err)
	}
	return in
}

func drawLayer(t *rapid.T, v, states int) *model.Layer {
	var weights model.Naturals
	if rapid.Bool().Draw(t, "tree") && states*v <= 9 {
		for range states {
			appendRow(t, &weights, v)
		}
		l, err := model.TreeLayer(v, weights)
		if err != nil {
			t.Fatalf("generator: %v", err)
		}
		return l
	}
	start, token, next := []int32{0}, []int32{}, []int32{}
	following := rapid.IntRange(1, 4).Draw(t, "following")
	for range states {
		listed := 0
		for a := range v {
			if a == v-1 && listed == 0 || rapid.IntRange(0, 3).Draw(t, "listed") > 0 {
				token = append(token, int32(a))
				next = append(next, int32(rapid.IntRange(0, following-1).Draw(t, "next")))
				listed++
			}
		}
		appendRow(t, &weights, listed)
		start = append(start, int32(len(token)))
	}
	l, err := model.SparseLayer(v, start, token, weights, next)
	if len(token) == states*v && rapid.Bool().Draw(t, "dense") {
		l, err = model.DenseLayer(v, weights, next)
	}
	if err != nil {
		t.Fatalf("generator: %v", err)
	}
	return l
}

// appendRow draws n weights, at least one of them positive.
func appendRow(t *rapid.T, weights *model.Naturals, n int) {
	for i := range n {
		least := int64(0)
		if lo := weights.Len() - i; i == n-1 && !weights.Positive(lo, lo+i) {
			least = 1
		}
		weights.Append(drawBig(t, least))
	}
}

func drawBig(t *rapid.T, least int64) *big.Int {
	if rapid.IntRange(0, 9).Draw(t, "large") < 9 {
		return big.NewInt(rapid.Int64Range(least, 4).Draw(t, "integer"))
	}
	digits := rapid.SampledFrom([]string{
		"9223372036854775807", "9223372036854775808", "999999999999999999", "1000000000000000000",
		"9999999999999999999999999999999999999999",
	}).Draw(t, "integer")
	n, _ := new(big.Int).SetString(digits, 10)
	return n
}

// drawRational draws a number from 0 to 1.
func drawRational(t *rapid.T) *big.Rat {
	d := drawBig(t, 1)
	n := drawBig(t, 0)
	if n.Cmp(d) > 0 {
		n.Set(d)
	}
	return new(big.Rat).SetFrac(n, d)
}

func drawAdversary(t *rapid.T, p *model.Process) model.Adversary {
	complete := true
	for i := 1; i <= p.Length(); i++ {
		complete = complete && p.Layer(i).Edges() == p.Layer(i).States()*p.Vocabulary()
	}
	switch kind := rapid.IntRange(0, 2).Draw(t, "adversary"); {
	case kind == 0:
		return model.Adversary{}
	case kind == 1 && complete:
		return model.Adversary{Kind: model.AdversaryUniform}
	}
	q := model.Adversary{Kind: model.AdversaryRows}
	for i := range p.Length() - rapid.IntRange(0, 1).Draw(t, "shorter") {
		l := p.Layer(i + 1)
		if i > 0 && l == p.Layer(i) && rapid.Bool().Draw(t, "same") {
			q.Rows = append(q.Rows, q.Rows[i-1])
			continue
		}
		var weights model.Naturals
		for x := range l.States() {
			lo, hi := l.Row(x)
			appendRow(t, &weights, hi-lo)
		}
		q.Rows = append(q.Rows, weights)
	}
	return q
}

// sharing tells which layers are the one before, stored once.
func sharing(p *model.Process) []bool {
	same := make([]bool, p.Length())
	for i := 1; i < p.Length(); i++ {
		same[i] = p.Layer(i+1) == p.Layer(i)
	}
	return same
}

// drawTraining draws the keys of format 2, but for an end, which few processes have.
func drawTraining(t *rapid.T, p *model.Process) *model.Training {
	r := model.NewTraining()
	policy := func(name string) (rows []model.Naturals) {
		if !rapid.Bool().Draw(t, name) {
			return nil
		}
		for i := 1; i <= p.Length(); i++ {
			var w model.Naturals
			for range p.Layer(i).Edges() {
				w.AppendInt64(rapid.Int64Range(1, 3).Draw(t, "weight"))
			}
			rows = append(rows, w)
		}
		return rows
	}
	r.Reference, r.Behaviour = policy("reference"), policy("behaviour")
	for i := 1; i <= p.Length(); i++ {
		if rapid.Bool().Draw(t, "environment") {
			r.Environment = append(r.Environment, i)
		}
	}
	r.Temperature = big.NewRat(rapid.Int64Range(1, 3).Draw(t, "τ"), 2)
	r.Discount = big.NewRat(rapid.Int64Range(1, 2).Draw(t, "discount"), 2)
	return r
}
