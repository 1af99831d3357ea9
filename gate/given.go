package gate

import (
	"fmt"
	"math"
	"math/big"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"sounding/internal/strict"
)

// given is what a reply has for one quantity.
type given struct {
	values    []*big.Rat // nil for a number that is not finite; the means of an estimate
	texts     []string   // of the values as they were given; nil for their decimals
	estimate  *estimate  // nil where the values are no means of draws
	malformed error      // why there are no values
}

// answer returns number i.
func (g *given) answer(i int) answer {
	a := answer{value: g.values[i], text: "no finite number"}
	switch {
	case g.texts != nil:
		a.text = g.texts[i]
	case a.value != nil:
		a.text = numeral(a.value)
	}
	if g.estimate != nil {
		a.text += fmt.Sprintf(" with standard error %.2g of %d draws", g.estimate.stderr[i], g.estimate.n)
	}
	return a
}

// readGiven reads the value of a quantity: what read reads, or an estimate, an object of
// two such values and a number of draws.
func readGiven(name string, v jsontext.Value, read func(jsontext.Value) ([]*big.Rat, error)) given {
	var g given
	var err error
	if v.Kind() == '{' {
		g.values, g.estimate, err = readEstimate(v, read)
	} else {
		g.values, err = read(v)
	}
	if err != nil {
		return given{malformed: fmt.Errorf("%w: %w", ErrReply, strict.Within("/"+name, err))}
	}
	return g
}

func readEstimate(v jsontext.Value, read func(jsontext.Value) ([]*big.Rat, error)) (mean []*big.Rat, e *estimate, err error) {
	var members map[string]jsontext.Value
	if err := json.Unmarshal(v, &members); err != nil {
		return nil, nil, err
	}
	for key := range members {
		if key != "mean" && key != "stderr" && key != "n" && key != "range" {
			return nil, nil, strict.Errorf("/"+key, "unknown key: want mean, stderr, n and, if need be, range")
		}
	}
	for _, key := range []string{"mean", "stderr", "n"} {
		if members[key] == nil {
			return nil, nil, strict.Errorf("/"+key, "missing: want mean, stderr and n")
		}
	}
	if mean, err = read(members["mean"]); err != nil {
		return nil, nil, strict.Within("/mean", err)
	}
	errors, err := read(members["stderr"])
	if err != nil {
		return nil, nil, strict.Within("/stderr", err)
	}
	e = new(estimate)
	for _, s := range errors {
		f, _ := s.Float64()
		if f < 0 || math.IsInf(f, 0) {
			return nil, nil, strict.Errorf("/stderr", "%v: want standard errors, 0 or more", f)
		}
		e.stderr = append(e.stderr, f)
	}
	if e.n, err = strconv.Atoi(string(members["n"])); err != nil || e.n < 2 {
		return nil, nil, strict.Errorf("/n", "%s: want the number of draws, 2 or more", strict.Describe(members["n"]))
	}
	if given := members["range"]; given != nil {
		r, err := number(given)
		if err == nil {
			e.spread, _ = r.Float64()
		}
		if err != nil || !(e.spread > 0) || math.IsInf(e.spread, 0) {
			return nil, nil, strict.Errorf("/range", "%s: want the length of an interval that holds every draw, above 0", strict.Describe(given))
		}
	}
	return mean, e, nil
}
