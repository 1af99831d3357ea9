package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"sounding/exact"
	"sounding/model"
)

// extras is what an analysis has beside its profile: the length of the attack that the
// recovery bound withstands, and a comparison with a tuned
// policy.
type extras struct {
	attack exact.Attack
	tuned  []exact.Tuned // nil without --tuned
}

// extras computes the additions for an instance.
func (a *analyzeCommand) extras(c *console, in *model.Instance) (*extras, error) {
	epsilon, err := model.ParseRational(a.Epsilon)
	if err != nil {
		return nil, unusable(fmt.Errorf("--epsilon: %w", err))
	}
	b := new(extras)
	if b.attack, err = exact.AttackLength(epsilon, in.LeastRecovery(1, in.Length()), in.Beta, in.Gamma); err != nil {
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

// attackLength says in words which attacks are withstood, if there are recovery tokens.
func (b *extras) attackLength(p *profile) string {
	if len(p.instance.Recovery) == 0 {
		return ""
	}
	return fmt.Sprintf("Attack length, by the recovery bound (δ the least ρ_0 over prefixes of Q): %v.", b.attack)
}

// print prints the additions, for a terminal of so many columns.
func (b *extras) print(w *strings.Builder, width int, p *profile) {
	if text := b.attackLength(p); text != "" {
		fmt.Fprintf(w, "\n%s\n", text)
	}
	if b.tuned == nil {
		return
	}
	fmt.Fprintf(w, "\n%s:\n\n", tunedTitle)
	t := b.table(p)
	rows := t.layout()
	rows.Write(w, width) // into a string, which takes everything
	t.explain(w)
}

const tunedTitle = "The tuned policy beside the base model"

// table returns the tuned policy, a row for each position, nil without --tuned.
func (b *extras) table(p *profile) *table {
	if b.tuned == nil {
		return nil
	}
	t := &table{
		Columns: []string{"t", "KL of tuned", "I_t", "λ²I_t/2", "KL_t of optimum", "E ρ tuned", "E ρ_0 base"},
		Legend: []explained{
			{"KL of tuned", "E_{y_<t∼tuned}[KL(tuned(·|y_<t) ‖ base(·|y_<t))]; ∞ where it takes a token that the base never takes"},
			{"λ²I_t/2", "leading term of KL_t at the optimum over all policies; KL_t of optimum is its exact value"},
			{"E ρ tuned, base", "probability of a recovery token next, both at the base model's prefixes"},
		},
	}
	for i, r := range b.tuned {
		q := p.Positions[i]
		kl := "∞"
		if !r.Infinite {
			kl = short(r.KL)
		}
		t.Rows = append(t.Rows, []string{
			strconv.Itoa(r.T), kl, short(q.Information), short(r.Quadratic),
			p.equilibriumKL(i), short(r.Recovery), short(r.BaseRecovery),
		})
	}
	return t
}
