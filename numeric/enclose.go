package numeric

import (
	"errors"
	"fmt"
	"math"
	"sync"

	"sounding/model"
)

// Interval encloses a number: Lo ≤ value ≤ Hi.
type Interval struct{ Lo, Hi float64 }

// ErrRange reports weights that float64 cannot hold.
var ErrRange = errors.New("weights beyond the range of float64")

// Enclose returns the profile of in, each quantity in an interval that is proven to
// contain it. It takes time proportional to the edges of all positions, and memory for
// each distinct layer and for the values of 2√T layers.
//
// The widths come from counted roundings, as in [Bound], but from the computed values
// too: a quantity that is a squared norm, such as I_t = ‖Δ_t‖², is off by what its root
// is off by, so that a small one is enclosed tightly. The horizon is exact, and what
// vanishes beyond it is 0.
//
// Where report is not nil it is told of the progress, out of total steps; it is called
// from the calling goroutine. The error is ErrRange.
func Enclose(in *model.Instance, report func(done, total int)) (*model.Profile[Interval, Interval], error) {
	e, err := newEncloser(in)
	if err != nil {
		return nil, err
	}
	e.report = report
	e.solve()
	return e.profile, nil
}

// value holds the conditional expectations at a state.
type value struct {
	h float64 // h(x) = E[Harm|x]
	w float64 // W(x) = E[1 − e^{−λHarm}|x]
	z float64 // Z(x) = E[e^{−λHarm}|x] = 1 − W(x), for W(x) ≥ ½
}

// encloser walks over the layers of an instance: once backward, keeping the values of
// every ⌈√T⌉-th layer, then forward, segment by segment, computing the values of
// the segment again.
type encloser struct {
	in        *model.Instance
	lambda    float64
	matrices  map[*model.Layer]*matrix
	even      map[*model.Layer]*matrix // of the uniform adversary
	longest   float64                  // row
	root      value
	stride    int       // ⌈√T⌉
	kept      [][]value // kept[i] are the values of layer i·stride
	segment   [][]value // of the layers from one that is kept to the next
	mass      []float64 // P(x) at the layer before the position
	adversary []float64 // Q(x), nil if it is P
	profile   *model.Profile[Interval, Interval]
	gibbs     gibbsCache
	tiltNow   float64 // βγ^tilted
	tilted    int
	discount  float64 // γ
	done      int
	report    func(done, total int)
}

func newEncloser(in *model.Instance) (*encloser, error) {
	e := &encloser{
		in: in, lambda: toFloat(in.Lambda),
		matrices: make(map[*model.Layer]*matrix), even: make(map[*model.Layer]*matrix),
		stride:  int(math.Ceil(math.Sqrt(float64(in.Length())))),
		profile: model.NewProfile[Interval, Interval](in),
		tiltNow: toFloat(in.Beta), discount: toFloat(in.Gamma),
	}
	if n := in.HarmDenominator().BitLen(); n > maxBits {
		return nil, fmt.Errorf("%w: a denominator of harm of %d bits, want at most %d", ErrRange, n, maxBits)
	}
	for t := 1; t <= in.Length(); t++ {
		l := in.Layer(t)
		if e.matrices[l] != nil {
			continue
		}
		m, err := newMatrix(l, l.Weights())
		if err != nil {
			return nil, err
		}
		m.classify(in, l)
		e.matrices[l] = m
		e.longest = max(e.longest, float64(m.longest))
	}
	return e, nil
}

// at returns the matrix of position t.
func (e *encloser) at(t int) *matrix { return e.matrices[e.in.Layer(t)] }

// step counts a position of a pass; each is passed twice backward and once forward.
func (e *encloser) step() {
	e.done++
	if e.report != nil {
		e.report(e.done, 3*e.in.Length())
	}
}

func (e *encloser) solve() {
	T := e.in.Length()
	e.profile.Horizon = e.horizon()
	e.kept = make([][]value, (T-1)/e.stride+1)
	next := e.leaves()
	for t := T; t >= 1; t-- {
		next = e.at(t).backward(next, nil)
		if (t-1)%e.stride == 0 {
			e.kept[(t-1)/e.stride] = next
		}
		e.step()
	}
	e.root = next[0]
	e.mass = []float64{1}
	if e.in.Adversary.Kind != model.AdversaryPolicy {
		e.adversary = []float64{1}
	}
	e.segment = make([][]value, e.stride+1)
	for i := range e.kept {
		e.forwardSegment(i*e.stride, min(T, (i+1)*e.stride))
	}
	e.wholes()
}

func (e *encloser) horizon() int {
	harm := newLeaves(e.in.Process)
	reach := sync.OnceValue(e.in.Reachable)
	return horizon(e.in.Process, harm.classOf, new([2][]int64), func(i, x int) bool { return reach()[i][x] })
}

// forwardSegment sets the quantities of the positions first+1…last.
func (e *encloser) forwardSegment(first, last int) {
	T := e.in.Length()
	values := e.segment[:last-first+1]
	values[0] = e.kept[first/e.stride]
	e.kept[first/e.stride] = nil
	if last == T {
		values[last-first] = e.leaves()
	} else {
		values[last-first] = e.kept[last/e.stride]
	}
	for t := last; t > first+1; t-- {
		values[t-1-first] = e.at(t).backward(values[t-first], values[t-1-first])
		e.step()
	}
	e.step()
	for t := first + 1; t <= last; t++ {
		m := e.at(t)
		e.position(t, m, values[t-1-first], values[t-first])
		if t < T {
			if e.adversary != nil {
				e.adversary = e.adversaryMatrix(t).forward(e.adversary, e.in.States(t))
			}
			e.mass = m.forward(e.mass, e.in.States(t))
		}
		e.step()
	}
	values[0], values[last-first] = nil, nil // of other lengths, or kept for the next segment
}

// leaves returns the values of the states of layer T.
func (e *encloser) leaves() []value {
	harm := e.in.Harm()
	d, _ := e.in.HarmDenominator().Float64()
	out := make([]value, harm.Len())
	small, ok := harm.Int64s()
	last, known := math.NaN(), value{}
	for x := range out {
		var n float64
		if ok {
			n = float64(small[x])
		} else {
			n, _ = harm.At(x).Float64()
		}
		if n != last {
			h := n / d
			known = value{h, -math.Expm1(-e.lambda * h), math.Exp(-e.lambda * h)}
			last = n
		}
		out[x] = known
	}
	return out
}

// adversaryMatrix returns the law of Q at position t < T. Its weights are those of the instance, which
// hold as many digits as the model's own.
func (e *encloser) adversaryMatrix(t int) *matrix {
	l := e.in.Layer(t)
	uniform := e.in.Adversary.Kind == model.AdversaryUniform
	if m := e.even[l]; uniform && m != nil {
		return m
	}
	m, err := newMatrix(l, e.in.AdversaryWeights(t))
	if err != nil {
		panic(err) // checked by newEncloser
	}
	if uniform {
		e.even[l] = m
	}
	return m
}
