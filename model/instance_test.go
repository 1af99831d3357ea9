package model_test

import (
	"math/big"
	"strings"
	"testing"

	"sounding/model"
)

func TestInstanceScalars(t *testing.T) {
	t.Parallel()
	in := read(t, file(t, "instance.json")) // R = {0}, β = 2, γ = 1/2
	for position, want := range map[int]*big.Rat{1: big.NewRat(1, 1), 2: big.NewRat(1, 2), 70: new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Lsh(big.NewInt(1), 69))} {
		if got := in.Eta(position); got.Cmp(want) != 0 {
			t.Errorf("η_%d = %v, want %v", position, got, want)
		}
	}
	if in.Beta.Cmp(big.NewRat(2, 1)) != 0 || in.Gamma.Cmp(big.NewRat(1, 2)) != 0 {
		t.Errorf("Eta changed β to %v, γ to %v", in.Beta, in.Gamma)
	}
	if !in.Recovers(0) || in.Recovers(1) {
		t.Errorf("R = %v", in.Recovery)
	}
}

func TestAdversaryWeights(t *testing.T) {
	t.Parallel()
	in := read(t, file(t, "instance.json"))
	rows := model.NaturalsOf(7, 0)
	for _, c := range []struct {
		q    model.Adversary
		want model.Naturals
	}{
		{model.Adversary{}, model.NaturalsOf(1, 3)},
		{model.Adversary{Kind: model.AdversaryUniform}, model.NaturalsOf(1, 1)},
		{model.Adversary{Kind: model.AdversaryRows, Rows: []model.Naturals{rows}}, rows},
	} {
		in.Adversary = c.q
		if err := in.Validate(); err != nil {
			t.Errorf("%v: %v", c.q.Kind, err)
		}
		if got := in.AdversaryWeights(1); !got.Equal(c.want) {
			t.Errorf("%v: weights %v, want %v", c.q.Kind, *got, c.want)
		}
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	rows := func(q ...model.Naturals) func(*model.Instance) {
		return func(in *model.Instance) { in.Adversary = model.Adversary{Kind: model.AdversaryRows, Rows: q} }
	}
	for _, c := range []struct {
		reason, place string
		change        func(*model.Instance)
	}{
		{"token below 0", "/recovery/0: ", func(in *model.Instance) { in.Recovery = []int{-1} }},
		{"token V", "/recovery/1: ", func(in *model.Instance) { in.Recovery = []int{0, 2} }},
		{"tokens out of order", "/recovery/1: ", func(in *model.Instance) { in.Recovery = []int{1, 0} }},
		{"λ < 0", "/lambda: ", func(in *model.Instance) { in.Lambda.SetInt64(-1) }},
		{"λ > 10^6", "/lambda: ", func(in *model.Instance) { in.Lambda.SetInt64(model.MaxPenalty + 1) }},
		{"β < 0", "/beta: ", func(in *model.Instance) { in.Beta.SetFrac64(-1, 2) }},
		{"β > 10^6", "/beta: ", func(in *model.Instance) { in.Beta.SetInt64(model.MaxPenalty + 1) }},
		{"γ = 0", "/gamma: ", func(in *model.Instance) { in.Gamma.SetInt64(0) }},
		{"γ > 1", "/gamma: ", func(in *model.Instance) { in.Gamma.SetFrac64(11, 10) }},
		{"unknown kind of Q", "/adversary: ", func(in *model.Instance) { in.Adversary.Kind = 3 }},
		{"no rows of Q", "/adversary/layers: ", rows()},
		{"too many rows of Q", "/adversary/layers: ", rows(model.NaturalsOf(1, 1), model.NaturalsOf(1, 1, 1, 1), model.NaturalsOf(1))},
		{"rows of Q on other edges", "/adversary/layers/0/weights: ", rows(model.NaturalsOf(1))},
		{"a row of zeros in Q", "/adversary/layers/1/weights/1: ", rows(model.NaturalsOf(1, 1), model.NaturalsOf(1, 1, 0, 0))},
	} {
		in := read(t, file(t, "instance.json"))
		if err := in.Validate(); err != nil {
			t.Fatal(err)
		}
		c.change(in)
		if err := in.Validate(); err == nil || !strings.HasPrefix(err.Error(), c.place) {
			t.Errorf("%s: error %v, want one at %s", c.reason, err, c.place)
		}
	}
	limits := read(t, file(t, "instance.json"))
	limits.Lambda.SetInt64(model.MaxPenalty)
	limits.Beta.SetInt64(0)
	limits.Gamma.SetInt64(1)
	limits.Recovery = []int{0, 1}
	if err := limits.Validate(); err != nil {
		t.Errorf("at the limits: %v", err)
	}
}
