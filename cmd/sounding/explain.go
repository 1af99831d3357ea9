package main

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"

	"sounding/internal/report"
	"sounding/theorems"
	"sounding/verify"
)

type explainCommand struct {
	ID   string `arg:"" help:"The statement, such as thm-8 or \"Theorem 8\", or those of \"Section 9.1\"."`
	Seed seed   `help:"Seed of the random instances and points, or random." default:"1"`
}

// Run explains one statement, or those of a section, and what is found of them.
func (x *explainCommand) Run(ctx context.Context, c *console) error {
	chosen, err := c.named(x.ID)
	if err != nil {
		return err
	}
	r, err := c.verify(ctx, verify.Options{Statements: chosen, Seed: uint64(x.Seed), Effort: 1})
	if err != nil {
		return err // an explanation has to be whole
	}
	if err := report.Explain(c.out, c.width, r); err != nil {
		return err
	}
	return judgement(r)
}

const (
	nearestShown = 5  // ids that an error about an unknown one names
	longestID    = 64 // bytes of a mistaken id that are compared with others
)

var number = regexp.MustCompile(`[0-9]+`)

// unknownID names the statements that come nearest to an id that is none.
func unknownID(id string) error {
	all := theorems.All()
	start := id[:min(longestID, len(id))]
	slices.SortStableFunc(all, func(a, b *verify.Statement) int {
		return cmp.Compare(levenshtein.ComputeDistance(a.ID, start), levenshtein.ComputeDistance(b.ID, start))
	})
	alike, _ := theorems.Select(number.FindString(start)) // what the paper gives that number
	var near []string
	for _, s := range slices.Concat(alike, all)[:nearestShown] {
		if !slices.Contains(near, s.ID) {
			near = append(near, s.ID)
		}
	}
	return fmt.Errorf("no statement %q: want an id that sounding list prints, such as %s, or a section of the paper, such as \"Section 9.1\"", id, strings.Join(near, ", "))
}
