package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"text/tabwriter"

	"sounding/corpus"
	"sounding/exact"
	"sounding/model"
)

type analyzeCommand struct {
	Instance  string `arg:"" optional:"" help:"An instance file; - is standard input."`
	JSON      bool   `name:"json" help:"Print the analysis as JSON."`
	Precision uint   `help:"Enclose every quantity, starting at this many bits." placeholder:"BITS"`

	Corpus     string   `help:"Turn this text into an n-gram model." placeholder:"TEXT" group:"Corpus"`
	Order      int      `help:"Order of the n-gram model: 2 is a bigram model." default:"${order}" group:"Corpus"`
	Vocabulary int      `help:"Tokens: the most frequent ones, and one for the rest." default:"${vocabulary}" group:"Corpus"`
	Length     int      `help:"Positions." default:"${length}" group:"Corpus"`
	Smoothing  int      `help:"Smoothing: how much weight lower orders get; 0 for none." default:"0" group:"Corpus"`
	Harm       string   `help:"Pattern over tokens that makes a sequence harmful." placeholder:"PATTERN" group:"Corpus"`
	Recovery   []string `help:"Recovery tokens." placeholder:"TOKEN" group:"Corpus"`
	Lambda     string   `help:"λ, the weight of expected harm." default:"1" group:"Corpus"`
	Beta       string   `help:"β, the weight of the recovery penalty." default:"1" group:"Corpus"`
	Gamma      string   `help:"γ, its discount." default:"1" group:"Corpus"`
}

// The range of --precision.
const (
	minPrecision = 24
	maxPrecision = 1 << 13
)

// Run analyses an instance and prints its profile.
func (a *analyzeCommand) Run(c *console) error {
	if a.Precision != 0 && (a.Precision < minPrecision || a.Precision > maxPrecision) {
		return unusable(fmt.Errorf("--precision %d: accepted is %d to %d bits", a.Precision, minPrecision, maxPrecision))
	}
	in, made, err := a.input(c)
	if err != nil {
		return err
	}
	result, err := exact.Analyze(in, a.Precision)
	if errors.Is(err, exact.ErrTooLarge) {
		return unusable(fmt.Errorf("%w: try --precision 256", err))
	}
	if err != nil {
		return err
	}
	if a.JSON {
		if made != "" {
			fmt.Fprintln(c.err, made)
		}
		e := json.NewEncoder(c.out)
		e.SetIndent("", "  ")
		return e.Encode(result)
	}
	if made != "" {
		fmt.Fprintf(c.out, "%s\n\n", made)
	}
	return printProfile(c, in, result)
}

// input returns the instance to analyse and, for a text, what was made of it.
func (a *analyzeCommand) input(c *console) (*model.Instance, string, error) {
	switch {
	case a.Instance != "" && a.Corpus != "":
		return nil, "", unusable(errors.New("an instance file and --corpus: accepted is one of them"))
	case a.Instance != "":
		in, err := c.readInstance(a.Instance)
		return in, "", err
	case a.Corpus == "":
		return nil, "", unusable(errors.New("nothing to analyse: accepted is an instance file, or --corpus TEXT"))
	}
	f, err := c.open(a.Corpus)
	if err != nil {
		return nil, "", err
	}
	defer f.Close()
	o := corpus.DefaultOptions()
	o.Order, o.Vocabulary, o.Length, o.Smoothing, o.Harm = a.Order, a.Vocabulary, a.Length, a.Smoothing, a.Harm
	if a.Recovery != nil {
		o.Recovery = a.Recovery
	}
	in, summary, err := corpus.Build(f, o)
	if err != nil {
		return nil, "", unusable(fmt.Errorf("%s: %w", a.Corpus, err))
	}
	for _, s := range []struct {
		flag, value string
		set         **big.Rat
	}{{"--lambda", a.Lambda, &in.Lambda}, {"--beta", a.Beta, &in.Beta}, {"--gamma", a.Gamma, &in.Gamma}} {
		if *s.set, err = model.ParseRational(s.value); err != nil {
			return nil, "", unusable(fmt.Errorf("%s: %w", s.flag, err))
		}
	}
	if err := in.Validate(); err != nil {
		return nil, "", unusable(err)
	}
	return in, summary.String(), nil
}

// printProfile prints the analysis as a table, each number to a few digits.
func printProfile(c *console, in *model.Instance, a *exact.Analysis) error {
	fmt.Fprintf(c.out, "E[Harm]    %s\nVar(Harm)  %s\nhorizon    %d of %d positions\n\n",
		brief(a.Expected), brief(a.Variance), a.Horizon, in.Length())
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "t\tinformation I_t\tshare\t\tgradient²\ttr Fisher\tE ρ_0\tI_t^rec\tE ρ*\trecovery KL\tequilibrium KL\t")
	variance := a.Variance.Float64()
	for _, p := range a.Positions {
		share := 0.0
		if variance > 0 {
			share = p.Information.Float64() / variance
		}
		fmt.Fprintf(w, "%d\t%s\t%.1f%%\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", p.T, short(p.Information), 100*share, bar(share),
			short(p.GradientNormSquared), short(p.FisherTrace), short(p.RecoveryProbability), short(p.RecoveryInformation),
			short(p.GibbsRecovery), short(p.GibbsKL), short(p.EquilibriumKL))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(c.out, "\nInformation, gradient, Fisher trace and base recovery are exact, the others enclosed to 10^-20; --json prints them in full.")
	return err
}

// bar draws a share of 1 with ten marks at most.
func bar(share float64) string { return strings.Repeat("█", int(10*share+0.5)) }

// longestExact is the length up to which an exact number is printed as it is.
const longestExact = 24

// brief prints a number exactly where that is short, and to six digits.
func brief(n exact.Number) string {
	if n.Exact != nil {
		if s := n.Exact.RatString(); len(s) <= longestExact {
			return fmt.Sprintf("%s (%.6g)", s, n.Float64())
		}
	}
	return fmt.Sprintf("%.6g", n.Float64())
}

func short(n exact.Number) string {
	if n.Exact != nil && n.Exact.Sign() == 0 {
		return "0"
	}
	return fmt.Sprintf("%.4g", n.Float64())
}
