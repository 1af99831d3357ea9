package definition

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sounding/exact/field"
	"sounding/model"
)

func collect(p *model.Process, from, x, to int) []string {
	var got []string
	for y := range Paths(p, from, x, to) {
		got = append(got, fmt.Sprint(y.Edges, y.States, y.Shared))
	}
	return got
}

func TestPaths(t *testing.T) {
	t.Parallel()
	p := ngram(3)
	for _, c := range []struct {
		reason      string
		from, x, to int
		want        []string
	}{
		{"the empty path is the only one from a layer to itself", 2, 1, 2, []string{"[] [1] 0"}},
		{"one position, from a state whose edges are not the first", 1, 1, 2, []string{"[2] [1 0] 0", "[3] [1 1] 0"}},
		{"a row that lists one token", 2, 0, 3, []string{"[0] [0 1] 0"}},
		{
			"all complete sequences, impossible ones too, in lexicographic order", 0, 0, 3,
			[]string{
				"[0 0 0] [0 0 0 1] 0", "[0 1 1] [0 0 1 0] 1", "[0 1 2] [0 0 1 1] 2",
				"[1 2 0] [0 1 0 1] 0", "[1 3 1] [0 1 1 0] 1", "[1 3 2] [0 1 1 1] 2",
			},
		},
	} {
		if diff := cmp.Diff(c.want, collect(p, c.from, c.x, c.to)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.reason, diff)
		}
	}
}

func TestPathsStopsWhenAsked(t *testing.T) {
	t.Parallel()
	n := 0
	for range Paths(ngram(4), 0, 0, 4) {
		if n++; n == 2 {
			break
		}
	}
	if n != 2 {
		t.Errorf("%d paths before the break, want 2", n)
	}
}

// TestPathsAgainstRecursion compares the iterator with a nested recursion that
// keeps no state between paths.
func TestPathsAgainstRecursion(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawProcess(t)
		from := rapid.IntRange(0, p.Length()).Draw(t, "from")
		x := rapid.IntRange(0, p.States(from)-1).Draw(t, "x")
		to := rapid.IntRange(from, p.Length()).Draw(t, "to")
		var want [][]int
		var extend func(at, x int, edges []int)
		extend = func(at, x int, edges []int) {
			if at == to {
				want = append(want, append([]int{}, edges...))
				return
			}
			l := p.Layer(at + 1)
			for e, hi := l.Row(x); e < hi; e++ {
				extend(at+1, l.Next(e), append(edges, e))
			}
		}
		extend(from, x, nil)
		var before []int
		i := 0
		for y := range Paths(p, from, x, to) {
			if i == len(want) || !cmp.Equal(want[i], y.Edges) {
				t.Fatalf("path %d is %v, want one of %v in order", i, y.Edges, want)
			}
			shared := 0
			for i > 0 && y.Edges[shared] == before[shared] {
				shared++
			}
			if y.Shared != shared {
				t.Fatalf("path %v after %v: Shared = %d, want %d", y.Edges, before, y.Shared, shared)
			}
			before = want[i]
			i++
		}
		if i != len(want) {
			t.Fatalf("%d paths, want %d", i, len(want))
		}
	})
}

