r"""
# The doctest below a derivation

It defines a [function](examples.py) that the formula is compared with. That the two agree says
nothing yet of whether they are right. So the function has to be used by an example below the
formula, under the same heading, that is not skipped and expects an output or has an `assert`. The
check runs the first such example, as `python -m doctest` would, in the module as the runs have
imported it. A page has no module.
"""

from __future__ import annotations

import ast
import doctest
import importlib.util
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from .claims.reading.pages import is_page
from .runs import importable


class Doctest:
    """The examples of a docstring down to the next heading below one of its lines."""

    def __init__(self, note: str, line: int) -> None:
        every = doctest.DocTestParser().get_examples(note)
        end = until_heading(note, line)
        self.examples = [example for example in every if example.lineno < end]
        self.run = [each for each in self.examples if not each.options.get(doctest.SKIP)]
        self.below = [example for example in self.examples if example.lineno > line]

    def telling(self, name: str) -> doctest.Example | None:
        """The first example below the line that uses a name and expects something."""
        telling = [each for each in self.below if each in self.run and _tells(each)]
        return next((each for each in telling if name in self._used(each)[1]), None)

    def _used(self, example: doctest.Example) -> tuple[list[doctest.Example], set[str]]:
        """An example with those before it that give its names a meaning, and all their names."""
        own, found = [example], _names(example)
        for before in reversed(self.run[: self.run.index(example)]):
            if _defined(before) & found:
                own.insert(0, before)
                found |= _names(before)
        return own, found

    def failure(self, name: str, path: Path, first: int) -> str:
        """
        Why no example shows a function of this name to be right; empty if one does. `first` is the
        line of the docstring.
        """
        example = self.telling(name)
        if not example:
            return f"nothing tests {name}(): no example below uses it and expects something"
        # What it needs is mostly what defines its names. If that is not enough, all is run.
        text = path.read_text("utf-8")
        for examples in (self._used(example)[0], self.run):
            line, why = _outcome(path, text, tuple(examples), example)
            if not why:
                return ""
        return f"the example on line {first + line} {why}"


# A check may be made again and again, in which the examples are the same.
@lru_cache(maxsize=256)
def _outcome(
    path: Path, text: str, examples: Sequence[doctest.Example], last: doctest.Example
) -> tuple[int, str]:
    """The line of the last one of these examples, and what is wrong with it, if anything is."""
    try:
        space = {} if is_page(path) else vars(_module(path.resolve()))
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return last.lineno, f"cannot be run: {type(error).__name__}: {error}"
    runner = _Runner(last)
    test = doctest.DocTest(list(examples), dict(space), path.stem, str(path), 0, None)
    runner.run(test, out=lambda text: None)
    return last.lineno, f"fails: {runner.text}" if runner.text else ""


class _Runner(doctest.DocTestRunner):
    """Keeps what is wrong with one of the examples."""

    def __init__(self, example: doctest.Example) -> None:
        super().__init__(verbose=False)
        self.of, self.text = example, ""

    def report_failure(self, out: Any, test: Any, example: doctest.Example, got: str) -> None:
        self._keep(example, f"{got.strip() or 'nothing'}, not {example.want.strip()}")

    def report_unexpected_exception(
        self, out: Any, test: Any, example: doctest.Example, exc_info: Any
    ) -> None:
        self._keep(example, f"{exc_info[0].__name__}: {exc_info[1]}")

    def _keep(self, example: doctest.Example, text: str) -> None:
        if example is self.of:
            self.text = text


def until_heading(note: str, line: int) -> int:
    """The line of the next heading of a note, or its end."""
    lines = note.split("\n")
    headings = (n for n in range(line, len(lines)) if re.match("#{1,6} ", lines[n]))
    return next(headings, len(lines))


# ## Names


def _tree(example: doctest.Example) -> ast.AST:
    try:
        return ast.parse(example.source)
    except SyntaxError:
        # The example may be about one.
        return ast.Module([], [])


def _tells(example: doctest.Example) -> bool:
    asserts = any(isinstance(node, ast.Assert) for node in ast.walk(_tree(example)))
    return bool(example.want or example.exc_msg or asserts)


def _names(example: doctest.Example) -> set[str]:
    """
    The names in an example, those of attributes, arguments and imports as well; of a function that
    it defines, what that does not define itself.
    """
    tree = _tree(example)
    found = {name for node in ast.walk(tree) for name in _named(node)}
    match tree:
        case ast.Module(body=[ast.FunctionDef() as function]):
            arguments = {node.arg for node in ast.walk(function.args) if isinstance(node, ast.arg)}
            return found - arguments - set(_stored(tree))
    return found


def _named(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
            yield name
        case ast.keyword(arg=str(name)) | ast.alias(name=name):
            yield name


def _defined(example: doctest.Example) -> set[str]:
    return set(_stored(_tree(example)))


def _stored(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.alias(asname=str(name)):
                yield name
            case ast.alias(name=name):
                yield name.partition(".")[0]
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name


# ## The module


def _module(path: Path) -> ModuleType:
    """The module of a file, as it has been imported, or else imported for this alone."""
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if file and Path(file).resolve() == path:
            return module
    name, root = _dotted(path)
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec and spec.loader
    module, before = importlib.util.module_from_spec(spec), _kept(sys.modules, name)
    sys.modules[name] = module
    try:
        with importable([root]):
            spec.loader.exec_module(module)
    finally:
        del sys.modules[name]
        sys.modules.update(before)
    return module


def _kept(modules: Mapping[str, ModuleType], name: str) -> dict[str, ModuleType]:
    return {name: modules[name]} if name in modules else {}


def _dotted(path: Path) -> tuple[str, Path]:
    """The name under which a file is imported, and the folder that this name begins in."""
    parts: Sequence[str] = [] if path.stem == "__init__" else [path.stem]
    folder = path.parent
    while (folder / "__init__.py").is_file():
        parts, folder = [folder.name, *parts], folder.parent
    return ".".join(parts), folder
