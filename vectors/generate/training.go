package main

import (
	"fmt"
	"math"
	"strings"

	"github.com/go-json-experiment/json"

	"sounding/gate"
	"sounding/gate/training"
)

// How many vectors a quantity has at most, and what they are taken from: the smallest
// questions that show a mistake, and then random plain ones.
const (
	mostSmall   = 24
	mostDrawn   = 20
	smallTried  = 800
	drawnTried  = 250
	timesShown  = 3 // how often small vectors show a mistake, where they can
	longestLine = 3500
)

var regularised = training.Claim{Objective: training.ObjectiveRegularised}

// trainingFile returns the file of a quantity of what training code computes.
func trainingFile(q training.Quantity) ([]byte, error) {
	c := &collection{quantity: q, shown: make(map[string]int), ids: make(map[string]bool)}
	for _, question := range q.Smallest(regularised, smallTried) {
		if err := c.offer(question, true); err != nil {
			return nil, err
		}
		if len(c.vectors) == mostSmall {
			break
		}
	}
	small := len(c.vectors)
	for i := range drawnTried {
		question := training.Draw(training.LevelPlain, 1, i, regularised)
		if !q.Asked(question) || q == training.LossGradient && len(question.Batches) > 9 {
			continue
		}
		if err := c.offer(question, false); err != nil {
			return nil, err
		}
		if len(c.vectors) == small+mostDrawn {
			break
		}
	}
	f := &file{Format: format, Quantity: string(q), Definition: q.Meaning(), Notes: make(map[string]note)}
	for _, m := range c.mistakes {
		if c.shown[m.Name] > 0 {
			f.Notes[m.Name] = note{m.Explanation, links(m.Seen)}
		}
	}
	return f.text(c.vectors)
}

// collection holds the vectors of a quantity so far.
type collection struct {
	quantity training.Quantity
	vectors  []*vector
	mistakes []training.Mistake
	shown    map[string]int // in how many vectors each mistake is wrong
	ids      map[string]bool
}

// offer adds a question, where its numbers are short; one that is needed has to show a
// mistake that few vectors show.
func (c *collection) offer(question *training.Question, needed bool) error {
	request, err := gate.TrainingRequest(question, []training.Quantity{c.quantity})
	if err != nil {
		return err
	}
	v, err := newVector(string(c.quantity), request)
	if err != nil || c.ids[v.ID] {
		return err
	}
	s := training.Solve(question)
	shape := c.quantity.Shape(question)
	if c.quantity == training.LossGradient {
		shape = training.Quantity("gradient").Shape(question) // once weighed
	}
	near, ok, err := c.exact(v, s, shape)
	if err != nil || !ok {
		return err
	}
	flags := c.wrong(v, s, shape, near)
	useful := !needed
	for _, name := range flags {
		useful = useful || c.shown[name] < timesShown
	}
	if !useful || len(flags) == 0 {
		return nil
	}
	if line, err := json.Marshal(v); err != nil || len(line) > longestLine {
		return err
	}
	for _, name := range flags {
		c.shown[name]++
	}
	c.ids[v.ID] = true
	c.vectors = append(c.vectors, v)
	c.mistakes = append(c.mistakes, s.Mistakes(c.quantity)...)
	return nil
}

// exact sets the exact answer and returns it in float64; false where a number is too
// long.
func (c *collection) exact(v *vector, s *training.Solution, shape training.Shape) ([]float64, bool, error) {
	compared := s.Compared(c.quantity)
	for _, precision := range []uint{128, 512} {
		truth, err := s.Truth(c.quantity, precision)
		if err != nil {
			return nil, false, err
		}
		texts, near, all := make([]any, len(truth)), make([]float64, len(truth)), true
		for i, n := range truth {
			text, ok := numeral(n)
			all = all && ok
			near[i] = float(text)
			if texts[i] = text; !compared[i] {
				texts[i] = nil
			}
		}
		if all {
			v.Exact = nested(shape, texts)
			return near, true, nil
		}
	}
	return nil, false, nil
}

// A mistake shows where a number is off by more than this part of it.
const different = 1e-6

// wrong sets the answers of the known mistakes that show, and returns their names.
func (c *collection) wrong(v *vector, s *training.Solution, shape training.Shape, truth []float64) []string {
	v.Wrong = []wrong{}
	compared := s.Compared(c.quantity)
	answers := s.Wrong(c.quantity, func(string) bool { return true })
	var flags []string
	for _, m := range s.Mistakes(c.quantity) {
		values := answers[m.Name][0]
		shows, finite := false, true
		texts := make([]any, len(values))
		for i, w := range values {
			text, ok := approximate(w)
			if texts[i] = text; !compared[i] {
				texts[i] = nil
				continue
			}
			finite = finite && ok
			shows = shows || math.Abs(w-truth[i]) > different*(1+math.Abs(truth[i]))
		}
		if shows && finite {
			v.Wrong = append(v.Wrong, wrong{m.Name, nested(shape, texts)})
			flags = append(flags, m.Name)
		}
	}
	return flags
}

// links returns the addresses of repository#number.
func links(seen []string) []string {
	var list []string
	for _, s := range seen {
		repository, number, _ := strings.Cut(s, "#")
		list = append(list, fmt.Sprintf("https://github.com/%s/issues/%s", repository, number))
	}
	return list
}
