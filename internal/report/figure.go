package report

import (
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
)

// figureStyle colours figures for light and dark pages, so that any colour vision tells the marks apart.
const figureStyle = `<style>.figure{--ink:#1b1b1b;--paper:#fff;--shade:#eef0f3;--line:#c9ccd1;--s0:#0072b2;--s1:#c65600;--s2:#00805d;font:12px system-ui,sans-serif;fill:var(--ink);background:var(--paper)}` +
	`@media (prefers-color-scheme:dark){.figure{--ink:#e6e6e6;--paper:#15171a;--shade:#22252a;--line:#474b52;--s0:#56b4e9;--s1:#ff9e5e;--s2:#2fc99a}}` +
	`.figure .l{stroke:var(--line);fill:none}.figure .b{fill:var(--shade)}.figure .h{stroke:var(--ink);stroke-dasharray:4 3}.figure .e{text-anchor:end}.figure .i{font-size:9px}.figure .m{text-anchor:middle}` +
	`.figure .s0{fill:var(--s0)}.figure .s1{fill:none;stroke:var(--s1);stroke-width:1.5}.figure .s2{fill:none;stroke:var(--s2);stroke-width:1.5}</style>`

// figureShapes are a disc, a square around it and a cross over both: one does not hide another.
var figureShapes = [3]string{"m-2.5 0a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0", "m-4-4h8v8h-8z", "m-3-3l6 6m0-6l-6 6"}

// SVG draws the figure. It is a file by itself, or a part of a page.
func (f Figure) SVG() template.HTML {
	s := f.scale()
	positions := 1
	for _, q := range f.Series {
		positions = max(positions, len(q.Values))
	}
	longest := 0
	for _, t := range s.ticks {
		longest = max(longest, len([]rune(t.label)))
	}
	left := figureDigit*float64(longest) + 6
	right := figureWidth - 4 - figureDigit*float64(len(strconv.Itoa(positions)))/2
	bottom := figureTop + figureHeight
	if s.band {
		bottom += figureBand
	}
	x := func(t float64) float64 {
		return left + figureMarks + (right-left-2*figureMarks)*(t-0.5)/float64(positions)
	}

	var b strings.Builder
	fmt.Fprintf(&b, `<text x="2" y="14">%s</text>`, scripted(f.Axis))
	if s.band {
		fmt.Fprintf(&b, `<path class="b" d="M%.1f %.1fH%.1fv%.1fH%.1fz"/>`, left, bottom-figureBand, right, figureBand, left)
		fmt.Fprintf(&b, `<text class="e" x="%.1f" y="%.1f">0</text>`, left-4, bottom-figureBand/2+4)
	}
	for _, t := range s.ticks {
		fmt.Fprintf(&b, `<path class="l" d="M%.1f %.1fH%.1f"/>`, left, t.y, right)
		fmt.Fprintf(&b, `<text class="e" x="%.1f" y="%.1f">%s</text>`, left-4, t.y+4, t.label)
	}
	fmt.Fprintf(&b, `<path class="l" d="M%.1f %.1fV%.1fH%.1f"/>`, left, figureTop, bottom, right)
	room := int((right - left) / (figureDigit*float64(len(strconv.Itoa(positions))) + figureDigit)) // for labels
	step := max(1, int(niceStep(float64(positions), min(10, room))))
	for t := step; t <= positions; t += step {
		fmt.Fprintf(&b, `<path class="l" d="M%.1f %.1fv4"/>`, x(float64(t)), bottom)
		fmt.Fprintf(&b, `<text class="m" x="%.1f" y="%.1f">%d</text>`, x(float64(t)), bottom+16, t)
	}
	end := bottom + 16 + figureLine
	fmt.Fprintf(&b, `<text class="m" x="%.1f" y="%.1f">position t</text>`, (left+right)/2, end)
	fmt.Fprintf(&b, `<path class="h" d="M%.1f %.1fV%.1f"/>`, x(float64(f.Horizon)+0.5), figureTop, bottom)
	for i, q := range f.Series {
		fmt.Fprintf(&b, `<path class="s%d" d="`, i)
		for t, v := range q.Values {
			if drawn(v) {
				fmt.Fprintf(&b, "M%.1f %.1f%s", x(float64(t+1)), s.y(v), figureShapes[i])
			}
		}
		b.WriteString(`"/>`)
	}
	legend := func(class, path, name string) {
		end += figureLine
		fmt.Fprintf(&b, `<path class="%s" d="%s"/>`, class, path)
		fmt.Fprintf(&b, `<text x="22" y="%.1f">%s</text>`, end, scripted(name))
	}
	for i, q := range f.Series {
		legend("s"+strconv.Itoa(i), fmt.Sprintf("M10 %.1f%s", end+figureLine-4, figureShapes[i]), q.Name)
	}
	legend("h", fmt.Sprintf("M10 %.1fv14", end+figureLine-11), fmt.Sprintf("harm horizon: position %d of %d", f.Horizon, positions))
	if n := f.omitted(); n > 0 {
		legend("", "", fmt.Sprintf("not drawn: infinite, or known by a bound alone (%d)", n))
	}
	end += 8
	return template.HTML(fmt.Sprintf(`<svg class="figure" xmlns="http://www.w3.org/2000/svg" width="%g" height="%g" viewBox="0 0 %[1]g %[2]g" role="img" aria-label="%s">`,
		figureWidth, end, html.EscapeString(f.alt(positions))) + figureStyle + b.String() + "</svg>")
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
