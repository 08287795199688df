"""
# The run

What cannot be run here keeps its rows, with the versions of the run that they are from.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from checks.peers.calls import PAIRS
from checks.peers.compare import compare
from checks.peers.packages import PEERS
from checks.peers.peer import Peer
from checks.peers.rows import DATA, Row, load, merged, table, write


def main(arguments: list[str] | None = None) -> int:
    """Return 1 if a package that is installed did not do what the table of calls says."""
    parser = argparse.ArgumentParser(
        prog="checks.peers", description="Run the published AdaBeliefs beside ours."
    )
    parser.add_argument("--data", type=Path, default=DATA, help="the file of rows that is renewed")
    path = parser.parse_args(arguments).data
    before = load(path) if path.exists() else []
    found: list[Row] = []
    failed = []
    for peer in PEERS:
        reason = peer.missing()
        print(f"{peer.name}: {reason or 'running'}", file=sys.stderr, flush=True)
        try:
            found += [] if reason else rows_of(peer)
        except ArithmeticError as error:
            failed.append(f"{error}\n  Its rows stay as they were.")
    rows = merged(before, found, [peer.name for peer in PEERS])
    write(path, rows)
    print(table(rows, {row.peer for row in found}))
    print(*failed, sep="\n", end="\n" if failed else "", file=sys.stderr)
    return 1 if failed else 0


def rows_of(peer: Peer) -> list[Row]:
    """A row for each of its pairs. `ArithmeticError` says which one is not as the table has it."""
    rows = []
    for pair in PAIRS[peer.name]:
        try:
            rows.append(compare(peer, pair))
        except ArithmeticError:
            raise
        except Exception as error:  # whatever a package does with its own call
            raise ArithmeticError(f"{peer.name}: {pair.theirs}: {error!r}") from error
    return rows


if __name__ == "__main__":
    sys.exit(main())
