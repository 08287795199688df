r"""
# The project around a module

The package of a module begins at the highest folder above it that has an `__init__.py`. The nearest
`pyproject.toml` above that tells the name, the version and the licence, and in
`[tool.sidenotes.bundle]` what is replaced in a bundle:

```toml
[tool.sidenotes.bundle]
instead = { "means.running" = "copies/running.py" }
```

What `copies/running.py` defines then stands in place of what has the same names in `means.running`.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


@dataclass
class Project:
    """The folder of a `pyproject.toml`, or that of the package where there is none."""

    root: Path
    settings: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def around(cls, path: Path) -> Project:
        for folder in base(path), *base(path).parents:
            file = folder / "pyproject.toml"
            if file.is_file():
                try:
                    return cls(folder, tomllib.loads(file.read_text("utf-8")))
                except tomllib.TOMLDecodeError as error:
                    raise ValueError(f"{file}: {error}") from error
        return cls(base(path))

    @cached_property
    def about(self) -> dict[str, Any]:
        return self.settings.get("project", {})

    @property
    def label(self) -> str:
        """Its name and version, as far as they are known."""
        known = (self.about.get("name"), self.about.get("version"))
        return " ".join(str(word) for word in known if word)

    @property
    def licence(self) -> str:
        """The text of the licence; empty if there is none."""
        pattern = re.compile(r"(LICEN[CS]E|COPYING)(\.(md|txt|rst))?", re.IGNORECASE)
        for file in sorted(self.root.iterdir()):
            if file.is_file() and pattern.fullmatch(file.name):
                return file.read_text("utf-8")
        return ""

    @property
    def instead(self) -> dict[str, Path]:
        """The modules of which a part is replaced, each with the file that replaces it."""
        given = self.settings.get("tool", {}).get("sidenotes", {}).get("bundle", {})
        unknown = given.keys() - {"instead"}
        table = given.get("instead", {})
        if unknown or not isinstance(table, dict):
            name = sorted(unknown)[0] if unknown else "instead"
            raise ValueError(
                f"{self.root / 'pyproject.toml'}: [tool.sidenotes.bundle] has a table `instead` "
                f"from modules to files, and nothing else: {name}"
            )
        return {name: self.root / str(path) for name, path in table.items()}


def base(path: Path) -> Path:
    """The folder from which a file is imported: the first one above it that is not a package."""
    folder = path.resolve().parent
    while (folder / "__init__.py").is_file() and folder.parent != folder:
        folder = folder.parent
    return folder


def dotted(path: Path) -> str:
    """The name under which a file is imported."""
    parts = path.resolve().relative_to(base(path)).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
