package mutation

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// switchText is the package that chooses the mutant. It is added to the module in
// switchFolder, which exists in the overlay alone.
//
//go:embed active/active.go
var switchText []byte

const (
	switchFolder = "internal/active"
	switchImport = "sounding/" + switchFolder
)

// Program is a module with mutants compiled in.
type Program struct {
	Root    string    // of the module
	Mutants []*Mutant // those that compile, numbered from 1 with gaps

	dir string
}

// Instrument writes copies of the sources with all the mutants into a directory, without
// those that do not compile. The given packages must import all those with mutants.
func Instrument(ctx context.Context, root, dir string, mutants []*Mutant, packages ...string) (*Program, error) {
	p := &Program{Root: root, dir: dir}
	for i, m := range mutants {
		m.Number = i + 1
	}
	p.Mutants = slices.Clone(mutants)
	for {
		if err := p.write(); err != nil {
			return nil, err
		}
		out, err := p.command(ctx, append([]string{"build", "-gcflags=-e", "-o", os.DevNull}, packages...)...).CombinedOutput()
		if err == nil {
			return p, nil
		}
		bad := p.blame(out)
		if len(bad) == 0 {
			return nil, fmt.Errorf("building the mutants: %w\n%s", err, out)
		}
		p.Mutants = slices.DeleteFunc(p.Mutants, func(m *Mutant) bool { return bad[m.Number] })
	}
}

// copyOf returns the base name of a file's copy, given the name of the file or of the copy,
// however the go command shortens it.
func (p *Program) copyOf(name string) string {
	if filepath.IsAbs(name) {
		if relative, err := filepath.Rel(p.Root, name); err == nil {
			name = relative
		}
	}
	if base := filepath.Base(name); strings.Contains(base, separator) {
		return base
	}
	return strings.ReplaceAll(filepath.ToSlash(name), "/", separator)
}

// separator stands for a slash in the name of a copy.
const separator = "__"

// write writes the sources, and the overlay with which the go command reads them.
func (p *Program) write() error {
	byFile := make(map[string][]*Mutant)
	for _, m := range p.Mutants {
		byFile[m.File] = append(byFile[m.File], m)
	}
	switches := filepath.Join(p.dir, "active.go")
	if err := os.WriteFile(switches, switchText, 0o666); err != nil {
		return err
	}
	overlay := struct{ Replace map[string]string }{map[string]string{
		filepath.Join(p.Root, filepath.FromSlash(switchFolder), "active.go"): switches,
	}}
	for _, file := range slices.Sorted(maps.Keys(byFile)) {
		original := filepath.Join(p.Root, filepath.FromSlash(file))
		text, err := os.ReadFile(original)
		if err != nil {
			return err
		}
		copied := filepath.Join(p.dir, p.copyOf(file))
		if err := os.WriteFile(copied, instrument(text, byFile[file]), 0o666); err != nil {
			return err
		}
		overlay.Replace[original] = copied
	}
	list, err := json.Marshal(overlay)
	if err != nil {
		return err
	}
	return os.WriteFile(p.overlay(), list, 0o666)
}

func (p *Program) overlay() string { return filepath.Join(p.dir, "overlay.json") }

func (p *Program) command(ctx context.Context, args ...string) *exec.Cmd {
	args = slices.Insert(args, 1, "-overlay", p.overlay())
	if args[0] == "test" {
		args = slices.Insert(args, 1, "-vet=off")
	}
	c := exec.CommandContext(ctx, "go", args...)
	c.Dir = p.Root
	return c
}

// Build builds the main package, or with test the tests of a package.
func (p *Program) Build(ctx context.Context, output, path string, test bool) error {
	args := []string{"build", "-o", output, path}
	if test {
		args = []string{"test", "-c", "-o", output, path}
	}
	if out, err := p.command(ctx, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("building %s: %w\n%s", path, err, out)
	}
	return nil
}

var (
	complaint = regexp.MustCompile(`(?m)^(\S+\.go):(\d+):\d+: `)
	onLine    = regexp.MustCompile(`active\.(?:Mutant [!=]= |Pick\[[^(]*\]\()(\d+)`)
	inCase    = regexp.MustCompile(`^case (\d+):$`)
)

// blame returns the mutants in which the compiler finds errors.
func (p *Program) blame(out []byte) map[int]bool {
	bad := make(map[int]bool)
	texts := make(map[string][][]byte)
	for _, m := range complaint.FindAllSubmatch(out, -1) {
		copied := filepath.Join(p.dir, p.copyOf(string(m[1])))
		if texts[copied] == nil {
			text, err := os.ReadFile(copied)
			if err != nil {
				continue
			}
			texts[copied] = bytes.Split(text, []byte("\n"))
		}
		line, _ := strconv.Atoi(string(m[2]))
		if line < 1 || line > len(texts[copied]) {
			continue
		}
		for _, n := range culprits(texts[copied][:line]) {
			bad[n] = true
		}
	}
	return bad
}

// culprits returns the mutants that an error in the last line is due to.
func culprits(lines [][]byte) []int {
	last := lines[len(lines)-1]
	var list []int
	for _, m := range onLine.FindAllSubmatch(last, -1) {
		n, _ := strconv.Atoi(string(m[1]))
		list = append(list, n)
	}
	if list != nil {
		return list
	}
	for _, line := range slices.Backward(lines) {
		line = bytes.TrimSpace(line)
		if m := inCase.FindSubmatch(line); m != nil {
			n, _ := strconv.Atoi(string(m[1]))
			return []int{n}
		}
		if numbers, ok := bytes.CutPrefix(line, []byte(mark)); ok {
			for _, f := range bytes.Fields(numbers) {
				n, _ := strconv.Atoi(string(f))
				list = append(list, n)
			}
			return list
		}
	}
	return nil
}
