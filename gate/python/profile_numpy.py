"""A solver of sounding/gate/1 in NumPy, by recursion: one JSON object per line in and out."""
import json
import sys
from fractions import Fraction

import numpy as np


def row(entry):
    """A row of a layer as {token: value}, from its dense or its sparse form."""
    if isinstance(entry, list):
        return dict(enumerate(entry))
    return {int(token): value for token, value in entry.items()}


def unfold(layers):
    return [layer for layer in layers for _ in range(layer.get("repeat", 1))]


def matrix(rows, vocabulary):
    """Weights as conditional probabilities p[x, a]."""
    p = np.zeros((len(rows), vocabulary))
    for x, entry in enumerate(rows):
        weights = row(entry)
        total = sum(weights.values())  # Python's integers are exact
        for a, w in weights.items():
            p[x, a] = w / total
    return p


def targets(layer, vocabulary):
    """The state next[x, a] that each token leads to; 0 where it has no edge."""
    n = len(layer["weights"])
    if "next" not in layer:
        return np.arange(n * vocabulary).reshape(n, vocabulary)
    to = np.zeros((n, vocabulary), dtype=int)
    for x, entry in enumerate(layer["next"]):
        for a, y in row(entry).items():
            to[x, a] = y
    return to


def forward(ps, nexts, sizes):
    """Probabilities of the states of the layers 0…T."""
    mass = [np.ones(1)]
    for p, to, n in zip(ps, nexts, sizes):
        after = np.zeros(n)
        np.add.at(after, to.ravel(), (mass[-1][:, None] * p).ravel())
        mass.append(after)
    return mass


def log(x):
    with np.errstate(divide="ignore"):
        return np.log(x)


def solve(instance):
    vocabulary = instance["vocabulary"]
    V = vocabulary if isinstance(vocabulary, int) else len(vocabulary)
    T = instance["length"]
    layers = unfold(instance["layers"])
    ps = [matrix(layer["weights"], V) for layer in layers]
    nexts = [targets(layer, V) for layer in layers]
    denominator = instance["harm"]["denominator"]
    harm = np.array([v / denominator for v in instance["harm"]["values"]])
    sizes = [len(p) for p in ps[1:]] + [len(harm)]
    in_r = np.zeros(V, dtype=bool)
    in_r[instance.get("recovery", [])] = True
    lam = float(Fraction(instance.get("lambda", "1")))
    beta, gamma = Fraction(instance.get("beta", "0")), Fraction(instance.get("gamma", "1"))

    mass = forward(ps, nexts, sizes)
    adversary = instance.get("adversary", "policy")
    if adversary == "policy":
        q = mass
    else:
        if adversary == "uniform":
            qs = [np.full(p.shape, 1 / V) for p in ps]
        else:
            qs = [matrix(layer["weights"], V) for layer in unfold(adversary["layers"])]
        q = forward(qs[: T - 1], nexts, sizes)

    # Backward: h, and log Z = log E[e^{-λ Harm} | state].
    h, log_z = [harm], [-lam * harm]
    for p, to in zip(reversed(ps), reversed(nexts)):
        h.insert(0, (p * h[0][to]).sum(axis=1))
        terms = log(p) + log_z[0][to]
        top = terms.max(axis=1, keepdims=True)
        log_z.insert(0, (top + log(np.exp(terms - top).sum(axis=1, keepdims=True)))[:, 0])

    names = ["information", "gradient_norm_squared", "fisher_trace", "recovery_probability",
             "recovery_information", "gibbs_recovery", "gibbs_kl", "equilibrium_kl"]
    out = {name: [] for name in names}
    star = np.ones(1)  # P* of the states, forward
    for t in range(T):
        p, to, m = ps[t], nexts[t], mass[t]
        delta = h[t + 1][to] - h[t][:, None]
        out["information"].append(m @ (p * delta**2).sum(axis=1))
        out["gradient_norm_squared"].append(((m[:, None] * p * delta) ** 2).sum())
        out["fisher_trace"].append(m @ (p * (1 - p)).sum(axis=1))
        rho, rest = p[:, in_r].sum(axis=1), p[:, ~in_r].sum(axis=1)
        out["recovery_probability"].append(m @ rho)
        out["recovery_information"].append(q[t] @ (rho * rest))
        eta = float(beta * gamma ** (t + 1))
        shrunk = rest * np.exp(-eta)
        z = rho + shrunk  # Z·e^{-η}
        gibbs = np.where(rho > 0, rho / np.where(rho > 0, z, 1), 0)
        kl = np.where(rho > 0, eta * (gibbs - 1) - log(np.where(rho > 0, z, 1)), 0)
        out["gibbs_recovery"].append(m @ gibbs)
        out["gibbs_kl"].append(m @ kl)
        ratio = log_z[t + 1][to] - log_z[t][:, None]  # log P*/P
        tilted = p * np.exp(ratio)
        out["equilibrium_kl"].append(star @ np.where(p > 0, tilted * ratio, 0).sum(axis=1))
        after = np.zeros(sizes[t])
        np.add.at(after, to.ravel(), (star[:, None] * tilted).ravel())
        star = after

    reply = {name: [float(v) for v in values] for name, values in out.items()}
    reply["expected_harm"] = float(h[0][0])
    reply["variance"] = float(mass[T] @ (harm - h[0][0]) ** 2)
    informative = [t + 1 for t in range(T) if reply["information"][t] > 1e-12]
    reply["horizon"] = max(informative, default=0)
    return reply


for line in sys.stdin:
    request = json.loads(line)
    try:
        reply = solve(request["instance"])
        reply = {name: reply[name] for name in request["want"] if name in reply}
    except Exception as problem:
        reply = {"error": repr(problem)}
    print(json.dumps({"id": request["id"], **reply}), flush=True)
