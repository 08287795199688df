r"""
# What was claimed

Each claim names the pairs that decide it, and the rule that makes a verdict of what is told apart.
Nothing here is typed from a result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from experiments.design import EPSILONS, FULL, OPTIMIZERS, SHORT, named
from experiments.results import Results
from experiments.verdicts.paired import Ratio, ratio

# A warm-up that gains less than this is not needed.
LITTLE = 0.9


@dataclass(frozen=True)
class Pair:
    """`one` is claimed to have a smaller loss than `other`. `where` tells a claim's pairs apart."""

    one: str
    other: str
    budget: int = FULL
    where: str = ""


@dataclass(frozen=True)
class Compared:
    pair: Pair
    network: str
    ratio: Ratio

    @property
    def place(self) -> str:
        return ", ".join(filter(None, (self.network, self.pair.where)))


@dataclass(frozen=True)
class Verdict:
    short: str
    why: str


@dataclass(frozen=True)
class Claim:
    """What was said, who said it, the pairs that decide, and the rule."""

    text: str
    source: str
    pairs: Sequence[Pair]
    rule: Callable[[Sequence[Compared]], Verdict]


# ## The rules


def better(found: Sequence[Compared]) -> Verdict:
    """Holds if the first of each pair is told to be better, everywhere."""
    yes = [each for each in found if each.ratio.better]
    no = [each for each in found if each.ratio.worse]
    undecided = len(found) - len(yes) - len(no)
    why = f"better in {len(yes)} of {len(found)}, worse in {len(no)}, not told apart in {undecided}"
    if len(yes) == len(found):
        return Verdict("holds", why)
    if yes:
        return Verdict("holds only in part", f"{why}{also('Better', yes)}{also('Worse', no)}")
    return Verdict("does not hold" if no else "is not seen", why + also("Worse", no))


def also(word: str, found: Sequence[Compared]) -> str:
    return f". {word}: {places(found)}" if found else ""


def places(found: Sequence[Compared]) -> str:
    """
    >>> at = [Compared(Pair("", "", where=w), n, Ratio(1, 1, 1)) for n in "ab" for w in ("x", "y")]
    >>> places(at)
    'a (x, y), b (x, y)'
    """
    every: dict[str, list[str]] = {}
    for each in found:
        every.setdefault(each.network, []).append(each.pair.where)
    return ", ".join(f"{n} ({', '.join(w)})" if any(w) else n for n, w in every.items())


def needless(found: Sequence[Compared]) -> Verdict:
    """
    The pairs are RAdam and Adam, each with warm-up and without it. Holds if RAdam would gain little
    by it, and shows something only if Adam gains.
    """
    ours = [each for each in found if each.pair.other == "RAdam"]
    little = [each.network for each in ours if each.ratio.low >= LITTLE]
    gains = [each.network for each in found if each.pair.other == "Adam" and each.ratio.better]
    why = f"a gain of a tenth is ruled out for RAdam: {listed(little)}; Adam gains: {listed(gains)}"
    if any(each.ratio.better for each in ours):
        return Verdict("does not hold", why)
    if len(little) < len(ours):
        return Verdict("is not decided", why)
    return Verdict("holds" if gains else "holds, but for Adam, too", why)


def listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "nowhere"


# ## The claims


def against_adam(name: str, budget: int) -> list[Pair]:
    return [Pair(name, "Adam", budget)]


def at_each(one: str, other: str) -> list[Pair]:
    every = ((named(one, eps), named(other, eps), f"ε = {eps:.0e}") for eps in EPSILONS)
    return [Pair(first, second, where=where) for first, second, where in every]


TRACKER = "asked in Adabelief-Optimizer, issue 23"
CLAIMS = (
    Claim("NAdam is faster than Adam", "Dozat 2016", against_adam("NAdam", SHORT), better),
    Claim(
        "AdaBelief is faster than Adam",
        "Zhuang et al. 2020",
        against_adam("AdaBelief", SHORT),
        better,
    ),
    Claim(
        "AdaBelief ends better than Adam",
        "Zhuang et al. 2020",
        against_adam("AdaBelief", FULL),
        better,
    ),
    Claim(
        "AMSGrad ends better than Adam", "Reddi et al. 2018", against_adam("AMSGrad", FULL), better
    ),
    Claim("RAdam ends better than Adam", "Liu et al. 2020", against_adam("RAdam", FULL), better),
    Claim(
        "RAdam makes a warm-up needless",
        "Liu et al. 2020",
        [Pair("RAdam, warm-up", "RAdam"), Pair("Adam, warm-up", "Adam")],
        needless,
    ),
    Claim(
        "With the same ε in the same place, belief alone is better",
        TRACKER,
        at_each("AdaBelief, no inner", "Adam"),
        better,
    ),
    Claim(
        "The inner ε, added to a copy, makes it better",
        TRACKER,
        at_each("AdaBelief", "AdaBelief, no inner"),
        better,
    ),
    Claim(
        "The inner ε, accumulated, makes it better",
        TRACKER,
        at_each("AdaBelief, accumulated", "AdaBelief, no inner"),
        better,
    ),
)
# What the table of optimizers shows, whether claimed or not.
TABLE = [Pair(name, "Adam", budget) for budget in (SHORT, FULL) for name in OPTIMIZERS[1:]]
PAIRS = list(dict.fromkeys([*TABLE, *(pair for claim in CLAIMS for pair in claim.pairs)]))


def compared(results: Results, pairs: Sequence[Pair]) -> Iterator[Compared]:
    """Each pair on each network. All that is compared anywhere makes the intervals wider."""
    networks = list(dict.fromkeys(row.network for row in results.rows))
    for pair in pairs:
        for network in networks:
            one = results.row(network, pair.one, pair.budget)
            other = results.row(network, pair.other, pair.budget)
            found = ratio(one.loss, other.loss, len(PAIRS) * len(networks))
            yield Compared(pair, network, found)
