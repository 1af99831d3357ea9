package theorems

import (
	"fmt"
	"iter"
	"math/big"
	"math/rand/v2"
	"slices"

	"sounding/exact"
	"sounding/exact/definition"
	"sounding/exact/field"
	"sounding/model"
	"sounding/verify"
)

// Sections 3 and 4: sequences, and states that stand for their prefixes.

var statesStatements = []*Statement{equation1, ownLumping}

var equation1 = &Statement{
	ID: "eq-1", Title: "Autoregressive factorisation", Section: "3",
	Sentence: verify.Sentence{Says: "A language model is the product of its conditionals."},
	Formula:  "Σ_y P(y) = 1, P(y) = Π_t P(y_t|y_<t)",
	Claims:   []Claim{{Kernel: []string{"Martingale.factorisation", "Martingale.factorisation_split"}, Check: verify.Identity(eq1[rat], eq1[mod])}},
	NearMisses: []NearMiss{
		{Name: "the total probability of the sequences that begin with token 0", Check: verify.Identity(eq1FirstToken[rat], eq1FirstToken[mod])},
		{Name: "the last conditional is left out of the product", Check: verify.Identity(eq1LastMissing[rat], eq1LastMissing[mod])},
	},
	Looks: needsHarm,
}

func eq1[E any](w *World[E]) {
	o := w.Oracle()
	w.Equal(Place{}, "Σ_y P(y) = 1", o.Total(), w.FromInt(1))
	for t := 1; t <= w.T(); t++ {
		for x := range w.States(t) {
			w.Equal(verify.At(t, x), "Σ_a P(a|y_<t) = 1", field.Sum(w.Ring, w.Row(t, x)), w.FromInt(1))
		}
	}
	last := w.Solution().Occupancy[w.T()]
	byState := make([]E, len(last))
	for x := range byState {
		byState[x] = w.FromInt(0)
	}
	for i, p := range o.Joint() {
		x := o.State(i, w.T())
		byState[x] = w.Add(byState[x], p)
	}
	for x := range last {
		w.Equal(verify.At(w.T()+1, x), "P(y) = Π_t P(y_t|y_<t)", last[x], byState[x])
	}
}

func eq1FirstToken[E any](w *World[E]) {
	o, sum := w.Oracle(), w.FromInt(0)
	first := o.Edge(0, 1)
	for i, p := range o.Joint() {
		if o.Edge(i, 1) == first {
			sum = w.Add(sum, p)
		}
	}
	w.Equal(Place{}, "Σ_y P(y) = 1 over y_1 = 0", sum, w.FromInt(1))
}

func eq1LastMissing[E any](w *World[E]) {
	o, sum := w.Oracle(), w.FromInt(0)
	for i := range o.Joint() {
		p := w.FromInt(1)
		for t := 1; t < w.T(); t++ {
			p = w.Mul(p, w.Family.Prob[t-1][o.Edge(i, t)])
		}
		sum = w.Add(sum, p)
	}
	w.Equal(Place{}, "Σ_y Π_{t<T} P(y_t|y_<t) = 1", sum, w.FromInt(1))
}

var ownLumping = &Statement{
	ID: "own-lumping", Title: "States stand for their prefixes", Section: "3", Kind: verify.Own,
	Formula: "unrolling a layered process into its prefix tree changes none of h_t, Δ_t, I_t, the horizon, P* and " +
		"KL_t of eq. 2, ρ_0, I_t^rec; the gradient for one logit vector per state is the tree's with the " +
		"logits of a state's prefixes tied",
	Hypotheses: []string{"P_0, Harm and Q are functions of the state"},
	Reading:    ownReading + " The optimum of eq. 43 is not in the list, because its weight Q/P* depends on the prefix.",
	Claims: []Claim{
		{
			Formula:    "h_t, Δ_t, I_t, ρ_0, I_t^rec, the horizon and P* of the process = those of the tree; G_t for one logit vector per state = G_t of the tree with tied logits",
			Hypotheses: []string{"gradients: the logits of a state's prefixes are tied"},
			Check:      verify.Rational(lumping),
		},
		{
			Formula: "KL_t of the process = KL_t of the tree, order by order in λ",
			Check:   verify.Series(lumpingKL, nil),
		},
	},
	NearMisses: []NearMiss{
		{Name: "‖G_t‖² with the logits of the prefixes free", Drops: "gradients: the logits of a state's prefixes are tied", Check: verify.Rational(lumpingFree)},
		{Name: "a prefix is as likely as its state", Check: verify.Rational(lumpingOccupancy)},
		{Name: "I_t with states weighted equally", Check: verify.Rational(lumpingEqual)},
		{Name: "the optimum of eq. 43 too", Check: verify.Series(lumpingDeep, nil), Source: penalisedSource()},
	},
	Source: layeredSource(),
}

