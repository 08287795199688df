r"""
# What a reader can set

The step, what the loop is given, the numbers and the flags, and what stands beside it. All of it
has its place before the script comes, so that nothing moves then, and is disabled until the script
answers.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from markdown.util import AtomicString

from ..notes.prose import Prose
from .beside import told

# The kinds of what is given, as `live-given.js` makes them, and the numbers that each asks for.
KINDS: dict[str, tuple[str, dict[str, float]]] = {
    "drawn": ("noise, as drawn for this page", {}),
    "constant": ("constant", {"size": 1}),
    "alternating": ("alternating", {"size": 1}),
    "noise": ("noise", {"mean μ": 0.5, "deviation σ": 1}),
    "step": ("a step", {"from": -1, "to": 1}),
    "spike": ("a spike after silence", {"size": 1, "at step": 20}),
    "growing": ("growing", {"first": 0.1, "by %": 11}),
    "hand": ("drawn by hand", {"up to": 2}),
    "typed": ("typed in", {}),
}
# A name that is turned like a knob.
TURN = {"class": "sn-live-turn", "title": "Drag it, or press ↑ and ↓ in the field"}


def controls(
    parent: Element, panel: dict[str, Any], names: Sequence[str], prose: Prose, where: str
) -> None:
    """The form. A `fieldset` disables all that is in it."""
    form = SubElement(parent, "form", {"class": "sn-live-form", "autocomplete": "off"})
    every = SubElement(form, "fieldset", {"disabled": ""})
    step(every, panel, prose, where)
    settings(every, panel, prose, where)
    second = panel.get("second")
    if second or names:
        _second(every, panel, [name for name in names if name != panel["name"]])
    if second:
        other = {**panel, "flags": _with(panel["flags"], second["flags"])}
        box = SubElement(every, "div", {"class": "sn-live-other"})
        settings(box, other, prose, where, "second.")
    SubElement(every, "p", {"class": "sn-live-said", "role": "status"})


def _with(flags: dict[str, Any], values: dict[str, bool]) -> dict[str, Any]:
    return {s: {**f, "value": values.get(f["name"], f["value"])} for s, f in flags.items()}


def step(parent: Element, panel: dict[str, Any], prose: Prose, where: str) -> None:
    """The step, the curves, and what is given."""
    place = SubElement(parent, "div", {"class": "sn-live-place"})
    line = SubElement(place, "div", {"class": "sn-live-step"})
    play = SubElement(line, "button", {"type": "button", "class": "sn-live-play"})
    play.set("aria-label", "Play")
    bounds = {"min": "1", "max": str(len(panel["given"])), "value": str(panel["step"])}
    SubElement(line, "input", {"type": "range", "name": "step", "aria-label": "Step", **bounds})
    # What it says is about as wide in every step.
    SubElement(line, "output", {"class": "sn-live-count"}).text = told(panel)
    SubElement(parent, "div", {"class": "sn-live-curves", "aria-hidden": "true"})
    _given(parent, panel, prose, where)


def _given(parent: Element, panel: dict[str, Any], prose: Prose, where: str) -> None:
    line = SubElement(parent, "div", {"class": "sn-live-given"})
    label = SubElement(line, "label")
    symbol = panel["program"]["given"]
    if symbol is None:
        line.set("hidden", "")
    SubElement(label, "span").text = prose.prepare(f"${symbol or 't'}$", lambda _: where)
    select = SubElement(label, "select", {"name": "kind", "aria-label": "What is given"})
    kind = panel["kind"]
    for name, (words, asked) in KINDS.items():
        if name != "drawn" or name == kind:
            option = SubElement(select, "option", {"value": name, "data-asks": json.dumps(asked)})
            option.text = words
            if name == kind:
                option.set("selected", "")
    _asked(line, list(KINDS[kind][1].items()))
    typed = {"type": "text", "name": "typed", "hidden": "", "aria-label": "Numbers, with spaces"}
    SubElement(line, "input", typed)


def _asked(parent: Element, asked: Sequence[tuple[str, float]]) -> None:
    """The two numbers that a kind can ask for."""
    for number, name in enumerate(("first", "second")):
        words, value = asked[number] if number < len(asked) else ("", "")
        hidden = {} if words else {"hidden": ""}
        label = SubElement(parent, "label", {"class": f"sn-live-{name}", **hidden})
        SubElement(label, "span", TURN).text = words
        box = {"type": "text", "inputmode": "decimal", "name": name, "value": str(value)}
        SubElement(label, "input", box)


def settings(
    parent: Element, panel: dict[str, Any], prose: Prose, where: str, prefix: str = ""
) -> None:
    """The numbers and the flags."""
    numbers = SubElement(parent, "div", {"class": "sn-live-numbers"})
    for number in panel["numbers"]:
        _number(numbers, number, prose, where, prefix)
    flags = SubElement(parent, "div", {"class": "sn-live-flags"})
    for flag in panel["flags"].values():
        label = SubElement(flags, "label")
        checked = {"checked": ""} if flag["value"] else {}
        box = {"type": "checkbox", "name": f"{prefix}flag.{flag['name']}", **checked}
        SubElement(label, "input", box)
        SubElement(label, "code").text = AtomicString(flag["name"])


def _number(parent: Element, number: dict[str, Any], prose: Prose, where: str, prefix: str) -> None:
    label = SubElement(parent, "label")
    # The first symbol stands for all: they have one value.
    symbol, name = number["symbols"][0], number["name"]
    turn = SubElement(label, "span", TURN)
    turn.text = prose.prepare(f"${symbol}$", lambda _: where)
    named = {"name": f"{prefix}number.{name}", "aria-label": name}
    box = {"type": "text", "inputmode": "decimal", **named}
    SubElement(label, "input", {**box, "value": f"{number['value']:g}"})


def _second(parent: Element, panel: dict[str, Any], others: Sequence[str]) -> None:
    """What stands beside it: the same once more, set otherwise, or another."""
    line = SubElement(parent, "div", {"class": "sn-live-second-line"})
    label = SubElement(line, "label")
    SubElement(label, "span").text = "beside it"
    select = SubElement(label, "select", {"name": "beside"})
    own = panel["name"]
    options = [("", "nothing"), (own, "the same, set otherwise")]
    for value, words in (*options, *((name, _short(name)) for name in others)):
        SubElement(select, "option", {"value": value}).text = words
    if panel.get("second"):
        select[1].set("selected", "")
    # What it says at first has its place.
    kept = " sn-live-kept" if panel.get("second") else ""
    SubElement(line, "p", {"class": f"sn-live-ratio{kept}"})


def _short(name: str) -> str:
    return name.rpartition(".")[2]
