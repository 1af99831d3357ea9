"""Every quantity of sounding/gate/1 and /2 but loss_gradient, from its definition: sums
over all sequences, in floats. Slow and simple; no dependencies."""

import math

import sounding


def tempered(m, rows):
    """The rows at the temperature, where the policy acts."""
    if m.temperature == 1:
        return rows

    def soften(row):
        top = max(row)
        powers = [(p / top) ** (1 / m.temperature) for p in row]
        return [w / sum(powers) for w in powers]

    return [
        [soften(row) if m.acting(t, x) else row for x, row in enumerate(layer)] for t, layer in enumerate(rows)
    ]


def expectation(m, f):
    """Per position: E_P[f(row of P, row of P_0)] of the state before it, where P acts."""
    p, p0 = tempered(m, m.p), tempered(m, m.p0)
    total = [0.0] * m.T
    for y in m.sequences(p):
        for t, x, _ in y.steps():
            if m.acting(t, x):
                total[t] += y.probability * f(p[t][x], p0[t][x])
    return total


def divergence(p, q):
    return sum(a * math.log(a / b) for a, b in zip(p, q) if a > 0)


def add_score(m, gradient, t, x, a, factor):
    """Add factor · ∂ log p(a|x)/∂z, where P acts."""
    if m.acting(t, x):
        for b, p in enumerate(m.p[t][x]):
            gradient[t][x][b] += factor * ((a == b) - p)


def score_gradient(m, f):
    """∂/∂z of E_P[f(y)]: f times the score of every token, over all sequences. Where f
    depends on z by log p alone its own derivative has mean 0."""
    gradient = m.zeros()
    for y in m.sequences():
        factor = y.probability * f(y)
        for t, x, a in y.steps():
            add_score(m, gradient, t, x, a, factor)
    return gradient


def log_ratio(m, y, against):
    return sum(math.log(m.p[t][x][a] / against(t, x, a)) for t, x, a in y.steps() if m.acting(t, x))


def combine(a, b, factor=1):
    """a + factor·b, entry by entry."""
    if isinstance(a, list):
        return [combine(u, v, factor) for u, v in zip(a, b)]
    return a + factor * b


# sounding/gate/1


@sounding.quantity
def expected_harm(m):
    return sum(y.probability * y.harm for y in m.sequences())


@sounding.quantity
def variance(m):
    mean = expected_harm(m)
    return sum(y.probability * (y.harm - mean) ** 2 for y in m.sequences())


def prefixes(m):
    """Of every prefix of positive probability: that, its state, its harm summed over its
    sequences, and its weight in P* ∝ P·e^{−λHarm}, not normalised."""
    table = {}
    for y in m.sequences():
        end = [None]  # no row behind the last token
        for t, x in enumerate(y.states + end):
            node = table.setdefault(tuple(y.tokens[:t]), [0.0, x, 0.0, 0.0])
            node[0] += y.probability
            node[2] += y.probability * y.harm
            node[3] += y.probability * math.exp(-m.lam * y.harm)
    return table


@sounding.quantity
def information(m):
    table, total = prefixes(m), [0.0] * m.T
    for prefix, (mass, _, harm, _) in table.items():
        if prefix:
            before = table[prefix[:-1]]
            total[len(prefix) - 1] += mass * (harm / mass - before[2] / before[0]) ** 2
    return total


@sounding.quantity
def horizon(m):
    return max((t + 1 for t, i in enumerate(information(m)) if i > 1e-12), default=0)


@sounding.quantity
def gradient_norm_squared(m):
    g = score_gradient(m, lambda y: y.harm)
    return [sum(v * v for row in layer for v in row) for layer in g]


@sounding.quantity
def fisher_trace(m):
    return expectation(m, lambda p, _: sum(a * (1 - a) for a in p))


def recovery(m, row):
    """The probability of R, and that of the other tokens."""
    return sum(row[a] for a in m.recovery), sum(p for a, p in enumerate(row) if a not in m.recovery)


@sounding.quantity
def recovery_probability(m):
    return expectation(m, lambda p, _: recovery(m, p)[0])


@sounding.quantity
def recovery_information(m):
    total = []
    for t, masses in enumerate(m.reach(m.q)[: m.T]):
        rows = (recovery(m, row) for row in m.p[t])
        total.append(sum(mass * rho * rest for mass, (rho, rest) in zip(masses, rows)))
    return total


def gibbs(m, t, row):
    """ρ* and KL(p*‖p) of p* ∝ p·e^{η·1[a∈R]}, at position t."""
    eta = m.beta * m.gamma ** (t + 1)
    rho, rest = recovery(m, row)
    if rho == 0:
        return 0.0, 0.0
    z = rho + rest * math.exp(-eta)
    return rho / z, eta * (rho / z - 1) - math.log(z)


