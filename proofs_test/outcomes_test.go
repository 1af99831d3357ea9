package proofs

import (
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"sounding/theorems"
	"sounding/verify"
)

// What TestOutcomes tries each statement on: a small part of a verification.
const (
	sampledSeed   = 1
	sampledCases  = 20  // random cases per check
	sampledSeries = 4   // random cases per check on power series
	sampledDraws  = 200 // random cases until one refutes a falsehood
	sampledLeaves = 64  // complete sequences of the largest tree certified
)

// outcome says what the checks of one statement did. tools/mutants compares the
// outcomes of the sound program with those of its mutants.
type outcome struct {
	Statement   string `json:"statement"`
	Comparisons int    `json:"comparisons"`
	Vacuous     int    `json:"vacuous"` // cases on which a hypothesis failed somewhere
	// Inequalities says how often each was compared, and how close it came to equality.
	Inequalities []string `json:"inequalities"`
	// Refuted says how the first random case refutes each falsehood; "" if none does.
	Refuted []string `json:"refuted"`
	Fails   string   `json:"fails"` // how a check fails or stays undecided
	Panic   string   `json:"panic"`
}

// TestOutcomes tries every statement on a small sample and writes its outcome, a line of
// JSON each, to the file named by SOUNDING_OUTCOMES. Without it the test is skipped.
func TestOutcomes(t *testing.T) {
	name := os.Getenv("SOUNDING_OUTCOMES")
	if name == "" {
		t.Skip("SOUNDING_OUTCOMES names no file")
	}
	file, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	out := jsontext.NewEncoder(file)
	for _, s := range theorems.All() {
		if err := json.MarshalEncode(out, sample(t, s)); err != nil {
			t.Fatal(err)
		}
	}
}

// sample tries one statement. A panic is an outcome, too.
func sample(t *testing.T, s *verify.Statement) (o outcome) {
	o.Statement = s.ID
	defer func() {
		if r := recover(); r != nil {
			o.Panic = fmt.Sprint(r)
		}
	}()
	for _, c := range s.Checks() {
		n := sampledCases
		if c.Series {
			n = sampledSeries
		}
		for i := range n {
			x := c.Examine(s.ID, s.Cases().Draw(sampledSeed, i))
			o.Comparisons += x.Comparisons
			if x.Vacuous {
				o.Vacuous++
			}
			for _, q := range x.Tallies {
				if q.Inequality {
					o.Inequalities = append(o.Inequalities, fmt.Sprintf("%s: %d, %d, %g", q.Formula, q.Comparisons, q.Equal, q.Least))
				}
			}
			if err := x.Err(); err != nil {
				o.Fails = err.Error()
				return o
			}
		}
	}
	points, err := s.Certify(t.Context(), sampledSeed, sampledLeaves)
	o.Comparisons += points
	if err != nil {
		o.Fails = err.Error()
		return o
	}
	for _, f := range s.Falsehoods() {
		o.Refuted = append(o.Refuted, firstRefutation(s, f))
	}
	return o
}

// firstRefutation says how the first refuting random case refutes f, and which it is; ""
// if none does.
func firstRefutation(s *verify.Statement, f *verify.Falsehood) string {
	for i := range sampledDraws {
		_, err := f.Check.Try(s.ID, s.CasesOf(f).Draw(sampledSeed, i))
		var v *verify.Violation
		if errors.As(err, &v) {
			return fmt.Sprintf("case %d: %v", i, v)
		}
	}
	return ""
}
