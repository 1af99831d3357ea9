package main

import (
	"math/big"
	"strconv"

	"github.com/go-json-experiment/json"

	"sounding/exact"
	"sounding/gate"
	"sounding/model"
)

// mostProfiles is how many vectors a quantity of sounding/gate/1 has.
const mostProfiles = 8

// float returns the float64 that a fraction or a decimal is nearest to.
func float(text string) float64 {
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		v, _ := strconv.ParseFloat(text, 64)
		return v
	}
	f, _ := r.Float64()
	return f
}

// profileFile returns the file of a quantity of sounding/gate/1, which has no known
// mistakes.
func profileFile(q gate.Quantity) ([]byte, error) {
	f := &file{Format: format, Quantity: string(q), Definition: q.Formula(), Notes: map[string]note{}}
	var vectors []*vector
	for i := 0; len(vectors) < mostProfiles; i++ {
		in := gate.Plain.Draw(1, i)
		a, err := exact.Analyze(in, 0)
		if err != nil {
			return nil, err
		}
		request, err := json.Marshal(map[string]*model.Instance{"instance": in})
		if err != nil {
			return nil, err
		}
		v, err := newVector(string(q), request)
		if err != nil {
			return nil, err
		}
		texts, ok := profile(q, a)
		if !ok {
			continue
		}
		if v.Exact = texts; q.Whole() {
			v.Exact = texts[0]
		}
		v.Wrong = []wrong{}
		vectors = append(vectors, v)
	}
	return f.text(vectors)
}

// profile returns the numbers of a quantity, false where one is too long.
func profile(q gate.Quantity, a *exact.Analysis) ([]any, bool) {
	var texts []any
	all := true
	for _, n := range q.Truth(a) {
		text, ok := numeral(n)
		texts, all = append(texts, text), all && ok
	}
	return texts, all
}
