package model

import (
	"fmt"
	"math/big"
	"slices"

	"sounding/internal/strict"
)

// Training is what format 2 of an instance adds: what code that trains on sampled
// sequences has beside the policy itself, which is the process.
type Training struct {
	// Reference is P_0 of the KL, weights per edge of position t at [t−1]; nil
	// where it is the policy.
	Reference []Naturals
	// Behaviour is P_b, the policy that sampled, likewise.
	Behaviour []Naturals
	// End is the token after which a sequence is over, NoToken where there is none.
	End int
	// Environment are the positions whose tokens are not the policy's, increasing.
	Environment []int
	Temperature *big.Rat // τ > 0: policies act with logits z/τ
	Discount    *big.Rat // 0 < γ_d ≤ 1
}

// NoToken stands where no token is meant.
const NoToken = -1

// MaxTemperature bounds τ and 1/τ.
const MaxTemperature = 1000

// NewTraining returns the defaults of the file format.
func NewTraining() *Training {
	return &Training{End: NoToken, Temperature: big.NewRat(1, 1), Discount: big.NewRat(1, 1)}
}

// Equal reports whether two instances say the same beyond format 1.
func (r *Training) Equal(s *Training) bool {
	if r == nil || s == nil {
		return r == s
	}
	same := func(a, b []Naturals) bool {
		return (a == nil) == (b == nil) && slices.EqualFunc(a, b, Naturals.Equal)
	}
	return same(r.Reference, s.Reference) && same(r.Behaviour, s.Behaviour) && r.End == s.End &&
		slices.Equal(r.Environment, s.Environment) && r.Temperature.Cmp(s.Temperature) == 0 && r.Discount.Cmp(s.Discount) == 0
}

// Over returns, per layer 0…T, the states in which a sequence is over: those that
// End leads to with positive weight.
func (in *Instance) Over() [][]bool {
	over := make([][]bool, in.Length()+1)
	over[0] = make([]bool, 1)
	for t := 1; t <= in.Length(); t++ {
		over[t] = make([]bool, in.States(t))
		if in.Training == nil || in.Training.End == NoToken {
			continue
		}
		l := in.Layer(t)
		for x := range l.States() {
			if e, ok := l.Edge(x, in.Training.End); ok && !l.weight.IsZero(e) {
				over[t][l.Next(e)] = true
			}
		}
	}
	return over
}

// validateTraining reports the first thing that is wrong with the keys of format 2.
func (in *Instance) validateTraining() error {
	r := in.Training
	if r == nil {
		return nil
	}
	one := big.NewRat(1, 1)
	limit := big.NewRat(MaxTemperature, 1)
	switch {
	case r.End != NoToken && (r.End < 0 || r.End >= in.Vocabulary()):
		return strict.Errorf("/end", "token %d: want one from 0 to %d", r.End, in.Vocabulary()-1)
	case r.Temperature.Cmp(limit) > 0 || new(big.Rat).Mul(r.Temperature, limit).Cmp(one) < 0:
		return strict.Errorf("/temperature", "%s: want 1/%d ≤ τ ≤ %d", r.Temperature.RatString(), MaxTemperature, MaxTemperature)
	case r.Discount.Sign() <= 0 || r.Discount.Cmp(one) > 0:
		return strict.Errorf("/discount", "%s: want a discount above 0 and at most 1", r.Discount.RatString())
	}
	for i, t := range r.Environment {
		if t < 1 || t > in.Length() || i > 0 && t <= r.Environment[i-1] {
			return strict.Errorf(fmt.Sprintf("/environment/%d", i), "position %d: want distinct positions from 1 to %d in increasing order", t, in.Length())
		}
	}
	if err := in.validateEnd(); err != nil {
		return err
	}
	for _, p := range []struct {
		name string
		rows []Naturals
	}{{"/reference", r.Reference}, {"/behaviour", r.Behaviour}} {
		if p.rows == nil {
			continue
		}
		if err := in.validateSupport(p.rows); err != nil {
			return strict.Within(p.name, err)
		}
	}
	return nil
}

// validateEnd checks that the process stays over once it is, and that a state tells
// whether it is.
func (in *Instance) validateEnd() error {
	over := in.Over()
	for t := 1; t <= in.Length(); t++ {
		l := in.Layer(t)
		for x := range l.States() {
			for e, hi := l.Row(x); e < hi; e++ {
				if l.weight.IsZero(e) || l.Token(e) == in.Training.End {
					continue
				}
				place := fmt.Sprintf("/layers/%d/weights/%d", t-1, x)
				switch {
				case over[t-1][x]:
					return strict.Errorf(place, "token %d has weight where a sequence is over: want the end alone", l.Token(e))
				case over[t][l.Next(e)]:
					return strict.Errorf(place, "token %d leads to state %d as the end does: want another state", l.Token(e), l.Next(e))
				}
			}
		}
	}
	return nil
}

// validateSupport checks the rows of a further policy: it takes every token that
// the policy takes.
func (in *Instance) validateSupport(rows []Naturals) error {
	if len(rows) != in.Length() {
		return strict.Errorf("/layers", "%d positions: want T = %d", len(rows), in.Length())
	}
	for i := range rows {
		l, w := in.Layer(i+1), &rows[i]
		if w.Len() != l.Edges() {
			return strict.Errorf(fmt.Sprintf("/layers/%d/weights", i), "length %d: want %d, one per edge of the model", w.Len(), l.Edges())
		}
		for x := range l.States() {
			for e, hi := l.Row(x); e < hi; e++ {
				if w.IsZero(e) && !l.weight.IsZero(e) {
					return strict.Errorf(fmt.Sprintf("/layers/%d/weights/%d", i, x), "no weight on token %d, which the policy takes: want a positive one", l.Token(e))
				}
			}
		}
	}
	return nil
}