// layeredSource supplies layered processes with a few states per layer, shared by
// prefixes: each token may lead to any of them. The smallest have two tokens,
// two positions and two states.
func layeredSource() *Source {
	return &Source{
		Draw: func(seed uint64, i int) *model.Case {
			r := rand.New(rand.NewPCG(seed, uint64(i)))
			v, length, states := 2+int(r.Int64N(2)), 2+int(r.Int64N(3)), 2+int(r.Int64N(2))
			var weights, next [][]int64
			for t := range length {
				rows := states
				if t == 0 {
					rows = 1
				}
				list := integers(rows*v, 0, 4, r)
				for x := range rows {
					list[x*v]++ // no row is empty
				}
				weights, next = append(weights, list), append(next, integers(rows*v, 0, int64(states)-1, r))
			}
			c := layered(v, weights, next, integers(states, 0, 4, r), 4)
			c.Recovery = []int{int(r.Int64N(int64(v)))}
			if i%2 == 1 {
				c.Adversary = model.Adversary{Kind: model.AdversaryUniform}
			}
			return c
		},
		Smallest: func() iter.Seq[*model.Case] {
			return func(yield func(*model.Case) bool) {
				for weights, harm := range weightsAndHarm(6) {
					for bits := range int64(1 << 6) {
						var next [6]int64
						for e := range next {
							next[e] = bits >> e & 1
						}
						if !yield(layered(2, [][]int64{weights[:2], weights[2:]}, [][]int64{next[:2], next[2:]}, harm, 1)) {
							return
						}
					}
				}
			}
		},
	}
}

// weightsAndHarm runs through the lists of n positive weights with the harm, 0 or 1, of two
// states, by increasing size: the sum of the weights, each less 1, and of the harm.
func weightsAndHarm(n int) iter.Seq2[[]int64, []int64] {
	return func(yield func(weights, harm []int64) bool) {
		for size := int64(0); ; size++ {
			for entries := range absolute(n+2, size) {
				if slices.Min(entries) < 0 || slices.Max(entries[n:]) > 1 {
					continue
				}
				weights := slices.Clone(entries[:n])
				for e := range weights {
					weights[e]++
				}
				if !yield(weights, entries[n:]) {
					return
				}
			}
		}
	}
}

// penalisedSource supplies cases for the optimum of eq. 43: layered processes of two
// positions whose first tokens all lead to one state, with β = 1 and recovery by token 0.
func penalisedSource() *Source {
	penalised := func(v int, weights []int64, harm []int64, denominator int64) *model.Case {
		next := [][]int64{make([]int64, v), make([]int64, v)}
		for a := range next[1] {
			next[1][a] = int64(a)
		}
		c := layered(v, [][]int64{weights[:v], weights[v:]}, next, harm, denominator)
		c.Beta, c.Recovery = big.NewRat(1, 1), []int{0}
		return c
	}
	return &Source{
		Draw: func(seed uint64, i int) *model.Case {
			r := rand.New(rand.NewPCG(seed, uint64(i)))
			v := 2 + int(r.Int64N(2))
			return penalised(v, integers(2*v, 1, 4, r), integers(v, 0, 4, r), 4)
		},
		Smallest: func() iter.Seq[*model.Case] {
			return func(yield func(*model.Case) bool) {
				for weights, harm := range weightsAndHarm(4) {
					if !yield(penalised(2, weights, harm, 1)) {
						return
					}
				}
			}
		},
	}
}

