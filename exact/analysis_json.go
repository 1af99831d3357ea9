package exact

import (
	"github.com/go-json-experiment/json"

	"sounding/exact/field"
)

// AnalysisFormat names the file format of an analysis.
const AnalysisFormat = "sounding/analysis/1"

// MarshalJSON writes an exact number as "n/d" in lowest terms, and an enclosure as
// {"lo": …, "hi": …} with decimals rounded outward.
func (n Number) MarshalJSON() ([]byte, error) {
	if n.Exact != nil {
		return json.Marshal(n.Exact.RatString())
	}
	lo, hi, err := n.Bounds()
	if err != nil {
		return nil, err
	}
	return json.Marshal(struct {
		Lo string `json:"lo"`
		Hi string `json:"hi"`
	}{lo, hi})
}

// Bounds returns decimals that enclose the number, rounded outward.
func (n Number) Bounds() (lo, hi string, err error) {
	if n.Exact != nil {
		f := field.NewInterval(field.DefaultPrecision)
		e, err := f.FromRat(n.Exact)
		if err != nil {
			return "", "", err
		}
		return f.Decimal(e, 26)
	}
	return field.NewInterval(maxPrecision).Decimal(n.Real, n.digits)
}

// Float64 returns a float64 close to the number, for plots and tables. The exact
// value or the enclosure is what counts.
func (n Number) Float64() float64 {
	if n.Exact != nil {
		v, _ := n.Exact.Float64()
		return v
	}
	lo, hi := n.Ends()
	return lo + (hi-lo)/2
}

// Ends returns the ends of the enclosure, each to the nearest float64; those of an exact number agree.
func (n Number) Ends() (lo, hi float64) {
	if n.Exact != nil {
		v := n.Float64()
		return v, v
	}
	l, h := field.NewInterval(maxPrecision).Bounds(n.Real)
	lo, _ = l.Float64()
	hi, _ = h.Float64()
	return lo, hi
}

// MarshalJSON writes the analysis in the format AnalysisFormat.
func (a *Analysis) MarshalJSON() ([]byte, error) { return a.Beside(nil).MarshalJSON() }

// Comparison is an analysis with a second policy beside it, position by position.
type Comparison struct {
	*Analysis
	tuned []Tuned // nil for none
}

// Beside returns the analysis with what [CompareTuned] found of a second policy; nil for none.
func (a *Analysis) Beside(tuned []Tuned) *Comparison { return &Comparison{a, tuned} }

// MarshalJSON writes the comparison in the format AnalysisFormat.
func (a *Comparison) MarshalJSON() ([]byte, error) {
	type position struct {
		T int `json:"t"`
		Position
		TunedKL       any     `json:"tuned_kl,omitzero"`
		TunedRecovery *Number `json:"tuned_recovery,omitzero"`
	}
	out := struct {
		Format    string     `json:"format"`
		Expected  Number     `json:"expected_harm"`
		Variance  Number     `json:"variance"`
		Horizon   int        `json:"horizon"`
		Positions []position `json:"positions"`
	}{AnalysisFormat, a.ExpectedHarm, a.Variance, a.Horizon, nil}
	for i, p := range a.Positions {
		row := position{T: i + 1, Position: p}
		if a.tuned != nil {
			t := &a.tuned[i]
			row.TunedKL, row.TunedRecovery = t.KL, &t.Recovery
			if t.Infinite {
				row.TunedKL = "inf"
			}
		}
		out.Positions = append(out.Positions, row)
	}
	return json.Marshal(out)
}
