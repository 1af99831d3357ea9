package report

import (
	"fmt"
	"slices"
	"strings"

	"sounding/formal"
	"sounding/verify"
)

// point is a part of the answer, in a line for a terminal and at length for a page, and the
// entries that it rests on.
type point struct {
	line, text string
	ids        []string
}

// about returns a point that rests on the entries with the given ids, which blanks separate.
func about(ids, line, text string) point { return point{line, text, strings.Fields(ids)} }

// answerParts are the answer to what the paper's reader asks, in the order of importance.
var answerParts = []struct {
	title  string
	points []point
}{
	{"What can be relied on", []point{
		about("prop-2 prop-4 prop-6 cor-7 thm-8 thm-9 thm-10",
			"Sections 4 to 6: no gradient beyond the horizon, with shared parameters too.",
			"Sections 4 to 6: the decomposition of harm, the gradient as a covariance, and no gradient beyond the harm horizon k. Theorem 10 holds for every parameterisation, shared parameters included, at prefixes that the model can reach."),
		about("lem-12 thm-13",
			"Section 7: the gradient bounds, with a bound κ on the Fisher information.",
			"Section 7: the gradient bounds, Lemma 12 and Theorem 13, where κ bounds the trace of the Fisher information."),
		about("thm-14 prop-25 thm-27",
			"Section 8: KL_t ≤ (λ²/2)·I_t to order λ², without shared parameters.",
			"Section 8, Appendix A: to order λ², KL_t = (λ²/2)·G_tᵀF̄_t⁻¹G_t ≤ (λ²/2)·I_t where each position has its own parameters. G_t is its part of the gradient, F̄_t its mean Fisher information and I_t its harm information. With shared parameters the form is that of Proposition 25."),
		about("thm-20 thm-22 lem-28",
			"Section 9: Theorems 20 and 22, of the pointwise problem of eq. 72 alone.",
			"Section 9: the formulas of Theorems 20 and 22, but of the pointwise problem of eq. 72, where each prefix pays for its own KL. Of the minimiser that the theorems name, that of eq. 43, they are false (the next list begins with it)."),
		about("thm-22 x-thm-22",
			"Deep alignment: KL beyond the horizon ≤ βγ^{k+1}/(1−γ), for γ = 1 β(T−k).",
			"At every length T the KL of deep alignment beyond the horizon is bounded. In eq. 72 it is at most βγ^{k+1}/(1−γ), whatever T is; for γ = 1 at most β(T−k), which grows with T. For every minimiser of eq. 43 it is at most (1−δ)·Σ_{t>k} βγ^t, where the base model recovers with probability ρ_0 ≥ δ at the adversary's prefixes beyond the horizon."),
	}},
	{"What is false as stated, so not to be quoted, and what is true instead", []point{
		about("x-thm-20 x-thm-22 x-prop-29 x-unique",
			"That the minimiser of eq. 43 is recoverable (Theorems 20, 22): true of eq. 72.",
			"That the minimiser of the deep objective is the Gibbs measure, and recoverable (Theorems 20 and 22, Proposition 29). That objective is eq. 43: λE[Harm] and the KL from the base model, as in eq. 2, and a penalty on recovery failure at an adversary's prefixes. Its minimiser need be neither, nor be the only one. Theorems 20 and 22 are true of eq. 72, where each prefix weighs its own KL against its own penalty."),
		about("x-cor-15 x-mirror x-thm-14-order",
			"That no harm information means no KL (Corollary 15): true to order λ² alone.",
			"That no harm information means no KL, and that the KL profile mirrors the harm information (Corollary 15, Section 8). It is true to order λ² alone: KL_t may be of order λ⁴ where I_t = 0, and at finite λ the order of two positions may reverse."),
		about("x-rem-3 x-a4",
			"That later positions stay put (Remark 3): true without shared parameters.",
			"That later positions remain at the base model, and that a change there is no recovery (Remark 3, A.4). It is true without shared parameters. With them late positions move, and recovery there may rise."),
		about("x-tradeoff x-penalty-cost",
			"That depth costs KL (10.1): the KL depends on how harm is distributed.",
			"That deeper alignment costs more KL, and that recovery penalties increase it (10.1). The total KL depends on how harm is distributed, not on where it is decided. A penalty raises λE[Harm] + KL, and may lower the KL."),
		about("x-uniform-profile x-rem-6 rem-6",
			"That γ = 1 spreads the recovery KL evenly, without bound (9.1, Remark 6).",
			"That γ = 1 spreads the recovery KL evenly over the positions (9.1), and lets it grow beyond every bound as T grows (Remark 6). It is larger where P_0 makes the adversary's prefixes rare. A policy that can avoid them altogether keeps its KL below one bound for all T. Remark 6 is true of the leading order in β."),
		about("x-cliff x-tilt-reduces",
			"That no harm information is a cliff (10.2): it can come back. That the tilt disfavours harm (Proposition 29): it disfavours a low E_0[e^{−λHarm}].",
			"That harm information which drops to zero marks a cliff (10.2): it can come back. That the tilt disfavours the tokens with high expected harm (Proposition 29): it disfavours those with a low soft value E_0[e^{−λHarm}]."),
		about("x-cor-23 x-assumption-1 x-assumption-1-global x-eq-59",
			"That recovery fails beyond the length of Corollary 23: the bound does. That a softmax layer satisfies Assumption 1: its Fisher matrix is singular. Eq. 59 lacks a term.",
			"Corollary 23 gives the length of the bound, not of recovery. A softmax layer has a singular Fisher matrix (Assumption 1), and the minimiser may lie far from θ_0 (Proposition 25). Eq. 59 lacks a mixed term."),
		about("x-rem-1 x-rem-4 x-rem-7 x-rem-8",
			"Remarks 1, 4, 7 and 8 take a hypothesis that they do not state.",
			"Remarks 1, 4, 7 and 8 take a hypothesis that they do not state: equal remaining variances, bounded scores, a recovery probability that is not constant, base probabilities below σ(−η/2), with σ the logistic function and η = βγ^t."),
	}},
	{"What it takes", []point{
		about("rem-3 thm-20 x-thm-10-support thm-14",
			"Remark 3: no shared parameters. Theorems 20, 22: eq. 72. Theorem 10: prefixes that can occur. Whatever has λ² in it: a small λ.",
			"Remark 3 takes that positions share no parameters, Theorems 20 and 22 the pointwise problem in place of eq. 43, Theorem 10 prefixes that the model can reach, and whatever has λ² in it a small λ."),
	}},
}

