r"""
# Operands

What stands between the signs of a formula: numbers, brackets, fractions and roots, functions and
norms, [symbols and sums](sums.py). [`parser.py`](parser.py) joins them.

A [function](functions.py) is written $\log(x)$ or $\log x$. Of $\log x y$ it is not clear how much
of it the function takes in, so that is refused; a power belongs to the argument, as in $\log x^2$.
"""

from __future__ import annotations

import math
from dataclasses import replace

from .cursor import NUMBER
from .functions import AMBIGUOUS_OPERATORS, COMMANDS, OPERATORS, REFUSED, Known
from .sums import REDUCTIONS, Sums
from .tokens import Group
from .tree import Binary, Call, Expression, Number, Root, Transpose

# What a bracket closes with, and the function that it stands for.
BRACKETS: dict[str, tuple[str, str]] = {
    **{"(": (")", ""), "[": ("]", "")},
    **{"|": ("|", "abs"), r"\lvert": (r"\rvert", "abs"), r"\mid": (r"\mid", "abs")},
    **{r"\|": (r"\|", "norm"), r"\lVert": (r"\rVert", "norm")},
    **{r"\lfloor": (r"\rfloor", "floor"), r"\lceil": (r"\rceil", "ceil")},
}
FRACTIONS = (r"\frac", r"\dfrac", r"\tfrac", r"\cfrac")
TRANSPOSE = {r"\top", r"\intercal"}
_LETTER_T = {"T", r"\mathsfT", r"\mathrmT", r"\mathsf T", r"\mathrm T", r"\text{T}"}


