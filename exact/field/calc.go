package field

import "math/big"

// Calc computes in an Interval and keeps the first error, for many operations in a
// row and one look at Err. The result of an operation that fails is the whole real
// line, which contains whatever the number is.
type Calc struct {
	Interval
	err error
}

// NewCalc returns a Calc that computes in f.
func NewCalc(f Interval) *Calc { return &Calc{Interval: f} }

// Err returns the first error, or nil.
func (c *Calc) Err() error { return c.err }

func (c *Calc) keep(a Enclosure, err error) Enclosure {
	if err == nil {
		return a
	}
	if c.err == nil {
		c.err = err
	}
	return Enclosure{}
}

// FromRat returns an enclosure of q.
func (c *Calc) FromRat(q *big.Rat) Enclosure { return c.keep(c.Interval.FromRat(q)) }

// Quo returns an enclosure of a/b.
func (c *Calc) Quo(a, b Enclosure) Enclosure { return c.keep(c.Interval.Quo(a, b)) }

// Exp returns an enclosure of e^a.
func (c *Calc) Exp(a Enclosure) Enclosure { return c.keep(c.Interval.Exp(a)) }

// Log returns an enclosure of log a.
func (c *Calc) Log(a Enclosure) Enclosure { return c.keep(c.Interval.Log(a)) }

// Sigmoid returns an enclosure of σ(a).
func (c *Calc) Sigmoid(a Enclosure) Enclosure { return c.keep(c.Interval.Sigmoid(a)) }

// Sqrt returns an enclosure of √a.
func (c *Calc) Sqrt(a Enclosure) Enclosure { return c.keep(c.Interval.Sqrt(a)) }
