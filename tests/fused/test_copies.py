"""A kernel computes what it was written for, and nothing that was copied and edited."""

import pytest
import torch
from copies import copy, imported, without_source, zipped


class OnCuda(torch.Tensor):
    """A tensor on the CPU that says it is on CUDA, which is where the kernel is the default."""

    is_cuda = True


def parameter(kind=torch.Tensor):
    param = torch.full((5,), 0.5).as_subclass(kind).requires_grad_()
    param.grad = torch.linspace(-3, 3, 5).as_subclass(kind)
    return param


def stepped(package, fused, kind="Adam", of=torch.Tensor, steps=3, **given):
    """Where some steps lead, and the optimizer."""
    param = parameter(of)
    optimizer = getattr(package, kind)([param], lr=0.1, fused=fused, **given)
    for _ in range(steps):
        optimizer.step()
        # Smaller, so that a maximum shows.
        param.grad = param.grad / 2
    return param.detach().as_subclass(torch.Tensor), optimizer


# What is edited, in words that occur once, and a class that is changed by it.
CLIPPED = ("adam.py", "m.lerp_(grad, 1 - beta1)", "m.lerp_(grad.clamp(-1, 1), 1 - beta1)")
EDITS = {
    "moments": (CLIPPED, "Adam", "Adam.get_mv"),
    "update": (("adam.py", "value=-step_size)", "value=-2 * step_size)"), "AMSGrad", "Adam.update"),
    "prepare": (
        ("adam.py", 'state["step"] += 1', 'state["step"] += 2'),
        "RAdam",
        "prepare",
    ),
    "maximum": (("amsgrad.py", "return v_max", "return v"), "AMSGrad", "AMSGrad.get_maximum"),
    "rectification": (
        ("radam.py", "if rho < 5:", "if rho < 4:"),
        "AdaBelief",
        "calc_rectification_term",
    ),
    "belief": (
        ("adabelief.py", "\n        error = grad - m\n", "\n        error = grad\n"),
        "AdaBelief",
        "get_mv",
    ),
    "decay": (("weight_decay.py", "1 - group", "1 - 2 * group"), "Adam", "WeightDecay.__call__"),
    "base": (
        ("optimizer.py", "self.step_param(state, group, grad, param)\n            return",
         "self.step_param(state, group, grad.sign(), param)\n            return"),
        "Adam",
        "step_counted",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("edit", "kind", "function"), EDITS.values(), ids=EDITS)
def test_an_edited_copy_computes_what_it_says(edit, kind, function, tmp_path):
    copy(tmp_path, "edited_optim", [edit])
    given = {"weight_decay": 0.1, **({"degenerate_to_sgd": False} if kind == "AdaBelief" else {})}
    with imported(tmp_path, "edited_optim") as package:
        with pytest.raises(RuntimeError, match=rf"^fused=True: edited_optim.*\b{function} is not"):
            stepped(package, True, kind, **given)
        annotated, _ = stepped(package, False, kind, steps=6, **given)
        default, _ = stepped(package, None, kind, OnCuda, steps=6, **given)
        assert torch.equal(default, annotated)
        # It was not edited in vain.
        import labml_optim

        assert not torch.equal(annotated, stepped(labml_optim, False, kind, steps=6, **given)[0])


SAME = {
    "as it is": [],
    "comment": [("adam.py", "# $$m_t \\leftarrow", "# Another one.\n        # $$m_t \\leftarrow")],
    "docstring": [("adam.py", "Updates $m$ and $v$ in place", "Changes them")],
    "default": [("adam.py", "lr: float | Tensor = 1e-3,", "lr: float | Tensor = 1e-2,")],
    "spaces": [("adam.py", "m.lerp_(grad, 1 - beta1)", "m.lerp_(grad,  1-beta1)")],
}  # fmt: skip


@pytest.mark.parametrize("edits", SAME.values(), ids=SAME)
def test_a_copy_that_computes_the_same_has_its_kernels(edits, tmp_path):
    copy(tmp_path, "copied_optim", edits)
    with imported(tmp_path, "copied_optim") as package:
        found, optimizer = stepped(package, True)
        assert list(vars(optimizer)["_plans"].values())[0].latest.rows == [0]
        torch.testing.assert_close(found, stepped(package, False)[0], rtol=1e-6, atol=0)


def test_a_class_of_a_copy_is_not_known_to_the_kernels_of_the_original(tmp_path):
    # The module alone, whose imports were not renamed.
    copy(tmp_path, "other_optim")
    module = tmp_path / "other_optim/adam.py"
    module.write_text(module.read_text("utf-8").replace("other_optim", "labml_optim"), "utf-8")
    with imported(tmp_path, "other_optim.adam") as adam:
        with pytest.raises(
            RuntimeError, match=r"other_optim\.adam\.Adam is no class with a kernel"
        ):
            stepped(adam, True)
        assert torch.equal(stepped(adam, None, of=OnCuda)[0], stepped(adam, False)[0])


def test_a_copy_without_the_folder_runs_annotated(tmp_path):
    copy(tmp_path, "small_optim", leave_out=["fused"])
    with imported(tmp_path, "small_optim") as package:
        assert torch.equal(stepped(package, None, of=OnCuda)[0], stepped(package, False)[0])
        with pytest.raises(RuntimeError, match="fused=True: .*folder `fused`.*fused=None"):
            stepped(package, True)
        param = parameter()
        optimizer = package.AdaBelief([param])
        optimizer.param_groups[0]["fused"] = True
        before = param.detach().clone()
        with pytest.raises(RuntimeError, match="fused=True: .*folder `fused`.*fused=None"):
            optimizer.step()
        assert torch.equal(param, before) and not optimizer.state


def test_another_module_of_that_name_is_no_engine(tmp_path):
    target = copy(tmp_path, "mixed_optim", leave_out=["fused"])
    (target / "fused.py").write_text("prepare = None\n")
    with imported(tmp_path, "mixed_optim") as package:
        assert torch.equal(stepped(package, None, of=OnCuda)[0], stepped(package, False)[0])
        with pytest.raises(RuntimeError, match="folder `fused`"):
            stepped(package, True)


def test_modules_that_are_in_no_package_run_annotated(tmp_path):
    target = copy(tmp_path, "flat_optim", leave_out=["fused", "__init__.py"])
    for path in target.glob("*.py"):
        text = path.read_text("utf-8").replace("from flat_optim import _", "import _")
        text = text.replace(
            "import _checkpoint, _validation", "import _checkpoint\nimport _validation"
        )
        path.write_text(text.replace("from flat_optim.", "from "), "utf-8")
    with imported(target, "adam") as adam:
        assert torch.equal(stepped(adam, None, of=OnCuda)[0], stepped(adam, False)[0])
        with pytest.raises(RuntimeError, match="folder `fused`"):
            stepped(adam, True)


def test_without_source_nothing_is_known_about_the_functions(tmp_path):
    without_source(copy(tmp_path, "compiled_optim"))
    with imported(tmp_path, "compiled_optim") as package:
        with pytest.raises(RuntimeError, match=r"source of compiled_optim\..* is not available"):
            stepped(package, True)
        assert torch.equal(stepped(package, None, of=OnCuda)[0], stepped(package, False)[0])


def test_in_a_zip_file_the_source_is_known_but_no_compiler_can_read_the_kernel(tmp_path):
    path = zipped(copy(tmp_path, "zipped_optim"))
    with imported(path, "zipped_optim") as package:
        with pytest.raises(RuntimeError, match="kernel.c is not a file that a compiler could read"):
            stepped(package, True)
        from zipped_optim.fused.overrides import refusal

        assert refusal(package.Adam([parameter()])) is None
        assert torch.equal(stepped(package, None)[0], stepped(package, False)[0])
