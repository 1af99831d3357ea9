"""A GRPO-style loss in PyTorch, as the well-known trainers write it, with a tabular policy
behind it: logits per position and state take the place of the network, and autograd does
the rest. The command line chooses a variant; the default has the expected gradient of
λ·E[Harm] + KL(P‖P_0):

    sounding gate --objective regularised -- python3 grpo_torch.py
    sounding gate --objective regularised -- python3 grpo_torch.py --kl k3 --reduction grpo
"""

import argparse

import torch

import sounding

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)


def log_probabilities(logits, paths):
    """log p of the acting tokens of a sequence."""
    terms = [torch.log_softmax(logits[t][x], dim=-1)[a] for t, x, a in paths]
    return torch.stack(terms) if terms else torch.zeros(0)


def logits_of(rows):
    """The logits log p of all rows, per position."""
    return [torch.log(torch.tensor(layer)) for layer in rows]


def advantages(rewards, kind):
    """The advantages of a group, without a gradient."""
    r = torch.tensor(rewards)
    if kind == "rloo" and len(r) > 1:
        return r - (r.sum() - r) / (len(r) - 1)
    if kind == "group":
        return (r - r.mean()) / (r.std(unbiased=len(r) > 1) + 1e-4)
    if kind == "centred":
        return r - r.mean()
    return r


def loss_of(logp, old, reference, advantage, o, kl_wanted):
    """The loss of every acting token of a sequence."""
    ratio = torch.exp(logp - old)
    if o.ratio == "sequence":  # its value is that of the sequence, its gradient that of the token
        ratio = torch.exp((logp - old).sum()).detach() * torch.exp(logp - logp.detach())
    if o.ratio == "expanded":  # every token has the whole sequence in its gradient
        ratio = torch.exp((logp - old).sum()).expand_as(logp)
    log_ratio = logp - reference
    if kl_wanted and o.kl == "reward":  # the KL to go, as a cost
        advantage = advantage - torch.flip(torch.cumsum(torch.flip(log_ratio, [0]), 0), [0]).detach()
    loss = -ratio * advantage
    if kl_wanted and o.kl != "reward":
        kl = {
            "k1": log_ratio,
            "k2": log_ratio**2 / 2,
            "k3": torch.exp(-log_ratio) - 1 + log_ratio,
        }[o.kl]
        loss = loss + (ratio * kl if o.weigh_kl else kl)
    return loss


def reduce(losses, m, o):
    """The loss of a batch from those of its tokens, sequence by sequence."""
    if o.reduction == "sum":
        return sum(l.sum() for l in losses) / len(losses)
    if o.reduction == "grpo":  # the mean over the tokens of every sequence
        return sum((l.mean() for l in losses if len(l)), torch.zeros(())) / len(losses)
    if o.reduction == "bnpo":  # the mean over the tokens of the batch
        return sum(l.sum() for l in losses) / max(sum(len(l) for l in losses), 1)
    return sum(l.sum() for l in losses) / (len(losses) * m.T)  # dr_grpo


def gradient_of(m, batch, o):
    logits = [layer.requires_grad_() for layer in logits_of(m.p)]
    reference, behaviour = logits_of(m.p0), logits_of(m.pb)
    losses = []
    for tokens, advantage in zip(batch["sequences"], advantages(batch["rewards"], o.advantage)):
        steps = [(t, x, a) for t, (x, a) in enumerate(zip(m.path(tokens), tokens)) if m.acting(t, x)]
        if any(m.p[t][x][a] == 0 for t, x, a in steps):
            losses.append(torch.zeros(len(steps)))  # the policy never takes it: its weight is 0
            continue
        losses.append(
            loss_of(
                log_probabilities(logits, steps),
                log_probabilities(behaviour, steps),
                log_probabilities(reference, steps),
                advantage,
                o,
                m.objective != "harm",
            )
        )
    loss = reduce(losses, m, o)
    if not loss.requires_grad:
        return m.zeros()
    gradients = torch.autograd.grad(loss, logits, allow_unused=True)
    return [torch.zeros_like(l) if g is None else g for g, l in zip(gradients, logits)]


def parse(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kl", choices=("k1", "k2", "k3", "reward"), default="reward")
    parser.add_argument("--weigh-kl", action="store_true", help="multiply the KL by the ratio too")
    parser.add_argument("--advantage", choices=("rloo", "group", "centred", "none"), default="rloo")
    parser.add_argument("--ratio", choices=("sequence", "expanded", "token"), default="sequence")
    parser.add_argument("--reduction", choices=("sum", "grpo", "bnpo", "dr_grpo"), default="sum")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    options = parse()

    @sounding.quantity
    def loss_gradient(m):
        return None if m.objective == "deep" else [gradient_of(m, batch, options) for batch in m.batches]

    sounding.serve()
