"""Put a solver in Python in front of `sounding gate`: one file, no dependencies.

    import sounding

    @sounding.quantity
    def expected_harm(m):
        return sum(y.probability * y.harm for y in m.sequences())

    sounding.serve()

`sounding gate -- python3 solver.py` then checks it. A function under @quantity
computes the quantity of its name, one of QUANTITIES; one under @solver returns a
dictionary of several. Both get a Model. What they return is made of lists and numbers: float, int, Fraction,
Decimal, NumPy arrays or PyTorch tensors. What they print goes to standard error, as
standard output belongs to the protocol. An exception is reported with its traceback.

In pytest, `sounding.check(function)` does the same for one function of a module.
"""

import difflib
import importlib.util
import inspect
import json
import math
import os
import shutil
import subprocess
import sys
import traceback
from decimal import Decimal, localcontext
from fractions import Fraction

# Every quantity that the gate asks for, of sounding/gate/1 and of sounding/gate/2.
QUANTITIES = """
    expected_harm variance horizon information gradient_norm_squared fisher_trace
    recovery_probability recovery_information gibbs_recovery gibbs_kl equilibrium_kl

    gradient kl kl_sum kl_forward entropy jsd kl_gradient entropy_gradient
    objective_gradient deep_objective_gradient optimum fisher value q advantage
    log_probability log_probability_sum log_probability_mean
    importance_weight importance_weight_sequence importance_weight_geometric
    returns gae group_advantage preference_loss preference_gradient loss_gradient
""".split()

_quantities = {}
_solvers = []


def quantity(function):
    """Offer the quantity that the function is named after."""
    _quantities[_known(function.__name__)] = function
    return function


def _known(name):
    """The name of a quantity, or an error that proposes one."""
    if name not in QUANTITIES:
        near = difflib.get_close_matches(name, QUANTITIES, 1)
        raise ValueError(f"{name}: no such quantity" + (f"; did you mean {near[0]}?" if near else ""))
    return name


def solver(function):
    """Offer the quantities that the function returns in a dictionary."""
    _solvers.append(function)
    return function


