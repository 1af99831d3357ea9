package study

import (
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func TestChanged(t *testing.T) {
	t.Parallel()
	read := func(files map[string]string) Sources {
		t.Helper()
		tree := make(fstest.MapFS)
		for name, text := range files {
			tree[name] = &fstest.MapFile{Data: []byte(text)}
		}
		s, err := ReadSources(tree, "exact", "numeric")
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	then := read(map[string]string{
		"exact/law.go": "a", "exact/field/series.go": "b\nc", "numeric/soft.go": "d",
		"exact/law_test.go": "e", "model/case.go": "f", "numeric/testdata/x.go": "g",
	})
	now := read(map[string]string{
		"exact/law.go": "A", "exact/field/series.go": "b\r\nc", "numeric/fisher.go": "d",
		"exact/law_test.go": "E", "model/case.go": "F", "numeric/testdata/x.go": "G",
	})
	if diff := cmp.Diff([]string{"exact/law.go", "numeric/fisher.go", "numeric/soft.go"}, then.Changed(now)); diff != "" {
		t.Errorf("changed (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string(nil), then.Changed(then)); diff != "" {
		t.Errorf("nothing changed (-want +got):\n%s", diff)
	}
}

func TestMissingFolder(t *testing.T) {
	t.Parallel()
	if _, err := ReadSources(fstest.MapFS{}, "exact"); err == nil {
		t.Error("no error for a folder that is not there")
	}
}
