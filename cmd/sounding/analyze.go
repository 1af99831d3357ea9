package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"sounding/corpus"
	"sounding/exact"
	"sounding/internal/report"
	"sounding/model"
)

type analyzeCommand struct {
	Instance  string `arg:"" optional:"" help:"An instance file; - is standard input."`
	JSON      bool   `name:"json" help:"Print the analysis as JSON."`
	HTML      string `name:"html" help:"Write the analysis with its figures as a page to this file." placeholder:"FILE.html"`
	CSV       string `name:"csv" help:"Write the numbers of every position to this file, for other programs." placeholder:"FILE.csv"`
	SVG       string `name:"svg" help:"Write each figure to a file of this directory." placeholder:"DIR"`
	Fast      bool   `help:"Compute every quantity in float64 with a proven bound, at any size; the default where exact rationals would be too large."`
	Exact     bool   `help:"Compute exact rationals even where they are long: modulo many primes, in up to an hour."`
	Precision *uint  `help:"Enclose every quantity instead of computing exact rationals, starting at this many bits." placeholder:"BITS"`
	Epsilon   string `help:"Level of recovery that the attack length is about." default:"1/2" placeholder:"Ε"`
	Verbose   bool   `help:"Print the peak of memory to standard error."`
	Tuned     string `help:"Compare this policy, an instance on the same process, with the model." placeholder:"FILE"`
	Deep      bool   `help:"Enclose the minimum of the deep objective over all policies instead, for a small tree."`
	Policy    string `help:"Write the policy that --deep finds to this file, as an instance." placeholder:"FILE.json"`

	Corpus       *string `help:"Turn this text into an n-gram model; - is standard input." placeholder:"TEXT" group:"For a text in place of an instance:"`
	Order        *int    `help:"Order of the n-gram model (2, a bigram model)." placeholder:"N" group:"For a text in place of an instance:"`
	Vocabulary   *int    `help:"Tokens: the most frequent words, the end of the sentence, and one for all other words (50)." placeholder:"V" group:"For a text in place of an instance:"`
	Length       *int    `help:"Positions (20)." placeholder:"T" group:"For a text in place of an instance:"`
	Smoothing    *int    `help:"Pseudo-observations drawn from the next lower order (0)." placeholder:"K" group:"For a text in place of an instance:"`
	Harm         *string `help:"Pattern over tokens; a sequence that it matches has harm 1 (the two most frequent words, one word apart)." placeholder:"PATTERN" group:"For a text in place of an instance:"`
	Lexicon      *string `help:"File of phrases, one a line; in place of a pattern, sequences with more than --at-most of them have harm 1." placeholder:"FILE" group:"For a text in place of an instance:"`
	AtMost       *int    `help:"Occurrences of phrases that are harmless (0)." placeholder:"M" group:"For a text in place of an instance:"`
	Within       *int    `help:"Look for phrases among the first N tokens only (all)." placeholder:"N" group:"For a text in place of an instance:"`
	Recovery     *string `help:"Recovery tokens; an empty list for none (the end of the sentence)." placeholder:"TOKEN,…" group:"For a text in place of an instance:"`
	SaveInstance string  `help:"Write the instance that was made of the text to this file." placeholder:"FILE.json" group:"For a text in place of an instance:"`
	Lambda       *string `help:"λ, the weight of expected harm (1)." placeholder:"Λ" group:"For a text in place of an instance:"`
	Beta         *string `help:"β, the weight of the recovery penalty (0, as in files and imports)." placeholder:"Β" group:"For a text in place of an instance:"`
	Gamma        *string `help:"γ, its discount (1)." placeholder:"Γ" group:"For a text in place of an instance:"`
}

// The range of --precision.
const (
	minPrecision = 24
	maxPrecision = 1 << 13
)

// Run analyses an instance and prints its profile.
func (a *analyzeCommand) Run(ctx context.Context, c *console) error {
	if a.Deep {
		return a.runDeep(ctx, c)
	}
	if a.Policy != "" {
		return unusable(errPolicyAlone)
	}
	var bits uint // 0 stands for exact rationals
	if a.Precision != nil {
		if bits = *a.Precision; bits < minPrecision || bits > maxPrecision {
			return unusable(fmt.Errorf("--precision %d: must be %d to %d bits", bits, minPrecision, maxPrecision))
		}
	}
	if (a.Fast || a.Exact) && a.Precision != nil || a.Fast && a.Exact {
		return unusable(errors.New("--fast, --exact and --precision: want one of them"))
	}
	if err := a.checkTargets(); err != nil {
		return err
	}
	bar := c.progress("analysing")
	p, err := compute(ctx, func() (profile, error) {
		p, err := a.input(c)
		if err != nil {
			return profile{}, err
		}
		err = p.analyze(a, bits, bar.set)
		if err == nil && a.comparing() {
			p.extras, err = a.extras(c, p.instance)
		}
		return p, err
	})
	bar.end()
	if err != nil {
		return err
	}
	if a.Verbose {
		fmt.Fprintln(c.err, peakMemory())
	}
	if err := a.write(&p); err != nil {
		return err
	}
	if a.JSON {
		io.WriteString(c.err, p.made)
		if p.fast {
			fmt.Fprintln(c.err, strings.TrimSuffix(p.precision(), ";"))
		}
		var tuned []exact.Tuned
		if p.extras != nil {
			tuned = p.extras.tuned
		}
		return report.WriteJSON(c.out, p.Beside(tuned))
	}
	return p.print(c)
}

// comparing says whether anything is written that has a place for extras.
func (a *analyzeCommand) comparing() bool {
	return !a.JSON || a.Tuned != "" || a.HTML != "" || a.CSV != "" || a.SVG != ""
}

