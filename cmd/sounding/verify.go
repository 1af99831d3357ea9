package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"golang.org/x/term"

	"sounding/internal/report"
	"sounding/model"
	"sounding/verify"
)

type verifyCommand struct {
	selection

	Seed   seed   `help:"Seed of the random instances and points, or random." default:"1"`
	Effort int    `help:"Multiply the number of random instances." default:"1"`
	Report string `help:"Write the answer as Markdown to this file, and the evidence in full to docs/evidence beside it." placeholder:"FILE.md"`
	HTML   string `name:"html" help:"Write the evidence as a page to this file." placeholder:"FILE.html"`
	JSON   string `name:"json" help:"Write the evidence as JSON to this file." placeholder:"FILE"`
	Shard  *shard `help:"Check the i-th of n parts of the statements only; sounding merge joins their reports." placeholder:"I/N"`
	Save   string `help:"Write the counterexamples, one file each, into this directory." placeholder:"DIR"`

	Instance string        `help:"Say which statements are true of this instance, instead of random ones." placeholder:"FILE" group:"For an instance of your own:"`
	Epsilon  string        `help:"Level of recovery ε of Definition 21 and Corollary 23." default:"1/2" placeholder:"Ε" group:"For an instance of your own:"`
	Tuned    string        `help:"A second policy for the statements about one, an instance on the same process." placeholder:"FILE" group:"For an instance of your own:"`
	Limit    size          `help:"Skip what needs more memory." default:"1GiB" group:"For an instance of your own:"`
	Time     time.Duration `help:"Skip what is not done when so much time has passed." default:"100s" placeholder:"D" group:"For an instance of your own:"`
}

// maxEffort bounds the number of random instances.
const maxEffort = 10_000

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// width returns the width of a terminal in columns, and 0 of anything else.
func width(f *os.File) int {
	w, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return w
}

// Run runs the verification and prints its table.
func (v *verifyCommand) Run(ctx context.Context, c *console) error {
	if v.Effort < 1 || v.Effort > maxEffort {
		return unusable(fmt.Errorf("--effort %d: must be 1 to %d", v.Effort, maxEffort))
	}
	statements, err := v.statements(c)
	if err != nil {
		return err
	}
	if err := v.checkShard(); err != nil {
		return err
	}
	if err := v.checkTargets(); err != nil {
		return err
	}
	if v.Time <= 0 {
		return unusable(fmt.Errorf("--time %v: must be a positive duration, such as 100s", v.Time))
	}
	var part *report.Shard // nil for the whole
	if v.Shard != nil {
		part, statements = report.NewShard(v.Shard.index, v.Shard.of, statements)
	}
	o := verify.Options{Statements: statements, Seed: uint64(v.Seed), Effort: v.Effort}
	if v.Instance != "" {
		p := c.progress("reading")
		o.Case, err = compute(ctx, func() (*model.Case, error) { return v.readCase(c) })
		p.end()
		if err != nil {
			return err
		}
		o.Budget = verify.Budget{Memory: int64(v.Limit), Time: v.Time, Exceeded: memoryGuard(int64(v.Limit))}
	}
	r, interrupted, err := v.table(ctx, c, o)
	if err != nil {
		return err
	}
	if r == nil {
		return interrupted
	}
	if err := v.write(r, part); err != nil {
		return err
	}
	if interrupted != nil {
		return interrupted
	}
	return judgement(r)
}

// write writes the files that are asked for, the evidence as JSON of a part where there is one.
func (v *verifyCommand) write(r *verify.Report, part *report.Shard) error {
	for _, t := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{v.Report, func(w io.Writer) error { return report.Markdown(w, r) }},
		{v.HTML, func(w io.Writer) error { return report.HTML(w, r) }},
		{v.JSON, func(w io.Writer) error { return report.JSON(w, r, part) }},
	} {
		if t.name == "" {
			continue
		}
		if err := writeFile(t.name, t.write); err != nil {
			return err
		}
	}
	if v.Report != "" {
		if err := writeEvidence(v.Report, r); err != nil {
			return err
		}
	}
	if v.Save != "" {
		return saveCounterexamples(v.Save, r)
	}
	return nil
}

// table runs the verification and prints its table: row by row, where no progress bar is in
// the way.
func (v *verifyCommand) table(ctx context.Context, c *console, o verify.Options) (r *verify.Report, interrupted, err error) {
	if o.Case != nil {
		if r, interrupted = c.verify(ctx, o); r == nil {
			return nil, interrupted, nil
		}
		return r, interrupted, report.Instance(c.out, c.width, r, v.again)
	}
	var rows *report.Rows
	if !c.oneTerminal() {
		rows = report.NewRows(c.out, c.width, o.Statements)
		o.Finished = rows.Add
	}
	if r, interrupted = c.verify(ctx, o); r == nil {
		return nil, interrupted, nil
	}
	if rows == nil {
		rows = report.NewRows(c.out, c.width, o.Statements)
		for _, e := range r.Entries {
			rows.Add(r, e)
		}
	}
	return r, interrupted, rows.End(r, v.again)
}

