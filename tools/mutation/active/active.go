// Package active says which of the mutants that are compiled into a program is active.
package active

import (
	"os"
	"strconv"
)

// Variable names the environment variable that holds the number of the mutant.
const Variable = "SOUNDING_MUTANT"

// Mutant is the number of the active mutant; 0 for none.
var Mutant = number(os.Getenv(Variable))

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

// Pick returns the mutated value if the mutant is active, else the original.
func Pick[T any](mutant int, mutated, original T) T {
	if Mutant == mutant {
		return mutated
	}
	return original
}
