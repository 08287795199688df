r"""
# What a statement makes

A formula above a statement says what the statement computes. So somebody has to say what that is:
the variable that is assigned, the tensor that is changed in place, the value that is returned. The
syntax tree tells, as long as authors write what they usually write:

| statement | what it makes |
|---|---|
| `m = …`, `m += …`, `state["exp_avg"] = …`, `self.m = …` | the target |
| `m, v = …` | any one of the targets |
| `m[:] = …` | `m` |
| `m.mul_(b).add_(g)` | `m`: in a chain of methods that end in `_`, what the chain begins with |
| `torch.maximum(a, b, out=m)` | `m` |
| `return …` | the value returned |
| `update(m, …)` | what the called function receives under one of the names of the symbol |

It also tells under which flags a statement is reached, as far as the conditions around it speak of
flags. The statements of C are [another file's](c.py) affair.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ...languages.python.syntax import syntax, walk


@dataclass(frozen=True)
class Made:
    """
    Where to find what a statement made: a variable `name`, an entry or an attribute `name` of the
    variable `base`, the value returned, or an argument handed on to a function.
    """

    kind: Literal["variable", "entry", "attribute", "return", "argument"]
    name: str = ""
    base: str = ""

    def __str__(self) -> str:
        known = {"entry": f"{self.base}[{self.name!r}]", "attribute": f"{self.base}.{self.name}"}
        nameless = {"return": "the value returned", "argument": "the argument handed on"}
        return {**known, **nameless}.get(self.kind, self.name)

    def read(self, variables: Mapping[str, Any]) -> Any:
        """The value, out of the local variables of the frame."""
        if self.kind == "variable":
            return variables[self.name]
        base = variables[self.base]
        return base[self.name] if self.kind == "entry" else getattr(base, self.name)


@dataclass(frozen=True)
class Statement:
    """What has to be known of a statement that a formula speaks of, in whatever language it is."""

    # All that it makes.
    makes: tuple[Made, ...]
    first: int
    last: int
    # The function around it: its name, the line on which it begins, decorators included, and that
    # of its head.
    function: tuple[str, int, int]
    guards: tuple[Guard, ...]


def made(statement: ast.stmt, names: Collection[str]) -> Made:
    """What the statement makes under one of `names`."""
    return chosen(tuple(every(statement)), names)


def chosen(found: Collection[Made], names: Collection[str]) -> Made:
    """The one that has one of `names`. If there is none, a `ValueError` says what there is."""
    if not found:
        raise ValueError("the statement below makes no value that could be compared")
    for thing in found:
        if thing.kind in ("return", "argument") or thing.name in names:
            return thing
    listed = ", ".join(names) or "no name in the code"
    raise ValueError(
        f"the statement below makes {' and '.join(map(str, found))}, but the table of symbols"
        f" gives {listed}"
    )


def every(statement: ast.stmt) -> Iterator[Made]:
    """All that a statement makes."""
    match statement:
        case ast.Return(value=ast.expr()):
            yield Made("return")
        case ast.Assign(targets=targets):
            for target in targets:
                yield from _places(target)
        case ast.AugAssign(target=target) | ast.AnnAssign(target=target, value=ast.expr()):
            yield from _places(target)
        case ast.Expr(value=ast.Call() as call):
            yield from _called(call)


def _called(call: ast.Call) -> Iterator[Made]:
    out = [keyword.value for keyword in call.keywords if keyword.arg == "out"]
    root: ast.expr = call
    while isinstance(root, ast.Call) and _in_place(root.func):
        root = root.func.value  # type: ignore[attr-defined]
    if out or root is not call:
        yield from _places(out[0] if out else root)
    else:
        yield Made("argument")


def _in_place(function: ast.expr) -> bool:
    return (
        isinstance(function, ast.Attribute)
        and function.attr.endswith("_")
        and not function.attr.endswith("__")
    )


def _places(target: ast.expr) -> Iterator[Made]:
    match target:
        case ast.Name(id=name):
            yield Made("variable", name)
        case ast.Subscript(value=ast.Name(id=base), slice=ast.Constant(value=str(name))):
            yield Made("entry", name, base)
        case ast.Subscript(value=inner, slice=ast.Slice(None, None, None)):
            yield from _places(inner)
        case ast.Attribute(value=ast.Name(id=base), attr=name):
            yield Made("attribute", name, base)
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            for part in parts:
                yield from _places(part)


# ## Flags
#
# `if group["amsgrad"]:` is a condition on a flag, `if rho < 5:` is not. Which of the branches a run
# has to take is read from the flags that its caller gave, never from what it did.


@dataclass(frozen=True)
class Guard:
    """A condition that holds, or does not hold, wherever the statement is reached."""

    test: ast.expr
    holds: bool

    def verdict(self, flags: Mapping[str, bool]) -> bool | None:
        """Whether the flags let the statement be reached; `None` if they do not decide it."""
        value = _decide(self.test, flags)
        return None if value is None else value == self.holds

    def flags(self, known: Collection[str]) -> set[str]:
        """The flags that the condition speaks of."""
        return {name for node in ast.walk(self.test) if (name := _flag(node)) in known and name}


def _flag(node: ast.AST) -> str | None:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            return name
    return None


def _decide(test: ast.expr, flags: Mapping[str, bool]) -> bool | None:
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            value = _decide(operand, flags)
            return None if value is None else not value
        case ast.BoolOp(op=op, values=parts):
            values = [_decide(part, flags) for part in parts]
            settled = isinstance(op, ast.Or)
            return settled if settled in values else None if None in values else not settled
    return flags.get(_flag(test) or "")


def guards(body: list[ast.stmt], statement: ast.stmt) -> tuple[Guard, ...]:
    """The conditions between the beginning of a function's body and a statement in it."""
    found: list[Guard] = []
    for node in body:
        if node is statement:
            break
        if statement in ast.walk(node):
            for field, holds in (("body", True), ("orelse", False)):
                block = getattr(node, field, [])
                if any(statement in ast.walk(part) for part in block):
                    own = [Guard(node.test, holds)] if isinstance(node, ast.If) else []
                    return (*found, *own, *guards(block, statement))
            break
        # Whoever is still here after `if …: return` did not meet the condition.
        if isinstance(node, ast.If) and _leaves(node.body) and not node.orelse:
            found.append(Guard(node.test, False))
    return tuple(found)


def _leaves(body: list[ast.stmt]) -> bool:
    return isinstance(body[-1], ast.Return | ast.Raise | ast.Continue | ast.Break)


# ## Where they stand

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Statements:
    """The statements of a module, by the line on which they begin, and the functions around."""

    def __init__(self, text: str):
        self.begins: dict[int, ast.stmt] = {}
        self.functions: list[Function] = []
        for _, node in walk(syntax(text), ""):
            if isinstance(node, ast.stmt):
                self.begins.setdefault(node.lineno, node)
            if isinstance(node, Function):
                self.functions.append(node)

    def inside(self, line: int) -> Function | None:
        """The innermost function in whose body the line stands."""
        around = [f for f in self.functions if f.lineno < line <= (f.end_lineno or 0)]
        return around[-1] if around else None

    def at(self, line: int) -> Statement | None:
        """The statement that begins on this line, in a function."""
        node, function = self.begins.get(line), self.inside(line)
        if node is None or function is None:
            return None
        top = min([function.lineno, *(part.lineno for part in function.decorator_list)])
        return Statement(
            tuple(every(node)),
            node.lineno,
            node.end_lineno or node.lineno,
            (function.name, top, function.lineno),
            guards(function.body, node),
        )
