"""
# Where compiled kernels are kept

In a folder that belongs to the user: `$LABML_OPTIM_CACHE_DIR`, else `$XDG_CACHE_HOME/labml_optim`,
else `~/.cache/labml_optim`. What is loaded from it runs with the rights of the user, so no other
user may be able to write it. A library that was written only in part kills the process that loads
it, so each file ends with a digest of its content.
"""

import os
import stat
import tempfile
from hashlib import sha256
from pathlib import Path

DIGEST = 32


def folder() -> Path:
    own = os.environ.get("LABML_OPTIM_CACHE_DIR")
    if own:
        return Path(own).expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME") or home() / ".cache") / "labml_optim"


def home() -> Path:
    try:
        return Path.home()
    except RuntimeError:
        # In a container the user may have no entry in the list of users.
        return Path(tempfile.gettempdir()) / f"labml_optim-{os.geteuid()}"


def is_intact(path: Path) -> bool:
    """Return whether `path` holds what `write` once put there."""
    try:
        content = path.read_bytes()
    except OSError:
        return False
    return sha256(content[:-DIGEST]).digest() == content[-DIGEST:]


def write(path: Path, content: bytes) -> None:
    """
    Write `content` and its digest. A reader of the file sees all of it or none, and several writers
    of the same content do no harm. `OSError` if it cannot be written.
    """
    # One by one, because Python gives this mode to the last one only.
    for place in reversed(path.parents):
        place.mkdir(mode=0o700, exist_ok=True)
    number, name = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content + sha256(content).digest())
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def others_can_write(path: Path) -> Path | None:
    """
    Return the first of `path` and the folders above it that another user could have put there or
    can change, or `None`. What does not exist yet is skipped.
    """
    for place in (path, *path.parents):
        try:
            found = place.stat()
        except OSError:
            continue
        own = found.st_uid in (os.geteuid(), 0)
        shared = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
        # In a sticky folder, such as /tmp, one may add files, but not take those of others away.
        if not own or (shared and not (place != path and found.st_mode & stat.S_ISVTX)):
            return place
    return None
