package model

// Numbers are the probabilities and harms of a process as elements E of a number
// system: what a solver computes from. They come from the integers of the process,
// or from free variables, which need no division and serve the certificates.
type Numbers[E any] struct {
	Process *Process
	Prob    [][]E // Prob[t−1][e] = P(a|x), for edge e of position t, from state x with token a
	Harm    []E   // Harm[x], for state x of layer T
}

// WithProb returns the same process and harm under the probabilities of another policy.
func (n *Numbers[E]) WithProb(prob [][]E) *Numbers[E] {
	return &Numbers[E]{n.Process, prob, n.Harm}
}

// WithHarm returns the same process and probabilities with another harm function.
func (n *Numbers[E]) WithHarm(harm []E) *Numbers[E] {
	return &Numbers[E]{n.Process, n.Prob, harm}
}
