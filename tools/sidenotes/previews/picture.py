r"""
# Drawing a picture

1200 × 630 points, as most sites show it. matplotlib sets the formula with TeX's own fonts; one that
it cannot set is left out, and the picture shows the page's description. The file has few colours,
no date and no name of a program: it is small, and the same in each run.
"""

from __future__ import annotations

import io
import re
from typing import Any

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.mathtext import MathTextParser
from matplotlib.patches import FancyBboxPatch, Rectangle
from PIL import Image

from .pages import Words

WIDTH, HEIGHT, MARGIN = 1200, 630, 84
PAPER, INK, FAINT, ACCENT, SURFACE = "#fffefc", "#22211f", "#686661", "#2f4da0", "#f3f2ec"
COLOURS = 64
_SETTINGS: Any = {"font.family": "STIXGeneral", "mathtext.fontset": "cm", "text.usetex": False}


def png(words: Words) -> bytes:
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_SETTINGS)
        figure = Figure(figsize=(WIDTH / 100, HEIGHT / 100), dpi=100, facecolor=PAPER)
        canvas = FigureCanvasAgg(figure)
        _Picture(figure, canvas.get_renderer()).compose(words)
        canvas.draw()
        whole = Image.frombytes("RGBA", canvas.get_width_height(), bytes(canvas.buffer_rgba()))
    few = whole.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    file = io.BytesIO()
    few.save(file, "PNG", optimize=True)
    return file.getvalue()


def mathtext(tex: str) -> str:
    r"""
    The formula as matplotlib writes it, without colours; empty, if it cannot set it.

    >>> mathtext(r"\textcolor{new}{\bar v_t \leftarrow \max(\bar v_{t-1}, v_t)}")
    '$\\bar v_t \\leftarrow \\max(\\bar v_{t-1}, v_t)$'
    >>> mathtext(r"\begin{cases} a \end{cases}")
    ''
    """
    while (plain := re.sub(r"\\textcolor\{\w+\}\{((?:[^{}]|\{[^{}]*\})*)\}", r"\1", tex)) != tex:
        tex = plain
    tex = _unwrapped(tex)
    tex = re.sub(r"\\(?:text|operatorname|texttt)\{([^{}]*)\}", _upright, tex)
    tex = tex.replace(r"\tfrac", r"\frac").replace(r"\frac", r"\dfrac")
    tex = tex.replace(r"\lVert", r"\|").replace(r"\rVert", r"\|")
    try:
        MathTextParser("path").parse(f"${tex}$")
    except (ValueError, RuntimeError):
        return ""
    return f"${tex}$"


def _unwrapped(tex: str) -> str:
    """Without colours whose groups have groups in groups."""
    while found := re.search(r"\\textcolor\{\w+\}\{", tex):
        depth, at = 1, found.end()
        while depth and at < len(tex):
            depth += {"{": 1, "}": -1}.get(tex[at], 0)
            at += 1
        tex = tex[: found.start()] + tex[found.end() : at - 1] + tex[at:]
    return " ".join(tex.split())


def _upright(found: re.Match[str]) -> str:
    return rf"\mathrm{{{found[1].replace(' ', chr(92) + ' ')}}}"


class _Picture:
    """Places count in points from the upper left corner."""

    def __init__(self, figure: Figure, renderer: Any):
        self.figure, self.renderer = figure, renderer

    def compose(self, words: Words) -> None:
        self._rectangle(0, 0, 18, HEIGHT, ACCENT)
        y = self._lines(title(words.title), 66, MARGIN - 14, INK, most=3, weight="bold")
        tex = mathtext(words.formula) if words.formula else ""
        if tex:
            self._formula(tex, y + 34)
        else:
            self._lines(escaped(words.description), 40, y + 56, FAINT, most=5)
        self._text(words.site, 30, MARGIN, HEIGHT - 58, ACCENT, family="DejaVu Sans Mono")

    def _formula(self, tex: str, top: float) -> None:
        room, bottom = WIDTH - 2 * MARGIN - 2 * 40, HEIGHT - 118
        size = 46.0
        wide, high = self._extent(tex, size)
        size *= min(1.0, room / wide, (bottom - top - 40) / high)
        box = FancyBboxPatch(
            (MARGIN / WIDTH, 1 - bottom / HEIGHT), (WIDTH - 2 * MARGIN) / WIDTH,
            (bottom - top) / HEIGHT, boxstyle="round,pad=0,rounding_size=0.012",
            mutation_aspect=WIDTH / HEIGHT, facecolor=SURFACE, edgecolor="none",
            transform=self.figure.transFigure,
        )  # fmt: skip
        self.figure.add_artist(box)
        middle = 1 - (top + bottom) / 2 / HEIGHT
        self.figure.text((MARGIN + 40) / WIDTH, middle, tex, fontsize=size, color=INK, va="center")

    def _lines(
        self, words: str, size: float, top: float, colour: str, most: int, **look: Any
    ) -> float:
        """Words on as few lines as they need; where the last one ends."""
        lines = self._broken(words, size, look)
        while len(lines) > most and size > 24:
            size *= 0.9
            lines = self._broken(words, size, look)
        for number, line in enumerate(lines[:most]):
            top += size * 1.32 if number else size
            self._text(line, size, MARGIN, top, colour, **look)
        return top + size * 0.3

    def _broken(self, words: str, size: float, look: dict[str, Any]) -> list[str]:
        lines: list[str] = []
        # A formula is not broken.
        for word in re.findall(r"(?:\$[^$]*\$|\S)+", words):
            longer = f"{lines[-1]} {word}" if lines else word
            if lines and self._extent(longer, size, **look)[0] <= WIDTH - 2 * MARGIN:
                lines[-1] = longer
            else:
                lines.append(word)
        return lines

    def _extent(self, words: str, size: float, **look: Any) -> tuple[float, float]:
        text = self.figure.text(0, 0, words, fontsize=size * 0.72, **look)
        box = text.get_window_extent(self.renderer)
        text.remove()
        return box.width, box.height

    def _text(self, words: str, size: float, x: float, y: float, colour: str, **look: Any) -> None:
        place = x / WIDTH, 1 - y / HEIGHT
        self.figure.text(*place, words, fontsize=size * 0.72, color=colour, va="baseline", **look)

    def _rectangle(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        box = Rectangle(
            (x / WIDTH, 1 - (y + height) / HEIGHT), width / WIDTH, height / HEIGHT,
            facecolor=colour, edgecolor="none", transform=self.figure.transFigure,
        )  # fmt: skip
        self.figure.add_artist(box)


def title(words: str) -> str:
    """A title with its formulas, as far as they can be set, and without Markdown's marks."""
    parts = re.split(r"\$([^$]+)\$", words.replace("`", ""))
    for number in range(1, len(parts), 2):
        parts[number] = mathtext(parts[number]) or escaped(parts[number])
    return "".join(parts)


def escaped(words: str) -> str:
    return re.sub(r"[`*]", "", words).replace("$", r"\$")
