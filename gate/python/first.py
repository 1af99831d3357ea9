"""A first solver: three quantities by summing over all sequences."""

import sounding


@sounding.quantity
def expected_harm(m):
    return sum(y.probability * y.harm for y in m.sequences())


@sounding.quantity
def variance(m):
    mean = expected_harm(m)
    return sum(y.probability * (y.harm - mean) ** 2 for y in m.sequences())


@sounding.quantity
def information(m):
    """I_t = E[(h(y_≤t) − h(y_<t))²], h the expected harm once these tokens are known."""
    h = {}  # of each prefix: its probability, and harm summed over its sequences
    for y in m.sequences():
        for t in range(m.T + 1):
            mass, harm = h.get(tuple(y.tokens[:t]), (0, 0))
            h[tuple(y.tokens[:t])] = mass + y.probability, harm + y.probability * y.harm
    profile = [0.0] * m.T
    for prefix, (mass, harm) in h.items():
        if prefix:
            before_mass, before_harm = h[prefix[:-1]]
            profile[len(prefix) - 1] += mass * (harm / mass - before_harm / before_mass) ** 2
    return profile


if __name__ == "__main__":
    sounding.serve()
