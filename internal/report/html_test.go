package report

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"regexp"
	"strings"
	"testing"
)

// TestHTML checks that what Markdown holds comes through: anchors that links lead to,
// tables, and what is folded up; and that a page asks for nothing from elsewhere.
func TestHTML(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	if err := HTML(&b, example(t)); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	for _, want := range []string{
		"<title>What was verified</title>",
		`<article aria-labelledby="prop-1" data-kind="paper" data-verdict="holds-if">`,
		`<h3 id="prop-1">prop-1: Holds</h3>`,
		`<span class="verdict refuted"><span aria-hidden="true">✗ </span>refuted</span>`,
		`<span class="verdict refuted"><span aria-hidden="true">! </span>FALSIFIED</span>`,
		`<p class="formula">a <math><mo stretchy="false">=</mo></math> <math><mi>b</mi></math></p>`,
		`<input type="radio" name="verdict" id="verdict-holds-if"> holds-if</label>`,
		`body:has(#verdict-holds-if:checked) [data-verdict]:not([data-verdict~="holds-if"]) { display: none; }`,
		`<p>One token has seven times the harm.</p>`,
		"<details><summary>5 certificates</summary>",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	for _, bad := range []string{"<script", "src=", "http-equiv", "raw HTML omitted", "\n|"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page has %q", bad)
		}
	}
	for _, link := range regexp.MustCompile(`href="#([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if !strings.Contains(page, `id="`+link[1]+`"`) {
			t.Errorf("a link to %q leads nowhere", link[1])
		}
	}
}

func TestChart(t *testing.T) {
	t.Parallel()
	long := make([]float64, 5000)
	for _, series := range [][]Series{
		{{"one position", []float64{0.5}}},
		{{"zeros", []float64{0, 0, 0}}},
		{{"infinite", []float64{math.Inf(1), math.Inf(1)}}, {"in part", []float64{1, math.Inf(1)}}},
		{{"small < ", []float64{1e-300, 0, 1e-310}}, {"b", []float64{0, 0, 0}}, {"c", []float64{1, 2, 3}}},
		{{"long", long}},
	} {
		drawn, err := Chart(series...)
		if err != nil {
			t.Errorf("%s: %v", series[0].Name, err)
			continue
		}
		// It is XML, and marks at least one position and a dozen at most.
		marks := 0
		for d := xml.NewDecoder(strings.NewReader(string(drawn))); ; {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", series[0].Name, err)
			}
			if e, ok := token.(xml.StartElement); ok && e.Name.Local == "text" {
				marks++
			}
		}
		if marks < 2 || marks > 30 {
			t.Errorf("%s: %d texts", series[0].Name, marks)
		}
	}
}

func TestPositionTicks(t *testing.T) {
	t.Parallel()
	for _, last := range []float64{1.5, 2.5, 12.5, 13.5, 30.5, 99.5, 1000.5, 123456.5} {
		ticks := positions{}.Ticks(0.5, last)
		if len(ticks) == 0 || len(ticks) > 12 {
			t.Errorf("up to %g: %d marks", last, len(ticks))
		}
	}
}
