package report

import (
	"encoding/xml"
	"errors"
	"html/template"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// figures are examples that strain the axes.
var figures = []Figure{
	{Title: "One position.", Axis: "a (nats)", Series: []Series{{Name: "a", Values: []float64{0.5}}}, Horizon: 1},
	{Title: "Nothing but zeros.", Axis: "a", Series: []Series{{Name: "a", Values: make([]float64, 50)}}},
	{Title: "Without end.", Axis: "a", Series: []Series{{Name: "all", Values: []float64{math.Inf(1), math.Inf(1)}}, {Name: "in part", Values: []float64{1, math.NaN()}}}, Horizon: 2},
	{Title: "Far apart.", Axis: "a < b & c", Series: []Series{{Name: "small < ", Values: []float64{1e-300, 0, 1e-310}}, {Name: "b", Values: []float64{0, 0, 0}}, {Name: "c", Values: []float64{1, 2, 3}}}, Horizon: 2},
	{Title: "Decades.", Axis: "a", Series: []Series{{Name: "a", Values: []float64{0, 1e-19, 1}, Near: 1}}, Horizon: 3},
	{Title: "Small.", Axis: "a", Series: []Series{{Name: "a", Values: []float64{5e-324, 5e-324}}}},
	{Title: "Large.", Axis: "a", Series: []Series{{Name: "a", Values: []float64{math.MaxFloat64, 1}}}},
	{Title: "Long.", Axis: "a", Series: []Series{{Name: "a", Values: make([]float64, 1000)}}, Horizon: 600},
}

// texts reads a figure as XML and returns its texts.
func texts(t *testing.T, f Figure) []string {
	t.Helper()
	var list []string
	for d := xml.NewDecoder(strings.NewReader(string(f.SVG()))); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return list
		} else if err != nil {
			t.Fatalf("%s: %v", f.Title, err)
		}
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "text" {
			var text string
			if err := d.DecodeElement(&text, &e); err != nil {
				t.Fatalf("%s: %v", f.Title, err)
			}
			list = append(list, text)
		}
	}
}

// TestScripted: indices and exponents move off the line, and what follows returns to it.
func TestScripted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"a < b", "a &lt; b"},
		{"I_t", `I<tspan class="i" dy="3">t</tspan>`},
		{"λ²I_t/2 & γ^t", `λ²I<tspan class="i" dy="3">t</tspan><tspan dy="-3">/2 &amp; γ</tspan><tspan class="i" dy="-5">t</tspan>`},
		{"x_1^2 + y", `x<tspan class="i" dy="3">1</tspan><tspan class="i" dy="-8">2</tspan><tspan dy="5"> + y</tspan>`},
	} {
		if got := scripted(c.text); got != c.want {
			t.Errorf("%s:\n%s, want\n%s", c.text, got, c.want)
		}
	}
}

// A figure is XML with finite numbers, names its axes, its quantities and the horizon, and marks every
// value that it can and no other.
func TestFigure(t *testing.T) {
	t.Parallel()
	for _, f := range figures {
		drawing := string(f.SVG())
		if m := regexp.MustCompile(`NaN|Inf`).FindString(drawing); m != "" {
			t.Errorf("%s: %s in it", f.Title, m)
		}
		list := texts(t, f)
		if len(list) > 30 {
			t.Errorf("%s: %d texts", f.Title, len(list))
		}
		for _, want := range []string{f.Axis, "position t", f.Series[0].Name, "harm horizon: position " + strconv.Itoa(f.Horizon) + " of " + strconv.Itoa(len(f.Series[0].Values))} {
			if !slices.Contains(list, want) {
				t.Errorf("%s: no text %q", f.Title, want)
			}
		}
		if noted := strings.Contains(drawing, "too near to it to tell (1)"); noted != (f.Title == "Decades.") {
			t.Errorf("%s: says that a zero is not certain: %v", f.Title, noted)
		}
		for i, s := range f.Series {
			want := 1 // in the legend
			for _, v := range s.Values {
				if drawn(v) {
					want++
				}
			}
			paths := regexp.MustCompile(`<path class="s`+strconv.Itoa(i)+`" d="[^"]*"`).FindAllString(drawing, -1)
			if got := strings.Count(strings.Join(paths, ""), "M"); got != want {
				t.Errorf("%s: %s: %d marks, want %d", f.Title, s.Name, got, want)
			}
		}
		if noted := strings.Contains(drawing, "not drawn"); noted != (f.omitted() > 0) {
			t.Errorf("%s: says that values are left out: %v", f.Title, noted)
		}
	}
}

func TestScale(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		reason string
		values []float64
		want   string // labels, from the bottom
		band   bool
	}{
		{"zeros", []float64{0}, "0", false},
		{"zeros at equal steps", []float64{0, 0.02, 0.076}, "0 0.02 0.04 0.06 0.08", false},
		{"a probability", []float64{1, 0.9}, "0 0.2 0.4 0.6 0.8 1", false},
		{"small", []float64{5e-5}, "0 1·10⁻⁵ 2·10⁻⁵ 3·10⁻⁵ 4·10⁻⁵ 5·10⁻⁵", false},
		{"less than two decades", []float64{0.0101, 1}, "0 0.2 0.4 0.6 0.8 1", false},
		{"two decades", []float64{0.02, 2}, "10⁻² 10⁻¹ 10⁰ 10¹", false},
		{"decades and zeros", []float64{0, 0.02, 2}, "10⁻² 10⁻¹ 10⁰ 10¹", true},
		{"decades and what is infinite", []float64{math.Inf(1), 0.02, 2}, "10⁻² 10⁻¹ 10⁰ 10¹", false},
		{"subnormal", []float64{5e-324}, "10⁻³²⁴ 10⁻³²³", false},
		{"many decades", []float64{3e-19, 2}, "10⁻²⁰ 10⁻¹⁵ 10⁻¹⁰ 10⁻⁵ 10⁰ 10⁵", false},
	} {
		s := Figure{Series: []Series{{Values: c.values}}}.scale()
		var labels []string
		for _, tick := range s.ticks {
			labels = append(labels, tick.label)
		}
		if got := strings.Join(labels, " "); got != c.want || s.band != c.band {
			t.Errorf("%s: %s, band %v, want %s, band %v", c.reason, got, s.band, c.want, c.band)
		}
		low, high := s.ticks[0].y, s.ticks[len(s.ticks)-1].y
		if math.Abs(low-figureTop-figureHeight) > 1e-6 || len(labels) > 1 && math.Abs(high-figureTop) > 1e-6 {
			t.Errorf("%s: the ticks reach from %v to %v", c.reason, low, high)
		}
		for _, v := range c.values {
			if below := figureTop + figureHeight; drawn(v) && (s.y(v) < figureTop-1e-6 || s.y(v) > below+1e-6) != (s.band && v == 0) {
				t.Errorf("%s: %g lies at %v", c.reason, v, s.y(v))
			}
		}
	}
}

// allFigures returns a page of them.
func allFigures(t *testing.T) string {
	t.Helper()
	var body, page strings.Builder
	body.WriteString("<h1>Figures</h1>")
	for _, f := range figures {
		body.WriteString("<figure>" + string(f.SVG()) + "</figure>")
	}
	if err := Page(&page, "Figures", template.HTML(body.String())); err != nil {
		t.Fatal(err)
	}
	return page.String()
}
