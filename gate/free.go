package gate

import (
	"fmt"
	"math/big"
	"slices"

	"sounding/generators"
	"sounding/model"
)

// change is a part of an instance or a question, and those that differ in it alone.
type change[Q any] struct {
	part   string // as a person names it
	others []Q
}

// free returns the parts that can be changed, each in every way that is tried, and the
// failure stays.
func free[Q any](changes []change[Q], fails func(Q) (bool, error)) ([]string, error) {
	var parts []string
	for _, c := range changes {
		matters := len(c.others) == 0
		for _, other := range c.others {
			failed, err := fails(other)
			if err != nil {
				return nil, err
			}
			matters = matters || !failed
		}
		if !matters {
			parts = append(parts, c.part)
		}
	}
	return parts, nil
}

// changesOf returns the changes of a prefix tree with small integers in what a quantity
// looks at.
func changesOf(in *model.Instance, looks generators.Needs) []change[*model.Instance] {
	list := weightChanges(in)
	if looks.Harm {
		list = append(list, harmChanges(in)...)
	}
	add := func(part string, others ...*model.Instance) {
		list = append(list, change[*model.Instance]{part, others})
	}
	scalar := func(part string, of func(in *model.Instance) **big.Rat, values ...*big.Rat) {
		var others []*model.Instance
		for _, v := range values {
			if other := *in; v.Cmp(*of(in)) != 0 {
				*of(&other) = v
				others = append(others, &other)
			}
		}
		add(part, others...)
	}
	one := big.NewRat(1, 1)
	if looks.Lambda {
		scalar("lambda", func(in *model.Instance) **big.Rat { return &in.Lambda }, one, big.NewRat(2, 1))
	}
	if looks.Penalty {
		scalar("beta", func(in *model.Instance) **big.Rat { return &in.Beta }, new(big.Rat), one)
		scalar("gamma", func(in *model.Instance) **big.Rat { return &in.Gamma }, one, big.NewRat(1, 2))
	}
	if looks.Recovery {
		var others []*model.Instance
		for _, tokens := range [][]int{nil, {0}} {
			if other := *in; !slices.Equal(tokens, in.Recovery) {
				other.Recovery = tokens
				others = append(others, &other)
			}
		}
		add("recovery", others...)
	}
	if looks.Adversary {
		var others []*model.Instance
		for _, kind := range []model.AdversaryKind{model.AdversaryPolicy, model.AdversaryUniform} {
			if other := *in; kind != in.Adversary.Kind {
				other.Adversary = model.Adversary{Kind: kind}
				others = append(others, &other)
			}
		}
		add("adversary", others...)
	}
	return list
}

// weightChanges returns a change per row of the tree. The other rows are uniform, prefer
// a token, or never end in any but the first.
func weightChanges(in *model.Instance) (list []change[*model.Instance]) {
	v := in.Vocabulary()
	rows := [][]int64{slices.Repeat([]int64{1}, v), make([]int64, v)}
	rows[1][0] = 1
	for a := range v {
		row := slices.Clone(rows[0])
		row[a] = 3
		rows = append(rows, row)
	}
	for t := 1; t <= in.Length(); t++ {
		for x := range in.States(t - 1) {
			c := change[*model.Instance]{part: fmt.Sprintf("weights at t = %d, state %d", t, x)}
			for _, row := range rows {
				weights, harm, denominator := integers(in)
				if own := weights[t-1][x*v : (x+1)*v]; !proportional(own, row) {
					copy(own, row)
					c.others = append(c.others, withProcess(in, weights, harm, denominator))
				}
			}
			list = append(list, c)
		}
	}
	return list
}

// harmChanges returns a change per final state. The other values are 0 and 1.
func harmChanges(in *model.Instance) (list []change[*model.Instance]) {
	for x := range in.States(in.Length()) {
		c := change[*model.Instance]{part: fmt.Sprintf("harm of state %d", x)}
		for _, value := range []int64{0, 1} {
			weights, harm, denominator := integers(in)
			if value *= denominator; value != harm[x] {
				harm[x] = value
				c.others = append(c.others, withProcess(in, weights, harm, denominator))
			}
		}
		list = append(list, c)
	}
	return list
}

// integers returns copies of the weights per position and the harm of an instance, which
// are machine words.
func integers(in *model.Instance) (weights [][]int64, harm []int64, denominator int64) {
	for t := 1; t <= in.Length(); t++ {
		row, _ := in.Layer(t).Weights().Int64s()
		weights = append(weights, slices.Clone(row))
	}
	harm, _ = in.Harm().Int64s()
	return weights, slices.Clone(harm), in.HarmDenominator().Int64()
}

// withProcess returns an instance with another prefix tree.
func withProcess(in *model.Instance, weights [][]int64, harm []int64, denominator int64) *model.Instance {
	other := *in
	other.Process = generators.Tree(in.Vocabulary(), weights, harm, denominator).Process
	return &other
}

// proportional reports whether two rows are the same law.
func proportional(a, b []int64) bool {
	for i := range a {
		for j := range i {
			if a[i]*b[j] != a[j]*b[i] {
				return false
			}
		}
	}
	return true
}
