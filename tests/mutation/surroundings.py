r"""
Mutants of what surrounds the formulas: groups, state, checks, checkpoints, hosts of the kernels.

The operators of `lines.py` that fit, and those that such code needs. What `lines.py` mutates is
left out, and `verify`, which compares and computes nothing. So are texts, of messages and
docstrings, annotations, `__repr__`, and the digests. Of `cuda` there is `launch.py`, as far as the
interpreter of Triton takes it, without what needs a GPU; `kernel.py` has its formulas, and
`test_mutated_kernels.py`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from random import Random

import lines
from formulas import Edit
from lines import Here

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "labml_optim"
# `kernel.py` runs on the device, `digests.py` is a list that a test compares.
LEFT_OUT = ("__main__.py", "verify", "fused/cuda/kernel.py", "fused/digests.py")
# Where there is no GPU, nothing runs these.
ON_DEVICE = (
    *("record_stream", "pin_memory", "torch.cuda.device(", "is_cuda:", "on_device"),
    # How the compiler for the GPU joins operations.
    "enable_fp_fusion",
)
# The rest of `step` is what surrounds its loop.
ELSEWHERE = (*(name for name in lines.FUNCTIONS if name != "step"), "__repr__")

Operator = Callable[[ast.AST, Here], Iterator[Edit]]
REUSED = (
    *("arguments_swapped", "argument_dropped", "out_of_place", "constant_changed"),
    *("arithmetic_changed", "operand_dropped", "operands_swapped", "sign_dropped"),
    *("condition_negated", "condition_settled", "statement_dropped", "statements_swapped"),
)
OPERATORS: dict[str, Operator] = {name: lines.OPERATORS[name] for name in REUSED}


def operator(function: Operator) -> Operator:
    OPERATORS[function.__name__] = function
    return function


# ## Refusals


@operator
def exception_not_raised(node: ast.AST, here: Here) -> Iterator[Edit]:
    if isinstance(node, ast.Raise):
        yield here.instead(node, "pass")


@operator
def another_exception(node: ast.AST, here: Here) -> Iterator[Edit]:
    match node:
        case ast.Raise(exc=ast.Call(func=ast.Name() as kind)):
            yield here.instead(kind, "ArithmeticError")


@operator
def less_is_caught(node: ast.AST, here: Here) -> Iterator[Edit]:
    match node:
        case ast.ExceptHandler(type=ast.Tuple(elts=kinds)):
            for kind in kinds:
                yield here.instead(kind, "ZeroDivisionError")
        case ast.ExceptHandler(type=ast.expr() as kind):
            yield here.instead(kind, "ZeroDivisionError")


# ## Conditions


@operator
def and_or(node: ast.AST, here: Here) -> Iterator[Edit]:
    if isinstance(node, ast.BoolOp):
        sign = " or " if isinstance(node.op, ast.And) else " and "
        yield here.instead(node, f"({sign.join(map(here.brackets, node.values))})")


@operator
def part_of_a_condition_dropped(node: ast.AST, here: Here) -> Iterator[Edit]:
    if isinstance(node, ast.BoolOp):
        sign = " and " if isinstance(node.op, ast.And) else " or "
        for part in node.values:
            rest = [here.brackets(other) for other in node.values if other is not part]
            yield here.instead(node, f"({sign.join(rest)})")


@operator
def not_dropped(node: ast.AST, here: Here) -> Iterator[Edit]:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield here.instead(node, here.brackets(node.operand))


COMPARISONS: dict[type[ast.cmpop], tuple[str, ...]] = {
    **{ast.Lt: ("<=", ">="), ast.LtE: ("<", ">"), ast.Gt: (">=", "<="), ast.GtE: (">", "<")},
    **{ast.Eq: ("!=",), ast.NotEq: ("==",), ast.Is: ("is not",), ast.IsNot: ("is",)},
    **{ast.In: ("not in",), ast.NotIn: ("in",)},
}


@operator
def comparison_changed(node: ast.AST, here: Here) -> Iterator[Edit]:
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        for op, left, right in zip(node.ops, sides, sides[1:], strict=False):
            start, end = here.at(left)[1], here.at(right)[0]
            if "(" not in here.text[start:end] and ")" not in here.text[start:end]:
                for sign in COMPARISONS[type(op)]:
                    yield Edit(start, end, f" {sign} ")


@operator
def choice_settled(node: ast.AST, here: Here) -> Iterator[Edit]:
    if isinstance(node, ast.IfExp):
        yield here.instead(node, here.brackets(node.body))
        yield here.instead(node, here.brackets(node.orelse))


@operator
def filter_settled(node: ast.AST, here: Here) -> Iterator[Edit]:
    for condition in getattr(node, "ifs", []):
        for text in ("True", "False"):
            yield here.instead(condition, text)


@operator
def any_all(node: ast.AST, here: Here) -> Iterator[Edit]:
    others = {"any": "all", "all": "any", "min": "max", "max": "min"}
    match node:
        case ast.Call(func=ast.Name(id=name) as function) if name in others:
            yield here.instead(function, others[name])


# ## Values


@operator
def truth_flipped(node: ast.AST, here: Here) -> Iterator[Edit]:
    """Also a default, and what a function returns."""
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield here.instead(node, str(not node.value))


@operator
def default_changed(node: ast.AST, here: Here) -> Iterator[Edit]:
    if isinstance(node, ast.arguments):
        for default in (*node.defaults, *node.kw_defaults):
            match default:
                case ast.Constant(value=None):
                    yield here.instead(default, "False")
                case ast.Constant(value=float() as value):
                    yield here.instead(default, f"{value * 2 + 0.1:g}")


@operator
def key_changed(node: ast.AST, here: Here) -> Iterator[Edit]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        quoted = here.source(node)
        if quoted[0] in "\"'" and len(quoted) > 2:
            yield here.instead(node, f"{quoted[:-1]}_{quoted[-1]}")


@operator
def call_left_out(node: ast.AST, here: Here) -> Iterator[Edit]:
    """What is given, in place of what a function makes of it."""
    match node:
        case ast.Call(args=[ast.expr() as given], keywords=[]):
            yield here.instead(node, here.brackets(given))
        case ast.Call(func=ast.Attribute(value=given), args=[], keywords=[]):
            yield here.instead(node, here.brackets(given))


@operator
def returned_otherwise(node: ast.AST, here: Here) -> Iterator[Edit]:
    match node:
        case ast.Return(value=ast.Constant(value=bool())) | ast.Return(value=None):
            return
        case ast.Return(value=ast.Constant(value=None)):
            yield here.instead(node, "pass")
            yield here.instead(node, "return True")
        case ast.Return():
            yield here.instead(node, "return None")
            yield here.instead(node, "pass")


@operator
def set_operation_changed(node: ast.AST, here: Here) -> Iterator[Edit]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr | ast.BitAnd | ast.LShift):
        one, other = here.brackets(node.left), here.brackets(node.right)
        sign = {ast.BitOr: "&", ast.BitAnd: "|", ast.LShift: ">>"}[type(node.op)]
        for text in (f"({one} {sign} {other})", one, other):
            yield here.instead(node, text)


@operator
def entry_dropped(node: ast.AST, here: Here) -> Iterator[Edit]:
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            # Two stars stand before what is spread.
            start = here.at(key)[0] if key else here.text.rindex("**", 0, here.at(value)[0])
            yield Edit(start, after_comma(here.text, here.at(value)[1]), "")
    elif isinstance(node, ast.List | ast.Tuple | ast.Set) and len(node.elts) > 1:
        if isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
            for part in node.elts:
                yield Edit(here.at(part)[0], after_comma(here.text, here.at(part)[1]), "")


def after_comma(text: str, end: int) -> int:
    found = re.compile(r"\s*,").match(text, end)
    return found.end() if found else end


@operator
def entries_swapped(node: ast.AST, here: Here) -> Iterator[Edit]:
    """What is spread later wins."""
    if isinstance(node, ast.Dict) and None in node.keys:
        starts = [key or value for key, value in zip(node.keys, node.values, strict=True)]
        places = [
            (here.at(a)[0] - 2 * (k is None), here.at(v)[1], k is None)
            for a, k, v in zip(starts, node.keys, node.values, strict=True)
        ]
        for (a, b, one), (c, d, other) in zip(places, places[1:], strict=False):
            if one or other:
                yield Edit(a, d, here.text[c:d] + here.text[b:c] + here.text[a:b])


@operator
def slice_changed(node: ast.AST, here: Here) -> Iterator[Edit]:
    if isinstance(node, ast.Slice):
        for bound in (node.lower, node.upper):
            if bound:
                yield here.instead(bound, "")


@operator
def counted_otherwise(node: ast.AST, here: Here) -> Iterator[Edit]:
    if isinstance(node, ast.AugAssign):
        target, value = here.source(node.target), here.source(node.value)
        yield here.instead(node, f"{target} = {value}")
        if isinstance(node.op, ast.Add):
            yield here.instead(node, f"{target} -= {value}")


# ## Flow


@operator
def loop_cut(node: ast.AST, here: Here) -> Iterator[Edit]:
    if isinstance(node, ast.For | ast.comprehension):
        for part in ("[1:]", "[:-1]"):
            yield here.instead(node.iter, f"list({here.source(node.iter)}){part}")


@operator
def continue_break(node: ast.AST, here: Here) -> Iterator[Edit]:
    if isinstance(node, ast.Continue | ast.Break):
        yield here.instead(node, "break" if isinstance(node, ast.Continue) else "continue")
        yield here.instead(node, "pass")


@operator
def context_dropped(node: ast.AST, here: Here) -> Iterator[Edit]:
    if isinstance(node, ast.With) and not any(item.optional_vars for item in node.items):
        end = here.at(node.items[-1].context_expr)[1]
        yield Edit(here.at(node)[0], end, "if True")


KEPT = ("property", "dataclass", "contextmanager", "staticmethod", "classmethod")


@operator
def decorator_dropped(node: ast.AST, here: Here) -> Iterator[Edit]:
    if isinstance(node, ast.FunctionDef):
        for each in node.decorator_list:
            if not here.source(each).startswith(KEPT):
                yield Edit(here.at(each)[0] - 1, here.at(each)[1], "")


# ## All of them


@dataclass(frozen=True)
class Mutant:
    """`file` is a path within the package; `first` and `last` are the lines that run it."""

    file: str
    operator: str
    edit: Edit
    first: int
    last: int
    # The lines of the function around it.
    around: tuple[int, int]

    @property
    def line(self) -> int:
        return source(self.file).count("\n", 0, self.edit.start) + 1

    def text(self) -> str:
        text = source(self.file)
        return text[: self.edit.start] + self.edit.text + text[self.edit.end :]

    def alters(self) -> bool:
        """Whether it can be read, and is another program. It takes time to find out."""
        try:
            return self.file.endswith(".c") or tree(self.text()) != tree(source(self.file))
        except SyntaxError:
            return False

    def change(self) -> tuple[str, str]:
        """The lines as they stand, and with the slip."""
        text = source(self.file)
        first = text.rfind("\n", 0, self.edit.start) + 1
        last = text.find("\n", self.edit.end)
        new = text[first : self.edit.start] + self.edit.text + text[self.edit.end : last]
        return " ".join(text[first:last].split()), " ".join(new.split())

    def __str__(self) -> str:
        old, new = self.change()
        return f"{self.file}:{self.line}: {self.operator}\n  - {old}\n  + {new}"


@lru_cache
def source(file: str) -> str:
    return (PACKAGE / file).read_text("utf-8")


@lru_cache(maxsize=32)
def tree(text: str) -> str:
    return ast.dump(ast.parse(text))


def every(seed: int) -> list[Mutant]:
    draw = Random(seed)
    paths = sorted(path for path in PACKAGE.rglob("*") if path.suffix in (".py", ".c"))
    files = [path.relative_to(PACKAGE).as_posix() for path in paths]
    found: dict[tuple[str, str], Mutant] = {}
    for file in files:
        if not file.startswith(LEFT_OUT):
            how = in_c if file.endswith(".c") else in_python
            for mutant in how(file, source(file), draw):
                if not any(part in mutant.change()[0] for part in ON_DEVICE):
                    found.setdefault((file, mutant.text()), mutant)
    return list(found.values())


def in_python(file: str, text: str, draw: Random) -> Iterator[Mutant]:
    for here, nodes, statement in places(text, ast.parse(text), draw):
        for node in nodes:
            for name, change in OPERATORS.items():
                for edit in change(node, here):
                    yield made(file, name, edit, statement, here)


def made(file: str, name: str, edit: Edit, statement: ast.stmt, here: Here) -> Mutant:
    body = getattr(statement, "body", None)
    # Of what has others below it, the head.
    last = body[0].lineno - 1 if body else statement.end_lineno
    function = here.function
    whole = (getattr(function, "lineno", 1), getattr(function, "end_lineno", 1 << 30))
    first = statement.lineno
    return Mutant(file, name.replace("_", " "), edit, first, max(first, last or first), whole)


def places(
    text: str, tree: ast.Module, draw: Random
) -> Iterator[tuple[Here, list[ast.AST], ast.stmt]]:
    """Each statement with the nodes that are its own, in the function around it."""
    todo: list[tuple[ast.stmt, ast.AST]] = [(each, tree) for each in tree.body]
    while todo:
        statement, around = todo.pop()
        if not mutated(statement):
            continue
        inner = statement if isinstance(statement, ast.FunctionDef) else around
        below = list(blocks(statement))
        todo += [(each, inner) for each in below]
        nodes = [statement, *own(statement, set(map(id, below)))]
        yield Here(text, inner, draw), nodes, statement  # type: ignore[arg-type]


def mutated(statement: ast.stmt) -> bool:
    match statement:
        case ast.Import() | ast.ImportFrom() | ast.Assert():
            return False
        case ast.FunctionDef(name=name):
            return name not in ELSEWHERE
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return False
        # A type is no code that does anything here.
        case ast.AnnAssign(value=None) | ast.Assign(value=ast.Subscript(value=ast.Name(id="dict"))):
            return False
        case ast.Assign(targets=[ast.Name(id="State" | "Group" | "Values" | "Call" | "Rows")]):
            return False
    return not lines.documents(statement)


def blocks(node: ast.AST) -> Iterator[ast.stmt]:
    """The statements directly below."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            yield child
        elif isinstance(child, ast.ExceptHandler | ast.match_case):
            yield from blocks(child)


