r"""
# Where numbers are compared

A question is told by the line that asks it: the nearest one that is not in a file that computes for
others, or in the tool.
"""

from __future__ import annotations

import sys

TOOL = __file__.rpartition("proof")[0]
# Files whose comparisons are those of their callers.
CARRIERS = {__file__}
# Files that compare for code in another language. Where that stands they have in a `place`.
HOSTS: set[str] = set()


def where() -> str:
    """The line of code that compares, or a formula."""
    frame = sys._getframe(1)
    while frame.f_back and frame.f_code.co_filename in CARRIERS:
        frame = frame.f_back
    path = frame.f_code.co_filename
    if path in HOSTS:
        return str(frame.f_locals["place"])
    return "a formula" if path.startswith(TOOL) else f"{path}:{frame.f_lineno}"
