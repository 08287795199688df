r"""
# Documented arguments against those that exist

A docstring that documents arguments is compared with the signature it speaks of: that of the
function, or that of a class's constructor. What is found, each with its line:

1. an argument that does not exist, with the names that may have been meant;
2. an argument that is documented twice;
3. a default that is stated and is not that of the signature. `1e-3` and `0.001` are the same;
4. an argument of the signature that is not documented, if any is. `self`, `cls`, `*args`,
   `**kwargs` and names that begin with `_` need not be;
5. an argument that is said to be one of `Adam`'s, and is none, or has another default there.

>>> text = '''
... def move(x, rate=0.1):
...     "* `x` and `rates` are where to start and how fast to go"
... '''
>>> for finding in lint(text, "demo.py"):
...     print(finding)
demo.py:3: `rates` is no argument of move; did you mean 'rate'?

What a docstring says is read by [`documented`](documented.py), what there is by
[`declared`](declared.py), both from the source. Where the signature is not known, because the
constructor comes from outside, nothing is said. Where it has `**kwargs`, an argument that it does
not name may exist. The bullets of a class are not of its arguments if its `__init__` has its own.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from .. import source
from ..errors import near
from .declared import Classes, Signature, classes, constructor, signature
from .documented import Argument, arguments


@dataclass(frozen=True)
class Finding:
    """Something that a docstring says of arguments and that is not so."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


def lint(text: str, path: str, others: Iterable[str] = ()) -> list[Finding]:
    """
    What is wrong in the file `path`, whose source is `text`. Classes that it names may stand in
    `others`, the sources of other files.
    """
    known = classes(text, others)
    found: list[tuple[int, str]] = []
    for name, node, said in documented(text, Path(path).stem):
        real = signature(name, node, known)
        if real:
            found += _compare(said, real, known)
    return [Finding(path, line, message) for line, message in sorted(found)]


def documented(text: str, stem: str) -> Iterator[tuple[str, source.Definition, list[Argument]]]:
    """Each definition whose docstring documents arguments, with its name, and with these."""
    # The definitions by the lines of their docstrings.
    nodes = {
        line: (name.lstrip("."), node)
        for name, node in source.walk(source.syntax(text), "")
        if isinstance(node, source.Definition) and ast.get_docstring(node)
        for line in range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1)
    }
    for section in source.parse(text, stem):
        if section.kind in ("class", "function"):
            name, node = nodes[section.note_first]
            said = arguments(section.note, section.note_first)
            own = constructor(node) if isinstance(node, ast.ClassDef) else None
            if said and not (own and arguments(ast.get_docstring(own) or "", 0)):
                yield name, node, said


def _compare(
    said: Sequence[Argument], real: Signature, known: Classes
) -> Iterator[tuple[int, str]]:
    """What is wrong with the arguments of one docstring, each with its line."""
    names = [argument.name for argument in said]
    left = [name for name in real.defaults if name not in names]
    for number, argument in enumerate(said):
        if argument.name in names[:number]:
            yield argument.line, f"`{argument.name}` is documented a second time"
        if argument.name in real.defaults:
            yield from _defaults(argument, real)
        elif not real.others:
            meant = _meant(argument.name, left)
            left = [name for name in left if name not in meant]
            hint = f"; did you mean {meant[0]!r}?" if meant else near(argument.name, real.defaults)
            yield argument.line, f"`{argument.name}` is no argument of {real.of}{hint}"
        yield from _origin(argument, real, known)
    left = [name for name in left if name not in real.stars and not name.startswith("_")]
    if left:
        shown = ", ".join(f"`{name}`" for name in left)
        yield said[0].line, f"{real.of} has arguments that are not documented: {shown}"


def _meant(wrong: str, left: Sequence[str]) -> list[str]:
    """The argument that was meant, if there is one that is not documented otherwise."""
    alike = [name for name in left if _folded(name) == _folded(wrong)]
    return alike[:1] or get_close_matches(wrong, left, n=1, cutoff=0.5)


def _folded(name: str) -> str:
    return name.replace("_", "").lower()


def _defaults(argument: Argument, real: Signature) -> Iterator[tuple[int, str]]:
    default = real.defaults[argument.name]
    for stated in argument.defaults:
        said = f"`{argument.name}` is said to be `{stated}` by default"
        if default is None:
            yield argument.line, f"{said}; {real.of} gives it no default"
        elif not _same(stated, default):
            yield argument.line, f"{said}; in {real.of} it is `{ast.unparse(default)}`"


def _origin(argument: Argument, real: Signature, known: Classes) -> Iterator[tuple[int, str]]:
    """Whether it is an argument of what it is said to be one of, and the same there."""
    node = known.get(argument.of)
    other = signature(argument.of, node, known) if node else None
    if not other or argument.name not in real.defaults:
        return
    said = f"`{argument.name}` is said to be an argument of {other.of}"
    if argument.name not in other.defaults:
        if not other.others:
            yield argument.line, f"{said}, and is none{near(argument.name, other.defaults)}"
        return
    here, there = (_shown(each.defaults[argument.name]) for each in (real, other))
    if here != there:
        yield argument.line, f"{said}, where it has {there}; in {real.of} it has {here}"


def _shown(default: ast.expr | None) -> str:
    return f"the default `{ast.unparse(default)}`" if default else "no default"


def _same(stated: str, default: ast.expr) -> bool:
    """Whether the words of a docstring are this default."""
    try:
        node = ast.parse(stated.strip(), mode="eval").body
    except SyntaxError:
        return False
    try:
        one, other = ast.literal_eval(node), ast.literal_eval(default)
    except (ValueError, TypeError):
        return ast.dump(node) == ast.dump(default)
    return one == other and isinstance(one, bool) == isinstance(other, bool)
