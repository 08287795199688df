r"""
# The doctest that backs a derivation

Where neither an algorithm nor a function can be compared with a derivation, a doctest below it,
under the same heading, can show that it is true. It backs the formula if

* it holds: the check runs the docstring's examples up to the next heading, as `python -m doctest`
  would, in the module as the runs have imported it, and those below the formula hold;
* it tells something: an example that is not skipped has an output that is expected, or an `assert`;
* it is about the formula: this example, or what it uses of the examples before it, has a name that
  the table gives a symbol of the formula, or a name that the module defines.

That is all that can be seen from outside. Whether the example shows what the formula says is left
to the reader, so such a formula counts as *backed*, and not as passed.
"""

from __future__ import annotations

import ast
import doctest
import importlib.util
import re
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from ..languages.python.syntax import syntax
from .runs import importable

NOTHING = "nothing tests this: no algorithm evaluates it, and no doctest below does"


class Doctest:
    """The examples of a docstring down to the next heading below one of its lines."""

    def __init__(self, note: str, line: int) -> None:
        every = doctest.DocTestParser().get_examples(note)
        end = until_heading(note, line)
        self.examples = [example for example in every if example.lineno < end]
        self.run = [each for each in self.examples if not each.options.get(doctest.SKIP)]
        self.below = [example for example in self.examples if example.lineno > line]

    def silence(self, names: Collection[str]) -> str:
        """Why the examples below the line say nothing of these names; empty if one does."""
        if not self.below:
            return NOTHING
        telling = [each for each in self.below if each in self.run and _tells(each)]
        if not telling:
            return "nothing tests this: no example below is run and expects something"
        if not any(self._uses(example) & set(names) for example in telling):
            return "nothing tests this: the example below uses no symbol of it, nor the module"
        return ""

    def _uses(self, example: doctest.Example) -> set[str]:
        """The names in an example, and in those before it that give these names a meaning."""
        found = _names(example)
        for before in reversed(self.run[: self.run.index(example)]):
            if _defined(before) & found:
                found |= _names(before)
        return found

    def failure(self, path: Path, first: int) -> str:
        """The first one below the line that fails; `first` is the line of the docstring."""
        try:
            space = vars(_module(path.resolve()))
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            return f"the example below cannot be run: {type(error).__name__}: {error}"
        runner = _Runner(self.below)
        test = doctest.DocTest(self.run, dict(space), path.stem, str(path), first, None)
        runner.run(test, out=lambda text: None)
        return f"the example on line {first + runner.line} fails: {runner.text}" * bool(runner.text)


class _Runner(doctest.DocTestRunner):
    """Keeps the first failure of some of the examples."""

    def __init__(self, examples: Collection[doctest.Example]) -> None:
        super().__init__(verbose=False)
        self.of, self.line, self.text = examples, 0, ""

    def report_failure(self, out: Any, test: Any, example: doctest.Example, got: str) -> None:
        self._keep(example, f"{got.strip() or 'nothing'}, not {example.want.strip()}")

    def report_unexpected_exception(
        self, out: Any, test: Any, example: doctest.Example, exc_info: Any
    ) -> None:
        self._keep(example, f"{exc_info[0].__name__}: {exc_info[1]}")

    def _keep(self, example: doctest.Example, text: str) -> None:
        if example in self.of and not self.text:
            self.line, self.text = example.lineno, text


def until_heading(note: str, line: int) -> int:
    """The line of the next heading of a note, or its end."""
    lines = note.split("\n")
    headings = (n for n in range(line, len(lines)) if re.match("#{1,6} ", lines[n]))
    return next(headings, len(lines))


def defined(text: str) -> set[str]:
    """The names of the functions and classes of a module, and of what it assigns."""
    return {name for node in syntax(text).body for name in _stored(node)}


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
    """All names in an example, those of attributes, arguments and imports as well."""
    return {name for node in ast.walk(_tree(example)) for name in _named(node)}


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
