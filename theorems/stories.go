package theorems

import "sounding/verify"

// Stories of the refutations in Sections 4 to 7.

var xRemark4Story = verify.Story{
	Told:     "A coin decides harm. Divide harm by 10 and multiply the score by 10: the harm information falls by a factor of 100, and the squared gradient stays at 1/16.",
	Left:     "twice the squared gradient, when harm is divided by 10 and the score multiplied by 10",
	Right:    "the squared gradient before",
	Practice: "Little harm information makes the gradient small only if the score is bounded. A steep parameterisation keeps pushing.",
}

var xRemark2ConverseStory = verify.Story{
	Told: "Three tokens are equally likely, and the first alone is harmful. The one parameter moves the other " +
		"two against each other, which changes nothing about harm. The covariance vanishes, and the tokens do " +
		"not lead to equal harm.",
	Left:     "whether the covariance with the score vanishes",
	Right:    "whether h_t is constant",
	Practice: "A zero contribution to the gradient says nothing about harm, unless the policy is free to move every token.",
}

var xTheorem8BoundaryStory = verify.Story{
	Told: "On the way from the policy that always takes token 0 to the one that tosses a coin, the harmful " +
		"token 1 starts to grow from probability 0. It raises expected harm at the rate 1/2. At probability 0 " +
		"it has no score, and the covariance misses it.",
	Left:     "the derivative of expected harm along the segment",
	Right:    "the sum of the covariances with the score",
	Practice: "Softmax policies are not affected, because their probabilities are positive. Policies that are masked or clipped are.",
}

var xTheorem10ConverseStory = verify.Story{
	Told: "Three tokens are equally likely, and the first alone is harmful, so that the token decides harm: I_1 " +
		"= 2/9. The one parameter moves the other two against each other, and the gradient of expected harm is zero.",
	Left:     "the harm information I_1",
	Right:    "what a zero gradient would make it",
	Practice: "A flat gradient is no evidence of a harm horizon, unless the policy is free to move every token.",
}

var xTheorem10SupportStory = verify.Story{
	Told:     "The first token is always 0, and what follows is harmless: the horizon is 0. After the impossible token 1 harm is still a coin, and the covariance with the score there is −1/4.",
	Left:     "a coordinate of Cov(h_2, s_2) after the impossible token",
	Right:    "its value at prefixes that the model reaches",
	Practice: "The theorem is about what the model can say. It does not cover a prefix that the model never produces but that an attacker forces.",
}

var xRemark3Story = verify.Story{
	Told: "The first token alone decides harm. One parameter raises the logit of token 1 at the first position, " +
		"and after it at the second. Alignment lowers the parameter for the sake of the first position, and " +
		"so moves the second, where harm has long been decided.",
	Left:     "the coefficient of λ in P_θ*(0|1), token 0 at the second position after token 1",
	Right:    "that coefficient at the base model",
	Practice: "In a network with shared weights late positions move without any training signal of their own. KL at a late position does not show that alignment is deep.",
}

var xRemark1Story = verify.Story{
	Told: "The first observation takes the variance of X from 1 to 1/2, the second from 1/2 to 1/6. By variance " +
		"the first says more, 1/2 against 1/3. By entropy the second does: it divides what is left by 3, the " +
		"first by 2.",
	Left:     "e^{2·MI} of the second observation",
	Right:    "e^{2·MI} of the first",
	Practice: "Do not read variance-based information as bits. Late positions, where little variance is left, may carry more of the entropy than the profile shows.",
}