class Model:
    """The instance of a request, unfolded into plain lists.

    Positions, layers and states are counted from 0 here: position t of the paper is
    index t-1, and rows[t][x] is the row of state x before it.

    V, T             tokens, positions
    p[t][x][a]       the policy: probability of token a in state x before position t
    p0, pb           likewise, the reference and the policy that sampled
    q[t][x][a]       likewise, the adversary's tokens; up to t = T-2 at least
    weights[t][x][a] the integers that p is made of
    next[t][x][a]    the state that a leads to; None where the row does not list a
    states[t]        how many states there are before position t; states[T] at the end
    harm[x]          Harm of the final states
    recovery         the set R
    lam, beta, gamma λ, β and γ of the objectives
    end              the token after which a sequence is over, or None
    over[t][x]       whether a sequence in that state is over
    environment      the set of positions whose tokens are not the policy's
    temperature, discount
    want             the names of the quantities that are asked for
    n                how many draws an estimate should have at least, or None
    request          the request as it came

    What else the request holds is None where it does not: asked (the sequences asked
    about), jsd_weights, trajectories, groups, pairs, batches, objective, claim.

    Numbers are floats, the nearest ones to the rationals. exactly() has Fractions.
    """

    def __init__(self, request, number=float):
        self.request, self._number = request, number
        self.want, self.n = request.get("want", []), request.get("n")
        i = request["instance"]
        names = i["vocabulary"]
        self.V = names if isinstance(names, int) else len(names)
        self.T = i["length"]
        layers = _unfold(i["layers"])
        self.weights = [[self._row(r, 0) for r in layer["weights"]] for layer in layers]
        self.next = [self._next(layer) for layer in layers]
        self.states = [len(rows) for rows in self.weights] + [len(i["harm"]["values"])]
        self.harm = [self._ratio(v, i["harm"]["denominator"]) for v in i["harm"]["values"]]
        self.recovery = set(i.get("recovery", []))
        self.lam = self._read(i.get("lambda", "1"))
        self.beta = self._read(i.get("beta", "0"))
        self.gamma = self._read(i.get("gamma", "1"))
        self.temperature = self._read(i.get("temperature", "1"))
        self.discount = self._read(i.get("discount", "1"))
        self.end = i.get("end")
        self.environment = {t - 1 for t in i.get("environment", [])}
        self.over = self._over()
        self.p = self._rows(self.weights)
        self.p0 = self._policy(i.get("reference"))
        self.pb = self._policy(i.get("behaviour"))
        self.q = self._adversary(i.get("adversary", "policy"))
        self.asked = request.get("sequences")
        self.jsd_weights = self._convert(request.get("jsd_weights"))
        self.trajectories = self._convert(request.get("trajectories"))
        self.groups = self._convert(request.get("groups"))
        self.pairs = self._convert(request.get("pairs"))
        self.batches = self._convert(request.get("batches"))
        self.objective = request.get("objective")
        self.claim = request.get("claim")

    def exactly(self):
        """The same model with Fractions."""
        return Model(self.request, Fraction)

    def acting(self, t, x):
        """Whether the policy chooses the token at position t in state x."""
        return t not in self.environment and not self.over[t][x]

    def zeros(self):
        """A gradient of zeros: a list per position, state and token."""
        return [[[0.0] * self.V for _ in range(self.states[t])] for t in range(self.T)]

    def sequences(self, rows=None):
        """The sequences of positive probability under rows (the policy), cut after end."""
        rows = self.p if rows is None else rows

        def extend(tokens, path, probability):
            t, x = len(tokens), path[-1]
            if t == self.T or self.over[t][x]:
                yield Sequence(tokens, path[:-1], probability, self.harm[self._last(t, x)])
                return
            for a, chance in enumerate(rows[t][x]):
                if chance > 0:
                    yield from extend(tokens + [a], path + [self.next[t][x][a]], probability * chance)

        return extend([], [0], self._number(1))

    def path(self, tokens):
        """The states that a list of tokens passes, the one before each token."""
        states, x = [], 0
        for t, a in enumerate(tokens):
            states.append(x)
            x = self.next[t][x][a]
        return states

    def reach(self, rows=None):
        """reach[t][x]: the probability of state x before position t under rows (the policy)."""
        rows = self.p if rows is None else rows
        reach = [[self._number(1)]]
        for t in range(min(self.T, len(rows))):
            after = [self._number(0)] * self.states[t + 1]
            for x, mass in enumerate(reach[t]):
                for a, y in enumerate(self.next[t][x]):
                    if y is not None and rows[t][x][a] > 0:
                        after[y] += mass * rows[t][x][a]
            reach.append(after)
        return reach

    def _last(self, t, x):
        while t < self.T:
            x, t = self.next[t][x][self.end], t + 1
        return x

    def _ratio(self, n, d):
        return n / d if self._number is float else self._number(n, d)

    def _read(self, text):
        return self._number(Fraction(text))

    def _convert(self, value):
        """Turn the rationals of a request, which are strings, into numbers."""
        if isinstance(value, dict):
            return {k: self._convert(v) for k, v in value.items()}
        if isinstance(value, list):
            return [self._convert(v) for v in value]
        if isinstance(value, str):
            try:
                return self._read(value)
            except ValueError:
                return value  # a name
        return value

    def _row(self, row, missing):
        if isinstance(row, list):
            return row
        return [row.get(str(a), missing) for a in range(self.V)]

    def _next(self, layer):
        if "next" in layer:
            return [self._row(row, None) for row in layer["next"]]
        return [[x * self.V + a for a in range(self.V)] for x in range(len(layer["weights"]))]

    def _over(self):
        over = [[False] * n for n in self.states]
        for t in range(self.T):
            for x, row in enumerate(self.next[t]):
                if self.end is not None and row[self.end] is not None and self.weights[t][x][self.end] > 0:
                    over[t + 1][row[self.end]] = True
        return over

    def _rows(self, weights):
        return [[[self._ratio(w, sum(row)) for w in row] for row in rows] for rows in weights]

    def _policy(self, given):
        """Rows of a second policy; those of the policy where it does not act."""
        if given is None:
            return self.p
        rows = self._rows([[self._row(r, 0) for r in layer["weights"]] for layer in _unfold(given["layers"])])
        return [
            [rows[t][x] if self.acting(t, x) else self.p[t][x] for x in range(self.states[t])] for t in range(self.T)
        ]

    def _adversary(self, given):
        if given == "policy":
            return self.p
        if given == "uniform":
            return [[[self._ratio(1, self.V)] * self.V for _ in range(n)] for n in self.states[: self.T]]
        return self._rows([[self._row(r, 0) for r in layer["weights"]] for layer in _unfold(given["layers"])])


class Sequence:
    """A sequence: its tokens, the state before each, its probability and its Harm."""

    def __init__(self, tokens, states, probability, harm):
        self.tokens, self.states, self.probability, self.harm = tokens, states, probability, harm

    def __len__(self):
        return len(self.tokens)

    def steps(self):
        """Its positions, as (t, state, token)."""
        return [(t, x, a) for t, (x, a) in enumerate(zip(self.states, self.tokens))]


def estimate(draws):
    """The mean of independent draws, numbers or nested lists of one shape, as an answer.

    Where the gate asks for more draws, m.n says for how many at least.
    """
    n, sums = 0, None
    for draw in draws:
        n, sums = n + 1, _moments(sums, draw)
    return {"mean": _each(lambda s: s[0] / n, sums), "stderr": _each(lambda s: _stderr(n, *s), sums), "n": n}


