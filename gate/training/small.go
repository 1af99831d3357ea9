package training

import (
	"fmt"
	"iter"
	"math/big"
	"slices"
	"sync"

	"sounding/generators"
	"sounding/model"
)

// Small is a question over two tokens with at most two positions, given by what differs
// in it from the uniform policy without harm that is its own reference.
type Small struct {
	length int
	edits  []edit
	quantity
	list int // which of the lists that the quantity reads
}

// edit sets one part of a small question.
type edit struct {
	part  string // what it sets, as a person names it
	value string
	set   func(d *sketch)
}

// sketch is a small question in the making.
type sketch struct {
	weights             [][]int64 // per position, the rows one after the other
	reference           [][]int64
	behaviour           [][]int64
	harm                []int64
	end                 int
	environment         []int
	temperature         *big.Rat
	discount            *big.Rat
	lambda, beta, gamma *big.Rat
	recovery            []int
	uniform             bool
}

func newSketch(length int) *sketch {
	d := &sketch{
		end: model.NoToken, harm: make([]int64, 1<<length),
		temperature: big.NewRat(1, 1), discount: big.NewRat(1, 1),
		lambda: big.NewRat(1, 1), beta: new(big.Rat), gamma: big.NewRat(1, 1),
	}
	for t := range length {
		d.weights = append(d.weights, slices.Repeat([]int64{1}, 2<<t))
	}
	return d
}

// rowOf returns the row of state x at position t+1 of a policy, which is uniform where it is
// not there yet.
func (d *sketch) rowOf(policy *[][]int64, t, x int) []int64 {
	if *policy == nil {
		*policy = newSketch(len(d.weights)).weights
	}
	return (*policy)[t][2*x : 2*x+2]
}

// instance returns the instance, false where the end does not fit the rest.
func (d *sketch) instance() (*model.Instance, bool) {
	if d.end != model.NoToken && len(d.weights) == 2 {
		row := d.rowOf(&d.weights, 1, d.end)
		if row[0] != 1 || row[1] != 1 {
			return nil, false // said twice
		}
		row[1-d.end] = 0
	}
	in := generators.Tree(2, d.weights, d.harm, 1)
	in.Lambda, in.Beta, in.Gamma, in.Recovery = d.lambda, d.beta, d.gamma, d.recovery
	if d.uniform {
		in.Adversary.Kind = model.AdversaryUniform
	}
	in.Training = &model.Training{End: d.end, Environment: d.environment, Temperature: d.temperature, Discount: d.discount}
	in.Training.Reference, in.Training.Behaviour = naturals(d.reference), naturals(d.behaviour)
	return in, in.Validate() == nil
}

func naturals(rows [][]int64) []model.Naturals {
	var list []model.Naturals
	for _, row := range rows {
		list = append(list, model.NaturalsOf(row...))
	}
	return list
}

// edits returns every edit of questions of a length that a quantity may look at, where
// the batches, if there are any, are those of a claim.
func (r *quantity) edits(length int, of Claim) []edit {
	var list []edit
	add := func(part, value string, set func(d *sketch)) { list = append(list, edit{part, value, set}) }
	reads := r.looks
	reads.penalty = reads.penalty && (r.name != LossGradient || of.Objective == ObjectiveDeep)
	reads.behaviour = reads.behaviour && !of.OnPolicy
	for x := range 1 << length {
		if reads.harm {
			add(fmt.Sprintf("harm of state %d", x), "1", func(d *sketch) { d.harm[x] = 1 })
		}
	}
	for t := range length {
		for x := range 1 << t {
			list = append(list, rowEdits(reads, t, x)...)
		}
	}
	for a := range 2 {
		add("end", fmt.Sprint(a), func(d *sketch) { d.end = a })
	}
	for t := 1; t <= length; t++ {
		add("environment", fmt.Sprint([]int{t}), func(d *sketch) { d.environment = []int{t} })
	}
	scalar := func(read bool, part, value string, of func(d *sketch) **big.Rat) {
		if read {
			v, _ := new(big.Rat).SetString(value)
			add(part, value, func(d *sketch) { *of(d) = v })
		}
	}
	scalar(r.heated, "temperature", "2", func(d *sketch) **big.Rat { return &d.temperature })
	scalar(r.heated, "temperature", "1/2", func(d *sketch) **big.Rat { return &d.temperature })
	scalar(r.discounts, "discount", "1/2", func(d *sketch) **big.Rat { return &d.discount })
	scalar(reads.lambda, "lambda", "2", func(d *sketch) **big.Rat { return &d.lambda })
	scalar(reads.penalty, "beta", "1", func(d *sketch) **big.Rat { return &d.beta })
	scalar(reads.penalty, "gamma", "1/2", func(d *sketch) **big.Rat { return &d.gamma })
	if reads.penalty {
		add("recovery", "[0]", func(d *sketch) { d.recovery = []int{0} })
		add("adversary", "uniform", func(d *sketch) { d.uniform = true })
	}
	return list
}

