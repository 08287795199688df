"""Small packages, and what a bundle of them does: it is run in a process that lacks the package."""

import subprocess
import sys
import textwrap
import types

from sidenotes.bundle.command import bundle


def write(folder, files):
    """The files of a package; an empty `__init__.py` is made where there is none."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip("\n"), "utf-8")
        for parent in path.relative_to(folder).parents[:-1]:
            init = folder / parent / "__init__.py"
            if not init.exists():
                init.write_text("", "utf-8")
    return folder


def printed(folder, code):
    """What a program prints that can import what lies in this folder, and no other project."""
    command = [
        sys.executable,
        "-I",
        "-c",
        f"import sys; sys.path.insert(0, {str(folder)!r})\n{code}",
    ]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


def both(tmp_path, files, module, code, **options):
    """What `code` prints with the package, and with a bundle under the name `one`."""
    folder = write(tmp_path / "project", files)
    path = folder / module
    name = ".".join(path.relative_to(folder).with_suffix("").parts)
    text = bundle(path, **options)
    alone = tmp_path / "alone"
    alone.mkdir()
    (alone / "one.py").write_text(text, "utf-8")
    code = textwrap.dedent(code)
    return printed(folder, f"import {name} as one\n{code}"), printed(alone, f"import one\n{code}")


def loaded(text, monkeypatch, name="one_file"):
    """A bundle as a module of this process."""
    module = types.ModuleType(name)
    monkeypatch.setitem(sys.modules, name, module)
    exec(compile(text, f"{name}.py", "exec"), module.__dict__)
    return module