# A text is no key: of a message, a warning, or advice.
TEXTS = ("warn", "RuntimeError", "ValueError", "TypeError", "NotImplementedError")
ADVICE = ("SPARSE", "FLAGS", "TORCH_ARGUMENTS")


def own(node: ast.AST, below: set[int]) -> Iterator[ast.AST]:
    """What is in a statement, without other statements, annotations, and texts."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "exc", "cause", "msg", "decorator_list"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or id(child) in below or is_text(child):
                continue
            if isinstance(child, ast.arguments):
                yield child
                yield from (d for d in (*child.defaults, *child.kw_defaults) if d)
                continue
            yield child
            yield from own(child, below)


def is_text(node: ast.AST) -> bool:
    match node:
        case ast.JoinedStr():
            return True
        case ast.Constant(value=str() as text):
            return " " in text or not text
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name in TEXTS
    return False


# ## In C

# What hands the elements out, and what reads and writes numbers of 16 bits. `prefetch_objects`
# changes no result, and `stretch` has its formulas.
C_FUNCTIONS = re.compile(
    r"^(void step_table|static inline (real load|stored narrow)).*?^}", re.M | re.S
)
IN_C: dict[str, list[tuple[str, tuple[str, ...]]]] = {
    "comparison changed": [
        *((" < ", (" <= ", " > ")), (" > ", (" >= ", " < ")), (" >= ", (" > ",))),
        *((" <= ", (" < ",)), (" == ", (" != ",)), (" != ", (" == ",))),
    ],
    "arithmetic changed": [
        *((r" \+ ", (" - ",)), (" - ", (" + ",)), (r" \* ", (" + ",)), (" / ", (" * ",))),
        *(("<<", (">>",)), (">>", ("<<",)), (r" \| ", (" & ",))),
    ],
    "constant changed": [
        (r"(?<![\w.])0x([0-9a-f]+)\b", ("+1", "-1")),
        (r"(?<![\w.])(\d+)\b(?!x)", ("+1", "-1")),
    ],
    "counted otherwise": [(r"\+\+", ("", "--"))],
    "part of a condition dropped": [(r" && [^;?)]*", ("",))],
    "mask dropped": [(r" & (~?\w+|\([^)]*\))", ("",))],
    "not dropped": [("!!", ("",))],
    "choice settled": [(r"= ([^=;?]+\?) [^:;]+ : [^;]+(?=;)", ("1 ?", "0 ?"))],
    "statement dropped": [(r"if \([^;]*continue;", ("",)), (r" break;", ("",))],
}


def in_c(file: str, text: str, draw: Random) -> Iterator[Mutant]:
    for function in C_FUNCTIONS.finditer(text):
        for name, patterns in IN_C.items():
            for pattern, others in patterns:
                for found in re.compile(pattern).finditer(text, *function.span()):
                    line = text[text.rfind("\n", 0, found.start()) + 1 : found.start()].strip()
                    if line.startswith("#") or "typedef" in line:
                        continue
                    for other in others:
                        yield Mutant(file, name, edit_in_c(found, other), 1, 1, (1, 1))


def edit_in_c(found: re.Match[str], other: str) -> Edit:
    """A number becomes the one beside it, a condition a constant, another text what it says."""
    if other in ("+1", "-1"):
        base = 16 if found[0].startswith("0x") else 10
        value = int(found[1], base) + int(other)
        return Edit(*found.span(), f"({value:#x})" if base == 16 else f"({value})")
    span = found.span(1) if other in ("1 ?", "0 ?") else found.span()
    return Edit(*span, other)
