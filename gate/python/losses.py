"""Losses on samples with hand-written gradients: policy gradient with a KL term, in the
forms that trainers have. The command line chooses; the default is right:

    sounding gate --objective regularised -- python3 losses.py
    sounding gate --objective kl -- python3 losses.py --kl k3

Per token, ℓ = log p/p_0 and r = p/p_b. A KL term has a slope: what multiplies
∂ log p/∂z of the token in the gradient of the loss.
"""

import argparse
import math

import sounding

# The slope of every KL term: of one token, but for the last, which has the log-ratios of
# all tokens from its own on.
SLOPES = {
    "none": lambda l: 0.0,
    "k1": lambda l: 1.0,  # ℓ as a loss
    "k2": lambda l: l,  # ℓ²/2
    "k3": lambda l: 1 - math.exp(-l),  # e^{−ℓ} − 1 + ℓ
    "ratio-k1": lambda l: l + 1.0,  # r·ℓ, r differentiated too
    "ratio-k2": lambda l: l * l / 2 + l,
    "ratio-k3": lambda l: math.exp(-l) - 1 + l + 1 - math.exp(-l),
    "reward-own": lambda l: l,  # −ℓ in the reward of its token
    "reward": lambda l: l,  # −ℓ in the reward, and so in every return before it
}

# What the loss of a sequence is divided by: 1, its own tokens, or T.
REDUCTIONS = ("sum", "token-mean", "padded-mean")

# The importance weight of a token on samples of another policy.
WEIGHTS = ("sequence", "token", "none")

BASELINES = ("none", "rloo", "dr_grpo", "grpo")


def advantages(rewards, baseline):
    n = len(rewards)
    mean = sum(rewards) / n
    if baseline == "none":
        return rewards
    if baseline == "rloo":
        return [r - (sum(rewards) - r) / (n - 1) if n > 1 else r for r in rewards]
    if baseline == "dr_grpo":
        return [r - mean for r in rewards]
    deviation = math.sqrt(sum((r - mean) ** 2 for r in rewards) / max(n - 1, 1))
    return [(r - mean) / (deviation + 1e-4) for r in rewards]


def steps(m, tokens):
    """(t, state, token) where the policy acts."""
    return [(t, x, a) for t, (x, a) in enumerate(zip(m.path(tokens), tokens)) if m.acting(t, x)]


def gradient_of(m, batch, o):
    """The gradient of the loss of one batch."""
    g = m.zeros()
    for tokens, advantage in zip(batch["sequences"], advantages(batch["rewards"], o.baseline)):
        acting = steps(m, tokens)
        p = [m.p[t][x][a] for t, x, a in acting]
        if min(p, default=1) == 0:
            continue  # the policy never takes it: its weight is 0
        logs = [math.log(m.p[t][x][a] / m.p0[t][x][a]) for t, x, a in acting]
        ratios = [m.p[t][x][a] / m.pb[t][x][a] for t, x, a in acting]
        size = {"sum": 1, "token-mean": len(acting), "padded-mean": m.T}[o.reduction]
        for k, (t, x, a) in enumerate(acting):
            if m.objective == "harm":
                slope = 0.0
            elif o.kl == "reward":
                slope = sum(logs[k:])
            else:
                slope = SLOPES[o.kl](logs[k])
            weight = {"sequence": math.prod(ratios), "token": ratios[k], "none": 1.0}[o.weight]
            factor = weight * (slope - advantage) / size / len(batch["sequences"])
            for b in range(m.V):
                g[t][x][b] += factor * ((a == b) - m.p[t][x][b])
    return g


def add_penalty(m, g):
    """Add the gradient of Σ_t βγ^t·E_Q[1 − ρ(y_<t)], which needs no samples."""
    reach = m.reach(m.q)
    for t in range(m.T):
        for x, row in enumerate(m.p[t]):
            rho = sum(row[a] for a in m.recovery)
            for a, p in enumerate(row):
                if m.acting(t, x):
                    g[t][x][a] -= m.beta * m.gamma ** (t + 1) * reach[t][x] * p * ((a in m.recovery) - rho)
    return g


def parse(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kl", choices=SLOPES, default="reward")
    parser.add_argument("--baseline", choices=BASELINES, default="rloo")
    parser.add_argument("--reduction", choices=REDUCTIONS, default="sum")
    parser.add_argument("--weight", choices=WEIGHTS, default="sequence")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    options = parse()

    @sounding.quantity
    def loss_gradient(m):
        gradients = [gradient_of(m, batch, options) for batch in m.batches]
        return [add_penalty(m, g) for g in gradients] if m.objective == "deep" else gradients

    sounding.serve()
