r"""
# Running C

>>> from random import Random
>>> from ..ground import Ground
>>> from ..numbers import Exact
>>> program = Program('''
... double scaled(double x, const double *with) {
...   double found = 0;
...   for (int i = 0; i < 2; i++)
...     found += with[i] != 0 ? x / with[i] : x;
...   return found;
... }
... ''', "scaled.c")
>>> x, y = (Exact.input(Ground(Random(0)), 3.0, name) for name in ("x", "y"))
>>> program.call("scaled", x, [x, 0]) == 1 + x
True
>>> program.call("scaled", x, [x])
Traceback (most recent call last):
sidenotes.check.proof.ground.Refused: scaled.c:5: element 1 of with, which has 1
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..ground import Refused
from .expressions import Node
from .operations import FUNCTIONS, called, combined, converted, number, truth
from .reading import File
from .statements import Statement

Scope = dict[str, list[Any]]


class Returned(Exception):
    """A function is over."""


class Program:
    """
    A text of C with what is `defined` for the preprocessor. `hosts` are functions that it can call,
    beside its own and those of the standard library.
    """

    def __init__(self, text: str, path: str, defined: Mapping[str, str] | None = None) -> None:
        self.path, self.file = path, File(text, defined or {})
        self.hosts: dict[str, Callable[..., Any]] = dict(FUNCTIONS)
        self.bodies: dict[str, list[Statement]] = {}
        self.ran: set[int] = set()  # The lines whose statements were run.
        # Of each name, its kind and its value, in the blocks that are open.
        self.scopes: list[Scope] = []
        # How many of them are around the innermost loop, and what its body has assigned to there.
        self.looping, self.carried = 0, set[str]()

    # ## Functions

    def call(self, name: str, *given: Any) -> Any:
        function = self.file.functions.get(name)
        if function is None:
            raise Refused(f"{self.path} has no function {name}")
        if len(given) != len(function.parameters):
            raise Refused(f"{name} is called with {len(given)} arguments")
        kinds = self.file.types
        scope: Scope = {}
        for (kind, own), value in zip(function.parameters, given, strict=True):
            # What a pointer leads to is not copied.
            points = own.startswith("*")
            found = value if points else converted(value, kinds[kind], kind)
            scope[own.lstrip("*")] = ["*" * points + kinds[kind], found]
        before = self.scopes, self.looping
        self.scopes, self.looping = [scope], 0
        try:
            self.block(self.body(name))
        except Returned as returned:
            (value,) = returned.args
            return value if value is None else converted(value, kinds[function.kind], function.kind)
        finally:
            self.scopes, self.looping = before
        return None

    def body(self, name: str) -> list[Statement]:
        if name not in self.bodies:
            self.bodies[name] = self.file.body(name)
        return self.bodies[name]

    # ## Statements

    def block(self, statements: Sequence[Statement]) -> None:
        self.scopes.append({})
        for statement in statements:
            self.ran.add(statement.line)
            getattr(self, f"_{statement.kind}")(statement)
        self.scopes.pop()

    def _block(self, statement: Statement) -> None:
        self.block(statement.inner[0])

    def _declare(self, statement: Statement) -> None:
        kind = self.file.types[statement.type]
        if statement.name in self.scopes[-1]:
            raise Refused(f"{statement.name} is declared twice")
        (value,) = statement.nodes
        made = [kind, None]
        if value is not None:
            made[1] = converted(self.value(value), kind, statement.type)
        self.scopes[-1][statement.name] = made

    def _expression(self, statement: Statement) -> None:
        (node,) = statement.nodes
        assert node
        if node.kind == "assign":
            self.assign(node)
        elif node.kind == "step":
            self.step(node)
        else:
            self.value(node)

    def _if(self, statement: Statement) -> None:
        test, (yes, no) = statement.nodes[0], statement.inner
        assert test
        self.block(yes if self.truth(test) else no)

    def _for(self, statement: Statement) -> None:
        (test, step), (begin, body) = statement.nodes, statement.inner
        self.scopes.append({})
        for each in begin:
            getattr(self, f"_{each.kind}")(each)
        outer = self.looping
        while test is None or self.truth(test):
            self.looping = len(self.scopes)
            self.block(body)
            self.looping = outer
            if step:
                self._expression(Statement("expression", statement.line, (step,)))
        self.scopes.pop()

    def _return(self, statement: Statement) -> None:
        (node,) = statement.nodes
        raise Returned(None if node is None else self.value(node))

    # ## What is assigned to

    def assign(self, node: Node) -> None:
        target, value = node.parts[0], self.value(node.parts[1])
        if node.text != "=":
            value = combined(node.text[:-1], self.value(target), value, self.place(node))
        if target.kind == "name":
            held = self.held(target)
            held[1] = converted(value, held[0], target.text)
            if not any(target.text in scope for scope in self.scopes[self.looping :]):
                self.carried.add(target.text)
        elif target.kind == "index":
            cells, place = self.cell(target)
            kind = self.held(target.parts[0])[0].lstrip("*")
            cells[place] = converted(value, kind, f"an element of {target.parts[0]}")
        else:
            raise self.refused(node, f"an assignment to {target}")

    def step(self, node: Node) -> None:
        held = self.held(node.parts[0])
        if not held[0].startswith("integer"):
            raise self.refused(node, f"{node}")
        found = combined(node.text[0], held[1], 1, self.place(node))
        held[1] = converted(found, held[0], node.text)

    def held(self, node: Node) -> list[Any]:
        for scope in reversed(self.scopes):
            if node.kind == "name" and node.text in scope:
                return scope[node.text]
        raise self.refused(node, f"{node}, which is declared nowhere,")

    def cell(self, node: Node) -> tuple[Any, int]:
        """An element of an array, as the array and a place in it."""
        cells, place = map(self.value, node.parts)
        if not isinstance(cells, list) or type(place) is not int:
            raise self.refused(node, f"{node}")
        if not 0 <= place < len(cells):
            at = f"element {place} of {node.parts[0]}, which has {len(cells)}"
            raise Refused(f"{self.place(node)}: {at}")
        if cells[place] is None:
            raise self.refused(node, f"{node}, which is none of this step,")
        return cells, place

    # ## Values

    def value(self, node: Node) -> Any:
        return getattr(self, f"_value_of_{node.kind}", self._unknown)(node)

    def _unknown(self, node: Node) -> Any:
        raise self.refused(node, f"{node} inside an expression")

    def _value_of_number(self, node: Node) -> Any:
        return number(node.text)

    def _value_of_name(self, node: Node) -> Any:
        value = self.held(node)[1]
        if value is None:
            raise self.refused(node, f"{node}, which has no value yet,")
        return value

    def _value_of_index(self, node: Node) -> Any:
        cells, place = self.cell(node)
        return cells[place]

    def _value_of_field(self, node: Node) -> Any:
        of, name = self.value(node.parts[0]), node.parts[1].text
        if not isinstance(of, Mapping) or name not in of:
            raise self.refused(node, f"{node}")
        return of[name]

    def _value_of_cast(self, node: Node) -> Any:
        return converted(self.value(node.parts[0]), self.file.types[node.text], node.text)

    def _value_of_call(self, node: Node) -> Any:
        given = [*map(self.value, node.parts)]
        if node.text in self.file.functions:
            return self.call(node.text, *given)
        if node.text not in self.hosts:
            raise self.refused(node, f"a call of {node.text}")
        return called(self.hosts[node.text], given, self.place(node))

    def _value_of_choice(self, node: Node) -> Any:
        test, yes, no = node.parts
        return self.value(yes if self.truth(test) else no)

    def _value_of_unary(self, node: Node) -> Any:
        if node.text == "!":
            return not self.truth(node.parts[0])
        found = self.value(node.parts[0])
        return -found if node.text == "-" else found

    def _value_of_binary(self, node: Node) -> Any:
        one, other = node.parts
        if node.text in ("&&", "||"):
            first = self.truth(one)
            return first if first == (node.text == "||") else self.truth(other)
        return combined(node.text, self.value(one), self.value(other), self.place(node))

    # ## Places

    def truth(self, node: Node) -> bool:
        return truth(self.value(node), self.place(node))

    def place(self, node: Node) -> str:
        return f"{self.path}:{node.line}"

    def refused(self, node: Node, what: str) -> Refused:
        return Refused(f"{self.place(node)}: {what} cannot be run on exact numbers")
