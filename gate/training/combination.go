package training

import (
	"fmt"
	"math"
	"slices"
)

// Combination is a set of known mistakes that are made together in one loss on samples.
type Combination struct {
	Mistakes []Mistake
	of       choice
}

// choice is a way to write a loss: for each of its parts the alternative that is taken, 0
// for the right one.
type choice struct{ advantage, ratio, reduction, divergence int }

// The alternatives of every part, by the mistake that each is; "" for none.
var (
	advantageChoices = []string{"", "baseline with the own reward", "divided by the deviation of the group"}
	ratioChoices     = []string{"", "token ratio for sequence ratio", "importance weight missing", "geometric ratio for product"}
	reductionChoices = []string{"", "mean over tokens", "mean over padded length", "times the length", "mean over all tokens"}
)

// divergence is a KL term: what it adds to the derivative of the loss by log p(y_t), in its
// forms, and whether it is multiplied by the ratio of the loss.
type divergence struct {
	mistake  string
	weighted bool
	slopes   []loss
}

// divergences returns the alternatives of the KL term, the right one first.
func (of Claim) divergences() []divergence {
	right := divergence{"", true, []loss{rough.k1Reward, rough.k1Sum}}
	k2, k3 := []loss{rough.k2Loss}, []loss{rough.k3Loss}
	if of.TokenLevel {
		right.slopes = k2
	}
	none := func(_ rough, p path) []float64 { return make([]float64, len(p.steps)) }
	list := []divergence{
		right,
		{"KL missing", false, []loss{none}},
		{"k1 as a loss", false, []loss{rough.k1Loss}},
		{"k3 as a loss", true, k3},
		{"k2 off policy", false, k2},
		{"k3 off policy", false, k3},
	}
	if !of.TokenLevel {
		list = append(list, divergence{"frozen prefixes", true, k2})
	}
	return list
}

// Combinations returns the sets of mistakes, of one up to one in each part of a loss on
// samples, that are known to a claim: in the advantages, the importance ratio, the mean over
// tokens and sequences, and the KL.
func (of Claim) Combinations() []Combination {
	var list []Combination
	for a, advantage := range advantageChoices {
		for r, ratio := range ratioChoices {
			for m, reduction := range reductionChoices {
				for d, divergence := range of.divergences() {
					if of.Objective == ObjectiveHarm && d > 0 || of.Objective == ObjectiveKL && a > 0 {
						continue // of a term that is not there
					}
					if ratio == "importance weight missing" && slices.Contains(of.unweighted(), divergence.mistake) {
						continue // which has another name
					}
					c := Combination{of: choice{a, r, m, d}}
					for _, name := range []string{advantage, ratio, reduction, divergence.mistake} {
						if name != "" {
							c.Mistakes = append(c.Mistakes, lookUp(name))
						}
					}
					moot := func(m Mistake) bool { return of.OnPolicy && slices.Contains(offPolicy, m.Name) }
					if len(c.Mistakes) > 0 && !slices.ContainsFunc(c.Mistakes, moot) {
						list = append(list, c)
					}
				}
			}
		}
	}
	return list
}

// unweighted lists the names that KL terms do not go by where the importance weight is
// missing: there k2 off policy is frozen prefixes, and k3 off policy k3 as a loss.
func (of Claim) unweighted() []string {
	if of.Objective == ObjectiveKL {
		return []string{"frozen prefixes", "k3 as a loss"}
	}
	return []string{"k2 off policy", "k3 off policy"}
}

// Combined returns what a combination of mistakes makes of the expected gradient of a loss
// on samples, in its forms.
func (s *Solution) Combined(c Combination) [][]float64 { return s.lossOf(c.of) }

func (s *Solution) lossOf(of choice) (forms [][]float64) {
	if s.losses == nil {
		s.losses = newLosses(s.floats())
	}
	l := s.losses
	if l.q.Objective == ObjectiveHarm {
		return l.rewarded(of)
	}
	for _, kl := range l.diverging(of) {
		for _, harm := range l.rewarded(of) {
			forms = append(forms, l.plus(l.plus(kl, 1, harm), 1, l.penalty))
		}
	}
	return forms
}

// losses computes expected gradients of losses on samples whose parts are chosen.
type losses struct {
	rough
	batches [][]int       // the sequences of every batch, as indices of paths
	chance  []float64     // of a batch, given its first sequence
	rewards [][][]float64 // the advantages of the first sequence of a batch [choice][form][batch]
	parts   map[choice][][]float64
	penalty []float64 // what needs no samples
}

