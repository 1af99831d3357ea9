// Mutants measures what the suite notices of small faults in its own code, and
// writes the study that VERIFY.md shows. See docs/power.md.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"sounding/internal/mutation"
	"sounding/internal/study"
)

// budgets says how many mutants are made in each folder: more where the numbers
// come from that everything else trusts.
var budgets = []struct {
	folder  string
	mutants int
}{
	{"exact", 170},
	{"exact/field", 130},
	{"exact/definition", 70},
	{"generators", 40},
	{"numeric", 90},
	{"theorems", 160},
}

const file = "internal/study/kills.json"

// options says which mutants are made, and what is done with them.
type options struct {
	all, list, survivors, update bool
	only, fresh                  string
}

// partial reports whether what comes out is less than a study, and not written.
func (o *options) partial() bool { return o.only != "" || o.fresh != "" || o.survivors }

func main() {
	var o options
	flag.BoolVar(&o.all, "all", false, "make every mutant, not a choice of them")
	flag.StringVar(&o.only, "only", "", "run only the mutants whose id contains this, and write nothing")
	flag.StringVar(&o.fresh, "fresh", "", "run others than those of the study, chosen by this word, and write nothing")
	flag.BoolVar(&o.list, "list", false, "list the chosen mutants and run nothing")
	flag.BoolVar(&o.survivors, "survivors", false, "run the survivors of the study again, and write nothing")
	flag.BoolVar(&o.update, "update", false, "keep what the study says of mutants that do not survive, in files that have not changed")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, &o); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o *options) error {
	root, err := os.Getwd()
	if err != nil {
		return err
	}
	if text, err := os.ReadFile("go.mod"); err != nil || !bytes.HasPrefix(text, []byte("module sounding\n")) {
		return errors.New("run it in the root of the module")
	}
	k, err := study.ReadKills()
	if err != nil {
		return err
	}
	studied := make(map[string]study.Mutant)
	for _, m := range k.Mutants {
		studied[m.ID] = m
	}
	var folders []string
	var chosen []*mutation.Mutant
	sites := 0
	for _, b := range budgets {
		folders = append(folders, b.folder)
		found, err := mutation.Find(root, b.folder)
		if err != nil {
			return err
		}
		sites += len(found)
		n := b.mutants
		if o.all {
			n = len(found)
		}
		if o.fresh != "" {
			found = slices.DeleteFunc(found, func(m *mutation.Mutant) bool {
				_, ok := studied[m.ID()]
				return ok
			})
		}
		chosen = append(chosen, mutation.Choose(found, n, o.fresh)...)
	}
	if o.partial() {
		chosen = slices.DeleteFunc(chosen, func(m *mutation.Mutant) bool {
			known, ok := studied[m.ID()]
			return !strings.Contains(m.ID(), o.only) || o.survivors && !(ok && known.Survives())
		})
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
	program, err := mutation.Instrument(ctx, root, dir, chosen, "./internal/mutation/subject", "./cmd/sounding", "./numeric")
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "%d mutants, %d of them compile, of %d that could be made\n", len(chosen), len(program.Mutants), sites)
	sources, err := study.ReadSources(os.DirFS(root), folders...)
	if err != nil {
		return err
	}
	campaign := &mutation.Campaign{Program: program, Folders: folders}
	if err := campaign.Prepare(ctx); err != nil {
		return err
	}
	// What is left of the study is not run again.
	maps.DeleteFunc(studied, func(id string, m study.Mutant) bool {
		file, _, _ := strings.Cut(id, ":")
		return !o.update || m.Survives() || k.Sources[file] != sources[file]
	})
	results, err := runAll(ctx, campaign, studied)
	if err != nil {
		return err
	}
	if o.partial() {
		survive := 0
		for _, m := range results {
			if m.Survives() {
				survive++
			}
		}
		fmt.Fprintf(os.Stderr, "%d of %d noticed\n", len(results)-survive, len(results))
		return nil
	}
	return write(&study.Kills{Sources: sources, Sites: sites, Mutants: results})
}

// runAll runs the mutants on all cores, except those of which it is known what became
// of them, and says that of each.
func runAll(ctx context.Context, c *mutation.Campaign, known map[string]study.Mutant) ([]study.Mutant, error) {
	mutants := c.Program.Mutants
	results := make([]study.Mutant, len(mutants))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	var lock sync.Mutex
	done := 0
	for i, m := range mutants {
		if r, ok := known[m.ID()]; ok {
			results[i] = r
			lock.Lock()
			done++
			lock.Unlock()
			continue
		}
		group.Go(func() error {
			r, err := c.Run(ctx, m)
			if err != nil {
				return fmt.Errorf("%s: %w", m.ID(), err)
			}
			results[i] = study.Mutant{
				ID: m.ID(), Folder: m.Folder(), Operator: m.Operator, Original: m.Original, Mutated: m.Mutated,
				Sign: string(r.Sign), Statements: r.Statements, Test: r.Test,
			}
			lock.Lock()
			defer lock.Unlock()
			done++
			what := fmt.Sprintf("%s in a whole verification", r.Sign)
			switch {
			case r.Sign == "":
				what = fmt.Sprintf("SURVIVES, line %d: %s → %s", m.Line, m.Original, m.Mutated)
			case r.Test != "":
				what = fmt.Sprintf("%s in the tests of %s", r.Sign, r.Test)
			case len(r.Statements) > 0:
				what = fmt.Sprintf("%s by %d statements", r.Sign, len(r.Statements))
			}
			fmt.Fprintf(os.Stderr, "%d of %d: %s: %s\n", done, len(mutants), m.ID(), what)
			return nil
		})
	}
	return results, group.Wait()
}

// write writes the study, one mutant on a line.
func write(k *study.Kills) error {
	var b bytes.Buffer
	sources, err := json.MarshalIndent(k.Sources, "  ", "  ")
	if err != nil {
		return err
	}
	fmt.Fprintf(&b, "{\n  \"sources\": %s,\n  \"sites\": %d,\n  \"mutants\": [\n", sources, k.Sites)
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	for i, m := range k.Mutants {
		b.WriteString("    ")
		if err := encoder.Encode(m); err != nil {
			return err
		}
		if i < len(k.Mutants)-1 {
			b.Truncate(b.Len() - 1)
			b.WriteString(",\n")
		}
	}
	b.WriteString("  ]\n}\n")
	return os.WriteFile(file, b.Bytes(), 0o666)
}
