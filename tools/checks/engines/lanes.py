r"""
# Triton's language, in one lane

What `triton.language` is for a [kernel](interpreted.py) that is run on exact numbers. A block is
its first element. An address is a whole number, and memory is a table from addresses to lists, in
which all elements know their type: what is read as another type is refused, and so is what this
language does not have.

>>> memory = Memory()
>>> of = Lane(memory.address([Lane(2.5, float64), Lane(3, int64)]), int64)
>>> first = of.to(pointer_type(float64))
>>> load(first) / 2, load(first) < 3, of % 16
(1.25 of float64, True of int1, 0 of int64)
>>> load(first + 1)
Traceback (most recent call last):
sidenotes.check.proof.ground.Refused: int64 is read as float64
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from types import ModuleType
from typing import Any, NamedTuple

from sidenotes.check.proof import guards
from sidenotes.check.proof.ground import Refused, plain
from sidenotes.check.proof.numbers import Exact

guards.CARRIERS |= {__file__}


class Type(NamedTuple):
    name: str
    # Of a pointer: what it leads to.
    element: Any = None

    def __str__(self) -> str:
        return self.name


int1, int32, int64, float64 = map(Type, ("int1", "int32", "int64", "float64"))
INTEGERS = int1, int32, int64


def pointer_type(element: Type) -> Type:
    return Type(f"pointer to {element}", element)


class Pointer(NamedTuple):
    cells: list[Lane]
    place: int


class Memory:
    """Lists at addresses. The newest one is what pointers lead to."""

    newest: Memory

    def __init__(self) -> None:
        self.cells: dict[int, list[Lane]] = {}
        Memory.newest = self

    def address(self, cells: list[Lane]) -> int:
        """A multiple of 16, as torch's are."""
        found = 4096 * (len(self.cells) + 1)
        self.cells[found] = cells
        return found


class Lane:
    """A number, truth or pointer, and its type."""

    def __init__(self, value: Any, dtype: Type) -> None:
        self.value, self.dtype = value, dtype

    def __repr__(self) -> str:
        value = plain(self.value) if isinstance(self.value, Exact) else self.value
        return f"{value} of {self.dtype}"

    def __bool__(self) -> bool:
        return bool(self.value)

    __hash__ = None  # type: ignore[assignment]

    def to(self, dtype: Type, bitcast: bool = False) -> Lane:
        if dtype == self.dtype:
            return self
        if self.dtype in INTEGERS and dtype in INTEGERS and not bitcast:
            return Lane(int(self.value), dtype)
        if self.dtype == int64 and dtype.element:
            return Lane(Pointer(Memory.newest.cells[self.value], 0), dtype)
        if self.dtype.element and dtype.element and bitcast:
            return Lane(self.value, dtype)
        raise Refused(f"{self.dtype} as {dtype} has no exact value here")


def lane(value: Any) -> Lane:
    if isinstance(value, Lane):
        return value
    if isinstance(value, bool | int):
        return Lane(value, int64)
    return Lane(value, float64)


def combined(name: str, one: Lane, other: Lane) -> Lane:
    """An operation. A pointer moves by a whole number, and a whole number beside another is one."""
    function, types = getattr(operator, name), {one.dtype, other.dtype}
    if one.dtype.element:
        if name != "add" or other.dtype not in INTEGERS:
            raise Refused(f"{name} with {one.dtype} has no exact value here")
        cells, place = one.value
        return Lane(Pointer(cells, place + other.value), one.dtype)
    if types <= {*INTEGERS} and name != "truediv":
        return Lane(function(one.value, other.value), int64)
    if float64 in types <= {float64, *INTEGERS} and name in (
        "add",
        "sub",
        "mul",
        "truediv",
        *COMPARISONS,
    ):
        return Lane(function(one.value, other.value), float64)
    raise Refused(f"{name} of {one.dtype} and {other.dtype} has no exact value here")


def compared(name: str, one: Lane, other: Lane) -> Lane:
    return Lane(combined(name, one, other).value, int1)


def logical(name: str, one: Lane, other: Lane) -> Lane:
    found = combined(name, one, other)
    return Lane(found.value, int1) if one.dtype == other.dtype == int1 else found


def _operator(name: str, method: str, make: Callable[[str, Lane, Lane], Lane]) -> None:
    setattr(Lane, f"__{method}__", lambda self, other: make(name, self, lane(other)))
    setattr(Lane, f"__r{method}__", lambda self, other: make(name, lane(other), self))


COMPARISONS = "lt", "le", "gt", "ge", "eq", "ne"
for _name in ("add", "sub", "mul", "truediv", "mod"):
    _operator(_name, _name, combined)
for _name in COMPARISONS:
    _operator(_name, _name, compared)
for _name in ("and", "or"):
    _operator(f"{_name}_", _name, logical)


# ## The functions of the language


def constexpr(value: Any) -> Any:
    return value


def jit(function: Any = None, **options: Any) -> Any:
    return function if function else lambda found: found


def program_id(axis: int) -> Lane:
    return Lane(0, int32)


def arange(first: int, end: int) -> Lane:
    return Lane(first, int32)


def multiple_of(value: Lane, number: int) -> Lane:
    return value


def cell(pointer: Lane, mask: Lane | None) -> Lane:
    if mask is not None and not mask:
        raise Refused("what lies behind the end of a tensor has no exact value here")
    if not pointer.dtype.element:
        raise Refused(f"{pointer.dtype} leads to no memory")
    cells, place = pointer.value
    if not 0 <= place < len(cells):
        raise Refused(f"there is no element {place}")
    if cells[place].dtype != pointer.dtype.element:
        raise Refused(f"{cells[place].dtype} is read as {pointer.dtype.element}")
    return cells[place]


def load(pointer: Lane, mask: Lane | None = None) -> Lane:
    return cell(pointer, mask)


def store(pointer: Lane, value: Lane, mask: Lane | None = None) -> None:
    if cell(pointer, mask).dtype != value.dtype:
        raise Refused(f"{value.dtype} is stored as {pointer.dtype.element}")
    pointer.value.cells[pointer.value.place] = value


def where(condition: Lane, one: Any, other: Any) -> Lane:
    one, other = lane(one), lane(other)
    if one.dtype != other.dtype:
        raise Refused(f"either {one.dtype} or {other.dtype} has no exact value here")
    return one if condition else other


def minimum(one: Any, other: Any) -> Lane:
    one, other = lane(one), lane(other)
    if {one.dtype, other.dtype} <= {*INTEGERS}:
        return Lane(min(one.value, other.value), int64)
    raise Refused(f"a minimum of {one.dtype} and {other.dtype} has no exact value here")


def sqrt(x: Lane) -> Lane:
    if not isinstance(x.value, Exact):
        raise Refused(f"the root of {x} has no exact value here")
    return Lane(x.value.root(), float64)


class Language(ModuleType):
    """The module. What it does not have is refused by name, when it is used."""

    def __init__(self) -> None:
        super().__init__("triton.language")
        known = (
            *(int1, int32, int64, float64),
            *(pointer_type, constexpr, program_id, arange, multiple_of),
            *(load, store, where, minimum, sqrt),
        )
        for each in known:
            setattr(self, each.name if isinstance(each, Type) else each.__name__, each)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise Refused(f"tl.{name} has no exact value here")
