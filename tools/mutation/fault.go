package mutation

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
)

// Fault returns a mutant made by hand: the given statements are inserted into a file of
// the module after the line that contains a text, which must occur in the file once.
func Fault(root, file, name, after, wrong string) (*Mutant, error) {
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(file)))
	if err != nil {
		return nil, err
	}
	if n := bytes.Count(text, []byte(after)); n != 1 {
		return nil, fmt.Errorf("fault %q: %s has %d times, want once: %s", name, file, n, after)
	}
	at := bytes.Index(text, []byte(after))
	at += bytes.IndexByte(text[at:], '\n')
	return &Mutant{
		File: file, Line: 1 + bytes.Count(text[:at], []byte("\n")), Function: name, Operator: "fault", Ordinal: 1,
		Original: oneLine(after), Mutated: oneLine(after + " " + wrong),
		edit: edit{at, at, wrong, &region{kind: insertion, lo: at, hi: at}},
	}, nil
}
