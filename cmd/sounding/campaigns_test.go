package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// hurried, in the shell, keeps what the files say to run short.
const hurried = `
sounding() {
	if [ "$1" = verify ]; then set -- "$@" --effort 1 --only x-rem-2-converse,x-rem-8,eq-82; fi
	command sounding "$@"
}
exec() { "$@"; }
go() { shift 2; sounding "$@"; } # run ./cmd/sounding
export -f sounding exec
`

// Each file of docs/campaigns, run as its scheduler would in a process for each of three parts,
// leaves reports whose union is that of one process, byte for byte.
func TestCampaigns(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("a dozen processes")
	}
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash")
	}
	const parts = 3
	dir := t.TempDir()
	shell := func(t *testing.T, dir, script string, variables ...string) []byte {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), bash, "-c", hurried+script)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), variables...)
		var errs bytes.Buffer
		cmd.Stderr = &errs
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: %v\n%s", script, err, &errs)
		}
		return out
	}
	shell(t, dir, "sounding verify --json whole.json")
	whole, err := os.ReadFile(filepath.Join(dir, "whole.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []struct {
		file     string
		count    string // what says in how many parts, besides the command
		verify   string // the command of a part
		merge    string
		variable func(part int) string // that the scheduler sets
	}{
		{
			file: "github.yml", count: `index: \[(?:\d, )+(\d)\]`,
			verify: `(?m)- run: (go run .* verify .*)$`, merge: `(?m)- run: (go run .* merge .*)$`,
		},
		{
			file: "slurm.sh", count: `--array=1-(\d+)`,
			verify: `(?s)(\nset .*)$`, merge: `--wrap '(.*)'`,
			variable: func(part int) string { return fmt.Sprintf("SLURM_ARRAY_TASK_ID=%d", part) },
		},
		{
			file: "kubernetes.yaml", count: `completions: (\d+)`,
			verify: `"sh", "-c", "(.*)"\]`, merge: `(?m)^# +(sounding merge .*)$`,
			variable: func(part int) string { return fmt.Sprintf("JOB_COMPLETION_INDEX=%d", part-1) },
		},
	} {
		t.Run(f.file, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(filepath.Join("../../docs/campaigns", f.file))
			if err != nil {
				t.Fatal(err)
			}
			find := func(pattern string) string {
				t.Helper()
				m := regexp.MustCompile(pattern).FindSubmatch(text)
				if m == nil {
					t.Fatalf("nothing in it matches %s", pattern)
				}
				return string(m[1])
			}
			dir := t.TempDir()
			shards := filepath.Join(dir, "shards")
			if err := os.Mkdir(shards, 0o755); err != nil {
				t.Fatal(err)
			}
			count := "/" + find(f.count)
			for part := 1; part <= parts; part++ {
				command, at := find(f.verify), dir
				variables := []string{fmt.Sprintf("SLURM_ARRAY_TASK_COUNT=%d", parts)}
				if f.variable != nil {
					variables = append(variables, f.variable(part))
				} else { // the job uploads what it writes, and the next one downloads it to shards
					command = strings.NewReplacer("${{ inputs.seed }}", "1", "${{ inputs.effort }}", "100",
						"${{ matrix.index }}", strconv.Itoa(part)).Replace(command)
					at = shards
				}
				if f.file != "slurm.sh" && !strings.Contains(command, count+" ") {
					t.Fatalf("%s: want parts of %s", command, count)
				}
				command = strings.ReplaceAll(command, count, fmt.Sprintf("/%d", parts))
				shell(t, at, strings.ReplaceAll(command, "/shards/", shards+"/"), variables...)
			}
			shell(t, dir, strings.ReplaceAll(find(f.merge), " /shards/", " "+shards+"/"))
			got, err := os.ReadFile(filepath.Join(dir, "report.json"))
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, whole) {
				t.Errorf("the union of %d parts is\n%s\nwant\n%s", parts, got, whole)
			}
		})
	}
}
