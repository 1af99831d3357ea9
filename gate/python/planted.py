"""Solvers with bugs that training code really had, one per row of the table in
docs/gate.md. `planted.py ROW` is the solver, `planted.py --list` lists the rows.

Everything but the planted bug is that of closed.py and losses.py."""

import argparse
import json
import math
import sys

import closed
import losses
import sounding

ROWS = {}


def row(name, quantity, diagnosis, seen, what, objective=None):
    """Register the function as the solver of a row.

    diagnosis is what the gate should call it, None where it has no name for it."""

    def register(function):
        ROWS[name] = {
            "row": name,
            "quantity": quantity,
            "diagnosis": diagnosis,
            "seen": seen,
            "what": what,
            "objective": objective,
            "function": function,
        }
        return function

    return register


def loss(name, diagnosis, seen, what, objective, **options):
    """Register a loss on samples."""
    chosen = argparse.Namespace(kl="reward", baseline="none", reduction="sum", weight="sequence")
    vars(chosen).update(options)
    row(name, "loss_gradient", diagnosis, seen, what, objective)(
        lambda m: [losses.gradient_of(m, batch, chosen) for batch in m.batches]
    )


# Gradients of a KL

loss("1", "k1 as a loss", "allenai/open-instruct#534", "k1 is the loss", "kl", kl="k1", weight="none")
loss("2", "no gradient", "allenai/open-instruct#530", "the KL is computed without gradient", "kl", kl="none")


@row("3", "objective_gradient", "KL maximised", "verl-project/verl#179", "the KL is subtracted from the loss")
def _(m):
    harm = closed.score_gradient(m, lambda y: y.harm)
    return closed.combine(closed.combine(m.zeros(), harm, m.lam), closed.kl_gradient(m), -1)


loss("4", "k3 as a loss", "huggingface/trl#4967", "k3 is the loss", "kl", kl="k3")
loss("5", "frozen prefixes", "NVIDIA-NeMo/RL#2506", "the score of the sampled policy is missing", "kl", kl="k2")
loss("6", "ratio on k2", "THUDM/slime#1039", "the ratio multiplies k2", "kl", kl="ratio-k2", weight="token")


@row("7", "loss_gradient", "sequence ratio on token KL", "huggingface/trl#6586", "the mean ratio of a sequence multiplies its KL", "kl")
def _(m):
    def of(tokens):
        g, acting = m.zeros(), losses.steps(m, tokens)
        if any(m.p[t][x][a] == 0 for t, x, a in acting):
            return g
        logs = [math.log(m.p[t][x][a] / m.p0[t][x][a]) for t, x, a in acting]
        mean = sum(math.log(m.p[t][x][a] / m.pb[t][x][a]) for t, x, a in acting) / max(len(acting), 1)
        k3 = sum(math.exp(-l) - 1 + l for l in logs)
        for (t, x, a), l in zip(acting, logs):
            closed.add_score(m, g, t, x, a, math.exp(mean) * (1 - math.exp(-l) + k3 / len(acting)))
        return g

    return [mean_of(m, [of(y) for y in batch["sequences"]]) for batch in m.batches]


def mean_of(m, gradients):
    total = m.zeros()
    for g in gradients:
        total = closed.combine(total, g, 1 / len(gradients))
    return total


loss("8", "importance weight missing", "OpenRLHF/OpenRLHF#1309", "no importance weight off policy", "kl", weight="none")


@row("9", "kl_gradient", "frozen prefixes", "huggingface/trl#3556", "the KL of every token alone")
def frozen(m):
    g = m.zeros()
    for y in m.sequences():
        for t, x, a in y.steps():
            closed.add_score(m, g, t, x, a, y.probability * math.log(m.p[t][x][a] / m.p0[t][x][a]))
    return g


loss("10", "mean over tokens", "PrimeIntellect-ai/prime-rl#1391", "a mean times a sum over tokens", "kl", reduction="token-mean")


@row("11", "kl", "probability counted twice", "marin-community/marin#1708", "a sampled term is weighted again")
def _(m):
    return closed.expectation(m, lambda p, p0: sum(a * a * math.log(a / b) for a, b in zip(p, p0) if a > 0))


@row("12", "kl_gradient", None, "verl-project/verl#6058", "an option is passed on with its suffix: an exception")
def _(m):
    raise NotImplementedError("k3+")


@row("13", "kl", "zero", "pytorch/rl#1920", "the KL between a policy and itself")
def _(m):
    return [0.0] * m.T


@row("14", "kl_gradient", "frozen prefixes", "huggingface/trl#2562", "token level for sequence level")
def _(m):
    return frozen(m)


# Values of a divergence


@row("15", "kl_sum", "mean over all tokens", "CarperAI/trlx#441", "mean over tokens, not sequences")
def _(m):
    tokens = sum(y.probability * closed.acting_positions(m, y.tokens) for y in m.sequences(closed.tempered(m, m.p)))
    return closed.kl_sum(m) / tokens if tokens else 0.0


