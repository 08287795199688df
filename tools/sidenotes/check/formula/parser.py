r"""
# Reading a formula

TeX says how a formula looks. Here its meaning is read off: a [tree](tree.py) of numbers, symbols
and operations that has a [value](../values/evaluator.py). The parser is Vaughan Pratt's, *Top Down
Operator Precedence* (1973): every operator has a strength, and one loop takes operands as long as
the next operator is stronger than the one before it.

Understood are

* `+ - \cdot \times * / \odot \circ @ \bmod`, powers and $x^\top$, and products without a sign:
  $2t\beta_2^t$;
* the [operands](operands.py) between them, [sums](sums.py), and [symbols](cursor.py);
* `cases`, with conditions: comparisons, also $0 < x \le 1$, and flags of the code in `\texttt`,
  with `\text{not}`, `\text{and}` and `\text{or}`. *Not* binds tighter than *and*, and *and* than
  *or*;
* assignments, with `\leftarrow`, `\gets`, `\longleftarrow`, `:=` or `\coloneqq`.

All else raises `CannotParse`. A checker must not guess, so it also refuses what two readers would
read in two ways:

* `a/bc`, which is $\frac{a}{b}c$ to one and $\frac{a}{bc}$ to another;
* a product whose second factor is a number: `x 2`, `10\,000`, `x^12`;
* a `\bmod` beside other signs, unless there are brackets.
"""

from __future__ import annotations

from collections.abc import Collection

from .cursor import NUMBER
from .display import ENDS_OF_ROWS, split
from .operands import Operands
from .tokens import Environment, tokenize
from .tree import (
    Assign,
    Binary,
    Case,
    Cases,
    Compare,
    Condition,
    Expression,
    Flag,
    Logic,
    Minus,
    Name,
    Node,
    Not,
)


def parse(tex: str, symbols: Collection[str]) -> Node:
    r"""
    The tree of a formula; `symbols` are the keys that are known.

    >>> parse(r"\frac12 g_t^2", ()).right
    Binary(op='^', left=Name(key='g_t'), right=Number(value=2.0))
    """
    parser = Parser(tex, tokenize(tex), len(tex), symbols)
    node = parser.statement()
    parser.finish()
    return node


# ## The signs
#
# A power is not among the operators, it belongs to the operand before it.
SIGNS = {"+": "+", "-": "-", r"\cdot": "*", r"\times": "*", "*": "*", "/": "/"}
SIGNS |= {r"\odot": r"\odot", r"\circ": r"\odot", "@": "@", r"\bmod": r"\bmod"}
STRENGTH = {"+": 1, "-": 1, "*": 2, "/": 2, r"\odot": 2, "@": 2, r"\bmod": 2}
RELATIONS = {"<": "<", ">": ">", "=": "=", r"\lt": "<", r"\gt": ">", r"\ne": "!=", r"\neq": "!="}
RELATIONS |= {r"\le": "<=", r"\leq": "<=", r"\leqslant": "<="}
RELATIONS |= {r"\ge": ">=", r"\geq": ">=", r"\geqslant": ">="}
ARROWS = (r"\leftarrow", r"\gets", r"\longleftarrow", "←", ":=", r"\coloneqq", "≔")


class Parser(Operands):
    """## The parser"""

    def statement(self) -> Node:
        """An assignment, a comparison or an expression."""
        left = self.expression()
        if self.comes(ARROWS):
            return self.assign(left)
        return self.compare(left) if self.comes(RELATIONS) else left

    def assign(self, target: Expression, signs: Collection[str] = ARROWS) -> Assign:
        found = self.target(target)
        if not self.comes(signs):
            raise self.refuse() if self.peek() else self.fail(r"\leftarrow expected")
        self.take()
        value = self.expression()
        return Assign(found, value, start=target.start, end=value.end)

    def target(self, left: Expression) -> Name:
        if not isinstance(left, Name):
            raise self.fail("only a symbol can be assigned to", left.start)
        return left

    # ### Operators

    def expression(self, strength: int = 0) -> Expression:
        """An operand, and all that is tied to it by operators of more than this strength."""
        left, before = self.operand(strength), ""
        while (op := self.operator()) and STRENGTH[op] > strength:
            sign = self.peek() if self.peek() in SIGNS else ""
            if sign:
                self.take()
            elif before == "/":
                raise self.fail(r"a/bc has two readings, use brackets or \frac")
            elif NUMBER.match(self.peek()):
                raise self.fail(r"a number after a factor, use \cdot")
            if r"\bmod" in (op, before) and (before or strength):
                raise self.fail(r"\bmod beside another sign has two readings, use brackets")
            right = self.expression(STRENGTH[op])
            left = Binary(op, left, right, sign=sign, start=left.start, end=right.end)
            before = op
        return left

    def operator(self) -> str:
        """The operator that comes next. Where an operand comes instead, a product is meant."""
        if self.comes(SIGNS):
            return SIGNS[self.peek()]
        text = self.peek()
        return "*" if text and text != self.closer and self.starts(text) else ""

    def operand(self, strength: int) -> Expression:
        """An atom and its power, or a minus and what it stands before."""
        if not self.comes(("-",)):
            return self.powered()
        start = self.take().start
        operand = self.expression(max(strength, STRENGTH["-"]))
        return Minus(operand, start=start, end=operand.end)

    # ### Conditions

    def condition(self) -> Condition:
        left = self.conjunction()
        while self.accept(r"\text{or}", r"\lor"):
            right = self.conjunction()
            left = Logic("or", left, right, start=left.start, end=right.end)
        return left

    def conjunction(self) -> Condition:
        left = self.term()
        while self.accept(r"\text{and}", r"\land"):
            right = self.term()
            left = Logic("and", left, right, start=left.start, end=right.end)
        return left

    def term(self) -> Condition:
        start = self.position()
        if self.accept(r"\text{not}", r"\neg"):
            operand = self.term()
            return Not(operand, start=start, end=operand.end)
        flag = self.peek()
        if flag.startswith(r"\texttt{"):
            return Flag(flag[len(r"\texttt{") : -1], start=start, end=self.take().end)
        last = self.compare(self.expression())
        found: Condition = last
        while self.comes(RELATIONS):
            # In $0 < x < 1$, the middle belongs to both.
            last = self.compare(last.right)
            found = Logic("and", found, last, start=start, end=last.end)
        return found

    def compare(self, left: Expression) -> Compare:
        if not self.comes(RELATIONS):
            raise self.fail("a comparison expected")
        op = RELATIONS[self.peek()]
        self.take()
        right = self.expression()
        return Compare(op, left, right, start=left.start, end=right.end)

    # ### Cases

    def cases(self) -> Cases:
        environment = self.take()
        assert isinstance(environment, Environment)
        found = []
        for row, stop in split(environment.items, *ENDS_OF_ROWS):
            if row:
                end = environment.inner_end if stop is None else stop
                found.append(self.within(row, end, self.case))
        return Cases(tuple(found), start=environment.start, end=environment.end)

    def case(self) -> Case:
        start, value = self.position(), self.expression()
        self.accept(",")
        self.skip_spaces()
        self.expect("&")
        self.skip_spaces()
        self.accept(*(rf"\text{{{word}}}" for word in ("if", "for", "when", "where")))
        otherwise = self.accept(r"\text{otherwise}", r"\text{else}")
        condition = None if otherwise else self.condition()
        self.accept(r"\text{,}", r"\text{.}")
        return Case(value, condition, start=start, end=self.end)
