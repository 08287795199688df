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
from checks.peers.rows import DATA, Row, load, merged, table, write


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="checks.peers", description="Run the published AdaBeliefs beside ours."
    )
    parser.add_argument("--data", type=Path, default=DATA, help="the file of rows that is renewed")
    path = parser.parse_args(arguments).data
    before = load(path) if path.exists() else []
    found = run()
    rows = merged(before, found, [peer.name for peer in PEERS])
    write(path, rows)
    print(table(rows, {row.peer for row in found}))


def run() -> list[Row]:
    found = []
    for peer in PEERS:
        reason = peer.missing()
        print(f"{peer.name}: {reason or 'running'}", file=sys.stderr, flush=True)
        if not reason:
            found += [compare(peer, pair) for pair in PAIRS[peer.name]]
    return found


if __name__ == "__main__":
    main()
