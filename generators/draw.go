package generators

import (
	"math/big"
	"slices"

	"pgregory.net/rapid"

	"sounding/model"
)

// An edit changes one entry of a list of the draft. Its numbers are taken modulo
// what is there, so that an edit survives a change of dimensions.
type edit struct{ position, index, value int }

// edits draws up to most edits.
func edits(t *rapid.T, label string, most int) []edit {
	single := rapid.Custom(func(t *rapid.T) edit {
		return edit{index(t, "position"), index(t, "index"), index(t, "value")}
	})
	return rapid.SliceOfN(single, 0, most).Draw(t, label)
}

// The values that edits choose from, simplest first.
var (
	weights = []*big.Int{
		big.NewInt(2), new(big.Int), big.NewInt(3), big.NewInt(5), new(big.Int), big.NewInt(9),
		// From here on conditionals become all but certain; the last is no machine word.
		big.NewInt(1_000_003), big.NewInt(1e12), new(big.Int).Exp(big.NewInt(10), big.NewInt(24), nil),
	}
	tameWeights  = weights[:6]
	adversaries  = []int64{2, 0, 3, 7, 0, 1_000_000}
	denominators = []int64{1, 2, 3, 4, 10, 100}
	features     = []int64{1, -1, 2, -2, 3, -5}
	lambdas      = rationals("1", "2", "1/2", "3", "1/10", "7/3", "0", "20")
	betas        = rationals("1", "2", "1/2", "5", "1/10", "40", "1/1000000", "0", "1000000")
	gammas       = rationals("1", "1/2", "9/10", "1/3", "1/1000", "999/1000")
)

func rationals(list ...string) []*big.Rat {
	var values []*big.Rat
	for _, s := range list {
		r, ok := new(big.Rat).SetString(s)
		if !ok {
			panic("generators: " + s)
		}
		values = append(values, r)
	}
	return values
}

// draw draws a case of the given shape: first the choices of structure, whose
// number is fixed, then the lists of edits, each of which can be dropped whole.
func draw(t *rapid.T, v, length int, s structure, k int) *model.Case {
	// Horizons and silence are planted by changing single layers.
	repeatable := s == anything || s == proportion
	form := choose(t, "form", 14, 3, 5, 5) // tree, layered dense, layered sparse, repeated
	width := choose(t, "width", 2, 2, 1) + 2
	var d *draft
	if form == 0 || s == unequalRisk {
		d = newTree(v, length)
	} else {
		d = newLayered(v, length, width, form == 3 && repeatable)
		d.sparse = form == 2 || form == 3 && width == 3
	}

	d.kind = []model.Kind{model.Tabular, model.Decoupled, model.Shared}[choose(t, "kind", 4, 3, 3)]
	if d.kind == model.Tabular && s == proportion {
		d.kind = model.Decoupled
	}
	d.n = choose(t, "parameters", 3, 2, 1) + 1
	tokenFeatures := choose(t, "token features", 1, 1) == 1
	recovery := choose(t, "R", 30, 2, 1) // some tokens, none, all
	d.adversary = model.AdversaryKind(choose(t, "Q", 2, 1, 2))
	rowsAtEnd := choose(t, "last row of Q", 3, 1)
	d.lambda = lambdas[choose(t, "λ", 8, 4, 4, 3, 3, 3, 1, 2)]
	d.beta = betas[choose(t, "β", 8, 4, 4, 3, 3, 3, 2, 1, 2)]
	d.gamma = gammas[choose(t, "γ", 3, 3, 2, 2, 1, 1)]
	d.den = denominators[choose(t, "harm denominator", 4, 3, 2, 2, 2, 1)]
	openAt := choose(t, "open branch", 1, 1)
	at := index(t, "at")

	d.setRecovery(recovery, rapid.SliceOfN(rapid.Custom(func(t *rapid.T) int { return index(t, "token") }), 1, 3).Draw(t, "R tokens"))
	d.drawEdits(t, s, length-1+rowsAtEnd)
	d.repair()
	d.plant(s, k, at, openAt == 1)
	if d.kind != model.Tabular {
		d.drawFeatures(t, tokenFeatures, s == proportion)
	}
	return d.build()
}