@row("16", "kl", "padding not masked", "huggingface/trl#6803", "positions after the end count")
def _(m):
    m.over = [[False] * n for n in m.states]
    m.p0 = m._policy(m.request["instance"].get("reference"))
    return closed.kl(m)


@row("17", "kl", None, "p-e-w/heretic#346", "0·log 0 is NaN")
def _(m):
    return closed.expectation(m, lambda p, p0: math.nan if 0 in p else closed.divergence(p, p0))


@row("18", "kl", "square of the log-ratio", "huggingface/trl#1180", "k2 is reported")
def _(m):
    return closed.expectation(m, lambda p, p0: sum(a * math.log(a / b) ** 2 / 2 for a, b in zip(p, p0) if a > 0))


def jsd(m, f):
    return [closed.expectation(m, lambda p, p0: f(w, p, p0)) for w in m.jsd_weights]


@row("19", "jsd", "mixture of log-probabilities", "huggingface/trl#2202", "log-probabilities are mixed")
def _(m):
    return jsd(m, lambda w, p, p0: w * (1 - w) * (closed.divergence(p, p0) + closed.divergence(p0, p)) if 0 not in p else 0.0)


@row("19b", "jsd", "mixture weights exchanged", "huggingface/trl#3043", "the weights of the mixture are exchanged")
def _(m):
    def f(w, p, p0):
        mixture = [(1 - w) * a + w * b for a, b in zip(p, p0)]
        return w * closed.divergence(p, mixture) + (1 - w) * closed.divergence(p0, mixture)

    return jsd(m, f)


@row("20", "jsd", "divided by its limit", "modelscope/ms-swift#10078", "divided by w(1−w)")
def _(m):
    return [[v / (w * (1 - w)) for v in row] for w, row in zip(m.jsd_weights, closed.jsd(m))]


@row("21", "kl", "reference and policy exchanged", "paiml/aprender#2153", "the direction is the other")
def _(m):
    return closed.expectation(m, lambda p, p0: sum(b * math.log(b / a) for a, b in zip(p, p0) if a > 0 and b > 0))


# Lengths, masks, shifts


@row("23", "gradient", "reward on padding", "huggingface/trl#3750", "the reward stands on the first padding")
def _(m):
    return closed.score_gradient(m, lambda y: y.harm * m.discount ** (len(y) - 1) if len(y) == m.T else 0.0)


@row("24", "log_probability", "shifted by one", "EleutherAI/gpt-neox#1285", "log-probabilities shifted by one")
def _(m):
    return [v[1:] + [0.0] for v in closed.log_probability(m)]


@row("25", "log_probability_mean", "last token dropped, counted", "PaddlePaddle/PaddleFormers#4909", "the end is counted and not summed")
def _(m):
    return [sum(v[:-1]) / (closed.acting_positions(m, y) or 1) for v, y in zip(closed.log_probability(m), m.asked)]


def times_length(m, f):
    """The policy gradient, every sequence multiplied by f of its number of tokens."""
    right = argparse.Namespace(kl="reward", baseline="none", reduction="sum", weight="sequence")

    def of(batch):
        parts = [
            closed.combine(m.zeros(), losses.gradient_of(m, {"sequences": [y], "rewards": [r]}, right), f(len(losses.steps(m, y))))
            for y, r in zip(batch["sequences"], batch["rewards"])
        ]
        return mean_of(m, parts)

    return [of(batch) for batch in m.batches]


@row("26", "loss_gradient", "times the length", "huggingface/trl#6654", "sequences weighted by their length once more", "regularised")
def _(m):
    return times_length(m, lambda n: n)


loss("28", "importance weight missing", "linkedin/Liger-Kernel#1082", "the fused path has no importance weight", "regularised", weight="none")
loss("30", "mean over tokens", "verl-project/verl#593", "token mean for sequence sum", "regularised", reduction="token-mean")


@row("31", "loss_gradient", "times the length", "huggingface/trl#3823", "a loss per sequence times a mask per token", "harm")
def _(m):
    return times_length(m, lambda n: n)


@row("32", "importance_weight_sequence", "geometric ratio for product", "NVIDIA-NeMo/RL#2269", "geometric mean for product")
def _(m):
    return closed.importance_weight_geometric(m)


# Advantages and returns


@row("33", "group_advantage", None, "DLR-RM/stable-baselines3#325", "the deviation of one reward is NaN")
def _(m):
    return [v if len(v) > 1 else [math.nan] for v in closed.group_advantage(m)]


def advantages(m, f):
    return [f(g, g["rewards"], len(g["rewards"])) for g in m.groups]


@row("34", "group_advantage", "the others' mean for the group's", "NVIDIA-NeMo/RL#1518", "the mean leaves out the own reward")
def _(m):
    def f(g, r, n):
        mean = sum(r) / n
        s = math.sqrt(sum((v - mean) ** 2 for v in r) / (n - g["ddof"])) if n > 1 and g["method"] == "grpo" else 0.0
        scale = s + g["epsilon"] if g["method"] == "grpo" else 1.0
        return [(v - (sum(r) - v) / (n - 1)) / scale if n > 1 else 0.0 for v in r]

    return advantages(m, f)


