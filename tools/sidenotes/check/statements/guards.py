"""
# Conditions on flags

`if group["amsgrad"]:` is a condition on a flag, `if rho < 5:` is not. Which of the branches a run
has to take is read from the flags that its caller gave, never from what it did.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping
from dataclasses import dataclass


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
        """The flags in the condition."""
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
