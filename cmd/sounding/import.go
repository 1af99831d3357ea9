package main

import (
	"context"
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"

	"sounding/model"
	"sounding/topk"
)

type importCommand struct {
	File string `arg:"" help:"Lines of JSON: log-probabilities of tokens after prefixes, and scores of sequences; - is standard input."`
	Save string `arg:"" help:"The instance file to write." placeholder:"INSTANCE.json"`

	End      string   `help:"Token that ends a sequence." default:"<end>" placeholder:"TOKEN"`
	Recovery []string `help:"Recovery tokens." placeholder:"TOKEN,…"`
	Lambda   *string  `help:"λ, the weight of expected harm (1)." placeholder:"Λ"`
	Beta     *string  `help:"β, the weight of the recovery penalty (0, as in files and of texts)." placeholder:"Β"`
	Gamma    *string  `help:"γ, its discount (1)." placeholder:"Γ"`
}

// Run writes the instance and says how far its profile may be from the model's.
func (i *importCommand) Run(ctx context.Context, c *console) error {
	if err := checkTarget(i.Save); err != nil {
		return err
	}
	type result struct {
		in      *model.Instance
		summary *topk.Summary
	}
	p := c.progress("importing")
	r, err := compute(ctx, func() (r result, err error) {
		f, err := c.open(i.File)
		if err != nil {
			return r, err
		}
		defer f.Close()
		if r.in, r.summary, err = topk.Build(f, i.End); err != nil {
			return r, unusable(fmt.Errorf("%s: %w", i.File, err))
		}
		if err := setScalars(r.in, i.Lambda, i.Beta, i.Gamma); err != nil {
			return r, err
		}
		return r, setRecovery(r.in, i.Recovery)
	})
	p.end()
	if err != nil {
		return err
	}
	if err := writeFile(i.Save, func(w io.Writer) error { return model.WriteInstance(w, r.in) }); err != nil {
		return err
	}
	lambda, _ := r.in.Lambda.Float64()
	_, err = fmt.Fprintf(c.lines(), "%sbounds     on the distance from the model: %v\n", r.summary, r.summary.Bounds(lambda))
	return err
}

// setRecovery names the recovery tokens of an instance.
func setRecovery(in *model.Instance, names []string) error {
	for _, name := range names {
		a := slices.Index(in.Tokens(), name)
		if a < 0 {
			return unusable(fmt.Errorf("--recovery: no token %q: want some of %s", name, strings.Join(in.Tokens()[:min(len(in.Tokens()), shownTokens)], " ")))
		}
		in.Recovery = append(in.Recovery, a)
	}
	slices.Sort(in.Recovery)
	in.Recovery = slices.Compact(in.Recovery)
	return nil
}

const shownTokens = 20 // of a vocabulary, in an error

// setScalars sets the scalars of an instance to those that were given.
func setScalars(in *model.Instance, lambda, beta, gamma *string) (err error) {
	for _, s := range []struct {
		flag string
		text *string
		to   **big.Rat
	}{{"--lambda", lambda, &in.Lambda}, {"--beta", beta, &in.Beta}, {"--gamma", gamma, &in.Gamma}} {
		if s.text == nil {
			continue
		}
		if *s.to, err = model.ParseRational(*s.text); err != nil {
			return unusable(fmt.Errorf("%s: %w", s.flag, err))
		}
	}
	if err := in.Validate(); err != nil {
		return unusable(err)
	}
	return nil
}
