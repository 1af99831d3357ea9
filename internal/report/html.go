package report

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer/html"

	"sounding/theorems"
	"sounding/verify"
)

//go:embed page.html
var pageText string

//go:embed report.html
var reportText string

// Pages are parsed when one is written: most commands write none.
var (
	page       = parsed("page", pageText)
	reportPage = parsed("report", reportText)
)

func parsed(name string, text string) func() *template.Template {
	return sync.OnceValue(func() *template.Template { return template.Must(template.New(name).Funcs(inTemplates).Parse(text)) })
}

// Page writes a self-contained HTML page: no scripts, no fonts, no other file. Its title is
// plain text.
func Page(w io.Writer, title string, body template.HTML) error {
	return page().Execute(w, struct {
		Title, Version string
		Body           template.HTML
	}{title, Version, body})
}

// HTML writes the whole report as a page.
func HTML(w io.Writer, r *verify.Report) error {
	of := instancesOf(r)
	grades, err := rendered(r, of, func(p *printer) {
		p.line(grades, "formal/README.md", verify.LeastInstances) // a page by itself has no file to link to
	})
	if err != nil {
		return err
	}
	how, err := rendered(r, of, func(p *printer) {
		p.line("%s", howToRead)
		p.precisions(r)
		p.generated(of)
	})
	if err != nil {
		return err
	}
	sections, err := sectionPages(r, of)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := reportPage().Execute(&b, map[string]any{
		"Version": Version, "Seed": r.Seed, "Effort": r.Effort, "Result": result(r), "Setting": Prose(setting), "Answer": answerPage(r),
		"Filters": filters(r), "Sentences": sentencePages(r), "Strength": strengthBars(r), "Slack": slackBars(r), "Grades": grades,
		"Terms": termPages(append(symbolsIn(r.Entries), words...)), "Sections": sections, "How": how,
	}); err != nil {
		return err
	}
	return Page(w, "What was verified", template.HTML(b.String()))
}

// rendered returns what write writes as Markdown, as HTML.
func rendered(r *verify.Report, of instances, write func(*printer)) (template.HTML, error) {
	var text, body bytes.Buffer
	p := &printer{w: &text, report: r, instances: of}
	if write(p); p.err != nil {
		return "", p.err
	}
	// Markdown writes HTML of its own, for what is folded up.
	m := goldmark.New(
		goldmark.WithExtensions(extension.Table),
		goldmark.WithParserOptions(parser.WithAutoHeadingID()),
		goldmark.WithRendererOptions(html.WithUnsafe()),
	)
	err := m.Convert(text.Bytes(), &body)
	return template.HTML(body.String()), err
}

// result returns the line that counts the verdicts.
func result(r *verify.Report) string {
	var b strings.Builder
	(&printer{w: &b, terminal: true}).count(r)
	return b.String()
}

// verdictPage is a verdict as the page shows it.
type verdictPage struct{ Verdict, Choice, Sign, Tone string }

// newVerdictPage gives a verdict a sign and a colour beside its name: colour alone says
// nothing.
func newVerdictPage(v verify.Verdict) verdictPage {
	q := verdictPage{Verdict: string(v), Choice: strings.ReplaceAll(strings.ToLower(string(v)), " ", "-")}
	switch v {
	case verify.Holds:
		q.Sign, q.Tone = "✓", "holds"
	case verify.HoldsIf, verify.HoldsOf:
		q.Sign, q.Tone = "◐", "partly"
	case verify.Witness:
		q.Sign, q.Tone = "△", "partly"
	case verify.Refuted:
		q.Sign, q.Tone = "✗", "refuted"
	default:
		q.Sign, q.Tone = "!", "refuted"
	}
	return q
}

type answerPagePart struct {
	Title  string
	Points []answerPagePoint
}

type answerPagePoint struct {
	Text template.HTML
	IDs  []string
	Open string
}

// answerPage returns the answer, nil if the run did not look at all that it rests on.
func answerPage(r *verify.Report) []answerPagePart {
	if !answers(r) {
		return nil
	}
	var list []answerPagePart
	for _, part := range answerParts {
		q := answerPagePart{Title: part.title}
		for _, pt := range part.points {
			q.Points = append(q.Points, answerPagePoint{Prose(pt.text), pt.ids, strings.Join(pt.open(r), ", ")})
		}
		list = append(list, q)
	}
	return append(list,
		answerPagePart{strengthTitle, []answerPagePoint{{Text: Prose(strengthOf(r).text())}}},
		answerPagePart{notCoveredTitle, []answerPagePoint{{Text: Prose(notCovered)}}})
}

type filter struct {
	Name, Title string
	Choices     []choice
}

type choice struct{ ID, Name string }

// filters returns what the statements can be chosen by.
func filters(r *verify.Report) []filter {
	list := []filter{{Name: "section", Title: "Section"}, {Name: "kind", Title: "Kind"}, {Name: "verdict", Title: "Verdict"}}
	for _, e := range r.Entries {
		for i, id := range []string{topSection(e.Statement), string(e.Statement.Relation()), newVerdictPage(verdict(r, e)).Choice} {
			if f, c := &list[i], (choice{id, strings.ReplaceAll(id, "-", " ")}); !slices.Contains(f.Choices, c) {
				f.Choices = append(f.Choices, c)
			}
		}
	}
	return list
}

type sentencePage struct {
	verdictPage
	Place, Section, ID string
	Kinds              string // of the entry and its twins, with blanks between
	Says, Ruling       template.HTML
	Twins              []string
}

func sentencePages(r *verify.Report) []sentencePage {
	var list []sentencePage
	for _, e := range r.Entries {
		if s := e.Statement; s.HasSentence() {
			kinds := string(s.Relation())
			for _, twin := range theorems.Twins(s) {
				kinds += " " + string(twin.Relation())
			}
			q := sentencePage{
				verdictPage: newVerdictPage(verdict(r, e)), Place: s.Place(), Section: topSection(s), ID: s.ID, Kinds: kinds,
				Says: Prose(s.Sentence.Says), Twins: TwinsOf(s),
			}
			if s.Sentence.But != "" {
				q.Ruling = Prose(ruling(s))
			}
			list = append(list, q)
		}
	}
	return list
}

type termPage struct {
	ID            string
	Name, Meaning template.HTML
}

// termPages returns the terms with ids that are the same wherever they are listed.
func termPages(terms []term) []termPage {
	var list []termPage
	for _, t := range terms {
		same := func(o term) bool { return o.name == t.name }
		id, name := slices.IndexFunc(symbols, same), template.HTML(template.HTMLEscapeString(t.name))
		if id < 0 {
			id = len(symbols) + slices.IndexFunc(words, same)
		} else {
			list := pieces(t.name)
			name = marked(list, slices.Repeat([]bool{true}, len(list)))
		}
		list = append(list, termPage{fmt.Sprintf("term-%d", id+1), name, Prose(t.meaning)})
	}
	return list
}
