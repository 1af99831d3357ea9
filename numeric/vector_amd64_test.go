package numeric

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

var (
	comment       = regexp.MustCompile(`//.*`)
	vectorOperand = regexp.MustCompile(`\b[XY]1?[0-9]\b`)
	packed        = regexp.MustCompile(`^P|[PS][SD]$`)
	wordTarget    = regexp.MustCompile(`^([ABCD]X|[SD]I|R[0-9]+|.*\))$`)
)

// legacySSE returns the instructions of an assembly file that use vector registers in the
// encoding of SSE, and the returns that leave the upper halves in use.
func legacySSE(source string) (found []string) {
	dirty := false // the upper halves are in use
	for line := range strings.Lines(source) {
		instruction := strings.TrimSpace(comment.ReplaceAllString(line, ""))
		name, operands, _ := strings.Cut(instruction, " ")
		target := strings.TrimSpace(operands[strings.LastIndex(operands, ",")+1:])
		switch {
		case name == "VZEROUPPER":
			dirty = false
		case strings.HasPrefix(name, "V"):
			dirty = true
		case name == "RET":
			if dirty {
				found = append(found, "RET without VZEROUPPER")
			}
			dirty = false
		case vectorOperand.MatchString(operands), packed.MatchString(name), strings.HasPrefix(name, "MOV") && !wordTarget.MatchString(target):
			found = append(found, instruction)
		}
	}
	return found
}

// TestNoLegacySSE: among AVX instructions, one in the encoding of SSE has to keep the
// upper halves of the registers, for which the processor waits.
func TestNoLegacySSE(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("vector_amd64.s")
	if err != nil {
		t.Fatal(err)
	}
	if found := legacySSE(string(source)); len(found) > 0 {
		t.Errorf("vector_amd64.s mixes SSE with AVX: %q", found)
	}
}
