// Package words turns counterexamples into the random words that draw them, and back.
//
// A failed property of rapid leaves the words that its generators read, in a failfile;
// a fuzzer keeps the same words, packed, as an entry of its corpus. A counterexample
// file holds a case, which the words of no generator are known of: it becomes words
// that spell the file out, which the generators here read as such.
package words

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sounding/generators"
	"sounding/model"
	"sounding/verify"
)

// Words that spell a file out are single bits: a mark of ones, the length in bytes and
// the bytes, least bits first. Words drawn at random begin with the mark once in 2⁴⁸
// times, and then hardly go on as a file.
const (
	markBits   = 48
	lengthBits = 24
	maxFile    = 1 << 20 // bytes
)

// Name returns what the test and the fuzz target of a statement are called after Test
// and Fuzz.
func Name(id string) string {
	name := ""
	for word := range strings.SplitSeq(id, "-") {
		name += strings.ToUpper(word[:1]) + word[1:]
	}
	return name
}

// Cases draws the cases that the checks of a statement run on. Words that spell out a
// counterexample to the statement draw the case of that.
func Cases(s *verify.Statement) *rapid.Generator[*model.Case] {
	drawn := generators.Cases(generators.Limits{})
	if s.Source != nil && s.Source.Draw != nil {
		drawn = rapid.Map(rapid.IntRange(0, 1<<20), func(i int) *model.Case { return s.Source.Draw(1, i) })
	}
	bit := rapid.Bool()
	return rapid.Custom(func(t *rapid.T) *model.Case {
		if stored := spelt(func() bool { return bit.Draw(t, "bit") }); stored != nil && stored.Statement == s.ID {
			return stored.Case
		}
		return drawn.Draw(t, "case")
	})
}

// spelt reads a counterexample from bits, up to the first that cannot be part of one.
func spelt(bit func() bool) *verify.Stored {
	file := read(bit)
	if file == nil {
		return nil
	}
	s, err := verify.ReadStored(bytes.NewReader(file))
	if err != nil {
		return nil
	}
	return s
}

// read reads a file from bits, or nil.
func read(bit func() bool) []byte {
	for range markBits {
		if !bit() {
			return nil
		}
	}
	number := func(bits int) (n int) {
		for i := range bits {
			if bit() {
				n |= 1 << i
			}
		}
		return n
	}
	n := number(lengthBits)
	if n > maxFile {
		return nil
	}
	file := make([]byte, 0, n)
	for range n {
		file = append(file, byte(number(8)))
	}
	return file
}

// Spell returns the words that spell a counterexample file out.
func Spell(file []byte) ([]uint64, error) {
	if len(file) > maxFile {
		return nil, fmt.Errorf("%d bytes, accepted are at most %d", len(file), maxFile)
	}
	var list []uint64
	for range markBits {
		list = append(list, 1)
	}
	write := func(v, bits int) {
		for i := range bits {
			list = append(list, uint64(v>>i&1))
		}
	}
	write(len(file), lengthBits)
	for _, b := range file {
		write(int(b), 8)
	}
	return list, nil
}

// Read returns the file that words spell out, and nil where they spell none.
func Read(list []uint64) []byte {
	short := false
	file := read(func() bool {
		if len(list) == 0 {
			short = true
			return false
		}
		b := list[0]&1 == 1
		list = list[1:]
		return b
	})
	if short {
		return nil
	}
	return file
}

// Draw returns the case that words draw for a statement.
func Draw(s *verify.Statement, list []uint64) (*model.Case, error) {
	var c *model.Case
	done := make(chan struct{})
	go func() { // the target ends its goroutine where the words run out
		defer close(done)
		rapid.MakeFuzz(func(t *rapid.T) { c = Cases(s).Draw(t, "case") })(new(testing.T), pack(list))
	}()
	<-done
	if c == nil {
		return nil, fmt.Errorf("%d words end before a case for %s is drawn", len(list), s.ID)
	}
	return c, nil
}

// pack returns words as the bytes that a fuzz target reads.
func pack(list []uint64) []byte {
	b := make([]byte, 0, 8*len(list))
	for _, w := range list {
		b = binary.LittleEndian.AppendUint64(b, w)
	}
	return b
}

// unpack returns the words that a fuzz target reads from bytes.
func unpack(b []byte) []uint64 {
	var list []uint64
	for len(b) > 0 {
		var word [8]byte
		b = b[copy(word[:], b):]
		list = append(list, binary.LittleEndian.Uint64(word[:]))
	}
	return list
}

// The first line of an entry of Go's fuzz corpus, and what its data stands between.
const (
	corpusHead  = "go test fuzz v1"
	corpusOpen  = "[]byte("
	corpusClose = ")"
)

// IsCorpus reports whether a text is an entry of a fuzz corpus.
func IsCorpus(text []byte) bool { return bytes.HasPrefix(text, []byte(corpusHead)) }

// Corpus returns the entry of a fuzz corpus that holds words.
func Corpus(list []uint64) []byte {
	return fmt.Appendf(nil, "%s\n%s%q%s\n", corpusHead, corpusOpen, pack(list), corpusClose)
}

// ReadCorpus returns the words of an entry of a fuzz corpus.
func ReadCorpus(text []byte) ([]uint64, error) {
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if len(lines) != 2 || lines[0] != corpusHead {
		return nil, fmt.Errorf("no entry of a fuzz corpus: accepted are the line %q and one with %s…%s", corpusHead, corpusOpen, corpusClose)
	}
	data, open := strings.CutPrefix(lines[1], corpusOpen)
	data, closed := strings.CutSuffix(data, corpusClose)
	b, err := strconv.Unquote(data)
	if !open || !closed || err != nil {
		return nil, fmt.Errorf("line 2 of an entry of a fuzz corpus: accepted is %s…%s with a quoted string", corpusOpen, corpusClose)
	}
	return unpack([]byte(b)), nil
}

// failVersion is the version of its format that rapid writes into a failfile; it reads
// no other.
const failVersion = "v0.4.8"

// Failfile returns the failfile of rapid that holds words. Its seed says nothing.
func Failfile(list []uint64) []byte {
	b := fmt.Appendf(nil, "%s#%d", failVersion, 1)
	for _, w := range list {
		b = fmt.Appendf(b, "\n0x%x", w)
	}
	return append(b, '\n')
}

// ReadFailfile returns the words of a failfile.
func ReadFailfile(text []byte) ([]uint64, error) {
	var list []uint64
	version := ""
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case version == "":
			var seed string
			if version, seed, _ = strings.Cut(line, "#"); version != failVersion || seed == "" {
				return nil, fmt.Errorf("line %d: %q, accepted is the version and a seed, %s#…", n, line, failVersion)
			}
		default:
			w, err := strconv.ParseUint(line, 0, 64)
			if err != nil {
				return nil, fmt.Errorf("line %d: %q, accepted are words of 64 bits", n, line)
			}
			list = append(list, w)
		}
	}
	if version == "" {
		return nil, errors.New("no words: neither a failfile of rapid nor an entry of a fuzz corpus")
	}
	return list, nil
}
