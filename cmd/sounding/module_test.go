package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Another module finds the packages as docs/gate.md says, in each of the ways that it shows.
func TestFromAnotherModule(t *testing.T) {
	if testing.Short() {
		t.Skip("the go command takes seconds")
	}
	t.Parallel()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash")
	}
	text, err := os.ReadFile("../../docs/gate.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "\n## From another Go module\n")
	section, _, _ = strings.Cut(section, "\n## ")
	fences := strings.Split(section, "```")
	if len(fences) != 5 {
		t.Fatalf("%d blocks of commands, want 2", len(fences)/2)
	}
	clone, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, commands := range []string{fences[1], fences[3]} {
		dir := t.TempDir()
		module := filepath.Join(dir, "yours")
		if err := os.Mkdir(module, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(clone, filepath.Join(dir, "sounding")); err != nil {
			t.Skip("no links: ", err)
		}
		const source = "package yours\n\nimport (\n\t_ \"sounding/gate\"\n\t_ \"sounding/model\"\n)\n"
		if err := os.WriteFile(filepath.Join(module, "yours.go"), []byte(source), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), bash, "-ec", "go mod init example.com/yours\n"+commands+"\ngo list -deps . | grep sounding/gate")
		cmd.Dir = module
		// What sounding itself was built of is all that it takes.
		cmd.Env = append(os.Environ(), "GOPROXY=off", "GONOSUMDB=*", "GOWORK=")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s\n%v: %s", commands, err, out)
		}
	}
}
