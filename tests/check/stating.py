"""What a text states, kind by kind."""

from pathlib import Path
from types import SimpleNamespace

from sidenotes.check.claims.algorithm import Algorithm
from sidenotes.check.claims.claim import Claim
from sidenotes.check.claims.definition import Definition
from sidenotes.check.claims.derivation import Derivation
from sidenotes.check.claims.identity import Identity
from sidenotes.check.claims.opinion import Opinion
from sidenotes.check.claims.registry import KINDS, stated
from sidenotes.check.claims.remark import Remark

NAMES = {Claim: "claims", Algorithm: "algorithms", Definition: "definitions"}
NAMES |= {Derivation: "derivations", Opinion: "opinions", Remark: "remarks"}
NAMES |= {Identity: "identities"}


def read(text, table, path="demo.py"):
    """The formulas of each kind, and the problems of those that cannot be read."""
    assert set(NAMES) == set(KINDS)
    found = stated(Path(path), text, table)
    kinds = {name: [f for f in found if type(f) is kind] for kind, name in NAMES.items()}
    return SimpleNamespace(**kinds, problems=[p for each in found for p in each.problems])
