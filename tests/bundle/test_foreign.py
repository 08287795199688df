"""Modules of other packages: a bundle does what the module does, without the package."""

import ast
import doctest
import importlib
from pathlib import Path

import pytest
from making import both, bundle, loaded, write

SHAPES = {
    # Names that collide, modules used as values of attributes, constants with comments.
    "shapes/_checks.py": '''
        """What may be measured."""

        import math

        # As long as nothing is.
        LIMIT = 10.0
        #: of a side
        scale = 2


        def number(name, value):
            """Return the value."""
            if not 0 <= value < LIMIT * scale or math.isnan(value):
                raise ValueError(f"{name}: {value!r} is not below {LIMIT * scale}")
            return float(value)


        def area(name, value):
            return number(name, value) + 0.5
    ''',
    "shapes/units.py": """
        from collections.abc import Callable as Function
        from typing import TYPE_CHECKING

        if TYPE_CHECKING:
            from decimal import Decimal

            from shapes.square import Square

        scale = 100


        def area(shape: "Square", change: Function = abs) -> "Decimal | float":
            # the scale of the units, not that of the checks
            return change(shape.side) ** 2 * scale


        def sum(values):
            return f"sum of {len(values)}"
    """,
    "shapes/square.py": '''
        """
        # Squares

        As in [units](units.py), and [below](#below).

        >>> from shapes.square import Square
        >>> from shapes import Cube as Solid, units
        >>> Square(2).area()
        (400.0, 2.5)
        >>> Solid(2).volume(), units.scale
        (8, 100)
        """

        from __future__ import annotations

        from dataclasses import dataclass

        from . import _checks, units
        from .units import area as area_of, sum as summed


        @dataclass
        class Square:
            """
            A square.

            >>> Square(3).side
            3.0
            """

            side: float
            area_name: str = "area"

            def __post_init__(self):
                number = _checks.number("side", self.side)
                self.side = number

            def area(self):
                """`area` of units and of checks."""
                area = area_of(self), _checks.area("area", self.side)
                return area

            def numbers(self):
                from shapes import _checks as c

                return [c.number("n", n) for n in range(int(self.side))]

            def total(self):
                return sum([1, 2]), summed([1, 2])
    ''',
    "shapes/__init__.py": """
        from .cube import Cube
        from .square import Square

        __all__ = ["Cube", "Square"]
    """,
    "shapes/cube.py": """
        from shapes import square


        class Cube(square.Square):
            def volume(self):
                import shapes.units
                from math import floor

                return floor(self.side**3) if shapes.units.scale else None
    """,
}
USE = """
    square = one.Square(2.5)
    print(square.area(), square.numbers(), square.total(), square.area_name)
    try:
        one.Square(50)
    except ValueError as error:
        print(error)
"""


def test_names_that_collide_are_told_apart(tmp_path):
    whole, alone = both(tmp_path, SHAPES, "shapes/square.py", USE)
    assert whole == alone and "sum of 2" in whole and "20.0" in whole


def test_a_bare_bundle_does_the_same(tmp_path):
    whole, alone = both(tmp_path, SHAPES, "shapes/square.py", USE, is_bare=True)
    assert whole == alone


def test_a_module_that_imports_it_only_in_functions_comes_along(tmp_path):
    use = "print(one.Cube(2).volume(), one.Cube(2).area())"
    whole, alone = both(tmp_path, SHAPES, "shapes/cube.py", use)
    assert whole == alone


def test_the_examples_run_in_the_bundle(tmp_path, monkeypatch):
    folder = write(tmp_path, SHAPES)
    text = bundle(folder / "shapes/square.py")
    found = doctest.testmod(loaded(text, monkeypatch))
    assert found.failed == 0 and found.attempted == 3
    assert "[units]" not in text and "As in units, and [below](#below)." in text


def test_notes_are_kept_and_bare_has_none(tmp_path):
    folder = write(tmp_path, SHAPES)
    text = bundle(folder / "shapes/square.py")
    for note in ("# As long as nothing is.", "#: of a side", "# the scale of the units"):
        assert note in text
    bare = bundle(folder / "shapes/square.py", is_bare=True)
    body = bare[bare.index('"""') :]
    assert "#" not in body and ">>>" not in body and '"""A square."""' in body


def test_a_link_can_lead_to_the_site(tmp_path):
    folder = write(tmp_path, SHAPES)
    text = bundle(folder / "shapes/square.py", address="https://example.org/code/")
    assert "[units](https://example.org/code/shapes/units.py)" in text


def test_only_what_is_asked_for_is_taken(tmp_path):
    folder = write(tmp_path, SHAPES)
    text = bundle(folder / "shapes/units.py", only=["sum"])
    names = [n.name for n in ast.parse(text).body if isinstance(n, ast.FunctionDef)]
    assert names == ["sum"] and "Square" not in text


