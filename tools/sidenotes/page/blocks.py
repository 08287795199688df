r"""
# The blocks

`/// sidenotes | path` shows a file. Its options, indented below the first line:

* `only: adam.Adam.step` shows one definition or one section of it, or several;
* `first: adam.Adam.step` names definitions or sections of which the rows stand at the top of the
  page, too, so that a reader sees at once what the file is about;
* `fold: adam.Adam.__init__` names those that are folded until a reader opens them;
* `live: adam.Adam` lets an excerpt show the values of that algorithm, step by step;
* `words: false` leaves the formulas alone of the notes beside an excerpt;
* `math: false` leaves the dollars in its notes alone;
* `file: assets/single/mean.py` names a file of the site that Copy and Download give in place of
  the file that is shown: one that needs no others, say;
* `cite: knuth1984` names entries of the site's bibliography.
"""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element, SubElement

from pymdownx.blocks.block import Block, type_boolean, type_string

from ..errors import PageError


class SidenotesBlock(Block):
    """`/// sidenotes | path`"""

    NAME = "sidenotes"
    ARGUMENT = True
    OPTIONS = {
        "only": ["", type_string],
        "first": ["", type_string],
        "fold": ["", type_string],
        "live": ["", type_string],
        "words": [True, type_boolean],
        "math": [True, type_boolean],
        "file": ["", type_string],
        "cite": ["", type_string],
    }

    def on_create(self, parent: Element) -> Element:
        kind = "sn-excerpt" if self.options["only"] else "sn-page"
        self.element = SubElement(parent, "div", {"class": f"sidenotes {kind}"})
        self.config["extension"].blocks.append(self)
        return self.element

    def refuse_content(self, where: str) -> None:
        """
        What stands inside the block has no place to go; most often the closing `///` was
        forgotten.
        """
        if len(self.element) or (self.element.text or "").strip():
            raise PageError(
                f"{where}: nothing may stand inside a 'sidenotes' block; "
                "is its closing '///' missing?"
            )


class TotalsBlock(Block):
    """
    `/// totals` counts the checked formulas, in some sentences; `/// totals | page.md` is a badge
    with the beginning of it, which leads to a page that says how they are checked.
    """

    NAME = "totals"
    ARGUMENT = None

    def on_create(self, parent: Element) -> Element:
        place = SubElement(parent, "p", {"class": "sn-totals"})
        totals = self.config["extension"].badges().totals()
        if self.argument:
            link = SubElement(place, "a", {"href": self.argument, "class": "sn-proofs"})
            link.text = totals.partition(".")[0]
        else:
            place.text = totals
        return place


BLOCKS: tuple[type[Any], ...] = (SidenotesBlock, TotalsBlock)
