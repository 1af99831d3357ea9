package report

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"sounding/verify"
)

// Version is the version of the suite, named by every report.
const Version = "0.1.0"

// title is the head of the report, with the flag that it is written by.
const title = `# What was verified

This file is written by

    go run ./cmd/sounding verify %s
`

// preamble explains the report to somebody who opens it first.
const preamble = `It verifies the numbered statements of *Why Is RLHF Alignment Shallow? A Gradient
Analysis* (arXiv 2603.04851) by computation on finite models. The formulas are a
reading of the paper; where words had to be read one way or another, the entry
says how.

**Grades of evidence**, strongest first:

| grade | what it means |
|---|---|
| refuted | A counterexample to the wording, which ` + "`sounding replay`" + ` checks again; the repair is verified like any other statement. |
| proved | Both sides are polynomials of at most the degrees named, on a prefix tree of the shape named. They agreed, in integers, at all points of the lattice of these degrees, as no two different polynomials of these degrees do. |
| certified | Both sides are polynomials of degree at most d on a prefix tree of the shape named. They agreed at k random points of 𝔽_p, p = 2^61 − 1 (and of further primes, where the coefficients could exceed the first): a false identity passes with probability at most (d/p)^k over the seed. |
| series | An asymptotic claim, decided on exact coefficients of a power series, on random instances. |
| exact | Decided in ℚ, without tolerance, on random instances. |
| enclosed | Decided by interval arithmetic rounded outward: the enclosure excludes the opposite. |
| sampled | Floating point or Monte Carlo, with an error bound derived in advance. |

The degrees of a proof are those of groups of variables together: P_t, Q_t and dP_t are the
probabilities, those of Q and the tangent at position t, f_t is a test function of y_<t;
a group without an index holds those of all positions.

**Slack** is how near the instances bring an inequality to equality: the least of
(right − left)/max(|left|, |right|) over the comparisons that are no equalities.

**Near-misses** are wrong versions of a statement, which its checks must refute. Each
comes with the number of random instances that took, and with the smallest instance
that refutes it, in the order of package generators. What a line leaves out of an
instance is as by default: R = {}, λ = 1, β = 0, γ = 1, Q the policy, one logit per
token and state. Layers are in brackets, states in them are apart by semicolons.
`

// Markdown writes the report as VERIFY.md. The text depends on the evidence alone: no
// dates, no times.
func Markdown(w io.Writer, r *verify.Report) error {
	return markdown(w, r, "--report VERIFY.md")
}

func markdown(w io.Writer, r *verify.Report, flag string) error {
	p := &printer{w: w}
	p.line(title, flag)
	p.line("%s", preamble)
	p.text("**Result.** ")
	p.count(r)
	p.line("")
	p.summary(r)
	p.instances = instancesOf(r)
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
	return p.err
}

func (p *printer) summary(r *verify.Report) {
	p.line("| id | statement | verdict | evidence |")
	p.line("|---|---|---|---|")
	for _, e := range r.Entries {
		p.line("| [%s](#%s) | %s | %s | %s |", e.Statement.ID, e.Statement.ID, cell(e.Statement.Title), verdict(e), cell(Phrase(e)))
	}
}

// cell makes s fit for a table.
func cell(s string) string { return strings.ReplaceAll(s, "|", "\\|") }

