// Package training computes exactly what training code computes on sampled
// sequences: signed gradients of objectives, divergences and entropies,
// log-probabilities and importance weights, values and advantages, preference
// losses. It also computes, by name, what code with a known mistake computes in
// their place.
//
// Formulas are written once over an [Arithmetic]: the rationals where they are
// rational, enclosures where they are not, and float64 for known mistakes, of which
// only a guess is wanted. The definitions, with signs and weights, are those of
// the protocol sounding/gate/2 in docs/gate.md.
package training
