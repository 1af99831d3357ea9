// Falsehoods measures how many random cases it takes to refute each near-miss and each
// refuted wording, and writes docs/falsehoods.md. It runs TestPower of proofs_test. See
// docs/power.md.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// seedsPerEffort is the number of seeds that TestPower takes at SOUNDING_EFFORT=1.
const seedsPerEffort = 50

func main() {
	effort := flag.Int("effort", 20, "take 50 seeds times this number")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *effort); err != nil {
		fmt.Fprintln(os.Stderr, "falsehoods:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, effort int) error {
	root := ".."
	if text, err := os.ReadFile(filepath.Join(root, "go.mod")); err != nil || !bytes.HasPrefix(text, []byte("module sounding\n")) {
		return errors.New("not in the folder tools: run go run -C tools ./falsehoods")
	}
	commit, err := exec.CommandContext(ctx, "git", "rev-parse", "--short", "HEAD").Output()
	if err != nil {
		return fmt.Errorf("git rev-parse: %w", err)
	}
	c := exec.CommandContext(ctx, "go", "test", "-json", "-count=1", "-timeout=3h", "-run=^TestPower$", "./proofs_test")
	c.Dir = root
	c.Env = append(os.Environ(), fmt.Sprintf("SOUNDING_EFFORT=%d", effort))
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		return err
	}
	if err := c.Start(); err != nil {
		return err
	}
	list, err := readEvents(out)
	if err != nil {
		return err
	}
	if err := c.Wait(); err != nil {
		return fmt.Errorf("TestPower: %w", err)
	}
	var b bytes.Buffer
	made := fmt.Sprintf("%s, at commit %s", time.Now().UTC().Format(time.DateOnly), bytes.TrimSpace(commit))
	write(&b, made, effort*seedsPerEffort, list)
	return os.WriteFile(filepath.Join(root, "docs", "falsehoods.md"), b.Bytes(), 0o666)
}

// falsehood is what TestPower says of one near-miss or wording, in its attributes.
type falsehood struct {
	statement, name string
	kind            string
	cases, points   figures
	met             float64 // the share of the cases that count, if some do not
	when            string  // what those have that count
}

// figures are the mean and the largest number of cases until one refutes. None were
// taken if most is 0.
type figures struct {
	mean float64
	most int
}

// set sets what an attribute holds.
func (f *falsehood) set(key, value string) (err error) {
	switch key {
	case "falsehood":
		f.statement, f.name, _ = strings.Cut(value, "\t")
	case "kind":
		f.kind = value
	case "cases":
		_, err = fmt.Sscan(value, &f.cases.mean, &f.cases.most)
	case "points":
		_, err = fmt.Sscan(value, &f.points.mean, &f.points.most)
	case "when":
		share, words, _ := strings.Cut(value, " ")
		f.when = words
		f.met, err = strconv.ParseFloat(share, 64)
	}
	return err
}

// readEvents reads the output of go test -json. It returns the falsehoods in the order in
// which their subtests begin.
func readEvents(r io.Reader) ([]*falsehood, error) {
	var list []*falsehood
	byTest := make(map[string]*falsehood)
	for d := json.NewDecoder(r); ; {
		var e struct{ Action, Test, Key, Value, Output string }
		switch err := d.Decode(&e); {
		case errors.Is(err, io.EOF):
			return list, nil
		case err != nil:
			return nil, err
		}
		switch e.Action {
		case "run":
			if strings.Contains(e.Test, "/") {
				byTest[e.Test] = new(falsehood)
				list = append(list, byTest[e.Test])
			}
		case "attr":
			if f := byTest[e.Test]; f != nil {
				if err := f.set(e.Key, e.Value); err != nil {
					return nil, fmt.Errorf("%s: attribute %s %q: %w", e.Test, e.Key, e.Value, err)
				}
			}
		case "output":
			if strings.Contains(e.Output, "power_test.go:") {
				fmt.Fprintf(os.Stderr, "%s: %s", e.Test, e.Output)
			}
		}
	}
}

// write writes the document.
func write(b *bytes.Buffer, made string, seeds int, list []*falsehood) {
	line := func(format string, args ...any) { fmt.Fprintf(b, format+"\n", args...) }
	line("# Falsehoods")
	line("")
	line("How many random cases, or random points of a prime field, it takes until one refutes a near-miss or")
	line("the wording of a refuted statement, from each of %d seeds (a half of them where it is no identity, a tenth on power series).", seeds)
	line("[power.md](power.md) explains it. Made by `go run -C tools ./falsehoods` on %s.", made)
	line("")
	line("| kind | falsehoods | cases: mean | worst mean | most | points: mean | worst mean | most |")
	line("|---|---|---|---|---|---|---|---|")
	for _, kind := range []string{"identity", "asymptotic", "other"} {
		var cases, points summary
		for _, f := range list {
			if f.kind == kind {
				cases.add(f.cases)
				points.add(f.points)
			}
		}
		line("| %s | %d | %v | %v |", kind, cases.number, &cases, &points)
	}
	line("")
	line("| statement | falsehood | cases: mean | most | points: mean | most | of the cases with |")
	line("|---|---|---|---|---|---|---|")
	for _, f := range list {
		name, when := f.name, ""
		if name == "" {
			name = "*the wording*"
		}
		if f.when != "" {
			when = fmt.Sprintf("%s (%.0f %%)", f.when, 100*f.met)
		}
		line("| %s | %s | %v | %v | %s |", f.statement, strings.ReplaceAll(name, "|", "\\|"), f.cases, f.points, when)
	}
}

func (f figures) String() string {
	if f.most == 0 {
		return " | "
	}
	return fmt.Sprintf("%.2f | %d", f.mean, f.most)
}

// summary sums up the figures of several falsehoods.
type summary struct {
	number, most int
	sum, worst   float64
}

func (s *summary) add(f figures) {
	if f.most == 0 {
		return
	}
	s.number++
	s.sum += f.mean
	s.worst = max(s.worst, f.mean)
	s.most = max(s.most, f.most)
}

func (s *summary) String() string {
	if s.number == 0 {
		return " | | "
	}
	return fmt.Sprintf("%.2f | %.2f | %d", s.sum/float64(s.number), s.worst, s.most)
}
