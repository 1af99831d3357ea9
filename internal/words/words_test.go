package words

import (
	"bytes"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sounding/generators"
	"sounding/theorems"
	"sounding/verify"
)

// stored returns a counterexample file for a case, false or not.
func stored(t *testing.T, id string, seed uint64, i int) (*verify.Stored, []byte) {
	t.Helper()
	s, ok := theorems.Find(id)
	if !ok {
		t.Fatalf("no statement %s", id)
	}
	c := s.Cases().Draw(seed, i)
	v := &verify.Violation{Statement: id, Place: verify.At(1, 0), Claim: "0 = 1", Relation: "=", Left: verify.NewSide("0"), Right: verify.NewSide("1")}
	file := &verify.Stored{Statement: id, Seed: seed, Counterexample: verify.Counterexample{Case: c, Violation: v}}
	var b bytes.Buffer
	if err := file.Write(&b); err != nil {
		t.Fatal(err)
	}
	return file, b.Bytes()
}

// TestSpelling: a counterexample file becomes words in either form and back, and the
// words draw its case, for every statement: with scalars, second policies and all.
func TestSpelling(t *testing.T) {
	t.Parallel()
	for _, s := range theorems.All() {
		t.Run(s.ID, func(t *testing.T) {
			t.Parallel()
			n := 5
			if testing.Short() {
				n = 1
			}
			for i := range n {
				file, text := stored(t, s.ID, 7, i)
				list, err := Spell(text)
				if err != nil {
					t.Fatal(err)
				}
				corpus, err := ReadCorpus(Corpus(list))
				if err != nil {
					t.Fatal(err)
				}
				fail, err := ReadFailfile(Failfile(list))
				if err != nil {
					t.Fatal(err)
				}
				if !slices.Equal(list, corpus) || !slices.Equal(list, fail) {
					t.Fatal("the words change on their way through a file")
				}
				if got := Read(corpus); !bytes.Equal(got, text) {
					t.Fatalf("the words spell\n%s\nwant\n%s", got, text)
				}
				c, err := Draw(s, list)
				if err != nil {
					t.Fatal(err)
				}
				// A file writes a sparse row that lists every token as a dense one.
				file.Case = c
				var again bytes.Buffer
				if err := file.Write(&again); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(text), again.String()); diff != "" {
					t.Errorf("the words draw another case (-want +got):\n%s", diff)
				}
			}
		})
	}
}

// TestOtherStatement: words that spell a counterexample to one statement are random
// words to another.
func TestOtherStatement(t *testing.T) {
	t.Parallel()
	file, text := stored(t, "thm-20", 7, 3)
	list, err := Spell(text)
	if err != nil {
		t.Fatal(err)
	}
	other, _ := theorems.Find("cor-7")
	if c, err := Draw(other, list); err == nil && c.GoString() == file.Case.GoString() {
		t.Error("cor-7 is given the case of thm-20")
	}
}

// TestRandomWords: what rapid draws and records in words, the words draw again.
func TestRandomWords(t *testing.T) {
	t.Parallel()
	s, _ := theorems.Find("cor-7")
	state := uint64(1)
	var list []uint64
	for range 4000 {
		state = state*6364136223846793005 + 1442695040888963407
		list = append(list, state^state>>29)
	}
	c, err := Draw(s, list)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := generators.Size(c); c.Vocabulary() == 0 || !ok && c.Tree() && c.Vocabulary() > 4 {
		t.Errorf("%#v", c)
	}
	again, err := Draw(s, unpack(pack(list)))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(c.GoString(), again.GoString()); diff != "" {
		t.Error(diff)
	}
	if Read(list) != nil {
		t.Error("random words spell a file")
	}
	if _, err := Draw(s, list[:1]); err == nil {
		t.Error("a single word draws a case")
	}
}

// TestUnusable: a file that is none of the forms is refused with what is accepted.
func TestUnusable(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "go test fuzz v1", "go test fuzz v1\nint(3)", "go test fuzz v1\n[]byte(\"a)", "v0.4.8", "v9#1\n0x1", "v0.4.8#1\n0xg", "v0.4.8#1\n0x1ffffffffffffffff"} {
		var err error
		if IsCorpus([]byte(text)) {
			_, err = ReadCorpus([]byte(text))
		} else {
			_, err = ReadFailfile([]byte(text))
		}
		if err == nil {
			t.Errorf("%q: no error", text)
		}
	}
	if _, err := Spell(make([]byte, maxFile+1)); err == nil {
		t.Error("a file too large is spelt out")
	}
	list, _ := Spell([]byte("{}"))
	for n := range list {
		if Read(list[:n]) != nil {
			t.Errorf("the first %d of %d words spell a file", n, len(list))
		}
	}
}

// FuzzRead: no text makes the readers of words fail otherwise than by an error, and
// words that are read are written again.
func FuzzRead(f *testing.F) {
	f.Add(Corpus([]uint64{1, 2, 3}))
	f.Add(Failfile([]uint64{1, 2, 3}))
	f.Fuzz(func(t *testing.T, text []byte) {
		if list, err := ReadCorpus(text); err == nil {
			if again, err := ReadCorpus(Corpus(list)); err != nil || !slices.Equal(list, again) {
				t.Errorf("%v, then %v: %v", list, again, err)
			}
		}
		if list, err := ReadFailfile(text); err == nil {
			if again, err := ReadFailfile(Failfile(list)); err != nil || !slices.Equal(list, again) {
				t.Errorf("%v, then %v: %v", list, again, err)
			}
			Read(list)
		}
	})
}

// TestName pins the names that tests and fuzz targets have.
func TestName(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{"thm-8": "Thm8", "x-rem-2-converse": "XRem2Converse"} {
		if got := Name(id); got != want {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}
}
