r"""
Slips in lines of code.

An operator takes a node of the syntax tree, inside of one of the functions that make a step, and
gives edits of the text.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from formulas import Edit

# What makes a step. What checks arguments, loads a checkpoint or rounds half-precision numbers is
# nothing that a formula speaks of, and has tests of its own.
FUNCTIONS = (
    *("step", "init_state", "step_param", "prepare", "get_mv", "get_lr", "get_maximum"),
    *("get_step", "update", "calc_rectification_term", "rectifies", "__call__"),
)


@dataclass
class Here:
    """A function, and the file around it."""

    text: str
    function: ast.FunctionDef
    draw: Random

    def __post_init__(self) -> None:
        self.starts = [0]
        for line in self.text.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))

    def at(self, node: ast.AST) -> tuple[int, int]:
        # Offsets of the tree count bytes; the code is ASCII.
        start = self.starts[node.lineno - 1] + node.col_offset  # type: ignore[attr-defined]
        end = self.starts[node.end_lineno - 1] + node.end_col_offset  # type: ignore[attr-defined]
        return start, end

    def source(self, node: ast.AST) -> str:
        start, end = self.at(node)
        return self.text[start:end]

    def instead(self, node: ast.AST, text: str) -> Edit:
        return Edit(*self.at(node), text)

    def brackets(self, node: ast.AST) -> str:
        return f"({self.source(node)})"


Operator = Callable[[ast.AST, Here], Iterator[Edit]]
OPERATORS: dict[str, Operator] = {}


def operator(function: Operator) -> Operator:
    OPERATORS[function.__name__] = function
    return function


# ## Calls


@operator
def arguments_swapped(node: ast.AST, here: Here) -> Iterator[Edit]:
    if isinstance(node, ast.Call):
        for one, other in zip(node.args, node.args[1:], strict=False):
            if here.source(one) != here.source(other):
                between = here.text[here.at(one)[1] : here.at(other)[0]]
                start, end = here.at(one)[0], here.at(other)[1]
                yield Edit(start, end, here.source(other) + between + here.source(one))


@operator
def argument_dropped(node: ast.AST, here: Here) -> Iterator[Edit]:
    """A keyword, or the last argument: what has a default may be forgotten unseen."""
    if isinstance(node, ast.Call):
        parts = [*node.args, *(word.value for word in node.keywords)]
        if len(parts) > 1:
            yield Edit(here.at(parts[-2])[1], here.at(parts[-1])[1], "")


@operator
def keyword_value_negated(node: ast.AST, here: Here) -> Iterator[Edit]:
    if isinstance(node, ast.keyword) and node.arg in ("value", "alpha"):
        yield here.instead(node.value, f"-{here.brackets(node.value)}")


METHODS = {
    **{"add_": "sub_", "mul_": "div_", "div_": "mul_", "sqrt": "square", "add": "sub"},
    **{"addcmul_": "addcdiv_", "addcdiv_": "addcmul_", "lerp_": "add_"},
}


@operator
def another_method(node: ast.AST, here: Here) -> Iterator[Edit]:
    if isinstance(node, ast.Attribute) and node.attr in METHODS:
        yield here.instead(node, f"{here.source(node.value)}.{METHODS[node.attr]}")


@operator
def out_of_place(node: ast.AST, here: Here) -> Iterator[Edit]:
    if isinstance(node, ast.Attribute) and node.attr.endswith("_") and node.attr[0] != "_":
        yield here.instead(node, f"{here.source(node.value)}.{node.attr[:-1]}")


@operator
def link_of_a_chain_dropped(node: ast.AST, here: Here) -> Iterator[Edit]:
    match node:
        case ast.Call(func=ast.Attribute(value=root, attr=name)) if name in METHODS:
            yield here.instead(node, here.source(root))


@operator
def root_dropped(node: ast.AST, here: Here) -> Iterator[Edit]:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name("math"), attr="sqrt"), args=[inner]):
            yield here.instead(node, here.brackets(inner))
        case ast.Call(func=ast.Attribute(value=root, attr="sqrt"), args=[]):
            yield here.instead(node, f"{here.source(root)}.clone()")


@operator
def maximum_to_minimum(node: ast.AST, here: Here) -> Iterator[Edit]:
    if isinstance(node, ast.Attribute) and node.attr == "maximum":
        for other in ("minimum", "add", "fmin"):
            yield here.instead(node, f"{here.source(node.value)}.{other}")


@operator
def starts_elsewhere(node: ast.AST, here: Here) -> Iterator[Edit]:
    match node:
        case ast.Call(func=ast.Attribute(attr="zeros_like"), args=[like]):
            yield here.instead(node, f"torch.ones_like({here.source(like)})")
            yield here.instead(node, f"{here.source(like)}.clone()")
            yield here.instead(node, f"torch.full_like({here.source(like)}, 1e-3)")


@operator
def maximum_not_taken(node: ast.AST, here: Here) -> Iterator[Edit]:
    match node:
        case ast.Call(func=ast.Attribute(attr="get_maximum"), args=args):
            yield here.instead(node, here.source(args[-1]))


# ## Numbers and arithmetic


@operator
def constant_changed(node: ast.AST, here: Here) -> Iterator[Edit]:
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        yield here.instead(node, f"({node.value + here.draw.choice([-1, 1, 2])})")


ARITHMETIC: dict[type[ast.operator], tuple[str, ...]] = {
    **{ast.Add: ("-", "*"), ast.Sub: ("+", "*"), ast.Mult: ("/", "+")},
    **{ast.Div: ("*", "-"), ast.Pow: ("*", "+")},
}


@operator
def arithmetic_changed(node: ast.AST, here: Here) -> Iterator[Edit]:
    if isinstance(node, ast.BinOp) and type(node.op) in ARITHMETIC:
        one, other = here.brackets(node.left), here.brackets(node.right)
        for sign in ARITHMETIC[type(node.op)]:
            yield here.instead(node, f"({one} {sign} {other})")


@operator
def operand_dropped(node: ast.AST, here: Here) -> Iterator[Edit]:
    """Also the complement: of `1 - beta1` stays `beta1`."""
    if isinstance(node, ast.BinOp) and type(node.op) in ARITHMETIC:
        for side in (node.left, node.right):
            yield here.instead(node, here.brackets(side))


@operator
def operands_swapped(node: ast.AST, here: Here) -> Iterator[Edit]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub | ast.Div | ast.Pow):
        start, end = here.at(node.left)[1], here.at(node.right)[0]
        sign = here.text[start:end]
        one, other = here.brackets(node.left), here.brackets(node.right)
        # Brackets around an operand are no part of it.
        if "(" not in sign and ")" not in sign:
            yield here.instead(node, f"({other}{sign}{one})")


@operator
def sign_dropped(node: ast.AST, here: Here) -> Iterator[Edit]:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield here.instead(node, here.brackets(node.operand))


@operator
def value_negated(node: ast.AST, here: Here) -> Iterator[Edit]:
    if isinstance(node, ast.Assign) and not isinstance(node.value, ast.Tuple | ast.Constant):
        if not isinstance(node.value, ast.Subscript):
            yield here.instead(node.value, f"-{here.brackets(node.value)}")


@operator
def counted_otherwise(node: ast.AST, here: Here) -> Iterator[Edit]:
    if isinstance(node, ast.AugAssign):
        target, value = here.source(node.target), here.source(node.value)
        for text in (f"{target} += 2 * {value}", f"{target} -= {value}", f"{target} = {value}"):
            yield here.instead(node, text)


# ## Names and keys

NAMES = {
    **{"beta1": "beta2", "beta2": "beta1", "m": "v", "v": "m", "grad": "param", "param": "grad"},
    **{"s": "m", "error": "grad", "v_max": "v", "s_max": "s", "rho": "rho_inf", "rho_inf": "rho"},
    **{"bias_correction1": "bias_correction2", "bias_correction2": "bias_correction1"},
    **{"step": "beta2", "beta2_t": "beta2", "decay": "param", "r": "lr", "lr": "r"},
    **{"denominator": "m", "step_size": "r", "under_root": "s_max"},
}


@operator
def another_name(node: ast.AST, here: Here) -> Iterator[Edit]:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in NAMES:
        yield here.instead(node, NAMES[node.id])


@operator
def any_other_name(node: ast.AST, here: Here) -> Iterator[Edit]:
    """Any variable that was made above this line."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in NAMES:
        stored = [n for n in ast.walk(here.function) if isinstance(n, ast.Name)]
        above = {n.id for n in stored if isinstance(n.ctx, ast.Store) and n.lineno < node.lineno}
        others = sorted((above | {a.arg for a in here.function.args.args}) - {node.id, "self"})
        others = [name for name in others if name not in ("state", "group", "key", "closure")]
        if others:
            yield here.instead(node, here.draw.choice(others))


