// Sounding verifies the statements of "Why Is RLHF Alignment Shallow? A Gradient
// Analysis" by computation on finite models, and analyses models of one's own.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"unicode"

	"github.com/alecthomas/kong"

	"sounding/internal/layout"
	"sounding/internal/report"
	"sounding/internal/strict"
)

// The exit statuses that scripts rely on.
const (
	exitAsClaimed  = 0
	exitFalsified  = 1 // a statement, or a solver
	exitUsage      = 2 // wrong usage, or unusable input
	exitUnfinished = 3 // interrupted, undecided, or a result that could not be written
)

// commands is the command line.
type commands struct {
	Verify  verifyCommand  `cmd:"" help:"Check every statement; print a table of verdicts."`
	List    listCommand    `cmd:"" help:"List the statements, one line each."`
	Explain explainCommand `cmd:"" help:"Explain one statement: formula, hypotheses, how it is checked."`
	Replay  replayCommand  `cmd:"" help:"Check a stored counterexample again."`
	Merge   mergeCommand   `cmd:"" help:"Join the reports of the shards of a verification."`
	Analyze analyzeCommand `cmd:"" help:"Compute the harm-information profile of a model, or of a text turned into one."`
	Gate    gateCommand    `cmd:"" help:"Check a solver, in any language, against exact values on random instances."`

	Import     importCommand     `cmd:"" help:"Make an instance of a language model's log-probabilities."`
	Completion completionCommand `cmd:"" help:"Print a completion script: source <(sounding completion bash)."`

	Version kong.VersionFlag `help:"Print the version and exit."`
}

// console holds the input and output streams of a command.
type console struct {
	in          io.Reader
	out, err    io.Writer
	interactive bool // err is a terminal
	width       int  // of the terminal that out is, in columns; 0 where it is none
}

// failure is an error with the exit status it ends in.
type failure struct {
	status int
	err    error
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// unusable marks an error as the user's input being at fault.
func unusable(err error) error { return &failure{exitUsage, err} }

// errFalsified ends a command that already reported what was falsified.
var errFalsified = errors.New("")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // so that a second signal ends the process at once
	os.Exit(execute(ctx, os.Args[1:], &console{os.Stdin, os.Stdout, os.Stderr, isTerminal(os.Stderr), width(os.Stdout)}))
}

// lines returns the output for text, whose lines are wrapped to the width of a terminal.
func (c *console) lines() io.Writer { return &layout.Writer{Writer: c.out, Width: c.width} }

// execute runs one command and returns its exit status.
func execute(ctx context.Context, args []string, c *console) int {
	var cli commands
	printed := false // help or the version, which is then all there is to do
	out := &writer{Writer: c.out}
	parser, err := kong.New(&cli,
		kong.Name("sounding"),
		kong.Description("Verify the statements of a gradient analysis of RLHF alignment on finite models."),
		kong.Vars{
			"version": "sounding " + report.Version,
		},
		kong.Writers(out, c.err),
		kong.ConfigureHelp(kong.HelpOptions{WrapUpperBound: c.width}),
		kong.Exit(func(int) { printed = true }),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(c),
	)
	if err != nil {
		panic(err) // the command line is part of the program
	}
	k, err := parser.Parse(plain(args))
	if printed || out.err != nil {
		return c.status(out.err)
	}
	if err != nil {
		fmt.Fprintf(c.err, "sounding: %s\n", misused(parser, args, err))
		return exitUsage
	}
	return c.status(k.Run())
}

// misused says what is wrong with a command line, and where help is.
func misused(parser *kong.Kong, args []string, err error) string {
	var command *kong.Node // nil where the arguments name none
	if p, ok := errors.AsType[*kong.ParseError](err); ok {
		command = p.Context.Selected()
	}
	switch {
	case command != nil:
		return fmt.Sprintf("%s; see sounding %s --help", plainly(oneLine(err)), command.Name)
	case len(args) == 0:
		var names []string
		for _, n := range parser.Model.Children {
			names = append(names, n.Name)
		}
		return fmt.Sprintf("no command: want one of %s; see sounding --help", strings.Join(names, ", "))
	case strings.HasPrefix(args[0], "-"):
		return plainly(oneLine(err)) + "; flags stand after a command; see sounding --help"
	}
	return plainly(oneLine(err)) + "; see sounding --help"
}

// plainly puts words in place of names of Go's types in errors of the parser, and leaves out
// its advice to take a flag for the value of another.
func plainly(text string) string {
	text = valueOfFlag.ReplaceAllString(text, "want $1, not $2")
	return kinds.Replace(missingArgument.ReplaceAllString(text, "missing: $1"))
}

var (
	valueOfFlag     = regexp.MustCompile(`expected (\w+ value) but got ("[^"]*") \(.* flag\); perhaps try .*\?`)
	missingArgument = regexp.MustCompile(`^expected "([^"]*)"$`)
)

var kinds = strings.NewReplacer(
	"expected a valid 64 bit int but got", "want an integer, not",
	"expected a valid 64 bit uint but got", "want a natural number, not",
	"want int value", "want an integer",
	"want uint value", "want a natural number",
	"want duration value", "want a duration such as 10s",
	"want string value", "want a value",
	"want value value", "want a value",
)

// plain puts flags in place of the commands help and version.
func plain(args []string) []string {
	switch {
	case len(args) > 0 && args[0] == "help":
		return append(slices.Clone(args[1:]), "--help")
	case len(args) == 1 && (args[0] == "version" || args[0] == "-v"):
		return []string{"--version"}
	}
	return args
}

// writer keeps the error of a write.
type writer struct {
	io.Writer
	err error
}

func (w *writer) Write(b []byte) (int, error) {
	n, err := w.Writer.Write(b)
	if err != nil {
		w.err = err
	}
	return n, err
}

// status prints what is left to say of an error and returns its exit status.
func (c *console) status(err error) int {
	status := exitUnfinished
	var f *failure
	switch {
	case err == nil:
		return exitAsClaimed
	case errors.Is(err, errFalsified):
		return exitFalsified
	case errors.Is(err, context.Canceled):
		err = errors.New("interrupted; nothing was written")
	case errors.As(err, &f):
		status = f.status
	}
	for _, e := range each(err) {
		fmt.Fprintf(c.err, "sounding: %s\n", oneLine(e))
	}
	return status
}

// each returns an error that says what is wrong at several places of a file as an error for
// each place, with what the whole says before and after them.
func each(err error) []error {
	list, ok := errors.AsType[*strict.Errors](err)
	if !ok {
		return []error{err}
	}
	before, after, _ := strings.Cut(err.Error(), list.Error())
	var errs []error
	for _, e := range list.List {
		errs = append(errs, errors.New(before+e.Error()+after))
	}
	if list.More > 0 {
		errs = append(errs, fmt.Errorf("%sand %d more", before, list.More))
	}
	return errs
}

// oneLine returns the text of an error with spaces in place of line breaks and
// other control characters, which file names and arguments may bring in.
func oneLine(err error) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, err.Error())
}