func (p *printer) entry(e *verify.Entry) {
	s := e.Statement
	p.line(`### <a id="%s"></a>%s: %s`, s.ID, s.ID, s.Title)
	p.line("")
	for _, f := range clauses(s.Formula) {
		p.line("    %s", f)
	}
	p.line("")
	p.line("**%s**: %s.", verdict(e), Phrase(e))
	p.line("")
	if s.Claim != nil {
		p.line("- As worded: “%s”", prose(s.Claim.Wording))
		p.line("- Repair: %s", prose(s.Repair))
	}
	for _, h := range s.Hypotheses {
		p.line("- Hypothesis: %s.", prose(strings.TrimSuffix(h, ".")))
	}
	if s.Reading != "" {
		p.line("- Reading: %s", prose(s.Reading))
	}
	if e.Undecided != "" {
		p.line("- Undecided: %s.", e.Undecided)
	}
	p.text("- %s%s", plural(e.Claims, "comparison"), p.instances.ownInstances(e))
	if v := vacuity(e); v != "" {
		p.text("; %s", v)
	}
	p.line(".")
	p.proofs(e)
	p.certificates(e)
	p.inequalities(e)
	if c := e.Counterexample; c != nil {
		p.line("")
		p.line("Counterexample, %s:", size(c))
		p.line("")
		p.drawing(c.Case)
		p.line("")
		p.line("%s.", failed(c.Violation))
	} else if e.Violation != nil {
		p.line("")
		p.line("%s.", failed(e.Violation))
	}
	if len(e.NearMisses) > 0 {
		p.line("")
		p.line("Near-misses:")
		p.line("")
		for i, m := range e.NearMisses {
			p.nearMiss(i+1, m)
		}
	}
}

// proofs writes the table of the proofs of an entry, if it has any.
func (p *printer) proofs(e *verify.Entry) {
	list := proved(e)
	if len(list) == 0 {
		return
	}
	p.line("")
	p.line("<details><summary>Proofs for %s</summary>", plural(e.Cases[verify.Proved], "shape"))
	p.line("")
	p.line("| length T | vocabulary V | degrees | points |")
	p.line("|---|---|---|---|")
	for _, q := range list {
		p.line("| %d | %s | %s | %s |", q.length, ranges(q.vocabularies), prose(q.degrees), strings.Join(q.points, ", "))
	}
	p.line("")
	p.line("</details>")
}

// certificates writes a table that is folded up where Markdown is rendered.
func (p *printer) certificates(e *verify.Entry) {
	list := certified(e)
	if len(list) == 0 {
		return
	}
	p.line("")
	p.line("<details><summary>Certificates for %s</summary>", plural(shapes(e.Certificates), "shape"))
	p.line("")
	p.line("| length T | vocabulary V | degree d | height | primes | points k | error |")
	p.line("|---|---|---|---|---|---|---|")
	for _, c := range list {
		p.line("| %d | %s | %d | < 2^%d | %d | %d | < 10^%d |", c.length, ranges(c.vocabularies), c.degree, c.height, c.primes, c.trials, c.error)
	}
	p.line("")
	p.line("</details>")
}

// failed says in Markdown what was claimed, what was found, and where.
func failed(v *verify.Violation) string {
	s := code(v.Claim) + " fails: " + code(sides(v))
	if where := place(v); where != "" {
		s += " at " + where
	}
	return s
}

// prose returns s with the stars and underscores escaped that Markdown would take
// for the beginning of emphasis: those that follow no letter or digit.
func prose(s string) string {
	var b strings.Builder
	last := ' '
	for _, r := range s {
		if (r == '_' || r == '*') && !unicode.IsLetter(last) && !unicode.IsDigit(last) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
		last = r
	}
	return b.String()
}

// code quotes s, which may hold characters that Markdown reads.
func code(s string) string { return "`" + s + "`" }

func (p *printer) nearMiss(n int, m verify.MissReport) {
	name := fmt.Sprintf("%d. “%s”", n, prose(m.Miss.Name))
	if m.Miss.Drops != "" {
		name += fmt.Sprintf(" (without: %s)", prose(m.Miss.Drops))
	}
	c := m.Counterexample
	if c == nil {
		p.line("%s: **not refuted**.", name)
		return
	}
	after := "by the search for the smallest alone"
	if m.Checks > 0 {
		after = "after " + plural(m.Checks, "random instance")
	}
	p.line("%s: refuted %s.", name, after)
	p.line("   %s", failed(c.Violation))
	p.line("   on %s%s.", code(brief(c.Case)), smallness(c))
}
