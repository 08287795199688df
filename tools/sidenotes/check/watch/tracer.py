r"""
# Watching a run

The real code runs, under a trace function. When it comes to a statement that a claim speaks of, the
symbols of the formula get the values of this moment, and the formula its value. When the statement
is done, the value that it made is compared with that.

What a symbol means at a line is said in [moment.py](moment.py). Two things no value can tell:
whether $x_t$ at a line is $x_t$ yet, which is for [updates.py](updates.py) to say, and what a value
that is returned is called, for which [callers.py](callers.py) looks.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from ..claims.module import Claim, Module
from ..compare import TOLERANCE, deviation
from ..formula.evaluator import Value, evaluate
from ..formula.indices import shifted
from ..model import Problem, Table
from ..runs import Run
from .callers import refuse_other_names
from .instrument import Marked
from .moment import Moment
from .reports import heard
from .updates import Updates

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
    updates: Updates = field(default_factory=Updates)
    # The first thing that went wrong.
    problem: Problem | None = None


@dataclass
class Pending:
    """A statement that is being executed, and the value that a formula gave it."""

    claim: Claim
    moment: Moment
    known: dict[str, Value]
    # Those of them that come from the code's own variables.
    read: dict[str, Value]
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
        # A function begins with its decorators. Who compiles one anew may have left them out.
        self.functions: dict[Function, Function] = {}
        # What has been compared in the present step.
        self.settled: list[tuple[Pending, Value]] = []
        self._paths: dict[str, str] = {}
        for module in modules:
            path = str(module.path.resolve())
            for claim in module.claims:
                self.records[claim] = Record()
                name, top, head = claim.statement.function
                function = path, name, top
                self.functions |= {(path, name, line): function for line in range(top, head + 1)}
                lines = self.claims.setdefault(function, {})
                for line in range(claim.statement.first, claim.statement.last + 1):
                    lines.setdefault(line, []).append(claim)

    def follow(self, run: Run, marked: Marked | None = None) -> list[Moment]:
        """
        Make all steps of a run, with the text of its source if it has one. What it raises is the
        caller's to catch.
        """
        started = run.start(marked.text) if marked else run.start()
        moments = [Moment(item, i) for i, item in enumerate(started.items, 1)]
        for given in run.given:
            moving = [m for m, value in zip(moments, given, strict=True) if value is not None]
            for moment in moving:
                moment.step += 1
                moment.begin()
            self.settled.clear()
            with self._watch(run, moments):
                reports = started.step(given)
            if marked:
                for moment, own in zip(moments, reports, strict=True):
                    self._hear(run, moment, own, marked)
            for moment in moving:
                moment.end()
                self._see_updates(moment)
        return moments

    def _hear(
        self, run: Run, moment: Moment, reports: Iterable[tuple[int, float]], marked: Marked
    ) -> None:
        """What code in C has reported of an item in a step."""
        found = heard(reports, marked.marks)
        for function in found.entered:
            self.entered.setdefault(function, set()).add(kind(run))
        for claim, (variables, made) in found.statements.items():
            try:
                self.compare(self.expect(claim, moment, variables), made, run)
            except ValueError as error:
                self.fail(claim, str(error))

    def expect(self, claim: Claim, moment: Moment, variables: Mapping[str, Any]) -> Pending:
        """What a claim says of a statement that begins, where these are the variables."""
        own, names = claim.formula.target.key, self.table.holders
        known = {s: moment.value(s, s == own, names(s), variables) for s in claim.symbols}
        read = {s: known[s] for s in known if s == own or s not in moment.known}
        return Pending(claim, moment, known, read, evaluate(claim.formula.value, known))

    def compare(self, pending: Pending, made: Value, run: Run) -> None:
        """What a statement made with what the claim said."""
        claim, moment, record = pending.claim, pending.moment, self.records[pending.claim]
        self._refuse_late_start(claim, moment)
        self.settled.append((pending, made))
        record.checks += 1
        record.names.add(run.name)
        record.kinds.add(kind(run))
        deviates, text = deviation(made, pending.said)
        if deviates > TOLERANCE:
            known = ", ".join(f"{s} = {v}" for s, v in sorted(pending.known.items()))
            where = f"{run.name}, step {moment.step}, item {moment.number}"
            self.fail(claim, f"{claim.made} is {text}\n    in {where}\n    where {known}")
        else:
            record.error = max(record.error, deviates)

    def _refuse_late_start(self, claim: Claim, moment: Moment) -> None:
        symbol = claim.formula.target.key
        later = shifted(symbol, "0", "t")
        if later != symbol and later in moment.end_of(-1) and moment.step != 1:
            text = f"made in step {moment.step}, but {symbol} is what the first step starts from"
            self.fail(claim, text)

    def fail(self, claim: Claim, text: str) -> None:
        record = self.records[claim]
        record.problem = record.problem or Problem(claim.place, text)

    def _see_updates(self, moment: Moment) -> None:
        """What the claims read and made in a step, now that it is known what became of it."""
        before, after = moment.end_of(-2), moment.end_of(-1)
        for pending, value in self.settled:
            if pending.moment is moment:
                made = {pending.claim.formula.target.key: value}
                self.records[pending.claim].updates.see(pending.read, made, before, after)

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
        return self.functions.get((self._paths[path], code.co_name, code.co_firstlineno))


def kind(run: Run) -> Kind:
    return run.subject, frozenset(run.flags.items())


class Watch:
    """The trace function of one step."""

    def __init__(self, tracer: Tracer, run: Run, moments: Sequence[Moment]):
        self.tracer, self.run, self.moments = tracer, run, moments
        self.waiting: dict[FrameType, list[Pending]] = {}

    def call(self, frame: FrameType, event: str, arg: Any) -> Any:
        if frame.f_back in self.waiting:
            self._hand(frame, self.waiting[frame.f_back])
        function = self.tracer.function(frame.f_code)
        if function is None:
            return None
        self.tracer.entered.setdefault(function, set()).add(kind(self.run))
        claims = self.tracer.claims[function]

        def local(frame: FrameType, event: str, arg: Any) -> Any:
            pending = self.waiting.get(frame, [])
            if event == "exception":
                pending.clear()
            for each in pending[:]:
                claim = each.claim
                first, last = claim.statement.first, claim.statement.last
                inside = event == "line" and first <= frame.f_lineno <= last
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
                    each.handed = _copied(frame.f_locals[name], each.moment)

    def _begin(self, claim: Claim, frame: FrameType) -> None:
        """A statement begins: compute what its claim says of it."""
        try:
            pending = self.tracer.expect(claim, self._moment(frame), frame.f_locals)
        except ValueError as error:
            self.tracer.fail(claim, str(error))
        else:
            self.waiting.setdefault(frame, []).append(pending)

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
        claim = pending.claim
        given = {"return": returned, "argument": pending.handed}
        try:
            kind = claim.made.kind
            made = given[kind] if kind in given else claim.made.read(frame.f_locals)
            value = pending.moment.plain(made)
            if kind == "return":
                refuse_other_names(frame, claim.names)
        except (TypeError, LookupError, AttributeError) as error:
            self.tracer.fail(claim, f"{claim.made}: {error}")
        except ValueError as error:
            self.tracer.fail(claim, str(error))
        else:
            self.tracer.compare(pending, value, self.run)


def _copied(value: Any, moment: Moment) -> Any:
    """The value as it is now, if it is one: it may change in place before the statement is done."""
    try:
        return moment.plain(value)
    except TypeError:
        return value
