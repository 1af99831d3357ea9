//go:build unix

package gate_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"sounding/gate"
	"sounding/gate/gatetest"
	"sounding/internal/testenv"
	"sounding/model"
)

// faultVariable makes the test binary a solver, with the fault that it names.
const faultVariable = "SOUNDING_TEST_FAULT"

func TestMain(m *testing.M) {
	flag.Parse()
	if fault, ok := os.LookupEnv(faultVariable); ok {
		gatetest.Serve(os.Stdin, os.Stdout, fault)
		return
	}
	testenv.Run(m, 100)
}

// Time limits that a reply is waited for: short where none comes. A test that
// needs the solver to have started by then doubles it until it has, as on a busy
// machine it may not.
const (
	patience = 30 * time.Second
	hurry    = 300 * time.Millisecond
)

// process returns a solver with a fault. env(1) sets the variable, so that tests
// can run side by side.
func process(t *testing.T, fault string, timeout time.Duration) *gate.Process {
	t.Helper()
	if _, err := exec.LookPath("env"); err != nil {
		t.Skip("no env(1) here")
	}
	p, err := gate.New(gate.Command{
		Args:    []string{"env", faultVariable + "=" + fault, os.Args[0]},
		Timeout: timeout, Stderr: io.Discard,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

func check(t *testing.T, p *gate.Process, seed uint64, instances int) *gate.Report {
	t.Helper()
	r, err := gate.Check(t.Context(), p, gate.Options{Seed: seed, Instances: instances, Tries: searched})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestSoundSolverPasses(t *testing.T) {
	t.Parallel()
	n := 1000
	if testing.Short() {
		n = 40
	}
	for _, level := range []gate.Level{gate.Plain, gate.Full} {
		t.Run(string(level), func(t *testing.T) {
			t.Parallel()
			r, err := gate.Check(t.Context(), process(t, "", patience), gate.Options{Seed: 1, Instances: n, Level: level, Tries: hardlySearched})
			if err != nil {
				t.Fatal(err)
			}
			if len(r.Failures) > 0 {
				f := r.Failures[0]
				t.Fatalf("%d quantities fail, the first: %v\n%s", len(r.Failures), f, f.Counterexample.Case.Brief())
			}
			for _, q := range r.Quantities {
				if q.Instances != n || q.Undecided != 0 {
					t.Errorf("%s compared on %d of %d instances, %d undecided", q.Quantity, q.Instances, n, q.Undecided)
				}
			}
		})
	}
}

// sound reports whether the solver without a fault passes.
func sound(t *testing.T) bool {
	soundOnce.Do(func() { soundly = len(check(t, process(t, "", patience), 1, 20).Failures) == 0 })
	return soundly
}

var (
	soundOnce sync.Once
	soundly   bool
)

func TestPlantedFaultsAreCaught(t *testing.T) {
	t.Parallel()
	checks := max(testenv.Scale(20), 10)
	for i, fault := range slices.Sorted(maps.Keys(gatetest.WrongFaults)) {
		wrong := gatetest.WrongFaults[fault]
		if testing.Short() && i%4 != 3 {
			continue // the first is found after a thousand instances
		}
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			if !sound(t) {
				t.Skip("the sound solver is refused already")
			}
			r := check(t, process(t, fault, patience), 1, checks)
			i := slices.IndexFunc(r.Failures, func(f *gate.Failure) bool { return string(f.Quantity()) == wrong.Quantity })
			if i < 0 {
				t.Fatalf("%s is not caught: %v", wrong.Quantity, r.Failures)
			}
			if got := namesOf(r.Failures[i].Mistakes); got != wrong.Mistake {
				t.Errorf("%s is explained by %q, want %q", wrong.Quantity, got, wrong.Mistake)
			}
			for _, f := range r.Failures {
				c := f.Counterexample
				if c.Case.Vocabulary() != 2 || c.Case.Length() > 2 || !c.Smallest || f.Transient {
					t.Errorf("%v: shown on %v, smallest %v, transient %v", f, c.Case, c.Smallest, f.Transient)
				}
				if c.Violation.Left == c.Violation.Right || !strings.Contains(f.Error(), c.Violation.Statement) {
					t.Errorf("%v: the violation is %v", f, c.Violation)
				}
			}
		})
	}
}

// The smallest counterexample is the same from every seed.
func TestCounterexampleIsNormal(t *testing.T) {
	t.Parallel()
	show := func(seed uint64) string {
		return check(t, process(t, "base occupancy", patience), seed, 20).Failures[0].Counterexample.Case.String()
	}
	if testing.Short() {
		t.Skip("checks a solver several times")
	}
	first := show(1)
	for seed := uint64(2); seed <= 3; seed++ {
		if other := show(seed); other != first {
			t.Errorf("seed %d ends in\n%s\nnot in\n%s", seed, other, first)
		}
	}
}

func TestMisbehaviourIsReported(t *testing.T) {
	t.Parallel()
	want := map[string]struct {
		err  error
		text string
	}{
		"hang":              {gate.ErrSilent, "none within"},
		"does not read":     {gate.ErrSilent, "none within"},
		"part of a line":    {gate.ErrTimeout, "a part of a line"},
		"crash":             {gate.ErrExited, "exit status 2"},
		"exit":              {gate.ErrExited, "exit status 3"},
		"ends in a line":    {gate.ErrExited, "in the middle of a line"},
		"closes its output": {gate.ErrExited, "closes its standard output"},
		"garbage":           {gate.ErrReply, "warming up"},
		"NaN":               {gate.ErrReply, "NaN is not JSON: want finite numbers"},
		"infinity":          {gate.ErrReply, "-Infinity is not JSON: want finite numbers"},
		"two lines":         {gate.ErrReply, "more than one line"},
		"short list":        {gate.ErrReply, "/information: length 0: want 1, a number per position"},
		"twice":             {gate.ErrReply, "duplicate key"},
		"unknown key":       {gate.ErrReply, "/entropy: unknown key"},
		"deep":              {gate.ErrReply, "want an object"},
		"wrong id":          {gate.ErrID, "that of the request"},
		"previous request":  {gate.ErrID, "that of the request before"},
		"flood":             {gate.ErrFlood, "more than"},
		"error":             {gate.ErrRefused, "no memory left"},
	}
	for _, fault := range gatetest.UnusableFaults {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			w, ok := want[fault]
			if !ok {
				t.Fatal("no expectation")
			}
			if slow := []string{"closes its output", "does not read", "part of a line", "hang", "deep"}; testing.Short() && slices.Contains(slow, fault) {
				t.Skip("takes a second or more")
			}
			timeout := patience
			if errors.Is(w.err, gate.ErrTimeout) {
				timeout = hurry
			}
			var f *gate.Failure
			for ; ; timeout *= 2 {
				r := check(t, process(t, fault, timeout), 1, 20)
				if len(r.Failures) != 1 {
					t.Fatalf("failures %v", r.Failures)
				}
				f = r.Failures[0]
				if fault != "part of a line" || timeout >= patience || !strings.Contains(f.Error(), "none within") {
					break
				}
			}
			if !errors.Is(f, w.err) || !strings.Contains(f.Error(), w.text) {
				t.Errorf("%v, want one of %v with %q", f, w.err, w.text)
			}
			if errors.Is(f, gate.ErrSilent) { // nothing to be learnt from other instances
				if !strings.Contains(f.Error(), "flush") || f.Counterexample.Smallest {
					t.Errorf("%v, shown on %v", f, f.Counterexample.Case)
				}
				return
			}
			if c := f.Counterexample; c.Case.Vocabulary() != 2 || c.Case.Length() != 1 || !c.Smallest {
				t.Errorf("shown on %v", c.Case)
			}
		})
	}
}

