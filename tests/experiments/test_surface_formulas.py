"""The derivatives that the page computes with are torch's, and the picture shows the classes."""

import json
from random import Random

import pytest
import quickjs
import torch
from evaluating import SOURCE

from experiments.surfaces.picture import path, picture
from experiments.surfaces.table import SURFACES
from labml_optim import AdaBelief

# The surfaces once more, for torch: from their sources, not from the table.
TORCH = {
    "tilted": lambda x, y: (x + y).abs() + (x - y).abs() / 10,
    "kinks": lambda x, y: x.abs() + y.abs(),
    "valley": lambda x, y: (x + y) ** 2 + (x - y) ** 2 / 10,
    "beale": lambda x, y: (
        (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2
    ),
    "rosenbrock": lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2,
    "himmelblau": lambda x, y: (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2,
    "rastrigin": lambda x, y: 20 + sum(z**2 - 10 * torch.cos(2 * torch.pi * z) for z in (x, y)),
    "saddle": lambda x, y: x**2 - y**2,
}
CODE = """
function ask(text) {
  const [trees, points] = JSON.parse(text);
  return JSON.stringify(points.map(([x, y]) =>
    trees.map((tree) => sidenotesEvaluator.value(tree, new Map([["x", x], ["y", y]])))));
}
"""


def points(surface):
    draw = Random(surface.name)
    left, right, low, high = surface.box
    drawn = [(draw.uniform(left, right), draw.uniform(low, high)) for _ in range(50)]
    # At kinks, too.
    return [*drawn, surface.start, *surface.lowest, (0.0, 0.0), (1.0, 1.0), (0.5, -0.5)]


@pytest.mark.parametrize("surface", SURFACES, ids=lambda each: each.name)
def test_in_javascript_a_surface_and_its_derivatives_are_torchs(surface):
    ask = quickjs.Function("ask", f"{SOURCE}\n{CODE}")
    found = json.loads(ask(json.dumps([surface.trees(), points(surface)])))
    for (x, y), values in zip(points(surface), found, strict=True):
        at = torch.tensor([x, y], dtype=torch.float64, requires_grad=True)
        value = TORCH[surface.name](at[0], at[1])
        value.backward()
        expected = torch.stack([value.detach(), *at.grad])
        # Sums whose terms are a thousand times their value lose three digits.
        assert torch.allclose(torch.tensor(values, dtype=torch.float64), expected, 1e-12, 1e-11)


@pytest.mark.parametrize("surface", SURFACES, ids=lambda each: each.name)
def test_the_lowest_points_are_lowest(surface):
    here = torch.tensor(points(surface), dtype=torch.float64)
    values = TORCH[surface.name](here[:, 0], here[:, 1])
    for at in surface.lowest:
        x, y = torch.tensor(at, dtype=torch.float64)
        assert TORCH[surface.name](x, y) <= values.min() + 1e-9


def test_the_picture_without_script_shows_where_the_real_class_goes():
    surface = SURFACES[0]
    theta = torch.tensor(surface.start, dtype=torch.float64, requires_grad=True)
    optimizer = AdaBelief([theta], lr=surface.rate, rectify=False)
    for _ in range(30):
        optimizer.zero_grad()
        TORCH[surface.name](theta[0], theta[1]).backward()
        optimizer.step()
    course = path(surface, "AdaBelief", {"rectify": False}, steps=30)
    assert course[-1] == pytest.approx(tuple(theta.tolist()), rel=1e-12)
    svg = picture(surface, (("AdaBelief", (("rectify", False),)),))
    left, right, low, high = surface.box
    x, y = (
        (600 * (course[30][0] - left) / (right - left)),
        600 * (high - course[30][1]) / (high - low),
    )
    assert f"L{x:.1f} {y:.1f}L" in svg
