package report

import (
	"bytes"
	"html/template"
	"image/color"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Series is a quantity with its value at each position, from position 1 on.
type Series struct {
	Name   string
	Values []float64
}

// chartColors can be told apart with any colour vision.
var chartColors = []color.Color{
	color.RGBA{R: 0, G: 114, B: 178, A: 255},
	color.RGBA{R: 213, G: 94, B: 0, A: 255},
	color.RGBA{R: 0, G: 158, B: 115, A: 255},
}

// The size of a chart.
const (
	chartWidth  = 13 * vg.Centimeter
	chartHeight = 7.5 * vg.Centimeter
	chartMargin = 6.0 // points, right of the last label, whose font may be wider in a browser
)

// Chart draws at most three nonnegative quantities against the position, as SVG for a page.
// Infinite values are left out.
func Chart(series ...Series) (template.HTML, error) {
	p := plot.New()
	p.X.Label.Text = "position t"
	p.Y.Min, p.X.Min, p.X.Max = 0, 0.5, 1.5
	p.X.Tick.Marker = positions{}
	// The names follow the lines that they are for: the browser's font may be wider
	// than the one that they are measured in.
	p.Legend.Top, p.Legend.Left, p.Legend.Padding = true, true, vg.Points(2)
	for _, style := range []*text.Style{&p.X.Label.TextStyle, &p.X.Tick.Label, &p.Y.Tick.Label, &p.Legend.TextStyle} {
		style.Font.Variant = "Sans"
	}
	p.Add(plotter.NewGrid())
	highest := 0.0
	for i, s := range series {
		var points plotter.XYs
		for t, v := range s.Values {
			if !math.IsInf(v, 0) {
				points = append(points, plotter.XY{X: float64(t + 1), Y: v})
				highest = max(highest, v)
			}
		}
		if points == nil {
			continue
		}
		line, dots, err := plotter.NewLinePoints(points)
		if err != nil {
			return "", err
		}
		line.Color, line.Width = chartColors[i], vg.Points(1.5)
		dots.Color, dots.Radius = chartColors[i], vg.Points(2.5)
		dots.Shape = []draw.GlyphDrawer{draw.CircleGlyph{}, draw.TriangleGlyph{}, draw.SquareGlyph{}}[i]
		p.Add(line, dots)
		p.Legend.Add(s.Name, line, dots)
		p.X.Max = max(p.X.Max, float64(len(s.Values))+0.5)
	}
	if highest == 0 {
		highest = 1
	}
	p.Y.Max = highest * (1.1 + 0.1*float64(len(series))) // room for the legend
	canvas := vgsvg.New(chartWidth, chartHeight)
	p.Draw(draw.Crop(draw.New(canvas), 0, -chartMargin, 0, 0))
	var b bytes.Buffer
	if _, err := canvas.WriteTo(&b); err != nil {
		return "", err
	}
	drawn := b.String()
	return template.HTML(drawn[strings.Index(drawn, "<svg"):]), nil
}

// positions marks whole numbers, a dozen at most.
type positions struct{}

func (positions) Ticks(_, last float64) []plot.Tick {
	step := 1
	for power := 1; last/float64(step) > 12; {
		switch step / power {
		case 1:
			step = 2 * power
		case 2:
			step = 5 * power
		default:
			power *= 10
			step = power
		}
	}
	var list []plot.Tick
	for t := step; float64(t) <= last; t += step {
		list = append(list, plot.Tick{Value: float64(t), Label: strconv.Itoa(t)})
	}
	return list
}
