// Package study holds the studies of the suite's own power to see mistakes: they
// take too long to be made anew at every run, and are committed with the hashes of
// the sources that they were made from.
package study

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

// Sources are the Go files that a study was made from: the beginning of the SHA-256
// of each, by its path from the root of the module.
type Sources map[string]string

// hashLength is the number of hexadecimal digits that are kept of a hash.
const hashLength = 16

// ReadSources returns the Go files, tests apart, of the folders and of those within
// them. The root of the tree is that of the module.
func ReadSources(module fs.FS, folders ...string) (Sources, error) {
	s := make(Sources)
	for _, folder := range folders {
		err := fs.WalkDir(module, folder, func(name string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case entry.IsDir() && entry.Name() == "testdata":
				return fs.SkipDir
			case entry.IsDir() || path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go"):
				return nil
			}
			text, err := fs.ReadFile(module, name)
			if err != nil {
				return err
			}
			sum := sha256.Sum256(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")))
			s[name] = hex.EncodeToString(sum[:])[:hashLength]
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Folders lists, in order, the uppermost folders that the files are in.
func (s Sources) Folders() []string {
	folders := make(map[string]bool)
	for name := range s {
		folder, _, _ := strings.Cut(name, "/")
		folders[folder] = true
	}
	return slices.Sorted(maps.Keys(folders))
}

// Changed lists, in order, the files that are not the same in now: changed, gone or
// new.
func (s Sources) Changed(now Sources) []string {
	names := make(map[string]bool)
	for _, from := range []Sources{s, now} {
		for name := range from {
			if s[name] != now[name] {
				names[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}
