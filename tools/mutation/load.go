package mutation

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// source is one file with its types.
type source struct {
	path string // from the root of the module
	text []byte
	file *ast.File
	fset *token.FileSet
	info *types.Info
	pkg  *types.Package
}

// offset returns the offset of p in the text.
func (s *source) offset(p token.Pos) int { return s.fset.Position(p).Offset }

// at returns the text of a node.
func (s *source) at(n ast.Node) string { return string(s.text[s.offset(n.Pos()):s.offset(n.End())]) }

// load reads and type-checks the packages in folders of the module at root.
func load(root string, folders ...string) ([]*source, error) {
	exports, packages, err := list(root, folders)
	if err != nil {
		return nil, err
	}
	var sources []*source
	for _, p := range packages {
		fset := token.NewFileSet()
		lookup := func(path string) (io.ReadCloser, error) {
			if exports[path] == "" {
				return nil, fmt.Errorf("no export data for %s", path)
			}
			return os.Open(exports[path])
		}
		info := &types.Info{
			Types: make(map[ast.Expr]types.TypeAndValue),
			Defs:  make(map[*ast.Ident]types.Object),
			Uses:  make(map[*ast.Ident]types.Object),
		}
		var files []*ast.File
		var own []*source
		for _, name := range p.GoFiles {
			full := filepath.Join(p.Dir, name)
			text, err := os.ReadFile(full)
			if err != nil {
				return nil, err
			}
			f, err := parser.ParseFile(fset, full, text, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				return nil, err
			}
			relative, err := filepath.Rel(root, full)
			if err != nil {
				return nil, err
			}
			files = append(files, f)
			own = append(own, &source{path: filepath.ToSlash(relative), text: text, file: f, fset: fset, info: info})
		}
		config := types.Config{Importer: importer.ForCompiler(fset, "gc", lookup)}
		pkg, err := config.Check(p.ImportPath, fset, files, info)
		if err != nil {
			return nil, err
		}
		for _, s := range own {
			s.pkg = pkg
		}
		sources = append(sources, own...)
	}
	return sources, nil
}

// listed is what go list says about a package.
type listed struct {
	ImportPath, Dir, Export string
	GoFiles                 []string
	DepOnly                 bool
}

// list returns the files with the export data of all packages that those in the folders
// need, and the packages in the folders.
func list(root string, folders []string) (exports map[string]string, packages []listed, err error) {
	args := []string{"list", "-export", "-deps", "-json=ImportPath,Dir,Export,GoFiles,DepOnly"}
	for _, f := range folders {
		args = append(args, "./"+f)
	}
	c := exec.Command("go", args...)
	c.Dir = root
	out, err := c.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			return nil, nil, fmt.Errorf("go list: %w\n%s", err, exit.Stderr)
		}
		return nil, nil, err
	}
	exports = make(map[string]string)
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return exports, packages, nil
		} else if err != nil {
			return nil, nil, err
		}
		exports[p.ImportPath] = p.Export
		if !p.DepOnly {
			packages = append(packages, p)
		}
	}
}