// checkTargets checks up front that the files can be written.
func (a *analyzeCommand) checkTargets() error {
	for _, name := range []string{a.HTML, a.CSV, a.SaveInstance} {
		if name == "" {
			continue
		}
		if err := checkTarget(name); err != nil {
			return err
		}
	}
	if a.SVG == "" {
		return nil
	}
	return checkDirectory(a.SVG)
}

// write writes the files that the flags ask for.
func (a *analyzeCommand) write(p *profile) error {
	if a.HTML != "" {
		if err := writeFile(a.HTML, p.page); err != nil {
			return err
		}
	}
	if a.CSV != "" {
		if err := writeFile(a.CSV, p.csv); err != nil {
			return err
		}
	}
	if a.SVG == "" {
		return nil
	}
	return p.writeFigures(a.SVG)
}

// analyze computes the profile: with the given number of bits or, for bits = 0, as the
// flags say; without any of them in exact rationals, or in float64 where these would be too large.
func (p *profile) analyze(a *analyzeCommand, bits uint, report func(done, total int)) (err error) {
	if !a.Fast {
		p.Analysis, err = exact.Analyze(p.instance, bits)
		if a.Exact && errors.Is(err, exact.ErrTooLarge) {
			p.Analysis, err = exact.AnalyzeByPrimes(p.instance, report)
		}
		large := errors.Is(err, exact.ErrTooLarge) || errors.Is(err, exact.ErrTooManyStates)
		if large && (bits > 0 || a.Exact) {
			return unusable(fmt.Errorf("%w; --fast computes a profile of any size", err))
		}
		if !large {
			return err
		}
	}
	p.fast = true
	p.Analysis, p.again, err = analyzeFast(p.instance, report)
	return err
}

// input reads the instance to analyse, or makes it of a text.
func (a *analyzeCommand) input(c *console) (profile, error) {
	switch {
	case a.Instance != "" && a.Corpus != nil:
		return profile{}, unusable(errors.New("an instance file and --corpus: want one of them"))
	case a.Instance != "":
		if flag := a.textFlag(); flag != "" {
			return profile{}, unusable(fmt.Errorf("%s with an instance file: want %s with --corpus only, the file has its own", flag, flag))
		}
		in, err := c.readInstance(a.Instance)
		return profile{instance: in}, err
	case a.Corpus == nil:
		return profile{}, unusable(errors.New("nothing to analyse: want an instance file, or --corpus TEXT"))
	}
	o := corpus.DefaultOptions()
	set(&o.Order, a.Order)
	set(&o.Vocabulary, a.Vocabulary)
	set(&o.Length, a.Length)
	set(&o.Smoothing, a.Smoothing)
	set(&o.Harm, a.Harm)
	if err := a.lexicon(c, &o); err != nil {
		return profile{}, err
	}
	if a.Recovery != nil {
		o.Recovery = strings.FieldsFunc(*a.Recovery, func(r rune) bool { return r == ',' })
	}
	f, err := c.open(*a.Corpus)
	if err != nil {
		return profile{}, err
	}
	defer f.Close()
	in, summary, err := corpus.Build(f, o)
	if err != nil {
		return profile{}, unusable(fmt.Errorf("%s: %w", *a.Corpus, err))
	}
	if err := setScalars(in, a.Lambda, a.Beta, a.Gamma); err != nil {
		return profile{}, err
	}
	if a.SaveInstance != "" {
		if err := writeFile(a.SaveInstance, func(w io.Writer) error { return model.WriteInstance(w, in) }); err != nil {
			return profile{}, err
		}
	}
	return profile{instance: in, made: summary.String()}, nil
}

// lexicon reads the lexicon, if there is one.
func (a *analyzeCommand) lexicon(c *console, o *corpus.Options) error {
	switch {
	case a.Lexicon == nil && (a.AtMost != nil || a.Within != nil):
		return unusable(errors.New("--at-most and --within: want them with --lexicon FILE only"))
	case a.Lexicon == nil:
		return nil
	case a.Harm != nil:
		return unusable(errors.New("--harm and --lexicon: want one of them"))
	}
	f, err := c.open(*a.Lexicon)
	if err != nil {
		return err
	}
	defer f.Close()
	o.Lexicon = new(corpus.Lexicon)
	if o.Lexicon.Phrases, err = corpus.ReadPhrases(f); err != nil {
		return unusable(fmt.Errorf("%s: %w", *a.Lexicon, err))
	}
	set(&o.Lexicon.AtMost, a.AtMost)
	set(&o.Lexicon.Within, a.Within)
	if a.Within != nil && *a.Within < 1 {
		return unusable(fmt.Errorf("--within %d: must be at least 1", *a.Within))
	}
	return nil
}

// set sets *to where a flag was given.
func set[T any](to, given *T) {
	if given != nil {
		*to = *given
	}
}

// textFlag names a flag that was given and speaks of a text; none is "".
func (a *analyzeCommand) textFlag() string {
	for _, f := range []struct {
		name  string
		given bool
	}{
		{"--order", a.Order != nil},
		{"--vocabulary", a.Vocabulary != nil},
		{"--length", a.Length != nil},
		{"--smoothing", a.Smoothing != nil},
		{"--harm", a.Harm != nil},
		{"--lexicon", a.Lexicon != nil},
		{"--at-most", a.AtMost != nil},
		{"--within", a.Within != nil},
		{"--recovery", a.Recovery != nil},
		{"--lambda", a.Lambda != nil},
		{"--beta", a.Beta != nil},
		{"--gamma", a.Gamma != nil},
		{"--save-instance", a.SaveInstance != ""},
	} {
		if f.given {
			return f.name
		}
	}
	return ""
}
