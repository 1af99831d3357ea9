package report

import (
	"fmt"
	"io"
	"strings"

	"sounding/exact/field"
	"sounding/verify"
)

// Version is the version of the suite, named by every report.
const Version = "0.1.0"

// title is the head of the report, with the flag that writes it.
const title = `# What was verified

This file is written by

    go run ./cmd/sounding verify %s
`

// preamble explains the report to a newcomer.
const preamble = `It verifies the numbered statements of *Why Is RLHF Alignment Shallow? A Gradient
Analysis* (arXiv 2603.04851) by computation on finite models. The formulas are a
reading of the paper; where its words can be read in more than one way, the entry
says how they are read.

**Grades of evidence**, strongest first. An entry has the grade of the weakest of its claims:

| grade | what it means |
|---|---|
| refuted | There is a counterexample to the wording, which ` + "`sounding replay`" + ` checks again. The repair is verified like any other statement. |
| kernel | Theorems in Coq prove the claim, machine-checked for every vocabulary and length, ragged trees included, by make -C formal; [formal/README.md](formal/README.md) says what is trusted. Hypotheses of the claim and of the theorems stand side by side. Instances are compared besides. |
| proved | On prefix trees of the shapes named, both sides are polynomials of at most the degrees named. They agreed, in integers, at all points of the lattice of these degrees; two different polynomials of these degrees never do. |
| certified | On prefix trees of the shapes named, both sides are polynomials of degree at most d. They agreed at k random points of 𝔽_p, p = 2^61 − 1 (and of further primes if the coefficients could exceed the first): a false identity passes with probability at most (d/p)^k over the seed. |
| series | An asymptotic claim, decided on exact coefficients of a power series, on random instances. |
| exact | Decided in ℚ, without tolerance, on random instances. |
| enclosed | Decided by interval arithmetic rounded outward: the enclosure excludes the opposite. The precision starts at 128 bits and doubles until all comparisons on an instance are decided. |
| agrees | An equality of real numbers that enclosures narrower than 10⁻²⁰ do not exclude. It is not decided. |

The degrees of a proof are those of groups of variables: P_t, Q_t and dP_t are the
probabilities, those under Q, and the tangent at position t; f_t is a test function of
y_<t. A group without an index has the variables of all positions. In proofs and
certificates R is the first token alone, and λ, β, γ are free.

**Slack** says how close the instances bring an inequality to equality: the least
(right − left)/max(|left|, |right|) over the comparisons that are not equalities.

**Near-misses** are wrong versions of a statement, which its checks must refute. Each is
listed with the number of random instances that took, and with the smallest instance that
refutes it, in the order of package generators. An instance on one line leaves out the
defaults: R = {}, λ = 1, β = 0, γ = 1, Q the policy, one logit per token and state. Layers
are in brackets, and semicolons separate the states in a layer.
`

// notCovered ends the report on all statements.
const notCovered = `
## What is not covered

- **Prose and measurements.** What the paper says of trained models, of cited experiments and of
  practice cannot be decided on finite models, and has no entry.
- **Equilibria.** Where an entry speaks of the branch of stationary points through θ_0, it does not
  show that the branch is the global minimum. Orders above the fourth are not computed.
- **Minimisers of the deep objective.** They are enclosed at V = T = 2. For longer sequences the
  entries compare policies and candidates, and say what is argued.
- **Harm outside [0, 1], infinite sequences.** Identities are checked for arbitrary harm at free
  points; inequalities and horizons are tried on harm in [0, 1] and on finite lengths alone.
- **Preferences and early stopping.** Population DPO, gradient steps and what alignment survives a
  prefill have no entry.
- **The link to Coq.** That a theorem in Coq says what its claim says is read by people; the values
  of its definitions are compared with those of the solvers, and its text is held fixed.
`

// Markdown writes the report as VERIFY.md. The text depends on the evidence alone: no
// dates, no times.
func Markdown(w io.Writer, r *verify.Report) error {
	return markdown(w, r, "--report VERIFY.md")
}

func markdown(w io.Writer, r *verify.Report, flag string) error {
	p := &printer{w: w, report: r, instances: instancesOf(r)}
	p.line(title, flag)
	p.line("%s", preamble)
	p.text("**Result.** ")
	p.count(r)
	p.precisions(r)
	p.line("")
	p.summary(r)
	p.generated(p.instances)
	section := ""
	for _, e := range r.Entries {
		if s := e.Statement.Section; s != section {
			section = s
			p.line("")
			p.line("## Section %s", s)
		}
		p.line("")
		p.entry(e)
	}
	p.line("%s", strings.TrimSuffix(notCovered, "\n"))
	return p.err
}

// precisions says at which precision the comparisons of enclosures were decided.
func (p *printer) precisions(r *verify.Report) {
	var all field.Rungs
	for _, e := range r.Entries {
		all.Merge(e.Precisions)
	}
	if len(all) > 0 {
		p.line("")
		p.line("Comparisons of enclosures were decided at %s.", all)
	}
}

func (p *printer) summary(r *verify.Report) {
	var rows [][]string
	for _, e := range r.Entries {
		rows = append(rows, []string{fmt.Sprintf("[%[1]s](#%[1]s)", e.Statement.ID), e.Statement.Title, verdict(r, e), Phrase(e)})
	}
	p.table([]string{"id", "statement", "verdict", "evidence"}, rows)
}
