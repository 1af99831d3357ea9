package corpus

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"sounding/internal/strict"
)

// text is a tokenised text. Word 0 is End.
type text struct {
	words  []string // distinct, in order of first occurrence
	counts []int    // occurrences of each
	stream []int32  // the text as indices of words, an End after every sentence
	bytes  int
}

// scan tokenises what r holds.
func scan(r io.Reader) (*text, error) { return scanAtMost(r, MaxBytes, MaxWords) }

// scanAtMost tokenises up to the given numbers of bytes and of distinct words.
func scanAtMost(r io.Reader, maxBytes, maxWords int) (*text, error) {
	s := scanner{maxWords: maxWords, index: map[string]int32{}, line: 1}
	s.words, s.counts = []string{End}, []int{0}
	in := bufio.NewReader(r)
	for {
		c, size, err := in.ReadRune()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", s.line, err)
		}
		if s.bytes += size; s.bytes > maxBytes {
			return nil, fmt.Errorf("more than %s", strict.Bytes(int64(maxBytes)))
		}
		if c == utf8.RuneError && size == 1 {
			return nil, fmt.Errorf("line %d, byte %d of the file: not UTF-8, want plain text in UTF-8", s.line, s.bytes)
		}
		if err := s.read(c); err != nil {
			return nil, fmt.Errorf("line %d: %w", s.line, err)
		}
	}
	if err := s.closeWord(); err != nil {
		return nil, fmt.Errorf("line %d: %w", s.line, err)
	}
	s.closeSentence()
	if len(s.stream) == 0 {
		return nil, errors.New("no words in it")
	}
	return &s.text, nil
}

// scanner is the state of scan between two runes.
type scanner struct {
	text
	maxWords   int // besides End
	index      map[string]int32
	word       []byte // what has been read of the current word
	apostrophe bool   // an apostrophe followed it
	stop       bool   // the last rune was a full stop
	newlines   int    // since the last rune that is not a blank
	line       int
}

func (s *scanner) read(c rune) error {
	if isWord(c) {
		if s.apostrophe {
			s.word = append(s.word, '\'')
		}
		s.apostrophe, s.stop, s.newlines = false, false, 0
		if s.word = utf8.AppendRune(s.word, unicode.ToLower(c)); len(s.word) > MaxWordBytes {
			return fmt.Errorf("a word of more than %d bytes, %q…", MaxWordBytes, s.word[:24])
		}
		return nil
	}
	if isApostrophe(c) && len(s.word) > 0 && !s.apostrophe {
		s.apostrophe = true
		return nil
	}
	if err := s.closeWord(); err != nil {
		return err
	}
	switch {
	case c == '.':
		s.stop, s.newlines = true, 0
		return nil // what comes next decides
	case unicode.Is(unicode.Sentence_Terminal, c):
		s.stop, s.newlines = true, 0
	case c == '\n':
		s.line++
		s.newlines++
	case !unicode.IsSpace(c):
		s.newlines = 0
	}
	if s.stop || s.newlines > 1 {
		s.stop = false
		s.closeSentence()
	}
	return nil
}

func (s *scanner) closeWord() error {
	s.apostrophe = false
	if len(s.word) == 0 {
		return nil
	}
	i, ok := s.index[string(s.word)]
	if !ok {
		if len(s.words) > s.maxWords {
			return fmt.Errorf("more than %d distinct words", s.maxWords)
		}
		i = int32(len(s.words))
		word := string(s.word)
		s.words, s.counts, s.index[word] = append(s.words, word), append(s.counts, 0), i
	}
	s.counts[i]++
	s.stream = append(s.stream, i)
	s.word = s.word[:0]
	return nil
}

func (s *scanner) closeSentence() {
	if n := len(s.stream); n > 0 && s.stream[n-1] != 0 {
		s.counts[0]++
		s.stream = append(s.stream, 0)
	}
}

func isWord(c rune) bool { return unicode.In(c, unicode.L, unicode.M, unicode.Nd) }

func isApostrophe(c rune) bool { return c == '\'' || c == '’' }

// fold writes a word the way the scanner does.
func fold(word string) string {
	return strings.Trim(strings.Map(func(c rune) rune {
		if isApostrophe(c) {
			return '\''
		}
		return unicode.ToLower(c)
	}, word), "'")
}
