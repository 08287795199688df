r"""
# The block

```
/// surfaces | labml_optim
What stands below the picture.
///
```

puts all surfaces on a page, and the optimizers of a folder whose algorithm `sidenotes check` has
written into its report. What a reader can set has its place before the script comes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.util import AtomicString
from pymdownx.blocks import BlocksExtension, BlocksProcessor
from pymdownx.blocks.block import Block

from experiments.surfaces.picture import STEPS, picture
from experiments.surfaces.table import SURFACES, Surface
from sidenotes.errors import PageError
from sidenotes.math.katex import typesetter
from sidenotes.page.badges import load

# What all algorithms have, and what no surface needs.
COMMON = {"maximize", "optimized_update", "weight_decouple", "absolute", "accumulate_eps"}
# On a surface, the first steps of SGD would hide all that follows.
FIRST = {"rectify": False, "degenerate_to_sgd": False}


class SurfacesExtension(BlocksExtension):
    """The Markdown extension `experiments.surfaces.block`."""

    def __init__(self, **options: Any):
        self.config = {
            "root": [".", "The folder that paths start from"],
            "checked": [".cache/equations.json", "What 'sidenotes check --json' wrote"],
        }
        super().__init__(**options)

    def extendMarkdownBlocks(self, md: Markdown, block_mgr: BlocksProcessor) -> None:
        root = Path(self.getConfig("root"))
        block_mgr.register(SurfacesBlock, {"root": root, "checked": self.getConfig("checked")})


def makeExtension(**options: Any) -> SurfacesExtension:
    """What Python-Markdown calls."""
    return SurfacesExtension(**options)


class SurfacesBlock(Block):
    """`/// surfaces | folder`"""

    NAME = "surfaces"
    ARGUMENT = True

    def on_create(self, parent: Element) -> Element:
        panels = self._panels()
        if not panels:
            # As for a page of one optimizer: what is not checked does not run.
            about = SubElement(parent, "p", {"class": "sf-none"})
            about.text = "In this build the algorithms were not checked, so none runs here."
            return about
        section = SubElement(parent, "section", {"class": "sf", "id": "surfaces"})
        section.set("aria-label", "Optimizers on surfaces")
        section.set("data-search-exclude", "")
        data = {"surfaces": [_data(each) for each in SURFACES], "panels": panels}
        section.set("data-surfaces", json.dumps(data, ensure_ascii=False, separators=(",", ":")))
        self._plot(section, panels)
        form = SubElement(section, "form", {"class": "sf-form", "autocomplete": "off"})
        _form(SubElement(form, "fieldset", {"disabled": ""}), panels)
        return SubElement(parent, "div", {"class": "sf-about"})

    def _panels(self) -> list[dict[str, Any]]:
        root, folder = self.config["root"].resolve(), self.argument.strip()
        marks, found = load(root, self.config["checked"]), []
        if not (root / folder).is_dir():
            raise PageError(f"the block 'surfaces | {folder}': no such folder")
        for path in sorted((root / folder).glob("*.py")):
            name = path.relative_to(root).as_posix()
            found += marks.panels(name, path.read_text(encoding="utf-8"))
        return [_panel(each) for each in found]

    def _plot(self, section: Element, panels: list[dict[str, Any]]) -> None:
        box = SubElement(section, "div", {"class": "sf-box"})
        rows = tuple((each["name"], tuple(each["first"].items())) for each in panels)
        drawing = SubElement(box, "div", {"class": "sf-drawing sn-drawing"})
        drawing.text = AtomicString(self.md.htmlStash.store(picture(SURFACES[0], rows)))
        for number, surface in enumerate(SURFACES):
            line = SubElement(box, "p", {"class": "sf-formula", "data-surface": surface.name})
            if number:
                line.set("hidden", "")
            made = typesetter((), ()).typeset(rf"f(x, y) = {surface.tex}", display=False)
            line.text = AtomicString(self.md.htmlStash.store(made))


def _panel(panel: dict[str, Any]) -> dict[str, Any]:
    flags = panel["flags"]
    first = {f["name"]: FIRST[f["name"]] for f in flags.values() if f["name"] in FIRST}
    shown = {
        symbol: {**flag, "value": first.get(flag["name"], flag["value"])}
        for symbol, flag in flags.items()
    }
    numbers = {n["name"]: {k: n[k] for k in ("symbols", "value")} for n in panel["numbers"]}
    name = panel["name"].rpartition(".")[2]
    return {
        "name": name,
        "program": panel["program"],
        "parameter": next(iter(panel["start"])),
        "numbers": numbers,
        "flags": shown,
        "first": first,
    }


def _data(surface: Surface) -> dict[str, Any]:
    keys = ("name", "box", "start", "lowest", "rate")
    return {**{key: getattr(surface, key) for key in keys}, "trees": surface.trees()}


# ## What a reader can set


def _form(form: Element, panels: list[dict[str, Any]]) -> None:
    select = _labelled(form, "Surface", "select", {"name": "surface"})
    for surface in SURFACES:
        SubElement(select, "option", {"value": surface.name}).text = surface.title
    line = SubElement(form, "div", {"class": "sf-step"})
    SubElement(line, "button", {"type": "button", "class": "sf-play", "aria-label": "Play"})
    bounds = {"min": "0", "max": str(STEPS), "value": str(STEPS)}
    SubElement(line, "input", {"type": "range", "name": "step", "aria-label": "Step", **bounds})
    SubElement(line, "output").text = f"step {STEPS} of {STEPS}"
    start = SubElement(form, "div", {"class": "sf-start-at"})
    for name, value in zip("xy", SURFACES[0].start, strict=True):
        _labelled(start, f"Start {name}", "input", _number(name, value))
    SubElement(start, "button", {"type": "button", "class": "sf-again"}).text = "As at first"
    table = SubElement(form, "table", {"class": "sf-rows"})
    head = SubElement(SubElement(table, "thead"), "tr")
    for words in ("Optimizer", "Rate", "f"):
        SubElement(head, "th", {"scope": "col"}).text = words
    body = SubElement(table, "tbody")
    for number, panel in enumerate(panels, 1):
        _row(body, panel, number)
    SubElement(form, "p", {"class": "sf-said", "role": "status"})


def _row(body: Element, panel: dict[str, Any], number: int) -> None:
    row = SubElement(body, "tr", {"data-name": panel["name"]})
    head = SubElement(row, "th", {"scope": "row"})
    label = SubElement(head, "label", {"class": "sf-name"})
    box = {"type": "checkbox", "name": f"{panel['name']}.shown", "checked": ""}
    SubElement(label, "input", box)
    SubElement(label, "span", {"class": f"sf-key sf-key-{number}", "aria-hidden": "true"})
    SubElement(label, "span").text = panel["name"]
    for flag in panel["flags"].values():
        if flag["name"] not in COMMON:
            _flag(head, panel["name"], flag)
    rate = _number(f"{panel['name']}.lr", SURFACES[0].rate)
    SubElement(SubElement(row, "td"), "input", {**rate, "aria-label": f"Rate of {panel['name']}"})
    SubElement(row, "td", {"class": "sf-value"})


def _flag(parent: Element, panel: str, flag: dict[str, Any]) -> None:
    label = SubElement(parent, "label", {"class": "sf-flag"})
    checked = {"checked": ""} if flag["value"] else {}
    SubElement(label, "input", {"type": "checkbox", "name": f"{panel}.{flag['name']}", **checked})
    SubElement(label, "code").text = AtomicString(flag["name"])


def _number(name: str, value: float) -> dict[str, str]:
    return {"type": "text", "inputmode": "decimal", "name": name, "value": f"{value:g}"}


def _labelled(parent: Element, words: str, tag: str, attributes: dict[str, str]) -> Element:
    label = SubElement(parent, "label")
    SubElement(label, "span").text = words
    return SubElement(label, tag, attributes)
