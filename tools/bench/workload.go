package main

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// peer is a program to compare with.
type peer struct {
	program string
	args    []string
	timed   string  // the option that takes the seconds to measure for; "" if there is none
	key     string  // of the JSON that holds the figure; "" if the output is nothing else
	scale   float64 // nanoseconds per unit of the figure; 0 if it is a rate per second
}

// operationAims are the aims of operations on intervals. A ball of Arb has one midpoint, an
// enclosure two ends.
var operationAims = map[string]float64{
	"add/prec=128": 6, "mul/prec=128": 5, "dot/prec=128": 8.5, "exp/prec=128": 6, "log/prec=128": 9.5,
	"expm1/prec=128": 5, "log1p/prec=128": 15, "sqrt/prec=128": 18.5,
	"exp/prec=16384": 13.5, "sqrt/prec=16384": 47,
}

// rows returns the table: operations on intervals, the solvers in ℚ, intervals and
// float64, and the identities in 𝔽_p.
func rows() []row {
	var list []row
	for _, prec := range []int{128, 256, 1024, 16384} {
		for _, op := range []string{"add", "mul", "quo", "dot", "exp", "log", "expm1", "log1p", "sqrt"} {
			name := fmt.Sprintf("%s/prec=%d", op, prec)
			list = append(list, row{"exact/field", "Interval/" + name, peer{
				program: "arb", args: []string{op, strconv.Itoa(prec)}, scale: 1,
			}, aim{one: operationAims[name]}})
		}
	}
	shape := func(v, t int) (name string, args []string) {
		return fmt.Sprintf("V=%d/T=%d", v, t), []string{"--v", strconv.Itoa(v), "--t", strconv.Itoa(t), "--seed", "1"}
	}
	for _, s := range [][2]int{{2, 10}, {4, 6}, {4, 8}, {8, 5}} {
		name, args := shape(s[0], s[1])
		args = append(args, "--reps", "3", "--canon", "0")
		list = append(
			list,
			row{"exact", "Solve/" + name + "/rational", peer{program: "peer_flint", args: args, key: "rational_s", scale: 1e9}, aim{1.5, 1}},
			row{"exact", "Solve/" + name + "/interval", peer{program: "peer_flint", args: args, key: "ball_s", scale: 1e9}, aim{2, 1.2}},
		)
	}
	for _, s := range [][2]int{{2, 3}, {3, 4}, {4, 6}} {
		name, args := shape(s[0], s[1])
		list = append(list, row{"exact", "Identities/" + name, peer{program: "peer_modp", args: args, timed: "--seconds", key: "instances_per_s"}, aim{1.25, 0.67}})
	}
	for _, s := range [][2]int{{2, 10}, {4, 6}, {8, 5}, {4, 8}, {2, 16}, {4, 12}} {
		name, args := shape(s[0], s[1])
		list = append(list, row{"numeric", "Solve/" + name, peer{program: "peer_float", args: args, timed: "--seconds", key: "solve_s_median", scale: 1e9}, aim{one: 1.1}})
	}
	return list
}

// measure runs the peer once and returns nanoseconds per operation.
func (p peer) measure(ctx context.Context, folder string, d time.Duration) (float64, error) {
	args := p.args
	seconds := strconv.FormatFloat(d.Seconds(), 'g', -1, 64)
	switch {
	case p.timed != "":
		args = append(args[:len(args):len(args)], p.timed, seconds)
	case p.key == "":
		args = append(args[:len(args):len(args)], seconds)
	}
	out, err := exec.CommandContext(ctx, filepath.Join(folder, p.program), args...).Output()
	if err != nil {
		return 0, fmt.Errorf("%s: %w", p.program, err)
	}
	figure := strings.TrimSpace(string(out))
	if p.key != "" {
		m := regexp.MustCompile(regexp.QuoteMeta(strconv.Quote(p.key)) + `: *([0-9.eE+-]+)`).FindStringSubmatch(figure)
		if m == nil {
			return 0, fmt.Errorf("%s does not print %q", p.program, p.key)
		}
		figure = m[1]
	}
	v, err := strconv.ParseFloat(figure, 64)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", p.program, err)
	}
	if v <= 0 {
		return 0, fmt.Errorf("%s prints %v, want a positive number", p.program, v)
	}
	if p.scale == 0 {
		return 1e9 / v, nil
	}
	return v * p.scale, nil
}

//go:embed peers/arb.c
var arbSource []byte

// build compiles the peers into scratch, and says of each that cannot be built why.
func build(ctx context.Context, folder, scratch string) map[string]error {
	failed := map[string]error{"arb": buildArb(ctx, scratch)}
	var all error
	if folder == "" {
		all = errors.New("no --peers")
	} else {
		all = os.CopyFS(scratch, os.DirFS(folder))
	}
	for _, name := range []string{"peer_flint", "peer_float", "peer_modp"} {
		if failed[name] = all; all == nil {
			failed[name] = command(ctx, scratch, "make", "--silent", name)
		}
	}
	return failed
}

func buildArb(ctx context.Context, scratch string) error {
	source := filepath.Join(scratch, "arb.c")
	if err := os.WriteFile(source, arbSource, 0o666); err != nil {
		return err
	}
	return command(ctx, scratch, "cc", "-O3", "-o", "arb", source, "-lflint-arb", "-lflint")
}

// command runs a command whose output matters only if it fails.
func command(ctx context.Context, folder, name string, args ...string) error {
	c := exec.CommandContext(ctx, name, args...)
	c.Dir = folder
	if out, err := c.CombinedOutput(); err != nil {
		first, _, _ := strings.Cut(string(bytes.TrimSpace(out)), "\n")
		return fmt.Errorf("%s: %w: %s", name, err, first)
	}
	return nil
}

// testBinaries compiles the tests of each package once.
type testBinaries struct {
	scratch string
	built   map[string]string
}

// measure runs a benchmark of the suite once and returns nanoseconds per operation.
func (b *testBinaries) measure(ctx context.Context, r row, cores int, d time.Duration) (float64, error) {
	binary, ok := b.built[r.folder]
	if !ok {
		binary = filepath.Join(b.scratch, strings.ReplaceAll(r.folder, "/", "-")+".test")
		if err := command(ctx, "..", "go", "test", "-c", "-o", binary, "./"+r.folder); err != nil {
			return 0, err
		}
		if b.built == nil {
			b.built = make(map[string]string)
		}
		b.built[r.folder] = binary
	}
	levels := strings.Split("Benchmark"+r.benchmark, "/")
	for i, l := range levels {
		levels[i] = "^" + regexp.QuoteMeta(l) + "$"
	}
	c := exec.CommandContext(ctx, binary, "-test.run=^$", "-test.bench="+strings.Join(levels, "/"),
		"-test.benchtime="+d.String(), "-test.cpu="+strconv.Itoa(cores))
	c.Dir = filepath.Join("..", r.folder)
	out, err := c.Output()
	if err != nil {
		return 0, fmt.Errorf("%w: %s", err, out)
	}
	m := regexp.MustCompile(`(?m)^Benchmark\S+\s+\d+\s+([0-9.]+) ns/op`).FindSubmatch(out)
	if m == nil {
		return 0, fmt.Errorf("no such benchmark in %s", r.folder)
	}
	return strconv.ParseFloat(string(m[1]), 64)
}
