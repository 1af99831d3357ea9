// Package numeric computes in float64 what the suite computes exactly elsewhere:
// a second implementation, written from the statements of the paper alone, whose
// agreement with the exact one is evidence for both.
//
// A [Solver] fills every table of one instance in one forward and one backward
// pass over flat slices, on all cores, and [Bound] says how far each of its
// numbers can be from the truth: the number of roundings on the way times 2^−53
// times the sensitivity of the quantity, derived where it is defined.
//
// [Enclose] does without tables of all positions, for processes of any length, and encloses
// every quantity.
//
// Other functions compute what needs a parameterisation: gradients
// ([Gradient], [RecoveryGradient]), Fisher matrices and their pseudo-inverses
// ([Fisher], [PseudoSolve]), the objectives L and L_deep with their minimisers in a
// family ([MinimiseStandard], [MinimiseDeep]) and over all policies
// ([DeepCandidates]), finite differences
// ([Objective.DifferenceGradient]), fitted orders of growth ([FitOrder]), and
// policy-gradient estimates from samples with a radius whose probability of a
// false alarm is stated in advance ([Sample], [Radius]).
//
// Notation. Position t = 1…T leads from layer t−1 to layer t. Tables per state
// belong to the states x of layer t−1, tables per edge to the edges e = (x, a)
// of position t, in the order of the model. u = 2^−53 is the unit roundoff.
package numeric
