package theorems

import "sounding/verify"

// Stories of the refutations about deep alignment: Sections 9 and 10.1, Appendix B.

var xCorollary23Story = verify.Story{
	Told: "The threshold assumes the least base recovery, δ = 1/3, which occurs at the second position only. At " +
		"the first the base model recovers with probability 1/2, and the penalty adds to that. By the " +
		"threshold recovery there is below ε = 1/2, but it is not.",
	Left:     "whether recovery is below ε somewhere at position 1",
	Right:    "whether position 1 is beyond the threshold",
	Practice: "At the optimum of eq. 72 no attack shorter than this succeeds. It does not follow that an attack of this length succeeds.",
}

var xProposition29Story = verify.Story{
	Told: "The second token decides harm, but only after token 1. The proposition tilts by expected harm alone. " +
		"It leaves out that the KL of the second position depends on the first token, and that Q weighs " +
		"prefixes differently from the policy. Its policy costs 0.769, and another costs 0.735.",
	Left:     "L_deep of the policy that the proposition gives",
	Right:    "L_deep of the policy shown as candidate1",
	Practice: "Do not compute an optimal policy from this tilt. Without a penalty the soft value gives the optimum. With one, the law with J and w characterises it.",
}

var xTheorem20Story = verify.Story{
	Told: "Harm is constant, so that both positions lie beyond the horizon. At the second, eq. 43 charges " +
		"failures as often as Q visits a prefix, each with probability 1/2, and KL as often as the policy " +
		"does. It pays to take one first token rarely, and to recover after it nearly always. Policies that " +
		"recover as the Gibbs measure does cost at least 0.759, and another costs about 0.727.",
	Left:     "a lower bound on L_deep over the policies that recover as the Gibbs measure does",
	Right:    "L_deep of another policy",
	Practice: "A penalty at fixed adversarial prefixes does not act prefix by prefix. The policy may also learn to avoid the prefixes that are charged.",
}

var xTheorem22Story = verify.Story{
	Told: "Before every token recovery has probability 1/2, and Theorem 22 promises σ(1) at both positions. A " +
		"policy that keeps the promise costs at least 0.738. Another costs about 0.727: at the second " +
		"position it recovers less after the token that it takes more often than Q does.",
	Left:     "a lower bound on L_deep over the policies that keep the promise",
	Right:    "L_deep of another policy",
	Practice: "Training on eq. 43 does not certify recovery. Recovery may fail at adversarial prefixes that the trained policy visits more often than the adversary does: measure it there.",
}

var xUniqueStory = verify.Story{
	Told: "As a first token, 1 is harmful and a recovery, and 0 is neither. With λ = β = 3 the two balance, and " +
		"exchanging them maps the problem onto itself. A single minimiser would be its own mirror image, with " +
		"P(1) = 1/2. But such policies cost at least 4.24708, and one with P(1) = 437/1024 costs less than 4.24700.",
	Left:     "the least of L_deep over policies with P(1) = 1/2",
	Right:    "L_deep of the policy shown as candidate1",
	Practice: "Two training runs may end in different optima, and the average of the two is no optimum. To speak of the minimiser, one has to show that there is only one.",
}

var xRemark8Story = verify.Story{
	Told:     "With e^η = 4 the tilt takes 1/4 to 4/7, a gain of 9/28, and 1/2 to 4/5, a gain of 3/10. The smaller probability gains more: it is nearer to 1/3, where the gain is largest.",
	Left:     "the gain of the base probability 1/4",
	Right:    "the gain of the base probability 1/2",
	Practice: "Under a strong penalty rare recovery gains more than frequent recovery does.",
}

var xTiltReducesStory = verify.Story{
	Told: "Token 1 leads to harm 1 with probability 1/3, token 0 to harm 1/2 with probability 1/2, so that " +
		"token 1 has the higher expected harm, 1/3 against 1/4. At large λ what counts is the chance of no " +
		"harm at all. That is 2/3 after token 1 and 1/2 after token 0, and the optimum favours token 1.",
	Left:     "P*(1)·P_0(0), for the token with more expected harm",
	Right:    "P*(0)·P_0(1), for the other",
	Practice: "An aligned model may shift towards the riskier continuation. The objective penalises −log E[e^{−λHarm}], not the mean.",
}

var xPenaltyCostStory = verify.Story{
	Told: "The recovery token 0 is harmful. Without a penalty the optimum moves away from it, at a KL of " +
		"0.1109. At β = 1 the penalty pulls back as hard as harm pushes, the optimum is the base model, and " +
		"the KL is 0.",
	Left:     "the KL of the minimiser without the penalty",
	Right:    "the KL of the minimiser with it",
	Practice: "The total KL does not measure how much alignment was bought. It may fall while the cost λE[Harm] + KL rises.",
}

var xRemark7Story = verify.Story{
	Told: "Two recovery tokens and two others have the same features, 0 and 1. Whatever the parameter is, half " +
		"of the probability stays with recovery. The recovery gradient is zero at every parameter, and " +
		"recovery is a coin at every one.",
	Left:     "whether the recovery gradient is anything but zero at some parameter",
	Right:    "what was claimed of it",
	Practice: "Whether a recovery penalty can act depends on the architecture. It does not train an output layer that cannot tell recovery tokens from others.",
}

var xUniformProfileStory = verify.Story{
	Told: "Every token is a coin, and recovery has probability 1/2 before each. The adversary begins with token " +
		"1 twice as often as with token 0, the base model equally often with both. To order β² the KL is 1/8 " +
		"at the first position and 5/36 at the second, where the adversary's prefixes are not those of the base model.",
	Left:  "the coefficient of β² in KL_2",
	Right: "the same in KL_1",
	Practice: "Without a discount deep positions are still not treated alike: the rarer the adversary's prefixes " +
		"are under the base model, the more KL the penalty causes there. A flat profile needs prefixes drawn " +
		"from the model itself.",
}

var xRadiusStory = verify.Story{
	Told: "The adversary always begins with token 1, to which the base model gives probability 1/10000. After " +
		"it recovery is a coin. At β = 1/100 a tenth of the leading order of KL_2 is 1/80, and no minimiser " +
		"has a total KL of more than 5001/1000000, about half of β.",
	Left:     "a tenth of the leading order of KL_2",
	Right:    "a bound on the total KL of every minimiser",
	Practice: "Do not use the leading order at prefixes that the base model hardly ever produces, however small the penalty looks: β has to be small compared with P_0(x)/Q(x).",
}

var xRemark6Story = verify.Story{
	Told: "Every token is a coin, and recovery has probability 1/2 before each. All prefixes of the adversary " +
		"begin with token 1. At β = 2 the Gibbs measures of three positions cost 0.983 in all, and more with " +
		"each further one. The policy that never says token 1, and recovers for certain after it, costs log " +
		"2, about 0.693, at every length.",
	Left:     "what the Gibbs measures cost at the adversary's prefixes",
	Right:    "a bound on the KL of every minimiser",
	Practice: "A policy can escape a penalty at fixed adversarial prefixes by avoiding them. A small KL is then no sign that recovery is cheap where such a prefix is forced on the model.",
}
