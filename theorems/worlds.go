package theorems

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/big"
	"sync"

	"sounding/exact"
	"sounding/exact/definition"
	"sounding/exact/field"
	"sounding/model"
)

// newCaseWorld returns the world of a case over a field. Its test function takes
// small integers that depend on the place alone. A polynomial family has no
// features: what is asked of it is asked of the case, and the world's family is
// then the tabular one.
func newCaseWorld[E any, F field.Field[E]](f F, c *model.Case) *World[E] {
	pt, err := exact.NewPoint[E](f, c.Process)
	if err != nil {
		panic("theorems: " + err.Error()) // no row sum is zero in characteristic 0
	}
	param := c.Parameterisation
	if param.Kind == model.Polynomial {
		param = model.Parameterisation{}
	}
	family := exact.NewFamily(f, pt, &param)
	w := newWorld[E](f, family)
	w.Case = c
	w.Tangents = sync.OnceValue(func() [][][]E {
		var all [][][]E
		for _, i := range parameters(family) {
			all = append(all, exact.Tangent(f, family, i))
		}
		return all
	})
	w.Test = sync.OnceValue(func() [][]E {
		test := make([][]E, c.Length()+1)
		for t := range test {
			test[t] = make([]E, c.States(t))
			for x := range test[t] {
				test[t][x] = f.FromInt(int64((7*x*x+3*t*x+5*t+1)%11 - 4))
			}
		}
		return test
	})
	return w
}

// definitionFits reports whether the sequences of a case are few enough to be
// enumerated, which the by-definition side of the checks does.
func definitionFits(c *model.Case) (*definition.Sequences, error) { return definition.List(c.Process) }

// maxTangents bounds the parameters of a case along which a derivative is taken.
// A tabular family has one per edge; the entry-by-entry comparison with the
// scores covers all of them, dual numbers the first of every position.
const maxTangents = 12

// parameters returns the coordinates of θ that Tangents covers: all of them, or
// maxTangents spread evenly.
func parameters[E any](f exact.Family[E]) []int {
	n := f.Param.Total(f.Process)
	var list []int
	for k := range min(n, maxTangents) {
		list = append(list, k*n/min(n, maxTangents))
	}
	return list
}

// Shape is the shape of a prefix tree.
type Shape struct{ Vocabulary, Length int }

func (s Shape) String() string { return fmt.Sprintf("(%d,%d)", s.Vocabulary, s.Length) }

// Leaves returns V^T.
func (s Shape) Leaves() int {
	n := 1
	for range s.Length {
		n *= s.Vocabulary
	}
	return n
}

// tree returns the prefix tree of the shape; its weights and harm say nothing.
func (s Shape) tree() *model.Process {
	layers := make([]*model.Layer, s.Length)
	n := 1
	for t := range layers {
		n *= s.Vocabulary
		ones := make([]int64, n)
		for i := range ones {
			ones[i] = 1
		}
		l, err := model.TreeLayer(s.Vocabulary, model.NaturalsOf(ones...))
		if err != nil {
			panic(err)
		}
		layers[t] = l
	}
	p, err := model.NewProcess(s.Vocabulary, layers, model.NaturalsOf(make([]int64, n)...), big.NewInt(1))
	if err != nil {
		panic(err)
	}
	return p
}

// freeFeatures is the number of parameters of the log-linear family at a free
// point: two coordinates see whatever a sum over coordinates can do.
const freeFeatures = 2

// newFreeWorld returns a world on the prefix tree of a shape whose numbers are
// free: probabilities with p_last = 1 − Σ of the others, harm, a tangent with
// dp_last = −Σ of the others, features and a test function, each drawn by free.
// Nothing is divided.
func newFreeWorld[E any, R field.Ring[E]](r R, shape Shape, free func() E) *World[E] {
	p := shape.tree()
	draw := func(n int) []E {
		v := make([]E, n)
		for i := range v {
			v[i] = free()
		}
		return v
	}
	// rows draws a value per edge, the last of each row completing it to total.
	rows := func(l *model.Layer, total int64) []E {
		v := draw(l.Edges())
		for x := range l.States() {
			lo, hi := l.Row(x)
			rest := r.FromInt(total)
			for e := lo; e < hi-1; e++ {
				rest = r.Sub(rest, v[e])
			}
			v[hi-1] = rest
		}
		return v
	}
	pt := &exact.Point[E]{Process: p, Harm: draw(p.States(p.Length()))}
	family := exact.Family[E]{Point: pt, Param: &model.Parameterisation{Kind: model.Shared, Parameters: freeFeatures}}
	tangent := make([][]E, p.Length())
	test := [][]E{draw(1)}
	for t := 1; t <= p.Length(); t++ {
		l := p.Layer(t)
		pt.Prob = append(pt.Prob, rows(l, 1))
		tangent[t-1] = rows(l, 0)
		family.Features = append(family.Features, draw(l.Edges()*freeFeatures))
		test = append(test, draw(p.States(t)))
	}
	w := newWorld[E](r, family)
	w.Tangents = func() [][][]E { return [][][]E{tangent} }
	w.Test = func() [][]E { return test }
	return w
}

// newDegreeWorld returns the world whose numbers are formal degrees: 1 for every
// free variable.
func newDegreeWorld(shape Shape) *World[deg] {
	return newFreeWorld(field.Degrees{}, shape, func() field.Deg { return 1 })
}

// newModularWorld returns the world at the point of 𝔽_p that is determined by the
// seed, the statement, the shape and the number of the trial: its coordinates are
// uniform in 0…p−1, read from SHA-256 in counter mode with rejection.
func newModularWorld(p uint64, seed uint64, id string, shape Shape, trial int) *World[mod] {
	key := sha256.Sum256(fmt.Appendf(nil, "%d %s %v %d %d", seed, id, shape, p, trial))
	var block [sha256.Size]byte
	var counter uint64
	next := len(block)
	return newFreeWorld(field.NewModular(p), shape, func() uint64 {
		for {
			if next == len(block) {
				block = sha256.Sum256(binary.LittleEndian.AppendUint64(key[:], counter))
				counter++
				next = 0
			}
			v := binary.LittleEndian.Uint64(block[next:]) >> 2 // primes are below 2^62
			next += 8
			if limit := 1<<62 - 1<<62%p; v < limit {
				return v % p
			}
		}
	})
}
