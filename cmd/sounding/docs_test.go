package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sounding/internal/report"
	"sounding/theorems"
)

// pages are those whose commands are run.
var pages = []string{"README.md", "docs/*.md", "docs/*/*.md", "formal/README.md"}

// notRun lists parts of commands that are shown and not run, with the reason.
var notRun = map[string]string{
	"go run ./cmd/sounding verify":           "the whole verification; .ci/run runs it",
	"go test ./":                             "tests; .ci/run runs them",
	"go test -C tools":                       "a campaign of minutes",
	"go run -C tools":                        "a campaign of minutes",
	"SOUNDING_EFFORT=10 go test":             "a campaign of minutes",
	"go install ":                            "writes outside of the test",
	"--seed 7 --effort 10":                   "takes half a minute",
	"sounding verify --effort 100":           "a campaign of hours",
	"sounding merge ":                        "of a campaign of hours",
	"go run ./cmd/sounding replay FILE.json": "of a failure that fuzzing finds",
	"--lexicon phrases.txt":                  "five thousand words and a thousand positions take minutes",
	"sounding gate ":                         "a synopsis, or needs Python; TestGatesOfPages runs those",
	"go mod ":                                "of another module; TestFromAnotherModule runs them",
	"go work ":                               "of another module; TestFromAnotherModule runs them",
}

// falsifies are the beginnings of commands that end with status 1, as the page says.
var falsifies = []string{"sounding replay "}

const shape = `((?:sounding|go|SOUNDING_EFFORT=\d+ go) (?:[^\n]*\\\n)*[^\n]*)$`

var (
	comment = regexp.MustCompile(`\s+#.*$`)
	shown   = regexp.MustCompile(`(?m)^    ` + shape)
	fenced  = regexp.MustCompile(`(?m)^(?:\$ )?` + shape)
)

// Every command of README and docs runs as it is shown, with the files that its page shows.
func TestCommandsOfPages(t *testing.T) {
	if testing.Short() {
		t.Skip("the commands take seconds")
	}
	t.Parallel()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash")
	}
	used := make(map[string]bool)
	for _, pattern := range pages {
		files, err := filepath.Glob(filepath.Join("..", "..", pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			inputs(t, dir, string(text))
			for _, m := range commandsOf(string(text)) {
				command := comment.ReplaceAllString(m[1], "")
				if excluded(command, used) {
					continue
				}
				out := runShown(t, bash, dir, filepath.Base(file), command)
				if want := outputOf(string(text), m[0]); !strings.HasPrefix(out, want) {
					t.Errorf("%s: %s\nwrites\n%s\nthe page says\n%s", file, command, out, want)
				}
			}
		}
	}
	for part := range notRun {
		if !used[part] {
			t.Errorf("%q is left out, and shown nowhere", part)
		}
	}
}

// rowShown is a row of the table of verify, in README.
var rowShown = regexp.MustCompile(`(?m)^    (\S+)  +(holds|holds if|holds of|needed|refuted)  +([a-z]+)  +\d+  +\S+ +(.+)$`)

// The table of verify that README shows has the verdicts and grades that the statements have.
func TestTableOfReadme(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := rowShown.FindAllStringSubmatch(string(text), -1)
	if len(rows) < 5 {
		t.Fatalf("README shows %d rows of the table of verify", len(rows))
	}
	for _, row := range rows {
		s, ok := theorems.Find(row[1])
		if !ok {
			t.Errorf("README: no statement %s", row[1])
			continue
		}
		got := row[2:]
		if want := []string{string(s.Standing()), s.ClaimsGrade().String(), report.Titled(s)}; !slices.Equal(got, want) {
			t.Errorf("README: %s is %q, want %q", s.ID, got, want)
		}
	}
}

// commandsOf returns the commands that a page shows, indented or in fences, each as it stands
// there and by itself.
func commandsOf(text string) [][]string {
	list := shown.FindAllStringSubmatch(text, -1)
	for i, block := range strings.Split(text, "\n```") {
		if i%2 == 1 {
			list = append(list, fenced.FindAllStringSubmatch(block, -1)...)
		}
	}
	return list
}

// excluded reports whether parts of a command are in notRun, and notes which.
func excluded(command string, used map[string]bool) bool {
	out := false
	for part := range notRun {
		if strings.Contains(command, part) {
			out, used[part] = true, true
		}
	}
	return out
}

// inputs writes the JSON that a page shows to the files that its commands name.
func inputs(t *testing.T, dir, text string) {
	t.Helper()
	for name, mark := range map[string]string{"FILE.json": `"format": "sounding/instance/1"`, "top2.jsonl": `"logprob"`} {
		for _, block := range strings.Split(text, "```json\n")[1:] {
			body, _, _ := strings.Cut(block, "```")
			if strings.Contains(body, mark) {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(body), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// outputOf returns the block of text that a page shows directly below a command, "" where
// there is none, or where it leaves something out.
func outputOf(text, command string) string {
	_, below, _ := strings.Cut(text, command+"\n\n```text\n")
	block, _, _ := strings.Cut(below, "```")
	if strings.Contains(block, "…") {
		return ""
	}
	return block
}

// runShown runs a command as it is shown, and returns what it writes.
func runShown(t *testing.T, bash, dir, page, command string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), bash, "-c", command)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	status := 0
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		status = exit.ExitCode()
	} else if err != nil {
		t.Fatal(err)
	}
	want := exitAsClaimed
	for _, prefix := range falsifies {
		if strings.HasPrefix(command, prefix) {
			want = exitFalsified
		}
	}
	if status != want {
		t.Errorf("%s: %s\nends with status %d, want %d:\n%.2000s", page, command, status, want, out)
	}
	return string(out)
}

// The index of docs and the README link every page of docs.
func TestIndexOfPages(t *testing.T) {
	t.Parallel()
	const docs = "../../docs"
	files, err := filepath.Glob(filepath.Join(docs, "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for index, folder := range map[string]string{filepath.Join(docs, "README.md"): "", "../../README.md": "docs/"} {
		text, err := os.ReadFile(index)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if name := folder + filepath.Base(file); name != "README.md" && !strings.Contains(string(text), "]("+name+")") {
				t.Errorf("%s does not link %s", index, name)
			}
		}
	}
}

// The picture in the README is what the command above it draws.
func TestPicture(t *testing.T) {
	t.Parallel()
	root, err := exec.CommandContext(t.Context(), "go", "env", "GOROOT").Output()
	if err != nil {
		t.Skip("no go command: ", err)
	}
	dir := t.TempDir()
	text := filepath.Join(strings.TrimSpace(string(root)), "src", "testdata", "Isaac.Newton-Opticks.txt")
	status, _, stderr := run(t.Context(), nil, false, "analyze", "--corpus", text, "--length", "10", "--harm", "^ _{0,4} the (light | rays | colours)", "--svg", dir)
	if status != exitAsClaimed {
		t.Fatalf("status %d: %s", status, stderr)
	}
	drawn, err := os.ReadFile(filepath.Join(dir, "information.svg"))
	if err != nil {
		t.Fatal(err)
	}
	if shown, err := os.ReadFile("../../docs/opticks.svg"); err != nil || !bytes.Equal(shown, drawn) {
		t.Errorf("docs/opticks.svg is not the figure that is drawn (%v)", err)
	}
}
