r"""
# The line of an error

Between the file of a page and the text that Python-Markdown sees, front matter is taken off,
snippets are brought in, plugins change what they like. An error should name the line of the file.
So the two texts are compared, once there is an error.
"""

from __future__ import annotations

from collections.abc import Callable
from difflib import SequenceMatcher

from .index import normal


class Lines:
    """Where the lines of a text are in the file of its page, which `source` reads."""

    def __init__(self, text: str, source: Callable[[], str]):
        self.text, self.source = text, source

    def number(self, line: int) -> int:
        """
        The number in the file of a line of the text, which counts from 0; 0 if the line is not in
        the file.
        """
        own, lines = normal(self.source()).split("\n"), self.text.split("\n")
        if line >= len(lines):
            return 0
        same = [n for n, text in enumerate(own, 1) if text == lines[line]]
        if len(same) == 1:
            return same[0]
        for a, b, size in SequenceMatcher(None, own, lines, autojunk=False).get_matching_blocks():
            if b <= line < b + size:
                return a + line - b + 1
        return 0
