package verify

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"sync"

	"sounding/exact"
	"sounding/exact/definition"
	"sounding/exact/field"
	"sounding/generators"
	"sounding/model"
)

// arbitraryNumbers are those that a case draws from: none is zero, which would hide a
// position.
var arbitraryNumbers = [...]int64{-7, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 7}

// NewCaseWorld returns the world of a case over a field. Its test function consists of
// small integers that depend on the place alone. Its arbitrary numbers are drawn for the
// case: a claim about numbers alone is compared anew on each.
func NewCaseWorld[E any, F field.Field[E]](f F, c *model.Case) *World[E] {
	pt, err := exact.NumbersOf(f, c.Process)
	if err != nil {
		panic("verify: " + err.Error()) // no row sum is zero in characteristic 0
	}
	param := c.Parameterisation
	family := exact.NewFamily(f, pt, &param)
	if param.Kind == model.Polynomial {
		if family, err = exact.NewPolynomialFamily(f, pt, &param); err != nil {
			panic("verify: " + err.Error())
		}
	}
	w := NewWorld(f, family)
	w.Case = c
	w.Objective = sync.OnceValue(func() exact.Objective[E] {
		o, err := exact.NewObjective(f, c.Instance)
		if err != nil {
			panic("verify: " + err.Error())
		}
		return o
	})
	w.Prefixes = sync.OnceValue(func() [][]E {
		law, err := definition.Adversary(f, c.Instance)
		if err != nil {
			panic("verify: " + err.Error())
		}
		return law
	})
	addBranches(f, w)
	w.Tangents = sync.OnceValue(func() [][][]E {
		var all [][][]E
		for _, i := range Parameters(family) {
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
	seed := sync.OnceValue(func() uint64 { return seedOf(c) })
	w.Arbitrary = func(n int) []E {
		v := make([]E, n)
		for k := range v {
			v[k] = f.FromInt(arbitraryNumbers[generators.Hash(seed(), n, k)%uint64(len(arbitraryNumbers))])
		}
		return v
	}
	return w
}

// seedOf returns a seed that the weights, harm and scalars of a case determine.
func seedOf(c *model.Case) uint64 {
	h := fnv.New64a()
	for t := 1; t <= c.Length(); t++ {
		weights := c.Layer(t).Weights()
		for e := range weights.Len() {
			fmt.Fprintln(h, weights.At(e))
		}
	}
	for x := range c.Harm().Len() {
		fmt.Fprintln(h, c.Harm().At(x))
	}
	for _, name := range slices.Sorted(maps.Keys(c.Scalars)) {
		fmt.Fprintln(h, name, c.Scalars[name])
	}
	return h.Sum64()
}

// Limits of a given case. The time that the checks take grows with the fourth power of the
// length and the square of the number of parameters.
const (
	maxGivenLength     = 64
	maxGivenParameters = 1024
)

// definitionFits returns the sequences of a case. It is an error if they are too many to
// be enumerated, which one side of the checks does, or if the checks would take too long.
func definitionFits(c *model.Case) (*definition.Sequences, error) {
	if c.Length() > maxGivenLength {
		return nil, fmt.Errorf("length %d: must be 1 to %d for the checks", c.Length(), maxGivenLength)
	}
	if n := c.Parameterisation.Total(c.Process); !c.Parameterisation.Tabular() && n > maxGivenParameters {
		return nil, fmt.Errorf("%d parameters: must be at most %d for the checks", n, maxGivenParameters)
	}
	return definition.List(c.Process)
}

// SeriesOrder is the order in λ through which equilibria are solved.
const SeriesOrder = 4

// addBranches lets w solve for the equilibria of its family.
func addBranches[E any](f field.Field[E], w *World[E]) {
	solve := func(o exact.Objective[E]) *exact.Branch[E] {
		w.reserve(3) // F̄, one of its terms, and its elimination
		b, err := exact.SolveBranch(f, w.Family, o, SeriesOrder)
		if errors.Is(err, exact.ErrDegenerate) {
			return nil
		}
		if err != nil {
			panic("verify: " + err.Error())
		}
		return b
	}
	w.Standard = sync.OnceValue(func() *exact.Branch[E] {
		o := w.Objective()
		o.Beta = f.FromInt(0)
		return solve(o)
	})
	w.Deep = sync.OnceValue(func() *exact.Branch[E] { return solve(w.Objective()) })
}

// maxTangents bounds the parameters of a case along which a derivative is taken.
// A tabular family has one per edge; the entry-by-entry comparison with the
// scores covers all of them, dual numbers the first of every position.
const maxTangents = 12

// Parameters returns the coordinates of θ that Tangents covers: all of them, or
// maxTangents spread evenly.
func Parameters[E any](f exact.Family[E]) []int {
	n := f.Param.Total(f.Process)
	var list []int
	for k := range min(n, maxTangents) {
		list = append(list, k*n/min(n, maxTangents))
	}
	return list
}

// Shape is the shape of a prefix tree.
type Shape struct {
	Vocabulary int `json:"vocabulary"`
	Length     int `json:"length"`
}

func (s Shape) String() string { return fmt.Sprintf("(%d,%d)", s.Vocabulary, s.Length) }

// Leaves returns V^T.
func (s Shape) Leaves() int {
	n := 1
	for range s.Length {
		n *= s.Vocabulary
	}
	return n
}

// Tree returns the prefix tree of the shape. Its weights and harm are placeholders.
func (s Shape) Tree() *model.Process {
	weights := make([][]int64, s.Length)
	n := 1
	for t := range weights {
		n *= s.Vocabulary
		weights[t] = slices.Repeat([]int64{1}, n)
	}
	return generators.Tree(s.Vocabulary, weights, make([]int64, n), 1).Process
}

// variable says what a free variable stands for, and at which position t; 0 if it belongs
// to none.
type variable struct {
	of       role
	position int
}

// role is what a free variable stands for.
type role int8

// The roles in a free world.
const (
	completion        role = iota // the last of a row, which the others determine: not free after all
	probability                   // P(a|y_<t)
	prefixProbability             // Q(a|y_<t)
	harmValue                     // Harm(y)
	tangentValue                  // dP(a|y_<t)
	featureValue                  // f_i(y_<t a)
	testValue                     // f(y_<t)
	arbitrary                     // r
	lambda
	beta
	gamma
)

// freeFeatures is the number of parameters of the log-linear family at a free
// point: two coordinates see whatever a sum over coordinates can do.
const freeFeatures = 2

// newFreeWorld returns a world on the prefix tree of a shape whose numbers are
// free: probabilities with p_last = 1 − Σ of the others, harm, a tangent with
// dp_last = −Σ of the others, features, a test function and an objective, each drawn by
// free, which is told what it draws. R is the first tokens, as many as recovery says: with
// the tokens renamed, any set of as many. Nothing is divided. The family is log-linear, with
// n parameters.
func newFreeWorld[E any](r field.Ring[E], shape Shape, recovery int, kind model.Kind, n int, free func(variable) E) *World[E] {
	p := shape.Tree()
	draw := func(of role, t, n int) []E {
		v := make([]E, n)
		for i := range v {
			v[i] = free(variable{of, t})
		}
		return v
	}
	rows := func(of role, t int, total int64) []E { return freeRows(r, p, of, t, total, free) }
	pt := &model.Numbers[E]{Process: p, Harm: draw(harmValue, 0, p.States(p.Length()))}
	family := exact.Family[E]{Numbers: pt, Param: &model.Parameterisation{Kind: kind, Parameters: n}}
	tangent := make([][]E, p.Length())
	test := [][]E{draw(testValue, 1, 1)}
	for t := 1; t <= p.Length(); t++ {
		pt.Prob = append(pt.Prob, rows(probability, t, 1))
		tangent[t-1] = rows(tangentValue, t, 0)
		family.Features = append(family.Features, draw(featureValue, t, p.Layer(t).Edges()*n))
		test = append(test, draw(testValue, t+1, p.States(t)))
	}
	w := NewWorld(r, family)
	w.Tangents = func() [][][]E { return [][][]E{tangent} }
	w.Test = func() [][]E { return test }
	w.Arbitrary = func(n int) []E { return draw(arbitrary, 0, n) }
	w.Prefixes = sync.OnceValue(func() [][]E {
		law := make([][]E, p.Length()-1)
		for i := range law {
			law[i] = rows(prefixProbability, i+1, 1)
		}
		return law
	})
	w.Objective = sync.OnceValue(func() exact.Objective[E] {
		return exact.Objective[E]{
			Lambda: free(variable{lambda, 0}), Beta: free(variable{beta, 0}), Gamma: free(variable{gamma, 0}), Adversary: exact.Occupancy(r, p, w.Prefixes()),
			Recovers: func(a int) bool {
				w.readsRecovery = true
				return a < recovery
			},
		}
	})
	return w
}

// freeRows returns a value per edge of position t of a tree, the last of each row completing
// it to total.
func freeRows[E any](r field.Ring[E], p *model.Process, of role, t int, total int64, free func(variable) E) []E {
	l := p.Layer(t)
	v := make([]E, l.Edges())
	for e := range v {
		if (e+1)%p.Vocabulary() == 0 {
			v[e] = free(variable{completion, t}) // drawn anyway, and replaced below
		} else {
			v[e] = free(variable{of, t})
		}
	}
	for x := range l.States() {
		lo, hi := l.Row(x)
		rest := r.FromInt(total)
		for _, w := range v[lo : hi-1] {
			rest = r.Sub(rest, w)
		}
		v[hi-1] = rest
	}
	return v
}

// newModularWorld returns the world at the point of 𝔽_p that the seed, the statement, the
// shape and the number of the trial determine, with the given number of recovery tokens.
func newModularWorld(p uint64, seed uint64, id string, shape Shape, recovery, trial int) *World[uint64] {
	return newFreeWorld(field.NewModular(p), shape, recovery, model.Shared, freeFeatures, coordinates(p, seed, id, shape, trial))
}

// coordinates returns the source of the numbers of that point.
func coordinates(p uint64, seed uint64, id string, shape Shape, trial int) func(variable) uint64 {
	return uniform(p, fmt.Appendf(nil, "%d %s %v %d %d", seed, id, shape, p, trial))
}

// newSeriesWorld returns the world of a random family over 𝔽_p, with an objective
// and the branches of its equilibria. Over the trials R takes every size, 0 and V included.
func newSeriesWorld(p uint64, seed uint64, shape Shape, kind model.Kind, n, trial int) *World[uint64] {
	f := field.NewModular(p)
	free := uniform(p, fmt.Appendf(nil, "%d series %v %s %d %d %d", seed, shape, kind, n, p, trial))
	w := newFreeWorld(f, shape, trial/len(formalShapes)%(shape.Vocabulary+1), kind, n, free)
	addBranches(f, w)
	return w
}

// uniform returns a source of numbers uniform in 0…p−1, read from SHA-256 of the
// key in counter mode with rejection.
func uniform(p uint64, key []byte) func(variable) uint64 {
	sum := sha256.Sum256(key)
	var block [sha256.Size]byte
	var counter uint64
	next := len(block)
	return func(variable) uint64 {
		for {
			if next == len(block) {
				block = sha256.Sum256(binary.LittleEndian.AppendUint64(sum[:], counter))
				counter++
				next = 0
			}
			v := binary.LittleEndian.Uint64(block[next:]) >> 2 // primes are below 2^62
			next += 8
			if limit := uint64(1<<62) - uint64(1<<62)%p; v < limit {
				return v % p
			}
		}
	}
}
