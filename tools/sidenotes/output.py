r"""
# Files that are written

The tool writes files into the folders of a site, while a server may be watching them. A file that
has not changed is left alone, or the server would build without end. One that has changed is
written aside and then renamed, so that none is ever half there.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def update(target: Path, content: bytes) -> bool:
    """Bring a file up to date; whether it had to be written."""
    if target.is_file() and target.read_bytes() == content:
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        # A temporary file is for its owner's eyes only; a web server is someone else.
        os.chmod(aside, 0o644)
        os.replace(aside, target)
    except BaseException:
        os.unlink(aside)
        raise
    return True
