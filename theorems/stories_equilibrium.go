package theorems

import "sounding/verify"

// Stories of the refutations about equilibria: Sections 8 and 10, Appendix A.

var xCorollary15Story = verify.Story{
	Told: "Two first tokens have the same expected harm, 1/2. After one harm is a coin, after the other it is " +
		"certain to be 1/2. e^{−λHarm} is convex, so the optimum prefers the coin: it moves where harm " +
		"information is zero.",
	Left:     "P*(0), what the optimum gives to the token that leads to the coin",
	Right:    "P_0(0), what the base model gives to it",
	Practice: "Alignment acts on risk, not on mean harm alone. It may also move a position without harm information.",
}

var xTheorem14OrderStory = verify.Story{
	Told: "Both first tokens lead to expected harm 1/2, so that the first position has no harm information. " +
		"After token 1 the policy can lower the harm, after token 0 it cannot. That makes token 1 the better " +
		"one, and the first position moves, at order λ⁴.",
	Left:     "the coefficient of λ⁴ in KL_1",
	Right:    "its value if KL_1 carried the factor I_1",
	Practice: "λ²I_t/2 estimates a KL to leading order only. Where harm information is small, the higher orders may be all there is.",
}

var xMirrorStory = verify.Story{
	Told:     "The first token decides more about harm than the second: I_1 = 9/64, I_2 = 3/32. At λ = 2 the second position moves further all the same, KL_2 = 0.1217 against KL_1 = 0.1200.",
	Left:     "KL_2, at the position with less harm information",
	Right:    "KL_1, at the position with more",
	Practice: "Do not rank positions by harm information from their KL, or the other way round, unless λ is small.",
}

var xAssumption1GlobalStory = verify.Story{
	Told: "The family passes through the base model twice, at θ = 0 and at θ = 1. At 0 it moves a harmless " +
		"token, at 1 the harmful one. To order λ² the objective falls by 1/36 near 0 and by 1/9 near 1, so " +
		"that the minimiser is near 1.",
	Left:     "the coefficient of λ² in the objective near θ = 0",
	Right:    "the same near θ = 1",
	Practice: "Where several parameters give the same model, an expansion about the one that training began with does not find the global minimum.",
}

var xTradeoffStory = verify.Story{
	Told:     "A coin decides harm. Put a token without meaning in front, so that harm is decided one position later. The optimum tilts the same coin as much as before, and the total KL is the same.",
	Left:     "the sign of the total KL one position deeper minus the total KL",
	Right:    "the sign if depth had a cost",
	Practice: "Depth by itself is free. What costs KL is to change how harm is distributed.",
}

var xCliffStory = verify.Story{
	Told:     "The first token says whether harm is possible, the second says nothing, the third tosses a coin: I_1 = 1/16, I_2 = 0, I_3 = 1/8. After the edge at position 2 most of the harm is still open.",
	Left:     "E[Var(Harm|y_1)], what the first token leaves open",
	Right:    "what it leaves open if harm were decided at the edge",
	Practice: "Neither an attack nor an evaluation may stop where harm information drops to zero. What counts is the sum of all that follows.",
}

var xAssumption1Story = verify.Story{
	Told:     "Two logits give one probability: adding the same number to both changes nothing. The Fisher matrix of 2 logits has rank 1.",
	Left:     "the rank of the Fisher matrix",
	Right:    "the number of logits",
	Practice: "The Fisher matrix of a softmax layer can be inverted only after one logit per prefix is fixed. Its pseudo-inverse will do, as the gradient lies in the range.",
}

var xA4Story = verify.Story{
	Told: "The first token alone decides harm. One parameter raises the logit of token 1 at the first position, " +
		"and after it at the second. Alignment lowers it for the sake of the first position, and so raises " +
		"the probability of recovery, token 0, at the second: by 1/6 of λ, to first order.",
	Left:     "the coefficient of λ in ρ* − ρ_0, recovery at the second position after token 1",
	Right:    "the most it could be if recovery did not rise",
	Practice: "A raised recovery probability at late positions does not show that harm is still open there. Shared weights can do it alone.",
}

var xEquation59Story = verify.Story{
	Told: "The one parameter raises harm at the first position and lowers it at the second, at the same rate, " +
		"1/8. The two gradients cancel, the parameter stays, and so does the policy: there is no KL anywhere. " +
		"The functional part at the first position is λ² times 1/72 all the same, and the mixed term takes it back.",
	Left:     "the coefficient of λ² in the functional part at position 1",
	Right:    "its value if the parts of a KL of zero were zero",
	Practice: "The two parts cannot be measured one by one and added up. A small KL may hide two large ones.",
}