def gibbs_expectation(m, k):
    total = [0.0] * m.T
    for y in m.sequences():
        for t, x, _ in y.steps():
            total[t] += y.probability * gibbs(m, t, m.p[t][x])[k]
    return total


@sounding.quantity
def gibbs_recovery(m):
    return gibbs_expectation(m, 0)


@sounding.quantity
def gibbs_kl(m):
    return gibbs_expectation(m, 1)


@sounding.quantity
def equilibrium_kl(m):
    table, total = prefixes(m), [0.0] * m.T
    z = table[()][3]
    for prefix, (mass, _, _, tilted) in table.items():
        if prefix and tilted > 0:
            before = table[prefix[:-1]]
            total[len(prefix) - 1] += tilted / z * math.log(tilted / before[3] * before[0] / mass)
    return total


# sounding/gate/2: of an instance


@sounding.quantity
def gradient(m):
    return score_gradient(m, lambda y: m.discount ** (len(y) - 1) * y.harm)


@sounding.quantity
def kl(m):
    return expectation(m, divergence)


@sounding.quantity
def kl_sum(m):
    return sum(kl(m))


@sounding.quantity
def kl_forward(m):
    return expectation(m, lambda p, p0: divergence(p0, p))


@sounding.quantity
def entropy(m):
    return expectation(m, lambda p, _: -sum(a * math.log(a) for a in p if a > 0))


@sounding.quantity
def jsd(m):
    def at(w):
        def f(p, p0):
            mixture = [w * a + (1 - w) * b for a, b in zip(p, p0)]
            return w * divergence(p, mixture) + (1 - w) * divergence(p0, mixture)

        return expectation(m, f)

    return [at(w) for w in m.jsd_weights]


@sounding.quantity
def kl_gradient(m):
    return score_gradient(m, lambda y: log_ratio(m, y, lambda t, x, a: m.p0[t][x][a]))


@sounding.quantity
def entropy_gradient(m):
    return score_gradient(m, lambda y: -log_ratio(m, y, lambda t, x, a: 1))


@sounding.quantity
def objective_gradient(m):
    harm = score_gradient(m, lambda y: y.harm)
    return combine(kl_gradient(m), harm, m.lam)


@sounding.quantity
def deep_objective_gradient(m):
    g, reach = objective_gradient(m), m.reach(m.q)
    for t in range(m.T):
        for x, mass in enumerate(reach[t]):
            for a in range(m.V):  # 1 − ρ = Σ_a p(a)·1[a ∉ R]
                if a not in m.recovery:
                    add_score(m, g, t, x, a, m.beta * m.gamma ** (t + 1) * mass * m.p[t][x][a])
    return g


@sounding.quantity
def optimum(m):
    weight = m.zeros()
    for y in m.sequences(m.p0):
        for t, x, a in y.steps():
            weight[t][x][a] += y.probability * math.exp(-m.lam * y.harm)
    for t in range(m.T):
        for x, row in enumerate(weight[t]):
            if m.over[t][x]:
                row[m.end] = 1.0
            weight[t][x] = [w / sum(row) for w in row] if sum(row) > 0 else row
    return weight


@sounding.quantity
def fisher(m):
    def matrix(t, x):
        p = m.p[t][x] if m.acting(t, x) else [0.0] * m.V
        return [[p[a] * (a == b) - p[a] * p[b] for b in range(m.V)] for a in range(m.V)]

    return [[matrix(t, x) for x in range(m.states[t])] for t in range(m.T)]


def worth(m):
    """value and q."""
    mass, masses = [[0.0] * n for n in m.states], m.zeros()
    v, q = [[0.0] * n for n in m.states[: m.T]], m.zeros()
    for y in m.sequences():
        for t, x, a in y.steps():
            reward = y.probability * m.discount ** (len(y) - t - 1) * y.harm
            mass[t][x] += y.probability
            masses[t][x][a] += y.probability
            v[t][x] += reward
            q[t][x][a] += reward
    for t in range(m.T):
        for x in range(m.states[t]):
            v[t][x] /= mass[t][x] or 1
            q[t][x] = [r / (w or 1) for r, w in zip(q[t][x], masses[t][x])]
    return v, q


@sounding.quantity
def value(m):
    return worth(m)[0]


@sounding.quantity
def q(m):
    return worth(m)[1]


@sounding.quantity
def advantage(m):
    v, q = worth(m)
    return [[[u - v[t][x] for u in row] for x, row in enumerate(layer)] for t, layer in enumerate(q)]


