package field_test

import (
	"fmt"
	"log"
	"math/big"

	"sounding/exact/field"
)

// A Calc keeps the first error, so that a formula reads like one.
func ExampleCalc() {
	c := field.NewCalc(field.NewInterval(128))
	x := c.FromRat(big.NewRat(1, 3))
	logit := c.Log(c.Quo(x, c.Sub(c.FromInt(1), x)))
	back := c.Sigmoid(logit)
	if err := c.Err(); err != nil {
		log.Fatal(err)
	}
	lo, hi, err := c.Decimal(back, 12)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(lo, hi, c.Contains(back, big.NewRat(1, 3)))
	// Output:
	// 0.333333333333 0.333333333334 true
}

// That 1/3 + 2⁻³⁰⁰ is above 1/3 takes 512 bits.
func ExampleRefine() {
	third, tiny := big.NewRat(1, 3), new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Lsh(big.NewInt(1), 300))
	bits, err := field.Refine(field.DefaultPrecision, 4096, func(f field.Interval) (bool, error) {
		c := field.NewCalc(f)
		d := c.Sub(c.FromRat(new(big.Rat).Add(third, tiny)), c.FromRat(third))
		return c.Sign(d) != field.Undecided, c.Err()
	})
	fmt.Println(bits, err)
	// Output: 512 <nil>
}

// A function without divisions runs over degrees and heights, too. The square of
// (x + 2)·y − 3 has degree at most 4, and the absolute values of its coefficients add
// up to at most ((1 + 2)·1 + 3)² = 36.
func ExampleFormals() {
	polynomial := func(r field.Ring[field.Formal], x, y field.Formal) field.Formal {
		return field.Square(r, r.Sub(r.Mul(r.Add(x, r.FromInt(2)), y), r.FromInt(3)))
	}
	b := polynomial(field.Formals{}, field.FreeVariable(), field.FreeVariable())
	fmt.Println("degree", b.Degree, "height", b.Height)
	// Output: degree 4 height 36
}
