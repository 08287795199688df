r"""
# A step, line by line

The trace function of one step. It sees each line of a function with formulas in it before the line
runs, and the end of the function.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import FrameType
from typing import Any

from .callers import refuse_other_names
from .comparison import Comparison, Pending
from .values import ItemValues
from .watched import Watched, WatchedFunctions, told


class Frames:
    def __init__(
        self, functions: WatchedFunctions, comparison: Comparison, items: Sequence[ItemValues]
    ):
        self.functions, self.comparison, self.items = functions, comparison, items
        self.waiting: dict[FrameType, list[Pending]] = {}

    def call(self, frame: FrameType, event: str, arg: Any) -> Any:
        """A function is called."""
        if frame.f_back in self.waiting:
            _keep_received(frame, self.waiting[frame.f_back])
        where = self.functions.find(frame.f_code)
        if where is None:
            return None
        self.functions.call(where, self.comparison.run)
        lines = self.functions.lines[where]

        def local(frame: FrameType, event: str, arg: Any) -> Any:
            pending = self.waiting.get(frame, [])
            if event == "exception":
                pending.clear()
            for each in pending[:]:
                if _is_done(each.watched, frame, event):
                    pending.remove(each)
                    self._end(each, frame, arg)
            if event == "line":
                begun = [each.watched for each in pending]
                for watched in lines.get(frame.f_lineno, ()):
                    if watched not in begun:
                        self._begin(watched, frame)
            return local

        return local

    def _begin(self, watched: Watched, frame: FrameType) -> None:
        """A statement begins: compute what its formula says of it."""
        try:
            pending = self.comparison.begin(watched, self._item(frame), frame.f_locals)
        except Exception as error:
            watched.fail(told(error))
        else:
            self.waiting.setdefault(frame, []).append(pending)

    def _item(self, frame: FrameType) -> ItemValues:
        """The item that the frame, or the nearest of its callers, has in a local variable."""
        if len(self.items) == 1:
            return self.items[0]
        caller: FrameType | None = frame
        while caller:
            held = {id(value) for value in caller.f_locals.values()}
            for item in self.items:
                if id(item.item.thing) in held:
                    return item
            caller = caller.f_back
        raise ValueError("neither this function nor a caller of it holds the item that it is of")

    def _end(self, pending: Pending, frame: FrameType, returned: Any) -> None:
        """A statement is done: compare."""
        watched = pending.watched
        try:
            for value in self._made(pending, frame, returned):
                self.comparison.end(pending, pending.item.plain(value))
        except (TypeError, LookupError, AttributeError) as error:
            watched.fail(f"{watched.made}: {error}")
        except Exception as error:
            watched.fail(told(error))

    def _made(self, pending: Pending, frame: FrameType, returned: Any) -> list[Any]:
        """What a statement made, which it may have handed on to several functions."""
        watched = pending.watched
        if watched.made.holder == "argument":
            return pending.received or [None]
        if watched.made.holder == "return":
            refuse_other_names(frame, watched.names)
            return [returned]
        return [watched.made.value(frame.f_locals)]


def _is_done(watched: Watched, frame: FrameType, event: str) -> bool:
    first, last = watched.statement.first, watched.statement.last
    inside = event == "line" and first <= frame.f_lineno <= last
    # A `finally` runs between a `return` and the end of the function.
    return not inside and (event == "return" or watched.made.holder != "return")


def _keep_received(frame: FrameType, pending: Sequence[Pending]) -> None:
    """A function is called in the middle of a statement: keep what it receives."""
    code = frame.f_code
    received = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    for each in pending:
        for name in each.watched.names:
            if name in received:
                each.received.append(_copied(frame.f_locals[name], each.item))


def _copied(value: Any, item: ItemValues) -> Any:
    """The value as it is now, if it is one: it may change in place before the statement is done."""
    try:
        return item.plain(value)
    except TypeError:
        return value
