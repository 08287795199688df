"""Symbols of the notes: of a plain mean of squares, of gradients that are drawn."""

import doctest
from functools import cache
from math import exp, gamma, sqrt

from by_runs import average
from evaluating import ROOT


@cache
def note(name):
    """The functions of a note."""
    text, found = (ROOT / f"docs/notes/{name}.py").read_text("utf-8"), {}
    for example in doctest.DocTestParser().get_examples(text):
        if example.source.startswith(("import", "def")):
            exec(example.source, found)
    return found


def expected(of, rho, sigma):
    """By the density of the sum of `rho` squares of normal numbers, each of variance 1."""
    total, width = 0.0, 0.002
    for i in range(1, 200_000):
        x = i * width
        density = x ** (rho / 2 - 1) * exp(-x / 2) / (2 ** (rho / 2) * gamma(rho / 2))
        total += of(sigma**2 * x / rho) * density * width
    return total


def variance(of, rho, sigma):
    return expected(lambda v: of(v) ** 2, rho, sigma) - expected(of, rho, sigma) ** 2


def rate(v_hat):
    return 1 / sqrt(v_hat)


def error_settled(beta1, sigma):
    """Of independent gradients: the variance of the newest one's part, and of all the others'."""
    parts = [beta1, *((1 - beta1) * beta1**i for i in range(1, 1000))]
    return sigma**2 * sum(part**2 for part in parts)


def left_by_the_mean(mu, t):
    """What a note says that the mean leaves in the second moment, beside what the noise does."""
    more = note("m_hat")["predicted"](mu, 1, t) ** 2 - 1
    return more * error_settled(0.9, 1) * average([1.0] * t, 0.999)


def constant_errors(mu, t):
    """The errors of a gradient that is always its mean, with the weight of the first."""
    wrong = [mu - average([mu] * i, 0.9) for i in range(1, t + 1)]
    return (1 - 0.999) * 0.999**t * sum(error**2 for error in wrong)


BY_NOTES = {
    r"\hat v": (
        "a plain mean of squared gradients",
        lambda: [(note("rectification")["psi_squared"](v), rate(v) ** 2) for v in (0.5, 2.0)],
    ),
    r"\psi^2": (
        "the square of the adaptive rate",
        lambda: [(note("rectification")["psi_squared"](v), rate(v) ** 2) for v in (0.5, 2.0)],
    ),
    r"\psi": (
        r"the adaptive rate, $1/\sqrt{\hat v}$",
        lambda: [(note("rectification")["exact"](12, 0.5), variance(rate, 12, 0.5))],
    ),
    r"\rho": (
        "the number of squares in a plain mean",
        lambda: [
            (note("rectification")["mean"](n, 0.5), expected(lambda v: 1 / v, n, 0.5))
            for n in (10, 30)
        ],
    ),
    r"\sigma": (
        "the standard deviation of the gradient",
        lambda: [(note("belief")["expected"](0.9, s), error_settled(0.9, s)) for s in (0.5, 2)],
    ),
    r"\mathbb E": (
        "the expected value",
        lambda: [
            (note("rectification")["mean"](12, 0.5), expected(lambda v: 1 / v, 12, 0.5)),
            (note("belief")["expected"](0.8, 1.5), error_settled(0.8, 1.5)),
        ],
    ),
    r"\operatorname{Var}": (
        "the variance",
        lambda: [
            (note("rectification")["variance"](12, 0.5), variance(lambda v: 1 / v, 12, 0.5)),
        ],
    ),
    r"\mu": (
        "the mean of the gradient",
        lambda: [(left_by_the_mean(5, 100), constant_errors(5, 100))],
    ),
}
