r"""
# Where a value arrives

Above a `return`, a formula says what is returned:

```python
# $$r_t \leftarrow \sqrt{\rho_t / \rho_\infty}$$
return math.sqrt(rho / rho_inf)
```

What is returned has no name there. It gets one where it arrives: the statement that called the
function, `r = self.rectification(t)`, has to put it where the table of symbols says that $r_t$ is
found. For a caller that returns it in its turn, `return self.rectification(t)`, its own caller
is checked. Where a call is part of something larger, nothing is checked.
"""

from __future__ import annotations

import ast
import linecache
from collections.abc import Collection
from functools import lru_cache
from types import FrameType

from ...languages.python.syntax import syntax
from ..statements.made import chosen
from ..statements.python import every


def refuse_other_names(frame: FrameType, names: Collection[str]) -> None:
    """A `ValueError` if what a frame returns arrives under none of these names."""
    caller = frame.f_back
    while caller:
        match _statement(caller.f_code.co_filename, caller.f_lineno):
            case ast.Return(value=ast.Call() as call) if _alone(call):
                caller = caller.f_back
            case ast.Assign(value=ast.Call() as call) as statement if _alone(call):
                return _check(statement, names)
            case _:
                return None


def _check(statement: ast.stmt, names: Collection[str]) -> None:
    try:
        chosen(tuple(every(statement)), names)
    except ValueError as error:
        text = str(error).replace("the statement below", f"the caller's line {statement.lineno}")
        raise ValueError(f"the value returned: {text}") from None


def _alone(call: ast.Call) -> bool:
    """Whether there is no other call in it, which might be the one that was made."""
    return not any(isinstance(node, ast.Call) for node in ast.walk(call) if node is not call)


@lru_cache(maxsize=4096)
def _statement(path: str, line: int) -> ast.stmt | None:
    """The innermost statement on a line of a file."""
    linecache.checkcache(path)
    try:
        tree = syntax("".join(linecache.getlines(path)))
    except SyntaxError:
        return None
    around = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or 0)
    ]
    return max(around, key=lambda node: node.lineno, default=None)
