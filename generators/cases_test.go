package generators

import (
	"fmt"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"sounding/model"
)

// valid reports what the model refuses about a case, after the constructors have
// accepted its process.
func valid(c *model.Case) error {
	if err := c.Instance.Validate(); err != nil {
		return err
	}
	return c.Parameterisation.Validate(c.Process)
}

// sequences lists the final state and the probability of every complete sequence
// below a state, zero-probability ones too.
type sequence struct {
	tokens []int
	state  int
	p      *big.Rat
}

func sequences(p *model.Process) []sequence {
	list := []sequence{{p: big.NewRat(1, 1)}}
	for t := 1; t <= p.Length(); t++ {
		l := p.Layer(t)
		var longer []sequence
		for _, s := range list {
			lo, hi := l.Row(s.state)
			for e := lo; e < hi; e++ {
				share := new(big.Rat).SetFrac(l.Weights().At(e), l.Weights().Sum(lo, hi))
				longer = append(longer, sequence{
					append(slices.Clone(s.tokens), l.Token(e)), l.Next(e), share.Mul(share, s.p),
				})
			}
		}
		list = longer
	}
	return list
}

// decidedBy reports, over all pairs of sequences, whether the first k tokens
// decide harm on the sequences of positive probability.
func decidedBy(p *model.Process, list []sequence, k int) bool {
	for _, a := range list {
		for _, b := range list {
			if a.p.Sign() > 0 && b.p.Sign() > 0 && slices.Equal(a.tokens[:k], b.tokens[:k]) &&
				p.Harm().Cmp(a.state, b.state) != 0 {
				return false
			}
		}
	}
	return true
}

// meanHarm returns E[Harm | y_≤t] by summing over the completions of a prefix,
// and false where the prefix has probability 0.
func meanHarm(p *model.Process, list []sequence, prefix []int, power int) (*big.Rat, bool) {
	mass, sum := new(big.Rat), new(big.Rat)
	for _, s := range list {
		if slices.Equal(s.tokens[:len(prefix)], prefix) {
			mass.Add(mass, s.p)
			term := new(big.Rat).Set(s.p)
			for range power {
				term.Mul(term, p.HarmAt(s.state))
			}
			sum.Add(sum, term)
		}
	}
	if mass.Sign() == 0 {
		return nil, false
	}
	return sum.Quo(sum, mass), true
}

func TestCasesAreValid(t *testing.T) {
	t.Parallel()
	for _, l := range []Limits{{}, {Vocabulary: 2, Length: 1}, {Vocabulary: 3, Length: 2, Leaves: 4}, {Vocabulary: 9, Length: 6, Leaves: 300}} {
		t.Run(fmt.Sprintf("%+v", l), func(t *testing.T) {
			t.Parallel()
			v, length, leaves := l.Vocabulary, l.Length, l.Leaves
			if l == (Limits{}) {
				v, length, leaves = 4, 4, 81
			}
			rapid.Check(t, func(t *rapid.T) {
				c := Cases(l).Draw(t, "case")
				if err := valid(c); err != nil {
					t.Fatalf("invalid: %v", err)
				}
				if c.Vocabulary() > v || c.Length() > length {
					t.Fatalf("V=%d T=%d is beyond %+v", c.Vocabulary(), c.Length(), l)
				}
				if n := len(sequences(c.Process)); leaves > 0 && n > leaves {
					t.Fatalf("%d sequences are beyond %+v", n, l)
				}
			})
		})
	}
}

func TestLimitsRefused(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		reason string
		call   func()
	}{
		{"one token can never leave harm open", func() { Cases(Limits{Vocabulary: 1}) }},
		{"no room for two leaves", func() { Cases(Limits{Leaves: 1}) }},
		{"a negative limit", func() { Cases(Limits{Length: -1}) }},
		{"silence needs a position after it", func() { WithSilence(Limits{Length: 1}) }},
		{"the horizon is beyond the length", func() { WithHorizon(Limits{Length: 2}, 3) }},
		{"a negative horizon", func() { WithHorizon(Limits{}, -1) }},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: accepted", test.reason)
				}
			}()
			test.call()
		}()
	}
}

func TestWithHorizon(t *testing.T) {
	t.Parallel()
	for k := range 5 {
		t.Run(fmt.Sprint(k), func(t *testing.T) {
			t.Parallel()
			open := 0
			rapid.Check(t, func(t *rapid.T) {
				c := WithHorizon(Limits{}, k).Draw(t, "case")
				if err := valid(c); err != nil {
					t.Fatalf("invalid: %v", err)
				}
				list := sequences(c.Process)
				if !decidedBy(c.Process, list, k) {
					t.Fatalf("the first %d tokens do not decide harm", k)
				}
				if k > 0 && decidedBy(c.Process, list, k-1) {
					t.Fatalf("the first %d tokens decide harm already", k-1)
				}
				if slices.Contains(Classify(c), OpenOffSupport) {
					open++
				}
			})
			// One draw in six or more is open for k ≤ 2; beyond that there is less room.
			if k <= 2 && open == 0 {
				t.Error("harm never differs on sequences of probability 0")
			}
		})
	}
}

