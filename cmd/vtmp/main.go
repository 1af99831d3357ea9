package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"

	"sounding/theorems"
)

func main() {
	seed, _ := strconv.ParseUint(os.Args[2], 10, 64)
	var only []string
	if os.Args[1] != "all" {
		only = strings.Split(os.Args[1], ",")
	}
	r, err := theorems.Verify(context.Background(), theorems.Options{Seed: seed, Only: only})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	for _, e := range r.Entries {
		fmt.Printf("%-18s %-10s %-10s cases %v vac %d claims %d time %v falsified %v undecided %q\n", e.Statement.ID, e.Verdict, e.Grade, e.Cases, e.Vacuous, e.Claims, e.Time, e.Falsified(), e.Undecided)
		if e.Violation != nil {
			fmt.Printf("  VIOLATION %v on\n", e.Violation)
			if e.Counterexample != nil {
				fmt.Printf("%#v\n", e.Counterexample.Case)
			}
		} else if c := e.Counterexample; c != nil {
			fmt.Printf("  cx small %v %#v\n   %v\n", c.Smallest, c.Case, c.Violation)
		}
		for _, m := range e.NearMisses {
			small := m.Counterexample != nil && m.Counterexample.Smallest
			fmt.Printf("     miss %-50s refuted %v after %d smallest %v searched %d\n", m.Miss.Name, m.Refuted, m.Checks, small, m.Searched)
			if m.Counterexample != nil {
				fmt.Printf("        %#v\n", m.Counterexample.Case)
			}
		}
	}
}
