package main

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"sounding/gate"
	"sounding/internal/report"
)

// gateReportFormat names the file format of a report on a solver.
const gateReportFormat = "sounding/gate-report/1"

type gateReportFile struct {
	Format  string          `json:"format"`
	Version string          `json:"version"`
	Levels  []gateLevelFile `json:"levels"`
	// Training has the levels of gate.TrainingFormat.
	Training  []trainingLevelFile `json:"training,omitempty"`
	Relations []relationFile      `json:"relations,omitempty"`
}

type gateLevelFile struct {
	Level      gate.Level         `json:"level,omitzero"`
	Seed       uint64             `json:"seed"`
	Verdict    string             `json:"verdict"`
	Instances  int                `json:"instances"`
	Wanted     int                `json:"wanted"`
	Unanswered int                `json:"unanswered"`
	Quantities []gateQuantityFile `json:"quantities"`
	Failures   []*gate.Saved      `json:"failures"`
}

type gateQuantityFile struct {
	Quantity  gate.Quantity `json:"quantity"`
	Statement string        `json:"statement"`
	Tolerance string        `json:"tolerance"`
	Instances int           `json:"instances"`
	Nonzero   int           `json:"nonzero"`
	Undecided int           `json:"undecided"`
	Result    string        `json:"result"`
}

// writeJSON writes the reports in the format gateReportFormat.
func (p *gateReport) writeJSON(w io.Writer) error {
	file := gateReportFile{Format: gateReportFormat, Version: report.Version}
	for _, r := range p.reports {
		level := gateLevelFile{
			Level: r.Level, Seed: r.Seed, Verdict: verdict(r), Instances: r.Instances, Wanted: r.Wanted, Unanswered: r.Unanswered,
		}
		for _, q := range r.Quantities {
			level.Quantities = append(level.Quantities, gateQuantityFile{
				q.Quantity, q.Quantity.Statement(), p.allowed(q.Quantity), q.Instances, q.Nonzero, q.Undecided, result(r, q),
			})
		}
		for _, f := range r.Failures {
			level.Failures = append(level.Failures, r.Save(f))
		}
		file.Levels = append(file.Levels, level)
	}
	file.Training, file.Relations = p.trainingFiles()
	return json.MarshalWrite(w, &file, jsontext.WithIndent("  "))
}

// A report in JUnit XML is a suite per level with a case per quantity, and one for
// every kind of unusable answer.
type junitFile struct {
	XMLName xml.Name     `xml:"testsuites"`
	Suites  []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Failure *junitMessage `xml:"failure"`
	Skipped *junitMessage `xml:"skipped"`
}

type junitMessage struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// writeJUnit writes the reports as JUnit XML.
func (p *gateReport) writeJUnit(w io.Writer) error {
	var file junitFile
	for _, r := range p.reports {
		s := junitSuite{Name: fmt.Sprintf("sounding gate, level %s, seed %d", r.Level, r.Seed)}
		if r.Level == "" {
			s.Name = "sounding gate, " + p.file
		}
		for _, q := range r.Quantities {
			c := junitCase{Class: "sounding.gate", Name: string(q.Quantity)}
			switch {
			case q.Failure != nil:
				c.Failure = junitFailure(q.Failure, p.failure(r, q.Failure))
			case result(r, q) != "ok":
				c.Skipped = &junitMessage{Message: result(r, q)}
			}
			s.add(c)
		}
		for _, f := range r.Failures {
			if f.Quantity() == "" {
				s.add(junitCase{Class: "sounding.gate", Name: "usable answers", Failure: junitFailure(f, p.failure(r, f))})
			}
		}
		file.Suites = append(file.Suites, s)
	}
	file.Suites = append(file.Suites, p.trainingSuites()...)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	return e.Encode(&file)
}

func (s *junitSuite) add(c junitCase) {
	s.Tests++
	if c.Failure != nil {
		s.Failures++
	}
	if c.Skipped != nil {
		s.Skipped++
	}
	s.Cases = append(s.Cases, c)
}

func junitFailure(failure error, text string) *junitMessage {
	message, _, _ := strings.Cut(failure.Error(), "\n")
	return &junitMessage{Message: message, Text: text}
}

// annotate prints every failure as an annotation of GitHub Actions.
func (p *gateReport) annotate(w io.Writer) error {
	escape := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	var texts []string
	for _, r := range p.training {
		for _, f := range r.Failures {
			texts = append(texts, p.trainingFailure(r, f))
		}
	}
	for _, r := range p.reports {
		for _, f := range r.Failures {
			texts = append(texts, p.failure(r, f))
		}
	}
	for _, text := range texts {
		if _, err := fmt.Fprintf(w, "::error title=sounding gate::%s\n", escape.Replace(strings.TrimSpace(text))); err != nil {
			return err
		}
	}
	return nil
}
