"""A name links to its definition or, in each kind of doubt, nowhere; and every link arrives."""

import argparse
from pathlib import Path

import pytest
from law import work
from rendering import Project, Tree

PACKAGE = {
    "pkg/__init__.py": "from .base import Base\nfrom .adam import Adam\n",
    "pkg/base.py": 'class Base:\n    """B."""\n\n    def init(self):\n        """I."""\n',
    "pkg/adam.py": (
        "import json\nfrom math import sqrt\nimport pkg.base\nfrom pkg import Base\n\n\n"
        'class Adam(Base):\n    """A."""\n\n    def go(self):\n        self.init()\n'
        "        self.plain()\n        self.unknown()\n        json.dumps(sqrt)\n"
        "        pkg.base.Base\n        super().init()\n\n    def plain(self):\n        pass\n"
    ),
    # Its import name is `pkg.math`: the `math` of the standard library is another.
    "pkg/math.py": "def sqrt():\n    pass\n",
    "docs/base.md": "/// sidenotes | pkg/base.py\n///\n",
    "docs/math.md": "/// sidenotes | pkg/math.py\n///\n",
}


def test_names_link_to_their_definitions_and_only_there(tmp_path):
    project = Project(tmp_path)
    for path, text in PACKAGE.items():
        project.write(path, text)
    tree = Tree(project.render("/// sidenotes | pkg/adam.py\n///\n", "deep/adam.md"))
    links = [
        (text, a["href"])
        for _, a, text in tree.all("a")
        if "class" not in a and a["href"].startswith("..")
    ]
    base, init = ("Base", "../../base/#base.Base"), ("init", "../../base/#base.Base.init")
    assert links == [base, init, ("base", "../../base/#L1"), base, init]
    (plain,) = [a for _, a, text in tree.all("a") if text == "plain" and "class" not in a][:1]
    assert plain["href"] == "#L18" and "L18" in tree.ids()


BASE = (
    'class Base:\n    """B."""\n\n    def go(self):\n        """G."""\n\n\ndef f():\n    """F."""\n'
)


def linked(project, page="user.md"):
    """The names that link to another page, with their addresses."""
    text = (project.root / "docs" / page).read_text("utf-8")
    tree = Tree(project.render(text, page))
    return {text: a["href"] for _, a, text in tree.all("a") if a["href"].startswith("../")}


@pytest.fixture
def project(tmp_path):
    project = Project(tmp_path)
    project.write("pkg/__init__.py", "")
    project.write("pkg/base.py", BASE)
    project.write("docs/base.md", "/// sidenotes | pkg/base.py\n///\n")
    project.write("docs/user.md", "/// sidenotes | pkg/user.py\n///\n")
    return project


CLASSES = {
    "certain": ("", True),
    "assigned in the class": ("    go = 1\n", False),
    "annotated in the class": ("    go: int\n", False),
    "assigned to self": ("    def __init__(self):\n        self.go = 1\n", False),
    "assigned from outside": ("\n\nUser.go = 1\n", False),
    "imported in the class": ("    from x import go\n", False),
}


@pytest.mark.parametrize("body, certain", CLASSES.values(), ids=CLASSES)
def test_what_hides_the_method_of_a_base_class_ends_its_links(project, body, certain):
    use = "    def run(self):\n        self.go()\n"
    user = f"from pkg.base import Base\n\n\nclass User(Base):\n{use}{body}"
    project.write("pkg/user.py", user)
    assert ("go" in linked(project)) is certain


ORIGINS = {
    "certain": ("from pkg.base import f", True),
    "two imports": (
        "try:\n    from x import f\nexcept ImportError:\n    from pkg.base import f",
        False,
    ),
    "an import in another function": ("def g():\n    from pkg.base import f", False),
    "an import here, another in a function": (
        "from pkg.base import f\n\n\ndef g():\n    from x import f",
        False,
    ),
    "an import and a definition": ("from pkg.base import f\n\n\ndef f(): ...", False),
    "an import and a global": (
        "from pkg.base import f\n\n\ndef g():\n    global f\n    f = 1",
        False,
    ),
}


