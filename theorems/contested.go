package theorems

import "slices"

// Claims that are not true exactly as worded, each with a counterexample and the
// nearest true statement; and statements that the paper does not make.
func contested() []*Statement {
	return slices.Concat(contestedGradient(), contestedEquilibrium(), contestedShared(), ownInformation(), ownEstimators())
}
