package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"sounding/exact"
	"sounding/exact/field"
	"sounding/internal/layout"
	"sounding/model"
)

// The limits of --deep: prefixes of the tree, the width asked for, and the rows that are solved
// for it.
const (
	maxDeepPrefixes = 1 << 12
	deepWidth       = 1e-6
	deepRows        = 50_000
)

// maxDeepRows is the number of prefixes that the table of --deep lists.
const maxDeepRows = 20

// deepAnalysis is the minimum of the deep objective of an instance on its prefix tree.
type deepAnalysis struct {
	instance *model.Instance
	minimum  *exact.DeepMinimum
	horizon  int
	gibbs    field.Enclosure // L_deep of the policy with Gibbs rows beyond the horizon
	base     field.Enclosure // L_deep of P_0
	prefixes []deepPrefix
}

// deepPrefix is a prefix beyond the horizon, with recovery probabilities.
type deepPrefix struct {
	t                    int
	tokens               string
	reach, adversary     float64 // P(x), Q(x)
	base, gibbs, minimal float64 // ρ_0, that of the Gibbs measure, and that of the policy
}

// runDeep encloses the minimum of the deep objective and prints it.
func (a *analyzeCommand) runDeep(ctx context.Context, c *console) error {
	for _, other := range []struct {
		flag  string
		given bool
	}{{"--json", a.JSON}, {"--html", a.HTML != ""}, {"--csv", a.CSV != ""}, {"--svg", a.SVG != ""}, {"--fast", a.Fast}, {"--precision", a.Precision != nil}, {"--tuned", a.Tuned != ""}} {
		if other.given {
			return unusable(fmt.Errorf("--deep with %s: want one of them", other.flag))
		}
	}
	if a.Policy != "" {
		if err := checkTarget(a.Policy); err != nil {
			return err
		}
	}
	p := c.progress("minimising")
	d, err := compute(ctx, func() (*deepAnalysis, error) {
		p, err := a.input(c)
		if err != nil {
			return nil, err
		}
		return analyzeDeep(p.instance)
	})
	p.end()
	if err != nil {
		return err
	}
	if a.Policy != "" {
		if err := writeFile(a.Policy, d.writePolicy); err != nil {
			return err
		}
	}
	return d.print(c)
}

// analyzeDeep encloses the minimum over all policies, which may look at the whole prefix.
func analyzeDeep(in *model.Instance) (*deepAnalysis, error) {
	in, _, err := in.Unroll(maxDeepPrefixes)
	if err != nil {
		return nil, unusable(fmt.Errorf("--deep: %w", err))
	}
	b, err := exact.NewDeepBound(in, exact.DeepOptions{})
	if err != nil {
		return nil, err
	}
	d := &deepAnalysis{instance: in, horizon: exact.Horizon(in.Process)}
	if d.minimum, err = b.Minimise(deepWidth, deepRows); err != nil {
		return nil, err
	}
	return d, d.compare()
}

// compare sets what the minimum is compared with.
func (d *deepAnalysis) compare() error {
	f := field.NewInterval(field.DefaultPrecision)
	in := d.instance
	pt, err := exact.NumbersOf(f, in.Process)
	if err != nil {
		return err
	}
	o, err := exact.NewObjective(f, in)
	if err != nil {
		return err
	}
	policy, err := exact.PolicyRows(f, in.Process, d.minimum.Policy)
	if err != nil {
		return err
	}
	mixed, names := slices.Clone(policy), prefixNames(in.Process)
	reach := exact.Occupancy(f, in.Process, policy)
	for t := d.horizon + 1; t <= in.Length(); t++ {
		if mixed[t-1], err = gibbsRows(f, in, pt.Prob[t-1], t); err != nil {
			return err
		}
		rho := func(rows [][]field.Enclosure) []field.Enclosure {
			return exact.Recovery(f, &model.Numbers[field.Enclosure]{Process: in.Process, Prob: rows}, in.Recovers, t)
		}
		base, gibbs, minimal := rho(pt.Prob), rho(mixed), rho(policy)
		for x := range base {
			d.prefixes = append(d.prefixes, deepPrefix{
				t: t, tokens: names[t-1][x],
				reach: middle(f, reach[t-1][x]), adversary: middle(f, o.Adversary[t-1][x]),
				base: middle(f, base[x]), gibbs: middle(f, gibbs[x]), minimal: middle(f, minimal[x]),
			})
		}
	}
	for _, of := range []struct {
		policy [][]field.Enclosure
		cost   *field.Enclosure
	}{{mixed, &d.gibbs}, {pt.Prob, &d.base}} {
		terms, err := exact.Deep(f, pt, o, of.policy)
		if err != nil {
			return err
		}
		*of.cost = terms.Total(f)
	}
	return nil
}

// gibbsRows returns the rows p* ∝ p_0·e^{η_t·1[a∈R]} at position t.
func gibbsRows(f field.Interval, in *model.Instance, base []field.Enclosure, t int) ([]field.Enclosure, error) {
	eta, err := f.FromRat(in.Eta(t))
	if err != nil {
		return nil, err
	}
	u, err := f.Exp(eta)
	if err != nil {
		return nil, err
	}
	var rows []field.Enclosure
	l := in.Layer(t)
	for x := range l.States() {
		lo, hi := l.Row(x)
		recovers := make([]bool, hi-lo)
		for e := lo; e < hi; e++ {
			recovers[e-lo] = in.Recovers(l.Token(e))
		}
		row, err := exact.GibbsPolicy(f, base[lo:hi], recovers, u)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row...)
	}
	return rows, nil
}

