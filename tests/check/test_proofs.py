"""What is proved holds for every value: what is false in a corner alone is refuted."""

from pathlib import Path

import pytest

from checks import exact, tensors
from labml_optim import Adam
from sidenotes.check import checker
from sidenotes.check.proof.numbers import Exact
from sidenotes.check.watch.watched import covers
from sidenotes.math import symbols

ROOT = Path(__file__).parents[2]
SYMBOLS = symbols.load(ROOT / "tools/checks/symbols.yml")
NAMES = {"adam": "Adam", "radam": "RAdam", "nadam": "NAdam"}
TEXTS = {name: (ROOT / f"labml_optim/{name}.py").read_text("utf-8") for name in NAMES}
FIRST = {}
for _proof in exact.proofs():
    # The folded form, with decoupled decay, unless something else is said.
    FIRST.setdefault(_proof.subject, _proof)


def prove(name="adam", old="", new="", **more):
    """Prove a configuration of a class, with an edit in its formulas."""
    text = TEXTS[name]
    assert not old or old in text
    path = ROOT / f"labml_optim/{name}.py"
    return checker.prove({path: text.replace(old, new)}, [FIRST[NAMES[name]]], SYMBOLS, **more)


@pytest.mark.parametrize("more", [{}, {"seed": 7}, {"prime": 2**521 - 1}, {"prime": 2**127 - 1}])
@pytest.mark.parametrize("name", sorted(TEXTS))
def test_it_is_proved_with_another_seed_and_in_another_field(name, more):
    found = prove(name, **more)
    assert not found.problems and not found.refused and len(found.names) == 1, found.problems
    assert found.ways >= 4 and found.bound < -25


ROW = r"& \quad m_t \leftarrow \beta_1 m_{t-1} + (1 - \beta_1)\,g_t \\"
FOLDED = r"\qquad \alpha_t \leftarrow \alpha\,\sqrt{1 - \beta_2^t} / (1 - \beta_1^t)"
DENOMINATOR = r"\qquad d_t \leftarrow \sqrt{v_t} + \textcolor{eps}{\hat\epsilon}"
DECAYED = r"\qquad \tilde\theta_{t-1} \leftarrow (1 - \alpha\lambda)\,\theta_{t-1}"
COUNT = r"& \quad t \leftarrow t + 1 \\"


def also(row):
    return ROW, f"{ROW}\n    & \\quad {row} \\\\"


CLAMP = r"& \quad g_t \leftarrow \operatorname{clip}(g_t, -10^9, 10^9) \\"

CORNERS = {
    "rho is 5": ("radam", r"\text{if } \rho_t \ge 5", r"\text{if } \rho_t > 5"),
    "beta1 is 0": ("adam", *also(r"m_t \leftarrow 2 m_t && \text{if } \beta_1 = 0")),
    "t above a million": ("adam", *also(r"m_t \leftarrow 0 && \text{if } t > 1000000")),
    "epsilon is 0": (
        "adam",
        DENOMINATOR,
        DENOMINATOR + r" \\ & \qquad d_t \leftarrow 1 && \text{if } \hat\epsilon = 0",
    ),
    "1e-16 under the root": ("adam", DENOMINATOR, DENOMINATOR.replace("v_t", "v_t + 10^{-16}")),
    "1e-13 of the step": ("adam", FOLDED, FOLDED.replace(r"\alpha\,", r"(1 + 10^{-13})\alpha\,")),
    "a floor under epsilon": (
        "adam",
        DENOMINATOR,
        DENOMINATOR.replace(r"\hat\epsilon", r"\max(\hat\epsilon, 10^{-12})"),
    ),
    "a floor under the correction": (
        "adam",
        FOLDED,
        FOLDED.replace(r"1 - \beta_2^t", r"\max(1 - \beta_2^t, 10^{-9})"),
    ),
    "a cap on alpha": ("adam", FOLDED, FOLDED.replace(r"\alpha\,", r"\min(\alpha, 1000)\,")),
    "a cap on t": ("adam", COUNT, COUNT.replace("t + 1", r"\min(t + 1, 1000000)")),
    "a clamp on theta": (
        "adam",
        DECAYED,
        DECAYED.replace(r"\,\theta_{t-1}", r"\,\operatorname{clip}(\theta_{t-1}, -10^6, 10^6)"),
    ),
    "a clamp on g": ("adam", ROW, CLAMP + "\n    " + ROW),
    "a threshold on lambda": (
        "adam",
        DECAYED,
        DECAYED + r" \\ & \qquad \tilde\theta_{t-1} \leftarrow 0 && \text{if } \lambda > 100",
    ),
}


@pytest.mark.parametrize("corner", CORNERS)
def test_what_is_false_in_a_corner_alone_is_refuted(corner):
    name, old, new = CORNERS[corner]
    found = prove(name, old, new)
    assert found.problems, corner


def test_code_that_differs_in_a_corner_is_refuted(monkeypatch):
    monkeypatch.setattr(Adam, "get_lr", lambda self, s, group: min(group["lr"], 1000.0))
    assert "is" in prove().problems[0].text


def test_what_is_not_done_element_by_element_is_refused_by_name(monkeypatch):
    original = Adam.get_mv

    def normed(self, state, group, grad):
        return original(self, state, group, grad / grad.norm())

    monkeypatch.setattr(Adam, "get_mv", normed)
    (reason,) = prove().refused.values()
    assert "norm" in reason


LIES = {
    "__add__": lambda self, other: self,
    "__rsub__": lambda self, other: self - other,
    "__mul__": lambda self, other: self / other,
    "__truediv__": lambda self, other: self * other,
    "__pow__": lambda self, other: self,
    "__neg__": lambda self: self,
    "__lt__": lambda self, other: True,
    "__eq__": lambda self, other: True,
    "root": lambda self: self,
    "larger": lambda self, other: self,
}


@pytest.mark.parametrize("name", LIES)
def test_numbers_that_lie_are_found_out(name, monkeypatch):
    monkeypatch.setattr(Exact, name, LIES[name])
    with pytest.raises(AssertionError, match="exact numbers"):
        prove()


@pytest.mark.parametrize("name", sorted(tensors.POINTWISE.keys() - tensors.PLAIN))
def test_tensors_that_lie_are_found_out(name, monkeypatch):
    monkeypatch.setitem(tensors.POINTWISE, name, lambda *given, **more: given[0] + 12345)
    with pytest.raises(AssertionError, match=name):
        tensors.selftest()


NONE, ONE, BOTH = frozenset(), frozenset({("a", True)}), frozenset({("a", True), ("b", False)})


@pytest.mark.parametrize(
    "proved, met, covered",
    [
        ({("X", ONE)}, {("X", ONE)}, True),
        # Another engine has a flag of its own.
        ({("X", ONE)}, {("X", ONE), ("X", BOTH)}, True),
        # A run that tells no flags may have any.
        ({("X", ONE)}, {("X", NONE)}, False),
        ({("X", BOTH)}, {("X", BOTH), ("X", ONE)}, False),
        ({("X", ONE)}, {("X", ONE), ("Y", ONE)}, False),
        ({("X", ONE)}, {("X", ONE), ("Y", NONE)}, False),
        (set(), {("X", NONE)}, False),
        (set(), set(), False),
    ],
)
def test_what_was_met_and_is_not_proved_is_not_covered(proved, met, covered):
    assert covers(proved, met) == covered
