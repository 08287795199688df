r"""
Mutants of `around.py` that nothing has to find, or that nothing finds, each with its reason.

A line says which mutants it speaks of: the file, the operator, and a part of the line as it stands
and with the slip; an empty one means any.
"""

from __future__ import annotations

from known import Known

PREFETCH = "To prefetch other memory, or none, changes no result."
ROOMY = "How much is kept, or from which size on, changes no result."

KNOWN = [
    Known("fused/partition.py", "", "cpu.prefetch", "", PREFETCH),
    Known("fused/partition.py", "", "objects = [", "", PREFETCH),
    Known("fused/partition.py", "", "len(states) < MANY", "", PREFETCH),
    Known("fused/partition.py", "", "MANY = 16", "", ROOMY),
    Known("fused/plan.py", "", "self.latest", "", PREFETCH),
    Known("fused/plan.py", "constant changed", "LIMIT = 64", "", ROOMY),
    Known("fused/overlap.py", "", "LIMIT = 1 << 13", "", ROOMY),
    Known("fused/cpu/launch.py", "", "ENOUGH = 1 << 15", "", ROOMY),
    Known(
        *("", "default changed", "defaults: dict[str, Any] | None = None", "= False"),
        "It is only asked whether it is true.",
    ),
    Known(
        *("_validation.py", "loop cut", "for base in kind.__mro__ if", "[:-1]"),
        "The last one is `object`, which has no argument with the name of a flag.",
    ),
    Known(
        *(
            "fused/overrides.py",
            "part of a condition dropped",
            "if name in vars(kind) and hasattr(",
        ),
        *("if ((hasattr(", "What a class does not define it has from above, where it is watched."),
    ),
    Known(
        *("fused/cpu/cache.py", "statements swapped", "own = found.st_uid", ""),
        "Neither changes what the other reads.",
    ),
    Known(
        *("fused/overrides.py", "loop cut", "for function in functions", "[:-1]"),
        "The last is the rule of decay, which uses nothing global.",
    ),
    Known(
        *("fused/plan.py", "condition settled", "if before is not None:", "if False:"),
        "Then each is counted by itself, which comes to the same number.",
    ),
    Known(
        *("_checkpoint.py", "loop cut", 'f"max_{key}" for key in state', "[1:]"),
        "The first is the count, which has no maximum.",
    ),
    Known(
        *("fused/cpu/launch.py", "entry dropped", "[*[c_void_p] * 4, c_int]", ""),
        "A whole number is passed as an `int` in any case.",
    ),
    Known(
        *("fused/partition.py", "entry dropped", "return id(tensor), tensor._cdata,", "", PREFETCH),
    ),
    Known(
        *("fused/plan.py", "truth flipped", "MANY_AT_ONCE = True", ""),
        "Tensor by tensor, autograd is told the same.",
    ),
    Known(
        *("fused/table.py", "statements swapped", "table.rows.append(number)", ""),
        "Neither changes what the other reads.",
    ),
    Known(
        *("fused/unchanged.py", "returned otherwise", "return None", "pass"),
        "What is `None` cannot be called, and that is caught below.",
    ),
    Known(
        *("fused/cpu/compiler.py", "slice changed", ".hexdigest()[:32]", ""),
        "A longer name tells as much apart.",
    ),
    Known(
        *("fused/overrides.py", "loop cut", "for base in kind.__mro__:", "[:-1]"),
        "The last one is `object`, which no kernel computes.",
    ),
    Known(
        *("fused/cpu/compiler.py", "call left out", "ctypes.CDLL(str(path))", "CDLL((path))"),
        "On this system `ctypes` takes a path as well.",
    ),
    Known(
        *("_checkpoint.py", "call left out", "not in own.keys() - new.keys()", "(own) - new"),
        "From a dictionary the keys of another are taken as from its own keys.",
    ),
    Known(
        *("fused/cpu/cache.py", "returned otherwise", "return None", "pass"),
        "The last line of a function: it returns `None` without it.",
    ),
    Known(
        *("fused/cpu/launch.py", "key changed", '("count", c_int64), ("sizes", c_void_p)', ""),
        "The fields of a structure are filled by their places.",
    ),
    Known(
        *("fused/cpu/launch.py", "key changed", '("centred", c_int), ("maximum", c_int)', ""),
        "The fields of a structure are filled by their places.",
    ),
    Known(
        *("fused/overrides.py", "statements swapped", "before = token.type", ""),
        "Neither changes what the other reads.",
    ),
    Known(
        *("fused/overrides.py", "arguments swapped", 'attrgetter("__getattribute__", *self', ""),
        "What is compared has one order or another, each time the same.",
    ),
    Known(
        *("_checkpoint.py", "statements swapped", "groups, untold = fit_groups(", ""),
        "Neither changes what the other reads, and what the second reads has been checked.",
    ),
    Known(
        *("fused/partition.py", "argument dropped", "zip(*local, strict=True)", "zip(*local)"),
        "Each row has as many moments as the others: the flags of a group decide it.",
    ),
    Known(
        *("fused/overlap.py", "statement dropped", "self[address] = free", "pass"),
        "What is not kept is found out again.",
    ),
    Known(
        *("_validation.py", "choice settled", "value if type(value) is float else", "(real("),
        "Of a float, the slow way finds the same.",
    ),
    Known(
        *("fused/plan.py", "choice settled", "count(states, ", "(None)"),
        "Then each is counted by itself, which comes to the same number.",
    ),
    Known(
        *("fused/scalars.py", "returned otherwise", "return [first], None", "pass"),
        "Then each row is told its set of numbers, which is the same one.",
    ),
    Known(
        *("_checkpoint.py", "comparison changed", "early[0] > 0", "early[0] >= 0"),
        "The size of a step in a buffer is -1 or positive.",
    ),
    Known(
        *("optimizer.py", "loop cut", "for name, v in defaults.items()", "[:-1]"),
        "The last default is `eps`, which is no flag.",
    ),
    Known(
        *("fused/unchanged.py", "condition settled", "if Guards is None:", "if False:"),
        "What is `None` cannot be called, and that is caught below.",
    ),
    Known(
        *("fused/plan.py", "returned otherwise", "return list(known.values())", "pass"),
        "What follows looks them up, and finds the same.",
    ),
    Known("fused/cpu/launch.py", "statement dropped", ".prefetch_objects(", "pass", PREFETCH),
    Known(
        *("fused/overrides.py", "statements swapped", "tokens = [token for token in every", ""),
        "Neither changes what the other reads.",
    ),
    Known(
        *("_checkpoint.py", "call left out", "(written.keys() - theirs)", "((written) - theirs)"),
        "From a dictionary the keys of another are taken as from its own keys.",
    ),
    Known(
        *("fused/cpu/compiler.py", "key changed", '"\\0".join(parts)', ""),
        "With another text between the parts, a name tells as much apart.",
    ),
    Known(
        *("fused/overrides.py", "", "zip(*called, strict=True)", "zip(*called"),
        "Each of them is a pair.",
    ),
    Known(
        *("_checkpoint.py", "call left out", 'bool(saved["state"])', '(saved["state"])'),
        "It is only asked whether it is true.",
    ),
    Known(
        *("_checkpoint.py", "entries swapped", '{**values, "accumulate_eps": True, FORM', ""),
        "Nothing has the key here.",
    ),
    Known(
        *("fused/cpu/launch.py", "statements swapped", 'self.zeros = array("i", [0])', ""),
        "Neither changes what the other reads.",
    ),
    Known(
        *("fused/overrides.py", "truth flipped", "zip(*globals_of(everything), ", ""),
        "Each of them is a pair.",
    ),
    Known(
        *("_validation.py", "loop cut", "for base in kind.__mro__)", "[:-1]"),
        "The last one is `object`, which has another name.",
    ),
    Known(
        *("_validation.py", "loop cut", "for name in signature(each).parameters", "[1:]"),
        "The first is `self`, which is the name of no flag.",
    ),
    Known(
        *("_checkpoint.py", "truth flipped", "zip(saved, own, strict=True)", ""),
        "There are as many, else it was refused above.",
    ),
    Known(
        *("fused/traced.py", "", "[*found, found[-1]]", "[*found, found["),
        "It is not used. Something has to stand there.",
    ),
    Known(
        *("fused/plan.py", "statements swapped", "optimizer.check_gradients(others)", ""),
        "The second is computed where it is used.",
    ),
    Known(
        *("fused/plan.py", "comparison changed", "if len(partition.tables) > 1", ">= 1"),
        "Of the only table, what is chosen is all.",
    ),
    Known(
        *("fused/plan.py", "slice changed", "for t in local[: len(grads)]", "local[: ]"),
        "The others are where they were when they were looked at.",
    ),
    Known(
        *("fused/plan.py", "condition settled", "all(map(is_, known, params))", "if False:"),
        "Then each is looked up, and is the same.",
    ),
    Known("fused/cpu/launch.py", "condition settled", "if prepared is None", "if True", ROOMY),
    Known(
        *("fused/cpu/compiler.py", "entry dropped", '"-O2"', ""),
        "No flag changes a result, and this one changes only the time.",
    ),
    Known(
        *("optimizer.py", "", 'self.__dict__.get("_checked") or', 'vars(self).setdefault("_'),
        "The slow way finds the same.",
    ),
    Known(
        *("fused/overlap.py", "constant changed", "end = 0", ""),
        "No tensor is at such an address.",
    ),
    Known(
        *("fused/overlap.py", "constant changed", "(math.inf, 0, False, -1)", ""),
        "The last entry ends the last group, and is in none.",
    ),
    Known(
        *("fused/partition.py", "call left out", "return set(ENGINES)", "(ENGINES)"),
        "It is only asked what is in it.",
    ),
    Known(
        *("fused/table.py", "argument dropped", "zip(tensor.stride(), tensor.shape,", "shape)):"),
        "A tensor has as many strides as dimensions.",
    ),
    Known(
        *("fused/cpu/kernel.c", "part of a condition dropped", "row < count && first < to", ""),
        "What follows has no elements for this thread.",
    ),
    *(
        Known(
            *("fused/cpu/kernel.c", "constant changed", old, new),
            "An exponent has zeros at its end, so nothing lies between.",
        )
        for old, new in (
            ("exponent < 0x38800000 ?", "exponent < (0x387fffff)"),
            ("(exponent - 0x38800000) >> 13", "(0x387fffff)"),
        )
    ),
    Known(
        *("fused/cpu/kernel.c", "constant changed", "exponent > 0x47000000 ? 0x47000000", ""),
        "What is computed of larger ones is replaced by infinity, below.",
    ),
    Known(
        *("_checkpoint.py", "constant changed", "for each in found[1:]", "[(0):]"),
        "The first is `params`, which each group has anyway.",
    ),
    Known(
        *("_checkpoint.py", "slice changed", "for each in found[1:]", "found[:]"),
        "The first is `params`, which each group has anyway.",
    ),
    Known(
        *("_checkpoint.py", "filter settled", 'group.items() if name != "params"', "if True"),
        "It is written anew by the caller.",
    ),
    Known(
        *("_checkpoint.py", "decorator dropped", "@cache", ""),
        "Then it is found out each time.",
    ),
    Known(
        *("_checkpoint.py", "entries swapped", "{**sibling.flags, **values, FORM: folded}", ""),
        "Nothing has the key here.",
    ),
    Known(
        *("fused/cpu/compiler.py", "key changed", 'prefix="labml_optim-"', ""),
        "Where it is does not matter.",
    ),
    Known(
        *("fused/cpu/compiler.py", "loop cut", "for line in file", "[1:]"),
        "The first line is a number, not what the processor can do.",
    ),
    Known(
        *("fused/partition.py", "statements swapped", "here = list(map(shard, grads))", ""),
        "Neither changes what the other reads.",
    ),
    Known(
        *("fused/plan.py", "statements swapped", "addresses = [gradients[i] for", ""),
        "Neither changes what the other reads.",
    ),
    Known(
        *("optimizer.py", "argument dropped", "EXACT.get(param.dtype, param.dtype)", ""),
        "To `None`, torch converts nothing.",
    ),
    Known(
        *("_checkpoint.py", "part of a condition dropped", 'and k != "params"}', ""),
        "The parameters are the optimizer's own in any case.",
    ),
    Known(
        *("fused/cpu/kernel.c", "constant changed", "total = 0, count = of->count", "(1)"),
        "Then threads meet elsewhere, if at all.",
    ),
    Known(
        *("_validation.py", "decorator dropped", "@cache", ""),
        "Then it is found out each time.",
    ),
    Known(
        *("weight_decay.py", "statements swapped", "_validation.flag(", ""),
        "Which of two wrong values is named is open.",
    ),
    Known(
        *("fused/overlap.py", "entry dropped", "dict[int, int]", ""),
        "It is a type only.",
    ),
    Known(
        *("fused/cpu/launch.py", "statement dropped", "found.restype = None", "pass"),
        "Nobody looks at what it returns.",
    ),
    Known(
        *("fused/cpu/launch.py", "statements swapped", "self.total = sum(table.sizes)", ""),
        "Neither changes what the other reads.",
    ),
    Known(
        *("optimizer.py", "statements swapped", 'checks["fused"] = ', ""),
        "Neither changes what the other reads.",
    ),
    Known(
        *("_checkpoint.py", "call left out", "fill_(int(value))", "fill_((value))"),
        "It may be filled with a tensor, too.",
    ),
    Known(
        *("optimizer.py", "decorator dropped", "@cache", ""),
        "Then it is found out each time.",
    ),
    Known(
        *("fused/overrides.py", "loop cut", "for name in HOOKS:", "list(HOOKS)["),
        "No class of ours overrides the first of them, or the last.",
    ),
    *(
        Known(
            *("fused/cpu/kernel.c", "constant changed", "STRETCH(", new),
            "It is only asked whether it is 0.",
        )
        for new in ("STRETCH((2)", ", (2)")
    ),
    Known(
        *("adam.py", "entries swapped", "{**super().__getstate__(), ", ""),
        "Nothing else has the key.",
    ),
    Known(
        *("fused/cpu/compiler.py", "key changed", 'Path(name) / "kernel.so"', ""),
        "It is in a folder of its own, under whatever name.",
    ),
    Known(
        *("fused/overlap.py", "call left out", "return bool(address(tensor))", "(address(tensor))"),
        "It is only asked whether it is true.",
    ),
    Known(
        *("fused/partition.py", "arguments swapped", "fits(local[0], local[1],", ""),
        "A gradient has the shape, the order and the type of its parameter, or neither will do.",
    ),
    Known(
        *("fused/overlap.py", "truth flipped", "zip(tensor.shape, tensor.stride()", ""),
        "A tensor has as many strides as dimensions.",
    ),
]
