package exact

import (
	"math/big"
	"runtime"
	"slices"

	"sounding/model"
)

// The rational quantities of a prefix tree, in integers. Each prefix x has a denominator
// D(x), that of harm if x is complete, otherwise
//
//	D(x) = W(x)·L(x),  W(x) = Σ_a w(a|x),  L(x) = lcm_a D(xa)
//
// and h(x) is an integer over D(x). A number of degree k in the probabilities and in h is
// an integer over D(x)^k, and so is the mean of such numbers n over the continuations of
// x, which goes from the prefixes of one length to those of the length before by
//
//	n(x) = W^(k−1)·Σ_a w_a·c_a^k·n(xa),  c_a = L(x)/D(xa)
//
// Most prefixes are long, and have short denominators. Over the common denominator of a
// layer, as a Rational has it, their numbers would be many times as long; this takes a
// third of the time on BenchmarkSolve, or a little less.

// treeGrain is a number of rows of short numbers worth a range of split: a row takes
// microseconds. A row of long numbers, of longWords or more in a denominator, is worth one
// itself, and its means too where there are fewer rows than cores: near the root most of the
// time goes into few rows.
const (
	treeGrain = 8
	longWords = 4
)

// maxTreeSum bounds the row sums for which squares of weights are machine words.
const maxTreeSum = 1<<31 - 1

// treeWeights returns the weights per position if in is a prefix tree that solveTree
// can solve.
func treeWeights(in *model.Instance) ([][]int64, bool) {
	if !in.Tree() || in.Adversary.Kind == model.AdversaryRows {
		return nil, false
	}
	weights := make([][]int64, in.Length())
	for i := range weights {
		w, words := in.Layer(i + 1).Weights().Int64s()
		if !words {
			return nil, false
		}
		for x := range in.States(i) {
			var sum int64
			for e, hi := in.Layer(i + 1).Row(x); e < hi; e++ {
				if w[e] > maxTreeSum-sum {
					return nil, false
				}
				sum += w[e]
			}
		}
		weights[i] = w
	}
	return weights, true
}

// moment says of a number what its means are taken over.
type moment struct {
	degree int // k
	power  int // the mean weighs tokens by p^power: 1 under P, 2 for a sum of P(x)², 0 evenly
}

// treeMean is the mean of a number over the prefixes of the current length, so far as
// it is taken.
type treeMean struct {
	moment
	kind       int       // where its moment is in those of the pass
	numerators []big.Int // per prefix
	result     **big.Rat // where the mean goes
}

// treeQuantity is a quantity of a position: the mean of a number that each prefix has of its own.
type treeQuantity struct {
	treeMean
	number func(r *treeRow, numerator *big.Int) // sets the numerator at the prefix of r
}

// treeQuantities returns the quantities of a position; the adversary's has the given moment.
func treeQuantities[R any](at *model.Position[*big.Rat, R], adversary moment) []*treeQuantity {
	mean := func(degree, power int, result **big.Rat) treeMean {
		return treeMean{moment: moment{degree, power}, result: result}
	}
	return []*treeQuantity{
		{mean(3, 1, &at.Information), (*treeRow).variance},
		{mean(4, 2, &at.GradientNormSquared), (*treeRow).norm},
		{mean(2, 1, &at.FisherTrace), (*treeRow).same}, // 1 less it: see solveTree
		{mean(1, 1, &at.RecoveryProbability), (*treeRow).recovery},
		{mean(adversary.degree, adversary.power, &at.RecoveryInformation), (*treeRow).recoveryVariance},
	}
}

// treePass goes from the leaves to the root. The first of its means is E[Harm²], the only
// one until quantities of positions enter.
type treePass struct {
	v            int
	recovers     []bool
	moments      []moment  // those that the means have
	denominators []big.Int // D, per prefix of the current length
	harm         []big.Int // h·D
	means        []*treeMean
}

// enter takes a mean of numbers at the prefixes of the current length.
func (s *treePass) enter(m *treeMean) {
	m.kind = slices.Index(s.moments, m.moment)
	if m.kind < 0 {
		m.kind = len(s.moments)
		s.moments = append(s.moments, m.moment)
	}
	s.means = append(s.means, m)
}

