"""A project with one figure, and the command that draws it."""

import sys

from sidenotes.__main__ import main

ONE = """
from pkg.numbers import VALUES
from sidenotes.figures.data import Axis, Figure, Line


def figure():
    lines = [Line("$v_t$", range(1, 5), VALUES), Line("one", range(1, 5), [1.0] * 4)]
    return Figure("Means of $v_t$", Axis("$t$"), Axis("mean"), lines)
"""
CAPTION = "/// figure | pkg/figures/one.py\nOf $v_t$ and more.\n///\n"


def fill(project):
    project.write("pkg/numbers.py", "VALUES = [1.0, 2.0, 4.0, 3.0]\n")
    project.write("pkg/figures/one.py", ONE)


def forget():
    """What an earlier project has left: this one's files have the same names."""
    for name in [name for name in sys.modules if name == "pkg" or name.startswith("pkg.")]:
        del sys.modules[name]


def run(*more):
    forget()
    return main(["figures", "pkg/figures", "--output", ".cache/figures", *more])


def drawn(project):
    return (project.root / ".cache/figures/pkg.figures.one.json").read_bytes()
