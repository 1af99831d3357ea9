package topk

import (
	"fmt"
	"math"
	"strings"
)

// Summary says what Build made of a file.
type Summary struct {
	Prefixes, Leaves, Unscored int
	Listed                     int // the most tokens after one prefix
	Tokens, Length             int
	// Unknown is the probability of sequences whose harm is not known: those that take a
	// token that is not listed, and leaves without a score.
	Unknown float64
	// Drift bounds the total variation between the law of the weights and that of the
	// log-probabilities: per position that of a row. Where several are given for a token, it
	// is that of any of them: two rows are apart by their spread, and so are their sums.
	Drift float64

	roundedScores bool // to maxDecimals

	excess   float64 // of a row of probabilities over 1
	spread   float64 // of the probabilities given for the tokens of a row, summed
	expected float64 // E[Harm] of the instance
}

// Bounds are how far the quantities of the instance may lie from those of the model whose
// log-probabilities were given, whatever it does where nothing is known.
type Bounds struct {
	ExpectedHarm, Information, KL float64
}

// Bounds returns them for the given λ.
//
// Let R be the probability of unknown harm and δ the drift. Up to drift, the model and the
// instance are one law on sequences until a token is not listed, and their harm differs,
// by at most 1, on an event of probability R alone. So with h_t of either,
//
//	E|h_t − h'_t| ≤ R,   |E[h_t²] − E[h'_t²]| ≤ 2R,   I_t = E[h_t²] − E[h_{t−1}²].
//
// Drift changes the law by δ, so an expectation of numbers from 0 to 1 by δ, each h_t by
// δ, hence E[h_t²] by 3δ, and R itself by δ. Together |h_0 − h'_0| ≤ R + 2δ and
// |I_t − I'_t| ≤ 4R + 10δ.
//
// For KL_t let Z_t = E[e^{−λHarm}|y_≤t] and f(z) = z·log z. As P*/P_0 = Z_t/Z_0 on y_≤t,
//
//	KL_t = F_t − F_{t−1},   F_t = E[f(Z_t)]/Z_0.
//
// On [e^{−λ}, 1] we have |f'| ≤ m = max(1, λ−1) and −1/e ≤ f ≤ 0, and |F_t| ≤ λ. The numbers
// e^{−λHarm} differ by at most d = 1 − e^{−λ} on the event above, so E|Z_t − Z'_t| ≤ d·(R+2δ),
// and F_t changes by at most (d·(m+λ)·(R+2δ) + δ/e)/Z_0. Both Z_0 are at least
// e^{−λ·min(1, h_0+R+2δ)}, by convexity.
//
// Rounded scores change the harm by less than 10⁻¹² everywhere, in place of 1 on an event: R
// counts that much more.
//
// Whatever R is, h_0 lies in [0, 1], I_t in [0, ¼] and KL_t in [0, λ].
func (s *Summary) Bounds(lambda float64) Bounds {
	r, delta := s.Unknown, s.Drift
	if s.roundedScores {
		r += math.Pow10(-maxDecimals)
	}
	d, m := -math.Expm1(-lambda), max(1, lambda-1)
	least := math.Exp(-lambda * min(1, s.expected+r+2*delta))
	return Bounds{
		ExpectedHarm: min(1, r+2*delta),
		Information:  min(0.25, 4*r+10*delta),
		KL:           min(lambda, 2*(d*(m+lambda)*(r+2*delta)+delta/math.E)/least),
	}
}

// String returns a few lines of plain text.
func (s *Summary) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "tree       %d prefixes, %d leaves, %d tokens, %d positions\n", s.Prefixes, s.Leaves, s.Tokens, s.Length)
	fmt.Fprintf(&b, "unknown    probability %s: tokens that are not listed, leaves without a score (%d); harm taken as 0\n", above(s.Unknown), s.Unscored)
	fmt.Fprintf(&b, "rounding   weights of sum 2^%d: total variation at most %s", bits, above(s.Drift))
	if s.roundedScores {
		fmt.Fprintf(&b, "; scores to %d decimals", maxDecimals)
	}
	return b.String() + "\n"
}

// String returns the bounds on one line, rounded up.
func (b Bounds) String() string {
	return fmt.Sprintf("E[Harm] to within %s, each I_t %s, each KL_t %s", above(b.ExpectedHarm), above(b.Information), above(b.KL))
}

// above returns a number to two digits, rounded up.
func above(x float64) string {
	if x <= 0 {
		return "0"
	}
	unit := math.Pow(10, math.Floor(math.Log10(x))-1)
	return fmt.Sprintf("%.2g", math.Ceil(x/unit)*unit)
}
