package main

import (
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"sounding/exact"
	"sounding/model"
)

// beyond is what the table of an analysis adds to its format: the length of attack
// that the recovery bound withstands, and a tuned policy beside its base.
type beyond struct {
	attack exact.Attack
	tuned  []exact.Tuned // nil without --tuned
}

// beyond computes the additions for an instance.
func (a *analyzeCommand) beyond(c *console, in *model.Instance) (*beyond, error) {
	epsilon, err := model.ParseRational(a.Epsilon)
	if err != nil {
		return nil, unusable(fmt.Errorf("--epsilon: %w", err))
	}
	b := new(beyond)
	if b.attack, err = exact.AttackLength(epsilon, exact.LeastRecovery(in), in.Beta, in.Gamma); err != nil {
		return nil, unusable(fmt.Errorf("--epsilon %s: %w", a.Epsilon, err))
	}
	if a.Tuned == "" {
		return b, nil
	}
	tuned, err := c.readInstance(a.Tuned)
	if err != nil {
		return nil, err
	}
	b.tuned, err = exact.CompareTuned(in, tuned)
	switch {
	case errors.Is(err, exact.ErrTooLarge):
		return nil, unusable(err)
	case err != nil:
		return nil, unusable(fmt.Errorf("%s is not a policy on the same process: %w", a.Tuned, err))
	}
	return b, nil
}

// print prints the additions.
func (b *beyond) print(w io.Writer, p *profile) error {
	if len(p.instance.Recovery) > 0 {
		fmt.Fprintf(w, "\nAttack length, by the recovery bound (δ the least ρ_0 over prefixes of Q): %v.\n", b.attack)
	}
	if b.tuned == nil {
		return nil
	}
	fmt.Fprintln(w, "\nThe tuned policy beside the base model:")
	fmt.Fprintln(w)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "t\tKL of tuned\tI_t\tλ²I_t/2\tKL_t of optimum\tE ρ tuned\tE ρ_0 base\t")
	for i, row := range b.tuned {
		q := p.Positions[i]
		kl := "∞"
		if !row.Infinite {
			kl = short(row.KL)
		}
		fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%s\t%s\t%s\t\n", row.T, kl, short(q.Information), short(row.Quadratic),
			short(q.EquilibriumKL), short(row.Recovery), short(row.BaseRecovery))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprint(w, tunedLegend)
	return err
}

const tunedLegend = `
KL of tuned      E_{y_<t∼tuned}[KL(tuned(·|y_<t) ‖ base(·|y_<t))]; ∞ where it takes a token that the base never takes
λ²I_t/2          leading term of KL_t at the optimum over all policies; KL_t of optimum is its exact value
E ρ tuned, base  probability of a recovery token next, both at the base model's prefixes
`
