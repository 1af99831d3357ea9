package corpus

import (
	"flag"
	"os"
	"strconv"
	"testing"
)

// TestMain fixes what rapid draws, unless the command line says otherwise.
func TestMain(m *testing.M) {
	effort := 1
	if s := os.Getenv("SOUNDING_EFFORT"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 {
			panic("SOUNDING_EFFORT: " + s + ", accepted are positive integers")
		}
		effort = n
	}
	for name, value := range map[string]string{
		"rapid.seed":       "1",
		"rapid.checks":     strconv.Itoa(150 * effort),
		"rapid.nofailfile": "true",
	} {
		if err := flag.Set(name, value); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}