KEYS = {
    **{"lr": ("eps", "weight_decay"), "eps": ("lr", "weight_decay"), "weight_decay": ("lr",)},
    **{"exp_avg": ("exp_avg_sq",), "exp_avg_sq": ("exp_avg", "max_exp_avg_sq")},
    **{"exp_avg_var": ("exp_avg", "max_exp_avg_var"), "max_exp_avg_sq": ("exp_avg_sq",)},
    **{"max_exp_avg_var": ("exp_avg_var",), "maximize": ("optimized_update",)},
    **{"optimized_update": ("maximize",), "amsgrad": ("maximize", "optimized_update")},
    **{"absolute": ("maximize",), "weight_decouple": ("absolute",)},
    **{"degenerate_to_sgd": ("amsgrad", "maximize"), "accumulate_eps": ("amsgrad", "rectify")},
    **{"rectify": ("accumulate_eps", "degenerate_to_sgd")},
}


@operator
def another_key(node: ast.AST, here: Here) -> Iterator[Edit]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        for other in KEYS.get(node.value, ()):
            yield here.instead(node, f'"{other}"')


# ## Conditions


@operator
def condition_negated(node: ast.AST, here: Here) -> Iterator[Edit]:
    if isinstance(node, ast.If):
        yield here.instead(node.test, f"not {here.brackets(node.test)}")


