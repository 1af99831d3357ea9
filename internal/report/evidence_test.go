package report

import (
	"testing"

	"sounding/exact/field"
	"sounding/verify"
)

// TestStrengthOfNumbers: shapes of trees are not counted for a claim about numbers alone.
func TestStrengthOfNumbers(t *testing.T) {
	t.Parallel()
	c := verify.Evidence{
		Grade: verify.Proved, Tried: 200, Compared: 200,
		Proofs:       []verify.Proof{{Shape: verify.Shape{Vocabulary: 2, Length: 1}, Groups: []verify.Group{{Name: "r"}}}},
		Certificates: []verify.Certificate{{Shape: verify.Shape{Vocabulary: 2, Length: 1}}},
	}
	if got, want := strength(&c), "proved for all numbers, exact on 200 instances"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestStrengthOfTheorems: beside a theorem stands how instances were compared.
func TestStrengthOfTheorems(t *testing.T) {
	t.Parallel()
	for how, check := range map[string]verify.Check{
		"enclosed on 52 instances":     verify.Interval(nil),
		"series exact on 52 instances": verify.Series(nil, nil),
		"exact on 52 instances":        verify.Rational(func(*verify.World[field.Rat]) {}),
	} {
		c := verify.Evidence{Grade: verify.Kernel, Check: check, Tried: 52, Compared: 52}
		if got, want := strength(&c), "proved in Coq for every V and T, "+how; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestStrengthInShort: what Coq proves for every shape is not counted by shapes.
func TestStrengthInShort(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		grade verify.Grade
		want  string
	}{
		{verify.Kernel, "proved in Coq for every V and T, exact on 52 instances"},
		{verify.Proved, "proved for 1 shape (1 with T ≥ 2), exact on 52 instances"},
	} {
		c := verify.Evidence{
			Grade: test.grade, Check: verify.Rational(func(*verify.World[field.Rat]) {}), Tried: 52, Compared: 52,
			Proofs: []verify.Proof{{Shape: verify.Shape{Vocabulary: 2, Length: 2}, Groups: []verify.Group{{Name: "P_1"}}}},
		}
		if got := strengthInShort(&c); got != test.want {
			t.Errorf("%v: %q, want %q", test.grade, got, test.want)
		}
	}
}
