r"""
# Numbers and arrays

A value is a number, or an array: a tuple of numbers, or of tuples of one length, and so on, as deep
as the array has dimensions. Plain Python is enough: a run has a few parameters of a few elements.

What a number is, is left open. Here nothing is computed, so the elements of an array may be floats,
or whatever else has an [arithmetic](arithmetic.py).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

Value = float | tuple["Value", ...]


def plain(value: Any) -> Value:
    """
    The value as a number, or as an array of numbers that keeps its shape; a `TypeError` if it is
    nothing of the kind. Whatever has a method `tolist` will do, so no library need be known.

    >>> plain(3), plain([[1, 2], [3, 4]])
    (3.0, ((1.0, 2.0), (3.0, 4.0)))
    """
    value = value.tolist() if hasattr(value, "tolist") else value
    if isinstance(value, int | float):
        # A number that is more than a float is kept as it is.
        return value if isinstance(value, float) else _float(value)
    if not isinstance(value, list | tuple):
        raise TypeError(f"{value!r} is not a number, nor made of numbers")
    parts = tuple(map(plain, value))
    if len({shape(part) for part in parts}) > 1:
        raise TypeError(f"{value!r} is no array: its parts have several shapes")
    return parts


def _float(value: int | float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def shape(value: Any) -> tuple[int, ...]:
    """
    >>> shape(1.0), shape((1.0, 2.0)), shape(((1.0, 2.0, 3.0),))
    ((), (2,), (1, 3))
    """
    found = []
    while isinstance(value, tuple):
        found.append(len(value))
        value = value[0] if value else None
    return tuple(found)


def elements(value: Any) -> Iterator[Any]:
    """All numbers in a value, row by row."""
    if isinstance(value, tuple):
        for part in value:
            yield from elements(part)
    else:
        yield value


def is_empty(value: Any) -> bool:
    """
    Whether it is an array without elements.

    >>> is_empty(()), is_empty(((), ())), is_empty(0.0)
    (True, True, False)
    """
    return next(elements(value), None) is None


def flat(value: Any) -> Any:
    """
    The value without its shape.

    >>> flat(((1.0, 2.0), (3.0, 4.0))), flat(1.0)
    ((1.0, 2.0, 3.0, 4.0), 1.0)
    """
    # Most arrays are vectors.
    deep = isinstance(value, tuple) and value and isinstance(value[0], tuple)
    return tuple(elements(value)) if deep else value


def each(function: Callable[..., Any], *values: Any) -> Any:
    """
    The function of numbers, or of the elements of arrays of one shape. A number beside an array
    serves every element.

    >>> each(max, (1.0, 5.0), 3.0)
    (3.0, 5.0)
    """
    arrays = [value for value in values if isinstance(value, tuple)]
    if not arrays:
        return function(*values)
    if len(arrays) > 1 and len(shapes := {shape(array) for array in arrays}) > 1:
        raise ValueError("the shapes " + " and ".join(map(str, sorted(shapes))) + " do not match")
    length = len(arrays[0])
    columns = [value if isinstance(value, tuple) else (value,) * length for value in values]
    if length and isinstance(arrays[0][0], tuple):
        return tuple(each(function, *parts) for parts in zip(*columns, strict=True))
    return tuple(map(function, *columns))


def element(array: Any, indices: list[int]) -> Any:
    """
    The element at these indices, which count from 1.

    >>> element(((1.0, 2.0), (3.0, 4.0)), [2, 1])
    3.0
    """
    found = shape(array)
    if len(found) != len(indices):
        raise ValueError(f"{len(indices)} indices for an array of the shape {found}")
    for index, size in zip(indices, found, strict=True):
        if not 1 <= index <= size:
            raise ValueError(f"there is no element {index} of {size}")
        array = array[index - 1]
    return array


def transposed(value: Any) -> Any:
    """
    A vector is a column, and becomes a matrix of one row.

    >>> transposed((1.0, 2.0)), transposed(((1.0, 2.0),))
    (((1.0, 2.0),), ((1.0,), (2.0,)))
    """
    dimensions = len(shape(value))
    if dimensions > 2:
        raise ValueError(f"an array of {dimensions} dimensions has no transpose")
    if dimensions == 2:
        return tuple(zip(*value, strict=True))
    return (value,) if dimensions == 1 else value
