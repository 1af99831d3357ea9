package report

import (
	"regexp"
	"strconv"
	"testing"
)

// The label of the last position is not cut off, even in a font with wide digits.
func TestLastLabelFits(t *testing.T) {
	t.Parallel()
	const widestDigit = 0.7 // of the size of the font, as in Verdana and DejaVu Sans, and more
	drawn, err := Chart(Series{Name: "a", Values: make([]float64, 50)})
	if err != nil {
		t.Fatal(err)
	}
	number := func(pattern string) float64 {
		t.Helper()
		m := regexp.MustCompile(pattern).FindStringSubmatch(string(drawn))
		if m == nil {
			t.Fatalf("no %s", pattern)
		}
		v, err := strconv.ParseFloat(m[1], 64)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	width, start := number(`viewBox="0 0 ([0-9.]+) `), number(`<text x="([0-9.]+)"[^>]*>50</text>`)
	size := number(`font-size:([0-9.]+)px">50</text>`)
	if end := start + 2*widestDigit*size; end > width {
		t.Errorf("50 ends at %v of %v", end, width)
	}
}