const (
	strengthTitle   = "How strong the evidence is"
	notCoveredTitle = "What is not covered"
)

// open returns those of the entries that the point rests on which the run does not bear out.
func (q *point) open(r *verify.Report) []string {
	var list []string
	for _, id := range q.ids {
		if e := entryOf(r, id); r.Standing(e) != e.Statement.Standing() {
			list = append(list, id)
		}
	}
	return list
}

// notCovered says what no entry is about, in a line and at length.
const (
	notCoveredLine = "Trained models and practice; eq. 43 but on small trees; infinite sequences."
	notCovered     = "Trained models, cited experiments and practice. That the branch of stationary points is the global minimum; orders above the fourth. Minimisers of eq. 43 on all but small trees. Infinite sequences. That a theorem in Coq says what its claim says: people have to read it."
)

// answers reports whether the run looked at all that the answer rests on.
func answers(r *verify.Report) bool {
	if r.Classes == nil || r.Partial {
		return false
	}
	for _, part := range answerParts {
		for _, q := range part.points {
			for _, id := range q.ids {
				if entryOf(r, id) == nil {
					return false
				}
			}
		}
	}
	return true
}

// entryOf returns the entry with the given id, nil if the report has none.
func entryOf(r *verify.Report, id string) *verify.Entry {
	i := slices.IndexFunc(r.Entries, func(e *verify.Entry) bool { return e.Statement.ID == id })
	if i < 0 {
		return nil
	}
	return r.Entries[i]
}

