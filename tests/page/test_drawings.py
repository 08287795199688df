"""The figures of this project: small, the same twice, and each number of a caption is true."""

import ast
import doctest
import importlib.util
import re
import sys
from pathlib import Path

import pytest

from sidenotes.check.runs import importable
from sidenotes.figures.data import Axis, Figure, Line, Panel
from sidenotes.figures.drawing.labels import tspans
from sidenotes.figures.drawing.plot import draw, spread
from sidenotes.figures.table import head, rows

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "docs/notes/figures").glob("[a-z]*.py"))
BLOCK = re.compile(r"^/{3,} figure \| (?P<path>\S+)\n(?P<caption>.*?)^/{3,}$", re.M | re.S)
T = [1, 2, 3, 4]


def test_a_table_of_panels_has_a_head_of_two_rows():
    panels = [Panel(name, [Line("a", T, T), Line("b", T, T)]) for name in ("one", "two")]
    figure = Figure("Title", Axis("$t$"), Axis("y"), panels=panels)
    assert head(figure) == [
        [("", 1), ("one", 2), ("two", 2)],
        [("$t$", 1), ("a", 1), ("b", 1), ("a", 1), ("b", 1)],
    ]
    assert rows(figure)[0] == ["1"] * 5


def test_a_long_table_is_cut_to_a_dozen_rows_of_the_data():
    t = list(range(1, 3001))
    for log in (False, True):
        figure = Figure("T", Axis("$t$", log=log), Axis("y"), [Line("a", t, [x / 2 for x in t])])
        found = rows(figure)
        assert 8 <= len(found) <= 15 and found[0] == ["1", "0.5"] and found[-1] == ["3000", "1500"]


def test_gaps_break_a_line_and_limits_cut_it():
    line = Line("a", [1, 2, 3, 4, 5], [1.0, 2.0, float("nan"), 2.0, 1.0], gaps=True)
    svg = draw(Figure("T", Axis("$t$"), Axis("y"), [line]))
    (path, *_) = re.findall(r'<path class="sn-l1" d="([^"]+)"', svg)
    assert path.count("M") == 2
    high = Figure("T", Axis("$t$"), Axis("y", limits=(0, 2)), [Line("a", T, [1, 1, 500, 1])])
    ys = [float(y) for y in re.findall(r'<text class="[^"]*" x="[^"]+" y="([^"]+)"', draw(high))]
    assert max(ys) < 330 and "nan" not in draw(high)


def test_labels_keep_apart_and_inside():
    places = spread([100, 101, 102, 103], 0, 110)
    assert all(b - a >= 18.9 for a, b in zip(places, places[1:], strict=False))
    assert places[-1] <= 110 and spread([50, 10], 0, 100) == [50, 10]


def test_accents_scripts_roots_and_signs_become_letters():
    text = re.sub(
        "<[^>]+>", "", tspans(r"$\hat m_t$, $\beta_2^t \le 1$, $-\frac{a}{b}$, $\sqrt{v}$")
    )
    assert text == "mˆ\u200bt, β2t\u2005≤\u20051, −a\u200a/\u200ab, √v"


# ## The figures of this project


def load(path):
    name = f"_figure_{path.stem}"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        with importable([ROOT, path.parent]):
            spec.loader.exec_module(module)
    return sys.modules[name]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_doctests_of_a_figure_hold_and_it_is_drawn_small_and_the_same_twice(path):
    module = load(path)
    tests = doctest.DocTestFinder().find(module)
    assert sum(len(test.examples) for test in tests) > 0
    runner = doctest.DocTestRunner(verbose=False)
    for test in tests:
        runner.run(test)
    assert runner.failures == 0
    figure = module.figure()
    figure.check()
    svg = draw(figure)
    assert len(svg) < 8_000
    points = {x for panel in figure.plots() for line in panel.lines for x in line.x}
    # Of a curve of many points, some; of a few that were measured, all.
    assert 8 <= len(rows(figure)) <= 15 or 1 < len(rows(figure)) == len(points) < 8
    assert draw(module.figure()) == svg


def blocks():
    sources = sorted((ROOT / "labml_optim").glob("*.py"))
    notes = sorted((ROOT / "docs/notes").glob("*.py"))
    for path in [*sources, *notes, *sorted((ROOT / "docs").rglob("*.md"))]:
        text = path.read_text("utf-8")
        if path.suffix == ".py":
            text = ast.get_docstring(ast.parse(text)) or ""
        else:
            text = re.sub(r"^ *(```|~~~).*?^ *\1", "", text, flags=re.M | re.S)
        for found in BLOCK.finditer(text):
            yield pytest.param(found["path"], found["caption"], id=f"{path.stem}-{found['path']}")


def numbers(text):
    """The numbers of a text; indices and exponents of symbols are none."""
    text = re.sub(r"10\^\{?(-?\d+)\}?", r"1e\1", text)
    text = re.sub(r"[_^](\{[^}]*\}|\w)", "", text)
    text = re.sub(r"\]\([^)]*\)", "]", text)
    return {float(found) for found in re.findall(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e-?\d+)?", text)}


@pytest.mark.parametrize("path, caption", list(blocks()))
def test_each_number_of_a_caption_is_the_output_of_a_doctest(path, caption):
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    examples = doctest.DocTestParser().get_examples(ast.get_docstring(tree) or "")
    known = set().union(*(numbers(example.want) for example in examples))
    said = numbers(caption)
    assert said and {abs(n) for n in said} - {abs(n) for n in known} == set()


def test_each_figure_stands_on_a_page():
    shown = {param.values[0] for param in blocks()}
    assert shown == {path.relative_to(ROOT).as_posix() for path in FILES}
