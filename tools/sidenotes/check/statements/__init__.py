r"""
# What a statement makes

[`made.py`](made.py) says what has to be known of a statement with a formula, and
[`guards.py`](guards.py) under which conditions it is reached. [`python.py`](python.py) finds both
in Python, and [`c.py`](c.py) in C. A language that is not listed here has pages, and its formulas
are not checked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ...languages.language import Language
from ...languages.registry import PYTHON, C
from . import c, python

# What finds the statements in a text.
STATEMENTS: Mapping[Language, Callable[[str], Any]] = {
    PYTHON: python.Statements,
    C: c.Statements,
}