// An interrupted check ends at once, and the solver with it.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	p := process(t, "does not read", time.Hour)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(hurry, cancel)
	if _, err := gate.Check(ctx, p, gate.Options{Seed: 1, Instances: 1}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want %v", err, context.Canceled)
	}
}

// What a solver starts is killed with it.
func TestGroupIsKilled(t *testing.T) {
	t.Parallel()
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no sh(1) here")
	}
	file := t.TempDir() + "/pid"
	var text []byte
	for timeout := hurry; len(text) == 0; timeout *= 2 {
		p, err := gate.New(gate.Command{Args: []string{sh, "-c", "sleep 1000 & echo $! > " + file + "; wait"}, Timeout: timeout, Stderr: io.Discard})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Solve(t.Context(), example(t)); !errors.Is(err, gate.ErrTimeout) {
			t.Fatalf("error %v, want %v", err, gate.ErrTimeout)
		}
		if text, err = os.ReadFile(file); len(text) == 0 && timeout >= patience {
			t.Fatalf("not started within %v: %v", timeout, err)
		}
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		if gone(pid) {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("process %d is still there", pid)
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	script := t.TempDir() + "/no-program"
	if err := os.WriteFile(script, []byte("neither a script nor a binary"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, c := range []gate.Command{
		{Timeout: hurry},
		{Args: []string{script}, Timeout: hurry},
		{Args: []string{"sounding-no-such-command"}, Timeout: hurry},
		{Args: []string{"env"}},
	} {
		if _, err := gate.New(c); err == nil {
			t.Errorf("%v: no error", c)
		}
	}
}

// example returns an instance.
func example(t *testing.T) *model.Instance {
	t.Helper()
	f, err := os.Open("../model/testdata/instance.json")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	in, err := model.ReadInstance(f)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// gone reports whether there is no such process, or a dead one that nobody has
// waited for.
func gone(pid int) bool {
	if err := syscall.Kill(pid, 0); err != nil {
		return true
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && strings.Contains(string(stat), ") Z ")
}