@row("35", "group_advantage", "first answer alone", "ServiceNow/PipelineRL#54", "mean and deviation of the first answer")
def _(m):
    right = closed.group_advantage(m)
    return [
        [(v - g["rewards"][0]) / g["epsilon"] for v in g["rewards"]] if g["method"] == "grpo" else a
        for g, a in zip(m.groups, right)
    ]


@row("36", "gae", "returns for advantages", "vwxyzjn/cleanrl#337", "returns without a critic")
def _(m):
    return closed.returns(m)


@row("36b", "returns", "rewards for returns", "natolambert/rlhf-book#216", "rewards for returns")
def _(m):
    return [[r * kept for r, kept in zip(j["rewards"], j["mask"])] for j in m.trajectories]


@row("37", "gae", "bootstrap from a masked value", "alibaba/ROLL#447", "a masked value bootstraps")
def _(m):
    def of(j):
        advantages, after = [0.0] * len(j["rewards"]), 0.0
        values = j["values"] + [0.0]
        for k in reversed(closed.unmasked(j)):
            delta = j["rewards"][k] + j["discount"] * values[k + 1] - j["values"][k]
            advantages[k] = after = delta + j["discount"] * j["lambda"] * after
        return advantages

    return [of(j) for j in m.trajectories]


@row("38", "kl", "environment not masked", "THUDM/slime#1370", "tokens of tools count")
def _(m):
    masked, m.environment = m.environment, set()
    m.p0 = m._policy(m.request["instance"].get("reference"))
    total = closed.kl(m)
    m.environment = masked
    return total


@row("38b", "returns", "reset at masked positions", "radixark/miles#1383", "the return starts anew behind a tool's tokens")
def _(m):
    def of(j):
        g, after = [0.0] * len(j["rewards"]), 0.0
        for k in reversed(range(len(g))):
            if j["mask"][k]:
                g[k] = after = j["rewards"][k] + j["discount"] * after
            else:
                after = 0.0
        return g

    return [of(j) for j in m.trajectories]


# Temperature, preferences, Fisher matrix, reference, signs


@row("39", "log_probability", "temperature divides log-probabilities", "PrimeIntellect-ai/prime-rl#697", "log-probabilities divided by τ")
def _(m):
    return [closed.per_token(m, y, m.p, lambda p, *_: math.log(p) / m.temperature, 0.0) for y in m.asked]


@row("40", "entropy", "temperature ignored", "OpenRLHF/OpenRLHF#1319", "the entropy of another temperature")
def _(m):
    m.temperature = 1.0
    return closed.entropy(m)


def with_pairs(m, quantity, change):
    for pair in m.pairs:
        pair.update(change(pair))
    return quantity(m)


@row("41", "preference_loss", "mean for sum", "huggingface/trl#1265", "log-probabilities are averaged")
def _(m):
    return with_pairs(m, closed.preference_loss, lambda _: {"log_probability": "mean"})


@row("42", "preference_gradient", "loss type ignored", "modelscope/ms-swift#10167", "every loss is that of DPO")
def _(m):
    return with_pairs(m, closed.preference_gradient, lambda _: {"loss": "dpo"})


@row("43", "fisher", "square of the mean", "kuc2477/pytorch-ewc#1", "the square of the mean score, which is 0")
def _(m):
    return [[[[0.0] * m.V for _ in range(m.V)] for _ in range(n)] for n in m.states[: m.T]]


@row("44", "kl", None, "huggingface/trl#1340", "a reference that is not the one meant")
def _(m):
    m.p0 = [[[1 / m.V] * m.V for _ in range(n)] for n in m.states[: m.T]]
    return closed.kl(m)


@row("45", "objective_gradient", "KL maximised", "nebuly-ai/optimate#298", "the sign of the KL term")
def _(m):
    return ROWS["3"]["function"](m)


@row("46", "gradient", "discount of the position missing", "facebookresearch/Pearl#46", "γ^t is missing in the policy gradient")
def _(m):
    g = m.zeros()
    for y in m.sequences():
        for t, x, a in y.steps():
            closed.add_score(m, g, t, x, a, y.probability * m.discount ** (len(y) - t - 1) * y.harm)
    return g


@row("47", "kl", "sign", "huggingface/trl#256", "a negative KL")
def _(m):
    return [-v for v in closed.kl(m)]


if __name__ == "__main__":
    if sys.argv[1:] == ["--list"]:
        print(json.dumps([{k: v for k, v in r.items() if k != "function"} for r in ROWS.values()], ensure_ascii=False))
        sys.exit()
    planted = ROWS[sys.argv[1]]

    def solve(m):
        return planted["function"](m)

    solve.__name__ = planted["quantity"]
    sounding.serve([solve])
