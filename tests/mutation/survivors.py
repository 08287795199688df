r"""
Mutants that no check has to find, or that this one does not find, each with its reason.

A line says which mutants it speaks of: the file, the operator, and a part of the line as it stands
or with the slip; an empty one means any. `run.py --all` tells which of the lines are no longer
needed.
"""

from __future__ import annotations

from known import Known

BELOW_5 = "Below 5 the last rows of the block set the step anew, whatever r_t is."
AT_REST = "A step of size 0 adds 0, unless m is infinite. `test_edge_cases.py` looks at that."
SWITCHED = "No run switches `amsgrad` between two steps. `test_groups.py` does."
CONSTRUCTED = "Each group of the runs has its own numbers; the constructor's are not used."
FOLDED = r"\texttt{optimized\_update} \leftarrow 1"
ENTRY = "`get_maximum` makes the entry where it is missing, and drops it where it is not wanted."

# The same function, written otherwise.
EQUIVALENT = [
    Known(
        *("optimizer.py", "statement twice", "torch._C._set_grad_enabled(", ""),
        "What is set to a value is set to it.",
    ),
    Known(
        *("nadam.py", "out of place", ".add_(grad, alpha=weight)", ".add(grad, alpha=weight)"),
        "What is added to has just been made, and nothing else looks at it.",
    ),
    *(
        Known("nadam.py", "statements swapped", old, "", "Neither changes what the other reads.")
        for old in ("lr = self.get_lr(state, group)", "m, v = super().get_mv(state, group, grad)")
    ),
    Known(
        *("adabelief.py", "another epsilon", r"\epsilon", r"\epsilon"),
        "AdaBelief has one number, `eps`, which stands for both, in either form of the update.",
    ),
    Known(
        *("adabelief.py", "hat dropped", r"\hat\epsilon", r"\epsilon"),
        "AdaBelief has one number, `eps`, which stands for both, in either form of the update.",
    ),
    *(
        Known(file, "", rf"{condition}\rho_t \ge 5\text{{:}}", new, BELOW_5)
        for file, condition in (("radam.py", r"& \quad \text{if } "), ("adabelief.py", "and } "))
        for new in (r"\rho_t)^2\right)} \ge 5", r"\ge {\left(4\right)}", r"{\rho_\infty} \ge 5")
    ),
    Known(
        *("adabelief.py", "part of a condition dropped", r"\rho_t \ge 5"),
        *(r"\text{if } \texttt{rectify}\text{:}", BELOW_5),
    ),
    Known("radam.py", "", r"& \quad r_t \leftarrow 1 \\", r"& \quad r_t \leftarrow {", BELOW_5),
    *(
        Known(file, "bar added", rf"\max(\bar {x}_{{t-1}}, {x}_t) &&", rf"{{\bar {x}_t}})", reason)
        for file, x in (("amsgrad.py", "v"), ("radam.py", "v"), ("adabelief.py", "s"))
        for reason in ["The row above has made the two the same."]
    ),
    *(
        Known(
            "",
            "constant changed",
            rf"\bar {x}_0 \leftarrow 0",
            rf"\bar {x}_0 \leftarrow {{\left((-1)\right)}}",
            why,
        )
        for x in "vs"
        for why in ["The maximum with a mean of squares is the same from any number up to 0."]
    ),
    *(
        Known(
            "",
            "",
            r"\texttt{absolute}\text{ and } \alpha \ne 0",
            rf"absolute}}\text{{ and }} {new}",
            why,
        )
        for new in (r"{\left((", r"{\left(\sqrt{")
        for why in ["Its square and its root are zero where the learning rate is."]
    ),
    Known("amsgrad.py", "arguments swapped", "torch.maximum(", "", "It is the same maximum."),
    Known(
        *("weight_decay.py", "any other symbol", r"# $$g_t \leftarrow", r"{\tilde\theta_{t-1}}"),
        "Coupled decay leaves the parameter as it is, so the two are the same.",
    ),
    *(
        Known(
            *(file, "any other symbol", row),
            *(r"{\tilde\theta_{t-1}} \\", "The row above the condition has made the two the same."),
        )
        for row in (
            r"& \qquad \tilde\theta_{t-1} \leftarrow (1 - ",
            r"& \qquad g_t \leftarrow g_t + ",
        )
        for file in ("adam.py", "amsgrad.py", "radam.py", "nadam.py", "adabelief.py")
    ),
    Known(
        *("radam.py", "argument dropped", "return Step(0.0, root, adaptive=False)", ""),
        "A step of size 0 is none, with a division or without.",
    ),
    Known("adabelief.py", "returned otherwise", 'return group["rectify"]', "", "-1 is true, too."),
    Known("radam.py", "returned otherwise", "return True", "-(True)", "-1 counts as true, too."),
    Known("", "value negated", "zeros_like(", "-(torch.zeros_like(", "-0 is 0."),
    Known(
        *("", "statement twice", "super().init_state(", ""),
        "To set the start twice is to set it once.",
    ),
    Known(
        *("amsgrad.py", "statement twice", "torch.maximum(", ""),
        "The maximum of a maximum is that maximum.",
    ),
    Known(
        *("two_forms.py", "flag the other way", FOLDED, ""),
        r"The textbook form has no $\hat\epsilon$ to change: this says that Adam is Adam.",
    ),
    Known(
        *("two_forms.py", "change dropped", FOLDED, ""),
        "It says so of both forms. For the textbook form that is true as well.",
    ),
    Known("amsgrad.py", "", 'if group["amsgrad"]:', "if ", ENTRY),
    Known("adabelief.py", "", 'if group["amsgrad"]:', "if ", ENTRY),
    *(
        Known("weight_decay.py", operator, "if decay == 0:", new, reason)
        for operator, new in (("constant changed", "(-1)"), ("condition settled", "if False:"))
        for reason in ["With a coefficient of 0, each of the three rules changes nothing."]
    ),
    *(
        Known("adam.py", "out of place", old, new, "The result is given a name all the same.")
        for old, new in ((".add_(group[", ".add(group["), (".div_(root", ".div(root"))
    ),
]

