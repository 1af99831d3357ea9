// Package gate checks solvers against exact values. A solver is a Go value, or a
// command in any language that is asked over its standard input and output, and
// whose replies are never trusted.
//
// The protocol is one JSON object per line in each direction, one request at a
// time:
//
//	→ {"id": 7, "instance": {…}, "want": ["information", "equilibrium_kl", …]}
//	← {"id": 7, "information": [0.25, 0.0], "variance": 0.25, …}
//
// with the instance in the format of package model. A [Process] is a [Solver], which
// [Check] and [TestSolver] check, and a [Trainee], a solver of what training code
// computes, which [CheckTraining] and [TestTrainee] do.
package gate

// Format names the protocol.
const Format = "sounding/gate/1"
