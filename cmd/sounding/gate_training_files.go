package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"sounding/gate"
	"sounding/gate/training"
)

// trainingLevelFile is a level of gate.TrainingFormat in a report as JSON.
type trainingLevelFile struct {
	Level      gate.Level             `json:"level,omitzero"`
	Seed       uint64                 `json:"seed"`
	Verdict    string                 `json:"verdict"`
	Objective  training.Objective     `json:"objective"`
	TokenLevel bool                   `json:"token_level,omitzero"`
	OnPolicy   bool                   `json:"on_policy,omitzero"`
	Instances  int                    `json:"instances"`
	Wanted     int                    `json:"wanted"`
	Unanswered int                    `json:"unanswered"`
	Quantities []trainingQuantityFile `json:"quantities"`
	Failures   []*gate.SavedTraining  `json:"failures"`
}

type trainingQuantityFile struct {
	Quantity  training.Quantity `json:"quantity"`
	Instances int               `json:"instances"`
	Nonzero   int               `json:"nonzero"`
	Excluded  int               `json:"mistakes_excluded"`
	Mistakes  int               `json:"mistakes"`
	Undecided int               `json:"undecided"`
	Result    string            `json:"result"`
}

type relationFile struct {
	Relation  string `json:"relation"`
	Meaning   string `json:"meaning"`
	Instances int    `json:"instances"`
	Failure   string `json:"failure,omitzero"`
}

// trainingFiles returns what was found as JSON has it.
func (p *gateReport) trainingFiles() (levels []trainingLevelFile, relations []relationFile) {
	for _, r := range p.training {
		level := trainingLevelFile{
			Level: r.Level, Seed: r.Seed, Verdict: trainingVerdict(r), Objective: r.Objective, TokenLevel: r.TokenLevel, OnPolicy: r.OnPolicy,
			Instances: r.Instances, Wanted: r.Wanted, Unanswered: r.Unanswered,
		}
		for _, q := range r.Quantities {
			level.Quantities = append(level.Quantities, trainingQuantityFile{
				q.Quantity, q.Instances, q.Nonzero, q.Excluded, q.Mistakes, q.Undecided, trainingResult(r, q),
			})
		}
		for _, f := range r.Failures {
			level.Failures = append(level.Failures, r.Save(f))
		}
		levels = append(levels, level)
	}
	for _, r := range p.relations {
		relations = append(relations, relationFile{r.Relation.Name, r.Relation.Meaning, r.Instances, r.Failure})
	}
	return levels, relations
}

// trainingSuites returns what was found as JUnit has it.
func (p *gateReport) trainingSuites() []junitSuite {
	var suites []junitSuite
	for _, r := range p.training {
		s := junitSuite{Name: fmt.Sprintf("sounding gate, %s, level %s, seed %d", gate.TrainingFormat, r.Level, r.Seed)}
		if r.Level == "" {
			s.Name = fmt.Sprintf("sounding gate, %s, %s", gate.TrainingFormat, p.file)
		}
		for _, q := range r.Quantities {
			c := junitCase{Class: "sounding.gate", Name: string(q.Quantity)}
			switch {
			case q.Failure != nil:
				c.Failure = junitFailure(q.Failure, p.trainingFailure(r, q.Failure))
			case trainingResult(r, q) != "ok":
				c.Skipped = &junitMessage{Message: trainingResult(r, q)}
			}
			s.add(c)
		}
		for _, f := range r.Failures {
			if f.Quantity == "" {
				s.add(junitCase{Class: "sounding.gate", Name: "usable answers", Failure: junitFailure(f, p.trainingFailure(r, f))})
			}
		}
		suites = append(suites, s)
	}
	if len(p.relations) > 0 {
		s := junitSuite{Name: "sounding gate, relations"}
		for _, r := range p.relations {
			c := junitCase{Class: "sounding.gate", Name: r.Relation.Name}
			switch {
			case r.Failure != "":
				c.Failure = &junitMessage{Message: r.Failure, Text: r.Relation.Meaning}
			case r.Instances == 0:
				c.Skipped = &junitMessage{Message: notOffered}
			}
			s.add(c)
		}
		suites = append(suites, s)
	}
	return suites
}

// printRelations prints what was found of the solver's answers to each other.
func (p *gateReport) printRelations(b *strings.Builder) {
	if len(p.relations) == 0 {
		return
	}
	fmt.Fprint(b, "\nrelations of the answers to each other, without a truth\n\n")
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	for _, r := range p.relations {
		result := "ok"
		switch {
		case r.Failure != "":
			result = "FAILS"
		case r.Instances == 0:
			result = notOffered
		}
		fmt.Fprintf(w, "%s\t%d\t%s\n", r.Relation.Name, r.Instances, result)
	}
	w.Flush() // into a string, which takes everything
	for _, r := range p.relations {
		if r.Failure != "" {
			fmt.Fprintf(b, "\nFAILS: %s. %s %s\non:\n\n%s\n", r.Relation.Name, r.Relation.Meaning, r.Failure, r.Question.Instance)
		}
	}
}