// solveTree sets the rational quantities of p for a prefix tree with the given weights,
// and the horizon.
func solveTree[R any](in *model.Instance, weights [][]int64, p *model.Profile[*big.Rat, R]) error {
	T := in.Length()
	adversary := moment{degree: 2, power: 1}
	if in.Adversary.Kind == model.AdversaryUniform {
		adversary.power = 0
	}
	s := &treePass{v: in.Vocabulary(), recovers: make([]bool, in.Vocabulary())}
	for _, a := range in.Recovery {
		s.recovers[a] = true
	}
	var second *big.Rat // E[Harm²]
	s.leaves(in, &second)
	for t := T; t >= 1; t-- {
		fresh := treeQuantities(&p.Positions[t-1], adversary)
		for _, q := range fresh {
			q.numerators = make([]big.Int, in.States(t-1))
		}
		if err := s.back(weights[t-1], fresh); err != nil {
			return err
		}
		for _, q := range fresh {
			s.enter(&q.treeMean)
		}
	}
	p.ExpectedHarm = new(big.Rat).SetFrac(&s.harm[0], &s.denominators[0])
	if err := s.reduce(); err != nil {
		return err
	}
	one := big.NewRat(1, 1)
	prefixes, v := big.NewInt(1), big.NewInt(int64(s.v)) // of t−1 tokens
	for i := range p.Positions {
		at := &p.Positions[i]
		at.FisherTrace.Sub(one, at.FisherTrace) // tr F_t(x) = 1 − Σ_a P(a|x)²
		if adversary.power == 0 {
			at.RecoveryInformation.Quo(at.RecoveryInformation, new(big.Rat).SetInt(prefixes))
			prefixes.Mul(prefixes, v)
		}
	}
	p.Variance = new(big.Rat).Mul(p.ExpectedHarm, p.ExpectedHarm)
	p.Variance.Sub(second, p.Variance) // E[Harm²] − E[Harm]²
	p.Horizon = Horizon(in.Process)
	return nil
}

// leaves prepares the complete sequences, and the mean of Harm². They share the digits of
// equal numbers, which never change.
func (s *treePass) leaves(in *model.Instance, second **big.Rat) {
	n, den := in.States(in.Length()), in.HarmDenominator()
	first, of := harmKinds(in.Process)
	values, squares := make([]big.Int, len(first)), make([]big.Int, len(first))
	for k, x := range first {
		values[k].Set(in.Harm().At(x))
		squares[k].Mul(&values[k], &values[k])
	}
	s.denominators, s.harm = make([]big.Int, n), make([]big.Int, n)
	square := make([]big.Int, n)
	for x, k := range of {
		s.denominators[x], s.harm[x], square[x] = *den, values[k], squares[k]
	}
	s.enter(&treeMean{moment: moment{degree: 2, power: 1}, numerators: square, result: second})
}

// back goes to the prefixes that are a token shorter, and sets the numerators there of
// fresh quantities.
func (s *treePass) back(weights []int64, fresh []*treeQuantity) error {
	n := len(s.harm) / s.v
	denominators, harm := make([]big.Int, n), make([]big.Int, n)
	means := make([][]big.Int, len(s.means))
	for i := range means {
		means[i] = make([]big.Int, n)
	}
	cores := runtime.GOMAXPROCS(0)
	grain := max(treeGrain, n/(8*cores)) // what a range has of its own is then little
	long := len(s.denominators[0].Bits()) >= longWords
	if long {
		grain = 1
	}
	err := split(n, grain, func(lo, hi int) error {
		row := newTreeRow(s)
		for x := lo; x < hi; x++ {
			row.set(s, x, weights[x*s.v:(x+1)*s.v])
			row.value(&harm[x], &denominators[x])
			for _, q := range fresh {
				q.number(row, &q.numerators[x])
			}
			fold := func(i int, w *treeScratch) {
				m := s.means[i]
				w.fold(&means[i][x], row.factor[m.kind], m.numerators[x*s.v:(x+1)*s.v])
			}
			if !long || n >= cores {
				for i := range means {
					fold(i, &row.treeScratch)
				}
				continue
			}
			_ = split(len(means), 1, func(i, _ int) error { // no error in it
				fold(i, new(treeScratch))
				return nil
			})
		}
		return nil
	})
	s.denominators, s.harm = denominators, harm
	for i, m := range s.means {
		m.numerators = means[i]
	}
	return err
}

// reduce sets the results, at the root, in lowest terms.
func (s *treePass) reduce() error {
	return split(len(s.means), 1, func(lo, hi int) error {
		for _, m := range s.means[lo:hi] {
			den := new(big.Int).Exp(&s.denominators[0], big.NewInt(int64(m.degree)), nil)
			*m.result = new(big.Rat).SetFrac(&m.numerators[0], den)
		}
		return nil
	})
}