func TestSequences(t *testing.T) {
	t.Parallel()
	s := must(List(ngram(3)))
	if s.Len() != 6 {
		t.Fatalf("%d sequences, want 6", s.Len())
	}
	// Sequence 2 is [0 1 2]: its second edge has weight 0.
	var reached, opens []bool
	for k := range 4 {
		reached = append(reached, s.Reached(2, k))
		opens = append(opens, s.Opens(2, k))
	}
	if diff := cmp.Diff([]bool{true, true, false, false}, reached); diff != "" {
		t.Errorf("Reached (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]bool{false, false, false, true}, opens); diff != "" {
		t.Errorf("Opens (-want +got):\n%s", diff)
	}
	if e, x := s.Edge(2, 3), s.State(2, 2); e != 2 || x != 1 {
		t.Errorf("sequence 2 takes edge %d at position 3 from state %d, want 2 from 1", e, x)
	}
	if !s.Opens(0, 0) || s.Opens(1, 0) {
		t.Error("the empty prefix opens once, at the first sequence")
	}
}

// ones returns n weights of 1.
func ones(n int) model.Naturals {
	return model.NaturalsOf(slices.Repeat([]int64{1}, n)...)
}

// repeated returns the process of n positions over two tokens that has one state.
func repeated(n int) *model.Process {
	loop := must(model.DenseLayer(2, ones(2), []int32{0, 0}))
	layers := make([]*model.Layer, n)
	for i := range layers {
		layers[i] = loop
	}
	return must(model.NewProcess(2, layers, model.NaturalsOf(0), big.NewInt(1)))
}

func TestListRefusesWhatIsTooLarge(t *testing.T) {
	t.Parallel()
	one := big.NewInt(1)
	wide := must(model.NewProcess(4096, []*model.Layer{must(model.TreeLayer(4096, ones(4096)))}, ones(4096), one))
	for _, c := range []struct {
		reason  string
		process *model.Process
		refused bool
	}{
		{"2^12 sequences of 12 positions are few", repeated(12), false},
		{"2^62 sequences of 62 positions: their product overflows a word", repeated(62), true},
		{"2^10000 sequences", repeated(10000), true},
		{"one long row: few sequences, but as many scores as its square", wide, true},
	} {
		_, err := List(c.process)
		if refused := err != nil; refused != c.refused {
			t.Errorf("%s: error %v", c.reason, err)
		} else if refused && !strings.Contains(err.Error(), "too many") {
			t.Errorf("%s: %v", c.reason, err)
		}
	}
}

func TestHorizon(t *testing.T) {
	t.Parallel()
	even := []int64{1, 1, 1, 1}
	for _, c := range []struct {
		reason string
		p      *model.Process
		want   int
	}{
		{"constant harm", tree(2, [][]int64{{1, 1}, even}, 1, 1, 1, 1, 1), 0},
		{"the first token decides", tree(2, [][]int64{{1, 1}, even}, 1, 0, 0, 1, 1), 1},
		{"the last token decides, the first does not", tree(2, [][]int64{{1, 1}, even}, 1, 0, 1, 0, 1), 2},
		{"harm varies on an impossible branch only", tree(2, [][]int64{{1, 0}, even}, 1, 0, 0, 0, 1), 0},
		{"an impossible token makes the rest of its row no matter", tree(2, [][]int64{{1, 1}, {1, 0, 1, 1}}, 1, 0, 1, 1, 1), 1},
		{"two prefixes that end in one state are two prefixes", ngram(3), 3},
		{"the example", example().Process, 2},
	} {
		if got := must(List(c.p)).Horizon(); got != c.want {
			t.Errorf("%s: horizon %d, want %d", c.reason, got, c.want)
		}
	}
}

// pair returns the tree of two positions over two tokens that are equally likely.
func pair() *model.Process { return tree(2, [][]int64{{1, 1}, {1, 1, 1, 1}}, 1, 0, 0, 0, 1) }

// TestSteps counts, by hand, the edges of the continuations of every state and the
// scores of every row.
func TestSteps(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		reason  string
		process *model.Process
		want    int
	}{
		{"a tree: 4 sequences of two edges, two states with 2 of one", pair(), (4*2 + 4) + 2*(2*1+4)},
		{"one state: 8 of three edges, 4 of two, 2 of one", repeated(3), (8*3 + 4) + (4*2 + 4) + (2*1 + 4)},
		{"beyond what is counted", repeated(62), MaxSteps + 1},
	} {
		if got := steps(test.process); got != test.want {
			t.Errorf("%s: %d steps, want %d", test.reason, got, test.want)
		}
	}
}

// TestShapes: a law with an entry too few is refused at every position, the last one too.
func TestShapes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		reason  string
		law     [][]int
		refused bool
	}{
		{"as it should be", [][]int{{1, 1}, {1, 1, 1, 1}}, false},
		{"the first position lacks one", [][]int{{1}, {1, 1, 1, 1}}, true},
		{"the last position lacks one", [][]int{{1, 1}, {1, 1, 1}}, true},
		{"the last position is missing", [][]int{{1, 1}}, true},
	} {
		func() {
			defer func() {
				if refused := recover() != nil; refused != test.refused {
					t.Errorf("%s: refused %v", test.reason, refused)
				}
			}()
			checkShape(pair(), test.law, 2)
		}()
	}
}

// TestAdversaryLength: Q has a law at each of the first T−1 positions, and no more.
func TestAdversaryLength(t *testing.T) {
	t.Parallel()
	if law := must(Adversary(field.NewRational(), model.NewInstance(pair()))); len(law) != 1 || len(law[0]) != 2 {
		t.Errorf("the law of the prefixes is %v", law)
	}
}
