package gate

import (
	"context"
	"fmt"
	"math/big"
	"slices"

	"sounding/gate/training"
)

// RelationReport is what was found of one relation of a trainee's answers to each other.
type RelationReport struct {
	Relation  *training.Relation
	Instances int // comparisons of a quantity on two questions
	// Failure, where there is one, is shown on the smallest question that was found.
	Failure  string
	Quantity training.Quantity
	Question *training.Question // the original
	Changed  *training.Question
}

// CheckRelations compares what a trainee answers to a question with what it answers to
// a changed one, without a truth. A relation of quantities that are not asked for is left
// out. Errors are those of CheckTraining; a question without
// a usable answer, or with an estimate for one, is passed over.
func CheckRelations(ctx context.Context, s Trainee, o TrainingOptions) ([]RelationReport, error) {
	if o.Instances < 1 {
		return nil, fmt.Errorf("%d instances: want 1 or more", o.Instances)
	}
	if o.Objective == "" {
		o.Objective = training.ObjectiveRegularised
	}
	c := &trainer{Trainee: s, o: o}
	var reports []RelationReport
	for _, relation := range training.Relations() {
		names := slices.DeleteFunc(slices.Clone(relation.Quantities), func(name training.Quantity) bool {
			return o.Only != nil && !slices.Contains(o.Only, name)
		})
		if len(names) == 0 {
			continue
		}
		r := RelationReport{Relation: relation}
		for i := 0; i < o.Instances && r.Failure == ""; i++ {
			for _, name := range names {
				if err := c.relate(ctx, &r, name, c.draw(i)); err != nil {
					return reports, err
				}
			}
		}
		if r.Failure != "" {
			if err := c.shrinkRelation(ctx, &r); err != nil {
				return reports, err
			}
		}
		reports = append(reports, r)
	}
	return reports, nil
}

// relate compares the answers for one quantity, and keeps the first failure.
func (c *trainer) relate(ctx context.Context, r *RelationReport, name training.Quantity, q *training.Question) error {
	changed, ok := r.Relation.Change(q)
	if r.Failure != "" || !ok || !name.Asked(q) || !name.Asked(changed) {
		return nil
	}
	answers := make([][]*big.Rat, 2)
	for i, of := range []*training.Question{q, changed} {
		reply, err := c.ask(ctx, of, []training.Quantity{name}, 0)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		given, offered := reply[name]
		if err != nil || !offered || given.malformed != nil || given.estimate != nil {
			return nil
		}
		answers[i] = given.values
	}
	r.Instances++
	expected, given := r.Relation.Expected(q, changed, name, answers[0]), answers[1]
	s := training.Solve(changed)
	place := func(i int) string { return name.Place(changed, i) }
	if name == training.LossGradient {
		n := len(given) / len(changed.Batches)
		place = func(i int) string { return fmt.Sprintf("batch %d, %s", i/n+1, name.Place(changed, i%n)) }
	}
	if r.Relation.Weighed {
		expected, given = weigh(training.Solve(q), expected), weigh(s, given)
		place = func(i int) string { return name.Place(changed, i) }
	}
	near := make([]float64, len(expected))
	for i, v := range expected {
		if v != nil {
			near[i], _ = v.Float64()
		}
	}
	for i, allowed := range s.Tolerance(name, near) {
		allowed = new(big.Rat).Mul(big.NewRat(2, 1), allowed)
		if expected[i] == nil || given[i] == nil || distance(given[i], expected[i], allowed) > 1 {
			was, is := "no finite number", "no finite number"
			if expected[i] != nil {
				was = numeral(expected[i])
			}
			if given[i] != nil {
				is = numeral(given[i])
			}
			r.Failure = fmt.Sprintf("%s at %s: %s, from the original %s", name, place(i), is, was)
			r.Quantity, r.Question, r.Changed = name, q, changed
			return nil
		}
	}
	return nil
}

// shrinkRelation looks for the smallest question on which a relation fails for the same
// quantity.
func (c *trainer) shrinkRelation(ctx context.Context, r *RelationReport) error {
	found := *r
	for _, q := range r.Quantity.Smallest(c.o.Claim, smallQuestions) {
		found.Failure = ""
		if err := c.relate(ctx, &found, r.Quantity, q); err != nil {
			return err
		}
		if found.Failure != "" {
			found.Instances = r.Instances
			*r = found
			return nil
		}
	}
	return nil
}
