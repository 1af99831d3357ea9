"""Checks functions of one's own against the vectors: pytest vectors/test_vectors.py"""

import json
import pathlib
import sys
from fractions import Fraction

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "gate" / "python"))
import closed  # the functions to be checked, by the names of the quantities
import sounding


def close(got, exact):
    if isinstance(exact, list):
        return len(got) == len(exact) and all(close(g, e) for g, e in zip(got, exact))
    return exact is None or abs(got - float(Fraction(exact))) <= 1e-9 * (1 + abs(float(Fraction(exact))))


def check(path):
    file = json.loads(path.read_text())
    for vector in file["vectors"]:
        got = getattr(closed, file["quantity"])(sounding.Model(vector))
        same = [w["flag"] for w in vector["wrong"] if close(got, w["values"])]
        assert close(got, vector["exact"]), f"{vector['id']}: {got}, want {vector['exact']}; as: {same}"


def test_vectors():
    for path in sorted(HERE.glob("*.json")):
        if hasattr(closed, path.stem):
            check(path)