# A slip, but the check of the formulas does not see it.
SURVIVORS = [
    Known(
        *("nadam.py", "argument dropped", 'dtype=torch.float64, device="cpu")', "float64)"),
        "The runs keep the CPU as torch's default device.",
    ),
    *(
        Known(
            *("belief.py", operator, r"\mathbb{E}[s_t] \to", new),
            "Nothing computes an expectation: the function gives what stands behind the arrow.",
        )
        for operator, new in (("one moment for the other", ""), ("", r"\mathbb{E}{"))
    ),
    Known(
        *("optimizer.py", "", "raise NotImplementedError(", ""),
        "A message. No run has a class that leaves a blank; `test_generic.py` has.",
    ),
    Known("radam.py", "condition settled", "elif step_size != 0:", "if True:", AT_REST),
    Known("adam.py", "condition settled", "if step_size == 0:", "if False:", AT_REST),
    *(
        # Of a corrected moment the root is never 0, nor is `True`.
        Known("adam.py", "any other name", "if step_size == 0:", f"if {other} == 0:", AT_REST)
        for other in ("root", "_")
    ),
    Known(
        *("optimizer.py", "statement dropped", "torch._C._set_grad_enabled(enabled)", "pass"),
        "No run computes a gradient after a step. Each test that trains does.",
    ),
    *(
        Known("amsgrad.py", "", old, "", SWITCHED)
        for old in ("state[key] = torch.zeros_like(v)", "state.pop(key, None)", "key not in state:")
    ),
    *(
        Known(file, "given to the parent", old, f"{old}{new}", CONSTRUCTED)
        for file in ("adam.py", "amsgrad.py", "radam.py", "nadam.py", "adabelief.py")
        for old, new in (
            *(("lr=", "eps"), ("eps=", "lr"), ("eps=", "weight_decay"), ("weight_decay=", "eps")),
        )
    ),
]