@operator
def condition_settled(node: ast.AST, here: Here) -> Iterator[Edit]:
    if isinstance(node, ast.If):
        yield here.instead(node.test, "True")
        yield here.instead(node.test, "False")


@operator
def comparison_changed(node: ast.AST, here: Here) -> Iterator[Edit]:
    match node:
        case ast.Compare(left=left, ops=[ast.Lt()], comparators=[right]):
            for sign in ("<=", ">", ">="):
                yield here.instead(node, f"{here.source(left)} {sign} {here.source(right)}")


@operator
def threshold_changed(node: ast.AST, here: Here) -> Iterator[Edit]:
    match node:
        case ast.Compare(
            ops=[ast.Lt()], comparators=[ast.Constant(value=int() as number) as right]
        ):
            for other in (number - 1, number - 0.5, number + 1, number + 3):
                yield here.instead(right, str(other))


# ## Statements


@operator
def statement_dropped(node: ast.AST, here: Here) -> Iterator[Edit]:
    """A decay or an update that is not made, a step that is not counted."""
    if isinstance(node, ast.Expr | ast.AugAssign | ast.Assign) and not documents(node):
        yield here.instead(node, "pass")


def documents(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


@operator
def statement_twice(node: ast.AST, here: Here) -> Iterator[Edit]:
    if isinstance(node, ast.Expr | ast.AugAssign) and not documents(node):
        text = " ".join(here.source(node).split())
        yield here.instead(node, f"{text}; {text}")


@operator
def statements_swapped(node: ast.AST, here: Here) -> Iterator[Edit]:
    simple = ast.Expr | ast.AugAssign | ast.Assign
    for name in ("body", "orelse"):
        block = getattr(node, name, [])
        for one, other in zip(block, block[1:], strict=False) if isinstance(block, list) else ():
            if isinstance(one, simple) and isinstance(other, simple) and not documents(one):
                if touch(one, other):
                    between = here.text[here.at(one)[1] : here.at(other)[0]]
                    text = here.source(other) + between + here.source(one)
                    yield Edit(here.at(one)[0], here.at(other)[1], text)


def touch(one: ast.stmt, other: ast.stmt) -> bool:
    """Whether two statements name a variable, other than a dictionary, in common."""
    used = [{n.id for n in ast.walk(s) if isinstance(n, ast.Name)} for s in (one, other)]
    return bool(used[0] & used[1] - {"self", "group", "torch", "math"})


@operator
def returned_otherwise(node: ast.AST, here: Here) -> Iterator[Edit]:
    match node:
        case ast.Return(value=ast.Tuple(elts=[one, other])):
            first, second = here.source(one), here.source(other)
            for text in (f"{second}, {first}", f"{first}, {first}", f"{second}, {second}"):
                yield here.instead(node, f"return {text}")
        case ast.Return(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name)))):
            if name not in ("math", "self"):
                yield here.instead(node, f"return {name}")
        case ast.Return(value=ast.expr() as value) if "int" not in here.source(value):
            yield here.instead(node, f"return -{here.brackets(value)}")


@operator
def given_to_the_parent(node: ast.AST, here: Here) -> Iterator[Edit]:
    """In a constructor, an argument takes the place of the one beside it."""
    flags = ("optimized_update", "amsgrad", "degenerate_to_sgd", "maximize", "defaults")
    flags = (*flags, "weight_decay", "lr", "eps")
    if isinstance(node, ast.Call) and here.function.name == "__init__":
        words = [word for word in node.keywords if word.arg in flags]
        for one, other in zip(words, words[1:], strict=False):
            if isinstance(one.value, ast.Name) and isinstance(other.value, ast.Name):
                yield here.instead(one.value, here.source(other.value))
                yield here.instead(other.value, here.source(one.value))


def mutants(text: str, draw: Random) -> Iterator[tuple[str, Edit]]:
    """All edits of the functions that make a step, and of what a constructor hands on."""
    for function in ast.walk(ast.parse(text)):
        if isinstance(function, ast.FunctionDef) and function.name in (*FUNCTIONS, "__init__"):
            here = Here(text, function, draw)
            chosen = OPERATORS
            if function.name == "__init__":
                chosen = {"given_to_the_parent": given_to_the_parent}
            for node in nodes(function):
                for name, change in chosen.items():
                    yield from ((name, edit) for edit in change(node, here))


def nodes(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """The function and its body; annotations are not code that runs."""
    yield function
    # What `step` does before its loop is to look for what is wrong.
    for statement in function.body[-2:-1] if function.name == "step" else function.body:
        yield from ast.walk(statement)
