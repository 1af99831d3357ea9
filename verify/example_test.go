package verify_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"strings"
	"testing"

	"sounding/exact/field"
	"sounding/generators"
	"sounding/verify"
)

var spread = &verify.Statement{
	ID: "own-spread", Title: "The spread of harm", Section: "4", Kind: verify.Own,
	Formula: "Var(Harm) = E[Harm²] − E[Harm]²; E[Harm²] ≤ E[Harm]",
	Reading: "A statement of our own, which the paper does not make. The variance is a sum over positions, the means are sums over sequences.",
	Claims: []verify.Claim{
		{Formula: "Var(Harm) = E[Harm²] − E[Harm]²", Check: verify.Identity(variance[field.Rat], variance[uint64])},
		{Formula: "E[Harm²] ≤ E[Harm]", Hypotheses: []string{"0 ≤ Harm ≤ 1"}, Check: verify.Rational(square)},
	},
	NearMisses: []verify.Falsehood{
		{Name: "the other way round", Check: verify.Rational(squareReversed)},
	},
	Looks: generators.Needs{Harm: true}, // of a case, for the smallest counterexample
}

// variance runs over any ring: so it can be proved, and not only compared on instances.
func variance[E any](w *verify.World[E]) {
	mean := w.Oracle().Expectation(w.Oracle().Harm()) // the oracle enumerates, the solution recurs
	w.Equal(verify.Place{}, "Var(Harm) = E[Harm²] − E[Harm]²", w.Solution().Variance, w.Sub(meanSquare(w), w.Mul(mean, mean)))
}

// An inequality needs an order, and so numbers: ℚ, or enclosures where there are logarithms.
func square(w *verify.World[field.Rat]) {
	w.AtMost(verify.Place{}, "E[Harm²] ≤ E[Harm]", meanSquare(w), w.Solution().Expected)
}

func squareReversed(w *verify.World[field.Rat]) {
	w.AtMost(verify.Place{}, "E[Harm] ≤ E[Harm²]", w.Solution().Expected, meanSquare(w))
}

func meanSquare[E any](w *verify.World[E]) E {
	harm := w.Oracle().Harm()
	for y, h := range harm {
		harm[y] = w.Mul(h, h)
	}
	return w.Oracle().Expectation(harm)
}

// An entry as theorems has them: an identity, which is proved for small trees, an inequality,
// which is decided on random instances, and a wrong version, which its check has to refute.
func Example() {
	r, err := verify.Run(context.Background(), verify.Options{Statements: []*verify.Statement{spread}, Seed: 1})
	if err != nil {
		log.Fatal(err)
	}
	e := r.Entries[0]
	fmt.Println(e.Verdict, e.Claims[0].Grade, e.Claims[1].Grade)
	fmt.Println(e.NearMisses[0].Counterexample.Case.GoString())
	// Output:
	// holds proved exact
	// V=2 T=1 weights [1 1] harm [0 1]/2
}

// TestPageShowsExample: docs/architecture.md shows code of this file as it stands here.
func TestPageShowsExample(t *testing.T) {
	t.Parallel()
	var texts [2]string
	for i, name := range []string{"example_test.go", "../docs/architecture.md"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		texts[i] = string(text)
	}
	_, code, _ := strings.Cut(texts[1], "```go\n")
	code, _, ok := strings.Cut(code, "```")
	if !ok || !strings.Contains(texts[0], code) {
		t.Errorf("docs/architecture.md shows what is not in example_test.go:\n%s", code)
	}
}
