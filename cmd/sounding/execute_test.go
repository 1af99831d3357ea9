package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
)

// run executes a command in this process.
func run(ctx context.Context, stdin io.Reader, interactive bool, args ...string) (status int, stdout, stderr string) {
	var out, err bytes.Buffer
	status = execute(ctx, args, &console{stdin, &out, &err, interactive, 0})
	return status, out.String(), err.String()
}

func TestListJSON(t *testing.T) {
	t.Parallel()
	status, stdout, stderr := run(t.Context(), nil, false, "list", "--json")
	if status != exitAsClaimed || stderr != "" {
		t.Fatalf("status %d, %q", status, stderr)
	}
	type claim struct{ Formula, Grade string }
	var rows []struct {
		ID, Title, Section, Kind, Verdict, Grade string
		Sentence                                 map[string]string
		Twins                                    []string
		Claims                                   []claim
	}
	if err := json.Unmarshal([]byte(stdout), &rows, json.RejectUnknownMembers(true), json.MatchCaseInsensitiveNames(true)); err != nil {
		t.Fatal(err)
	}
	if len(rows) == 0 {
		t.Fatal("no statement")
	}
	id := regexp.MustCompile(`^(eq|def|prop|lem|thm|cor|rem|rec|x|own)-[a-z0-9]+(-[a-z0-9]+)*$`)
	grades := []string{"agrees", "enclosed", "exact", "series", "certified", "proved", "kernel"}
	seen := make(map[string]bool)
	for _, r := range rows {
		if r.Title == "" || r.Section == "" {
			t.Errorf("%v: want a title and a section", r)
		}
		if !id.MatchString(r.ID) || seen[r.ID] {
			t.Errorf("id %q is malformed, or there twice", r.ID)
		}
		seen[r.ID] = true
		if refuting := slices.Contains([]string{"refuted", "needed"}, r.Kind); refuting != (r.Verdict == "refuted") || !refuting && !slices.Contains([]string{"paper", "own"}, r.Kind) {
			t.Errorf("%s: kind %q, verdict %q", r.ID, r.Kind, r.Verdict)
		}
		weakest := len(grades)
		for _, c := range r.Claims {
			g := slices.Index(grades, c.Grade)
			if g < 0 || c.Formula == "" {
				t.Errorf("%s: claim %q of grade %q", r.ID, c.Formula, c.Grade)
			}
			weakest = min(weakest, g)
		}
		if len(r.Claims) == 0 || weakest < 0 {
			t.Errorf("%s: claims %v", r.ID, r.Claims)
			continue
		}
		if want := grades[weakest]; r.Verdict == "holds" && r.Grade != want || r.Verdict == "refuted" && r.Grade != "refuted" {
			t.Errorf("%s: %s, grade %s, the weakest claim's is %s", r.ID, r.Verdict, r.Grade, want)
		}
	}
}

// endless is an input without an end.
type endless string

func (e endless) Read(p []byte) (int, error) {
	for n := copy(p, e); n < len(p); n *= 2 {
		copy(p[n:], p[:n])
	}
	return len(p), nil
}

// Whatever is wrong with an instance, it is refused at once, in a line for each of the first
// errors that names the file and the place, and with nothing on standard output. The package
// model tests what is refused.
func TestUnusableInstances(t *testing.T) {
	t.Parallel()
	const rest = `"layers": [{"weights": [[1, 1]]}], "harm": {"denominator": 1, "values": [0, 1]}}`
	for _, c := range []struct {
		reason, text, names string
	}{
		{"nothing", ``, "one JSON object"},
		{"no JSON", `harm`, "not JSON"},
		{"cut off", `{"format": "sounding/instance/1", "vocabulary": 2, "length": 1`, "complete"},
		{"an unknown key", `{"format": "sounding/instance/1", "harmful": 1}`, "/harmful"},
		{"a key that is missing", `{}`, "/format"},
		{"a wrong value", `{"format": "sounding/instance/1", "vocabulary": 0, "length": 1, ` + rest, "/vocabulary"},
		{"values that do not fit together", `{"format": "sounding/instance/1", "vocabulary": 2, "length": 2, ` + rest, "/layers"},
	} {
		t.Run(c.reason, func(t *testing.T) {
			t.Parallel()
			refused(t, strings.NewReader(c.text), c.names)
		})
	}
	if testing.Short() {
		return
	}
	for s, names := range map[string]string{" ": "64 MiB", "[": "", `{"a":`: "", "9": "", `"`: "", "[],": ""} {
		t.Run("endless "+s, func(t *testing.T) {
			t.Parallel()
			refused(t, endless(s), names)
		})
	}
}

func refused(t *testing.T, stdin io.Reader, names string) {
	t.Helper()
	start := time.Now()
	status, stdout, stderr := run(t.Context(), stdin, false, "analyze", "--json", "-")
	if status != exitUsage || stdout != "" {
		t.Errorf("status %d, output %.200q", status, stdout)
	}
	if !strings.Contains(stderr, names) {
		t.Errorf("%q, want %q", stderr, names)
	}
	for line := range strings.Lines(stderr) {
		if !strings.HasPrefix(line, "sounding: -: instance: ") {
			t.Errorf("%q, want the file in every line", stderr)
		}
	}
	if !strings.Contains(stderr, "want") && !strings.Contains(stderr, "not JSON") {
		t.Errorf("%q does not say what is wanted", stderr)
	}
	if d := time.Since(start); d > refusalTime {
		t.Errorf("refused after %v", d)
	}
}

