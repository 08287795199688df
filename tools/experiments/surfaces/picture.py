"""
# What is seen without a script

The first surface, with the paths of the real classes, as an SVG. The page's script draws the same
picture in its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from experiments.surfaces.table import Surface, expression
from sidenotes.check.values.evaluator import evaluate

SIDE, STEPS, CELLS, LEVELS = 600, 200, 48, 18
Point = tuple[float, float]


@cache
def picture(surface: Surface, rows: tuple[tuple[str, Any], ...]) -> str:
    """`rows` are the names of classes with their flags."""
    parts = [f'<path class="sf-levels" d="{levels(surface)}"/>']
    for number, (name, flags) in enumerate(rows, 1):
        course = [place(surface, point) for point in path(surface, name, dict(flags))]
        d = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in course)
        parts.append(f'<path class="sf-path sn-l{number}" d="{d}"/>')
        parts += [circle(course[-1], f"sn-l{number}", 5)]
    parts += [circle(place(surface, point), "sf-lowest", 4) for point in surface.lowest]
    parts.append(circle(place(surface, surface.start), "sf-start", 8))
    head = f'<svg class="sf-plot" viewBox="0 0 {SIDE} {SIDE}" aria-hidden="true">'
    return f"{head}{''.join(parts)}</svg>"


def circle(point: Point, kind: str, size: float) -> str:
    return f'<circle class="{kind}" cx="{point[0]:.1f}" cy="{point[1]:.1f}" r="{size}"/>'


def place(surface: Surface, point: Point) -> Point:
    """Where it is in the picture."""
    left, right, low, high = surface.box
    return SIDE * (point[0] - left) / (right - left), SIDE * (high - point[1]) / (high - low)


def path(surface: Surface, name: str, flags: dict[str, Any], steps: int = STEPS) -> list[Point]:
    """Where the real class goes, in float64."""
    import torch

    from checks.catalog import CATALOG

    kind = next(row.kind for row in CATALOG if row.name == name)
    theta = torch.tensor(surface.start, dtype=torch.float64, requires_grad=True)
    optimizer = kind([theta], lr=surface.rate, fused=False, **flags)
    trees = [expression(tex) for tex in surface.slopes]
    found = [surface.start]
    for _ in range(steps):
        x, y = found[-1]
        slopes = [evaluate(tree, {"x": x, "y": y}) for tree in trees]
        theta.grad = torch.tensor(slopes, dtype=torch.float64)
        optimizer.step()
        found.append((theta[0].item(), theta[1].item()))
    return found


# ## The lines of equal height
#
# About as much of the picture lies between two lines as between any others, and less near the
# lowest point.


def levels(surface: Surface) -> str:
    tree = expression(surface.tex)
    left, right, low, high = surface.box

    def value(i: int, j: int) -> float:
        x, y = left + (right - left) * i / CELLS, high - (high - low) * j / CELLS
        found = evaluate(tree, {"x": x, "y": y})
        assert isinstance(found, float)
        return found

    grid = [[value(i, j) for i in range(CELLS + 1)] for j in range(CELLS + 1)]
    return "".join(line for height in heights(grid) for line in lines(grid, height))


def heights(grid: Sequence[Sequence[float]]) -> list[float]:
    every = sorted(value for row in grid for value in row)
    return [every[int((n / LEVELS) ** 1.5 * len(every))] for n in range(1, LEVELS)]


def lines(grid: Sequence[Sequence[float]], height: float) -> Iterator[str]:
    """The pieces of one line, cell by cell: where it crosses the sides of a cell."""
    size = SIDE / CELLS
    for j in range(CELLS):
        for i in range(CELLS):
            corners = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)]
            found = []
            for (a, b), (c, d) in zip(corners, corners[1:] + corners[:1], strict=True):
                one, other = grid[b][a] - height, grid[d][c] - height
                if (one < 0) != (other < 0):
                    part = one / (one - other)
                    found.append(
                        f"{size * (a + part * (c - a)):.1f} {size * (b + part * (d - b)):.1f}"
                    )
            for start, end in zip(found[::2], found[1::2], strict=True):
                yield f"M{start}L{end}"