# sounding/gate/2: of sequences


def per_token(m, tokens, rows, f, otherwise):
    """f of the row and the token, where P acts."""
    return [
        f(rows[t][x][a], t, x, a) if m.acting(t, x) else otherwise
        for t, (x, a) in enumerate(zip(m.path(tokens), tokens))
    ]


def acting_positions(m, tokens):
    return sum(m.acting(t, x) for t, x in enumerate(m.path(tokens)))


@sounding.quantity
def log_probability(m):
    p = tempered(m, m.p)
    return [per_token(m, y, p, lambda p, *_: math.log(p), 0.0) for y in m.asked]


@sounding.quantity
def log_probability_sum(m):
    return [sum(row) for row in log_probability(m)]


@sounding.quantity
def log_probability_mean(m):
    return [total / (acting_positions(m, y) or 1) for y, total in zip(m.asked, log_probability_sum(m))]


@sounding.quantity
def importance_weight(m):
    return [per_token(m, y, m.p, lambda p, t, x, a: p / m.pb[t][x][a], 1.0) for y in m.asked]


@sounding.quantity
def importance_weight_sequence(m):
    return [math.prod(row) for row in importance_weight(m)]


@sounding.quantity
def importance_weight_geometric(m):
    return [w ** (1 / (acting_positions(m, y) or 1)) for y, w in zip(m.asked, importance_weight_sequence(m))]


# sounding/gate/2: of lists


def unmasked(trajectory):
    return [k for k, kept in enumerate(trajectory["mask"]) if kept]


@sounding.quantity
def returns(m):
    def of(j):
        g, after = [0.0] * len(j["rewards"]), 0.0
        for k in reversed(unmasked(j)):
            g[k] = after = j["rewards"][k] + j["discount"] * after
        return g

    return [of(j) for j in m.trajectories]


@sounding.quantity
def gae(m):
    def of(j):
        advantages, after, next_value = [0.0] * len(j["rewards"]), 0.0, 0.0
        for k in reversed(unmasked(j)):
            delta = j["rewards"][k] + j["discount"] * next_value - j["values"][k]
            advantages[k] = after = delta + j["discount"] * j["lambda"] * after
            next_value = j["values"][k]
        return advantages

    return [of(j) for j in m.trajectories]


@sounding.quantity
def group_advantage(m):
    def of(group):
        r, n = group["rewards"], len(group["rewards"])
        mean = sum(r) / n
        if group["method"] == "rloo":
            return [v - (sum(r) - v) / (n - 1) if n > 1 else 0.0 for v in r]
        if group["method"] == "dr_grpo":
            return [v - mean for v in r]
        s = math.sqrt(sum((v - mean) ** 2 for v in r) / (n - group["ddof"])) if n > 1 else 0.0
        return [(v - mean) / (s + group["epsilon"]) for v in r]

    return [of(group) for group in m.groups]


# sounding/gate/2: preferences


def preference(m, pair):
    """The loss of a pair, and its derivative by ℓ(chosen) = −that by ℓ(rejected)."""

    def log_p(tokens, rows):
        total = sum(per_token(m, tokens, rows, lambda p, *_: math.log(p), 0.0))
        return total / divisor(m, pair, tokens)

    reference = m.p0 if pair["loss"] != "simpo" else None
    delta = log_p(pair["chosen"], m.p) - log_p(pair["rejected"], m.p)
    if reference:
        delta -= log_p(pair["chosen"], reference) - log_p(pair["rejected"], reference)
    beta = pair["beta"]
    if pair["loss"] == "ipo":
        off = delta - 1 / (2 * beta)
        return off * off, 2 * off
    margin = beta * delta - (pair["margin"] if pair["loss"] == "simpo" else 0)
    return softplus(-margin), -beta / (1 + math.exp(margin))


def divisor(m, pair, tokens):
    return (acting_positions(m, tokens) or 1) if pair["log_probability"] == "mean" else 1


def softplus(x):
    return max(x, 0) + math.log1p(math.exp(-abs(x)))


@sounding.quantity
def preference_loss(m):
    return [preference(m, pair)[0] for pair in m.pairs]


@sounding.quantity
def preference_gradient(m):
    def of(pair):
        g, slope = m.zeros(), preference(m, pair)[1]
        for tokens, sign in (pair["chosen"], 1), (pair["rejected"], -1):
            for t, (x, a) in enumerate(zip(m.path(tokens), tokens)):
                add_score(m, g, t, x, a, sign * slope / divisor(m, pair, tokens))
        return g

    return [of(pair) for pair in m.pairs]


if __name__ == "__main__":
    sounding.serve()