func TestWithSilence(t *testing.T) {
	t.Parallel()
	risky := 0
	rapid.Check(t, func(t *rapid.T) {
		c := WithSilence(Limits{}).Draw(t, "case")
		if err := valid(c); err != nil {
			t.Fatalf("invalid: %v", err)
		}
		list := sequences(c.Process)
		silent, risk := false, false
		for k := 1; k < c.Length(); k++ {
			if decidedBy(c.Process, list, k) || !independent(c.Process, list, k, 1) {
				continue
			}
			silent = true
			risk = risk || !independent(c.Process, list, k, 2)
		}
		if !silent {
			t.Fatalf("no position before the horizon is silent")
		}
		if risk {
			risky++
		}
	})
	if risky == 0 {
		t.Error("the law of harm never depends on the token of a silent position")
	}
}

// independent reports whether the mean of a power of harm after position t does
// not depend on the token at t.
func independent(p *model.Process, list []sequence, t, power int) bool {
	for _, s := range list {
		after, ok := meanHarm(p, list, s.tokens[:t], power)
		if !ok {
			continue
		}
		if before, _ := meanHarm(p, list, s.tokens[:t-1], power); after.Cmp(before) != 0 {
			return false
		}
	}
	return true
}

func TestWithProportion(t *testing.T) {
	t.Parallel()
	moving := 0
	rapid.Check(t, func(t *rapid.T) {
		c := WithProportion(Limits{}).Draw(t, "case")
		if err := valid(c); err != nil {
			t.Fatalf("invalid: %v", err)
		}
		if slices.Contains(Classify(c), Proportional) {
			moving++
		}
		list := sequences(c.Process)
		reach := c.Reachable()
		for k := 1; k <= c.Length(); k++ {
			for _, s := range list {
				x := stateAfter(c.Process, s.tokens[:k-1])
				if !reach[k-1][x] {
					continue
				}
				for i := range c.Parameterisation.Parameters {
					if !rowProportional(c, list, s.tokens[:k-1], x, k, i) {
						t.Fatalf("coordinate %d of the score after %v is not proportional to the increment", i, s.tokens[:k-1])
					}
				}
			}
		}
	})
	if moving == 0 {
		t.Error("every score vanishes")
	}
}

func stateAfter(p *model.Process, prefix []int) int {
	x := 0
	for i, a := range prefix {
		e, _ := p.Layer(i+1).Edge(x, a)
		x = p.Layer(i + 1).Next(e)
	}
	return x
}

// rowProportional compares E[s²]·E[Δ²] with E[sΔ]² in the row of one prefix:
// equal exactly when s and Δ are proportional where Δ is not zero. Where Δ
// vanishes the score has to vanish too.
func rowProportional(c *model.Case, list []sequence, prefix []int, x, t, i int) bool {
	l := c.Layer(t)
	lo, hi := l.Row(x)
	before, ok := meanHarm(c.Process, list, prefix, 1)
	if !ok {
		return true
	}
	p := func(e int) *big.Rat { return new(big.Rat).SetFrac(l.Weights().At(e), l.Weights().Sum(lo, hi)) }
	feature := func(e int) *big.Rat {
		return new(big.Rat).SetInt64(c.Parameterisation.Feature(c.Process, t, x, e, i))
	}
	mean := new(big.Rat)
	for e := lo; e < hi; e++ {
		mean.Add(mean, new(big.Rat).Mul(p(e), feature(e)))
	}
	ss, dd, sd := new(big.Rat), new(big.Rat), new(big.Rat)
	for e := lo; e < hi; e++ {
		after, ok := meanHarm(c.Process, list, append(slices.Clone(prefix), l.Token(e)), 1)
		if !ok {
			continue
		}
		s, d := new(big.Rat).Sub(feature(e), mean), after.Sub(after, before)
		add := func(sum, a, b *big.Rat) { sum.Add(sum, new(big.Rat).Mul(p(e), new(big.Rat).Mul(a, b))) }
		add(ss, s, s)
		add(dd, d, d)
		add(sd, s, d)
	}
	if dd.Sign() == 0 {
		return ss.Sign() == 0
	}
	return ss.Mul(ss, dd).Cmp(sd.Mul(sd, sd)) == 0
}

// TestExample: a case is a function of the seed and its number, drawn from any
// goroutine, and neighbouring numbers and seeds give other cases.
func TestExample(t *testing.T) {
	t.Parallel()
	const n = 200
	printed := make([]string, n)
	for i := range n {
		printed[i] = Example(Limits{}, 7, i).GoString()
	}
	done := make(chan string)
	for range 4 {
		go func() {
			for i := range n {
				if got := Example(Limits{}, 7, i).GoString(); got != printed[i] {
					done <- fmt.Sprintf("case %d: %s, before %s", i, got, printed[i])
					return
				}
			}
			done <- ""
		}()
	}
	for range 4 {
		if s := <-done; s != "" {
			t.Error(s)
		}
	}
	distinct := make(map[string]bool)
	for i := range n {
		distinct[printed[i]] = true
		distinct[Example(Limits{}, 8, i).GoString()] = true
	}
	if len(distinct) < 2*n*9/10 {
		t.Errorf("%d distinct cases among %d", len(distinct), 2*n)
	}
}

func BenchmarkExample(b *testing.B) {
	i := 0
	for b.Loop() {
		Example(Limits{}, 1, i)
		i++
	}
}