// drawEdits draws the edits of harm, weights and transitions, and of Q where it has rows of
// its own.
func (d *draft) drawEdits(t *rapid.T, s structure, rowsOfQ int) {
	for _, e := range edits(t, "harm", 10) {
		d.editHarm(e)
	}
	table := weights
	if s == proportion {
		table = tameWeights
	}
	for _, e := range edits(t, "weights", 10) {
		l := d.layers[e.position%d.length()]
		l.weight[e.index%len(l.weight)] = table[e.value%len(table)]
	}
	if !d.tree() {
		for _, e := range edits(t, "transitions", 6) {
			i := e.position % d.length()
			d.layers[i].next[e.index%len(d.layers[i].next)] = e.value % d.states(i+1)
		}
	}
	if d.adversary == model.AdversaryRows {
		for i := range rowsOfQ {
			d.rows = append(d.rows, slices.Repeat([]int64{1}, d.edges(i+1)))
		}
		for _, e := range edits(t, "Q weights", 6) {
			if len(d.rows) > 0 {
				row := d.rows[e.position%len(d.rows)]
				row[e.index%len(row)] = adversaries[e.value%len(adversaries)]
			}
		}
	}
}

// plant gives a case the structure that is asked for.
func (d *draft) plant(s structure, k, at int, open bool) {
	length := d.length()
	switch {
	case s == anything || s == proportion:
		if d.v > 1 {
			d.open()
		}
	case s == horizon:
		d.plantHorizon(k)
		if open && k < length && d.tree() {
			d.openBranch(k + 1 + at%(length-k))
		}
	case s == silence && d.tree():
		silent := 1 + at%(length-1)
		d.plantSilence(silent, silent+1+k%(length-silent))
	case s == silence:
		d.plantSilence(1+at%(length-1), length)
	case s == unequalRisk:
		d.plantUnequalRisk(1 + at%(length-1))
	}
}

// setRecovery sets R: of kind 0 to the given tokens, but never to all of them; of
// kind 2 to all tokens; otherwise to none.
func (d *draft) setRecovery(kind int, tokens []int) {
	switch kind {
	case 0:
		for _, a := range tokens {
			if i, found := slices.BinarySearch(d.recovery, a%d.v); !found && len(d.recovery) < max(1, d.v-1) {
				d.recovery = slices.Insert(d.recovery, i, a%d.v)
			}
		}
	case 2:
		for a := range d.v {
			d.recovery = append(d.recovery, a)
		}
	}
}

// One harm edit in holes sets harm to 0.
const holes = 8

// editHarm sets the harm of one state of layer T or, in a prefix tree, of all
// leaves below one prefix. The simplest value is full harm.
func (d *draft) editHarm(e edit) {
	j := d.den - int64(e.value/2)%d.den
	if e.value%holes == holes-1 {
		j = 0
	}
	if !d.tree() {
		d.harm[e.index%len(d.harm)] = j
		return
	}
	below := len(d.harm) / d.states(d.length()-e.position%d.length())
	lo := e.index % len(d.harm) / below * below
	for i := range below {
		d.harm[lo+i] = j
	}
}

// drawFeatures draws the feature vectors: edits to none, or to the indicators of
// the first n tokens, or multiples of the harm increments.
func (d *draft) drawFeatures(t *rapid.T, tokenFeatures, proportional bool) {
	for i := range d.layers {
		f := make([]int64, d.edges(i+1)*d.n)
		for e := range f {
			if tokenFeatures && e/d.n%d.v == e%d.n {
				f[e] = 1
			}
		}
		d.features = append(d.features, f)
	}
	changes := edits(t, "features", 8)
	if proportional {
		factor := make(map[[3]int]int64)
		for _, e := range changes {
			t := e.position%d.length() + 1
			factor[[3]int{t, e.index / d.n % d.states(t-1), e.index % d.n}] = int64(e.value%7) - 3
		}
		d.plantProportion(func(t, x, i int) int64 {
			if m, ok := factor[[3]int{t, x, i}]; ok {
				return m
			}
			return 1
		})
		return
	}
	for _, e := range changes {
		f := d.features[e.position%len(d.features)]
		f[e.index%len(f)] = features[e.value%len(features)]
	}
}