def _moments(sums, draw):
    """Sums of numbers, of their squares, and the first of them, for each place of a nested list."""
    if hasattr(draw, "tolist"):  # a tensor or an array
        draw = draw.tolist()
    if isinstance(draw, (list, tuple)):
        return [_moments(s, d) for s, d in zip(sums or [None] * len(draw), draw)]
    total, squares, first = sums or (0.0, 0.0, draw)
    return total + draw, squares + (draw - first) ** 2, first


def _stderr(n, total, squares, first):
    """The standard error: squares are about the first draw, so that a constant has none."""
    return math.sqrt(max(0.0, squares - n * (total / n - first) ** 2) / (n - 1) / n)


def _each(function, sums):
    return [_each(function, s) for s in sums] if isinstance(sums, list) else function(sums)


def _unfold(layers):
    return [layer for layer in layers for _ in range(layer.get("repeat", 1))]


def serve(functions=None):
    """Answer the requests on standard input until it ends.

    The answers come from the functions given, or else from all that are decorated.
    """
    requests, replies = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    for line in requests:
        request = json.loads(line)
        replies.write(reply(request, functions) + b"\n")
        replies.flush()


def reply(request, functions=None):
    """The line that answers a request, as bytes."""
    answer = {"id": request["id"]}
    try:
        answer.update(_answers(Model(request), functions))
    except Exception as problem:
        answer = {"id": request["id"], "error": _describe(problem)}
    return json.dumps(answer).encode()


def _answers(model, functions):
    if functions is None:
        named, solvers = _quantities, _solvers
    else:
        named = {_known(f.__name__): f for f in functions if f not in _solvers}
        solvers = [f for f in functions if f in _solvers]
    answers = {}
    for f in solvers:
        answers.update({k: v for k, v in f(model).items() if _known(k) in model.want})
    for name in model.want:
        if name in named and name not in answers:
            answers[name] = named[name](model)
    return {name: _plain(value, name) for name, value in answers.items() if value is not None}


def _plain(value, place):
    """A number or a list as JSON can say it."""
    if hasattr(value, "detach"):  # a tensor
        value = value.detach()
    if hasattr(value, "tolist"):  # a tensor or an array
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        return [_plain(v, f"{place}[{i}]") for i, v in enumerate(value)]
    if isinstance(value, dict):  # {"mean": …, "stderr": …, "n": …}
        return {k: _plain(v, f"{place}.{k}") for k, v in value.items()}
    if isinstance(value, Fraction):
        with localcontext() as c:
            c.prec = 60
            value = Decimal(value.numerator) / Decimal(value.denominator)
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError(f"{place} is {value}")
        return format(value, "e").replace("e", "E") if value else "0"
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise TypeError(f"{place} is {value!r}: want a number")
    if not math.isfinite(value):
        raise ValueError(f"{place} is {value}")
    return value


def _describe(problem):
    """An exception in a line, and below it where it was raised."""
    frames = [f for f in traceback.extract_tb(problem.__traceback__) if f.filename != __file__]
    return "".join(
        traceback.format_exception_only(type(problem), problem) + traceback.format_list(frames)
    ).rstrip()


def check(solver, *flags, binary=None):
    """Run `sounding gate` on a solver, and fail with its report where it does not pass.

    The solver is a function of a module, or the path of a script, or a command as a
    list. The flags are those of the command line: check(kl, "--level", "plain"). The
    binary is named by the argument, by the variable SOUNDING, or found on the PATH.
    """
    if callable(solver):
        if solver.__qualname__ != solver.__name__ or solver.__name__ == "<lambda>":
            raise ValueError(f"{solver.__qualname__}: want a function of a module, which another process can import")
        if solver not in _solvers:
            _known(solver.__name__)
        command = [sys.executable, __file__, inspect.getsourcefile(solver), solver.__name__]
    elif isinstance(solver, (str, os.PathLike)):
        command = [sys.executable, os.fspath(solver)]
    else:
        command = list(solver)
    binary = binary or os.environ.get("SOUNDING") or shutil.which("sounding")
    if binary is None:
        raise FileNotFoundError("no sounding: want it on the PATH, or its name in the variable SOUNDING")
    done = subprocess.run([binary, "gate", *flags, "--", *command], capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(f"sounding gate ends with status {done.returncode}\n\n{done.stdout}{done.stderr}")
    return done.stdout


def _main(path, name):
    """Serve one function of a file: what check runs."""
    sys.modules["sounding"] = sys.modules["__main__"]  # the file may import this one
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    spec = importlib.util.spec_from_file_location("solver_under_test", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    serve([getattr(module, name)])


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: sounding.py FILE FUNCTION")
    _main(*sys.argv[1:])