// rowEdits returns the edits of the rows of state x at position t+1.
func rowEdits(reads looks, t, x int) []edit {
	var list []edit
	for _, row := range [][]int64{{1, 3}, {3, 1}, {1, 0}} {
		add := func(policy string, of func(d *sketch) *[][]int64) {
			part := fmt.Sprintf("%s at t = %d, state %d", policy, t+1, x)
			list = append(list, edit{part, fmt.Sprint(row), func(d *sketch) { copy(d.rowOf(of(d), t, x), row) }})
		}
		add("weights", func(d *sketch) *[][]int64 { return &d.weights })
		if row[1] == 0 {
			continue // the others take what the policy takes
		}
		if reads.reference {
			add("reference", func(d *sketch) *[][]int64 { return &d.reference })
		}
		if reads.behaviour {
			add("behaviour", func(d *sketch) *[][]int64 { return &d.behaviour })
		}
	}
	return list
}

// Smallest runs through small questions about a quantity: shorter ones first, then
// those that differ in less from the uniform one. It ends after most questions.
func (q Quantity) Smallest(of Claim, most int) iter.Seq2[*Small, *Question] {
	r := q.row()
	return func(yield func(*Small, *Question) bool) {
		n := 0
		offer := func(length int, edits []edit) bool {
			for _, s := range r.variants(length, edits) {
				question, ok := s.Question(of)
				if !ok || !q.Asked(question) {
					continue
				}
				if n++; n > most || !yield(s, question) {
					return false
				}
			}
			return true
		}
		if r.fixed {
			offer(1, nil)
			return
		}
		for length := 1; length <= 2; length++ {
			all := r.edits(length, of)
			for size := range maxEdits[length] + 1 {
				if !choose(all, size, nil, func(edits []edit) bool { return offer(length, edits) }) {
					return
				}
			}
		}
	}
}

// maxEdits is the largest number of edits of a small question of each length.
var maxEdits = [...]int{1: 3, 2: 4}

// choose calls f with every choice of n more edits of different parts, in order.
func choose(from []edit, n int, chosen []edit, f func([]edit) bool) bool {
	if n == 0 {
		return f(chosen)
	}
	for i, e := range from {
		taken := slices.ContainsFunc(chosen, func(c edit) bool { return c.part == e.part })
		if !taken && !choose(from[i+1:], n-1, append(chosen[:len(chosen):len(chosen)], e), f) {
			return false
		}
	}
	return true
}

// variants returns the small questions that share edits: one per list that the
// quantity reads one entry of.
func (r *quantity) variants(length int, edits []edit) []*Small {
	n := 1
	switch r.reads {
	case "pairs":
		n = len(smallPairs)
	case "trajectories":
		n = len(smallTrajectories())
	case "groups":
		n = len(smallGroups())
	case "batches":
		n = 2 // batches of one sequence, of two
	}
	var list []*Small
	for i := range n {
		list = append(list, &Small{length, edits, *r, i})
	}
	return list
}

