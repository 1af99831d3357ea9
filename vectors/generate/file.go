package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math"
	"math/big"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"sounding/exact"
	"sounding/exact/field"
	"sounding/gate/training"
)

// format names the file format.
const format = "sounding/vectors/1"

// file is the file of a quantity, but for its vectors, which follow one per line.
type file struct {
	Format     string          `json:"format"`
	Quantity   string          `json:"quantity"`
	Definition string          `json:"definition"`
	Notes      map[string]note `json:"notes"`
}

// note says what a flag stands for.
type note struct {
	Effect string   `json:"effect"`
	Links  []string `json:"links,omitempty"`
}

// vector is one instance with its answers.
type vector struct {
	ID           string         `json:"id"`
	Instance     jsontext.Value `json:"instance"`
	JSDWeights   jsontext.Value `json:"jsd_weights,omitzero"`
	Sequences    jsontext.Value `json:"sequences,omitzero"`
	Pairs        jsontext.Value `json:"pairs,omitzero"`
	Trajectories jsontext.Value `json:"trajectories,omitzero"`
	Groups       jsontext.Value `json:"groups,omitzero"`
	Objective    jsontext.Value `json:"objective,omitzero"`
	Batches      jsontext.Value `json:"batches,omitzero"`
	Exact        any            `json:"exact"`
	Wrong        []wrong        `json:"wrong"`
}

// wrong is what a known mistake answers.
type wrong struct {
	Flag   string `json:"flag"`
	Values any    `json:"values"`
}

// newVector returns a vector whose id stands for what is asked.
func newVector(quantity string, request []byte) (*vector, error) {
	var key map[string]jsontext.Value
	if err := json.Unmarshal(request, &key); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(request)
	return &vector{
		ID: fmt.Sprintf("%s-%x", quantity, sum[:4]), Instance: key["instance"], JSDWeights: key["jsd_weights"],
		Sequences: key["sequences"], Pairs: key["pairs"], Trajectories: key["trajectories"], Groups: key["groups"],
		Objective: key["objective"], Batches: key["batches"],
	}, nil
}

// text writes a file, one vector per line.
func (f *file) text(vectors []*vector) ([]byte, error) {
	head, err := json.Marshal(f, json.Deterministic(true), jsontext.WithIndent("  "))
	if err != nil {
		return nil, err
	}
	b := bytes.NewBuffer(bytes.TrimSuffix(head, []byte("\n}")))
	b.WriteString(",\n  \"vectors\": [")
	for i, v := range vectors {
		line, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("\n    ")
		b.Write(line)
	}
	b.WriteString("\n  ]\n}\n")
	return b.Bytes(), nil
}

// nested arranges values in a shape.
func nested[T any](s training.Shape, values []T) any {
	if s.Number() {
		return values[0]
	}
	list := make([]any, len(s.List))
	for i, sub := range s.List {
		n := sub.Size()
		list[i] = nested(sub, values[:n])
		values = values[n:]
	}
	return list
}

// Digits of the decimals, and the longest fraction.
const (
	digits          = 20
	wrongDigits     = 9
	longestFraction = 24
)

// numeral returns an exact number as a fraction, or the nearest decimal with so many
// digits, all of them right; false where the fraction is long or the enclosure too
// wide. A number below 10⁻³⁰ in size, which enclosures do not tell from 0, is 0.
func numeral(n exact.Number) (string, bool) {
	if n.Exact != nil {
		s := n.Exact.RatString()
		return s, len(s) <= longestFraction
	}
	a, b := field.NewInterval(64).Bounds(n.Real)
	lo, _ := a.Rat(nil)
	hi, _ := b.Rat(nil)
	if lo.Sign() <= 0 && hi.Sign() >= 0 {
		return "0", new(big.Rat).Sub(hi, lo).Cmp(tiny) < 0
	}
	below, above := decimal(lo, big.ToNegativeInf), decimal(hi, big.ToPositiveInf)
	return below, below == above
}

var tiny = new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Exp(big.NewInt(10), big.NewInt(30), nil))

func decimal(r *big.Rat, mode big.RoundingMode) string {
	return new(big.Float).SetPrec(512).SetMode(mode).SetRat(r).Text('g', digits)
}

// approximate returns a float64 as a decimal, false where it is no number.
func approximate(v float64) (string, bool) {
	return strconv.FormatFloat(v, 'g', wrongDigits, 64), !math.IsNaN(v) && !math.IsInf(v, 0)
}
