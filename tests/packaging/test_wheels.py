"""What `make dist` builds is whole, and works in an environment that has nothing of this project.

The environment is new and sees, of all that is installed here, torch and what torch requires, and
what the tool requires: no Triton, no NumPy, no test runner.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from email import message_from_string
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
VERSION = re.search(r'^version = "(.*)"', (ROOT / "pyproject.toml").read_text("utf-8"), re.M)[1]
WHEEL = f"labml_optim-{VERSION}-py3-none-any.whl"
PARTS = ("Makefile", "pyproject.toml", "constraints.txt", "README.md", "LICENSE")
FOLDERS = {"labml_optim": ROOT / "labml_optim", "sidenotes": ROOT / "tools/sidenotes"}
pytestmark = [
    pytest.mark.skipif(not find_spec("build"), reason="the package `build` is not installed"),
    pytest.mark.skipif(not shutil.which("make"), reason="there is no make"),
]


def make(folder, target):
    """Run a target of the Makefile in a copy of the project, with the Python of the tests."""
    (folder / ".venv").mkdir(exist_ok=True)
    (folder / ".venv/.made").touch()
    run("make", f"PY={sys.executable}", target, cwd=folder)


def run(*command, cwd, env=None):
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A copy of the project in which something was built before, of files that are gone."""
    folder = tmp_path_factory.mktemp("project")
    for name in PARTS:
        shutil.copy(ROOT / name, folder)
    skip = shutil.ignore_patterns("__pycache__", "build", "*.egg-info")
    for name in ("labml_optim", "tools"):
        shutil.copytree(ROOT / name, folder / name, ignore=skip)
    for place, package in ((folder, "labml_optim"), (folder / "tools", "sidenotes")):
        gone = place / "build/lib" / package / "gone.py"
        gone.parent.mkdir(parents=True)
        gone.touch()
        (place / package / "__pycache__").mkdir()
        (place / package / "__pycache__/gone.cpython-311.pyc").touch()
    return folder


@pytest.fixture(scope="module")
def dist(project):
    make(project, "dist")
    return project / "dist"


def built(dist, package, suffix):
    (found,) = dist.glob(f"{package}-*{suffix}")
    return found


