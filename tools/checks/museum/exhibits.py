r"""
# The exhibits

An exhibit is a formula and a line that do not say the same. The check is given a module with both,
and nothing else: the formula above the line, in a function whose arguments are the names in the
line. It is run on drawn numbers. As what is right takes the place of what is wrong, the check has
nothing left to say, so it was the slip that it found.
"""

from __future__ import annotations

import ast
import random
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import yaml

from sidenotes.check import checker
from sidenotes.check.problems import Place
from sidenotes.check.runs import Item, Run, Started
from sidenotes.math.symbols import Symbol, key

SLIPS = Path(__file__).with_name("slips.yml")
STEPS = 30

# The symbols of the exhibits, and their names in the lines.
NAMES = {
    **{rf"\{greek}": name for greek, name in [("alpha", "lr"), ("epsilon", "eps"), ("mu", "mu")]},
    **{rf"\{greek}": greek for greek in ("rho", "sigma")},
    **{rf"\beta_{n}": f"beta{n}" for n in (1, 2)},
    **{f"{letter}_t": letter for letter in ("g", "m", "v", "s", "c", "d", "n", "u", "r")},
    **{f"{letter}_{{t-1}}": f"{letter}_before" for letter in ("m", "v", "s", "u")},
    **{rf"\hat {letter}_t": f"{letter}_hat" for letter in ("m", "v")},
    **{rf"\bar {letter}_t": f"{letter}_max" for letter in ("v", "s")},
    **{r"\bar v_{t-1}": "v_max_before", r"\hat\epsilon": "eps_hat", r"\lambda": "decay", "t": "t"},
    **{r"\theta_t": "theta", r"\theta_{t-1}": "theta_before", r"\Delta_t": "move"},
    **{r"\alpha_t": "step", r"\alpha_{t-1}": "step_before", "V": "variance"},
}
SYMBOLS = [Symbol(key(tex), "", (name,)) for tex, name in NAMES.items()]

# What the lines call.
HEAD = "from math import sqrt\n\n\ndef sign(x):\n    return (x > 0) - (x < 0)\n"


@dataclass(frozen=True)
class Exhibit:
    title: str
    # Who published it, and where the public can read of it.
    where: str
    report: str
    # Which of the two is wrong.
    slip: Literal["formula", "line"]
    formula: str
    line: str
    # What takes the place of that.
    right: str

    def mended(self) -> Exhibit:
        return Exhibit(**{**vars(self), self.slip: self.right})

    def module(self) -> str:
        """The formula above the line, in a function."""
        made, *_ = self.line.split(" = ")
        arguments = ", ".join(self.arguments())
        body = f"    # $${self.formula}$$\n    {self.line}\n    return {made}\n"
        return f"{HEAD}\n\ndef exhibit({arguments}):\n{body}"

    def arguments(self) -> list[str]:
        """The names of values, in the formula's symbols or in the line."""
        tree, known = ast.parse(self.line), set(NAMES.values())
        read = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} & known
        said = {name for symbol, name in NAMES.items() if key(symbol) in key(self.formula)}
        return sorted((read | said) - {self.line.partition(" = ")[0]})


def exhibits() -> list[Exhibit]:
    return [Exhibit(**row) for row in yaml.safe_load(SLIPS.read_text("utf-8"))]


@dataclass(frozen=True)
class Verdict:
    """What the check says of an exhibit, and of which line of the module; empty if nothing."""

    text: str
    line: int = 0


def verdict(exhibit: Exhibit) -> Verdict:
    """What the check says of the module that is made of an exhibit."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "exhibit.py"
        path.write_text(exhibit.module(), encoding="utf-8")
        outcome = checker.check({path: exhibit.module()}, [run(exhibit, path)], SYMBOLS)
    for problem in outcome.problems:
        if not isinstance(problem.place, Place):
            raise ValueError(f"{exhibit.title}: {problem}")
        return Verdict(problem.text.partition("\n")[0], problem.place.line)
    return Verdict("")


def run(exhibit: Exhibit, path: Path) -> Run:
    """The line, executed with drawn numbers."""
    draw = random.Random(exhibit.title)
    given = [numbers(draw, t, exhibit.arguments()) for t in range(1, STEPS + 1)]

    def start() -> Started:
        spec = spec_from_file_location("exhibit", path)
        assert spec and spec.loader
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        left = iter(given)

        def step(_: Any) -> None:
            module.exhibit(**next(left))

        return Started([Item(None, {}, dict)], step)

    return Run("drawn numbers", "exhibit", {}, start, [[0.0]] * STEPS)


def numbers(draw: random.Random, t: int, names: Sequence[str]) -> dict[str, float]:
    """Numbers of every sign for what can have any, and such as an optimizer has for the others."""
    found = {name: draw.uniform(0.2, 0.9) for name in names}
    signed = ("g", "m", "m_before", "m_hat", "n", "move", "theta_before", "theta")
    found |= {name: draw.uniform(-2.0, 2.0) for name in signed if name in names}
    found |= {name: draw.uniform(5.0, 20.0) for name in ("rho",) if name in names}
    return found | ({"t": t} if "t" in names else {})
