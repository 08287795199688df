"""The engines are proved on exact numbers: an edit of a formula, a line or a guard is refuted."""

import importlib.util
from functools import cache
from pathlib import Path

import pytest

from checks import exact_kernels
from checks.catalog import CATALOG
from checks.engines import compiled, host, interpreted, traced
from labml_optim import fused
from sidenotes.check import checker
from sidenotes.check.proof.c.program import Program
from sidenotes.math import symbols

ROOT = Path(__file__).parents[2]
SYMBOLS = symbols.load(ROOT / "tools/checks/symbols.yml")
FOLDER = ROOT / "labml_optim/fused"
PATHS = {
    "compiled": FOLDER / "cpu/kernel.c",
    "interpreted": FOLDER / "cuda/kernel.py",
    "traced": FOLDER / "traced.py",
    "scalars": FOLDER / "scalars.py",
}
TEXTS = {engine: path.read_text("utf-8") for engine, path in PATHS.items()}
CLASSES = [ROOT / f"labml_optim/{name}.py" for name in ("adam", "adabelief")]


def named(engine, name, **on):
    """The configuration of an engine with these flags, and all others off."""
    row = next(row for row in CATALOG if row.name == name)
    off = dict.fromkeys([*row.flags, "weight_decouple", "absolute"], False)
    return exact_kernels.proof(engine, row, {**off, **on})


def configured(engine):
    """Three in which all lines of a kernel run."""
    on = {"amsgrad": True, "rectify": True, "degenerate_to_sgd": True, "accumulate_eps": True}
    return {
        "all": named(engine, "AdaBelief", **on, maximize=True, weight_decouple=True),
        "coupled": named(engine, "Adam"),
        "absolute": named(
            engine, "Adam", optimized_update=True, weight_decouple=True, absolute=True
        ),
    }