// layered returns the tabular case on a layered process over v tokens with dense
// rows: weights[t−1] and next[t−1] per edge, and harm over a denominator.
func layered(v int, weights, next [][]int64, harm []int64, denominator int64) *model.Case {
	var layers []*model.Layer
	for t, list := range weights {
		to := make([]int32, len(list))
		for e := range to {
			to[e] = int32(next[t][e])
		}
		layers = append(layers, mustModel(model.DenseLayer(v, model.NaturalsOf(list...), to)))
	}
	return &model.Case{Instance: model.NewInstance(mustModel(model.NewProcess(v, layers, model.NaturalsOf(harm...), big.NewInt(denominator))))}
}

// unrolledWorld is the world of the prefix tree of a case, with the map back to the case.
type unrolledWorld struct {
	*World[rat]
	of    *World[rat]
	state [][]int // the state that each prefix ends in: [t][y]
}

// edge returns the edge of the process that edge e of prefix y, of t−1 tokens, is a copy of.
func (u *unrolledWorld) edge(t, y, e int) int {
	lo, _ := u.Layer(t).Row(y)
	from, _ := u.of.Layer(t).Row(u.state[t-1][y])
	return from + e - lo
}

// maxUnrolled bounds the states of a prefix tree.
const maxUnrolled = 1 << 16

func unroll(w *World[rat]) *unrolledWorld {
	tree, state, err := w.Case.Unroll(maxUnrolled)
	if err != nil {
		panic(fmt.Errorf("%w: %w", definition.ErrTooLarge, err))
	}
	return &unrolledWorld{verify.NewCaseWorld(rationals(w), &model.Case{Instance: tree}), w, state}
}

func lumping(w *World[rat]) {
	u := unroll(w)
	o, m := u.Oracle(), w.Solution()
	for t := range w.T() + 1 {
		for y, x := range u.state[t] {
			w.Equal(verify.At(t, x), "h_t of the state = h_t of the prefix", m.H[t][x], o.Mean()[t][y])
		}
	}
	w.Same(Place{}, "horizon of the process = horizon of the tree", exact.Horizon(w.Family.Process), o.Horizon())
	law := defined(exact.AdversaryLaw[rat](rationals(w), w.Case.Instance))
	unrolledLaw := defined(definition.Adversary[rat](rationals(w), u.Case.Instance))
	for t := 1; t <= w.T(); t++ {
		w.Equal(verify.At(t, 0), "I_t of the process = I_t of the tree", m.Information[t-1], o.Information(t))
		rec := w.FromInt(0)
		rho := make([]rat, w.Layer(t).States())
		for x := range rho {
			lo, _ := w.Layer(t).Row(x)
			rho[x] = w.FromInt(0)
			for a, p := range w.Row(t, x) {
				if w.Case.Recovers(w.Layer(t).Token(lo + a)) {
					rho[x] = w.Add(rho[x], p)
				}
			}
			rec = w.Add(rec, w.Mul(law[t-1][x], w.Mul(rho[x], w.Sub(w.FromInt(1), rho[x]))))
		}
		for y, r := range o.Recovery(w.Case.Recovery, t) {
			w.Equal(verify.At(t, u.state[t-1][y]), "ρ_0 of the state = ρ_0 of the prefix", rho[u.state[t-1][y]], r)
		}
		w.Equal(verify.At(t, 0), "I_t^rec of the process = I_t^rec of the tree", rec, o.RecoveryInformation(w.Case.Recovery, unrolledLaw, t))
		steps, increments := m.Innovation(w.Ring, t), o.Increment(t)
		for i, d := range increments {
			w.Equal(verify.At(t, u.state[t-1][o.State(i, t-1)]), "Δ_t of the process = Δ_t of the tree", steps[u.edge(t, o.State(i, t-1), o.Edge(i, t))], d)
		}
		for j, g := range tied(u, t) {
			w.Equal(verify.At(t, 0), "G_t for one logit vector per state = G_t of the tree with tied logits", block(w, t, exact.Gradient(w.Ring, tabular(w), m, t))[j], g)
		}
	}
	unrolledTilts := tilts(u.World)
	for i, tilt := range tilts(w) {
		s := solveTilted(w, tilt)
		starred := defined(definition.Tilted(rationals(w), o, unrolledTilts[i]))
		tilt := "e^{−λ/m} = " + tiltBases[i].RatString()
		for t := 1; t <= w.T(); t++ {
			before, after := o.Marginals(starred, t-1), o.Marginals(starred, t)
			for y := range o.Len() {
				if o.Opens(y, t) {
					x := o.State(y, t-1)
					w.Equal(verify.At(t, u.state[t-1][x]).Where("%s", tilt), "P*(a|x) of the process = P*(a|y_<t) of the tree", w.Mul(before[y], s.Policy[t-1][u.edge(t, x, o.Edge(y, t))]), after[y])
				}
			}
		}
	}
}

