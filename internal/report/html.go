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

// HTML writes what Markdown writes as a page.
func HTML(w io.Writer, r *verify.Report) error {
	var text, body bytes.Buffer
	if err := markdown(&text, r, "--html FILE.html"); err != nil {
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
