package verify_test

import (
	"testing"

	"sounding/verify"
)

// TestStanding: the verdict on a sentence is what its entries bear out in the run.
func TestStanding(t *testing.T) {
	t.Parallel()
	const says = "It does."
	falsehood := &verify.Falsehood{Wording: "Always."}
	fails := verify.Result{Violation: &verify.Violation{}}
	entry := func(s verify.Statement, v verify.Verdict, result verify.Result) *verify.Entry {
		return &verify.Entry{Statement: &s, Verdict: v, Result: result}
	}
	main := func(declared, found verify.Verdict, r verify.Result) *verify.Entry {
		return entry(verify.Statement{ID: "thm-1", Sentence: verify.Sentence{Says: says, Verdict: declared}}, found, r)
	}
	twin := func(found verify.Verdict, r verify.Result) *verify.Entry {
		return entry(verify.Statement{ID: "x-thm-1", Twin: "thm-1", Kind: verify.RefutedReading, Refuted: falsehood}, found, r)
	}
	for _, c := range []struct {
		what    string
		entries []*verify.Entry
		want    verify.Verdict
	}{
		{"holds", []*verify.Entry{main("", verify.Holds, verify.Result{})}, verify.Holds},
		{"holds of something", []*verify.Entry{main(verify.HoldsOf, verify.Holds, verify.Result{})}, verify.HoldsOf},
		{"a check fails", []*verify.Entry{main("", verify.Refuted, fails)}, verify.Undecided},
		{"a check is open", []*verify.Entry{main(verify.HoldsIf, verify.Undecided, verify.Result{})}, verify.Undecided},
		{"a near-miss passes", []*verify.Entry{{
			Statement: &verify.Statement{ID: "thm-1", Sentence: verify.Sentence{Says: says}}, Verdict: verify.Holds,
			NearMisses: []verify.Refutation{{Falsehood: falsehood}},
		}}, verify.Undecided},
		{"refuted by the twin", []*verify.Entry{main(verify.Refuted, verify.Holds, verify.Result{}), twin(verify.Refuted, verify.Result{})}, verify.Refuted},
		{"refuted, and the twin not in the run", []*verify.Entry{main(verify.Refuted, verify.Holds, verify.Result{})}, verify.Refuted},
		{"the twin finds no counterexample", []*verify.Entry{main(verify.Refuted, verify.Holds, verify.Result{}), twin(verify.Undecided, verify.Result{})}, verify.Undecided},
		{"the twin's repair fails", []*verify.Entry{main(verify.Refuted, verify.Holds, verify.Result{}), twin(verify.Refuted, fails)}, verify.Undecided},
		{"the twin itself", []*verify.Entry{twin(verify.Refuted, verify.Result{})}, verify.Refuted},
		{"a witness", []*verify.Entry{entry(verify.Statement{ID: "x-thm-2", Kind: verify.Needed, Refuted: falsehood}, verify.Refuted, verify.Result{})}, verify.Witness},
		{"a sentence of a refuted entry", []*verify.Entry{entry(verify.Statement{
			ID: "x-a", Kind: verify.RefutedReading, Refuted: falsehood, Sentence: verify.Sentence{Says: says, Verdict: verify.Refuted},
		}, verify.Refuted, verify.Result{})}, verify.Refuted},
	} {
		r := &verify.Report{Entries: c.entries}
		if got := r.Standing(c.entries[0]); got != c.want {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
	}
}
