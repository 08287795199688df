"""A project of one page and a few files, rendered by Python-Markdown alone."""

from html.parser import HTMLParser
from pathlib import Path

from markdown import Markdown

from sidenotes.page.extension import SidenotesExtension

EXTENSIONS = ("tables", "admonition", "attr_list", "toc", "pymdownx.superfences")


class Project:
    def __init__(self, root: Path, extensions: list = ()):
        self.root, self.extensions = root, extensions
        (root / "docs").mkdir()

    def write(self, path: str, text: str) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def markdown(self, **options) -> Markdown:
        block = SidenotesExtension(root=str(self.root), **options)
        return Markdown(extensions=[*EXTENSIONS, *self.extensions, block])

    def render(self, text: str, page: str = "page.md", **options) -> str:
        self.write(f"docs/{page}", text)
        md = self.markdown(**options)
        html = md.convert(text.split("\n---\n", 1)[-1])
        self.toc = md.toc_tokens
        return html

    def show(self, source: str, path: str = "pkg/adam.py", only: str = "", **options) -> str:
        self.write(path, source)
        option = f"    only: {only}\n" if only else ""
        return self.render(f"/// sidenotes | {path}\n{option}///\n", **options)


VOID = {"input", "br", "hr", "img", "meta", "link", "wbr"}


class Tree(HTMLParser):
    """Elements as (tag, attributes, text within), closed properly or it fails."""

    def __init__(self, html: str):
        super().__init__()
        self.elements: list[tuple[str, dict, list[str]]] = []
        self.open: list[tuple[str, dict, list[str]]] = []
        self.feed(html)
        assert not self.open, f"not closed: {[tag for tag, _, _ in self.open]}"

    def handle_starttag(self, tag, attrs):
        element = (tag, dict(attrs), [])
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag):
        assert self.open and self.open[-1][0] == tag, f"</{tag}> closes {self.open[-1:]}"
        self.open.pop()

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_data(self, data):
        for _, _, text in self.open:
            text.append(data)

    def all(self, tag: str = "", **attributes) -> list[tuple[str, dict, str]]:
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            (t, a, "".join(text))
            for t, a, text in self.elements
            if (not tag or t == tag)
            and all(value in a.get(name, "").split() for name, value in wanted.items())
        ]

    def ids(self) -> list[str]:
        return [a["id"] for _, a, _ in self.elements if "id" in a]
