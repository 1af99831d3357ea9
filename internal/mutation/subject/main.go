// Subject says what becomes of every statement, one line of JSON each, in a program
// into which a mutant may have been compiled.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"sounding/internal/gc"
	"sounding/internal/mutation"
	"sounding/theorems"
)

// What each statement is tried on. It is a small part of a verification, so that
// hundreds of mutants can be tried.
const (
	seed   = 1
	cases  = 20  // random cases per check
	series = 4   // random cases per check on power series
	drawn  = 200 // random cases that may be looked at for one refutation
	leaves = 64  // complete sequences of the largest tree that is certified
)

func main() {
	gc.Relax()
	out := json.NewEncoder(os.Stdout)
	for _, s := range theorems.Registry() {
		if err := out.Encode(outcome(s)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

// outcome tries a statement. A panic is an outcome too.
func outcome(s *theorems.Statement) (o mutation.Outcome) {
	o.Statement = s.ID
	defer func() {
		if r := recover(); r != nil {
			o.Panic = fmt.Sprint(r)
		}
	}()
	for _, c := range s.Checks {
		n := cases
		if c.Series {
			n = series
		}
		for i := range n {
			x, err := c.Examine(s.ID, s.Cases().Draw(seed, i))
			o.Comparisons += x.Comparisons
			if x.Vacuous {
				o.Vacuous++
			}
			for _, q := range x.Inequalities {
				o.Inequalities = append(o.Inequalities, fmt.Sprintf("%s: %d, %d, %g", q.Claim, q.Comparisons, q.Equal, q.Least))
			}
			if err != nil {
				o.Fails = err.Error()
				return o
			}
		}
	}
	claims, err := s.Certify(context.Background(), seed, leaves)
	o.Comparisons += claims
	if err != nil {
		o.Fails = err.Error()
		return o
	}
	for _, f := range s.Falsehoods() {
		o.Refuted = append(o.Refuted, refuted(s, f))
	}
	return o
}

// refuted says how the first random case that refutes f does, and which it is; "" where
// none does.
func refuted(s *theorems.Statement, f theorems.Falsehood) string {
	for i := range drawn {
		_, err := f.Check.Try(s.ID, f.Cases.Draw(seed, i))
		var v *theorems.Violation
		if errors.As(err, &v) {
			return fmt.Sprintf("case %d: %v", i, v)
		}
	}
	return ""
}
