r"""
# Under MkDocs

MkDocs gives each page a tree processor, `relpath`, which knows the file of the page, the other
files and the configuration. These are what plugins and hooks have made of them: generated pages,
and only those of one language where there are several.

A page that is not built yet may get its blocks from a plugin, so a link to a file that no page
shows is looked at again when all pages are built. For this, and so that `mkdocs serve` watches the
files of sources, the tool joins the plugins of the build.

Nothing here imports MkDocs by name, so this serves its continuations, too.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

from ...errors import PageError
from ...languages.files import stem
from .host import Host, relative
from .index import Index, Use, scan


class MkDocs(Host):
    def __init__(self, relpath: Any, root: str):
        self.file, self.config = relpath.file, relpath.config
        config_file = self.config.config_file_path
        self.root = Path(config_file).parent / root if config_file else Path(root)
        self.docs = Path(self.config.docs_dir)
        self.page = self.file.src_uri
        self.files = relpath.files

    @classmethod
    def of(cls, md: Any, root: str, text: str) -> MkDocs | None:
        relpath = md.treeprocessors["relpath"] if "relpath" in md.treeprocessors else None
        known = all(hasattr(relpath, name) for name in ("file", "files", "config"))
        return cls(relpath, root) if known else None

    @cached_property
    def build(self) -> _Build:
        return _Build.of(self.files, self.config, self.root)

    @property
    def index(self) -> Index:
        return self.build.index

    def place(self) -> str:
        path = Path(self.config.docs_dir, self.page)
        name = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
        return name.as_posix() + ("" if path.is_file() else " (generated)")

    def source(self) -> str:
        return _source(self.file)

    def link(self, use: Use, anchor: str) -> str:
        if use.page == self.page:
            return f"#{anchor}"
        self.build.linked.setdefault(use, self)
        return f"{relative(self.file.url, self.build.file(use.page).url)}#{anchor}"

    def link_to_file(self, path: str, fragment: str, message: str) -> str:
        if self.index.home(path, stem(path)):
            return super().link_to_file(path, fragment, message)
        self.build.waiting.append((self, path, fragment, message))
        return f"sidenotes-waiting:{len(self.build.waiting) - 1}"

    def set_blocks(self, uses: Sequence[Use]) -> None:
        super().set_blocks(uses)
        self.build.built.add(self.page)

    def add_dependency(self, path: Path) -> None:
        self.build.plugin.watched.add(str(path))

    def warn(self, message: str) -> None:
        if message not in self.build.plugin.warnings:
            self.build.plugin.warnings.add(message)
            self.build.log.warning(message)

    def styles(self) -> Sequence[str | Path]:
        found: list[str | Path] = []
        for entry in map(str, self.config.extra_css):
            file = self.files.get_file_from_path(entry)
            known = file.abs_src_path if file else os.path.join(self.config.docs_dir, entry)
            # A generated file has no path, and a theme may bring one.
            found.append(entry if "://" in entry or not known else Path(known))
        return found


def _source(file: Any) -> str:
    try:
        return str(file.content_string).removeprefix("\ufeff")
    except (OSError, ValueError):
        return ""


class _Build:
    """What the pages of one build have in common."""

    def __init__(self, files: Any, plugin: _Events, log: logging.Logger, root: Path):
        self.files, self.plugin, self.log = files, plugin, log
        pages = {file.src_uri: file for file in files.documentation_pages()}
        scanned = {name: scan(name, _source(file)) for name, file in pages.items()}
        self.index = Index(root, scanned)
        # The pages that are built, whose blocks are known.
        self.built: set[str] = set()
        # The blocks that a page links to, and links to files that no page shows yet.
        self.linked: dict[Use, MkDocs] = {}
        self.waiting: list[tuple[MkDocs, str, str, str]] = []

    @classmethod
    def of(cls, files: Any, config: Any, root: Path) -> _Build:
        package = type(config).__module__.partition(".")[0]
        plugin = _plugin(config, package)
        if plugin.build is None or plugin.build.files is not files:
            log = logging.getLogger(f"{package}.plugins.sidenotes")
            plugin.build = cls(files, plugin, log, root)
        return plugin.build

    def file(self, page: str) -> Any:
        return self.files.get_file_from_path(page)

    def finish(self) -> None:
        """All pages are built: check the blocks that links lead to, and make the waiting links."""
        for use, host in self.linked.items():
            uses: Sequence[Use] = self.index.on(use.page)
            if use.page not in self.built:
                text = self.file(use.page).page.markdown
                # A build of the changed pages only leaves the others as they are.
                uses = uses if text is None else scan(use.page, text)
            if (use.source, use.only) not in {(other.source, other.only) for other in uses}:
                raise PageError(
                    f"{host.place()}: it links to '{use.source}' on the page '{use.page}', but a"
                    " plugin has changed that page, and it does not show the file any more"
                )
        for number, (host, path, fragment, message) in enumerate(self.waiting):
            found = self.index.home(path, stem(path))
            if not found:
                raise PageError(message)
            address = relative(host.file.url, self.file(found.page).url) + fragment
            page = host.file.page
            page.content = page.content.replace(f'"sidenotes-waiting:{number}"', f'"{address}"')


class _Events:
    """What the tool does at the events of a build, or of several, one for each language."""

    def __init__(self) -> None:
        super().__init__()
        self.build: _Build | None = None
        self.watched: set[str] = set()
        self.warnings: set[str] = set()

    def on_env(self, env: Any, *, config: Any, files: Any) -> None:
        if self.build and self.build.files is files:
            self.build.finish()

    def on_serve(self, server: Any, *, config: Any, builder: Any) -> None:
        for path in sorted(self.watched):
            server.watch(path)


def _plugin(config: Any, package: str) -> _Events:
    """Our events, among the plugins of a configuration."""
    if "sidenotes" not in config.plugins:
        base = import_module(f"{package}.plugins").BasePlugin
        config.plugins["sidenotes"] = type("SidenotesEvents", (_Events, base), {})()
    plugin: _Events = config.plugins["sidenotes"]
    return plugin
