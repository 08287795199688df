r"""
# Statements of Python

The syntax tree tells what a statement makes, as long as authors write what they usually write:

| statement | what it makes |
|---|---|
| `m = …`, `m += …`, `state["exp_avg"] = …`, `self.m = …` | the target |
| `m, v = …` | any one of the targets |
| `m[:] = …` | `m` |
| `m.mul_(b).add_(g)` | `m`: in a chain of methods that end in `_`, what the chain begins with |
| `torch.maximum(a, b, out=m)` | `m` |
| `return …` | the value returned |
| `update(m, …)` | what the called function receives under one of the names of the symbol |

It also says under which flags a statement is reached, as far as the conditions around it have
flags.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...languages.python.syntax import syntax, walk
from .guards import Guard
from .made import Function, Made, Statement

Definition = ast.FunctionDef | ast.AsyncFunctionDef


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
        # What is still reached after `if …: return` did not meet the condition.
        if isinstance(node, ast.If) and _leaves(node.body) and not node.orelse:
            found.append(Guard(node.test, False))
    return tuple(found)


def _leaves(body: list[ast.stmt]) -> bool:
    return isinstance(body[-1], ast.Return | ast.Raise | ast.Continue | ast.Break)


# ## Where they stand


class Statements:
    """The statements of a module, by the line on which they begin, and the functions around."""

    def __init__(self, text: str):
        self.begins: dict[int, ast.stmt] = {}
        self.functions: list[Definition] = []
        for _, node in walk(syntax(text), ""):
            if isinstance(node, ast.stmt):
                self.begins.setdefault(node.lineno, node)
            if isinstance(node, Definition):
                self.functions.append(node)

    def inside(self, line: int) -> Definition | None:
        """The innermost function in whose body the line stands."""
        around = [f for f in self.functions if f.lineno < line <= (f.end_lineno or 0)]
        return around[-1] if around else None

    def at(self, line: int) -> Statement | None:
        """The statement that begins on this line, in a function."""
        node, function = self.begins.get(line), self.inside(line)
        if node is None or function is None:
            return None
        first = min([function.lineno, *(part.lineno for part in function.decorator_list)])
        return Statement(
            tuple(every(node)),
            node.lineno,
            node.end_lineno or node.lineno,
            Function(function.name, first, function.lineno),
            guards(function.body, node),
        )