// answer writes the answer, if the run looked at all that it rests on.
func (p *printer) answer(r *verify.Report) {
	if !answers(r) {
		return
	}
	if p.terminal {
		p.line("")
	}
	for _, part := range answerParts {
		var texts []string
		for _, q := range part.points {
			texts = append(texts, p.point(&q, r))
		}
		p.part(part.title, texts)
	}
	strength, uncovered := strengthOf(r).text(), p.prose(notCovered)
	if p.terminal {
		strength, uncovered = strengthOf(r).line(), notCoveredLine
	}
	p.part(strengthTitle, []string{strength})
	p.part(notCoveredTitle, []string{uncovered})
}

// point returns the text of a point, and what of it the run does not bear out.
func (p *printer) point(q *point, r *verify.Report) string {
	text := q.line
	if !p.terminal {
		var links []string
		for _, id := range q.ids {
			links = append(links, p.link(id))
		}
		text = p.prose(q.text) + " (" + strings.Join(links, ", ") + ")"
	}
	if open := q.open(r); open != nil {
		text += " NOT BORNE OUT BY THIS RUN: " + strings.Join(open, ", ") + "."
	}
	return text
}

// part writes a part of the answer: its title and a list, which on a terminal is none where
// there is but one item.
func (p *printer) part(title string, items []string) {
	switch {
	case p.terminal && len(items) == 1:
		p.paragraph(title + ": " + items[0])
		return
	case p.terminal:
		p.paragraph(title + ":")
	default:
		p.line("\n**%s**\n", title)
	}
	for _, item := range items {
		p.item("%s", item)
	}
}

// tally counts the evidence of a report.
type tally struct {
	claims          int
	of              map[verify.Grade]int // claims
	misses, refuted int                  // near-misses
	theorems        int                  // in Coq
}

func strengthOf(r *verify.Report) tally {
	s := tally{of: make(map[verify.Grade]int)}
	for _, e := range r.Entries {
		for i := range e.Claims {
			if c := &e.Claims[i]; !c.Also {
				s.claims++
				s.of[c.Grade]++
			}
		}
		s.misses += len(e.NearMisses)
		s.refuted += refutedMisses(e)
		s.theorems += len(formal.Of(e.Statement.ID))
	}
	return s
}

// line says in a line how strong the evidence is.
func (s tally) line() string {
	return fmt.Sprintf("Of %s %d are proved in Coq, %d for small shapes; of %s %d are refuted.",
		plural(s.claims, "claim"), s.of[verify.Kernel], s.of[verify.Proved], plural(s.misses, "near-miss"), s.refuted)
}

// text says it grade by grade.
func (s tally) text() string {
	var parts []string
	for _, g := range []struct {
		verify.Grade
		text string
	}{
		{verify.Kernel, "proved in Coq for every vocabulary and length"},
		{verify.Proved, "proved for small shapes"},
		{verify.Certified, "certified at random points"},
		{verify.Asymptotic, "exact in power series"},
		{verify.Exact, "exact on random instances"},
		{verify.Enclosed, "decided by intervals"},
		{verify.Agrees, "equal to within 10⁻²⁰"},
		{verify.Ungraded, "without anything to compare"},
	} {
		if s.of[g.Grade] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", s.of[g.Grade], g.text))
		}
	}
	return fmt.Sprintf("%s: %s. Of %s, wrong versions of them, %d are refuted. %s in Coq stand behind claims or beside them.",
		plural(s.claims, "claim"), strings.Join(parts, ", "), plural(s.misses, "near-miss"), s.refuted, plural(s.theorems, "theorem"))
}