func middle(f field.Interval, a field.Enclosure) float64 {
	lo, hi := f.Bounds(a)
	m, _ := lo.Add(lo, hi).Float64()
	return m / 2
}

// prefixNames returns the tokens that lead to each state of layers 0…T of a tree: [t][x].
func prefixNames(p *model.Process) [][]string {
	names := [][]string{{"(none)"}}
	for t := 1; t <= p.Length(); t++ {
		l := p.Layer(t)
		next := make([]string, p.States(t))
		for x, before := range names[t-1] {
			for e, hi := l.Row(x); e < hi; e++ {
				next[l.Next(e)] = p.Token(l.Token(e))
				if t > 1 {
					next[l.Next(e)] = before + " " + next[l.Next(e)]
				}
			}
		}
		names = append(names, next)
	}
	return names
}

// writePolicy writes the policy as an instance: the one at hand with the weights of the policy, and
// with the same Q.
func (d *deepAnalysis) writePolicy(out io.Writer) error {
	in := *d.instance
	rows := make([]model.Naturals, in.Length()-1)
	for i := range rows {
		rows[i] = *d.instance.AdversaryWeights(i + 1)
	}
	in.Adversary = model.Adversary{Kind: model.AdversaryRows, Rows: rows}
	var err error
	if in.Process, err = in.Under(d.minimum.Policy); err != nil {
		return err
	}
	return model.WriteInstance(out, &in)
}

// print prints the minimum, and where the policy that attains its upper end recovers otherwise than
// the Gibbs measure of each prefix.
func (d *deepAnalysis) print(c *console) error {
	var b strings.Builder
	m := d.minimum
	fmt.Fprintf(&b, "minimum of L_deep  %s … %s\n", digits(m.Lower, big.ToNegativeInf), digits(m.Upper, big.ToPositiveInf))
	f := field.NewInterval(field.DefaultPrecision)
	fmt.Fprintf(&b, "with Gibbs rows    %.9g\nat the base model  %.9g\n", middle(f, d.gibbs), middle(f, d.base))
	fmt.Fprintf(&b, "horizon            %d of %d positions\n", d.horizon, d.instance.Length())
	if m.Width() > deepWidth {
		fmt.Fprintf(&b, "The minimum is enclosed to %.1g, and not to %g: the work on it is limited.\n", m.Width(), deepWidth)
	}
	if len(d.prefixes) == 0 {
		_, err := io.WriteString(c.lines(), b.String())
		return err
	}
	list := slices.Clone(d.prefixes)
	slices.SortStableFunc(list, func(p, q deepPrefix) int {
		return -cmp.Compare(math.Abs(p.minimal-p.gibbs), math.Abs(q.minimal-q.gibbs))
	})
	fmt.Fprintln(&b)
	head := []string{"t", "P(x)", "Q(x)", "ρ_0", "ρ Gibbs", "ρ here", "difference", "prefix x"}
	rows := layout.Table{Head: head, Right: len(head) - 1, Indent: "  "}
	for _, p := range list[:min(len(list), maxDeepRows)] {
		row := []string{strconv.Itoa(p.t)}
		for _, v := range []float64{p.reach, p.adversary, p.base, p.gibbs, p.minimal} {
			row = append(row, fmt.Sprintf("%.4g", v))
		}
		rows.Rows = append(rows.Rows, append(row, fmt.Sprintf("%+.4f", p.minimal-p.gibbs), p.tokens))
	}
	rows.Write(&b, c.width) // into a string, which takes everything
	if more := len(list) - maxDeepRows; more > 0 {
		fmt.Fprintln(&b, "… and "+strconv.Itoa(more)+" prefixes that differ less")
	}
	legend := &table{Legend: []explained{
		{"minimum", "of λE_P[Harm] + KL(P‖P_0) + Σ_t βγ^t·E_{y_<t∼Q}[P(y_t∉R|y_<t)] over all policies, certain to the last digit"},
		{"with Gibbs rows", "the same policy with P_0·e^{βγ^t·1[a∈R]}/Z beyond the horizon, the optimum of each prefix by itself"},
		{"ρ here", "recovery probability of a policy that attains the upper end; --policy FILE writes it"},
		{"P(x), Q(x)", "probabilities of the prefix under that policy and under the adversary"},
	}}
	legend.explain(&b)
	_, err := io.WriteString(c.lines(), b.String())
	return err
}

// digits writes a bound to nine digits, rounded in a direction.
func digits(x *big.Float, mode big.RoundingMode) string {
	scaled := new(big.Float).SetPrec(64).SetMode(mode).Mul(x, big.NewFloat(1e9))
	n, accuracy := scaled.Int(nil)
	if mode == big.ToPositiveInf && accuracy == big.Below {
		n.Add(n, big.NewInt(1))
	}
	return new(big.Rat).SetFrac(n, big.NewInt(1e9)).FloatString(9)
}

var errPolicyAlone = errors.New("--policy without --deep: it writes the policy that --deep finds")
