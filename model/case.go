package model

import (
	"errors"
	"fmt"
	"math/big"
	"strings"

	"sounding/internal/strict"
)

// Case is the input of a check: an instance, a way to parameterise the policies
// around its base model, and whatever else the statement is about. A check draws
// no random numbers of its own.
type Case struct {
	*Instance
	Parameterisation Parameterisation

	// Policy is a second policy on the same process (P_θ or P* beside P_0):
	// weights per edge of the layer that governs position t in Policy[t−1]. Nil
	// where the statement needs none.
	Policy []Naturals
	// Candidates are several such policies, claimed to be minimisers or to beat
	// one another.
	Candidates [][]Naturals
	// Harm2 is a second harm function, per state of layer T.
	Harm2 *Harm
	// Scalars are the numbers that a statement names: ε, δ, η and the like.
	Scalars map[string]*big.Rat
	// Covariance is the covariance matrix of a Gaussian vector (X; Y_1…Y_n).
	Covariance [][]*big.Rat
}

// Harm is a harm function: numerators per state of layer T over a denominator.
type Harm struct {
	Values      Naturals
	Denominator *big.Int
}

// Scalar returns the scalar of the given name, and zero where there is none.
func (c *Case) Scalar(name string) *big.Rat {
	if q, ok := c.Scalars[name]; ok {
		return new(big.Rat).Set(q)
	}
	return new(big.Rat)
}

// Validate reports the first thing that is wrong with the case.
func (c *Case) Validate() error {
	if err := c.Instance.Validate(); err != nil {
		return err
	}
	if err := c.Parameterisation.Validate(c.Process); err != nil {
		return err
	}
	if c.Policy != nil {
		if err := c.validatePolicy("/policy", c.Policy); err != nil {
			return err
		}
	}
	for i, p := range c.Candidates {
		if err := c.validatePolicy(fmt.Sprintf("/candidates/%d", i), p); err != nil {
			return err
		}
	}
	if c.Harm2 != nil {
		if _, err := c.WithHarm(c.Harm2.Values, c.Harm2.Denominator); err != nil {
			if e, ok := errors.AsType[*strict.Error](err); ok {
				err = &strict.Error{Pointer: strings.TrimPrefix(e.Pointer, "/harm"), Problem: e.Problem}
			}
			return strict.Within("/harm2", err)
		}
	}
	for i, row := range c.Covariance {
		if len(row) != len(c.Covariance) {
			return strict.Errorf(fmt.Sprintf("/covariance/%d", i), "length %d: want %d", len(row), len(c.Covariance))
		}
		for j := range row {
			if row[j].Cmp(c.Covariance[j][i]) != 0 {
				return strict.Errorf(fmt.Sprintf("/covariance/%d/%d", i, j), "%s: want a symmetric matrix", row[j].RatString())
			}
		}
	}
	return nil
}

func (c *Case) validatePolicy(place string, p []Naturals) error {
	if len(p) != c.Length() {
		return strict.Errorf(place+"/layers", "length %d: want %d, one per position", len(p), c.Length())
	}
	for i := range p {
		if _, err := c.Layer(i + 1).WithWeights(p[i]); err != nil {
			return strict.Within(fmt.Sprintf("%s/layers/%d", place, i), err)
		}
	}
	return nil
}

// Under returns the process with the weights of a policy in place of its own.
func (p *Process) Under(policy []Naturals) (*Process, error) {
	if len(policy) != p.Length() {
		return nil, fmt.Errorf("%d layers of weights, want %d", len(policy), p.Length())
	}
	q := *p
	q.layers = make([]*Layer, len(policy))
	for i := range policy {
		l, err := p.layers[i].WithWeights(policy[i])
		if err != nil {
			return nil, fmt.Errorf("layer %d: %w", i, err)
		}
		q.layers[i] = l
	}
	return &q, nil
}
