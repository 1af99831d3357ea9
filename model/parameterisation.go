package model

import (
	"fmt"
	"math/big"
)

// Kind names a way to parameterise the policies around a base model.
type Kind string

// The parameterisations.
const (
	Tabular   Kind = "tabular"   // one logit per edge
	Decoupled Kind = "decoupled" // log-linear, each position has parameters of its own
	Shared    Kind = "shared"    // log-linear, one parameter vector for all positions

	// Polynomial is a smooth family with one parameter: each logit is a
	// polynomial in it.
	Polynomial Kind = "polynomial"
)

// Parameterisation describes the family P_θ around the base model P_0 = P_{θ=0}:
//
//	P_θ(a|x) ∝ weight(x,a) · exp(θ·f(x,a))
//
// with an integer feature vector f per edge. In the tabular family every edge
// has a logit of its own, so f is the unit vector of the edge; it is not stored.
// In the decoupled family f reads only the block of θ that belongs to its
// position; in the shared family every position reads all of θ.
//
// The zero value is the tabular family.
type Parameterisation struct {
	Kind Kind
	// Parameters is the length n of every feature vector: the number of
	// parameters in all when shared, per position when decoupled.
	Parameters int
	// Features[t−1] holds the feature vectors of the edges of the layer that
	// governs position t: n numbers per edge, one edge after the other.
	Features [][]int64
	// Logits, of the polynomial family, holds for each edge the coefficients of
	// the powers of θ that its logit adds to the base model's: Logits[t−1][e][k] is
	// that of θ^k. The coefficient of θ⁰ is zero.
	Logits [][][]*big.Rat
}

// Tabular reports whether every edge has a logit of its own.
func (q *Parameterisation) Tabular() bool { return q.Kind == Tabular || q.Kind == "" }

// Width returns the number of parameters that the row of one state reads:
// coordinates of the local logit Jacobian at state x of layer t−1.
func (q *Parameterisation) Width(p *Process, t, x int) int {
	if q.Tabular() {
		lo, hi := p.Layer(t).Row(x)
		return hi - lo
	}
	return q.Parameters
}

// Feature returns ∂logit(e)/∂θ_i for edge e of state x of layer t−1 and local
// coordinate i, 0 ≤ i < Width.
func (q *Parameterisation) Feature(p *Process, t, x, e, i int) int64 {
	if q.Tabular() {
		if lo, _ := p.Layer(t).Row(x); e-lo == i {
			return 1
		}
		return 0
	}
	return q.Features[t-1][e*q.Parameters+i]
}

// Index returns the position in θ of local coordinate i of state x of layer t−1.
// Within a position, tabular coordinates are numbered like the edges.
func (q *Parameterisation) Index(p *Process, t, x, i int) int {
	switch {
	case q.Tabular():
		lo, _ := p.Layer(t).Row(x)
		return q.Offset(p, t) + lo + i
	case q.Kind == Decoupled:
		return (t-1)*q.Parameters + i
	}
	return i
}

// Offset returns where the parameters that position t reads begin in θ.
func (q *Parameterisation) Offset(p *Process, t int) int {
	switch {
	case q.Tabular():
		n := 0
		for s := 1; s < t; s++ {
			n += p.Layer(s).Edges()
		}
		return n
	case q.Kind == Decoupled:
		return (t - 1) * q.Parameters
	}
	return 0
}

// Block returns the number of parameters that position t reads.
func (q *Parameterisation) Block(p *Process, t int) int {
	if q.Tabular() {
		return p.Layer(t).Edges()
	}
	return q.Parameters
}

// Total returns the length of θ.
func (q *Parameterisation) Total(p *Process) int {
	switch {
	case q.Tabular():
		return q.Offset(p, p.Length()+1)
	case q.Kind == Decoupled:
		return p.Length() * q.Parameters
	}
	return q.Parameters
}

// Validate reports the first thing that does not fit the process.
func (q *Parameterisation) Validate(p *Process) error {
	if q.Tabular() {
		return nil
	}
	if q.Kind == Polynomial {
		return q.validateLogits(p)
	}
	if q.Kind != Decoupled && q.Kind != Shared {
		return fmt.Errorf("parameterisation: kind %q, want %q, %q, %q or %q", q.Kind, Tabular, Decoupled, Shared, Polynomial)
	}
	if q.Parameters < 1 {
		return fmt.Errorf("parameterisation: %d parameters, want 1 or more", q.Parameters)
	}
	if len(q.Features) != p.Length() {
		return fmt.Errorf("parameterisation: features of %d layers, the process has %d", len(q.Features), p.Length())
	}
	for i, f := range q.Features {
		if want := p.Layer(i+1).Edges() * q.Parameters; len(f) != want {
			return fmt.Errorf("parameterisation: layer %d has %d features, want %d", i, len(f), want)
		}
	}
	return nil
}

func (q *Parameterisation) validateLogits(p *Process) error {
	if q.Parameters != 1 {
		return fmt.Errorf("parameterisation: %d parameters, want 1 for %q", q.Parameters, Polynomial)
	}
	if len(q.Logits) != p.Length() {
		return fmt.Errorf("parameterisation: logits of %d layers, the process has %d", len(q.Logits), p.Length())
	}
	for i, logits := range q.Logits {
		if want := p.Layer(i + 1).Edges(); len(logits) != want {
			return fmt.Errorf("parameterisation: layer %d has %d logits, want %d", i, len(logits), want)
		}
		for e, coefficients := range logits {
			if len(coefficients) > 0 && coefficients[0].Sign() != 0 {
				return fmt.Errorf("parameterisation: layer %d, edge %d: the logit at θ = 0 is not the base model's", i, e)
			}
		}
	}
	return nil
}
