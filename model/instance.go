package model

import (
	"errors"
	"fmt"
	"math/big"
	"slices"

	"sounding/internal/strict"
)

// MaxPenalty bounds λ and β.
const MaxPenalty = 1_000_000

// Instance is what every statement is about: a base model P_0 with its harm function, the recovery set R, the adversarial prefix
// distribution Q, and the scalars λ, β, γ of the objectives.
type Instance struct {
	*Process
	Recovery  []int // R: distinct tokens in increasing order
	Adversary Adversary
	Lambda    *big.Rat  // λ ≥ 0, weight of the expected harm
	Beta      *big.Rat  // β ≥ 0, weight of the recovery penalty
	Gamma     *big.Rat  // 0 < γ ≤ 1, its discount: η_t = β·γ^t
	Training  *Training // what format 2 adds; nil for an instance of format 1
}

// NewInstance returns the instance on p with the defaults of the file format:
// R empty, Q the model's own prefix distribution, λ = 1, β = 0, γ = 1.
func NewInstance(p *Process) *Instance {
	return &Instance{Process: p, Lambda: big.NewRat(1, 1), Beta: new(big.Rat), Gamma: big.NewRat(1, 1)}
}

// AdversaryKind says how Q is given.
type AdversaryKind int8

// The three ways to give Q.
const (
	AdversaryPolicy  AdversaryKind = iota // Q is the model's own prefix distribution
	AdversaryUniform                      // each token uniform at every step
	AdversaryRows                         // rows of weights per state of the model
)

// Adversary is the prefix distribution Q: the law of a process that moves on the
// model's own edges with weights of its own. Q may give weight to states that
// the model does not reach.
type Adversary struct {
	Kind AdversaryKind
	// Rows, for AdversaryRows, holds the weights per edge of the layer that
	// governs position t in Rows[t−1], for t = 1…T−1 at least (prefixes of T−1
	// tokens are the longest that anything is averaged over).
	Rows []Naturals
}

// Eta returns η_t = β·γ^t, the recovery tilt at position t, counted from 1.
func (in *Instance) Eta(t int) *big.Rat {
	e := new(big.Rat).Set(in.Beta)
	g := new(big.Rat).SetFrac(
		new(big.Int).Exp(in.Gamma.Num(), big.NewInt(int64(t)), nil),
		new(big.Int).Exp(in.Gamma.Denom(), big.NewInt(int64(t)), nil))
	return e.Mul(e, g)
}

// Recovers reports whether token a is in R.
func (in *Instance) Recovers(a int) bool {
	_, ok := slices.BinarySearch(in.Recovery, a)
	return ok
}

// AdversaryWeights returns Q's weights on the edges of the layer that governs
// position t, 1 ≤ t ≤ T−1.
func (in *Instance) AdversaryWeights(t int) *Naturals {
	switch in.Adversary.Kind {
	case AdversaryUniform:
		return &Naturals{small: slices.Repeat([]int64{1}, in.Layer(t).Edges())}
	case AdversaryRows:
		return &in.Adversary.Rows[t-1]
	}
	return in.Layer(t).Weights()
}

// Equal reports whether two instances have equal processes, written the same way,
// and equal R, Q, λ, β, γ and training. go-cmp uses it.
func (in *Instance) Equal(other *Instance) bool {
	if in == nil || other == nil {
		return in == other
	}
	return in.Process.Equal(other.Process) && slices.Equal(in.Recovery, other.Recovery) &&
		in.Adversary.Equal(other.Adversary) && in.Lambda.Cmp(other.Lambda) == 0 &&
		in.Beta.Cmp(other.Beta) == 0 && in.Gamma.Cmp(other.Gamma) == 0 && in.Training.Equal(other.Training)
}

// Equal reports whether q and r are given the same way, by the same weights.
func (q Adversary) Equal(r Adversary) bool {
	if q.Kind != r.Kind || q.Kind != AdversaryRows {
		return q.Kind == r.Kind
	}
	if len(q.Rows) != len(r.Rows) {
		return false
	}
	for i := range q.Rows {
		again := q.again(i) && r.again(i)
		if !again && !q.Rows[i].Equal(r.Rows[i]) {
			return false
		}
	}
	return true
}

// again reports whether the weights of layer i are those of layer i−1, stored once.
func (q Adversary) again(i int) bool { return i > 0 && q.Rows[i].shares(&q.Rows[i-1]) }

// Validate reports what is wrong with the instance beyond its process, and where in the file
// form: of each part the first thing.
func (in *Instance) Validate() error {
	var wrong strict.Errors
	for i, a := range in.Recovery {
		if a < 0 || a >= in.Vocabulary() || i > 0 && a <= in.Recovery[i-1] {
			wrong.Add(strict.Errorf(fmt.Sprintf("/recovery/%d", i), "token %d: want distinct tokens from 0 to %d in increasing order", a, in.Vocabulary()-1))
			break
		}
	}
	limit := big.NewRat(MaxPenalty, 1)
	if in.Lambda.Sign() < 0 || in.Lambda.Cmp(limit) > 0 {
		wrong.Add(strict.Errorf("/lambda", "%s: want 0 ≤ λ ≤ %d", in.Lambda.RatString(), MaxPenalty))
	}
	if in.Beta.Sign() < 0 || in.Beta.Cmp(limit) > 0 {
		wrong.Add(strict.Errorf("/beta", "%s: want 0 ≤ β ≤ %d", in.Beta.RatString(), MaxPenalty))
	}
	if in.Gamma.Sign() <= 0 || in.Gamma.Cmp(big.NewRat(1, 1)) > 0 {
		wrong.Add(strict.Errorf("/gamma", "%s: want 0 < γ ≤ 1", in.Gamma.RatString()))
	}
	wrong.Add(strict.Within("/adversary", in.validateAdversary()))
	wrong.Add(in.validateTraining())
	return wrong.Err()
}

func (in *Instance) validateAdversary() error {
	switch q := in.Adversary; q.Kind {
	case AdversaryPolicy:
		return nil
	case AdversaryUniform:
		for t := 1; t < in.Length(); t++ {
			if l := in.Layer(t); l.Edges() != l.States()*in.Vocabulary() {
				return fmt.Errorf("uniform: want a next state for every token, but a row that governs position %d lists only some", t)
			}
		}
		return nil
	case AdversaryRows:
		if n := len(q.Rows); n < in.Length()-1 || n > in.Length() {
			return strict.Errorf("/layers", "length %d: want T−1 = %d or T", n, in.Length()-1)
		}
		for i := range q.Rows {
			l, w := in.Layer(i+1), &q.Rows[i]
			if q.again(i) && l == in.Layer(i) {
				continue
			}
			if w.Len() != l.Edges() {
				return strict.Errorf(fmt.Sprintf("/layers/%d/weights", i), "length %d: want %d, one per edge of the model", w.Len(), l.Edges())
			}
			for x := range l.States() {
				if lo, hi := l.Row(x); !w.Positive(lo, hi) {
					return strict.Errorf(fmt.Sprintf("/layers/%d/weights/%d", i, x), "no positive weight: want at least one in every row")
				}
			}
		}
		return nil
	}
	return errors.New("unknown kind")
}