// Question returns the question, false where its parts do not fit together.
func (s *Small) Question(of Claim) (*Question, bool) {
	d := newSketch(s.length)
	for _, e := range s.edits {
		e.set(d)
	}
	in, ok := d.instance()
	if !ok {
		return nil, false
	}
	q := &Question{Instance: in, Claim: of}
	switch s.reads {
	case "jsd_weights":
		q.JSDWeights = []*big.Rat{big.NewRat(1, 4)}
	case "sequences":
		q.Sequences = AllSequences(q)
	case "pairs":
		all := AllSequences(q)
		p := smallPairs[s.list]
		p.Chosen, p.Rejected = all[0], all[len(all)-1]
		q.Pairs = []Pair{p}
	case "trajectories":
		q.Trajectories = smallTrajectories()[s.list : s.list+1]
	case "groups":
		q.Groups = smallGroups()[s.list : s.list+1]
	case "batches":
		q.Batches, _ = AllBatches(q, 1+s.list, mostBatches)
	}
	return q, true
}

// Changes returns, for every part of the question that the quantity may look at, the
// questions that differ in it alone, with batches for a claim.
func (s *Small) Changes(of Claim) (parts []string, others map[string][]*Small) {
	others = make(map[string][]*Small)
	add := func(part string, edits []edit) {
		if _, known := others[part]; !known {
			parts = append(parts, part)
		}
		others[part] = append(others[part], &Small{s.length, edits, s.quantity, s.list})
	}
	for _, e := range s.quantity.edits(s.length, of) {
		var without []edit
		same := false
		for _, own := range s.edits {
			if own.part == e.part {
				same = same || own.value == e.value
				continue
			}
			without = append(without, own)
		}
		if same {
			add(e.part, without)
		} else {
			add(e.part, append(without[:len(without):len(without)], e))
		}
	}
	return parts, others
}

var smallPairs = []Pair{
	{Loss: "dpo", Beta: big.NewRat(1, 1), Margin: new(big.Rat)},
	{Loss: "ipo", Beta: big.NewRat(1, 1), Margin: new(big.Rat)},
	{Loss: "simpo", Beta: big.NewRat(1, 1), Margin: new(big.Rat)},
	{Loss: "simpo", Beta: big.NewRat(1, 1), Margin: big.NewRat(1, 1)},
	{Loss: "dpo", Beta: big.NewRat(2, 1), Margin: new(big.Rat)},
	{Loss: "dpo", Mean: true, Beta: big.NewRat(1, 1), Margin: new(big.Rat)},
	{Loss: "ipo", Mean: true, Beta: big.NewRat(1, 1), Margin: new(big.Rat)},
	{Loss: "simpo", Mean: true, Beta: big.NewRat(1, 1), Margin: new(big.Rat)},
}

// smallTrajectories are all of at most three positions with rewards and values 0
// and 1, the shortest first.
var smallTrajectories = sync.OnceValue(func() []Trajectory {
	var list []Trajectory
	one, half := big.NewRat(1, 1), big.NewRat(1, 2)
	for n := 1; n <= 3; n++ {
		for _, γλ := range [][2]*big.Rat{{one, one}, {half, one}, {one, half}, {half, half}} {
			for bits := range 1 << (3 * n) {
				τ := Trajectory{Discount: γλ[0], Lambda: γλ[1]}
				for k := range n {
					τ.Rewards = append(τ.Rewards, big.NewRat(int64(bits>>k&1), 1))
					τ.Values = append(τ.Values, big.NewRat(int64(bits>>(n+k)&1), 1))
					τ.Mask = append(τ.Mask, bits>>(2*n+k)&1 == 0)
				}
				list = append(list, τ)
			}
		}
	}
	return list
})

// smallGroups are all of at most three rewards 0 and 1.
var smallGroups = sync.OnceValue(func() []Group {
	var list []Group
	for n := 1; n <= 3; n++ {
		for bits := range 1 << n {
			var rewards []*big.Rat
			for k := range n {
				rewards = append(rewards, big.NewRat(int64(bits>>k&1), 1))
			}
			for _, method := range groupMethods {
				list = append(list, Group{method, rewards, 0, big.NewRat(1, 100)})
			}
			list = append(list, Group{"grpo", rewards, 1, big.NewRat(1, 100)})
		}
	}
	return list
})
