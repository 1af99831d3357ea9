// Mutants measures what the suite notices of small faults in its own code, and writes
// docs/mutants.md. See docs/power.md.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"sounding/tools/mutation"
)

// options says which mutants are made, and what is done with them.
type options struct {
	all, list                bool
	only, fresh, json, again string
}

// partial reports whether the mutants are others than those of the document.
func (o *options) partial() bool { return o.only != "" || o.fresh != "" }

func main() {
	var o options
	flag.BoolVar(&o.all, "all", false, "make every mutant, not a choice of them")
	flag.StringVar(&o.only, "only", "", "run only the mutants whose id contains this `text`; write no document")
	flag.StringVar(&o.fresh, "fresh", "", "run other mutants, chosen by this `word`; write no document")
	flag.StringVar(&o.json, "json", "", "write what became of each mutant to this `file`, one on a line")
	flag.StringVar(&o.again, "again", "", "take over what an earlier campaign wrote to this `file` with -json, and run what survived there or is new")
	flag.BoolVar(&o.list, "list", false, "list the mutants and run nothing")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, &o); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

// findRoot returns the root of the module that is measured: the working directory or one
// that it lies in.
func findRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && bytes.HasPrefix(text, []byte("module sounding\n")) {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("no go.mod of module sounding here or above")
		}
		dir = parent
	}
}

func run(ctx context.Context, o *options) error {
	root, err := findRoot()
	if err != nil {
		return err
	}
	chosen, all, err := choose(root, o)
	if err != nil {
		return err
	}
	reasons, err := readReasons(all)
	if err != nil {
		return err
	}
	if o.list {
		for _, m := range chosen {
			fmt.Printf("%s\n\t%s:%d\n\t%s\n\t%s\n", m.ID(), m.File, m.Line, m.Original, m.Mutated)
		}
		return nil
	}
	dir, err := os.MkdirTemp("", "mutants")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	program, err := mutation.Instrument(ctx, root, dir, chosen, "./cmd/sounding")
	if err != nil {
		return err
	}
	if err := checkFaults(chosen, program.Mutants); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "%d mutants, %d of them compile, of %d that could be made\n", len(chosen), len(program.Mutants), len(all))
	results, err := measure(ctx, &campaign{program: program, dir: dir}, o.again, reasons)
	if err != nil {
		return err
	}
	if o.json != "" {
		if err := writeJSON(o.json, results); err != nil {
			return err
		}
	}
	d := document{sites: len(all), chosen: len(program.Mutants), results: results}
	fmt.Fprintln(os.Stderr, d.count())
	if o.partial() {
		return nil
	}
	var b bytes.Buffer
	d.write(&b)
	return os.WriteFile(filepath.Join(root, "docs", "mutants.md"), b.Bytes(), 0o666)
}

// measure returns what becomes of the mutants of a campaign: what the file again of an earlier one
// says, "" if there is none, and what running the others shows, as far as that gets before it is
// stopped.
func measure(ctx context.Context, c *campaign, again string, reasons map[string]string) ([]result, error) {
	from, err := revision(ctx, c.program.Root)
	if err != nil {
		return nil, err
	}
	earlier, err := readResults(again)
	if err != nil {
		return nil, err
	}
	results, rest := takeOver(earlier, c.program.Mutants, reasons)
	for _, m := range rest {
		c.need(trialsOf(m.Folder()))
	}
	if err = c.prepare(ctx); err == nil {
		var ran []result
		ran, err = c.run(ctx, rest, from, reasons)
		results = append(results, ran...)
	}
	if err != nil && ctx.Err() == nil {
		return nil, err
	}
	return inOrder(results, c.program.Mutants), nil
}

// choose returns the mutants to run, with the faults, and all that could be made.
func choose(root string, o *options) (chosen, all []*mutation.Mutant, err error) {
	for _, f := range subjects {
		found, err := mutation.Find(root, f.folder)
		if err != nil {
			return nil, nil, err
		}
		all = append(all, found...)
		n := f.mutants
		if o.all {
			n = len(found)
		}
		if o.fresh != "" {
			usual := mutation.Choose(found, n, "")
			found = slices.DeleteFunc(found, func(m *mutation.Mutant) bool { return slices.Contains(usual, m) })
		}
		chosen = append(chosen, mutation.Choose(found, n, o.fresh)...)
	}
	list, err := findFaults(root)
	if err != nil {
		return nil, nil, err
	}
	if o.fresh == "" {
		chosen = append(chosen, list...)
	}
	chosen = slices.DeleteFunc(chosen, func(m *mutation.Mutant) bool { return !strings.Contains(m.ID(), o.only) })
	return chosen, all, nil
}

// revision returns the date and the commit that the results are made at.
func revision(ctx context.Context, root string) (string, error) {
	git := func(args ...string) (string, error) {
		out, err := exec.CommandContext(ctx, "git", append([]string{"-C", root}, args...)...).Output()
		if err != nil {
			return "", fmt.Errorf("git %s: %w", args[0], err)
		}
		return strings.TrimSpace(string(out)), nil
	}
	commit, err := git("rev-parse", "--short", "HEAD")
	if err != nil {
		return "", err
	}
	changed, err := git("status", "--porcelain", "--untracked-files=no")
	if err != nil {
		return "", err
	}
	s := fmt.Sprintf("%s, at commit %s", time.Now().UTC().Format(time.DateOnly), commit)
	if changed != "" {
		s += " with uncommitted changes"
	}
	return s, nil
}

// run runs the mutants on all cores and says what becomes of each. They come in an order as
// if by chance, so that those of a campaign that is stopped are a sample of all; then it
// returns the results so far.
func (c *campaign) run(ctx context.Context, mutants []*mutation.Mutant, from string, reasons map[string]string) ([]result, error) {
	var results []result
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	var lock sync.Mutex
	for _, m := range mutation.Shuffle(mutants) {
		if ctx.Err() != nil {
			break
		}
		group.Go(func() error {
			r, err := c.try(ctx, m)
			if err != nil {
				return fmt.Errorf("%s: %w", m.ID(), err)
			}
			r.Made = from
			if r.Sign == "" {
				r.Equivalent = reasons[r.ID]
			}
			lock.Lock()
			defer lock.Unlock()
			results = append(results, r)
			fmt.Fprintf(os.Stderr, "%d of %d: %s:%d: %s: %s\n", len(results), len(mutants), m.File, m.Line, m.ID(), r.String())
			return nil
		})
	}
	err := group.Wait()
	return results, err
}