// An interrupted verification says how far it came, prints and writes what it has, marked
// as partial, and ends with status 3.
func TestInterruptedVerify(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	status, stdout, stderr := run(ctx, nil, false, "verify", "--effort", "10000",
		"--report", filepath.Join(dir, "V.md"), "--json", filepath.Join(dir, "v.json"), "--save", filepath.Join(dir, "cases"))
	if status != exitUnfinished || !strings.Contains(stdout, "unfinished") || strings.Contains(stdout, "holds") || !strings.HasSuffix(stdout, "PARTIAL: interrupted before all checks had run\n") {
		t.Errorf("status %d, output %q", status, stdout)
	}
	if !regexp.MustCompile(`^sounding: interrupted after \d+ of \d+ steps\n$`).MatchString(stderr) {
		t.Errorf("%q", stderr)
	}
	for name, mark := range map[string]string{"V.md": "PARTIAL", "v.json": `"partial": true`} {
		if text, err := os.ReadFile(filepath.Join(dir, name)); err != nil || !strings.Contains(string(text), mark) {
			t.Errorf("%s: %v, want %q in it", name, err, mark)
		}
	}
}

// onText calls a function once what is written holds a text.
type onText struct {
	strings.Builder
	text string
	call func()
}

func (w *onText) Write(b []byte) (int, error) {
	n, err := w.Builder.Write(b)
	if strings.Contains(w.String(), w.text) {
		w.call()
	}
	return n, err
}

// A row is printed when its statement is finished: an interruption that it triggers finds
// the next one unfinished.
func TestRowsStream(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out := onText{text: "\neq-1 ", call: cancel}
	status := execute(ctx, []string{"verify", "--only", "eq-1,thm-9"}, &console{nil, &out, io.Discard, false, 0})
	if status != exitUnfinished || !regexp.MustCompile(`\neq-1 +holds .*\nthm-9 +unfinished `).MatchString(out.String()) {
		t.Errorf("status %d, output %q", status, out.String())
	}
}

// A signal ends a command that waits for its input, or computes.
func TestSignal(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"analyze", "-"},
		{"analyze", "--corpus", "-"},
		{"replay", "-"},
		{"verify", "--instance", "-", "--json", filepath.Join(t.TempDir(), "v.json")},
	} {
		t.Run(args[0], func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), "sounding", args...)
			var stdout, stderr bytes.Buffer
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			in, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			// More than a pipe holds: once it is written, the command is reading, and
			// has long since asked for signals.
			if _, err := in.Write(bytes.Repeat([]byte(" "), 1<<20)); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
			var e *exec.ExitError
			if err := cmd.Wait(); !errors.As(err, &e) || e.ExitCode() != exitUnfinished {
				t.Errorf("ends with %v, want status %d", err, exitUnfinished)
			}
			if stdout.Len() > 0 || stderr.String() != "sounding: interrupted; nothing was written\n" {
				t.Errorf("output %q, diagnostics %q", stdout.String(), stderr.String())
			}
		})
	}
}

// The progress bar is for a terminal alone, and never gets into the results.
func TestProgress(t *testing.T) {
	t.Parallel()
	args := []string{"explain", "eq-82"}
	status, quiet, stderr := run(t.Context(), nil, false, args...)
	if status != exitAsClaimed || stderr != "" {
		t.Fatalf("not interactive: status %d, diagnostics %q", status, stderr)
	}
	status, stdout, stderr := run(t.Context(), nil, true, args...)
	if status != exitAsClaimed || !strings.Contains(stderr, "verifying") {
		t.Errorf("interactive: status %d, diagnostics %.200q", status, stderr)
	}
	if stdout != quiet {
		t.Errorf("results differ:\n%s\nand\n%s", stdout, quiet)
	}
}

// A result that cannot be written is no success.
func TestUnwritableResults(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"--version"}, {"--help"}, {"verify", "--help"}, {"list"}, {"list", "--json"}, {"explain", "eq-82"}, {"verify", "--only", "eq-82"}, {"analyze", "../../model/testdata/instance.json"}} {
		var stderr bytes.Buffer
		c := &console{nil, full{}, &stderr, false, 0}
		if status := execute(t.Context(), args, c); status != exitUnfinished || stderr.String() != "sounding: full\n" {
			t.Errorf("%q: status %d, diagnostics %q", args, status, stderr.String())
		}
	}
}

// The instance in the README gives the profile in the README.
func TestReadme(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(readme), "```json\n")
	instance, rest, _ := strings.Cut(rest, "```")
	_, rest, _ = strings.Cut(rest, "```text\n")
	profile, _, found := strings.Cut(rest, "```")
	if !found {
		t.Fatal("no instance and profile in the README")
	}
	if err := validate("instance", instance); err != nil {
		t.Error(err)
	}
	status, stdout, stderr := run(t.Context(), strings.NewReader(instance), false, "analyze", "-")
	if status != exitAsClaimed || !strings.HasPrefix(stdout, profile) {
		t.Errorf("status %d, %s\n%s\nwant\n%s", status, stderr, stdout, profile)
	}
}

// full takes no more output.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("full") }
