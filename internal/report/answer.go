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
			"Sections 4 to 6: the decomposition of harm, the gradient as a covariance, and no gradient beyond the "+
				"harm horizon. Theorem 10 holds for every parameterisation, shared parameters included, at every "+
				"prefix that the model can reach."),
		about("lem-12 thm-13",
			"Section 7: the gradient bounds, with a bound κ on the Fisher information.",
			"Section 7: the gradient bounds of Lemma 12 and Theorem 13, where κ bounds the trace of the Fisher information."),
		about("thm-14 prop-25 thm-27",
			"Section 8: KL_t ≤ (λ²/2)·I_t to order λ², without shared parameters.",
			"Section 8 and Appendix A, to order λ²: where each position has its own parameters, KL_t = "+
				"(λ²/2)·G_tᵀF̄_t⁻¹G_t ≤ (λ²/2)·I_t. Here G_t is the part of the gradient that belongs to position t, "+
				"and F̄_t its mean Fisher information. With shared parameters Proposition 25 has the formula."),
		about("thm-20 thm-22 lem-28",
			"Section 9: Theorems 20 and 22, of the pointwise problem of eq. 72 alone.",
			"Section 9: Theorems 20 and 22 hold for the problem of eq. 72. The paper states them for the minimiser of eq. 43. There they are false, as the next list says."),
		about("thm-22 x-thm-22",
			"Deep alignment: KL beyond the horizon ≤ βγ^{k+1}/(1−γ), for γ = 1 β(T−k).",
			"The KL of deep alignment beyond the horizon is bounded at every length T. For eq. 72 the bound is "+
				"βγ^{k+1}/(1−γ) if γ < 1, which does not depend on T, and β(T−k) if γ = 1, which grows with T. For "+
				"every minimiser of eq. 43 it is (1−δ)·Σ_{t>k} βγ^t, if the base model recovers with probability at "+
				"least δ at the adversary's prefixes beyond the horizon."),
	}},
	{"What is false as stated, so not to be quoted, and what is true instead", []point{
		about("x-thm-20 x-thm-22 x-prop-29 x-unique",
			"That the minimiser of eq. 43 is recoverable (Theorems 20, 22): true of eq. 72.",
			"That the minimiser of eq. 43 is the Gibbs measure, and recoverable (Theorems 20 and 22, Proposition 29). It need be neither, and there may be two minimisers. Theorems 20 and 22 are true of eq. 72."),
		about("x-cor-15 x-mirror x-thm-14-order",
			"That no harm information means no KL (Corollary 15): true to order λ² only.",
			"That no harm information means no KL, and that the KL profile mirrors the harm information "+
				"(Corollary 15, Section 8). This is true to order λ² only. Where I_t = 0, KL_t may be of order λ⁴, "+
				"and at finite λ a position with less harm information may move further than one with more."),
		about("x-rem-3 x-a4",
			"That later positions stay put (Remark 3): true without shared parameters.",
			"That later positions remain at the base model, and that a change there is no recovery (Remark "+
				"3, A.4). This is true if no parameters are shared between positions. Otherwise late "+
				"positions may move, and recovery there may rise."),
		about("x-tradeoff x-penalty-cost",
			"That depth costs KL (10.1): the KL depends on how harm is distributed.",
			"That deeper alignment costs more KL, and that recovery penalties increase it (10.1). The total "+
				"KL depends on how harm is distributed, not on where it is decided. A penalty never lowers "+
				"λE[Harm] + KL, but it may lower the KL."),
		about("x-uniform-profile x-rem-6 rem-6",
			"That γ = 1 spreads the recovery KL evenly, without bound (9.1, Remark 6).",
			"That γ = 1 spreads the recovery KL evenly over the positions (9.1), and lets it grow without "+
				"bound as T grows (Remark 6). At leading order it is larger where the adversary's prefixes "+
				"are rare under the base model. If a policy can avoid these prefixes, the KL of a minimiser "+
				"stays below one bound for all T. Remark 6 is true to leading order in β."),
		about("x-cliff x-tilt-reduces",
			"That no harm information is a cliff (10.2): it can come back. That the tilt disfavours harm (Proposition 29): it disfavours a low E_0[e^{−λHarm}].",
			"That there is a cliff where harm information drops to zero (10.2): harm information can come back. That the tilt "+
				"disfavours tokens with high expected harm (Proposition 29): it disfavours those with a low mean of "+
				"e^{−λHarm} under the base model."),
		about("x-cor-23 x-assumption-1 x-assumption-1-global x-eq-59",
			"That recovery fails beyond the length of Corollary 23: the bound does. That a softmax layer satisfies Assumption 1: its Fisher matrix is singular. Eq. 59 lacks a term.",
			"That recovery falls below its required level beyond the length of Corollary 23: the lower bound "+
				"on it does, recovery need not. That a softmax layer has a positive definite Fisher matrix "+
				"(Assumption 1): it is singular. That the minimiser is near the parameters of the base model "+
				"(Proposition 25): another one may be better. That eq. 59 is complete: it lacks a mixed term."),
		about("x-rem-1 x-rem-4 x-rem-7 x-rem-8",
			"Remarks 1, 4, 7 and 8 as they stand: each needs a hypothesis more.",
			"Remarks 1, 4, 7 and 8 as they stand. Each needs a hypothesis: equal remaining variances (1), bounded "+
				"scores (4), a recovery probability that is not constant (7), base probabilities of at most σ(−η/2) "+
				"(8), with σ the logistic function and η = βγ^t."),
	}},
	{"What it takes", []point{
		about("rem-3 thm-20 x-thm-10-support thm-14",
			"Remark 3: no shared parameters. Theorems 20, 22: eq. 72. Theorem 10: prefixes that can occur. Whatever has λ² in it: a small λ.",
			"Remark 3 needs separate parameters for every position. Theorems 20 and 22 need eq. 72 in place "+
				"of eq. 43. Theorem 10 needs prefixes that the model can reach. Whatever is stated to order "+
				"λ² needs a small λ."),
	}},
}

// setting says what the points of the answer are about, before the first.
const setting = "Eq. 2, the standard objective of a policy, is λE[Harm] plus its KL divergence from the base " +
	"model. Eq. 43, the deep objective, adds a penalty βγ^t for each position t at which the policy fails to " +
	"recover after a prefix that an adversary draws. Eq. 72 is simpler: at each prefix the penalty is " +
	"weighed against the KL of that prefix alone. The harm horizon k is the least number of first tokens " +
	"that decide harm. KL_t is the KL at position t. The harm information I_t is the part of the variance of " +
	"harm that position t decides."

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
	notCovered     = "Trained models, cited experiments and practice. Whether the stationary points near the " +
		"base model are global minima. Orders in λ above the fourth. Minimisers of eq. 43 on large trees. " +
		"Infinite sequences. Whether a theorem in Coq says what its claim says: that has to be read by " +
		"people."
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
	p.line("")
	if !p.terminal {
		p.line("%s", p.prose(setting))
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
		text = p.prose(q.text) + " (" + p.links(q.ids) + ")"
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
	return fmt.Sprintf("%s: %s. Of %s, which are wrong versions of claims, %d are refuted. There are %s in Coq, for claims or beside them.",
		plural(s.claims, "claim"), strings.Join(parts, ", "), plural(s.misses, "near-miss"), s.refuted, plural(s.theorems, "theorem"))
}