def files(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return sorted(archive.namelist())


def about(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith("/METADATA")]
        return message_from_string(archive.read(name).decode("utf-8"))


# ## What is in it


@pytest.mark.parametrize("package", FOLDERS)
def test_a_wheel_has_the_package_and_nothing_else(package, dist):
    folder = FOLDERS[package]
    own = [
        path.relative_to(folder.parent).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    ]
    found = files(built(dist, package, ".whl"))
    assert [name for name in found if ".dist-info/" not in name] == sorted(own)
    assert f"{package}/py.typed" in found
    licences = [name for name in found if "/licenses/" in name]
    katex = ["sidenotes/vendor/katex/LICENSE"] if package == "sidenotes" else []
    assert [name.partition("/licenses/")[2] for name in licences] == ["LICENSE", *katex]


def test_what_runs_without_python_is_in_the_wheels(dist):
    assert "labml_optim/fused/cpu/kernel.c" in files(built(dist, "labml_optim", ".whl"))
    tool = files(built(dist, "sidenotes", ".whl"))
    assert {"sidenotes/assets/sidenotes.css", "sidenotes/vendor/katex/katex.min.js"} <= {*tool}
    assert not [name for name in tool if re.match(r"checks|benchmarks|examples|theme", name)]


@pytest.mark.parametrize("package", FOLDERS)
def test_a_source_distribution_makes_the_same_wheel_as_the_project(
    package, dist, project, tmp_path
):
    # `make dist` makes the wheel from the source distribution.
    with tarfile.open(built(dist, package, ".tar.gz")) as archive:
        names = archive.getnames()
    assert not [name for name in names if "gone" in name or "tests/" in name]
    place = project / "tools" if package == "sidenotes" else project
    shutil.rmtree(place / "build", ignore_errors=True)
    build = ("-m", "build", "--no-isolation", "--wheel", "--outdir", str(tmp_path))
    run(sys.executable, *build, cwd=place)
    assert files(built(tmp_path, package, ".whl")) == files(built(dist, package, ".whl"))


def test_the_wheel_of_the_site_is_the_same(dist, project):
    (project / "build/lib/labml_optim").mkdir(parents=True, exist_ok=True)
    (project / "build/lib/labml_optim/gone.py").touch()
    make(project, f"docs/assets/dist/{WHEEL}")
    assert files(project / "docs/assets/dist" / WHEEL) == files(dist / WHEEL)


@pytest.mark.parametrize("package", FOLDERS)
def test_what_an_index_shows_needs_no_file_of_the_repository(package, dist):
    told = about(built(dist, package, ".whl"))
    assert told["License-Expression"] == "MIT" and told["Requires-Python"] == ">=3.10"
    assert told["Description-Content-Type"] == "text/markdown"
    text = told.get_payload()
    assert text.startswith(f"# {'labml_optim' if package == 'labml_optim' else 'Getting'}")
    targets = re.findall(r"\]\(([^)\s]+)", re.sub(r"```.*?```", "", text, flags=re.S))
    assert [t for t in targets if not re.match(r"https?://|#", t)] == []
    assert "<img" not in text and "![" not in text


def test_the_licence_is_one_text():
    assert (ROOT / "tools/LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


@pytest.mark.parametrize("page", ["docs/index.md", "docs/use/check.md", "README.md"])
def test_the_pages_name_the_wheel_that_is_built(page):
    text = (ROOT / page).read_text("utf-8")
    assert set(re.findall(r"labml_optim-[\w.-]+\.whl", text)) == {WHEEL}
    lines = text.splitlines()
    assert [line for line in lines if line.endswith("python -m labml_optim")]


# ## Installed


def required(*names):
    """The distributions that these need, with themselves."""
    found, left = {}, list(names)
    while left:
        name = re.sub(r"[-_.]+", "-", left.pop()).lower()
        if name in found:
            continue
        found[name] = metadata.distribution(name)
        for text in found[name].requires or []:
            requirement = Requirement(text)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                left.append(requirement.name)
    return found.values()


def show(distributions, folder):
    """A folder in which these distributions lie, as links."""
    folder.mkdir()
    for each in distributions:
        for top in {file.parts[0] for file in each.files if file.parts[0] != ".."}:
            source = each.locate_file(top)
            if source.exists() and top not in ("__pycache__", "bin"):
                (folder / top).unlink(missing_ok=True)
                (folder / top).symlink_to(source)


@pytest.fixture(scope="module")
def environment(dist, tmp_path_factory):
    """The folder of scripts of a new environment, in which both wheels are installed."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder / "env", with_pip=False)
    scripts = folder / "env/bin"
    wheels = [str(built(dist, package, ".whl")) for package in FOLDERS]
    own = about(built(dist, "sidenotes", ".whl")).get_all("Requires-Dist")
    show(required("torch", *(Requirement(each).name for each in own)), folder / "seen")
    (site,) = (folder / "env/lib").glob("python*/site-packages")
    (site / "seen.pth").write_text(str(folder / "seen"), "utf-8")
    pip = (sys.executable, "-m", "pip", "--python", str(scripts / "python"))
    run(*pip, "install", "--no-index", "--no-deps", *wheels, cwd=folder)
    return scripts


@pytest.fixture
def elsewhere(tmp_path):
    """What a process is given that is to see nothing of the project: `cwd` and `env`."""
    hidden = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "TRITON_INTERPRET")
    env = {name: value for name, value in os.environ.items() if name not in hidden}
    return {"cwd": tmp_path, "env": {**env, "LABML_OPTIM_CACHE_DIR": str(tmp_path / "kernels")}}


def test_the_check_at_home_passes_with_torch_alone(environment, elsewhere, tmp_path):
    command = (environment / "python", "-W", "ignore", "-m", "labml_optim", "--json", "found.json")
    printed = run(*command, **elsewhere)
    found = json.loads((tmp_path / "found.json").read_text("utf-8"))
    assert found["passed"] is True and found["machine"]["Triton"] == "not installed"
    package = found["machine"]["labml_optim"]
    assert package.startswith(VERSION) and str(environment.parent) in package
    assert found["machine"]["kernel cache"] == str(tmp_path / "kernels")
    states = {(row["check"], row["subject"]): row["state"] for row in found["rows"]}
    assert states["doctests", "labml_optim.adabelief"] == "passed"
    assert states["against torch.optim", "NAdam"] == "passed"
    fused = states["fused against annotated", "AdaBelief, bfloat16"]
    assert fused == ("passed" if shutil.which("cc") or os.environ.get("CC") else "not available")
    assert "0 failed" in printed and "largest error" in printed


def test_an_installed_package_that_was_edited_does_not_pass(environment, elsewhere, tmp_path):
    (source,) = environment.parent.glob("lib/python*/site-packages/labml_optim")
    shutil.copytree(source, tmp_path / "labml_optim")
    path = tmp_path / "labml_optim/adam.py"
    text = path.read_text("utf-8")
    old = "value=-step_size)"
    assert text.count(old) == 1
    path.write_text(text.replace(old, "value=-step_size * (1 + 1e-6))"), "utf-8")
    command = (environment / "python", "-W", "ignore", "-m", "labml_optim", "--device", "cpu")
    done = subprocess.run(command, capture_output=True, text=True, **elsewhere)
    assert done.returncode == 1
    for check, subject in (
        ("against torch.optim", "Adam"),
        ("against torch.optim", "AMSGrad"),
        ("fused against annotated", "Adam, float64"),
    ):
        assert f"FAILED: {check} of {subject} on cpu" in done.stdout


def test_the_readme_of_the_package_runs(environment, elsewhere, dist):
    text = about(built(dist, "labml_optim", ".whl")).get_payload()
    (code,) = re.findall(r"```python\n(.*?)```", text, re.S)
    run(environment / "python", "-W", "error", "-W", "ignore::UserWarning", "-c", code, **elsewhere)


PAGE = """
import markdown
print(markdown.markdown("/// sidenotes | means/running.py\\n///\\n", extensions=["sidenotes"]))
"""


def test_the_tool_works_without_torch_or_this_repository(environment, elsewhere, tmp_path):
    # The project of its README.
    readme = (ROOT / "tools/README.md").read_text("utf-8")
    for path, text in re.findall(r'^```\w+ title="([^"]+)"\n(.*?)^```$', readme, re.M | re.S):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    commands = re.findall(r"^sidenotes (.*)$", readme, re.M)
    assert {"assets", "check"} <= {command.split()[0] for command in commands}
    for command in commands:
        run(environment / "sidenotes", *command.split(), **elsewhere)
    html = run(environment / "python", "-c", PAGE, **elsewhere)
    assert 'class="katex"' in html and "sn-row" in html
    assert list((tmp_path / "docs/assets/sidenotes/katex").rglob("*.woff2"))