// oneTerminal reports whether results and progress share a terminal.
func (c *console) oneTerminal() bool {
	f, ok := c.out.(*os.File)
	return ok && c.interactive && isTerminal(f)
}

// again returns the command line that shows the failure of an entry once more: from
// the file of its counterexample, if there is one.
func (v *verifyCommand) again(e *verify.Entry) string {
	id := e.Statement.ID
	var b strings.Builder
	fmt.Fprintf(&b, "sounding verify --only %s --seed %d", id, v.Seed)
	if v.Effort != 1 {
		fmt.Fprintf(&b, " --effort %d", v.Effort)
	}
	if v.Instance != "" {
		fmt.Fprintf(&b, " --instance %s", v.Instance)
		if v.Tuned != "" {
			fmt.Fprintf(&b, " --tuned %s", v.Tuned)
		}
	}
	switch {
	case e.Counterexample == nil:
		return b.String()
	case v.Save == "":
		return fmt.Sprintf("%s --save DIR; sounding replay DIR/%s.json", &b, id)
	}
	return "sounding replay " + filepath.Join(v.Save, id+".json")
}

// checkTargets checks up front that the output files can be written.
func (v *verifyCommand) checkTargets() error {
	if v.Instance == "" && v.Tuned != "" {
		return unusable(errors.New("--tuned: want it with --instance FILE only"))
	}
	if v.Instance != "" && (v.Report != "" || v.HTML != "") {
		return unusable(errors.New("--instance with --report or --html, which are about random instances: want --json FILE"))
	}
	flags := make(map[string]string)
	for _, t := range []struct{ flag, name string }{{"--report", v.Report}, {"--html", v.HTML}, {"--json", v.JSON}} {
		if t.name == "" {
			continue
		}
		if other := flags[t.name]; other != "" {
			return unusable(fmt.Errorf("%s and %s both name %s: want two files", other, t.flag, t.name))
		}
		flags[t.name] = t.flag
		if err := checkTarget(t.name); err != nil {
			return err
		}
	}
	if v.Report != "" && !special(v.Report) {
		if err := checkDirectory(evidenceBeside(v.Report)); err != nil {
			return err
		}
	}
	if v.Save != "" {
		return checkDirectory(v.Save)
	}
	return nil
}

// evidenceBeside returns the directory for the evidence in full that a report links to.
func evidenceBeside(name string) string { return filepath.Join(filepath.Dir(name), "docs", "evidence") }

// special reports whether a name is that of a device or a pipe, beside which no
// directory is made.
func special(name string) bool {
	info, err := os.Stat(name)
	return err == nil && !info.Mode().IsRegular()
}

// writeEvidence writes the files that the Markdown report of the given name links to.
func writeEvidence(name string, r *verify.Report) error {
	if special(name) {
		return nil
	}
	dir := evidenceBeside(name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return unusable(err)
	}
	for _, f := range report.Evidence(r) {
		if err := writeFile(filepath.Join(dir, f.Name), f.Write); err != nil {
			return err
		}
	}
	return nil
}

// gcPercent lets garbage grow to four times the live heap, which stays below 150 MB
// on random cases. At the usual 100 %, collecting it takes a third of the time.
const gcPercent = 400

// verify runs a verification, with a progress bar on a terminal. When it is interrupted
// the error says how far it came, and the report is partial; it is nil where that, too,
// takes more than patience.
func (c *console) verify(ctx context.Context, o verify.Options) (*verify.Report, error) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	p := c.progress("verifying")
	o.Progress = p.set
	patient, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(patience, stop) })()
	r, err := compute(patient, func() (*verify.Report, error) { return verify.Run(ctx, o) })
	p.end()
	if errors.Is(err, context.Canceled) {
		err = &failure{exitUnfinished, fmt.Errorf("interrupted after %d of %d steps", p.done, p.total)}
	}
	return r, err
}

// patience is how long an interrupted verification may take to end.
const patience = 10 * time.Second

// judgement turns a report into the error that its exit status comes from: falsified
// before panicked before undecided.
func judgement(r *verify.Report) error {
	undecided, panicked := 0, 0
	for _, e := range r.Entries {
		if e.Falsified() {
			return errFalsified
		}
		switch e.Verdict {
		case verify.Undecided:
			undecided++
		case verify.Panicked:
			panicked++
		}
	}
	switch {
	case panicked > 0:
		return fmt.Errorf("the checks of %d statements panicked, which is a mistake in sounding", panicked)
	case undecided > 0:
		return fmt.Errorf("%d statements undecided", undecided)
	}
	return nil
}