def imported(path):
    spec = importlib.util.spec_from_file_location("edited", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def prove(tmp_path, monkeypatch):
    """Proves an engine, of which a file is edited."""

    def proved(engine, file, old="", new="", which="all"):
        assert TEXTS[file].count(old) >= 1
        path = PATHS[file]
        if old and path.suffix == ".py":
            path = tmp_path / path.name
        text = TEXTS[file].replace(old, new)
        if path.parent == tmp_path:
            path.write_text(text, "utf-8")
            put(file, path)
        sources = {**checker.sources(CLASSES), path: text}
        return checker.prove(sources, [configured(engine)[which]], SYMBOLS)

    def put(file, path):
        """Let the edited file take part."""
        if file == "interpreted":
            monkeypatch.setattr(interpreted, "SOURCE", path)
            interpreted.kernel.cache_clear()
        elif file == "scalars":
            for module in (host, traced.traced):
                monkeypatch.setattr(module, "scalars", imported(path).scalars)
        else:
            edited = imported(path)
            monkeypatch.setattr(traced, "traced", edited)
            monkeypatch.setattr(fused, "trace_step", edited.trace_step)

    yield proved
    interpreted.kernel.cache_clear()


@pytest.mark.parametrize("engine", ["compiled", "interpreted", "traced"])
def test_an_engine_is_proved(engine, prove):
    found = prove(engine, engine)
    assert not found.problems and not found.refused and len(found.names) == 1, found.problems
    assert found.ways >= 8 and found.bound < -80


LOOP = "#pragma omp simd\n"


@pytest.mark.parametrize(
    "old, new, refused",
    [
        (LOOP, f"real last = 0;\n{LOOP}", "last"),
        ("param = keep * param;", "param = keep * (i > 0 ? params[i - 1] : param);", "none of"),
    ],
)
def test_what_an_element_takes_from_the_one_before_is_refused(old, new, refused):
    carried = {"param = keep * param;": "param = keep * param - last; last = m;"}
    text = TEXTS["compiled"]
    for each, other in {old: new, **(carried if old is LOOP else {})}.items():
        assert text.count(each) >= 1
        text = text.replace(each, other)
    sources = {**checker.sources(CLASSES), PATHS["compiled"]: text}
    found = checker.prove(sources, [configured("compiled")["coupled"]], SYMBOLS)
    (reason,) = found.refused.values()
    assert refused in reason and not found.names


IN_C = [
    ("grad = sign * grad;", "grad = grad;"),
    ("grad + penalty * param", "grad - penalty * param"),
    ("penalty != 0 ?", "penalty == 0 ?"),
    ("param = keep * param;", "param = param;"),
    ("m + rest1 * (grad - m)", "m + (1 - rest1) * (grad - m)"),
    ("grad - (1 - rest1) * (grad - m)", "grad - rest1 * (grad - m)"),
    ("if (centred) {", "if (!centred) {"),
    ("rest2 * error * error", "rest2 * error * grad"),
    ("v = v + inside;", "v = v;"),
    ("tops[i] >= v ||", "tops[i] <= v ||"),
    ("tops[i] = top;", "tops[i] = v;"),
    ("root_of(top + under) / root + eps", "root_of(top + under + eps) / root"),
    ("root_of(top + under)", "root_of(v + under)"),
    ("return sqrt(x);", "return x;"),
    ("if (adaptive) {", "if (!adaptive) {"),
    ("step_size != 0 ? param - step_size * m / denominator", "step_size > 1 ? param"),
    ("param - step_size * m : param;", "param + step_size * m : param;"),
    ("params[i] = narrow(param);", "params[i] = narrow(m);"),
    ("    ms[i] = m;\n", ""),
    ("    vs[i] = v;\n", ""),
    # Formulas.
    (r"g_t \leftarrow \varsigma\,g_t$$", r"g_t \leftarrow g_t$$"),
    (r"\beta_1 m_{t-1} + (1 - \beta_1)", r"\beta_1 m_{t-1} + (1 - \beta_2)"),
    (r"e_t \leftarrow g_t - m_t", r"e_t \leftarrow g_t - m_{t-1}"),
    (r"\sqrt{\bar v_t + \epsilon_u}", r"\sqrt{\max(\bar v_t + \epsilon_u, 10^{-20})}"),
]
IN_TRITON = [
    ("param = keep * param", "param = keep * param + inside"),
    ("m = m + rest1 * (grad - m)", "m = m + rest1 * grad"),
    ("if CENTRED:", "if not CENTRED:"),
    ("(top >= v) |", "(top > 2 * v) |"),
    ("if adaptive:", "if step_size > 0:"),
    ("quotient(root_of(top + under), root)", "quotient(root_of(top + under), root + eps)"),
    ("numbers + 5)", "numbers + 6)"),
    ("tl.store(ms, m, mask=there)", "tl.store(ms, v, mask=there)"),
    (r"v_t \leftarrow v_t + \epsilon_v", r"v_t \leftarrow v_t + \epsilon_u"),
]
TRACED = [
    ("torch.where(penalty != 0, grad + penalty * param, grad)", "grad"),
    ("v.mul_(beta2).add_(rest2 * error * error)", "v.mul_(beta2).add_(rest2 * error)"),
    ("top.copy_(torch.maximum(top, v))", "top.copy_(v)"),
    ("adaptive != 0, m / denominator, m)", "adaptive != 0, m, m / denominator)"),
    (r"\frac{\sqrt{\bar v_t + \epsilon_u}}{c_t} + \epsilon", r"\frac{\sqrt{\bar v_t}}{c_t}"),
]
SCALARS = [
    ("keep = 1 - lr * decay", "keep = 1 - lr * lr * decay"),
    ("elif lr != 0:", "elif lr > 10:"),
    ("penalty = decay", "penalty = -decay"),
    ("inner = eps if centred else 0.0", "inner = 0.0"),
    ("(inner, 0.0) if group", "(0.0, inner) if group"),
    ("root = 1.0", "root = root"),
    ("-1.0 if group", "1.0 if group"),
    (r"\kappa \leftarrow 1 - \alpha\lambda", r"\kappa \leftarrow 1 - \min(\alpha, 10^6)\lambda"),
]
MUTANTS = [
    *(("compiled", "compiled", *each) for each in IN_C),
    *(("interpreted", "interpreted", *each) for each in IN_TRITON),
    *(("traced", "traced", *each) for each in TRACED),
    *(("compiled", "scalars", *each) for each in SCALARS),
]


# Those that need another configuration than that with all flags.
SHOWN = {
    "grad + penalty * param": "coupled",
    "penalty != 0 ?": "coupled",
    "torch.where(penalty != 0, grad + penalty * param, grad)": "coupled",
    "penalty = decay": "coupled",
    "elif lr != 0:": "absolute",
    "root = 1.0": "absolute",
}


@pytest.mark.parametrize(("engine", "file", "old", "new"), MUTANTS)
def test_an_edit_of_an_engine_is_refuted(engine, file, old, new, prove):
    assert prove(engine, file, old, new, SHOWN.get(old, "all")).problems


def lines(statements):
    """Those on which statements begin, all blocks included."""
    for statement in statements:
        yield statement.line
        for block in statement.inner:
            yield from lines(block)


def test_every_statement_of_the_kernel_in_c_is_run(prove, monkeypatch):
    made = []
    monkeypatch.setattr(
        compiled, "program", cache(lambda text: made.append(made_of(text)) or made[0])
    )
    prove("compiled", "compiled")
    prove("compiled", "compiled", which="coupled")
    (program,) = made
    for name in ("stretch", "load", "narrow", "root_of"):
        assert program.ran >= set(lines(program.body(name)))
    assert len(set(lines(program.body("stretch")))) > 25


def made_of(text):
    return Program(text, "kernel.c", {"STORED": "8"})


@pytest.mark.parametrize("row", exact_kernels.COMPUTED, ids=lambda row: row.name)
def test_every_mode_of_decay_is_proved_with_every_setting_of_the_flags(row):
    proofs = list(exact_kernels.others(row))
    # Three engines, and of three modes most settings have had one.
    assert len(proofs) > 2 * 2 ** len(row.flags)
    found = checker.prove(checker.sources([FOLDER.parent]), proofs, SYMBOLS)
    assert not found.problems and not found.refused, (found.problems, found.refused)
    assert found.names == [proof.name for proof in proofs]
