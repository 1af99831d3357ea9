package numeric

import (
	"math"
	"math/big"

	"sounding/model"
)

// leaves holds the states of layer T. Harm on a grid of at most 256 values, as
// most harm functions are, is kept as one byte per state and a table of its
// values, so that e^{−λHarm} takes one exponential per value.
type leaves struct {
	code  []uint8            // numerator per state; nil off the grid
	table [maxGrid]leafValue // by code
	h, z  []float64          // per state; nil on the grid
	// class numbers the harm values: two states have the same class exactly
	// when they have the same harm. On the grid the code does that.
	class []int64
	grid  int // the number of values on the grid
}

// leafValue is what the edges of position T lead to; the assembly knows its size
// and order.
type leafValue struct {
	h, z, zHarm float64 // Harm, e^{−λHarm} and their product
	_           float64
}

// maxGrid is the number of values that a code of one byte tells apart.
const maxGrid = 256

func newLeaves(p *model.Process) leaves {
	var l leaves
	n := p.Harm().Len()
	den, _ := p.HarmDenominator().Float64()
	small, ok := p.Harm().Int64s()
	if ok && p.HarmDenominator().Cmp(big.NewInt(maxGrid-1)) <= 0 {
		l.grid = int(p.HarmDenominator().Int64()) + 1
		l.code = make([]uint8, n)
		for x, v := range small {
			l.code[x] = uint8(v)
		}
		for v := range l.grid {
			l.table[v].h = float64(v) / den
		}
		return l
	}
	l.h, l.z = make([]float64, n), make([]float64, n)
	if ok {
		l.class = small
		for x, v := range small {
			l.h[x] = float64(v) / den
		}
		return l
	}
	l.class = make([]int64, n)
	seen := map[string]int64{}
	for x := range n {
		v := p.Harm().At(x)
		f, _ := v.Float64()
		l.h[x] = f / den
		key := string(v.Bytes())
		if _, ok := seen[key]; !ok {
			seen[key] = int64(len(seen))
		}
		l.class[x] = seen[key]
	}
	return l
}

// gridStep divides the grid: e^{−λh} is the product of two exponentials, one per step and
// one per place within a step.
const gridStep = 16

// tilt sets z = e^{−λh}.
func (l *leaves) tilt(lambda float64) {
	step := 1.0
	var within [gridStep]float64
	for v := range l.table[:l.grid] {
		t := &l.table[v]
		place := v % gridStep
		switch {
		case v < gridStep:
			within[v] = math.Exp(-lambda * t.h)
		case place == 0:
			step = math.Exp(-lambda * t.h)
		}
		t.z = step * within[place]
		t.zHarm = t.z * t.h
	}
	for x, h := range l.h {
		l.z[x] = math.Exp(-lambda * h)
	}
}

// expand sets h, z and zHarm to the values of the leaves with the given codes.
func (l *leaves) expand(h, z, zHarm []float64, code []uint8) {
	done := 0
	if n := len(code) &^ 3; vector && n > 0 {
		expand4(&h[0], &z[0], &zHarm[0], &code[0], &l.table[0], n)
		done = n
	}
	for i := done; i < len(code); i++ {
		t := &l.table[code[i]]
		h[i], z[i], zHarm[i] = t.h, t.z, t.zHarm
	}
}

// at returns the values of state x of layer T.
func (l *leaves) at(x int) (h, z, zHarm float64) {
	if l.code != nil {
		t := &l.table[l.code[x]]
		return t.h, t.z, t.zHarm
	}
	return l.h[x], l.z[x], l.z[x] * l.h[x]
}

// harm returns Harm at state x of layer T.
func (l *leaves) harm(x int) float64 {
	if l.code != nil {
		return l.table[l.code[x]].h
	}
	return l.h[x]
}

// classOf returns the class of state x of layer T.
func (l *leaves) classOf(x int) int64 {
	if l.code != nil {
		return int64(l.code[x])
	}
	return l.class[x]
}

// toFloat returns the float64 nearest to r.
func toFloat(r *big.Rat) float64 {
	f, _ := r.Float64()
	return f
}
