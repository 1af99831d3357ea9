package report

import (
	"regexp"
	"strings"
	"testing"
)

// The filter for refuted readings keeps the sentences that are read so.
func TestFilterOfSentences(t *testing.T) {
	t.Parallel()
	kinds := make(map[string]string)
	for _, q := range sentencePages(registryReport()) {
		kinds[q.ID] = q.Kinds
	}
	for id, want := range map[string]string{"eq-1": "paper", "cor-15": "paper refuted"} {
		if kinds[id] != want {
			t.Errorf("%s is filtered as %q, want %q", id, kinds[id], want)
		}
	}
}

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
		`<h3 id="prop-1"><code>prop-1</code> Holds</h3>`,
		`<span class="verdict refuted"><span aria-hidden="true">✗ </span>refuted</span>`,
		`<span class="verdict refuted"><span aria-hidden="true">! </span>FALSIFIED</span>`,
		`<p class="formula">a <math><mo stretchy="false" lspace="0" rspace="0">=</mo></math> <math><mi>b</mi></math></p>`,
		`<input type="radio" name="verdict" id="verdict-holds-if"> holds if</label>`,
		`body:has(#verdict-holds-if:checked) [data-verdict]:not([data-verdict~="holds-if"]) { display: none; }`,
		`<p>One token has seven times the harm.</p>`,
		`<tr><td>2</td><td>a <math>`,
		"<details><summary>5 certificates</summary>",
		"<details><summary>1 near-miss, 0 refuted</summary>",
		"<h3>How near inequalities come to equality</h3>",
		`title="1 with equality">1 with equality</span>`,
		`<dd class="symbols screen"><a href="#term-`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	for _, bad := range []string{"<script", "src=", "http-equiv", "raw HTML omitted", "\n|", "%!"} {
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