// tied returns G_t of the tree, by enumeration, with the logits of the prefixes of a
// state tied: the sums of those of its prefixes, per edge of the process.
func tied(u *unrolledWorld, t int) []rat {
	sum := make([]rat, u.of.Layer(t).Edges())
	for e := range sum {
		sum[e] = u.FromInt(0)
	}
	g := u.Oracle().Score(model.Parameterisation{}).Position(t, u.Oracle().Harm())
	for y := range u.Layer(t).States() {
		lo, hi := u.Layer(t).Row(y)
		for e := lo; e < hi; e++ {
			j := u.edge(t, y, e)
			sum[j] = u.Add(sum[j], g[e])
		}
	}
	return sum
}

// lumpingKL compares KL_t of the process, by recursion, with that of the tree, by
// enumeration.
func lumpingKL(w *World[rat]) {
	unrolled := definedKL(unroll(w).World)
	for t, kl := range tabularKL(w) {
		for k := range kl {
			w.Equal(verify.At(t+1, 0).Where("order %d", k), "KL_t of the process = KL_t of the tree", kl[k], unrolled[t][k])
		}
	}
}

func lumpingFree(w *World[rat]) {
	u := unroll(w)
	for t := 1; t <= w.T(); t++ {
		w.Equal(verify.At(t, 0), "‖G_t‖² for one logit vector per state = ‖G_t‖² of the tree", norm2(w, exact.Gradient(w.Ring, tabular(w), w.Solution(), t)),
			norm2(w, u.Oracle().Score(model.Parameterisation{}).Position(t, u.Oracle().Harm())))
	}
}

func lumpingOccupancy(w *World[rat]) {
	u := unroll(w)
	for t, states := range u.state {
		for y, x := range states {
			w.Equal(verify.At(t, x), "P(x) of the state = P(y_≤t) of the prefix", w.Solution().Occupancy[t][x], u.Solution().Occupancy[t][y])
		}
	}
}

func lumpingEqual(w *World[rat]) {
	u := unroll(w)
	for t := 1; t <= w.T(); t++ {
		n := w.FromInt(0)
		for range w.States(t) {
			n = w.Add(n, w.FromInt(1))
		}
		w.Equal(verify.At(t, 0), "mean of Var(h_t|x) over the states = I_t of the tree", overStates(w, t, w.Solution().Step[t-1]), w.Mul(n, u.Oracle().Information(t)))
	}
}

// lumpingDeep claims that the optimum of eq. 43 on the tree, along its branch through
// the base model, is a function of the state.
func lumpingDeep(w *World[rat]) {
	u := unroll(w)
	b := u.Deep()
	if b == nil {
		w.Vacuous()
		return
	}
	for t := 1; t <= w.T(); t++ {
		first := make(map[int]int) // the first prefix that ends in a state
		for y, x := range u.state[t-1] {
			if _, seen := first[x]; !seen {
				first[x] = y
			}
			one, _ := u.Layer(t).Row(first[x])
			for other, hi := u.Layer(t).Row(y); other < hi; one, other = one+1, other+1 {
				for k, p := range b.Prob[t-1][one] {
					w.Equal(verify.At(t, x).Where("order %d", k), "eq. 43: P*(a|y_<t) = P*(a|y'_<t) for prefixes of one state", p, b.Prob[t-1][other][k])
				}
			}
		}
	}
}