PLUGINS = {
    "plugins/registry.py": """
        NAMES = {}


        def register(name):
            def add(kind):
                NAMES[name] = kind
                return kind
            return add


        class Base:
            kinds = []

            def __init_subclass__(cls):
                KINDS.append(cls.__name__)


        KINDS = []
    """,
    "plugins/__init__.py": "from . import basic, more\nmore.extend()\n",
    "plugins/basic.py": """
        from .registry import NAMES, Base, register

        @register("first")
        def first():
            return 1

        class Second(Base):
            pass

        NAMES["third"] = lambda: 3
        UNUSED = {}
        UNUSED["a"] = 1
    """,
    "plugins/more.py": """
        from . import registry

        def extend():
            registry.NAMES.setdefault("fourth", lambda: 4)
    """,
    "plugins/main.py": """
        from plugins.registry import NAMES, KINDS


        def names():
            return sorted(NAMES), [NAMES[n]() for n in sorted(NAMES)], KINDS
    """,
}


def test_what_other_modules_register_is_there(tmp_path):
    whole, alone = both(tmp_path, PLUGINS, "plugins/main.py", "print(one.names())")
    assert whole == alone and "'fourth'" in whole and "Second" in whole
    assert "UNUSED" not in (tmp_path / "alone/one.py").read_text()


CONDITIONS = {
    "cond/new.py": "import json\ndef load(): return json.dumps('new')\n",
    "cond/old.py": "def load(): return 'old'\n",
    "cond/_fast.py": "def quick(x): return x + 1\n",
    "cond/main.py": """
        import sys

        try:
            import numpy_that_is_missing as np
        except ImportError:
            np = None

        if sys.version_info >= (3, 8):
            from .new import load
        else:
            from .old import load

        try:
            from ._fast import quick
        except ImportError:
            quick = None

        count = 0
        a, (b, *c) = 1, (2, 3, 4)
        for step in range(3):
            count += step

        if True:
            def chosen():
                global count
                count += 1
                return count
        else:
            chosen = None


        def run():
            return load(), quick and quick(1), np, chosen(), [a, b, c], [step for step in "xy"]
    """,
}


def test_imports_and_definitions_under_conditions(tmp_path):
    whole, alone = both(tmp_path, CONDITIONS, "cond/main.py", "print(one.run(), one.run())")
    assert whole == alone and '"new"' in whole


def test_a_module_that_is_left_out_is_as_one_that_is_not_installed(tmp_path, monkeypatch):
    write(tmp_path, CONDITIONS)
    text = bundle(tmp_path / "cond/main.py", without=frozenset(["cond._fast"]))
    module = loaded(text, monkeypatch)
    assert module.run()[1] is None and "def quick" not in text


CYCLE = {
    "cycle/a.py": """
        BASE = 1
        from .b import B

        class A(B):
            def other(self): return B, BASE
    """,
    "cycle/b.py": """
        from . import a

        class B:
            start = a.BASE
            def up(self): return a.A
    """,
}


def test_modules_that_import_each_other(tmp_path):
    use = "x = one.A(); print(x.start, x.up().__name__, x.other()[1])"
    whole, alone = both(tmp_path, CYCLE, "cycle/a.py", use)
    assert whole == alone


MORE = {
    "more/deep/inner.py": """
        from __future__ import annotations
        from ..top import *
        from ..top import _hidden as hidden
        import os.path as path, os.path
        import collections.abc

        def f(x: "Thing", y: Thing | None = None) -> "list[Thing]":
            print = hidden
            return [f"{Thing.name}{{}}{hidden():>4} {x!r}", path.basename("/a/b"), os.path.sep]

        def g(first, *, hidden=hidden):
            match first:
                case {"k": Thing}:
                    return Thing
                case [hidden, *rest]:
                    return hidden, rest
            try:
                raise KeyError(1)
            except KeyError as Thing:
                return repr(Thing), (lambda hidden: hidden)(3)

        é = "ü"; kept = é + "é"; wide = [(é := "ö"), é, Thing.name]

        def later(): return kept, wide, isinstance([], collections.abc.Sized)
    """,
    "more/top.py": """
        __all__ = ["Thing"]

        class Thing:
            name = "thing"

        def _hidden(): return 7

        class hidden: "Another one."
    """,
}


def test_scopes_star_imports_and_odd_places(tmp_path):
    use = """
        print(one.f(1), one.g({"k": 2}), one.g([1, 2]), one.g(0), one.later())
        print(one.f.__annotations__)
    """
    whole, alone = both(tmp_path, MORE, "more/deep/inner.py", use)
    assert whole == alone


def test_a_bundle_of_a_bundle_is_itself(tmp_path):
    for files, module in ((SHAPES, "shapes/square.py"), (PLUGINS, "plugins/main.py"),
                          (CONDITIONS, "cond/main.py"), (CYCLE, "cycle/a.py"),
                          (MORE, "more/deep/inner.py")):  # fmt: skip
        write(tmp_path / "p", files)
        for bare in (False, True):
            text = bundle(tmp_path / "p" / module, is_bare=bare)
            assert text == bundle(tmp_path / "p" / module, is_bare=bare)
            (tmp_path / "alone.py").write_text(text, "utf-8")
            assert bundle(tmp_path / "alone.py", is_bare=bare) == text, module


@pytest.mark.parametrize("name", ["textwrap", "heapq", "fractions", "statistics", "shlex"])
def test_a_module_of_the_standard_library_is_one_file_already(name, monkeypatch):
    source = importlib.import_module(name).__file__
    try:
        text = bundle(Path(source))
    except ValueError as error:
        # heapq has `from _heapq import *`.
        assert name == "heapq" and f"{source}:" in str(error)
        return
    module = loaded(text, monkeypatch)
    assert set(module.__all__) <= set(vars(module))
