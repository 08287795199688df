r"""
# The function of an example

A derivation says how something follows from something else, and no line of the module computes it.
But the doctest that backs it can: it defines a function of the same symbols, and compares it with
what really happens: a million draws, say, or a sum.

$$\sum_{k=1}^{n} k = \frac{n(n+1)}{2}$$

>>> def triangle(n):
...     return n * (n + 1) / 2
>>> triangle(100) == sum(range(101))
True

So the formula is compared with the function. The arguments have the names that the table gives the
symbols, the function is called with numbers that the file of the runs draws, and the formula must
have the same value each time. The rest of the doctest, which tells whether the function is right,
is left to doctest.
"""

from __future__ import annotations

import ast
import doctest
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .formula.tokens import FormulaError
from .formula.tree import Expression, names
from .problems import Place, Problem
from .symbol_table import SymbolTable
from .values.arrays import Value, plain
from .values.compare import Tally
from .values.evaluator import Unbound, evaluate
from .watch.watched import told

# The values of some symbols.
Draw = Mapping[str, float]


@dataclass(frozen=True)
class Function:
    """A function that a doctest defines, and whose arguments all have names of symbols."""

    name: str
    arguments: tuple[str, ...]
    # The line of the note on which it begins, counted from 0.
    line: int
    # The imports and the functions of the doctests, up to this one.
    source: str

    def load(self) -> Callable[..., Any]:
        space: dict[str, Any] = {"__name__": self.name}
        exec(self.source, space)
        return space[self.name]

    def symbol(self, argument: str, draw: Draw, table: SymbolTable) -> str:
        """The symbol that an argument stands for, of those that are drawn."""
        found = [symbol for symbol in draw if argument in table.holders(symbol)]
        if len(found) == 1:
            return found[0]
        those = f"{' and '.join(found)} are" if found else "no symbol is"
        raise ValueError(f"{those} drawn for {argument}, an argument of {self.name} below")


def functions(note: str, known: Collection[str]) -> Iterator[Function]:
    """The functions of a note's doctests whose arguments are all among `known`."""
    source = ""
    for example in doctest.DocTestParser().get_examples(note):
        match _body(example.source):
            case [ast.Import() | ast.ImportFrom()]:
                source += example.source
            case [ast.FunctionDef() as node]:
                source += example.source
                arguments = _arguments(node)
                if arguments and set(arguments) <= set(known):
                    yield Function(node.name, arguments, example.lineno, source)


def _body(source: str) -> list[ast.stmt]:
    try:
        return ast.parse(source).body
    except SyntaxError:
        # The example may be about one.
        return []


def _arguments(node: ast.FunctionDef) -> tuple[str, ...]:
    """The names of the arguments; none if there may be others."""
    args = node.args
    if args.vararg or args.kwarg or args.posonlyargs:
        return ()
    return tuple(argument.arg for argument in [*args.args, *args.kwonlyargs])


# ## Comparing


def tally(
    function: Function,
    sides: Sequence[Expression | None],
    place: Place,
    draws: Iterable[Draw],
    table: SymbolTable,
) -> Tally:
    """Compare what a derivation says with what the function returns, for all that is drawn."""
    found = Tally()
    try:
        call = function.load()
        for number, draw in enumerate(draws, 1):
            symbols = {name: function.symbol(name, draw, table) for name in function.arguments}
            actual = plain(call(**{name: draw[symbol] for name, symbol in symbols.items()}))
            env = {symbol: plain(draw[symbol]) for symbol in symbols.values()}
            values = ", ".join(f"{symbol} = {value}" for symbol, value in env.items())
            for side in compared_sides(sides, env):
                where = f"draw {number}, where {values}"
                found.compare(
                    actual,
                    _said(side, env, found.taken),
                    place,
                    f"{function.name}() is",
                    where,
                )
    except Unbound as error:
        text = f"{error.key} has no value: it is no argument of {function.name}, below"
        found.problem = Problem(place, text)
    except FormulaError as error:
        found.problem = Problem(place, str(error))
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        found.problem = Problem(place, f"{function.name}(): {type(error).__name__}: {error}")
    return found


def _said(side: Expression, env: Mapping[str, Value], taken: set[int]) -> Value:
    """What the formula says; an error in it must not look like one of the function."""
    try:
        return evaluate(side, env, taken=taken)
    except FormulaError:
        raise
    except Exception as error:
        raise FormulaError(told(error), side.start) from error


def compared_sides(sides: Sequence[Expression | None], env: Collection[str]) -> list[Expression]:
    r"""
    The sides that are compared with the function. The first one can be just the name of what is
    computed, as in $\operatorname{Var}[x] = \sigma^2$: it then has nothing in it that an argument
    stands for.
    """
    first, *rest = sides
    if rest and (first is None or not names(first) & set(env)):
        sides = rest
    if None in sides:
        raise ValueError("a side of the formula cannot be read")
    return [side for side in sides if side]
