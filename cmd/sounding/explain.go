package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"sounding/internal/report"
	"sounding/theorems"
	"sounding/verify"
)

type explainCommand struct {
	ID   string `arg:"" help:"The statement, as sounding list names it."`
	Seed seed   `help:"Seed of the random instances and points, or random." default:"1"`
}

// Run explains one statement and what is found of it.
func (x *explainCommand) Run(ctx context.Context, c *console) error {
	s, ok := theorems.Find(x.ID)
	if !ok {
		return unusable(unknownID(x.ID))
	}
	r, err := c.verify(ctx, verify.Options{Statements: []*verify.Statement{s}, Seed: uint64(x.Seed), Effort: 1})
	if err != nil {
		return err
	}
	if err := report.Explain(c.out, r); err != nil {
		return err
	}
	return judgement(r)
}

// nearestShown is how many ids an error about an unknown one names.
const nearestShown = 5

// unknownID names the statements that come nearest to an id that is none.
func unknownID(id string) error {
	all := theorems.All()
	slices.SortStableFunc(all, func(a, b *verify.Statement) int {
		return cmp.Compare(distance(a.ID, id), distance(b.ID, id))
	})
	var near []string
	for _, s := range all[:min(nearestShown, len(all))] {
		near = append(near, s.ID)
	}
	return fmt.Errorf("no statement %q; accepted are the ids that sounding list prints, such as %s", id, strings.Join(near, ", "))
}

// longestID bounds the part of a mistaken id that is compared with others.
const longestID = 64

// distance returns the number of bytes to insert, delete or replace to get from
// one id to another (Levenshtein).
func distance(a, b string) int {
	b = b[:min(longestID, len(b))]
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replace := diagonal
			if a[i] != b[j] {
				replace++
			}
			diagonal = row[j+1]
			row[j+1] = min(replace, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