func newLosses(c rough) *losses {
	l := &losses{rough: c, parts: make(map[choice][][]float64), penalty: c.tokens().value}
	if c.q.Objective == ObjectiveDeep {
		l.penalty = c.penaltyGradient(0, c.adversary())
	}
	index := make(map[string]int)
	for i, p := range c.paths() {
		index[fmt.Sprint(c.sequence(p))] = i
	}
	for _, b := range c.q.Batches {
		var batch []int
		chance := 1.0
		for j, y := range b.Sequences {
			batch = append(batch, index[fmt.Sprint(y)])
			if j > 0 {
				chance *= c.probability(c.paths()[batch[j]])
			}
		}
		l.batches, l.chance = append(l.batches, batch), append(l.chance, chance)
	}
	l.advantaged()
	return l
}

// advantaged sets the advantages, in the order of their choices.
func (l *losses) advantaged() {
	first := func(g Group) (list []float64) {
		for _, b := range l.q.Batches {
			g.Rewards = b.Rewards
			list = append(list, l.advantages(g)[0])
		}
		return list
	}
	var plain []float64
	mean := 0.0
	for b, batch := range l.q.Batches {
		plain = append(plain, l.FromRat(batch.Rewards[0]))
		mean += l.probability(l.paths()[l.batches[b][0]]) * l.chance[b] * plain[b]
	}
	centred := first(Group{Method: "rloo"})
	if len(l.batches[0]) == 1 { // by a baseline that other samples give
		for b := range centred {
			centred[b] = plain[b] - mean
		}
	}
	var standardised [][]float64
	for _, g := range deviations() {
		standardised = append(standardised, first(g))
	}
	l.rewards = [][][]float64{{plain, centred}, {first(Group{Method: "dr_grpo"})}, standardised}
}

// rewarded returns the part of the gradient that the rewards give, in its forms.
func (l *losses) rewarded(of choice) [][]float64 {
	of.divergence = -1
	if forms, known := l.parts[of]; known {
		return forms
	}
	var forms [][]float64
	for _, advantage := range l.rewards[of.advantage] {
		mean := l.reduced(of.reduction, advantage)
		forms = append(forms, l.expected(func(i int, p path) []float64 {
			return l.ratio(of.ratio, p, l.constant(p, -mean[i]))
		}))
	}
	l.parts[of] = forms
	return forms
}

// diverging returns the part of the gradient that the KL gives, in its forms.
func (l *losses) diverging(of choice) [][]float64 {
	of.advantage = -1
	if forms, known := l.parts[of]; known {
		return forms
	}
	var forms [][]float64
	mean, kl := l.reduced(of.reduction, nil), l.q.divergences()[of.divergence]
	for _, slope := range kl.slopes {
		forms = append(forms, l.expected(func(i int, p path) []float64 {
			v := l.times(mean[i], slope(l.rough, p))
			if kl.weighted {
				v = l.ratio(of.ratio, p, v)
			}
			return v
		}))
	}
	l.parts[of] = forms
	return forms
}

// reduced returns, per path, the expectation over the batches that it is the first of: of
// its factor in their mean, times a number of the batch where there is one.
func (l *losses) reduced(reduction int, number []float64) []float64 {
	paths := l.paths()
	sum := make([]float64, len(paths))
	for b, batch := range l.batches {
		own, all := paths[batch[0]].acts(), int64(0)
		for _, i := range batch {
			all += paths[i].acts()
		}
		factor := 1.0
		switch reductionChoices[reduction] {
		case "mean over tokens":
			factor = 1 / math.Max(float64(own), 1)
		case "mean over padded length":
			factor = 1 / float64(l.in.Length())
		case "times the length":
			factor = float64(own)
		case "mean over all tokens":
			factor = float64(len(batch)) / math.Max(float64(all), 1)
		}
		if number != nil {
			factor *= number[b]
		}
		sum[batch[0]] += l.chance[b] * factor
	}
	return sum
}

// ratio returns numbers per token of a path times its importance ratio.
func (l *losses) ratio(choice int, p path, v []float64) []float64 {
	switch ratioChoices[choice] {
	case "importance weight missing":
		return v
	case "geometric ratio for product":
		return l.times(l.geometric(p), v)
	case "token ratio for sequence ratio":
		for k, s := range p.steps {
			v[k] *= l.weight(s)
		}
		return v
	}
	return l.times(l.product(p, l.weight), v)
}

// expected is sampled with the index of the path.
func (l *losses) expected(f func(i int, p path) []float64) []float64 {
	i := -1
	return sampled(func(_ rough, p path) []float64 { i++; return f(i, p) })(l.rough)
}
