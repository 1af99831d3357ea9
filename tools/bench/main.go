// Bench compares the speed of the suite with that of programs in C that do the same
// work: it runs each benchmark, on one core and where it can use them on two, and its peer
// in turn, and prints the ratios of their times as a table in Markdown. Rows whose peer
// cannot be built are left out, and named.
//
//	go run -C tools ./bench --peers DIR
//
// The peer for operations on intervals is peers/arb.c, which needs Arb (Debian: libflint-arb-dev).
// The others are programs in a folder of their own: --peers names a folder in which
// make builds peer_flint, peer_float and peer_modp, which take --v V --t T --seed S and
// print JSON with the keys that workload.go reads.
//
// --out writes ours.txt and peers.txt, in the format of benchmarks, for benchstat.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"text/tabwriter"
	"time"
)

func main() {
	o := options{}
	flag.StringVar(&o.peers, "peers", "", "build and run the peers in this `folder`")
	flag.StringVar(&o.only, "run", "", "only the rows that match this `regexp`")
	flag.IntVar(&o.rounds, "rounds", 5, "measure each side this many times")
	flag.DurationVar(&o.time, "time", 300*time.Millisecond, "time per measurement")
	flag.StringVar(&o.out, "out", "", "write the measurements to this `folder`, for benchstat")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

type options struct {
	peers, only, out string
	rounds           int
	time             time.Duration
}

// A row is one benchmark of the suite and the peer it is compared with.
type row struct {
	folder    string // of the benchmark, below the root of the module
	benchmark string // "Solve/V=4/T=6/rational"
	peer      peer
	aim       aim
}

// An aim is the largest ratio of our time to the peer's that is wanted on one core and on
// two, 0 where there is none. Rows without one for two cores are measured on one alone.
type aim struct{ one, two float64 }

// measurements holds the nanoseconds per operation of each round, ours on one core and
// on two.
type measurements struct{ one, two, peer []float64 }

func run(ctx context.Context, o options, w io.Writer) error {
	only, err := regexp.Compile(o.only)
	if err != nil {
		return err
	}
	if o.rounds < 1 {
		return errors.New("want at least one round")
	}
	scratch, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	built := build(ctx, o.peers, scratch)
	tests := testBinaries{scratch: scratch}
	var list []row
	var results []measurements
	for _, r := range rows() {
		if !only.MatchString(r.benchmark) {
			continue
		}
		if why := built[r.peer.program]; why != nil {
			fmt.Fprintf(w, "%s left out: %v\n", r.benchmark, why)
			continue
		}
		var m measurements
		for range o.rounds {
			if err := m.round(ctx, r, &tests, o.time); err != nil {
				return fmt.Errorf("%s: %w", r.benchmark, err)
			}
		}
		list, results = append(list, r), append(results, m)
	}
	table(w, list, results)
	if o.out == "" {
		return nil
	}
	if err := os.MkdirAll(o.out, 0o777); err != nil {
		return err
	}
	return errors.Join(
		save(filepath.Join(o.out, "ours.txt"), list, results, func(m measurements) []float64 { return m.one }),
		save(filepath.Join(o.out, "ours-2.txt"), list, results, func(m measurements) []float64 { return m.two }),
		save(filepath.Join(o.out, "peers.txt"), list, results, func(m measurements) []float64 { return m.peer }),
	)
}

// round measures both sides once more.
func (m *measurements) round(ctx context.Context, r row, tests *testBinaries, d time.Duration) error {
	one, err := tests.measure(ctx, r, 1, d)
	if err != nil {
		return err
	}
	m.one = append(m.one, one)
	if r.aim.two > 0 {
		two, err := tests.measure(ctx, r, 2, d)
		if err != nil {
			return err
		}
		m.two = append(m.two, two)
	}
	theirs, err := r.peer.measure(ctx, tests.scratch, d)
	m.peer = append(m.peer, theirs)
	return err
}

// table prints the medians, and the median and the range of the ratios of the rounds.
func table(w io.Writer, list []row, results []measurements) {
	t := tabwriter.NewWriter(w, 0, 0, 1, ' ', 0)
	fmt.Fprintln(t, "| benchmark\t| ours\t| peer\t| ratio\t| range\t| aim\t| two cores\t| range\t| aim\t|")
	fmt.Fprintln(t, "|---\t|---\t|---\t|---\t|---\t|---\t|---\t|---\t|---\t|")
	for i, r := range list {
		m := results[i]
		one, two := compare(m.one, m.peer, r.aim.one), compare(m.two, m.peer, r.aim.two)
		fmt.Fprintf(t, "| `%s %s`\t| %s\t| %s\t| %s\t| %s\t|\n", r.folder, r.benchmark, duration(median(m.one)), duration(median(m.peer)), one, two)
	}
	t.Flush()
}

// compare writes the cells of a ratio, empty where ours was not measured.
func compare(ours, peer []float64, aim float64) string {
	if len(ours) == 0 {
		return "\t|\t|"
	}
	ratios := make([]float64, len(ours))
	for k := range ratios {
		ratios[k] = ours[k] / peer[k]
	}
	wanted := ""
	if aim > 0 {
		wanted = fmt.Sprintf("≤ %.3g", aim)
	}
	return fmt.Sprintf("%.2f\t| %.2f–%.2f\t| %s", median(ratios), slices.Min(ratios), slices.Max(ratios), wanted)
}

func median(v []float64) float64 {
	s := slices.Sorted(slices.Values(v))
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}

// duration writes a time with three digits.
func duration(ns float64) string {
	for _, unit := range []struct {
		name string
		ns   float64
	}{{"s", 1e9}, {"ms", 1e6}, {"µs", 1e3}} {
		if ns >= unit.ns {
			return fmt.Sprintf("%.3g %s", ns/unit.ns, unit.name)
		}
	}
	return fmt.Sprintf("%.3g ns", ns)
}

// save writes one side in the format of benchmarks.
func save(file string, list []row, results []measurements, side func(measurements) []float64) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	for i, r := range list {
		for _, ns := range side(results[i]) {
			fmt.Fprintf(f, "Benchmark%s 1 %.6g ns/op\n", r.benchmark, ns)
		}
	}
	return f.Close()
}
