package report

import (
	_ "embed"
	"fmt"
	"html"
	"html/template"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// Figure shows at most three nonnegative quantities against the position, by marks: nothing lies
// between two positions.
type Figure struct {
	Name    string // of its file
	Title   string // what a reader who does not see it hears first
	Axis    string // the quantity, with its unit
	Series  []Series
	Horizon int // a line divides the positions up to it from those beyond
}

// Series is a quantity with its value at each position, from position 1 on. A value that is +Inf
// or NaN, which stands for one that is not known, is not drawn.
type Series struct {
	Name   string
	Values []float64
	Near   int // how many values are 0 because they are too near to it to tell
}

// The layout of a figure in pixels at its natural size, which a telephone has room for.
const (
	figureWidth  = 340.0
	figureTop    = 26.0  // of the plot, below the name of its axis
	figureHeight = 170.0 // of the plot
	figureBand   = 28.0  // of the band of zeros below a logarithmic plot
	figureLine   = 18.0  // of text
	figureDigit  = 7.8   // the width of a digit, at most
	figureMarks  = 10.0  // from the plot to a mark at its side
	figureSpread = 7.0   // of positions that have marks of the full size
)

// figureStyle colours figures for light and dark pages, so that any colour vision tells the marks apart.
//
//go:embed figure.css
var figureStyle string

// figureShape is a disc, a square around it or a cross over both: one does not hide another.
func figureShape(series int, size float64) string {
	switch series {
	case 0:
		return fmt.Sprintf("m-%.2[1]f 0a%.2[1]f %.2[1]f 0 1 0 %.2[2]f 0a%.2[1]f %.2[1]f 0 1 0-%.2[2]f 0", 2.5*size, 5*size)
	case 1:
		return fmt.Sprintf("m-%.2[1]f-%.2[1]fh%.2[2]fv%.2[2]fh-%.2[2]fz", 4*size, 8*size)
	}
	return fmt.Sprintf("m-%.2[1]f-%.2[1]fl%.2[2]f %.2[2]fm0-%.2[2]fl-%.2[2]f %.2[2]f", 3*size, 6*size)
}

// plot is a figure that is being drawn.
type plot struct {
	strings.Builder
	Figure
	scale
	positions           int
	left, right, bottom float64 // of the plot; end is that of what is drawn
	end                 float64
}

// SVG draws the figure. It is a file by itself, or a part of a page.
func (f Figure) SVG() template.HTML {
	p := &plot{Figure: f, scale: f.scale(), positions: 1}
	for _, q := range f.Series {
		p.positions = max(p.positions, len(q.Values))
	}
	longest := 0
	for _, t := range p.ticks {
		longest = max(longest, len([]rune(t.label)))
	}
	p.left = figureDigit*float64(longest) + 6
	p.right = figureWidth - 4 - figureDigit*float64(len(strconv.Itoa(p.positions)))/2
	p.bottom = figureTop + figureHeight
	if p.band {
		p.bottom += figureBand
	}
	p.axes()
	p.marks()
	p.legend()
	return template.HTML(fmt.Sprintf(`<svg class="figure" xmlns="http://www.w3.org/2000/svg" width="%g" height="%g" viewBox="0 0 %[1]g %[2]g" role="img" aria-label="%s">`,
		figureWidth, p.end, html.EscapeString(f.alt(p.positions))) + "<style>\n" + figureStyle + "</style>" + p.String() + "</svg>")
}

// spread is the distance of two positions.
func (p *plot) spread() float64 {
	return (p.right - p.left - 2*figureMarks) / float64(p.positions)
}

// x returns where a position lies, in pixels from the left.
func (p *plot) x(t float64) float64 { return p.left + figureMarks + p.spread()*(t-0.5) }

// path draws a path, and text writes a text, in a class of figureStyle.
func (p *plot) path(class, format string, args ...any) {
	fmt.Fprintf(p, `<path class="%s" d="%s"/>`, class, fmt.Sprintf(format, args...))
}

func (p *plot) text(class string, x, y float64, text string) {
	fmt.Fprintf(p, `<text class="%s" x="%.1f" y="%.1f">%s</text>`, class, x, y, scripted(text))
}

// axes draws the axes with their names and ticks, and the line at the horizon.
func (p *plot) axes() {
	p.text("", 2, 14, p.Axis)
	if p.band {
		top := p.bottom - figureBand
		p.path("b", "M%.1f %.1fH%.1fV%.1fH%.1fz", p.left, top, p.right, p.bottom, p.left)
		p.text("e", p.left-4, top+figureBand/2+4, "0")
	}
	for _, t := range p.ticks {
		p.path("g", "M%.1f %.1fH%.1f", p.left, t.y, p.right)
		p.text("e", p.left-4, t.y+4, t.label)
	}
	p.path("l", "M%.1f %.1fV%.1fH%.1f", p.left, figureTop, p.bottom, p.right)
	room := int((p.right - p.left) / (figureDigit*float64(len(strconv.Itoa(p.positions))) + figureDigit)) // for labels
	step := max(1, int(niceStep(float64(p.positions), min(10, room))))
	for t := step; t <= p.positions; t += step {
		p.path("l", "M%.1f %.1fv4", p.x(float64(t)), p.bottom)
		p.text("m", p.x(float64(t)), p.bottom+18, strconv.Itoa(t))
	}
	p.end = p.bottom + 18 + figureLine
	p.text("m", (p.left+p.right)/2, p.end, "position t")
	p.path("h", "M%.1f %.1fV%.1f", p.x(float64(p.Horizon)+0.5), figureTop, p.bottom)
}

// markSize returns the size of marks, which are smaller where many positions are close together.
func (p *plot) markSize() float64 { return min(1, max(0.4, p.spread()/figureSpread)) }

// marks draws the values.
func (p *plot) marks() {
	for i, q := range p.Series {
		var marks strings.Builder
		for t, v := range q.Values {
			if drawn(v) {
				fmt.Fprintf(&marks, "M%.1f %.1f%s", p.x(float64(t+1)), p.y(v), figureShape(i, p.markSize()))
			}
		}
		p.path(seriesClass(i), "%s", &marks)
	}
}

func seriesClass(series int) string { return "s" + strconv.Itoa(series) }

// legend names the quantities and the horizon, and says what the marks do not show.
func (p *plot) legend() {
	line := func(format string, args ...any) {
		p.end += figureLine
		p.text("", 22, p.end, fmt.Sprintf(format, args...))
	}
	near := 0
	for i, q := range p.Series {
		line("%s", q.Name)
		p.path(seriesClass(i), "M10 %.1f%s", p.end-4, figureShape(i, 1))
		near += q.Near
	}
	line("harm horizon: position %d of %d", p.Horizon, p.positions)
	p.path("h", "M10 %.1fv14", p.end-11)
	if len(p.ticks) == 1 {
		line("0 at every position")
	}
	if p.band && near > 0 {
		line("at 0, or too near to it to tell (%d)", near)
	}
	if n := p.omitted(); n > 0 {
		line("not drawn: infinite, or known by a bound alone (%d)", n)
	}
	p.end += 8
}

// script is an index or an exponent of one character.
var script = regexp.MustCompile(`([_^])(\w)`)

// scripted returns a text for SVG, with indices lowered and exponents raised.
func scripted(text string) string {
	var b strings.Builder
	shift := 0 // of the character before, from the line that the text stands on
	for text != "" {
		m := script.FindStringSubmatchIndex(text)
		if m == nil {
			m = []int{len(text), len(text)}
		}
		if before := html.EscapeString(text[:m[0]]); shift != 0 && before != "" {
			fmt.Fprintf(&b, `<tspan dy="%d">%s</tspan>`, -shift, before)
			shift = 0
		} else {
			b.WriteString(before)
		}
		if m[0] < m[1] {
			to := 3
			if text[m[0]] == '^' {
				to = -5
			}
			fmt.Fprintf(&b, `<tspan class="i" dy="%d">%s</tspan>`, to-shift, text[m[4]:m[5]])
			shift = to
		}
		text = text[m[1]:]
	}
	return b.String()
}

// drawn says whether a value has a place in a figure.
func drawn(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// omitted counts the values that have none.
func (f Figure) omitted() int {
	n := 0
	for _, q := range f.Series {
		for _, v := range q.Values {
			if !drawn(v) {
				n++
			}
		}
	}
	return n
}

// alt says in words what the figure shows.
func (f Figure) alt(positions int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s, at positions 1 to %d; the harm horizon is %d.", f.Title, f.Axis, positions, f.Horizon)
	for _, q := range f.Series {
		lowest, highest := -1, -1
		for t, v := range q.Values {
			switch {
			case !drawn(v):
				continue
			case lowest < 0:
				lowest, highest = t, t
			case v < q.Values[lowest]:
				lowest = t
			case v > q.Values[highest]:
				highest = t
			}
		}
		if lowest < 0 {
			fmt.Fprintf(&b, " %s: nothing drawn.", q.Name)
			continue
		}
		fmt.Fprintf(&b, " %s: from %.3g (position %d) to %.3g (position %d).", q.Name, q.Values[lowest], lowest+1, q.Values[highest], highest+1)
	}
	return b.String()
}
