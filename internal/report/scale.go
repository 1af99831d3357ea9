package report

import (
	"math"
	"strconv"
	"strings"
)

// scale is the vertical axis of a figure. Its ends are ticks.
type scale struct {
	y     func(v float64) float64 // where a value lies, in pixels from the top
	ticks []tick
	band  bool // a logarithmic axis has zeros, on a band below it
}

// tick is a value that is marked on an axis.
type tick struct {
	y     float64 // in pixels from the top
	label string
}

// The span from which on an axis is logarithmic; the smallest number that one with equal steps
// reaches, as smaller steps would underflow; and the ticks, at most, beside that at the lower end.
const (
	logarithmicSpan = 100
	smallestLinear  = 1e-300
	mostTicks       = 5
)

// scale chooses the axis for the values of a figure.
func (f Figure) scale() scale {
	lowest, highest, zero := math.Inf(1), 0.0, false // of the positive values
	for _, q := range f.Series {
		for _, v := range q.Values {
			switch {
			case !drawn(v):
			case v > 0:
				lowest, highest = min(lowest, v), max(highest, v)
			default:
				zero = true
			}
		}
	}
	switch {
	case highest == 0:
		return zeroScale()
	case highest < smallestLinear || highest/lowest >= logarithmicSpan:
		return logScale(lowest, highest, zero)
	}
	return linearScale(highest)
}

// linearScale reaches from 0 to the first tick from highest on.
func linearScale(highest float64) scale {
	step := niceStep(highest, mostTicks)
	n := int(math.Ceil(highest/step - 1e-9)) // a quotient that is whole but for rounding
	top := float64(n) * step
	s := scale{y: func(v float64) float64 { return figureTop + figureHeight*(1-v/top) }}
	for i := range n + 1 {
		v := float64(i) * step
		s.ticks = append(s.ticks, tick{s.y(v), label(v)})
	}
	return s
}

// zeroScale has zeros alone, at the bottom.
func zeroScale() scale {
	y := figureTop + figureHeight
	return scale{y: func(float64) float64 { return y }, ticks: []tick{{y, "0"}}}
}

// logScale reaches from a tick at or below lowest to one at or above highest. The exponents of its
// ticks are multiples of their step.
func logScale(lowest, highest float64, zero bool) scale {
	low, high := math.Floor(log10(lowest)), math.Ceil(log10(highest))
	step := max(1, niceStep(max(1, high-low), mostTicks))
	bottom := step * math.Floor(low/step)
	top := max(bottom+step, step*math.Ceil(high/step))
	at := func(exponent float64) float64 {
		return figureTop + figureHeight*(1-(exponent-bottom)/(top-bottom))
	}
	s := scale{band: zero, y: func(v float64) float64 {
		if v <= 0 {
			return figureTop + figureHeight + figureBand/2
		}
		return at(log10(v))
	}}
	for exponent := bottom; exponent <= top; exponent += step {
		s.ticks = append(s.ticks, tick{at(exponent), powerOfTen(int(exponent))})
	}
	return s
}

// log10 is that of subnormal numbers too, where math.Log10 is wrong on amd64.
func log10(v float64) float64 { return math.Log2(v) * (math.Ln2 / math.Ln10) }

// label writes the value of a tick.
func label(v float64) string { return Number(strconv.FormatFloat(v, 'g', 6, 64)) }

// Number writes a decimal with an exponent as a product with a power of ten, and anything else as it is.
func Number(s string) string {
	digits, power, found := strings.Cut(s, "e")
	exponent, err := strconv.Atoi(power)
	if !found || err != nil {
		return s
	}
	return digits + "·" + powerOfTen(exponent)
}

func powerOfTen(exponent int) string { return "10" + superscript.Replace(strconv.Itoa(exponent)) }

var superscript = strings.NewReplacer("-", "⁻", "0", "⁰", "1", "¹", "2", "²", "3", "³", "4", "⁴", "5", "⁵", "6", "⁶", "7", "⁷", "8", "⁸", "9", "⁹")

// niceStep returns the least of 1, 2 and 5 times a power of ten of which at most so many fit into
// a span.
func niceStep(span float64, most int) float64 {
	power := math.Pow(10, math.Floor(math.Log10(span/float64(most))))
	for _, m := range []float64{1, 2, 5} {
		if span <= m*power*float64(most)*(1+1e-9) {
			return m * power
		}
	}
	return 10 * power
}
