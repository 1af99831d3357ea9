"""A stochastic solver: the policy gradient of the harm from samples, by REINFORCE."""

import random

import sounding

DRAWS = 4000


def samples(m):
    """Sequences of the policy: DRAWS of them, or as many as the gate asks for."""
    sequences = list(m.sequences())
    return random.choices(sequences, [y.probability for y in sequences], k=max(m.n or 0, DRAWS))


@sounding.quantity
def gradient(m):
    def draw(y):
        g = m.zeros()
        reward = m.discount ** (len(y) - 1) * y.harm
        for t, x, a in y.steps():
            if m.acting(t, x):
                for b, p in enumerate(m.p[t][x]):
                    g[t][x][b] = reward * ((a == b) - p)
        return g

    return sounding.estimate(draw(y) for y in samples(m))


if __name__ == "__main__":
    sounding.serve()
