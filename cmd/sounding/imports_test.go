package main

import (
	"go/build"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// allowed lists, for each package, the packages of this module that it may import besides
// those that its imports may. What is not listed may import nothing of the module.
var allowed = map[string][]string{
	"internal/strict":  nil,
	"model":            {"internal/strict"},
	"exact/field":      nil,
	"generators":       {"model"},
	"numeric":          {"model"},
	"corpus":           {"model"},
	"topk":             {"model"},
	"exact":            {"exact/field", "model"},
	"exact/definition": {"exact/field", "model"},
	"verify":           {"exact", "exact/definition", "generators"},
	"theorems":         {"verify", "numeric"},
	"gate":             {"verify", "numeric", "gate/training"},
	"gate/training":    {"exact", "generators"},
	"internal/layout":  nil,
	"internal/report":  {"theorems", "formal", "internal/layout"},
	"formal":           nil,
	"gate/gatetest":    {"model"},
	"vectors":          nil,
	"vectors/generate": {"gate"},
	"internal/testenv": nil,
	"cmd/sounding":     {"theorems", "gate", "internal/report", "corpus", "topk"},
}

// TestImportsPointOneWay: no package imports another but those below it, and solvers whose
// agreement is evidence do not know each other.
func TestImportsPointOneWay(t *testing.T) {
	t.Parallel()
	const root, module = "../..", "sounding/"
	var reach func(p string, into map[string]bool)
	reach = func(p string, into map[string]bool) {
		for _, q := range allowed[p] {
			into[q] = true
			reach(q, into)
		}
	}
	err := filepath.WalkDir(root, func(dir string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(root, dir)
		if err != nil {
			return err
		}
		if name := d.Name(); rel != "." && (strings.HasPrefix(name, ".") || name == "testdata" || rel == "tools") {
			return fs.SkipDir
		}
		p, err := build.Default.ImportDir(dir, 0)
		if err != nil {
			return nil // no Go files, or tests alone
		}
		rel = filepath.ToSlash(rel)
		below := make(map[string]bool)
		if _, known := allowed[rel]; !known && len(p.GoFiles) > 0 && p.Name != "proofs" {
			t.Errorf("%s: which layer is it in?", rel)
		}
		reach(rel, below)
		for _, imported := range p.Imports {
			if q, ours := strings.CutPrefix(imported, module); ours && !below[q] {
				t.Errorf("%s imports %s", rel, q)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, strangers := range [][2]string{{"numeric", "exact"}, {"exact", "numeric"}, {"exact", "exact/definition"}, {"exact/definition", "exact"}, {"verify", "theorems"}} {
		below := make(map[string]bool)
		reach(strangers[0], below)
		if below[strangers[1]] || slices.Contains(allowed[strangers[0]], strangers[1]) {
			t.Errorf("the rules let %s import %s", strangers[0], strangers[1])
		}
	}
}
