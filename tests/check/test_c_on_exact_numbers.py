"""C is run on exact numbers as it is compiled for floats, or refused by name."""

import ctypes
import shutil
import subprocess
from random import Random

import pytest

from sidenotes.check.proof.c.program import Program
from sidenotes.check.proof.ground import Ground, Refused, plain
from sidenotes.check.proof.numbers import Exact

SUMS = r"""
#include <math.h>
#define TWO 2
#if TWO == 2 && !(TWO != 2)
typedef double real;
#else
typedef float real;
#endif
typedef struct { double scale, shift; } pair;

static inline real half(real x) { return x / 2; }

double whole(int a, int b) {
  return a / b * 100 + a % b + (a < b) + 3 * !a + (a - -b) * (a != b);
}

double sum(double x, double y, const pair *with) {
  double found = 0.5;
  for (int64_t i = 0; i < 3; i++) {
    if (i == 1) {
      found += with->scale * x - y;
    } else if (x < y) found -= half(y); else { found *= 2; }
    double x = found;
    y = x > y && y != 0 ? y - x * 3 : -y + 1e-1;
  }
  return x <= y || !(found >= 1) ? found / (1 + with->shift * y * y) : (real)2 - found;
}

double rooted(double x) { return sqrt(fabs(x)) + sqrt(x * x); }
"""


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if not compiler:
        pytest.skip("there is no compiler")
    folder = tmp_path_factory.mktemp("c")
    source = folder / "sums.c"
    source.write_text("#include <stdint.h>\n" + SUMS, "utf-8")
    library = folder / "sums.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-O0", source, "-o", library, "-lm"], check=True)
    found = ctypes.CDLL(str(library))
    for name in ("whole", "sum", "rooted"):
        getattr(found, name).restype = ctypes.c_double
    return found


def exact(ground, value):
    return Exact.input(ground, value, "x")


def test_it_computes_what_compiled_code_computes(compiled):
    program, draw = Program(SUMS, "sums.c"), Random(1)
    pair = (ctypes.c_double * 2)(0.5, 1.25)
    for _ in range(50):
        ground = Ground(draw)
        a, b = draw.randint(-9, 9), draw.choice([-4, -3, 2, 3, 7])
        assert program.call("whole", a, b) == compiled.whole(a, b)
        x, y = draw.uniform(-2, 2), draw.uniform(-2, 2)
        ours = program.call(
            "sum", exact(ground, x), exact(ground, y), {"scale": 0.5, "shift": 1.25}
        )
        theirs = compiled.sum(ctypes.c_double(x), ctypes.c_double(y), pair)
        assert abs(plain(ours) - theirs) < 1e-12
        ours = program.call("rooted", exact(ground, x))
        assert abs(plain(ours) - compiled.rooted(ctypes.c_double(x))) < 1e-12


BODIES = {
    "return x & 1;": "'&' has no exact value",
    "return x << 1;": "'<<' has no exact value",
    "return *&x;": "'*' cannot be run",
    "return sizeof x;": "'sizeof' cannot be run",
    "x = 1, x = 2; return x;": "',' in place of ';'",
    "while (x < 1) x = 2; return x;": "'while' cannot be run",
    "switch (1) { case 1: x = 2; } return x;": "'switch' cannot be run",
    "do x = 2; while (0); return x;": "'do' cannot be run",
    "goto end; end: return x;": "'goto' cannot be run",
    "x <<= 1; return x;": "'<<=' cannot be run",
    "return exp(x);": "a call of exp",
    "return y;": "y, which is declared nowhere,",
    "double y; return y;": "y, which has no value yet,",
    "double y, y; return x;": "y is declared twice",
    "double *y = 0; return x;": "a pointer to double that is no parameter",
    "int y = x; return y;": "as int has no exact value",
    "float y = x; return y;": "as float has no exact value",
    "return (float)x;": "as float has no exact value",
    "return 1.5f * x;": "the number 1.5f",
    "return x % 2;": "'%' has no exact value",
    "return (x = 2) + x;": "'=' in place of ')'",
    "return x++;": "(++ x) inside an expression",
    "x++; return x;": "(++ x) cannot be run",
    "f = 2; return x;": "f, which is declared nowhere,",
    "return with->none;": "(-> with none)",
    "return with[0];": "([] with 0)",
    "return 9223372036854775807 + 1;": "too large for C",
    "return f(x);": "f is called with 1 arguments",
    "static double y = 0; y += x; return y;": "what is remembered from call to call",
    "return 0u - 1u;": "the number 0u",
    "uint32_t y = 0; return x;": "as uint32_t has no exact value",
    "int8_t y = 200; return x;": "as int8_t has no exact value",
    "return 2147483647 + 1;": "too large for C",
    'return "text";': "'\"text\"' cannot be run",
    "return x": "'' in place of ';'",
}


@pytest.mark.parametrize("body", BODIES)
def test_what_it_cannot_do_is_refused_by_name(body):
    program = Program(
        "typedef struct { double a; } pair; double f(double x, pair *with) { " + body + " }", "a.c"
    )
    with pytest.raises(Refused) as refused:
        program.call("f", exact(Ground(Random(0)), 0.5), {"a": 0.5})
    assert BODIES[body] in str(refused.value)


def test_a_comparison_is_told_by_its_line():
    ground = Ground(Random(0))
    program = Program("double f(double x) {\n  if (x < 1)\n    x = fabs(x);\n  return x;\n}", "a.c")
    with ground.recorded():
        program.call("f", exact(ground, 0.5))
    assert [guard.question for guard in ground.path] == [("<", "a.c:2"), ("<", "a.c:3")]


def test_a_branch_that_is_not_compiled_is_not_read():
    text = "#if A == 1\ndouble f() { return 1; }\n#elif A == 2\ndouble f() { return 2; }\n#else\n"
    text += "double f() { return 3; }\n#endif\n#ifndef A\ndouble f() { return 4; }\n#endif\n"
    found = [Program(text, "a.c", {"A": a}).call("f") for a in "123"]
    assert found == [1, 2, 3] and Program(text, "a.c").call("f") == 4
    with pytest.raises(Refused, match="condition of the preprocessor"):
        Program("#if A > 1\n#endif\n", "a.c")


@pytest.mark.parametrize(
    "line, refused",
    [
        ("#define x 2", "the macro x"),
        ("#define g(y) y", "the macro g"),
        ("#undef x", "#undef"),
        ("#ifdef __GNUC__\n#endif", "__GNUC__ is defined, the compiler decides"),
    ],
)
def test_what_a_compiler_would_put_in_its_place_is_refused(line, refused):
    text = "double g(double x) { return x; }\ndouble f(double x) { return g(x); }"
    with pytest.raises(Refused, match=refused):
        Program(f"{line}\n{text}", "a.c").call("f", exact(Ground(Random(0)), 0.5))


def test_what_a_loop_hands_on_from_pass_to_pass_is_told():
    loop = "for (int i = 0; i < 2; i++) { double own = x; own += 1; last = own; }"
    program = Program(f"double f(double x) {{ double last = 0; {loop} return last; }}", "a.c")
    program.call("f", exact(Ground(Random(0)), 0.5))
    assert program.carried == {"last"}
