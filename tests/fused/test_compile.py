"""The kernel is compiled once, by whoever comes first, and nothing broken or foreign is loaded."""

import io
import os
import platform
import re
import shutil
import signal
import stat
import subprocess
import sys
import time
import warnings
from pathlib import Path
from typing import NamedTuple

import pytest
import torch
from compiling import works

from labml_optim import AdaBelief
from labml_optim.fused.cpu import cache, compiler
from labml_optim.fused.cpu import launch as cpu
from labml_optim.fused.scalars import LAYOUT

PROGRAM = Path(__file__).with_name("compiling.py")
CC = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
NOBODY = 65534
ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")

pytestmark = [
    pytest.mark.skipif(CC is None, reason="there is no C compiler here"),
    pytest.mark.filterwarnings("error"),
]


@pytest.fixture(autouse=True)
def quick(monkeypatch, tmp_path):
    """A cache of its own, and a kernel that need not be fast."""
    monkeypatch.setenv("LABML_OPTIM_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setattr(compiler, "FLAGS", ("-std=c11", "-O0", "-fPIC", "-shared"))


@pytest.fixture
def script(tmp_path, monkeypatch):
    """Make a shell script be the compiler; in it, `$target` is what is to be written."""

    def make(*lines):
        path = tmp_path / "a compiler"
        find = 'for word; do if [ "$last" = -o ]; then target=$word; fi; last=$word; done'
        path.write_text("\n".join(["#!/bin/sh", find, *lines, f'exec {CC} "$@"', ""]))
        path.chmod(0o755)
        monkeypatch.setenv("CC", f"'{path}'")

    return make


def load():
    """What `library` does when it is asked for the first time in a process."""
    return compiler.library.__wrapped__(4)


def put(content=None):
    """Put a file where the kernel is kept. No process has opened it so far."""
    flags = [*compiler.FLAGS, "-DSTORED=4"]
    path = cache.folder() / f"{compiler.key(flags)}.so"
    cache.write(path, compiler.compiled(flags) if content is None else content)
    return path


def kept(folder):
    """All that is in a folder."""
    return sorted(path.name for path in Path(folder).rglob("*"))


def start(*arguments, **environment):
    return subprocess.Popen(
        [sys.executable, PROGRAM, *arguments],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


# Once, and once only


def test_it_is_compiled_once(script, tmp_path):
    script(f"echo called >> '{tmp_path}/log'")
    for _ in range(3):
        assert works(load())
    assert (tmp_path / "log").read_text() == "called\n"
    (name,) = kept(tmp_path / "cache")
    assert name.endswith(".so")


def test_four_processes_may_compile_at_once(tmp_path):
    started = [start() for _ in range(4)]
    for process in started:
        assert process.communicate() == ("works\n", "")
    assert len(kept(tmp_path / "cache")) == 1
    # one more, without a compiler
    assert start(PATH="").communicate() == ("works\n", "")


def test_each_type_of_number_has_a_kernel_of_its_own(tmp_path):
    for stored in cpu.STORED.values():
        compiler.library.__wrapped__(stored)
    assert len(kept(tmp_path / "cache")) == 4


@pytest.mark.parametrize("what", ["source", "flags", "processor", "CC"])
def test_it_is_compiled_again_when_something_has_changed(what, monkeypatch, tmp_path):
    load()
    if what == "source":
        other = tmp_path / "other.c"
        other.write_text(compiler.SOURCE.read_text() + "\n")
        monkeypatch.setattr(compiler, "SOURCE", other)
    elif what == "flags":
        monkeypatch.setattr(compiler, "FLAGS", (*compiler.FLAGS, "-DOTHER"))
    elif what == "processor":
        monkeypatch.setattr(compiler, "processor", lambda: "another one")
    else:
        monkeypatch.setenv("CC", f"{CC} -DOTHER")
    assert works(load())
    assert len(kept(tmp_path / "cache")) == 2


def test_the_name_of_a_kernel_says_what_the_processor_can_do():
    if not Path("/proc/cpuinfo").exists():
        pytest.skip("this system has no /proc/cpuinfo")
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    features = [line for line in lines if line.startswith(("flags", "Features"))]
    assert features[0] in compiler.processor().splitlines()


# Those of x86 and of ARM together.
LINES = ["model name : one", "flags : sse", "Features : fp", "CPU implementer : 1", "CPU part : 2"]
KNOWN = "\n".join(["BogoMIPS : 100", *LINES, "", "Features : others"])


@pytest.mark.parametrize("line", LINES)
def test_another_processor_of_the_same_kind_has_another_name(line, monkeypatch):
    def name(text):
        monkeypatch.setattr("builtins.open", lambda *given, **more: io.StringIO(text))
        return compiler.processor()

    first, other = name(KNOWN), name(KNOWN.replace(line, f"{line}1"))
    again = name(KNOWN.replace("100", "99").replace("others", "none"))
    monkeypatch.undo()
    assert other != again == first


@pytest.mark.parametrize("name", ["system", "machine", "processor"])
def test_another_system_has_another_name(name, monkeypatch):
    before = compiler.processor()
    monkeypatch.setattr(platform, name, lambda: "another one")
    assert compiler.processor() != before


@pytest.mark.parametrize("known", [["cc", "gcc", "clang"], ["gcc", "clang"], ["clang"]])
def test_the_first_compiler_that_is_there_is_taken(known, monkeypatch):
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setattr(shutil, "which", lambda name: name if name in known else None)
    assert compiler.compiler() == known[:1]


# Where it is kept


def test_the_folder_is_the_users_own(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache.folder() == tmp_path / "cache"
    monkeypatch.setenv("LABML_OPTIM_CACHE_DIR", "~/kernels")
    assert cache.folder() == tmp_path / "home" / "kernels"
    monkeypatch.delenv("LABML_OPTIM_CACHE_DIR")
    assert cache.folder() == tmp_path / "xdg" / "labml_optim"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache.folder() == tmp_path / "home" / ".cache" / "labml_optim"


def test_nobody_else_may_enter_what_is_made(monkeypatch, tmp_path):
    monkeypatch.setenv("LABML_OPTIM_CACHE_DIR", str(tmp_path / "new" / "newer" / "cache"))
    before = os.umask(0)
    try:
        library = load()
    finally:
        os.umask(before)
    made = [*(tmp_path / "new").rglob("*"), tmp_path / "new"]
    (kernel,) = (path for path in made if path.suffix)
    modes = {path.suffix: stat.S_IMODE(path.stat().st_mode) for path in made}
    assert modes == {"": 0o700, ".so": 0o600}
    assert library._name == str(kernel)
    # So it is loaded the next time.
    monkeypatch.setattr(compiler, "compiled", lambda flags: pytest.fail("compiled again"))
    assert works(load())


def test_a_home_that_cannot_be_written_to_does_without_a_cache(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LABML_OPTIM_CACHE_DIR", str(tmp_path / "file" / "cache"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    assert works(load())
    assert kept(tmp_path) == ["file"]


@ROOT_ONLY
def test_a_home_of_another_user_does_without_a_cache():
    if not all(folder.stat().st_mode & stat.S_IXOTH for folder in PROGRAM.parents):
        pytest.skip("other users cannot read this file")
    home = "/usr"
    before = kept(home + "/.cache")
    nothing = dict.fromkeys(["LABML_OPTIM_CACHE_DIR", "XDG_CACHE_HOME"], "")
    run = start(str(NOBODY), HOME=home, TMPDIR="/tmp", **nothing)
    assert run.communicate() == ("works\n", "")
    assert kept(home + "/.cache") == before


class Place(NamedTuple):
    """A file or a folder of a user with certain rights, and the folders above it."""

    user: int
    mode: int
    parents: tuple = ()

    def stat(self):
        if self.user < 0:
            raise FileNotFoundError(self)
        return os.stat_result([self.mode, 0, 0, 0, self.user, *[0] * 5])


OWN, ROOT, OTHER, NOT_THERE = 1000, 0, 1001, -1
# What is looked at, by user and rights, and whether another user can change it or what is in it.
PLACES = [
    *[(user, 0o700, user == OTHER, user == OTHER) for user in (OWN, ROOT, OTHER, NOT_THERE)],
    *[(OWN, mode, True, True) for mode in (0o720, 0o702, 0o777)],
    (OWN, 0o755, False, False),
    (ROOT, 0o1777, True, False),
    (OTHER, 0o1777, True, True),
]


@pytest.mark.parametrize(("user", "mode", "itself", "above"), PLACES)
def test_who_can_change_a_file(user, mode, itself, above, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: OWN)
    place, file = Place(user, mode), Place(OWN, 0o600)
    assert cache.others_can_write(place) is (place if itself else None)
    top = Place(ROOT, 0o755)
    # What does not exist yet is made where others can write, if its folder is one of theirs.
    new = Place(NOT_THERE, 0o600, (place, top))
    assert cache.others_can_write(new) == (place if above else None)
    for parents in [(place, top), (top, place)]:
        assert cache.others_can_write(file._replace(parents=parents)) == (place if above else None)


def test_a_user_without_a_home_has_a_folder_among_temporary_files(monkeypatch, tmp_path):
    def unknown():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("LABML_OPTIM_CACHE_DIR")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr("pathlib.Path.home", unknown)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert works(load())
    (path,) = tmp_path.rglob("*.so")
    folder = Path(f"labml_optim-{os.geteuid()}", ".cache", "labml_optim")
    assert path.parent == tmp_path / folder


# No compiler, or none that works


@pytest.fixture
def fresh(monkeypatch):
    """As if no kernel had been used in this process."""
    monkeypatch.setattr(cpu, "library", compiler.library.__wrapped__)
    monkeypatch.setattr(cpu, "function", cpu.function.__wrapped__)


def no_compiler(monkeypatch):
    monkeypatch.setenv("PATH", "")
    return "there is no C compiler .cc, gcc or clang.. Install one, for instance .* or use fused=No"


def no_such_compiler(monkeypatch):
    monkeypatch.setenv("CC", "no-such-compiler -v")
    return "there is no C compiler 'no-such-compiler -v', which .CC asks for. Install one"


def no_command(monkeypatch):
    monkeypatch.setenv("CC", "'a quotation that does not end")
    return "there is no C compiler .'a quotation that does not end., which .CC asks for. Install"


def compiler_that_fails(monkeypatch):
    monkeypatch.setenv("CC", "false")
    return "the kernel could not be compiled:\nfalse -std=c11 .*kernel.c"


@pytest.mark.parametrize("case", [no_compiler, no_such_compiler, no_command, compiler_that_fails])
def test_without_a_compiler_an_error_says_what_to_do(case, fresh, monkeypatch, tmp_path):
    p = torch.ones(3, requires_grad=True)
    p.grad = torch.ones(3)
    ours = AdaBelief([p], fused=None)
    message = case(monkeypatch)
    with pytest.raises(RuntimeError, match=message):
        AdaBelief([p], fused=True)
    with pytest.raises(RuntimeError, match=message):
        ours.add_param_group({"params": [torch.ones(1, requires_grad=True)], "fused": True})
    assert len(ours.param_groups) == 1
    ours.step()
    before = p.detach().clone()
    ours.param_groups[0]["fused"] = True
    with pytest.raises(RuntimeError, match=message):
        ours.step()
    assert torch.equal(p, before)
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize(
    ("owner", "name", "value", "words"),
    [
        (compiler, "SOURCE", Path("kernel.zip/kernel.c"), "kernel.zip/kernel.c is not a file"),
        (sys, "platform", "win32", "no fused engine for the CPU under Windows"),
    ],
)
def test_where_nothing_can_be_compiled_it_is_said(owner, name, value, words, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, value)
        with pytest.raises(RuntimeError, match=words):
            load()


def test_what_the_compiler_says_is_passed_on(script):
    script("echo 'kernel.c: no space left' >&2", "exit 1")
    with pytest.raises(RuntimeError, match="kernel.c: no space left"):
        load()


def test_a_compiler_that_makes_nothing_has_failed(script):
    script("exit 0")
    with pytest.raises(RuntimeError, match=r"could not be compiled:\n.*\n\(no output\)"):
        load()


def test_without_openmp_one_thread_does_the_work(script, tmp_path):
    script(
        f"""for word; do if [ "$word" = -fopenmp ]; then echo tried >> '{tmp_path}/log'; exit 1; fi
done"""
    )
    assert works(load())
    assert (tmp_path / "log").read_text() == "tried\n"


def test_what_cannot_be_loaded_is_a_clear_error(script):
    script('echo garbage > "$target"', "exit 0")
    with pytest.raises(RuntimeError, match="the kernel could not be loaded: .*kernel.so"):
        load()


# Interrupted


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("way", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM], ids=str)
def test_an_interrupted_compilation_leaves_nothing_broken(way, script, tmp_path):
    # the first time, half of the library is written, and no more
    script(f"if mkdir '{tmp_path}/started'; then echo half > \"$target\"; sleep 3600; fi")
    (tmp_path / "temporary").mkdir()
    process = start(TMPDIR=str(tmp_path / "temporary"))
    while not [path for path in (tmp_path / "temporary").rglob("*.so") if path.stat().st_size]:
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(way)
    process.wait()
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert process.returncode != 0
    assert not (tmp_path / "cache").exists()
    if way == signal.SIGINT:
        assert kept(tmp_path / "temporary") == []
    assert works(load())
    assert len(kept(tmp_path / "cache")) == 1


@pytest.mark.parametrize("name", ["replace", "fdopen"])
def test_an_interrupted_write_leaves_nothing_behind(name, monkeypatch, tmp_path):
    def interrupted(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, name, interrupted)
        with pytest.raises(KeyboardInterrupt):
            cache.write(tmp_path / "cache" / "kernel.so", b"content")
    assert kept(tmp_path / "cache") == []
    assert works(load())


# Broken files


DAMAGES = {
    "empty": lambda content: b"",
    "short": lambda content: content[:20],
    "half": lambda content: content[: len(content) // 2],
    "a byte less": lambda content: content[:-1],
    "a byte more": lambda content: content + b"\0",
    "one bit": lambda content: content[:5000] + bytes([content[5000] ^ 1]) + content[5001:],
    "another digest": lambda content: content[:-1] + bytes([content[-1] ^ 1]),
    "zeros": lambda content: bytes(len(content)),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_file_is_made_again(damage, script, tmp_path):
    script(f"echo called >> '{tmp_path}/log'")
    path = put()
    path.write_bytes(damage(path.read_bytes()))
    assert not cache.is_intact(path)
    assert works(load())
    assert (tmp_path / "log").read_text() == "called\n" * 2
    assert cache.is_intact(path) and len(kept(tmp_path / "cache")) == 1


def test_a_whole_file_that_cannot_be_loaded_is_made_again():
    # One that nothing can be run from looks the same.
    put(b"nothing that could be loaded")
    assert works(load())


def test_a_folder_in_its_place_does_not_stand_in_the_way():
    path = put()
    path.unlink()
    path.mkdir()
    assert not cache.is_intact(path) and not cache.is_intact(path / "none")
    assert works(load())


# Foreign files


@pytest.fixture
def foreign(tmp_path):
    """A library that somebody else has put in place of ours; it would not work."""
    source, target = tmp_path / "foreign.c", tmp_path / "foreign.so"
    source.write_text("void step_table(void) {}")
    subprocess.run([CC, "-shared", "-fPIC", str(source), "-o", str(target)], check=True)
    path = put(target.read_bytes())
    # Where nothing is amiss it is loaded.
    assert not works(load())
    return path


def open_file(path):
    path.chmod(0o666)


def open_to_the_group(path):
    path.chmod(0o620)


def open_folder(path):
    path.parent.chmod(0o777)


def open_above(path):
    path.parents[1].chmod(0o770)


def sticky_file(path):
    path.chmod(0o1666)


def owned_by_another(path):
    os.chown(path, NOBODY, -1)


def in_a_folder_of_another(path):
    os.chown(path.parent, NOBODY, -1)


def behind_a_link(path):
    # The link is ours. Where it leads to is open.
    real = path.parents[1] / "open" / "cache"
    shutil.copytree(path.parent, real)
    real.parent.chmod(0o777)
    shutil.rmtree(path.parent)
    path.parent.symlink_to(real)


def by_a_link(path):
    target = path.parents[1] / "elsewhere.so"
    path.rename(target)
    path.symlink_to(target)
    target.chmod(0o666)


WAYS = [
    open_file,
    open_to_the_group,
    open_folder,
    open_above,
    sticky_file,
    behind_a_link,
    by_a_link,
]
ROOT_WAYS = [owned_by_another, in_a_folder_of_another]


@pytest.mark.parametrize(
    "way",
    [*WAYS, *(pytest.param(way, marks=ROOT_ONLY) for way in ROOT_WAYS)],
    ids=lambda way: way.__name__,
)
def test_what_another_user_could_have_written_is_not_loaded(way, foreign, tmp_path):
    way(foreign)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.so")}
    with pytest.warns(UserWarning, match="not kept: another user could write to"):
        library = load()
    assert works(library)
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*.so")}


def test_a_folder_in_which_nobody_can_take_files_away_will_do(tmp_path, monkeypatch):
    # such as /tmp
    (tmp_path / "common").mkdir()
    (tmp_path / "common").chmod(0o1777)
    monkeypatch.setenv("LABML_OPTIM_CACHE_DIR", str(tmp_path / "common"))
    for _ in range(2):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert works(load())
    assert len(kept(tmp_path / "common")) == 1


@ROOT_ONLY
def test_a_file_of_another_user_in_such_a_folder_is_not_loaded(tmp_path, monkeypatch, foreign):
    foreign.parent.chmod(0o1777)
    os.chown(foreign, NOBODY, -1)
    with pytest.warns(UserWarning, match="not kept"):
        assert works(load())


def test_the_kernel_reads_the_numbers_in_the_order_of_the_layout():
    struct = compiler.SOURCE.read_text("utf-8").partition("} scalars;")[0].rpartition("{")[2]
    assert tuple(re.findall(r"(\w+)[,;]", struct)) == LAYOUT
