package report

import (
	"bytes"
	_ "embed"
	"html/template"
	"io"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer/html"

	"sounding/verify"
)

//go:embed page.html
var pageText string

var page = template.Must(template.New("page").Parse(pageText))

// Page writes a self-contained HTML page: no scripts, no fonts, no other file. Its title is
// plain text.
func Page(w io.Writer, title string, body template.HTML) error {
	return page.Execute(w, struct {
		Title, Version string
		Body           template.HTML
	}{title, Version, body})
}

// whole writes all that VERIFY.md and the files of the evidence hold, as one text.
func whole(w io.Writer, r *verify.Report) error {
	p := &printer{w: w, report: r, instances: instancesOf(r)}
	p.line("# What was verified\n")
	p.line("*Why Is RLHF Alignment Shallow? A Gradient Analysis* (arXiv 2603.04851), statement by statement, by computation on finite models. The formulas of the paper are a reading of it: each entry says how. Written by `sounding verify --html FILE.html`.")
	p.answer(r)
	p.line("")
	p.text("**Result.** ")
	p.count(r)
	p.sentences(r)
	p.line("\n## How to read it\n")
	p.line(grades, "")
	p.line("%s", howToRead)
	p.precisions(r)
	p.glossary(symbolsIn(r.Entries))
	section := ""
	for _, e := range r.Entries {
		if s := topSection(e.Statement); s != section {
			section = s
			p.line("\n## %s", sectionName(s))
		}
		p.line("")
		p.entry(e)
	}
	p.generated(p.instances)
	return p.err
}

// HTML writes the whole report as a page.
func HTML(w io.Writer, r *verify.Report) error {
	var text, body bytes.Buffer
	if err := whole(&text, r); err != nil {
		return err
	}
	// Markdown writes HTML of its own, for anchors and what is folded up.
	m := goldmark.New(
		goldmark.WithExtensions(extension.Table),
		goldmark.WithParserOptions(parser.WithAutoHeadingID()),
		goldmark.WithRendererOptions(html.WithUnsafe()),
	)
	if err := m.Convert(text.Bytes(), &body); err != nil {
		return err
	}
	return Page(w, "What was verified", template.HTML(body.String()))
}
