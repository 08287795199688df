"""
Renders files that were not written for the tool, and counts what is missing on their pages.

    python tests/page/corpus.py              # all files; some minutes
    python tests/page/corpus.py --step 40    # every fortieth
    python tests/page/corpus.py --only numpy

Files that Python itself cannot decode or compile are counted apart. Of every other file, every line
of code is on its page, and every word of its notes, but for what Markdown consumes:

* the numbers of an ordered list, which the browser counts, and rules made of underscores;
* the underscores of `_emphasis_`;
* addresses and titles of links, which are attributes, and the labels of references that are used;
* names and attributes of HTML tags that belong to prose and come in pairs, and entities (`&lt;`);
* the backslash before a sign that Markdown would read otherwise;
* the language behind the first mark of a fence, and lists of attributes (`{: .class }`).

TeX is compared with the annotation that KaTeX puts into the page, and so must all be there.
"""

from __future__ import annotations

import argparse
import importlib.util
import re
import shutil
import sys
import sysconfig
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from markdown import Markdown

from sidenotes.errors import PageError
from sidenotes.languages import files
from sidenotes.languages.sections import Section
from sidenotes.page.extension import SidenotesExtension
from sidenotes.page.notes.literal import PROSE_TAGS

EXTENSIONS = [
    "admonition",
    "attr_list",
    "md_in_html",
    "tables",
    "toc",
    "pymdownx.highlight",
    "pymdownx.superfences",
]
WORD = re.compile(r"\w+")
PACKAGES = ("torch.optim", "torch.nn.modules", "numpy", "sympy")


def corpora() -> Iterator[tuple[str, list[Path]]]:
    """What is installed of the files to render; what is not is an empty list."""
    library = Path(sysconfig.get_path("stdlib"))
    own = (p for p in library.rglob("*.py") if not {"site-packages", "dist-packages"} & {*p.parts})
    yield "standard library", sorted(own)
    for name in PACKAGES:
        top, *rest = name.split(".")
        spec = importlib.util.find_spec(top)
        folder = Path(spec.origin or "").parent.joinpath(*rest) if spec else None
        yield name, sorted(folder.rglob("*.py")) if folder else []
    yield "headers of Python", sorted(Path(sysconfig.get_path("include")).rglob("*.h"))


class Outcome(NamedTuple):
    """What became of one file."""

    path: Path
    refused: str = ""
    # The language itself does not accept it.
    broken: bool = False
    lost: Counter[str] = Counter()
    words: int = 0
    lines: int = 0


def render(path: Path) -> tuple[str, list[Section]]:
    """The page of a file, alone in a project, and its sections."""
    root = Path(tempfile.mkdtemp(prefix="corpus"))
    try:
        shutil.copy(path, root / path.name)
        text = f"/// sidenotes | {path.name}\n///\n"
        (root / "docs").mkdir()
        (root / "docs/page.md").write_text(text)
        md = Markdown(extensions=[*EXTENSIONS, SidenotesExtension(root=str(root))])
        html = md.convert(text)
        return html, list(files.sections(files.text_of(root / path.name), path.name))
    finally:
        shutil.rmtree(root)


def check(path: Path) -> Outcome:
    warnings.simplefilter("ignore")
    try:
        html, sections = render(path)
    except PageError as error:
        return Outcome(path, str(error), broken=_is_broken(path))
    page = Page(html)
    code = "\n".join(s.raw[n - s.first] for s in sections for n in s.code)
    said = Counter(w for s in sections for w in WORD.findall(consumed(s.note, page)))
    lost = said - page.words
    for word in list(lost):
        if _is_emphasis(word, page, code):
            del lost[word]
    missing = sum(len(s.code) for s in sections) - html.count('class="sn-line"')
    return Outcome(path, lost=lost, words=sum(said.values()), lines=missing)


def _is_broken(path: Path) -> bool:
    """Whether Python cannot decode or compile the file."""
    if path.suffix != ".py":
        return False
    try:
        compile(path.read_bytes(), str(path), "exec")
    except (SyntaxError, ValueError):
        return True
    return False


# ## What Markdown consumes


def consumed(note: str, page: Page) -> str:
    """The note without what is not to be seen on its page."""
    note = re.sub(r"^([ \t>*+-]*)\d+[.)](?=\s)", r"\1", note, flags=re.MULTILINE)
    note = re.sub(r"^[ \t]*_{3,}[ \t]*$", "", note, flags=re.MULTILINE)
    note = re.sub(r"^([ \t>]*(?:`{3,}|~{3,})).*$", r"\1", note, flags=re.MULTILINE)
    note = re.sub(r"&(?:\w+|#\d+|#x[0-9a-fA-F]+);", " ", note)
    note = unescaped(re.sub(r"\{:? ?[.#][^{}\n]*\}", " ", note))
    return re.sub(r"</?([A-Za-z]\w*)[^<>]*>", lambda tag: _tag(tag, note, page), note)


