r"""
# What a reader can set

The gradients, or whatever the loop is given, the numbers and the flags, and the step. All of it has
its place before the script comes, so that nothing moves then, and is disabled until the script
answers.
"""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element, SubElement

from markdown.util import AtomicString

from ..notes.prose import Prose

# The kinds of what is given, as `live.js` knows them.
KINDS = {
    "drawn": "noise, as drawn for this page",
    "constant": "constant",
    "alternating": "alternating",
    "noise": "noise",
    "step": "a step",
    "spike": "a spike after silence",
    "growing": "growing",
    "typed": "typed in",
}


def controls(parent: Element, panel: dict[str, Any], prose: Prose, where: str) -> None:
    """The form. A `fieldset` disables all that is in it."""
    form = SubElement(parent, "form", {"class": "sn-live-form", "autocomplete": "off"})
    every = SubElement(form, "fieldset", {"disabled": ""})
    _step(every, panel)
    _given(every, panel, prose, where)
    numbers = SubElement(every, "div", {"class": "sn-live-numbers"})
    for number in panel["numbers"]:
        _number(numbers, number, prose, where)
    flags = SubElement(every, "div", {"class": "sn-live-flags"})
    for flag in panel["flags"].values():
        label = SubElement(flags, "label")
        checked = {"checked": ""} if flag["value"] else {}
        box = {"type": "checkbox", "name": f"flag.{flag['name']}", **checked}
        SubElement(label, "input", box)
        SubElement(label, "code").text = AtomicString(flag["name"])
    SubElement(every, "p", {"class": "sn-live-said", "role": "status"})


def _step(parent: Element, panel: dict[str, Any]) -> None:
    line = SubElement(parent, "div", {"class": "sn-live-step"})
    play = SubElement(line, "button", {"type": "button", "class": "sn-live-play"})
    play.set("aria-label", "Play")
    last = str(len(panel["given"]))
    bounds = {"min": "1", "max": last, "value": str(panel["step"])}
    slider = {"type": "range", "name": "step", "aria-label": "Step", **bounds}
    SubElement(line, "input", slider)
    # What it says is about as wide in every step.
    told = SubElement(line, "output", {"class": "sn-live-count"})
    told.text = f"step {panel['step']} of {last}"
    SubElement(parent, "div", {"class": "sn-live-curves", "aria-hidden": "true"})


def _given(parent: Element, panel: dict[str, Any], prose: Prose, where: str) -> None:
    line = SubElement(parent, "div", {"class": "sn-live-given"})
    label = SubElement(line, "label")
    symbol = panel["program"]["given"]
    if symbol is None:
        line.set("hidden", "")
    SubElement(label, "span").text = prose.prepare(f"${symbol or 't'}$", lambda _: where)
    select = SubElement(label, "select", {"name": "kind", "aria-label": "What is given"})
    for kind, words in KINDS.items():
        SubElement(select, "option", {"value": kind}).text = words
    for name in ("first", "second"):
        own = SubElement(line, "label", {"class": f"sn-live-{name}", "hidden": ""})
        SubElement(own, "span")
        SubElement(own, "input", {"type": "text", "inputmode": "decimal", "name": name})
    typed = {"type": "text", "name": "typed", "hidden": "", "aria-label": "Numbers, with spaces"}
    SubElement(line, "input", typed)


def _number(parent: Element, number: dict[str, Any], prose: Prose, where: str) -> None:
    label = SubElement(parent, "label")
    # The first symbol stands for all: they have one value.
    symbol, name = number["symbols"][0], number["name"]
    SubElement(label, "span").text = prose.prepare(f"${symbol}$", lambda _: where)
    box = {"type": "text", "inputmode": "decimal", "name": f"number.{name}", "aria-label": name}
    SubElement(label, "input", {**box, "value": f"{number['value']:g}"})
