r"""
# Reading a formula

TeX says how a formula looks. Here its meaning is read off: a tree of numbers, symbols and
operations that `values.py` computes. The parser is Vaughan Pratt's, *Top Down Operator
Precedence* (1973): every operator has a strength, and one loop takes operands as long as the next
operator is stronger than the one before it.

Understood are

* numbers, `+ - \cdot \times * /`, `\frac`, `\sqrt`, `\sqrt[3]`, powers, `\max(a, b)`, `\min`,
  `|x|`, brackets of all sizes;
* products without a sign: $2t\beta_2^t$;
* sums with bounds, `\sum_{k=0}^{n}`, of the product that follows;
* symbols, as `cursor.py` reads them;
* one assignment `\leftarrow`, or one comparison.

All else raises `CannotParse`. A checker must not guess, so it also refuses what two readers would
read in two ways:

* `a/bc`, which is $\frac{a}{b}c$ to one and $\frac{a}{bc}$ to another;
* a product whose second factor is a number: `x 2`, `10\,000`, `x^12`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import TypeVar

from .cursor import NUMBER, WIDE, Cursor
from .tokens import CannotParse, Group, scan
from .tree import (
    Assign,
    Binary,
    Call,
    Compare,
    Expression,
    Minus,
    Name,
    Node,
    Number,
    Root,
    Sum,
    names,
)

__all__ = ["Assign", "Binary", "Call", "CannotParse", "Compare", "Expression", "Minus", "Name"]
__all__ += ["Node", "Number", "Root", "Sum", "names", "parse"]

T = TypeVar("T")


def parse(tex: str, symbols: Collection[str]) -> Node:
    r"""
    The tree of a formula; `symbols` are the keys that are known.

    >>> parse(r"\frac12 g_t^2", ()).right
    Binary(op='^', left=Name(key='g_t'), right=Number(value=2.0))
    """
    parser = Parser(tex, scan(tex), len(tex), symbols)
    node = parser.statement()
    parser.finish()
    return node


# ## The signs
#
# A power is not among the operators, it belongs to the operand before it.
SIGNS = {"+": "+", "-": "-", r"\cdot": "*", r"\times": "*", "*": "*", "/": "/"}
STRENGTH = {"+": 1, "-": 1, "*": 2, "/": 2}
RELATIONS = {"<": "<", ">": ">", "=": "=", r"\lt": "<", r"\gt": ">"}
RELATIONS |= {r"\le": "<=", r"\leq": "<=", r"\ge": ">=", r"\geq": ">="}
ARROWS = (r"\leftarrow", r"\gets")
BRACKETS = {"(": ")", "[": "]", "|": "|", r"\lvert": r"\rvert"}
FRACTIONS = (r"\frac", r"\dfrac", r"\tfrac")
SUM = r"\sum"
CALLS = {r"\max": "max", r"\min": "min"}


class Parser(Cursor):
    """## The parser"""

    # The bracket that ends the expression: a `|` closes where one is open, else it opens.
    closer = ""

    def statement(self) -> Node:
        """An assignment, a comparison or an expression."""
        left = self.expression()
        if self.comes(ARROWS):
            return self.assign(left)
        return self.compare(left) if self.comes(RELATIONS) else left

    def assign(self, target: Expression) -> Assign:
        if not isinstance(target, Name):
            raise self.fail("only a symbol can be assigned to", target.start)
        if not self.comes(ARROWS):
            raise self.fail(r"\leftarrow expected")
        self.take()
        value = self.expression()
        return Assign(target, value, start=target.start, end=value.end)

    def compare(self, left: Expression) -> Compare:
        if not self.comes(RELATIONS):
            raise self.fail("a comparison expected")
        op = RELATIONS[self.peek()]
        self.take()
        right = self.expression()
        return Compare(op, left, right, start=left.start, end=right.end)

    # ### Operators

    def expression(self, strength: int = 0) -> Expression:
        """An operand, and all that is tied to it by operators of more than this strength."""
        left = self.operand(strength)
        divided = False
        while (op := self.operator()) and STRENGTH[op] > strength:
            if self.peek() in SIGNS:
                self.take()
            elif divided:
                raise self.fail(r"a/bc has two readings, use brackets or \frac")
            elif NUMBER.match(self.peek()):
                raise self.fail(r"a number after a factor, use \cdot")
            divided = op == "/"
            right = self.expression(STRENGTH[op])
            left = Binary(op, left, right, start=left.start, end=right.end)
        return left

    def operator(self) -> str:
        """The operator that comes next. Where an operand comes instead, a product is meant."""
        if self.comes(SIGNS):
            return SIGNS[self.peek()]
        text = self.peek()
        if not text or text == self.closer:
            return ""
        opens = text in BRACKETS or text in FRACTIONS or text in CALLS or text in (r"\sqrt", SUM)
        return "*" if opens or NUMBER.match(text) or self.name_length() else ""

    def operand(self, strength: int) -> Expression:
        """An atom and its power, or a minus and what it stands before."""
        if self.comes(("-",)):
            start = self.take().start
            operand = self.expression(max(strength, STRENGTH["-"]))
            return Minus(operand, start=start, end=operand.end)
        base = self.atom()
        if not self.accept("^"):
            return base
        exponent, end = self.argument()
        if self.peek() == "^":
            raise self.fail("a second power")
        return Binary("^", base, exponent, start=base.start, end=end)

    # ### Operands

    def atom(self) -> Expression:
        while self.accept(*WIDE):
            pass
        text, start = self.peek(), self.position()
        if NUMBER.match(text):
            return self.number()
        if text in BRACKETS:
            return self.bracket(text)
        if self.accept(*FRACTIONS):
            (above, _), (below, end) = self.argument(), self.argument()
            return Binary("/", above, below, start=start, end=end)
        if self.accept(r"\sqrt"):
            degree = self.degree()
            operand, end = self.argument()
            return Root(operand, degree, start=start, end=end)
        if self.accept(*CALLS):
            return self.call(CALLS[text], start)
        if self.accept(SUM):
            return self.sum(start)
        return self.name()

    def bracket(self, opening: str) -> Expression:
        start = self.take().start
        inner = self.until(BRACKETS[opening])
        end = self.expect(BRACKETS[opening]).end
        if opening in ("(", "["):
            return replace(inner, start=start, end=end)
        return Call("abs", (inner,), start=start, end=end)

    def call(self, name: str, start: int) -> Call:
        self.expect("(")
        args = [self.until(")")]
        while self.accept(","):
            args.append(self.until(")"))
        return Call(name, tuple(args), start=start, end=self.expect(")").end)

    def sum(self, start: int) -> Sum:
        """The bounds, and the product behind them: what is added after it is not in the sum."""
        self.expect("_")
        (index, first), _ = self.group(self.bound)
        self.expect("^")
        last, _ = self.argument()
        body = self.expression(STRENGTH["+"])
        return Sum(index, first, last, body, start=start, end=body.end)

    def bound(self) -> tuple[Name, Expression]:
        """The index of a sum, and where it begins."""
        index = self.name()
        self.expect("=")
        return index, self.expression()

    def until(self, closer: str) -> Expression:
        outer, self.closer = self.closer, closer
        inner = self.expression()
        self.closer = outer
        return inner

    def degree(self) -> int:
        """The `[3]` of a root."""
        # Not `accept`, which would lay open the braces of the argument.
        if self.text(0) != "[":
            return 2
        self.take()
        degree = self.number()
        if degree.value not in range(1, 1000):
            raise self.fail("a whole number expected", degree.start)
        self.expect("]")
        return int(degree.value)

    def argument(self) -> tuple[Expression, int]:
        """The argument of a command, a group or one token; and where it ends."""
        return self.group(self.expression)

    def group(self, read: Callable[[], T]) -> tuple[T, int]:
        """What `read` finds in the next group or token, which is to be all of it."""
        item = self.take()
        outer = self.items, self.at, self.end, self.closer
        self.items, self.at, self.end, self.closer = [item], 0, item.end, ""
        if isinstance(item, Group):
            self.items, self.end = list(item.items), item.end - 1
        inner = read()
        self.finish()
        self.items, self.at, self.end, self.closer = outer
        return inner, item.end
