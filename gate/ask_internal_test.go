package gate

import (
	"bytes"
	"math/big"
	"strings"
	"testing"

	"sounding/gate/training"
)

// FuzzParseTrainingReply reads arbitrary bytes as a reply to a question about every
// quantity: each has its numbers, no larger than they may be, or says what is wrong with
// it; or the whole ends in an error that a terminal can show.
func FuzzParseTrainingReply(f *testing.F) {
	f.Add([]byte(`{"id": 7, "kl": [0.25, "1e-3"], "kl_sum": -0.5, "kl_gradient": [[[0, 0]], [[0, 0], [0, 0]]]}`))
	f.Add([]byte(`{"id": 7, "kl": {"mean": [0, 1], "stderr": [0.5, 0], "n": 100, "range": 2}, "entropy": [0]}`))
	f.Add([]byte(`{"id": 7, "kl": {"mean": [0, 1], "stderr": [0.5, 0], "n": 1}}`))
	f.Add([]byte(`{"id": 7, "jsd": [[NaN, 0]], "loss_gradient": {"mean": 0, "stderr": 0, "n": 2}}`))
	f.Add([]byte(`{"id": 7, "error": "none"}`))
	q := firstQuestion()
	limit := new(big.Int).Exp(big.NewInt(10), big.NewInt(11_000), nil)
	f.Fuzz(func(t *testing.T, line []byte) {
		reply, err := parseTraining(line, 7, q, training.Quantities())
		if err != nil {
			reply = map[training.Quantity]given{"": {malformed: err}}
		}
		for name, g := range reply {
			if g.malformed != nil {
				if strings.ContainsFunc(g.malformed.Error(), func(r rune) bool { return r < ' ' }) {
					t.Errorf("control characters in %q", g.malformed)
				}
				continue
			}
			want := name.Shape(q).Size()
			if len(g.values) != want || g.estimate != nil && (len(g.estimate.stderr) != want || g.estimate.n < 2) {
				t.Errorf("%s: %d values, want %d; %+v", name, len(g.values), want, g.estimate)
			}
			for _, v := range g.values {
				if v == nil || v.Num().CmpAbs(limit) > 0 || v.Denom().Cmp(limit) > 0 {
					t.Errorf("%s has the number %v", name, v)
				}
			}
		}
	})
}

// The first question is a request that can be read, with what every quantity needs.
func TestFirstQuestion(t *testing.T) {
	t.Parallel()
	q := firstQuestion()
	for _, name := range training.Quantities() {
		if !name.Asked(q) {
			t.Errorf("%s is not asked for", name)
		}
	}
	var b bytes.Buffer
	if err := (&SavedTraining{Failure: "none", Question: q, Want: training.Quantities()}).Write(&b); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadSavedTraining(&b); err != nil {
		t.Error(err)
	}
}
