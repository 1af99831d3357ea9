package report

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"math"
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
	return sync.OnceValue(func() *template.Template { return template.Must(template.New(name).Parse(text)) })
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
		text := strings.ReplaceAll(grades, "[formal/README.md](%[1]sformal/README.md)", "formal/README.md%[1]s")
		p.line(text, "", verify.LeastInstances) // a page by itself has no file to link to
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
func newVerdictPage(v string) verdictPage {
	q := verdictPage{Verdict: v, Choice: strings.ReplaceAll(strings.ToLower(v), " ", "-")}
	switch verify.Verdict(v) {
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

// barsPage is a bar for each section, and what its parts are.
type barsPage struct {
	What   string
	Legend []barPart
	Bars   []barPage
}

type barPage struct {
	Name  string
	Parts []barPart
}

type barPart struct {
	Name  string
	Rank  int // of its colour
	Count int
}

// newBarsPage returns bars with their legend, which has a part of each name, by rank.
func newBarsPage(what string, bars []barPage) *barsPage {
	if bars == nil {
		return nil
	}
	q := &barsPage{What: what, Bars: bars}
	for _, bar := range bars {
		for _, part := range bar.Parts {
			if !slices.ContainsFunc(q.Legend, func(o barPart) bool { return o.Rank == part.Rank }) {
				q.Legend = append(q.Legend, part)
			}
		}
	}
	slices.SortFunc(q.Legend, func(a, b barPart) int { return b.Rank - a.Rank })
	return q
}

// strengthBars returns, for each section, how many claims reach each grade, strongest first.
func strengthBars(r *verify.Report) *barsPage {
	var list []barPage
	for _, section := range sectionsOf(r) {
		of := make(map[verify.Grade]int)
		for _, e := range r.Entries {
			for i := range e.Claims {
				if c := &e.Claims[i]; topSection(e.Statement) == section && !c.Also {
					of[c.Grade]++
				}
			}
		}
		q := barPage{Name: sectionName(section)}
		for g := verify.Disproved; g >= verify.Ungraded; g-- {
			if of[g] > 0 {
				q.Parts = append(q.Parts, barPart{g.String(), int(g), of[g]})
			}
		}
		list = append(list, q)
	}
	return newBarsPage("claims", list)
}

// slackBounds say how near to equality an inequality came, relative to its larger side.
var slackBounds = []struct {
	name string
	most float64
}{{"with equality", 0}, {"within 1 %", 0.01}, {"within 10 %", 0.1}, {"further", math.Inf(1)}}

// slackBars returns, for each section, how near its inequalities came to equality on the
// instances that they were compared on.
func slackBars(r *verify.Report) *barsPage {
	var list []barPage
	for _, section := range sectionsOf(r) {
		of, total := make([]int, len(slackBounds)), 0
		for _, e := range r.Entries {
			if topSection(e.Statement) != section {
				continue
			}
			for _, c := range e.Claims {
				for _, q := range c.Tallies {
					if q.Inequality {
						of[nearness(q)]++
						total++
					}
				}
			}
		}
		if total == 0 {
			continue
		}
		q := barPage{Name: sectionName(section)}
		for i, n := range of {
			if n > 0 {
				q.Parts = append(q.Parts, barPart{slackBounds[i].name, 6 - i, n})
			}
		}
		list = append(list, q)
	}
	return newBarsPage("inequalities", list)
}

// nearness returns the first of slackBounds that an inequality keeps.
func nearness(q verify.Tally) int {
	if q.Equal > 0 {
		return 0
	}
	i := 1
	for q.Least > slackBounds[i].most {
		i++
	}
	return i
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

type sectionPage struct {
	ID, Key, Name string
	Entries       []entryPage
}

type entryPage struct {
	verdictPage
	ID, Title, Kind                                        string
	Instead                                                string // which entries refute the paper's sentence; the formula is what is true instead
	ReadAs, Claimed, Place                                 string
	Formulas                                               []template.HTML
	Evidence                                               template.HTML
	Sentence, Wording, Saving, Repair, Hypotheses, Reading template.HTML
	Failure                                                string
	SeeAlso                                                []twinPage
	Story                                                  *storyPage
	Claims                                                 []claimPage // of an entry that has several
	Symbols                                                []termPage  // that occur in the entry
	Full, NearMisses                                       template.HTML
	Missed                                                 string // how many near-misses there are, and were refuted
}

type claimPage struct {
	Formula, Evidence template.HTML
	Number, Grade     string
}

type twinPage struct{ ID, Verdict, Title string }

type storyPage struct {
	Told, Left, Right, Practice, Where           template.HTML
	Drawing, LeftValue, RightValue, Claim, Again string
}

func sectionPages(r *verify.Report, of instances) ([]sectionPage, error) {
	var list []sectionPage
	for _, section := range sectionsOf(r) {
		q := sectionPage{ID: "section-" + section, Key: section, Name: sectionName(section)}
		for _, e := range r.Entries {
			if topSection(e.Statement) == section {
				x, err := newEntryPage(r, of, e)
				if err != nil {
					return nil, err
				}
				q.Entries = append(q.Entries, x)
			}
		}
		list = append(list, q)
	}
	return list, nil
}

func newEntryPage(r *verify.Report, of instances, e *verify.Entry) (entryPage, error) {
	s := e.Statement
	q := entryPage{
		verdictPage: newVerdictPage(verdict(r, e)), ID: s.ID, Title: s.Title, Kind: string(s.Relation()), Evidence: Prose(Phrase(e)),
		Instead: instead(r, e, func(id string) string { return id }), ReadAs: readAs(s), Claimed: claimed(s), Hypotheses: Prose(strings.TrimSuffix(strings.Join(s.Hypotheses, "; "), ".")), Reading: Prose(s.Reading), Repair: Prose(s.Repair), Saving: Prose(s.Saving),
	}
	for _, f := range clauses(s.Formula) {
		q.Formulas = append(q.Formulas, formula(f))
	}
	if whole := sentenceOf(s); whole != nil {
		q.Place, q.Sentence = whole.Place(), Prose(whole.Sentence.Says+" "+ruling(whole))
	}
	for _, o := range theorems.Twins(s) {
		q.SeeAlso = append(q.SeeAlso, twinPage{o.ID, string(o.Standing()), o.Title})
	}
	if s.Refuted != nil {
		q.Wording = Prose(s.Refuted.Wording)
	}
	if err := e.Err(); err != nil {
		q.Failure = err.Error()
	}
	if c := e.Counterexample; s.Refuted != nil && c != nil && e.Violation == nil {
		v := c.Violation
		q.Story = &storyPage{
			Told: Prose(s.Story.Told), Left: Prose(initial(s.Story.Left)), Right: Prose(initial(s.Story.Right)), Practice: Prose(s.Story.Practice),
			Drawing: c.Case.String(), LeftValue: v.Left.Brief(), RightValue: v.Right.Brief(), Claim: v.Claim, Where: Prose(where(v)), Again: again(s),
		}
	}
	q.Symbols = termPages(symbolsIn([]*verify.Entry{e}))
	if e.Violation == nil && len(e.Claims) > 1 {
		for i := range e.Claims {
			c := &e.Claims[i]
			q.Claims = append(q.Claims, claimPage{formula(formulaOf(c)), Prose(strength(c)), number(e, i), gradeOf(c)})
		}
	}
	var err error
	if q.Full, err = rendered(r, of, func(p *printer) {
		if e.Violation == nil {
			p.checks(e)
		}
		p.kernel(e)
	}); err != nil || len(e.NearMisses) == 0 {
		return q, err
	}
	q.Missed = fmt.Sprintf("%s, %d refuted", plural(len(e.NearMisses), "near-miss"), refutedMisses(e))
	q.NearMisses, err = rendered(r, of, func(p *printer) {
		for i, m := range e.NearMisses {
			p.nearMiss(i+1, m)
		}
	})
	return q, err
}
