r"""
# The surfaces

Each is a formula in $x$ and $y$ with its two derivatives. The page prints the first, and computes
with all three; a test compares the derivatives with torch's. Where there is none, at a kink,
$\operatorname{sign}(0) = 0$ is taken, as torch does.

Beale's function: E. Beale, On an Iterative Method for Finding a Local Minimum of a Function of More
than One Variable (1958). Rosenbrock's: H. Rosenbrock, The Computer Journal 3 (1960). Himmelblau's:
D. Himmelblau, Applied Nonlinear Programming (1972). Rastrigin's: L. Rastrigin, Systems of Extremal
Control (1974).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sidenotes.check.algorithm.export import formula
from sidenotes.check.formula.parser import parse
from sidenotes.check.formula.tree import Expression


@dataclass(frozen=True)
class Surface:
    """`box` is x from, x to, y from, y to; `lowest` are the points where it is smallest."""

    name: str
    title: str
    tex: str
    slopes: tuple[str, str]
    box: tuple[float, float, float, float]
    start: tuple[float, float]
    lowest: tuple[tuple[float, float], ...]
    # All optimizers begin with this rate.
    rate: float = 0.1

    def trees(self) -> list[Any]:
        """The value and the two derivatives, as the page evaluates them."""
        return [formula(expression(tex)) for tex in (self.tex, *self.slopes)]


def expression(tex: str) -> Expression:
    """The tree of a formula in x and y."""
    node = parse(tex, ("x", "y"))
    assert isinstance(node, Expression)
    return node


_ONE = r"1.5 - x + x y"
_TWO = r"2.25 - x + x y^2"
_THREE = r"2.625 - x + x y^3"

SURFACES = (
    Surface(
        "beale",
        "Beale's",
        rf"({_ONE})^2 + ({_TWO})^2 + ({_THREE})^2",
        (
            rf"2 ({_ONE}) (y - 1) + 2 ({_TWO}) (y^2 - 1) + 2 ({_THREE}) (y^3 - 1)",
            rf"2 ({_ONE}) x + 4 ({_TWO}) x y + 6 ({_THREE}) x y^2",
        ),
        (-4.5, 4.5, -4.5, 4.5),
        (1.0, 1.6),
        ((3.0, 0.5),),
    ),
    Surface(
        "tilted",
        "a narrow valley with kinks",
        r"|x + y| + \frac{|x - y|}{10}",
        (
            r"\operatorname{sign}(x + y) + \frac{\operatorname{sign}(x - y)}{10}",
            r"\operatorname{sign}(x + y) - \frac{\operatorname{sign}(x - y)}{10}",
        ),
        (-3.0, 3.0, -3.0, 3.0),
        (-2.2, 1.3),
        ((0.0, 0.0),),
    ),
    Surface(
        "kinks",
        "kinks along the axes",
        r"|x| + |y|",
        (r"\operatorname{sign}(x)", r"\operatorname{sign}(y)"),
        (-3.0, 3.0, -3.0, 3.0),
        (-2.2, 1.3),
        ((0.0, 0.0),),
    ),
    Surface(
        "valley",
        "a narrow valley",
        r"(x + y)^2 + \frac{(x - y)^2}{10}",
        (
            r"2 (x + y) + \frac{2 (x - y)}{10}",
            r"2 (x + y) - \frac{2 (x - y)}{10}",
        ),
        (-3.0, 3.0, -3.0, 3.0),
        (-2.2, 1.3),
        ((0.0, 0.0),),
    ),
    Surface(
        "rosenbrock",
        "Rosenbrock's",
        r"(1 - x)^2 + 100 (y - x^2)^2",
        (r"-2 (1 - x) - 400 x (y - x^2)", r"200 (y - x^2)"),
        (-2.0, 2.0, -1.0, 3.0),
        (-1.5, 2.0),
        ((1.0, 1.0),),
        rate=0.05,
    ),
    Surface(
        "himmelblau",
        "Himmelblau's, with four lowest points",
        r"(x^2 + y - 11)^2 + (x + y^2 - 7)^2",
        (
            r"4 x (x^2 + y - 11) + 2 (x + y^2 - 7)",
            r"2 (x^2 + y - 11) + 4 y (x + y^2 - 7)",
        ),
        (-5.0, 5.0, -5.0, 5.0),
        (-0.5, -1.0),
        ((3.0, 2.0), (-2.805118, 3.131313), (-3.779310, -3.283186), (3.584428, -1.848127)),
    ),
    Surface(
        "rastrigin",
        "Rastrigin's, with a lowest point in each square",
        r"20 + x^2 + y^2 - 10 \cos(2 \pi x) - 10 \cos(2 \pi y)",
        (r"2 x + 20 \pi \sin(2 \pi x)", r"2 y + 20 \pi \sin(2 \pi y)"),
        (-3.0, 3.0, -3.0, 3.0),
        (-1.7, 2.3),
        ((0.0, 0.0),),
    ),
    Surface(
        "saddle",
        "a saddle",
        r"x^2 - y^2",
        (r"2 x", r"-2 y"),
        (-3.0, 3.0, -3.0, 3.0),
        (-2.2, 0.02),
        (),
    ),
)
