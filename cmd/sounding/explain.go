package main

import (
	"context"
	"fmt"
	"strings"

	"sounding/internal/report"
	"sounding/theorems"
)

type explainCommand struct {
	ID   string `arg:"" help:"The statement, as sounding list names it."`
	Seed uint64 `help:"Seed of the random instances and points." default:"1"`
}

// Run explains one statement and what is found of it.
func (x *explainCommand) Run(ctx context.Context, c *console) error {
	if _, ok := theorems.Find(x.ID); !ok {
		return unusable(unknownID(x.ID))
	}
	r, err := theorems.Verify(ctx, theorems.Options{Only: []string{x.ID}, Seed: x.Seed, Effort: 1})
	if err != nil {
		return err
	}
	if err := report.Explain(c.out, r.Entries[0]); err != nil {
		return err
	}
	return judgement(r)
}

// unknownID names the statements that come nearest to an id that is none.
func unknownID(id string) error {
	var near, all []string
	for _, s := range theorems.Registry() {
		all = append(all, s.ID)
		kind, _, _ := strings.Cut(id, "-")
		if strings.HasPrefix(s.ID, kind+"-") {
			near = append(near, s.ID)
		}
	}
	if near == nil {
		near = all
	}
	return fmt.Errorf("no statement %q; accepted are, among others, %s (see sounding list)", id, strings.Join(near, ", "))
}
