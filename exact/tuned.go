package exact

import (
	"fmt"
	"math/big"

	"sounding/exact/field"
	"sounding/model"
)

// Tuned compares a second policy, such as an aligned model, with its base model at
// one position.
type Tuned struct {
	T            int
	Infinite     bool   // KL_t = ∞: the policy takes a token that the base model never takes
	KL           Number // E_{y_<t∼P}[KL(P(·|y_<t)‖P_0(·|y_<t))] for the tuned policy P
	Recovery     Number // E_{y_<t∼P_0}[ρ], the recovery probability of P at the prefixes of the base model
	BaseRecovery Number // E_{y_<t∼P_0}[ρ_0], that of the base model
	Quadratic    Number // (λ²/2)·I_t of the base model, the leading term for the tabular optimum
}

// CompareTuned compares a second policy with the base model of in: its KL divergence
// and recovery probability at each position. The policy is given by an instance with
// the same tokens and states and its own weights. The error names the first
// difference between the processes.
func CompareTuned(in, tuned *model.Instance) ([]Tuned, error) {
	if err := SameProcess(in.Process, tuned.Process); err != nil {
		return nil, err
	}
	if err := affordable(in); err != nil {
		return nil, err
	}
	if err := affordable(tuned); err != nil {
		return nil, err
	}
	q := field.NewRational()
	base, err := NumbersOf(q, in.Process)
	if err != nil {
		return nil, err
	}
	other, err := NumbersOf(q, tuned.Process)
	if err != nil {
		return nil, err
	}
	m := SolveMartingale(q, base)
	half := new(big.Rat).Mul(in.Lambda, in.Lambda)
	half.Mul(half, big.NewRat(1, 2))
	rows := make([]Tuned, in.Length())
	for t := 1; t <= in.Length(); t++ {
		l := in.Layer(t)
		rho, rho0 := make([]field.Rat, l.States()), make([]field.Rat, l.States())
		for x := range rho {
			for e, hi := l.Row(x); e < hi; e++ {
				if in.Recovers(l.Token(e)) {
					rho[x] = q.Add(rho[x], other.Prob[t-1][e])
					rho0[x] = q.Add(rho0[x], base.Prob[t-1][e])
				}
			}
		}
		information := m.Information[t-1].Rat()
		rows[t-1] = Tuned{
			T:            t,
			Recovery:     Number{Exact: q.Dot(m.Occupancy[t-1], rho).Rat()},
			BaseRecovery: Number{Exact: q.Dot(m.Occupancy[t-1], rho0).Rat()},
			Quadratic:    Number{Exact: information.Mul(information, half)},
		}
	}
	occ := Occupancy(q, in.Process, other.Prob)
	for t := range rows {
		if err := rows[t].divergence(in, occ[t], base.Prob[t], other.Prob[t]); err != nil {
			return nil, fmt.Errorf("position %d: %w", t+1, err)
		}
	}
	return rows, nil
}

// divergence encloses KL_t by one logarithm per edge of positive probability.
func (r *Tuned) divergence(in *model.Instance, occ, base, tuned []field.Rat) error {
	l := in.Layer(r.T)
	_, err := field.Refine(field.DefaultPrecision, maxPrecision, func(f field.Interval) (bool, error) {
		c := field.NewCalc(f)
		sum := c.FromInt(0)
		for x, p := range occ {
			weight := p.Rat()
			if weight.Sign() == 0 {
				continue
			}
			for e, hi := l.Row(x); e < hi; e++ {
				num, den := tuned[e].Rat(), base[e].Rat()
				if num.Sign() == 0 {
					continue
				}
				if den.Sign() == 0 {
					r.Infinite = true
					return true, nil
				}
				log := c.Log(c.FromRat(new(big.Rat).Quo(num, den)))
				sum = c.Add(sum, c.Mul(c.FromRat(weight), c.Mul(c.FromRat(num), log)))
			}
		}
		r.KL = enclosed(f.Prec(), sum)
		return c.Width(sum).Cmp(maxWidth) <= 0, c.Err()
	})
	return err
}

// SameProcess reports the first difference between the tokens, rows and next
// states of two processes; their weights and harm may differ.
func SameProcess(p, q *model.Process) error {
	if p.Vocabulary() != q.Vocabulary() || p.Length() != q.Length() {
		return fmt.Errorf("a process with V = %d, T = %d: want the base model's V = %d, T = %d", q.Vocabulary(), q.Length(), p.Vocabulary(), p.Length())
	}
	for t := 1; t <= p.Length(); t++ {
		a, b := p.Layer(t), q.Layer(t)
		if a.States() != b.States() || a.Edges() != b.Edges() {
			return fmt.Errorf("/layers/%d: %d states and %d edges: want the base model's %d and %d", t-1, b.States(), b.Edges(), a.States(), a.Edges())
		}
		for e := range a.Edges() {
			if a.Token(e) != b.Token(e) || a.Next(e) != b.Next(e) {
				return fmt.Errorf("/layers/%d: edge %d leads under token %d to state %d: want the base model's token %d and state %d", t-1, e, b.Token(e), b.Next(e), a.Token(e), a.Next(e))
			}
		}
	}
	return nil
}
