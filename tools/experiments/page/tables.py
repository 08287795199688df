r"""
# The results on a page

```
/// study | tools/experiments/data/digits.jsonl
    table: verdicts
///
```

`table` is one of those below. All figures and all verdicts come from the file; none is typed into a
page.

| | |
|---|---|
| `sentence` | how many comparisons are told apart, and by what |
| `verdicts` | what was claimed, and what became of it |
| `optimizers` | all optimizers, with both budgets |
| `comparisons` | what the verdicts rest on, folded |
| `about` | on what, when, and how long |
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.util import AtomicString
from pymdownx.blocks import BlocksExtension, BlocksProcessor
from pymdownx.blocks.block import Block, type_string

from experiments.design import FULL, OPTIMIZERS, SHORT
from experiments.results import Results, Row, load
from experiments.verdicts.claims import CLAIMS, PAIRS, TABLE, Pair, compared
from experiments.verdicts.paired import Ratio
from sidenotes.errors import PageError, near


class StudyExtension(BlocksExtension):
    """The Markdown extension `experiments.page.tables`."""

    def __init__(self, **options: Any):
        self.config = {"root": [".", "The folder that the paths of blocks start from"]}
        super().__init__(**options)

    def extendMarkdownBlocks(self, md: Markdown, block_mgr: BlocksProcessor) -> None:
        block_mgr.register(StudyBlock, {"root": Path(self.getConfig("root"))})


def makeExtension(**options: Any) -> StudyExtension:
    """What Python-Markdown calls."""
    return StudyExtension(**options)


class StudyBlock(Block):
    """`/// study | path`"""

    NAME = "study"
    ARGUMENT = True
    OPTIONS = {"table": ["", type_string]}

    def on_create(self, parent: Element) -> Element:
        where, name = f"the block 'study | {self.argument}'", self.options["table"]
        path = self.config["root"] / self.argument
        if not path.is_file():
            raise PageError(f"{where}: no such file; `make experiments` writes it")
        if name not in TABLES:
            raise PageError(f"{where}: no table '{name}'{near(name, TABLES)}")
        element = SubElement(parent, "div", {"class": f"st st-{name}"})
        TABLES[name](element, load(path))
        return SubElement(parent, "div", {"class": "st-about"})


# ## The sentences


def sentence(parent: Element, results: Results) -> None:
    every = list(compared(results, PAIRS))
    told = [each for each in every if each.ratio.better or each.ratio.worse]
    main = [each for each in compared(results, TABLE) if each.pair.one != "torch's Adam"]
    apart = [each for each in main if each.ratio.better or each.ratio.worse]
    largest = max(max(each.ratio.value, 1 / each.ratio.value) for each in main)
    far = max(tenfold(results.row(name, "Adam", FULL)) for name in networks(results))
    words = (
        f"Of {len(main)} comparisons of an optimizer with Adam, {len(apart)} are told apart by the "
        f"{len(results.rows[0].loss)} seeds; the largest ratio of two losses is {largest:.2f}. "
        f"Of all {len(every)} comparisons here, with those of ε and of warm-up, {len(told)} are. "
        f"Within a factor of ten of its best rate, Adam's loss grows to {far:.1f} times the best."
    )
    text(parent, "p", words)


def networks(results: Results) -> list[str]:
    return list(dict.fromkeys(row.network for row in results.rows))


def tenfold(row: Row) -> float:
    """The largest loss on validation data with a rate near the best one, to the smallest."""
    near_by = [x for rate, x in row.tuned.items() if 0.09 < float(rate) / row.rate < 11]
    losses = [math.inf if x is None else x for x in near_by]
    return max(losses) / min(losses)


def about(parent: Element, results: Results) -> None:
    known = {k: v for k, v in results.about.items() if k not in ("seconds", "date", "remark")}
    words = ", ".join(str(v) if k == "device" else f"{k} {v}" for k, v in known.items())
    seconds = results.about["seconds"]
    when = f"Run on {results.about['date']}, in {seconds // 60} min {seconds % 60} s: {words}."
    text(parent, "p", " ".join(filter(None, (when, results.about.get("remark")))))


# ## The tables


def verdicts(parent: Element, results: Results) -> None:
    body = table(parent, "What was claimed", "Here it", "Because")
    for claim in CLAIMS:
        found = list(compared(results, claim.pairs))
        verdict = claim.rule(found)
        line = SubElement(body, "tr")
        head = text(line, "th", claim.text)
        head.set("scope", "row")
        text(head, "small", claim.source)
        text(line, "td", verdict.short).set("class", f"st-{verdict.short.split()[0]}")
        cell = text(line, "td", verdict.why)
        if len(found) <= 4:
            for each in found:
                pair = f"{each.pair.one} to {each.pair.other}, " if len(found) > 2 else ""
                text(cell, "small", f"{pair}{each.place}: {interval(each.ratio)}")


def comparisons(parent: Element, results: Results) -> None:
    found = list(compared(results, PAIRS))
    details = SubElement(parent, "details", {"class": "sn-numbers", "data-search-exclude": ""})
    text(details, "summary", f"All {len(found)} comparisons")
    body = table(details, "one", "other", "network, steps", "ratio of the losses", "the first is")
    for each in found:
        line = SubElement(body, "tr")
        text(line, "th", each.pair.one).set("scope", "row")
        text(line, "td", each.pair.other)
        text(line, "td", f"{each.network}, {each.pair.budget}")
        text(line, "td", interval(each.ratio))
        text(line, "td", told(each.ratio))


def optimizers(parent: Element, results: Results) -> None:
    for network in networks(results):
        for budget in (SHORT, FULL):
            text(parent, "h3", f"The {network}, {budget} steps")
            body = table(parent, "", "rate", "test loss", "test errors", "loss, in units of Adam's")
            for name in OPTIMIZERS:
                row = results.row(network, name, budget)
                line = SubElement(body, "tr")
                text(line, "th", name).set("scope", "row")
                text(line, "td", chosen(row))
                text(line, "td", f"{middle(row):.3f}")
                text(line, "td", spread(row))
                pair = Pair(name, "Adam", budget)
                found = [each for each in compared(results, [pair]) if each.network == network]
                words = f"{interval(found[0].ratio)}, {told(found[0].ratio)}"
                text(line, "td", "1" if name == "Adam" else words)


def chosen(row: Row) -> str:
    """Its rate. Beyond the edge of the grid there may be a better one."""
    edges = {min(map(float, row.tuned)): "first", max(map(float, row.tuned)): "last"}
    return f"{row.rate:g}" + (f", the {edges[row.rate]} tried" if row.rate in edges else "")


def middle(row: Row) -> float:
    """The geometric mean of its losses."""
    return math.exp(sum(map(math.log, row.loss)) / len(row.loss))


def spread(row: Row) -> str:
    low, high = min(row.error), max(row.error)
    return f"{100 * sum(row.error) / len(row.error):.1f} % ({100 * low:.1f} to {100 * high:.1f})"


def interval(ratio: Ratio) -> str:
    """
    >>> interval(Ratio(0.9517, 0.90123, 1.005))
    '0.95 (0.90 to 1.01)'
    """
    return f"{ratio.value:.2f} ({ratio.low:.2f} to {ratio.high:.2f})"


def told(ratio: Ratio) -> str:
    return "better" if ratio.better else "worse" if ratio.worse else "not told apart"


TABLES: dict[str, Callable[[Element, Results], None]] = {
    "sentence": sentence,
    "verdicts": verdicts,
    "optimizers": optimizers,
    "comparisons": comparisons,
    "about": about,
}


def table(parent: Element, *columns: str) -> Element:
    """The body of a table that scrolls in a frame of its own."""
    box = SubElement(parent, "div", {"class": "st-box", "tabindex": "0"})
    root = SubElement(box, "table", {"class": "st-table"})
    head = SubElement(SubElement(root, "thead"), "tr")
    for column in columns:
        if column:
            text(head, "th", column).set("scope", "col")
        else:
            SubElement(head, "td")
    return SubElement(root, "tbody")


def text(parent: Element, tag: str, words: str) -> Element:
    element = SubElement(parent, tag)
    # Data, not Markdown.
    element.text = AtomicString(words)
    return element
