r"""
# The value of a formula

A tree is evaluated from the leaves up. `env` gives the symbols their values, and an
[arithmetic](arithmetic.py) says what can be done with them.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import reduce
from typing import Any

from ..formula import tree
from ..formula.symbols import subscripts, with_subscripts
from ..formula.tokens import FormulaError
from .arithmetic import Arithmetic
from .arrays import each, element, elements, shape, transposed
from .floats import FLOATS

Env = Mapping[str, Any]
# A bound that is wrong by a power of ten must not stop the check.
MOST_TERMS = 100_000


class Unbound(FormulaError):
    """A symbol that nothing gives a value to."""

    def __init__(self, key: str, position: int) -> None:
        super().__init__(f"nothing gives {key} a value", position)
        self.key = key


def evaluate(
    node: tree.Expression,
    env: Env,
    arithmetic: Arithmetic = FLOATS,
    taken: set[int] | None = None,
) -> Any:
    r"""
    The value of an expression. `taken` gets the offsets of the rows of `cases` that held.

    >>> from sidenotes.check.formula.parser import parse
    >>> evaluate(parse(r"\frac{g^2}{t}", ()), {"g": (1.0, 2.0), "t": 4})
    (0.25, 1.0)
    """
    return Evaluator(env, arithmetic, taken).value(node)


def truth(
    condition: tree.Condition,
    env: Env,
    arithmetic: Arithmetic = FLOATS,
    taken: set[int] | None = None,
) -> bool:
    """Whether a condition holds. For elements that do not agree there is no answer."""
    return Evaluator(env, arithmetic, taken).decided(condition)


class Evaluator:
    """What each kind of node comes to, where the symbols have these values."""

    def __init__(self, env: Env, arithmetic: Arithmetic, taken: set[int] | None = None) -> None:
        self.env, self.arithmetic = env, arithmetic
        self.taken = set() if taken is None else taken

    def value(self, node: tree.Expression) -> Any:
        try:
            return RULES[type(node)](self, node)
        except FormulaError:
            raise
        except ValueError as error:
            # Shapes that do not match.
            raise FormulaError(str(error), node.start) from error

    def lookup(self, key: str, position: int) -> Any:
        try:
            return self.env[key]
        except KeyError:
            raise Unbound(key, position) from None

    def with_(self, key: str, value: Any) -> Evaluator:
        # Not a copy: `env` may record what is read from it, as a pass of a program does.
        env = ChainMap({key: value}, self.env)  # type: ignore[arg-type]
        return Evaluator(env, self.arithmetic, self.taken)

    # ## Operations

    def name(self, node: tree.Name) -> Any:
        return self.lookup(node.key, node.start)

    def binary(self, node: tree.Binary) -> Any:
        left, right = self.value(node.left), self.value(node.right)
        found = self.arithmetic.combine(node.op, left, right, node.sign)
        by_element = node.op == "*" and shape(left) == shape(right) == shape(found) != ()
        if by_element and (tree.is_matrix(node.left) or tree.is_matrix(node.right)):
            text = r"a capital letter is a matrix, and no product of matrices fits: write x \odot y"
            raise FormulaError(text, node.start)
        return found

    def root(self, node: tree.Root) -> Any:
        return each(lambda x: self.arithmetic.root(x, node.degree), self.value(node.operand))

    # ## Indices

    def element(self, node: tree.Element) -> Any:
        indices = [self.whole(index) for index in node.indices]
        return element(self.value(node.array), indices)

    def member(self, node: tree.Member) -> Any:
        stem, parts = subscripts(node.key)
        parts[node.place] = str(self.whole(node.index))
        return self.lookup(with_subscripts(stem, parts), node.start)

    def whole(self, node: tree.Expression) -> int:
        """An index, or a bound of a sum."""
        value = self.value(node)
        if not isinstance(value, tuple):
            value = self.arithmetic.as_float(value)
            if value.is_integer():
                return int(value)
        raise FormulaError(f"a sum goes from one whole number to another, not {value}", node.start)

    def reduction(self, node: tree.Reduction) -> Any:
        """A sum, a product, a maximum or a minimum; of nothing, the first two have a value."""
        values = [
            self.with_(node.index.key, index).value(node.body) for index in self.indices(node)
        ]
        if node.name in ("max", "min"):
            if not values:
                raise FormulaError(f"there is no {node.name} of nothing", node.start)
            return reduce(lambda a, b: self.arithmetic.apply(node.name, [a, b]), values)
        op, neutral = ("+", 0.0) if node.name == "sum" else ("*", 1.0)
        start = self.arithmetic.number(neutral)
        return reduce(lambda a, b: self.arithmetic.combine(op, a, b), values, start)

    def indices(self, node: tree.Reduction) -> Iterable[Any]:
        """What the index of a sum goes over."""
        match node.over:
            case tree.Range(first, last):
                numbers = range(self.whole(first), self.whole(last) + 1)
                if len(numbers) > MOST_TERMS:
                    text = f"{len(numbers):,} terms are too many to compute at each step"
                    raise FormulaError(text, node.start)
            case tree.Values(array):
                return elements(self.value(array))
            case _:
                numbers = range(1, self.extent(node) + 1)
        return map(self.arithmetic.number, map(float, numbers))

    def array(self, node: tree.Array) -> Any:
        indices = map(float, range(1, self.extent(node) + 1))
        numbers = map(self.arithmetic.number, indices)
        return tuple(self.with_(node.index.key, number).value(node.body) for number in numbers)

    def extent(self, node: tree.Reduction | tree.Array) -> int:
        """How many elements the arrays have along an index that has no bounds."""
        key = node.index.key
        found = set(self.extents(node.body, key))
        if len(found) == 1:
            return found.pop()
        text = f"over several lengths, {sorted(found)}" if found else "over no array"
        raise FormulaError(f"the index {key} has no bounds, and goes {text}", node.start)

    def extents(self, node: tree.Node, key: str) -> Iterator[int]:
        if isinstance(node, tree.Element):
            sizes = shape(self.value(node.array))
            for index, size in zip(node.indices, sizes, strict=False):
                if index == tree.Name(key):
                    yield size
        # An inner sum has an index of its own, even if it has the same letter.
        if not (isinstance(node, tree.Reduction | tree.Array) and node.index.key == key):
            for child in tree.children(node):
                yield from self.extents(child, key)

    # ## Cases and conditions

    def cases(self, node: tree.Cases) -> Any:
        """Element by element, the value of the case that holds."""
        values = [self.value(case.value) for case in node.cases]
        truths = [self.holds(case.condition) if case.condition else None for case in node.cases]

        def choose(*pairs: Any) -> Any:
            own, held = pairs[: len(values)], pairs[len(values) :]
            rows = [*zip(own, held, node.cases, strict=True)]
            rows = [row for row in rows if row[1]] or [row for row in rows if row[1] is None]
            chosen = [value for value, *_ in rows]
            self.taken.update(case.start for *_, case in rows)
            if not chosen:
                raise FormulaError("none of the cases holds", node.start)
            if any(value != chosen[0] for value in chosen):
                raise FormulaError("two cases hold, and have different values", node.start)
            return chosen[0]

        return each(choose, *values, *truths)

    def holds(self, condition: tree.Condition) -> Any:
        """Whether a condition holds, for each element if it is about arrays."""
        match condition:
            case tree.Flag(name):
                return bool(self.lookup(tree.flag_key(name), condition.start))
            case tree.Not(operand):
                return each(lambda x: not x, self.holds(operand))
            case tree.Logic(op, left, right):
                first = self.holds(left)
                # What does not matter need not have a value.
                if first is (op == "or"):
                    return first
                second = self.holds(right)
                if op == "or":
                    return each(lambda x, y: x or y, first, second)
                return each(lambda x, y: x and y, first, second)
        compare = self.arithmetic.compare[condition.op]
        try:
            return each(compare, self.value(condition.left), self.value(condition.right))
        except FormulaError:
            raise
        except ValueError as error:
            raise FormulaError(str(error), condition.start) from error

    def decided(self, condition: tree.Condition) -> bool:
        found = set(elements(self.holds(condition)))
        if len(found) != 1:
            text = "holds for some elements and not for others"
            raise FormulaError(text, condition.start)
        return bool(found.pop())


RULES: dict[type[tree.Node], Callable[[Evaluator, Any], Any]] = {
    tree.Number: lambda self, node: self.arithmetic.number(node.value),
    tree.Name: Evaluator.name,
    tree.Minus: lambda self, node: each(self.arithmetic.negative, self.value(node.operand)),
    tree.Binary: Evaluator.binary,
    tree.Root: Evaluator.root,
    tree.Transpose: lambda self, node: transposed(self.value(node.operand)),
    tree.Call: lambda self, node: self.arithmetic.apply(node.name, [*map(self.value, node.args)]),
    tree.Element: Evaluator.element,
    tree.Member: Evaluator.member,
    tree.Reduction: Evaluator.reduction,
    tree.Array: Evaluator.array,
    tree.Cases: Evaluator.cases,
}
