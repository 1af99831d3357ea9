package theorems

import "sounding/verify"

// Stories of the refutations about deep alignment: Sections 9 and 10.1, Appendix B.

var xCorollary23Story = verify.Story{
	Told:     "The threshold assumes the least base recovery, δ = 1/3, which is met at the second position alone. At the first the base model recovers with probability 1/2, and the penalty adds to that. The threshold says that recovery is below ε = 1/2 there, and it is not.",
	Left:     "whether recovery is below ε somewhere at position 1",
	Right:    "whether position 1 is beyond the threshold",
	Practice: "Of the optimum of eq. 72 the length is one below which no attack succeeds. That an attack of this length succeeds does not follow.",
}

var xProposition29Story = verify.Story{
	Told:     "The second token decides harm, and only after token 1. The display tilts by expected harm alone. It leaves out that the KL of the second position depends on the first, and that Q weighs prefixes otherwise than the policy. The policy that it gives costs 0.769, another costs 0.735.",
	Left:     "L_deep of the policy that the display gives",
	Right:    "L_deep of the policy shown as candidate1",
	Practice: "An optimal policy is not to be computed from the display. Without a penalty the soft value gives it; with one, the law with J and w characterises it.",
}

var xTheorem20Story = verify.Story{
	Told:     "Harm is constant, so that both positions lie beyond the horizon. At the second, eq. 43 charges failures as often as Q visits a prefix, each with probability 1/2, and KL as often as the policy does. It pays to take one first token rarely, and to recover after it nearly always. Policies that recover as the Gibbs measure does cost no less than about 0.760, another costs about 0.727.",
	Left:     "a lower bound on L_deep over the policies that recover as the Gibbs measure does",
	Right:    "L_deep of another policy",
	Practice: "A penalty at fixed adversarial prefixes does not act prefix by prefix. The policy may also learn to avoid the prefixes that are charged.",
}

var xTheorem22Story = verify.Story{
	Told:     "Before every token recovery has probability 1/2, and Theorem 22 promises σ(1) at both positions. A policy that keeps the promise costs no less than about 0.738, another costs about 0.727: at the second position it recovers less, after the token that it takes more often than Q does.",
	Left:     "a lower bound on L_deep over the policies that keep the promise",
	Right:    "L_deep of another policy",
	Practice: "Training on eq. 43 does not certify recovery. It may fail at adversarial prefixes that the trained policy visits more often than the adversary does, and has to be measured there.",
}

var xUniqueStory = verify.Story{
	Told:     "Token 1 at first is a recovery and harmful, token 0 is neither. With λ = β = 3 the two balance, and exchanging them maps the problem onto itself. A single minimiser would be its own mirror image, with P(1) = 1/2. But such policies cost at least 4.24709, and one with P(1) = 437/1024 costs 4.24700.",
	Left:     "the least of L_deep over policies with P(1) = 1/2",
	Right:    "L_deep of the policy shown as candidate1",
	Practice: "Two runs of training may end in different optima, and the mean of the two in none. To speak of the minimiser takes an argument.",
}

var xRemark8Story = verify.Story{
	Told:     "With e^η = 4 the tilt takes 1/4 to 4/7, a gain of 9/28, and 1/2 to 4/5, a gain of 3/10. The smaller probability gains more: it is nearer to 1/3, where the gain is largest.",
	Left:     "the gain of the base probability 1/4",
	Right:    "the gain of the base probability 1/2",
	Practice: "Under a strong penalty rare recovery gains more than frequent recovery does.",
}

var xTiltReducesStory = verify.Story{
	Told:     "Token 1 leads to harm 1 with probability 1/3, token 0 to harm 1/2 with probability 1/2, so that token 1 has the higher expected harm, 1/3 against 1/4. A large λ asks for the chance of no harm at all. That is 2/3 against 1/2, and the optimum favours token 1.",
	Left:     "P*(1)·P_0(0), for the token with more expected harm",
	Right:    "P*(0)·P_0(1), for the other",
	Practice: "An aligned model may shift towards the riskier continuation. What is penalised is −log E[e^{−λHarm}], and not the mean.",
}

var xPenaltyCostStory = verify.Story{
	Told:     "The recovery token 0 is harmful. Without a penalty the optimum moves away from it, at a KL of 0.1109. At β = 1 the penalty pulls back as hard as harm pushes, the optimum is the base model, and the KL is 0.",
	Left:     "the KL of the minimiser without the penalty",
	Right:    "the KL of the minimiser with it",
	Practice: "The total KL does not measure how much alignment was bought. It may fall while the cost λE[Harm] + KL rises.",
}

var xRemark7Story = verify.Story{
	Told:     "Two recovery tokens and two others have the same features, 0 and 1. Whatever the parameter is, half of the probability stays with recovery. The recovery gradient is zero at every parameter, and recovery is a coin at every one.",
	Left:     "whether the recovery gradient is anything but zero at some parameter",
	Right:    "what was claimed of it",
	Practice: "Whether a recovery penalty can act is a matter of the architecture. An output layer that cannot tell recovery tokens from others is not trained by it.",
}

var xUniformProfileStory = verify.Story{
	Told:     "Every token is a coin, and recovery has probability 1/2 before each. The adversary takes the second first token twice as often as the first, the base model both alike. To order β² the KL is 1/8 at the first position and 5/36 at the second, where the adversary's prefixes are not those of the base model.",
	Left:     "the coefficient of β² in KL_2",
	Right:    "the same in KL_1",
	Practice: "Without a discount deep positions are not treated alike: the rarer the adversary's prefixes are under the base model, the more KL the penalty buys there. A flat profile takes prefixes drawn from the model itself.",
}

var xRadiusStory = verify.Story{
	Told:     "The adversary always begins with token 1, to which the base model gives probability 1/10000. Behind it recovery is a coin. At β = 1/100 a tenth of the leading order of KL_2 is 1/80, and no minimiser has a total KL of more than 5001/1000000, half a β.",
	Left:     "a tenth of the leading order of KL_2",
	Right:    "a bound on the total KL of every minimiser",
	Practice: "The leading order must not be used for prefixes that the base model hardly ever says, however small the penalty looks: β has to be small beside P_0(x)/Q(x).",
}

var xRemark6Story = verify.Story{
	Told:     "Every token is a coin, and recovery has probability 1/2 before each. All prefixes of the adversary begin with token 1. At β = 2 the Gibbs measures of three positions cost 0.983 in all, and more with each further one. The policy that never says token 1, and recovers for certain after it, costs log 2, about 0.693, at every length.",
	Left:     "what the Gibbs measures cost at the adversary's prefixes",
	Right:    "a bound on the KL of every minimiser",
	Practice: "A penalty at fixed adversarial prefixes can be met by not saying them. That its KL stays small is no sign that recovery is cheap where such a prefix is forced upon the model.",
}
