r"""
# Which arguments there are

The signature of a function, and that of a class: of its `__init__`, of the fields of a dataclass or
a `NamedTuple`, or of the constructor that it inherits.

>>> tree = ast.parse("class A:\n    def __init__(self, x, *, y=1): ...\nclass B(A): ...")
>>> a, b = tree.body
>>> signature("B", b, {"A": a}).defaults.keys()
dict_keys(['x', 'y'])

All of it is read from the source, and nothing is imported. A base is looked up by its name among
the classes that are given; a constructor from elsewhere is not known.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .. import source
from ..bindings import Function

Classes = Mapping[str, ast.ClassDef]


@dataclass(frozen=True)
class Signature:
    """The arguments of a function or a class, with their defaults."""

    # The name of the function or class.
    of: str
    defaults: Mapping[str, ast.expr | None]
    # `*args` and `**kwargs`, by their names.
    stars: frozenset[str] = frozenset()
    # Whether there may be others.
    others: bool = False


def classes(text: str, others: Iterable[str] = ()) -> Classes:
    """The classes of a file by name, and those of others, where a name means one class only."""
    return {**_named(others), **_named([text])}


def _named(texts: Iterable[str]) -> Classes:
    found = [
        node
        for text in texts
        for _, node in source.walk(source.syntax(text), "")
        if isinstance(node, ast.ClassDef)
    ]
    count = Counter(node.name for node in found)
    return {node.name: node for node in found if count[node.name] == 1}


def signature(of: str, node: source.Definition, known: Classes) -> Signature | None:
    """The signature of a function or of a class's constructor, if that is known."""
    if isinstance(node, Function):
        return _function(of, node)
    own = constructor(node)
    if own:
        return _function(of, own)
    if _has_fields(node):
        return _fields(of, node, known)
    rest = {name: other for name, other in known.items() if other is not node}
    bases = (rest[base] for base in _bases(node) if base in rest)
    found = (signature(of, base, rest) for base in bases)
    return next((inherited for inherited in found if inherited), None)


def constructor(node: ast.ClassDef) -> Function | None:
    """The `__init__` in a class; the last, because overloads stand above it."""
    found = [n for n in node.body if isinstance(n, Function) and n.name == "__init__"]
    return found[-1] if found else None


def _function(of: str, node: Function) -> Signature:
    given = node.args
    positional = [*given.posonlyargs, *given.args]
    missing = [None] * (len(positional) - len(given.defaults))
    pairs = [*zip(positional, [*missing, *given.defaults], strict=True)]
    pairs += zip(given.kwonlyargs, given.kw_defaults, strict=True)
    if pairs and pairs[0][0].arg in ("self", "cls"):
        del pairs[0]
    stars = [star.arg for star in (given.vararg, given.kwarg) if star]
    defaults = {argument.arg: default for argument, default in pairs} | dict.fromkeys(stars)
    return Signature(of, defaults, frozenset(stars), given.kwarg is not None)


# ## Fields
#
# The annotated names of a dataclass and of a `NamedTuple` are its arguments, and so are those of
# the dataclasses that it extends.
_NO_FIELD = re.compile(r"""['"]?(?:\w+\.)*(?:ClassVar|KW_ONLY)\b""")
_NO_FIELDS = {"NamedTuple", "Generic", "Protocol", "ABC", "Enum", "object"}
_EMPTY = {"list": "[]", "dict": "{}", "tuple": "()"}


def _has_fields(node: ast.ClassDef) -> bool:
    for decorator in node.decorator_list:
        call = decorator if isinstance(decorator, ast.Call) else None
        if _last_name(call.func if call else decorator) == "dataclass":
            return not (call and _is(_keyword(call, "init"), False))
    return "NamedTuple" in _bases(node)


def _fields(of: str, node: ast.ClassDef, known: Classes) -> Signature:
    rest = {name: other for name, other in known.items() if other is not node}
    defaults: dict[str, ast.expr | None] = {}
    others = False
    for base in reversed(_bases(node)):
        if base in rest and _has_fields(rest[base]):
            inherited = _fields(of, rest[base], rest)
            defaults |= inherited.defaults
            others |= inherited.others
        others |= base not in rest and base not in _NO_FIELDS
    return Signature(of, {**defaults, **_own_fields(node)}, others=others)


def _own_fields(node: ast.ClassDef) -> dict[str, ast.expr | None]:
    found: dict[str, ast.expr | None] = {}
    for item in node.body:
        if not isinstance(item, ast.AnnAssign) or not isinstance(item.target, ast.Name):
            continue
        value = item.value
        if isinstance(value, ast.Call) and _last_name(value.func) == "field":
            if _is(_keyword(value, "init"), False):
                continue
            value = _default(value)
        if not _NO_FIELD.match(ast.unparse(item.annotation)):
            found[item.target.id] = value
    return found


def _default(call: ast.Call) -> ast.expr | None:
    """The default in `field(default=…)` or `field(default_factory=…)`."""
    made = _keyword(call, "default_factory")
    if made is None:
        return _keyword(call, "default")
    name = ast.unparse(made)
    return ast.parse(_EMPTY.get(name, f"{name}()"), mode="eval").body


def _keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((word.value for word in call.keywords if word.arg == name), None)


def _is(node: ast.expr | None, value: object) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def _bases(node: ast.ClassDef) -> list[str]:
    return [_last_name(base) for base in node.bases]


def _last_name(node: ast.expr) -> str:
    """`Adam` for `Adam`, `optim.Adam` and `Adam[T]`; nothing for what has no name."""
    if isinstance(node, ast.Subscript):
        node = node.value
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
