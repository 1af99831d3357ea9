package main

import (
	"fmt"

	"sounding/tools/mutation"
)

// fault is a typical mistake in a solver, made by hand.
type fault struct {
	name      string
	file      string
	after     string // it is inserted after the line that contains this text
	wrong     string
	statement string // the statement that it is against
}

var faults = []fault{
	{
		"no harm is expected before the end", "exact/martingale.go",
		"zero := r.FromInt(0)",
		"for t := range T { for x := range m.H[t] { m.H[t][x] = zero } }", "def-1",
	},
	{
		"innovations count from h_0", "exact/martingale.go",
		"innovationInto(r, rows, l, d, m.H[t], m.H[t-1])",
		"first := make([]E, l.States()); for x := range first { first[x] = m.H[0][0] }; innovationInto(r, rows, l, d, m.H[t], first)", "def-3",
	},
	{
		"I_t forgets the probability of the prefix", "exact/martingale.go",
		"m.Information[t-1] = r.Dot(m.Occupancy[t-1], m.Step[t-1])",
		"m.Information[t-1] = field.Sum(r, m.Step[t-1])", "cor-7",
	},
	{
		"the horizon is one too late", "exact/martingale.go",
		"if first == open && reach[t-1][x] {",
		"return min(t+1, T)", "thm-9",
	},
	{
		"the gradient takes the last position twice", "exact/gradient.go",
		"c := make([]E, f.Param.Width(f.Process, t, x))",
		"if t == f.Process.Length() { for k := range centred { centred[k] = r.Add(centred[k], centred[k]) } }", "thm-8",
	},
	{
		"the Fisher information is not centred", "exact/gradient.go",
		"weighted[k] = r.Mul(f.Prob[t-1][lo+k], s[i][k])",
		"weighted[k] = r.Mul(f.Prob[t-1][lo+k], Feature(r, f, t, x, i, nil)[k])", "def-11",
	},
	{
		"the gradient forgets the probability of the prefix", "exact/gradient.go",
		"func average[",
		"ones := make([]E, len(weight)); for x := range ones { ones[x] = r.FromInt(1) }; weight = ones", "thm-8",
	},
	{
		"the recovery set and its complement are taken for each other", "exact/recovery.go",
		"rho := make([]E, l.States())",
		"in := recovers; recovers = func(a int) bool { return !in(a) }", "def-16",
	},
	{
		"the recovery information is the mean alone", "exact/recovery.go",
		"v := Recovery(r, pt, o.Recovers, t)",
		"return r.Dot(o.Adversary[t-1], v)", "def-18",
	},
	{
		"the recovery tilt has the wrong sign", "exact/gibbs.go",
		"tilted := make([]E, len(base))",
		"u, _ = f.Quo(f.FromInt(1), u)", "eq-77",
	},
	{
		"the tilt is the same at every position", "exact/branch.go",
		"v := o.Beta",
		"return v", "thm-19",
	},
	{
		"log-ratios are not normalised along the branch", "exact/branch.go",
		"logZ, err := c.Log(z)",
		"logZ = c.FromInt(0)", "eq-54",
	},
	{
		"the optimum is not normalised", "exact/tilted.go",
		"s.Policy[t-1][e] = q",
		"s.Policy[t-1][e] = f.Mul(q, s.Soft[t-1][x])", "rem-3",
	},
	{
		"the discount begins at γ⁰", "exact/branch.go",
		"func (o *Objective[E]) tilt(",
		"t--", "thm-19",
	},
	{
		"the penalty is on recovering", "exact/branch.go",
		"func (c *curve[E]) gradient(",
		"in, swapped := o.Recovers, *o; swapped.Recovers = func(a int) bool { return !in(a) }; o = &swapped", "thm-19",
	},
}

// findFaults returns the faults as mutants of the module.
func findFaults(root string) ([]*mutation.Mutant, error) {
	var list []*mutation.Mutant
	for _, f := range faults {
		m, err := mutation.Fault(root, f.file, f.name, f.after, f.wrong)
		if err != nil {
			return nil, err
		}
		list = append(list, m)
	}
	return list, nil
}

// checkFaults returns an error if a fault is not among the mutants that compile.
func checkFaults(chosen, compiled []*mutation.Mutant) error {
	compiles := make(map[string]bool)
	for _, m := range compiled {
		compiles[m.ID()] = true
	}
	for _, m := range chosen {
		if m.Operator == "fault" && !compiles[m.ID()] {
			return fmt.Errorf("%s does not compile", m.ID())
		}
	}
	return nil
}
