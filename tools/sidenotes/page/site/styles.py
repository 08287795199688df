r"""
# The style sheets

An annotated page without its style sheet cannot be read. If the configuration of the site does not
name it, there is one warning.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from .host import Host

# A rule by which a style sheet is recognized, whatever its name.
NEEDED = {"sidenotes.css": ".sn-row", "katex/katex.min.css": ".katex"}


def warn_of_missing(host: Host, formulas: bool) -> None:
    """Warn if the site has no style sheet for rows or, where there are formulas, for these."""
    found = host.styles()
    if found is None:
        return
    for name, rule in NEEDED.items():
        if (formulas or rule != ".katex") and not any(_has(path, rule) for path in found):
            host.warn(
                f"no style sheet of the site is {name}, so pages are shown without it. Run"
                " 'sidenotes assets docs/assets/sidenotes' and add"
                f" 'assets/sidenotes/{name}' to extra_css"
            )


def _has(path: str | Path, rule: str) -> bool:
    if isinstance(path, str):
        # An address elsewhere: what it has is not known.
        return True
    return path.is_file() and _contains(path, path.stat().st_mtime_ns, rule)


@lru_cache(maxsize=64)
def _contains(path: Path, changed: int, rule: str) -> bool:
    return rule in path.read_text(encoding="utf-8", errors="replace")