class Operands(Sums):
    def operator(self) -> str:
        raise NotImplementedError

    def cases(self) -> Expression:
        raise NotImplementedError

    def starts(self, text: str) -> bool:
        """Whether an operand begins with this token, which comes next."""
        known = text in FRACTIONS or text in COMMANDS or text in REDUCTIONS
        known = known or (text in BRACKETS and text != r"\mid")
        known = known or text in (r"\sqrt", r"\infty", r"\pi", r"\operatorname", r"\begin{cases}")
        return known or bool(NUMBER.match(text) or self.symbol_length())

    def powered(self) -> Expression:
        """An atom, and what stands above it."""
        base = self.atom()
        if not self.accept("^"):
            return base
        if self._is_transpose():
            item = self.take()
            base = Transpose(base, start=base.start, end=item.end)
        else:
            exponent, end = self.argument()
            if self.peek() == "_" and isinstance(base, Call) and base.name == "norm":
                base, end = self._norm(base), self.items[self.at - 1].end
            base = Binary("^", base, exponent, start=base.start, end=end)
        if self.peek() == "^":
            raise self.fail("a second power")
        return base

    def _is_transpose(self) -> bool:
        """Whether what stands above is the sign of a transpose. What may be one is refused."""
        item = self.items[self.at] if self.at < len(self.items) else None
        text = self.tex[item.start : item.end] if item else ""
        text = text.replace("{", "").replace("}", "").strip()
        if text in _LETTER_T and "T" not in self.symbols:
            raise self.fail(r"a power, or a transpose? Write x^\top")
        if text[:1] == "(" and text.find(")") == len(text) - 1 and isinstance(item, Group):
            raise self.fail("a power, or an index? Write it without brackets, or below")
        if text in REFUSED or text in ("*", "+", r"\ast", r"\dagger", r"\circ"):
            raise self.fail(REFUSED.get(text, "not a power"))
        return text in TRANSPOSE

    # ## Atoms

    def atom(self) -> Expression:
        self.skip_spaces()
        text, start = self.peek(), self.position()
        if NUMBER.match(text):
            return self.number()
        if self.accept(r"\infty"):
            return Number(math.inf, start=start, end=self.items[self.at - 1].end)
        if text in BRACKETS:
            return self.bracket(text)
        if self.accept(*FRACTIONS):
            (above, _), (below, end) = self.argument(), self.argument()
            return Binary("/", above, below, start=start, end=end)
        if self.accept(r"\sqrt"):
            degree = self.degree()
            operand, end = self.argument()
            return Root(operand, degree, start=start, end=end)
        if text in REDUCTIONS and (text not in COMMANDS or self.text(1) == "_"):
            self.take()
            return self.reduction(text, start)
        if self.accept(*COMMANDS):
            return self.call(text, COMMANDS[text], start)
        if text == r"\begin{cases}":
            return self.cases()
        return self.operatorname(start) or self.variable()

    def bracket(self, opening: str) -> Expression:
        closing, function = BRACKETS[opening]
        start = self.take().start
        if opening == self.peek() == "|":
            raise self.fail(r"two bars in a row, write \lVert for a norm or \left| for a value")
        inner = self.until(closing)
        end = self.expect(closing).end
        if not function:
            return replace(inner, start=start, end=end)
        call = Call(function, (inner,), start=start, end=end)
        return self._norm(call) if function == "norm" else call

    def _norm(self, norm: Call) -> Call:
        r"""Which norm it is: nothing, or what stands below, for $\lVert x \rVert_1$."""
        if not self.accept("_"):
            return norm
        item = self.items[self.at] if self.at < len(self.items) else None
        if item and self.tex[item.start : item.end].strip("{ }") == "F":
            return replace(norm, name="frobenius", end=self.take().end)
        order, end = self.argument()
        return replace(norm, args=(norm.args[0], order), end=end)

    def until(self, closer: str) -> Expression:
        outer, self.closer = self.closer, closer
        inner = self.expression()
        self.closer = outer
        return inner

    def degree(self) -> int:
        """The `[3]` of a root."""
        # Not `accept`, which would open the braces of the argument.
        if self.text(0) != "[":
            return 2
        self.take()
        degree = self.number()
        if degree.value not in range(1, 1000):
            raise self.fail("a whole number expected", degree.start)
        self.expect("]")
        return int(degree.value)

    # ## Functions

    def operatorname(self, start: int) -> Expression | None:
        r"""A function in `\operatorname`, or in `\mathrm` if that is no symbol of the table."""
        command = self.peek()
        if command not in (r"\operatorname", r"\mathrm") or self.at + 1 == len(self.items):
            return None
        star = self.text(1) == "*"
        if self.at + 1 + star == len(self.items):
            raise self.fail("an argument is missing", self.end)
        item = self.items[self.at + 1 + star]
        name = self.tex[item.start : item.end].strip("{ }")
        if command == r"\mathrm" and (
            name not in OPERATORS or self.spelling(self.symbol_length()) in self.symbols
        ):
            return None
        if name not in OPERATORS:
            why = AMBIGUOUS_OPERATORS.get(name, "is none of the functions that are known")
            raise self.fail(f"{name} {why}")
        self.at += 2 + star
        return self.call(name, OPERATORS[name], start)

    def call(self, command: str, known: Known, start: int) -> Call:
        name, counts = known
        base: tuple[Expression, ...] = ()
        if name == "log" and self.accept("_"):
            base = (self.argument()[0],)
        if self.peek() == "^":
            short = command.removeprefix("\\")
            raise self.fail(f"{short}^2 has two readings, write ({short} x)^2")
        opening = self.peek()
        if opening in ("(", "[") or (opening == r"\{" and name in ("max", "min")):
            args, end = self.arguments({"(": ")", "[": "]", r"\{": r"\}"}[opening])
        elif counts == range(1, 2):
            args, end = self.bare_argument(command)
        else:
            raise self.fail("( expected")
        # The largest element of one array is a function of it, too.
        if len(args) not in counts and not (len(args) == 1 and name in ("max", "min")):
            raise self.fail(f"{name} has {counts[0]} arguments, not {len(args)}", start)
        return Call(name, (*args, *base), start=start, end=end)

    def arguments(self, closing: str) -> tuple[list[Expression], int]:
        self.take()
        args = [self.until(closing)]
        while self.accept(","):
            args.append(self.until(closing))
        return args, self.expect(closing).end

    def bare_argument(self, command: str) -> tuple[list[Expression], int]:
        """One atom with its power, after which no product goes on."""
        if self.comes(("-", "+")):
            raise self.fail("( expected")
        arg = self.powered()
        if self.operator() not in ("", "+", "-"):
            short = command.removeprefix("\\")
            raise self.fail(f"how much of it is in {short}? Use brackets")
        return [arg], arg.end
