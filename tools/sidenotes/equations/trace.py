r"""
# Watching a run

The real code runs, under a trace function. When it comes to a statement that a claim speaks of, the
symbols of the formula get the values of this moment, and the formula its value. When the statement
is done, the value that it made is compared with that.

What a symbol means at a line is said in [moment.py](moment.py).
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from .claims import Claim, Module
from .compare import TOLERANCE, deviation
from .model import Problem, Table
from .moment import Moment
from .runs import Run, plain
from .values import Value, evaluate

# What ran: the subject, and its flags.
Kind = tuple[str, frozenset[tuple[str, bool]]]
Function = tuple[str, str, int]


@dataclass
class Record:
    """What became of one claim, over all runs."""

    checks: int = 0
    error: float = 0.0
    # The runs in which it was checked, and of which kinds they were.
    names: set[str] = field(default_factory=set)
    kinds: set[Kind] = field(default_factory=set)
    # The first thing that went wrong.
    problem: Problem | None = None


@dataclass
class Pending:
    """A statement that is being executed, and the value that a formula gave it."""

    claim: Claim
    moment: Moment
    known: dict[str, Value]
    said: Value
    handed: Any = None


class Tracer:
    """Checks the claims of some modules, run after run, and keeps the records."""

    def __init__(self, modules: Iterable[Module], table: Table):
        self.table = table
        self.records: dict[Claim, Record] = {}
        # By function, then by line.
        self.claims: dict[Function, dict[int, list[Claim]]] = {}
        self.entered: dict[Function, set[Kind]] = {}
        self._paths: dict[str, str] = {}
        for module in modules:
            path = str(module.path.resolve())
            for claim in module.claims:
                self.records[claim] = Record()
                lines = self.claims.setdefault((path, *claim.function), {})
                for line in range(claim.first, claim.last + 1):
                    lines.setdefault(line, []).append(claim)

    def follow(self, run: Run) -> list[Moment]:
        """Make all steps of a run. What it raises is the caller's to catch."""
        started = run.start()
        moments = [Moment(item, i) for i, item in enumerate(started.items, 1)]
        for given in run.given:
            moving = [m for m, value in zip(moments, given, strict=True) if value is not None]
            for moment in moving:
                moment.step += 1
                moment.begin()
            with self._watch(run, moments):
                started.step(given)
            for moment in moving:
                moment.end()
        return moments

    @contextmanager
    def _watch(self, run: Run, moments: Sequence[Moment]) -> Iterator[None]:
        # A debugger or a coverage tool may be at work. It gets its place back.
        before = sys.gettrace()
        sys.settrace(Watch(self, run, moments).call)
        try:
            yield
        finally:
            sys.settrace(before)

    def function(self, code: CodeType) -> Function | None:
        """The function of this code, if there are claims in it."""
        path = code.co_filename
        if path not in self._paths:
            self._paths[path] = str(Path(path).resolve())
        found = (self._paths[path], code.co_name, code.co_firstlineno)
        return found if found in self.claims else None


class Watch:
    """The trace function of one step."""

    def __init__(self, tracer: Tracer, run: Run, moments: Sequence[Moment]):
        self.tracer, self.run, self.moments = tracer, run, moments
        self.kind: Kind = (run.subject, frozenset(run.flags.items()))
        self.waiting: dict[FrameType, list[Pending]] = {}

    def call(self, frame: FrameType, event: str, arg: Any) -> Any:
        if frame.f_back in self.waiting:
            self._hand(frame, self.waiting[frame.f_back])
        function = self.tracer.function(frame.f_code)
        if function is None:
            return None
        self.tracer.entered.setdefault(function, set()).add(self.kind)
        claims = self.tracer.claims[function]

        def local(frame: FrameType, event: str, arg: Any) -> Any:
            pending = self.waiting.get(frame, [])
            if event == "exception":
                pending.clear()
            for each in pending[:]:
                claim = each.claim
                inside = event == "line" and claim.first <= frame.f_lineno <= claim.last
                # A `finally` runs between a `return` and the end of the function.
                if not inside and (event == "return" or claim.made.kind != "return"):
                    pending.remove(each)
                    self._settle(each, frame, arg)
            if event == "line":
                begun = [each.claim for each in pending]
                for claim in claims.get(frame.f_lineno, ()):
                    if claim not in begun:
                        self._begin(claim, frame)
            return local

        return local

    def _hand(self, frame: FrameType, pending: list[Pending]) -> None:
        """A function is called in the middle of a statement: keep what it receives."""
        code = frame.f_code
        received = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        for each in pending:
            for name in each.claim.names:
                if each.handed is None and name in received:
                    each.handed = _copied(frame.f_locals[name])

    def _begin(self, claim: Claim, frame: FrameType) -> None:
        """A statement begins: compute what its claim says of it."""
        try:
            moment = self._moment(frame)
            own, names = claim.formula.target.key, self.tracer.table.holders
            known = {s: moment.value(s, s == own, names(s), frame.f_locals) for s in claim.symbols}
            said = evaluate(claim.formula.value, known)
        except ValueError as error:
            self._fail(claim, str(error))
            return
        self.waiting.setdefault(frame, []).append(Pending(claim, moment, known, said))

    def _moment(self, frame: FrameType) -> Moment:
        """The item that the frame, or the nearest of its callers, has in a local variable."""
        if len(self.moments) == 1:
            return self.moments[0]
        caller: FrameType | None = frame
        while caller:
            held = {id(value) for value in caller.f_locals.values()}
            for moment in self.moments:
                if id(moment.item.thing) in held:
                    return moment
            caller = caller.f_back
        raise ValueError("neither this function nor a caller of it holds the item that it is of")

    def _settle(self, pending: Pending, frame: FrameType, returned: Any) -> None:
        """A statement is done: compare."""
        claim, record = pending.claim, self.tracer.records[pending.claim]
        kind = claim.made.kind
        try:
            given = {"return": returned, "argument": pending.handed}
            made = plain(given[kind] if kind in given else claim.made.read(frame.f_locals))
        except (TypeError, LookupError, AttributeError) as error:
            self._fail(claim, f"{claim.made}: {error}")
            return
        record.checks += 1
        record.names.add(self.run.name)
        record.kinds.add(self.kind)
        deviates, text = deviation(made, pending.said)
        if deviates > TOLERANCE:
            known = ", ".join(f"{s} = {v}" for s, v in sorted(pending.known.items()))
            moment = pending.moment
            where = f"{self.run.name}, step {moment.step}, item {moment.number}"
            self._fail(claim, f"{claim.made} is {text}\n    in {where}\n    where {known}")
        else:
            record.error = max(record.error, deviates)

    def _fail(self, claim: Claim, text: str) -> None:
        record = self.tracer.records[claim]
        record.problem = record.problem or Problem(claim.place, text)


def _copied(value: Any) -> Any:
    """The value as it is now, if it is one: it may change in place before the statement is done."""
    try:
        return plain(value)
    except TypeError:
        return value
