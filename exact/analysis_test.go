package exact_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sounding/exact"
	"sounding/generators"
	"sounding/internal/testenv"
	"sounding/model"
)

// TestAnalyzeExample pins the worked example of the file format. The real numbers,
// cut off after their last digit here, come from the closed forms in decimal
// arithmetic of 60 digits: with η = 1, ½ and r the recovery probability of a row,
// ρ* = re^η/(1−r+re^η) and KL = ηρ* − log(1−r+re^η), averaged over the rows; and
// the relative entropies of the four sequences under P(y)·e^{−Harm(y)}.
func TestAnalyzeExample(t *testing.T) {
	t.Parallel()
	type enclosure struct{ Lo, Hi string }
	var got struct {
		Format       string
		ExpectedHarm string `json:"expected_harm"`
		Variance     string
		Horizon      int
		Positions    []struct {
			T                   int
			Information         string
			GradientNormSquared string    `json:"gradient_norm_squared"`
			FisherTrace         string    `json:"fisher_trace"`
			RecoveryProbability string    `json:"recovery_probability"`
			RecoveryInformation string    `json:"recovery_information"`
			GibbsRecovery       enclosure `json:"gibbs_recovery"`
			GibbsKL             enclosure `json:"gibbs_kl"`
			EquilibriumKL       enclosure `json:"equilibrium_kl"`
		}
	}
	text := must(json.Marshal(analyze(t, example(), 0)))
	if err := json.Unmarshal(text, &got, json.RejectUnknownMembers(true), json.MatchCaseInsensitiveNames(true)); err != nil {
		t.Fatal(err)
	}
	if want := "sounding/analysis/1 1/2 1/16 2"; fmt.Sprint(got.Format, " ", got.ExpectedHarm, " ", got.Variance, " ", got.Horizon) != want {
		t.Errorf("format, expected harm, variance and horizon: %v, want %s", got, want)
	}
	for i, want := range []struct{ rationals, reals []string }{
		{
			[]string{"0", "0", "3/8", "1/4", "3/16"},
			[]string{"0.475366886418671691", "0.117992866909883153", "0.00140602339383369694"},
		},
		{
			[]string{"1/16", "1/128", "169/392", "19/56", "89/392"},
			[]string{"0.453668346724868703", "0.02907382941435178590", "0.030308806310772950"},
		},
	} {
		p := got.Positions[i]
		if p.T != i+1 {
			t.Errorf("position %d is numbered %d", i+1, p.T)
		}
		rationals := []string{p.Information, p.GradientNormSquared, p.FisherTrace, p.RecoveryProbability, p.RecoveryInformation}
		if diff := cmp.Diff(want.rationals, rationals); diff != "" {
			t.Errorf("position %d (-want +got):\n%s", i+1, testenv.Changes(diff))
		}
		for j, e := range []enclosure{p.GibbsRecovery, p.GibbsKL, p.EquilibriumKL} {
			if !strings.HasPrefix(e.Lo, want.reals[j]) || !strings.HasPrefix(e.Hi, want.reals[j]) {
				t.Errorf("position %d: real %d is [%s, %s], want %s…", i+1, j, e.Lo, e.Hi, want.reals[j])
			}
		}
	}
}

// against fails unless the analysis of in, in both modes, is that of the
// definitions. It returns the horizon.
func against(t reporter, in *model.Instance, want *profile) int {
	t.Helper()
	got := solved(analyze(t, in, 0))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("by definition (−) and solved (+):\n%s", testenv.Changes(diff))
	}
	if diff := cmp.Diff(got, solved(analyze(t, in, 64))); diff != "" {
		t.Fatalf("exact (−) and enclosed (+):\n%s", testenv.Changes(diff))
	}
	return got.Horizon
}

// TestAnalyzeCases runs the cases that the statements are checked on.
func TestAnalyzeCases(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		in := generators.Cases(generators.Limits{}).Draw(r, "case").Instance
		against(r, in, defined(t, in))
	})
}

// TestAnalyzePlantedHorizons runs generated cases of every horizon.
func TestAnalyzePlantedHorizons(t *testing.T) {
	t.Parallel()
	for k := range 7 {
		for i := range 6 * testenv.Effort() {
			in := generators.WithHorizon(generators.Limits{Length: 6, Leaves: 64}, k).Example(i).Instance
			if got := against(t, in, defined(t, in)); got != k {
				t.Fatalf("case %d: horizon %d, want %d", i, got, k)
			}
		}
	}
}

// TestAnalyzeTrees runs prefix trees of every shape up to (2,8), (3,4) and (5,2),
// with every horizon.
func TestAnalyzeTrees(t *testing.T) {
	t.Parallel()
	for _, largest := range [][2]int{{2, 8}, {3, 4}, {4, 3}, {5, 2}} {
		v := largest[0]
		r := rand.New(rand.NewPCG(1, uint64(v)))
		for length := 1; length <= largest[1]; length++ {
			if testing.Short() && pow(v, length) > 32 {
				break
			}
			for k := range length + 1 {
				for range testenv.Effort() {
					in := randomTree(r, v, length, k)
					if got := against(t, in, defined(t, in)); got != k {
						t.Fatalf("V = %d, length %d: horizon %d, want %d", v, length, got, k)
					}
				}
			}
		}
	}
}

// TestAnalyzeMixed runs processes whose layers are of every shape by turns.
func TestAnalyzeMixed(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 8))
	for i := range testenv.Scale(50) {
		in := randomMixed(r, 2+i%2, 2+i%4)
		against(t, in, defined(t, in))
	}
}

// TestAnalyzeSigns: on instances that are not symmetric, the wrong sign of λ or of
// η would show. By hand, with one token of weight 1 of 3 that is harmful: a
// tilt of e^{−1} makes its probability e^{−1}/(2 + e^{−1}) = 0.1553…, and a boost
// by η = 2 makes it e²/(2 + e²) = 0.7869….
func TestAnalyzeSigns(t *testing.T) {
	t.Parallel()
	in := model.NewInstance(tree(2, [][]int64{{1, 2}}, 1, 1, 0))
	in.Recovery, in.Beta = []int{0}, big.NewRat(2, 1)
	p := analyze(t, in, 0).Positions[0]
	for _, c := range []struct {
		name string
		got  exact.Number
		want string
	}{
		{"ρ*", p.GibbsRecovery, "0.78698604"},
		{"KL of ρ* = 0.78698604…", p.GibbsKL, "0.43303960"},
		{"KL of P* = 0.15536240…", p.EquilibriumKL, "0.08125508"},
	} {
		if lo, hi := must2(c.got.Bounds()); !strings.HasPrefix(lo, c.want) || !strings.HasPrefix(hi, c.want) {
			t.Errorf("%s: [%s, %s], want %s…", c.name, lo, hi, c.want)
		}
	}
}

func must2(lo, hi string, err error) (string, string) {
	if err != nil {
		panic(err)
	}
	return lo, hi
}
