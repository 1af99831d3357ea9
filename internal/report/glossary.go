package report

import (
	"regexp"
	"strings"
	"sync"

	"sounding/verify"
)

// term is a symbol or a word, and what it means.
type term struct {
	name, meaning string
	pattern       func() *regexp.Regexp // of its occurrences
}

// symbol returns a term that occurs where the pattern matches and no letter stands before.
func symbol(name, pattern, meaning string) term {
	return term{name, meaning, sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?:^|[^\pL\pM])(?:` + pattern + `)`)
	})}
}

// symbols are what formulas are made of, in the order in which the paper needs them.
var symbols = []term{
	symbol("V, T", `[VT](?:[^\pL\pM]|$)`, "the number of tokens, and the length of sequences"),
	symbol("y, y_t, y_<t, y_≤t", `y(?:_|[^\pL\pM]|$)`, "a sequence, its token at position t, the prefix before it, the prefix with it; positions are counted from 1"),
	symbol("a, b, c; x, x', xa", `(?:x'|xa|xb|x)(?:[^\pL\pM]|$)|[ab](?:[∈∉)|]|$)`, "tokens or numbers; prefixes or states, and the prefix that continues x by the token a"),
	symbol("P, P_θ, p", `P(?:_θ|_t|_1|\(|[^\pL\pM_*]|$)|p(?:_[ab]|[^\pL\pM_*]|$)`, "the policy, with parameters θ; its distribution at one prefix"),
	symbol("P_0, p_0", `[Pp]_0`, "the base model; its distribution at one prefix"),
	symbol("P*, p*", `[Pp](?:_θ)?\*`, "the optimum of the objective at hand, in a family with parameters P_θ*; the optimum at one prefix"),
	symbol("Harm", `Harm`, "the harm of a whole sequence, from 0 to 1"),
	symbol("E, Var, Cov", `E(?:_|\[|\*)|Var|Cov`, "mean, variance and covariance under the policy; with an index or a star under P_0, P* or Q, or over the prefix named"),
	symbol("h_t", `h'?_`, "the expected harm E[Harm|y_≤t]; h_0 = E[Harm], h_T = Harm"),
	symbol("Δ_t", `Δ(?:_|\()`, "the innovation h_t − h_{t−1}"),
	symbol("I_t", `I_(?:\d|[stuT{])`, "the harm information E[Δ_t²]: the part of Var(Harm) that position t decides"),
	symbol("I_V, MI", `I_V|MI`, "variance-based and mutual information; X, Y_t and Y are Gaussian variables"),
	symbol("X, Y", `[XY](?:_|[^\pL\pM]|$)`, "jointly Gaussian variables: what is to be known, and what is observed"),
	symbol("s_t", `s(?:_[ti{]|\()`, "the score ∇_θ log P_θ(y_t|y_<t)"),
	symbol("C_t, C", `C(?:_|\(|[^\pL\pM]|$)`, "the covariance Cov(h_t, s_t|y_<t) at a prefix; elsewhere a constant or a policy that the entry names"),
	symbol("G_t, Ḡ", `Ḡ|G'?(?:_t|_s|\b)`, "the gradient contribution E_{y_<t}[C_t] of position t; Ḡ = Σ_t G_t"),
	symbol("F_t, F̄_t, F̄", `F(?:_t|̄)`, "the Fisher information E[s_t s_tᵀ|y_<t] at a prefix, its mean over prefixes, and the sum of these over positions"),
	symbol("κ, μ", `[κμ](?:[^\pL\pM_]|$)`, "an upper bound on tr F_t, and a lower bound on the eigenvalues of F̄_t"),
	symbol("k", `k(?:[^\pL\pM_]|$)`, "the harm horizon, the least k such that the first k tokens decide harm; or any position up to which something is compared"),
	symbol("λ", `λ`, "the weight of harm in the objective"),
	symbol("L, L_deep", `L(?:_deep|\(|[^\pL\pM]|$)`, "the objective of eq. 2, λE[Harm] + KL(P‖P_0), and that of eq. 43; in Corollary 23 a length"),
	symbol("KL, KL_t", `KL`, "the Kullback–Leibler divergence in nats; that of position t, averaged over the policy's own prefixes"),
	symbol("R", `R(?:\^c|[^\pL\pM]|$)`, "the recovery tokens; R^c are all others"),
	symbol("ρ_t, ρ_0, ρ*", `ρ`, "the probability of R at a prefix, under the policy, under P_0, and at the optimum"),
	symbol("Q", `Q`, "the distribution of the adversary's prefixes"),
	symbol("β, γ, η_t", `[βγη]`, "the weight of the recovery penalty, its discount, and the tilt η_t = βγ^t at position t"),
	symbol("w(x), W_t", `w(?:[^\pL\pM]|$)|W_`, "the weight Q(x)/P*(x) of a prefix, and the largest such weight"),
	symbol("G_t^rec, I_t^rec, F_t^Q", `[GIF]_t\^`, "as G_t, I_t and F̄_t, with failure 1[y_t∉R] for harm and with prefixes drawn from Q"),
	symbol("Z", `Z(?:[^\pL\pM]|$)`, "a normaliser: of the tilt at a prefix, or E_0[e^{−λHarm}|y_≤t]"),
	symbol("F(p)", `F\(`, "the objective of the pointwise problem of eq. 72, KL(p‖p_0) + η·p(R^c)"),
	symbol("J", `J(?:[^\pL\pM]|$)`, "the cost to go: the expected λHarm plus the KL that is still to be paid"),
	symbol("σ, logit", `σ|logit`, "σ(x) = 1/(1 + e^{−x}), and its inverse, the log-odds"),
	symbol("δ, ε, d", `[δε](?:'|[^\pL\pM_]|$)|d'?(?:[^\pL\pM_]|$)`, "the least base recovery, the recovery that is asked for, and the depth up to which; in Section A, δ is a shift of parameters"),
	symbol("Δ", `Δ(?:[^\pL\pM_(]|$)`, "without an index, logit ε − logit δ"),
	symbol("θ, θ_0, θ*, δθ, τ", `δ?θ|τ`, "parameters, those of the base model, those of the optimum, and their difference; τ is any other, τ_n the size of a step"),
	symbol("δ_f, δ_i", `δ_`, "the shifts by the gradient of the position itself (functional) and of the others (incidental)"),
	symbol("dP, ∂", `dP|∂|∇|d E`, "a direction in which the conditionals move, and derivatives along it or in the parameters"),
	symbol("ℓ_t", `ℓ`, "the log-ratio log(P/P_0)(y_t|y_<t), or any function in its place"),
	symbol("f, g, r, q, u, v, z", `[fgrquzv]'?(?:_|[^\pL\pM]|$)`, "arbitrary functions or numbers, where no entry says otherwise; u = e^η, q a recovery probability, v_t = Var_0(Harm|y_≤t)"),
	symbol("b, b*; Ĥ", `b(?:\*|\(|[^\pL\pM]|$)|Ĥ`, "baselines that are subtracted from harm; a reward model in place of Harm"),
	symbol("D, α, c, ν, φ, ψ", `[Dανφψ]|c(?:[^\pL\pM]|$)`, "what the formula says where they stand: D a weighted sum, α a rate, c a constant, ν a multiplier, φ a potential, ψ the logarithm of a law"),
	symbol("κ_3", `κ_3`, "the third cumulant"),
	symbol("m, n, i, j, s, t", `[mnij](?:[^\pL\pM]|$)`, "whole numbers: m the denominator of harm, i and j coordinates or tokens, s and t positions; e^{−λ/m} is taken rational"),
	symbol("1[·], ⁺, ⁻¹, ≻ 0, ‖·‖, osc, supp", `1\[|1_|⁺|⁻¹|≻|⪰|‖|osc|supp`, "indicator; pseudo-inverse and inverse; positive definite; norm; largest minus least value; what has positive probability"),
}

// words are the terms that entries use without saying what they mean.
var words = []term{
	symbol("prefix", `prefix`, "the tokens before a position"),
	symbol("state", `state`, "what the model keeps of a prefix: in a prefix tree the prefix itself, in an n-gram model the last "+
		"tokens. A tree is drawn with a line per token, “position 2, state 1” is the prefix that begins with token 1"),
	symbol("tabular", `tabular`, "every prefix has its own logits, one per token, so that the policy can be anything"),
	symbol("decoupled", `decoupled`, "every position has its own parameters"),
	symbol("shared", `shared`, "positions have parameters in common, as in a neural network"),
	symbol("branch", `branch`, "the curve of stationary points of the objective that starts at the base model for λ = 0"),
	symbol("candidate, policy", `candidate|second policy`, "in a drawing, the probabilities of a further policy beside those of the base model p; f= are features, which multiply the parameters"),
}

// symbolsIn returns the symbols that occur in the formulas and hypotheses of entries.
func symbolsIn(entries []*verify.Entry) []term {
	var b strings.Builder
	for _, e := range entries {
		s := e.Statement
		b.WriteString(s.Formula + "\n" + strings.Join(s.Hypotheses, "\n") + "\n" + s.Repair + "\n")
		if s.Refuted != nil {
			b.WriteString(s.Refuted.Wording + "\n")
		}
		for _, c := range s.Claims {
			b.WriteString(c.Formula + "\n" + strings.Join(c.Hypotheses, "\n") + "\n")
		}
	}
	return occurring(symbols, b.String())
}

func occurring(terms []term, text string) []term {
	var list []term
	for _, t := range terms {
		if t.pattern().MatchString(text) {
			list = append(list, t)
		}
	}
	return list
}

// glossary writes the meaning of symbols, and in a page that of words too.
func (p *printer) glossary(list []term) {
	if len(list) == 0 {
		return
	}
	var rows [][]string
	for _, t := range list {
		rows = append(rows, []string{p.prose(t.name), p.prose(t.meaning)})
	}
	p.line("")
	p.table([]string{"symbol", "meaning"}, rows)
	if p.terminal {
		return
	}
	rows = nil
	for _, t := range words {
		rows = append(rows, []string{t.name, p.prose(t.meaning)})
	}
	p.line("")
	p.table([]string{"word", "meaning"}, rows)
}
