r"""
# How far apart two calls are

Both train the same parameters with the same gradients, in float64. What counts is the largest
difference of an element, after any of the steps: as the calls stand, and once more with other
[numbers](peer.py), which make $\epsilon$ visible.
"""

from __future__ import annotations

import math

from checks.peers.calls import Pair
from checks.peers.packages import OURS
from checks.peers.peer import VISIBLE, Numbers, Peer
from checks.peers.rows import Row


def compare(peer: Peer, pair: Pair) -> Row:
    """
    Run both calls. `ArithmeticError` where what they make is not what the pair says: the table of
    calls is wrong then, or a new version of the package computes something else.
    """
    as_called, writes = difference(peer, pair)
    visible, _ = difference(peer, pair, VISIBLE)
    row = Row(
        peer.name,
        peer.versions(),
        pair.theirs,
        pair.ours,
        as_called=as_called,
        visible=visible,
        writes=writes,
        single=peer.single,
        apart=pair.apart,
        note=pair.note,
    )
    if row.same == bool(pair.apart):
        found = f"{pair.ours} is {row.largest:.1e} away from {pair.theirs}"
        expected = f"was to differ ({pair.apart})" if pair.apart else "was to be the same"
        raise ArithmeticError(f"{peer.name}: {found}, and {expected}")
    return row


def difference(peer: Peer, pair: Pair, numbers: Numbers | None = None) -> tuple[float, bool]:
    """The largest difference, to two digits, and whether the peer writes into gradients."""
    largest, theirs = 0.0, peer.train(pair.theirs, numbers)
    for one, other in zip(theirs, OURS.train(pair.ours, numbers), strict=True):
        for left, right in zip(one.values, other.values, strict=True):
            apart = (left - right).abs().max().item()
            if not math.isfinite(apart):
                raise ArithmeticError(f"{peer.name}: {pair.theirs} makes what is not a number")
            largest = max(largest, apart)
    return float(f"{largest:.2g}"), not all(step.kept for step in theirs)
