package report

import (
	"io"
	"strings"

	"sounding/exact/field"
	"sounding/verify"
)

// Version is the version of the suite, named by every report.
const Version = "0.1.0"

// intro is the head of VERIFY.md.
const intro = `# What was verified

*Why Is RLHF Alignment Shallow? A Gradient Analysis* (arXiv 2603.04851), statement by statement,
by computation on finite models. A formula is a reading of the paper: each entry says how it is read.
This file is written by ` + "`go run ./cmd/sounding verify --report VERIFY.md`" + `, which
writes the evidence in full beside it: [docs/evidence](docs/evidence/instances.md) has a file for each
section, with what was compared, proofs, certificates and wrong versions of each statement.
[Symbols](#symbols) are explained below.

## The answer`

// grades explains the grades of evidence. Its operands are a reference to the page of the theory in Coq, and
// [verify.LeastInstances].
const grades = `**Grades of evidence**, strongest first. An entry has the grade of the weakest of its claims:

| grade | what it means |
|---|---|
| kernel | Theorems in Coq prove the claim for every vocabulary and length, ragged trees included. ` + "`make -C formal`" + ` checks them, and %[1]s says what is trusted. The evidence in full has the hypotheses of the claim beside those of the theorems. The claim is also compared on instances. |
| proved | On prefix trees of the shapes named, both sides are polynomials of at most the degrees named. They agree, in integers, at all points of the lattice of these degrees, which two different polynomials of these degrees never do. |
| certified | On prefix trees of the shapes named, both sides are polynomials of degree at most d. They agree at k random points of 𝔽ₚ, p = 2⁶¹ − 1 (and of further primes if the coefficients could exceed the first): a false identity passes with probability at most (d/p)ᵏ over the seed. |
| series | An asymptotic claim, decided on exact coefficients of a power series, on random instances. |
| exact | Decided in ℚ, without tolerance, on random instances. |
| enclosed | Decided by intervals that are rounded outward and exclude the opposite. The precision starts at 128 bits and doubles until all comparisons on an instance are decided. |
| agrees | Enclosures narrower than 10⁻²⁰ do not exclude an equality of real numbers. It is not decided. |

A sentence of the paper **holds**, **holds if** a hypothesis is added, **holds of** an object other than the one the paper names, or is **refuted** in the reading that the entry names. A refutation has a counterexample, which ` + "`sounding replay`" + ` checks again, and a repair, which is verified like any other statement. **Needed** marks an example which shows that a hypothesis cannot be left out. A near-miss is a wrong version of a statement, which the checks have to refute.

A shape is the V and T of a prefix tree. Families mod p are families of policies over 𝔽ₚ. “The weakest of 3 claims (1 proved)” means that this is the evidence for the weakest claim, and that one of the others is proved. “On 50 of 55 instances” means that on the other 5 a hypothesis fails, or the claim has nothing to be about. A claim is tried on further instances until %[2]d are compared. If a claim failed, or a comparison stayed undecided, the verdict would say so.
`

// howToRead explains the evidence in full.
const howToRead = `A proof names the degrees in groups of variables. At position t, P_t are the
probabilities, Q_t those under Q, dP_t the tangent, and f_t a test function of y_<t. A group
without an index has the variables of all positions. In proofs and certificates λ, β and γ
are free. If a claim is about R, then R is taken as the first |R| tokens, for every |R| from
none to all of them. By renaming tokens this covers every R. On trees of more than 64
sequences R is the first token alone.

Claims are numbered as they stand. 2′ is a second check of claim 2, by another way, and does
not count in its grade. If the identity of a claim has symbols in place of logarithms, this check
computes with the logarithms themselves. Enclosures cannot decide that equality: they agree to
10⁻²⁰, and no claim rests on it.

**Slack** says how close the instances bring an inequality to equality: the least
(right − left)/max(|left|, |right|) over the comparisons that are not equalities.

**Near-misses** are wrong versions of a statement, which its checks must refute. Each is
listed with the number of random instances that this took, and with the smallest instance that
refutes it, in the order of package generators. An instance on one line leaves out the
defaults: R = {}, λ = 1, β = 0, γ = 1, Q the policy, one logit per token and state. Layers
are in brackets, and semicolons separate the states in a layer.
`

