package exact_test

import (
	"fmt"
	"log"
	"math/big"
	"strings"

	"sounding/exact"
	"sounding/exact/field"
	"sounding/model"
)

// Two positions over two tokens: the first token alone says nothing about harm.
const twoPositions = `{
  "format": "sounding/instance/1",
  "vocabulary": ["sorry", "sure"],
  "length": 2,
  "layers": [
    { "weights": [[1, 3]] },
    { "weights": [[1, 1], [2, 5]] }
  ],
  "harm": { "denominator": 100, "values": [0, 100, 50, 50] },
  "recovery": [0],
  "beta": "2"
}`

func instance() *model.Instance {
	in, err := model.ReadInstance(strings.NewReader(twoPositions))
	if err != nil {
		log.Fatal(err)
	}
	return in
}

func ExampleAnalyze() {
	a, err := exact.Analyze(instance(), 0)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("E[Harm] = %s, Var(Harm) = %s, horizon %d\n", a.ExpectedHarm.Exact.RatString(), a.Variance.Exact.RatString(), a.Horizon)
	for i, p := range a.Positions {
		fmt.Printf("t = %d: I_t = %s, KL_t = %.6f\n", i+1, p.Information.Exact.RatString(), p.EquilibriumKL.Float64())
	}
	// Output:
	// E[Harm] = 1/2, Var(Harm) = 1/16, horizon 2
	// t = 1: I_t = 0, KL_t = 0.001406
	// t = 2: I_t = 1/16, KL_t = 0.030309
}

// One solver runs over every number system: here over ℚ and modulo a prime.
func ExampleSolveMartingale() {
	p := instance().Process
	q := field.NewRational()
	numbers, err := exact.NumbersOf(q, p)
	if err != nil {
		log.Fatal(err)
	}
	m := exact.SolveMartingale(q, numbers)
	fmt.Println("h_1 =", m.H[1], "I_t =", m.Information)

	f := field.NewModular(101)
	residues, err := exact.NumbersOf(f, p)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("I_t mod 101 =", exact.SolveMartingale(f, residues).Information)
	// Output:
	// h_1 = [1/2 1/2] I_t = [0 1/16]
	// I_t mod 101 = [0 19]
}

// The optimum of the standard objective P*(y) ∝ P_0(y)·e^{−λHarm} is rational where
// the tilt is: here harm ½ costs a factor 1/2, and harm 1 a factor 1/4.
func ExampleSolveTilted() {
	p := instance().Process
	q := field.NewRational()
	numbers, err := exact.NumbersOf(q, p)
	if err != nil {
		log.Fatal(err)
	}
	var tilt []field.Rat
	for _, u := range []*big.Rat{big.NewRat(1, 1), big.NewRat(1, 4), big.NewRat(1, 2), big.NewRat(1, 2)} {
		v, _ := q.FromRat(u)
		tilt = append(tilt, v)
	}
	s, err := exact.SolveTilted(q, numbers, tilt)
	if err != nil {
		log.Fatal(err)
	}
	for t, policy := range s.Policy {
		fmt.Printf("position %d: base %v, optimum %v\n", t+1, numbers.Prob[t], policy)
	}
	// Output:
	// position 1: base [1/4 3/4], optimum [5/17 12/17]
	// position 2: base [1/2 1/2 2/7 5/7], optimum [4/5 1/5 2/7 5/7]
}

// With δ = 1/101 and β = 40, the recovery bound σ(logit δ + βγ^t) first falls below
// ½ at position 4: log 100 = 4.605… lies between 40·2⁻³ and 40·2⁻⁴.
func ExampleAttackLength() {
	half := big.NewRat(1, 2)
	for _, delta := range []*big.Rat{big.NewRat(1, 101), half, new(big.Rat)} {
		a, err := exact.AttackLength(half, delta, big.NewRat(40, 1), half)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(a)
	}
	// Output:
	// 3 tokens suffice: from a base recovery of at least 1/101 the bound first falls below ε = 1/2 at position 4
	// no length suffices: the base model recovers with probability at least 1/2 ≥ ε = 1/2 at every prefix
	// no guarantee: at some prefix the base model gives the recovery tokens probability 0, and no finite tilt changes that
}