@pytest.mark.parametrize("text, certain", ORIGINS.values(), ids=ORIGINS)
def test_a_name_with_two_origins_has_no_link(project, text, certain):
    project.write("pkg/user.py", f"{text}\n\n\ndef use():\n    f()\n")
    assert ("f" in linked(project)) is certain


SECONDS = {
    "certain": ("", True),
    "a second definition": ("\n\ndef f():\n    pass\n", False),
    "an assignment": ("\n\nf = 1\n", False),
    "an import": ("\n\nfrom x import f\n", False),
}


@pytest.mark.parametrize("more, certain", SECONDS.values(), ids=SECONDS)
def test_a_name_that_its_module_binds_twice_has_no_link(project, more, certain):
    project.write("pkg/base.py", BASE + more)
    project.write("pkg/user.py", "from pkg.base import f\n\nf()\n")
    assert ("f" in linked(project)) is certain


PROPERTY = (
    '    @property\n    def x(self):\n        """X."""\n\n    @x.setter\n    def x(self, x): ...\n'
)


def test_a_property_and_its_setter_are_one_definition(project):
    project.write("pkg/base.py", f"class Base:\n{PROPERTY}")
    project.write("pkg/user.py", "from pkg.base import Base\n\nBase.x\n")
    assert linked(project)["x"] == "../base/#base.Base.x"


def test_a_function_within_a_function_is_no_attribute_of_it(project):
    project.write("pkg/base.py", 'def f():\n    def g():\n        """G."""\n')
    project.write("pkg/user.py", "from pkg.base import f\n\nf.g\n")
    assert "g" not in linked(project)


def test_a_package_that_has_another_thing_of_a_modules_name_hides_the_module(project):
    project.write("pkg/user.py", "from pkg import base\n\nbase.f\n")
    assert linked(project)["f"] == "../base/#base.f"
    project.write("pkg/__init__.py", "from .other import base\n")
    assert "f" not in linked(project)


def test_a_broken_file_that_no_page_shows_does_not_stop_the_build(project):
    project.write("pkg/broken.py", "def f(:\n")
    project.write("pkg/deep.py", "x = " + "-" * 100_000 + "1\n")
    (project.root / "pkg/latin.py").write_bytes(b"# caf\xe9\n")
    imports = "".join(f"from pkg.{m} import f as {m}\n" for m in ("broken", "deep", "latin"))
    project.write("pkg/user.py", f"{imports}from pkg.base import f\n\nbroken(deep, latin, f)\n")
    assert linked(project) == {"f": "../base/#base.f"}


PLAIN = "class Plain:\n    def go(self):\n        pass\n\n\nPlain.go\n"


def test_a_definition_without_a_note_links_to_a_line_that_is_there(project):
    project.write("pkg/one.py", PLAIN)
    project.write("pkg/two.py", PLAIN)
    project.write("pkg/user.py", "from pkg.one import Plain\n\nPlain\n")
    text = "/// sidenotes | pkg/one.py\n///\n\n/// sidenotes | pkg/two.py\n///\n\n"
    tree = Tree(project.render(text + "/// sidenotes | pkg/two.py\n///\n", "both.md"))
    assert len(tree.ids()) == len(set(tree.ids()))
    links = [a["href"] for _, a, text in tree.all("a") if text == "go"]
    # The third block shows the file of the second, and leads to it.
    assert links == ["#L2", "#two:L2", "#two:L2"]
    assert {"L2", "two:L2", "two-2:L2"} <= set(tree.ids())
    assert linked(project)["Plain"] == "../both/#one.Plain"
    project.write("pkg/user.py", "from pkg.two import Plain\n\nPlain.go\n")
    assert linked(project)["go"] == "../both/#two:L2"


def test_a_large_file_takes_work_in_proportion_to_its_length(project):
    text = Path(argparse.__file__).read_text("utf-8")
    project.write("pkg/user.py", text)
    project.render("Text.\n", "warm.md")
    block = "/// sidenotes | pkg/user.py\n///\n"
    pages: list[str] = []
    # Names, colours, anchors: some hundred calls for each line.
    assert work(lambda: pages.append(project.render(block, "user.md"))) < 600 * text.count("\n")
    assert "parse_args" in pages[0]