// Markdown writes the report as VERIFY.md: the answer, the verdict on every sentence of the
// paper, and each entry in short. The text depends on the evidence alone: no dates, no times.
func Markdown(w io.Writer, r *verify.Report) error {
	p := &printer{w: w, report: r}
	p.line("%s", strings.TrimSuffix(intro, "\n"))
	p.answer(r)
	p.line("")
	p.text("**Result.** ")
	p.count(r)
	p.sentences(r)
	p.line("\n## How to read it\n")
	p.text(grades, "[formal/README.md](formal/README.md)", verify.LeastInstances)
	p.line("\n### Symbols")
	p.glossary(symbolsIn(r.Entries))
	section := ""
	for _, e := range r.Entries {
		if s := topSection(e.Statement); s != section {
			section = s
			p.line("\n## %s", sectionName(s))
		}
		p.line("")
		p.brief(e)
	}
	return p.err
}

// File is a file of the evidence in full.
type File struct {
	Name  string // below docs/evidence
	Write func(io.Writer) error
}

// Evidence returns the files that VERIFY.md refers to: one for each section of the paper
// that the report has entries of, and one on the instances.
func Evidence(r *verify.Report) []File {
	of := instancesOf(r)
	files := []File{{"instances.md", func(w io.Writer) error {
		p := &printer{w: w, report: r, home: verifyMD}
		p.line("# How the evidence was made\n")
		p.line("Beside [VERIFY.md](%s), and written with it. The entries in full:\n", verifyMD)
		for _, s := range sectionsOf(r) {
			p.line("- [%s](%s)", sectionName(s), fileOf(s))
		}
		p.line("\n"+grades, "[formal/README.md](../../formal/README.md)", verify.LeastInstances)
		p.line("%s", strings.TrimSuffix(howToRead, "\n"))
		p.precisions(r)
		p.generated(of)
		return p.err
	}}}
	for _, s := range sectionsOf(r) {
		files = append(files, File{fileOf(s), func(w io.Writer) error {
			p := &printer{w: w, report: r, instances: of, home: verifyMD}
			p.line("# %s: the evidence in full\n", sectionName(s))
			p.line("Beside [VERIFY.md](%s), and written with it. [instances.md](instances.md) says how to read it.", verifyMD)
			for _, e := range r.Entries {
				if topSection(e.Statement) == s {
					p.line("")
					p.entry(e)
				}
			}
			return p.err
		}})
	}
	return files
}

// verifyMD is VERIFY.md as the files of the evidence refer to it.
const verifyMD = "../../VERIFY.md"

// topSection returns the section of a statement without its parts: B for B.3.
func topSection(s *verify.Statement) string {
	whole, _, _ := strings.Cut(s.Section, ".")
	return whole
}

// sectionsOf returns the sections that the report has entries of, in order.
func sectionsOf(r *verify.Report) []string {
	var list []string
	for _, e := range r.Entries {
		if s := topSection(e.Statement); len(list) == 0 || list[len(list)-1] != s {
			list = append(list, s)
		}
	}
	return list
}

// sectionName returns what the paper calls a section: Section 9, Appendix B.
func sectionName(section string) string {
	if section >= "A" {
		return "Appendix " + section
	}
	return "Section " + section
}

// fileOf returns the name of the file with the evidence of a section.
func fileOf(section string) string {
	return strings.ReplaceAll(strings.ToLower(sectionName(section)), " ", "-") + ".md"
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

// sentences writes the verdict on every sentence of the paper, and which statements are the
// suite's own.
func (p *printer) sentences(r *verify.Report) {
	var rows [][]string
	var own []string
	for _, e := range r.Entries {
		s := e.Statement
		switch {
		case s.HasSentence():
			rows = append(rows, p.sentenceRow(r, e))
		case s.Relation() == verify.Own:
			own = append(own, s.ID)
		}
	}
	if rows != nil {
		p.line("\n## Sentence by sentence\n")
		p.table([]string{"paper", "what it says", "verdict", "what it takes, or what is true instead", "entries"}, rows)
	}
	if own != nil {
		p.line("\nStatements of our own, which the paper does not make: %s.", p.links(own))
	}
}

func (p *printer) sentenceRow(r *verify.Report, e *verify.Entry) []string {
	s := e.Statement
	v := string(verdict(r, e))
	if v != string(verify.Holds) {
		v = p.bold(v)
	}
	return []string{s.Place(), p.prose(s.Sentence.Says), v, p.prose(s.Sentence.But), p.links(append([]string{s.ID}, TwinsOf(s)...))}
}
