r"""
# Elements of SVG

Coordinates have one digit behind the point: a figure is 520 wide, and a tenth of that unit is not
seen. What has a class gets its colour from the style sheet; without one, it is as the text around.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape

from .labels import spelled, tspans

# In the place of the id, which is the page's to give.
ID = "@id@"


def number(value: float) -> str:
    """
    >>> number(3.0), number(-0.04), number(12.345)
    ('3', '0', '12.3')
    """
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def route(points: Iterable[tuple[float, float]]) -> str:
    """
    The way along some points, each told from the one before.

    >>> route([(1, 2), (3.04, 5), (4, 5)])
    'M1 2l2 3 1 0'
    """
    written, before = "", (0, 0)
    for x, y in points:
        here = round(10 * x), round(10 * y)
        dx, dy = (number((a - b) / 10) for a, b in zip(here, before, strict=True))
        written += f"M{dx} {dy}l" if not written else f"{dx} {dy} ".replace(" -", "-")
        before = here
    return written.strip().removesuffix("l").replace("l ", "l")


@dataclass
class Svg:
    width: float
    height: float
    parts: list[str] = field(default_factory=list)

    def path(self, kind: str, d: str) -> None:
        if d:
            self.parts.append(f'<path class="{kind}" d="{d}"/>')

    def dot(self, kind: str, x: float, y: float) -> None:
        self.parts.append(f'<circle class="{kind}" cx="{number(x)}" cy="{number(y)}" r="3.5"/>')

    def text(self, kind: str, x: float, y: float, words: str, anchor: str = "") -> None:
        at = f' text-anchor="{anchor}"' if anchor else ""
        place = f'x="{number(x)}" y="{number(y)}"'
        self.parts.append(f'<text class="{kind}" {place}{at}>{tspans(words)}</text>')

    def finish(self, title: str, about: str) -> str:
        box = f"0 0 {number(self.width)} {number(self.height)}"
        names = f"{ID}-title {ID}-desc"
        return (
            f'<svg class="sn-drawing" viewBox="{box}" role="img" aria-labelledby="{names}"'
            ' fill="none" stroke-linejoin="round" xmlns="http://www.w3.org/2000/svg">'
            f'<title id="{ID}-title">{escape(spelled(title))}</title>'
            f'<desc id="{ID}-desc">{escape(spelled(about))}</desc>{"".join(self.parts)}</svg>'
        )
