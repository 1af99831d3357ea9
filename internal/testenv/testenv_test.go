package testenv

import (
	"flag"
	"os"
	"strconv"
	"strings"
	"testing"
)

func TestMain(m *testing.M) { Run(m, 7) }

// TestDefaults: what neither the command line nor the environment gives is set.
func TestDefaults(t *testing.T) {
	given := make(map[string]bool)
	flag.Visit(func(f *flag.Flag) { given[f.Name] = true }) // with what Run has set
	for _, f := range []struct{ name, variable, want string }{
		{"rapid.seed", "RAPID_SEED", "1"},
		{"rapid.checks", "RAPID_CHECKS", strconv.Itoa(7 * Effort())},
		{"rapid.shrinktime", "RAPID_SHRINKTIME", "5s"},
		{"rapid.nofailfile", "RAPID_NOFAILFILE", "true"},
	} {
		_, set := os.LookupEnv(f.variable)
		if commanded := strings.Contains(strings.Join(os.Args, " "), f.name); set || commanded {
			continue
		}
		if got := flag.Lookup(f.name).Value.String(); got != f.want || !given[f.name] {
			t.Errorf("-%s is %s, want %s", f.name, got, f.want)
		}
	}
}

func TestChanges(t *testing.T) {
	t.Parallel()
	const side = "- \ta: 1,\n+ \ta: 2,\n"
	for _, c := range []struct{ diff, want string }{
		{"", ""},
		{"  T{\n" + side + "  \tb: 3,\n  }\n", side},
		{"  T{\n" + side + side + "  }\n", side + "… lines left out: 2\n"},
		{"  T{\n" + side + "  \t... // 2 identical fields\n" + side + side + "  }\n", side + "… lines left out: 4\n"},
	} {
		if got := Changes(c.diff); got != c.want {
			t.Errorf("of %q: %q, want %q", c.diff, got, c.want)
		}
	}
}

func TestFew(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		mistakes string
		want     string
	}{
		{"a", "a\n"},
		{"a b c d", "a\nb\nc\nd\n"},
		{"a b c d e f", "a\nb\nc\nd\n… lines left out: 2\n"},
	} {
		if got := Few(strings.Fields(c.mistakes)); got != c.want {
			t.Errorf("of %s: %q, want %q", c.mistakes, got, c.want)
		}
	}
}

func TestBrief(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		reason string
		lines  int
		want   string
	}{
		{"the most that is shown", 16, strings.Repeat("x\n", 16)},
		{"one more", 17, strings.Repeat("x\n", 16) + "… lines left out: 1\n"},
		{"long", 100, strings.Repeat("x\n", 16) + "… lines left out: 84\n"},
	} {
		if got := Brief(strings.Repeat("x\n", c.lines)); got != c.want {
			t.Errorf("%s: %q, want %q", c.reason, got, c.want)
		}
	}
}