def unescaped(text: str) -> str:
    return re.sub(r"\\([\\`*_{}\[\]()>#+.!-])", r"\1", text)


def _tag(tag: re.Match[str], note: str, page: Page) -> str:
    name = tag[1].lower()
    paired = f"</{name}" in note.lower() or name in ("br", "hr", "img")
    return " " if name in PROSE_TAGS and paired and name in page.tags else tag[0]


def _is_emphasis(word: str, page: Page, code: str) -> bool:
    bare = word.strip("_")
    if not bare or re.search(rf"\b{re.escape(word)}\b", code):
        return False
    begins = word.startswith("_") and not word.startswith("__")
    ends = word.endswith("_") and not word.endswith("__")
    return begins and page.opens[bare] > 0 or ends and page.closes[bare] > 0


class Page(HTMLParser):
    """The words in the notes of a page, with those of their attributes."""

    VOID = {"input", "br", "hr", "img", "meta", "link", "col", "wbr"}
    NOTES = {"sn-note", "sn-lead", "sn-head", "sn-essay", "sn-beside", "footnote"}
    OTHERS = {"sn-code", "sn-name", "sn-file", "sn-anchor", "headerlink", "sn-actions", "sn-first"}
    OTHERS |= {"sn-badge", "sn-said"}
    APART = {
        "p",
        "li",
        "code",
        "sn-math",
        "div",
        "td",
        "th",
        "br",
        "pre",
        "dt",
        "dd",
        "annotation",
        "tr",
    }
    APART |= {f"h{n}" for n in range(1, 7)}

    def __init__(self, html: str):
        super().__init__(convert_charrefs=True)
        # Open elements, each with whether it belongs to a note; `None` if it never can.
        self.open: list[tuple[str, bool | None]] = []
        self.parts: list[str] = []
        self.tags: set[str] = set()
        self.feed(html)
        self.close()
        self.words = Counter(WORD.findall(unescaped("".join(self.parts))))
        emphasis = re.findall(r"<em>(.*?)</em>", html, re.DOTALL)
        texts = [WORD.findall(re.sub(r"<[^>]*>", "", text)) for text in emphasis]
        self.opens = Counter(words[0] for words in texts if words)
        self.closes = Counter(words[-1] for words in texts if words)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        names = set(found.get("class", "").split())
        inside = self.open[-1][1] if self.open else False
        if inside is None or names & self.OTHERS or tag in ("script", "style"):
            inside = None
        # The heading of a module becomes the title of its page.
        elif names & self.NOTES or tag == "h1":
            inside = True
        if inside:
            self.tags.add(tag)
            shown = [found[name] for name in ("href", "title", "alt", "src") if found.get(name)]
            self.parts += [f" {value} " for value in shown]
        if tag in self.APART:
            self.parts.append(" ")
        if tag not in self.VOID:
            self.open.append((tag, inside))

    def handle_endtag(self, tag: str) -> None:
        if tag in self.APART:
            self.parts.append(" ")
        for i in range(len(self.open) - 1, -1, -1):
            if self.open[i][0] == tag:
                del self.open[i:]
                break

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1][1]:
            self.parts.append(data)


# ## The command


def report(name: str, outcomes: list[Outcome]) -> str:
    refused = [o for o in outcomes if o.refused and not o.broken]
    lost = [o for o in outcomes if o.lost]
    return (
        f"{name}: {len(outcomes)} files, {sum(o.broken for o in outcomes)} broken,"
        f" {len(refused)} refused, {sum(o.lines for o in outcomes)} lines lost,"
        f" {sum(sum(o.lost.values()) for o in lost)} of {sum(o.words for o in outcomes)} words"
        f" lost in {len(lost)} files"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--step", type=int, default=1)
    parser.add_argument("--only", default="")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    wrong = 0
    with get_context("fork").Pool(options.jobs) as pool:
        for name, paths in corpora():
            if options.only not in name:
                continue
            outcomes = list(pool.imap(check, paths[:: options.step], chunksize=4))
            print(report(name, outcomes) if paths else f"{name}: not installed", flush=True)
            for o in outcomes:
                if o.refused and not o.broken or o.lost or o.lines:
                    wrong += 1
                    print(f"    {o.path}: {o.refused or dict(o.lost.most_common(12))}", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
